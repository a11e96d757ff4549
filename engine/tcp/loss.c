/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loss, where no SACK blocks tell of it: three duplicate ACKs (RFC 5681 3.2), and an acknowledgment of a part
   of what was under way then (RFC 6582), make a TCP repeat its oldest segment before the timer does.

   Linux calls a duplicate a segment that has arrived past the gap, so there can be one less than are under
   way, and what has arrived makes room for new text (RFC 3042). From the loss on its congestion window
   follows what arrives (RFC 6937). A timeout may prove to have been too early (RFC 5682). Where SACK was
   agreed to it goes by the other end's blocks alone, and by the clock (RFC 8985): that is not foreseen here,
   only recognised. */
#include "engine/segment/option.h"
#include "engine/tcp/machine.h"

enum { REORDERING_MOST = 300 };

static const struct tcp_loss_manner *way(const struct tcb *t) { return t->profile->manner->loss; }
static uint32_t min32(uint32_t a, uint32_t b) { return a < b ? a : b; }
static uint32_t max32(uint32_t a, uint32_t b) { return a > b ? a : b; }

static uint32_t mss(const struct tcb *t) { return t->snd.mss ? t->snd.mss : t->profile->mss_default; }
static uint32_t window(const struct tcb *t) { return t->snd.cwnd / mss(t); }
static void set_window(struct tcb *t, uint32_t segments) { t->snd.cwnd = segments * mss(t); }
static bool made_good(const struct tcb *t) { return seq_ge(t->snd.una, t->loss.recover); }

uint32_t loss_in_flight(const struct tcb *t)
{
  const struct tcp_loss *l = &t->loss;
  uint32_t out = flight_segments(t) + l->again, left = (uint32_t)l->dups + l->lost;
  return out > left ? out - left : 0;
}

/* -- conditions -- */
/* RFC 5681 2: it acknowledges nothing new of what is under way, brings nothing, and the window is the same.
 */
static bool duplicate(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  if (t->snd.una == t->snd.nxt || s->ack != t->snd.una || segment_len(s->segment) > 0) return false;
  if (t->snd.una == t->iss) return false; /* a SYN is not text */
  return way(t)->same_window(s);
}

bool blocks_tell(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  struct option o;
  return t->sack_ok && t->snd.una != t->snd.nxt && s->segment->options_len > 0 &&
         option_find(s->segment, OPTION_SACK, &o);
}

bool duplicate_without_blocks(const struct tcp_step *s) { return s->tcb->sack_ok && duplicate(s); }

static bool counts(const struct tcp_step *s)
{
  return s->tcb->loss.phase == LOSS_NONE && !(way(s->tcb)->blocks_only && s->tcb->sack_ok) && duplicate(s);
}

bool duplicate_too_many(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return counts(s) && t->loss.dups + 2u > flight_segments(t);
}

bool duplicate_means_loss(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return t->loss.dups + 1u >= way(t)->enough(t) && counts(s);
}
bool duplicate_of_few(const struct tcp_step *s) { return counts(s); }

static bool repetition_due(const struct tcb *t)
{
  return t->loss.lost > t->loss.again && window(t) > loss_in_flight(t);
}

/* After a timeout only what was sent since can tell of more. */
bool recovering(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  if (t->loss.phase == LOSS_NONE || s->ack != t->snd.una || made_good(t)) return false;
  if (t->loss.phase == LOSS_FAST) return duplicate(s) || way(t)->due(t);
  return way(t)->after_timeout && !t->sack_ok && seq_gt(t->snd.nxt, t->loss.recover) && duplicate(s);
}

bool ack_partial(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return t->loss.phase == LOSS_FAST && seq_gt(s->ack, t->snd.una) && seq_lt(s->ack, t->loss.recover);
}

bool ack_after_timeout(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return t->loss.phase == LOSS_TIMEOUT && seq_gt(s->ack, t->snd.una) && seq_lt(s->ack, t->loss.recover);
}

/* It echoes a timestamp older than the repetition: what was thought lost had only been late (RFC 3522). */
static bool had_been_late(const struct tcp_step *s)
{
  const struct tcp_loss *l = &s->tcb->loss;
  return l->phase != LOSS_NONE && l->stamped && !l->undone && s->has_ts && s->ts_ecr != 0 &&
         (int32_t)(s->ts_ecr - l->stamp) < 0;
}
bool ack_partial_late(const struct tcp_step *s) { return ack_partial(s) && had_been_late(s); }

void loss_stamp(struct tcb *t, uint32_t ts_val)
{
  if (t->loss.phase == LOSS_NONE || t->loss.stamped) return;
  t->loss.stamped = true;
  t->loss.stamp = ts_val;
}

/* -- the congestion window of Linux -- */
/* It does not grow while it is not used (RFC 7661). */
static void note_use(struct tcb *t)
{
  struct tcp_loss *l = &t->loss;
  uint32_t out = flight_segments(t);
  bool full = loss_in_flight(t) >= window(t);
  if (seq_lt(t->snd.una, l->used_to) && !full && (l->limited || out <= l->most)) return;
  l->limited = full;
  l->most = (uint16_t)out;
  l->used_to = t->snd.nxt;
}

static bool window_used(const struct tcb *t)
{
  return t->loss.limited || (t->snd.cwnd < t->snd.ssthresh && window(t) < 2u * t->loss.most);
}

static void grow(struct tcb *t, uint32_t n)
{
  struct tcp_loss *l = &t->loss;
  uint32_t w = window(t), slow = t->snd.ssthresh / mss(t), used = w < slow ? min32(n, slow - w) : 0;
  if (!window_used(t) || w > 1u << 14) return;
  w += used;
  n -= used;
  if (n > 0 && l->credit >= w) {
    l->credit = 0;
    w++;
  }
  l->credit = (uint16_t)(l->credit + n);
  if (n > 0 && l->credit >= w) {
    uint32_t more = l->credit / w;
    l->credit = (uint16_t)(l->credit - more * w);
    w += more;
  }
  set_window(t, w);
}

/* RFC 5681 4.1: halved for each timeout of silence, but not below where it began. */
void loss_after_idle(struct tcb *t, usec_t now)
{
  const struct tcp_profile *p = t->profile;
  usec_t idle = now - t->pace.sent;
  if (!p->restart_idle || t->snd.una != t->snd.nxt || idle <= t->rto) return;
  uint32_t w = window(t), least = min32(p->initial_cwnd, w);
  if (t->loss.phase != LOSS_FAST) t->snd.ssthresh = max32(t->snd.ssthresh, (w / 2 + w / 4) * mss(t));
  while ((idle -= t->rto) > 0 && w > least) w /= 2;
  set_window(t, max32(w, least));
}

/* RFC 5681 3.1: a lost SYN speaks for a full network. Linux lets one pass (RFC 6298), and believes a timestamp
   that says that it had only been late. */
void loss_opening_repeated(const struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  bool late = s->has_ts && s->ts_ecr != 0 && s->ts_ecr == t->ts.first;
  t->pace.sent = s->now;
  if (way(t)->slow_after_syn && t->pace.syns > 1 && t->retransmits > 0 && !t->fast.taken && !late)
    set_window(t, 1);
}

static void lower_threshold(struct tcb *t) { t->snd.ssthresh = max32(way(t)->half(t), 2) * mss(t); }

/* RFC 6937. ONWARD: SND.UNA has moved, and nothing more has been found lost. */
static void follow_arrivals(struct tcb *t, uint32_t arrived, bool onward)
{
  struct tcp_loss *l = &t->loss;
  if (arrived == 0 || l->cwnd == 0) return;
  uint32_t in_flight = loss_in_flight(t), aim = t->snd.ssthresh / mss(t), n;
  l->delivered = (uint16_t)(l->delivered + arrived);
  if (in_flight > aim) {
    uint32_t due = (aim * l->delivered + l->cwnd - 1) / l->cwnd;
    n = due > l->sent ? due - l->sent : 0;
  } else {
    n = l->delivered > l->sent ? l->delivered - l->sent : 0;
    n = min32(max32(n, arrived) + onward, aim - in_flight);
  }
  if (l->sent == 0) n = max32(n, 1);
  set_window(t, in_flight + n);
}

void loss_text_goes(struct tcb *t) { way(t)->text_goes(t); }

static void note_text(struct tcb *t)
{
  if (t->loss.phase == LOSS_FAST) t->loss.sent++;
  note_use(t);
}

static void suspect_oldest(struct tcb *t)
{
  t->loss.lost = 1;
  flight_cut(t, t->snd.una, output_full_segment(t));
}

/* -- counting -- */
/* More have arrived past the gap than can have: the other end counts otherwise, or puts things out of order.
 */
static void limit_duplicates(struct tcb *t, uint32_t more)
{
  struct tcp_loss *l = &t->loss;
  uint32_t out = flight_segments(t), gaps = min32(max32(l->lost, 1), out);
  if (l->dups + gaps <= out) return;
  l->dups = (uint16_t)(out - gaps);
  l->enough = (uint16_t)min32(out + more, REORDERING_MOST);
}

/* Segments that have arrived, by this. */
static uint32_t add_duplicate(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  struct tcp_loss *l = &t->loss;
  s->verdict->counted = true;
  uint16_t before = l->dups++;
  way(t)->counted(t);
  return l->dups > before ? (uint32_t)(l->dups - before) : 0;
}

static uint32_t take_duplicates_back(struct tcb *t, uint32_t acked)
{
  struct tcp_loss *l = &t->loss;
  uint32_t arrived = acked > l->dups ? acked - l->dups : 1;
  l->dups = (uint16_t)(acked > l->dups ? 0 : l->dups - (acked - 1));
  limit_duplicates(t, acked);
  return arrived;
}

/* -- what rows do -- */
/* PUSH: it ends a packet of several segments (Linux). */
static void emit_again(struct tcp_step *s, seq_t from, uint32_t n, bool push)
{
  struct tcb *t = s->tcb;
  struct tcp_loss *l = &t->loss;
  bool fin = t->fin_sent && from + n == t->fin_seq && flight_has_fin(t, from);
  bool last = n > 0 && from + n == (t->fin_sent ? t->fin_seq : t->snd.nxt);
  l->again++;
  l->next = from + n + fin;
  if (l->phase == LOSS_FAST) l->sent++;
  output_emit(s, (uint8_t)(ACK | (last || push ? PSH : 0) | (fin ? FIN : 0)), from, t->rcv.nxt, n);
  if (t->ts.on && !t->shadow) loss_stamp(t, (uint32_t)(s->now / USEC_MS) + t->ts.offset);
  if (from == t->snd.una) timer_set(t, TIMER_RETRANSMISSION, s->now + t->rto);
}

/* A short packet takes along those behind it; they are one segment then, which cannot have arrived in part.
 */
static uint32_t joined(struct tcb *t, seq_t from, uint32_t room)
{
  struct tcp_loss *l = &t->loss;
  uint32_t before = flight_segments(t), n = flight_join(t, from, room);
  uint32_t fewer = before - min32(before, flight_segments(t));
  l->dups = (uint16_t)(l->dups - min32(l->dups, fewer));
  if (l->phase == LOSS_TIMEOUT) l->lost = (uint16_t)(l->lost - min32(l->lost, fewer));
  return n;
}

/* One packet again, of MOST segments. One may keep to a window that has become smaller, but for one that ends
   before the oldest. False: nothing may go. */
static bool repeat(struct tcp_step *s, seq_t from, uint32_t most)
{
  struct tcb *t = s->tcb;
  uint32_t full = output_full_segment(t), wnd = window_news(s) ? s->wnd : t->snd.wnd;
  seq_t edge = t->snd.una + wnd;
  const bool keeps = way(t)->keeps_to_window;
  bool shut = keeps && seq_le(edge, from);
  uint32_t room = keeps && !shut ? min32(full, edge - from) : full;
  if ((shut && from != t->snd.una) || seq_ge(from, t->loss.recover) || full == 0) return false;
  if (keeps && !shut) most = min32(most, (edge - from) / full);
  uint32_t len = flight_packet(t, from), chunk = shut ? full : most > 0 ? most * full : room;
  if (from == t->snd.una) t->flight.begin = from;
  if (len > chunk) flight_cut(t, from, chunk);
  if (len > chunk) len = chunk;
  if (len < room && keeps && !shut) len = joined(t, from, room);
  bool several = keeps && len > full;
  do {
    uint32_t n = min32(len, full);
    emit_again(s, from, n, several && n == len);
    from += n;
    len -= n;
  } while (len > 0 && s->verdict->emit_count < TCP_EMITS_MAX);
  return true;
}

static void repeat_oldest(struct tcp_step *s) { repeat(s, s->tcb->snd.una, 1); }

static void repeat_lost(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  struct tcp_loss *l = &t->loss;
  while (repetition_due(t) && s->verdict->emit_count < TCP_EMITS_MAX &&
         repeat(s, l->again ? l->next : t->snd.una, window(t) - loss_in_flight(t)))
    continue;
}

static void repeat_what_is_due(struct tcp_step *s) { way(s->tcb)->repeat(s); }

void count_duplicate(struct tcp_step *s) { add_duplicate(s); }
void count_too_many(struct tcp_step *s) { add_duplicate(s); }

static void enter_recovery(struct tcb *t)
{
  struct tcp_loss *l = &t->loss;
  uint32_t now = window(t);
  l->phase = LOSS_FAST;
  l->recover = t->snd.nxt;
  l->cwnd = (uint16_t)now;
  l->ssthresh = max32(t->snd.ssthresh, (now / 2 + now / 4) * mss(t));
  l->again = l->delivered = l->sent = 0;
  l->stamped = false;
  l->undone = t->snd.una == 0; /* Linux takes the number 0 for none */
  suspect_oldest(t);
  lower_threshold(t);
}

void retransmit_fast(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  uint32_t arrived = add_duplicate(s);
  enter_recovery(t);
  way(t)->found(t, arrived);
  repeat_what_is_due(s);
}

static void inflate_at_first(struct tcb *t, uint32_t arrived)
{
  (void)arrived;
  if (t->profile->initial_cwnd) t->snd.cwnd = t->snd.ssthresh + 3 * mss(t);
}

static void follow_at_first(struct tcb *t, uint32_t arrived) { follow_arrivals(t, arrived, false); }

static void inflate(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  add_duplicate(s);
  if (s->profile->initial_cwnd) t->snd.cwnd += mss(t);
}

void recover_on(struct tcp_step *s) { way(s->tcb)->recover_on(s); }

static void follow(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  t->loss.spurious = false;
  uint32_t arrived = duplicate(s) ? add_duplicate(s) : 0;
  if (t->loss.phase == LOSS_FAST) follow_arrivals(t, arrived, false);
  repeat_what_is_due(s);
}

static void undo(struct tcb *t)
{
  struct tcp_loss *l = &t->loss;
  l->undone = true;
  if (window(t) < l->cwnd) set_window(t, l->cwnd);
  if (t->snd.ssthresh < l->ssthresh) t->snd.ssthresh = l->ssthresh;
}

/* Not lost, so it was put out of order: by how far? And what has arrived past it may still tell of loss. */
static void take_loss_back(struct tcp_step *s, uint32_t arrived)
{
  struct tcb *t = s->tcb;
  struct tcp_loss *l = &t->loss;
  seq_t to = l->dups > 0 ? t->flight.begin : t->snd.una;
  uint32_t full = output_full_segment(t), apart = to - (t->snd.una - s->verdict->acked);
  if (apart > l->enough * full) l->enough = (uint16_t)min32((apart + full - 1) / full, REORDERING_MOST);
  if (l->again > 0) {
    follow_arrivals(t, arrived, true);
    return;
  }
  undo(t);
  l->lost = 0;
  l->phase = LOSS_NONE;
  if (l->dups < l->enough) {
    grow(t, arrived);
    return;
  }
  enter_recovery(t);
  follow_arrivals(t, arrived, false);
}

/* After take_ack(): SEGMENTS that were under way are acknowledged. */
static void acked_arrives(struct tcp_step *s, uint32_t acked)
{
  struct tcb *t = s->tcb;
  struct tcp_loss *l = &t->loss;
  bool late = had_been_late(s);
  l->lost = (uint16_t)(l->lost > acked ? l->lost - acked : 0);
  l->again = (uint16_t)(l->again > acked ? l->again - acked : 0);
  if (made_good(t)) l->lost = l->again = 0;
  uint32_t arrived = acked == 0 ? 0 : t->sack_ok ? acked : take_duplicates_back(t, acked);
  /* All that was under way is acknowledged and nothing beyond it: duplicates may still come, and mean
   * nothing. */
  bool over = made_good(t) && (t->snd.una != l->recover || t->sack_ok);
  if (l->phase == LOSS_FAST && !made_good(t)) {
    if (late) {
      take_loss_back(s, arrived);
      return;
    }
    if (l->lost == 0) suspect_oldest(t);
    follow_arrivals(t, arrived, acked == 0);
    return;
  }
  if (made_good(t) || l->phase == LOSS_NONE) l->dups = 0;
  if (late) {
    undo(t);
    l->lost = 0;
  }
  if (late || made_good(t)) l->stamped = false;
  if (l->phase == LOSS_FAST && !over) {
    follow_arrivals(t, arrived, true);
    return;
  }
  if (l->phase == LOSS_FAST && !l->undone) t->snd.cwnd = t->snd.ssthresh;
  if (over) l->phase = LOSS_NONE;
  grow(t, arrived);
}

void loss_acked(struct tcp_step *s, uint32_t segments) { way(s->tcb)->acked(s, segments); }

static void acked_deflates(struct tcp_step *s, uint32_t segments)
{
  struct tcb *t = s->tcb;
  struct tcp_loss *l = &t->loss;
  (void)segments;
  if (l->phase == LOSS_FAST && s->profile->initial_cwnd && made_good(t)) t->snd.cwnd = t->snd.ssthresh;
  if (l->phase != LOSS_NONE && made_good(t)) l->phase = LOSS_NONE;
  l->dups = 0;
}

/* Header prediction takes the text first, and the repetition acknowledges it. */
static void repeat_in_turn(struct tcp_step *s, bool text_first)
{
  if (text_first)
    s->repeat_last = s->rule;
  else
    repeat_what_is_due(s);
}

static bool text_first(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return way(t)->predicts && t->state == STATE_ESTABLISHED && s->len > 0 && header_predicted(s);
}

void take_partial_ack(struct tcp_step *s)
{
  bool first = text_first(s);
  take_ack(s);
  repeat_in_turn(s, first);
}

bool loss_repeat_last(struct tcp_step *s)
{
  unsigned before = s->verdict->emit_count;
  if (!s->repeat_last) return false;
  s->rule = s->repeat_last;
  repeat_what_is_due(s);
  return s->verdict->emit_count > before;
}

/* At once, and short segments too (no Nagle). */
static void send_new_text(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  struct tcp_loss *l = &t->loss;
  l->recover = t->snd.nxt;
  take_window(s);
  l->pushes = true;
  l->spurious = output_push(s);
  l->pushes = false;
}

/* All is lost but what was sent since. New text goes first, if there is some: should more be acknowledged
   then, with nothing else repeated, the timeout came too early. */
void take_ack_after_timeout(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  struct tcp_loss *l = &t->loss;
  bool text = t->queued > 0 && seq_gt(s->ack + s->wnd, t->snd.nxt), proven = l->again == 0;
  uint32_t before = flight_segments(t);
  bool first = text_first(s), late = had_been_late(s);
  take_ack(s);
  if (late) return;
  if (l->spurious && proven && flight_segments(t) < before) {
    l->phase = LOSS_NONE;
    l->dups = l->lost = l->again = 0;
    undo(t);
    return;
  }
  l->spurious = l->spurious && text;
  if (l->spurious) send_new_text(s);
  if (!l->spurious) repeat_in_turn(s, first);
}

void loss_timed_out(struct tcp_step *s, seq_t end)
{
  struct tcb *t = s->tcb;
  struct tcp_loss *l = &t->loss;
  if (t->snd.una == t->iss) return;
  if (l->phase == LOSS_NONE || made_good(t)) {
    l->cwnd = (uint16_t)window(t);
    l->ssthresh = t->snd.ssthresh;
    lower_threshold(t);
  }
  l->spurious = l->phase == LOSS_NONE || t->retransmits > 1;
  if (l->phase == LOSS_NONE) l->stamped = false;
  l->undone = t->snd.una == 0;
  l->phase = LOSS_TIMEOUT;
  l->recover = t->snd.nxt;
  l->next = end;
  l->dups = 0;
  l->lost = (uint16_t)flight_segments(t);
  l->again = 1;
  if (s->profile->initial_cwnd) set_window(t, 1);
}

/* -- what was seen to go, or not -- */
bool loss_held_back(struct tcb *t, const struct tcp_emit *e)
{
  if (!e->rule || e->rule->procedure != PROCEDURE_OTHERWISE) return false;
  if (t->loss.again > 0) t->loss.again--;
  if (t->loss.sent > 0) t->loss.sent--;
  return true;
}

static bool early(const struct tcp_step *s)
{
  usec_t due = s->tcb->timer[TIMER_RETRANSMISSION];
  return due != USEC_NEVER && due - s->now > s->tcb->rto / 4;
}

bool loss_repeats_oldest(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return t->loss.phase == LOSS_FAST && s->seq == t->snd.una && (t->manual || early(s));
}

/* Long before the timer is due: blocks told of the loss, or it is a probe for the tail. */
bool sent_early(const struct tcp_step *s) { return s->tcb->sack_ok && !s->tcb->manual && early(s); }

void sent_again_early(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  output_sent(t, s->flags, s->seq, s->len, s->now);
  t->rtt.on = false;
  timer_set(t, TIMER_RETRANSMISSION, s->now + t->rto);
}

/* -- two ways -- */
static bool window_the_same(const struct tcp_step *s) { return s->wnd == s->tcb->snd.wnd && s->wnd > 0; }
static bool window_no_news(const struct tcp_step *s) { return !window_news(s) && s->tcb->flight.count > 0; }
static unsigned enough_set(const struct tcb *t) { return t->profile->reordering; }
static unsigned enough_learned(const struct tcb *t) { return t->loss.enough; }
static bool never_due(const struct tcb *t)
{
  (void)t;
  return false;
}
static uint32_t half_of_flight(const struct tcb *t) { return (t->snd.nxt - t->snd.una) / 2 / mss(t); }
static uint32_t half_of_window(const struct tcb *t) { return window(t) / 2; }
static void nothing(struct tcb *t) { (void)t; }
static void limit(struct tcb *t) { limit_duplicates(t, 0); }

/* RFC 5681 3.2, RFC 6582. */
const struct tcp_loss_manner loss_by_duplicates = {
    .same_window = window_the_same,
    .enough = enough_set,
    .due = never_due,
    .half = half_of_flight,
    .text_goes = nothing,
    .counted = nothing,
    .repeat = repeat_oldest,
    .found = inflate_at_first,
    .recover_on = inflate,
    .acked = acked_deflates,
};

/* RFC 3042, RFC 6937, RFC 5682; what is Linux's. */
const struct tcp_loss_manner loss_by_arrivals = {
    .blocks_only = true,
    .after_timeout = true,
    .slow_after_syn = true,
    .keeps_to_window = true,
    .predicts = true,
    .same_window = window_no_news,
    .enough = enough_learned,
    .due = repetition_due,
    .half = half_of_window,
    .text_goes = note_text,
    .counted = limit,
    .repeat = repeat_lost,
    .found = follow_at_first,
    .recover_on = follow,
    .acked = acked_arrives,
};
