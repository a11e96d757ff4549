/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How Linux keeps time. It measures a round trip by every ACK of what was sent once, or by a timestamp's echo,
   and lets the deviation fall more slowly than it rises. Its timers count ticks, so timeouts are whole ticks.
   Doubled timeouts stay doubled until something is measured. And it gives up by the clock: when as much time has
   passed since the first repetition as so many doublings of 200 ms would take; or, where the window stays shut,
   after so many probes without an answer. */
#include "engine/tcp/machine.h"

#define RTO_BASE (200 * USEC_MS) /* what doublings are counted in, whatever the timeout is */
#define FALLBACK (3 * USEC_S)    /* the handshake has not been measured (RFC 6298 5.7) */
#define DOUBLINGS_MOST 10        /* of the wait for a shut window */

static usec_t shorter(usec_t a, usec_t b) { return a < b ? a : b; }
static usec_t longer(usec_t a, usec_t b) { return a > b ? a : b; }

static usec_t ticks(const struct tcb *t, usec_t x)
{
  const usec_t tick = t->profile->tick;
  return tick > 0 ? (x + tick - 1) / tick * tick : x;
}

/* -- round trips -- */
/* SRTT is kept eightfold, deviations fourfold. */
static void sample_again(struct tcb *t, usec_t rtt)
{
  struct tcp_pace *p = &t->pace;
  usec_t off = rtt - p->srtt8 / 8;
  p->srtt8 += off;
  if (off < 0) {
    off = -off - p->mdev4 / 4;
    if (off > 0) off /= 8;
  } else {
    off -= p->mdev4 / 4;
  }
  p->mdev4 += off;
  if (p->mdev4 > p->mdev4_max) {
    p->mdev4_max = p->mdev4;
    p->rttvar4 = longer(p->rttvar4, p->mdev4);
  }
  if (!seq_gt(t->snd.una, p->rtt_seq)) return; /* not yet a whole window of text since the last time */
  if (p->mdev4_max < p->rttvar4) p->rttvar4 -= (p->rttvar4 - p->mdev4_max) / 4;
  p->rtt_seq = t->snd.nxt;
  p->mdev4_max = ticks(t, t->profile->rto_min);
}

void linux_rto_sample(struct tcb *t, usec_t rtt)
{
  struct tcp_pace *p = &t->pace;
  rtt = longer(rtt, 1);
  if (p->srtt8 == 0) {
    p->srtt8 = 8 * rtt;
    p->mdev4 = 2 * rtt;
    p->rttvar4 = p->mdev4_max = longer(p->mdev4, ticks(t, t->profile->rto_min));
    p->rtt_seq = t->snd.nxt;
  } else {
    sample_again(t, rtt);
  }
  t->srtt = longer(p->srtt8 / 8, 1);
  t->rttvar = p->rttvar4 / 4;
  t->rto = shorter(ticks(t, p->srtt8 / 8 + p->rttvar4), t->profile->rto_max);
  p->backoff = 0;
}

usec_t linux_echo(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  if (!t->ts.on || !s->has_ts || s->ts_ecr == 0) return -1;
  uint32_t ms = (uint32_t)(s->now / USEC_MS) + t->ts.offset - s->ts_ecr;
  return ms < INT32_MAX / 1000 ? (usec_t)(ms ? ms : 1) * USEC_MS : -1;
}

/* RTT -1: what is acknowledged now has been sent more than once. */
void linux_acked(struct tcp_step *s, usec_t rtt)
{
  if (rtt < 0) rtt = linux_echo(s);
  if (rtt >= 0) linux_rto_sample(s->tcb, rtt);
}

void linux_unmeasured(struct tcb *t)
{
  struct tcp_pace *p = &t->pace;
  if (p->srtt8 > 0) return;
  p->mdev4 = p->mdev4_max = p->rttvar4 = FALLBACK;
  t->rto = FALLBACK;
}

/* -- how long it keeps trying -- */
static usec_t doublings(const struct tcb *t, unsigned n, usec_t base)
{
  const usec_t most = t->profile->rto_max;
  unsigned doubling = 0;
  while (doubling < 30 && base << (doubling + 1) <= most) doubling++;
  if (n <= doubling) return ((2 << n) - 1) * base;
  return ((2 << doubling) - 1) * base + (n - doubling) * most;
}

/* TRIES doublings of BASE, or the user's own timeout. */
static bool too_long(const struct tcp_step *s, unsigned tries, usec_t base)
{
  const struct tcb *t = s->tcb;
  const usec_t patience = s->profile->user_timeout, since = t->pace.again_since;
  if (t->retransmits == 0 || since < 0) return false;
  return s->now / USEC_MS - since / USEC_MS >=
         (patience > 0 ? patience : doublings(t, tries, base)) / USEC_MS;
}

/* Its repetitions do for probes while the window is shut: they do not count. */
static bool shut(const struct tcb *t)
{
  return t->snd.wnd == 0 && !t->orphan && t->state >= STATE_ESTABLISHED && !t->fast.taken;
}

static bool shut_too_long(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  const usec_t most = 2 * s->profile->rto_max, since = t->pace.again_since;
  return s->now - t->pace.heard > most && since >= 0 && s->now - since > most;
}

bool linux_gives_up(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  const struct tcp_profile *p = s->profile;
  switch (t->state) {
  case STATE_SYN_SENT:
    return t->retransmits >= p->syn_retries + p->syn_linear_timeouts ||
           too_long(s, p->syn_retries, p->rto_initial);
  case STATE_SYN_RECEIVED: /* called, or called at once: no request */
    return t->retransmits >= p->syn_retries || too_long(s, p->syn_retries, p->rto_initial);
  default:
    if (shut(t)) return shut_too_long(s);
    return too_long(s, t->orphan ? p->orphan_retries : p->retries2, RTO_BASE);
  }
}

void linux_gone_again(struct tcb *t, usec_t now)
{
  struct tcp_pace *p = &t->pace;
  if (!shut(t)) t->retransmits++;
  if (p->again_since < 0) p->again_since = now;
  if (t->state == STATE_SYN_SENT && t->retransmits <= t->profile->syn_linear_timeouts) return;
  if (p->backoff < UINT8_MAX) p->backoff++;
}

usec_t linux_user_timeout(const struct tcb *t, usec_t now)
{
  if (t->profile->user_timeout == 0 || t->pace.again_since < 0 || t->retransmits == 0) return USEC_NEVER;
  return longer(t->pace.again_since + t->profile->user_timeout, now);
}

/* -- the shut window -- */
usec_t linux_probe_first(const struct tcb *t) { return longer(t->rto, RTO_BASE); }

static usec_t probe_when(const struct tcb *t)
{
  const unsigned n = t->pace.backoff < DOUBLINGS_MOST ? t->pace.backoff : DOUBLINGS_MOST;
  return shorter(linux_probe_first(t) << n, t->profile->rto_max);
}

/* The user's own timeout, but for two ticks at least. */
static usec_t probe_at(const struct tcb *t, usec_t now)
{
  const usec_t since = t->pace.probing_since, patience = t->profile->user_timeout;
  const usec_t when = now + probe_when(t);
  if (patience == 0 || since < 0) return when;
  return shorter(when, longer(since + patience, now + 2 * t->profile->tick));
}

void linux_probed(struct tcb *t, usec_t now)
{
  struct tcp_pace *p = &t->pace;
  if (p->probing_since < 0) p->probing_since = now;
  if (p->backoff < t->profile->retries2) p->backoff++;
  timer_set(t, TIMER_PERSIST, probe_at(t, now));
}

bool window_probes_spent(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  const struct tcp_profile *p = s->profile;
  const usec_t since = t->pace.probing_since;
  if (t->manual) return false;
  if (p->user_timeout > 0 && since >= 0 && s->now - since >= p->user_timeout) return true;
  if (!t->orphan) return t->probes >= p->retries2;
  const bool alive = t->rto << (t->pace.backoff < 20 ? t->pace.backoff : 20) < p->rto_max;
  return t->probes >= p->orphan_retries || (!alive && t->pace.backoff >= p->orphan_retries);
}

/* Whether all of the next segment fits into the window. */
static bool next_fits(const struct tcb *t)
{
  const uint32_t full = output_full_segment(t), n = t->queued < full ? t->queued : full;
  const bool fin = t->fin_queued && !t->fin_sent && n == t->queued;
  return seq_le(t->snd.nxt + n + fin, t->snd.una + t->snd.wnd);
}

static void heard_from(struct tcb *t, usec_t now, bool idle)
{
  const usec_t next = now + t->profile->keepalive_time;
  usec_t *const alive = &t->timer[TIMER_KEEPALIVE];
  t->pace.heard = now;
  if (*alive != USEC_NEVER) *alive = t->probes > 0 ? longer(*alive, next) : next;
  t->probes = 0;
  if (!idle || t->timer[TIMER_PERSIST] == USEC_NEVER) return;
  if (next_fits(t)) {
    t->pace.backoff = 0;
    t->pace.probing_since = -1;
    timer_stop(t, TIMER_PERSIST);
  } else {
    timer_set(t, TIMER_PERSIST, probe_at(t, now));
  }
}

/* An ACK that was looked at: the other end is alive, and may have told another window. */
void linux_heard(const struct tcp_step *s, seq_t una, seq_t nxt)
{
  const struct tcp_verdict *v = s->verdict;
  struct tcb *t = s->tcb;
  if (t->state < STATE_ESTABLISHED || v->fired_count == 0) return;
  const struct tcp_rule *last = v->fired[v->fired_count - 1];
  bool looked_at = last->procedure == PROCEDURE_OTHERWISE && last->step >= 5;
  if (!looked_at || !(s->flags & ACK) || seq_lt(s->ack, una) || seq_gt(s->ack, nxt)) return;
  heard_from(t, s->now, una == nxt);
}
