/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reader's answer to a quiz, judged. Pure. */
#ifndef TCPTUTOR_LESSON_QUIZ_H
#define TCPTUTOR_LESSON_QUIZ_H

#include "engine/lesson/lesson.h"

struct quiz_verdict {
  bool right;
  uint32_t picked; /* options named, bit 0 the first */
  uint32_t value;  /* with `answer:`: the reader's number … */
  uint32_t answer; /* … and the right one */
  const char *say; /* what was foreseen of this wrong number; or NULL */
};

/* Options are named by number or letter, several parted by blanks or commas; all right ones and no other are
   the answer. A number may be anything segment_parse_value() reads; names are worth what ENV says. False:
   TEXT is no answer, *ERR says what would be and has its place in TEXT. */
bool quiz_judge(const struct lesson_quiz *, const char *text, size_t len, const struct segment_env *,
                struct quiz_verdict *, struct err *);

#endif
