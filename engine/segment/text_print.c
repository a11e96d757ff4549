/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/buf.h"
#include "engine/segment/codec.h"
#include "engine/segment/option.h"
#include "engine/segment/text.h"

#include <stdio.h>
#include <string.h>

#define SHORT_TEXT 24u    /* octets: a payload of text up to here is shown even when it is the filler */
#define SHORT_PAYLOAD 64u /* octets: any payload up to here is shown in full by segment_print_short */

uint8_t segment_filler(size_t i)
{
  static const char pattern[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  return (uint8_t)pattern[i % (sizeof pattern - 1)];
}

static void put_number(struct buf *b, uint32_t n)
{
  char digits[10];
  size_t i = sizeof digits;
  do {
    digits[--i] = (char)('0' + n % 10);
    n /= 10;
  } while (n > 0);
  buf_put(b, digits + i, sizeof digits - i);
}

static void put_hex(struct buf *b, const uint8_t *p, size_t len)
{
  static const char digit[] = "0123456789abcdef";
  for (size_t i = 0; i < len && !b->truncated; i++)
    buf_put(b, (const char[]){digit[p[i] >> 4], digit[p[i] & 15]}, 2);
}

/* A text under way: BEGIN is where it began, so that words are kept apart by one blank. */
struct print {
  struct buf *b;
  size_t begin;
};

static void put_blank(struct print *p)
{
  if (p->b->len > p->begin) buf_putc(p->b, ' ');
}

static void put_word(struct print *p, const char *word)
{
  put_blank(p);
  buf_puts(p->b, word);
}

static void put_name(struct print *p, const char *name)
{
  put_word(p, name);
  buf_putc(p->b, '=');
}

static void put_field(struct print *p, enum segment_field f, uint32_t n)
{
  put_name(p, segment_field_name(f));
  put_number(p->b, n);
}

static void put_hex_field(struct print *p, enum segment_field f, uint32_t n)
{
  put_name(p, segment_field_name(f));
  buf_printf(p->b, "0x%x", n);
}

static void put_address(struct print *p, enum segment_field f, const struct addr *a)
{
  put_name(p, segment_field_name(f));
  addr_print(p->b, a);
}

static void put_sum(struct print *p, const struct segment *s)
{
  if (s->sum_bad)
    put_word(p, "sum=bad");
  else
    put_hex_field(p, SEG_SUM, s->sum);
}

void segment_print_flags(struct buf *b, uint8_t flags)
{
  bool any = false;
  if (flags == 0) buf_puts(b, "none");
  for (unsigned i = 0; i < 8; i++) {
    if ((flags & 1u << i) == 0) continue;
    if (any) buf_putc(b, ',');
    buf_puts(b, segment_flag_word(i));
    any = true;
  }
}

static void put_flags(struct print *p, const struct segment *s)
{
  put_blank(p);
  segment_print_flags(p->b, s->flags);
}

/* ---- options ---- */

static void put_opt(struct print *p, const uint8_t *octets, size_t len)
{
  put_name(p, "opt");
  put_hex(p->b, octets, len);
}

/* EOL and what follows it: an `eol` for each octet of proper padding, else octets. */
static void put_padding(struct print *p, const struct option *o)
{
  size_t zeros = 0;
  while (zeros < o->len && o->octet[zeros] == OPTION_EOL) zeros++;
  for (size_t i = 0; i < zeros; i++) put_word(p, "eol");
  if (zeros < o->len) put_opt(p, o->octet + zeros, o->len - zeros);
}

static void put_sack(struct print *p, const struct option *o)
{
  put_name(p, "sack");
  for (unsigned i = 0; i < o->sack_count; i++) {
    if (i > 0) buf_putc(p->b, ',');
    put_number(p->b, o->sack[i].left);
    buf_putc(p->b, '-');
    put_number(p->b, o->sack[i].right);
  }
}

static void put_fastopen(struct print *p, const struct option *o)
{
  put_word(p, "fastopen");
  if (o->len <= 2) return;
  buf_putc(p->b, '=');
  put_hex(p->b, o->octet + 2, o->len - 2u);
}

static void put_ts(struct print *p, const struct option *o)
{
  put_name(p, "ts");
  put_number(p->b, o->ts_val);
  buf_putc(p->b, ':');
  put_number(p->b, o->ts_ecr);
}

static void put_small(struct print *p, const char *name, uint32_t n)
{
  put_name(p, name);
  put_number(p->b, n);
}

static void put_option(struct print *p, const struct option *o)
{
  if (!o->well_formed) {
    put_opt(p, o->octet, o->len);
    return;
  }
  switch (o->kind) {
  case OPTION_EOL:
    put_padding(p, o);
    break;
  case OPTION_NOP:
    put_word(p, "nop");
    break;
  case OPTION_MSS:
    put_small(p, "mss", o->mss);
    break;
  case OPTION_WSCALE:
    put_small(p, "wscale", o->wscale);
    break;
  case OPTION_SACKOK:
    put_word(p, "sackok");
    break;
  case OPTION_SACK:
    put_sack(p, o);
    break;
  case OPTION_TS:
    put_ts(p, o);
    break;
  case OPTION_FASTOPEN:
    put_fastopen(p, o);
    break;
  default:
    break;
  }
}

/* Every octet of the list shows up in one of the words, in order. */
static void put_options(struct print *p, const struct segment *s)
{
  struct option o;
  size_t at = 0;
  while (option_next(s, &at, &o, NULL)) put_option(p, &o);
  if (at < s->options_len) put_opt(p, s->options + at, s->options_len - at);
}

/* ---- payload ---- */

static bool is_filler(const struct segment *s)
{
  size_t i = 0;
  while (i < s->data_len && s->data[i] == segment_filler(i)) i++;
  return i == s->data_len;
}

static size_t count_printable(const struct segment *s)
{
  size_t n = 0;
  for (size_t i = 0; i < s->data_len; i++) {
    uint8_t c = s->data[i];
    n += (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t';
  }
  return n;
}

/* Text when three octets of four are printable ASCII, else hexadecimal. */
static void put_octets(struct print *p, const struct segment *s, size_t printable)
{
  if (printable < s->data_len - s->data_len / 4) {
    put_name(p, "data");
    put_hex(p->b, s->data, s->data_len);
    return;
  }
  put_word(p, "\"");
  buf_put_visible(p->b, (const char *)s->data, s->data_len, true);
  buf_putc(p->b, '"');
}

/* No more than SHOWN octets; a longer one by its length alone. */
static void put_payload(struct print *p, const struct segment *s, size_t shown)
{
  size_t printable = count_printable(s);
  bool short_text = s->data_len > 0 && s->data_len <= SHORT_TEXT && printable == s->data_len;
  if (!short_text && (s->data_len > shown || is_filler(s))) {
    put_name(p, "len");
    buf_printf(p->b, "%zu", s->data_len);
  } else {
    put_octets(p, s, printable);
  }
}

/* ---- segments ---- */

static void put_given_number(struct print *p, const struct segment *s, enum segment_field f, uint32_t n)
{
  if (segment_has(s, f)) put_field(p, f, n);
}

void segment_print(struct buf *b, const struct segment *s)
{
  struct print p = {b, b->len};
  if (segment_has(s, SEG_FLAGS)) put_flags(&p, s);
  if (segment_has(s, SEG_SRC)) put_address(&p, SEG_SRC, &s->src);
  put_given_number(&p, s, SEG_SPORT, s->sport);
  if (segment_has(s, SEG_DST)) put_address(&p, SEG_DST, &s->dst);
  put_given_number(&p, s, SEG_DPORT, s->dport);
  put_given_number(&p, s, SEG_SEQ, s->seq);
  put_given_number(&p, s, SEG_ACKNO, s->ack);
  put_given_number(&p, s, SEG_WIN, s->win);
  put_given_number(&p, s, SEG_URGP, s->urg);
  put_given_number(&p, s, SEG_DOFF, s->doff);
  put_given_number(&p, s, SEG_RSV, s->rsv);
  if (segment_has(s, SEG_SUM)) put_sum(&p, s);
  put_given_number(&p, s, SEG_TTL, s->ttl);
  put_given_number(&p, s, SEG_ID, s->id);
  if (segment_has(s, SEG_TOS)) put_hex_field(&p, SEG_TOS, s->tos);
  if (segment_has(s, SEG_OPTIONS) && s->options_len == 0) put_word(&p, "opt=none");
  if (segment_has(s, SEG_OPTIONS)) put_options(&p, s);
  if (segment_has(s, SEG_DATA)) put_payload(&p, s, SIZE_MAX);
}

/* A field that means nothing while its control bit is clear is shown when it is not 0 all the same. */
static bool is_telling(const struct segment *s, uint8_t bit, uint32_t n)
{
  return !segment_has(s, SEG_FLAGS) || (s->flags & bit) != 0 || n != 0;
}

static bool is_odd_doff(const struct segment *s) { return s->doff != 5 + (s->options_len + 3) / 4; }

/* Without addresses nobody can tell, and a sum someone gave is shown. */
static bool is_odd_sum(const struct segment *s)
{
  if (s->sum_bad || s->src.family == ADDR_NONE || s->dst.family == ADDR_NONE) return true;
  return s->sum != segment_checksum(s);
}

void segment_print_short(struct buf *b, const struct segment *s, uint32_t mask)
{
  struct print p = {b, b->len};
  struct segment shown = *s;
  shown.given &= ~mask;
  if (segment_has(&shown, SEG_FLAGS)) put_flags(&p, s);
  put_given_number(&p, &shown, SEG_SEQ, s->seq);
  if (is_telling(s, ACK, s->ack)) put_given_number(&p, &shown, SEG_ACKNO, s->ack);
  put_given_number(&p, &shown, SEG_WIN, s->win);
  if (is_telling(s, URG, s->urg)) put_given_number(&p, &shown, SEG_URGP, s->urg);
  if (is_odd_doff(s)) put_given_number(&p, &shown, SEG_DOFF, s->doff);
  if (s->rsv != 0) put_given_number(&p, &shown, SEG_RSV, s->rsv);
  if (segment_has(&shown, SEG_SUM) && is_odd_sum(s)) put_sum(&p, s);
  if (segment_has(&shown, SEG_OPTIONS)) put_options(&p, s);
  if (segment_has(&shown, SEG_DATA) && s->data_len > 0) put_payload(&p, s, SHORT_PAYLOAD);
}
