/* SPDX-License-Identifier: GPL-3.0-or-later */
/* You send: unset fields are filled from your TCB, your shadow takes the intent, the octets go out, the
   peer's shadow takes what the octets say. */
#include "engine/session/session_private.h"

#include "engine/segment/option.h"
#include "engine/words/words.h"

#include <stdlib.h>
#include <string.h>

#define STORM 8u /* segments: four of each end */

/* Flags for a segment in which none were written: what a TCP in this state would set. */
static uint8_t default_flags(const struct tcb *you, const struct segment *seg)
{
  if (you->debt_count && seg->data_len == 0) return you->debt[0].flags;
  if (!you->irs_known) return seg->data_len ? PSH : 0;
  return seg->data_len ? PSH | ACK : ACK;
}

bool forge_complete(struct session *s, struct connection *c, struct segment *seg, struct err *err)
{
  struct tcb *you = &c->tcb[END_YOU];
  if (!segment_has(seg, SEG_FLAGS)) seg->flags = default_flags(you, seg);
  bool opens = (seg->flags & (SYN | ACK | RST)) == SYN;
  if (opens && you->state == STATE_CLOSED && c->used && you->debt_count == 0) connection_reset_yours(s, c);
  if (!segment_has(seg, SEG_SRC)) seg->src = c->pair.you;
  if (!segment_has(seg, SEG_DST)) seg->dst = c->pair.peer;
  if (!segment_has(seg, SEG_SPORT)) seg->sport = c->pair.you_port;
  if (!segment_has(seg, SEG_DPORT)) seg->dport = c->pair.peer_port;
  if (!segment_has(seg, SEG_SEQ)) seg->seq = tcp_default(you, seg->flags, SEG_SEQ);
  if (!segment_has(seg, SEG_ACKNO)) seg->ack = tcp_default(you, seg->flags, SEG_ACKNO);
  if (!segment_has(seg, SEG_WIN)) seg->win = (uint16_t)tcp_default(you, seg->flags, SEG_WIN);
  if (!segment_has(seg, SEG_OPTIONS) && (seg->flags & SYN) && !option_put_mss(seg, you->profile->mss))
    return err_set(err, ERR_LIMIT, "the options leave no room for an MSS");
  return true;
}

static void tell_wrong(struct session *s, struct connection *c, const struct tcp_rule *intent,
                       const struct tcp_verdict *peer)
{
  struct facts facts = {0};
  if (peer) facts.answer = record_answer(peer);
  record_note(s, c, END_YOU, peer ? MESSAGE_WRONG_ANSWERED : MESSAGE_WRONG, intent, &facts);
}

static void tell_stray(struct session *s, struct connection *c, const struct tcp_verdict *peer)
{
  record_note(s, c, END_PEER, MESSAGE_STRAY_ANSWERED, verdict_decisive(peer),
              &(struct facts){.answer = record_answer(peer)});
}

static bool keep_held(struct session *s, struct connection *c, const char *name, const uint8_t *octets,
                      size_t len, struct err *err)
{
  for (size_t i = 0; i < s->held_count; i++)
    if (strcmp(s->held[i].name, name) == 0) {
      err_set(err, ERR_STATE, "a segment called %s is held already", name);
      return err_hint(err, "`release %s` lets it go", name);
    }
  struct held *grown = realloc(s->held, (s->held_count + 1) * sizeof *grown);
  if (!grown) return err_set(err, ERR_MEMORY, "no memory to hold a segment");
  s->held = grown;
  struct held *h = &s->held[s->held_count];
  h->octets = malloc(len);
  if (!h->octets) return err_set(err, ERR_MEMORY, "no memory to hold a segment");
  memcpy(h->octets, octets, len);
  h->len = len;
  h->connection = c->number;
  strncpy(h->name, name, sizeof h->name - 1);
  h->name[sizeof h->name - 1] = '\0';
  s->held_count++;
  return true;
}

/* Octets go to the wire and the peer's shadow takes what they say, which stands in their record: nothing,
 * when its IP or TCP would not read them. */
static bool deliver(struct session *s, struct connection *c, const uint8_t *octets, size_t len,
                    struct record *r, struct tcp_verdict *peer, struct err *err)
{
  const struct decode_notes *notes = &r->notes;
  if (!wire_send(s->config.wire, octets, len, err)) return false;
  reach_begin(s, c);
  c->used = c->touched = true;
  s->stirred++;
  if (reach_nobody(s, c)) return true;
  if (segment_sound(&r->segment, notes))
    arrive_at_peer(s, c, &r->segment, r, peer);
  else
    record_note(s, c, END_PEER,
                r->segment.doff < 5           ? MESSAGE_BAD_OFFSET
                : notes->cut || notes->sum_ok ? MESSAGE_BAD_LENGTH
                                              : MESSAGE_BAD_CHECKSUM,
                NULL, NULL);
  return true;
}

/* The connection a segment belongs to by its own ports and addresses: a given one leads to another
 * connection. */
static struct connection *owner(struct session *s, struct connection *c, const struct segment *seg,
                                struct err *err)
{
  struct pair pair = {seg->src, seg->dst, seg->sport, seg->dport};
  if (pair_equal(&pair, &c->pair)) return c;
  struct connection *other = session_find(s, &pair);
  if (other) return other;
  other = session_add(s, &pair, err);
  return other && session_begin(s, other, err) ? other : NULL;
}

/* What went out is recorded as its octets read; where they do not read as a segment, as it was meant. */
static struct record *record_octets(struct session *s, struct connection *c, enum segment_fate fate,
                                    const uint8_t *octets, size_t len, const struct segment *meant)
{
  struct segment seg;
  struct decode_notes notes = {0};
  if (!segment_decode(octets, len, &seg, &notes, NULL)) seg = *meant;
  return record_segment(s, c, END_YOU, fate, &seg, &notes, octets, len, session_now(s));
}

/* The LEN octets in s->out are SEG's. */
static bool transmit(struct session *s, struct connection *c, const struct segment *seg, size_t len,
                     enum segment_fate fate, const char *hold_name, struct err *err)
{
  c = owner(s, c, seg, err);
  if (!c) return false;
  if (fate != FATE_STRAY) session_use(s, c->number, NULL);
  if (fate == FATE_HELD && !keep_held(s, c, hold_name, s->out, len, err)) return false;
  bool goes = fate == FATE_SENT || fate == FATE_STRAY;
  c->accept_full = c->syns_full = c->syns_many = false;
  if (goes) arrive_queues(s, c);
  if (goes && c->reach != REACH_NOBODY && (seg->flags & (SYN | ACK | RST)) == SYN &&
      !peer_before_send(s->config.peer, &c->pair, seg, err))
    return false;

  struct record *r = record_octets(s, c, fate, s->out, len, seg);
  if (!r) return err_set(err, ERR_MEMORY, "no memory to record the segment");
  struct tcb *you = &c->tcb[END_YOU];
  enum tcp_state from = you->state;
  const struct tcp_rule *intent = NULL;
  if (fate != FATE_STRAY) {
    struct tcp_verdict v;
    r->intent = tcp_sends(you, seg, s->at, &v);
    trace_verdict(s->trace, r, END_YOU, &v);
    intent = verdict_decisive(&v);
  }
  record_state(s, c, END_YOU, from, intent);

  struct tcp_verdict verdict;
  verdict.fired_count = 0;
  bool ok = !goes || deliver(s, c, s->out, len, r, &verdict, err);
  c->used = true;
  trace_after(s->trace, r, c->tcb);
  const struct tcp_verdict *peer = verdict.fired_count ? &verdict : NULL;
  if (ok && fate == FATE_STRAY && peer) tell_stray(s, c, peer);
  if (ok && fate != FATE_STRAY && r->intent == INTENT_NONE) tell_wrong(s, c, intent, peer);
  return ok;
}

bool forge_transmit(struct session *s, struct connection *c, const struct segment *seg,
                    enum segment_fate fate, const char *hold_name, struct err *err)
{
  size_t len = segment_encode(seg, s->out, sizeof s->out);
  if (len == 0) return err_set(err, ERR_LIMIT, "the segment does not fit into an IP datagram");
  return transmit(s, c, seg, len, fate, hold_name, err);
}

bool session_send(struct session *s, const struct session_send *what, struct err *err)
{
  struct connection *c = session_connection(s);
  struct segment seg = what->segment;
  if (seg.given == 0 && what->fate == FATE_SENT) return session_send_owed(s, err);
  step_begin(s);
  bool ok = forge_complete(s, c, &seg, err) && forge_transmit(s, c, &seg, what->fate, what->hold_name, err);
  step_end(s);
  return ok;
}

/* Payload of an emission: filler, since the machine holds ranges and never octets. */
static void emit_to_segment(const struct tcp_emit *e, struct segment *seg, uint8_t *filler, size_t cap)
{
  memset(seg, 0, sizeof *seg);
  seg->given = SEG_BIT(SEG_FLAGS) | SEG_BIT(SEG_SEQ) | SEG_BIT(SEG_ACKNO) | SEG_BIT(SEG_WIN);
  seg->flags = e->flags;
  seg->seq = e->seq;
  seg->ack = e->ack;
  seg->win = e->win;
  if (e->options_len) {
    seg->given |= SEG_BIT(SEG_OPTIONS);
    seg->options_len = e->options_len;
    memcpy(seg->options, e->options, e->options_len);
  }
  seg->data_len = e->len < cap ? e->len : cap;
  for (size_t i = 0; i < seg->data_len; i++) filler[i] = segment_filler(i);
  if (seg->data_len) {
    seg->data = filler;
    seg->given |= SEG_BIT(SEG_DATA);
  }
}

/* What is sent again is what was sent: the trace remembers, though the machine does not. */
static void remember_octets(const struct session *s, const struct connection *c, const struct segment *seg,
                            uint8_t *octets)
{
  for (unsigned k = 1; k <= trace_segments(s->trace); k++) {
    const struct record *r = trace_segment(s->trace, k);
    const struct segment *old = &r->segment;
    if (r->end != END_YOU || r->connection != c->number || r->intent == INTENT_NONE) continue;
    for (size_t i = 0; i < seg->data_len; i++) {
      uint32_t at = seg->seq + (seq_t)i - old->seq - ((old->flags & SYN) != 0);
      if (at < old->data_len) octets[i] = old->data[at];
    }
  }
}

static bool send_emission(struct session *s, struct connection *c, const struct tcp_emit *e, struct err *err)
{
  uint8_t filler[1460];
  struct segment seg;
  emit_to_segment(e, &seg, filler, sizeof filler);
  if (e->retransmission) remember_octets(s, c, &seg, filler);
  return forge_complete(s, c, &seg, err) && forge_transmit(s, c, &seg, FATE_SENT, NULL, err);
}

static const char *nothing_owed_hint(enum tcp_state you)
{
  switch (you) {
  case STATE_CLOSED:
    return "`send SYN` opens a connection";
  case STATE_LISTEN:
    return "you wait for a SYN: `peer connect` sends one";
  case STATE_SYN_SENT:
    return "you wait for a SYN,ACK: `send SYN` repeats your SYN";
  case STATE_ESTABLISHED:
  case STATE_CLOSE_WAIT:
    return "`send ACK` repeats your acknowledgment, `send FIN,ACK` closes";
  default:
    return "`send ACK` repeats your acknowledgment, `resend` your last segment";
  }
}

bool session_send_owed(struct session *s, struct err *err)
{
  struct connection *c = session_connection(s);
  struct tcp_emit e;
  if (!tcp_would_send(&c->tcb[END_YOU], session_now(s), &e)) {
    err_set(err, ERR_STATE, "nothing is owed: a TCP in %s would send nothing of its own accord now",
            tcp_state_name(c->tcb[END_YOU].state));
    return err_hint(err, "%s", nothing_owed_hint(c->tcb[END_YOU].state));
  }
  step_begin(s);
  bool ok = send_emission(s, c, &e, err);
  step_end(s);
  return ok;
}

/* Each end takes the other's ACK for wrong, and answers it with the same ACK as before: that never ends. */
static bool is_ack_storm(const struct session *s, const struct connection *c, const struct tcp_emit *owed)
{
  const struct segment *theirs = NULL;
  unsigned n = trace_segments(s->trace);
  if (owed->flags != ACK || owed->len > 0 || n < STORM) return false;
  for (unsigned i = 0; i < STORM; i++) {
    const struct record *r = trace_segment(s->trace, n - i);
    const struct segment *seg = &r->segment;
    if (r->connection != c->number || seg->flags != ACK || seg->data_len > 0) return false;
    if (r->end == END_YOU && (seg->seq != owed->seq || seg->ack != owed->ack)) return false;
    if (r->end == END_YOU) continue;
    if (theirs && (seg->seq != theirs->seq || seg->ack != theirs->ack)) return false;
    theirs = seg;
  }
  return theirs != NULL;
}

void forge_owed(struct session *s, struct connection *c)
{
  struct tcp_emit e;
  for (unsigned i = 0; i < 16 && tcp_would_send(&c->tcb[END_YOU], session_now(s), &e); i++) {
    bool known = c->storm;
    c->storm = is_ack_storm(s, c, &e);
    if (c->storm && !known) record_note(s, c, END_YOU, MESSAGE_ACK_STORM, NULL, NULL);
    if (c->storm) return;
    if (!send_emission(s, c, &e, NULL)) return;
    arrive_drain(s);
  }
}

bool session_release(struct session *s, const char *name, struct err *err)
{
  size_t i = 0;
  while (i < s->held_count && strcmp(s->held[i].name, name) != 0) i++;
  if (i == s->held_count) {
    err_set(err, ERR_UNKNOWN, "no segment called %s is held", name);
    return err_hint(err, "`send … hold=%s` holds one back", name);
  }
  struct held h = s->held[i];
  s->held[i] = s->held[--s->held_count];
  struct connection *c = session_connection(s);
  for (unsigned k = 0; k < s->count; k++)
    if (s->connections[k]->number == h.connection) c = s->connections[k];
  step_begin(s);
  struct segment nothing = {0};
  struct record *r = record_octets(s, c, FATE_STRAY, h.octets, h.len, &nothing);
  if (r) r->released = true;
  struct tcp_verdict peer;
  bool syn = r && (r->segment.flags & (SYN | ACK | RST)) == SYN;
  syn = syn && c->reach != REACH_NOBODY;
  bool ok = r != NULL && (!syn || peer_before_send(s->config.peer, &c->pair, &r->segment, err)) &&
            deliver(s, c, h.octets, h.len, r, &peer, err);
  if (r) trace_after(s->trace, r, c->tcb);
  step_end(s);
  free(h.octets);
  return ok;
}

bool session_resend(struct session *s, unsigned n, struct err *err)
{
  const struct record *r = NULL;
  for (unsigned k = n ? n : trace_segments(s->trace); k > 0 && !r; k--) {
    const struct record *candidate = trace_segment(s->trace, k);
    if (candidate && candidate->end == END_YOU && candidate->fate != FATE_KERNEL) r = candidate;
    if (n) break;
  }
  if (!r) {
    if (n && trace_segment(s->trace, n))
      return err_set(err, ERR_STATE, "segment %u is the peer's, not yours", n);
    err_set(err, ERR_RANGE, n ? "there is no segment %u" : "you have sent nothing yet", n);
    return err_hint(err, "`ladder` shows what was sent");
  }
  struct segment seg = r->segment;
  step_begin(s);
  if (r->octets) memcpy(s->out, r->octets, r->octets_len);
  bool ok = r->octets ? transmit(s, session_connection(s), &seg, r->octets_len, FATE_SENT, NULL, err)
                      : forge_transmit(s, session_connection(s), &seg, FATE_SENT, NULL, err);
  step_end(s);
  return ok;
}

bool session_call(struct session *s, enum tcp_call_kind kind, uint16_t port, struct err *err)
{
  struct connection *c = session_connection(s);
  if ((kind == CALL_OPEN_ACTIVE || kind == CALL_OPEN_PASSIVE) && c->used &&
      c->tcb[END_YOU].state == STATE_CLOSED) {
    c->tcb[END_YOU].debt_count = 0;
    connection_reset_yours(s, c);
  }
  if (port && !c->used) {
    struct pair pair = c->pair;
    *(kind == CALL_OPEN_ACTIVE ? &pair.peer_port : &pair.you_port) = port;
    session_adopt(s, c, &pair);
    if (!session_begin(s, c, err)) return false;
  }
  struct tcb after = c->tcb[END_YOU];
  struct tcp_verdict v;
  tcp_call(&after, &(struct tcp_call){.kind = kind, .release = kind == CALL_CLOSE}, session_now(s), &v);
  for (unsigned i = SIGNAL_ERR_EXISTS; i < SIGNAL_COUNT; i++)
    if (v.signals & SIGNAL_BIT(i)) {
      const struct tcp_rule *rule = verdict_decisive(&v);
      err_set(err, ERR_STATE, "error: %s", tcp_signal_text((enum tcp_signal)i));
      return rule ? err_hint(err, "you are in %s: %s", tcp_state_name(v.from), words_why(rule)) : false;
    }
  step_begin(s);
  bool ok = true;
  struct tcp_emit *e = v.emit_count ? &v.emit[0] : NULL, fin;
  if (!e && kind == CALL_CLOSE) {
    /* A TCB played by hand leaves its FIN to be sent; the call sends it when its turn has come. It
     * acknowledges, too. */
    struct tcb closing = after;
    closing.debt_count = 0;
    if (tcp_would_send(&closing, session_now(s), &fin) && (fin.flags & FIN)) e = &fin;
  }
  if (e) {
    ok = send_emission(s, c, e, err);
  } else {
    enum tcp_state from = c->tcb[END_YOU].state;
    c->tcb[END_YOU] = after;
    record_state(s, c, END_YOU, from, verdict_decisive(&v));
  }
  step_end(s);
  return ok;
}

void session_crash(struct session *s)
{
  struct connection *c = session_connection(s);
  step_begin(s);
  enum tcp_state from = c->tcb[END_YOU].state;
  connection_reset_yours(s, c);
  record_state(s, c, END_YOU, from, NULL);
  record_note(s, c, END_YOU, MESSAGE_CRASHED, NULL, NULL);
  step_end(s);
}
