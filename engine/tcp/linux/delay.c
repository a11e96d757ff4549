/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How Linux delays ACKs (RFC 9293 3.8.6.3, RFC 5681 4.2), where nothing tells it to send each at once. It
   counts octets, not segments: an ACK goes out when more than one full segment waits for it, and how long a
   full segment of the other end's is it guesses from those that came. The first text of a connection, old
   text and text without room earn "quick" ACKs, up to sixteen, which do not wait; unless the connection is in
   "pingpong" mode, where it hopes for text of its own to carry the ACK: after it has answered text with text,
   after a FIN, and when the user says so (TCP_QUICKACK 0). A delayed ACK that finds nothing to carry it ends
   that mode.

   What this leaves out: with little room left Linux lets the reading user send the ACK, and how much room
   there is hangs on how its memory happens to be laid out. */
#include "engine/tcp/machine.h"

enum {
  MSS_FIRST = 536,
  MSS_LEAST = 88,
  QUICK_MOST = 16,
  GROWS = 128, /* text of so many octets makes the window grow, and an ACK that tells of it does not wait */
  AT_MOST = 200 * USEC_MS,
  UNHOPED_AT_MOST = 500 * USEC_MS, /* where neither side has shown that more is to come */
};

static bool delays(const struct tcp_step *s) { return s->profile->delay_acks && s->profile->manner->learns_delay; }
static uint32_t min32(uint32_t a, uint32_t b) { return a < b ? a : b; }
static usec_t shorter(usec_t a, usec_t b) { return a < b ? a : b; }

/* -- what changes -- */
static uint16_t first_guess(const struct tcb *t)
{
  uint32_t mss = min32(min32(output_full_segment(t), MSS_FIRST), t->rcv.wnd / 2);
  return (uint16_t)(mss < MSS_LEAST ? MSS_LEAST : mss);
}

/* A connection that is older than the wish to delay begins when it is first asked. Its beginning counts as
   something heard. */
void delay_begin(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  if (!delays(s) || t->delay.mss != 0) return;
  t->delay.mss = first_guess(t);
  if (t->delay.ato == 0) t->delay.heard = s->now;
}

static void earn_quick(const struct tcb *t, struct tcp_delay *d)
{
  uint32_t window = t->rcv.wnd + (t->rcv.nxt - t->rcv.last_ack), n = window / (2u * d->mss);
  n = min32(n ? n : 2, QUICK_MOST);
  if (n > d->quick) d->quick = (uint8_t)n;
}

static void guess_mss(const struct tcp_step *s, struct tcp_delay *d)
{
  switch (linux_guess_mss(s, &d->mss, &d->last)) {
  case GUESS_FULL:
    if ((s->segment->flags & PSH) && d->small == 0) d->small = 1;
    break;
  case GUESS_AGAIN:
    break;
  default:
    d->small = d->small ? 2 : 1;
  }
}

/* ACKs wait for about as long as texts are apart. */
static void learn_ato(const struct tcp_step *s, struct tcp_delay *d)
{
  const usec_t least = s->profile->delayed_ack, apart = s->now - d->heard;
  if (d->ato == 0) {
    earn_quick(s->tcb, d);
    d->ato = least;
  } else if (apart <= least / 2) {
    d->ato = d->ato / 2 + least / 2;
  } else if (apart < d->ato) {
    d->ato = shorter(d->ato / 2 + apart, shorter(s->tcb->rto, AT_MOST));
  } else if (apart > s->tcb->rto) {
    earn_quick(s->tcb, d);
  }
  d->heard = s->now;
}

static struct tcp_delay with_text(const struct tcp_step *s)
{
  struct tcp_delay d = s->tcb->delay;
  if (d.mss == 0) d.mss = first_guess(s->tcb);
  if (s->segment->data_len == 0) return d;
  guess_mss(s, &d);
  learn_ato(s, &d);
  if (s->segment->data_len >= GROWS) d.quick |= 1;
  return d;
}

void delay_note_text(struct tcp_step *s)
{
  if (!delays(s)) return;
  s->tcb->delay = with_text(s);
  s->tcb->delay.due = true;
}

void delay_note_gap(struct tcp_step *s)
{
  if (!delays(s)) return;
  delay_begin(s);
  guess_mss(s, &s->tcb->delay);
  s->tcb->delay.due = true;
}

void delay_quickly(struct tcp_step *s)
{
  struct tcp_delay *d = &s->tcb->delay;
  if (!delays(s)) return;
  delay_begin(s);
  earn_quick(s->tcb, d);
  d->pingpong = false;
  d->ato = s->profile->delayed_ack; /* so text sent soon after counts as an answer */
  d->due = true;
}

void delay_acked(struct tcb *t)
{
  struct tcp_delay *d = &t->delay;
  if (d->due && d->quick > 0) d->quick--;
  d->due = false;
  d->small = 0;
}

void delay_answered(struct tcb *t, usec_t now)
{
  if (now - t->delay.heard < t->delay.ato) t->delay.pingpong = true;
}

/* Nothing came along: who did not even hope for it waits longer the next time. */
void delay_ran_out(struct tcb *t)
{
  struct tcp_delay *d = &t->delay;
  d->ato = d->pingpong ? t->profile->delayed_ack : shorter(2 * d->ato, t->rto);
  d->pingpong = false;
}

/* -- conditions -- */
static bool fin_comes_along(const struct tcp_step *s)
{
  return (s->flags & FIN) && s->seq == s->tcb->rcv.nxt;
}

/* How long an ACK may wait: as long as was learned, but no longer than a round trip, or less than the
   shortest retransmission timeout; not at all before the first text: until the next tick of the clock, that
   is. */
static usec_t patience(const struct tcp_step *s, const struct tcp_delay *d)
{
  const struct tcb *t = s->tcb;
  const usec_t least = s->profile->delayed_ack, tick = s->profile->tick;
  usec_t most = AT_MOST;
  if (d->ato > least) {
    if (!d->pingpong && d->small == 0) most = UNHOPED_AT_MOST;
    if (t->srtt > 0) most = shorter(most, t->srtt > least ? t->srtt : least);
    most = shorter(most, AT_MOST);
  }
  if (s->profile->rto_min <= most) most = s->profile->rto_min > 2 * tick ? s->profile->rto_min - tick : tick;
  return shorter(d->ato, most);
}

/* One that waits already is not worth to wait on for. */
static bool about_to_go(const struct tcp_step *s, const struct tcp_delay *d)
{
  const usec_t due = s->tcb->timer[TIMER_DELAYED_ACK];
  return due != USEC_NEVER && due <= s->now + patience(s, d) / 4;
}

/* An ACK that would tell of less room than the last is not worth to be sent for a full segment. Newer kernels
   have more room: see linux/window.c. */
static bool would_shrink(const struct tcp_step *s)
{
  return !tcp_profile_has(s->profile, CHANGE_RATIO_LEARNED) && linux_window_shrinks(s);
}

/* UPTO: RCV.NXT by then. */
static bool waits(const struct tcp_step *s, const struct tcp_delay *d, seq_t upto)
{
  if ((upto - s->tcb->rcv.last_ack > d->mss && !would_shrink(s)) || about_to_go(s, d)) return false;
  return d->pingpong || d->quick == 0;
}

bool linux_text_ack_waits(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  bool fin = fin_comes_along(s), gap = t->held_count > 0 || t->held_fin; /* a FIN ends it */
  if ((s->segment->flags & CWR) && !tcp_profile_has(s->profile, CHANGE_CWR_NEEDS_ECN)) return false;
  if (!delays(s) || !text_in_order(s) || s->len == 0 || (gap && !fin) || s->ack_wanted) return false;
  struct tcp_delay d = with_text(s);
  d.pingpong |= fin && t->state == STATE_ESTABLISHED;
  return waits(s, &d, s->seq + s->len + fin);
}

/* Text that has all come before counts as text with a FIN that has not. */
static bool old_text(const struct tcp_step *s) { return s->segment->data_len > 0 && s->len == 0; }

/* The text of the segment, if it had some that was new, has been noted. */
bool linux_fin_ack_waits(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  struct tcp_delay d = old_text(s) ? with_text(s) : t->delay;
  if (!delays(s) || !fin_in_order(s) || s->ack_wanted || t->held_fin) return false;
  d.pingpong |= t->state == STATE_ESTABLISHED;
  return waits(s, &d, t->rcv.nxt + 1);
}

bool late_fin_ack_waits(const struct tcp_step *s)
{
  const struct tcp_delay d = with_text(s);
  return delays(s) && fin_in_order(s) && !s->ack_wanted && waits(s, &d, s->tcb->rcv.nxt + 1);
}

/* The ACK of a handshake waits for any occasion; header prediction is none, and a FIN lets it wait on. */
bool ack_finds_occasion(const struct tcp_step *s)
{
  const struct tcp_delay *d = &s->tcb->delay;
  if (!d->due || s->ack_wanted || header_predicted(s)) return false;
  return !delays(s) || (d->quick > 0 && !d->pingpong && !fin_comes_along(s));
}

/* Who waits for text before it accepts (TCP_DEFER_ACCEPT) hopes for the same where it calls. */
bool linux_handshake_waits(const struct tcp_step *s)
{
  return s->tcb->delay.pingpong || s->profile->defer_accept > 0;
}

/* All read, and more than one full segment or two short ones wait; or one, and nobody hopes to answer. */
bool reading_lets_ack_go(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  const struct tcp_delay *d = &t->delay;
  bool all = t->unread > 0 && (s->call->len == 0 || s->call->len >= t->unread) && t->held_count == 0;
  if (!delays(s) || !d->due) return false;
  if (t->rcv.nxt - t->rcv.last_ack > d->mss) return true;
  return all && !t->held_fin && (d->small == 2 || (d->small == 1 && !d->pingpong));
}

/* -- what rows do -- */
static void wait_a_little(struct tcp_step *s, usec_t how_long)
{
  struct tcb *t = s->tcb;
  t->delay.due = true;
  timer_set(t, TIMER_DELAYED_ACK, shorter(t->timer[TIMER_DELAYED_ACK], s->now + how_long));
}

void take_text_ack_waits(struct tcp_step *s)
{
  take_text(s);
  s->ack_wanted = NULL;
  wait_a_little(s, patience(s, &s->tcb->delay));
}

static void fin_ack_waits(struct tcp_step *s)
{
  take_fin(s);
  s->ack_wanted = NULL;
  wait_a_little(s, patience(s, &s->tcb->delay));
}

void take_fin_ack_waits(struct tcp_step *s)
{
  if (old_text(s)) delay_note_text(s);
  fin_ack_waits(s);
}

void take_late_fin_ack_waits(struct tcp_step *s)
{
  delay_note_text(s);
  fin_ack_waits(s);
}

/* It hopes for text of its own to take along, longer than later. */
void establish_ack_waits(struct tcp_step *s)
{
  establish_from_syn_sent(s);
  s->ack_wanted = NULL;
  struct tcp_delay *d = &s->tcb->delay;
  if (d->mss == 0) d->mss = first_guess(s->tcb);
  earn_quick(s->tcb, d);
  d->pingpong = false;
  d->ato = s->profile->delayed_ack; /* so that text sent soon counts as an answer */
  d->heard = s->now;
  wait_a_little(s, AT_MOST);
}

void receive_text_and_acknowledge(struct tcp_step *s)
{
  receive_text(s);
  want_ack(s);
}

void want_ack_at_last(struct tcp_step *s)
{
  delay_ran_out(s->tcb);
  want_ack(s);
}
