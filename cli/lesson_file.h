/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lessons as files: where they are looked for, how they are read, what went wrong with them.

   A name with a `/` or a `.` in it is a path; any other is an id, looked for as ID.md in the directories of
   $TCPTUTOR_LESSONS (parted by colons), tcptutor/lessons below $XDG_DATA_HOME and below each of
   $XDG_DATA_DIRS, the source tree's lessons/ when the program runs where it was built, and the folder they
   were installed to. The first found is taken. In each, LANG/ID.md comes before ID.md when the messages'
   locale is in that language. NAME#STEP names one of its steps, too. */
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
  size_t step; /* the block of the step that was asked for, or block_count */
};

/* Finds, reads and parses. False: the reason has been shown. */
bool lesson_file_open(struct app *, const char *name, struct lesson_file *);
void lesson_file_close(struct lesson_file *);

/* Every lesson there is in the directories above, each id once, in the order in which they are to be taken.
   Files that are no lessons are shown as errors (unless the app is NULL) and counted in *WRONG. The caller
   closes each and frees the array. NULL when there is none. */
struct lesson_file *lesson_file_all(struct app *, size_t *count, size_t *wrong);

/* Those the command line names, or all. NULL: there is none, or one is wrong, and that has been shown. */
struct lesson_file *lesson_file_named(struct app *, size_t *count);

/* Gives *ERR its place: the words of LINE. */
void lesson_file_line(const struct lesson_file *, unsigned line, struct err *);
/* *ERR happened when the command CALL of SCRIPT ran: gives it its place in the file. */
void lesson_file_place(const struct lesson_file *, const struct lesson_script *, const struct command_call *,
                       struct err *);

#endif
