/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/rung.h"

/* An event is what a rung is for; the changes of state that follow it in its step belong to it. */
static bool is_event(const struct record *r)
{
  return r->kind == RECORD_SEGMENT || r->kind == RECORD_CALL || r->kind == RECORD_TIMER;
}

enum tcp_state rung_state(const struct record *r)
{
  if (r->kind == RECORD_STATE) return r->confirmed == TRUTH_DENIED ? r->truth : r->to;
  if (r->kind == RECORD_TRUTH && r->confirmed == TRUTH_DENIED) return r->truth;
  return STATE_COUNT;
}

static const struct record *record_of(const struct trace *t, unsigned connection, size_t i)
{
  const struct record *r = trace_at(t, i);
  return r != NULL && r->connection == connection ? r : NULL;
}

enum tcp_state rung_first_state(const struct trace *t, unsigned connection, enum end e)
{
  enum tcp_state last = STATE_CLOSED;
  for (size_t i = 0; i < trace_count(t); i++) {
    const struct record *r = record_of(t, connection, i);
    if (r == NULL) continue;
    if (r->kind == RECORD_STATE && r->end == e) return r->from;
    last = r->after[e]->state;
  }
  return last;
}

enum tcp_state rung_last_state(const struct trace *t, unsigned connection, enum end e)
{
  for (size_t i = trace_count(t); i-- > 0;) {
    const struct record *r = record_of(t, connection, i);
    if (r != NULL && r->end == e && rung_state(r) != STATE_COUNT) return rung_state(r);
  }
  return rung_first_state(t, connection, e);
}

bool rung_next(const struct trace *t, unsigned connection, size_t *at, struct rung *rung)
{
  const struct record *r = NULL;
  for (; *at < trace_count(t); ++*at) {
    r = record_of(t, connection, *at);
    if (r != NULL && (is_event(r) || rung_state(r) != STATE_COUNT)) break;
  }
  if (*at >= trace_count(t)) return false;
  *rung = (struct rung){.from = *at, .step = r->step};
  if (is_event(r))
    rung->event = r;
  else
    rung->change[r->end] = r;
  for (++*at; *at < trace_count(t); ++*at) {
    const struct record *next = trace_at(t, *at);
    if (next->step != r->step || is_event(next) || next->connection != connection) break;
    const enum tcp_state state = rung_state(next);
    if (state == STATE_COUNT) continue;
    const struct record *before = rung->change[next->end];
    if (before != NULL && rung_state(before) != state) break;
    rung->change[next->end] = next;
  }
  rung->to = *at;
  return true;
}
