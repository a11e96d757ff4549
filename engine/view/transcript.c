/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/transcript.h"

#include "engine/trace/heap_buf.h"
#include "engine/view/drawing.h"
#include "engine/view/label.h"
#include "engine/view/markup.h"
#include "engine/view/reason.h"

#include <string.h>

/* -- pieces -- */

static void put_ink(struct buf *b, enum ink ink, const char *text)
{
  const char *element = ink == INK_BRIGHT ? "b" : "span";
  if (ink != INK_PLAIN) buf_printf(b, "<%s class=\"%s\">", element, drawing_ink(ink));
  markup_put(b, text);
  if (ink != INK_PLAIN) buf_printf(b, "</%s>", element);
}

static void put_said(struct buf *b, enum ink ink, enum saying saying)
{
  char mem[64];
  struct buf words;
  buf_init(&words, mem, sizeof mem);
  words_say(&words, saying, NULL);
  put_ink(b, ink, mem);
}

/* Where the table of rules has it; false: it has not. */
static bool find_rule(const struct tcp_rule *rule, size_t *index)
{
  size_t count;
  const struct tcp_rule *all = tcp_rules(&count);
  for (*index = 0; *index < count && *index < TRANSCRIPT_RULES_MAX; ++*index)
    if (&all[*index] == rule) return true;
  return false;
}

/* The title of a rule, which leads to all there is to say of it. */
static void put_rule(struct transcript *s, const struct tcp_rule *rule, struct buf *b)
{
  size_t index;
  const bool listed = find_rule(rule, &index);
  buf_puts(b, listed ? "<a" : "<span");
  if (listed) buf_printf(b, " href=\"#rule-%u-%s\"", s->session, rule->id);
  buf_puts(b, " title=\"");
  markup_printf(b, "%s (%s)", words_why(rule), rule->cite);
  buf_puts(b, "\">");
  markup_put(b, words_title(rule));
  buf_puts(b, listed ? "</a>" : "</span>");
  if (listed) s->named[index] = true;
}

/* -- rows -- */

static void row_begin(const struct transcript *s, const struct record *r, bool timed, bool first,
                      struct buf *b)
{
  const usec_t t = timed ? paint_since(s->trace, r) : USEC_NEVER;
  buf_printf(b, first ? "<tr class=\"step %s\">" : "<tr class=\"%s\">", record_kind_name(r->kind));
  buf_puts(b, "<td class=\"dim time\">");
  if (t != USEC_NEVER) usec_print_stamp(b, t);
  buf_puts(b, "</td><td>");
}

static void row_middle(struct buf *b) { buf_puts(b, "</td><td>"); }

/* RULE says why; or NULL. */
static void row_end(struct transcript *s, const struct tcp_rule *rule, struct buf *b)
{
  buf_puts(b, "</td><td>");
  if (rule != NULL) put_rule(s, rule, b);
  buf_puts(b, "</td></tr>\n");
}

static void put_name(const struct transcript *s, enum end e, struct buf *b)
{
  markup_put(b, paint_name(s->o, e));
}

/* All the fields, and behind them what both ends made of the segment. */
static void put_segment(struct transcript *s, const struct record *r, struct buf *b)
{
  const enum end ends[] = {r->end, other_end(r->end)};
  struct label l;
  label_make(&l, s->trace, r, s->o);
  for (size_t i = 0; i < END_COUNT; i++) {
    if (i > 0) buf_printf(b, " %s ", glyph(s->o, GLYPH_HEAD_RIGHT));
    put_name(s, ends[i], b);
    buf_printf(b, ".%u", label_port(&r->segment, r->end, ends[i]));
  }
  row_middle(b);
  buf_puts(b, "<details><summary>");
  for (enum label_part part = 0; part < PART_COUNT; part++) {
    if (part == PART_OPTION || part == PART_LEN || l.text[part][0] == '\0') continue;
    if (part != PART_FLAGS) buf_putc(b, ' ');
    put_ink(b, label_ink(part), l.text[part]);
  }
  if (r->fate == FATE_LOST || r->fate == FATE_HELD) {
    buf_putc(b, ' ');
    put_ink(b, r->fate == FATE_LOST ? INK_BAD : INK_DUE, segment_fate_name(r->fate));
  }
  buf_puts(b, "</summary><p class=\"lines\">");
  reason_segment(b, s->trace, r, s->o);
  buf_puts(b, "</p></details>");
  row_end(s, NULL, b);
}

/* ✓ the other TCP's own system says so; ? predicted only; ✗ it says otherwise. */
static void put_mark(const struct transcript *s, const struct record *r, struct buf *b)
{
  if (r->confirmed == TRUTH_CONFIRMED) {
    buf_putc(b, ' ');
    put_ink(b, INK_GOOD, glyph(s->o, GLYPH_YES));
  } else if (r->confirmed == TRUTH_DENIED) {
    buf_putc(b, ' ');
    put_ink(b, INK_BAD, glyph(s->o, GLYPH_NO));
    markup_say(b, SAY_DOCUMENT_DENIED, &(struct words_args){.text = tcp_state_name(r->truth)});
  } else if (r->end == END_PEER) {
    buf_putc(b, ' ');
    put_ink(b, INK_DIM, glyph(s->o, GLYPH_MAYBE));
  }
}

static void put_state(struct transcript *s, const struct record *r, struct buf *b)
{
  put_name(s, r->end, b);
  row_middle(b);
  markup_printf(b, "%s %s ", tcp_state_name(r->from), glyph(s->o, GLYPH_TO));
  put_ink(b, INK_BRIGHT, tcp_state_name(r->to));
  put_mark(s, r, b);
  row_end(s, r->rule, b);
}

static void put_truth(struct transcript *s, const struct record *r, struct buf *b)
{
  put_name(s, r->end, b);
  row_middle(b);
  markup_say(b, SAY_DOCUMENT_NOT, &(struct words_args){.text = tcp_state_name(r->after[r->end]->state)});
  put_mark(s, r, b);
  row_end(s, NULL, b);
}

static void put_words(const struct transcript *s, const struct record *r, struct buf *b)
{
  struct buf words;
  heap_buf_init(&words);
  words_record(&words, r, s->o->relative);
  markup_put(b, words.data);
  heap_buf_free(&words);
}

static void put_call(struct transcript *s, const struct record *r, struct buf *b)
{
  put_name(s, r->end, b);
  row_middle(b);
  if (label_failed(r)) {
    put_ink(b, INK_BAD, glyph(s->o, GLYPH_NO));
    buf_putc(b, ' ');
  }
  put_words(s, r, b);
  if (r->call.outcome == PEER_PENDING) buf_printf(b, " %s", glyph(s->o, GLYPH_MORE));
  if (r->call.by_app) put_said(b, INK_DIM, SAY_DOCUMENT_BY_PROGRAM);
  row_end(s, NULL, b);
}

static void put_timer(struct transcript *s, const struct record *r, struct buf *b)
{
  char mem[64];
  struct buf timer;
  buf_init(&timer, mem, sizeof mem);
  paint_timer(&timer, r->timer);
  put_name(s, r->end, b);
  row_middle(b);
  markup_put(b, mem);
  row_end(s, r->rule, b);
}

static void put_expect(struct transcript *s, const struct record *r, struct buf *b)
{
  row_middle(b);
  put_ink(b, r->ok ? INK_GOOD : INK_BAD, glyph(s->o, r->ok ? GLYPH_YES : GLYPH_NO));
  put_said(b, INK_PLAIN, SAY_DOCUMENT_EXPECTED);
  put_words(s, r, b);
  struct buf found;
  heap_buf_init(&found);
  words_found(&found, r, s->o->relative);
  if (found.len > 0) {
    put_said(b, INK_PLAIN, SAY_DOCUMENT_FOUND);
    markup_put(b, found.data);
  }
  heap_buf_free(&found);
  row_end(s, NULL, b);
}

static void put_told(const struct transcript *s, const struct record *r, struct buf *b)
{
  const struct words_args who = label_who(s->o, r->end);
  markup_say(b, SAY_IS_TOLD, &who);
}

/* What is wrong and what differs has a rule of its own; other notes have the rule of the record before them.
 */
static void put_note(struct transcript *s, const struct record *r, struct buf *b)
{
  const bool wrong = r->note == NOTE_WRONG, differs = r->note == NOTE_EXPLAINED || r->note == NOTE_UNKNOWN;
  row_middle(b);
  if (wrong || differs) {
    put_ink(b, r->note == NOTE_EXPLAINED ? INK_DUE : INK_BAD, glyph(s->o, wrong ? GLYPH_NO : GLYPH_DIFFERS));
    buf_putc(b, ' ');
  }
  if (r->note == NOTE_SIGNAL) put_told(s, r, b);
  if (r->note == NOTE_OWED) buf_printf(b, "<span class=\"%s\">", drawing_ink(INK_DUE));
  put_words(s, r, b);
  if (r->note == NOTE_OWED) buf_puts(b, "</span>");
  row_end(s, wrong || differs ? r->rule : NULL, b);
}

/* Whether the transcript has a row for it at all. */
static bool is_told(const struct record *r)
{
  switch (r->kind) {
  case RECORD_SETTING:
    return false;
  case RECORD_TRUTH:
    return r->confirmed == TRUTH_DENIED;
  default:
    return true;
  }
}

static void put_row(struct transcript *s, const struct record *r, bool first, struct buf *b)
{
  row_begin(s, r, r->kind == RECORD_SEGMENT || r->kind == RECORD_CALL || r->kind == RECORD_TIMER, first, b);
  switch (r->kind) {
  case RECORD_SEGMENT:
    put_segment(s, r, b);
    break;
  case RECORD_STATE:
    put_state(s, r, b);
    break;
  case RECORD_CALL:
    put_call(s, r, b);
    break;
  case RECORD_TIMER:
    put_timer(s, r, b);
    break;
  case RECORD_TRUTH:
    put_truth(s, r, b);
    break;
  case RECORD_EXPECT:
    put_expect(s, r, b);
    break;
  default:
    put_note(s, r, b);
    break;
  }
}

void transcript_table(struct transcript *s, unsigned connection, struct buf *b)
{
  unsigned step = 0;
  buf_puts(b, "<table>\n<thead><tr><th scope=\"col\">Time</th><th scope=\"col\">Who</th>"
              "<th scope=\"col\">What</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n");
  for (size_t i = 0; i < trace_count(s->trace); i++) {
    const struct record *r = trace_at(s->trace, i);
    if (r->connection != connection || !is_told(r)) continue;
    put_row(s, r, r->step != step, b);
    step = r->step;
  }
  buf_puts(b, "</tbody>\n</table>\n");
}

void transcript_rules(const struct transcript *s, struct buf *b)
{
  size_t count;
  const struct tcp_rule *rule = tcp_rules(&count);
  bool any = false;
  for (size_t i = 0; i < count && i < TRANSCRIPT_RULES_MAX; i++) {
    if (!s->named[i]) continue;
    if (!any) buf_puts(b, "<h2>The rules</h2>\n<dl>\n");
    any = true;
    buf_printf(b, "<dt id=\"rule-%u-%s\">", s->session, rule[i].id);
    put_ink(b, INK_BRIGHT, words_title(&rule[i]));
    buf_puts(b, "</dt>\n<dd>");
    markup_put(b, words_why(&rule[i]));
    buf_puts(b, "<br/><span class=\"dim\"><code>");
    markup_put(b, rule[i].id);
    buf_puts(b, "</code> ");
    markup_put(b, rule[i].cite);
    buf_puts(b, "</span></dd>\n");
  }
  if (any) buf_puts(b, "</dl>\n");
}
