/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each command does that is about the program and not about the session (these are the desk's). False: it
 * failed, *ERR says why; no place in it means the whole command. */
#ifndef TCPTUTOR_CLI_HANDLERS_HANDLERS_H
#define TCPTUTOR_CLI_HANDLERS_HANDLERS_H

#include "cli/app.h"

typedef bool command_handler(struct app *, const struct command_call *, struct err *);

command_handler handle_save, handle_source, handle_history, handle_quit, handle_lesson, handle_hint,
    handle_solve, handle_skip, handle_back, handle_again, handle_leave;

/* The one that the call names. */
command_handler handle_command;

#endif
