/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson that types by itself, a piece at a time: play_next() never waits for a reader, only (on the lab) for
   what a command of the lesson waits for. How fast pieces are shown is the host's; pace.h says how a person
   would.

   Played AHEAD the commands run ahead of what is shown, and what they led to is shown when its turn comes: the
   kernel's timers would not wait for a reader (a SYN,ACK is repeated after one second), and what such a repeat
   adds to the story is not in the lesson. Only before a command that waits by itself the screen catches up.
   Where nobody paces, there is nothing to run ahead of. */
#ifndef TCPTUTOR_COURSE_PLAY_H
#define TCPTUTOR_COURSE_PLAY_H

#include "engine/course/course.h"

/* A place in the lesson: all before octet AT of the script of BLOCK has been run. */
struct play_place {
  size_t block, at;
};

/* Something to show. TEXT is the player's, until the next call. */
struct play_piece {
  enum play_kind {
    PLAY_PRINT,
    PLAY_TYPE,  /* as if at a keyboard */
    PLAY_HOLD,  /* time to read: nothing to show */
    PLAY_ERROR, /* the lesson ends here: play_tell() shows ERR */
  } kind;
  const char *text;
  size_t len;
  unsigned words;          /* HOLD: to be read meanwhile */
  struct play_place place; /* HOLD: where the lesson is */
  const struct err *err;   /* ERROR */
};

struct player;

/* NULL: no memory. The course and FILE must outlive it. SPARES: real time of more than moments is not sat
   through; the scene goes on with the model. */
struct player *play_new(struct course *, const struct lesson_text *, bool ahead, bool spares);
void play_free(struct player *);
/* Begins the first scene. False: there is no session, *ERR. */
bool play_begin(struct player *, struct err *);
/* False: the lesson is over. */
bool play_next(struct player *, struct play_piece *);
bool play_failed(const struct player *);

/* A live "what if" at PLACE: the desk's session is one in which the scene has been replayed up to there; and
   back, to where the commands had got. False: that cannot be had, *ERR; the lesson is over. */
bool play_visit(struct player *, struct play_place, struct err *);
bool play_return(struct player *, struct err *);
/* Shows *ERR with its place in the lesson. */
void play_tell(struct player *, const struct err *);

#endif
