/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each command does. False: it failed, *ERR says why; no place in it means the whole command. There is a
 * session. */
#ifndef TCPTUTOR_CLI_HANDLERS_H
#define TCPTUTOR_CLI_HANDLERS_H

#include "cli/app.h"

typedef bool command_handler(struct app *, const struct command_call *, struct err *);

command_handler handle_send, handle_release, handle_resend, handle_lose, handle_auto, handle_open,
    handle_listen, handle_close, handle_abort, handle_crash, handle_new, handle_connections, handle_use,
    handle_peer, handle_wait, handle_expect, handle_state, handle_ladder, handle_show, handle_why,
    handle_diagram, handle_space, handle_timers, handle_rules, handle_save, handle_set, handle_source,
    handle_help, handle_history, handle_quit, handle_lesson, handle_hint, handle_solve, handle_skip,
    handle_back, handle_again, handle_leave;

#endif
