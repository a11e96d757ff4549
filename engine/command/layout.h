/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lays out text for a width: paragraphs are wrapped, rows become tables.

   TEXT is lines. A line is a paragraph, with the indentation it has; a line with a tab is a row of two
   columns, and rows that follow each other are aligned. A line that begins with '>' is kept as it is, without
   the '>'. ASCII only. */
#ifndef TCPTUTOR_COMMAND_COMMAND_LAYOUT_H
#define TCPTUTOR_COMMAND_COMMAND_LAYOUT_H

#include <stddef.h>

struct buf;

void layout(const char *text, size_t len, unsigned columns, struct buf *);

#endif
