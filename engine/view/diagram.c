/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RFC 9293 Figure 5, whole: the client's usual way heavy, the server's dashed, where both ends are now, and
   the arrows they have walked lit. Its arrows and places are a table; drawing is going through it. */
#include "engine/view/paint.h"

#include <string.h>

#define ROWS 20
#define COLUMNS 79
#define BESIDE (-1) /* the column next to the node an arrow leads to, however wide that is now */

enum weight { LIGHT, HEAVY, DASHED, WEIGHT_COUNT };

/* Where a state stands: row, and the column of its middle. CLOSED stands twice, at the beginning and at the
 * end. */
struct place {
  int row, middle;
};
static const struct place place[STATE_COUNT] = {
    [STATE_CLOSED] = {0, 39},       [STATE_LISTEN] = {4, 39},       [STATE_SYN_SENT] = {7, 67},
    [STATE_SYN_RECEIVED] = {7, 11}, [STATE_ESTABLISHED] = {10, 39}, [STATE_FIN_WAIT_1] = {13, 11},
    [STATE_FIN_WAIT_2] = {16, 11},  [STATE_CLOSE_WAIT] = {13, 67},  [STATE_CLOSING] = {16, 39},
    [STATE_LAST_ACK] = {16, 67},    [STATE_TIME_WAIT] = {19, 39},
};
static const struct place place_of_end = {19, 67};

/* An arrow: its corners from the node it leaves to its head, and where its words stand: what happens / what
   is done, and the number of the segment in an ordinary opening (1-3) or closing (I-IV). */
struct edge {
  enum tcp_state from, to;
  enum weight weight;
  int points;
  struct {
    int row, column;
  } at[4];
  int row, column;
  const char *words;
};

#define ARROW(a, b) STATE_##a, STATE_##b
// clang-format off
static const struct edge edges[] = {
    {ARROW(CLOSED, LISTEN), DASHED, 2, {{1, 37}, {3, 37}}, 1, 11, "passive OPEN / create TCB"},
    {ARROW(LISTEN, CLOSED), LIGHT, 2, {{3, 41}, {1, 41}}, 3, 43, "CLOSE / delete TCB"},
    {ARROW(CLOSED, SYN_SENT), HEAVY, 3, {{0, 39}, {0, 70}, {6, 70}}, 1, 45, "active OPEN / snd SYN 1"},
    {ARROW(SYN_SENT, CLOSED), LIGHT, 4, {{6, 66}, {2, 66}, {2, 43}, {1, 43}}, 2, 45, " CLOSE / delete TCB "},
    {ARROW(LISTEN, SYN_RECEIVED), DASHED, 3, {{4, 39}, {4, 15}, {6, 15}}, 5, 17, "rcv SYN / snd SYN,ACK 2"},
    {ARROW(LISTEN, SYN_SENT), LIGHT, 3, {{4, 39}, {4, 62}, {6, 62}}, 5, 47, "SEND / snd SYN"},
    {ARROW(SYN_RECEIVED, LISTEN), LIGHT, 4, {{6, 7}, {2, 7}, {2, 35}, {3, 35}}, 2, 11, " rcv RST (note 1) "},
    {ARROW(SYN_SENT, SYN_RECEIVED), LIGHT, 2, {{7, 67}, {7, BESIDE}}, 7, 28, " rcv SYN / snd SYN,ACK "},
    {ARROW(SYN_RECEIVED, ESTABLISHED), DASHED, 4, {{7, 15}, {8, 15}, {8, 36}, {9, 36}}, 8, 18, " rcv ACK of SYN "},
    {ARROW(SYN_SENT, ESTABLISHED), HEAVY, 4, {{7, 70}, {8, 70}, {8, 42}, {9, 42}}, 8, 44, " rcv SYN,ACK / snd ACK 3 "},
    {ARROW(SYN_RECEIVED, FIN_WAIT_1), LIGHT, 2, {{8, 7}, {12, 7}}, 10, 9, "CLOSE / snd FIN"},
    {ARROW(ESTABLISHED, FIN_WAIT_1), HEAVY, 4, {{10, 36}, {11, 36}, {11, 14}, {12, 14}}, 11, 16, " CLOSE / snd FIN I "},
    {ARROW(ESTABLISHED, CLOSE_WAIT), DASHED, 4, {{10, 42}, {11, 42}, {11, 67}, {12, 67}}, 11, 43, " rcv FIN / snd ACK II "},
    {ARROW(FIN_WAIT_1, CLOSING), LIGHT, 3, {{13, 11}, {13, 39}, {15, 39}}, 14, 20, "rcv FIN / snd ACK"},
    {ARROW(FIN_WAIT_1, FIN_WAIT_2), HEAVY, 2, {{14, 11}, {15, 11}}, 15, 13, "rcv ACK of FIN"},
    {ARROW(CLOSE_WAIT, LAST_ACK), DASHED, 2, {{14, 67}, {15, 67}}, 14, 47, "CLOSE / snd FIN III"},
    {ARROW(FIN_WAIT_2, TIME_WAIT), HEAVY, 3, {{17, 11}, {19, 11}, {19, BESIDE}}, 18, 13, "rcv FIN / snd ACK IV"},
    {ARROW(CLOSING, TIME_WAIT), LIGHT, 2, {{17, 39}, {18, 39}}, 17, 41, "rcv ACK of FIN"},
    {ARROW(LAST_ACK, CLOSED), DASHED, 2, {{17, 67}, {18, 67}}, 18, 51, "rcv ACK of FIN"},
    {ARROW(TIME_WAIT, CLOSED), HEAVY, 2, {{19, 39}, {19, BESIDE}}, 19, 50, " 2MSL "},
};
// clang-format on
#define EDGES (sizeof edges / sizeof edges[0])

/* How lit an arrow is. */
enum light { DARK, BEFORE, WALKED, LAST };

struct cell {
  char glyph[5]; /* "" is a blank */
  enum ink ink;
};

struct diagram {
  const struct view_options *o;
  const struct tcb *tcb; /* of both ends */
  enum light light[EDGES];
  struct cell cell[ROWS][COLUMNS];
};

static void put_cell(struct diagram *d, int row, int column, const char *glyph, size_t len, enum ink ink)
{
  if (row < 0 || row >= ROWS || column < 0 || column >= COLUMNS || len > 4) return;
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
static void node_text(const struct diagram *d, enum tcp_state s, bool mark, char *mem, size_t cap)
{
  const bool you = mark && d->tcb[END_YOU].state == s, peer = mark && d->tcb[END_PEER].state == s;
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

/* Where the node is that E leads to. */
static struct place target(const struct edge *e)
{
  const bool ends = e->to == STATE_CLOSED && e->at[0].row > 10;
  return ends ? place_of_end : place[e->to];
}

static void put_node(struct diagram *d, struct place p, enum tcp_state s, bool mark)
{
  char text[160];
  node_text(d, s, mark, text, sizeof text);
  const bool here = mark && (d->tcb[END_YOU].state == s || d->tcb[END_PEER].state == s);
  put_text(d, p.row, p.middle - (int)paint_width(text) / 2, text, here ? INK_BRIGHT : INK_PLAIN);
}

/* The column next to the node E leads to, on the side it comes from. */
static int beside(const struct diagram *d, const struct edge *e, int from_column)
{
  char text[160];
  struct place p = target(e);
  node_text(d, e->to, p.row == place[e->to].row, text, sizeof text);
  int left = p.middle - (int)paint_width(text) / 2;
  return from_column < p.middle ? left - 1 : left + (int)paint_width(text);
}

/* Strokes: across, upright, and the corners that join right+down, left+down, right+up, left+up. */
static const char *stroke(const struct diagram *d, enum weight w, unsigned which)
{
  static const char *const utf8[WEIGHT_COUNT][6] = {
      [LIGHT] = {"─", "│", "┌", "┐", "└", "┘"},
      [HEAVY] = {"━", "┃", "┏", "┓", "┗", "┛"},
      [DASHED] = {"┄", "┆", "┌", "┐", "└", "┘"},
  };
  static const char *const ascii[WEIGHT_COUNT][6] = {
      [LIGHT] = {"-", "|", "+", "+", "+", "+"},
      [HEAVY] = {"=", "#", "#", "#", "#", "#"},
      [DASHED] = {".", ":", ":", ":", ":", ":"},
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

static void put_edge(struct diagram *d, const struct edge *e, enum ink ink)
{
  int row = e->at[0].row, column = e->at[0].column, rows = 0, columns = 0;
  for (int i = 1; i < e->points; i++) {
    const int to_row = e->at[i].row;
    const int to_column = e->at[i].column == BESIDE ? beside(d, e, column) : e->at[i].column;
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

static enum ink edge_ink(enum light l)
{
  static const enum ink inks[] = {[DARK] = INK_DIM, [BEFORE] = INK_PLAIN, [WALKED] = INK_GOOD, [LAST] = INK_BRIGHT};
  return inks[l];
}

static void draw(struct diagram *d)
{
  for (size_t i = 0; i < EDGES; i++) put_edge(d, &edges[i], edge_ink(d->light[i]));
  for (enum tcp_state s = 0; s < STATE_COUNT; s++) put_node(d, place[s], s, true);
  put_node(d, place_of_end, STATE_CLOSED, false);
  for (size_t i = 0; i < EDGES; i++)
    put_text(d, edges[i].row, edges[i].column, edges[i].words, edge_ink(d->light[i]));
}

/* The canvas as lines, an SGR sequence where the ink changes. */
static void put_canvas(const struct diagram *d, struct buf *b)
{
  for (int row = 0; row < ROWS; row++) {
    int end = COLUMNS;
    while (end > 0 && d->cell[row][end - 1].glyph[0] == '\0') end--;
    for (int column = 0; column < end;) {
      char run[COLUMNS * 4 + 1];
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

/* Which arrows were walked earlier, and which the connection has walked, each end's last one apart. */
static void light_up(struct diagram *d, const struct trace *t, unsigned connection)
{
  size_t last[END_COUNT] = {EDGES, EDGES};
  for (size_t k = 0; d->o->walked != NULL && k < EDGES; k++)
    if (d->o->walked[edges[k].from][edges[k].to]) d->light[k] = BEFORE;
  for (size_t i = 0; t != NULL && i < trace_count(t); i++) {
    const struct record *r = trace_at(t, i);
    if (r->kind != RECORD_STATE || r->connection != connection) continue;
    last[r->end] = EDGES;
    for (size_t k = 0; k < EDGES; k++) {
      if (edges[k].from != r->from || edges[k].to != r->to) continue;
      d->light[k] = WALKED;
      last[r->end] = k;
    }
  }
  for (enum end e = END_YOU; e < END_COUNT; e++)
    if (last[e] < EDGES) d->light[last[e]] = LAST;
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
  for (unsigned n = 0; n < 3; n++) paint(b, d->o, INK_DIM, stroke(d, HEAVY, 0));
  paint(b, d->o, INK_DIM, " client  ");
  for (unsigned n = 0; n < 3; n++) paint(b, d->o, INK_DIM, stroke(d, DASHED, 0));
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
    for (size_t i = 0; i < EDGES; i++) {
      if (edges[i].from != s) continue;
      char words[96];
      struct buf text;
      buf_init(&text, words, sizeof words);
      const char *w = edges[i].words + (edges[i].words[0] == ' ');
      size_t len = strlen(w);
      buf_printf(&text, "%.*s%s%s%s%s", (int)(len - (w[len - 1] == ' ')), w, o->plain ? ": to " : " ",
                 o->plain ? "" : glyph(o, GLYPH_TO), o->plain ? "" : " ", tcp_state_name(edges[i].to));
      if (d->light[i] != DARK) buf_puts(&text, d->light[i] == BEFORE ? ", walked before" : ", walked");
      size_t line = b->len;
      if (!o->plain) buf_puts(b, "  ");
      paint_wrapped(b, o, edge_ink(d->light[i]), line, o->plain ? 0 : 4, words);
      buf_puts(b, o->plain ? ".\n" : "\n");
    }
  }
}

void view_diagram(const struct trace *t, unsigned connection, const struct tcb tcb[END_COUNT],
                  const struct view_options *o, struct buf *b)
{
  struct diagram d = {.o = o, .tcb = tcb};
  light_up(&d, t, connection);
  if (o->plain || paint_columns(o) < COLUMNS) {
    put_list(&d, b);
  } else {
    draw(&d);
    put_canvas(&d, b);
    put_legend(&d, b);
  }
  for (enum end e = END_YOU; e < END_COUNT; e++) put_walk(&d, t, connection, e, b);
}
