/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lab wire: out by libnet's link layer (every octet as given), in by libpcap in immediate mode.

   A datagram longer than the interface's 1500 octets is refused (ERR_LIMIT). Arrivals carry the kernel's
   own time stamp, put on CLOCK_MONOTONIC: never before an earlier arrival, nor before the send that caused
   it.

   A reply is mostly there when wire_send() returns, but a busy kernel puts it off. Silence is known
   (wire_settle()) by a question that goes behind the segments and is answered behind their answers
   (wire/arp.h). What holds them in order is the queue of one processor: whatever enters a veth pair, at
   either end, is put at the end of the sending processor's queue, and taken from it one by one, each handled
   to its end, whoever does so (the sender on its way out, ksoftirqd, a thread for it); and what that makes the
   peer's TCP send goes to the end of the same queue. So the answer has behind it all that was caused by what
   this thread sent, or called on the peer's sockets, on the same processor, and the wire keeps its thread on
   one, except while it waits (wire_wait(), and from wire_pollfds() on): whoever acts then looks at the clock
   first (wire_now()), from where on it is kept again. The queue is the kernel's (net/core/dev.c, enqueue_to_backlog() and process_backlog();
   drivers/net/veth.c) from 5.10 to 7.2; in it segments would be out of order only if RPS were switched on for
   the pair, which nobody can from outside. What a timer of the kernel's causes is no part of it: repetitions,
   probes, ACKs that wait, the SYN that is sent again after 10 ms. */
#ifndef TCPTUTOR_WIRE_WIRE_LAB_H
#define TCPTUTOR_WIRE_WIRE_LAB_H

#include "engine/wire/wire.h"

struct lab;

/* The lab is borrowed and must outlive the wire. NULL with *ERR. */
struct wire *wire_lab_new(struct lab *, struct err *);

/* For the peer, whose crash and ISN trick cause segments nobody shall see. wire_lab_keep() first: what was
   caused by now has arrived and is kept for wire_recv(), in order. Then do the thing, then wire_lab_swallow():
   of what was caused since, that to which MINE says yes is dropped, the rest kept. Both wait for it as
   wire_settle() does. False with *ERR when that fails, or when more arrived than can be kept (nothing is lost:
   the rest stays unexamined). */
bool wire_lab_keep(struct wire *, struct err *);
bool wire_lab_swallow(struct wire *, bool (*mine)(void *ctx, const uint8_t *octets, size_t len), void *ctx,
                      struct err *);

/* Whether what your own kernel sends, once it owns your address, is received, too: datagrams from your address,
   in their turn. */
bool wire_lab_own_kernel(struct wire *, bool on, struct err *);

#endif
