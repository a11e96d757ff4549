/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The goals of a step, held against what happened since it began. Pure: everything is read from the trace and
   from the TCBs as they are now.

   Goals are taken in the order in which they are written; each counts from where the segment of the goals
   before it was matched:
     sent, got SEGMENT   the first such segment after that; names are worth what they were just before it
     you, peer STATE     the end is in this state, or was at some time after that (with timer>D: having more
                         than D left). Of the peer, a state its own system denied does not count, and CLOSED
                         and LISTEN are one: a listener covers the pair
     got nothing for D   D has gone by after that without an arrival
     peer read TEXT      its programs' reads since the step began, put together, hold TEXT
     peer error NAME     one of its calls has failed so since the step began
   A wrong turn is looked for only while a goal is unmet: its segment is one sent or received since the step
   began that no goal took; its state is the state now. */
#ifndef TCPTUTOR_LESSON_GOAL_H
#define TCPTUTOR_LESSON_GOAL_H

#include "engine/lesson/lesson.h"

struct goal_scope {
  const struct trace *trace;
  size_t start;          /* the trace's length when the step began … */
  usec_t began;          /* … and the time */
  unsigned connection;   /* the current one: states are its states */
  const struct tcb *tcb; /* [END_COUNT], its TCBs now */
  usec_t now;
};

struct goal_result {
  size_t met;                       /* so many goals, from the first, are met */
  const struct condition *unmet;    /* the next one; NULL: the step is solved */
  const struct lesson_wrong *wrong; /* the first wrong turn that holds; NULL: none, or the step is solved */
};

void goal_check(const struct lesson_try *, const struct goal_scope *, struct goal_result *);

/* May this command be used in this step? False: the step is by hand, and the command forges a segment itself
   or leaves out a field that is to be given; *ERR is placed in the call's script. */
bool goal_by_hand(const struct lesson_try *, const struct command_call *, struct err *);

/* "seq= and ack=": what is to be written by hand; nothing when the step is not by hand. */
void goal_put_by_hand(const struct lesson_try *, struct buf *);

#endif
