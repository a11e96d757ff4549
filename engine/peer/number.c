/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/peer/number.h"

#include <string.h>

#define AT(member) offsetof(struct tcp_profile, member)
#define OWN(member) offsetof(struct peer_numbers, member)

// clang-format off
static const struct number numbers[] = {
    {"tcp_abort_on_overflow", A_SWITCH, AT(abort_on_overflow), 0},
    {"tcp_dsack", A_SWITCH, AT(dsack), 0},
    {"tcp_ecn", A_COUNT, AT(ecn), 0},
    {"tcp_fin_timeout", A_DURATION, AT(fin_wait_2), USEC_S},
    {"tcp_invalid_ratelimit", A_DURATION, AT(challenge_interval), USEC_MS},
    {"tcp_orphan_retries", A_COUNT, AT(orphan_retries), 0},
    {"tcp_retries2", A_COUNT, AT(retries2), 0},
    {"tcp_rfc1337", A_SWITCH, AT(rfc1337), 0},
    {"tcp_rto_max_ms", A_DURATION, AT(rto_max), USEC_MS},
    {"tcp_rto_min_us", A_DURATION, AT(rto_min), 1},
    {"tcp_sack", A_SWITCH, AT(sack), 0},
    {"tcp_slow_start_after_idle", A_SWITCH, AT(restart_idle), 0},
    {"tcp_syncookies", A_COUNT, AT(syn_cookies), 0},
    {"tcp_syn_linear_timeouts", A_COUNT, AT(syn_linear_timeouts), 0},
    {"tcp_syn_retries", A_COUNT, AT(syn_retries), 0},
    {"tcp_synack_retries", A_COUNT, AT(synack_retries), 0},
    {"tcp_timestamps", A_SWITCH, AT(timestamps), 0},
    {"tcp_window_scaling", A_SWITCH, AT(window_scaling), 0},
};
// clang-format on

// clang-format off
/* Those that are not the profile's. */
static const struct number own_numbers[] = {
    {"ip_default_ttl", A_COUNT, OWN(ttl), 0},
    {"somaxconn", A_COUNT, OWN(somaxconn), 0},
    {"tcp_challenge_ack_limit", A_COUNT, OWN(challenge_acks), 0},
    {"tcp_fastopen", A_COUNT, OWN(fast_open), 0},
    {"tcp_keepalive_intvl", A_DURATION, OWN(keepalive_intvl), USEC_S},
    {"tcp_keepalive_probes", A_COUNT, OWN(keepalive_probes), 0},
    {"tcp_keepalive_time", A_DURATION, OWN(keepalive_time), USEC_S},
    {"tcp_max_syn_backlog", A_COUNT, OWN(syn_backlog), 0},
};
// clang-format on

enum {
  ORPHAN_RETRIES = 8,     /* what Linux takes 0 for */
  BACKLOG = 4096,         /* as somaxconn */
  RMEM_MAX = 212992,      /* net.core.rmem_max: no socket gets a larger buffer */
  RCVBUF_SMALLEST = 1152, /* half of Linux's SOCK_MIN_RCVBUF */
  FAST_OPEN_CLIENT = 1,   /* bits of tcp_fastopen */
  FAST_OPEN_SERVER = 2,
  FAST_OPEN_NO_COOKIE = 0x200,
  FAST_OPEN_UNASKED = 0x400,
};

static const struct number *find(const struct number *all, size_t n, const char *name)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp(all[i].name, name) == 0) return &all[i];
  return NULL;
}

const struct number *peer_number(struct peer_numbers *p, const char *name, void **in)
{
  const struct number *n = find(numbers, sizeof numbers / sizeof *numbers, name);

  *in = n ? (void *)&p->profile : (void *)p;
  return n ? n : find(own_numbers, sizeof own_numbers / sizeof *own_numbers, name);
}

int number_read(const struct number *n, const void *in)
{
  const char *at = (const char *)in + n->at;

  switch (n->form) {
  case A_SWITCH:
    return *(const bool *)at;
  case A_COUNT:
    return (int)*(const unsigned *)at;
  default:
    return (int)(*(const usec_t *)at / n->unit);
  }
}

void number_write(const struct number *n, void *in, int value)
{
  char *at = (char *)in + n->at;

  switch (n->form) {
  case A_SWITCH:
    *(bool *)at = value != 0;
    break;
  case A_COUNT:
    *(unsigned *)at = (unsigned)value;
    if (value == 0 && strcmp(n->name, "tcp_orphan_retries") == 0) *(unsigned *)at = ORPHAN_RETRIES;
    break;
  default:
    *(usec_t *)at = value * n->unit;
  }
}

void peer_numbers_init(struct peer_numbers *n, const struct tcp_profile *profile)
{
  *n = (struct peer_numbers){.profile = *profile,
                             .keepalive_time = 7200 * USEC_S,
                             .keepalive_intvl = 75 * USEC_S,
                             .keepalive_probes = 9,
                             .syn_backlog = BACKLOG,
                             .somaxconn = BACKLOG,
                             .ttl = 64,
                             .challenge_acks = INT32_MAX,
                             .fast_open = FAST_OPEN_CLIENT};
  n->profile.keepalive_time = 0;
}

/* -- a socket's profile -- */
static int chosen(const struct peer_options *o, enum peer_option option, int otherwise)
{
  return o->set[option] ? o->value[option] : otherwise;
}

static usec_t chosen_time(const struct peer_options *o, enum peer_option option, usec_t unit,
                          usec_t otherwise)
{
  return o->set[option] ? o->value[option] * unit : otherwise;
}

static uint32_t window(const struct peer_options *o, uint32_t otherwise)
{
  int most = chosen(o, PEER_OPTION_RCVBUF, -1), clamp = chosen(o, PEER_OPTION_WINDOW_CLAMP, 0);

  if (most >= 0)
    otherwise = most < RCVBUF_SMALLEST ? RCVBUF_SMALLEST : most > RMEM_MAX ? RMEM_MAX : (uint32_t)most;
  return clamp > 0 && (uint32_t)clamp < otherwise ? (uint32_t)clamp : otherwise;
}

/* Linux makes the shift follow from the widest window that a socket told so may ever have. */
static uint8_t shift(const struct peer_options *o, const struct tcp_profile *p)
{
  bool told = o->set[PEER_OPTION_RCVBUF] || chosen(o, PEER_OPTION_WINDOW_CLAMP, 0) > 0;
  uint8_t n = 0;

  if (!(p->rows & PROFILE_LINUX) || !told) return p->wscale;
  while (n < p->wscale && p->rcv_buf >> n > UINT16_MAX) n++;
  return n;
}

static unsigned fast_open_queue(const struct peer_numbers *n, const struct peer_options *o)
{
  unsigned queue = (unsigned)chosen(o, PEER_OPTION_FASTOPEN, 0);

  if (!(n->fast_open & FAST_OPEN_SERVER)) return 0;
  return queue < n->somaxconn ? queue : n->somaxconn;
}

/* Linux counts the SYN,ACK's timeouts that make up the seconds of TCP_DEFER_ACCEPT: 1, 2, 4 … */
static unsigned timeouts(int seconds)
{
  unsigned n = 0;
  for (int each = 1, all = 0; all < seconds; n++) {
    all += each;
    each = each < 60 ? 2 * each : 120;
  }
  return n;
}

void peer_compose(const struct peer_numbers *n, const struct peer_options *o, struct tcp_profile *p)
{
  int mss = chosen(o, PEER_OPTION_MSS, UINT16_MAX);

  *p = n->profile;
  if (o->rto_max > 0 && (p->rows & PROFILE_LINUX)) p->rto_max = o->rto_max;
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
  p->defer_accept = timeouts(chosen(o, PEER_OPTION_DEFER_ACCEPT, 0));
  p->rcv_buf = window(o, p->rcv_buf);
  p->rcv_buf_fixed = o->set[PEER_OPTION_RCVBUF];
  p->wscale = shift(o, p);
  p->fast_open = fast_open_queue(n, o);
  p->fast_open_anyone = (n->fast_open & FAST_OPEN_NO_COOKIE) != 0;
  p->syn_retries = (unsigned)chosen(o, PEER_OPTION_SYNCNT, (int)p->syn_retries);
  if (chosen(o, PEER_OPTION_USER_TIMEOUT, 0) > 0)
    p->user_timeout = chosen_time(o, PEER_OPTION_USER_TIMEOUT, USEC_MS, 0);
}

unsigned peer_fast_open_unsaid(const struct peer_numbers *n, const struct peer_options *o, unsigned backlog)
{
  const unsigned both = FAST_OPEN_SERVER | FAST_OPEN_UNASKED;

  if ((n->fast_open & both) != both || chosen(o, PEER_OPTION_FASTOPEN, 0) > 0) return 0;
  return backlog < n->somaxconn ? backlog : n->somaxconn;
}

void peer_fast_open_allow(const struct peer_numbers *n, unsigned most, struct tcp_profile *p)
{
  if (p->fast_open == 0 && (n->fast_open & FAST_OPEN_SERVER)) p->fast_open = most;
}

bool peer_syns_full(const struct peer_numbers *n, unsigned qlen, unsigned backlog)
{
  const struct tcp_profile *p = &n->profile;
  bool linux_before = (p->rows & PROFILE_LINUX) && !tcp_profile_has(p, CHANGE_ONE_MORE_HALF_OPEN);
  return linux_before ? qlen >= backlog : qlen > backlog;
}

/* Where more than half of the queue waits, the old make room for the young: those that have not timed out yet. */
unsigned peer_synack_retries(const struct peer_numbers *n, unsigned backlog, unsigned qlen, unsigned young)
{
  unsigned retries = n->profile.synack_retries, most = backlog > 8 ? backlog : 8;

  if (!(n->profile.rows & PROFILE_LINUX) || 2 * qlen <= most) return retries;
  for (young *= 2; retries > 2 && qlen >= young; young *= 2) retries--;
  return retries;
}

bool peer_syns_many(const struct peer_numbers *n, unsigned qlen)
{
  return (int64_t)n->syn_backlog - qlen < n->syn_backlog >> 2;
}

bool peer_close_aborts(const struct peer_options *o) { return chosen(o, PEER_OPTION_LINGER, -1) == 0; }
