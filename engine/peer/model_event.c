/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens at the peer by itself: calls that were pending end, and the app makes its own. */
#include "engine/peer/model_own.h"

static bool pop(struct model *m, struct peer_event *e)
{
  if (m->event_first == m->event_end) return false;
  *e = m->events[m->event_first++];
  return true;
}

/* True: one was accepted, and the event queued. */
static bool serve_listener(struct model *m, const struct model_listener *l)
{
  bool asked = m->accepting && m->accept_pair.peer_port == l->port;
  struct model_link *k;

  if (!asked && m->app == APP_NONE) return false;
  if (model_accept_queue(m, l->port, NULL) == 0) return false;
  if (asked && m->accept_pair.you_port != 0) {
    struct pair wanted = m->accept_pair;
    model_take(m, &wanted, true);
    return true;
  }
  k = model_accept(m, l->port);
  if (!k) return false;
  if (asked) m->accept_pair = k->pair;
  model_accepted(m, k, !asked);
  return true;
}

static bool user_is_due(const struct model_link *k)
{
  return (k->connecting && model_socket_connected(k)) || (k->reading && model_socket_readable(k)) ||
         (k->unsent && model_socket_writable(k));
}

static void end_connect(struct model *m, struct model_link *k, struct peer_event *e)
{
  *e = model_event(m, PEER_CONNECT, &k->pair);
  e->completion = true;
  k->connecting = false;
  if (!k->error) return;
  model_fail(e, k->error);
  model_let_go(m, k, false, NULL);
}

/* Pending calls of the user. True: one has ended. */
static bool serve_user(struct model *m, struct model_link *k, struct peer_event *e)
{
  if (k->connecting) {
    end_connect(m, k, e);
    return true;
  }
  if (k->reading && model_socket_readable(k)) {
    *e = model_event(m, PEER_READ, &k->pair);
    model_try_read(m, k, k->read_max, e);
    k->reading = false;
    e->completion = true;
    return true;
  }
  *e = model_event(m, PEER_SEND, &k->pair);
  model_try_send(m, k, e);
  e->completion = true;
  return e->outcome != PEER_PENDING || e->taken > 0;
}

/* What the app would call now; false: nothing. */
static bool app_is_due(struct model_link *k, struct peer_request *r)
{
  bool broken = model_socket_broken(k);

  if (!k->held || !k->served || k->reading) return false;
  return app_next(&k->app, broken || model_socket_readable(k), broken || model_socket_writable(k), r);
}

/* One call of the app's. Its send() may end short: what is left is the app's own affair. */
static bool serve_app(struct model *m, struct model_link *k, const struct peer_request *r,
                      struct peer_event *e)
{
  *e = model_event(m, r->verb, &k->pair);
  e->by_app = true;
  if (r->verb == PEER_CLOSE) {
    model_let_go(m, k, false, e);
    return true;
  }
  if (r->verb == PEER_READ) {
    model_try_read(m, k, r->len, e);
  } else {
    const char *error = model_socket_send(m, k, r->data, r->len, &e->len);
    if (error == model_again)
      e->outcome = PEER_PENDING;
    else if (error)
      model_fail(e, error);
    else
      e->taken = e->len;
  }
  if (e->outcome != PEER_PENDING) app_done(&k->app, e);
  return e->outcome != PEER_PENDING;
}

static bool next(struct model *m, struct peer_event *e)
{
  struct peer_request r;

  if (pop(m, e)) return true;
  for (int i = 0; i < MODEL_LISTENERS_MAX; i++)
    if (m->listeners[i].port != 0 && serve_listener(m, &m->listeners[i])) return pop(m, e);
  for (size_t i = 0; i < m->link_count; i++) {
    struct model_link *k = m->links[i];
    if (user_is_due(k) && serve_user(m, k, e)) return true;
    if (app_is_due(k, &r) && serve_app(m, k, &r, e)) return true;
  }
  return false;
}

bool model_next_event(struct peer *peer, struct peer_event *e)
{
  struct model *m = model_of_peer(peer);
  bool any = next(m, e);

  model_sweep(m);
  return any;
}

bool model_stirs(struct model *m)
{
  struct peer_request r;

  if (m->event_first != m->event_end) return true;
  for (int i = 0; i < MODEL_LISTENERS_MAX; i++) {
    uint16_t port = m->listeners[i].port;
    bool asked = m->app != APP_NONE || (m->accepting && m->accept_pair.peer_port == port);
    if (port != 0 && asked && model_accept_queue(m, port, NULL) > 0) return true;
  }
  for (size_t i = 0; i < m->link_count; i++)
    if (user_is_due(m->links[i]) || app_is_due(m->links[i], &r)) return true;
  return false;
}
