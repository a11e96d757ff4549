/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/trace/expect.h"

#include "engine/base/buf.h"
#include "engine/segment/codec.h"
#include "engine/segment/option.h"
#include "engine/segment/text.h"

#include <string.h>

/* Differences told one after the other. */
struct differ {
  struct buf *out; /* may be NULL */
  bool any;
};

static void differ(struct differ *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void differ(struct differ *d, const char *format, ...)
{
  if (d->out != NULL) {
    if (d->any) buf_puts(d->out, "; ");
    va_list args;
    va_start(args, format);
    buf_vprintf(d->out, format, args);
    va_end(args);
  }
  d->any = true;
}

/* SYN, FIN, RST and ACK say what a segment is; the others only colour it. */
static void compare_flags(struct differ *d, uint8_t expected, uint8_t found)
{
  const uint8_t exact = SYN | FIN | RST | ACK;
  uint8_t missing = (uint8_t)(expected & ~found);
  uint8_t surplus = (uint8_t)(found & ~expected & exact);
  char name[48];
  struct buf b;
  for (unsigned bit = 1; bit <= CWR; bit <<= 1) {
    if (((missing | surplus) & bit) == 0) continue;
    buf_init(&b, name, sizeof name);
    segment_print_flags(&b, (uint8_t)bit);
    differ(d, "%s is %s", name, (missing & bit) != 0 ? "not set" : "set");
  }
}

static void compare_number(struct differ *d, enum segment_field field, uint32_t expected, uint32_t found)
{
  if (expected != found) differ(d, "%s is %u, expected %u", segment_field_name(field), found, expected);
}

/* A sequence number near the expected one is more telling as a distance: off by one is the classic slip. */
static void compare_seq(struct differ *d, enum segment_field field, seq_t expected, seq_t found)
{
  int32_t off = seq_diff(found, expected);
  if (off == 0) return;
  if (off < -65535 || off > 65535)
    compare_number(d, field, expected, found);
  else
    differ(d, "%s is %u, expected %u (%d too %s)", segment_field_name(field), found, expected,
           off > 0 ? off : -off, off > 0 ? "high" : "low");
}

static void compare_addr(struct differ *d, enum segment_field field, const struct addr *expected,
                         const struct addr *found)
{
  if (addr_equal(expected, found)) return;
  char was[64], wanted[64];
  struct buf b;
  buf_init(&b, was, sizeof was);
  addr_print(&b, found);
  buf_init(&b, wanted, sizeof wanted);
  addr_print(&b, expected);
  differ(d, "%s is %s, expected %s", segment_field_name(field), was, wanted);
}

static void compare_sum(struct differ *d, const struct segment *pattern, const struct segment *actual)
{
  if (!pattern->sum_bad)
    compare_number(d, SEG_SUM, pattern->sum, actual->sum);
  else if (actual->sum == segment_checksum(actual))
    differ(d, "sum is right, expected a bad one");
}

/* One option as it is written in a segment: "mss=1460". */
static void name_option(const struct option *o, char *mem, size_t cap)
{
  struct segment alone = {.given = 0};
  option_put(&alone, o->kind, o->octet + 2, o->len >= 2 ? (size_t)o->len - 2 : 0);
  struct buf b;
  buf_init(&b, mem, cap);
  segment_print(&b, &alone);
}

static bool has_option(const struct segment *s, const struct option *wanted, struct option *same_kind)
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

static void compare_options(struct differ *d, const struct segment *pattern, const struct segment *actual)
{
  struct option wanted, found;
  size_t at = 0;
  while (option_next(pattern, &at, &wanted, NULL)) {
    if (wanted.kind == OPTION_EOL || wanted.kind == OPTION_NOP) continue;
    if (has_option(actual, &wanted, &found)) continue;
    char expected[128], was[128];
    name_option(&wanted, expected, sizeof expected);
    if (found.len == 0) {
      differ(d, "there is no %s", expected);
      continue;
    }
    name_option(&found, was, sizeof was);
    differ(d, "option %s, expected %s", was, expected);
  }
}

/* Enough of a payload to recognise it. */
static void name_data(const uint8_t *data, size_t len, char *mem, size_t cap)
{
  const size_t shown = len < 24 ? len : 24;
  struct buf b;
  buf_init(&b, mem, cap);
  buf_putc(&b, '"');
  if (shown > 0) buf_put_visible(&b, (const char *)data, shown, true);
  buf_putc(&b, '"');
  if (shown < len) buf_puts(&b, "...");
}

static void compare_data(struct differ *d, const struct segment *pattern, const struct segment *actual)
{
  if (pattern->data_len != actual->data_len) {
    differ(d, "%zu octet%s of data, expected %zu", actual->data_len, actual->data_len == 1 ? "" : "s",
           pattern->data_len);
    return;
  }
  size_t i = 0;
  while (i < pattern->data_len && pattern->data[i] == actual->data[i]) i++;
  if (i == pattern->data_len) return;
  char expected[160], was[160];
  name_data(pattern->data + i, pattern->data_len - i, expected, sizeof expected);
  name_data(actual->data + i, actual->data_len - i, was, sizeof was);
  differ(d, "data differs from octet %zu on: %s, expected %s", i + 1, was, expected);
}

static void compare_numbers(struct differ *d, const struct segment *pattern, const struct segment *actual)
{
  struct {
    enum segment_field field;
    uint32_t expected, found;
  } const number[] = {
      {SEG_SPORT, pattern->sport, actual->sport}, {SEG_DPORT, pattern->dport, actual->dport},
      {SEG_WIN, pattern->win, actual->win},       {SEG_URGP, pattern->urg, actual->urg},
      {SEG_DOFF, pattern->doff, actual->doff},    {SEG_RSV, pattern->rsv, actual->rsv},
      {SEG_TTL, pattern->ttl, actual->ttl},       {SEG_ID, pattern->id, actual->id},
      {SEG_TOS, pattern->tos, actual->tos},
  };
  for (size_t i = 0; i < sizeof number / sizeof number[0]; i++)
    if (segment_has(pattern, number[i].field))
      compare_number(d, number[i].field, number[i].expected, number[i].found);
}

bool expect_segment(const struct segment *pattern, const struct segment *actual, struct buf *difference)
{
  struct differ d = {.out = difference};
  if (segment_has(pattern, SEG_FLAGS)) compare_flags(&d, pattern->flags, actual->flags);
  if (segment_has(pattern, SEG_SEQ)) compare_seq(&d, SEG_SEQ, pattern->seq, actual->seq);
  if (segment_has(pattern, SEG_ACKNO)) compare_seq(&d, SEG_ACKNO, pattern->ack, actual->ack);
  if (segment_has(pattern, SEG_SRC)) compare_addr(&d, SEG_SRC, &pattern->src, &actual->src);
  if (segment_has(pattern, SEG_DST)) compare_addr(&d, SEG_DST, &pattern->dst, &actual->dst);
  compare_numbers(&d, pattern, actual);
  if (segment_has(pattern, SEG_SUM)) compare_sum(&d, pattern, actual);
  if (segment_has(pattern, SEG_OPTIONS)) compare_options(&d, pattern, actual);
  if (segment_has(pattern, SEG_DATA)) compare_data(&d, pattern, actual);
  return !d.any;
}
