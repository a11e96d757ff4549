/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/paint.h"

#include "engine/base/utf8.h"
#include "engine/words/words.h"

#include <string.h>

const struct view_options view_default = {
    .columns = 80,
    .utf8 = true,
    .explain = EXPLAIN_SHORT,
    .name = {"you", "peer"},
};

const char *glyph(const struct view_options *o, enum glyph g)
{
  static const char *const drawn[GLYPH_COUNT][2] = {
#define X(id, utf8, ascii) {ascii, utf8},
      GLYPHS(X)
#undef X
  };
  return drawn[g][o->utf8];
}

static const char *sgr(enum ink ink)
{
  static const char *const code[] = {
#define X(id, sgr, meaning) sgr,
      INKS(X)
#undef X
  };
  return code[ink];
}

size_t paint_columns(const struct view_options *o)
{
  unsigned columns = o->columns < 40 ? 40 : o->columns > 200 ? 200 : o->columns;
  return columns - 1;
}

/* Characters of two columns: East Asian wide ones and emoji; of none: combining marks. */
static size_t rune_width(uint32_t rune)
{
  static const struct {
    uint32_t first, last;
    size_t width;
  } range[] = {
      {0x0300, 0x036f, 0},   {0x1100, 0x115f, 2},   {0x200b, 0x200f, 0},   {0x20d0, 0x20ff, 0},
      {0x2e80, 0x303e, 2},   {0x3041, 0x33ff, 2},   {0x3400, 0x4dbf, 2},   {0x4e00, 0x9fff, 2},
      {0xa000, 0xa4cf, 2},   {0xac00, 0xd7a3, 2},   {0xf900, 0xfaff, 2},   {0xfe00, 0xfe0f, 0},
      {0xfe30, 0xfe6f, 2},   {0xff00, 0xff60, 2},   {0xffe0, 0xffe6, 2},   {0x1f300, 0x1f64f, 2},
      {0x1f680, 0x1f6ff, 2}, {0x1f900, 0x1f9ff, 2}, {0x20000, 0x3fffd, 2},
  };
  for (size_t i = 0; i < sizeof range / sizeof range[0] && rune >= range[i].first; i++)
    if (rune <= range[i].last) return range[i].width;
  return 1;
}

/* Octets and columns of what TEXT[LEN] begins with: a character, an SGR sequence, or an octet that is
 * neither. */
static size_t next_cell(const char *text, size_t len, size_t *width)
{
  if (text[0] == '\033' && len > 1 && text[1] == '[') {
    size_t i = 2;
    while (i < len && (unsigned char)text[i] < 0x40) i++;
    *width = 0;
    return i < len ? i + 1 : i;
  }
  uint32_t rune = 0;
  size_t n = utf8_next(text, len, &rune);
  *width = n == 0 ? 1 : rune_width(rune);
  return n == 0 ? 1 : n;
}

size_t view_width(const char *text, size_t len)
{
  size_t columns = 0;
  for (size_t i = 0; i < len;) {
    size_t width;
    i += next_cell(text + i, len - i, &width);
    columns += width;
  }
  return columns;
}

size_t paint_width(const char *text) { return view_width(text, strlen(text)); }

static void ink_on(struct buf *b, const struct view_options *o, enum ink ink)
{
  if (o->color && sgr(ink)[0] != '\0') buf_printf(b, "\033[%sm", sgr(ink));
}

static void ink_off(struct buf *b, const struct view_options *o, enum ink ink)
{
  if (o->color && sgr(ink)[0] != '\0') buf_puts(b, "\033[0m");
}

void paint(struct buf *b, const struct view_options *o, enum ink ink, const char *text)
{
  if (text[0] == '\0') return;
  ink_on(b, o, ink);
  buf_puts(b, text);
  ink_off(b, o, ink);
}

void paintf(struct buf *b, const struct view_options *o, enum ink ink, const char *format, ...)
{
  ink_on(b, o, ink);
  va_list args;
  va_start(args, format);
  buf_vprintf(b, format, args);
  va_end(args);
  ink_off(b, o, ink);
}

void paint_glyphs(struct buf *b, const struct view_options *o, enum ink ink, enum glyph g, size_t times)
{
  if (times == 0) return;
  ink_on(b, o, ink);
  buf_fill(b, glyph(o, g), times);
  ink_off(b, o, ink);
}

size_t paint_column(const struct buf *b, size_t line) { return view_width(b->data + line, b->len - line); }

void paint_to(struct buf *b, size_t line, size_t column)
{
  size_t now = paint_column(b, line);
  if (now < column) buf_fill(b, " ", column - now);
}

void paint_past(struct buf *b, size_t line, size_t column)
{
  buf_putc(b, ' ');
  paint_to(b, line, column);
}

size_t paint_fit(const char *text, size_t len, size_t columns)
{
  size_t i = 0, width;
  while (i < len) {
    size_t n = next_cell(text + i, len - i, &width);
    if (width > columns) break;
    columns -= width;
    i += n;
  }
  return i;
}

void paint_cut(struct buf *b, const struct view_options *o, enum ink ink, const char *text, size_t columns)
{
  size_t len = strlen(text);
  if (view_width(text, len) <= columns) {
    paint(b, o, ink, text);
    return;
  }
  size_t more = paint_width(glyph(o, GLYPH_MORE));
  if (columns < more) return;
  size_t cut = paint_fit(text, len, columns - more);
  size_t blank = cut;
  while (blank > 0 && text[blank] != ' ') blank--;
  if (cut - blank < 12 && blank > 0) cut = blank;
  paintf(b, o, ink, "%.*s%s", (int)cut, text, glyph(o, GLYPH_MORE));
}

/* Wrapping, a word at a time. `lit` is the ink now switched on. */
struct wrapping {
  struct buf *out;
  const struct view_options *o;
  enum ink base, lit;
  size_t column, indent, limit;
  const char *rest; /* what comes behind the word that is put */
  bool prose;       /* *words* between stars are stressed */
  bool stressed;    /* between stars */
  bool code;        /* between back-ticks */
  bool fresh;       /* nothing on this line yet that a blank would have to follow */
};

static enum ink ink_now(const struct wrapping *w)
{
  return w->code ? INK_CODE : w->stressed ? INK_BRIGHT : w->base;
}

static void light(struct wrapping *w, enum ink ink)
{
  if (w->lit == ink) return;
  ink_off(w->out, w->o, w->lit);
  ink_on(w->out, w->o, ink);
  w->lit = ink;
}

static void break_line(struct wrapping *w, bool filled)
{
  light(w, INK_PLAIN);
  buf_putc(w->out, '\n');
  if (filled) buf_fill(w->out, " ", w->indent);
  w->column = w->indent;
  w->fresh = true;
}

static size_t room(const struct wrapping *w) { return w->limit > w->column ? w->limit - w->column : 0; }

/* One run of a word within one ink, broken where the line ends when it alone is longer than a line. */
static void put_run(struct wrapping *w, const char *run, size_t len)
{
  while (len > 0) {
    size_t n = paint_fit(run, len, room(w));
    if (n == 0 && w->column <= w->indent) n = len; /* not one character fits: let it stand out */
    if (n == 0) {
      break_line(w, true);
      continue;
    }
    light(w, ink_now(w));
    buf_put(w->out, run, n);
    w->column += view_width(run, n);
    run += n;
    len -= n;
  }
}

/* Does TEXT[LEN] hold a star that ends stress: outside back-ticks, and right behind something? */
static bool has_end(const char *text, size_t len, bool *code)
{
  for (size_t i = 0; i < len; i++) {
    if (text[i] == '`') *code = !*code;
    if (text[i] == '*' && !*code && i > 0 && text[i - 1] != ' ' && text[i - 1] != '\n') return true;
  }
  return false;
}

/* Is AT[LEN], in the word that begins at WORD, a star that turns stress on or off? Where there are no colours
   a star is shown as it is. */
static bool is_star(const struct wrapping *w, const char *at, size_t len, const char *word)
{
  if (*at != '*' || !w->prose || !w->o->color || w->code) return false;
  if (w->stressed) return true;
  const bool begins = at == word || strchr("(\"'", at[-1]) != NULL;
  bool code = false;
  return begins && len > 1 && at[1] != '*' &&
         (has_end(at + 1, len - 1, &code) || has_end(w->rest, strlen(w->rest), &code));
}

/* TIED: columns that must be left on the line after it. */
static void put_word(struct wrapping *w, const char *word, size_t len, size_t tied)
{
  const char *begin = word;
  size_t blank = w->fresh ? 0 : 1;
  if (view_width(word, len) + blank + tied > room(w) && w->column > w->indent) {
    break_line(w, true);
    blank = 0;
  }
  if (blank > 0) {
    light(w, ink_now(w));
    buf_putc(w->out, ' ');
    w->column++;
  }
  w->fresh = false;
  for (size_t run = 0; len > 0; word += run, len -= run) {
    const bool mark = *word == '`' || is_star(w, word, len, begin);
    run = 1;
    while (!mark && run < len && word[run] != '`' && !is_star(w, word + run, len - run, begin)) run++;
    if (!mark) {
      put_run(w, word, run);
    } else if (*word == '`') {
      const bool opens = !w->code;
      w->code = false;
      put_run(w, "`", 1);
      w->code = opens;
    } else {
      w->stressed = !w->stressed;
    }
  }
}

/* The next word of TEXT, made visible; very long ones come in pieces. */
static const char *take_word(const char *text, struct buf *word)
{
  size_t len = strcspn(text, " \n");
  if (len > 200) len = paint_fit(text, 200, 200);
  buf_reset(word);
  buf_put_visible(word, text, len, false);
  return text + len;
}

static void wrap(struct buf *b, const struct view_options *o, enum ink ink, size_t line, size_t indent,
                 const char *text, bool prose)
{
  struct wrapping w = {.out = b,
                       .o = o,
                       .base = ink,
                       .lit = INK_PLAIN,
                       .column = paint_column(b, line),
                       .indent = indent,
                       .limit = paint_columns(o),
                       .prose = prose,
                       .fresh = true};
  char mem[1024 * 2 + 64];
  struct buf word;
  buf_init(&word, mem, sizeof mem);
  while (*text != '\0') {
    if (*text == '\n') {
      break_line(&w, text[1] != '\0' && text[1] != '\n');
      text++;
    } else if (*text == ' ') {
      text++;
    } else {
      text = take_word(text, &word);
      w.rest = text;
      /* An arrow stays with what it leads to. */
      const bool arrow = strcmp(word.data, glyph(o, GLYPH_TO)) == 0 && *text == ' ';
      put_word(&w, word.data, word.len, arrow ? 1 + strcspn(text + 1, " \n") : 0);
      w.fresh =
          *text != '\0' && *text != ' ' && *text != '\n'; /* a piece: the rest follows without a blank */
    }
  }
  light(&w, INK_PLAIN);
}

void paint_wrapped(struct buf *b, const struct view_options *o, enum ink ink, size_t line, size_t indent,
                   const char *text)
{
  wrap(b, o, ink, line, indent, text, false);
}

static void wrap_lines(const char *text, unsigned indent, const struct view_options *o, struct buf *b,
                       bool prose)
{
  if (*text == '\0') return;
  size_t line = b->len;
  if (*text != '\n') buf_fill(b, " ", indent);
  wrap(b, o, INK_PLAIN, line, indent, text, prose);
  if (b->len > 0 && b->data[b->len - 1] != '\n') buf_putc(b, '\n');
}

void view_wrap(const char *text, unsigned indent, const struct view_options *o, struct buf *b)
{
  wrap_lines(text, indent, o, b, false);
}

void view_prose(const char *text, unsigned indent, const struct view_options *o, struct buf *b)
{
  wrap_lines(text, indent, o, b, true);
}

void view_heading(const char *text, unsigned level, const struct view_options *o, struct buf *b)
{
  size_t begin = b->len, width = 0;
  if (*text == '\0') return;
  paint_wrapped(b, o, INK_BRIGHT, begin, 0, text);
  buf_putc(b, '\n');
  if (level > 2 || o->plain || b->truncated) return;
  for (size_t at = begin; at < b->len;) {
    size_t len = strcspn(b->data + at, "\n"), columns = view_width(b->data + at, len);
    if (columns > width) width = columns;
    at += len + 1;
  }
  paint_glyphs(b, o, INK_DIM, level == 1 ? GLYPH_DOUBLE : GLYPH_SHAFT, width);
  buf_putc(b, '\n');
}

const char *paint_name(const struct view_options *o, enum end e)
{
  return o->name[e] != NULL ? o->name[e] : view_default.name[e];
}

size_t paint_name_width(const struct view_options *o)
{
  size_t you = paint_width(paint_name(o, END_YOU)), peer = paint_width(paint_name(o, END_PEER));
  return you > peer ? you : peer;
}

void paint_capital(struct buf *b, const struct view_options *o, enum end e)
{
  const char *name = paint_name(o, e);
  if (name[0] == '\0') return;
  buf_putc(b, name[0] >= 'a' && name[0] <= 'z' ? (char)(name[0] - 'a' + 'A') : name[0]);
  buf_puts(b, name + 1);
}

bool paint_is_you(const struct view_options *o, enum end e) { return strcmp(paint_name(o, e), "you") == 0; }

void paint_timer(struct buf *b, enum tcp_timer timer)
{
  const char *name = tcp_timer_name(timer);
  if (timer == TIMER_USER)
    buf_puts(b, name);
  else
    words_say(b, SAY_TIMER, &(struct words_args){.text = name});
}

void paint_sent(struct buf *b, const struct tcb *t, seq_t left, seq_t right)
{
  const bool syn = left == t->iss && left != right;
  const bool fin = t->fin_sent && seq_le(left, t->fin_seq) && seq_lt(t->fin_seq, right);
  const uint32_t octets = right - left - syn - fin;
  if (left == right) buf_puts(b, "nothing");
  if (syn) buf_puts(b, "SYN");
  if (octets > 0) buf_printf(b, "%s%u octet%s", syn ? " + " : "", octets, octets == 1 ? "" : "s");
  if (fin) buf_puts(b, syn || octets > 0 ? " + FIN" : "FIN");
}

void paint_left(struct buf *b, usec_t due, usec_t now)
{
  const usec_t left = due > now ? due - now : 0;
  usec_print(b, left >= USEC_MS ? left - left % USEC_MS : left);
  buf_puts(b, " left");
}

usec_t paint_since(const struct trace *t, const struct record *r)
{
  const struct trace_connection *c = t != NULL ? trace_connection(t, r->connection) : NULL;
  if (c == NULL) return r->t;
  return c->first == USEC_NEVER || r->t < c->first ? USEC_NEVER : r->t - c->first;
}

void paint_time(struct buf *b, const struct view_options *o, usec_t t, size_t width)
{
  if (t == USEC_NEVER) {
    buf_fill(b, " ", width);
    return;
  }
  char mem[40];
  struct buf stamp;
  buf_init(&stamp, mem, sizeof mem);
  usec_print_stamp(&stamp, t);
  size_t whole = strcspn(mem, ".");
  /* Seconds keep their place under each other; what overflows on the right are decimals nobody misses then.
   */
  size_t shown = width - (whole < 2 ? 1 : 0);
  if (stamp.len > shown && whole < shown) mem[mem[shown - 1] == '.' ? shown - 1 : shown] = '\0';
  size_t lead = paint_width(mem) < width ? width - paint_width(mem) : 0;
  buf_fill(b, " ", lead);
  paint(b, o, INK_DIM, mem);
}
