/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lesson/goal.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/trace/expect.h"
#include "engine/trace/heap_buf.h"

#include <string.h>

/* Where the goals met so far have led. */
struct cursor_in_trace {
  size_t at;     /* records from here on count */
  usec_t since;  /* the time of the segment matched last, or when the step began */
  bool anywhere; /* none was matched: silence may begin at any arrival */
};

/* Segments the goals took, so that no wrong turn takes them too. */
struct taken {
  size_t count;
  size_t at[LESSON_GOALS_MAX];
};

static bool is_taken(const struct taken *t, size_t at)
{
  for (size_t i = 0; i < t->count; i++)
    if (t->at[i] == at) return true;
  return false;
}

static bool has_arrived(const struct record *r)
{
  return r->kind == RECORD_SEGMENT && r->end == END_PEER && r->fate == FATE_SENT;
}

static bool you_sent(const struct record *r)
{
  return r->kind == RECORD_SEGMENT && r->end == END_YOU && r->fate != FATE_KERNEL;
}

static bool segment_fits(const struct condition *c, const struct record *r)
{
  uint8_t store[SEGMENT_DATA_MAX];
  const bool got = c->kind == CONDITION_GOT;
  const struct octets typed = {(const uint8_t *)c->segment, c->segment_len};
  struct segment pattern;
  if (got ? !has_arrived(r) : !you_sent(r)) return false;
  return expect_parse(&typed, r, got, store, &pattern, NULL) && expect_differs(&pattern, &r->segment) == 0;
}

/* The first record from AT on that fits and was not taken; the trace's length: there is none. */
static size_t find_segment(const struct condition *c, const struct goal_scope *g, size_t at,
                           const struct taken *taken)
{
  size_t count = trace_count(g->trace);
  while (at < count && (is_taken(taken, at) || !segment_fits(c, trace_at(g->trace, at)))) at++;
  return at;
}

/* The timer that ends a state, or else the one that would act next. */
static usec_t state_timer(const struct tcb *t)
{
  if (t->state == STATE_TIME_WAIT) return t->timer[TIMER_TIME_WAIT];
  if (t->state == STATE_FIN_WAIT_2) return t->timer[TIMER_FIN_WAIT_2];
  usec_t next = USEC_NEVER;
  for (size_t i = 0; i < TIMER_COUNT; i++)
    if (i != TIMER_USER && t->timer[i] < next) next = t->timer[i];
  return next;
}

static bool same_state(enum end end, enum tcp_state is, enum tcp_state wanted)
{
  bool covered = end == END_PEER && (wanted == STATE_CLOSED || wanted == STATE_LISTEN);
  return is == wanted || (covered && (is == STATE_CLOSED || is == STATE_LISTEN));
}

static bool state_is(const struct condition *c, const struct tcb *t, usec_t now)
{
  if (!same_state(c->end, t->state, c->state)) return false;
  if (c->duration < 0) return true;
  usec_t timer = state_timer(t);
  return timer != USEC_NEVER && timer - now > c->duration;
}

/* Did the peer's own system deny, later in this step, what its shadow says in record AT? */
static bool is_denied(const struct goal_scope *g, size_t at)
{
  unsigned step = trace_at(g->trace, at)->step;
  const struct record *r;
  for (; (r = trace_at(g->trace, at)) && r->step == step; at++)
    if (r->end == END_PEER && r->confirmed == TRUTH_DENIED) return true;
  return false;
}

static bool state_was(const struct condition *c, const struct goal_scope *g, size_t at)
{
  if (state_is(c, &g->tcb[c->end], g->now)) return true;
  for (; at < trace_count(g->trace); at++) {
    const struct record *r = trace_at(g->trace, at);
    if (r->connection == g->connection && state_is(c, r->after[c->end], r->t) &&
        (c->end == END_YOU || !is_denied(g, at)))
      return true;
  }
  return false;
}

static bool was_silent(const struct condition *c, const struct goal_scope *g,
                       const struct cursor_in_trace *from)
{
  usec_t since = from->since;
  for (size_t at = from->at; at < trace_count(g->trace); at++) {
    const struct record *r = trace_at(g->trace, at);
    if (!has_arrived(r)) continue;
    if (r->t - since >= c->duration) return true;
    if (!from->anywhere) return false;
    since = r->t;
  }
  return g->now - since >= c->duration;
}

static bool peer_has_read(const struct condition *c, const struct goal_scope *g)
{
  struct buf read;
  heap_buf_init(&read);
  for (size_t at = g->start; at < trace_count(g->trace); at++) {
    const struct record *r = trace_at(g->trace, at);
    if (r->kind == RECORD_CALL && r->call.verb == PEER_READ)
      buf_put(&read, (const char *)r->call.data.at, r->call.data.len);
  }
  bool found = read.len >= c->data_len && read.data && memmem(read.data, read.len, c->data, c->data_len);
  heap_buf_free(&read);
  return found || c->data_len == 0;
}

static bool peer_has_failed(const struct condition *c, const struct goal_scope *g)
{
  const enum call_error wanted = call_error_find((const char *)c->data, c->data_len);
  if (wanted == ERROR_OTHER) return false; /* no error is called that */
  for (size_t at = g->start; at < trace_count(g->trace); at++) {
    const struct record *r = trace_at(g->trace, at);
    if (r->kind == RECORD_CALL && r->call.outcome == PEER_FAILED && r->call.error == wanted) return true;
  }
  return false;
}

static bool goal_holds(const struct condition *c, const struct goal_scope *g, struct cursor_in_trace *from,
                       struct taken *taken)
{
  switch (c->kind) {
  case CONDITION_SENT:
  case CONDITION_GOT: {
    size_t at = find_segment(c, g, from->at, taken);
    if (at == trace_count(g->trace)) return false;
    if (taken->count < LESSON_GOALS_MAX) taken->at[taken->count++] = at;
    *from = (struct cursor_in_trace){.at = at + 1, .since = trace_at(g->trace, at)->t};
    return true;
  }
  case CONDITION_GOT_NOTHING:
    return was_silent(c, g, from);
  case CONDITION_STATE:
    /* What the matched segment itself led to counts. */
    return state_was(c, g, from->at > g->start ? from->at - 1 : from->at);
  case CONDITION_PEER_READ:
    return peer_has_read(c, g);
  case CONDITION_PEER_ERROR:
    return peer_has_failed(c, g);
  }
  return false;
}

static bool wrong_holds(const struct condition *c, const struct goal_scope *g, const struct taken *taken)
{
  const struct cursor_in_trace from = {.at = g->start, .since = g->began, .anywhere = true};
  switch (c->kind) {
  case CONDITION_SENT:
  case CONDITION_GOT:
    return find_segment(c, g, g->start, taken) < trace_count(g->trace);
  case CONDITION_GOT_NOTHING:
    return was_silent(c, g, &from);
  case CONDITION_STATE:
    return state_is(c, &g->tcb[c->end], g->now);
  case CONDITION_PEER_READ:
    return peer_has_read(c, g);
  case CONDITION_PEER_ERROR:
    return peer_has_failed(c, g);
  }
  return false;
}

void goal_check(const struct lesson_try *t, const struct goal_scope *g, struct goal_result *out)
{
  struct cursor_in_trace from = {.at = g->start, .since = g->began, .anywhere = true};
  struct taken taken = {0};
  *out = (struct goal_result){0};
  while (out->met < t->goal_count && goal_holds(&t->goal[out->met], g, &from, &taken)) out->met++;
  if (out->met == t->goal_count) return;
  out->unmet = &t->goal[out->met];
  for (size_t i = 0; i < t->wrong_count && !out->wrong; i++)
    if (wrong_holds(&t->wrong[i].when, g, &taken)) out->wrong = &t->wrong[i];
}

static bool forges_by_itself(const struct command_call *call)
{
  switch (call->command->id) {
  case COMMAND_SEND:
    return call->segment_len == 0;
  case COMMAND_AUTO:
    return !call->show_only && call->on;
  case COMMAND_SET:
    return !call->show_only && strcmp(call->key, "auto") == 0 && call->value_len == 2;
  case COMMAND_RESEND:
  case COMMAND_OPEN:
  case COMMAND_LISTEN:
  case COMMAND_CLOSE:
  case COMMAND_ABORT:
    return true;
  default:
    return false;
  }
}

/* "seq= and ack=" */
static void name_fields(uint32_t fields, struct buf *out)
{
  bool first = true;
  for (enum segment_field f = 0; f < SEG_FIELD_COUNT; f++) {
    if (!(fields & SEG_BIT(f))) continue;
    fields &= ~SEG_BIT(f);
    if (!first) buf_puts(out, fields ? ", " : " and ");
    first = false;
    if (f == SEG_FLAGS || f == SEG_DATA || f == SEG_OPTIONS)
      buf_printf(out, "the %s", segment_field_name(f));
    else
      buf_printf(out, "%s=", segment_field_name(f));
  }
}

void goal_put_by_hand(const struct lesson_try *t, struct buf *out) { name_fields(t->by_hand, out); }

bool goal_by_hand(const struct lesson_try *t, const struct command_call *call, struct err *err)
{
  char text[200];
  struct buf fields;
  uint8_t store[SEGMENT_DATA_MAX];
  struct segment s;
  if (!t->by_hand) return true;
  buf_init(&fields, text, sizeof text);
  name_fields(t->by_hand, &fields);
  if (forges_by_itself(call)) {
    err_at(err, ERR_STATE, call->at, call->len, "this segment is yours to forge: `%s`%s would do it for you",
           call->command->name, call->command->id == COMMAND_SEND ? " alone" : "");
    return err_hint(err, "`send` with %s", text);
  }
  if (call->command->id != COMMAND_SEND ||
      !segment_parse(call->segment, call->segment_len, NULL, store, sizeof store, &s, NULL))
    return true; /* what is no segment is refused when it is sent, in better words */
  if ((t->by_hand & ~s.given) == 0) return true;
  buf_reset(&fields);
  name_fields(t->by_hand & ~s.given, &fields);
  return err_at(err, ERR_STATE, call->at, call->len, "in this step you work out %s yourself", text);
}
