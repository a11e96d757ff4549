/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figure 5, drawn: what the diagram of letters shows, with lines. Arrows that were walked glow, the last ones
   most. */
#include "engine/view/drawing.h"
#include "engine/view/figure5.h"
#include "engine/view/markup.h"
#include "engine/view/reason.h"
#include "engine/view/rung.h"

#include <string.h>

#define ROW 34 /* from one row of the figure to the next */
#define LEFT ((DRAWING_WIDTH - FIGURE5_COLUMNS * DRAWING_CELL) / 2)
#define HALF_WIDTH 56 /* of a node */
#define HALF_HEIGHT 13
#define HALF_TALL 20 /* of a node with somebody in it */

struct diagram {
  struct buf *out;
  const struct view_options *o;
  struct figure5_place at[END_COUNT]; /* where the ends are */
  struct figure5_walk walk[FIGURE5_ARROWS];
  int top;
};

struct point {
  int x, y;
};

static struct point point(const struct diagram *d, int row, int column)
{
  return (struct point){LEFT + column * DRAWING_CELL + DRAWING_CELL / 2, d->top + row * ROW + HALF_TALL};
}

static bool is_here(const struct diagram *d, struct figure5_place p)
{
  return figure5_same(d->at[END_YOU], p) || figure5_same(d->at[END_PEER], p);
}

static int sign(int x) { return (x > 0) - (x < 0); }

/* -- arrows -- */

/* The corners of the arrow in pixels. It leaves from under its node, which is drawn over it, and ends where
 * the node it leads to begins. */
static void corners(const struct diagram *d, const struct figure5_arrow *a, struct point at[])
{
  const int last = a->points - 1;
  const struct figure5_place to = figure5_target(a);
  const struct point node = point(d, to.row, to.middle);
  for (int i = 0; i <= last; i++) at[i] = point(d, a->at[i].row, a->at[i].column);
  at[0].y = point(d, figure5_place[a->from].row, 0).y;
  if (a->at[last].column == FIGURE5_BESIDE) {
    at[last].x = node.x - sign(node.x - at[last - 1].x) * HALF_WIDTH;
    return;
  }
  at[last].y = node.y - sign(node.y - at[last - 1].y) * (is_here(d, to) ? HALF_TALL : HALF_HEIGHT);
}

static enum ink light_ink(enum figure5_light light)
{
  static const enum ink inks[] = {[LIGHT_DARK] = INK_DIM,
                                  [LIGHT_BEFORE] = INK_PLAIN,
                                  [LIGHT_WALKED] = INK_GOOD,
                                  [LIGHT_LAST] = INK_BRIGHT};
  return inks[light];
}

/* How much it glows; it can be pointed at even if not at all. */
static const char *glow(enum figure5_light light)
{
  return light == LIGHT_LAST ? "glow lit last" : light == LIGHT_WALKED ? "glow lit" : "glow unlit";
}

static void put_path(struct buf *b, const struct point at[], int points, const char *class, enum ink ink)
{
  buf_printf(b, "<path d=\"M%d %d", at[0].x, at[0].y);
  for (int i = 1; i < points; i++) {
    if (at[i].y == at[i - 1].y)
      buf_printf(b, "H%d", at[i].x);
    else
      buf_printf(b, "V%d", at[i].y);
  }
  buf_printf(b, "\" class=\"%s %s\"/>\n", class, drawing_ink(ink));
}

/* The words, and in a frame which segment of an ordinary opening or closing goes there. */
static void put_words(const struct diagram *d, const struct figure5_arrow *a, enum ink ink)
{
  const struct point p = point(d, a->row, a->column);
  const int left = p.x - DRAWING_CELL / 2, width = (int)strlen(a->words) * DRAWING_CELL;
  const int mark = (int)strlen(a->mark) * DRAWING_CELL, from = left + width + DRAWING_CELL - 4;
  if (a->on_line)
    buf_printf(d->out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"20\" class=\"paper\"/>\n", left - 5,
               p.y - 10, width + 10 + (mark > 0 ? mark + DRAWING_CELL + 4 : 0));
  drawing_text(d->out, ink, ANCHOR_START, left, p.y + 4, a->words);
  if (mark == 0) return;
  buf_printf(d->out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"16\" rx=\"8\" class=\"frame %s\"/>\n",
             from, p.y - 8, mark + 8, drawing_ink(ink));
  drawing_text(d->out, ink, ANCHOR_MIDDLE, from + mark / 2 + 4, p.y + 4, a->mark);
}

/* For an arrow nobody has walked: the RFC's rules by which it can be. */
static void put_rules(const struct diagram *d, const struct figure5_arrow *a)
{
  size_t count;
  const struct tcp_rule *rule = tcp_rules(&count);
  buf_puts(d->out, "RFC 9293 3.3.2, Figure 5; what leads there:\n");
  for (size_t i = 0; i < count; i++) {
    const bool leads = (rule[i].states & STATE_BIT(a->from)) != 0 && rule[i].next == a->to;
    if (!leads || rule[i].system != 0) continue;
    markup_printf(d->out, "%s (%s)", words_title(&rule[i]), rule[i].cite);
    buf_putc(d->out, '\n');
  }
}

static void put_reasons(const struct diagram *d, const struct figure5_arrow *a, const struct figure5_walk *w)
{
  markup_printf(d->out, "%s %s %s: %s", tcp_state_name(a->from), glyph(d->o, GLYPH_TO), tcp_state_name(a->to),
                a->words);
  buf_putc(d->out, '\n');
  if (w->light <= LIGHT_BEFORE) put_rules(d, a);
  for (enum end e = END_YOU; e < END_COUNT; e++) {
    if (w->by[e] == NULL) continue;
    buf_putc(d->out, '\n');
    reason_change(d->out, w->by[e], d->o);
  }
}

static void put_arrow(const struct diagram *d, size_t i)
{
  static const char *const weights[] = {
      [WEIGHT_LIGHT] = "thin", [WEIGHT_HEAVY] = "heavy", [WEIGHT_DASHED] = "dashed"};
  const struct figure5_arrow *a = &figure5_arrow[i];
  const enum figure5_light light = d->walk[i].light;
  const enum ink ink = light_ink(light);
  struct point at[4];
  corners(d, a, at);
  const int last = a->points - 1;
  const struct point tip = at[last];
  const int run = at[last - 1].x - tip.x, rise = at[last - 1].y - tip.y;
  drawing_group(d->out);
  put_reasons(d, a, &d->walk[i]);
  drawing_title_end(d->out);
  at[last] = (struct point){tip.x + 8 * sign(run), tip.y + 8 * sign(rise)};
  put_path(d->out, at, a->points, glow(light), light == LIGHT_LAST ? INK_GOOD : ink);
  put_path(d->out, at, a->points, weights[a->weight], ink);
  drawing_head(d->out, ink, tip.x, tip.y, run, rise);
  put_words(d, a, ink);
  drawing_group_end(d->out);
}

/* -- nodes -- */

/* "you, peer": who is in the state, cut to what a node has room for. */
static void put_names(const struct diagram *d, struct figure5_place p, struct buf *b)
{
  const bool both = figure5_same(d->at[END_YOU], d->at[END_PEER]);
  for (enum end e = END_YOU; e < END_COUNT; e++) {
    if (!figure5_same(d->at[e], p)) continue;
    if (b->len > 0) buf_puts(b, ", ");
    paint_cut(b, d->o, INK_PLAIN, paint_name(d->o, e), both ? 5 : 12);
  }
}

static void put_node(const struct diagram *d, struct figure5_place place, enum tcp_state s)
{
  const bool here = is_here(d, place);
  const struct point p = point(d, place.row, place.middle);
  const int half = here ? HALF_TALL : HALF_HEIGHT;
  drawing_group(d->out);
  markup_put(d->out, tcp_state_name(s));
  for (enum end e = END_YOU; here && e < END_COUNT; e++)
    if (figure5_same(d->at[e], place)) markup_printf(d->out, "; here: %s", paint_name(d->o, e));
  drawing_title_end(d->out);
  buf_printf(d->out,
             "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" class=\"paper\"/>\n"
             "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" class=\"%s %s\"/>\n",
             p.x - HALF_WIDTH, p.y - half, 2 * HALF_WIDTH, 2 * half, p.x - HALF_WIDTH, p.y - half,
             2 * HALF_WIDTH, 2 * half, here ? "frame here" : "frame",
             drawing_ink(here ? INK_BRIGHT : INK_DIM));
  drawing_text(d->out, here ? INK_BRIGHT : INK_PLAIN, ANCHOR_MIDDLE, p.x, p.y + (here ? -3 : 4),
               tcp_state_name(s));
  if (here) {
    char mem[120];
    struct buf names;
    buf_init(&names, mem, sizeof mem);
    put_names(d, place, &names);
    drawing_text(d->out, INK_GOOD, ANCHOR_MIDDLE, p.x, p.y + 13, mem);
  }
  drawing_group_end(d->out);
}

/* -- the whole -- */

/* A sample of a line and what it stands for; returns where the next one stands. */
static int put_sample(const struct diagram *d, int x, int y, enum stroke stroke, enum figure5_light light,
                      const char *means)
{
  if (light != LIGHT_DARK)
    buf_printf(d->out, "<path d=\"M%d %dh30\" class=\"%s good\"/>\n", x, y, glow(light));
  drawing_line(d->out, light_ink(light), stroke, x, y, x + 30, y);
  drawing_text(d->out, INK_DIM, ANCHOR_START, x + 38, y + 4, means);
  return x + 38 + ((int)strlen(means) + 3) * DRAWING_CELL;
}

static int put_legend(const struct diagram *d, int y)
{
  int x = put_sample(d, LEFT, y, STROKE_HEAVY, LIGHT_DARK, "client, usually");
  x = put_sample(d, x, y, STROKE_DASHED, LIGHT_DARK, "server");
  x = put_sample(d, x, y, STROKE_THIN, LIGHT_WALKED, "walked");
  put_sample(d, x, y, STROKE_THIN, LIGHT_LAST, "walked last");
  y += DRAWING_LINE + 6;
  drawing_text(d->out, INK_DIM, ANCHOR_START, LEFT, y + 4,
               "1-3 opening · I-IV closing · note 1: after a passive OPEN");
  return y + DRAWING_LINE;
}

int drawing_diagram(struct buf *b, const struct trace *t, unsigned connection, const struct view_options *o,
                    int top)
{
  struct diagram d = {.out = b, .o = o, .top = top};
  for (enum end e = END_YOU; e < END_COUNT; e++)
    d.at[e] = figure5_stands(t, connection, e, rung_last_state(t, connection, e));
  figure5_light_up(d.walk, t, connection, o->walked);
  for (enum figure5_light light = LIGHT_DARK; light <= LIGHT_LAST; light++)
    for (size_t i = 0; i < FIGURE5_ARROWS; i++)
      if (d.walk[i].light == light) put_arrow(&d, i);
  for (enum tcp_state s = 0; s < STATE_COUNT; s++) put_node(&d, figure5_place[s], s);
  put_node(&d, figure5_end, STATE_CLOSED);
  const int bottom = top + FIGURE5_ROWS * ROW + 2 * HALF_TALL;
  return put_legend(&d, bottom) - top;
}
