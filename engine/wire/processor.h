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
/* Whether it still runs there; if not, for the system takes processors away, it is kept on another from now
   on. Asks no system call while all is well. */
bool processor_kept(struct processor *);

#endif
