/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/turns.h"

#include "engine/base/err.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static int64_t now(clockid_t clock)
{
  struct timespec t;
  clock_gettime(clock, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t turns_now(void) { return now(CLOCK_MONOTONIC); }
int64_t turns_cpu_now(void) { return now(CLOCK_PROCESS_CPUTIME_ID); }

int turns_refused(const struct err *err)
{
  fprintf(stderr, "%s%s%s\n", err->message, err->hint[0] ? "; " : "", err->hint);
  return 1;
}

int turns_serve(turns_round *round, void *ctx)
{
  struct err err = {.code = ERR_NONE};
  unsigned rounds;
  int64_t took;
  while (scanf("%u", &rounds) == 1) {
    for (unsigned i = 0; i < rounds; i++) {
      if (!round(ctx, &took, &err)) return turns_refused(&err);
      printf("%s%" PRId64, i ? " " : "", took);
    }
    putchar('\n');
    fflush(stdout);
  }
  return 0;
}
