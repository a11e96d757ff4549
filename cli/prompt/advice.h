/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to do next, at the prompt. */
#ifndef TCPTUTOR_CLI_PROMPT_ADVICE_H
#define TCPTUTOR_CLI_PROMPT_ADVICE_H

#include "cli/app.h"

/* `hint` outside a lesson. */
bool advice_hint(struct app *, struct err *);
/* Says the obvious next thing, once, when there has come to be one; to a person only, not within a lesson,
   and not when `set explain off` asks for silence. */
void advice_next(struct app *);

#endif
