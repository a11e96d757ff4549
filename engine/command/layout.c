/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/command/layout.h"

#include "engine/base/buf.h"

#include <string.h>

/* A left column wider than this stands on a line of its own. */
static size_t left_max(unsigned columns) { return columns >= 60 ? 26 : columns / 2 - 4; }

struct line {
  const char *text;
  size_t len;
};

static size_t next_line(const char *text, size_t len, size_t at, struct line *l)
{
  const char *end = memchr(text + at, '\n', len - at);
  l->text = text + at;
  l->len = end ? (size_t)(end - l->text) : len - at;
  return at + l->len + 1;
}

static size_t indentation(const struct line *l)
{
  size_t n = 0;
  while (n < l->len && l->text[n] == ' ') n++;
  return n;
}

/* Octets of the left column, its indentation included; LEN when the line is no row. */
static size_t left_column(const struct line *l)
{
  const char *tab = memchr(l->text, '\t', l->len);
  return tab ? (size_t)(tab - l->text) : l->len;
}

/* TEXT from column AT on, its lines broken before COLUMNS, further ones after INDENT blanks. */
static void wrap(struct line l, size_t at, size_t indent, size_t columns, struct buf *b)
{
  size_t begun = at;
  for (size_t i = 0; i < l.len;) {
    while (i < l.len && l.text[i] == ' ') i++;
    size_t word = i;
    while (i < l.len && l.text[i] != ' ') i++;
    size_t len = i - word;
    if (len == 0) break;
    if (at > begun && at + 1 + len > columns) {
      buf_putc(b, '\n');
      buf_fill(b, " ", indent);
      at = begun = indent;
    } else if (at > begun) {
      buf_putc(b, ' ');
      at++;
    }
    buf_put(b, l.text + word, len);
    at += len;
  }
  buf_putc(b, '\n');
}

/* The width of the left column of the rows that begin at AT. */
static size_t table_left(const char *text, size_t len, size_t at, size_t max)
{
  size_t left = 0;
  struct line l;
  while (at < len) {
    at = next_line(text, len, at, &l);
    size_t n = left_column(&l);
    if (n == l.len) break;
    if (n > left && n <= max) left = n;
  }
  return left;
}

static void put_row(const struct line *l, size_t left, size_t columns, struct buf *b)
{
  size_t n = left_column(l), indent = left + 2;
  struct line right = {l->text + n + 1, l->len - n - 1};
  buf_put(b, l->text, n);
  if (n > left) {
    buf_putc(b, '\n');
    n = 0;
  }
  buf_fill(b, " ", indent - n);
  wrap(right, indent, indent, columns, b);
}

void layout(const char *text, size_t len, unsigned columns, struct buf *b)
{
  size_t left = 0;
  bool in_table = false;
  struct line l;
  for (size_t at = 0; at < len;) {
    size_t begin = at;
    at = next_line(text, len, at, &l);
    bool row = left_column(&l) < l.len;
    if (row && !in_table) left = table_left(text, len, begin, left_max(columns));
    in_table = row;
    if (row) {
      put_row(&l, left, columns, b);
    } else if (l.len > 0 && *l.text == '>') {
      buf_put(b, l.text + 1, l.len - 1);
      buf_putc(b, '\n');
    } else {
      size_t indent = indentation(&l);
      buf_fill(b, " ", indent);
      wrap(l, indent, indent, columns, b);
    }
  }
}
