/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each verb is the socket call of its name, tried once. */
#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/peer/peer_lab_own.h"
#include "engine/segment/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINPROGRESS; }

static bool call_listen(struct peer_lab *p, const struct peer_request *r, struct peer_event *e,
                        struct err *err)
{
  uint16_t port = r->port ? r->port : DEFAULT_PORT;
  int backlog = r->backlog < 0 ? DEFAULT_BACKLOG : r->backlog;
  struct listener *l = listener_find(p, port);
  struct sockaddr_storage at;
  socklen_t at_len = lab_sockaddr(lab_peer(p->lab), port, &at);
  int one = 1;

  e->pair.peer_port = port;
  e->pair.you_port = 0;
  if (l) { /* listen() on a listener changes its backlog, and loses no connection that waits */
    if (listen(l->fd, backlog) < 0) peer_lab_fail(e, errno);
    return true;
  }
  l = listener_free_slot(p);
  if (!l) return err_set(err, ERR_LIMIT, "the peer listens on %d ports already", LISTENERS_MAX);
  int fd = peer_lab_socket(p);
  if (fd < 0) {
    peer_lab_fail(e, errno);
    return true;
  }
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (struct sockaddr *)&at, at_len) < 0 || listen(fd, backlog) < 0) {
    peer_lab_fail(e, errno);
    close(fd);
    return true;
  }
  *l = (struct listener){.port = port, .fd = fd};
  return true;
}

static bool call_accept(struct peer_lab *p, const struct peer_request *r, struct peer_event *e,
                        struct err *err)
{
  struct pair pair = r->pair;

  if (pair.peer_port == 0) pair.peer_port = DEFAULT_PORT;
  if (pair.you_port != 0 && connection_find(p, &pair)) {
    err_set(err, ERR_STATE, "the connection has been accepted already");
    if (p->app != APP_NONE) err_hint(err, "the app did it; `peer app none` leaves it to you");
    return false;
  }
  if (p->accepting) return err_set(err, ERR_STATE, "an accept() is waiting already");
  if (!listener_find(p, pair.peer_port))
    return err_set(err, ERR_STATE, "nothing listens on port %u", pair.peer_port);
  if (!connection_room(p))
    return err_set(err, ERR_LIMIT, "the peer holds %d connections already", CONNECTIONS_MAX);
  struct connection *c = connection_take(p, &pair, false);
  if (c) {
    e->pair = c->pair;
    return true;
  }
  e->pair = p->accept_pair = pair;
  e->outcome = PEER_PENDING;
  p->accepting = true;
  return true;
}

static bool call_connect(struct peer_lab *p, const struct peer_request *r, struct peer_event *e,
                         struct err *err)
{
  uint16_t port = r->port ? r->port : r->pair.you_port;
  struct sockaddr_storage to, here;
  socklen_t to_len = lab_sockaddr(lab_you(p->lab), port, &to);
  socklen_t len = sizeof here;

  if (port == 0) return err_set(err, ERR_RANGE, "connect() to which of your ports?");
  if (!connection_room(p))
    return err_set(err, ERR_LIMIT, "the peer holds %d connections already", CONNECTIONS_MAX);
  e->pair = (struct pair){.you = *lab_you(p->lab), .peer = *lab_peer(p->lab), .you_port = port};
  int fd = peer_lab_socket(p);
  if (fd < 0) {
    peer_lab_fail(e, errno);
    return true;
  }
  int refusal = peer_lab_isn_connect(p, fd);
  if (refusal) {
    close(fd);
    return err_set(err, ERR_STATE, "the ISN cannot be had, the kernel says %s", lab_error_name(refusal));
  }
  bool returned = connect(fd, (struct sockaddr *)&to, to_len) == 0;
  if (!returned && !would_block(errno)) {
    peer_lab_fail(e, errno);
    close(fd);
    return true;
  }
  if (getsockname(fd, (struct sockaddr *)&here, &len) == 0)
    lab_sockaddr_read(&here, &e->pair.peer, &e->pair.peer_port);
  struct connection *c = connection_add(p, &e->pair, fd);
  c->connecting = !returned;
  e->outcome = returned ? PEER_DONE : PEER_PENDING;
  return true;
}

static void tell_taken(struct connection *c, struct peer_event *e)
{
  e->taken = c->sent - c->told;
  c->told = c->sent;
}

void connection_send(struct peer_lab *p, struct connection *c, struct peer_event *e)
{
  (void)p;
  while (c->sent < c->unsent_len) {
    ssize_t n = send(c->fd, c->unsent + c->sent, c->unsent_len - c->sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && would_block(errno)) {
      e->outcome = PEER_PENDING;
      e->len = c->sent;
      tell_taken(c, e);
      return;
    }
    if (n < 0) {
      peer_lab_fail(e, errno);
      break;
    }
    c->sent += (size_t)n;
  }
  e->len = c->sent;
  tell_taken(c, e);
  free(c->unsent);
  c->unsent = NULL;
}

static bool call_send(struct peer_lab *p, struct connection *c, const struct peer_request *r,
                      struct peer_event *e, struct err *err)
{
  if (c->unsent) return err_set(err, ERR_STATE, "a send() is waiting already");
  if (r->len == 0) return err_set(err, ERR_RANGE, "send() of nothing sends nothing");
  if (r->len > SEND_MAX) return err_set(err, ERR_LIMIT, "%zu octets; at most %d at a time", r->len, SEND_MAX);
  c->unsent = malloc(r->len);
  if (!c->unsent) return err_set(err, ERR_MEMORY, "no memory for %zu octets", r->len);
  if (r->data) {
    memcpy(c->unsent, r->data, r->len);
  } else {
    for (size_t i = 0; i < r->len; i++) c->unsent[i] = segment_filler(i);
  }
  c->unsent_len = r->len;
  c->sent = c->told = 0;
  connection_send(p, c, e);
  return true;
}

void connection_read(struct peer_lab *p, struct connection *c, size_t max, struct peer_event *e)
{
  ssize_t n;

  if (max == 0 || max > sizeof p->input) max = sizeof p->input;
  do n = recv(c->fd, p->input, max, 0);
  while (n < 0 && errno == EINTR);
  if (n < 0 && would_block(errno)) {
    e->outcome = PEER_PENDING;
  } else if (n < 0) {
    peer_lab_fail(e, errno);
  } else {
    e->data = p->input;
    e->len = (size_t)n;
  }
}

static bool call_read(struct peer_lab *p, struct connection *c, const struct peer_request *r,
                      struct peer_event *e, struct err *err)
{
  if (c->reading) return err_set(err, ERR_STATE, "a read() is waiting already");
  connection_read(p, c, r->len, e);
  c->reading = e->outcome == PEER_PENDING;
  c->read_max = r->len;
  return true;
}

/* In SYN-RECEIVED, after a Fast Open, the kernel counts none, though a read() would get some. */
static bool has_unread(int fd)
{
  int unread = 0;
  char octet;

  if (ioctl(fd, FIONREAD, &unread) == 0 && unread > 0) return true;
  return recv(fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void connection_shut(struct peer_lab *p, struct connection *c, struct peer_event *e)
{
  e->unread = has_unread(c->fd);
  e->stale = !connection_alive(c);
  connection_end(p, c, true);
}

/* SO_LINGER 0: close() sends RST instead of FIN. */
static void abort_connection(struct peer_lab *p, struct connection *c, struct peer_event *e)
{
  e->stale = !connection_alive(c);
  connection_end(p, c, false);
}

/* close() and abort() of a listener, when nothing else is on the pair: CLOSE in LISTEN. False: not that case.
 */
static bool close_listener(struct peer_lab *p, const struct pair *pair, struct peer_event *e)
{
  struct listener *l = listener_find(p, pair->peer_port);
  struct diag_truth truth;

  if (!l || !diag_look(p->diag, pair, &truth, NULL) || !truth.listener) return false;
  listener_close(l);
  if (p->accepting && p->accept_pair.peer_port == pair->peer_port) {
    struct peer_event end = peer_lab_event(p, PEER_ACCEPT, &p->accept_pair);
    end.completion = true;
    peer_lab_fail(&end, ECANCELED);
    peer_lab_queue(p, &end);
    p->accepting = false;
  }
  e->when = wire_now(p->wire);
  e->listener = true;
  return true;
}

static bool call_app(struct peer_lab *p, const struct peer_request *r)
{
  p->app = r->app;
  p->close_on_eof = r->close_on_eof;
  for (int i = 0; i < p->connections_end; i++) {
    struct connection *c = &p->connections[i];
    if (c->fd >= 0 && c->served) app_begin(&c->app, p->app, p->close_on_eof, peer_lab_calendar());
  }
  return true;
}

static bool call_status(struct peer_lab *p, const struct peer_request *r, struct peer_event *e,
                        struct err *err)
{
  if (!p->ops.truth(&p->peer, &r->pair, &e->truth, err)) return false;
  e->held = connection_find(p, &r->pair) != NULL;
  return true;
}

/* The verbs that act on a connected socket. */
static bool call_connected(struct peer_lab *p, const struct peer_request *r, struct peer_event *e,
                           struct err *err)
{
  bool closing = r->verb == PEER_CLOSE || r->verb == PEER_ABORT;
  struct connection *c = connection_find(p, &r->pair);

  if (!c && closing && close_listener(p, &r->pair, e)) return true;
  if (!c) c = connection_need(p, &r->pair, err);
  if (!c) return false;
  if (c->connecting && !closing) return err_set(err, ERR_STATE, "connect() has not returned yet");
  e->when = wire_now(p->wire); /* after the accept() it may have taken */
  switch (r->verb) {
  case PEER_SEND:
    return call_send(p, c, r, e, err);
  case PEER_READ:
    return call_read(p, c, r, e, err);
  case PEER_SHUTDOWN:
    if (shutdown(c->fd, SHUT_WR) < 0) peer_lab_fail(e, errno);
    return true;
  case PEER_CLOSE:
    connection_shut(p, c, e);
    return true;
  default:
    abort_connection(p, c, e);
    return true;
  }
}

bool peer_lab_call(struct peer *peer, const struct peer_request *r, struct peer_event *e, struct err *err)
{
  struct peer_lab *p = peer_lab_of(peer);

  *e = peer_lab_event(p, r->verb, &r->pair);
  switch (r->verb) {
  case PEER_LISTEN:
    return call_listen(p, r, e, err);
  case PEER_ACCEPT:
    return call_accept(p, r, e, err);
  case PEER_CONNECT:
    return call_connect(p, r, e, err);
  case PEER_SEND:
  case PEER_READ:
  case PEER_SHUTDOWN:
  case PEER_CLOSE:
  case PEER_ABORT:
    return call_connected(p, r, e, err);
  case PEER_CRASH:
    return peer_lab_crash(p, &r->pair, err);
  case PEER_APP:
    return call_app(p, r);
  case PEER_SET:
    return peer_lab_set(p, r, e, err);
  case PEER_STATUS:
    return call_status(p, r, e, err);
  case PEER_ISN:
    p->isn = r->isn;
    p->isn_armed = true;
    return true;
  case PEER_VERB_COUNT:
    break;
  }
  return err_set(err, ERR_UNKNOWN, "the peer knows no such verb");
}
