/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lesson/parts.h"

#include <stdlib.h>
#include <string.h>

struct piece {
  struct piece *next;
  max_align_t memory[];
};

struct lesson_pool {
  struct piece *pieces;
};

struct lesson_pool *lesson_pool_new(void) { return calloc(1, sizeof(struct lesson_pool)); }

void lesson_pool_free(struct lesson_pool *pool)
{
  if (!pool) return;
  for (struct piece *p = pool->pieces, *next; p; p = next) {
    next = p->next;
    free(p);
  }
  free(pool);
}

void *lesson_pool_get(struct lesson_pool *pool, size_t size)
{
  struct piece *p = calloc(1, sizeof *p + size);
  if (!p) return NULL;
  p->next = pool->pieces;
  pool->pieces = p;
  return p->memory;
}

char *lesson_pool_text(struct lesson_pool *pool, const char *text, size_t len)
{
  char *copy = lesson_pool_get(pool, len + 1);
  if (copy && len) memcpy(copy, text, len);
  return copy;
}

/* What an array or text of N items has room for: the next power of two. Nothing need be remembered. */
static size_t room(size_t n)
{
  size_t r = 4;
  while (r < n) r *= 2;
  return n ? r : 0;
}

void *lesson_pool_append(struct lesson_pool *pool, void *items, size_t *count, size_t size)
{
  char *array;
  memcpy(&array, items, sizeof array);
  if (room(*count + 1) > room(*count)) {
    char *larger = lesson_pool_get(pool, room(*count + 1) * size);
    if (!larger) return NULL;
    if (*count) memcpy(larger, array, *count * size);
    array = larger;
    memcpy(items, &array, sizeof array);
  }
  return array + (*count)++ * size;
}

/* Adds to *TEXT, LEN octets long, a separator and more; keeps a NUL behind. */
static bool lengthen(struct lesson_pool *pool, const char **text, size_t len, const char *separator,
                     size_t separators, struct span more)
{
  size_t whole = len + separators + more.len;
  char *out = (char *)(uintptr_t)*text; /* ours: the pool made it */
  if (!out || room(whole + 1) > room(len + 1)) {
    out = lesson_pool_get(pool, room(whole + 1));
    if (!out) return false;
    if (len) memcpy(out, *text, len);
  }
  for (size_t i = 0; i < separators; i++) out[len + i] = *separator;
  if (more.len) memcpy(out + len + separators, more.text, more.len);
  out[whole] = '\0';
  *text = out;
  return true;
}

bool out_of_memory(struct err *err) { return err_set(err, ERR_MEMORY, "out of memory"); }

bool text_add(const struct source *src, const char **text, struct span more, struct err *err)
{
  size_t len = *text ? strlen(*text) : 0;
  return lengthen(src->pool, text, len, " ", len ? 1 : 0, more) || out_of_memory(err);
}

bool script_add(const struct source *src, struct lesson_script *script, const struct body_line *line,
                struct span text, struct err *err)
{
  size_t newlines = 0;
  if (script->text) {
    unsigned lines = 0;
    for (size_t i = 0; i < script->len; i++) lines += script->text[i] == '\n';
    newlines = line->line - script->line - lines;
  } else {
    script->line = line->line;
  }
  if (!lengthen(src->pool, &script->text, script->len, "\n", newlines, text)) return out_of_memory(err);
  script->len += newlines + text.len;
  return true;
}
