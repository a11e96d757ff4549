/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a fuzz target holds against what it is given; what does not hold ends it. */
#ifndef TCPTUTOR_TESTS_FUZZ_CHECK_H
#define TCPTUTOR_TESTS_FUZZ_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void check(bool holds);
/* No control octet, and UTF-8. */
void is_safe(const char *text);
/* The error says what is wrong, and where in an input of SIZE octets. */
void is_explained(const struct err *, size_t size);

#endif
