/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One segment as RFC 9293 §3.1 draws it, 32 bits a row, its own values in the boxes. */
#include "engine/base/err.h"
#include "engine/segment/option.h"
#include "engine/segment/text.h"
#include "engine/view/label.h"
#include "engine/view/paint.h"

#include <string.h>

#define BITS 32u
#define BOX_WIDTH (2 * BITS + 1) /* two columns a bit, as the RFC has it */
#define NAME_WIDTH 23u           /* of a field, where they are listed */
#define DUMP_ROWS_MAX 8u

struct drawing {
  const struct view_options *o;
  struct buf *out;
  const struct segment *seg;
  const struct record *r;
  size_t indent;
};

static void begin_line(const struct drawing *d) { buf_fill(d->out, " ", d->indent); }

/* A rule across the box. ABOVE and BELOW: the bits in front of which a row there has a bar, as a mask. */
static void ruler(const struct drawing *d, uint32_t above, uint32_t below, bool first, bool last)
{
  static const enum glyph left[] = {GLYPH_BOX_RIGHT, GLYPH_BOX_TOP_LEFT, GLYPH_BOX_BOTTOM_LEFT};
  static const enum glyph right[] = {GLYPH_BOX_LEFT, GLYPH_BOX_TOP_RIGHT, GLYPH_BOX_BOTTOM_RIGHT};
  static const enum glyph joint[] = {GLYPH_BOX_H, GLYPH_BOX_UP, GLYPH_BOX_DOWN, GLYPH_BOX_CROSS};
  const unsigned corner = first ? 1 : last ? 2 : 0;
  char mem[BOX_WIDTH * 4];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  buf_puts(&b, glyph(d->o, left[corner]));
  for (unsigned bit = 0; bit < BITS; bit++) {
    if (bit > 0) buf_puts(&b, glyph(d->o, joint[(above >> bit & 1) + 2 * (below >> bit & 1)]));
    buf_puts(&b, glyph(d->o, GLYPH_BOX_H));
  }
  buf_puts(&b, glyph(d->o, right[corner]));
  begin_line(d);
  paint(d->out, d->o, INK_DIM, mem);
  buf_putc(d->out, '\n');
}

static void bar(const struct drawing *d) { paint_glyphs(d->out, d->o, INK_DIM, GLYPH_BOX_V, 1); }

/* NAME and VALUE in the middle of a cell of COLUMNS. */
static void cell(const struct drawing *d, size_t columns, const char *name, enum ink ink, const char *value)
{
  size_t width = paint_width(name) + paint_width(value) + (name[0] != '\0' && value[0] != '\0');
  size_t left = width < columns ? (columns - width) / 2 : 0;
  size_t line = d->out->len;
  buf_fill(d->out, " ", left);
  paint(d->out, d->o, INK_DIM, name);
  if (name[0] != '\0' && value[0] != '\0') buf_putc(d->out, ' ');
  paint(d->out, d->o, ink, value);
  paint_to(d->out, line, columns);
}

static const char *number(char mem[24], const char *format, unsigned value)
{
  struct buf b;
  buf_init(&b, mem, 24);
  if (format[0] == 'x')
    buf_printf(&b, "0x%04x", value);
  else
    buf_printf(&b, "%u", value);
  return mem;
}

/* A number of OF's sequence space, relative when asked for. */
static const char *seq_number(const struct drawing *d, char mem[24], enum end of, seq_t value)
{
  struct buf b;
  buf_init(&b, mem, 24);
  label_seq(&b, d->r, of, value, d->o);
  return mem;
}

/* Without ACK the field means nothing, whatever it holds. */
static const char *ack_number(const struct drawing *d, char mem[24])
{
  if ((d->seg->flags & ACK) == 0) return number(mem, "", d->seg->ack);
  return seq_number(d, mem, other_end(d->r->end), d->seg->ack);
}

/* A row of two 16-bit fields, or of one of 32. */
static void halves(const struct drawing *d, const char *left, const char *left_value, const char *right,
                   const char *right_value)
{
  begin_line(d);
  bar(d);
  cell(d, BITS - 1, left, INK_BRIGHT, left_value);
  bar(d);
  cell(d, BITS - 1, right, INK_BRIGHT, right_value);
  bar(d);
  buf_putc(d->out, '\n');
}

static void whole(const struct drawing *d, const char *name, const char *value)
{
  begin_line(d);
  bar(d);
  cell(d, 2 * BITS - 1, name, INK_BRIGHT, value);
  bar(d);
  buf_putc(d->out, '\n');
}

/* The control bits' names stand upright; under them their values, those set bright. */
static void flags_row(const struct drawing *d, unsigned row)
{
  static const char name[8][4] = {"CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"};
  static const char *const window[4] = {"", "Window", "", ""};
  static const char *const offset[4] = {"Data", "Offset", "", ""};
  static const char *const reserved[4] = {"", "Rsrvd", "", ""};
  char doff[24], rsv[24], win[24];
  begin_line(d);
  bar(d);
  cell(d, 7, offset[row], INK_BRIGHT, row == 3 ? number(doff, "", d->seg->doff) : "");
  bar(d);
  cell(d, 7, reserved[row], INK_BRIGHT, row == 3 ? number(rsv, "", d->seg->rsv) : "");
  for (unsigned i = 0; i < 8; i++) {
    const bool set = (d->seg->flags & (0x80u >> i)) != 0;
    const char letter[2] = {row < 3 ? name[i][row] : set ? '1' : '0', '\0'};
    bar(d);
    paint(d->out, d->o, set ? INK_BRIGHT : INK_DIM, letter);
  }
  bar(d);
  cell(d, BITS - 1, window[row], INK_BRIGHT, row == 2 ? number(win, "", d->seg->win) : "");
  bar(d);
  buf_putc(d->out, '\n');
}

static void bit_numbers(const struct drawing *d)
{
  char tens[BOX_WIDTH + 1] = "", ones[BOX_WIDTH + 1] = "";
  struct buf t, o;
  buf_init(&t, tens, sizeof tens);
  buf_init(&o, ones, sizeof ones);
  for (unsigned bit = 0; bit < BITS; bit++) {
    if (bit % 10 == 0) paint_to(&t, 0, 2 * bit);
    if (bit % 10 == 0) buf_printf(&t, "%u", bit / 10);
    buf_printf(&o, bit == 0 ? "%u" : " %u", bit % 10);
  }
  const char *row[] = {tens, ones};
  for (unsigned i = 0; i < 2; i++) {
    buf_fill(d->out, " ", d->indent + 1);
    paint(d->out, d->o, INK_DIM, row[i]);
    buf_putc(d->out, '\n');
  }
}

/* One line inside the box: what it is, and its octets, cut if they are many. */
static void octets_line(const struct drawing *d, const char *what, const uint8_t *octets, size_t len)
{
  const size_t room = BOX_WIDTH - 2, hex_at = 34;
  begin_line(d);
  bar(d);
  size_t line = d->out->len;
  buf_putc(d->out, ' ');
  paint_cut(d->out, d->o, INK_BRIGHT, what, octets != NULL ? hex_at - 2 : room - 2);
  if (octets != NULL) {
    paint_to(d->out, line, hex_at);
    const size_t fit = (room - hex_at) / 3;
    for (size_t i = 0; i < len && i < fit; i++) {
      if (i + 1 == fit && len > fit)
        paint(d->out, d->o, INK_DIM, glyph(d->o, GLYPH_MORE));
      else
        paintf(d->out, d->o, INK_DIM, "%02x ", octets[i]);
    }
  }
  paint_to(d->out, line, room);
  bar(d);
  buf_putc(d->out, '\n');
}

/* An option in words: "mss=1460" and what the octets are for those that are not typed by name. */
static void option_text(const struct option *option, char *mem, size_t cap)
{
  struct buf b;
  buf_init(&b, mem, cap);
  if (option->kind == OPTION_EOL) {
    buf_printf(&b, "eol, %u octet%s of padding", option->len - 1u, option->len == 2 ? "" : "s");
    if (option->len == 1) {
      buf_reset(&b);
      buf_puts(&b, "eol");
    }
    return;
  }
  if (!option->well_formed) {
    buf_printf(&b, "kind %u, %u octets", option->kind, option->len);
    return;
  }
  struct segment alone = {.given = 0};
  option_put_octets(&alone, option->octet, option->len);
  segment_print(&b, &alone);
}

typedef void line_fn(const struct drawing *, const char *what, const uint8_t *octets, size_t len);

static void each_option(const struct drawing *d, line_fn *put)
{
  char text[160];
  size_t at = 0;
  struct option option;
  while (option_next(d->seg, &at, &option, NULL)) {
    option_text(&option, text, sizeof text);
    put(d, text, option.octet, option.len);
  }
  if (at < d->seg->options_len) put(d, "(broken)", d->seg->options + at, d->seg->options_len - at);
}

/* Octets sixteen a row, as hex and as text. */
static void each_data_row(const struct drawing *d, void (*put)(const struct drawing *, const char *))
{
  const uint8_t *data = d->seg->data;
  const size_t len = d->seg->data_len;
  char text[96];
  struct buf b;
  for (size_t at = 0; at < len; at += 16) {
    buf_init(&b, text, sizeof text);
    if (at / 16 == DUMP_ROWS_MAX - 1 && len - at > 16) {
      buf_printf(&b, "and %zu octets more", len - at);
      put(d, text);
      return;
    }
    size_t n = len - at < 16 ? len - at : 16;
    for (size_t i = 0; i < 16; i++) {
      if (i < n)
        buf_printf(&b, "%02x", data[at + i]);
      else if (at > 0)
        buf_puts(&b, "  ");
      if (i % 2 == 1 && (i < n || at > 0)) buf_putc(&b, ' ');
    }
    buf_putc(&b, ' ');
    for (size_t i = 0; i < n; i++)
      buf_putc(&b, data[at + i] >= 0x20 && data[at + i] < 0x7f ? (char)data[at + i] : '.');
    put(d, text);
  }
}

static void boxed_text(const struct drawing *d, const char *text) { octets_line(d, text, NULL, 0); }

static void draw_box(const struct drawing *d)
{
  const struct segment *s = d->seg;
  const uint32_t half = 1u << 16, bits = 1u << 4 | 0x1ff00u;
  char a[24], b[24];
  bit_numbers(d);
  ruler(d, 0, half, true, false);
  halves(d, "Source Port", number(a, "", s->sport), "Destination Port", number(b, "", s->dport));
  ruler(d, half, 0, false, false);
  whole(d, "Sequence Number", seq_number(d, a, d->r->end, s->seq));
  ruler(d, 0, 0, false, false);
  whole(d, "Acknowledgment Number", ack_number(d, a));
  ruler(d, 0, bits, false, false);
  for (unsigned row = 0; row < 4; row++) flags_row(d, row);
  ruler(d, bits, half, false, false);
  halves(d, "Checksum", number(a, "x", s->sum), "Urgent Pointer", number(b, "", s->urg));
  const bool options = s->options_len > 0, data = s->data_len > 0;
  ruler(d, half, 0, false, !options && !data);
  if (options) {
    boxed_text(d, "Options");
    each_option(d, octets_line);
    ruler(d, 0, 0, false, !data);
  }
  if (!data) return;
  char what[64];
  struct buf text;
  buf_init(&text, what, sizeof what);
  buf_printf(&text, "Data, %zu octet%s", s->data_len, s->data_len == 1 ? "" : "s");
  boxed_text(d, what);
  each_data_row(d, boxed_text);
  ruler(d, 0, 0, false, true);
}

/* The same as a list, for narrow screens and for screen readers. */
static void listed(const struct drawing *d, const char *name, const char *value)
{
  size_t line = d->out->len;
  if (d->o->plain) {
    buf_printf(d->out, "%s: ", name);
    paint_wrapped(d->out, d->o, INK_PLAIN, line, 0, value);
    buf_puts(d->out, ".\n");
    return;
  }
  buf_puts(d->out, "  ");
  paint(d->out, d->o, INK_DIM, name);
  paint_to(d->out, line, NAME_WIDTH);
  buf_putc(d->out, ' ');
  paint_cut(d->out, d->o, INK_BRIGHT, value, paint_columns(d->o) - NAME_WIDTH - 1);
  buf_putc(d->out, '\n');
}

static void listed_option(const struct drawing *d, const char *what, const uint8_t *octets, size_t len)
{
  (void)octets, (void)len;
  listed(d, "Option", what);
}

static void listed_text(const struct drawing *d, const char *text)
{
  size_t line = d->out->len;
  buf_puts(d->out, "  ");
  paint_cut(d->out, d->o, INK_BRIGHT, text, paint_columns(d->o) - paint_column(d->out, line));
  buf_putc(d->out, '\n');
}

static void draw_list(const struct drawing *d)
{
  const struct segment *s = d->seg;
  char mem[24], text[64];
  struct buf b;
  listed(d, "Source Port", number(mem, "", s->sport));
  listed(d, "Destination Port", number(mem, "", s->dport));
  listed(d, "Sequence Number", seq_number(d, mem, d->r->end, s->seq));
  listed(d, "Acknowledgment Number", ack_number(d, mem));
  listed(d, "Data Offset", number(mem, "", s->doff));
  listed(d, "Reserved", number(mem, "", s->rsv));
  buf_init(&b, text, sizeof text);
  segment_print_flags(&b, s->flags);
  listed(d, "Control bits", text);
  listed(d, "Window", number(mem, "", s->win));
  listed(d, "Checksum", number(mem, "x", s->sum));
  listed(d, "Urgent Pointer", number(mem, "", s->urg));
  each_option(d, listed_option);
  if (s->data_len == 0) return;
  buf_init(&b, text, sizeof text);
  buf_printf(&b, "%zu octet%s", s->data_len, s->data_len == 1 ? "" : "s");
  listed(d, "Data", text);
  if (!d->o->plain) each_data_row(d, listed_text);
}

/* Which segment this is, and what carried it. */
static void heading(const struct drawing *d, const struct trace *t)
{
  const struct segment *s = d->seg;
  char mem[400];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  buf_printf(&b, "Segment %u: ", d->r->segment_number);
  segment_print_flags(&b, s->flags);
  buf_printf(&b, " from %s to %s", paint_name(d->o, d->r->end), paint_name(d->o, other_end(d->r->end)));
  usec_t since = paint_since(t, d->r);
  if (since != USEC_NEVER) {
    buf_puts(&b, " at ");
    usec_print_stamp(&b, since);
  }
  if (d->r->fate == FATE_KERNEL)
    buf_puts(&b, ", sent by your own kernel");
  else if (d->r->fate != FATE_SENT)
    buf_printf(&b, ", %s", segment_fate_name(d->r->fate));
  size_t line = d->out->len;
  paint_wrapped(d->out, d->o, INK_BRIGHT, line, 0, mem);
  buf_putc(d->out, '\n');
  buf_init(&b, mem, sizeof mem);
  buf_puts(&b, "IP ");
  addr_print(&b, &s->src);
  buf_puts(&b, " to ");
  addr_print(&b, &s->dst);
  buf_printf(&b, ", ttl %u, id %u, tos %u", s->ttl, s->id, s->tos);
  line = d->out->len;
  paint_wrapped(d->out, d->o, INK_DIM, line, 0, mem);
  buf_putc(d->out, '\n');
}

static void odd(const struct drawing *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void odd(const struct drawing *d, const char *format, ...)
{
  char mem[360];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  va_list args;
  va_start(args, format);
  buf_vprintf(&b, format, args);
  va_end(args);
  size_t line = d->out->len;
  if (d->o->plain)
    buf_puts(d->out, "Odd: ");
  else
    paintf(d->out, d->o, INK_BAD, "%s ", glyph(d->o, GLYPH_NO));
  paint_wrapped(d->out, d->o, INK_PLAIN, line, d->o->plain ? 0 : 2, mem);
  buf_puts(d->out, d->o->plain ? ".\n" : "\n");
}

/* Sequence numbers and window in words. */
static void meaning(const struct drawing *d)
{
  const struct segment *s = d->seg;
  const uint32_t len = segment_len(s);
  const enum end sender = d->r->end;
  char mem[400], first[24], last[24], next[24];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  seq_number(d, first, sender, s->seq);
  seq_number(d, last, sender, s->seq + len - 1);
  seq_number(d, next, sender, s->seq + len);
  if (len == 0)
    buf_puts(&b, "It takes no sequence number.");
  else if (len == 1)
    buf_printf(&b, "It takes one sequence number, %s%s; the next is %s.", first,
               (s->flags & SYN) != 0   ? ", for the SYN"
               : (s->flags & FIN) != 0 ? ", for the FIN"
                                       : "",
               next);
  else
    buf_printf(&b, "It takes %u sequence numbers, %s to %s; the next is %s.", len, first, last, next);
  if ((s->flags & ACK) != 0) buf_printf(&b, " It acknowledges everything before %s.", ack_number(d, first));
  const uint8_t shift = (s->flags & SYN) != 0 ? 0 : d->r->after[d->r->end]->rcv.wscale;
  if ((s->flags & RST) == 0)
    buf_printf(&b, " Its sender takes %u octets more", (uint32_t)s->win << (shift < 15 ? shift : 14));
  if ((s->flags & RST) == 0 && shift > 0) buf_printf(&b, ": %u scaled by 2^%u", s->win, shift);
  if ((s->flags & RST) == 0) buf_putc(&b, '.');
  size_t line = d->out->len;
  paint_wrapped(d->out, d->o, INK_DIM, line, 0, mem);
  buf_putc(d->out, '\n');
}

/* What a receiver would stumble over. */
static void oddities(const struct drawing *d)
{
  const struct segment *s = d->seg;
  const unsigned right_doff = 5 + (s->options_len + 3u) / 4;
  if (label_bad_sum(d->r))
    odd(d, "the checksum is wrong: 0x%04x would be right; a TCP drops the segment unread",
        segment_checksum(s));
  if (s->doff < 5)
    odd(d, "the data offset says %u words, less than the header's own 5", s->doff);
  else if (s->doff != right_doff)
    odd(d, "the data offset lies: it says %u words, header and options have %u", s->doff, right_doff);
  if (s->rsv != 0) odd(d, "the reserved bits are not zero");
  if ((s->flags & ACK) == 0 && s->ack != 0)
    odd(d, "there is an acknowledgment number, but no ACK bit to make it count");
  if ((s->flags & URG) == 0 && s->urg != 0)
    odd(d, "there is an urgent pointer, but no URG bit to make it count");
  if (s->sport == 0 || s->dport == 0) odd(d, "port 0 is nobody's");
  if (d->r->notes.cut) odd(d, "the datagram ends before its headers say it does");
  if (d->r->end == END_PEER && !d->r->notes.ip_sum_ok) odd(d, "the IP header's checksum is wrong");
  struct err broken;
  struct option option;
  size_t at = 0;
  err_clear(&broken);
  while (option_next(s, &at, &option, &broken)) continue;
  if (at < s->options_len) odd(d, "%s", broken.message);
}

void view_header(const struct trace *t, const struct record *r, const struct view_options *o, struct buf *b)
{
  struct drawing d = {.o = o, .out = b, .seg = &r->segment, .r = r};
  if (r->kind != RECORD_SEGMENT) return;
  heading(&d, t);
  size_t limit = paint_columns(o);
  if (o->plain || limit < BOX_WIDTH + 1) {
    draw_list(&d);
  } else {
    d.indent = limit >= BOX_WIDTH + 6 ? 6 : 1;
    draw_box(&d);
  }
  meaning(&d);
  oddities(&d);
}
