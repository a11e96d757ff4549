/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rows do when the user calls, and when a segment seen leaving tells that the user has called. */
#include "engine/tcp/machine.h"

void signal_ok(struct tcp_step *s) { step_signal(s, SIGNAL_OK); }
void error_exists(struct tcp_step *s) { step_signal(s, SIGNAL_ERR_EXISTS); }
void error_not_open(struct tcp_step *s) { step_signal(s, SIGNAL_ERR_NOT_OPEN); }
void error_closing(struct tcp_step *s) { step_signal(s, SIGNAL_ERR_CLOSING); }
void error_not_specified(struct tcp_step *s) { step_signal(s, SIGNAL_ERR_NOT_SPECIFIED); }

/* -- OPEN -- */
void open_active(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  tcb_delete(t);
  t->passive = false;
  tcb_open(t);
  t->pace.again_since = s->now; /* Linux counts from the first SYN on */
  output_emit(s, SYN, t->iss, 0, 0);
}

void open_active_and_queue(struct tcp_step *s)
{
  open_active(s);
  queue_text(s);
}

void open_passive(struct tcp_step *s)
{
  tcb_delete(s->tcb);
  s->tcb->passive = true;
}

/* -- SEND, RECEIVE -- */
void queue_text(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  if (t->fin_queued) {
    step_signal(s, SIGNAL_ERR_CLOSING);
    return;
  }
  loss_after_idle(t, s->now);
  t->queued = s->call->len > UINT32_MAX - t->queued ? UINT32_MAX : t->queued + s->call->len;
}

/* A window update is worth a segment when it opens the window again (RFC 9293 3.8.6.2.2, SHLD-15). */
bool tcp_at_urgent(const struct tcb *t)
{
  seq_t end = t->rcv.nxt - (t->fin_received ? 1 : 0);
  return t->profile->manner->urgent_apart && t->unread > 0 && t->rcv.up - 1 == end - t->unread;
}

void receive_text(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  uint32_t n = s->call->len && s->call->len < t->unread ? s->call->len : t->unread;
  uint32_t before = t->rcv.wnd;
  if (n < t->unread) n += tcp_at_urgent(t);
  if (n == t->unread && (s->call->len == 0 || s->call->len > n)) t->fin_unread = false;
  t->unread -= n;
  s->verdict->delivered = n;
  tcb_update_window(t);
  uint32_t now = s->profile->manner->window_read(t, n);
  if (now >= 2 * before && now > before && !t->fin_received) want_ack(s);
}

void end_of_stream(struct tcp_step *s)
{
  s->tcb->fin_unread = false;
  error_closing(s);
}

/* -- CLOSE, ABORT -- */
static void release(struct tcb *t)
{
  t->orphan = true;
  t->fin_unread = false;
}

void queue_fin(struct tcp_step *s)
{
  s->tcb->fin_queued = true;
  if (s->call->release) release(s->tcb);
}

void release_tcb(struct tcp_step *s)
{
  release(s->tcb);
  step_signal(s, SIGNAL_OK);
}

void close_twice(struct tcp_step *s)
{
  if (s->call->release) release(s->tcb);
  error_closing(s);
}

void abort_reset(struct tcp_step *s)
{
  seq_t seq = s->tcb->snd.nxt;
  reset_by_peer(s); /* queued calls get "connection reset" */
  output_emit(s, RST, seq, 0, 0);
}

void abort_with_ack(struct tcp_step *s)
{
  struct tcb before = *s->tcb;
  reset_by_peer(s);
  output_give_up(s, &before, output_seq(&before), before.rcv.nxt);
}

/* -- segments seen leaving -- */
/* A SYN says what its sender's clock is. */
static void note_stamp(struct tcp_step *s, bool first)
{
  struct tcb *t = s->tcb;
  if (!(s->flags & SYN) || !s->has_ts) return;
  t->ts.last = s->ts_val;
  if (first) t->ts.first = s->ts_val;
}

void sent_open(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  uint32_t queued = t->queued;
  tcb_delete(t);
  t->passive = false;
  t->queued = queued;
  t->iss = s->seq;
  t->iss_known = true;
  tcb_open(t);
  t->ours = s->offer;
  t->ours.known = true;
  t->fast.tried = sent_fast_open(s);
  t->pace.again_since = s->now;
  output_sent(t, s->flags, s->seq, s->len, s->now);
  note_stamp(s, true);
}

void sent_syn_ack(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  t->iss = t->snd.una = t->snd.nxt = t->snd.sml = s->seq;
  t->iss_known = true;
  t->ours = s->offer;
  t->ours.known = true;
  options_settle(t);
  output_sent(t, s->flags, s->seq, s->len, s->now);
  note_stamp(s, true);
}

void sent_new(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  if (s->flags & URG) t->snd.up = seq_max(t->snd.up, s->seq + s->segment->urg);
  output_sent(t, s->flags, s->seq, s->len, s->now);
}

/* Numbers that are new with it (a retransmission may be longer than the first time) count as sent, too. */
void sent_again(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  output_sent(t, s->flags, s->seq, s->len, s->now);
  note_stamp(s, false);
  defer_over(s);
  t->rtt.on = false;
  if (!loss_repeats_oldest(s)) {
    timer_gone_again(t, s->now);
    flight_cut(t, s->seq, s->len);
    flight_join(t, s->seq, s->len);
    if (!t->manual) loss_timed_out(s, step_end(s));
    if (t->shadow && s->has_ts) loss_stamp(t, s->ts_val);
  }
  timer_set(t, TIMER_RETRANSMISSION, s->now + t->rto);
}

void sent_probe(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  if (t->probes < 30) t->probes++;
  if (s->len && s->seq == t->snd.nxt) output_sent(t, s->flags, s->seq, s->len, s->now);
  if (t->timer[TIMER_PERSIST] != USEC_NEVER)
    s->profile->manner->probed(t, s->now);
  else if (t->timer[TIMER_KEEPALIVE] != USEC_NEVER)
    timer_set(t, TIMER_KEEPALIVE, s->now + s->profile->keepalive_intvl);
}

void sent_ack(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  if (s->ack != t->rcv.nxt) return;
  if (t->delay.due) delay_ran_out(t); /* nothing else makes a shadow's owner send it unasked */
  delay_acked(t);
  t->rcv.pending = 0;
  timer_stop(t, TIMER_DELAYED_ACK);
}

void sent_abort(struct tcp_step *s) { forget(s); }
