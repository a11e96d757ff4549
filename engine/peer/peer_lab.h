/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The peer that is the running kernel's own TCP, in the lab. */
#ifndef TCPTUTOR_PEER_PEER_LAB_H
#define TCPTUTOR_PEER_PEER_LAB_H

#include "engine/peer/peer.h"

struct lab;
struct wire;

/* Lab and wire are borrowed (the wire is needed to keep the ISN trick's and a crash's own segments out of
   sight). Listens on port 9 with app discard. NULL with *ERR. */
struct peer *peer_lab_new(struct lab *, struct wire *, struct err *);

#endif
