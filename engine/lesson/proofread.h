/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be said of a lesson without running it, beyond what lesson_parse() refuses; and of a translation
   beside its original. Pure. */
#ifndef TCPTUTOR_LESSON_PROOFREAD_H
#define TCPTUTOR_LESSON_PROOFREAD_H

#include "engine/lesson/lesson.h"

/* Something is wrong: on LINE or below it, where the file has the words PART[PART_LEN] (none: the whole
   line). The error has no place. */
typedef void proofread_tell(void *ctx, unsigned line, const char *part, size_t part_len, struct err *);

/* Hints and explanations that are missing, references to what there is not. */
void proofread(const struct lesson *, proofread_tell *, void *ctx);
/* In a translation only prose, hints, says and the words of answers may differ. Told at the translation's
 * lines. */
void proofread_translation(const struct lesson *original, const struct lesson *translation, proofread_tell *,
                           void *ctx);

#endif
