/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson shown on a terminal at the pace that engine/course/pace.h sets, with keys that go on or leave.

   One at a time. While it is on, a keyboard that is a terminal neither echoes nor collects lines; signals.h
   keeps its manners. */
#ifndef TCPTUTOR_CLI_PROMPT_PACE_H
#define TCPTUTOR_CLI_PROMPT_PACE_H

#include "engine/course/pace.h"

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

struct pace {
  double speed;     /* 1: natural; 2: twice as fast */
  bool keys;        /* the keyboard is a terminal */
  bool left;        /* the reader has had enough */
  bool interrupted; /* and said so with Ctrl-C */
  int wake_fd;      /* Ctrl-C makes it readable, for waits elsewhere; -1: it ends the program */
  struct termios before;
};

/* SPEED > 0. */
void pace_begin(struct pace *, double speed);
void pace_end(struct pace *);
/* Ctrl-C since the last look? Then the reader leaves. */
bool pace_interrupted(struct pace *);

/* Shows a piece as fast as a person types, or line by line. False: the reader leaves. */
bool pace_show(struct pace *, const struct play_piece *);
/* The keyboard is somebody else's for a while, and comes back. */
void pace_suspend(struct pace *);
void pace_resume(struct pace *);

enum pace_wish {
  PACE_ON,
  PACE_PROMPT, /* the reader wants the prompt */
  PACE_LEAVE,
};
/* Holds until a key is pressed, or as long as it takes to read what the piece is about; the space bar
   makes it stay longer. */
enum pace_wish pace_hold(struct pace *, const struct play_piece *);

#endif
