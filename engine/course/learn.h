/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson taken at a prompt. The host asks what to show for a prompt and hands every line over; what
   happens at a step is judged after each line, and when something happens by itself.

   Between steps the lesson pauses, and Enter goes on. What the world does meanwhile (a kernel repeats itself
   while a person reads) is not shown and does not count: before it matters, the scene is replayed up to its
   place, with the same numbers. From the reader's first command at a step on, everything is live. */
#ifndef TCPTUTOR_COURSE_LEARN_H
#define TCPTUTOR_COURSE_LEARN_H

#include "engine/course/course.h"

struct buf;

/* Begins the lesson NAME, an id or a file, perhaps with #STEP, where it was left; NULL: the first that is not
   finished. False: that has been shown; a lesson being taken goes on. */
bool learn_begin(struct course *, const char *name);
/* The lesson being taken, if any, is over; what is known of it is kept. */
void learn_end(struct course *);

/* The prompt's words, "> " included; false: the usual ones. */
bool learn_prompt(struct course *, struct buf *);
/* A line has been typed. True: it was the lesson's; else it is to be run, and learn_ran() to be called. */
bool learn_line(struct course *, const char *line);
void learn_ran(struct course *, const char *line, bool ran);
/* What the lesson is waiting for; *STEP (if not NULL) is the try or quiz, or NULL. */
enum learn_wants {
  LEARN_NONE,  /* no lesson is being taken */
  LEARN_PAUSE, /* Enter goes on */
  LEARN_TRY,
  LEARN_QUIZ,
  LEARN_OVER, /* the lesson is done; Enter begins the next */
};
enum learn_wants learn_wants(const struct course *, const struct block **step);
/* Something may have happened by itself. */
void learn_idle(struct course *);

/* The commands; false with *ERR: there is no lesson, or not now. */
bool learn_hint(struct course *, struct err *);
bool learn_solve(struct course *, struct err *);
bool learn_skip(struct course *, struct err *);
bool learn_skip_wait(struct course *, struct err *);
bool learn_back(struct course *, struct err *);
bool learn_again(struct course *, struct err *);
bool learn_leave(struct course *, struct err *);
/* All lessons, with what has been done of them. */
bool learn_list(struct course *, struct err *);

/* `help interview`: the questions of all lessons, in their order. */
void learn_questions(struct desk *, struct buf *out);

/* The line of the greeting that offers the first lesson, or the one to go on with; "" when there is none. */
void learn_offer(struct course *, struct buf *);

/* The ways between states the reader has walked by hand in lessons, for the diagram; NULL: none. */
const bool (*learn_ways(struct course *))[STATE_COUNT];

#endif
