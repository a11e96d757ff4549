/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The language's part of the manual page tcptutor(1), as man(7) source, from the same tables as help. */
#ifndef TCPTUTOR_COMMAND_MANUAL_H
#define TCPTUTOR_COMMAND_MANUAL_H

struct buf;

/* The section COMMANDS, a subsection a group, and then a section each topic of help. */
void manual_commands(struct buf *);
void manual_topics(struct buf *);

#endif
