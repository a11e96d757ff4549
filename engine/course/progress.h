/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a reader has come: each step of each lesson, the place where a lesson was left, the changes of
   state the reader's own end has walked. Kept as the host's note `progress`, a line of words a fact, and
   written anew as a whole.

   A note that is not ours, or was cut short, is never written over: the host sets it aside. Where nothing
   can be kept, that is said once, and the session goes on without. */
#ifndef TCPTUTOR_COURSE_PROGRESS_H
#define TCPTUTOR_COURSE_PROGRESS_H

#include "engine/course/desk.h"

/* The later the better. */
enum step_fate { STEP_NEW, STEP_SKIPPED, STEP_SHOWN, STEP_SOLVED };

struct progress;

/* What is kept; nothing when there is no note. NULL: no memory. Said when something is wrong with the note.
 */
struct progress *progress_load(struct desk *);
void progress_free(struct progress *);

enum step_fate progress_step(const struct progress *, const char *lesson, const char *step);
/* The step a lesson was left at; "": at none. */
const char *progress_place(const struct progress *, const char *lesson);
bool progress_finished(const struct progress *, const char *lesson);
bool progress_walked(const struct progress *, enum tcp_state from, enum tcp_state to);
/* All of it, [from][to]; NULL when nothing was walked yet. */
const bool (*progress_ways(const struct progress *))[STATE_COUNT];
/* Nothing is known. */
bool progress_is_empty(const struct progress *);

/* What is better already stays. */
void progress_set_step(struct progress *, const char *lesson, const char *step, enum step_fate);
void progress_set_place(struct progress *, const char *lesson, const char *step);
void progress_set_finished(struct progress *, const char *lesson);
void progress_walk(struct progress *, const struct trace *, size_t from);

/* Writes it, together with what another session has written meanwhile. */
void progress_save(struct desk *, struct progress *);

#endif
