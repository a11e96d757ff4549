/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks a lesson: tells its host what to do next and leaves the doing to it. `play`, `check` and `learn` are
 * hosts. */
#ifndef TCPTUTOR_LESSON_STEPPER_H
#define TCPTUTOR_LESSON_STEPPER_H

#include "engine/lesson/lesson.h"

enum lesson_act {
  ACT_SAY,  /* show BLOCK: prose, heading, code */
  ACT_RUN,  /* run CALL out of sight (setup) */
  ACT_TYPE, /* type and run CALL before the reader's eyes: a play, or a step's solution */
  ACT_POSE, /* BLOCK, a try or a quiz, is the reader's; what comes next is its solution and, of a quiz,
               `then:` */
  ACT_END,
};

struct lesson_step {
  enum lesson_act act;
  const struct block *block;          /* NULL at the end */
  const struct lesson_script *script; /* RUN, TYPE: where CALL stands */
  struct command_call call;           /* RUN, TYPE */
  unsigned line;                      /* of the file: the command's, or the block's */
};

struct stepper {
  const struct lesson *lesson;
  enum lesson_wire wire; /* ON_LAB or ON_MODEL: blocks marked for the other are passed over */
  size_t block;          /* the next one */
  size_t at;             /* the place in its script */
  bool inside;           /* in its script */
};

/* LESSON must outlive it. */
void stepper_init(struct stepper *, const struct lesson *, enum lesson_wire);
/* The next thing to do; ACT_END again and again when there is nothing more. */
void stepper_next(struct stepper *, struct lesson_step *);
/* Leaves the block whose command or pose was yielded last. */
void stepper_skip(struct stepper *);

#endif
