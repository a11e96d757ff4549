/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lessons as files: where they are looked for, how they are read, what went wrong with them.

   A name with a `/` or a `.` in it is a path; any other is an id, looked for as ID.md in the directories of
   $TCPTUTOR_LESSONS (parted by colons), tcptutor/lessons below $XDG_DATA_HOME and below each of
   $XDG_DATA_DIRS, the source tree's lessons/ when the program runs where it was built, and the folder they
   were installed to. The first found is taken. */
#ifndef TCPTUTOR_CLI_LESSON_FILE_H
#define TCPTUTOR_CLI_LESSON_FILE_H

#include "cli/app.h"
#include "engine/lesson/lesson.h"

struct lesson_file {
  char *path;       /* as found or given */
  const char *name; /* its last part: "handshake.md" */
  char *text;
  size_t len;
  struct lesson *lesson;
};

/* Finds, reads and parses. False: the reason has been shown. */
bool lesson_file_open(struct app *, const char *name, struct lesson_file *);
void lesson_file_close(struct lesson_file *);

/* Every lesson there is in the directories above, each id once, in the order in which they are to be taken.
   Files that are no lessons are shown as errors and counted in *WRONG. The caller closes each and frees the
   array. NULL when there is none. */
struct lesson_file *lesson_file_all(struct app *, size_t *count, size_t *wrong);

/* *ERR happened when the command CALL of SCRIPT ran: gives it its place in the file. */
void lesson_file_place(const struct lesson_file *, const struct lesson_script *, const struct command_call *,
                       struct err *);

#endif
