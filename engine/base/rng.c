/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/rng.h"

/* SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014). */
uint64_t rng_next(struct rng *r)
{
  r->state += UINT64_C(0x9e3779b97f4a7c15);
  uint64_t z = r->state;
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/* The high half of a 32 by 32 bit product; draws that would make some results likelier are repeated. */
uint32_t rng_below(struct rng *r, uint32_t n)
{
  uint32_t surplus = -n % n;
  uint64_t product;
  do {
    product = (rng_next(r) >> 32) * n;
  } while ((uint32_t)product < surplus);
  return (uint32_t)(product >> 32);
}
