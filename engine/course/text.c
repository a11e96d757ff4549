/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/course/text.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/base/words.h"
#include "engine/lesson/stepper.h"

#include <stdlib.h>
#include <string.h>

bool lesson_text_read(struct lesson_text *f, char *path, char *text, size_t len, struct err *err)
{
  const char *slash = strrchr(path, '/');
  *f = (struct lesson_text){.path = path, .name = slash ? slash + 1 : path, .text = text, .len = len};
  err_clear(err);
  f->lesson = lesson_parse(text, len, err);
  if (f->lesson) f->step = f->lesson->block_count;
  return f->lesson != NULL;
}

void lesson_text_close(struct lesson_text *f)
{
  lesson_free(f->lesson);
  free(f->text);
  free(f->path);
  *f = (struct lesson_text){0};
}

void lesson_text_close_all(struct lesson_text *all, size_t count)
{
  for (size_t i = 0; i < count; i++) lesson_text_close(&all[i]);
  free(all);
}

bool lesson_text_seek(struct lesson_text *f, const char *id, struct err *err)
{
  const struct lesson *l = f->lesson;
  char shown[100];
  size_t n = 0;
  f->step = *id ? lesson_step_find(l, id) : l->block_count;
  if (f->step < l->block_count) return true;
  const char **ids = calloc(l->block_count + 1, sizeof *ids);
  for (size_t i = 0; ids && i < l->block_count; i++)
    if (*l->block[i].id) ids[n++] = l->block[i].id;
  const char *nearest = ids ? words_nearest(id, strlen(id), ids, n) : NULL;
  err_clear(err);
  err_set(err, ERR_UNKNOWN, "%s has no step '%s'", l->id, buf_show(shown, sizeof shown, id, strlen(id)));
  if (nearest || n)
    err_hint(err, nearest ? "did you mean '%s'?" : "its first is '%s'", nearest ? nearest : ids[0]);
  free(ids);
  return false;
}

static int by_id(const void *a, const void *b)
{
  return strcmp(((const struct lesson_text *)a)->lesson->id, ((const struct lesson_text *)b)->lesson->id);
}

/* Is each lesson F comes after among the first N? Those there are not do not count. */
static bool may_follow(const struct lesson_text *all, size_t count, const struct lesson_text *f, size_t n)
{
  for (const char *id = f->lesson->after; *id;) {
    size_t len = strcspn(id, " ");
    for (size_t i = n; i < count; i++) {
      const char *other = all[i].lesson->id;
      if (&all[i] != f && strlen(other) == len && memcmp(other, id, len) == 0) return false;
    }
    id += len + (id[len] == ' ');
  }
  return true;
}

void lesson_text_order(struct lesson_text *all, size_t count)
{
  if (count) qsort(all, count, sizeof *all, by_id);
  for (size_t n = 0; n < count; n++) {
    size_t next = n;
    while (next < count && !may_follow(all, count, &all[next], n)) next++;
    if (next == count) return;
    struct lesson_text f = all[next];
    memmove(&all[n + 1], &all[n], (next - n) * sizeof f);
    all[n] = f;
  }
}

/* LINE's text and its length, without the newline. */
static const char *find_line(const struct lesson_text *f, unsigned line, size_t *len)
{
  const char *at = f->text, *end = f->text + f->len;
  for (; line > 1 && at < end; at++) line -= *at == '\n';
  const char *newline = memchr(at, '\n', (size_t)(end - at));
  *len = (size_t)((newline ? newline : end) - at);
  return at;
}

void lesson_text_line(const struct lesson_text *f, unsigned line, struct err *err)
{
  size_t len;
  const char *at = find_line(f, line, &len);
  while (len && strchr(" \t\r", at[len - 1])) len--;
  for (; len && strchr(" \t", *at); at++) len--;
  err->at = (size_t)(at - f->text);
  err->len = len;
}

void lesson_text_place(const struct lesson_text *f, const struct lesson_script *script,
                       const struct command_call *call, struct err *err)
{
  size_t len;
  const char *line = find_line(f, script->line + command_line(call) - 1, &len);
  const char *command = memmem(line, len, script->text + call->at, call->len);
  err->at = (size_t)((command ? command : line) - f->text);
  err->len = command ? call->len : len;
}
