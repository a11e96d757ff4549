/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A wire around another that renumbers the peer's octets, as some firewalls do: so that a system which cannot
   be told its ISN seems to have taken the one asked for.

   A pair is armed with the ISN wanted. The answer to the next SYN, a SYN,ACK, tells the one that was taken;
   from then on the difference is added to SEG.SEQ of what the peer sends, and taken off SEG.ACK and the
   SACK blocks (RFC 2018) of what you send. Where there is no difference, or nothing is armed, octets pass as
   they are. Checksums are changed as much as the numbers are (RFC 1624): one that is wrong stays wrong. Lengths
   and options are what a person made up, and never trusted. All above the wire sees the numbers asked for, all
   below it the system's own.

   It ends when the pair's next connection begins, with another ISN: a SYN of the peer's with another number.
   A RST,ACK with SEG.SEQ 0 comes from no connection and keeps its number. Not renumbered: fragments without a
   TCP header; what ICMP quotes (the lab's wire carries none). */
#ifndef TCPTUTOR_WIRE_WIRE_SHIFT_H
#define TCPTUTOR_WIRE_WIRE_SHIFT_H

#include "engine/base/seq.h"
#include "engine/segment/addr.h"
#include "engine/wire/wire.h"

/* Takes INNER over, which may be NULL: so is the answer then. NULL with *ERR, and INNER is freed. */
struct wire *wire_shift_new(struct wire *inner, struct err *);
/* The wire inside; a wire that is no such wrapper is its own inside. */
struct wire *wire_shift_inner(struct wire *);
/* The answer to the next SYN that is sent on PAIR shall have this ISN; only to that one. False with *ERR: no
   memory, or the wire does not renumber. */
bool wire_shift_arm(struct wire *, const struct pair *, seq_t isn, struct err *);
/* PAIR's numbers are the system's own from now on: whoever knows that nothing more comes of it may say so. */
void wire_shift_end(struct wire *, const struct pair *);
/* Whether PAIR is renumbered, and the ISN its system had taken. */
bool wire_shift_taken(struct wire *, const struct pair *, seq_t *isn);

#endif
