/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fidelity/clock.h"

#include "engine/base/buf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SLACK = 3 * USEC_MS }; /* from the timer's interrupt to the capture */

bool clock_emulated(void)
{
  static const char emulator[] = "QEMU TCG";
  static int known = -1;
  char line[256];

  if (known >= 0) return known;
  FILE *file = fopen("/proc/cpuinfo", "re");
  known = 0;
  while (file && !known && fgets(line, sizeof line, file)) known = strstr(line, emulator) != NULL;
  if (file) fclose(file);
  return known;
}

enum tcp_timer clock_timer(const struct trial *t, enum tcp_intent means)
{
  switch (means) {
  case INTENT_RETRANSMIT:
    return TIMER_RETRANSMISSION;
  case INTENT_ACK:
    return TIMER_DELAYED_ACK;
  default:
    return t->tcb.timer[TIMER_PERSIST] != USEC_NEVER ? TIMER_PERSIST : TIMER_KEEPALIVE;
  }
}

/* Of the timer wheel, for a timer that takes so long. */
static usec_t notch(usec_t takes, usec_t tick)
{
  usec_t width = tick;

  for (int level = 0; level < 4 && takes >= 63 * width; level++) width *= 8;
  return width;
}

static bool differs(struct trial *t, usec_t due, usec_t when, const char *how)
{
  if (t->story) buf_printf(t->story, "    due %+" PRId64 " us from when it came\n", due - when);
  snprintf(t->difference.where, sizeof t->difference.where, "a timer");
  return trial_broken(t, "what a timer sends came %s", how);
}

bool clock_in_time(struct trial *t, usec_t due, usec_t when)
{
  const usec_t tick = t->tcb.profile->tick;

  if (due == USEC_NEVER) return differs(t, when, when, "though no timer ran");
  t->timed++;
  if (when > due && when - due > t->latest) t->latest = when - due;
  t->disturbed = true; /* unless it comes again: an idle kernel's clock may lag for a moment, too */
  if (when < due - tick) return differs(t, due, when, "early");
  if (!clock_emulated() && when > due + notch(due - t->began, tick) + tick + SLACK)
    return differs(t, due, when, "late");
  t->disturbed = false;
  return true;
}
