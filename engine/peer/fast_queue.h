/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What counts among the Fast Opens (RFC 7413) of a listener besides its connections.

   One that was reset before its handshake was over counts for a minute longer (5.1): so that forged SYNs,
   each answered by a RST from the address it named, use the listener up and not that address. Linux does so
   for those that a program had accepted.

   A listener allows as many as TCP_FASTOPEN says; where tcp_fastopen has the bit 0x400 when it begins to
   listen and nothing is said, as many as its backlog. */
#ifndef TCPTUTOR_PEER_FAST_QUEUE_H
#define TCPTUTOR_PEER_FAST_QUEUE_H

#include "engine/base/usec.h"

#include <stdint.h>

#define FAST_QUEUE_MAX 64 /* resets that count, and listeners that nothing was said to */

/* An open value; all zero: none. With more than there is room for the oldest is forgotten. */
struct fast_queue {
  unsigned next, resets, listeners; /* of the two lists: the slot for the next; how many were ever in use */
  struct {
    uint16_t port;
    usec_t until;
  } reset[FAST_QUEUE_MAX];
  struct {
    uint16_t port; /* 0: none */
    unsigned most;
  } unsaid[FAST_QUEUE_MAX];
};

void fast_queue_reset(struct fast_queue *, uint16_t port, usec_t now);
/* A listener begins, and nothing was said to it; it ends (MOST 0); all are told something (PORT 0, MOST 0).
 */
void fast_queue_unsaid(struct fast_queue *, uint16_t port, unsigned most);
/* How many it allows then; 0: it was told, or does no Fast Open. */
unsigned fast_queue_most(const struct fast_queue *, uint16_t port);
/* How many count at NOW on the listener's PORT. */
unsigned fast_queue_count(const struct fast_queue *, uint16_t port, usec_t now);

#endif
