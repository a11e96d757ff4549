/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sequence spaces of a connection as RFC 9293 Figures 3 and 4 draw them, with this run's numbers. What
   one end sends and what the other receives are the same numbers: they are drawn under each other, SND.NXT
   over RCV.NXT. The lines are no scale: a window of an octet is as long as one of a million. */
#include "engine/view/paint.h"

#include <string.h>

#define WIDTH_MAX 100u
#define SPACING_MIN 11u      /* a number of ten digits and a blank */
#define SPACING_ONE_LINE 17u /* "SND.UNA+SND.WND" and blanks */
#define TICKS_MAX 3u
#define ITEMS_MAX (4u + TCP_HELD_MAX + 2u)

static const char not_allowed[] = "not allowed yet";

/* A place on the line: a variable's name, what is added to it, its value. */
struct tick {
  const char *name, *more; /* "SND.UNA", "+SND.WND" or "" */
  seq_t at;
  size_t column;
};

/* What one end sends, or what it receives. */
struct space {
  const struct view_options *o;
  struct buf *out;
  const struct tcb *tcb;
  enum end end;
  bool sending;
  size_t width, spacing;
  seq_t begin; /* ISS or IRS */
  bool window_known;
  bool beyond; /* more is in flight than the window allows by now */
  size_t tick_count;
  struct tick tick[TICKS_MAX]; /* from left to right */
  size_t item_count;
  char item[ITEMS_MAX][120]; /* what the parts of the line are, in its order */
};

static bool connected(const struct tcb *t) { return t->state != STATE_CLOSED && t->state != STATE_LISTEN; }

static bool has_space(const struct tcb *t, bool sending)
{
  return connected(t) && (sending ? t->iss_known : t->irs_known);
}

static void add_tick(struct space *s, const char *name, const char *more, seq_t at, size_t place)
{
  const size_t first = (s->width - 2 * s->spacing) / 2;
  s->tick[s->tick_count++] = (struct tick){name, more, at, first + place * s->spacing};
}

static struct buf next_item(struct space *s)
{
  struct buf b;
  buf_init(&b, s->item[s->item_count], sizeof s->item[0]);
  s->item_count++;
  return b;
}

static void put_octets(struct buf *b, uint32_t n)
{
  if (n == 0)
    buf_puts(b, "nothing");
  else
    buf_printf(b, "%u octet%s", n, n == 1 ? "" : "s");
}

/* -- the send sequence space, Figure 3 -- */

static void send_items(struct space *s, seq_t edge)
{
  const struct tcb *t = s->tcb;
  struct buf b = next_item(s);
  buf_puts(&b, "1 acknowledged: ");
  paint_sent(&b, t, t->iss, t->snd.una);
  b = next_item(s);
  buf_puts(&b, "2 in flight: ");
  paint_sent(&b, t, t->snd.una, t->snd.nxt);
  if (s->beyond) buf_printf(&b, ", %u beyond the window", t->snd.nxt - edge);
  b = next_item(s);
  if (!s->window_known) {
    buf_puts(&b, "3 may be sent: known when the other end's window is");
    return;
  }
  buf_puts(&b, t->fin_sent ? "3 room for: " : "3 may be sent: ");
  put_octets(&b, s->beyond ? 0 : edge - t->snd.nxt);
  if (t->snd.wnd == 0) buf_puts(&b, ", the window is closed");
  if (t->fin_sent) buf_puts(&b, ", but the FIN was the last");
  b = next_item(s);
  buf_printf(&b, "4 %s", not_allowed);
}

static void make_send(struct space *s)
{
  const struct tcb *t = s->tcb;
  const seq_t edge = t->snd.una + t->snd.wnd;
  s->begin = t->iss;
  s->window_known = t->irs_known;
  s->beyond = s->window_known && seq_gt(t->snd.nxt, edge);
  add_tick(s, "SND.UNA", "", t->snd.una, 0);
  if (s->beyond) add_tick(s, "SND.UNA", "+SND.WND", edge, 1);
  add_tick(s, "SND.NXT", "", t->snd.nxt, s->beyond ? 2 : 1);
  if (s->window_known && !s->beyond) add_tick(s, "SND.UNA", "+SND.WND", edge, 2);
  send_items(s, edge);
}

/* -- the receive sequence space, Figure 4 -- */

static void put_offset(struct buf *b, const struct space *s, seq_t at)
{
  const int32_t off = seq_diff(at, s->begin);
  buf_puts(b, s->sending ? "ISS" : "IRS");
  if (off != 0) buf_printf(b, "%+d", off);
}

static void put_place(struct buf *b, const struct space *s, seq_t at)
{
  if (s->o->relative)
    put_offset(b, s, at);
  else
    buf_printf(b, "%u", at);
}

static unsigned held_count(const struct tcb *t)
{
  return t->held_count < TCP_HELD_MAX ? t->held_count : TCP_HELD_MAX;
}

static void held_items(struct space *s)
{
  const struct tcb *t = s->tcb;
  seq_t expected = t->rcv.nxt;
  for (unsigned i = 0; i < held_count(t); i++) {
    const struct seq_range *h = &t->held[i];
    struct buf b = next_item(s);
    buf_printf(&b, "%s held: ", s->o->plain ? "" : glyph(s->o, GLYPH_HELD));
    put_octets(&b, h->right - h->left);
    buf_puts(&b, " at ");
    put_place(&b, s, h->left);
    if (seq_gt(h->left, expected)) buf_printf(&b, ", %u missing before", h->left - expected);
    expected = h->right;
  }
  if (!t->held_fin) return;
  struct buf b = next_item(s);
  buf_printf(&b, "%s held: FIN at ", s->o->plain ? "" : glyph(s->o, GLYPH_HELD));
  put_place(&b, s, t->held_fin_seq);
}

static void make_receive(struct space *s)
{
  const struct tcb *t = s->tcb;
  s->begin = t->irs;
  s->window_known = true;
  add_tick(s, "RCV.NXT", "", t->rcv.nxt, 1);
  add_tick(s, "RCV.NXT", "+RCV.WND", t->rcv.nxt + t->rcv.wnd, 2);
  struct buf b = next_item(s);
  const uint32_t octets = t->rcv.nxt - t->irs - 1 - t->fin_received;
  buf_puts(&b, "1 received: SYN");
  if (octets > 0) buf_puts(&b, " + ");
  if (octets > 0) put_octets(&b, octets);
  if (t->fin_received) buf_puts(&b, " + FIN");
  b = next_item(s);
  buf_puts(&b, "2 may arrive: ");
  put_octets(&b, t->rcv.wnd);
  if (t->rcv.wnd == 0) buf_puts(&b, ", the window is closed");
  held_items(s);
  b = next_item(s);
  buf_printf(&b, "3 %s", not_allowed);
}

/* -- drawing -- */

/* The line between two ticks, N columns of it, its number in the middle. */
static void put_part(const struct space *s, size_t n, enum glyph shaft, unsigned number)
{
  const size_t before = n >= 3 ? (n - 3) / 2 : n;
  paint_glyphs(s->out, s->o, INK_DIM, shaft, before);
  if (n < 3) return;
  buf_printf(s->out, " %u ", number);
  paint_glyphs(s->out, s->o, INK_DIM, shaft, n - before - 3);
}

/* The receive window with what is held in it: gap, held, gap, held, and what is still free. */
static void put_held_part(const struct space *s, size_t n, unsigned number)
{
  unsigned held = held_count(s->tcb);
  if (2 * held + 1 > n) held = (unsigned)(n - 1) / 2;
  size_t piece = n / (2 * held + 1);
  if (piece > 4) piece = 4;
  for (unsigned i = 0; i < held; i++) {
    paint_glyphs(s->out, s->o, INK_DIM, GLYPH_DOTTED, piece);
    paint_glyphs(s->out, s->o, INK_DUE, GLYPH_HELD, piece);
  }
  put_part(s, n - 2 * held * piece, GLYPH_SHAFT, number);
}

static void put_line(const struct space *s)
{
  const size_t line = s->out->len;
  for (size_t i = 0; i <= s->tick_count; i++) {
    const size_t now = paint_column(s->out, line);
    const size_t to = i < s->tick_count ? s->tick[i].column : s->width;
    const bool window = !s->sending && i == 1, unknown = i == s->tick_count && !s->window_known;
    if (window && held_count(s->tcb) > 0)
      put_held_part(s, to - now, 2);
    else
      put_part(s, to - now, unknown ? GLYPH_DOTTED : GLYPH_SHAFT,
               (unsigned)i + (s->beyond && i == 2 ? 0 : 1));
    if (i < s->tick_count) paint_glyphs(s->out, s->o, INK_PLAIN, GLYPH_BOX_CROSS, 1);
  }
  buf_putc(s->out, '\n');
}

/* What a row under the line says of a tick. */
typedef void tick_text(const struct space *, const struct tick *, struct buf *);

static void tick_name(const struct space *s, const struct tick *t, struct buf *b)
{
  buf_puts(b, t->name);
  if (s->spacing >= SPACING_ONE_LINE) buf_puts(b, t->more);
}

static void tick_more(const struct space *s, const struct tick *t, struct buf *b)
{
  if (s->spacing < SPACING_ONE_LINE) buf_puts(b, t->more);
}

static void tick_number(const struct space *s, const struct tick *t, struct buf *b)
{
  (void)s;
  buf_printf(b, "%u", t->at);
}

static void tick_offset(const struct space *s, const struct tick *t, struct buf *b)
{
  put_offset(b, s, t->at);
}

/* A row of texts, each centred under its tick. False, and nothing: they do not fit, or say nothing. */
static bool put_row(const struct space *s, enum ink ink, tick_text *text)
{
  char mem[TICKS_MAX][40];
  struct buf b[TICKS_MAX];
  bool any = false;
  for (size_t i = 0; i < s->tick_count; i++) {
    buf_init(&b[i], mem[i], sizeof mem[i]);
    text(s, &s->tick[i], &b[i]);
    if (b[i].len >= s->spacing) return false;
    any = any || b[i].len > 0;
  }
  if (!any) return false;
  const size_t line = s->out->len;
  for (size_t i = 0; i < s->tick_count; i++) {
    if (b[i].len == 0) continue;
    paint_to(s->out, line, s->tick[i].column - b[i].len / 2);
    paint(s->out, s->o, ink, mem[i]);
  }
  buf_putc(s->out, '\n');
  return true;
}

/* The items one after the other, as many a line as fit. */
static void put_items(const struct space *s)
{
  size_t line = s->out->len;
  buf_puts(s->out, "  ");
  for (size_t i = 0; i < s->item_count; i++) {
    const size_t now = paint_column(s->out, line), wide = paint_width(s->item[i]);
    if (i > 0 && now + 3 + wide > s->width) {
      buf_putc(s->out, '\n');
      line = s->out->len;
      buf_puts(s->out, "  ");
    } else if (i > 0) {
      buf_puts(s->out, "   ");
    }
    paint_wrapped(s->out, s->o, INK_DIM, line, 4, s->item[i]);
  }
  buf_putc(s->out, '\n');
}

static void put_title(const struct space *s, struct buf *b)
{
  const bool you = paint_is_you(s->o, s->end);
  const char *verb = s->sending ? (you ? "send" : "sends") : (you ? "receive" : "receives");
  if (s->o->plain)
    paint_capital(b, s->o, s->end);
  else
    buf_puts(b, paint_name(s->o, s->end));
  buf_printf(b, " %s", verb);
}

static void put_plain(struct space *s)
{
  char mem[1600];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  put_title(s, &b);
  buf_puts(&b, ": ");
  for (size_t i = 0; i < s->tick_count; i++) {
    const struct tick *t = &s->tick[i];
    buf_printf(&b, "%s%s%s is ", i > 0 ? ", " : "", t->name, t->more);
    if (!s->o->relative) buf_printf(&b, "%u (", t->at);
    put_offset(&b, s, t->at);
    if (!s->o->relative) buf_putc(&b, ')');
  }
  buf_puts(&b, ".");
  for (size_t i = 0; i < s->item_count; i++) {
    const char *text = s->item[i] + strspn(s->item[i], "1234 ");
    if (strcmp(text, not_allowed) != 0) buf_printf(&b, " %c%s.", text[0] - 'a' + 'A', text + 1);
  }
  view_wrap(mem, 0, s->o, s->out);
}

static void put_none(struct space *s)
{
  char mem[160];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  put_title(s, &b);
  if (connected(s->tcb))
    buf_printf(&b, ": not known before %s",
               s->sending ? "its first segment is seen" : "the first SYN arrives");
  else
    buf_printf(&b, " nothing: in %s there is no connection", tcp_state_name(s->tcb->state));
  if (s->o->plain) buf_putc(&b, '.');
  view_wrap(mem, 0, s->o, s->out);
}

static void put_space(const struct tcb *tcb, enum end e, bool sending, const struct view_options *o,
                      struct buf *out)
{
  struct space s = {.o = o, .out = out, .tcb = tcb, .end = e, .sending = sending};
  s.width = paint_columns(o) < WIDTH_MAX ? paint_columns(o) : WIDTH_MAX;
  s.spacing = s.width * 28 / 100 > SPACING_MIN ? s.width * 28 / 100 : SPACING_MIN;
  if (!has_space(tcb, sending)) {
    put_none(&s);
    return;
  }
  if (sending)
    make_send(&s);
  else
    make_receive(&s);
  if (o->plain) {
    put_plain(&s);
    return;
  }
  char mem[48];
  struct buf title;
  buf_init(&title, mem, sizeof mem);
  put_title(&s, &title);
  paint(out, o, INK_BRIGHT, mem);
  buf_putc(out, '\n');
  put_line(&s);
  put_row(&s, INK_PLAIN, tick_name);
  put_row(&s, INK_PLAIN, tick_more);
  if (!o->relative || !put_row(&s, INK_PLAIN, tick_offset)) put_row(&s, INK_PLAIN, tick_number);
  if (!o->relative) put_row(&s, INK_DIM, tick_offset);
  put_items(&s);
}

void view_space(const struct tcb tcb[END_COUNT], const struct view_options *o, struct buf *b)
{
  if (!connected(&tcb[END_YOU]) && !connected(&tcb[END_PEER])) {
    view_wrap("No connection: there are no sequence numbers yet.", 0, o, b);
    return;
  }
  for (enum end e = END_YOU; e < END_COUNT; e++) {
    if (e != END_YOU && !o->plain) buf_putc(b, '\n');
    put_space(&tcb[e], e, true, o, b);
    put_space(&tcb[other_end(e)], other_end(e), false, o, b);
  }
}
