/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/buf.h"

#include "engine/base/utf8.h"

#include <stdio.h>
#include <string.h>

void buf_init(struct buf *b, char *mem, size_t cap)
{
  b->data = mem;
  b->cap = cap;
  b->grow = NULL;
  buf_reset(b);
}

void buf_reset(struct buf *b)
{
  b->len = 0;
  b->truncated = false;
  if (b->cap > 0) b->data[0] = '\0';
}

/* Is there, or can there be, room for EXTRA more octets and the NUL? */
static bool has_room(struct buf *b, size_t extra)
{
  if (extra < b->cap - b->len) return true;
  if (b->grow == NULL || extra > SIZE_MAX - b->len - 1) return false;
  return b->grow(b, b->len + extra + 1) && extra < b->cap - b->len;
}

void buf_put(struct buf *b, const char *text, size_t len)
{
  if (b->truncated || len == 0) return;
  if (!has_room(b, len)) {
    b->truncated = true;
    if (b->cap == 0) return;
    len = b->cap - b->len - 1;
  }
  memcpy(b->data + b->len, text, len);
  b->len += len;
  b->data[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *text) { buf_put(b, text, strlen(text)); }

void buf_putc(struct buf *b, char c) { buf_put(b, &c, 1); }

void buf_fill(struct buf *b, const char *text, size_t times)
{
  size_t len = strlen(text);
  for (size_t i = 0; i < times && !b->truncated; i++) buf_put(b, text, len);
}

void buf_printf(struct buf *b, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  buf_vprintf(b, format, args);
  va_end(args);
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
  if (b->truncated) return;
  va_list again;
  va_copy(again, args);
  size_t room = b->cap - b->len;
  int n = vsnprintf(room > 0 ? b->data + b->len : NULL, room, format, args);
  if (n < 0) {
    b->truncated = true;
    if (room > 0) b->data[b->len] = '\0';
  } else if ((size_t)n < room) {
    b->len += (size_t)n;
  } else if (has_room(b, (size_t)n)) {
    vsnprintf(b->data + b->len, b->cap - b->len, format, again);
    b->len += (size_t)n;
  } else {
    b->truncated = true;
    if (b->cap > 0) b->len = b->cap - 1;
  }
  va_end(again);
}

/* All of UNIT or nothing: half an escape would read back as something else. */
static void put_whole(struct buf *b, const char *unit, size_t len)
{
  if (b->truncated) return;
  if (has_room(b, len))
    buf_put(b, unit, len);
  else
    b->truncated = true;
}

static void put_escape(struct buf *b, const char *format, unsigned value)
{
  char unit[16];
  int n = snprintf(unit, sizeof unit, format, value);
  put_whole(b, unit, (size_t)n);
}

/* The letter after the backslash, '\0' when C has no short escape. */
static char short_escape(char c, bool quoted)
{
  switch (c) {
  case '\n':
    return 'n';
  case '\r':
    return 'r';
  case '\t':
    return 't';
  case '"':
  case '\\':
    return quoted ? c : '\0';
  default:
    return '\0';
  }
}

/* How many characters stand as they are at the head of TEXT: printable ASCII but quote and backslash. */
static size_t plain_length(const char *text, size_t len)
{
  size_t i = 0;
  while (i < len && text[i] >= 0x20 && text[i] < 0x7f && text[i] != '"' && text[i] != '\\') i++;
  return i;
}

void buf_put_visible(struct buf *b, const char *text, size_t len, bool quoted)
{
  for (size_t i = 0; i < len && !b->truncated;) {
    uint32_t rune = 0;
    size_t n = plain_length(text + i, len - i);
    if (n > 0) {
      buf_put(b, text + i, n);
      i += n;
      continue;
    }
    n = utf8_next(text + i, len - i, &rune);
    char letter = short_escape(text[i], quoted);
    if (letter != '\0') {
      put_whole(b, (const char[]){'\\', letter}, 2);
    } else if (n == 0 || rune < 0x20 || rune == 0x7f) {
      put_escape(b, "\\x%02X", (unsigned char)text[i]);
      n = 1;
    } else if (!utf8_harmless(rune)) {
      put_escape(b, "\\u{%04X}", rune);
    } else {
      put_whole(b, text + i, n);
    }
    i += n;
  }
}

const char *buf_show(char *mem, size_t cap, const char *text, size_t len)
{
  static const char more[] = "...";
  struct buf b;
  buf_init(&b, mem, cap - (sizeof more - 1));
  buf_put_visible(&b, text, len, false);
  if (b.truncated) memcpy(mem + b.len, more, sizeof more);
  return mem;
}
