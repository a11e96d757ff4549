/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/peer/peer_lab.h"

#include "engine/base/err.h"
#include "engine/peer/peer_lab_own.h"
#include "engine/tcp/profile.h"
#include "engine/wire/wire_shift.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t peer_lab_calendar(void) { return time(NULL); }

static enum peer_timer timer_told(const struct diag_truth *t)
{
  switch (t->timer) {
  case 1:
    return PEER_TIMER_RETRANSMISSION;
  case 2:
    return PEER_TIMER_KEEPALIVE;
  case 3:
    return t->state == STATE_FIN_WAIT_2 ? PEER_TIMER_FIN_WAIT_2 : PEER_TIMER_TIME_WAIT;
  case 4:
    return PEER_TIMER_PERSIST;
  default:
    return PEER_TIMER_NONE;
  }
}

/* A listener of ours tells its accept queue itself, sooner than sock_diag would. (Of a connection TCP_INFO
   does not tell the truth: it calls TIME-WAIT closed.) */
static bool listener_truth(struct peer_lab *p, const struct pair *pair, struct peer_truth *out)
{
  struct tcp_info info;
  socklen_t len = sizeof info;
  struct listener *l = pair->you_port == 0 ? listener_find(p, pair->peer_port) : NULL;

  if (!l || getsockopt(l->fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0) return false;
  *out = (struct peer_truth){.known = true,
                             .state = STATE_LISTEN,
                             .listening = true,
                             .owned = true,
                             .recv_queue = info.tcpi_unacked,
                             .send_queue = info.tcpi_sacked};
  return true;
}

static bool lab_truth(struct peer *peer, const struct pair *pair, struct peer_truth *out, struct err *err)
{
  struct peer_lab *p = peer_lab_of(peer);
  struct diag_truth t;

  peer_lab_isn_settle(p);
  if (listener_truth(p, pair, out)) return true;
  memset(out, 0, sizeof *out);
  if (!diag_look(p->diag, pair, &t, err)) return false;
  out->known = true;
  out->state = t.state;
  out->listening = t.listener;
  out->owned = t.owned;
  out->recv_queue = t.recv_queue;
  out->send_queue = t.send_queue;
  out->timer = timer_told(&t);
  out->timer_left = out->timer ? (usec_t)t.timer_ms * USEC_MS : 0;
  out->retransmits = t.retransmits;
  return true;
}

static void lab_free_peer(struct peer *peer)
{
  struct peer_lab *p = peer_lab_of(peer);

  for (int i = 0; i < LISTENERS_MAX; i++) listener_close(&p->listeners[i]);
  for (int i = 0; i < p->connections_end; i++)
    if (p->connections[i].fd >= 0) connection_close(p, &p->connections[i]);
  diag_free(p->diag);
  free(p);
}

static const struct peer_ops lab_ops = {
    .call = peer_lab_call,
    .event = peer_lab_next,
    .truth = lab_truth,
    .before_send = peer_lab_before_send,
    .taken_isn = peer_lab_isn_taken,
    .forget = peer_lab_forget,
    .pollfds = peer_lab_pollfds,
    .free = lab_free_peer,
};

/* "Linux 6.18", and the number of the whole. */
static uint32_t name_kernel(char *name, size_t cap)
{
  uint32_t kernel = lab_kernel();

  if (kernel)
    snprintf(name, cap, "Linux %u.%u", tcp_kernel_major(kernel), tcp_kernel_minor(kernel));
  else
    snprintf(name, cap, "Linux");
  return kernel ? kernel : tcp_profile_linux.kernel;
}

static bool listen_first(struct peer_lab *p, struct err *err)
{
  struct peer_request r = {.verb = PEER_LISTEN, .backlog = -1};
  struct peer_event e;

  r.pair = (struct pair){.you = *lab_you(p->lab), .peer = *lab_peer(p->lab)};
  if (!peer_lab_call(&p->peer, &r, &e, err)) return false;
  if (e.outcome == PEER_FAILED) return err_set(err, ERR_UNAVAILABLE, "listen() was refused: %s", e.error);
  return true;
}

struct peer *peer_lab_new(struct lab *lab, struct wire *wire, struct err *err)
{
  struct peer_lab *p = calloc(1, sizeof *p);

  if (!p) {
    err_set(err, ERR_MEMORY, "no memory for the peer");
    return NULL;
  }
  for (int i = 0; i < LISTENERS_MAX; i++) p->listeners[i].fd = -1;
  p->ops = lab_ops;
  p->ops.kernel = name_kernel(p->name, sizeof p->name);
  p->ops.name = p->name;
  p->peer.ops = &p->ops;
  p->lab = lab;
  p->wire = wire_shift_inner(wire);
  p->outer = wire;
  p->app = APP_DISCARD;
  p->diag = diag_new(lab, err);
  if (!p->diag) {
    free(p);
    return NULL;
  }
  if (!listen_first(p, err)) {
    lab_free_peer(&p->peer);
    return NULL;
  }
  return &p->peer;
}
