/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was typed: in memory, and in $XDG_STATE_HOME/tcptutor/history, one line a line, appended as it is
   typed under a lock, so that sessions side by side both keep theirs and a killed one loses nothing. Failing
   to keep it is no reason to fail. */
#ifndef TCPTUTOR_CLI_PROMPT_HISTORY_H
#define TCPTUTOR_CLI_PROMPT_HISTORY_H

struct buf;

/* Reads the file; cuts it short when it has grown long (atomically). */
void history_load(void);
/* Remembers LINE, unless it is blank or the same as the last. */
void history_keep(const char *line);
void history_print(struct buf *);

#endif
