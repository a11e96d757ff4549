/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The progress of a wait, in the line where the cursor is: for a person at a terminal only, and only once the
   wait has lasted long enough to be noticed (on the model time passes at once). Whatever is printed erases it
   first; it comes again while the wait goes on. */
#ifndef TCPTUTOR_CLI_PROMPT_WAIT_BAR_H
#define TCPTUTOR_CLI_PROMPT_WAIT_BAR_H

#include "cli/app.h"

/* Whether this program's waits are to be shown at all. */
bool wait_bar_possible(const struct app *);
/* A session's on_wait; CTX is the app. */
void wait_bar_show(void *ctx, usec_t began, usec_t now, usec_t until);
/* Takes it off the screen, if it is there. */
void wait_bar_erase(struct app *);

#endif
