/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a host can do. A host is whatever a person meets a course in: a program at a terminal, a page of a
   browser, a test without either. Everything in this folder reaches the world outside by this table alone, so
   that whoever fills it has the whole course: lessons taken, played, checked, proof-read, and how far the
   reader has come.

   CTX is the host's own, handed back with each call. None of the functions may call back into what called it,
   but for desk_show_records() while a command waits. What may be NULL says so.

   Nothing in this folder waits for a person: a host hands lines over (learn.h) and takes pieces (play.h)
   when it likes. Only a command may take time, where time is real. */
#ifndef TCPTUTOR_COURSE_HOST_H
#define TCPTUTOR_COURSE_HOST_H

#include "engine/lesson/lesson.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct desk;
struct err;
struct lesson_text;

/* The other end, as it is asked for. */
struct world {
  enum lesson_wire wire; /* ON_ANY: the host's usual one, which is no model */
  const char *profile;   /* the model's; NULL: rfc9293 */
  bool have_seed;        /* else one nobody can foresee */
  uint64_t seed;
};

/* What the host has of a note. */
enum note_found {
  NOTE_NONE,    /* there is no such note */
  NOTE_FOUND,   /* its text */
  NOTE_STRANGE, /* something is there that is no text */
  NOTE_LOST,    /* it cannot be read, or there is no place for it: *ERR, whose message may be empty */
};

struct host {
  /* Shows TEXT. A RECORD is what happened, as --json tells it; all else is for the reader. */
  void (*put)(void *ctx, const char *text, size_t len, bool record);
  /* Shows what is wrong, at its place in TEXT[LEN] of the file called NAME. TEXT NULL: it has no place; NAME
     NULL: the text is a line that was typed. */
  void (*error)(void *ctx, const struct err *, const char *name, const char *text, size_t len);
  /* A session on a fresh WORLD takes the place of the desk's, if any: desk->session and ->real_time. False
     with *ERR (ERR_UNAVAILABLE: not to be had here). */
  bool (*open)(void *ctx, const struct world *, struct err *);
  /* A number nobody can foresee. */
  uint64_t (*seed)(void *ctx);
  /* Records have been added, and will be shown next, unless that is to happen out of sight. May be NULL. */
  void (*follow)(void *ctx);
  /* Runs a command that the desk does not know (the host's own). May be NULL. */
  bool (*command)(void *ctx, const struct command_call *, struct err *);
  /* The ways between states the reader has walked by hand in lessons, [from][to]; NULL: none. May be NULL. */
  const bool (*(*walked)(void *ctx))[STATE_COUNT];

  /* The lesson called NAME (the host may know paths, too, and NAME#STEP), for lesson_text_close(). False:
     that has been shown. */
  bool (*lesson)(void *ctx, const char *name, struct lesson_text *);
  /* All lessons, each id once, in the order in which they are to be taken (lesson_text_order()); the caller
     closes each and frees the array. TELL: what is no lesson is shown. NULL: there is none. */
  struct lesson_text *(*lessons)(void *ctx, bool tell, size_t *count);

  /* Notes are kept by name between runs; NAME is a word. */
  enum note_found (*fetch)(void *ctx, const char *name, struct buf *text, struct err *);
  bool (*keep)(void *ctx, const char *name, const char *text, size_t len, struct err *);
  /* The note is somebody else's, whatever it is: it goes out of the way, never lost, and *ERR says so to the
     reader. False: it could not, and *ERR says that. */
  bool (*set_aside)(void *ctx, const char *name, struct err *);
};

#endif
