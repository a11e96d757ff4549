/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The timers of a TCB: points in time, computed here, read by tcp_deadline(). RFC 6298 for the retransmission
   timer; the numbers are the profile's. */
#include "engine/tcp/machine.h"

void timer_set(struct tcb *t, enum tcp_timer timer, usec_t when) { t->timer[timer] = when; }
void timer_stop(struct tcb *t, enum tcp_timer timer) { t->timer[timer] = USEC_NEVER; }

void timer_stop_all(struct tcb *t)
{
  for (unsigned i = 0; i < TIMER_COUNT; i++) t->timer[i] = USEC_NEVER;
}

static usec_t clamped(usec_t x, usec_t low, usec_t high) { return x < low ? low : x > high ? high : x; }

void timer_rto_sample(struct tcb *t, usec_t rtt) { t->profile->manner->rto_sample(t, rtt); }

/* No setting of Linux's bounds the wait of a request. */
static usec_t backoff_most(const struct tcb *t)
{
  const usec_t request_most = 120 * USEC_S;
  bool request = t->state == STATE_SYN_RECEIVED && t->passive && !t->fast.taken;
  return t->profile->manner->records && request ? request_most : t->profile->rto_max;
}

/* RFC 6298 5.5; Linux repeats its own SYN at an even pace first. */
static void back_off(struct tcb *t)
{
  const struct tcp_profile *p = t->profile;
  if (t->state == STATE_SYN_SENT && t->retransmits <= p->syn_linear_timeouts) return;
  t->rto = clamped(2 * t->rto, p->rto_min, backoff_most(t));
}

void timer_gone_again(struct tcb *t, usec_t now)
{
  t->profile->manner->gone_again(t, now);
  back_off(t);
  timer_set(t, TIMER_RETRANSMISSION, now + t->rto);
}

static bool outstanding(const struct tcb *t) { return seq_lt(t->snd.una, t->snd.nxt); }

void timer_restart_retransmission(struct tcb *t, usec_t now)
{
  if (outstanding(t))
    timer_set(t, TIMER_RETRANSMISSION, now + t->rto);
  else
    timer_stop(t, TIMER_RETRANSMISSION);
}

/* Something waits and nothing is out whose ACK would let it go; or the octet that probes is out. */
static bool waits_for_window(const struct tcb *t)
{
  struct tcp_emit next;
  if (t->snd.wnd == 0 && t->probes > 0 && t->snd.nxt - t->snd.una == 1) return true;
  bool waiting = t->queued > 0 || (t->fin_queued && !t->fin_sent);
  return waiting && !outstanding(t) && !output_next(t, false, &next);
}

static void need(struct tcb *t, enum tcp_timer timer, bool needed, usec_t when)
{
  if (!needed)
    timer_stop(t, timer);
  else if (t->timer[timer] == USEC_NEVER)
    timer_set(t, timer, when);
}

void tcp_keepalive_changed(struct tcb *t, usec_t now)
{
  bool idles =
      t->state >= STATE_ESTABLISHED && t->state != STATE_TIME_WAIT && !outstanding(t) && t->queued == 0;
  usec_t time = t->profile->keepalive_time;
  idles = idles && !(t->orphan && t->profile->manner->orphans_unprobed);
  if (idles) t->timer[TIMER_KEEPALIVE] = time > 0 ? now + time : USEC_NEVER;
}

/* Turns timers on that are needed and not running, and off those that are not. Never restarts one. */
void timer_update(struct tcb *t, usec_t now)
{
  if (t->state == STATE_CLOSED || t->state == STATE_LISTEN) {
    timer_stop_all(t);
    return;
  }
  if (t->state == STATE_TIME_WAIT) return;
  const struct tcp_profile *p = t->profile;
  bool persist = t->state >= STATE_ESTABLISHED && waits_for_window(t);
  bool out = outstanding(t) && !persist; /* a closed window is no reason to give up (MUST-37) */
  need(t, TIMER_RETRANSMISSION, out, now + t->rto);
  usec_t user = p->user_timeout > 0 ? p->manner->user_timeout(t, now) : USEC_NEVER;
  need(t, TIMER_PERSIST, persist, persist ? now + p->manner->probe_first(t) : USEC_NEVER);
  need(t, TIMER_USER, out && p->user_timeout > 0 && user != USEC_NEVER && !t->manual, user);
  bool alone = t->orphan && p->manner->orphans_unprobed; /* for whom should it be kept alive? */
  bool idle =
      p->keepalive_time > 0 && !t->manual && !out && !persist && !alone && t->state >= STATE_ESTABLISHED;
  need(t, TIMER_KEEPALIVE, idle, now + p->keepalive_time);
}
