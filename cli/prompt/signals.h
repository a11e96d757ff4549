/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal's manners under signals, while a person is at the prompt. Scripts keep the system's defaults:
   a signal ends them, and the kernel clears the lab away.

   Every signal that would end the program, be it asked for (SIGTERM), the output's reader leaving (SIGPIPE) or a
   mistake of ours (SIGSEGV, SIGABRT), puts the terminal back as it was and then ends the program all the same, at
   any moment, even while it cannot write. SIGINT only makes a descriptor readable. SIGTSTP puts the terminal back
   and stops; SIGCONT and SIGWINCH ask for the line to be drawn again. */
#ifndef TCPTUTOR_CLI_PROMPT_SIGNALS_H
#define TCPTUTOR_CLI_PROMPT_SIGNALS_H

#include <stdbool.h>

/* Remembers how the terminal is now, and handles signals from now on. False: errno. */
bool signals_begin(void);
void signals_end(void);

/* Readable after Ctrl-C, until signals_clear() says there was one. */
int signals_interrupt_fd(void);
bool signals_clear_interrupt(void);
/* Readable when the line is to be drawn again, until cleared. */
int signals_redraw_fd(void);
bool signals_clear_redraw(void);

/* The terminal has been set up for editing a line, with bracketed paste switched on; or put back. */
void signals_editing(bool editing, bool bracketed_paste);

#endif
