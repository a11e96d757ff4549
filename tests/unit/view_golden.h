/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Screens compared with files under tests/golden. TCPTUTOR_GOLDEN=write in the environment writes them anew.
 */
#ifndef TCPTUTOR_TESTS_VIEW_GOLDEN_H
#define TCPTUTOR_TESTS_VIEW_GOLDEN_H

#include <stdbool.h>
#include <stddef.h>

/* Whether SCREEN is what tests/golden/NAME holds. If not, both are shown on standard error, the lines that
 * differ marked. */
bool golden_matches(const char *name, const char *screen, size_t len);

#endif
