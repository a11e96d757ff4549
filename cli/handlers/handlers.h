/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each command does that is about the program and not about the session (these are the desk's). False: it
 * failed, *ERR says why; no place in it means the whole command. */
#ifndef TCPTUTOR_CLI_HANDLERS_HANDLERS_H
#define TCPTUTOR_CLI_HANDLERS_HANDLERS_H

#include "cli/app.h"

typedef bool command_handler(struct app *, const struct command_call *, struct err *);

#define HOST(name) command_handler handle_##name;
#define DESK(name)
#define X(id, name, alias, group, whose) whose(name)
COMMANDS(X)
#undef X
#undef DESK
#undef HOST

/* The one that the call names. */
command_handler handle_command;

#endif
