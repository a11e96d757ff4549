/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lab wire: out by libnet's link layer (every octet as given), in by libpcap in immediate mode.

   A datagram longer than the interface's 1500 octets is refused (ERR_LIMIT). Arrivals carry the kernel's
   own time stamp, put on CLOCK_MONOTONIC: never before an earlier arrival, nor before the send that caused
   it. On veth a reply is there when wire_send() returns, so whoever sends out of sight can also collect out
   of sight. */
#ifndef TCPTUTOR_WIRE_WIRE_LAB_H
#define TCPTUTOR_WIRE_WIRE_LAB_H

#include "engine/wire/wire.h"

struct lab;

/* The lab is borrowed and must outlive the wire. NULL with *ERR. */
struct wire *wire_lab_new(struct lab *, struct err *);

/* For the peer, whose crash and ISN trick cause segments nobody shall see. wire_lab_keep() first: whatever
   has arrived by now is kept for wire_recv(), in order. Then do the thing, then wire_lab_swallow(): what has
   arrived since and MINE says yes to is dropped, the rest kept. False with *ERR when more arrived than can be
   kept (nothing is lost: the rest stays unexamined). */
bool wire_lab_keep(struct wire *, struct err *);
bool wire_lab_swallow(struct wire *, bool (*mine)(void *ctx, const uint8_t *octets, size_t len), void *ctx,
                      struct err *);

#endif
