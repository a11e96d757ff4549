/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson proved by running it: every command of its setups, plays and solutions, and of every step that it
   is what it says. A try is unsolved before its solution and solved after it, and each command of the
   solution leads on; each wrong turn foreseen is the one its example takes; a quiz's answer is worth
   something, and the wrong numbers foreseen are others. `check` reports all of it as tests, `lint` what
   fails. */
#ifndef TCPTUTOR_COURSE_PROVE_H
#define TCPTUTOR_COURSE_PROVE_H

#include "engine/course/run.h"

/* One thing proved, or not. */
struct proof {
  bool ok;
  const char *left_out; /* why it was not looked at; NULL: it was */
  unsigned line;        /* of the file */
  const char *what;     /* "send SYN", "setup: peer app none", "try fin: solved" */
  size_t what_len;
  const struct err *err; /* what is wrong, placed in the file */
};

struct prover {
  struct lesson_run run;
  bool skip_slow;
  bool proof_read; /* also: no try stands behind a real wait, what takes long is marked slow (on the model) */
  void (*tell)(struct prover *, const struct proof *);
  void *ctx;
  unsigned left_out; /* commands behind one that failed */
  bool *solved;      /* for each block: it is a try, and its solution has solved it */
  bool alive;        /* the scene goes on */
  bool wire_lost;    /* a session could not be had; *ERR has been told nobody */
  struct err err;
};

/* All of the lesson, or only the step that is its block ONLY (block_count: all). The prover's run has been
 * begun. False: a session could not be begun, prover->err says why. */
bool lesson_prove(struct prover *, size_t only);

#endif
