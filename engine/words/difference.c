/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/words/difference.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/segment/text.h"
#include "engine/words/sentence.h"

/* A number no further off than this is told with the distance: off by one is the classic slip. */
#define NEAR 65535
#define DATA_SHOWN_MAX 24u /* octets: enough of a payload to recognise it */

/* Differences told one after the other. */
struct differ {
  struct telling t;
  bool any;
};

static void put(struct differ *d, enum saying saying)
{
  if (d->any) sentence_put(&d->t, SAY_AND_ALSO);
  d->any = true;
  sentence_put(&d->t, saying);
}

static void put_flags(struct differ *d, uint8_t expected, uint8_t found)
{
  const uint8_t missing = expect_missing(expected, found), surplus = expect_surplus(expected, found);
  char name[16];
  struct buf b;
  for (unsigned bit = 1; bit <= CWR; bit <<= 1) {
    if (((missing | surplus) & bit) == 0) continue;
    buf_init(&b, name, sizeof name);
    segment_print_flags(&b, (uint8_t)bit);
    d->t.field = name;
    put(d, (missing & bit) != 0 ? SAY_FLAG_MISSING : SAY_FLAG_SURPLUS);
  }
}

static void put_texts(struct differ *d, enum saying saying, const char *expected, const char *found)
{
  d->t.expected = expected;
  d->t.found = found;
  put(d, saying);
}

static void put_numbers(struct differ *d, enum saying saying, uint32_t expected, uint32_t found)
{
  char wanted[16], was[16];
  struct buf b;
  buf_init(&b, wanted, sizeof wanted);
  buf_printf(&b, "%u", expected);
  buf_init(&b, was, sizeof was);
  buf_printf(&b, "%u", found);
  put_texts(d, saying, wanted, was);
}

static void put_seq(struct differ *d, seq_t expected, seq_t found)
{
  const int32_t off = seq_diff(found, expected);
  const bool near = off >= -NEAR && off <= NEAR;
  d->t.distance = (uint32_t)(off > 0 ? off : -(int64_t)off);
  put_numbers(d,
              !near     ? SAY_FIELD_DIFFERS
              : off > 0 ? SAY_FIELD_TOO_HIGH
                        : SAY_FIELD_TOO_LOW,
              expected, found);
}

static void put_addr(struct differ *d, const struct addr *expected, const struct addr *found)
{
  char wanted[64], was[64];
  struct buf b;
  buf_init(&b, wanted, sizeof wanted);
  addr_print(&b, expected);
  buf_init(&b, was, sizeof was);
  addr_print(&b, found);
  put_texts(d, SAY_FIELD_DIFFERS, wanted, was);
}

/* One option as it is written in a segment: "mss=1460". */
static void name_option(const struct option *o, char *mem, size_t cap)
{
  struct segment alone = {.given = 0};
  struct buf b;
  option_put(&alone, o->kind, o->octet + 2, o->len >= 2 ? (size_t)o->len - 2 : 0);
  buf_init(&b, mem, cap);
  segment_print(&b, &alone);
}

static void put_options(struct differ *d, const struct segment *pattern, const struct segment *actual)
{
  struct option wanted, found;
  size_t at = 0;
  while (option_next(pattern, &at, &wanted, NULL)) {
    char expected[128], was[128];
    if (wanted.kind == OPTION_EOL || wanted.kind == OPTION_NOP) continue;
    if (expect_option(actual, &wanted, &found)) continue;
    name_option(&wanted, expected, sizeof expected);
    if (found.len > 0) name_option(&found, was, sizeof was);
    put_texts(d, found.len > 0 ? SAY_OPTION_DIFFERS : SAY_OPTION_MISSING, expected, was);
  }
}

static void name_data(const uint8_t *data, size_t len, char *mem, size_t cap)
{
  const size_t shown = len < DATA_SHOWN_MAX ? len : DATA_SHOWN_MAX;
  struct buf b;
  buf_init(&b, mem, cap);
  buf_putc(&b, '"');
  if (shown > 0) buf_put_visible(&b, (const char *)data, shown, true);
  buf_putc(&b, '"');
  if (shown < len) buf_puts(&b, "...");
}

static void put_data(struct differ *d, const struct segment *pattern, const struct segment *actual)
{
  const struct facts facts = {.octets = actual->data_len, .wanted = pattern->data_len};
  char expected[160], was[160];
  size_t i = 0;
  d->t.facts = &facts;
  if (pattern->data_len != actual->data_len) {
    put(d, SAY_DATA_LENGTH);
    return;
  }
  while (i < pattern->data_len && pattern->data[i] == actual->data[i]) i++;
  name_data(pattern->data + i, pattern->data_len - i, expected, sizeof expected);
  name_data(actual->data + i, actual->data_len - i, was, sizeof was);
  d->t.distance = (uint32_t)i + 1;
  put_texts(d, SAY_DATA_DIFFERS, expected, was);
}

static void put_sum(struct differ *d, const struct segment *pattern, const struct segment *actual)
{
  if (pattern->sum_bad)
    put(d, SAY_SUM_RIGHT);
  else
    put_numbers(d, SAY_FIELD_DIFFERS, pattern->sum, actual->sum);
}

static void put_field(struct differ *d, enum segment_field field, const struct segment *p,
                      const struct segment *a)
{
  d->t.field = segment_field_name(field);
  switch (field) {
  case SEG_FLAGS:
    put_flags(d, p->flags, a->flags);
    break;
  case SEG_SEQ:
    put_seq(d, p->seq, a->seq);
    break;
  case SEG_ACKNO:
    put_seq(d, p->ack, a->ack);
    break;
  case SEG_SRC:
    put_addr(d, &p->src, &a->src);
    break;
  case SEG_DST:
    put_addr(d, &p->dst, &a->dst);
    break;
  case SEG_SPORT:
    put_numbers(d, SAY_FIELD_DIFFERS, p->sport, a->sport);
    break;
  case SEG_DPORT:
    put_numbers(d, SAY_FIELD_DIFFERS, p->dport, a->dport);
    break;
  case SEG_WIN:
    put_numbers(d, SAY_FIELD_DIFFERS, p->win, a->win);
    break;
  case SEG_URGP:
    put_numbers(d, SAY_FIELD_DIFFERS, p->urg, a->urg);
    break;
  case SEG_DOFF:
    put_numbers(d, SAY_FIELD_DIFFERS, p->doff, a->doff);
    break;
  case SEG_RSV:
    put_numbers(d, SAY_FIELD_DIFFERS, p->rsv, a->rsv);
    break;
  case SEG_TTL:
    put_numbers(d, SAY_FIELD_DIFFERS, p->ttl, a->ttl);
    break;
  case SEG_ID:
    put_numbers(d, SAY_FIELD_DIFFERS, p->id, a->id);
    break;
  case SEG_TOS:
    put_numbers(d, SAY_FIELD_DIFFERS, p->tos, a->tos);
    break;
  case SEG_SUM:
    put_sum(d, p, a);
    break;
  case SEG_OPTIONS:
    put_options(d, p, a);
    break;
  case SEG_DATA:
    put_data(d, p, a);
    break;
  case SEG_FIELD_COUNT:
    break;
  }
}

void difference_put(struct buf *b, const struct segment *pattern, const struct segment *actual)
{
  static const enum segment_field order[] = {SEG_FLAGS, SEG_SEQ, SEG_ACKNO, SEG_SRC,     SEG_DST, SEG_SPORT,
                                             SEG_DPORT, SEG_WIN, SEG_URGP,  SEG_DOFF,    SEG_RSV, SEG_TTL,
                                             SEG_ID,    SEG_TOS, SEG_SUM,   SEG_OPTIONS, SEG_DATA};
  const uint32_t differ = expect_differs(pattern, actual);
  struct differ d = {.t = {.out = b}};
  for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
    if ((differ & SEG_BIT(order[i])) != 0) put_field(&d, order[i], pattern, actual);
}

void difference_put_typed(struct buf *b, const struct octets *pattern, const struct record *segment)
{
  uint8_t store[SEGMENT_DATA_MAX];
  struct segment wanted;
  struct err err;
  if (expect_parse(pattern, segment, true, store, &wanted, &err))
    difference_put(b, &wanted, &segment->segment);
  else
    buf_puts(b, err.message);
}
