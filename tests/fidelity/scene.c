/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fidelity/scene.h"

#include "tests/fidelity/craft.h"
#include "tests/fidelity/scene_time.h"
#include "tests/fidelity/way.h"

/* -- the scenes -- */
static bool play_closed(struct trial *t) { return way_passive_on(t, PORT_CLOSED); }
static bool play_closed_aborted(struct trial *t) { return way_connected(t) && way_aborts(t); }
static bool play_listen(struct trial *t) { return way_passive_on(t, PORT_OPEN); }
static bool play_listen_aborted(struct trial *t)
{
  return way_accepted(t) && way_enrich(t, MAY_UNREAD | MAY_FLIGHT | MAY_QUEUE) && way_aborts(t);
}
static bool play_listen_unread(struct trial *t)
{
  return way_accepted(t) && way_leaves_unread(t) && way_enrich(t, MAY_FLIGHT | MAY_QUEUE) && way_closes(t);
}

static bool play_listen_flooded(struct trial *t) { return way_passive_on(t, PORT_SHORT) && way_flooded(t); }
static bool play_listen_flooded_no_cookies(struct trial *t)
{
  return play_listen_flooded(t) && (trial_one_in(t, 2) || way_say(t, SYN));
}
static bool play_listen_crowded(struct trial *t) { return way_passive_on(t, PORT_OPEN) && way_crowded(t); }
static bool play_listen_full(struct trial *t) { return way_passive_on(t, PORT_SHORT) && way_full(t); }

/* A SYN,ACK with a cookie is out; at times a connection was made from it and is gone again. */
static bool play_listen_cookie(struct trial *t)
{
  if (!way_passive_on(t, PORT_OPEN) || !way_say(t, SYN)) return false;
  return !trial_one_in(t, 6) || (way_say(t, ACK) && way_say(t, RST) && way_say(t, SYN));
}
static bool play_listen_cookie_full(struct trial *t)
{
  return way_passive_on(t, PORT_SHORT) && way_say(t, SYN) && way_full(t);
}

static bool play_syn_sent(struct trial *t) { return way_connects(t); }

static bool says_wrong_ack(struct trial *t)
{
  return way_say_ack(t, ACK, t->tcb.snd.nxt + 1 + rng_below(&t->rng, 100));
}
/* A wrong ACK makes the kernel repeat its SYN after two of its ticks, the first time. */
static bool play_syn_sent_again(struct trial *t)
{
  if (!way_connects(t) || !says_wrong_ack(t)) return false;
  trial_note_lines(t, "wait SYN within 1s\n");
  if (!trial_await(t, USEC_S / 2, INTENT_RETRANSMIT)) return false;
  if (trial_one_in(t, 2)) return true;
  if (trial_one_in(t, 2)) return says_wrong_ack(t);
  return way_say_ack(t, RST | ACK, t->tcb.snd.nxt + 1 + rng_below(&t->rng, 100));
}

static bool play_syn_received(struct trial *t) { return way_syn_received_on(t, PORT_OPEN); }
/* The strange echo that is not answered every time takes timestamps. */
static bool play_syn_received_throttled(struct trial *t)
{
  t->you.ts = true;
  trial_vary(t, VARIANT_TS);
  return play_syn_received(t);
}
static bool play_syn_received_tight(struct trial *t) { return way_syn_received_on(t, PORT_TIGHT); }
static bool play_syn_received_full(struct trial *t)
{
  return way_syn_received_on(t, PORT_SHORT) && way_full(t);
}
/* Your ACK may have been put aside. */
static bool play_syn_received_waits(struct trial *t)
{
  return play_syn_received(t) && (trial_one_in(t, 2) || way_say(t, ACK));
}
static bool play_established_at_last(struct trial *t)
{
  return play_syn_received_waits(t) && way_say_text(t, ACK | PSH, 0, 1 + rng_below(&t->rng, 200)) &&
         way_accepts(t);
}
static bool play_syn_received_active(struct trial *t) { return way_crossing(t); }
static bool play_syn_received_deferred(struct trial *t) { return way_crossing(t) && way_shuts_down(t); }

static bool play_established(struct trial *t)
{
  return way_accepted(t) && way_enrich(t, MAY_UNREAD | MAY_GAP | MAY_FLIGHT | MAY_QUEUE);
}
static bool play_established_queued(struct trial *t)
{
  return way_established(t) && way_enrich(t, MAY_UNREAD | MAY_GAP);
}
static bool play_established_active(struct trial *t)
{
  return way_connected(t) && way_enrich(t, MAY_UNREAD | MAY_GAP | MAY_FLIGHT | MAY_QUEUE);
}
static bool play_established_crossed(struct trial *t)
{
  return way_crossed(t) && way_enrich(t, MAY_UNREAD | MAY_GAP | MAY_FLIGHT | MAY_QUEUE);
}
static bool tight(struct trial *t)
{
  return way_syn_received_on(t, PORT_TIGHT) && way_say(t, ACK) && way_accepts(t) && way_fill(t);
}
static bool play_established_tight(struct trial *t)
{
  return tight(t) && way_enrich(t, MAY_FLIGHT | MAY_QUEUE);
}

/* The ACK may carry text, and its echo what the SYN had offered. */
static bool from_cookie(struct trial *t)
{
  if (!way_passive_on(t, PORT_OPEN) || !way_say(t, SYN)) return false;
  struct segment s = way_plain(t, trial_one_in(t, 4) ? ACK | PSH : ACK, 0, 0);
  if (s.flags & PSH) s.data_len = 1 + rng_below(&t->rng, 200);
  if (t->you.ts && !trial_one_in(t, 6)) {
    s.options_len = 0;
    trial_put_ts(&s, t->you.ts_val, trial_one_in(t, 6) ? 0 : t->you.peer_ts);
  } else if (t->you.ts) {
    s.options_len = 0;
  }
  return trial_send(t, &s);
}
static bool play_established_cookie(struct trial *t)
{
  return from_cookie(t) && way_accepts(t) && way_enrich(t, MAY_UNREAD | MAY_GAP | MAY_FLIGHT | MAY_QUEUE);
}
static bool play_close_wait_cookie(struct trial *t) { return from_cookie(t) && way_say(t, FIN | ACK); }

/* -- where duplicate ACKs tell of loss -- */
/* Your ACK: once more, of a part of what is under way, or of all; at times with text, or another window. */
static bool acknowledges_some(struct trial *t)
{
  uint32_t out = t->tcb.snd.nxt - t->tcb.snd.una;
  struct segment s = way_plain(t, ACK, 0, trial_one_in(t, 16) ? 5 : 0);

  s.ack = t->tcb.snd.una;
  if (out > 0 && trial_one_in(t, 4))
    s.ack += trial_one_in(t, 2) ? t->tcb.snd.mss : 1 + rng_below(&t->rng, out);
  if (s.data_len > 0) s.ack = t->tcb.snd.una; /* see hangs_on_memory() in craft.c */
  if (trial_one_in(t, 12) || seq_gt(s.ack, t->tcb.snd.nxt)) s.ack = t->tcb.snd.nxt;
  if (trial_one_in(t, 16)) s.win = (uint16_t)(s.win - rng_below(&t->rng, 500));
  if (t->tcb.loss.stamped && trial_one_in(t, 3)) { /* as if it answered what was sent first */
    s.options_len = 0;
    trial_put_ts(&s, t->you.ts_val, t->tcb.loss.stamp - 1 - rng_below(&t->rng, 20));
  }
  return trial_send(t, &s);
}

/* As many segments as may go at once, when none is under way: otherwise what has not gone waits for a clock
   (TSO deferral). */
static bool sends_some(struct trial *t)
{
  const struct tcb *c = &t->tcb;
  uint32_t most = c->snd.cwnd < 10u * c->snd.mss ? c->snd.cwnd : 10u * c->snd.mss;

  if (c->snd.nxt != c->snd.una || c->queued > 0) return true;
  most -= most / c->snd.mss * 12; /* room for timestamps */
  return way_sends(t, 1 + rng_below(&t->rng, most));
}

static bool loses(struct trial *t)
{
  for (unsigned n = 3 + rng_below(&t->rng, 12); n > 0; n--)
    if (trial_one_in(t, 6) && t->tcb.state == STATE_ESTABLISHED ? !sends_some(t) : !acknowledges_some(t))
      return false;
  return true;
}

/* So too where a FIN is under way, but never all. */
static bool loses_some(struct trial *t)
{
  for (unsigned n = rng_below(&t->rng, 8); n > 0; n--) {
    uint32_t out = t->tcb.snd.nxt - t->tcb.snd.una;
    seq_t ack = t->tcb.snd.una + (trial_one_in(t, 4) ? rng_below(&t->rng, out) : 0);
    if (!way_say_ack(t, ACK, ack)) return false;
  }
  return true;
}

static void lossy(struct trial *t, bool sack)
{
  trial_vary(t, VARIANT_FLIGHT);
  t->variant &= ~(1u << VARIANT_SACK);
  t->you.sack = sack;
  t->you.mss = trial_one_in(t, 2) ? 300 : 536;
  t->you.win = 65535;
}
static bool play_established_lossy(struct trial *t)
{
  lossy(t, trial_one_in(t, 12));
  return way_held(t) && sends_some(t) && loses(t);
}
static bool play_close_wait_lossy(struct trial *t)
{
  lossy(t, false);
  return way_held(t) && way_say(t, FIN | ACK) && sends_some(t) && loses_some(t);
}
static bool play_fin_wait_1_lossy(struct trial *t)
{
  lossy(t, false);
  return way_held(t) && sends_some(t) && way_shuts_down(t) && loses_some(t);
}
static bool play_last_ack_lossy(struct trial *t)
{
  lossy(t, false);
  return way_held(t) && way_say(t, FIN | ACK) && sends_some(t) && way_closes(t) && loses_some(t);
}

/* The retransmission timer runs out, and your ACKs come after that. */
static bool play_established_timed_out(struct trial *t)
{
  lossy(t, false);
  if (!way_connected(t) || !sends_some(t)) return false; /* a listener keeps its timeout */
  trial_note_lines(t, "wait ACK within 1s\n");
  return trial_await(t, USEC_S, INTENT_RETRANSMIT) && loses(t);
}

static bool play_fin_wait_1(struct trial *t)
{
  return way_held(t) && way_enrich(t, MAY_UNREAD | MAY_GAP | MAY_FLIGHT | MAY_QUEUE) && way_shuts_down(t);
}
static bool play_fin_wait_1_tight(struct trial *t)
{
  return tight(t) && way_enrich(t, MAY_FLIGHT) && way_shuts_down(t);
}
static bool play_fin_wait_1_orphan(struct trial *t)
{
  return way_held(t) && way_enrich(t, MAY_GAP | MAY_FLIGHT | MAY_QUEUE) && way_closes(t);
}
static bool play_fin_wait_1_released(struct trial *t)
{
  return way_held(t) && way_enrich(t, MAY_FLIGHT) && way_shuts_down(t) && way_closes(t);
}
static bool play_fin_wait_1_early(struct trial *t) { return way_crossing(t) && way_closes(t); }

/* -- where ACKs may wait -- */
static bool waits_with_handshake(struct trial *t)
{
  return way_connects(t) && way_hopes_to_answer(t) && way_say(t, SYN | ACK);
}
static bool play_established_active_late(struct trial *t)
{
  return waits_with_handshake(t) && (trial_one_in(t, 2) || way_enrich(t, MAY_UNREAD | MAY_GAP | MAY_FLIGHT));
}

static bool late_connection(struct trial *t)
{
  switch (rng_below(&t->rng, 4)) {
  case 0:
    return trial_one_in(t, 2) ? way_connected(t) : waits_with_handshake(t);
  case 1:
    return way_accepted(t);
  case 2:
    return way_accepted(t) && way_hopes_to_answer(t);
  default:
    if (!way_passive_on(t, PORT_LATE)) return false;
    t->tcb.delay.pingpong = true;
    return way_say(t, SYN) && way_say(t, ACK) && way_accepts(t);
  }
}

static bool says_short_or_full(struct trial *t)
{
  return way_say_text(t, trial_one_in(t, 2) ? ACK | PSH : ACK, 0, craft_short_or_full(t));
}

/* Text of either side, read or not, in any order. */
static bool late_talk(struct trial *t)
{
  for (unsigned n = rng_below(&t->rng, 4); n > 0; n--) {
    bool read = t->tcb.unread > 0 && trial_one_in(t, 3);
    bool answer = trial_one_in(t, 5) && t->tcb.state == STATE_ESTABLISHED;
    if (read ? !way_reads(t) : answer ? !way_sends(t, 1 + rng_below(&t->rng, 20)) : !says_short_or_full(t))
      return false;
  }
  return !trial_one_in(t, 6) || way_say_text(t, ACK, 10 + rng_below(&t->rng, 20), 1 + rng_below(&t->rng, 8));
}

static bool play_established_late(struct trial *t) { return late_connection(t) && late_talk(t); }
/* The first sixteen ACKs do not wait. */
static bool play_established_late_spent(struct trial *t)
{
  if (!way_accepted(t)) return false;
  for (unsigned i = 15 + rng_below(&t->rng, 4); i > 0; i--)
    if (!way_say_text(t, ACK | PSH, 0, 1 + rng_below(&t->rng, 2)) || (t->tcb.unread > 20 && !way_reads(t)))
      return false;
  return late_talk(t);
}
static bool play_established_late_timer(struct trial *t)
{
  if (!way_accepted(t) || !way_hopes_to_answer(t) || !says_short_or_full(t)) return false;
  trial_note_lines(t, "wait ACK within 1s\n");
  return trial_await(t, USEC_S / 2, INTENT_ACK) && late_talk(t);
}
static bool play_close_wait_late(struct trial *t)
{
  if (!late_connection(t) || !says_short_or_full(t) || !late_talk(t)) return false;
  return t->tcb.held_count > 0 || trial_one_in(t, 2) ? way_say(t, FIN | ACK)
                                                     : way_say_text(t, FIN | ACK, 0, 5);
}
static bool play_last_ack_late(struct trial *t) { return play_close_wait_late(t) && way_shuts_down(t); }
/* Your ACK of the FIN is still under way. */
static bool says_before_ack(struct trial *t)
{
  struct segment s = way_plain(t, ACK, 0, 1 + rng_below(&t->rng, 8));
  s.ack = t->tcb.snd.una;
  return trial_send(t, &s);
}
static bool play_fin_wait_1_late(struct trial *t)
{
  return late_connection(t) && late_talk(t) && way_shuts_down(t) &&
         (trial_one_in(t, 2) || says_before_ack(t));
}
static bool play_fin_wait_2_late(struct trial *t)
{
  return late_connection(t) && late_talk(t) && way_shuts_down(t) && way_all_goes(t) && late_talk(t);
}

static bool fin_wait_2(struct trial *t)
{
  return way_held(t) && way_enrich(t, MAY_FLIGHT) && way_shuts_down(t) && way_all_goes(t);
}
static bool play_fin_wait_2(struct trial *t) { return fin_wait_2(t) && way_enrich(t, MAY_UNREAD | MAY_GAP); }
static bool play_fin_wait_2_tight(struct trial *t)
{
  return tight(t) && way_shuts_down(t) && way_say(t, ACK);
}
static bool play_fin_wait_2_orphan(struct trial *t)
{
  return way_held(t) && way_enrich(t, MAY_FLIGHT | MAY_GAP) && way_closes(t) && way_all_goes(t);
}
static bool play_fin_wait_2_released(struct trial *t) { return fin_wait_2(t) && way_closes(t); }

static bool close_wait(struct trial *t, unsigned may)
{
  return way_held(t) && way_enrich(t, may) && way_say(t, FIN | ACK);
}
static bool play_close_wait(struct trial *t)
{
  return close_wait(t, MAY_UNREAD) && way_enrich(t, MAY_FLIGHT | MAY_QUEUE);
}
static bool play_close_wait_queued(struct trial *t)
{
  return way_established(t) && way_enrich(t, MAY_UNREAD) && way_say(t, FIN | ACK);
}
static bool play_close_wait_tight(struct trial *t) { return tight(t) && way_say(t, FIN | ACK); }

static bool their_fin_only(struct trial *t) { return way_say_ack(t, FIN | ACK, t->tcb.snd.una); }
static bool play_closing(struct trial *t)
{
  return way_held(t) && way_enrich(t, MAY_UNREAD | MAY_FLIGHT) && way_shuts_down(t) && their_fin_only(t);
}
static bool play_closing_orphan(struct trial *t)
{
  return way_held(t) && way_enrich(t, MAY_FLIGHT) && way_closes(t) && their_fin_only(t);
}

static bool play_last_ack(struct trial *t)
{
  return close_wait(t, MAY_UNREAD) && way_enrich(t, MAY_FLIGHT | MAY_QUEUE) && way_shuts_down(t);
}
static bool play_last_ack_orphan(struct trial *t)
{
  return close_wait(t, 0) && way_enrich(t, MAY_FLIGHT | MAY_QUEUE) && way_closes(t);
}

static bool play_time_wait(struct trial *t) { return fin_wait_2(t) && way_say(t, FIN | ACK); }
static bool play_time_wait_at_once(struct trial *t)
{
  return way_held(t) && way_enrich(t, MAY_UNREAD | MAY_FLIGHT) && way_shuts_down(t) && way_text_goes(t) &&
         way_say(t, FIN | ACK);
}
static bool play_time_wait_orphan(struct trial *t)
{
  return way_held(t) && way_enrich(t, MAY_FLIGHT) && way_closes(t) && way_all_goes(t) &&
         way_say(t, FIN | ACK);
}
static bool play_time_wait_crossed(struct trial *t) { return play_closing(t) && way_all_goes(t); }
static bool play_time_wait_passive(struct trial *t)
{
  return way_accepted(t) && way_closes(t) && way_say(t, ACK) && way_say(t, FIN | ACK);
}

static bool play_time_wait_full(struct trial *t)
{
  return way_syn_received_on(t, PORT_SHORT) && way_say(t, ACK) && way_accepts(t) && way_closes(t) &&
         way_say(t, ACK) && way_say(t, FIN | ACK) && way_full(t);
}

/* A SYN beyond RCV.NXT opens the pair again. */
static bool play_syn_received_reopened(struct trial *t)
{
  if (!play_time_wait_passive(t)) return false;
  struct segment s = way_plain(t, SYN, 1 + rng_below(&t->rng, 100000), 0);
  return trial_send(t, &s);
}

/* -- Fast Open -- */
static bool play_listen_fast_full(struct trial *t)
{
  return way_passive_on(t, PORT_FAST) && way_full_fast(t);
}
/* The shadow has not seen the cookie yet. */
static bool play_listen_fast_unseen(struct trial *t)
{
  if (!way_passive_on(t, PORT_OPEN)) return false;
  t->tcb.fast.cookie_len = 0;
  return true;
}
static bool play_opened_fast(struct trial *t) { return way_opened_fast(t, PORT_OPEN); }
static bool play_opened_fast_tight(struct trial *t) { return way_opened_fast(t, PORT_TIGHT); }
static bool play_held_fast_shut(struct trial *t) { return way_held_fast(t) && way_shuts_down(t); }
static bool play_reopened_fast(struct trial *t) { return play_time_wait_passive(t) && way_reopened_fast(t); }
static bool play_established_fast(struct trial *t)
{
  return way_held_fast(t) && (trial_one_in(t, 2) ? way_say(t, ACK) : way_say_ack(t, ACK, t->tcb.iss + 1)) &&
         way_enrich(t, MAY_UNREAD | MAY_GAP);
}
/* With octets unread it would be an abort, and that is a scene of its own. */
static bool play_fin_wait_1_fast(struct trial *t)
{
  return way_held_fast(t) && (t->tcb.unread == 0 || way_reads(t)) && way_closes(t);
}
static bool play_listen_fast_unread(struct trial *t)
{
  return way_opened_fast(t, PORT_OPEN) && way_accepts(t) && (t->tcb.unread ? way_closes(t) : way_aborts(t));
}

static const struct scene scenes[] = {
    {"CLOSED", STATE_CLOSED, 40, play_closed, CLIMATE_PLAIN},
    {"CLOSED/aborted", STATE_CLOSED, 20, play_closed_aborted, CLIMATE_PLAIN},
    {"LISTEN", STATE_LISTEN, 40, play_listen, CLIMATE_PLAIN},
    {"LISTEN/aborted", STATE_CLOSED, 20, play_listen_aborted, CLIMATE_PLAIN},
    {"LISTEN/closed-unread", STATE_CLOSED, 20, play_listen_unread, CLIMATE_PLAIN},
    {"LISTEN/queue-full", STATE_LISTEN, 20, play_listen_full, CLIMATE_PLAIN},
    {"LISTEN/cookie", STATE_LISTEN, 60, play_listen_cookie, CLIMATE_COOKIES},
    {"LISTEN/cookie-queue-full", STATE_LISTEN, 10, play_listen_cookie_full, CLIMATE_COOKIES},
    {"LISTEN/flooded", STATE_LISTEN, 10, play_listen_flooded, CLIMATE_PLAIN},
    {"LISTEN/flooded-no-cookies", STATE_LISTEN, 5, play_listen_flooded_no_cookies, CLIMATE_NO_COOKIES},
    {"LISTEN/crowded", STATE_LISTEN, 5, play_listen_crowded, CLIMATE_CROWDED},
    {"SYN-SENT", STATE_SYN_SENT, 100, play_syn_sent, CLIMATE_PLAIN},
    {"SYN-SENT/again", STATE_SYN_SENT, 3, play_syn_sent_again, CLIMATE_PLAIN},
    {"SYN-RECEIVED", STATE_SYN_RECEIVED, 120, play_syn_received, CLIMATE_PLAIN},
    {"SYN-RECEIVED/throttled", STATE_SYN_RECEIVED, 30, play_syn_received_throttled, CLIMATE_THROTTLED},
    {"SYN-RECEIVED/tight", STATE_SYN_RECEIVED, 20, play_syn_received_tight, CLIMATE_PLAIN},
    {"SYN-RECEIVED/queue-full", STATE_SYN_RECEIVED, 40, play_syn_received_full, CLIMATE_PLAIN},
    {"SYN-RECEIVED/overflow", STATE_SYN_RECEIVED, 10, play_syn_received_full, CLIMATE_OVERFLOW},
    {"SYN-RECEIVED/waits", STATE_SYN_RECEIVED, 30, play_syn_received_waits, CLIMATE_DEFER},
    {"SYN-RECEIVED/active", STATE_SYN_RECEIVED, 100, play_syn_received_active, CLIMATE_PLAIN},
    {"SYN-RECEIVED/active-shut", STATE_SYN_RECEIVED, 40, play_syn_received_deferred, CLIMATE_PLAIN},
    {"SYN-RECEIVED/reopened", STATE_SYN_RECEIVED, 40, play_syn_received_reopened, CLIMATE_PLAIN},
    {"SYN-RECEIVED/reopened-cookies", STATE_SYN_RECEIVED, 5, play_syn_received_reopened, CLIMATE_COOKIES},
    {"LISTEN/fast", STATE_LISTEN, 40, play_listen, CLIMATE_FAST},
    {"LISTEN/fast-anyone", STATE_LISTEN, 20, play_listen, CLIMATE_ANYONE},
    {"LISTEN/fast-unseen", STATE_LISTEN, 10, play_listen_fast_unseen, CLIMATE_FAST},
    {"LISTEN/fast-full", STATE_LISTEN, 10, play_listen_fast_full, CLIMATE_FAST},
    {"LISTEN/fast-unread", STATE_CLOSED, 10, play_listen_fast_unread, CLIMATE_FAST},
    {"SYN-RECEIVED/fast", STATE_SYN_RECEIVED, 60, play_opened_fast, CLIMATE_FAST},
    {"SYN-RECEIVED/fast-anyone", STATE_SYN_RECEIVED, 10, play_opened_fast, CLIMATE_ANYONE},
    {"SYN-RECEIVED/fast-tight", STATE_SYN_RECEIVED, 20, play_opened_fast_tight, CLIMATE_FAST},
    {"SYN-RECEIVED/fast-held", STATE_SYN_RECEIVED, 60, way_held_fast, CLIMATE_FAST},
    {"SYN-RECEIVED/fast-shut", STATE_SYN_RECEIVED, 20, play_held_fast_shut, CLIMATE_FAST},
    {"SYN-RECEIVED/fast-reopened", STATE_SYN_RECEIVED, 20, play_reopened_fast, CLIMATE_FAST},
    {"ESTABLISHED/fast", STATE_ESTABLISHED, 40, play_established_fast, CLIMATE_FAST},
    {"FIN-WAIT-1/fast", STATE_FIN_WAIT_1, 40, play_fin_wait_1_fast, CLIMATE_FAST},
    {"TIME-WAIT/fast", STATE_TIME_WAIT, 20, play_time_wait_passive, CLIMATE_FAST},
    {"ESTABLISHED", STATE_ESTABLISHED, 200, play_established, CLIMATE_PLAIN},
    {"ESTABLISHED/queued", STATE_ESTABLISHED, 60, play_established_queued, CLIMATE_PLAIN},
    {"ESTABLISHED/active", STATE_ESTABLISHED, 100, play_established_active, CLIMATE_PLAIN},
    {"ESTABLISHED/active-late", STATE_ESTABLISHED, 10, play_established_active_late, CLIMATE_PLAIN},
    {"ESTABLISHED/crossed", STATE_ESTABLISHED, 60, play_established_crossed, CLIMATE_PLAIN},
    {"ESTABLISHED/throttled", STATE_ESTABLISHED, 20, play_established, CLIMATE_THROTTLED},
    {"ESTABLISHED/tight", STATE_ESTABLISHED, 60, play_established_tight, CLIMATE_PLAIN},
    {"ESTABLISHED/cookie", STATE_ESTABLISHED, 40, play_established_cookie, CLIMATE_COOKIES},
    {"ESTABLISHED/at-last", STATE_ESTABLISHED, 10, play_established_at_last, CLIMATE_DEFER},
    {"ESTABLISHED/lossy", STATE_ESTABLISHED, 100, play_established_lossy, CLIMATE_PLAIN},
    {"FIN-WAIT-1/lossy", STATE_FIN_WAIT_1, 20, play_fin_wait_1_lossy, CLIMATE_PLAIN},
    {"CLOSE-WAIT/lossy", STATE_CLOSE_WAIT, 10, play_close_wait_lossy, CLIMATE_PLAIN},
    {"LAST-ACK/lossy", STATE_LAST_ACK, 10, play_last_ack_lossy, CLIMATE_PLAIN},
    {"ESTABLISHED/timed-out", STATE_ESTABLISHED, 5, play_established_timed_out, CLIMATE_HASTY},
    {"ESTABLISHED/again", STATE_ESTABLISHED, 2, play_established_again, CLIMATE_HASTY},
    {"FIN-WAIT-1/again", STATE_FIN_WAIT_1, 2, play_fin_wait_1_again, CLIMATE_HASTY},
    {"CLOSING/again", STATE_CLOSING, 1, play_closing_again, CLIMATE_HASTY},
    {"LAST-ACK/again", STATE_LAST_ACK, 1, play_last_ack_again, CLIMATE_HASTY},
    {"CLOSE-WAIT/next-tick", STATE_CLOSE_WAIT, 2, play_close_wait_next_tick, CLIMATE_LATE},
    {"ESTABLISHED/late-handshake", STATE_ESTABLISHED, 2, play_established_late_handshake, CLIMATE_LATE},
    {"ESTABLISHED/probed", STATE_ESTABLISHED, 2, play_established_probed, CLIMATE_PLAIN},
    {"SYN-RECEIVED/again", STATE_SYN_RECEIVED, 1, play_syn_received_again, CLIMATE_PLAIN},
    {"ESTABLISHED/late", STATE_ESTABLISHED, 40, play_established_late, CLIMATE_LATE},
    {"ESTABLISHED/late-spent", STATE_ESTABLISHED, 5, play_established_late_spent, CLIMATE_LATE},
    {"ESTABLISHED/late-timer", STATE_ESTABLISHED, 1, play_established_late_timer, CLIMATE_LATE},
    {"FIN-WAIT-1/late", STATE_FIN_WAIT_1, 10, play_fin_wait_1_late, CLIMATE_LATE},
    {"FIN-WAIT-2/late", STATE_FIN_WAIT_2, 10, play_fin_wait_2_late, CLIMATE_LATE},
    {"CLOSE-WAIT/late", STATE_CLOSE_WAIT, 20, play_close_wait_late, CLIMATE_LATE},
    {"LAST-ACK/late", STATE_LAST_ACK, 10, play_last_ack_late, CLIMATE_LATE},
    {"FIN-WAIT-1", STATE_FIN_WAIT_1, 100, play_fin_wait_1, CLIMATE_PLAIN},
    {"FIN-WAIT-1/tight", STATE_FIN_WAIT_1, 40, play_fin_wait_1_tight, CLIMATE_PLAIN},
    {"FIN-WAIT-1/orphan", STATE_FIN_WAIT_1, 80, play_fin_wait_1_orphan, CLIMATE_PLAIN},
    {"FIN-WAIT-1/released", STATE_FIN_WAIT_1, 40, play_fin_wait_1_released, CLIMATE_PLAIN},
    {"FIN-WAIT-1/early", STATE_FIN_WAIT_1, 60, play_fin_wait_1_early, CLIMATE_PLAIN},
    {"FIN-WAIT-2", STATE_FIN_WAIT_2, 100, play_fin_wait_2, CLIMATE_PLAIN},
    {"FIN-WAIT-2/tight", STATE_FIN_WAIT_2, 40, play_fin_wait_2_tight, CLIMATE_PLAIN},
    {"FIN-WAIT-2/orphan", STATE_FIN_WAIT_2, 80, play_fin_wait_2_orphan, CLIMATE_PLAIN},
    {"FIN-WAIT-2/throttled", STATE_FIN_WAIT_2, 10, play_fin_wait_2_orphan, CLIMATE_THROTTLED},
    {"FIN-WAIT-2/released", STATE_FIN_WAIT_2, 40, play_fin_wait_2_released, CLIMATE_PLAIN},
    {"CLOSE-WAIT", STATE_CLOSE_WAIT, 100, play_close_wait, CLIMATE_PLAIN},
    {"CLOSE-WAIT/queued", STATE_CLOSE_WAIT, 40, play_close_wait_queued, CLIMATE_PLAIN},
    {"CLOSE-WAIT/tight", STATE_CLOSE_WAIT, 40, play_close_wait_tight, CLIMATE_PLAIN},
    {"CLOSE-WAIT/cookie", STATE_CLOSE_WAIT, 20, play_close_wait_cookie, CLIMATE_COOKIES},
    {"CLOSING", STATE_CLOSING, 80, play_closing, CLIMATE_PLAIN},
    {"CLOSING/orphan", STATE_CLOSING, 80, play_closing_orphan, CLIMATE_PLAIN},
    {"LAST-ACK", STATE_LAST_ACK, 80, play_last_ack, CLIMATE_PLAIN},
    {"LAST-ACK/orphan", STATE_LAST_ACK, 80, play_last_ack_orphan, CLIMATE_PLAIN},
    {"TIME-WAIT", STATE_TIME_WAIT, 80, play_time_wait, CLIMATE_PLAIN},
    {"TIME-WAIT/at-once", STATE_TIME_WAIT, 40, play_time_wait_at_once, CLIMATE_PLAIN},
    {"TIME-WAIT/orphan", STATE_TIME_WAIT, 60, play_time_wait_orphan, CLIMATE_PLAIN},
    {"TIME-WAIT/queue-full", STATE_TIME_WAIT, 20, play_time_wait_full, CLIMATE_PLAIN},
    {"TIME-WAIT/rfc1337", STATE_TIME_WAIT, 10, play_time_wait, CLIMATE_RFC1337},
    {"TIME-WAIT/throttled", STATE_TIME_WAIT, 10, play_time_wait, CLIMATE_THROTTLED},
    {"TIME-WAIT/crossed", STATE_TIME_WAIT, 40, play_time_wait_crossed, CLIMATE_PLAIN},
};

const struct scene *scene_at(size_t i) { return i < sizeof scenes / sizeof *scenes ? &scenes[i] : NULL; }

bool scene_is_for(const struct scene *s, const struct tcp_profile *p)
{
  if (s->play == play_established_probed) return tcp_profile_has(p, CHANGE_ZERO_WINDOW_NEWS);
  if (s->play == play_close_wait_tight) return tcp_profile_has(p, CHANGE_FIN_NEEDS_NO_ROOM);
  if (s->play == play_syn_received_reopened && s->climate == CLIMATE_COOKIES)
    return tcp_profile_has(p, CHANGE_TIME_WAIT_ISN);
  return true;
}

const struct scene *scene_draw(struct rng *rng)
{
  static uint32_t total;

  if (total == 0)
    for (size_t i = 0; scene_at(i); i++) total += scenes[i].weight;
  uint32_t at = rng_below(rng, total);
  const struct scene *s = scenes;
  while (at >= s->weight) at -= s++->weight;
  return s;
}
