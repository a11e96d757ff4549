/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time of what the kernel sends by itself, held against the shadow's timers: never early, by more than the
   tick that two measurements of one round trip may differ by; and no later than the timer wheel is coarse, which
   counts ticks and, the longer a timer takes, whole notches of eight, 64 … ticks. Whoever is not
   in time is tried again (trial.disturbed), for the machine may be busy; in an emulator, where time is nobody's,
   only who is early is wrong. */
#ifndef TCPTUTOR_TESTS_FIDELITY_CLOCK_H
#define TCPTUTOR_TESTS_FIDELITY_CLOCK_H

#include "tests/fidelity/trial.h"

/* The processor is made of software. */
bool clock_emulated(void);
/* The shadow's timer that makes it send what means MEANS. */
enum tcp_timer clock_timer(const struct trial *, enum tcp_intent means);
/* It came at WHEN and was due at DUE (USEC_NEVER: no timer ran); false: that differs, and the trial has ended. */
bool clock_in_time(struct trial *, usec_t due, usec_t when);

#endif
