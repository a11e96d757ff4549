/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the lesson reader share. Functions return false (or NULL) with *ERR, whose place is in
 * the file. */
#ifndef TCPTUTOR_LESSON_PARTS_H
#define TCPTUTOR_LESSON_PARTS_H

#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/lesson/lesson.h"

#include <stdarg.h>

/* Memory that goes away all at once. */
struct lesson_pool;
struct lesson_pool *lesson_pool_new(void);
void lesson_pool_free(struct lesson_pool *);
/* Zeroed, aligned for anything; NULL when memory ran out. */
void *lesson_pool_get(struct lesson_pool *, size_t size);
/* A copy with a NUL behind it. */
char *lesson_pool_text(struct lesson_pool *, const char *text, size_t len);
/* An array at *ITEMS of *COUNT items of SIZE, one longer: the address of the new item, zeroed. Room doubles,
   so a long array costs at most twice its size. */
void *lesson_pool_append(struct lesson_pool *, void *items, size_t *count, size_t size);

/* The file being read. */
struct source {
  const char *text;
  size_t len;
  size_t *line_at; /* LINES + 1 offsets; the last is LEN */
  unsigned lines;
  struct lesson_pool *pool;
};

/* A line of the file without its line ending; "" for a line there is not. */
struct span {
  const char *text;
  size_t len;
};
struct span source_line(const struct source *, unsigned line);

/* An error at the whole of LINE. */
bool source_error(const struct source *, unsigned line, struct err *, enum err_code, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* *ERR was placed in a line of a block whose text is the tail of the file's LINE, AT octets into the tail
   TAIL_LEN long: makes its place one in the file. */
bool source_move_error(const struct source *, unsigned line, size_t tail_len, size_t at, struct err *);

/* Parses every command, refuses those lessons may not use; at least one is wanted. */
bool lesson_script_check(const struct source *, const struct lesson_script *, struct err *);
/* A condition's text, the tail of LINE. */
bool condition_parse(const struct source *, struct span text, unsigned line, struct condition *,
                     struct err *);

/* The bodies of fenced blocks; TEXT begins at the file's LINE. */
struct lesson_try *try_parse(const struct source *, const char *text, unsigned line, struct err *);
struct lesson_quiz *quiz_parse(const struct source *, const char *text, unsigned line, struct err *);

/* The lines of a body, one after another. */
struct body_line {
  struct span text; /* indentation and blanks at the end cut off */
  unsigned line;    /* of the file */
  bool indented;
  struct span key;   /* "goal" of `goal: …` when it is one of the keys asked for; else empty */
  struct span value; /* behind the colon; else all of text */
};
/* False: no more. Blank lines and, unindented, # comments are passed over. KEYS ends with NULL. */
bool body_next(const char **at, unsigned *line, const char *const *keys, struct body_line *);
bool span_is(struct span, const char *word);
/* Adds a line to a script, so that lines of script and file keep step. */
bool script_add(const struct source *, struct lesson_script *, const struct body_line *, struct span text,
                struct err *);
/* Adds words to a text, a blank between. */
bool text_add(const struct source *, const char **text, struct span more, struct err *);
bool out_of_memory(struct err *);

#endif
