/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rows do about text and acknowledgments in a connection, and when a timer runs out. */
#include "engine/tcp/machine.h"

static uint32_t min32(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* In SYN-RECEIVED a SYN left of the window is the one taken already; where requests are kept, of these only. */
static bool syn_taken(const struct tcp_step *s)
{
  if (s->tcb->state != STATE_SYN_RECEIVED) return false;
  return !s->profile->manner->records || (request(s) && s->seq == s->tcb->irs);
}

/* -- the segment cut to the window -- */
void trim_left(struct tcp_step *s)
{
  seq_t nxt = s->tcb->rcv.nxt;
  uint32_t old = nxt - s->seq;
  if (s->flags & SYN) {
    /* Otherwise it stays: RFC 5961 answers a SYN whatever its number. */
    if (syn_taken(s)) s->flags &= (uint8_t)~SYN;
    old--;
  }
  s->len -= min32(s->len, old);
  s->seq = nxt;
}

void trim_right(struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  uint32_t room = t->rcv.nxt + t->rcv.wnd - s->seq;
  uint32_t syn = (s->flags & SYN) != 0;
  s->flags &= (uint8_t)~FIN; /* the last number, and there is none left for it */
  s->len = min32(s->len, room > syn ? room - syn : 0);
}

void strip_text_and_ack(struct tcp_step *s)
{
  s->len = 0;
  s->flags &= (uint8_t)~FIN;
  want_ack(s);
}

/* -- acknowledgments -- */
void take_timestamp(struct tcp_step *s) { s->tcb->ts.recent = s->ts_val; }

/* Before SND.UNA moves. A listener's SYN,ACK is in no packet of the flight. */
static usec_t round_trip(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  if (t->rtt.on && t->rtt.seq == t->iss + 1) return s->now - t->rtt.since;
  return flight_round_trip(t, s->ack, s->now);
}

void take_ack(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  uint32_t acked = s->ack - t->snd.una;
  s->verdict->acked += acked;
  uint32_t out = flight_segments(t);
  bool syn = t->snd.una == t->iss; /* opens the congestion window, but does not widen it */
  const usec_t rtt = round_trip(s);
  t->snd.una = s->ack;
  flight_trim(t);
  bool timed = t->rtt.on && seq_ge(s->ack, t->rtt.seq);
  s->profile->manner->acked(s, rtt);
  if (timed) t->rtt.on = false;
  t->retransmits = 0;
  s->profile->manner->grow(t, acked);
  loss_acked(s, syn ? 0 : out - flight_segments(t));
  if (t->loss.phase == LOSS_NONE) t->pace.again_since = -1;
  timer_stop(t, TIMER_USER);
  timer_restart_retransmission(t, s->now);
}

void take_window(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  if (t->snd.wnd != s->wnd && t->queued > 0 && s->verdict->acked == 0) loss_after_idle(t, s->now);
  t->snd.wnd = s->wnd;
  t->snd.wl1 = s->profile->manner->window_of_whole ? s->segment->seq : s->seq;
  t->snd.wl2 = s->ack;
  if (t->snd.max_wnd < s->wnd) t->snd.max_wnd = s->wnd;
  if (s->wnd > 0) t->probes = 0;
}

void take_window_and_octet_back(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  take_window(s);
  t->snd.nxt = t->snd.una;
  flight_trim(t);
  t->queued++;
  t->rtt.on = false;
  timer_stop(t, TIMER_RETRANSMISSION);
}

/* -- urgent, text, FIN -- */
/* Where the urgent octet stands apart, the pointer is the number of the octet behind it, and 0 is like 1. */
void take_urgent(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  uint32_t off = s->profile->manner->urgent_apart && s->segment->urg == 0 ? 1 : s->segment->urg;
  seq_t up = s->segment->seq + off, consumed = t->rcv.nxt - t->unread;
  if (s->profile->manner->urgent_apart && seq_le(up, t->rcv.nxt)) return;
  bool urgent_already = seq_gt(t->rcv.up, consumed);
  t->rcv.up = seq_max(t->rcv.up, up);
  if (!urgent_already && seq_gt(t->rcv.up, consumed)) step_signal(s, SIGNAL_URGENT);
}

/* What was held past a gap and has come again with what filled it. */
static void tell_held_twice(struct tcb *t)
{
  seq_t upto = t->rcv.nxt;
  for (unsigned i = 0; i < t->held_count && seq_lt(t->held[i].left, upto); i++) {
    seq_t cut = seq_min(t->held[i].right, upto);
    sack_twice_also(t, t->held[i].left, tcp_profile_has(t->profile, CHANGE_DSACK_CUT) ? cut : upto);
    upto = cut;
  }
}

static uint32_t deliver(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  uint32_t n = 0;
  if (s->len > 0 && s->seq == t->rcv.nxt) {
    n = s->len;
    t->rcv.nxt += n;
  }
  bool fin_next = (s->flags & FIN) && step_fin_seq(s) == t->rcv.nxt; /* then nothing can come after it */
  if (!fin_next) {
    tell_held_twice(t);
    n += tcb_unhold(t);
    if (!t->held_fin || t->held_fin_seq != t->rcv.nxt) sack_advance(t);
  }
  if (n == 0) return 0;
  s->verdict->delivered += n;
  step_signal(s, SIGNAL_DATA);
  if (t->manual) return n; /* a person has read it already */
  t->rcv.wnd -= min32(t->rcv.wnd, n);
  t->unread += n;
  t->rcv.pending += n;
  tcb_update_window(t);
  return n;
}

void take_text(struct tcp_step *s)
{
  delay_note_text(s);
  s->profile->manner->text_comes(s);
  deliver(s);
  want_ack(s);
}

void take_text_delay_ack(struct tcp_step *s)
{
  uint32_t n = deliver(s);
  struct tcb *t = s->tcb;
  if (n >= 2u * t->snd.mss)
    want_ack(s);
  else if (t->timer[TIMER_DELAYED_ACK] == USEC_NEVER)
    timer_set(t, TIMER_DELAYED_ACK, s->now + s->profile->delayed_ack);
}

void take_old_text(struct tcp_step *s) { refuse_text(s); }

/* Linux: who sends what cannot be taken should hear of it, and of the next few segments at once, too. */
void refuse_text(struct tcp_step *s)
{
  sack_came_before(s);
  delay_quickly(s);
  want_ack(s);
}

/* Of [LEFT, RIGHT) what is held already has come twice: first what holds LEFT, then what begins behind. */
static void tell_past_gap(struct tcb *t, seq_t left, seq_t right)
{
  struct seq_range held[TCP_HELD_MAX + 1];
  unsigned n = sack_ranges(t, held), i = 0;
  while (i < n && seq_le(held[i].right, left)) i++;
  const bool follows = i > 0 && held[i - 1].right == left;
  if (i < n && seq_lt(held[i].left, left)) {
    sack_twice(t, left, seq_min(held[i].right, right));
    i++;
  } else if (i < n && held[i].left == left && seq_le(right, held[i].right)) {
    sack_twice(t, left, right);
    i++;
  }
  for (; i < n && seq_lt(held[i].left, right); i++)
    sack_twice_also(t, held[i].left, seq_min(held[i].right, right));
  /* What has room behind the text that it follows is copied there, and Linux looks no further. */
  t->sack.joined = follows && t->sack.twice;
  sack_hold(t, left, right);
}

static seq_t held_end(const struct tcb *t)
{
  seq_t end = t->held_count ? t->held[t->held_count - 1].right : t->rcv.nxt;
  return t->held_fin ? seq_max(end, t->held_fin_seq + 1) : end;
}

void hold_text(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  bool fin = (s->flags & FIN) != 0;
  delay_note_gap(s);
  s->profile->manner->gap_comes(s, seq_max(s->seq + s->len + fin, held_end(t)));
  tell_past_gap(t, s->seq, s->seq + s->len + fin);
  if (t->held_fin && seq_gt(s->seq + s->len, t->held_fin_seq)) t->fin_odd = true;
  tcb_hold(s->tcb, s->seq, s->seq + s->len);
  want_ack(s);
}

void hold_fin(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  seq_t fin = step_fin_seq(s);
  if (t->held_fin && fin != t->held_fin_seq) t->fin_odd = true;
  if (t->held_count > 0 && seq_gt(t->held[t->held_count - 1].right, fin)) t->fin_odd = true;
  if (s->len == 0) {
    s->profile->manner->gap_comes(s, seq_max(fin + 1, held_end(t)));
    tell_past_gap(t, fin, fin + 1);
  }
  t->held_fin_seq = t->held_fin ? seq_min(t->held_fin_seq, fin) : fin; /* the first one ends the stream */
  t->held_fin = true;
  want_ack(s);
}

/* -- timeouts -- */
static void gone_out_again(struct tcp_step *s)
{
  s->tcb->rtt.on = false;
  timer_gone_again(s->tcb, s->now);
}

void retransmit_syn(struct tcp_step *s)
{
  output_emit(s, SYN, s->tcb->iss, 0, 0);
  gone_out_again(s);
}

void retransmit_syn_ack(struct tcp_step *s)
{
  output_emit(s, SYN | ACK, s->tcb->iss, s->tcb->rcv.nxt, 0);
  gone_out_again(s);
}

void retransmit_oldest(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  if (t->snd.una == t->iss) {
    retransmit_syn_ack(s);
    return;
  }
  flight_cut(t, t->snd.una, output_full_segment(t));
  uint32_t n = min32(flight_join(t, t->snd.una, output_full_segment(t)), output_full_segment(t));
  bool fin = t->fin_sent && t->snd.una + n == t->fin_seq && flight_has_fin(t, t->snd.una);
  bool last = n > 0 && (!s->profile->manner->push_by_packet ||
                        t->snd.una + n == (t->fin_sent ? t->fin_seq : t->snd.nxt));
  output_emit(s, (uint8_t)(ACK | (last ? PSH : 0) | (fin ? FIN : 0)), t->snd.una, t->rcv.nxt, n);
  gone_out_again(s);
  loss_timed_out(s, t->snd.una + n + fin);
  if (t->ts.on && !t->shadow) loss_stamp(t, (uint32_t)(s->now / USEC_MS) + t->ts.offset);
}

static void probe_later(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  if (t->probes < 30) t->probes++;
  s->profile->manner->probed(t, s->now);
}

void probe_window_empty(struct tcp_step *s)
{
  output_emit(s, ACK, s->tcb->snd.una - 1, s->tcb->rcv.nxt, 0);
  probe_later(s);
}

void send_what_fits(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  output_emit(s, ACK | PSH, t->snd.nxt, t->rcv.nxt, min32(t->snd.wnd, t->queued));
}

/* The octet gets its number once and is then repeated. A lone FIN is no octet: it waits, and an old number
 * asks. */
void probe_window(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  if (t->queued == 0 && t->snd.una == t->snd.nxt) {
    probe_window_empty(s);
    return;
  }
  probe_later(s);
  output_emit(s, ACK | PSH, t->snd.una, t->rcv.nxt, 1);
}

void probe_idle(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  output_emit(s, ACK, t->snd.nxt - 1, t->rcv.nxt, 0);
  t->probes++;
  timer_set(t, TIMER_KEEPALIVE, s->now + s->profile->keepalive_intvl);
}

void time_out_abort(struct tcp_step *s)
{
  step_signal(s, SIGNAL_ABORTED_TIMEOUT);
  delete_tcb(s);
}

void time_out_reset(struct tcp_step *s)
{
  struct tcb before = *s->tcb;
  seq_t seq = before.snd.nxt, ack = before.rcv.nxt;
  time_out_abort(s);
  if (s->profile->manner->reset_acknowledges)
    output_give_up(s, &before, seq, ack);
  else
    output_emit(s, RST, seq, 0, 0);
}
