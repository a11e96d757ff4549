/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/err.h"
#include "engine/peer/peer_lab_own.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* SO_LINGER 0. 0 or errno. */
static int close_aborts(int fd, bool yes)
{
  struct linger l = {.l_onoff = yes, .l_linger = 0};

  return setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof l) < 0 ? errno : 0;
}

/* What the user wants of close() stands beside it, in a flag that means nothing to TCP; an accepted socket
   inherits it like the rest. */
int peer_lab_linger(int fd, bool zero)
{
  int flag = zero;

  if (setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &flag, sizeof flag) < 0) return errno;
  return close_aborts(fd, true);
}

int peer_lab_socket(struct peer_lab *p)
{
  int fd = lab_peer_tcp_socket(p->lab);

  if (fd < 0) return fd;
  close_aborts(fd, true);
  peer_lab_options(p, fd);
  return fd;
}

struct listener *listener_find(struct peer_lab *p, uint16_t port)
{
  for (int i = 0; i < LISTENERS_MAX; i++)
    if (p->listeners[i].fd >= 0 && p->listeners[i].port == port) return &p->listeners[i];
  return NULL;
}

struct listener *listener_free_slot(struct peer_lab *p)
{
  for (int i = 0; i < LISTENERS_MAX; i++)
    if (p->listeners[i].fd < 0) return &p->listeners[i];
  return NULL;
}

void listener_close(struct listener *l)
{
  if (l->fd >= 0) close(l->fd);
  l->fd = -1;
}

struct connection *connection_find(struct peer_lab *p, const struct pair *pair)
{
  for (int i = 0; i < p->connections_end; i++)
    if (p->connections[i].fd >= 0 && pair_equal(&p->connections[i].pair, pair)) return &p->connections[i];
  return NULL;
}

/* The first slot in which none is held. */
static int free_slot(const struct peer_lab *p)
{
  int i = 0;

  while (i < p->connections_end && p->connections[i].fd >= 0) i++;
  return i;
}

bool connection_room(const struct peer_lab *p) { return free_slot(p) < CONNECTIONS_MAX; }

struct connection *connection_add(struct peer_lab *p, const struct pair *pair, int fd)
{
  struct connection *c = connection_find(p, pair);

  /* The kernel has one live socket a pair: what we still hold of it is dead. */
  if (c) connection_close(p, c);
  int slot = free_slot(p);
  if (slot == CONNECTIONS_MAX) return NULL;
  if (slot == p->connections_end) p->connections_end++;
  c = &p->connections[slot];
  memset(c, 0, sizeof *c);
  c->pair = *pair;
  c->fd = fd;
  return c;
}

static void cancel(struct peer_lab *p, const struct connection *c, enum peer_verb verb)
{
  struct peer_event e = peer_lab_event(p, verb, &c->pair);

  e.completion = true;
  peer_lab_fail(&e, ECANCELED);
  peer_lab_queue(p, &e);
}

void connection_end(struct peer_lab *p, struct connection *c, bool in_order)
{
  int zero = 0;
  socklen_t len = sizeof zero;

  if (in_order && getsockopt(c->fd, SOL_SOCKET, SO_BROADCAST, &zero, &len) == 0 && !zero)
    close_aborts(c->fd, false);
  connection_close(p, c);
}

void connection_close(struct peer_lab *p, struct connection *c)
{
  if (c->connecting) cancel(p, c, PEER_CONNECT);
  if (c->reading) cancel(p, c, PEER_READ);
  if (c->unsent) cancel(p, c, PEER_SEND);
  free(c->unsent);
  c->unsent = NULL;
  close(c->fd);
  c->fd = -1;
  while (p->connections_end > 0 && p->connections[p->connections_end - 1].fd < 0) p->connections_end--;
}

struct connection *connection_accept(struct peer_lab *p, struct listener *l)
{
  struct sockaddr_storage from;
  socklen_t len = sizeof from;
  struct pair pair = {.you = *lab_you(p->lab), .peer = *lab_peer(p->lab), .peer_port = l->port};

  if (!connection_room(p)) {
    errno = EMFILE;
    return NULL;
  }
  int fd = accept4(l->fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return NULL;
  lab_sockaddr_read(&from, &pair.you, &pair.you_port);
  struct connection *c = connection_add(p, &pair, fd);
  c->served = true;
  app_begin(&c->app, p->app, p->close_on_eof, peer_lab_calendar());
  return c;
}

bool connection_alive(const struct connection *c)
{
  struct tcp_info info;
  socklen_t len = sizeof info;

  return getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 && info.tcpi_state != TCP_CLOSE;
}

struct connection *connection_take(struct peer_lab *p, const struct pair *pair, bool report)
{
  struct listener *l = listener_find(p, pair->peer_port);
  struct connection *c, *dead = NULL;

  while (l && (c = connection_accept(p, l)) != NULL) {
    bool wanted = pair->you_port == 0 || pair_equal(&c->pair, pair);
    if (!wanted || report) peer_lab_accepted(p, c, false);
    if (wanted && (pair->you_port == 0 || connection_alive(c))) return c;
    if (wanted) dead = c;
  }
  return dead;
}

struct connection *connection_need(struct peer_lab *p, const struct pair *pair, struct err *err)
{
  struct connection *c = connection_find(p, pair);
  struct diag_truth truth;

  if (!c) c = connection_take(p, pair, true);
  if (c) return c;
  if (!diag_look(p->diag, pair, &truth, err)) return NULL;
  switch (truth.state) {
  case STATE_CLOSED:
  case STATE_LISTEN:
    err_set(err, ERR_STATE, "the peer has no connection with your port %u", pair->you_port);
    break;
  case STATE_SYN_RECEIVED:
    err_set(err, ERR_STATE, "in SYN-RECEIVED the peer's program has no connection yet");
    err_hint(err, "complete the handshake, then accept() has one to return");
    break;
  default:
    err_set(err, ERR_STATE, "the peer's program has let go of it; the kernel finishes alone in %s",
            tcp_state_name(truth.state));
  }
  return NULL;
}

struct peer_event peer_lab_event(struct peer_lab *p, enum peer_verb verb, const struct pair *pair)
{
  return (struct peer_event){.verb = verb, .outcome = PEER_DONE, .pair = *pair, .when = wire_now(p->wire)};
}

void peer_lab_fail(struct peer_event *e, int error)
{
  e->outcome = PEER_FAILED;
  e->error = lab_error_name(error);
}

void peer_lab_queue(struct peer_lab *p, const struct peer_event *e)
{
  if (p->queue_len == EVENTS_MAX) {
    p->queue_first = (p->queue_first + 1) % EVENTS_MAX;
    p->queue_len--;
  }
  p->queue[(p->queue_first + p->queue_len) % EVENTS_MAX] = *e;
  p->queue_len++;
}

void peer_lab_accepted(struct peer_lab *p, const struct connection *c, bool by_app)
{
  struct peer_event e = peer_lab_event(p, PEER_ACCEPT, &c->pair);

  e.by_app = by_app;
  /* A pending accept() is served by whichever comes first. */
  if (!by_app && p->accepting && pair_equal(&p->accept_pair, &c->pair)) {
    e.completion = true;
    p->accepting = false;
  }
  peer_lab_queue(p, &e);
}
