/* SPDX-License-Identifier: GPL-3.0-or-later */
/* peer set: the settings of the kernel's that mean something to a machine, as numbers of its profile. */
#include "engine/base/err.h"
#include "engine/peer/model_own.h"
#include "engine/peer/number.h"

#include <stdio.h>
#include <string.h>

/* Socket options. */

static const bool honoured[PEER_OPTION_COUNT] = {
    [PEER_OPTION_DEFER_ACCEPT] = true, [PEER_OPTION_FASTOPEN] = true,     [PEER_OPTION_KEEPALIVE] = true,
    [PEER_OPTION_KEEPCNT] = true,      [PEER_OPTION_KEEPIDLE] = true,     [PEER_OPTION_KEEPINTVL] = true,
    [PEER_OPTION_LINGER] = true,       [PEER_OPTION_MSS] = true,          [PEER_OPTION_NODELAY] = true,
    [PEER_OPTION_QUICKACK] = true,     [PEER_OPTION_RCVBUF] = true,       [PEER_OPTION_SNDBUF] = true,
    [PEER_OPTION_SYNCNT] = true,       [PEER_OPTION_TOS] = true,          [PEER_OPTION_TTL] = true,
    [PEER_OPTION_USER_TIMEOUT] = true, [PEER_OPTION_WINDOW_CLAMP] = true,
};

static void renew(struct model *m, struct model_link *k)
{
  usec_t was = k->profile.keepalive_time;

  peer_compose(&m->numbers, &k->options, &k->profile);
  if (k->profile.keepalive_time != was) tcp_keepalive_changed(&k->tcb, m->now);
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

static void take_option(struct model *m, struct model_link *k, enum peer_option option, int value)
{
  struct tcp_verdict v;

  k->options.set[option] = true;
  k->options.value[option] = value;
  renew(m, k);
  if (option == PEER_OPTION_QUICKACK) k->tcb.delay.pingpong = k->profile.pingpong;
  if (option != PEER_OPTION_NODELAY || k->tcb.queued == 0) return;
  tcp_call(&k->tcb, &(struct tcp_call){.kind = CALL_STATUS}, m->now, &v); /* what Nagle held back goes */
  model_settle(m, k, &v);
}

static bool set_option(struct model *m, const struct pair *pair, const struct peer_setting *s, int value,
                       struct peer_event *e, struct err *err)
{
  struct model_link *k = model_link_held(m, pair);

  if (!honoured[s->option]) return unknown(s->name, err);
  if (s->option == PEER_OPTION_FASTOPEN) fast_queue_unsaid(&m->fast, 0, 0);
  m->options.set[s->option] = true;
  m->options.value[s->option] = value;
  for (size_t i = 0; i < m->link_count; i++) /* made by the listener when the handshake is over */
    if (m->links[i]->half_open) take_option(m, m->links[i], s->option, value);
  if (k) take_option(m, k, s->option, value);
  if (value < s->off)
    snprintf(e->detail, sizeof e->detail, "%s off", s->name);
  else
    snprintf(e->detail, sizeof e->detail, "%s %d", s->name, value);
  return true;
}

static bool set_number(struct model *m, const struct peer_setting *s, int value, struct peer_event *e,
                       struct err *err)
{
  void *in;
  const struct number *n = peer_number(&m->numbers, s->name, &in);
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
