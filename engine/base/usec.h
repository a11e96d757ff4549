/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time: microseconds, as a point on some clock or as a duration. The engine never reads
   a clock outside wire/; every function that needs the time takes it. */
#ifndef TCPTUTOR_BASE_USEC_H
#define TCPTUTOR_BASE_USEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

typedef int64_t usec_t;

#define USEC_NEVER INT64_MAX
#define USEC_MS INT64_C(1000)
#define USEC_S INT64_C(1000000)

/* "2m", "1.5s", "200ms", "10us", "3" (seconds), "1h". False with an error placed in TEXT;
   the longest duration accepted is 30 days, the finest a microsecond. No sign, no "never". */
bool usec_parse(const char *text, size_t len, usec_t *out, struct err *);
/* A short text usec_parse() reads back as D: whole hours or minutes ("2m"), else seconds, milli- or
   microseconds with the decimals needed ("1.5s", "200ms", "0s"). Also "-3s" and "never", which do not read
   back. */
void usec_print(struct buf *, usec_t d);
/* Seconds and six decimals, as in a trace: "4.155441". */
void usec_print_stamp(struct buf *, usec_t t);

#endif
