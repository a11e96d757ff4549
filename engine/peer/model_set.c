/* SPDX-License-Identifier: GPL-3.0-or-later */
/* peer set: the settings of the kernel's that mean something to a machine, as numbers of its profile. */
#include "engine/base/err.h"
#include "engine/peer/model_own.h"
#include "engine/peer/number.h"

#include <stdio.h>
#include <string.h>

#define AT(member) offsetof(struct model_numbers, member)

/* Those that are not the profile's: see number.c. */
static const struct number own_numbers[] = {
    {"ip_default_ttl", A_COUNT, AT(ttl), 0},
    {"somaxconn", A_COUNT, AT(somaxconn), 0},
    {"tcp_keepalive_intvl", A_DURATION, AT(keepalive_intvl), USEC_S},
    {"tcp_keepalive_probes", A_COUNT, AT(keepalive_probes), 0},
    {"tcp_keepalive_time", A_DURATION, AT(keepalive_time), USEC_S},
    {"tcp_max_syn_backlog", A_COUNT, AT(syn_backlog), 0},
};

enum {
  RMEM_MAX = 212992,      /* net.core.rmem_max: no socket gets a larger buffer */
  RCVBUF_SMALLEST = 1152, /* half of Linux's SOCK_MIN_RCVBUF */
};

void model_numbers_init(struct model *m, const struct tcp_profile *profile)
{
  m->numbers = (struct model_numbers){.profile = *profile,
                                      .keepalive_time = 7200 * USEC_S,
                                      .keepalive_intvl = 75 * USEC_S,
                                      .keepalive_probes = 9,
                                      .syn_backlog = MODEL_LINKS_MAX,
                                      .somaxconn = MODEL_LINKS_MAX,
                                      .ttl = 64};
  m->numbers.profile.keepalive_time = 0;
}

/* Socket options. */

static const bool honoured[PEER_OPTION_COUNT] = {
    [PEER_OPTION_KEEPALIVE] = true, [PEER_OPTION_KEEPCNT] = true,      [PEER_OPTION_KEEPIDLE] = true,
    [PEER_OPTION_KEEPINTVL] = true, [PEER_OPTION_LINGER] = true,       [PEER_OPTION_MSS] = true,
    [PEER_OPTION_NODELAY] = true,   [PEER_OPTION_QUICKACK] = true,     [PEER_OPTION_RCVBUF] = true,
    [PEER_OPTION_SNDBUF] = true,    [PEER_OPTION_SYNCNT] = true,       [PEER_OPTION_TOS] = true,
    [PEER_OPTION_TTL] = true,       [PEER_OPTION_USER_TIMEOUT] = true, [PEER_OPTION_WINDOW_CLAMP] = true,
};

static int chosen(const struct model_options *o, enum peer_option option, int otherwise)
{
  return o->set[option] ? o->value[option] : otherwise;
}

static usec_t chosen_time(const struct model_options *o, enum peer_option option, usec_t unit,
                          usec_t otherwise)
{
  return o->set[option] ? o->value[option] * unit : otherwise;
}

static uint32_t window(const struct model_options *o, uint32_t otherwise)
{
  int most = chosen(o, PEER_OPTION_RCVBUF, -1), clamp = chosen(o, PEER_OPTION_WINDOW_CLAMP, 0);

  if (most >= 0)
    otherwise = most < RCVBUF_SMALLEST ? RCVBUF_SMALLEST : most > RMEM_MAX ? RMEM_MAX : (uint32_t)most;
  return clamp > 0 && (uint32_t)clamp < otherwise ? (uint32_t)clamp : otherwise;
}

void model_compose(const struct model *m, const struct model_options *o, struct tcp_profile *p)
{
  const struct model_numbers *n = &m->numbers;
  int mss = chosen(o, PEER_OPTION_MSS, UINT16_MAX);

  *p = n->profile;
  if (chosen(o, PEER_OPTION_KEEPALIVE, 0))
    p->keepalive_time = chosen_time(o, PEER_OPTION_KEEPIDLE, USEC_S, n->keepalive_time);
  p->keepalive_intvl = chosen_time(o, PEER_OPTION_KEEPINTVL, USEC_S, n->keepalive_intvl);
  p->keepalive_probes = (unsigned)chosen(o, PEER_OPTION_KEEPCNT, (int)n->keepalive_probes);
  if (mss < p->mss) p->mss = (uint16_t)mss;
  p->nagle = chosen(o, PEER_OPTION_NODELAY, !p->nagle) == 0;
  if (p->rows & PROFILE_LINUX) /* there it is a hint, and only where ACKs are delayed at all */
    p->pingpong = chosen(o, PEER_OPTION_QUICKACK, !p->pingpong) == 0;
  else
    p->delay_acks = chosen(o, PEER_OPTION_QUICKACK, !p->delay_acks) == 0;
  p->rcv_buf = window(o, p->rcv_buf);
  p->syn_retries = (unsigned)chosen(o, PEER_OPTION_SYNCNT, (int)p->syn_retries);
  if (chosen(o, PEER_OPTION_USER_TIMEOUT, 0) > 0)
    p->user_timeout = chosen_time(o, PEER_OPTION_USER_TIMEOUT, USEC_MS, 0);
}

/* Keepalive turned on, off or to another time holds for a connection that idles already. */
static void renew(struct model *m, struct model_link *k)
{
  usec_t was = k->profile.keepalive_time;
  const struct tcb *t = &k->tcb;
  bool idles = t->state >= STATE_ESTABLISHED && t->state != STATE_TIME_WAIT && t->snd.una == t->snd.nxt &&
               t->queued == 0;

  model_compose(m, &k->options, &k->profile);
  usec_t is = k->profile.keepalive_time;
  if (was == is || !idles) return;
  k->tcb.timer[TIMER_KEEPALIVE] = is > 0 ? m->now + is : USEC_NEVER;
}

void model_renew_profiles(struct model *m)
{
  for (size_t i = 0; i < m->link_count; i++) renew(m, m->links[i]);
}

static bool unknown(const char *name, struct err *err)
{
  err_set(err, ERR_UNAVAILABLE, "the model has no %s", name);
  return err_hint(err, "it is a setting of Linux's: the lab has it");
}

static bool set_option(struct model *m, const struct pair *pair, const struct peer_setting *s, int value,
                       struct peer_event *e, struct err *err)
{
  struct model_link *k = model_link_held(m, pair);

  if (!honoured[s->option]) return unknown(s->name, err);
  m->options.set[s->option] = true;
  m->options.value[s->option] = value;
  if (k) {
    k->options.set[s->option] = true;
    k->options.value[s->option] = value;
    renew(m, k);
    if (s->option == PEER_OPTION_QUICKACK) k->tcb.delay.pingpong = k->profile.pingpong;
  }
  if (value < s->off)
    snprintf(e->detail, sizeof e->detail, "%s off", s->name);
  else
    snprintf(e->detail, sizeof e->detail, "%s %d", s->name, value);
  return true;
}

static bool set_number(struct model *m, const struct peer_setting *s, int value, struct peer_event *e,
                       struct err *err)
{
  void *in = &m->numbers.profile;
  const struct number *n = profile_number(s->name);
  if (!n) {
    in = &m->numbers;
    n = number_find(own_numbers, sizeof own_numbers / sizeof *own_numbers, s->name);
  }
  if (!n) return unknown(s->name, err);
  int was = number_read(n, in);
  number_write(n, in, value);
  model_renew_profiles(m);
  snprintf(e->detail, sizeof e->detail, "%s %d (was %d)", s->name, value, was);
  return true;
}

bool model_set(struct model *m, const struct peer_request *r, struct peer_event *e, struct err *err)
{
  const struct peer_setting *s;
  int value;

  if (!r->key || !r->value) return err_set(err, ERR_SYNTAX, "peer set takes a name and a value");
  if (!peer_setting_parse(r->key, r->value, &s, &value, err)) return false;
  return s->sysctl ? set_number(m, s, value, e, err) : set_option(m, &r->pair, s, value, e, err);
}
