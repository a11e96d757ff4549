/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/plain.h"

#include "engine/segment/text.h"
#include "engine/trace/heap_buf.h"
#include "engine/view/label.h"
#include "engine/view/paint.h"
#include "engine/words/words.h"

#include <string.h>

/* "You send", "Peer sends". VERB without its s, ES the ending the third person takes. */
static void begin(struct buf *b, const struct view_options *o, enum end e, const char *verb, const char *es)
{
  paint_capital(b, o, e);
  buf_printf(b, " %s%s", verb, paint_is_you(o, e) ? "" : es);
}

/* A text that becomes a sentence: its first letter a capital, a full stop at its end. */
static void put_sentence(struct buf *b, const char *text)
{
  if (text[0] == '\0') return;
  buf_putc(b, text[0] >= 'a' && text[0] <= 'z' ? (char)(text[0] - 'a' + 'A') : text[0]);
  buf_puts(b, text + 1);
  char last = text[strlen(text) - 1];
  if (last != '.' && last != '!' && last != '?') buf_putc(b, '.');
}

static void put_time(struct buf *b, const struct trace *t, const struct record *r)
{
  usec_t since = paint_since(t, r);
  if (since == USEC_NEVER) return;
  buf_puts(b, ", at ");
  usec_print_stamp(b, since);
  buf_puts(b, " seconds");
}

static const char *fate_sentence(enum segment_fate fate)
{
  switch (fate) {
  case FATE_LOST:
    return " It is lost on the way.";
  case FATE_HELD:
    return " It is held back on the way.";
  case FATE_STRAY:
    return " It is a stray: an old duplicate or a forgery.";
  case FATE_KERNEL:
    return " Your own kernel sent it, not you.";
  default:
    return "";
  }
}

static void put_segment(const struct trace *t, const struct record *r, const struct view_options *o,
                        struct buf *b)
{
  const struct segment *s = &r->segment;
  struct label l;
  label_make(&l, t, r, o);
  begin(b, o, r->end, "send", "s");
  buf_printf(b, " %s%s, seq ", l.text[PART_FLAGS], r->intent == INTENT_RETRANSMIT ? " again" : "");
  label_seq(b, r, r->end, s->seq, o);
  if ((s->flags & ACK) != 0) {
    buf_puts(b, ", ack ");
    label_seq(b, r, other_end(r->end), s->ack, o);
  } else if (l.text[PART_ACK][0] != '\0') {
    buf_printf(b, ", ack %u without the ACK flag", s->ack);
  }
  if ((s->flags & RST) == 0) buf_printf(b, ", window %u", s->win);
  if (l.text[PART_OPTIONS][0] != '\0') buf_printf(b, ", options %s", l.text[PART_OPTIONS]);
  if (l.text[PART_ODD][0] != '\0') buf_printf(b, ", with %s", l.text[PART_ODD]);
  if (s->data_len > 0) buf_printf(b, ", %zu octet%s of data", s->data_len, s->data_len == 1 ? "" : "s");
  if (l.text[PART_DATA][0] == '"') buf_printf(b, ": %s", l.text[PART_DATA]);
  put_time(b, t, r);
  buf_printf(b, ".%s", fate_sentence(r->fate));
}

static void put_state(const struct record *r, const struct view_options *o, struct buf *b)
{
  begin(b, o, r->end, "go", "es");
  buf_printf(b, " from %s to %s", tcp_state_name(r->from), tcp_state_name(r->to));
  if (r->confirmed == TRUTH_CONFIRMED) buf_puts(b, ", confirmed by its own system");
  if (r->confirmed == TRUTH_UNASKED && r->end == END_PEER) buf_puts(b, ", as predicted only");
  if (r->confirmed == TRUTH_DENIED)
    buf_printf(b, " by the rules, but its own system says %s", tcp_state_name(r->truth));
  buf_putc(b, '.');
  if (o->explain == EXPLAIN_OFF || r->rule == NULL) return;
  buf_putc(b, ' ');
  put_sentence(b, r->rule->title);
}

static void put_call(const struct trace *t, const struct record *r, const struct view_options *o,
                     struct buf *b)
{
  begin(b, o, r->end, "call", "s");
  buf_puts(b, r->call.by_app ? ", by its program, " : " ");
  words_record(b, r, o->relative);
  if (label_failed(r)) buf_puts(b, ", which failed");
  if (r->call.outcome == PEER_PENDING) buf_puts(b, ", which has not returned yet");
  put_time(b, t, r);
  buf_putc(b, '.');
}

static void put_timer(const struct trace *t, const struct record *r, const struct view_options *o,
                      struct buf *b)
{
  paint_capital(b, o, r->end);
  buf_puts(b, ": the ");
  paint_timer(b, r->timer);
  label_connection(b, t, r);
  buf_puts(b, " expires");
  put_time(b, t, r);
  buf_putc(b, '.');
  if (o->explain == EXPLAIN_OFF || r->rule == NULL) return;
  buf_putc(b, ' ');
  put_sentence(b, r->rule->title);
}

static void put_truth(const struct record *r, const struct view_options *o, struct buf *b)
{
  if (r->confirmed != TRUTH_DENIED) return;
  begin(b, o, r->end, paint_is_you(o, r->end) ? "are" : "is", "");
  buf_printf(b, " in %s, says its own system, not in %s.", tcp_state_name(r->truth),
             tcp_state_name(r->after[r->end].state));
}

static void put_expect(const struct record *r, const struct view_options *o, struct buf *b)
{
  buf_puts(b, r->ok ? "As expected: " : "Expected: ");
  words_record(b, r, o->relative);
  if (r->message != MESSAGE_NONE) {
    buf_puts(b, ". Found: ");
    words_found(b, r, o->relative);
  }
  buf_putc(b, '.');
}

static void put_note(const struct record *r, const struct view_options *o, struct buf *b)
{
  switch (r->note) {
  case NOTE_WRONG:
    buf_puts(b, "Wrong: ");
    break;
  case NOTE_EXPLAINED:
  case NOTE_UNKNOWN:
    buf_puts(b, "A difference: ");
    break;
  case NOTE_SIGNAL:
    begin(b, o, r->end, paint_is_you(o, r->end) ? "are told: " : "is told: ", "");
    words_record(b, r, o->relative);
    buf_putc(b, '.');
    return;
  default:
    break;
  }
  struct buf words;
  heap_buf_init(&words);
  words_record(&words, r, o->relative);
  put_sentence(b, words.data);
  heap_buf_free(&words);
}

void plain_record(const struct trace *t, const struct record *r, const struct view_options *o, struct buf *b)
{
  struct buf sentence;
  heap_buf_init(&sentence);
  switch (r->kind) {
  case RECORD_SEGMENT:
    put_segment(t, r, o, &sentence);
    break;
  case RECORD_STATE:
    put_state(r, o, &sentence);
    break;
  case RECORD_CALL:
    put_call(t, r, o, &sentence);
    break;
  case RECORD_TIMER:
    put_timer(t, r, o, &sentence);
    break;
  case RECORD_TRUTH:
    put_truth(r, o, &sentence);
    break;
  case RECORD_EXPECT:
    put_expect(r, o, &sentence);
    break;
  case RECORD_NOTE:
    put_note(r, o, &sentence);
    break;
  default:
    break;
  }
  bool explained = r->kind == RECORD_STATE || r->kind == RECORD_TIMER || r->kind == RECORD_NOTE;
  if (sentence.len > 0 && explained && o->explain == EXPLAIN_FULL && r->rule != NULL)
    buf_printf(&sentence, " %s (%s.)", r->rule->why, r->rule->cite);
  view_wrap(sentence.data, 0, o, b);
  heap_buf_free(&sentence);
}
