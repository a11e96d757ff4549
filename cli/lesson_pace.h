/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pace at which a lesson is shown on a terminal: typing one can follow, pauses one can read in, keys that
   go on or leave.

   One at a time. While it is on, a keyboard that is a terminal neither echoes nor collects lines; signals.h
   keeps its manners. */
#ifndef TCPTUTOR_CLI_LESSON_PACE_H
#define TCPTUTOR_CLI_LESSON_PACE_H

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

/* Prints TEXT as fast as a person types. False: the reader leaves. */
bool pace_type(struct pace *, const char *text, size_t len);
/* Prints TEXT line by line. */
bool pace_print(struct pace *, const char *text, size_t len);
/* The keyboard is somebody else's for a while, and comes back. */
void pace_suspend(struct pace *);
void pace_resume(struct pace *);

enum pace_wish {
  PACE_ON,
  PACE_PROMPT, /* the reader wants the prompt */
  PACE_LEAVE,
};
/* Holds until a key is pressed, or as long as it takes to read WORDS; the space bar makes it stay longer. */
enum pace_wish pace_hold(struct pace *, unsigned words);

#endif
