/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/session/session_private.h"

#include <string.h>

/* What every record has, whatever its kind. */
static void place(struct session *s, const struct connection *c, struct record *r)
{
  if (!s->step_open) step_begin(s);
  r->step = s->step;
  r->t = s->at;
  if (!c) return;
  r->connection = c->number;
  record_tcbs(r, c->tcb);
}

struct record *record_put(struct session *s, struct connection *c, struct record *r)
{
  place(s, c, r);
  return trace_add(s->trace, r);
}

struct record *record_add(struct session *s, struct connection *c, enum record_kind kind, enum end end)
{
  struct record r = {.kind = kind, .end = end};
  return record_put(s, c, &r);
}

struct record *record_segment(struct session *s, struct connection *c, enum end end, enum segment_fate fate,
                              const struct segment *seg, const struct decode_notes *notes,
                              const uint8_t *octets, size_t len, usec_t when)
{
  struct record r = {.kind = RECORD_SEGMENT,
                     .end = end,
                     .fate = fate,
                     .segment = *seg,
                     .notes = *notes,
                     .octets = octets,
                     .octets_len = len};
  place(s, c, &r);
  step_at(s, when);
  r.t = s->at;
  return trace_add(s->trace, &r);
}

void record_state(struct session *s, struct connection *c, enum end end, enum tcp_state from,
                  const struct tcp_rule *rule)
{
  enum tcp_state to = c->tcb[end].state;
  if (from == to) return;
  struct record *r = record_add(s, c, RECORD_STATE, end);
  if (!r) return;
  r->from = from;
  r->to = to;
  r->rule = rule;
  if (end == END_PEER) c->peer_state = r;
}

void record_note(struct session *s, struct connection *c, enum end end, enum message message,
                 const struct tcp_rule *rule, const struct facts *facts)
{
  struct record r = {.kind = RECORD_NOTE, .end = end, .rule = rule};
  r.message = message;
  if (facts) r.facts = *facts;
  record_put(s, c, &r);
}

struct answer record_answer(const struct tcp_verdict *v)
{
  struct answer a = {.from = v->from, .to = v->to};
  if (v->emit_count > 0) {
    const struct tcp_emit *e = &v->emit[0];
    a.kind = ANSWER_SEGMENT;
    a.flags = e->flags;
    a.seq = e->seq;
    a.ack = e->ack;
    a.seq_known = !(e->wild & SEG_BIT(SEG_SEQ));
    a.ack_known = (e->flags & ACK) && !(e->wild & SEG_BIT(SEG_ACKNO));
    return a;
  }
  bool taken = v->acked > 0 || v->delivered > 0;
  a.kind = v->to != v->from ? ANSWER_SILENCE
           : taken          ? ANSWER_TAKEN
           : v->counted     ? ANSWER_COUNTED
                            : ANSWER_DROPPED;
  return a;
}

void record_signals(struct session *s, struct connection *c, enum end end, const struct tcp_verdict *v)
{
  static const uint32_t told =
      SIGNAL_BIT(SIGNAL_RESET) | SIGNAL_BIT(SIGNAL_REFUSED) | SIGNAL_BIT(SIGNAL_ABORTED_TIMEOUT);
  for (unsigned i = 0; i < SIGNAL_COUNT; i++)
    if (v->signals & told & SIGNAL_BIT(i))
      record_note(s, c, end, MESSAGE_SIGNAL, verdict_decisive(v), &(struct facts){.signal = i});
}

/* The row that moved the state, else the last that fired. */
const struct tcp_rule *verdict_decisive(const struct tcp_verdict *v)
{
  if (v->from != v->to)
    for (unsigned i = v->fired_count; i-- > 0;)
      if (v->fired[i]->next == v->to) return v->fired[i];
  return v->fired_count ? v->fired[v->fired_count - 1] : NULL;
}

void step_at(struct session *s, usec_t when)
{
  if (when > s->at) s->at = when;
}

void step_begin(struct session *s)
{
  step_at(s, session_now(s));
  s->step++;
  s->step_open = true;
}

static void tell_owed(struct session *s, struct connection *c)
{
  const struct tcb *you = &c->tcb[END_YOU];
  if (you->debt_count > c->debts_told && !s->automatic) {
    const struct tcp_debt *debt = &you->debt[you->debt_count - 1];
    const bool here = c == session_connection(s);
    record_note(s, c, END_YOU, here ? MESSAGE_OWED : MESSAGE_OWED_ELSEWHERE, debt->rule,
                &(struct facts){.flags = debt->flags, .connection = c->number});
  }
  c->debts_told = you->debt_count;
}

void step_end(struct session *s)
{
  arrive_drain(s);
  /* The app may act on what arrived, and what it does may bring more; bounded, should two machines chatter.
   */
  for (unsigned round = 0; round < 64 && arrive_all_known(s); round++) {
    for (unsigned i = 0; i < s->count; i++)
      if (s->connections[i]->touched) judge_truth(s, s->connections[i]);
    bool acted = (s->roused || !s->config.sees_truth) && drive_events(s);
    s->roused = acted;
    if (s->automatic)
      for (unsigned i = 0; i < s->count; i++) forge_owed(s, s->connections[i]);
    if (!arrive_all_known(s)) arrive_drain(s);
    bool touched = acted;
    for (unsigned i = 0; i < s->count; i++) touched |= s->connections[i]->touched;
    if (!touched) break;
  }
  for (unsigned i = 0; i < s->count; i++) {
    struct connection *c = s->connections[i];
    judge_missing(s, c);
    tell_owed(s, c);
    c->peer_state = NULL;
  }
  judge_schedule(s);
  s->step_open = false;
  if (s->config.on_records) s->config.on_records(s->config.ctx);
}
