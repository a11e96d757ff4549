/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shapes and letters of SVG, and the pictures made of them. Inks (paint.h) are classes; the style sheet gives
   them colours. Internal to view/. */
#ifndef TCPTUTOR_VIEW_DRAWING_H
#define TCPTUTOR_VIEW_DRAWING_H

#include "engine/view/paint.h"

#define DRAWING_WIDTH 880 /* of every picture */
#define DRAWING_CELL 8    /* what a letter of the usual size may take; monospace fonts take 7 to 8 */
#define DRAWING_LINE 17   /* from one line of text to the next */

enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };
/* How a stroke is drawn. */
enum stroke { STROKE_THIN, STROKE_HEAVY, STROKE_DASHED, STROKE_DOTTED };

/* The class of INK; "bright", "dim". */
const char *drawing_ink(enum ink);
void drawing_style(struct buf *);

/* One line of text, which may hold anything. */
void drawing_text(struct buf *, enum ink, enum anchor, int x, int y, const char *text);
/* The same in parts: between them the caller appends markup. */
void drawing_text_begin(struct buf *, enum ink, enum anchor, int x, int y);
void drawing_span(struct buf *, enum ink, const char *text, size_t len);
void drawing_text_end(struct buf *);
void drawing_line(struct buf *, enum ink, enum stroke, int x1, int y1, int x2, int y2);
/* An arrow's head with its tip at X, Y, its shaft coming RUN to the right and RISE down (of either sign). */
void drawing_head(struct buf *, enum ink, int x, int y, int run, int rise);
/* A cross, such as a lost segment ends in. */
void drawing_cross(struct buf *, enum ink, int x, int y);
/* A group of which everything answers to pointing with what is appended before drawing_title_end(). */
void drawing_group(struct buf *);
void drawing_title_end(struct buf *);
void drawing_group_end(struct buf *);
/* Nothing to see, but to be pointed at. */
void drawing_target(struct buf *, int x, int y, int width, int height);

/* The pictures; TOP is where they begin. They return their height. */
int drawing_ladder(struct buf *, const struct trace *, unsigned connection, const struct view_options *,
                   int top);
int drawing_diagram(struct buf *, const struct trace *, unsigned connection, const struct view_options *,
                    int top);

#endif
