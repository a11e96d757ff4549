/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/course/pace.h"

#include <string.h>

/* Milliseconds. */
#define LETTER 45.0
#define BEFORE_ENTER 350.0
#define LINE 120.0
#define WORD 400.0
#define HOLD_LEAST 1500.0

/* A character of several octets is one keystroke. */
static size_t letter(const char *text, size_t len)
{
  size_t n = 1;
  while (n < len && ((unsigned char)text[n] & 0xC0) == 0x80) n++;
  return n;
}

static size_t line(const char *text, size_t len)
{
  const char *newline = memchr(text, '\n', len);
  return newline ? (size_t)(newline - text) + 1 : len;
}

bool pace_next(const struct play_piece *p, size_t *at, size_t *show, double *ms)
{
  const size_t left = *at < p->len ? p->len - *at : 0;
  *show = 0;
  if (left) {
    *show = p->kind == PLAY_TYPE ? letter(p->text + *at, left) : line(p->text + *at, left);
    *ms = p->kind == PLAY_TYPE ? LETTER : LINE;
    *at += *show;
    return true;
  }
  /* Behind the last letter, and where there is none, one pause. */
  if (*at > p->len || p->kind == PLAY_PRINT || p->kind == PLAY_ERROR) return false;
  *ms = p->kind == PLAY_TYPE ? BEFORE_ENTER : HOLD_LEAST + p->words * WORD;
  *at = p->len + 1;
  return true;
}
