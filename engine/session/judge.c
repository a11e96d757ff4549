/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shadow against truth: the peer's own system says which state it is in, and a difference is never hidden. */
#include "engine/session/session_private.h"

#include <string.h>

#define TRUTH_EVERY (200 * USEC_MS)
#define CROWD_MOST                                                                                           \
  256 /* connections; of more it is not told at once that a request has made room for others */

/* A listener covers the pair: the kernel has nothing for the pair itself, whichever of the two the shadow
 * calls it. */
static bool agrees(enum tcp_state shadow, const struct peer_truth *truth)
{
  bool nothing = shadow == STATE_CLOSED || shadow == STATE_LISTEN;
  if (truth->listening || truth->state == STATE_LISTEN) return nothing;
  return truth->state == shadow || (truth->state == STATE_CLOSED && shadow == STATE_LISTEN);
}

/* The peer's own timers may have run out: let the shadow's run as far as they could have by now. */
static bool by_timers(struct session *s, struct connection *c, const struct peer_truth *truth)
{
  struct tcb *peer = &c->tcb[END_PEER];
  struct tcb later = *peer;
  usec_t latest = session_now(s) + 2 * USEC_S;
  for (unsigned i = 0; i < 64; i++) {
    usec_t due = tcp_deadline(&later);
    if (due > latest) return false;
    struct tcp_verdict v;
    enum tcp_timer which = TIMER_RETRANSMISSION;
    for (unsigned t = 0; t < TIMER_COUNT; t++)
      if (later.timer[t] == due) which = (enum tcp_timer)t;
    tcp_timeout(&later, due, &v);
    if (later.state == peer->state || !agrees(later.state, truth)) continue;
    enum tcp_state from = peer->state;
    *peer = later;
    struct record *r = record_add(s, c, RECORD_TIMER, END_PEER);
    if (r) {
      r->timer = which;
      r->rule = verdict_decisive(&v);
    }
    record_state(s, c, END_PEER, from, verdict_decisive(&v));
    return true;
  }
  return false;
}

bool judge_odd(struct session *s, struct connection *c)
{
  if (!c->odd && !c->tcb[END_PEER].fin_odd) return false;
  if (!c->odd) record_note(s, c, END_PEER, MESSAGE_BEHIND_FIN, NULL, NULL);
  c->odd = true;
  return true;
}

static void deny(struct session *s, struct connection *c, const struct peer_truth *truth)
{
  struct tcb *peer = &c->tcb[END_PEER];
  enum tcp_state predicted = peer->state;
  if (judge_odd(s, c)) {
    peer->state = truth->listening ? STATE_LISTEN : truth->state;
    record_state(s, c, END_PEER, predicted, NULL);
    if (c->peer_state) c->peer_state->confirmed = TRUTH_CONFIRMED;
    if (c->peer_state) c->peer_state->truth = truth->state;
    return;
  }
  if (c->peer_state) {
    c->peer_state->confirmed = TRUTH_DENIED;
    c->peer_state->truth = truth->state;
  }
  peer->state = truth->listening ? STATE_LISTEN : truth->state;
  struct record *r = record_add(s, c, RECORD_TRUTH, END_PEER);
  if (r) {
    r->from = predicted;
    r->to = r->truth = truth->state;
    r->confirmed = TRUTH_DENIED;
  }
  record_note(
      s, c, END_PEER, MESSAGE_DENIED, NULL,
      &(struct facts){.predicted = predicted, .system = s->config.peer->ops->kernel, .state = truth->state});
}

/* A truth that is the listener's also tells how full its accept queue is. */
void judge_listener(const struct session *s, struct connection *c, const struct peer_truth *truth)
{
  c->listening = truth->known && truth->listening;
  if (!c->listening) return;
  c->queue_seen = s->stirred;
  c->queued = truth->recv_queue;
  c->backlog = truth->send_queue;
}

/* Timers of the peer's that run out without a word leave no other trace. */
static void pass_silent_timers(struct session *s, struct connection *c)
{
  struct tcb *peer = &c->tcb[END_PEER];
  usec_t now = session_now(s);
  if (tcp_deadline(peer) > now) return;
  struct tcb later = *peer;
  struct tcp_verdict v;
  for (; tcp_deadline(&later) <= now; *peer = later) {
    tcp_timeout(&later, now, &v);
    if (later.state != peer->state || v.emit_count > 0) return;
  }
}

void judge_truth(struct session *s, struct connection *c)
{
  struct peer_truth truth;
  c->touched = false;
  if (c->reach == REACH_NOBODY || c->untold) return;
  if (c->tcb[END_PEER].shadow) pass_silent_timers(s, c);
  if (!s->config.sees_truth || !peer_truth(s->config.peer, &c->pair, &truth, NULL) || !truth.known) {
    s->roused = true;
    return;
  }
  judge_listener(s, c, &truth);
  if (truth.state != STATE_SYN_RECEIVED) arrive_abandoned(s, c);
  arrive_count_requests(s, c);
  bool foreseen = agrees(c->tcb[END_PEER].state, &truth);
  s->roused = s->roused || !foreseen;
  if (!foreseen && !by_timers(s, c, &truth)) {
    deny(s, c, &truth);
    return;
  }
  if (c->peer_state) {
    c->peer_state->confirmed = TRUTH_CONFIRMED;
    c->peer_state->truth = c->tcb[END_PEER].state;
  }
}

bool session_truth(struct session *s, struct peer_truth *truth, struct err *err)
{
  struct connection *c = session_connection(s);
  if (!peer_truth(s->config.peer, &c->pair, truth, err)) return false;
  if (!truth->known || c->untold) return true;
  step_begin(s);
  struct record *r = record_add(s, c, RECORD_TRUTH, END_PEER);
  if (r) {
    r->from = c->tcb[END_PEER].state;
    r->to = r->truth = truth->state;
    r->confirmed = agrees(r->from, truth) ? TRUTH_CONFIRMED : TRUTH_DENIED;
  }
  c->touched = true;
  step_end(s);
  return true;
}

/* A peer whose timers run may leave its state by itself: its system is asked five times a second, and when
   the shadow's own timer is due. */
void judge_schedule(struct session *s)
{
  usec_t now = session_now(s), first = USEC_NEVER;
  for (unsigned i = 0; i < s->count; i++) {
    if (s->count <= CROWD_MOST) arrive_count_requests(s, s->connections[i]);
    usec_t due = tcp_deadline(&s->connections[i]->tcb[END_PEER]);
    if (due < first) first = due;
  }
  if (!s->config.sees_truth || first == USEC_NEVER) {
    s->truth_due = USEC_NEVER;
    return;
  }
  if (s->truth_due <= now || s->truth_due == USEC_NEVER) s->truth_due = now + TRUTH_EVERY;
  if (first > now && first < s->truth_due) s->truth_due = first;
}

/* Your machine's timers: a change of state is one; that something should be sent again becomes a debt. */
void judge_your_timers(struct session *s)
{
  usec_t now = session_now(s);
  step_at(s, now);
  for (unsigned i = 0; i < s->count; i++) {
    struct connection *c = s->connections[i];
    struct tcb *you = &c->tcb[END_YOU];
    for (unsigned k = 0; k < 16 && tcp_deadline(you) <= now; k++) {
      enum tcp_timer which = TIMER_RETRANSMISSION;
      for (unsigned t = 0; t < TIMER_COUNT; t++)
        if (you->timer[t] <= now) which = (enum tcp_timer)t;
      enum tcp_state from = you->state;
      struct tcp_verdict v;
      tcp_timeout(you, now, &v);
      if (v.emit_count == 0 && from == you->state) continue;
      struct record *r = record_add(s, c, RECORD_TIMER, END_YOU);
      if (r) {
        r->timer = which;
        r->rule = verdict_decisive(&v);
      }
      record_state(s, c, END_YOU, from, verdict_decisive(&v));
      record_signals(s, c, END_YOU, &v);
    }
  }
}

/* Text that the peer keeps to itself for now is no riddle; what is behind it waits with it. */
static void judge_held_back(struct session *s, struct connection *c)
{
  uint32_t octets = 0;
  bool fin = false;
  struct tcp_emit held;
  if (!arrive_hold_back(s, c, &held)) return;
  do {
    octets += held.len;
    fin = fin || (held.flags & FIN);
  } while (arrive_hold_back(s, c, &held));
  record_note(s, c, END_PEER, fin ? MESSAGE_HELD_BACK_FIN : MESSAGE_HELD_BACK, NULL,
              &(struct facts){.octets = octets});
}

/* How many of them the peer has sent to whom this second, and where its second begins, it alone knows. */
static bool may_be_rationed(const struct session *s, const struct tcp_emit *e)
{
  return e->flags == ACK && e->len == 0 && s->peer_numbers.challenge_acks < INT32_MAX;
}

/* What was predicted and did not come. */
void judge_missing(struct session *s, struct connection *c)
{
  unsigned kept = 0;
  if (!arrive_all_known(s)) return;
  if (c->reach == REACH_PEER) reach_elsewhere(s, c);
  if (c->untold) c->expected_count = 0;
  if (s->config.sees_truth) judge_held_back(s, c);
  for (unsigned i = 0; i < c->expected_count; i++) {
    const struct tcp_emit *e = &c->expected[i];
    if (arrive_may_be_late(c, e)) {
      c->expected[kept++] = *e;
      continue;
    }
    if (may_be_rationed(s, e)) {
      record_note(s, c, END_PEER, MESSAGE_RATIONED, e->rule, NULL);
      continue;
    }
    if (judge_odd(s, c)) continue;
    record_note(s, c, END_PEER, MESSAGE_MISSING, e->rule,
                &(struct facts){.flags = e->flags, .system = s->config.peer->ops->kernel});
  }
  c->expected_count = kept;
}
