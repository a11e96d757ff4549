/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is printed when it happens: one line a segment, one a change of state, one of consequence. */
#include "engine/trace/heap_buf.h"
#include "engine/view/label.h"
#include "engine/view/paint.h"
#include "engine/view/plain.h"

#include <string.h>

/* The columns of a transcript. */
struct sheet {
  size_t time;   /* width of the time */
  size_t text;   /* where what happened begins */
  size_t states; /* where states and calls begin: past the name */
  size_t mark;   /* where ✓ ? ✗ stand; 0: right behind the states */
  size_t reason; /* where reasons begin; 0: on a line of their own, at `states` */
  size_t limit;  /* one past the last column */
};

#define STATES_WIDTH 25u     /* "SYN-RECEIVED  ESTABLISHED", the longest of Figure 5, without its arrow */
#define REASON_WIDTH_MIN 24u /* less is no column to read in */
#define ARROW_LIMIT 100u     /* arrows do not grow for ever on a wide screen */
#define SHAFT_TIGHT 1u
#define SHAFT_CALM 2u

static struct sheet sheet(const struct view_options *o)
{
  struct sheet s = {.limit = paint_columns(o)};
  s.time = s.limit < 56 ? 7 : 9;
  s.text = s.time + (s.limit < 56 ? 1 : 2);
  s.states = s.text + paint_name_width(o) + 2;
  s.mark = s.states + STATES_WIDTH + paint_width(glyph(o, GLYPH_TO)) + 1;
  s.reason = s.mark + 3;
  if (s.reason + REASON_WIDTH_MIN > s.limit) s.mark = s.reason = 0;
  return s;
}

size_t paint_text_column(const struct view_options *o) { return sheet(o).text; }

/* Whether a reason of R's step that was printed before R is the same rule. */
static bool told_before(const struct trace *t, const struct record *r)
{
  for (size_t i = r->number - 1; i-- > 0;) {
    const struct record *before = trace_at(t, i);
    if (before->step != r->step) return false;
    if (before->kind != RECORD_SEGMENT && before->rule == r->rule) return true;
  }
  return false;
}

/* The reason in full under the line it explains, once. */
static void put_why(struct buf *b, const struct trace *t, const struct record *r,
                    const struct view_options *o, size_t indent)
{
  const struct tcp_rule *rule = r->rule;
  if (o->explain != EXPLAIN_FULL || rule == NULL || told_before(t, r)) return;
  size_t line = b->len;
  paint_to(b, line, indent);
  paint_wrapped(b, o, INK_DIM, line, indent, words_why(rule));
  buf_putc(b, '\n');
  line = b->len;
  paint_to(b, line, indent);
  paint(b, o, INK_DIM, rule->cite);
  buf_putc(b, '\n');
}

/* An arrow being drawn: everything between the two ends' names. */
struct arrow {
  const struct view_options *o;
  const struct record *r;
  bool right, stopped; /* towards the peer; it does not get there */
  enum glyph shaft, tip;
  enum ink tip_ink;
};

static struct arrow arrow(const struct view_options *o, const struct record *r)
{
  struct arrow a = {.o = o, .r = r, .right = r->end == END_YOU, .tip_ink = INK_PLAIN};
  a.shaft = r->fate == FATE_STRAY || r->fate == FATE_KERNEL ? GLYPH_DOTTED : GLYPH_SHAFT;
  a.tip = a.right ? GLYPH_HEAD_RIGHT : GLYPH_HEAD_LEFT;
  a.stopped = r->fate == FATE_LOST || r->fate == FATE_HELD;
  if (r->fate == FATE_HELD) a.tip = a.right ? GLYPH_STOP_RIGHT : GLYPH_STOP_LEFT;
  if (r->fate == FATE_LOST) a.tip = GLYPH_NO;
  if (a.stopped) a.tip_ink = r->fate == FATE_LOST ? INK_BAD : INK_DUE;
  return a;
}

/* Columns of the arrow without its label, at least; SHAFT: of the shaft after the label. */
static size_t arrow_min(const struct arrow *a, size_t shaft)
{
  size_t fate = a->stopped ? paint_width(segment_fate_name(a->r->fate)) + 1 : 0;
  return (a->right ? 3 + 1 + 1 + shaft + 1 : 1 + 2 + 1 + 1 + shaft) + fate;
}

/* The end of the arrow nearer to you, four columns: "─── " or "◀── ", after "lost " when it was. */
static void arrow_begin(struct buf *b, const struct arrow *a)
{
  if (!a->right) {
    if (a->stopped) {
      paint(b, a->o, a->tip_ink, segment_fate_name(a->r->fate));
      buf_putc(b, ' ');
    }
    paint_glyphs(b, a->o, a->tip_ink, a->tip, 1);
  }
  paint_glyphs(b, a->o, INK_DIM, a->shaft, a->right ? 3 : 2);
  buf_putc(b, ' ');
}

/* The rest of it, to column TO of the line. */
static void arrow_end(struct buf *b, const struct arrow *a, size_t line, size_t to)
{
  buf_putc(b, ' ');
  size_t now = paint_column(b, line);
  size_t left = to > now ? to - now : 0;
  if (!a->right) {
    paint_glyphs(b, a->o, INK_DIM, a->shaft, left > 0 ? left : 1);
  } else if (!a->stopped) {
    paint_glyphs(b, a->o, INK_DIM, a->shaft, left > 1 ? left - 1 : 1);
    paint_glyphs(b, a->o, a->tip_ink, a->tip, 1);
  } else {
    const char *fate = segment_fate_name(a->r->fate);
    size_t need = paint_width(fate) + 2;
    /* It stops short of the other end, half way if there is room. */
    size_t shaft = left > need ? (left - need + 1) / 2 : 0;
    paint_glyphs(b, a->o, INK_DIM, a->shaft, shaft > 0 ? shaft : 1);
    paint_glyphs(b, a->o, a->tip_ink, a->tip, 1);
    buf_putc(b, ' ');
    paint(b, a->o, a->tip_ink, fate);
    paint_to(b, line, to);
  }
}

/* The fields that found no room on the arrow, wrapped under it. */
static void put_folded(struct buf *b, const struct view_options *o, const struct sheet *s,
                       const struct label *l)
{
  unsigned rest = label_rest(l, s->limit - s->text);
  size_t line = b->len;
  paint_to(b, line, s->text);
  if (label_width(l, rest) <= s->limit - s->text) {
    label_paint(b, o, l, rest);
  } else {
    char mem[PART_COUNT * sizeof l->text[0]];
    struct buf fields;
    buf_init(&fields, mem, sizeof mem);
    struct view_options colorless = *o;
    colorless.color = false;
    label_paint(&fields, &colorless, l, rest);
    paint_wrapped(b, &colorless, INK_PLAIN, line, s->text, fields.data);
  }
  buf_putc(b, '\n');
}

/* How the ends of an arrow are written, the wider the screen the better. */
enum naming { NAME_AND_PORT, NAME, NAME_CUT };

/* Writes them and returns their columns, a blank each included. */
static size_t put_ends(struct buf end[END_COUNT], const struct view_options *o, const struct record *r,
                       enum naming how)
{
  size_t width = END_COUNT;
  for (enum end e = END_YOU; e < END_COUNT; e++) {
    buf_reset(&end[e]);
    if (how == NAME_AND_PORT)
      label_end(&end[e], o, e, label_port(&r->segment, r->end, e));
    else
      paint_cut(&end[e], &view_default, INK_PLAIN, paint_name(o, e), how == NAME ? SIZE_MAX : 6);
    width += view_width(end[e].data, end[e].len);
  }
  return width;
}

static void put_segment(const struct trace *t, const struct record *r, const struct view_options *o,
                        struct buf *b)
{
  const struct sheet s = sheet(o);
  const struct arrow a = arrow(o, r);
  struct label l;
  label_make(&l, t, r, o);
  char mem[END_COUNT][48];
  struct buf end[END_COUNT];
  for (enum end e = END_YOU; e < END_COUNT; e++) buf_init(&end[e], mem[e], sizeof mem[e]);

  const size_t limit = s.limit < ARROW_LIMIT ? s.limit : ARROW_LIMIT;
  unsigned flags = 1u << PART_FLAGS | 1u << PART_TAG;
  size_t ends = 0;
  for (enum naming how = NAME_AND_PORT; how <= NAME_CUT; how++) {
    ends = put_ends(end, o, r, how);
    if (s.text + ends + arrow_min(&a, SHAFT_TIGHT) + label_width(&l, flags) <= limit) break;
  }
  size_t room = limit - s.text - ends;
  if (label_width(&l, flags) + arrow_min(&a, SHAFT_TIGHT) > room) flags = 1u << PART_FLAGS;
  unsigned parts = 0;
  for (size_t shaft = SHAFT_CALM; parts == 0 && shaft >= SHAFT_TIGHT; shaft--)
    if (room > arrow_min(&a, shaft)) parts = label_fit(&l, room - arrow_min(&a, shaft));

  if (parts == 0) label_cut_flags(&l, room - arrow_min(&a, SHAFT_TIGHT));

  size_t line = b->len;
  paint_time(b, o, paint_since(t, r), s.time);
  paint_to(b, line, s.text);
  buf_printf(b, "%s ", end[END_YOU].data);
  arrow_begin(b, &a);
  label_paint(b, o, &l, parts != 0 ? parts : flags);
  arrow_end(b, &a, line, limit - view_width(end[END_PEER].data, end[END_PEER].len) - 1);
  buf_printf(b, " %s\n", end[END_PEER].data);
  if (parts == 0) put_folded(b, o, &s, &l);
}

/* ✓ the other TCP's own system says so; ? predicted only; ✗ it says otherwise. Yours needs no mark: you hold
 * it. */
static void put_mark(struct buf *b, const struct view_options *o, const struct record *r)
{
  if (r->confirmed == TRUTH_CONFIRMED)
    paint(b, o, INK_GOOD, glyph(o, GLYPH_YES));
  else if (r->confirmed == TRUTH_DENIED)
    paint(b, o, INK_BAD, glyph(o, GLYPH_NO));
  else if (r->end == END_PEER)
    paint(b, o, INK_DIM, glyph(o, GLYPH_MAYBE));
}

/* TEXT at the column of reasons, in the next line where that is taken; or on a line of its own where there is
   no such column. Ends the line. */
static void put_reason(struct buf *b, const struct view_options *o, const struct sheet *s, size_t line,
                       enum ink ink, const char *text)
{
  size_t indent = s->reason;
  if (text[0] != '\0') {
    if (indent == 0) {
      buf_putc(b, '\n');
      line = b->len;
      indent = s->states;
    } else if (paint_column(b, line) >= indent) {
      buf_putc(b, '\n');
      line = b->len;
    }
    paint_to(b, line, indent);
    paint_wrapped(b, o, ink, line, indent, text);
  }
  buf_putc(b, '\n');
}

static void put_state(const struct trace *t, const struct record *r, const struct view_options *o,
                      struct buf *b)
{
  const struct sheet s = sheet(o);
  size_t line = b->len;
  paint_to(b, line, s.text);
  buf_puts(b, paint_name(o, r->end));
  paint_to(b, line, s.states);
  size_t whole = s.states + paint_width(tcp_state_name(r->from)) + paint_width(tcp_state_name(r->to)) + 6;
  if (whole <= s.limit) buf_printf(b, "%s ", tcp_state_name(r->from));
  paintf(b, o, INK_DIM, "%s ", glyph(o, GLYPH_TO));
  paint(b, o, INK_BRIGHT, tcp_state_name(r->to));
  if (r->end == END_PEER || r->confirmed != TRUTH_UNASKED) {
    paint_past(b, line, s.mark);
    put_mark(b, o, r);
  }
  bool explained = o->explain != EXPLAIN_OFF && r->rule != NULL;
  put_reason(b, o, &s, line, INK_DIM, explained ? words_title(r->rule) : "");
  put_why(b, t, r, o, s.states);
}

/* A line with a time of its own: a call, a timer. */
static size_t begin_event(const struct trace *t, const struct record *r, const struct view_options *o,
                          const struct sheet *s, struct buf *b)
{
  size_t line = b->len;
  paint_time(b, o, paint_since(t, r), s->time);
  paint_to(b, line, s->text);
  return line;
}

static void put_call(const struct trace *t, const struct record *r, const struct view_options *o,
                     struct buf *b)
{
  const struct sheet s = sheet(o);
  size_t line = begin_event(t, r, o, &s, b);
  const bool failed = label_failed(r), pending = r->call.outcome == PEER_PENDING;
  enum ink ink = failed ? INK_BAD : r->call.by_app || pending ? INK_DIM : INK_PLAIN;
  struct buf words;
  heap_buf_init(&words);
  words_record(&words, r, o->relative);
  if (pending) buf_printf(&words, " %s", glyph(o, GLYPH_MORE));
  paint(b, o, r->call.by_app ? INK_DIM : INK_PLAIN, paint_name(o, r->end));
  paint_to(b, line, s.states);
  if (failed) paintf(b, o, INK_BAD, "%s ", glyph(o, GLYPH_NO));
  paint_wrapped(b, o, ink, line, s.states, words.data);
  buf_putc(b, '\n');
  heap_buf_free(&words);
}

static void put_timer(const struct trace *t, const struct record *r, const struct view_options *o,
                      struct buf *b)
{
  const struct sheet s = sheet(o);
  size_t line = begin_event(t, r, o, &s, b);
  buf_puts(b, paint_name(o, r->end));
  paint_to(b, line, s.states);
  char mem[64];
  struct buf timer;
  buf_init(&timer, mem, sizeof mem);
  paint_timer(&timer, r->timer);
  label_connection(&timer, t, r);
  paint_wrapped(b, o, INK_PLAIN, line, s.states, mem);
  const struct record *next = trace_at(t, r->number);
  bool told_next = next != NULL && next->kind == RECORD_STATE && next->rule == r->rule;
  const char *reason = r->rule != NULL && !told_next ? words_title(r->rule) : tcp_timer_help(r->timer);
  put_reason(b, o, &s, line, INK_DIM, o->explain != EXPLAIN_OFF ? reason : "");
  if (!told_next) put_why(b, t, r, o, s.states);
}

/* Only a denial is worth a line, and only if no note that follows tells it in words. */
static void put_truth(const struct trace *t, const struct record *r, const struct view_options *o,
                      struct buf *b)
{
  const struct record *next = trace_at(t, r->number);
  if (r->confirmed != TRUTH_DENIED || (next != NULL && next->kind == RECORD_NOTE && next->step == r->step))
    return;
  const struct sheet s = sheet(o);
  size_t line = b->len;
  paint_to(b, line, s.text);
  buf_puts(b, paint_name(o, r->end));
  paint_to(b, line, s.states);
  paint(b, o, INK_BRIGHT, tcp_state_name(r->truth));
  paintf(b, o, INK_BAD, " %s", glyph(o, GLYPH_NO));
  char mem[80];
  struct buf said;
  buf_init(&said, mem, sizeof mem);
  words_say(&said, SAY_OWN_SYSTEM_DENIES,
            &(struct words_args){.text = tcp_state_name(r->after[r->end]->state)});
  put_reason(b, o, &s, line, INK_BAD, mem);
}

static void put_found(struct buf *b, const struct view_options *o, const struct sheet *s, const char *text)
{
  size_t line = b->len;
  paint_to(b, line, s->text + 2);
  char mem[32];
  struct buf found;
  buf_init(&found, mem, sizeof mem);
  words_say(&found, SAY_FOUND, NULL);
  paint(b, o, INK_DIM, mem);
  paint_wrapped(b, o, INK_BAD, line, s->text + 2 + 9, text);
  buf_putc(b, '\n');
}

static void put_expect(const struct record *r, const struct view_options *o, struct buf *b)
{
  const struct sheet s = sheet(o);
  size_t line = b->len;
  paint_to(b, line, s.text);
  paint(b, o, r->ok ? INK_GOOD : INK_BAD, glyph(o, r->ok ? GLYPH_YES : GLYPH_NO));
  buf_putc(b, ' ');
  struct buf words;
  heap_buf_init(&words);
  words_say(&words, SAY_EXPECTED, NULL);
  paint_wrapped(b, o, r->ok ? INK_DIM : INK_PLAIN, line, s.text + 2, words.data);
  buf_putc(b, ' ');
  buf_reset(&words);
  words_record(&words, r, o->relative);
  paint_wrapped(b, o, r->ok ? INK_DIM : INK_PLAIN, line, s.text + 2, words.data);
  buf_putc(b, '\n');
  buf_reset(&words);
  words_found(&words, r, o->relative);
  if (words.len > 0) put_found(b, o, &s, words.data);
  heap_buf_free(&words);
}

/* The mark and ink of a note; the glyph is left out for GLYPH_COUNT. */
static enum glyph note_look(const struct record *r, enum ink *ink)
{
  switch (r->note) {
  case NOTE_OWED:
    *ink = INK_DUE;
    return GLYPH_COUNT;
  case NOTE_WRONG:
    *ink = INK_BAD;
    return GLYPH_NO;
  case NOTE_EXPLAINED:
    *ink = INK_DUE;
    return GLYPH_DIFFERS;
  case NOTE_UNKNOWN:
    *ink = INK_BAD;
    return GLYPH_DIFFERS;
  case NOTE_SILENCE:
    *ink = INK_DIM;
    return GLYPH_COUNT;
  default:
    *ink = INK_PLAIN;
    return GLYPH_COUNT;
  }
}

static void put_note(const struct trace *t, const struct record *r, const struct view_options *o,
                     struct buf *b)
{
  const struct sheet s = sheet(o);
  size_t line = b->len, indent = s.text;
  enum ink ink;
  enum glyph mark = note_look(r, &ink);
  paint_to(b, line, s.text);
  if (mark != GLYPH_COUNT) {
    paintf(b, o, ink, "%s ", glyph(o, mark));
    indent += 2;
  }
  if (r->note == NOTE_SIGNAL) {
    const struct words_args who = label_who(o, r->end);
    words_say(b, SAY_IS_TOLD, &who);
    indent += 2;
  }
  /* The mark has the colour; a sentence in red is hard to read. */
  struct buf words;
  heap_buf_init(&words);
  words_record(&words, r, o->relative);
  paint_wrapped(b, o, mark != GLYPH_COUNT ? INK_PLAIN : ink, line, indent, words.data);
  buf_putc(b, '\n');
  heap_buf_free(&words);
  put_why(b, t, r, o, indent);
}

void view_record(const struct trace *t, size_t index, const struct view_options *o, struct buf *b)
{
  const struct record *r = trace_at(t, index);
  if (r == NULL) return;
  if (o->plain) {
    plain_record(t, r, o, b);
    return;
  }
  switch (r->kind) {
  case RECORD_SEGMENT:
    put_segment(t, r, o, b);
    break;
  case RECORD_STATE:
    put_state(t, r, o, b);
    break;
  case RECORD_CALL:
    put_call(t, r, o, b);
    break;
  case RECORD_TIMER:
    put_timer(t, r, o, b);
    break;
  case RECORD_TRUTH:
    put_truth(t, r, o, b);
    break;
  case RECORD_EXPECT:
    put_expect(r, o, b);
    break;
  case RECORD_NOTE:
    put_note(t, r, o, b);
    break;
  default:
    break;
  }
}
