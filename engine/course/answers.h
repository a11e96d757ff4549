/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A student's answers to a lesson, graded: `check LESSON --answers FILE`. A line `ID: …` begins the answer to
   the step called ID; the commands, or what is chosen, stand behind it and on the lines below. */
#ifndef TCPTUTOR_COURSE_ANSWERS_H
#define TCPTUTOR_COURSE_ANSWERS_H

#include "engine/course/prove.h"

/* One proof a step, in the lesson's order, told as lesson_prove() tells. False: p->err says why nothing could
   be graded. */
bool answers_prove(struct prover *, const char *text, size_t len);

#endif
