/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What help says of a command, in the form layout.h lays out: for the parts of this folder. */
#ifndef TCPTUTOR_COMMAND_HELP_H
#define TCPTUTOR_COMMAND_HELP_H

struct buf;
struct command;

/* A row a form: how it is written, what it does. */
void help_put_forms(const struct command *, struct buf *);
/* A blank line, then a row an argument, each once; nothing when none needs a word. */
void help_put_args(const struct command *, struct buf *);

#endif
