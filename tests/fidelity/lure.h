/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lures: what chance alone would seldom throw, for the rows that wait for one number exactly. */
#ifndef TCPTUTOR_TESTS_FIDELITY_LURE_H
#define TCPTUTOR_TESTS_FIDELITY_LURE_H

#include "tests/fidelity/trial.h"

/* Makes of the segment drawn one that is for the connection's state. */
void lure(struct trial *, struct segment *);

#endif
