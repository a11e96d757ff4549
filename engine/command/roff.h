/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts of help as man(7) source: what layout.h lays out on a screen, for the manual page. */
#ifndef TCPTUTOR_COMMAND_ROFF_H
#define TCPTUTOR_COMMAND_ROFF_H

#include <stddef.h>

struct buf;

/* TEXT with nothing in it that troff would take for its own; 'x', something to type, becomes bold. One line
   of source, not ended. */
void roff_line(const char *text, size_t len, struct buf *);
/* How something is written: words to type bold, words that stand for others, in UPPER CASE, italic. */
void roff_usage(const char *usage, size_t len, struct buf *);
/* Lines as layout() takes them: paragraphs, begun by the macro PARAGRAPH (".PP", or ".IP" within an item);
   rows become items, their left column by roff_usage() when USAGE, else bold; lines with '>' an example. */
void roff_text(const char *text, size_t len, const char *paragraph, int usage, struct buf *);

#endif
