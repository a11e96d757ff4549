/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The exchange of one connection as the rungs of a ladder: what happened, and the changes of state that
   followed from it. Both ladders, of text and drawn, are climbed this way. Internal to view/. */
#ifndef TCPTUTOR_VIEW_RUNG_H
#define TCPTUTOR_VIEW_RUNG_H

#include "engine/trace/trace.h"

struct rung {
  size_t from, to;                        /* the records it takes: indices FROM … TO - 1 */
  unsigned step;                          /* of all of them */
  const struct record *event;             /* a segment, a call, a timer; NULL: states only */
  const struct record *change[END_COUNT]; /* STATE, or a TRUTH that denies one; NULL: none */
};

/* The connection's next rung from index *AT on, which moves past it; false: there is none. */
bool rung_next(const struct trace *, unsigned connection, size_t *at, struct rung *);
/* The state a record puts its end into, or STATE_COUNT. What the end's own system said goes before what was
   predicted. */
enum tcp_state rung_state(const struct record *);
/* The state END began in; the one it is in by now. */
enum tcp_state rung_first_state(const struct trace *, unsigned connection, enum end);
enum tcp_state rung_last_state(const struct trace *, unsigned connection, enum end);

#endif
