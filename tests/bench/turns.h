/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A contestant of `make bench`. Contestants are measured by turns, so that whatever else the machine does
   falls on all of them alike: each is a process of its own (and has a lab of its own, where it needs one)
   that does its rounds when bench.py tells it to.

   On standard input comes a line with a number of rounds; on standard output goes a line with as many times,
   in nanoseconds, parted by blanks. The end of input ends the process. */
#ifndef TCPTUTOR_TESTS_BENCH_TURNS_H
#define TCPTUTOR_TESTS_BENCH_TURNS_H

#include <stdbool.h>
#include <stdint.h>

struct err;

/* One round: *TOOK is set to the time of what is measured in it, in nanoseconds. */
typedef bool turns_round(void *ctx, int64_t *took, struct err *);

int64_t turns_now(void);
int64_t turns_cpu_now(void); /* of the processor's time that this process has had */
/* Serves until the end of input; returns the exit status. A failure is told on standard error. */
int turns_serve(turns_round *, void *ctx);
/* The same, for a contestant that could not even begin. */
int turns_refused(const struct err *);

#endif
