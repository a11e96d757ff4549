/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lessons as files: where they are looked for, how they are read, what went wrong with them.

   A name with a `/` or a `.` in it is a path; any other is an id, looked for as ID.md in the directories of
   $TCPTUTOR_LESSONS (parted by colons), tcptutor/lessons below $XDG_DATA_HOME and below each of
   $XDG_DATA_DIRS, the source tree's lessons/ when the program runs where it was built, and the folder they
   were installed to. The first found is taken. In each, LANG/ID.md comes before ID.md when the messages'
   locale is in that language. NAME#STEP names one of its steps, too. */
#ifndef TCPTUTOR_CLI_FILES_LESSON_FILE_H
#define TCPTUTOR_CLI_FILES_LESSON_FILE_H

#include "cli/app.h"
#include "engine/course/text.h"

/* Finds, reads and parses; lesson_text_close() ends it. False: the reason has been shown. */
bool lesson_file_open(struct app *, const char *name, struct lesson_text *);
/* Is there a lesson called ID? No file is read. */
bool lesson_file_known(const char *id);
/* The ids of all, as far as their files' names tell; in no order. */
#define LESSON_IDS_MAX 512
typedef char lesson_id[LESSON_ID_MAX + 1];
size_t lesson_file_ids(lesson_id ids[LESSON_IDS_MAX]);

/* Every lesson there is in the directories above, each id once, in the order in which they are to be taken.
   Files that are no lessons are shown as errors (unless the app is NULL) and counted in *WRONG. The caller
   closes each and frees the array. NULL when there is none. */
struct lesson_text *lesson_file_all(struct app *, size_t *count, size_t *wrong);

/* Those the command line names, or all. NULL: there is none, or one is wrong, and that has been shown. */
struct lesson_text *lesson_file_named(struct app *, size_t *count);

#endif
