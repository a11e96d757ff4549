/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/segment/segment.h"

#include <string.h>

static const struct {
  const char *name, *help;
} fields[] = {
#define X(id, name, help) {name, help},
    SEGMENT_FIELDS(X)
#undef X
};

const char *segment_field_name(enum segment_field f) { return fields[f].name; }
const char *segment_field_help(enum segment_field f) { return fields[f].help; }

static bool same_octets(const void *a, const void *b, size_t len)
{
  return len == 0 || memcmp(a, b, len) == 0;
}

static bool same_field(const struct segment *a, const struct segment *b, enum segment_field f)
{
  switch (f) {
  case SEG_FLAGS:
    return a->flags == b->flags;
  case SEG_SRC:
    return addr_equal(&a->src, &b->src);
  case SEG_SPORT:
    return a->sport == b->sport;
  case SEG_DST:
    return addr_equal(&a->dst, &b->dst);
  case SEG_DPORT:
    return a->dport == b->dport;
  case SEG_SEQ:
    return a->seq == b->seq;
  case SEG_ACKNO:
    return a->ack == b->ack;
  case SEG_WIN:
    return a->win == b->win;
  case SEG_URGP:
    return a->urg == b->urg;
  case SEG_DOFF:
    return a->doff == b->doff;
  case SEG_RSV:
    return a->rsv == b->rsv;
  case SEG_SUM:
    return a->sum_bad == b->sum_bad && (a->sum_bad || a->sum == b->sum);
  case SEG_TTL:
    return a->ttl == b->ttl;
  case SEG_ID:
    return a->id == b->id;
  case SEG_TOS:
    return a->tos == b->tos;
  case SEG_OPTIONS:
    return a->options_len == b->options_len && same_octets(a->options, b->options, a->options_len);
  case SEG_DATA:
    return a->data_len == b->data_len && same_octets(a->data, b->data, a->data_len);
  case SEG_FIELD_COUNT:
    break;
  }
  return false;
}

bool segment_equal(const struct segment *a, const struct segment *b)
{
  if (a->given != b->given) return false;
  for (enum segment_field f = 0; f < SEG_FIELD_COUNT; f++)
    if (segment_has(a, f) && !same_field(a, b, f)) return false;
  return true;
}
