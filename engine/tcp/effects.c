/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rows do when a segment arrives: openings, answers, endings. Text, acknowledgments and timers are
   in effects_data.c, calls in effects_call.c. */
#include "engine/tcp/machine.h"

/* -- answers -- */
void want_ack(struct tcp_step *s) { s->ack_wanted = s->rule; }

void challenge(struct tcp_step *s)
{
  s->tcb->challenged_at = s->now;
  s->by_record = with_request(s) && (s->flags & RST);
  want_ack(s);
}

/* When it may not be sent there is still something else to acknowledge. */
void challenge_if_may(struct tcp_step *s)
{
  if (!throttled(s)) s->tcb->challenged_at = s->now;
  want_ack(s);
}

/* Linux does not count the answer to text, which is no part of an endless exchange of ACKs. */
void answer_ack(struct tcp_step *s)
{
  if (!s->profile->manner->answers_text || segment_len(s->segment) == 0 || (s->segment->flags & SYN))
    s->tcb->challenged_at = s->now;
  s->by_record = request(s) || (s->tcb->fast.taken && (timestamp_old_in_mini(s) || request_outside(s)));
  bool syn =
      (s->flags & SYN) && (!timestamp_old(s) || tcp_profile_has(s->profile, CHANGE_OLD_SYN_CHALLENGED));
  if (full_socket(s) && step_seg_len(s) > 0 && !syn && began_left(s)) {
    delay_quickly(s);
    sack_came_before(s);
  }
  want_ack(s);
}

/* From here on Linux treats it as a socket, no longer as a request. */
void challenge_as_socket(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  t->passive = false;
  t->snd.una = t->iss + 1;
  flight_trim(t);
  t->snd.wnd = s->wnd;
  if (t->ts.on && s->has_ts && seq_le(s->segment->seq, t->rcv.nxt)) t->ts.recent = s->ts_val;
  challenge(s);
}

/* RFC 9293 3.5.2: numbered so that the sender of the offending segment believes it. Never an answer to a RST.
 */
void answer_reset(struct tcp_step *s)
{
  const struct segment *g = s->segment;
  if (g->flags & RST) return;
  if (options_broken_early(s)) return;
  if (g->flags & ACK)
    output_emit(s, RST, g->ack, 0, 0);
  else
    output_emit(s, RST | ACK, 0, g->seq + segment_len(g), 0);
}

void forget(struct tcp_step *s)
{
  tcb_delete(s->tcb);
  s->tcb->passive = s->rule->next == STATE_LISTEN;
}

void delete_tcb(struct tcp_step *s) { forget(s); }

void answer_reset_and_forget(struct tcp_step *s)
{
  forget(s); /* first: it takes the debts along */
  answer_reset(s);
}

void answer_reset_and_abort(struct tcp_step *s)
{
  step_signal(s, SIGNAL_RESET);
  answer_reset_and_forget(s);
}

void syn_soon(struct tcp_step *s)
{
  enum { TICKS = 2 };
  timer_set(s->tcb, TIMER_RETRANSMISSION, s->now + TICKS * s->profile->tick);
}

void answer_reset_syn_soon(struct tcp_step *s)
{
  answer_reset(s);
  syn_soon(s);
}

/* -- resets -- */
void reset_by_peer(struct tcp_step *s)
{
  step_signal(s, SIGNAL_RESET);
  forget(s);
}
void reset_pipe(struct tcp_step *s)
{
  step_signal(s, SIGNAL_PIPE);
  forget(s);
}
void reset_late(struct tcp_step *s) { forget(s); }
void refuse(struct tcp_step *s)
{
  step_signal(s, SIGNAL_REFUSED);
  forget(s);
}

/* -- opening -- */
/* Text and FIN that came with a SYN wait for ESTABLISHED. */
static void keep_for_later(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  if (s->profile->manner->forgets_syn_text) return;
  if (s->len) tcb_hold(t, s->seq + 1, s->seq + 1 + s->len);
  if (s->flags & FIN) {
    t->held_fin = true;
    t->held_fin_seq = step_fin_seq(s);
  }
}

void answer_syn(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  t->passive = true;
  tcb_open(t);
  tcb_receive_syn(s);
  keep_for_later(s);
  output_emit(s, SYN | ACK, t->iss, t->rcv.nxt, 0);
}

void repeat_syn_ack(struct tcp_step *s)
{
  s->tcb->challenged_at = s->now;
  output_emit(s, SYN | ACK, s->tcb->iss, s->tcb->rcv.nxt, 0);
}

void answer_crossing_syn(struct tcp_step *s)
{
  s->tcb->crossed = true;
  fast_open_seen(s->tcb, s);
  tcb_receive_syn(s);
  keep_for_later(s);
  output_emit(s, SYN | ACK, s->tcb->iss, s->tcb->rcv.nxt, 0);
  if (s->profile->manner->crossing_is_first) {
    s->tcb->rtt.on = true;
    s->tcb->rtt.seq = s->tcb->iss + 1;
    s->tcb->rtt.since = s->now;
  }
}

static void measure(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  bool once = t->rtt.on && seq_ge(s->ack, t->rtt.seq);
  s->profile->manner->acked(s, once ? s->now - t->rtt.since : -1);
  if (once) t->rtt.on = false;
}

void establish_from_syn_sent(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  tcb_receive_syn(s);
  fast_open_seen(t, s);
  measure(s);
  s->profile->manner->unmeasured(t);
  loss_opening_repeated(s);
  t->pace.again_since = -1;
  t->pace.heard = s->now;
  s->verdict->acked += s->ack - t->snd.una;
  t->snd.una = s->ack;
  flight_trim(t);
  t->retransmits = 0;
  timer_restart_retransmission(t, s->now);
  step_signal(s, SIGNAL_ESTABLISHED);
  s->profile->manner->window_established(t);
  want_ack(s);
  fast_open_refused(s);
  delay_begin(s);
  s->flags &= (uint8_t)~SYN; /* what is left begins after the SYN */
  s->seq++;
}

/* SND.UNA moves in the part that follows, as for every ACK. */
void establish(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  t->snd.wnd = s->wnd;
  if (t->snd.max_wnd < s->wnd) t->snd.max_wnd = s->wnd;
  t->snd.wl1 = s->seq;
  t->snd.wl2 = s->ack;
  t->reopened.on = false;
  s->profile->manner->socket_made(s);
  loss_opening_repeated(s);
  fast_open_over(s);
  s->profile->manner->unmeasured(t);
  t->pace.again_since = -1;
  t->pace.heard = s->now;
  delay_begin(s);
  step_signal(s, SIGNAL_ESTABLISHED);
}

/* -- TIME-WAIT -- */
void start_time_wait(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  timer_stop_all(t);
  if (s->profile->manner->records && !t->record) t->challenged_at = -1; /* a new record */
  t->record = false;
  t->queued = 0;
  t->rtt.on = false;
  timer_set(t, TIMER_TIME_WAIT, s->now + s->profile->time_wait);
}

void wait_again(struct tcp_step *s) { timer_set(s->tcb, TIMER_TIME_WAIT, s->now + s->profile->time_wait); }

void ignore_reset(struct tcp_step *s)
{
  if (s->profile->manner->reset_stamps && s->tcb->ts.on && s->has_ts) s->tcb->ts.recent = s->ts_val;
}

void wait_again_bare(struct tcp_step *s)
{
  if (s->tcb->ts.on && s->has_ts) s->tcb->ts.recent = s->ts_val;
  wait_again(s);
}

void acknowledge_and_wait(struct tcp_step *s)
{
  answer_ack(s);
  wait_again(s);
}

/* MAY-2 (1): the new ISN lies beyond every number used before. */
static void reopen_with(struct tcp_step *s, void (*answer)(struct tcp_step *))
{
  struct tcb *t = s->tcb;
  seq_t nxt = t->snd.nxt, rcv_nxt = t->rcv.nxt;
  tcb_delete(t);
  t->iss = nxt + 65537 ? nxt + 65537 : 1;
  t->iss_known = true;
  answer(s);
  t->reopened.on = true;
  t->reopened.snd_nxt = nxt;
  t->reopened.rcv_nxt = rcv_nxt;
}

void reopen(struct tcp_step *s)
{
  bool give_cookie = s->fast.on && fast_open_may(s);
  reopen_with(s, give_cookie ? answer_syn_give_cookie : answer_syn);
}
void reopen_fast(struct tcp_step *s) { reopen_with(s, take_fast_open); }

void back_to_time_wait(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  seq_t snd_nxt = t->reopened.snd_nxt, rcv_nxt = t->reopened.rcv_nxt;
  tcb_delete(t);
  t->snd.una = t->snd.nxt = snd_nxt;
  t->rcv.nxt = t->rcv.last_ack = rcv_nxt;
  t->irs_known = t->fin_sent = t->fin_received = true;
  t->fin_seq = snd_nxt - 1;
  start_time_wait(s);
}

/* -- our FIN -- */
void close_acknowledged(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  step_signal(s, SIGNAL_CLOSED_OK);
  if (t->orphan && s->profile->fin_wait_2) timer_set(t, TIMER_FIN_WAIT_2, s->now + s->profile->fin_wait_2);
}

void close_done(struct tcp_step *s)
{
  step_signal(s, SIGNAL_CLOSED_OK);
  forget(s);
}

void orphan_fin_wait_2(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  t->orphan = t->record = true;
  t->challenged_at = -1; /* a new record */
  step_signal(s, SIGNAL_CLOSED_OK);
  timer_stop_all(t);
  if (s->profile->fin_wait_2) timer_set(t, TIMER_FIN_WAIT_2, s->now + s->profile->fin_wait_2);
}

void send_now(struct tcp_step *s) { output_push(s); }

/* -- their FIN -- */
static void count_fin(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  step_signal(s, SIGNAL_CLOSING);
  s->profile->manner->fin_comes(s);
  t->rcv.nxt++;
  t->fin_received = t->fin_unread = true;
  t->delay.due = true;
  if (t->state == STATE_ESTABLISHED) t->delay.pingpong = true;
}

/* What was past a gap behind it goes, with its SACK blocks. */
static void end_stream(struct tcb *t)
{
  t->held_fin = false;
  t->held_count = 0;
  sack_forget(t);
}

void take_fin(struct tcp_step *s)
{
  count_fin(s);
  end_stream(s->tcb);
  want_ack(s);
}

void take_fin_ack_at_once(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  count_fin(s);
  s->ack_wanted = NULL;
  output_emit(s, ACK, output_seq(t), t->rcv.nxt, 0);
  end_stream(t);
}

void take_fin_and_wait(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  if (t->record && t->ts.on && s->has_ts) t->ts.recent = s->ts_val;
  if (s->profile->manner->fin_ack_from_socket && !t->record && !t->manual) {
    take_fin_ack_at_once(s);
  } else {
    take_fin(s);
  }
  start_time_wait(s);
}

void take_fin_and_forget(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  seq_t seq = t->snd.nxt, ack = t->rcv.nxt + 1;
  step_signal(s, SIGNAL_CLOSING);
  forget(s);
  output_emit(s, ACK, seq, ack, 0);
}
