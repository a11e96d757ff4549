/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How errors look: the place, the line with the place underlined, what is wrong, what to try. */
#include "cli/app.h"

#include "engine/base/buf.h"
#include "engine/base/utf8.h"
#include "engine/command/layout.h"
#include "engine/trace/heap_buf.h"

#include <stdio.h>
#include <string.h>

/* TEXT made harmless, in ASCII where nothing else can be shown. */
static void put_shown(const struct app *app, const char *text, size_t len, struct buf *b)
{
  for (size_t i = 0; i < len;) {
    uint32_t rune;
    size_t n = utf8_next(text + i, len - i, &rune);
    if (n > 1 && !app->desk.view.utf8) {
      buf_printf(b, "\\u{%04X}", (unsigned)rune);
    } else {
      n = n ? n : 1;
      buf_put_visible(b, text + i, n, false);
    }
    i += n;
  }
}

static size_t shown_width(const struct app *app, const char *text, size_t len)
{
  struct buf b;
  heap_buf_init(&b);
  put_shown(app, text, len, &b);
  size_t width = view_width(b.data ? b.data : "", b.len);
  heap_buf_free(&b);
  return width;
}

/* The line that octet AT is in. */
static void find_line(const char *script, size_t len, size_t at, size_t *begin, size_t *end)
{
  *begin = *end = at;
  while (*begin > 0 && script[*begin - 1] != '\n') --*begin;
  while (*end < len && script[*end] != '\n') ++*end;
  while (*end > *begin && script[*end - 1] == '\r') --*end;
}

/* Goes right by whole characters until the text before the place is no wider than ROOM. */
static size_t cut_left(const struct app *app, const char *script, size_t begin, size_t at, size_t room)
{
  /* Of a very long line only the end can matter; not from the middle of a character on. */
  if (at - begin > 8 * room) begin = at - 8 * room;
  while (begin < at && ((unsigned char)script[begin] & 0xc0) == 0x80) begin++;
  while (begin < at &&
         shown_width(app, script + begin, at - begin < 4 * room ? at - begin : 4 * room) > room) {
    uint32_t rune;
    size_t n = utf8_next(script + begin, at - begin, &rune);
    begin += n ? n : 1;
  }
  return begin;
}

/* As much of TEXT as fits ROOM columns. */
static size_t cut_right(const struct app *app, const char *text, size_t len, size_t room)
{
  size_t fit = 0;
  while (fit < len) {
    uint32_t rune;
    size_t n = utf8_next(text + fit, len - fit, &rune);
    n = n ? n : 1;
    if (shown_width(app, text, fit + n) > room) break;
    fit += n;
  }
  return fit;
}

static void put_mark(size_t columns, size_t width, struct buf *b)
{
  buf_fill(b, " ", columns);
  if (width == 0)
    buf_putc(b, '^');
  else
    buf_fill(b, "~", width);
  buf_putc(b, '\n');
}

/* The line and, under it, what is meant. */
static void put_excerpt(struct app *app, const struct err *err, const char *script, size_t len, struct buf *b)
{
  size_t begin, end, at = err->at < len ? err->at : len;
  find_line(script, len, at, &begin, &end);
  if (at > end) at = end;
  size_t to = err->len < end - at ? at + err->len : end;
  size_t before = shown_width(app, script + begin, at - begin), typed = app->prompt_columns;
  if (typed && typed + before + 1 < app->desk.view.columns &&
      typed + shown_width(app, script + begin, end - begin) <= app->desk.view.columns) {
    put_mark(typed + before, shown_width(app, script + at, to - at), b);
    return;
  }
  size_t room = app->desk.view.columns - 8;
  size_t from = cut_left(app, script, begin, at, room * 2 / 3);
  buf_puts(b, from > begin ? "  ..." : "  ");
  size_t column = (from > begin ? 5 : 2) + shown_width(app, script + from, at - from);
  size_t shown_end = from + cut_right(app, script + from, end - from, room);
  put_shown(app, script + from, shown_end - from, b);
  buf_puts(b, shown_end < end ? "...\n" : "\n");
  size_t width =
      to > at && shown_end > at ? shown_width(app, script + at, (to < shown_end ? to : shown_end) - at) : 0;
  put_mark(column, width, b);
}

/* TEXT, at the prompt wrapped to its width; in a file of messages a message is a line. */
static void put_text(struct app *app, const char *before, const char *text, struct buf *b)
{
  struct buf line;
  heap_buf_init(&line);
  buf_puts(&line, before);
  put_shown(app, text, strlen(text), &line);
  buf_putc(&line, '\n');
  if (line.data && app->interactive)
    layout(line.data, line.len, app->desk.view.columns, b);
  else if (line.data)
    buf_put(b, line.data, line.len);
  heap_buf_free(&line);
}

void app_error(struct app *app, const struct err *err, const char *name, const char *script, size_t len)
{
  struct buf b;
  heap_buf_init(&b);
  if (script && name) {
    unsigned line, column;
    command_place(script, len, err->at, &line, &column);
    put_shown(app, name, strlen(name), &b);
    buf_printf(&b, ":%u:%u: ", line, column);
  } else if (!script && !app->interactive) {
    buf_puts(&b, "tcptutor: ");
  }
  if (script && !name) put_excerpt(app, err, script, len, &b);
  put_text(app, "", err->message, &b);
  if (script && name) put_excerpt(app, err, script, len, &b);
  if (err->hint[0]) put_text(app, "  ", err->hint, &b);
  if (app->interactive) {
    app_put(app, b.data, b.len);
  } else {
    fflush(stdout);
    fwrite(b.data, 1, b.len, stderr);
  }
  heap_buf_free(&b);
}
