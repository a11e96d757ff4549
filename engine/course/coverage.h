/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rules of the machine and which changes of state some traces have walked. */
#ifndef TCPTUTOR_COURSE_COVERAGE_H
#define TCPTUTOR_COURSE_COVERAGE_H

#include "engine/trace/trace.h"

struct buf;

#define COVERAGE_RULES_MAX 512

struct coverage {
  bool fired[COVERAGE_RULES_MAX]; /* by place in the table */
  bool walked[STATE_COUNT][STATE_COUNT];
};

void coverage_add(struct coverage *, const struct trace *);
/* As comments of a TAP stream. */
void coverage_tell(const struct coverage *, struct buf *);

#endif
