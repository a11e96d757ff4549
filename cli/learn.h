/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson taken at the prompt. The REPL asks what to show for a prompt and hands every line over; what
   happens at a step is judged after each line, and when something happens by itself.

   Between steps the lesson pauses, and Enter goes on. What the world does meanwhile (a kernel repeats itself
   while a person reads) is not shown and does not count: before it matters, the scene is replayed up to its
   place, with the same numbers. From the reader's first command at a step on, everything is live. */
#ifndef TCPTUTOR_CLI_LEARN_H
#define TCPTUTOR_CLI_LEARN_H

#include "cli/app.h"

struct buf;

/* Begins the lesson NAME, an id or a file, perhaps with #STEP, where it was left; NULL: the first that is not
   finished. False: that has been shown; a lesson being taken goes on. */
bool learn_begin(struct app *, const char *name);
/* The lesson being taken, if any, is over; what is known of it is kept. */
void learn_end(struct app *);

/* The prompt's words, "> " included; false: the usual ones. */
bool learn_prompt(struct app *, struct buf *);
/* A line has been typed. True: it was the lesson's; else it is to be run, and learn_ran() to be called. */
bool learn_line(struct app *, const char *line);
void learn_ran(struct app *, const char *line, int status);
/* Something may have happened by itself. */
void learn_idle(struct app *);

/* The commands; false with *ERR: there is no lesson, or not now. */
bool learn_hint(struct app *, struct err *);
bool learn_solve(struct app *, struct err *);
bool learn_skip(struct app *, struct err *);
bool learn_skip_wait(struct app *, struct err *);
bool learn_back(struct app *, struct err *);
bool learn_again(struct app *, struct err *);
bool learn_leave(struct app *, struct err *);
/* All lessons, with what has been done of them. */
bool learn_list(struct app *, struct err *);

/* `help interview`: the questions of all lessons, in their order. */
void learn_questions(struct app *, struct buf *out);

/* The line of the greeting that offers the first lesson, or the one to go on with; "" when there is none. */
void learn_offer(struct app *, struct buf *);

/* The ways between states the reader has walked by hand in lessons, for the diagram; NULL: none. */
const bool (*learn_ways(struct app *))[STATE_COUNT];

/* `tcptutor learn`. */
int learn_run(struct app *);

#endif
