/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The segments thrown at a connection: any flags, and numbers at and around every edge there is. */
#ifndef TCPTUTOR_TESTS_FIDELITY_CRAFT_H
#define TCPTUTOR_TESTS_FIDELITY_CRAFT_H

#include "tests/fidelity/trial.h"

/* Draws one for the connection as it is now. Addresses, ports and data are trial_send()'s. */
struct segment craft_segment(struct trial *);
/* Octets of text where ACKs may wait: so few that several together are no full segment, or so many that a
   second one surely brings the ACK, and not often. Between these, and when the window has grown, it hangs on
   how much memory the kernel thinks is left. */
uint32_t craft_short_or_full(struct trial *);

#endif
