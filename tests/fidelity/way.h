/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the ways into the states are made of: your segments, the calls of the peer's user, openings, and what
   a connection may carry along. Each is a step of the trial or several, compared like any other; false: the
   trial has ended, see its difference. */
#ifndef TCPTUTOR_TESTS_FIDELITY_WAY_H
#define TCPTUTOR_TESTS_FIDELITY_WAY_H

#include "tests/fidelity/trial.h"

/* Your segments. Seq, ack and window as a TCP would set them, after OFF octets left out. */
struct segment way_plain(const struct trial *, uint8_t flags, uint32_t off, uint32_t len);
bool way_say(struct trial *, uint8_t flags);
bool way_say_text(struct trial *, uint8_t flags, uint32_t off, uint32_t len);
bool way_say_ack(struct trial *, uint8_t flags, seq_t ack);

/* The peer's user. */
bool way_passive_on(struct trial *, uint16_t port);
bool way_connects(struct trial *);
bool way_accepts(struct trial *);
bool way_sends(struct trial *, uint32_t len);
bool way_reads(struct trial *);
bool way_shuts_down(struct trial *);
bool way_closes(struct trial *);
bool way_aborts(struct trial *);
bool way_hopes_to_answer(struct trial *); /* TCP_QUICKACK 0 */

/* Openings: as far as SYN-RECEIVED, ESTABLISHED, and in the hands of the peer's user, on any way there is. */
bool way_syn_received_on(struct trial *, uint16_t port);
bool way_established(struct trial *);
bool way_accepted(struct trial *);
bool way_connected(struct trial *);
bool way_crossing(struct trial *);
bool way_crossed(struct trial *);
bool way_held(struct trial *);

/* Fast Open (way_fast.c): your SYN brings the cookie, and text perhaps, to PORT or to the pair that is in
   TIME-WAIT; the peer's user has accepted it, and has read and sent or not; the listener allows no more. */
bool way_opened_fast(struct trial *, uint16_t port);
bool way_reopened_fast(struct trial *);
bool way_held_fast(struct trial *);
bool way_full_fast(struct trial *);

/* What may come on top, each at times. */
enum { MAY_UNREAD = 1, MAY_GAP = 2, MAY_FLIGHT = 4, MAY_QUEUE = 8 };
bool way_enrich(struct trial *, unsigned may);
bool way_leaves_unread(struct trial *);
/* A small receive buffer, filled: to the brim, so that the window is 0, or not quite. */
bool way_fill(struct trial *);

/* The listener's accept queue has no room, or that of the half open. */
bool way_full(struct trial *);
bool way_flooded(struct trial *);
/* Nor is there any for a caller unknown. */
bool way_crowded(struct trial *);

/* All is sent but the FIN; all is acknowledged. */
bool way_text_goes(struct trial *);
bool way_all_goes(struct trial *);

#endif
