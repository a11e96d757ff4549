/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs: each is the socket call of its name, tried once. */
#include "engine/base/err.h"
#include "engine/peer/model_own.h"
#include "engine/segment/text.h"

#include <stdlib.h>
#include <string.h>

struct peer_event model_event(const struct model *m, enum peer_verb verb, const struct pair *pair)
{
  return (struct peer_event){.verb = verb, .outcome = PEER_DONE, .pair = *pair, .when = m->now};
}

void model_fail(struct peer_event *e, const char *error)
{
  e->outcome = PEER_FAILED;
  e->error = error;
}

void model_queue_event(struct model *m, const struct peer_event *e)
{
  if (m->event_first == m->event_end) m->event_first = m->event_end = 0;
  if (m->event_end == m->event_cap) {
    size_t cap = m->event_cap ? 2 * m->event_cap : 16;
    struct peer_event *grown = cap <= 4 * MODEL_LINKS_MAX ? realloc(m->events, cap * sizeof *grown) : NULL;
    if (!grown) { /* nobody listens: the oldest is lost */
      memmove(m->events, m->events + 1, (m->event_end - 1) * sizeof *m->events);
      m->event_end--;
    } else {
      m->events = grown;
      m->event_cap = cap;
    }
  }
  m->events[m->event_end++] = *e;
}

void model_app_start(struct model *m, struct model_link *k)
{
  app_begin(&k->app, m->app, m->close_on_eof, m->calendar + m->now / USEC_S);
}

static void cancelled(struct model *m, const struct pair *pair, enum peer_verb verb)
{
  struct peer_event e = model_event(m, verb, pair);

  e.completion = true;
  e.when++; /* told after the call that has cancelled it */
  model_fail(&e, "ECANCELED");
  model_queue_event(m, &e);
}

void model_cancel(struct model *m, struct model_link *k)
{
  if (k->connecting) cancelled(m, &k->pair, PEER_CONNECT);
  if (k->reading) cancelled(m, &k->pair, PEER_READ);
  if (k->unsent) cancelled(m, &k->pair, PEER_SEND);
  k->connecting = k->reading = false;
  free(k->unsent);
  k->unsent = NULL;
}

void model_let_go(struct model *m, struct model_link *k, bool abort, struct peer_event *e)
{
  model_cancel(m, k);
  bool stale = k->tcb.state == STATE_CLOSED, unread = model_socket_close(m, k, abort);
  if (e) e->stale = stale;
  if (e && !abort) e->unread = unread;
}

struct model_link *model_accept(struct model *m, uint16_t port)
{
  struct model_link *k;

  if (model_accept_queue(m, port, &k) == 0) return NULL;
  /* What a program still holds of the pair is dead: it makes room for the living. */
  struct model_link *old = model_link_held(m, &k->pair);
  if (old) model_let_go(m, old, false, NULL);
  k->queued = 0;
  k->held = k->served = true;
  model_app_start(m, k);
  return k;
}

void model_accepted(struct model *m, const struct model_link *k, bool by_app)
{
  struct peer_event e = model_event(m, PEER_ACCEPT, &k->pair);

  e.by_app = by_app;
  if (!by_app && m->accepting && pair_equal(&m->accept_pair, &k->pair)) {
    e.completion = true;
    m->accepting = false;
  }
  model_queue_event(m, &e);
}

struct model_link *model_take(struct model *m, const struct pair *pair, bool report)
{
  struct model_link *k;

  while (model_listener(m, pair->peer_port) && (k = model_accept(m, pair->peer_port)) != NULL) {
    bool wanted = pair->you_port == 0 || pair_equal(&k->pair, pair);
    if (!wanted || report) model_accepted(m, k, false);
    if (wanted) return k;
  }
  return NULL;
}

/* The pair's descriptor, accepted for it if need be. NULL: *ERR says in which state the pair is. */
static struct model_link *need(struct model *m, const struct pair *pair, struct err *err)
{
  struct model_link *k = model_link_held(m, pair);

  if (!k) k = model_take(m, pair, true);
  if (k) return k;
  k = model_link_live(m, pair);
  if (!k) {
    err_set(err, ERR_STATE, "the peer has no connection with your port %u", pair->you_port);
  } else if (k->tcb.state == STATE_SYN_RECEIVED) {
    err_set(err, ERR_STATE, "in SYN-RECEIVED the peer's program has no connection yet");
    err_hint(err, "complete the handshake, then accept() has one to return");
  } else {
    err_set(err, ERR_STATE, "the peer's program has let go of it; the model finishes alone in %s",
            tcp_state_name(k->tcb.state));
  }
  return NULL;
}

/* Whether a socket that called first is bound to the port. */
static bool port_in_use(const struct model *m, uint16_t port)
{
  for (size_t i = 0; i < m->link_count; i++)
    if (m->links[i]->pair.peer_port == port && !m->links[i]->served && !m->links[i]->tcb.passive) return true;
  return false;
}

static bool call_listen(struct model *m, const struct peer_request *r, struct peer_event *e, struct err *err)
{
  uint16_t port = r->port ? r->port : MODEL_PORT;
  unsigned backlog = r->backlog < 0 ? MODEL_BACKLOG : (unsigned)r->backlog;
  struct model_listener *l = model_listener(m, port);

  e->pair.peer_port = port;
  e->pair.you_port = 0;
  if (!l && port_in_use(m, port)) {
    model_fail(e, "EADDRINUSE");
    return true;
  }
  for (int i = 0; i < MODEL_LISTENERS_MAX && !l; i++)
    if (m->listeners[i].port == 0) l = &m->listeners[i];
  if (!l) return err_set(err, ERR_LIMIT, "the peer listens on %d ports already", MODEL_LISTENERS_MAX);
  if (l->port != port) {
    fast_queue_unsaid(&m->fast, port, peer_fast_open_unsaid(&m->numbers, &m->options, backlog));
    made_listener(&m->made, port, m->numbers.profile.rto_max);
  }
  l->port = port;
  l->backlog = backlog < m->numbers.somaxconn ? backlog : m->numbers.somaxconn;
  return true;
}

static bool call_accept(struct model *m, const struct peer_request *r, struct peer_event *e, struct err *err)
{
  struct pair pair = r->pair;

  if (pair.peer_port == 0) pair.peer_port = MODEL_PORT;
  if (pair.you_port != 0 && model_link_held(m, &pair)) {
    err_set(err, ERR_STATE, "the connection has been accepted already");
    if (m->app != APP_NONE) err_hint(err, "the app did it; `peer app none` leaves it to you");
    return false;
  }
  if (m->accepting) return err_set(err, ERR_STATE, "an accept() is waiting already");
  if (!model_listener(m, pair.peer_port))
    return err_set(err, ERR_STATE, "nothing listens on port %u", pair.peer_port);
  struct model_link *k = model_take(m, &pair, false);
  if (k) {
    e->pair = k->pair;
    return true;
  }
  e->pair = m->accept_pair = pair;
  e->outcome = PEER_PENDING;
  m->accepting = true;
  return true;
}

static bool call_connect(struct model *m, const struct peer_request *r, struct peer_event *e, struct err *err)
{
  uint16_t port = r->port ? r->port : r->pair.you_port;
  struct model_link *k;

  if (port == 0) return err_set(err, ERR_RANGE, "connect() to which of your ports?");
  e->pair = (struct pair){.you = m->you, .peer = m->here, .you_port = port};
  const char *error = model_socket_connect(m, port, &k);
  if (error) {
    model_fail(e, error);
    return true;
  }
  e->pair = k->pair;
  k->connecting = true;
  e->outcome = PEER_PENDING;
  return true;
}

void model_try_send(struct model *m, struct model_link *k, struct peer_event *e)
{
  while (k->sent < k->unsent_len) {
    size_t n;
    const char *error = model_socket_send(m, k, k->unsent + k->sent, k->unsent_len - k->sent, &n);
    if (error == model_again) {
      e->outcome = PEER_PENDING;
      e->len = k->sent;
      return;
    }
    if (error) {
      model_fail(e, error);
      break;
    }
    k->sent += n;
    e->taken += n;
  }
  e->len = k->sent;
  free(k->unsent);
  k->unsent = NULL;
}

static bool call_send(struct model *m, struct model_link *k, const struct peer_request *r,
                      struct peer_event *e, struct err *err)
{
  if (k->unsent) return err_set(err, ERR_STATE, "a send() is waiting already");
  if (r->len == 0) return err_set(err, ERR_RANGE, "send() of nothing sends nothing");
  if (r->len > MODEL_SEND_MAX)
    return err_set(err, ERR_LIMIT, "%zu octets; at most %d at a time", r->len, MODEL_SEND_MAX);
  k->unsent = malloc(r->len);
  if (!k->unsent) return err_set(err, ERR_MEMORY, "no memory for %zu octets", r->len);
  if (r->data) {
    memcpy(k->unsent, r->data, r->len);
  } else {
    for (size_t i = 0; i < r->len; i++) k->unsent[i] = segment_filler(i);
  }
  k->unsent_len = r->len;
  k->sent = 0;
  model_try_send(m, k, e);
  return true;
}

void model_try_read(struct model *m, struct model_link *k, size_t max, struct peer_event *e)
{
  size_t n = 0;
  const char *error = model_socket_read(m, k, max, &n);

  if (error == model_again) {
    e->outcome = PEER_PENDING;
  } else if (error) {
    model_fail(e, error);
  } else {
    e->data = m->input;
    e->len = n;
  }
}

static bool call_read(struct model *m, struct model_link *k, const struct peer_request *r,
                      struct peer_event *e, struct err *err)
{
  if (k->reading) return err_set(err, ERR_STATE, "a read() is waiting already");
  model_try_read(m, k, r->len, e);
  k->reading = e->outcome == PEER_PENDING;
  k->read_max = r->len;
  return true;
}

/* CLOSE in LISTEN. What waits in its queue goes with the listener: who has finished the handshake hears a
 * RST. */
static void close_listener(struct model *m, struct model_listener *l)
{
  for (size_t i = 0; i < m->link_count; i++) {
    struct model_link *k = m->links[i];
    if (k->pair.peer_port != l->port) continue;
    if (k->half_open) model_link_vanish(m, k);
    if (k->queued) model_socket_close(m, k, true);
    k->queued = 0;
  }
  if (m->accepting && m->accept_pair.peer_port == l->port) {
    cancelled(m, &m->accept_pair, PEER_ACCEPT);
    m->accepting = false;
  }
  fast_queue_unsaid(&m->fast, l->port, 0);
  made_closed(&m->made, l->port);
  l->port = 0;
}

/* The verbs that act on a connected socket. */
static bool call_connected(struct model *m, const struct peer_request *r, struct peer_event *e,
                           struct err *err)
{
  bool closing = r->verb == PEER_CLOSE || r->verb == PEER_ABORT;
  struct model_listener *l = model_listener(m, r->pair.peer_port);
  struct model_link *k = model_link_held(m, &r->pair);

  if (!k && closing && l && !model_link_live(m, &r->pair)) {
    close_listener(m, l);
    e->listener = true;
    return true;
  }
  if (!k) k = need(m, &r->pair, err);
  if (!k) return false;
  if (k->connecting && !closing) return err_set(err, ERR_STATE, "connect() has not returned yet");
  switch (r->verb) {
  case PEER_SEND:
    return call_send(m, k, r, e, err);
  case PEER_READ:
    return call_read(m, k, r, e, err);
  case PEER_SHUTDOWN: {
    const char *error = model_socket_shutdown(m, k);
    if (error) model_fail(e, error);
    return true;
  }
  default:
    model_let_go(m, k, r->verb == PEER_ABORT, e);
    return true;
  }
}

static bool call_crash(struct model *m, const struct pair *pair, struct err *err)
{
  struct model_link *k = model_link_live(m, pair), *held = model_link_held(m, pair);

  if (k && k->queued) model_take(m, pair, true);
  if (!k && !held)
    return err_set(err, ERR_STATE, "there is no connection that could crash: the peer is in %s",
                   tcp_state_name(model_listener(m, pair->peer_port) ? STATE_LISTEN : STATE_CLOSED));
  if (k) model_link_vanish(m, k);
  if (held) model_link_vanish(m, held);
  return true;
}

static void call_app(struct model *m, const struct peer_request *r)
{
  m->app = r->app;
  m->close_on_eof = r->close_on_eof;
  for (size_t i = 0; i < m->link_count; i++)
    if (m->links[i]->held && m->links[i]->served) model_app_start(m, m->links[i]);
}

static bool call(struct model *m, const struct peer_request *r, struct peer_event *e, struct err *err)
{
  switch (r->verb) {
  case PEER_LISTEN:
    return call_listen(m, r, e, err);
  case PEER_ACCEPT:
    return call_accept(m, r, e, err);
  case PEER_CONNECT:
    return call_connect(m, r, e, err);
  case PEER_SEND:
  case PEER_READ:
  case PEER_SHUTDOWN:
  case PEER_CLOSE:
  case PEER_ABORT:
    return call_connected(m, r, e, err);
  case PEER_CRASH:
    return call_crash(m, &r->pair, err);
  case PEER_APP:
    call_app(m, r);
    return true;
  case PEER_SET:
    return model_set(m, r, e, err);
  case PEER_STATUS:
    model_status(m, &r->pair, e);
    return true;
  case PEER_ISN:
    m->isn = r->isn ? r->isn : 1; /* as on the lab */
    m->isn_armed = true;
    return true;
  case PEER_VERB_COUNT:
    break;
  }
  return err_set(err, ERR_UNKNOWN, "the peer knows no such verb");
}

bool model_call(struct peer *peer, const struct peer_request *r, struct peer_event *e, struct err *err)
{
  struct model *m = model_of_peer(peer);

  *e = model_event(m, r->verb, &r->pair);
  bool ok = call(m, r, e, err);
  model_sweep(m);
  return ok;
}
