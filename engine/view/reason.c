/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/reason.h"

#include "engine/trace/heap_buf.h"
#include "engine/view/label.h"
#include "engine/view/markup.h"
#include "engine/view/rung.h"

#include <string.h>

void reason_rule(struct buf *b, const struct tcp_rule *rule)
{
  markup_put(b, words_title(rule));
  buf_putc(b, '\n');
  markup_put(b, words_why(rule));
  buf_putc(b, '\n');
  markup_put(b, rule->cite);
  buf_putc(b, '\n');
}

/* Who says so; nothing for your state, which nobody needs to confirm. */
static void put_truth(struct buf *b, const struct record *change)
{
  if (change->confirmed == TRUTH_CONFIRMED) words_say(b, SAY_TRUTH_CONFIRMED, NULL);
  if (change->confirmed == TRUTH_DENIED) words_say(b, SAY_TRUTH_DENIED, NULL);
  if (change->confirmed == TRUTH_UNASKED && change->end == END_PEER) words_say(b, SAY_TRUTH_UNASKED, NULL);
}

void reason_change(struct buf *b, const struct record *r, const struct view_options *o)
{
  char truth[64];
  struct buf said;
  buf_init(&said, truth, sizeof truth);
  put_truth(&said, r);
  markup_put(b, paint_name(o, r->end));
  if (r->kind == RECORD_STATE)
    markup_printf(b, ": %s %s %s", tcp_state_name(r->from), glyph(o, GLYPH_TO), tcp_state_name(r->to));
  if (rung_state(r) != r->to || r->kind == RECORD_TRUTH)
    markup_printf(b, ": %s", tcp_state_name(rung_state(r)));
  if (truth[0] != '\0') markup_printf(b, " (%s)", truth);
  buf_putc(b, '\n');
  if (r->rule != NULL) reason_rule(b, r->rule);
}

/* The rule that led to another state, or else the last, which decided. */
static unsigned telling_rule(const struct record_verdict *v)
{
  for (unsigned i = 0; i < v->fired_count; i++)
    if (v->fired[i]->next != NEXT_SAME) return i;
  return v->fired_count - 1;
}

/* What END made of the segment: the rules that fired, the most telling one in full. */
static void put_verdict(struct buf *b, const struct record_verdict *v, enum end e,
                        const struct view_options *o)
{
  if (v->fired_count == 0) return;
  const unsigned telling = telling_rule(v);
  buf_putc(b, '\n');
  struct words_args args = label_who(o, e);
  args.text = tcp_state_name(v->from);
  markup_say(b, SAY_REASON_IN_STATE, &args);
  buf_putc(b, '\n');
  for (unsigned i = 0; i < v->fired_count; i++) {
    if (i == telling) {
      reason_rule(b, v->fired[i]);
      continue;
    }
    markup_printf(b, "%s (%s)", words_title(v->fired[i]), v->fired[i]->cite);
    buf_putc(b, '\n');
  }
}

void reason_segment(struct buf *b, const struct trace *t, const struct record *r,
                    const struct view_options *o)
{
  const unsigned parts = (1u << PART_COUNT) - 1 - (1u << PART_OPTION) - (1u << PART_LEN);
  struct label l;
  struct buf text;
  label_make(&l, t, r, o);
  heap_buf_init(&text);
  label_paint(&text, o, &l, parts);
  struct words_args args = label_who(o, r->end);
  args.number = r->segment_number;
  args.text = text.data;
  markup_say(b, SAY_REASON_SEGMENT, &args);
  heap_buf_free(&text);
  if (r->fate != FATE_SENT && l.text[PART_TAG][0] == '\0')
    markup_printf(b, " (%s)", segment_fate_name(r->fate));
  if (r->end == END_PEER && r->predicted == PREDICTION_MISSED) markup_say(b, SAY_REASON_UNFORESEEN, NULL);
  buf_putc(b, '\n');
  put_verdict(b, &r->sender, r->end, o);
  put_verdict(b, &r->receiver, other_end(r->end), o);
}

static void put_note(struct buf *b, const struct record *r, const struct view_options *o)
{
  struct buf words;
  heap_buf_init(&words);
  words_record(&words, r, o->relative);
  buf_putc(b, '\n');
  const struct words_args who = label_who(o, r->end);
  if (r->note == NOTE_SIGNAL) markup_say(b, SAY_IS_TOLD, &who);
  markup_put(b, words.data);
  buf_putc(b, '\n');
  heap_buf_free(&words);
}

void reason_event(struct buf *b, const struct trace *t, const struct rung *rung, const struct view_options *o)
{
  const struct record *r = rung->event;
  if (r->kind == RECORD_SEGMENT) reason_segment(b, t, r, o);
  if (r->kind == RECORD_CALL || r->kind == RECORD_TIMER) {
    struct buf text;
    heap_buf_init(&text);
    words_record(&text, r, o->relative);
    if (r->kind == RECORD_TIMER) buf_puts(&text, tcp_timer_help(r->timer));
    struct words_args args = label_who(o, r->end);
    args.text = text.data;
    markup_say(b, SAY_REASON_EVENT, &args);
    if (r->kind == RECORD_CALL && r->call.by_app) markup_say(b, SAY_REASON_BY_PROGRAM, NULL);
    heap_buf_free(&text);
    buf_putc(b, '\n');
    if (r->kind == RECORD_TIMER && r->rule != NULL) reason_rule(b, r->rule);
  }
  for (size_t i = rung->from; i < rung->to; i++)
    if (trace_at(t, i)->kind == RECORD_NOTE) put_note(b, trace_at(t, i), o);
}
