/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson's blocks and the commands typed in it, as text for the screen. Pure; every text is made harmless.
 */
#ifndef TCPTUTOR_COURSE_SHOW_H
#define TCPTUTOR_COURSE_SHOW_H

#include "engine/lesson/lesson.h"
#include "engine/view/view.h"

struct buf;
struct segment_env;

/* A heading, paragraph, list item or code block, live values filled in from ENV. PREVIOUS is the block shown
   before, or NULL: a blank line parts the two, unless both are items of a list. */
void lesson_show_block(const struct block *, const struct block *previous, const struct segment_env *,
                       const struct view_options *, struct buf *);
/* A paragraph as in a block's text, MARK in the columns before its first line. */
void lesson_show_paragraph(const char *mark, const char *text, const struct segment_env *,
                           const struct view_options *, struct buf *);
/* A quiz as it is posed, answers numbered; and its solution. */
void lesson_show_quiz(const struct lesson_quiz *, const struct view_options *, struct buf *);
void lesson_show_answer(const struct lesson_quiz *, const struct segment_env *, const struct view_options *,
                        struct buf *);
/* COMMAND[LEN] as it stands after a prompt PROMPT_COLUMNS wide, broken at blanks where the screen ends; no
 * newline behind. */
void lesson_show_typed(const char *command, size_t len, size_t prompt_columns, const struct view_options *,
                       struct buf *);
/* How long a text takes to read, in words. */
unsigned lesson_show_words(const char *text, size_t len);

#endif
