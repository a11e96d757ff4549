/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/trace/heap_buf.h"

#include <stdlib.h>

/* What an empty buf shows: readable, and never written because cap is 0. */
static char nothing[1];

static bool grow(struct buf *b, size_t need)
{
  size_t cap = b->cap < 128 ? 128 : b->cap;
  while (cap < need) {
    if (cap > SIZE_MAX / 2) return false;
    cap *= 2;
  }
  char *data = realloc(b->cap > 0 ? b->data : NULL, cap);
  if (data == NULL) return false;
  if (b->cap == 0) data[0] = '\0';
  b->data = data;
  b->cap = cap;
  return true;
}

void heap_buf_init(struct buf *b)
{
  buf_init(b, nothing, 0);
  b->grow = grow;
}

void heap_buf_free(struct buf *b)
{
  if (b->cap > 0) free(b->data);
  heap_buf_init(b);
}

char *heap_buf_take(struct buf *b)
{
  bool whole = !b->truncated && (b->cap > 0 || grow(b, 1));
  char *data = whole ? b->data : NULL;
  if (!whole) heap_buf_free(b);
  heap_buf_init(b);
  return data;
}
