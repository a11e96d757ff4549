/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/session/session_private.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_PORT 1037 /* yours; the book's */

const struct segment_env *session_env(struct session *s)
{
  s->names = (struct trace_names){.tcb = {&session_connection(s)->tcb[END_YOU], &session_connection(s)->tcb[END_PEER]}};
  trace_names_env(&s->names, &s->segment_env);
  return &s->segment_env;
}

struct connection *session_connection(struct session *s) { return s->connections[s->current]; }

struct connection *session_find(struct session *s, const struct pair *pair)
{
  for (unsigned i = s->count; i-- > 0;)
    if (pair_equal(&s->connections[i]->pair, pair)) return s->connections[i];
  return NULL;
}

void connection_reset_yours(struct session *s, struct connection *c)
{
  tcb_init(&c->tcb[END_YOU], &s->your_profile, true, (seq_t)rng_next(&s->rng), true);
  c->tcb[END_YOU].fast = s->fast[END_YOU];
}

void session_peer_options(struct session *s, struct connection *c)
{
  c->peer_options = s->peer_options;
  c->peer_options.rto_max = made_rto_max(&s->made, c->pair.peer_port, s->peer_numbers.profile.rto_max);
  peer_compose(&s->peer_numbers, &c->peer_options, &c->peer_profile);
}

void session_peer_anew(struct session *s, struct connection *c)
{
  session_peer_options(s, c);
  tcb_init(&c->tcb[END_PEER], &c->peer_profile, false, 0, false);
}

void session_peer_compose(struct session *s, struct connection *c)
{
  usec_t was = c->peer_profile.keepalive_time;
  peer_compose(&s->peer_numbers, &c->peer_options, &c->peer_profile);
  if (c->peer_profile.keepalive_time != was) tcp_keepalive_changed(&c->tcb[END_PEER], session_now(s));
}

void session_peer_told(struct session *s)
{
  for (unsigned i = 0; i < s->count; i++) session_peer_compose(s, s->connections[i]);
}

struct connection *session_add(struct session *s, const struct pair *pair, struct err *err)
{
  struct connection **grown = realloc(s->connections, (s->count + 1) * sizeof *grown);
  if (grown) s->connections = grown;
  struct connection *c = grown ? calloc(1, sizeof *c) : NULL;
  if (c) c->number = trace_connect(s->trace, pair);
  if (!c || c->number == 0) {
    free(c);
    err_set(err, ERR_MEMORY, "no memory for another connection");
    return NULL;
  }
  c->pair = *pair;
  reach_set(s, c);
  c->matched = trace_count(s->trace);
  connection_reset_yours(s, c);
  session_peer_anew(s, c);
  s->connections[s->count++] = c;
  return c;
}

void session_adopt(struct session *s, struct connection *c, const struct pair *pair)
{
  c->pair = *pair;
  reach_set(s, c);
  c->listening = false;
  trace_connection_set(s->trace, c->number, pair);
  session_peer_anew(s, c);
}

struct connection *session_called(struct session *s, const struct pair *pair)
{
  struct connection *c = session_find(s, pair), *now = session_connection(s);
  if (c) return c;
  bool same_port = now->pair.you_port == pair->you_port;
  bool listens = same_port && now->tcb[END_YOU].state == STATE_LISTEN;
  enum tcp_state peer = now->tcb[END_PEER].state;
  bool gone = peer == STATE_CLOSED || peer == STATE_LISTEN;
  bool idle = !now->used && (same_port || now->tcb[END_YOU].state == STATE_CLOSED);
  if (idle || (listens && gone)) {
    session_adopt(s, now, pair);
    return now;
  }
  c = session_add(s, pair, NULL);
  if (!c || !listens) return c;
  now = session_connection(s);
  c->tcb[END_YOU] = now->tcb[END_YOU];
  connection_reset_yours(s, now);
  return c;
}

/* The peer's shadow begins where the peer is: a listener covers the pair, or nothing does. */
bool session_begin(struct session *s, struct connection *c, struct err *err)
{
  struct peer_truth truth;
  if (!addr_equal(&c->pair.peer, &s->config.peer_address)) return true;
  if (!peer_truth(s->config.peer, &c->pair, &truth, err)) return false;
  judge_listener(s, c, &truth);
  if (c->listening) {
    struct tcp_verdict verdict;
    tcp_call(&c->tcb[END_PEER], &(struct tcp_call){.kind = CALL_OPEN_PASSIVE}, session_now(s), &verdict);
  }
  return true;
}

static bool port_taken(const struct session *s, uint16_t port)
{
  for (unsigned i = 0; i < s->count; i++)
    if (s->connections[i]->used && s->connections[i]->pair.you_port == port &&
        s->connections[i]->pair.peer_port == PEER_PORT)
      return true;
  return false;
}

bool session_new_connection(struct session *s, uint16_t port, struct err *err)
{
  if (port == 0) {
    port = FIRST_PORT;
    while (port_taken(s, port)) port = port == 65535 ? 1024 : (uint16_t)(port + 1);
  } else if (port_taken(s, port)) {
    err_set(err, ERR_STATE, "port %u of yours has a connection to port %u already", port, PEER_PORT);
    return err_hint(err, "`use N` goes back to a connection, `new` alone takes a free port");
  }
  struct pair pair = {s->config.your_address, s->config.peer_address, port, PEER_PORT};
  struct connection *c = s->count ? session_connection(s) : NULL, *same = session_find(s, &pair);
  if (same && same != c) { /* nothing has gone over it, or its port would be taken */
    session_use(s, same->number, NULL);
    c = same;
  } else if (c && !c->used && c->tcb[END_YOU].state == STATE_CLOSED) {
    session_adopt(s, c, &pair); /* nothing has gone over it yet: it takes the port */
  } else {
    c = session_add(s, &pair, err);
    if (!c) return false;
    s->current = s->count - 1;
  }
  return session_begin(s, c, err);
}

bool session_use(struct session *s, unsigned number, struct err *err)
{
  for (unsigned i = 0; i < s->count; i++)
    if (s->connections[i]->number == number) {
      s->current = i;
      return true;
    }
  err_set(err, ERR_RANGE, "there is no connection %u", number);
  return err_hint(err, "`connections` lists them");
}

struct session *session_new(const struct session_config *config, struct err *err)
{
  struct session *s = calloc(1, sizeof *s);
  if (!s) {
    err_set(err, ERR_MEMORY, "no memory for a session");
    return NULL;
  }
  s->trace = trace_new();
  if (!s->trace) {
    free(s);
    err_set(err, ERR_MEMORY, "no memory for a trace");
    return NULL;
  }
  s->config = *config;
  s->your_profile = *config->your_profile;
  peer_numbers_init(&s->peer_numbers, config->peer_profile);
  made_listener(&s->made, PEER_PORT, s->peer_numbers.profile.rto_max);
  s->rng.state = config->seed;
  s->began = wire_now(config->wire);
  s->quickack = true;
  s->stirred = 1;
  s->truth_due = USEC_NEVER;
  if (!session_new_connection(s, 0, err)) {
    s->config.wire = NULL; /* still the caller's */
    s->config.peer = NULL;
    session_free(s);
    return NULL;
  }
  return s;
}

/* What the peer's system still has of the connections would outlive us by minutes: orphans repeat their FINs to
   nobody. */
static void forget_connections(struct session *s)
{
  for (unsigned i = 0; i < s->count; i++) {
    const struct connection *c = s->connections[i];
    if (s->config.sees_truth && c->used && !c->untold) peer_forget(s->config.peer, &c->pair);
  }
}

void session_free(struct session *s)
{
  if (!s) return;
  forget_connections(s);
  peer_free(s->config.peer);
  wire_free(s->config.wire);
  for (unsigned i = 0; i < s->count; i++) free(s->connections[i]);
  free(s->connections);
  for (size_t i = 0; i < s->held_count; i++) free(s->held[i].octets);
  free(s->held);
  trace_free(s->trace);
  free(s);
}

struct trace *session_trace(struct session *s) { return s->trace; }
unsigned session_current(const struct session *s) { return s->connections[s->current]->number; }
const struct pair *session_pair(const struct session *s) { return &s->connections[s->current]->pair; }
const struct tcb *session_tcb(const struct session *s) { return s->connections[s->current]->tcb; }
usec_t session_now(struct session *s) { return wire_now(s->config.wire) - s->began; }
struct peer *session_peer(struct session *s) { return s->config.peer; }
struct wire *session_wire(struct session *s) { return s->config.wire; }
void session_lose(struct session *s, unsigned arrivals) { s->lose = arrivals; }
bool session_is_auto(const struct session *s) { return s->automatic; }

void session_auto(struct session *s, bool on)
{
  s->automatic = on;
  if (!on) return;
  step_begin(s);
  step_end(s);
}

size_t session_pollfds(struct session *s, struct pollfd *fds, size_t cap)
{
  size_t n = wire_pollfds(s->config.wire, fds, cap);
  return n + s->config.peer->ops->pollfds(s->config.peer, fds + n, cap - n);
}

usec_t session_deadline(struct session *s)
{
  usec_t due = wire_deadline(s->config.wire);
  if (due != USEC_NEVER) due -= s->began;
  if (s->truth_due < due) due = s->truth_due;
  for (unsigned i = 0; i < s->count; i++) {
    usec_t d = tcp_deadline(&s->connections[i]->tcb[END_YOU]);
    if (d < due) due = d;
  }
  return due;
}

void session_pump(struct session *s)
{
  s->step_open = false;
  s->roused = true;
  judge_your_timers(s);
  if (s->truth_due <= session_now(s))
    for (unsigned i = 0; i < s->count; i++) s->connections[i]->touched = true;
  step_end(s);
  trace_make_ready(s->trace);
  wire_make_ready(s->config.wire);
}
