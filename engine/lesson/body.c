/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines: of the file, for the place of an error; and of a block's body. */
#include "engine/lesson/parts.h"

#include <stdio.h>
#include <string.h>

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static struct span trim_end(struct span s)
{
  while (s.len && blank(s.text[s.len - 1])) s.len--;
  return s;
}

static struct span trim(struct span s)
{
  while (s.len && blank(*s.text)) {
    s.text++;
    s.len--;
  }
  return trim_end(s);
}

bool span_is(struct span s, const char *word)
{
  return strlen(word) == s.len && memcmp(s.text, word, s.len) == 0;
}

struct span source_line(const struct source *src, unsigned line)
{
  if (line == 0 || line > src->lines) return (struct span){"", 0};
  size_t at = src->line_at[line - 1], end = src->line_at[line];
  if (end > at && src->text[end - 1] == '\n') end--;
  if (end > at && src->text[end - 1] == '\r') end--;
  return (struct span){src->text + at, end - at};
}

bool source_error(const struct source *src, unsigned line, struct err *err, enum err_code code,
                  const char *format, ...)
{
  char message[256];
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  struct span text = trim(source_line(src, line));
  size_t at = text.len                     ? (size_t)(text.text - src->text)
              : line && line <= src->lines ? src->line_at[line - 1]
                                           : src->len;
  return err_at(err, code, at, text.len, "%s", message);
}

bool source_move_error(const struct source *src, unsigned line, size_t tail_len, size_t at, struct err *err)
{
  struct span whole = trim_end(source_line(src, line));
  if (!err || whole.text < src->text || whole.text > src->text + src->len) return false;
  size_t skip = whole.len > tail_len ? whole.len - tail_len : 0;
  if (at > tail_len) at = tail_len;
  size_t room = whole.len > skip + at ? whole.len - skip - at : 0;
  err->at = (size_t)(whole.text - src->text) + skip + at;
  if (err->len > room) err->len = room;
  return false;
}

static void find_key(struct body_line *out, const char *const *keys)
{
  out->value = out->text;
  for (; *keys; keys++) {
    size_t n = strlen(*keys);
    if (out->text.len <= n || out->text.text[n] != ':' || memcmp(out->text.text, *keys, n) != 0) continue;
    out->key = (struct span){out->text.text, n};
    out->value = trim((struct span){out->text.text + n + 1, out->text.len - n - 1});
    return;
  }
}

bool body_next(const char **at, unsigned *line, const char *const *keys, struct body_line *out)
{
  while (**at) {
    size_t len = strcspn(*at, "\n");
    struct span whole = {*at, len};
    *at += len + ((*at)[len] == '\n');
    *out = (struct body_line){.text = trim(whole), .line = (*line)++};
    out->indented = len && blank(*whole.text);
    if (out->text.len == 0 || (!out->indented && *out->text.text == '#')) continue;
    find_key(out, keys);
    return true;
  }
  return false;
}
