/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a host can do. A host is whatever a person meets a course in: a program at a terminal, a page of a
   browser, a test without either. Everything in this folder reaches the world outside by this table alone.

   CTX is the host's own, handed back with each call. No function may call back into what called it, but for
   desk_show() while a command waits. */
#ifndef TCPTUTOR_COURSE_HOST_H
#define TCPTUTOR_COURSE_HOST_H

#include "engine/command/command.h"

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;

struct host {
  /* Shows TEXT. A RECORD is what happened, as --json tells it; all else is for the reader. */
  void (*put)(void *ctx, const char *text, size_t len, bool record);
  /* Shows what is wrong, at its place in TEXT[LEN] of the file called NAME; both NULL: it has no place; NAME
     alone NULL: TEXT is a line that was typed. */
  void (*error)(void *ctx, const struct err *, const char *name, const char *text, size_t len);
  /* Records may have been added, and will be shown next, unless that is to happen out of sight. May be NULL. */
  void (*follow)(void *ctx);
  /* Runs a command that the desk does not know (the host's own). May be NULL. */
  bool (*command)(void *ctx, const struct command_call *, struct err *);
  /* `help interview`: the questions of all lessons. May be NULL. */
  void (*questions)(void *ctx, struct buf *out);
  /* The ways between states the reader has walked by hand in lessons, [from][to]; NULL: none. May be NULL. */
  const bool (*(*walked)(void *ctx))[STATE_COUNT];
};

#endif
