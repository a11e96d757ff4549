/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RFC 9293 Figure 5, whole: the client's usual way heavy, the server's dashed, where both ends are now, and
   the arrows they have walked lit, made of letters. */
#include "engine/view/figure5.h"
#include "engine/view/paint.h"

#include <string.h>

struct cell {
  char glyph[5]; /* "" is a blank */
  enum ink ink;
};

struct diagram {
  const struct view_options *o;
  const struct tcb *tcb; /* of both ends */
  struct figure5_place at[END_COUNT];
  struct figure5_walk walk[FIGURE5_ARROWS];
  struct cell cell[FIGURE5_ROWS][FIGURE5_COLUMNS];
};

static void put_cell(struct diagram *d, int row, int column, const char *glyph, size_t len, enum ink ink)
{
  if (row < 0 || row >= FIGURE5_ROWS || column < 0 || column >= FIGURE5_COLUMNS || len > 4) return;
  struct cell *c = &d->cell[row][column];
  memcpy(c->glyph, glyph, len);
  c->glyph[len] = '\0';
  c->ink = ink;
}

/* Text without wide characters. */
static void put_text(struct diagram *d, int row, int column, const char *text, enum ink ink)
{
  while (*text != '\0') {
    size_t len = 1;
    while ((text[len] & 0xc0) == 0x80) len++;
    put_cell(d, row, column++, text, len, ink);
    text += len;
  }
}

/* The text in a node: the names of the ends that are in the state, cut to what is left of 21 columns, and its
 * name. */
static void node_text(const struct diagram *d, struct figure5_place p, enum tcp_state s, char *mem,
                      size_t cap)
{
  const bool you = figure5_same(d->at[END_YOU], p), peer = figure5_same(d->at[END_PEER], p);
  const char *name = tcp_state_name(s);
  const size_t room = 20 - strlen(name);
  struct buf b;
  buf_init(&b, mem, cap);
  buf_putc(&b, '[');
  if (you) paint_cut(&b, &view_default, INK_PLAIN, paint_name(d->o, END_YOU), peer ? (room - 1) / 2 : room);
  if (you && peer) buf_putc(&b, ',');
  if (peer)
    paint_cut(&b, &view_default, INK_PLAIN, paint_name(d->o, END_PEER),
              you ? (room - 1) - (room - 1) / 2 : room);
  buf_printf(&b, " %s", name);
  buf_puts(&b, you || peer ? "]" : " ]");
}

static void put_node(struct diagram *d, struct figure5_place p, enum tcp_state s)
{
  char text[160];
  node_text(d, p, s, text, sizeof text);
  const bool here = figure5_same(d->at[END_YOU], p) || figure5_same(d->at[END_PEER], p);
  put_text(d, p.row, p.middle - (int)paint_width(text) / 2, text, here ? INK_BRIGHT : INK_PLAIN);
}

/* The column next to the node E leads to, on the side it comes from. */
static int beside(const struct diagram *d, const struct figure5_arrow *e, int from_column)
{
  char text[160];
  struct figure5_place p = figure5_target(e);
  node_text(d, p, e->to, text, sizeof text);
  int left = p.middle - (int)paint_width(text) / 2;
  return from_column < p.middle ? left - 1 : left + (int)paint_width(text);
}

/* Strokes: across, upright, and the corners that join right+down, left+down, right+up, left+up. */
static const char *stroke(const struct diagram *d, enum figure5_weight w, unsigned which)
{
  static const char *const utf8[WEIGHT_COUNT][6] = {
      [WEIGHT_LIGHT] = {"─", "│", "┌", "┐", "└", "┘"},
      [WEIGHT_HEAVY] = {"━", "┃", "┏", "┓", "┗", "┛"},
      [WEIGHT_DASHED] = {"┄", "┆", "┌", "┐", "└", "┘"},
  };
  static const char *const ascii[WEIGHT_COUNT][6] = {
      [WEIGHT_LIGHT] = {"-", "|", "+", "+", "+", "+"},
      [WEIGHT_HEAVY] = {"=", "#", "#", "#", "#", "#"},
      [WEIGHT_DASHED] = {".", ":", ":", ":", ":", ":"},
  };
  return d->o->utf8 ? utf8[w][which] : ascii[w][which];
}

static const char *head(const struct diagram *d, int rows, int columns)
{
  if (rows > 0) return d->o->utf8 ? "▼" : "v";
  if (rows < 0) return d->o->utf8 ? "▲" : "^";
  return glyph(d->o, columns > 0 ? GLYPH_HEAD_RIGHT : GLYPH_HEAD_LEFT);
}

static int sign(int x) { return (x > 0) - (x < 0); }

static void put_edge(struct diagram *d, const struct figure5_arrow *e, enum ink ink)
{
  int row = e->at[0].row, column = e->at[0].column, rows = 0, columns = 0;
  for (int i = 1; i < e->points; i++) {
    const int to_row = e->at[i].row;
    const int to_column = e->at[i].column == FIGURE5_BESIDE ? beside(d, e, column) : e->at[i].column;
    const int next_rows = sign(to_row - row), next_columns = sign(to_column - column);
    if (i == 1) {
      const char *s = stroke(d, e->weight, next_rows != 0 ? 1 : 0);
      put_cell(d, row, column, s, strlen(s), ink);
    } else { /* a corner: one arm back where we came from, one ahead */
      const bool right = columns < 0 || next_columns > 0, down = rows < 0 || next_rows > 0;
      const char *s = stroke(d, e->weight, (down ? 2u : 4u) + (right ? 0 : 1));
      put_cell(d, row, column, s, strlen(s), ink);
    }
    rows = next_rows;
    columns = next_columns;
    const char *s = stroke(d, e->weight, rows != 0 ? 1 : 0);
    while (row != to_row || column != to_column) {
      row += rows;
      column += columns;
      put_cell(d, row, column, s, strlen(s), ink);
    }
  }
  const char *tip = head(d, rows, columns);
  put_cell(d, row, column, tip, strlen(tip), ink);
}

static enum ink edge_ink(enum figure5_light l)
{
  static const enum ink inks[] = {[LIGHT_DARK] = INK_DIM,
                                  [LIGHT_BEFORE] = INK_PLAIN,
                                  [LIGHT_WALKED] = INK_GOOD,
                                  [LIGHT_LAST] = INK_BRIGHT};
  return inks[l];
}

/* On a line, a blank on both sides. */
static void put_words(struct diagram *d, const struct figure5_arrow *e, enum ink ink)
{
  char mem[FIGURE5_COLUMNS];
  struct buf words;
  buf_init(&words, mem, sizeof mem);
  if (e->on_line) buf_putc(&words, ' ');
  figure5_put_words(&words, e);
  if (e->on_line) buf_putc(&words, ' ');
  put_text(d, e->row, e->column - (e->on_line ? 1 : 0), mem, ink);
}

static void draw(struct diagram *d)
{
  for (size_t i = 0; i < FIGURE5_ARROWS; i++) put_edge(d, &figure5_arrow[i], edge_ink(d->walk[i].light));
  for (enum tcp_state s = 0; s < STATE_COUNT; s++) put_node(d, figure5_place[s], s);
  put_node(d, figure5_end, STATE_CLOSED);
  for (size_t i = 0; i < FIGURE5_ARROWS; i++) put_words(d, &figure5_arrow[i], edge_ink(d->walk[i].light));
}

/* The canvas as lines, an SGR sequence where the ink changes. */
static void put_canvas(const struct diagram *d, struct buf *b)
{
  for (int row = 0; row < FIGURE5_ROWS; row++) {
    int end = FIGURE5_COLUMNS;
    while (end > 0 && d->cell[row][end - 1].glyph[0] == '\0') end--;
    for (int column = 0; column < end;) {
      char run[FIGURE5_COLUMNS * 4 + 1];
      struct buf text;
      const enum ink ink = d->cell[row][column].ink;
      buf_init(&text, run, sizeof run);
      for (; column < end && d->cell[row][column].ink == ink; column++)
        buf_puts(&text, d->cell[row][column].glyph[0] != '\0' ? d->cell[row][column].glyph : " ");
      paint(b, d->o, ink, run);
    }
    buf_putc(b, '\n');
  }
}

/* "you   CLOSED ▶ SYN-SENT ▶ ESTABLISHED": the same in words, with the arrows the figure leaves out. */
static void put_walk(const struct diagram *d, const struct trace *t, unsigned connection, enum end e,
                     struct buf *b)
{
  const struct view_options *o = d->o;
  char walk[2000];
  struct buf text;
  buf_init(&text, walk, sizeof walk);
  for (size_t i = 0; t != NULL && i < trace_count(t); i++) {
    const struct record *r = trace_at(t, i);
    if (r->kind != RECORD_STATE || r->connection != connection || r->end != e) continue;
    if (text.len == 0) buf_puts(&text, tcp_state_name(r->from));
    buf_printf(&text, o->plain ? ", %s%s" : " %s %s", o->plain ? "" : glyph(o, GLYPH_TO),
               tcp_state_name(r->to));
  }
  if (text.len == 0) buf_puts(&text, tcp_state_name(d->tcb[e].state));
  size_t line = b->len, indent = o->plain ? 0 : paint_name_width(o) + 2;
  buf_printf(b, o->plain ? "%s, states so far: " : "%s", paint_name(o, e));
  if (!o->plain) paint_to(b, line, indent);
  paint_wrapped(b, o, INK_PLAIN, line, indent, walk);
  buf_puts(b, o->plain ? ".\n" : "\n");
}

static void put_legend(const struct diagram *d, struct buf *b)
{
  for (unsigned n = 0; n < 3; n++) paint(b, d->o, INK_DIM, stroke(d, WEIGHT_HEAVY, 0));
  paint(b, d->o, INK_DIM, " client  ");
  for (unsigned n = 0; n < 3; n++) paint(b, d->o, INK_DIM, stroke(d, WEIGHT_DASHED, 0));
  paint(b, d->o, INK_DIM, " server  1-3 opening  I-IV closing  note 1: after a passive OPEN");
  buf_putc(b, '\n');
}

/* The same as a list, for narrow screens and screen readers: under each state the arrows that leave it. */
static void put_list(const struct diagram *d, struct buf *b)
{
  const struct view_options *o = d->o;
  for (enum tcp_state s = 0; s < STATE_COUNT; s++) {
    paint(b, o, INK_BRIGHT, tcp_state_name(s));
    for (enum end e = END_YOU; e < END_COUNT; e++)
      if (d->tcb[e].state == s) buf_printf(b, "%s%s", o->plain ? ", here is " : "  ", paint_name(o, e));
    buf_puts(b, o->plain ? ".\n" : "\n");
    for (size_t i = 0; i < FIGURE5_ARROWS; i++) {
      if (figure5_arrow[i].from != s) continue;
      char words[96];
      struct buf text;
      buf_init(&text, words, sizeof words);
      figure5_put_words(&text, &figure5_arrow[i]);
      buf_printf(&text, "%s%s%s%s", o->plain ? ": to " : " ", o->plain ? "" : glyph(o, GLYPH_TO),
                 o->plain ? "" : " ", tcp_state_name(figure5_arrow[i].to));
      if (d->walk[i].light != LIGHT_DARK)
        buf_puts(&text, d->walk[i].light == LIGHT_BEFORE ? ", walked before" : ", walked");
      size_t line = b->len;
      if (!o->plain) buf_puts(b, "  ");
      paint_wrapped(b, o, edge_ink(d->walk[i].light), line, o->plain ? 0 : 4, words);
      buf_puts(b, o->plain ? ".\n" : "\n");
    }
  }
}

void view_diagram(const struct trace *t, unsigned connection, const struct tcb tcb[END_COUNT],
                  const struct view_options *o, struct buf *b)
{
  struct diagram d = {.o = o, .tcb = tcb};
  figure5_light_up(d.walk, t, connection, o->walked);
  for (enum end e = END_YOU; e < END_COUNT; e++) d.at[e] = figure5_stands(t, connection, e, tcb[e].state);
  if (o->plain || paint_columns(o) < FIGURE5_COLUMNS) {
    put_list(&d, b);
  } else {
    draw(&d);
    put_canvas(&d, b);
    put_legend(&d, b);
  }
  for (enum end e = END_YOU; e < END_COUNT; e++) put_walk(&d, t, connection, e, b);
}
