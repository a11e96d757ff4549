/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Linux's sockets take along from the moment they are made, whatever the system is told later: of a
   listener, also for the connections that it brings. That is the longest retransmission timeout (tcp_rto_max_ms).
   The model remembers it for its listeners, and a session for those of its peer. */
#ifndef TCPTUTOR_PEER_MADE_H
#define TCPTUTOR_PEER_MADE_H

#include "engine/base/usec.h"

#include <stdint.h>

#define MADE_MAX 64 /* listeners; of more the system's own value is taken */

/* An open value; all zero: no listener. */
struct made {
  struct {
    uint16_t port; /* 0: none */
    usec_t rto_max;
  } listener[MADE_MAX];
};

/* A listener begins on PORT; it is closed. */
void made_listener(struct made *, uint16_t port, usec_t rto_max);
void made_closed(struct made *, uint16_t port);
/* What a socket of PORT has; NOW is the system's own. */
usec_t made_rto_max(const struct made *, uint16_t port, usec_t now);

#endif
