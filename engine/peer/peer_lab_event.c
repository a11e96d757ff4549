/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens at the peer by itself: calls that were pending end, and the app makes its own. */
#include "engine/peer/peer_lab_own.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What poll() watches stands for. */
struct watch {
  struct listener *listener;
  struct connection *connection;
};

enum { WATCHES_MAX = LISTENERS_MAX + CONNECTIONS_MAX };

static short connection_interest(const struct connection *c)
{
  int events = 0;

  if (c->connecting || c->unsent) events |= POLLOUT;
  if (c->reading) events |= POLLIN;
  if (c->served && app_wants_read(&c->app)) events |= POLLIN;
  if (c->served && app_wants_send(&c->app)) events |= POLLOUT;
  return (short)events;
}

static bool listener_interest(struct peer_lab *p, const struct listener *l)
{
  if (!connection_room(p)) return false;
  return p->app != APP_NONE || (p->accepting && p->accept_pair.peer_port == l->port);
}

/* Only descriptors whose readiness leads to something: others, a reset connection nobody reads from, say,
   would be ready for ever. WATCHES may be NULL. */
static size_t gather(struct peer_lab *p, struct pollfd *fds, struct watch *watches, size_t cap)
{
  size_t n = 0;

  for (int i = 0; i < LISTENERS_MAX && n < cap; i++) {
    struct listener *l = &p->listeners[i];
    if (l->fd < 0 || !listener_interest(p, l)) continue;
    fds[n] = (struct pollfd){.fd = l->fd, .events = POLLIN};
    if (watches) watches[n] = (struct watch){.listener = l};
    n++;
  }
  for (int i = 0; i < p->connections_end && n < cap; i++) {
    struct connection *c = &p->connections[i];
    short events = c->fd < 0 ? 0 : connection_interest(c);
    if (!events) continue;
    fds[n] = (struct pollfd){.fd = c->fd, .events = events};
    if (watches) watches[n] = (struct watch){.connection = c};
    n++;
  }
  return n;
}

size_t peer_lab_pollfds(struct peer *peer, struct pollfd *fds, size_t cap)
{
  return gather(peer_lab_of(peer), fds, NULL, cap);
}

/* True: events were queued. */
static bool serve_listener(struct peer_lab *p, struct listener *l)
{
  size_t before = p->queue_len;

  if (p->accepting && p->accept_pair.peer_port == l->port) {
    struct pair any = p->accept_pair;
    if (any.you_port == 0) {
      struct connection *c = connection_accept(p, l);
      if (!c) return false;
      p->accept_pair = c->pair;
      peer_lab_accepted(p, c, false);
    } else {
      connection_take(p, &any, true);
    }
  } else {
    struct connection *c = connection_accept(p, l);
    if (c) peer_lab_accepted(p, c, true);
  }
  return p->queue_len > before;
}

static void finish_connect(struct peer_lab *p, struct connection *c, struct peer_event *e)
{
  int error = 0;
  socklen_t len = sizeof error;

  *e = peer_lab_event(p, PEER_CONNECT, &c->pair);
  e->completion = true;
  c->connecting = false;
  getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len);
  if (!error) return;
  peer_lab_fail(e, error);
  connection_close(p, c);
}

/* Pending calls of the user. True: one has ended. */
static bool serve_user(struct peer_lab *p, struct connection *c, short ready, struct peer_event *e)
{
  if (c->connecting) {
    finish_connect(p, c, e);
    return true;
  }
  if (c->reading && (ready & ~POLLOUT)) {
    *e = peer_lab_event(p, PEER_READ, &c->pair);
    connection_read(p, c, c->read_max, e);
    c->reading = e->outcome == PEER_PENDING;
    e->completion = true;
    if (!c->reading) return true;
  }
  if (c->unsent && (ready & ~POLLIN)) {
    *e = peer_lab_event(p, PEER_SEND, &c->pair);
    connection_send(p, c, e);
    e->completion = true;
    return e->outcome != PEER_PENDING || e->taken > 0;
  }
  return false;
}

/* One call of the app's. Its send() may end short: what is left is the app's own affair. */
static void make_app_call(struct peer_lab *p, struct connection *c, const struct peer_request *r,
                          struct peer_event *e)
{
  *e = peer_lab_event(p, r->verb, &c->pair);
  e->by_app = true;
  if (r->verb == PEER_READ) {
    connection_read(p, c, r->len, e);
  } else if (r->verb == PEER_SEND) {
    ssize_t n = send(c->fd, r->data, r->len, MSG_NOSIGNAL);
    if (n >= 0) {
      e->len = e->taken = (size_t)n;
    } else if (errno == EAGAIN || errno == EINTR) {
      e->outcome = PEER_PENDING;
    } else {
      peer_lab_fail(e, errno);
    }
  } else {
    connection_shut(p, c, e);
    return;
  }
  if (e->outcome != PEER_PENDING) app_done(&c->app, e);
}

static bool serve_app(struct peer_lab *p, struct connection *c, short ready, struct peer_event *e)
{
  struct peer_request r;
  bool broken = (ready & (POLLERR | POLLHUP)) != 0;

  if (!c->served || c->reading) return false;
  if (!app_next(&c->app, broken || (ready & POLLIN), broken || (ready & POLLOUT), &r)) return false;
  make_app_call(p, c, &r, e);
  return e->outcome != PEER_PENDING;
}

static bool pop(struct peer_lab *p, struct peer_event *e)
{
  if (p->queue_len == 0) return false;
  *e = p->queue[p->queue_first];
  p->queue_first = (p->queue_first + 1) % EVENTS_MAX;
  p->queue_len--;
  return true;
}

static bool next(struct peer_lab *p, struct peer_event *e)
{
  struct pollfd fds[WATCHES_MAX];
  struct watch watches[WATCHES_MAX];

  peer_lab_isn_settle(p);
  if (pop(p, e)) return true;
  /* What an app does next without waiting for anything: it closes. */
  for (int i = 0; i < p->connections_end; i++)
    if (p->connections[i].fd >= 0 && serve_app(p, &p->connections[i], 0, e)) return true;
  size_t n = gather(p, fds, watches, WATCHES_MAX);
  if (n == 0 || poll(fds, n, 0) <= 0) return false;
  for (size_t i = 0; i < n; i++) {
    if (!fds[i].revents) continue;
    if (watches[i].listener && serve_listener(p, watches[i].listener)) return pop(p, e);
    struct connection *c = watches[i].connection;
    if (c && (serve_user(p, c, fds[i].revents, e) || serve_app(p, c, fds[i].revents, e))) return true;
  }
  return false;
}

bool peer_lab_next(struct peer *peer, struct peer_event *out)
{
  struct peer_event e;

  if (!next(peer_lab_of(peer), &e)) return false;
  *out = e;
  return true;
}
