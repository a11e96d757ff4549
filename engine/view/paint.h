/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all views share: inks, drawing characters and their ASCII stand-ins, columns, wrapping. Internal to
   view/.

   A view appends to a buf. Where a line must line up, it remembers the octet at which the line began
   (`size_t line = out->len`) and asks for columns from there; SGR sequences take no column. Everything
   that comes from the wire, a file or a user passes through buf_put_visible() on its way in. */
#ifndef TCPTUTOR_VIEW_PAINT_H
#define TCPTUTOR_VIEW_PAINT_H

#include "engine/base/buf.h"
#include "engine/view/view.h"

/* Colours help; they never say anything alone. X(id, SGR, meaning) */
#define INKS(X)                                                                                              \
  X(PLAIN, "", "text")                                                                                       \
  X(BRIGHT, "1", "what matters most on its line")                                                            \
  X(DIM, "2", "reasons, times, shafts")                                                                      \
  X(GOOD, "32", "confirmed, met")                                                                            \
  X(BAD, "31", "denied, wrong, lost")                                                                        \
  X(DUE, "33", "what is owed or to be done")                                                                 \
  X(CODE, "1", "what can be typed")

// clang-format off
enum ink {
#define X(id, sgr, meaning) INK_##id,
  INKS(X)
#undef X
  INK_COUNT
};
// clang-format on

/* X(id, UTF-8, ASCII); the two need not be equally wide. */
#define GLYPHS(X)                                                                                            \
  X(SHAFT, "─", "-")                                                                                         \
  X(DOUBLE, "═", "=")                                                                                        \
  X(HEAD_RIGHT, "▶", ">")                                                                                    \
  X(HEAD_LEFT, "◀", "<")                                                                                     \
  X(DOTTED, "┄", ".")                                                                                        \
  X(STOP_RIGHT, "┤", "|")                                                                                    \
  X(STOP_LEFT, "├", "|")                                                                                     \
  X(YES, "✓", "+")                                                                                           \
  X(NO, "✗", "x")                                                                                            \
  X(MAYBE, "?", "?")                                                                                         \
  X(DIFFERS, "≠", "!")                                                                                       \
  X(TO, "▶", "->")                                                                                           \
  X(DOT, "·", "-")                                                                                           \
  X(MORE, "…", "...")                                                                                        \
  X(LIFE, "│", "|")                                                                                          \
  X(HELD, "━", "=")                                                                                          \
  X(BOX_H, "─", "-")                                                                                         \
  X(BOX_V, "│", "|")                                                                                         \
  X(BOX_CROSS, "┼", "+")                                                                                     \
  X(BOX_UP, "┴", "+")                                                                                        \
  X(BOX_DOWN, "┬", "+")                                                                                      \
  X(BOX_RIGHT, "├", "+")                                                                                     \
  X(BOX_LEFT, "┤", "+")                                                                                      \
  X(BOX_TOP_LEFT, "┌", "+")                                                                                  \
  X(BOX_TOP_RIGHT, "┐", "+")                                                                                 \
  X(BOX_BOTTOM_LEFT, "└", "+")                                                                               \
  X(BOX_BOTTOM_RIGHT, "┘", "+")

// clang-format off
enum glyph {
#define X(id, utf8, ascii) GLYPH_##id,
  GLYPHS(X)
#undef X
  GLYPH_COUNT
};
// clang-format on

const char *glyph(const struct view_options *, enum glyph);

/* Columns a line may fill: one less than the screen has (a full last column wraps on some terminals). */
size_t paint_columns(const struct view_options *);
size_t paint_width(const char *text); /* view_width() of a string */

/* TEXT as it is, in INK. */
void paint(struct buf *, const struct view_options *, enum ink, const char *text);
void paintf(struct buf *, const struct view_options *, enum ink, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* GLYPH, TIMES times. */
void paint_glyphs(struct buf *, const struct view_options *, enum ink, enum glyph, size_t times);
/* How wide the line that began at octet LINE is by now; blanks until it is COLUMN wide; the same, but at
 * least one blank. */
size_t paint_column(const struct buf *, size_t line);
void paint_to(struct buf *, size_t line, size_t column);
void paint_past(struct buf *, size_t line, size_t column);
/* How many octets of TEXT[LEN] fill at most COLUMNS; whole characters. */
size_t paint_fit(const char *text, size_t len, size_t columns);
/* TEXT cut to COLUMNS, at a blank if there is one near, with `…` when cut. */
void paint_cut(struct buf *, const struct view_options *, enum ink, const char *text, size_t columns);
/* TEXT in INK from the present column of the line on, going on after INDENT blanks in the next; the last line
   is not ended. Newlines in TEXT break; `code` is INK_CODE. */
void paint_wrapped(struct buf *, const struct view_options *, enum ink, size_t line, size_t indent,
                   const char *text);

/* The end's name; as it begins a sentence ("You", "Peer"); whether it takes the verb of "you" ("send", not
 * "sends"). */
const char *paint_name(const struct view_options *, enum end);
size_t paint_name_width(const struct view_options *); /* the wider one's */
void paint_capital(struct buf *, const struct view_options *, enum end);
bool paint_is_you(const struct view_options *, enum end);

/* "retransmission timer", "user timeout". */
void paint_timer(struct buf *, enum tcp_timer);
/* What T has sent from LEFT up to RIGHT: "SYN", "5 octets + FIN", "nothing". */
void paint_sent(struct buf *, const struct tcb *t, seq_t left, seq_t right);
/* "1.5s left", to the millisecond. */
void paint_left(struct buf *, usec_t due, usec_t now);
/* Where what happened begins in a transcript: right of the time. */
size_t paint_text_column(const struct view_options *);
/* When R was, since its connection's first segment; USEC_NEVER: before that. */
usec_t paint_since(const struct trace *, const struct record *);
/* T in exactly WIDTH columns (blank for USEC_NEVER), as many decimals as there is room for. */
void paint_time(struct buf *, const struct view_options *, usec_t t, size_t width);

#endif
