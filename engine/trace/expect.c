/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/trace/expect.h"

#include "engine/segment/codec.h"
#include "engine/trace/names.h"

#include <string.h>

bool expect_parse(const struct octets *pattern, const struct record *segment, bool expecting,
                  uint8_t store[SEGMENT_DATA_MAX], struct segment *out, struct err *err)
{
  const struct trace_names names = {.tcb = {segment->before[END_YOU], segment->before[END_PEER]}, .expecting = expecting};
  struct segment_env env;
  trace_names_env(&names, &env);
  return segment_parse((const char *)pattern->at, pattern->len, &env, store, SEGMENT_DATA_MAX, out, err);
}

/* SYN, FIN, RST and ACK say what a segment is; the others only colour it. */
uint8_t expect_missing(uint8_t expected, uint8_t found) { return (uint8_t)(expected & ~found); }

uint8_t expect_surplus(uint8_t expected, uint8_t found)
{
  return (uint8_t)(found & ~expected & (SYN | FIN | RST | ACK));
}

bool expect_option(const struct segment *s, const struct option *wanted, struct option *same_kind)
{
  struct option o;
  size_t at = 0;
  same_kind->len = 0;
  while (option_next(s, &at, &o, NULL)) {
    if (o.kind != wanted->kind) continue;
    if (o.len == wanted->len && memcmp(o.octet, wanted->octet, o.len) == 0) return true;
    *same_kind = o;
  }
  return false;
}

static bool has_options(const struct segment *pattern, const struct segment *actual)
{
  struct option wanted, found;
  size_t at = 0;
  while (option_next(pattern, &at, &wanted, NULL)) {
    if (wanted.kind == OPTION_EOL || wanted.kind == OPTION_NOP) continue;
    if (!expect_option(actual, &wanted, &found)) return false;
  }
  return true;
}

static bool has_data(const struct segment *pattern, const struct segment *actual)
{
  return pattern->data_len == actual->data_len &&
         (actual->data_len == 0 || memcmp(pattern->data, actual->data, actual->data_len) == 0);
}

static bool has_sum(const struct segment *pattern, const struct segment *actual)
{
  return pattern->sum_bad ? actual->sum != segment_checksum(actual) : pattern->sum == actual->sum;
}

static bool agrees(enum segment_field field, const struct segment *pattern, const struct segment *actual)
{
  switch (field) {
  case SEG_FLAGS:
    return (expect_missing(pattern->flags, actual->flags) | expect_surplus(pattern->flags, actual->flags)) ==
           0;
  case SEG_SRC:
    return addr_equal(&pattern->src, &actual->src);
  case SEG_SPORT:
    return pattern->sport == actual->sport;
  case SEG_DST:
    return addr_equal(&pattern->dst, &actual->dst);
  case SEG_DPORT:
    return pattern->dport == actual->dport;
  case SEG_SEQ:
    return pattern->seq == actual->seq;
  case SEG_ACKNO:
    return pattern->ack == actual->ack;
  case SEG_WIN:
    return pattern->win == actual->win;
  case SEG_URGP:
    return pattern->urg == actual->urg;
  case SEG_DOFF:
    return pattern->doff == actual->doff;
  case SEG_RSV:
    return pattern->rsv == actual->rsv;
  case SEG_SUM:
    return has_sum(pattern, actual);
  case SEG_TTL:
    return pattern->ttl == actual->ttl;
  case SEG_ID:
    return pattern->id == actual->id;
  case SEG_TOS:
    return pattern->tos == actual->tos;
  case SEG_OPTIONS:
    return has_options(pattern, actual);
  case SEG_DATA:
    return has_data(pattern, actual);
  case SEG_FIELD_COUNT:
    break;
  }
  return true;
}

uint32_t expect_differs(const struct segment *pattern, const struct segment *actual)
{
  uint32_t differ = 0;
  for (enum segment_field f = 0; f < SEG_FIELD_COUNT; f++)
    if (segment_has(pattern, f) && !agrees(f, pattern, actual)) differ |= SEG_BIT(f);
  return differ;
}
