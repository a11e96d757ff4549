/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings of the kernel's that are numbers of a profile: `peer set` changes them in the model's machine,
   and in the shadow of a kernel that was told the same. */
#ifndef TCPTUTOR_PEER_NUMBER_H
#define TCPTUTOR_PEER_NUMBER_H

#include "engine/tcp/profile.h"

#include <stdbool.h>
#include <stddef.h>

/* How a sysctl's number is kept. */
enum number_form { A_SWITCH, A_COUNT, A_DURATION };

struct number {
  const char *name; /* as in setting.h */
  enum number_form form;
  size_t at;   /* in the struct that has it */
  usec_t unit; /* of a duration */
};

/* The entry of NUMBERS[N] called NAME, or NULL. */
const struct number *number_find(const struct number *numbers, size_t n, const char *name);
int number_read(const struct number *, const void *in);
void number_write(const struct number *, void *in, int value);

/* Of struct tcp_profile. NULL: NAME is none of its numbers. */
const struct number *profile_number(const char *name);

#endif
