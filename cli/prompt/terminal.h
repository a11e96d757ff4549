/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the terminal, or whatever standard output is, can show. */
#ifndef TCPTUTOR_CLI_PROMPT_TERMINAL_H
#define TCPTUTOR_CLI_PROMPT_TERMINAL_H

#include <stdbool.h>

/* The columns of standard output, 40 to 200: the terminal's own, else $COLUMNS, else 80. */
unsigned terminal_columns(void);
/* The terminal's lines, 10 to 200; 24 when nobody says. */
unsigned terminal_lines(void);
/* The locale (setlocale() has been called) shows UTF-8. */
bool terminal_utf8(void);
/* Colour: CHOICE 0 never, 1 always, -1 on a terminal that is not dumb, unless $NO_COLOR is set. */
bool terminal_color(int choice);

/* Standard output is a terminal on which a line can be erased and written again. */
bool terminal_erases(void);

#endif
