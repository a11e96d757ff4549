/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeping the calling thread on one processor. */
#ifndef TCPTUTOR_WIRE_PROCESSOR_H
#define TCPTUTOR_WIRE_PROCESSOR_H

#include <stdbool.h>

struct err;
struct processor;

/* On the one that it runs on now, until processor_free(), which lets it on all it was allowed before. NULL
   with *ERR when the system refuses. */
struct processor *processor_keep(struct err *);
void processor_free(struct processor *);
/* While there is nothing to do it may be moved to where there is room; from processor_resume() on it is kept
   again, where it is then. Does nothing, and costs nothing, when it is so already. */
void processor_rest(struct processor *);
void processor_resume(struct processor *);
/* Whether it has run on one all the time since it was kept; if not, for it has rested, or the system takes
   processors away, it is kept from now on. Makes no system call while all is well. */
bool processor_kept(struct processor *);

#endif
