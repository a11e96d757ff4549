/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/markup.h"

#include "engine/base/utf8.h"
#include "engine/trace/heap_buf.h"

#include <string.h>

static const char *reference(char c)
{
  switch (c) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  case '\'':
    return "&#39;";
  default:
    return NULL;
  }
}

/* How many letters stand as they are at the head of TEXT. */
static size_t plain_length(const char *text, size_t len)
{
  size_t i = 0;
  while (i < len && text[i] >= 0x20 && text[i] < 0x7f && reference(text[i]) == NULL) i++;
  return i;
}

void markup_put_octets(struct buf *b, const char *text, size_t len)
{
  for (size_t i = 0, n; i < len; i += n) {
    uint32_t rune = 0;
    n = plain_length(text + i, len - i);
    if (n > 0) {
      buf_put(b, text + i, n);
      continue;
    }
    const char *stands_for = reference(text[i]);
    n = utf8_next(text + i, len - i, &rune);
    if (n == 0) n = 1;
    if (stands_for != NULL)
      buf_puts(b, stands_for);
    else
      buf_put_visible(b, text + i, n, false);
  }
}

void markup_put(struct buf *b, const char *text) { markup_put_octets(b, text, strlen(text)); }

void markup_put_lines(struct buf *b, const char *text)
{
  for (;;) {
    const size_t len = strcspn(text, "\n");
    markup_put_octets(b, text, len);
    if (text[len] == '\0') return;
    buf_putc(b, '\n');
    text += len + 1;
  }
}

void markup_printf(struct buf *b, const char *format, ...)
{
  struct buf text;
  heap_buf_init(&text);
  va_list args;
  va_start(args, format);
  buf_vprintf(&text, format, args);
  va_end(args);
  if (text.truncated)
    b->truncated = true;
  else
    markup_put_octets(b, text.data, text.len);
  heap_buf_free(&text);
}

void markup_say(struct buf *b, enum saying saying, const struct words_args *args)
{
  struct buf words;
  heap_buf_init(&words);
  words_say(&words, saying, args);
  markup_put(b, words.data);
  heap_buf_free(&words);
}
