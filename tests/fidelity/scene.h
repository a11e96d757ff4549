/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scenes: each brings a fresh connection of the kernel's into one state, on one of the ways there, with
   what the trial's random numbers add (text unread, a gap, text in flight, closed windows …). Every step of
   the way is a trial step, so it is compared like any other. */
#ifndef TCPTUTOR_TESTS_FIDELITY_SCENE_H
#define TCPTUTOR_TESTS_FIDELITY_SCENE_H

#include "tests/fidelity/trial.h"

struct scene {
  const char *name; /* "TIME-WAIT/crossed": the state, then the way there */
  enum tcp_state state;
  unsigned weight;
  bool (*play)(struct trial *); /* false: the trial has ended, see its difference */
  enum climate climate;         /* CLIMATE_PLAIN: whichever is drawn */
};

/* The I-th; NULL past the last. */
const struct scene *scene_at(size_t i);
/* Some lead to their state only where the kernel has changed so. */
bool scene_is_for(const struct scene *, const struct tcp_profile *);
/* One, drawn by weight. */
const struct scene *scene_draw(struct rng *);

#endif
