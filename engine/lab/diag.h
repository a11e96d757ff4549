/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sock_diag: what the kernel itself says of a connection's state (see sock_diag(7)). */
#ifndef TCPTUTOR_LAB_DIAG_H
#define TCPTUTOR_LAB_DIAG_H

#include "engine/segment/addr.h"
#include "engine/tcp/state.h"

#include <stdbool.h>

struct err;
struct lab;
struct diag;

struct diag_truth {
  enum tcp_state state; /* CLOSED when nothing matches, LISTEN when `listener` */
  bool listener;        /* the exact look-up fell through to the listener: the pair itself is CLOSED */
  bool owned;           /* a process holds the socket (no orphan, no mini-socket) */
  uint32_t recv_queue, send_queue; /* octets; of a listener: accept queue length, backlog */
  int timer;                       /* 0 none, 1 retransmission, 2 keepalive, 3 TIME-WAIT, 4 persist */
  unsigned timer_ms;               /* until it expires */
  unsigned retransmits;
};

/* Opens the socket in the peer's namespace. NULL with *ERR. */
struct diag *diag_new(struct lab *, struct err *);
void diag_free(struct diag *);
/* The peer's socket for PAIR. False only when the kernel could not be asked. */
bool diag_look(struct diag *, const struct pair *, struct diag_truth *, struct err *);
/* SOCK_DESTROY: the socket is gone; SYN-RECEIVED, TIME-WAIT and orphans vanish in silence. False: there was
   none, or not permitted. */
bool diag_destroy(struct diag *, const struct pair *, struct err *);

#endif
