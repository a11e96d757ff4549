/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks a lesson: tells its host what to do next and leaves the doing to it. `play`, `check`, `lint` and
   `learn` are hosts.

   A lesson is a row of scenes. The first begins with it; each later one begins with a setup block, unless
   only setup blocks came since the last scene began. A scene is played in a session of its own: what was
   before it is forgotten, so that a step can be begun again by replaying its scene up to it. */
#ifndef TCPTUTOR_LESSON_STEPPER_H
#define TCPTUTOR_LESSON_STEPPER_H

#include "engine/lesson/lesson.h"

enum lesson_act {
  ACT_SAY,   /* show BLOCK: prose, heading, code */
  ACT_SCENE, /* begin a fresh session: BLOCK is the setup that is run next */
  ACT_RUN,   /* run CALL out of sight (setup) */
  ACT_TYPE,  /* type and run CALL before the reader's eyes: a play, or a step's solution */
  ACT_POSE,  /* BLOCK, a try or a quiz, is the reader's; what comes next is its solution and, of a quiz,
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

/* A place in a script; zero is its beginning. Lines are counted as it goes on. */
struct script_place {
  size_t at, counted;
  unsigned lines;
};

/* The next command there: script, call and line of the step. False: there is none. */
bool script_next(const struct lesson_script *, struct script_place *, struct lesson_step *);

struct stepper {
  const struct lesson *lesson;
  enum lesson_wire wire; /* ON_LAB or ON_MODEL: blocks marked for the other are passed over */
  size_t block;          /* the next one */
  size_t scene;          /* the one the scene began with */
  struct script_place place;
  bool inside; /* in its script, at that place */
  bool begun;  /* something other than a setup has been run or posed in this scene */
};

/* LESSON must outlive it. */
void stepper_init(struct stepper *, const struct lesson *, enum lesson_wire);
/* The next thing to do; ACT_END again and again when there is nothing more. */
void stepper_next(struct stepper *, struct lesson_step *);
/* Leaves the block whose command or pose was yielded last. */
void stepper_skip(struct stepper *);
/* As if all before BLOCK had been yielded. */
void stepper_seek(struct stepper *, const struct lesson *, enum lesson_wire, size_t block);
/* As if the scene that begins with BLOCK had just been yielded. */
void stepper_begin_scene(struct stepper *, const struct lesson *, enum lesson_wire, size_t block);
/* Where the scene begins that each block of the lesson, and its end, is in: block_count + 1 places. */
void lesson_scenes(const struct lesson *, enum lesson_wire, size_t scene[]);
/* Where the page begins on which the step at BLOCK is posed: behind the step before it, or with its heading.
 */
size_t lesson_page(const struct lesson *, size_t block);
/* The place of the step called ID among the blocks, or block_count. */
size_t lesson_step_find(const struct lesson *, const char *id);

#endif
