/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The peer's user: every call it makes, asked for or by its app, is recorded and taken by the peer's shadow.
 */
#include "engine/session/session_private.h"

#include "engine/peer/number.h"
#include "engine/peer/setting.h"

#include <string.h>

/* The call of RFC 9293 §3.10 that a socket call amounts to; false: none. */
static bool as_user_call(const struct connection *c, const struct peer_event *e, struct tcp_call *call)
{
  memset(call, 0, sizeof *call);
  bool done = e->outcome == PEER_DONE;
  switch (e->verb) {
  case PEER_CONNECT:
    call->kind = CALL_OPEN_ACTIVE;
    return !e->completion && e->outcome != PEER_FAILED;
  case PEER_SEND:
    call->kind = CALL_SEND;
    call->len = (uint32_t)e->taken;
    return e->taken > 0;
  case PEER_READ:
    call->kind = CALL_RECEIVE;
    /* Who finds the end of file, or nothing, has passed over what was left: an urgent octet. */
    call->len = e->len > 0 ? (uint32_t)e->len : c->tcb[END_PEER].unread;
    return (done || (e->outcome == PEER_PENDING && !e->completion)) && call->len > 0;
  case PEER_SHUTDOWN:
    call->kind = CALL_CLOSE;
    return done;
  case PEER_CLOSE:
    call->kind = peer_close_aborts(&c->peer_options) && !e->listener ? CALL_ABORT : CALL_CLOSE;
    call->release = true;
    return done && !e->stale;
  case PEER_ABORT:
    call->kind = CALL_ABORT;
    return done && !e->stale;
  default:
    return false;
  }
}

/* What only prepares the peer is a setting of the session, not a call of the peer's user. */
static bool is_setting(enum peer_verb verb)
{
  return verb == PEER_APP || verb == PEER_ISN || verb == PEER_SET;
}

static struct connection *event_connection(struct session *s, const struct peer_event *e)
{
  struct connection *c = session_find(s, &e->pair);
  if (c) return c;
  struct connection *now = session_connection(s);
  if (e->verb != PEER_CONNECT) return e->verb == PEER_LISTEN || is_setting(e->verb) ? now : NULL;
  c = session_called(s, &e->pair);
  if (c) session_use(s, c->number, NULL);
  return c;
}

static void vanish(struct session *s, struct connection *c)
{
  struct tcb *peer = &c->tcb[END_PEER];
  enum tcp_state from = peer->state;
  session_peer_anew(s, c);
  c->expected_count = 0;
  record_state(s, c, END_PEER, from, NULL);
}

static void listen_anew(struct session *s, const struct peer_event *e)
{
  for (unsigned i = 0; i < s->count; i++) {
    struct connection *c = s->connections[i];
    struct tcb *peer = &c->tcb[END_PEER];
    if (c->pair.peer_port != e->pair.peer_port || peer->state != STATE_CLOSED) continue;
    struct tcp_verdict v;
    session_peer_anew(s, c);
    tcp_call(peer, &(struct tcp_call){.kind = CALL_OPEN_PASSIVE}, s->at, &v);
    c->listening = true;
    record_state(s, c, END_PEER, STATE_CLOSED, verdict_decisive(&v));
  }
}

/* A connection whose listener closes goes with it when no program has accepted it: one that has finished the
   handshake with RST; a request in silence, which Linux removes when it next looks at it. */
static void lose_listener(struct session *s, struct connection *c, const struct tcp_rule *rule)
{
  struct tcb *peer = &c->tcb[END_PEER];
  enum tcp_state from = peer->state;
  struct tcp_verdict v;
  c->listening = false;
  bool fast = peer->fast.taken;
  c->abandoned = from == STATE_SYN_RECEIVED && peer->passive && !fast;
  if (from == STATE_LISTEN) {
    session_peer_anew(s, c);
  } else if (!c->accepted && (from == STATE_ESTABLISHED || from == STATE_CLOSE_WAIT || fast)) {
    tcp_call(peer, &(struct tcp_call){.kind = CALL_ABORT}, s->at, &v);
    arrive_expect(c, &v);
    rule = verdict_decisive(&v);
  }
  record_state(s, c, END_PEER, from, rule);
  c->touched = true;
}

/* CLOSE in LISTEN: nobody is there any more for any pair with the port. */
static void listen_no_more(struct session *s, const struct peer_event *e, const struct tcp_rule *rule)
{
  fast_queue_unsaid(&s->fast_queue, e->pair.peer_port, 0);
  made_closed(&s->made, e->pair.peer_port);
  for (unsigned i = 0; i < s->count; i++)
    if (s->connections[i]->pair.peer_port == e->pair.peer_port) lose_listener(s, s->connections[i], rule);
}

/* What a read() gave; what a send() was given, if somebody asked for it. */
static struct octets octets_of(const struct peer_event *e, const struct peer_request *asked)
{
  if (e->verb == PEER_READ && e->data && e->len > 0) return (struct octets){e->data, e->len};
  if (e->verb == PEER_SEND && asked && asked->data) return (struct octets){asked->data, asked->len};
  return (struct octets){NULL, 0};
}

static struct octets octets_of_text(const char *text)
{
  return (struct octets){(const uint8_t *)text, strlen(text)};
}

static void record_setting(struct session *s, struct connection *c, enum peer_verb verb,
                           const struct peer_request *asked)
{
  struct record r = {.kind = RECORD_SETTING, .end = END_PEER, .set = {.verb = verb}};
  if (asked && verb == PEER_SET) {
    r.set.name = octets_of_text(asked->key);
    r.set.value = octets_of_text(asked->value);
  }
  if (asked && verb == PEER_APP) r.set.value = octets_of_text(peer_app_name(asked->app));
  if (asked && verb == PEER_ISN) r.set.number = asked->isn;
  record_put(s, c, &r);
}

/* NULL: it only tells how far a call has come that goes on. */
static struct record *record_call(struct session *s, struct connection *c, const struct peer_event *e,
                                  const struct peer_request *asked)
{
  if (e->outcome == PEER_PENDING && e->completion) return NULL;
  struct record r = {.kind = RECORD_CALL, .end = END_PEER};
  r.call = (struct record_call){.verb = e->verb,
                                .outcome = e->outcome,
                                .error = e->outcome == PEER_FAILED ? ERROR_OTHER : ERROR_NONE,
                                .by_app = e->by_app,
                                .returns = e->completion,
                                .unread = e->unread,
                                .stale = e->stale,
                                .count = e->len,
                                .data = octets_of(e, asked),
                                .status = e->truth,
                                .held = e->held};
  if (e->outcome == PEER_FAILED && e->error) r.call.error = call_error_find(e->error, strlen(e->error));
  return record_put(s, c, &r);
}

/* ASKED: what the peer was told to do, of which E is the result; NULL: nobody told it. */
static void apply(struct session *s, const struct peer_event *e, const struct peer_request *asked)
{
  struct connection *c = event_connection(s, e);
  s->stirred++;
  s->roused = true;
  if (!c) return;
  if (e->verb == PEER_ISN && e->outcome == PEER_DONE) s->isn_chosen = true;
  if ((e->verb == PEER_ACCEPT || e->verb == PEER_CONNECT) && e->outcome != PEER_FAILED) c->accepted = true;
  if (is_setting(e->verb) && e->outcome == PEER_DONE) {
    record_setting(s, c, e->verb, asked);
    return;
  }
  step_at(s, e->when - s->began);
  struct record *r = record_call(s, c, e, asked);
  if (e->outcome == PEER_FAILED) s->last_error = e->error;
  struct tcb *peer = &c->tcb[END_PEER];
  struct tcp_call call;
  if (e->listener) {
    static const char rule[] = "call.close.listen";
    listen_no_more(s, e, tcp_rule_find(rule, sizeof rule - 1));
  } else if (as_user_call(c, e, &call)) {
    enum tcp_state from = peer->state;
    struct tcp_verdict v;
    if (e->verb == PEER_CLOSE && e->unread && peer->unread == 0) peer->unread = 1;
    tcp_call(peer, &call, s->at, &v);
    arrive_expect(c, &v);
    record_state(s, c, END_PEER, from, verdict_decisive(&v));
  } else if (e->verb == PEER_CRASH && e->outcome == PEER_DONE) {
    vanish(s, c);
  } else if (e->verb == PEER_LISTEN && e->outcome == PEER_DONE) {
    listen_anew(s, e);
  }
  if (r) trace_after(s->trace, r, c->tcb);
  c->touched = true;
}

void drive_apply(struct session *s, const struct peer_event *e) { apply(s, e, NULL); }

bool drive_events(struct session *s)
{
  struct peer_event e;
  bool any = false;
  for (unsigned i = 0; i < 256 && peer_next_event(s->config.peer, &e); i++) {
    drive_apply(s, &e);
    arrive_drain(s);
    any = true;
  }
  return any;
}

/* A socket option holds for the program's socket, for sockets to come, and for what a listener has not made
   yet. */
static bool has_option(const struct connection *c, const struct pair *pair)
{
  const struct tcb *peer = &c->tcb[END_PEER];
  bool to_come = peer->state == STATE_CLOSED || peer->state == STATE_LISTEN;
  return to_come || (peer->state == STATE_SYN_RECEIVED && peer->passive && !peer->fast.taken) ||
         (c->accepted && pair_equal(&c->pair, pair));
}

static void mirror_option(struct session *s, struct connection *c, enum peer_option option, int value)
{
  struct tcb *peer = &c->tcb[END_PEER];
  struct tcp_verdict v;
  c->peer_options.set[option] = true;
  c->peer_options.value[option] = value;
  session_peer_compose(s, c);
  if (option == PEER_OPTION_QUICKACK) peer->delay.pingpong = c->peer_profile.pingpong;
  if (option != PEER_OPTION_NODELAY || peer->queued == 0) return;
  tcp_call(peer, &(struct tcp_call){.kind = CALL_STATUS}, s->at, &v); /* what Nagle held back goes */
  arrive_expect(c, &v);
}

/* What the peer's system was told changes what its shadow predicts. */
static void mirror_setting(struct session *s, const struct peer_request *r)
{
  const struct peer_setting *setting;
  int value;
  void *in;
  if (!r->key || !r->value || !peer_setting_parse(r->key, r->value, &setting, &value, NULL)) return;
  if (setting->sysctl) {
    const struct number *n = peer_number(&s->peer_numbers, setting->name, &in);
    if (n) number_write(n, in, value);
    session_peer_told(s);
    return;
  }
  if (setting->option == PEER_OPTION_FASTOPEN) fast_queue_unsaid(&s->fast_queue, 0, 0);
  s->peer_options.set[setting->option] = true;
  s->peer_options.value[setting->option] = value;
  for (unsigned i = 0; i < s->count; i++)
    if (has_option(s->connections[i], &r->pair)) mirror_option(s, s->connections[i], setting->option, value);
}

static bool port_truth(struct session *s, const struct peer_request *listen, struct peer_truth *truth)
{
  struct pair port = listen->pair;
  port.you_port = 0;
  port.peer_port = listen->port ? listen->port : PEER_PORT;
  return peer_truth(s->config.peer, &port, truth, NULL) && truth->known;
}

/* A port on which nobody had listened may do Fast Open without being told to: as often as its backlog. */
static void begin_listening(struct session *s, const struct peer_request *r, const struct peer_event *e)
{
  struct peer_truth truth;
  if (e->outcome != PEER_DONE || !port_truth(s, r, &truth) || !truth.listening) return;
  unsigned most = peer_fast_open_unsaid(&s->peer_numbers, &s->peer_options, truth.send_queue);
  fast_queue_unsaid(&s->fast_queue, e->pair.peer_port, most);
  made_listener(&s->made, e->pair.peer_port, s->peer_numbers.profile.rto_max);
}

bool drive_call(struct session *s, const struct peer_request *request, struct peer_event *e, struct err *err)
{
  struct peer_event first;
  struct peer_truth before;
  bool begins = request->verb == PEER_LISTEN && port_truth(s, request, &before) && !before.listening;
  s->stirred++;
  s->roused = true;
  if (!peer_call(s->config.peer, request, e, err)) return false;
  /* An accept() that the call needed came before it, but is told after it. What was read is the peer's memory
     until the next call into it, so that a read() is told first and the accept() with it. */
  bool more = !e->data && peer_next_event(s->config.peer, &first);
  if (more && first.when <= e->when) drive_apply(s, &first);
  if (e->verb == PEER_SET && e->outcome == PEER_DONE) mirror_setting(s, request);
  if (e->verb == PEER_ISN && e->outcome == PEER_DONE) s->isn = request->isn;
  if (begins) begin_listening(s, request, e);
  apply(s, e, request);
  if (more && first.when > e->when) drive_apply(s, &first);
  return true;
}

static bool needs_connection(enum peer_verb verb)
{
  return !is_setting(verb) && verb != PEER_LISTEN && verb != PEER_CONNECT && verb != PEER_STATUS;
}

bool session_peer_call(struct session *s, struct peer_request *request, struct peer_event *result,
                       struct err *err)
{
  struct peer_event e;
  const struct connection *c = session_connection(s);
  if (c->untold && needs_connection(request->verb)) {
    err_set(err, ERR_STATE, "port 0 is nobody's: the peer's program has no connection with it");
    return err_hint(err, "`connections` and `use N` go back to another");
  }
  request->pair = c->pair;
  step_begin(s);
  bool ok = drive_call(s, request, &e, err);
  if (ok && result) *result = e;
  step_end(s);
  return ok;
}
