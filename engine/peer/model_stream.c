/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/peer/model_own.h"

#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 512 };

/* What was read or acknowledged leaves room in front; it is used before more is asked for. */
static void to_the_front(struct model_stream *s)
{
  memmove(s->octet, s->octet + s->head, s->end - s->head);
  s->end -= s->head;
  s->head = 0;
}

bool model_stream_reserve(struct model *m, struct model_stream *s, size_t extent)
{
  if (s->head + extent <= s->cap) return true;
  if (s->head > 0) to_the_front(s);
  if (extent <= s->cap) return true;
  size_t cap = s->cap ? s->cap : SMALLEST;
  while (cap < extent) cap *= 2;
  if (m->octets + (cap - s->cap) > MODEL_OCTETS_MAX) return false;
  uint8_t *grown = realloc(s->octet, cap);
  if (!grown) return false;
  m->octets += cap - s->cap;
  s->octet = grown;
  s->cap = cap;
  return true;
}

void model_stream_put(struct model_stream *s, seq_t at, const uint8_t *octets, size_t len)
{
  size_t from = s->head + (at - s->base);

  if (len == 0 || from + len > s->cap) return;
  if (from > s->end) memset(s->octet + s->end, 0, from - s->end);
  memcpy(s->octet + from, octets, len);
  if (s->end < from + len) s->end = from + len;
}

void model_stream_get(const struct model_stream *s, seq_t at, uint8_t *out, size_t len)
{
  size_t from = at - s->base, there = model_stream_len(s);
  size_t n = from < there ? there - from : 0;

  if (n > len) n = len;
  if (n > 0) memcpy(out, s->octet + s->head + from, n);
  memset(out + n, 0, len - n);
}

void model_stream_drop(struct model_stream *s, size_t n)
{
  size_t there = model_stream_len(s);

  s->base += (seq_t)n;
  s->head += n < there ? n : there;
  if (s->head == s->end) s->head = s->end = 0;
}

void model_stream_clear(struct model *m, struct model_stream *s, seq_t base)
{
  m->octets -= s->cap;
  free(s->octet);
  *s = (struct model_stream){.base = base};
}
