/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson and the text it was read from: what a host gives out when it is asked for a lesson, and where
   in the text something is wrong. */
#ifndef TCPTUTOR_COURSE_TEXT_H
#define TCPTUTOR_COURSE_TEXT_H

#include "engine/lesson/lesson.h"

/* Owns what it points to. */
struct lesson_text {
  char *path;       /* as found or given */
  const char *name; /* its last part: "handshake.md" */
  char *text;
  size_t len;
  struct lesson *lesson;
  size_t step; /* the block of the step that was asked for, or block_count */
};

/* Reads the lesson in TEXT[LEN], which is taken over with PATH (both from malloc), also after a failure:
   lesson_text_close() frees them then, too. False with *ERR, placed in the text. */
bool lesson_text_read(struct lesson_text *, char *path, char *text, size_t len, struct err *);
void lesson_text_close(struct lesson_text *);
void lesson_text_close_all(struct lesson_text *, size_t count);

/* The step called ID is the one asked for. False: there is none, *ERR names the nearest. */
bool lesson_text_seek(struct lesson_text *, const char *id, struct err *);

/* Into the order in which they are to be taken: prerequisites first, otherwise by id; lessons that wait
   for each other come as they are. */
void lesson_text_order(struct lesson_text *, size_t count);

/* Gives *ERR its place: the words of LINE. */
void lesson_text_line(const struct lesson_text *, unsigned line, struct err *);
/* *ERR happened when the command CALL of SCRIPT ran: gives it its place in the text. */
void lesson_text_place(const struct lesson_text *, const struct lesson_script *, const struct command_call *,
                       struct err *);

#endif
