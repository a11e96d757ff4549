/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time-sequence ladder: two lifelines, time running down, a segment an arrow from one to the other, and
   beside each lifeline the state its end is in, written where it changes. */
#include "engine/view/label.h"
#include "engine/view/paint.h"
#include "engine/view/plain.h"
#include "engine/view/rung.h"

#include <string.h>

struct ladder {
  const struct trace *trace;
  unsigned connection;
  const struct view_options *o;
  struct buf *out;
  size_t time;            /* columns of the time; 0: too narrow for it at the side */
  size_t side[END_COUNT]; /* columns of the states beside the lifelines; 0: they stand between them */
  size_t area;            /* columns between the lifelines */
};

#define SIDES_MIN 56u /* narrower screens have no room beside the lifelines */
#define AREA_LIMIT 64u

static void widen(size_t *width, enum tcp_state s)
{
  size_t need = paint_width(tcp_state_name(s));
  if (need > *width) *width = need;
}

static void lay_out(struct ladder *l)
{
  size_t limit = paint_columns(l->o);
  if (limit < SIDES_MIN) {
    l->area = limit - 2;
    return;
  }
  for (enum end e = END_YOU; e < END_COUNT; e++)
    widen(&l->side[e], rung_first_state(l->trace, l->connection, e));
  for (size_t i = 0; i < trace_count(l->trace); i++) {
    const struct record *r = trace_at(l->trace, i);
    if (r->connection == l->connection && rung_state(r) != STATE_COUNT)
      widen(&l->side[r->end], rung_state(r));
  }
  l->time = limit < 72 ? 6 : limit < 99 ? 7 : 9;
  l->area = limit - l->time - l->side[END_YOU] - l->side[END_PEER] - 5;
  if (l->area > AREA_LIMIT) l->area = AREA_LIMIT;
}

/* Begins a row: time, state of your end, your lifeline. Returns the octet at which the line began. */
static size_t row_begin(const struct ladder *l, usec_t t, const char *state)
{
  size_t line = l->out->len;
  if (l->side[END_YOU] > 0) {
    paint_time(l->out, l->o, t, l->time);
    size_t lifeline = l->time + 1 + l->side[END_YOU] + 1;
    paint_to(l->out, line, lifeline - 1 - paint_width(state));
    paint(l->out, l->o, INK_BRIGHT, state);
    paint_to(l->out, line, lifeline);
  }
  paint(l->out, l->o, INK_DIM, glyph(l->o, GLYPH_LIFE));
  return line;
}

/* Ends it: the peer's lifeline and its state. AREA: the octet at which what is between the lifelines began.
 */
static void row_end(const struct ladder *l, size_t area, const char *state)
{
  paint_to(l->out, area, l->area);
  paint(l->out, l->o, INK_DIM, glyph(l->o, GLYPH_LIFE));
  if (l->side[END_PEER] > 0 && state[0] != '\0') {
    buf_putc(l->out, ' ');
    paint(l->out, l->o, INK_BRIGHT, state);
  }
  buf_putc(l->out, '\n');
}

/* A row with TEXT between the lifelines, at the side of END. */
static void text_row(const struct ladder *l, usec_t t, enum end e, enum ink ink, const char *text,
                     const char *const state[])
{
  row_begin(l, t, state[END_YOU]);
  size_t area = l->out->len, width = paint_width(text);
  if (text[0] != '\0') buf_putc(l->out, ' ');
  if (e == END_PEER && width + 2 < l->area) paint_to(l->out, area, l->area - 1 - width);
  paint_cut(l->out, l->o, ink, text, l->area - 2);
  row_end(l, area, state[END_PEER]);
}

static const char *const no_state[END_COUNT] = {"", ""};

/* States that found no place beside the lifelines: rows of their own between them. */
static void inner_states(const struct ladder *l, const char *const state[])
{
  if (l->side[END_YOU] > 0) return;
  for (enum end e = END_YOU; e < END_COUNT; e++)
    if (state[e][0] != '\0') text_row(l, USEC_NEVER, e, INK_BRIGHT, state[e], no_state);
}

/* How an arrow is drawn: a stopped one ends in a mark and the word for what became of the segment. */
struct arrow {
  bool right, stopped;
  enum glyph shaft, tip;
  enum ink ink;
  const char *fate;
};

static struct arrow arrow(const struct record *r)
{
  struct arrow a = {.right = r->end == END_YOU, .shaft = GLYPH_SHAFT, .fate = segment_fate_name(r->fate)};
  a.tip = a.right ? GLYPH_HEAD_RIGHT : GLYPH_HEAD_LEFT;
  a.stopped = r->fate == FATE_LOST || r->fate == FATE_HELD;
  if (r->fate == FATE_STRAY || r->fate == FATE_KERNEL) a.shaft = GLYPH_DOTTED;
  if (r->fate == FATE_HELD) a.tip = a.right ? GLYPH_STOP_RIGHT : GLYPH_STOP_LEFT;
  if (r->fate == FATE_LOST) a.tip = GLYPH_NO;
  if (a.stopped) a.ink = r->fate == FATE_LOST ? INK_BAD : INK_DUE;
  return a;
}

/* Columns an arrow needs beside its words when SHAFT columns of it show before them. */
static size_t arrow_min(const struct arrow *a, size_t shaft)
{
  return shaft + 1 + 1 + (a->right ? 1 : 0) + (a->stopped ? 2 + paint_width(a->fate) : 1);
}

/* The words of the label's PARTS on an arrow from lifeline to lifeline. */
static void draw_arrow(const struct ladder *l, const struct arrow *a, const struct label *label,
                       unsigned parts, size_t shaft)
{
  struct buf *b = l->out;
  const size_t begin = b->len;
  const size_t stop = a->stopped ? (l->area - arrow_min(a, shaft) - label_width(label, parts)) / 2 : 0;
  if (!a->right) {
    if (a->stopped) {
      buf_fill(b, " ", stop);
      paintf(b, l->o, a->ink, " %s ", a->fate);
    }
    paint_glyphs(b, l->o, a->ink, a->tip, 1);
  }
  paint_glyphs(b, l->o, INK_DIM, a->shaft, a->right ? shaft : shaft > 1 ? shaft - 1 : 0);
  buf_putc(b, ' ');
  label_paint(b, l->o, label, parts);
  buf_putc(b, ' ');
  size_t now = paint_column(b, begin), end = l->area;
  if (a->right) end -= a->stopped ? stop + 2 + paint_width(a->fate) : 1;
  paint_glyphs(b, l->o, INK_DIM, a->shaft, end > now ? end - now : 0);
  if (!a->right) return;
  paint_glyphs(b, l->o, a->ink, a->tip, 1);
  if (a->stopped) paintf(b, l->o, a->ink, " %s", a->fate);
}

/* What found no room on the arrow on rows above it, as many fields a row as fit. */
static void words_above(const struct ladder *l, const struct label *label, usec_t t)
{
  const bool short_data = paint_width(label->text[PART_DATA]) <= l->area - 2;
  const unsigned want = 1u << PART_SEQ | 1u << PART_ACK | 1u << PART_OPTION | 1u << PART_ODD |
                        (label->window_matters ? 1u << PART_WIN : 0) |
                        1u << (short_data ? PART_DATA : PART_LEN);
  unsigned part = 0;
  for (unsigned row = 0; part < PART_COUNT; row++) {
    unsigned parts = 0;
    for (; part < PART_COUNT; part++) {
      if ((want >> part & 1u) == 0 || label->text[part][0] == '\0') continue;
      if (parts != 0 && label_width(label, parts | 1u << part) > l->area - 2) break;
      parts |= 1u << part;
    }
    if (parts == 0) return;
    row_begin(l, row == 0 ? t : USEC_NEVER, "");
    size_t begin = l->out->len;
    buf_putc(l->out, ' ');
    if (label_width(label, parts) <= l->area - 2)
      label_paint(l->out, l->o, label, parts);
    else /* one field longer than the row: an unknown option, say */
      paint_cut(l->out, l->o, INK_PLAIN, label->text[__builtin_ctz(parts)], l->area - 2);
    row_end(l, begin, "");
  }
}

static void segment_row(const struct ladder *l, const struct record *r, const char *const state[])
{
  struct label label;
  label_make(&label, l->trace, r, l->o);
  const struct arrow a = arrow(r);
  const usec_t t = paint_since(l->trace, r);
  unsigned parts = 0;
  size_t shaft = 2;
  while (parts == 0 && l->area > arrow_min(&a, shaft)) {
    parts = label_fit(&label, l->area - arrow_min(&a, shaft));
    if (parts != 0 || shaft == 1) break;
    shaft--;
  }
  const bool folded = parts == 0;
  if (folded) {
    words_above(l, &label, t);
    parts = 1u << PART_FLAGS | 1u << PART_TAG;
    if (label_width(&label, parts) + arrow_min(&a, shaft) > l->area) parts = 1u << PART_FLAGS;
    label_cut_flags(&label, l->area - arrow_min(&a, shaft));
    if (label_width(&label, parts) + arrow_min(&a, shaft) <= l->area - 1) shaft = 2;
  }
  row_begin(l, folded ? USEC_NEVER : t, l->side[END_YOU] > 0 ? state[END_YOU] : "");
  size_t begin = l->out->len;
  draw_arrow(l, &a, &label, parts, shaft);
  row_end(l, begin, state[END_PEER]);
  inner_states(l, state);
}

static void event_row(const struct ladder *l, const struct record *r, const char *const state[])
{
  if (r->kind == RECORD_SEGMENT) {
    segment_row(l, r, state);
    return;
  }
  char text[160];
  struct buf b;
  buf_init(&b, text, sizeof text);
  if (r->kind == RECORD_TIMER) paint_timer(&b, r->timer);
  if (r->kind == RECORD_CALL) label_call(&b, r, l->o);
  text_row(l, paint_since(l->trace, r), r->end, label_failed(r) ? INK_BAD : INK_DIM, text,
           l->side[END_YOU] > 0 ? state : no_state);
  inner_states(l, state);
}

/* The ends' names and addresses over their lifelines. */
static void heading(const struct ladder *l)
{
  const struct pair *p = &trace_connection(l->trace, l->connection)->pair;
  const size_t lifeline = l->side[END_YOU] > 0 ? l->time + 1 + l->side[END_YOU] + 1 : 0;
  char name[END_COUNT][2][80];
  struct buf b;
  for (enum end e = END_YOU; e < END_COUNT; e++) {
    buf_init(&b, name[e][0], sizeof name[e][0]);
    label_end(&b, l->o, e, e == END_YOU ? p->you_port : p->peer_port);
    buf_init(&b, name[e][1], sizeof name[e][1]);
    addr_print(&b, e == END_YOU ? &p->you : &p->peer);
  }
  for (unsigned row = 0; row < 2; row++) {
    const char *you = name[END_YOU][row], *peer = name[END_PEER][row];
    const enum ink ink = row == 0 ? INK_PLAIN : INK_DIM;
    size_t line = l->out->len;
    if (lifeline > 0)
      paint_to(l->out, line, lifeline - 1 - (paint_width(you) < lifeline ? paint_width(you) : lifeline - 1));
    paint(l->out, l->o, ink, you);
    const size_t rightmost = paint_columns(l->o) - paint_width(peer), beside = lifeline + l->area + 3;
    paint_past(l->out, line, lifeline > 0 && beside < rightmost ? beside : rightmost);
    paint(l->out, l->o, ink, peer);
    buf_putc(l->out, '\n');
  }
}

static void put_rung(const struct ladder *l, const struct rung *rung)
{
  const char *state[END_COUNT] = {"", ""};
  for (enum end e = END_YOU; e < END_COUNT; e++)
    if (rung->change[e] != NULL) state[e] = tcp_state_name(rung_state(rung->change[e]));
  if (rung->event != NULL) {
    event_row(l, rung->event, state);
  } else {
    text_row(l, USEC_NEVER, END_YOU, INK_PLAIN, "", l->side[END_YOU] > 0 ? state : no_state);
    inner_states(l, state);
  }
}

static void plain_ladder(const struct ladder *l)
{
  struct rung rung;
  for (size_t at = 0; rung_next(l->trace, l->connection, &at, &rung);)
    for (size_t i = rung.from; i < rung.to; i++) {
      const struct record *r = trace_at(l->trace, i);
      if (r == rung.event || r->kind == RECORD_STATE) plain_record(l->trace, r, l->o, l->out);
    }
}

void view_ladder(const struct trace *t, unsigned connection, const struct view_options *o, struct buf *b)
{
  struct ladder l = {.trace = t, .connection = connection, .o = o, .out = b};
  const struct trace_connection *c = trace_connection(t, connection);
  if (c == NULL || c->first == USEC_NEVER) {
    buf_puts(b, "Nothing has been sent yet.\n");
    return;
  }
  if (o->plain) {
    plain_ladder(&l);
    return;
  }
  lay_out(&l);
  heading(&l);
  const char *first[END_COUNT];
  for (enum end e = END_YOU; e < END_COUNT; e++)
    first[e] = tcp_state_name(rung_first_state(t, connection, e));
  text_row(&l, USEC_NEVER, END_YOU, INK_PLAIN, "", l.side[END_YOU] > 0 ? first : no_state);
  inner_states(&l, first);
  struct rung rung;
  unsigned step = 0;
  for (size_t at = 0; rung_next(t, connection, &at, &rung); step = rung.step) {
    if (step != 0 && rung.step != step) text_row(&l, USEC_NEVER, END_YOU, INK_PLAIN, "", no_state);
    put_rung(&l, &rung);
  }
}
