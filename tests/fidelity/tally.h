/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the trials came to: counts, the distinct disagreements, and how often each row of the table fired. */
#ifndef TCPTUTOR_TESTS_FIDELITY_TALLY_H
#define TCPTUTOR_TESTS_FIDELITY_TALLY_H

#include "tests/fidelity/trial.h"

#include <stdio.h>

enum { BUCKETS_MAX = 2000 };

/* Trials that differ in the same way: same scene and features, same class of segment, same difference. */
struct bucket {
  char name[320];
  uint64_t count, first; /* the number of the first trial */
  char *script, *detail; /* of the first; owned */
};

struct tally {
  uint64_t trials, segments, agreed, differed, repeated;
  uint64_t timed;                /* segments of the kernel's timers whose time was compared; */
  usec_t latest;                 /* so late was the latest */
  usec_t waited;                 /* for them */
  uint64_t reached[STATE_COUNT]; /* trials that came into the state and went on from there */
  unsigned bucket_count;
  uint64_t unlisted; /* trials that found no bucket left */
  struct bucket bucket[BUCKETS_MAX];
  uint32_t *fired; /* a slot for every row; */
  uint32_t *of_trial, *held; /* as it fires in a trial; in trials that agree */
  bool *blamed;              /* the last to fire where a trial disagreed */
  struct field_counts fields;
};

struct tally *tally_new(void); /* NULL: no memory */
void tally_free(struct tally *);
/* Before each trial, which counts its rows in OF_TRIAL; then what it came to. */
void tally_begin(struct tally *);
void tally_add(struct tally *, const struct trial *, enum tcp_state reached);
/* The disagreements, SHOW of them with a script; then the rows, with TAP's `# ` before each line if asked. */
void tally_disagreements(const struct tally *, unsigned show, const char *prefix, FILE *);
void tally_rules(const struct tally *, const struct tcp_profile *, bool all, const char *prefix, FILE *);
/* The kernel, then a line for each row of Linux's: `fired`, where the kernel agreed and never differed; `not`; or
   `never` under this kernel. */
void tally_write(const struct tally *, const struct tcp_profile *, FILE *);
/* Rows of KERNEL's linux profile that arrivals could fire, and how many of them did. */
void tally_coverage(const struct tally *, const struct tcp_profile *, unsigned *fired, unsigned *rows);

#endif
