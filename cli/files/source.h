/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scripts in files: read whole, checked before they run, and kept from sourcing themselves. */
#ifndef TCPTUTOR_CLI_FILES_SOURCE_H
#define TCPTUTOR_CLI_FILES_SOURCE_H

#include "cli/app.h"

struct buf;

/* All that FD, called NAME in messages, has to give, into SCRIPT (of the growing kind; the caller frees it
   also after a failure). */
bool source_read_fd(int fd, const char *name, struct buf *script, struct err *);
/* The same of a file. */
bool source_read(const char *file, struct buf *script, struct err *);

/* A `source` that stands in a script being checked: is what it will run in order? Sets *NEEDS when that needs
   a session. False: it is not; *ERR, or without a message when it has been told. */
bool source_check(struct app *, const struct command_call *, bool *needs, struct err *);

/* The rc file, if there is one, at the beginning of a session at the prompt. What is wrong with it is shown.
 */
void source_rc(struct app *);

#endif
