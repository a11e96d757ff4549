/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The peer that is the running kernel's own TCP, in the lab. */
#ifndef TCPTUTOR_PEER_PEER_LAB_H
#define TCPTUTOR_PEER_PEER_LAB_H

#include "engine/peer/peer.h"

struct lab;
struct lab_finding;
struct wire;

/* Lab and wire are borrowed. The wire is the lab's with a wire_shift around it: the peer keeps the ISN trick's
   and a crash's own segments out of sight, and has the wire renumber where the kernel cannot be told its ISN.
   Listens on port 9 with app discard. NULL with *ERR. */
struct peer *peer_lab_new(struct lab *, struct wire *, struct err *);

/* What `doctor` reports of this kernel besides lab_probe(), each proved by use in a fork that is thrown away: what
   older kernels lack and how it is had there. Fills at most CAP findings, returns how many. */
size_t peer_lab_probe(struct lab_finding *, size_t cap);

#endif
