/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers that a seed repeats (SplitMix64). Never for secrets. */
#ifndef TCPTUTOR_BASE_RNG_H
#define TCPTUTOR_BASE_RNG_H

#include <stdint.h>

struct rng {
  uint64_t state; /* the seed; any value */
};

uint64_t rng_next(struct rng *);
/* 0 =< result < n; n > 0. */
uint32_t rng_below(struct rng *, uint32_t n);

#endif
