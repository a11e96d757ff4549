/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections opened fast (RFC 7413) and reset before their handshake was over count among those that a
   listener allows for a minute longer (5.1): so that forged SYNs, each answered by a RST from the address it
   named, use the listener up and not that address. Linux does so for those that a program had accepted. */
#ifndef TCPTUTOR_PEER_FAST_QUEUE_H
#define TCPTUTOR_PEER_FAST_QUEUE_H

#include "engine/base/usec.h"

#include <stdint.h>

#define FAST_QUEUE_MAX 64

/* An open value; all zero: none. With more than there is room for the oldest is forgotten. */
struct fast_queue {
  unsigned next;
  struct {
    uint16_t port;
    usec_t until;
  } reset[FAST_QUEUE_MAX];
};

void fast_queue_reset(struct fast_queue *, uint16_t port, usec_t now);
/* How many count at NOW on the listener's PORT. */
unsigned fast_queue_count(const struct fast_queue *, uint16_t port, usec_t now);

#endif
