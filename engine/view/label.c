/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/label.h"

#include "engine/segment/option.h"
#include "engine/segment/text.h"
#include "engine/words/number.h"

#include <string.h>

#define BIT(part) (1u << (part))
#define DATA_SHOWN_MAX 24 /* octets: a longer payload is told by its length; `show` has all of it */

void label_seq(struct buf *b, const struct record *r, enum end of, seq_t value, const struct view_options *o)
{
  number_put_seq(b, r, of, value, o->relative);
}

void label_tcb_seq(struct buf *b, const struct tcb *t, enum end e, bool own, seq_t value,
                   const struct view_options *o)
{
  if (!o->relative || !(own ? t->iss_known : t->irs_known)) {
    buf_printf(b, "%u", value);
    return;
  }
  int32_t off = seq_diff(value, own ? t->iss : t->irs);
  buf_puts(b, own == (e == END_YOU) ? "iss" : "irs");
  if (off != 0) buf_printf(b, "%+d", off);
}

void label_options(struct buf *b, const struct segment *s)
{
  struct segment shown = {.given = 0};
  struct option option;
  size_t at = 0;
  while (option_next(s, &at, &option, NULL)) {
    if (option.kind == OPTION_EOL || option.kind == OPTION_NOP) continue;
    option_put(&shown, option.kind, option.octet + 2, option.len - 2u);
  }
  if (at < s->options_len) option_put_octets(&shown, s->options + at, s->options_len - at);
  if (shown.options_len > 0) segment_print(b, &shown);
}

bool label_bad_sum(const struct record *r)
{
  return !r->notes.cut && r->segment.sum != segment_checksum(&r->segment);
}

void label_connection(struct buf *b, const struct trace *t, const struct record *r)
{
  if (trace_connections(t) > 1)
    words_say(b, SAY_OF_CONNECTION, &(struct words_args){.number = r->connection});
}

struct words_args label_who(const struct view_options *o, enum end e)
{
  return (struct words_args){
      .who = paint_name(o, e), .whom = paint_name(o, other_end(e)), .you = paint_is_you(o, e)};
}

void label_call(struct buf *b, const struct record *r, const struct view_options *o)
{
  if (label_failed(r)) buf_printf(b, "%s ", glyph(o, GLYPH_NO));
  words_record(b, r, o->relative);
  if (r->call.outcome == PEER_PENDING) buf_printf(b, " %s", glyph(o, GLYPH_MORE));
}

void label_end(struct buf *b, const struct view_options *o, enum end e, uint16_t port)
{
  buf_printf(b, "%s.%u", paint_name(o, e), port);
}

static void print_addr(struct buf *b, const char *field, const struct addr *given, const struct addr *usual)
{
  if (given->family == ADDR_NONE || addr_equal(given, usual)) return;
  buf_printf(b, " %s=", field);
  addr_print(b, given);
}

/* What a TCP would not have sent so, each with a blank before it. */
static void print_odd(struct buf *b, const struct trace *t, const struct record *r)
{
  const struct segment *s = &r->segment;
  /* The first connection has the ends' own addresses. */
  const struct trace_connection *c = t != NULL ? trace_connection(t, 1) : NULL;
  if (c != NULL) {
    bool out = r->end == END_YOU;
    print_addr(b, "src", &s->src, out ? &c->pair.you : &c->pair.peer);
    print_addr(b, "dst", &s->dst, out ? &c->pair.peer : &c->pair.you);
  }
  if ((s->flags & URG) != 0 || s->urg != 0) buf_printf(b, " urg=%u", s->urg);
  if (s->doff != 5 + (s->options_len + 3) / 4) buf_printf(b, " doff=%u", s->doff);
  if (s->rsv != 0) buf_printf(b, " rsv=%u", s->rsv);
  if (label_bad_sum(r)) buf_puts(b, " sum=bad");
}

static void print_data(struct buf *data, struct buf *len, const struct segment *s)
{
  if (s->data_len == 0) return;
  buf_printf(len, "len=%zu", s->data_len);
  bool filler = true;
  for (size_t i = 0; i < s->data_len && filler; i++) filler = s->data[i] == segment_filler(i);
  if (s->data_len > DATA_SHOWN_MAX || filler) {
    buf_puts(data, len->data);
    return;
  }
  buf_putc(data, '"');
  buf_put_visible(data, (const char *)s->data, s->data_len, true);
  buf_putc(data, '"');
}

static enum saying tag(const struct record *r)
{
  if (r->fate == FATE_STRAY) return r->released ? SAY_TAG_RELEASED : SAY_TAG_STRAY;
  if (r->fate == FATE_KERNEL) return SAY_TAG_KERNEL;
  if (r->intent == INTENT_RETRANSMIT) return SAY_TAG_AGAIN;
  return r->intent == INTENT_PROBE ? SAY_TAG_PROBE : SAY_COUNT;
}

void label_make(struct label *l, const struct trace *t, const struct record *r, const struct view_options *o)
{
  const struct segment *s = &r->segment;
  struct buf part[PART_COUNT];
  for (size_t i = 0; i < PART_COUNT; i++) buf_init(&part[i], l->text[i], sizeof l->text[i]);
  segment_print_flags(&part[PART_FLAGS], s->flags);
  buf_puts(&part[PART_SEQ], "seq=");
  label_seq(&part[PART_SEQ], r, r->end, s->seq, o);
  if ((s->flags & ACK) != 0) {
    buf_puts(&part[PART_ACK], "ack=");
    label_seq(&part[PART_ACK], r, other_end(r->end), s->ack, o);
  } else if (s->ack != 0) {
    buf_printf(&part[PART_ACK], "ack=%u", s->ack);
  }
  if ((s->flags & RST) == 0) buf_printf(&part[PART_WIN], "win=%u", s->win);
  l->window_matters = s->win == 0;
  label_options(&part[PART_OPTIONS], s);
  size_t first = strcspn(l->text[PART_OPTIONS], " ");
  buf_put(&part[PART_OPTION], l->text[PART_OPTIONS], first);
  if (first < part[PART_OPTIONS].len) buf_puts(&part[PART_OPTION], glyph(o, GLYPH_MORE));
  print_odd(&part[PART_ODD], t, r);
  if (part[PART_ODD].len > 0) memmove(l->text[PART_ODD], l->text[PART_ODD] + 1, part[PART_ODD].len);
  print_data(&part[PART_DATA], &part[PART_LEN], s);
  if (tag(r) != SAY_COUNT) words_say(&part[PART_TAG], tag(r), NULL);
}

size_t label_width(const struct label *l, unsigned parts)
{
  size_t width = 0;
  for (size_t i = 0; i < PART_COUNT; i++)
    if ((parts & BIT(i)) != 0 && l->text[i][0] != '\0') width += paint_width(l->text[i]) + 1;
  return width > 0 ? width - 1 : 0;
}

static unsigned fit(const struct label *l, unsigned all, size_t columns)
{
  const unsigned win = l->window_matters ? 0 : BIT(PART_WIN);
  const unsigned options = BIT(PART_OPTIONS), option = BIT(PART_OPTION), data = BIT(PART_DATA),
                 len = BIT(PART_LEN);
  all &= ~option & ~len;
  const unsigned choice[] = {
      all,
      all & ~win,
      (all & ~options) | option,
      (all & ~options & ~win) | option,
      all & ~options,
      all & ~options & ~win,
      (all & ~options & ~win & ~data) | len,
  };
  for (size_t i = 0; i < sizeof choice / sizeof choice[0]; i++)
    if (label_width(l, choice[i]) <= columns) return choice[i];
  return 0;
}

unsigned label_fit(const struct label *l, size_t columns) { return fit(l, BIT(PART_COUNT) - 1, columns); }

unsigned label_rest(const struct label *l, size_t columns)
{
  const unsigned all = (BIT(PART_COUNT) - 1) & ~BIT(PART_FLAGS) & ~BIT(PART_TAG);
  unsigned parts = fit(l, all, columns);
  return parts != 0 ? parts : all & ~BIT(PART_DATA) & ~BIT(PART_OPTION);
}

void label_cut_flags(struct label *l, size_t columns)
{
  char *flags = l->text[PART_FLAGS];
  if (strlen(flags) <= columns || columns < 3) return;
  while (columns > 2 && flags[columns - 2] != ',') columns--;
  memcpy(flags + columns - 1, "+", 2); /* "FIN,SYN,+": there are more */
}

enum ink label_ink(enum label_part part)
{
  switch (part) {
  case PART_FLAGS:
    return INK_BRIGHT;
  case PART_TAG:
    return INK_DUE;
  case PART_ODD:
    return INK_BAD;
  default:
    return INK_PLAIN;
  }
}

void label_paint(struct buf *b, const struct view_options *o, const struct label *l, unsigned parts)
{
  bool first = true;
  for (size_t i = 0; i < PART_COUNT; i++) {
    if ((parts & BIT(i)) == 0 || l->text[i][0] == '\0') continue;
    if (!first) buf_putc(b, ' ');
    paint(b, o, label_ink((enum label_part)i), l->text[i]);
    first = false;
  }
}
