/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reader's inner parts: words of fences and comments, and text within a paragraph. As in parts.h,
   functions return false with *ERR placed in the file. */
#ifndef TCPTUTOR_LESSON_READER_H
#define TCPTUTOR_LESSON_READER_H

#include "engine/lesson/parts.h"

struct cmark_node;

/* What the fence's first word makes of a block: BLOCK_CODE for languages not ours. */
enum block_kind fence_kind(const char *info);
/* The other words: id, on=, slow, by-hand= (whose fields go to *BY_HAND). */
bool fence_words(const struct source *, const char *info, struct block *, uint32_t *by_hand, struct err *);
/* `<!-- lesson id=… after=… minutes=… -->`, `<!-- interview [step=…] A question? -->`; other comments and
   HTML are none of ours: true. */
bool comment_words(const struct source *, const char *html, unsigned line, struct lesson *, struct err *);
/* When all blocks are read: each question names a step there is, or gets the next one. */
bool comment_steps(const struct source *, struct lesson *, struct err *);

/* Adds what an inline node shows, as text; ENTERING as cmark's iterator says. */
bool inline_text(const struct source *, struct cmark_node *, bool entering, struct buf *, struct err *);

#endif
