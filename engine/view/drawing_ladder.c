/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time-sequence ladder, drawn: two lifelines, a segment an arrow that falls a little, since it takes its
   time; at the sides the states, where they change. Not to scale: where more than a second passes the
   lifelines are broken and say how long. */
#include "engine/trace/heap_buf.h"
#include "engine/view/drawing.h"
#include "engine/view/label.h"
#include "engine/view/markup.h"
#include "engine/view/reason.h"
#include "engine/view/rung.h"

#include <string.h>

#define TIME_RIGHT 100 /* the time ends here */
#define YOU 220        /* your lifeline, and the peer's */
#define PEER 740
#define SIDE 14                                        /* from a lifeline to the state beside it */
#define FALL 12                                        /* of an arrow on its way */
#define BELOW 14                                       /* from one rung to the next within a step, */
#define STEP 12                                        /* and more between steps */
#define GAP USEC_S                                     /* a pause that is marked */
#define AREA ((size_t)(PEER - YOU) / DRAWING_CELL - 3) /* columns of words on an arrow */
#define PIECES 120

struct ladder {
  struct buf *out;
  struct buf *under; /* the lifelines, which lie under everything else */
  const struct trace *trace;
  unsigned connection;
  const struct view_options *o;
  int y;      /* where the next rung begins */
  int life;   /* how far down the lifelines are drawn */
  usec_t now; /* when the last rung was */
};

static int lifeline(enum end e) { return e == END_YOU ? YOU : PEER; }

/* Out of the area between the lifelines: -1 on your side, 1 on the peer's. */
static int outward(enum end e) { return e == END_YOU ? -1 : 1; }

/* -- words, on as many lines as they take -- */

struct piece {
  enum label_part part;
  const char *text;
  size_t len;
  bool glued; /* no blank before it */
  unsigned line;
};

struct caption {
  struct piece piece[PIECES];
  unsigned count, lines;
  size_t column; /* where the last line ends */
};

static void add_piece(struct caption *c, enum label_part part, const char *text, size_t len)
{
  for (bool glued = false; len > 0 && c->count < PIECES; glued = true) {
    const size_t width = view_width(text, len), blank = glued || c->column == 0 ? 0 : 1;
    if (c->column > 0 && c->column + blank + width > AREA) {
      c->lines++;
      c->column = 0;
    }
    size_t n = paint_fit(text, len, AREA);
    if (n == 0) n = len;
    c->piece[c->count++] = (struct piece){
        .part = part, .text = text, .len = n, .glued = glued || c->column == 0, .line = c->lines};
    c->column += (c->column == 0 || glued ? 0 : 1) + view_width(text, n);
    text += n;
    len -= n;
  }
}

/* All there is to say of a segment; options may be parted between each other. */
static void make_caption(struct caption *c, const struct label *l)
{
  *c = (struct caption){.count = 0};
  for (enum label_part part = 0; part < PART_COUNT; part++) {
    const char *text = l->text[part];
    if (part == PART_OPTION || part == PART_LEN) continue;
    while (*text != '\0') {
      const size_t len = part == PART_OPTIONS || part == PART_ODD ? strcspn(text, " ") : strlen(text);
      add_piece(c, part, text, len);
      text += len;
      text += strspn(text, " ");
    }
  }
  if (c->count > 0) c->lines++;
}

static void put_caption(const struct ladder *l, const struct caption *c, int y)
{
  for (unsigned i = 0; i < c->count;) {
    const unsigned line = c->piece[i].line;
    drawing_text_begin(l->out, INK_PLAIN, ANCHOR_MIDDLE, (YOU + PEER) / 2, y + (int)line * DRAWING_LINE);
    for (; i < c->count && c->piece[i].line == line; i++) {
      const struct piece *p = &c->piece[i];
      if (!p->glued) buf_putc(l->out, ' ');
      drawing_span(l->out, label_ink(p->part), p->text, p->len);
    }
    drawing_text_end(l->out);
  }
}

/* -- lifelines -- */

/* Down to Y; dashed where time passes. */
static void draw_life(struct ladder *l, int y, enum stroke stroke)
{
  if (y <= l->life) return;
  for (enum end e = END_YOU; e < END_COUNT; e++)
    drawing_line(l->under, INK_DIM, stroke, lifeline(e), l->life, lifeline(e), y);
  l->life = y;
}

/* "4.1s": what a person would say of a pause. */
static void put_pause(struct buf *b, usec_t d)
{
  const usec_t unit = d < 10 * USEC_S ? USEC_S / 10 : USEC_S;
  usec_print(b, (d + unit / 2) / unit * unit);
}

static void draw_pause(struct ladder *l, usec_t d)
{
  const int height = d < 10 * USEC_S ? 24 : d < 60 * USEC_S ? 32 : 44;
  char text[48];
  struct buf b;
  buf_init(&b, text, sizeof text);
  put_pause(&b, d);
  buf_puts(&b, " later");
  draw_life(l, l->y, STROKE_THIN);
  drawing_text(l->out, INK_DIM, ANCHOR_MIDDLE, (YOU + PEER) / 2, l->y + height / 2 + 4, text);
  l->y += height;
  draw_life(l, l->y, STROKE_DOTTED);
  l->y += 4;
}

/* -- states -- */

static void draw_state(const struct ladder *l, enum end e, int y, enum tcp_state s,
                       const struct record *change)
{
  const int x = lifeline(e) + outward(e) * SIDE;
  struct buf *b = l->out;
  if (change != NULL) {
    drawing_group(b);
    reason_change(b, change, l->o);
    drawing_title_end(b);
    drawing_target(b, e == END_YOU ? TIME_RIGHT : PEER, y - 12,
                   e == END_YOU ? YOU - TIME_RIGHT : DRAWING_WIDTH - PEER, 20);
  }
  drawing_text_begin(b, INK_BRIGHT, e == END_YOU ? ANCHOR_END : ANCHOR_START, x, y + 4);
  buf_puts(b, tcp_state_name(s));
  const enum confirmation c = change != NULL ? change->confirmed : TRUTH_UNASKED;
  if (c == TRUTH_CONFIRMED || c == TRUTH_DENIED || (change != NULL && e == END_PEER)) {
    const enum glyph mark = c == TRUTH_CONFIRMED ? GLYPH_YES : c == TRUTH_DENIED ? GLYPH_NO : GLYPH_MAYBE;
    buf_putc(b, ' ');
    const char *text = glyph(l->o, mark);
    drawing_span(b,
                 c == TRUTH_CONFIRMED ? INK_GOOD
                 : c == TRUTH_DENIED  ? INK_BAD
                                      : INK_DIM,
                 text, strlen(text));
  }
  drawing_text_end(b);
  buf_printf(b, "<circle cx=\"%d\" cy=\"%d\" r=\"3\" class=\"solid bright\"/>\n", lifeline(e), y);
  if (change != NULL) drawing_group_end(b);
}

static void draw_changes(const struct ladder *l, const struct rung *rung, const int y[])
{
  for (enum end e = END_YOU; e < END_COUNT; e++)
    if (rung->change[e] != NULL) draw_state(l, e, y[e], rung_state(rung->change[e]), rung->change[e]);
}

static void draw_time(const struct ladder *l, const struct record *r, int y)
{
  char text[40];
  struct buf b;
  const usec_t t = paint_since(l->trace, r);
  if (t == USEC_NEVER) return;
  buf_init(&b, text, sizeof text);
  usec_print_stamp(&b, t);
  drawing_text(l->out, INK_DIM, ANCHOR_END, TIME_RIGHT, y + 4, text);
}

/* -- events -- */

/* A stopped arrow ends in a mark and the word for what became of the segment. A stray does not come from the
 * end it claims to come from. */
static void draw_arrow(const struct ladder *l, const struct record *r, int y)
{
  const enum end e = r->end;
  const int way = lifeline(other_end(e)) - lifeline(e), ahead = way > 0 ? 1 : -1;
  const bool stopped = r->fate == FATE_LOST || r->fate == FATE_HELD;
  const enum ink ink = r->fate == FATE_LOST ? INK_BAD : r->fate == FATE_SENT ? INK_PLAIN : INK_DUE;
  const enum stroke stroke = r->fate == FATE_STRAY || r->fate == FATE_KERNEL ? STROKE_DOTTED : STROKE_THIN;
  const int from = lifeline(e) + (r->fate == FATE_STRAY ? ahead * 40 : 0);
  const int to = stopped ? lifeline(e) + way * 5 / 8 : lifeline(other_end(e)) - ahead * 4;
  const int fall = stopped ? FALL * 5 / 8 : FALL;
  drawing_line(l->out, ink, stroke, from, y, to, y + fall);
  if (r->fate == FATE_STRAY)
    buf_printf(l->out,
               "<circle cx=\"%d\" cy=\"%d\" r=\"4\" class=\"paper\"/>\n"
               "<path d=\"M%d %da4 4 0 1 0 0-8a4 4 0 1 0 0 8z\" class=\"thin %s\"/>\n",
               from, y, from, y + 4, drawing_ink(ink));
  if (r->fate == FATE_LOST)
    drawing_cross(l->out, ink, to, y + fall);
  else if (r->fate == FATE_HELD)
    drawing_line(l->out, ink, STROKE_HEAVY, to, y + fall - 8, to, y + fall + 8);
  else
    drawing_head(l->out, ink, to, y + fall, lifeline(e) - to, -fall);
  if (stopped)
    drawing_text(l->out, ink, ahead > 0 ? ANCHOR_START : ANCHOR_END, to + ahead * 12, y + fall + 4,
                 segment_fate_name(r->fate));
}

/* What was noted on a segment that nobody may overlook: an error of yours, a difference. */
static const struct record *remark(const struct ladder *l, const struct rung *rung)
{
  for (size_t i = rung->from; i < rung->to; i++) {
    const struct record *r = trace_at(l->trace, i);
    if (r->kind == RECORD_NOTE &&
        (r->note == NOTE_WRONG || r->note == NOTE_EXPLAINED || r->note == NOTE_UNKNOWN))
      return r;
  }
  return NULL;
}

static void draw_segment(struct ladder *l, const struct rung *rung)
{
  const struct record *r = rung->event, *noted = remark(l, rung);
  struct caption c;
  struct label label;
  label_make(&label, l->trace, r, l->o);
  make_caption(&c, &label);
  const int top = l->y, tail = top + (int)c.lines * DRAWING_LINE + 4;
  int y[END_COUNT];
  y[r->end] = tail;
  y[other_end(r->end)] = tail + FALL;
  draw_life(l, tail + FALL, STROKE_THIN);
  drawing_group(l->out);
  reason_event(l->out, l->trace, rung, l->o);
  drawing_title_end(l->out);
  drawing_target(l->out, YOU, top, PEER - YOU, tail + FALL + 6 - top);
  draw_time(l, r, tail);
  draw_arrow(l, r, tail);
  put_caption(l, &c, top + DRAWING_LINE - 5);
  if (noted != NULL) {
    const enum ink ink = noted->note == NOTE_EXPLAINED ? INK_DUE : INK_BAD;
    drawing_text(l->out, ink, r->end == END_YOU ? ANCHOR_START : ANCHOR_END,
                 lifeline(r->end) - outward(r->end) * 10, tail - 6,
                 glyph(l->o, noted->note == NOTE_WRONG ? GLYPH_NO : GLYPH_DIFFERS));
  }
  drawing_group_end(l->out);
  draw_changes(l, rung, y);
  l->y = tail + FALL + BELOW;
}

/* A call, a timer, or a change of state that came of nothing one could see: at its own side. */
static void draw_event(struct ladder *l, const struct rung *rung)
{
  const struct record *r = rung->event;
  const int line = l->y + 10, both[END_COUNT] = {line, line};
  draw_life(l, line, STROKE_THIN);
  if (r != NULL) {
    char mem[600];
    struct buf text;
    buf_init(&text, mem, sizeof mem);
    if (r->kind == RECORD_TIMER) paint_timer(&text, r->timer);
    if (r->kind == RECORD_CALL) label_call(&text, r, l->o);
    if (view_width(mem, text.len) > AREA) {
      text.len = paint_fit(mem, text.len, AREA - 1);
      text.truncated = false;
      mem[text.len] = '\0';
      buf_puts(&text, glyph(l->o, GLYPH_MORE));
    }
    drawing_group(l->out);
    reason_event(l->out, l->trace, rung, l->o);
    drawing_title_end(l->out);
    drawing_target(l->out, YOU, l->y, PEER - YOU, 20);
    draw_time(l, r, line);
    drawing_text(l->out, label_failed(r) ? INK_BAD : INK_DIM, r->end == END_YOU ? ANCHOR_START : ANCHOR_END,
                 lifeline(r->end) - outward(r->end) * SIDE, line + 4, mem);
    if (rung->change[r->end] == NULL) /* else a dot stands there */
      buf_printf(l->out, "<path d=\"M%d %dh8v8h-8z\" class=\"solid %s\"/>\n", lifeline(r->end) - 4, line - 4,
                 drawing_ink(label_failed(r) ? INK_BAD : INK_DIM));
    drawing_group_end(l->out);
  }
  draw_changes(l, rung, both);
  l->y = line + 13;
}

/* -- the whole -- */

/* The ends' names and addresses over their lifelines. */
static void draw_heading(struct ladder *l)
{
  const struct pair *p = &trace_connection(l->trace, l->connection)->pair;
  char text[80];
  struct buf b;
  for (enum end e = END_YOU; e < END_COUNT; e++) {
    buf_init(&b, text, sizeof text);
    label_end(&b, l->o, e, e == END_YOU ? p->you_port : p->peer_port);
    drawing_text(l->out, INK_BRIGHT, ANCHOR_MIDDLE, lifeline(e), l->y + 12, text);
    buf_reset(&b);
    addr_print(&b, e == END_YOU ? &p->you : &p->peer);
    drawing_text(l->out, INK_DIM, ANCHOR_MIDDLE, lifeline(e), l->y + 12 + DRAWING_LINE, text);
  }
  l->y += 2 * DRAWING_LINE + 6;
  l->life = l->y;
}

int drawing_ladder(struct buf *b, const struct trace *t, unsigned connection, const struct view_options *o,
                   int top)
{
  struct buf over;
  struct ladder l = {
      .out = &over, .under = b, .trace = t, .connection = connection, .o = o, .y = top, .now = USEC_NEVER};
  struct rung rung;
  heap_buf_init(&over);
  draw_heading(&l);
  l.y += 16;
  draw_life(&l, l.y, STROKE_THIN);
  for (enum end e = END_YOU; e < END_COUNT; e++)
    draw_state(&l, e, l.y, rung_first_state(t, connection, e), NULL);
  l.y += STEP;
  unsigned step = 0;
  for (size_t at = 0; rung_next(t, connection, &at, &rung); step = rung.step) {
    const usec_t now = trace_at(t, rung.from)->t;
    if (l.now != USEC_NEVER && now - l.now >= GAP)
      draw_pause(&l, now - l.now);
    else if (step != 0 && rung.step != step)
      l.y += STEP;
    l.now = now;
    if (rung.event != NULL && rung.event->kind == RECORD_SEGMENT)
      draw_segment(&l, &rung);
    else
      draw_event(&l, &rung);
  }
  draw_life(&l, l.y + 6, STROKE_THIN);
  if (over.truncated)
    b->truncated = true;
  else
    buf_put(b, over.data, over.len);
  heap_buf_free(&over);
  return l.y + 6 - top;
}
