/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segments arrive: yours at the peer's shadow, which predicts the answer; the peer's at your shadow, after
   they have been held against the prediction. */
#include "engine/session/session_private.h"

#include "engine/segment/option.h"

#include <string.h>

static bool bare(const struct tcp_emit *e) { return e->flags == ACK && e->len == 0; }

/* A peer that may delay its ACKs sends one for several. */
bool arrive_may_be_late(const struct connection *c, const struct tcp_emit *e)
{
  return c->tcb[END_PEER].profile->delay_acks && bare(e);
}

void arrive_expect(struct connection *c, const struct tcp_verdict *v)
{
  for (unsigned i = 0; i < v->emit_count; i++) {
    unsigned at = 0;
    while (at < c->expected_count &&
           !(arrive_may_be_late(c, &v->emit[i]) && arrive_may_be_late(c, &c->expected[at])))
      at++;
    if (at == EXPECTED_MAX) return;
    c->expected[at] = v->emit[i];
    if (at == c->expected_count) c->expected_count++;
  }
}

/* N of each. */
static bool same_segments(const struct tcp_verdict *a, const struct tcp_verdict *b, unsigned n)
{
  for (unsigned i = 0; i < n; i++) {
    const struct tcp_emit *x = &a->emit[i], *y = &b->emit[i];
    uint32_t wild = x->wild | y->wild;
    if ((x->flags ^ y->flags) & (SYN | FIN | RST | ACK)) return false;
    if (!(wild & SEG_BIT(SEG_SEQ)) && x->seq != y->seq) return false;
    if ((x->flags & ACK) && !(wild & SEG_BIT(SEG_ACKNO)) && x->ack != y->ack) return false;
  }
  return true;
}

static bool same_answer(const struct tcp_verdict *a, const struct tcp_verdict *b)
{
  return a->to == b->to && a->emit_count == b->emit_count && same_segments(a, b, a->emit_count);
}

/* Where ACKs may wait the RFC leaves it open when they go. */
static bool same_but_for_acks(const struct tcp_verdict *a, const struct tcp_verdict *b)
{
  unsigned of_a = a->emit_count == 1 && bare(&a->emit[0]) ? 0 : a->emit_count;
  unsigned of_b = b->emit_count == 1 && bare(&b->emit[0]) ? 0 : b->emit_count;
  return a->to == b->to && of_a == of_b && same_segments(a, b, of_a);
}

/* Where a linux row decided, what the RFC's own machine would have done is worth a line. */
static void tell_difference(struct session *s, struct connection *c, const struct tcb *before,
                            const struct segment *seg, const struct tcp_verdict *v)
{
  const struct tcp_rule *linux_row = NULL;
  for (unsigned i = 0; i < v->fired_count; i++)
    if (v->fired[i]->system == PROFILE_LINUX) linux_row = v->fired[i];
  struct option blocks; /* what they make Linux repeat is not foreseen */
  if (!linux_row || (before->sack_ok && option_find(seg, OPTION_SACK, &blocks))) return;
  struct tcb by_the_book = *before;
  by_the_book.profile = &tcp_profile_rfc9293;
  struct tcp_verdict book;
  tcp_arrives(&by_the_book, seg, s->at, &book);
  if (same_answer(v, &book) || (before->profile->delay_acks && same_but_for_acks(v, &book))) return;
  record_note(s, c, END_PEER, MESSAGE_DIFFERS, linux_row,
              &(struct facts){.by_rfc = record_answer(&book), .answer = record_answer(v)});
}

/* YOUNG: only those whose SYN,ACK has not been repeated. */
static uint32_t half_open(const struct session *s, uint16_t port, bool young)
{
  uint32_t n = 0;
  for (unsigned i = 0; i < s->count; i++) {
    const struct tcb *peer = &s->connections[i]->tcb[END_PEER];
    bool waits = peer->state == STATE_SYN_RECEIVED && peer->passive && !peer->fast.taken;
    if (young && peer->retransmits > 0) continue;
    n += waits && s->connections[i]->pair.peer_port == port;
  }
  return n;
}

/* The listener's two queues, of those that wait for accept() and those half open: each admits one more than
   the backlog. The first its own system counts; */
void arrive_queues(struct session *s, struct connection *c)
{
  const struct tcb *peer = &c->tcb[END_PEER];
  uint32_t queued = c->queued, backlog = c->backlog;
  bool listens = peer->state == STATE_LISTEN || (peer->state == STATE_CLOSED && c->listening);
  if (!listens && !(peer->state == STATE_SYN_RECEIVED && peer->passive)) return;
  if (c->queue_seen != s->stirred) {
    struct pair listener = c->pair;
    struct peer_truth truth;
    listener.you_port = 0;
    if (!s->config.sees_truth || !peer_truth(s->config.peer, &listener, &truth, NULL)) return;
    if (!truth.known || !truth.listening) return;
    queued = truth.recv_queue;
    backlog = truth.send_queue;
  }
  c->accept_full = queued > backlog;
  const uint32_t waiting = half_open(s, c->pair.peer_port, false); /* the second nobody tells */
  c->syns_full = peer_syns_full(&s->peer_numbers, waiting, backlog);
  c->syns_many = peer_syns_many(&s->peer_numbers, waiting);
}

void arrive_count_requests(struct session *s, struct connection *c)
{
  const struct tcb *peer = &c->tcb[END_PEER];
  const uint16_t port = c->pair.peer_port;
  if (peer->state != STATE_SYN_RECEIVED || !peer->passive || peer->fast.taken) return;
  c->peer_profile.synack_retries =
      peer_synack_retries(&s->peer_numbers, c->backlog, half_open(s, port, false), half_open(s, port, true));
}

void arrive_abandoned(struct session *s, struct connection *c)
{
  enum tcp_state from = c->tcb[END_PEER].state;
  if (c->abandoned && from == STATE_SYN_RECEIVED) {
    static const char rule[] = "call.close.listen";
    session_peer_anew(s, c);
    record_state(s, c, END_PEER, from, tcp_rule_find(rule, sizeof rule - 1));
  }
  c->abandoned = false;
}

/* Another connection of the pair's begins at the peer. */
static void begin_anew(const struct session *s, struct connection *c, struct tcp_verdict *v)
{
  struct tcb *peer = &c->tcb[END_PEER];
  c->odd = false;
  if (peer->passive) c->accepted = false;
  /* With a number that its user chose, also where it would have followed from the old ones (RFC 6191). */
  if (!s->isn_chosen || !peer->shadow) return;
  peer->iss_known = false;
  for (unsigned i = 0; i < v->emit_count; i++)
    if (v->emit[i].flags & SYN) v->emit[i].wild |= SEG_BIT(SEG_SEQ);
}

/* -- Fast Open: the cookie belongs to the two addresses, the room for more to the listener -- */
static void tell_fast_open(const struct session *s, struct connection *c)
{
  struct tcb *peer = &c->tcb[END_PEER];
  unsigned n = fast_queue_count(&s->fast_queue, c->pair.peer_port, s->at);
  for (unsigned i = 0; i < s->count; i++)
    n +=
        s->connections[i]->tcb[END_PEER].fast.taken && s->connections[i]->pair.peer_port == c->pair.peer_port;
  peer_fast_open_allow(&s->peer_numbers, fast_queue_most(&s->fast_queue, c->pair.peer_port),
                       &c->peer_profile);
  peer->fast.full = n >= c->peer_profile.fast_open;
  peer->fast.cookie_len = s->fast[END_PEER].cookie_len;
  memcpy(peer->fast.cookie, s->fast[END_PEER].cookie, sizeof peer->fast.cookie);
}

static void learn_fast_open(struct session *s, const struct connection *c, enum end end)
{
  const struct tcp_fast_open *seen = &c->tcb[end].fast;
  struct tcp_fast_open *known = &s->fast[end];
  if (seen->cookie_len == 0) return;
  known->cookie_len = seen->cookie_len;
  memcpy(known->cookie, seen->cookie, sizeof known->cookie);
  for (unsigned i = 0; end == END_YOU && i < s->count; i++) {
    struct tcp_fast_open *f = &s->connections[i]->tcb[END_YOU].fast;
    f->cookie_len = known->cookie_len;
    memcpy(f->cookie, known->cookie, sizeof f->cookie);
  }
}

/* A program has it, or can be given it: what happens to it may be for its user. */
static bool is_held(const struct tcb *peer)
{
  bool half_open = peer->state == STATE_SYN_RECEIVED && peer->passive && !peer->fast.taken;
  return peer->state != STATE_CLOSED && peer->state != STATE_LISTEN && !half_open;
}

/* The peer's TCB as the segment found it, if that is another than when it was sent. */
static void trace_peer_before(struct session *s, struct record *r, const struct tcb *peer)
{
  if (memcmp(peer, r->before[END_PEER], sizeof *peer) == 0) return;
  const struct tcb both[END_COUNT] = {[END_YOU] = *r->before[END_YOU], [END_PEER] = *peer};
  trace_before(s->trace, r, both);
}

void arrive_at_peer(struct session *s, struct connection *c, const struct segment *seg, struct record *r,
                    struct tcp_verdict *v)
{
  struct tcb *peer = &c->tcb[END_PEER];
  arrive_abandoned(s, c);
  if (peer->state == STATE_CLOSED && c->listening) {
    session_peer_options(s, c);
    tcb_renew(peer, &c->peer_profile);
    tcp_call(peer, &(struct tcp_call){.kind = CALL_OPEN_PASSIVE}, s->at, v);
  }
  peer->accept_full = c->accept_full;
  peer->syns_full = c->syns_full;
  peer->syns_many = c->syns_many;
  tell_fast_open(s, c);
  const struct tcb before = *peer;
  trace_peer_before(s, r, &before);
  tcp_arrives(peer, seg, s->at, v);
  s->roused = s->roused || is_held(&before) || is_held(peer);
  if (v->to == STATE_SYN_RECEIVED && v->from != v->to) begin_anew(s, c, v);
  if (before.fast.taken && c->accepted && (seg->flags & RST) && peer->state == STATE_CLOSED)
    fast_queue_reset(&s->fast_queue, c->pair.peer_port, s->at);
  if (v->to != v->from && (v->to == STATE_CLOSED || v->to == STATE_LISTEN)) {
    c->gone = before;
    c->gone_at = s->at;
  }
  arrive_expect(c, v);
  trace_verdict(s->trace, r, END_PEER, v);
  record_state(s, c, END_PEER, before.state, verdict_decisive(v));
  if (peer->profile->rows == PROFILE_LINUX) tell_difference(s, c, &before, seg, v);
}

/* Is the arrival what was predicted? */
static bool fits(const struct tcp_emit *e, const struct segment *seg)
{
  if ((e->flags ^ seg->flags) & (SYN | RST | ACK | FIN)) return false;
  if (!(e->wild & SEG_BIT(SEG_SEQ)) && e->seq != seg->seq) return false;
  if ((e->flags & ACK) && !(e->wild & SEG_BIT(SEG_ACKNO)) && e->ack != seg->ack) return false;
  return e->len == seg->data_len;
}

static void drop_expected(struct connection *c, unsigned from, unsigned n)
{
  c->expected_count -= n;
  memmove(&c->expected[from], &c->expected[from + n], (c->expected_count - from) * sizeof c->expected[0]);
}

/* Text that was predicted in smaller pieces than it comes in: how many pieces from I on the arrival takes,
   the last perhaps not whole; 0: it is not theirs. */
static unsigned pieces_of(const struct connection *c, unsigned i, const struct segment *seg)
{
  const struct tcp_emit *e = &c->expected[i];
  uint32_t taken = 0;
  unsigned n = 0;
  if (e->seq != seg->seq || e->ack != seg->ack || (seg->flags & (SYN | RST | ACK)) != ACK) return 0;
  for (; i + n < c->expected_count && taken < seg->data_len; n++, e++) {
    bool text = e->len > 0 && !e->retransmission && e->seq == seg->seq + taken;
    if (!text || (e->flags & (SYN | RST | ACK)) != ACK) return 0;
    taken += e->len;
  }
  bool whole = taken == seg->data_len && n > 0 && ((e[-1].flags ^ seg->flags) & FIN) == 0;
  return whole || (taken > seg->data_len && !(seg->flags & FIN)) ? n : 0;
}

/* Takes LEN octets of text off the front of what is expected from I on, in N pieces. */
static void take_pieces(struct connection *c, unsigned i, unsigned n, uint32_t len)
{
  for (unsigned k = i; k + 1 < i + n; k++) len -= c->expected[k].len;
  struct tcp_emit *last = &c->expected[i + n - 1];
  bool whole = len == last->len;
  last->seq += len;
  last->len -= len;
  drop_expected(c, i, whole ? n : n - 1);
}

/* Takes the prediction that the arrival fulfils off the list; false: none does. */
static bool take_expected(struct connection *c, const struct segment *seg, struct tcp_emit *out)
{
  for (unsigned i = 0; i < c->expected_count; i++) {
    const struct tcp_emit *e = &c->expected[i];
    unsigned pieces = seg->data_len > 0 ? pieces_of(c, i, seg) : 0;
    if (!pieces && !fits(e, seg)) continue;
    *out = *e;
    if (pieces)
      take_pieces(c, i, pieces, (uint32_t)seg->data_len);
    else
      drop_expected(c, i, 1);
    return true;
  }
  return false;
}

/* Text that was not foreseen takes along an ACK that was, or goes before it: that has another number then. */
static void text_before_ack(struct connection *c, const struct segment *seg, seq_t nxt)
{
  if (seg->data_len == 0) return;
  for (unsigned i = 0; i < c->expected_count; i++) {
    struct tcp_emit *e = &c->expected[i];
    if (!bare(e)) continue;
    if (e->seq == nxt) e->seq = c->tcb[END_PEER].snd.nxt;
    if (e->ack == seg->ack) drop_expected(c, i, 1);
    return;
  }
}

bool arrive_hold_back(struct session *s, struct connection *c, struct tcp_emit *held)
{
  struct tcb *peer = &c->tcb[END_PEER];
  seq_t nxt = peer->snd.nxt;
  unsigned i = c->expected_count;
  while (i > 0 && bare(&c->expected[i - 1])) i--;
  if (i == 0 || !tcp_held_back(peer, &c->expected[i - 1], s->at)) return false;
  *held = c->expected[i - 1];
  drop_expected(c, i - 1, 1);
  for (i--; i < c->expected_count; i++)
    if (c->expected[i].seq == nxt) c->expected[i].seq = peer->snd.nxt;
  return true;
}

/* The peer sends from SEQ on: text predicted beyond it has not been sent after all. */
static void hold_back(struct session *s, struct connection *c, seq_t seq)
{
  struct tcb *peer = &c->tcb[END_PEER];
  struct tcp_emit held;
  if (!peer->shadow || seq_lt(seq, peer->snd.una)) return;
  while (seq_gt(peer->snd.nxt, seq) && arrive_hold_back(s, c, &held)) continue;
}

static enum tcp_intent predicted_intent(const struct tcp_emit *e)
{
  if (e->retransmission) return INTENT_RETRANSMIT;
  if (e->flags & RST) return e->rule && e->rule->procedure == PROCEDURE_CALL ? INTENT_ABORT : INTENT_RESET;
  if (e->flags & SYN) return INTENT_OPEN;
  if (e->flags & FIN) return INTENT_CLOSE;
  return e->len ? INTENT_SEND : INTENT_ACK;
}

/* The segment that ended the connection may have made its TCP repeat something first. */
static enum tcp_intent by_the_departed(struct session *s, struct connection *c, const struct segment *seg,
                                       struct tcp_verdict *v)
{
  const usec_t at_once = 10 * USEC_MS;
  if (c->gone.state == STATE_CLOSED || s->at - c->gone_at > at_once) return INTENT_NONE;
  return tcp_sends(&c->gone, seg, s->at, v);
}

/* What the peer's shadow makes of having sent it: the prediction is bound to it, or it is recognised, or it
 * is a riddle. */
static void by_the_peer(struct session *s, struct connection *c, const struct segment *seg, struct record *r)
{
  struct tcb *peer = &c->tcb[END_PEER];
  struct tcp_emit e;
  struct tcp_verdict v;
  if (take_expected(c, seg, &e)) {
    tcp_bind(peer, &e, seg);
    if (seg->flags & SYN) learn_fast_open(s, c, END_PEER);
    r->predicted = PREDICTION_MET;
    v.from = v.to = peer->state;
    v.fired_count = e.rule != NULL;
    v.fired[0] = e.rule;
    trace_verdict(s->trace, r, END_PEER, &v);
    r->intent = predicted_intent(&e);
    return;
  }
  hold_back(s, c, seg->seq);
  enum tcp_state from = peer->state;
  seq_t nxt = peer->snd.nxt;
  r->intent = tcp_sends(peer, seg, s->at, &v);
  if (r->intent == INTENT_NONE) r->intent = by_the_departed(s, c, seg, &v);
  trace_verdict(s->trace, r, END_PEER, &v);
  record_state(s, c, END_PEER, from, verdict_decisive(&v));
  if (r->intent != INTENT_NONE) {
    text_before_ack(c, seg, nxt);
    return;
  }
  if (c->untold) return;
  r->predicted = PREDICTION_MISSED;
  if (judge_odd(s, c)) return;
  record_note(s, c, END_PEER, MESSAGE_UNFORESEEN, verdict_decisive(&v),
              &(struct facts){.system = s->config.peer->ops->kernel});
}

/* The number asked for stands on the wire and not in the peer's system: whoever is shown it is told. */
static void tell_renumbering(struct session *s, struct connection *c, seq_t seen)
{
  seq_t taken;
  if (!peer_taken_isn(s->config.peer, &c->pair, &taken)) return;
  if (c->renumbered && c->taken_isn == taken) return;
  c->renumbered = true;
  c->taken_isn = taken;
  record_note(s, c, END_PEER, s->renumbering_told ? MESSAGE_RENUMBERED_AGAIN : MESSAGE_RENUMBERED, NULL,
              &(struct facts){.system = s->config.peer->ops->kernel, .taken = taken, .shift = seen - taken});
  s->renumbering_told = true;
}

/* It owns your address and knows nothing of your connections. Your TCB has sent nothing; the peer takes it. */
static void from_your_kernel(struct session *s, const struct segment *seg, const struct decode_notes *notes,
                             const uint8_t *octets, size_t len, usec_t when)
{
  struct pair pair = {seg->src, seg->dst, seg->sport, seg->dport};
  struct connection *c = session_called(s, &pair);
  struct record *r =
      c ? record_segment(s, c, END_YOU, FATE_KERNEL, seg, notes, octets, len, when - s->began) : NULL;
  struct tcp_verdict v;
  if (!r) return;
  c->used = c->touched = true;
  c->accept_full = c->syns_full = c->syns_many = false;
  if (segment_sound(seg, notes)) arrive_at_peer(s, c, seg, r, &v);
  trace_after(s->trace, r, c->tcb);
  record_note(s, c, END_YOU, MESSAGE_OWN_KERNEL, NULL, NULL);
}

static void arrival(void *ctx, const uint8_t *octets, size_t len, usec_t when)
{
  struct session *s = ctx;
  struct segment seg;
  struct decode_notes notes;
  if (!segment_decode(octets, len, &seg, &notes, NULL)) return;
  if (addr_equal(&seg.src, &s->config.your_address)) {
    from_your_kernel(s, &seg, &notes, octets, len, when);
    return;
  }
  struct pair pair = {seg.dst, seg.src, seg.dport, seg.sport};
  struct connection *c = session_called(s, &pair);
  if (!c) return;
  enum segment_fate fate = s->lose ? FATE_LOST : FATE_SENT;
  struct record *r = record_segment(s, c, END_PEER, fate, &seg, &notes, octets, len, when - s->began);
  if (!r) return;
  c->used = c->touched = true;
  by_the_peer(s, c, &seg, r);
  if (seg.flags & SYN) {
    s->isn_chosen = false;
    tell_renumbering(s, c, seg.seq);
  }
  if (fate == FATE_LOST) {
    s->lose--;
    trace_after(s->trace, r, c->tcb);
    return;
  }
  struct tcb *you = &c->tcb[END_YOU];
  enum tcp_state from = you->state;
  struct tcp_verdict v;
  tcp_arrives(you, &seg, s->at, &v);
  if (seg.flags & SYN) learn_fast_open(s, c, END_YOU);
  trace_verdict(s->trace, r, END_YOU, &v);
  trace_after(s->trace, r, c->tcb);
  record_state(s, c, END_YOU, from, verdict_decisive(&v));
  record_signals(s, c, END_YOU, &v);
}

bool arrive_all_known(const struct session *s) { return s->settled == s->stirred; }

static enum message why_not_known(enum err_code code)
{
  switch (code) {
  case ERR_UNAVAILABLE:
    return MESSAGE_NOT_DONE;
  case ERR_LIMIT:
    return MESSAGE_NOT_DONE_CROWDED;
  case ERR_MEMORY:
    return MESSAGE_NOT_DONE_MEMORY;
  case ERR_STATE:
    return MESSAGE_NOT_DONE_MOVED;
  default:
    return MESSAGE_NOT_DONE_UNASKED;
  }
}

/* With your address the kernel of your namespace resets what it does not know, at once, and the peer takes
   that, too. */
static void make_known(struct session *s)
{
  struct err err;
  if (wire_settle(s->config.wire, &err) && (!s->address_kernel || wire_settle(s->config.wire, &err))) {
    s->settled = s->stirred;
    return;
  }
  if (s->doubted == s->stirred) return;
  s->doubted = s->stirred;
  record_note(s, session_connection(s), END_PEER, why_not_known(err.code), NULL, NULL);
}

void arrive_drain(struct session *s)
{
  if (!arrive_all_known(s)) make_known(s);
  wire_drain(s->config.wire, arrival, s);
}
