/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segments leaving: what may go now (window, Nagle, SWS avoidance: RFC 9293 3.7.4, 3.8.6.2.1), and what
   sending does to the TCB. For a person nothing leaves here: it is written down as a debt. */
#include "engine/tcp/machine.h"

/* Of a connection in TIME-WAIT, an orphan that waits for a FIN, and one that a SYN has asked for a small record does. */
bool output_is_record(const struct tcb *t)
{
  bool request = t->state == STATE_SYN_RECEIVED && t->passive && !t->fast.taken;
  return t->state == STATE_TIME_WAIT || t->record || request;
}

seq_t output_seq(const struct tcb *t) { return t->profile->manner->number(t); }

uint32_t output_window(const struct tcb *t, uint32_t octets)
{
  uint32_t w = octets >> t->rcv.wscale;
  return w > 65535 ? 65535 : w;
}

static uint32_t min32(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* Before a SYN has come nobody knows it. */
static uint32_t snd_mss(const struct tcb *t) { return t->snd.mss ? t->snd.mss : t->profile->mss_default; }

/* Eff.snd.MSS (RFC 9293 3.7.1): the options of every segment take room, too. */
uint32_t output_full_segment(const struct tcb *t)
{
  uint32_t mss = snd_mss(t), full = t->ts.on && mss > 12 ? mss - 12 : mss;
  return t->profile->manner->segment_size(t, full);
}

uint32_t output_segments(const struct tcb *t, uint32_t octets)
{
  uint32_t full = output_full_segment(t);
  return full ? (octets + full - 1) / full : octets;
}

#define STATES_MAY_SEND                                                                                      \
  (STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_FIN_WAIT_1) | STATE_BIT(STATE_CLOSE_WAIT) |                \
   STATE_BIT(STATE_CLOSING) | STATE_BIT(STATE_LAST_ACK))

bool output_next(const struct tcb *t, bool in_packet, struct tcp_emit *e)
{
  bool may = state_in(t->state, STATES_MAY_SEND), fin = may && t->fin_queued && !t->fin_sent;
  if ((t->queued == 0 && !fin) || !(may || t->fast.taken)) return false; /* Fast Open: before the ACK, too */
  uint32_t usable = t->profile->manner->usable_window(t);
  uint32_t n = min32(t->queued, min32(output_full_segment(t), usable));
  bool last = n == t->queued;
  bool with_fin = fin && last && usable > n;
  if (n == 0 && !with_fin) return false;
  if (n > 0 && n < output_full_segment(t) && !t->profile->manner->may_send_small(t, n, with_fin, in_packet))
    return false;
  *e = (struct tcp_emit){.flags = (uint8_t)(ACK | (last && n > 0 ? PSH : 0) | (with_fin ? FIN : 0)),
                         .seq = t->snd.nxt,
                         .ack = t->rcv.nxt,
                         .len = n};
  return true;
}

void output_fill(const struct tcb *t, struct tcp_emit *e, bool record, usec_t now)
{
  if (e->flags & SYN)
    e->win = (uint16_t)min32(t->fast.taken ? t->fast.wnd : t->rcv.wnd, 65535);
  else
    e->win =
        (e->flags & RST) ? 0 : (uint16_t)output_window(t, record && t->fast.taken ? t->fast.wnd : t->rcv.wnd);
  e->win_most = e->win;
  e->wild = 0;
  if (t->shadow && !t->ts.offset_known) e->wild |= SEG_BIT(SEG_OPTIONS);
  if (!t->iss_known && !(e->flags & RST)) e->wild |= SEG_BIT(SEG_SEQ);
  if (t->state == STATE_TIME_WAIT && record && !(e->flags & (SYN | RST))) linux_window_of_record(t, e);
  e->twice_unsure = t->sack.twice && t->sack.joined;
  e->cookie_behind = false;
  e->ts_offset = t->ts.offset;
  e->options_len = 0;
  if ((e->flags & SYN) || t->ts.on || t->sack.count > 0 || t->sack.twice) options_write(t, e, record, now);
}

/* What only a whole socket of Linux's tells: a window chosen now, and what it holds. */
static void fill_from_socket(struct tcb *t, struct tcp_emit *e)
{
  if (t->manual || (e->flags & (SYN | RST))) return;
  if (t->state > STATE_SYN_SENT) t->profile->manner->window_choose(t, e);
  sack_told(t);
}

/* Where the window of the one before is not certain, neither is that of the next. */
static void same_window(const struct tcp_emit *before, struct tcp_emit *e)
{
  if (!(before->wild & SEG_BIT(SEG_WIN)) || before->ack != e->ack || (e->flags & (SYN | RST))) return;
  e->wild |= SEG_BIT(SEG_WIN);
  e->win = before->win;
  e->win_most = before->win_most;
}

/* The user, or the timer, gives a connection up whose TCB was BEFORE. Some send such a RST as they send
   anything else of the connection; one that answers a segment is made of that segment alone. */
struct tcp_emit *output_give_up(struct tcp_step *s, struct tcb *before, seq_t seq, seq_t ack)
{
  struct tcp_emit *e = output_emit(s, RST | ACK, seq, ack, 0);
  if (!before->profile->manner->reset_acknowledges || before->manual) return e;
  e->flags = ACK;
  output_fill(before, e, output_is_record(before), s->now);
  if (!output_is_record(before)) fill_from_socket(before, e);
  e->flags = RST | ACK;
  return e;
}

void output_sent(struct tcb *t, uint8_t flags, seq_t seq, uint32_t len, usec_t now)
{
  seq_t end = seq + len + ((flags & SYN) != 0) + ((flags & FIN) != 0);
  if (flags & SYN) {
    t->ts.last = (uint32_t)(now / USEC_MS);
    if (t->snd.nxt == t->iss) t->ts.first = t->ts.last;
  }
  if (seq_gt(end, t->snd.nxt)) {
    uint32_t text = seq_ge(seq, t->snd.nxt) ? len : min32(len, seq + len - t->snd.nxt);
    t->queued -= min32(t->queued, text);
    if (!t->rtt.on && seq == t->snd.nxt) {
      t->rtt.on = true;
      t->rtt.seq = end;
      t->rtt.since = now;
    }
    t->snd.nxt = end;
    flight_sent(t, end, now);
    loss_text_goes(t);
    if (len > 0 && len < output_full_segment(t)) t->snd.sml = end;
  } else if (end != seq) {
    t->rtt.on = false; /* Karn's algorithm: an answer to this proves nothing */
    flight_again(t, seq, end, now);
    if ((flags & SYN) && t->pace.syns < UINT8_MAX) t->pace.syns++;
  }
  if (len > 0) t->pace.sent = now;
  if (flags & FIN) {
    t->fin_queued = false;
    t->fin_sent = true;
    t->fin_seq = end - 1;
  }
  timer_update(t, now);
}

bool tcp_held_back(struct tcb *t, const struct tcp_emit *e, usec_t now)
{
  bool fin = (e->flags & FIN) != 0;
  if (!t->shadow || (e->flags & (SYN | RST))) return false;
  if (e->retransmission) return loss_held_back(t, e);
  if ((e->len == 0 && !fin) || e->seq + e->len + fin != t->snd.nxt || seq_lt(e->seq, t->snd.una))
    return false;
  t->snd.nxt = e->seq;
  flight_trim(t);
  t->queued += e->len;
  if (fin) {
    t->fin_sent = false;
    t->fin_queued = true;
  }
  if (seq_gt(t->snd.sml, t->snd.nxt)) t->snd.sml = t->snd.nxt;
  if (seq_gt(t->rtt.seq, t->snd.nxt)) t->rtt.on = false;
  if (t->snd.una == t->snd.nxt) timer_stop(t, TIMER_RETRANSMISSION);
  timer_update(t, now);
  return true;
}

/* RCV.NXT has been acknowledged. */
static void output_acked(struct tcb *t)
{
  t->rcv.last_ack = t->rcv.nxt;
  t->rcv.pending = 0;
  delay_acked(t);
  timer_stop(t, TIMER_DELAYED_ACK);
}

/* One ACK is enough, and the oldest debt makes room when there are too many. */
static void owe(struct tcb *t, const struct tcp_emit *e)
{
  unsigned n = t->debt_count;
  for (unsigned i = 0; i < n; i++) {
    struct tcp_debt *d = &t->debt[i];
    if (d->flags == e->flags &&
        (e->flags == ACK || (d->seq == e->seq && (!(e->flags & RST) || d->ack == e->ack))) &&
        !d->len == !e->len)
      n = i;
  }
  if (n == TCP_DEBTS_MAX) {
    for (unsigned i = 1; i < TCP_DEBTS_MAX; i++) t->debt[i - 1] = t->debt[i];
    n--;
  }
  t->debt[n] = (struct tcp_debt){.flags = e->flags,
                                 .seq = e->seq,
                                 .ack = e->ack,
                                 .len = e->len,
                                 .retransmission = e->retransmission,
                                 .rule = e->rule};
  if (n >= t->debt_count) t->debt_count = n + 1;
}

struct tcp_emit *output_emit(struct tcp_step *s, uint8_t flags, seq_t seq, seq_t ack, uint32_t len)
{
  struct tcb *t = s->tcb;
  struct tcp_verdict *v = s->verdict;
  if (v->emit_count == TCP_EMITS_MAX) return &v->emit[TCP_EMITS_MAX - 1];
  struct tcp_emit *e = &v->emit[v->emit_count++];
  if (t->ecn && (flags & (SYN | ACK)) == (SYN | ACK)) flags |= ECE;
  e->flags = flags;
  e->seq = seq;
  e->ack = ack;
  e->len = len;
  e->rule = s->rule;
  bool occupies = len > 0 || (flags & (SYN | FIN)) != 0;
  e->retransmission = occupies && !(flags & RST) && seq_lt(seq, t->snd.nxt);
  if (!t->flight.joins) sack_next_packet(t);
  bool record = t->profile->manner->records && (s->by_record || output_is_record(t));
  output_fill(t, e, record, s->now);
  if (!record) fill_from_socket(t, e);
  if (v->emit_count > 1 && !record) same_window(e - 1, e);
  if (t->manual) {
    owe(t, e);
    return e;
  }
  if (flags & RST) return e;
  if (occupies) output_sent(t, flags, seq, len, s->now);
  if (flags & ACK) output_acked(t);
  if (len > 0) delay_answered(t, s->now);
  return e;
}

/* PSH stands at the end of each packet of several segments, and this is not the end. With a longer round
   trip Linux makes smaller packets, by a pace that a shadow does not know. */
static void let_go_on(const struct tcb *t, struct tcp_emit *e)
{
  e->flags &= (uint8_t)~PSH;
  if (t->shadow && t->srtt >= USEC_MS) e->wild |= SEG_BIT(SEG_FLAGS);
}

bool output_push(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  struct tcp_emit next, *last = NULL;
  uint32_t burst = 0;
  while (!t->manual && s->verdict->emit_count < TCP_EMITS_MAX) {
    bool joins = burst % t->profile->manner->packet_segments(s) != 0;
    if (!joins) sack_next_packet(t);
    if (!output_next(t, joins, &next)) break;
    t->flight.joins = joins;
    if (last && t->flight.joins) let_go_on(t, last);
    last = output_emit(s, next.flags, next.seq, next.ack, next.len);
    if (t->flight.joins) last->flags |= PSH;
    burst++;
  }
  t->flight.joins = false;
  return burst > 0;
}

void output_flush(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  bool repeated = loss_repeat_last(s);
  if (s->ack_wanted) s->rule = s->ack_wanted;
  bool acked = (t->queued > 0 || t->fin_queued) && output_push(s);
  if (s->ack_wanted && !acked && !repeated) output_emit(s, ACK, output_seq(t), t->rcv.nxt, 0);
}
