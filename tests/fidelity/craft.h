/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The segments thrown at a connection: any flags, and numbers at and around every edge there is. */
#ifndef TCPTUTOR_TESTS_FIDELITY_CRAFT_H
#define TCPTUTOR_TESTS_FIDELITY_CRAFT_H

#include "tests/fidelity/trial.h"

/* Draws one for the connection as it is now. Addresses, ports and data are trial_send()'s. */
struct segment craft_segment(struct trial *);

#endif
