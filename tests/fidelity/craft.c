/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fidelity/craft.h"

#include "engine/segment/option.h"
#include "tests/fidelity/lure.h"

static uint32_t below(struct trial *t, uint32_t n) { return rng_below(&t->rng, n); }
static uint32_t any(struct trial *t) { return (uint32_t)rng_next(&t->rng); }

/* What a TCP would send half of the time, any combination otherwise. */
static uint8_t draw_flags(struct trial *t)
{
  static const uint8_t usual[] = {ACK, ACK,       ACK | PSH, FIN | ACK, FIN | ACK,
                                  SYN, SYN | ACK, RST,       RST | ACK, ACK | URG};
  uint8_t flags = trial_one_in(t, 2) ? usual[below(t, sizeof usual)] : (uint8_t)below(t, 64);

  if (trial_one_in(t, 24)) flags |= (uint8_t)(below(t, 4) << 6); /* ECE, CWR */
  return flags;
}

uint32_t craft_short_or_full(struct trial *t)
{
  bool many = t->tcb.rcv.nxt - t->tcb.irs > 2000;

  return many || !trial_one_in(t, 3) ? 1 + below(t, 12) : 1300 + below(t, 100);
}

static uint32_t draw_len(struct trial *t, uint8_t flags)
{
  if (t->climate == CLIMATE_LATE) return trial_one_in(t, 2) ? craft_short_or_full(t) : 0;
  switch (below(t, 8)) {
  case 0:
    return 1;
  case 1:
    return 1 + below(t, 60);
  case 2:
    return 1 + below(t, 1400);
  case 3:
    return t->tcb.rcv.wnd < 1400 ? t->tcb.rcv.wnd + below(t, 3) : 1400;
  default:
    return (flags & PSH) && trial_one_in(t, 2) ? 1 : 0;
  }
}

/* An edge, and a little to either side. */
static uint32_t near(struct trial *t, uint32_t edge)
{
  return edge + (trial_one_in(t, 2) ? 0 : below(t, 5) - 2);
}

/* Without scaling the window on the wire ends at 65535 as it is told, and one that memory decides may be wider.
   As long as the right edge cannot be seen it is left alone. */
static bool right_edge_known(const struct trial *t)
{
  const struct tcb *c = &t->tcb;

  return c->rcv.wscale > 0 || !c->window.vague || c->rcv.wnd + (c->rcv.nxt - c->rcv.last_ack) < 65535;
}

static bool cookie_is_out(const struct trial *t)
{
  return t->tcb.state == STATE_LISTEN && t->tcb.cookie.known;
}

static seq_t draw_seq(struct trial *t, uint32_t seg_len)
{
  const struct tcb *c = &t->tcb;
  seq_t right = c->rcv.nxt + c->rcv.wnd;

  if (!c->irs_known) return trial_one_in(t, 2) ? t->you.iss : any(t);
  if (trial_one_in(t, 2)) return near(t, c->rcv.nxt);
  if (!right_edge_known(t)) right = c->rcv.nxt + 10000;
  switch (below(t, 11)) {
  case 0:
    return near(t, c->irs);
  case 1:
    return near(t, right);
  case 2:
    return near(t, right - seg_len);
  case 3:
    return near(t, c->rcv.nxt - seg_len);
  case 4:
    return near(t, c->rcv.last_ack - seg_len);
  case 5:
    return near(t, c->held_count ? c->held[below(t, c->held_count)].left : c->rcv.nxt + 10);
  case 6:
    return near(t, c->held_count ? c->held[c->held_count - 1].right : c->rcv.nxt - 1);
  case 7:
    return near(t, c->held_fin ? c->held_fin_seq : c->rcv.nxt + 1000);
  case 8:
    return c->rcv.nxt + below(t, right - c->rcv.nxt + 1);
  case 9:
    return near(t, c->rcv.nxt + (1u << 31));
  default:
    return any(t);
  }
}

static seq_t draw_ack(struct trial *t)
{
  const struct tcb *c = &t->tcb;
  uint32_t flight = c->snd.nxt - c->snd.una;

  if (c->state == STATE_CLOSED || c->state == STATE_LISTEN) return any(t);
  if (trial_one_in(t, 2)) return c->snd.nxt;
  switch (below(t, 10)) {
  case 0:
    return near(t, c->snd.nxt);
  case 1:
    return near(t, c->snd.una);
  case 2:
    return near(t, c->iss);
  case 3:
    return near(t, c->iss + 1);
  case 4:
    return near(t, c->snd.una - c->snd.max_wnd);
  case 5:
    return near(t, c->snd.una + c->snd.wnd);
  case 6:
    return c->snd.una + (flight ? below(t, flight) : 0);
  case 7:
    return near(t, c->snd.una + (1u << 31));
  case 8:
    return near(t, c->fin_seq);
  default:
    return c->snd.nxt + any(t); /* from there, for the kernel's numbers are others each time */
  }
}

/* Where text waits, all of it may go or none: see leaves_flight() in way.c. A repetition is not cut by a
   small window either: what is left of it counts as lost on its own then. */
static uint16_t draw_win(struct trial *t)
{
  static const uint16_t some[] = {0, 1, 2, 100, 536, 1460, 65535};

  if (t->tcb.queued) return trial_one_in(t, 2) ? 0 : 65535;
  if (t->tcb.loss.phase != LOSS_NONE) return trial_one_in(t, 6) ? 0 : t->you.win;
  switch (below(t, 8)) {
  case 0:
    return some[below(t, 7)];
  case 1:
    return (uint16_t)below(t, 65536);
  default:
    return t->you.win;
  }
}

/* -- options -- */
static uint32_t draw_ts(struct trial *t)
{
  static const uint32_t off[] = {
      0, 0, 0, 1, 1, 1000, 0u - 1, 0u - 2, 0u - 1000, 0u - (1u << 30), 1u << 31, (1u << 31) - 1};

  return t->tcb.ts.on ? t->tcb.ts.recent + off[below(t, 12)] : t->you.ts_val + off[below(t, 12)];
}

/* Where a cookie is out the low bits of an echo tell what the SYN offered; but only who has seen a timestamp
   knows by how much the kernel shifts them for this pair of hosts. */
static uint32_t draw_echo(struct trial *t)
{
  if (cookie_is_out(t) && !t->tcb.theirs.ts) return 0;
  if (cookie_is_out(t) && trial_one_in(t, 2)) return t->you.peer_ts - below(t, 64);
  switch (below(t, 6)) {
  case 0:
    return t->you.peer_ts;
  case 1:
    return t->you.peer_ts - below(t, 3); /* not after it: what the kernel's clock says by now is a race */
  case 2:
    return any(t);
  default:
    return 0;
  }
}

/* Lists that a careful reader survives: unknown kinds, wrong lengths, cut short. */
static void put_nonsense(struct trial *t, struct segment *s)
{
  static const uint8_t list[][8] = {
      {253, 4, 1, 2, 1, 1, 1, 1}, /* unknown */
      {2, 0, 5, 180, 1, 1, 1, 1}, /* of no length */
      {8, 6, 1, 2, 3, 4, 1, 1},   /* a timestamp too short */
      {1, 1, 1, 1, 1, 1, 1, 8},   /* a kind and nothing more */
      {3, 40, 7, 1, 1, 1, 1, 1},  /* longer than the list */
      {2, 4, 0, 1, 0, 0, 0, 0},   /* a tiny MSS, wherever */
      {0, 8, 10, 1, 1, 1, 1, 1},  /* after the end */
      {5, 2, 1, 1, 4, 2, 1, 1},   /* SACK of no block */
  };

  option_put_octets(s, list[below(t, 8)], 8);
}

static void put_ts(struct trial *t, struct segment *s)
{
  uint32_t val = draw_ts(t), echo = draw_echo(t);

  if (trial_one_in(t, 8))
    option_put_ts(s, val, echo);
  else
    trial_put_ts(s, val, echo);
}

static void put_options(struct trial *t, struct segment *s)
{
  bool syn = (s->flags & SYN) != 0;

  if (syn && trial_one_in(t, 2)) option_put_mss(s, (uint16_t)(trial_one_in(t, 4) ? below(t, 65536) : 1460));
  if (syn && trial_one_in(t, 3)) option_put_wscale(s, (uint8_t)below(t, 16));
  if (syn && trial_one_in(t, 3)) option_put(s, OPTION_SACKOK, NULL, 0);
  if (t->tcb.ts.on ? !trial_one_in(t, 6) : trial_one_in(t, syn && t->you.ts ? 2 : 10)) put_ts(t, s);
  if (trial_one_in(t, 20)) put_nonsense(t, s);
  if (trial_one_in(t, 40)) option_put_ts(s, draw_ts(t), draw_echo(t)); /* the last one counts */
}

/* Header prediction. A segment that is exactly as expected but for an old acknowledgment number is taken when
   the kernel has memory for it at hand, and answered with a challenge ACK when not. So is one that makes the
   kernel repeat text: it is acknowledged by that, or by an ACK of its own. Nothing on the wire tells which;
   it is sure to have some when one short text is unread and nothing else has happened. */
static bool hangs_on_memory(const struct trial *t, const struct segment *s)
{
  const struct tcb *c = &t->tcb;
  bool predicted =
      (s->flags & (FIN | SYN | RST | URG | ACK)) == ACK && s->data_len > 0 && s->seq == c->rcv.nxt;
  bool at_hand = c->unread > 0 && c->unread <= 200 && c->rcv.nxt == c->irs + 1 + c->unread &&
                 c->snd.nxt == c->iss + 1 && c->snd.una == c->snd.nxt && c->queued == 0 &&
                 s->data_len <= 200 && !trial_varies(t, VARIANT_TIGHT);

  bool repeats = c->loss.phase != LOSS_NONE && seq_gt(s->ack, c->snd.una) && seq_lt(s->ack, c->loss.recover);
  return c->state == STATE_ESTABLISHED && predicted && (repeats || (seq_lt(s->ack, c->snd.una) && !at_hand));
}

/* Who has agreed to ECN is told nothing more of it: what follows (RFC 3168, RFC 9768) the machine does not
   know. An echo may say that a cookie's SYN had asked for it. */
static void no_more_ecn(const struct trial *t, struct segment *s)
{
  if (t->tcb.ecn || (cookie_is_out(t) && !(s->flags & SYN))) s->flags &= (uint8_t) ~(ECE | CWR);
}

/* A FIN that is the first thing to come waits for its ACK no longer than to the next tick of the kernel's
   clock, which may be due. */
static void not_first_fin(const struct trial *t, struct segment *s)
{
  if (t->climate == CLIMATE_LATE && t->tcb.delay.ato == 0 && s->data_len == 0) s->flags &= (uint8_t)~FIN;
}

/* One end of the stream past a gap, and no text behind it: what a kernel makes of such depends on the pieces
   in which it came, and a TCB remembers no pieces. And where the buffer is nearly full, none after theirs:
   whether another FIN finds room hangs on memory. */
static void end_once(const struct trial *t, struct segment *s)
{
  const struct tcb *c = &t->tcb;
  seq_t fin = s->seq + (seq_t)s->data_len + ((s->flags & SYN) != 0);
  bool text_behind = c->held_count > 0 && seq_lt(fin, c->held[c->held_count - 1].right);

  bool no_room = c->fin_received && trial_varies(t, VARIANT_TIGHT) && c->rcv.wnd > 0;
  if (c->held_fin || text_behind || no_room) s->flags &= (uint8_t)~FIN;
  if (c->held_fin && seq_gt(fin, c->held_fin_seq)) s->data_len = 0;
}

static bool near_hidden_edge(const struct trial *t, const struct segment *s)
{
  const struct tcb *c = &t->tcb;
  uint32_t end = s->seq + segment_len(s) - c->rcv.nxt, wide = 65535;

  return c->irs_known && !right_edge_known(t) && end > wide && end < 1000000;
}

struct segment craft_segment(struct trial *t)
{
  struct segment s = {.flags = draw_flags(t)};

  put_options(t, &s);
  s.data_len = draw_len(t, s.flags);
  s.seq = draw_seq(t, segment_len(&s));
  s.ack = (s.flags & ACK) || trial_one_in(t, 8) ? draw_ack(t) : 0;
  s.win = draw_win(t);
  bool fast = t->tcb.state == STATE_LISTEN && t->tcb.profile->fast_open;
  if (trial_one_in(t, cookie_is_out(t) || fast ? 2 : 6)) lure(t, &s);
  if (hangs_on_memory(t, &s)) s.ack = t->tcb.snd.una;
  if (near_hidden_edge(t, &s)) s.seq = t->tcb.rcv.nxt;
  end_once(t, &s);
  no_more_ecn(t, &s);
  not_first_fin(t, &s);
  if ((s.flags & URG) || trial_one_in(t, 30))
    s.urg = (uint16_t)(trial_one_in(t, 3) ? below(t, 65536) : below(t, 4) + s.data_len);
  return s;
}
