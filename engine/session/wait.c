/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waiting, and expecting. Every wait is for an event with a bound; on the model wire the clock moves instead.
 */
#include "engine/session/session_private.h"

#include "engine/base/buf.h"
#include "engine/trace/expect.h"
#include "engine/words/words.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT_WITHIN (1 * USEC_S)
#define SHOW_EVERY (100 * USEC_MS) /* a host that shows the wait hears of it so often */

/* One wait: what it is for, and what has been seen of it. */
struct waiting {
  const struct session_wait *what;
  struct connection *c;
  size_t seen;        /* trace index: records before it have been looked at */
  enum message found; /* what there is instead; NONE: nothing */
  struct facts facts; /* of that message */
  struct err refusal; /* PEER_READ: why the peer could not be asked, in its words */
  bool in_order;      /* expect: the oldest arrival or none */
  bool mismatch;      /* expect: that oldest one differs */
  bool read_pending;
  size_t got; /* PEER_READ: octets that agreed so far */
};

static void found(struct waiting *w, enum message message, struct facts facts)
{
  w->found = message;
  w->facts = facts;
}

static struct octets pattern_of(const struct waiting *w)
{
  return (struct octets){(const uint8_t *)w->what->pattern, w->what->pattern_len};
}

/* The arrivals of the connection that no expectation has matched yet, oldest first. */
static const struct record *next_arrival(struct session *s, struct waiting *w)
{
  for (; w->seen < trace_count(s->trace); w->seen++) {
    const struct record *r = trace_at(s->trace, w->seen);
    if (r->kind == RECORD_SEGMENT && r->end == END_PEER && r->fate == FATE_SENT &&
        r->connection == w->c->number)
      return r;
  }
  return NULL;
}

static bool matches(const struct waiting *w, const struct record *r)
{
  uint8_t store[SEGMENT_DATA_MAX];
  const struct octets typed = pattern_of(w);
  struct segment pattern;
  return expect_parse(&typed, r, true, store, &pattern, NULL) && expect_differs(&pattern, &r->segment) == 0;
}

static bool segment_met(struct session *s, struct waiting *w)
{
  const struct record *r;
  while (!w->mismatch && (r = next_arrival(s, w))) {
    if (matches(w, r)) {
      w->c->matched = ++w->seen;
      return true;
    }
    found(w, MESSAGE_FOUND_DIFFERENCE, (struct facts){.segment = r, .pattern = pattern_of(w)});
    if (w->in_order) {
      w->mismatch = true;
    } else {
      w->seen++;
    }
  }
  return false;
}

/* An expectation that the oldest arrival does not meet: which one that is, how it differs, and which one
   later would have met it. */
static void tell_arrival(struct session *s, struct waiting *w)
{
  const struct record *r = next_arrival(s, w);
  if (!r) return;
  found(w, MESSAGE_FOUND_SEGMENT, (struct facts){.segment = r, .pattern = pattern_of(w)});
  for (w->seen++; (r = next_arrival(s, w)); w->seen++) {
    if (!matches(w, r)) continue;
    w->found = MESSAGE_FOUND_BEFORE;
    w->facts.later = r;
    return;
  }
}

static bool nothing_broken(struct session *s, struct waiting *w)
{
  const struct record *r = next_arrival(s, w);
  if (!r) return false;
  found(w, MESSAGE_FOUND_SOMETHING, (struct facts){.segment = r});
  return true;
}

static bool state_met(struct session *s, struct waiting *w)
{
  enum tcp_state state = w->c->tcb[w->what->end].state, want = w->what->state;
  bool met = state == want;
  if (w->what->end == END_PEER && s->config.sees_truth) {
    struct peer_truth truth;
    if (peer_truth(s->config.peer, &w->c->pair, &truth, NULL) && truth.known) {
      state = truth.state;
      met = state == want || (want == STATE_CLOSED && truth.listening) ||
            (want == STATE_LISTEN && truth.listening);
      if (met && w->c->tcb[END_PEER].state != want) judge_truth(s, w->c);
    }
  }
  const enum message is_in = w->what->end == END_YOU ? MESSAGE_FOUND_YOU_IN : MESSAGE_FOUND_PEER_IN;
  found(w, met ? MESSAGE_NONE : is_in, (struct facts){.state = state});
  return met;
}

static enum call_error error_of(const char *name) { return call_error_find(name, strlen(name)); }

/* The peer's program could not even be asked: in which state it is says why. */
static void tell_refusal(struct session *s, struct waiting *w)
{
  struct facts facts = {.port = w->c->pair.you_port, .system = s->config.peer->ops->kernel};
  struct peer_truth truth;
  enum message why = MESSAGE_FOUND_READING;
  w->mismatch = true;
  if (!peer_truth(s->config.peer, &w->c->pair, &truth, NULL) || !truth.known) {
    found(w, MESSAGE_FOUND_UNREADABLE, facts);
    return;
  }
  facts.state = truth.state;
  if (truth.listening || truth.state == STATE_CLOSED || truth.state == STATE_LISTEN)
    why = MESSAGE_FOUND_NO_CONNECTION;
  else if (truth.state == STATE_SYN_RECEIVED)
    why = MESSAGE_FOUND_NOT_YET;
  else if (!truth.owned)
    why = MESSAGE_FOUND_LET_GO;
  else if (truth.state == STATE_SYN_SENT)
    why = MESSAGE_FOUND_CONNECTING;
  found(w, why, facts);
}

/* One read() is over: what it gave is the text's, or is not. */
static void take_read(struct waiting *w, const struct peer_event *e)
{
  w->mismatch = true;
  if (e->outcome == PEER_FAILED) {
    found(w, MESSAGE_FOUND_READ_ERROR, (struct facts){.error = error_of(e->error)});
  } else if (e->len == 0) {
    found(w, MESSAGE_FOUND_END_OF_FILE, (struct facts){0});
  } else if (memcmp(e->data, w->what->text + w->got, e->len) != 0) {
    found(w, MESSAGE_FOUND_DATA, (struct facts){.data = {e->data, e->len}});
  } else {
    found(w, MESSAGE_NONE, (struct facts){0});
    w->mismatch = false;
    w->got += e->len;
  }
}

/* Reads at the peer until the text is there, differs, or the connection ends. */
static bool read_met(struct session *s, struct waiting *w)
{
  while (w->got < w->what->text_len && !w->mismatch && !w->read_pending) {
    struct peer_request request = {.verb = PEER_READ, .pair = w->c->pair, .len = w->what->text_len - w->got};
    struct peer_event e;
    s->stirred++;
    s->roused = true;
    if (!peer_call(s->config.peer, &request, &e, &w->refusal)) {
      tell_refusal(s, w);
      return false;
    }
    if (e.outcome == PEER_PENDING) {
      w->read_pending = true;
      found(w, MESSAGE_FOUND_PART, (struct facts){.octets = w->got, .wanted = w->what->text_len});
      return false;
    }
    drive_apply(s, &e);
    take_read(w, &e);
  }
  return w->got == w->what->text_len && !w->mismatch;
}

static bool error_met(struct session *s, struct waiting *w)
{
  found(w, MESSAGE_NONE, (struct facts){0});
  if (!s->last_error) {
    found(w, MESSAGE_FOUND_NO_ERROR, (struct facts){0});
    return false;
  }
  if (strlen(s->last_error) == w->what->text_len &&
      memcmp(s->last_error, w->what->text, w->what->text_len) == 0) {
    s->last_error = NULL;
    return true;
  }
  found(w, MESSAGE_FOUND_ERROR, (struct facts){.error = error_of(s->last_error)});
  return false;
}

/* The 2MSL timer that runs, of whichever end; USEC_NEVER: none. */
static usec_t two_msl(const struct connection *c)
{
  usec_t you = c->tcb[END_YOU].timer[TIMER_TIME_WAIT], peer = c->tcb[END_PEER].timer[TIMER_TIME_WAIT];
  return you < peer ? you : peer;
}

static bool two_msl_over(const struct connection *c)
{
  return c->tcb[END_YOU].state != STATE_TIME_WAIT && c->tcb[END_PEER].state != STATE_TIME_WAIT;
}

static bool met(struct session *s, struct waiting *w)
{
  switch (w->what->goal) {
  case GOAL_SEGMENT:
    return segment_met(s, w);
  case GOAL_STATE:
    return state_met(s, w);
  case GOAL_PEER_READ:
    return read_met(s, w);
  case GOAL_PEER_ERROR:
    return error_met(s, w);
  case GOAL_2MSL:
    return two_msl_over(w->c);
  case GOAL_NOTHING:
    return nothing_broken(s, w);
  case GOAL_TIME:
    break;
  }
  return false;
}

/* What may come true without a segment. */
static bool asks_again(enum session_goal goal)
{
  return goal == GOAL_STATE || goal == GOAL_PEER_READ || goal == GOAL_PEER_ERROR;
}

/* A wire with nothing to poll has a clock that only waiting moves. */
static bool virtual_time(struct session *s)
{
  struct pollfd fd;
  return wire_pollfds(s->config.wire, &fd, 1) == 0;
}

/* When it will be over at the latest, as far as can be told. */
static usec_t foreseen(const struct waiting *w, usec_t until)
{
  usec_t timer = w->what->goal == GOAL_2MSL ? two_msl(w->c) : USEC_NEVER;
  return timer < until ? timer : until;
}

enum ending { ENDED_MET, ENDED_LATE, ENDED_INTERRUPTED };

/* Lets time pass until W is met, cannot be met any more, or UNTIL (since the session began) has come. */
static enum ending pass_time(struct session *s, struct waiting *w, usec_t until)
{
  usec_t began = session_now(s);
  for (;;) {
    session_pump(s);
    w->read_pending = false;
    if (met(s, w)) return ENDED_MET;
    usec_t now = session_now(s);
    if (w->mismatch || now >= until) return ENDED_LATE;
    if (s->config.on_wait) s->config.on_wait(s->config.ctx, began, now, foreseen(w, until));
    usec_t next = session_deadline(s);
    if (next == USEC_NEVER && virtual_time(s)) {
      /* Both machines stand still: nothing comes but the end of the wait. */
      if (until == USEC_NEVER) return ENDED_LATE;
      if (wire_wait(s->config.wire, until + s->began, s->config.wake_fd)) return ENDED_INTERRUPTED;
      continue;
    }
    if (until < next) next = until;
    if (next - now > 50 * USEC_MS && asks_again(w->what->goal)) next = now + 50 * USEC_MS;
    if (s->config.on_wait && next - now > SHOW_EVERY) next = now + SHOW_EVERY;
    if (next < now) next = now;
    usec_t absolute = next == USEC_NEVER ? USEC_NEVER : next + s->began;
    if (wire_wait(s->config.wire, absolute, s->config.wake_fd)) return ENDED_INTERRUPTED;
  }
}

static usec_t bound(struct session *s, usec_t within, usec_t otherwise)
{
  if (within < 0) within = otherwise;
  return within == USEC_NEVER ? USEC_NEVER : session_now(s) + within;
}

/* What there is instead, for an error; what a call into the peer refused is in its own words. */
static void put_found(const struct waiting *w, struct buf *b)
{
  if (w->found == MESSAGE_FOUND_UNREADABLE)
    buf_puts(b, w->refusal.message);
  else
    words_message(b, w->found, &w->facts);
}

bool session_wait(struct session *s, const struct session_wait *what, struct err *err)
{
  struct waiting w = {.what = what, .c = session_connection(s)};
  w.seen = w.c->matched;
  usec_t until = bound(s, what->within, USEC_NEVER);
  if (what->goal == GOAL_2MSL) {
    if (two_msl(w.c) == USEC_NEVER) {
      err_set(err, ERR_STATE, "no 2MSL timer runs: neither end is in TIME-WAIT");
      return err_hint(err, "the end that closes first waits");
    }
    until = bound(s, what->within, USEC_NEVER);
  }
  switch (pass_time(s, &w, until)) {
  case ENDED_MET:
    return true;
  case ENDED_INTERRUPTED:
    return err_set(err, ERR_STATE, "the wait was interrupted");
  case ENDED_LATE:
    break;
  }
  if (what->goal == GOAL_TIME) return true;
  char text[400];
  struct buf instead;
  buf_init(&instead, text, sizeof text);
  put_found(&w, &instead);
  return err_set(err, ERR_MISMATCH, "waited in vain%s%s", instead.len ? ": " : "", text);
}

static void record_expectation(struct session *s, const struct waiting *w, bool ok)
{
  struct record r = {.kind = RECORD_EXPECT};
  r.ok = ok;
  r.written = (struct octets){(const uint8_t *)w->what->as_written, w->what->as_written_len};
  if (!ok) {
    r.message = w->found;
    r.facts = w->facts;
  }
  s->step_open = false;
  step_begin(s);
  record_put(s, w->c, &r);
  step_end(s);
}

static bool tell_expectation(struct session *s, const struct waiting *w, bool ok, struct err *err)
{
  char text[400], written[300];
  struct buf instead;
  buf_init(&instead, text, sizeof text);
  if (!ok) put_found(w, &instead); /* before the peer is called again: octets that were read are its own */
  record_expectation(s, w, ok);
  if (ok) return true;
  return err_set(err, ERR_MISMATCH, "expected %s, but %s%s",
                 buf_show(written, sizeof written, w->what->as_written, w->what->as_written_len),
                 w->what->goal == GOAL_SEGMENT && w->mismatch ? "found " : "",
                 instead.len ? text : "nothing came in time");
}

bool session_expect(struct session *s, const struct session_wait *what, struct err *err)
{
  struct waiting w = {.what = what, .c = session_connection(s), .in_order = true};
  w.seen = w.c->matched;
  usec_t until = bound(s, what->within, what->goal == GOAL_NOTHING ? 0 : EXPECT_WITHIN);
  enum ending ending = pass_time(s, &w, until);
  if (ending == ENDED_INTERRUPTED) return err_set(err, ERR_STATE, "the wait was interrupted");
  bool ok = (ending == ENDED_MET) != (what->goal == GOAL_NOTHING);
  if (ok && what->goal == GOAL_NOTHING && !arrive_all_known(s)) {
    ok = false;
    found(&w, MESSAGE_FOUND_NOT_DONE, (struct facts){0});
  }
  if (what->goal == GOAL_SEGMENT && w.mismatch) tell_arrival(s, &w);
  return tell_expectation(s, &w, ok, err);
}

void session_pass_arrivals(struct session *s)
{
  for (unsigned i = 0; i < s->count; i++) s->connections[i]->matched = trace_count(s->trace);
}
