/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The desk at which commands are given: a session, the manner in which it is shown, and the host that shows
   it. It knows the commands of the prompt's language that are about the session (and `set`, `rules`, `help`);
   others are the host's.

   The session is the host's to make and to free; view.name points into `names`, so a desk is not copied. */
#ifndef TCPTUTOR_COURSE_DESK_H
#define TCPTUTOR_COURSE_DESK_H

#include "engine/base/err.h"
#include "engine/command/command.h"
#include "engine/course/host.h"
#include "engine/session/session.h"
#include "engine/view/view.h"

#include <stdarg.h>

/* Where text goes for a while instead of to the host. */
struct desk_aside {
  void (*put)(void *ctx, const char *text, size_t len);
  void *ctx;
};

struct desk {
  const struct host *host;
  void *ctx;               /* the host's */
  struct session *session; /* NULL: none yet */
  bool real_time;          /* its time passes by itself */
  struct view_options view;
  char names[END_COUNT][16]; /* what view.name points to */
  unsigned lines;            /* of the screen */
  int color;                 /* what was asked for: -1 auto, 0 never, 1 always … */
  bool ascii;
  bool shows_color, shows_utf8; /* … and what the host can show */
  bool json;                    /* records are shown as JSON */
  bool keep_going;              /* after a command that failed */
  bool quiet;                   /* records are not shown (setup of a lesson) */
  size_t printed;               /* records already shown, or passed over */
  const struct desk_aside *aside;
};

/* No session, an 80-column screen without colour. */
void desk_init(struct desk *, const struct host *, void *ctx);
/* After `color` or `ascii`, or what the host can show, has changed. */
void desk_dress(struct desk *);

/* Runs one parsed command and shows the records it has led to. False: it failed, *ERR says why and has its
   place in the script (ERR_MISMATCH: a failed expectation, which the records tell, too). */
bool desk_run(struct desk *, const struct command_call *, struct err *);
/* Shows the records not shown yet. */
void desk_show_records(struct desk *);
/* Text for the reader. */
void desk_put(struct desk *, const char *text, size_t len);
void desk_printf(struct desk *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void desk_vprintf(struct desk *, const char *format, va_list) __attribute__((format(printf, 2, 0)));
void desk_put_record(struct desk *, const char *text, size_t len);
void desk_error(struct desk *, const struct err *, const char *name, const char *text, size_t len);

/* An aside that takes text and forgets it. */
extern const struct desk_aside desk_nowhere;

/* What each command does; false: *ERR, whose place, if it has none, is the whole command. There is a
   session. */
typedef bool desk_command(struct desk *, const struct command_call *, struct err *);
#define DESK(name) desk_command desk_##name;
#define HOST(name)
#define X(id, name, alias, group, whose) whose(name)
COMMANDS(X)
#undef X
#undef DESK
#undef HOST

#endif
