/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course's notes as files, tcptutor/NAME below $XDG_STATE_HOME, else ~/.local/state, each written anew as a
   whole, so that it is never half there. What they promise is in engine/course/host.h. */
#ifndef TCPTUTOR_CLI_FILES_NOTES_H
#define TCPTUTOR_CLI_FILES_NOTES_H

#include "engine/course/host.h"

enum note_found notes_fetch(void *ctx, const char *name, struct buf *text, struct err *);
bool notes_keep(void *ctx, const char *name, const char *text, size_t len, struct err *);
bool notes_set_aside(void *ctx, const char *name, struct err *);

#endif
