/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/plain.h"

#include "engine/segment/text.h"
#include "engine/trace/heap_buf.h"
#include "engine/view/label.h"
#include "engine/view/paint.h"

#include <string.h>

static void say(struct buf *b, enum saying saying) { words_say(b, saying, NULL); }

static void say_text(struct buf *b, enum saying saying, const char *text)
{
  words_say(b, saying, &(struct words_args){.text = text});
}

static void say_number(struct buf *b, enum saying saying, size_t number)
{
  words_say(b, saying, &(struct words_args){.number = number});
}

/* What END does: "You send", "Peer sends". */
static void say_of(struct buf *b, const struct view_options *o, enum end e, enum saying saying,
                   const char *text, const char *more)
{
  struct words_args args = label_who(o, e);
  args.text = text;
  args.more = more;
  words_say(b, saying, &args);
}

/* A text that becomes a sentence: its first letter a capital, a full stop at its end. */
static void put_sentence(struct buf *b, const char *text)
{
  if (text[0] == '\0') return;
  buf_putc(b, text[0] >= 'a' && text[0] <= 'z' ? (char)(text[0] - 'a' + 'A') : text[0]);
  buf_puts(b, text + 1);
  char last = text[strlen(text) - 1];
  if (last != '.' && last != '!' && last != '?') say(b, SAY_PLAIN_STOP);
}

static void put_time(struct buf *b, const struct trace *t, const struct record *r)
{
  const usec_t since = paint_since(t, r);
  char mem[48];
  struct buf stamp;
  if (since == USEC_NEVER) return;
  buf_init(&stamp, mem, sizeof mem);
  usec_print_stamp(&stamp, since);
  say_text(b, SAY_PLAIN_TIME, mem);
}

static void put_seq(struct buf *b, enum saying saying, const struct record *r, enum end of, seq_t value,
                    const struct view_options *o)
{
  char mem[32];
  struct buf number;
  buf_init(&number, mem, sizeof mem);
  label_seq(&number, r, of, value, o);
  say_text(b, saying, mem);
}

static void put_segment(const struct trace *t, const struct record *r, const struct view_options *o,
                        struct buf *b)
{
  static const enum saying fates[FATE_COUNT] = {[FATE_SENT] = SAY_COUNT,
                                                [FATE_LOST] = SAY_PLAIN_LOST,
                                                [FATE_HELD] = SAY_PLAIN_HELD,
                                                [FATE_STRAY] = SAY_PLAIN_STRAY,
                                                [FATE_KERNEL] = SAY_PLAIN_KERNEL};
  const struct segment *s = &r->segment;
  struct label l;
  label_make(&l, t, r, o);
  say_of(b, o, r->end, SAY_PLAIN_SENDS, l.text[PART_FLAGS], NULL);
  if (r->intent == INTENT_RETRANSMIT) say(b, SAY_PLAIN_AGAIN);
  put_seq(b, SAY_PLAIN_SEQ, r, r->end, s->seq, o);
  if ((s->flags & ACK) != 0)
    put_seq(b, SAY_PLAIN_ACK, r, other_end(r->end), s->ack, o);
  else if (l.text[PART_ACK][0] != '\0')
    say_number(b, SAY_PLAIN_ACK_UNSET, s->ack);
  if ((s->flags & RST) == 0) say_number(b, SAY_PLAIN_WINDOW, s->win);
  if (l.text[PART_OPTIONS][0] != '\0') say_text(b, SAY_PLAIN_OPTIONS, l.text[PART_OPTIONS]);
  if (l.text[PART_ODD][0] != '\0') say_text(b, SAY_PLAIN_ODD, l.text[PART_ODD]);
  if (s->data_len > 0) say_number(b, SAY_PLAIN_OCTETS, s->data_len);
  if (l.text[PART_DATA][0] == '"') say_text(b, SAY_PLAIN_DATA, l.text[PART_DATA]);
  put_time(b, t, r);
  say(b, SAY_PLAIN_STOP);
  if (fates[r->fate] != SAY_COUNT) say(b, fates[r->fate]);
}

static void put_state(const struct record *r, const struct view_options *o, struct buf *b)
{
  say_of(b, o, r->end, SAY_PLAIN_GOES, tcp_state_name(r->from), tcp_state_name(r->to));
  if (r->confirmed == TRUTH_CONFIRMED) say(b, SAY_PLAIN_CONFIRMED);
  if (r->confirmed == TRUTH_UNASKED && r->end == END_PEER) say(b, SAY_PLAIN_PREDICTED);
  if (r->confirmed == TRUTH_DENIED) say_text(b, SAY_PLAIN_DENIED, tcp_state_name(r->truth));
  say(b, SAY_PLAIN_STOP);
  if (o->explain == EXPLAIN_OFF || r->rule == NULL) return;
  buf_putc(b, ' ');
  put_sentence(b, words_title(r->rule));
}

static void put_call(const struct trace *t, const struct record *r, const struct view_options *o,
                     struct buf *b)
{
  struct buf words;
  heap_buf_init(&words);
  words_record(&words, r, o->relative);
  say_of(b, o, r->end, r->call.by_app ? SAY_PLAIN_CALLS_BY_PROGRAM : SAY_PLAIN_CALLS, words.data, NULL);
  heap_buf_free(&words);
  if (label_failed(r)) say(b, SAY_PLAIN_FAILED);
  if (r->call.outcome == PEER_PENDING) say(b, SAY_PLAIN_PENDING);
  put_time(b, t, r);
  say(b, SAY_PLAIN_STOP);
}

static void put_timer(const struct trace *t, const struct record *r, const struct view_options *o,
                      struct buf *b)
{
  char mem[80];
  struct buf timer;
  buf_init(&timer, mem, sizeof mem);
  paint_timer(&timer, r->timer);
  label_connection(&timer, t, r);
  say_of(b, o, r->end, SAY_PLAIN_EXPIRES, mem, NULL);
  put_time(b, t, r);
  say(b, SAY_PLAIN_STOP);
  if (o->explain == EXPLAIN_OFF || r->rule == NULL) return;
  buf_putc(b, ' ');
  put_sentence(b, words_title(r->rule));
}

static void put_truth(const struct record *r, const struct view_options *o, struct buf *b)
{
  if (r->confirmed == TRUTH_DENIED)
    say_of(b, o, r->end, SAY_PLAIN_TRUTH, tcp_state_name(r->truth), tcp_state_name(r->after[r->end]->state));
}

static void put_expect(const struct record *r, const struct view_options *o, struct buf *b)
{
  struct buf words;
  heap_buf_init(&words);
  words_record(&words, r, o->relative);
  say_text(b, r->ok ? SAY_PLAIN_AS_EXPECTED : SAY_PLAIN_EXPECTED, words.data);
  buf_reset(&words);
  words_found(&words, r, o->relative);
  if (words.len > 0) say_text(b, SAY_PLAIN_FOUND, words.data);
  heap_buf_free(&words);
  say(b, SAY_PLAIN_STOP);
}

static void put_note(const struct record *r, const struct view_options *o, struct buf *b)
{
  struct buf words;
  heap_buf_init(&words);
  words_record(&words, r, o->relative);
  if (r->note == NOTE_WRONG) say(b, SAY_PLAIN_WRONG);
  if (r->note == NOTE_EXPLAINED || r->note == NOTE_UNKNOWN) say(b, SAY_PLAIN_DIFFERENCE);
  if (r->note == NOTE_SIGNAL)
    say_of(b, o, r->end, SAY_PLAIN_TOLD, words.data, NULL);
  else
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
    words_say(&sentence, SAY_PLAIN_WHY,
              &(struct words_args){.text = words_why(r->rule), .more = r->rule->cite});
  view_wrap(sentence.data, 0, o, b);
  heap_buf_free(&sentence);
}
