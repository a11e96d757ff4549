/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/reason.h"

#include "engine/trace/heap_buf.h"
#include "engine/view/label.h"
#include "engine/view/markup.h"
#include "engine/view/rung.h"

#include <string.h>

void reason_rule(struct buf *b, const struct tcp_rule *rule)
{
  markup_put(b, rule->title);
  buf_putc(b, '\n');
  markup_put(b, rule->why);
  buf_putc(b, '\n');
  markup_put(b, rule->cite);
  buf_putc(b, '\n');
}

const char *reason_truth(const struct record *change)
{
  if (change->confirmed == TRUTH_CONFIRMED) return "its own system says so";
  if (change->confirmed == TRUTH_DENIED) return "says its own system";
  return change->end == END_PEER ? "predicted only" : "";
}

void reason_change(struct buf *b, const struct record *r, const struct view_options *o)
{
  const char *truth = reason_truth(r);
  markup_put(b, paint_name(o, r->end));
  if (r->kind == RECORD_STATE)
    markup_printf(b, ": %s %s %s", tcp_state_name(r->from), glyph(o, GLYPH_TO), tcp_state_name(r->to));
  if (rung_state(r) != r->to || r->kind == RECORD_TRUTH)
    markup_printf(b, ": %s", tcp_state_name(rung_state(r)));
  if (truth[0] != '\0') markup_printf(b, " (%s)", truth);
  buf_putc(b, '\n');
  if (r->rule != NULL) reason_rule(b, r->rule);
}

/* What END did with the segment: the rule that decided. */
static void put_verdict(struct buf *b, const struct record_verdict *v, enum end e,
                        const struct view_options *o)
{
  if (v->fired_count == 0) return;
  markup_printf(b, "\n%s, in %s: ", paint_name(o, e), tcp_state_name(v->from));
  reason_rule(b, v->fired[v->fired_count - 1]);
}

static void put_segment(struct buf *b, const struct trace *t, const struct record *r,
                        const struct view_options *o)
{
  const unsigned parts = (1u << PART_COUNT) - 1 - (1u << PART_OPTION) - (1u << PART_LEN);
  struct label l;
  struct buf text;
  label_make(&l, t, r, o);
  heap_buf_init(&text);
  label_paint(&text, o, &l, parts);
  markup_printf(b, "Segment %u, from %s: %s", r->segment_number, paint_name(o, r->end), text.data);
  heap_buf_free(&text);
  if (r->fate != FATE_SENT && l.text[PART_TAG][0] == '\0')
    markup_printf(b, " (%s)", segment_fate_name(r->fate));
  if (r->end == END_PEER && r->predicted == PREDICTION_MISSED) buf_puts(b, " (it was not foreseen)");
  buf_putc(b, '\n');
  put_verdict(b, &r->sender, r->end, o);
  put_verdict(b, &r->receiver, other_end(r->end), o);
}

static void put_note(struct buf *b, const struct record *r, const struct view_options *o)
{
  const char *text = r->text[0] != '\0' || r->rule == NULL ? r->text : r->rule->title;
  struct buf shown;
  if (text[0] == '\0') return;
  heap_buf_init(&shown);
  label_text(&shown, r, text, o);
  buf_putc(b, '\n');
  if (r->note == NOTE_SIGNAL)
    markup_printf(b, paint_is_you(o, r->end) ? "%s are told: " : "%s is told: ", paint_name(o, r->end));
  markup_put(b, shown.truncated ? text : shown.data);
  buf_putc(b, '\n');
  heap_buf_free(&shown);
}

void reason_event(struct buf *b, const struct trace *t, const struct rung *rung, const struct view_options *o)
{
  const struct record *r = rung->event;
  if (r->kind == RECORD_SEGMENT) put_segment(b, t, r, o);
  if (r->kind == RECORD_CALL)
    markup_printf(b, "%s: %s%s\n", paint_name(o, r->end), r->text, r->by_app ? " (by its program)" : "");
  if (r->kind == RECORD_TIMER) {
    markup_printf(b, "%s: %s\n", paint_name(o, r->end), tcp_timer_help(r->timer));
    if (r->rule != NULL) reason_rule(b, r->rule);
  }
  for (size_t i = rung->from; i < rung->to; i++)
    if (trace_at(t, i)->kind == RECORD_NOTE) put_note(b, trace_at(t, i), o);
}
