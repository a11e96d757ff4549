/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What went wrong, as a value. Engine functions that can fail return bool (true: done)
   and take a `struct err *`, which may be NULL and is written only on failure. The
   message says what was found and what was expected; the hint what to try next. Both are one
   line and harmless for a terminal (buf_put_visible), whatever they quote; what is too long is cut. */
#ifndef TCPTUTOR_BASE_ERR_H
#define TCPTUTOR_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

enum err_code {
  ERR_NONE,
  ERR_SYNTAX,  /* the text is not of the language */
  ERR_UNKNOWN, /* a name nobody knows */
  ERR_RANGE,   /* a number outside its range */
  ERR_STATE,   /* not possible now */
  ERR_LIMIT,   /* too long, too many */
  ERR_MEMORY,
  ERR_SYSTEM,      /* the operating system said no */
  ERR_UNAVAILABLE, /* this wire, feature or privilege is not to be had here */
  ERR_MISMATCH,    /* an expectation was not met */
};

struct err {
  enum err_code code;
  size_t at, len; /* the place in the input text, in octets; len 0: no place known */
  char message[256];
  char hint[192]; /* may be empty */
};

/* Both return false, so that a failing function can `return err_set(…)`. */
bool err_set(struct err *, enum err_code, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool err_at(struct err *, enum err_code, size_t at, size_t len, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* Adds or replaces the hint; returns false too. */
bool err_hint(struct err *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void err_clear(struct err *);

#endif
