/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `play`, `check`, `lint` and `learn` share: a lesson run in sessions of its own, one a scene, and any
   place of it reached by replaying its scene up to there. On the lab a replay takes some ten milliseconds, on
   the model none that can be felt; it keeps the scene's numbers, yours by the same seed and the peer's by
   `peer isn`, so that what the reader has been shown stays true. */
#ifndef TCPTUTOR_COURSE_RUN_H
#define TCPTUTOR_COURSE_RUN_H

#include "engine/course/desk.h"
#include "engine/course/text.h"
#include "engine/lesson/goal.h"
#include "engine/lesson/stepper.h"

#define LESSON_ISNS_MAX 16

/* What a run knows of a block. */
struct lesson_mark {
  size_t scene; /* begins there */
  bool sets;    /* some command of it sets something of the program */
  char
      *own; /* how the reader has solved it in this scene: replayed instead of its solution; or NULL. Owned */
};

struct lesson_run {
  struct desk *desk;
  const struct lesson_text *file;
  struct world asked;    /* on which lessons are to run */
  enum lesson_wire wire; /* which blocks are its own */
  bool virtual;          /* this scene goes on with the model, in virtual time, whatever the wire */
  /* The step posed last. */
  size_t start, seen; /* the trace's length then, and at the last turn */
  usec_t began;
  size_t met;               /* goals, at the last turn */
  struct lesson_mark *mark; /* of each block and the end; NULL: no memory for a run */
  /* The numbers of this scene's connections, to be had again. */
  uint64_t seed;
  size_t isn_count;
  seq_t isn[LESSON_ISNS_MAX];
  /* The reader's own settings, put back at the end. */
  struct view_options view;
  char names[END_COUNT][sizeof((struct desk *)0)->names[0]];
  bool keep_going;
  /* Called before each session is given up, so that its trace may be looked at; may be NULL. */
  void (*over)(void *ctx, const struct trace *);
  void *ctx;
};

/* No session is begun. Desk and FILE must outlive the run. Lessons run the model as linux, unless another
   profile is ASKED for: both wires tell the same story. */
void lesson_run_begin(struct lesson_run *, struct desk *, const struct world *asked,
                      const struct lesson_text *);
void lesson_run_end(struct lesson_run *);

/* A fresh session for a new scene, with new numbers, on the wire asked for. */
bool lesson_run_fresh(struct lesson_run *, struct err *);
/* A fresh session in which all that comes before BLOCK in its scene, and before octet AT of BLOCK's own
   script, has been run, out of sight. With KEEP its numbers are those remembered. *ERR is placed in the file
   when a command failed. */
bool lesson_run_to(struct lesson_run *, size_t block, size_t at, bool keep, struct err *);
/* Would that take real time, because something slow comes before? */
bool lesson_run_is_slow(const struct lesson_run *, size_t block, size_t at);
/* The numbers of the scene's connections so far are those that replays shall have. */
void lesson_run_remember(struct lesson_run *);
/* How long a command may wait in real time now; 0 in virtual time. */
usec_t lesson_run_wait(const struct lesson_run *, const struct command_call *);
/* Runs a command of the lesson. False: *ERR, placed in the file. */
bool lesson_run_call(struct lesson_run *, const struct lesson_step *, struct err *);

/* Remembers how the reader has solved the try BLOCK, TEXT copied; NULL: forgets it. */
void lesson_run_own(struct lesson_run *, size_t block, const char *text);
void lesson_run_forget_own(struct lesson_run *);

/* From now on things count for the step. */
void lesson_run_pose(struct lesson_run *);

/* What a command at a try has led to. */
enum lesson_turn {
  TURN_NOTHING, /* nothing was sent and no state changed: it was a look, or a wait */
  TURN_ON,      /* one more goal is met */
  TURN_SOLVED,
  TURN_WRONG, /* a wrong turn foreseen holds; or what was sent, or changed a state, met no goal */
};
/* Of what happened since the step was posed and this was asked last. */
enum lesson_turn lesson_run_turn(struct lesson_run *, const struct lesson_try *, struct goal_result *);

#endif
