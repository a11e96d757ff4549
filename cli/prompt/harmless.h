/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What readline writes to the terminal is not ours to filter, so what it is given is: lines of the history
   file, names of files, and whatever comes into the line itself. What could change the terminal, or the order
   in which a line is read (C1 controls, bidirectional overrides, invisible characters, octets that are no
   text), becomes the escape that means the same between quotes, as buf_put_visible() makes it. Readline shows
   C0 controls as ^X by itself. */
#ifndef TCPTUTOR_CLI_PROMPT_HARMLESS_H
#define TCPTUTOR_CLI_PROMPT_HARMLESS_H

#include <stdbool.h>

/* TEXT made harmless, for free(). C0: its C0 controls, too, which in a line would be Enter. NULL: it is as it
   should be, or there is no memory. */
char *harmless(const char *text, bool c0);

/* From now on readline's own line is made so before it is shown, and names that Tab finds. */
void harmless_begin(void);

#endif
