/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of a lesson being taken share: learn.c (its course), learn_commands.c (skip, back …),
   learn_step.c (tries and quizzes), learn_list.c (all lessons, what comes next). */
#ifndef TCPTUTOR_COURSE_LEARN_OWN_H
#define TCPTUTOR_COURSE_LEARN_OWN_H

#include "engine/course/learn.h"
#include "engine/course/progress.h"
#include "engine/course/run.h"
#include "engine/course/show.h"
#include "engine/course/text.h"
#include "engine/trace/heap_buf.h"

struct learn {
  struct course *course;
  struct desk *desk; /* the course's */
  struct lesson_text file;
  struct lesson_run run;
  struct stepper stepper;
  enum learn_wants state;
  unsigned moves; /* grows whenever the lesson goes on, back or out … */
  unsigned line;  /* … and what it was when the line was typed */
  bool counts;    /* the line is one of the step's, not about the lesson */
  /* A pause stands before it. */
  struct lesson_step held;
  bool holding;
  bool waits;                   /* it is a wait in real time */
  bool retries;                 /* it failed */
  bool hurries;                 /* pauses are passed over up to the next step */
  bool explained;               /* what to do at a step has been said */
  const struct block *previous; /* shown last */
  size_t lines;                 /* of prose, since the last pause */
  size_t page;                  /* the block the page began with */
  const struct block *step;     /* TRY, QUIZ */
  size_t hints;                 /* given */
  size_t mark;                  /* the trace's length when the lesson was where it should be */
  bool touched;                 /* the reader has run a command at this step, or in this pause */
  struct buf log;               /* the reader's commands at this step */
};

/* learn.c */
void learn_go_on(struct learn *);
/* Shows the lesson from BLOCK on. */
void learn_go_to(struct learn *, size_t block);
/* Where the lesson goes on: the place a replay leads to, a block and an octet of its script. */
void learn_place(const struct learn *, size_t *block, size_t *at);
/* The session is made anew as it has to be here; false: it could not be, and that has been said. */
bool learn_restore(struct learn *);
bool learn_is_at_rest(const struct learn *);
void learn_rests(struct learn *);
/* What the world does by itself is shown at a step only, once the reader has begun. */
void learn_set_quiet(struct learn *);
/* The step is done: the lesson goes on behind it. */
void learn_pass_step(struct learn *, enum step_fate);
void learn_say(struct learn *, const char *mark,
               const char *text); /* a paragraph, MARK before its first line */
/* Types and runs a command of the lesson before the reader's eyes. */
bool learn_type(struct learn *, const struct lesson_step *);

/* learn_step.c */
void learn_pose(struct learn *, const struct block *);
void learn_begin_again(struct learn *);
bool learn_answer(struct learn *, const char *line);
void learn_judge(struct learn *);
/* May the line be run at this step? False: that has been said. */
bool learn_by_hand(struct learn *, const char *line);
/* Does the line do something to the connection, or (OR_LOOKS) look at it? */
bool learn_acts(const char *line, bool or_looks);

/* learn_list.c */
struct progress *learn_progress(struct course *);
void learn_free_progress(struct course *);
/* The id of the first lesson, in order, that is not finished and is not OTHER_THAN; false: there is none. */
bool learn_next(struct course *, const char *other_than, char id[LESSON_ID_MAX + 1], char title[128]);

#endif
