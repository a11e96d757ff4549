/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lessons as tests, in TAP (testanything.org). One test a command and some a step: see prove.h; or, of a
   student's ANSWERS, one a step: see answers.h. */
#ifndef TCPTUTOR_COURSE_CHECK_H
#define TCPTUTOR_COURSE_CHECK_H

#include "engine/course/course.h"

struct check_options {
  bool skip_slow;      /* what is marked slow is left out */
  bool coverage;       /* it is told which rules and changes of state were walked */
  const char *answers; /* graded instead; NULL: none */
  size_t answers_len;
};

/* Puts the TAP of all of them. *FAILED: so many tests were not ok. False: it broke off, which the TAP says, and
   *ERR. */
bool check_lessons(struct course *, const struct check_options *, const struct lesson_text *, size_t count,
                   unsigned *failed, struct err *);

#endif
