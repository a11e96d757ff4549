/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/words/sentence.h"

#include "engine/base/buf.h"
#include "engine/segment/text.h"
#include "engine/tcp/measured.h"
#include "engine/words/difference.h"
#include "engine/words/number.h"

#include <string.h>

static const char *const english[SAY_COUNT] = {
#define SAY(id, text) [SAY_##id] = text,
#include "engine/words/english.def"
#undef SAY
};

/* Which of the forms of a word N asks for, counted from 0: English has two. */
static unsigned english_form(size_t n) { return n == 1 ? 0 : 1; }

/* -- arguments -- */

#define DATA_SHOWN_MAX 300u /* octets: more than that nobody reads in a sentence */

static void put_verb(const struct telling *t) { buf_puts(t->out, peer_verb_name(t->facts->verb)); }

static void put_error(const struct telling *t)
{
  const char *name = call_error_name(t->facts->error);
  if (name != NULL)
    buf_puts(t->out, name);
  else
    sentence_put(t, SAY_ERROR_OTHER);
}

static void put_octets(const struct telling *t) { buf_printf(t->out, "%zu", t->facts->octets); }
static unsigned form_of_octets(const struct telling *t) { return english_form(t->facts->octets); }
static void put_wanted(const struct telling *t) { buf_printf(t->out, "%zu", t->facts->wanted); }

static void put_data(const struct telling *t)
{
  const struct octets *d = &t->facts->data;
  buf_put_visible(t->out, (const char *)d->at, d->len < DATA_SHOWN_MAX ? d->len : DATA_SHOWN_MAX, true);
  if (d->len > DATA_SHOWN_MAX) buf_puts(t->out, "...");
}

static void put_result(const struct telling *t) { sentence_put(t, t->result); }

static void put_is_in(const struct telling *t) { buf_puts(t->out, tcp_state_name(t->call->status.state)); }
static void put_received(const struct telling *t) { buf_printf(t->out, "%u", t->call->status.recv_queue); }
static void put_sent(const struct telling *t) { buf_printf(t->out, "%u", t->call->status.send_queue); }
static void put_timer(const struct telling *t) { buf_puts(t->out, peer_timer_name(t->call->status.timer)); }
static void put_left(const struct telling *t) { usec_print(t->out, t->call->status.timer_left); }
static void put_retransmits(const struct telling *t)
{
  buf_printf(t->out, "%u", t->call->status.retransmits);
}

static void put_status(const struct telling *t)
{
  const struct peer_truth *s = &t->call->status;
  sentence_put(t, s->listening               ? SAY_STATUS_LISTENS
                  : s->state == STATE_CLOSED ? SAY_STATUS_NOTHING
                  : t->call->held            ? SAY_STATUS_HELD
                  : s->owned                 ? SAY_STATUS_OWNED
                                             : SAY_STATUS_ORPHAN);
  if (s->timer != PEER_TIMER_NONE) sentence_put(t, SAY_STATUS_TIMER);
  if (s->retransmits > 0) sentence_put(t, SAY_STATUS_RETRANSMITS);
}

static void put_signal(const struct telling *t) { buf_puts(t->out, tcp_signal_text(t->facts->signal)); }
static void put_flags(const struct telling *t) { segment_print_flags(t->out, t->facts->flags); }

/* "an ACK", "a SYN,ACK" */
static void put_an_flags(const struct telling *t)
{
  char flags[48];
  struct buf b;
  buf_init(&b, flags, sizeof flags);
  segment_print_flags(&b, t->facts->flags);
  buf_printf(t->out, "%s %s", flags[0] == 'A' ? "an" : "a", flags);
}

static void put_connection(const struct telling *t) { buf_printf(t->out, "%u", t->facts->connection); }
static void put_address(const struct telling *t) { addr_print(t->out, &t->facts->address); }
static void put_port(const struct telling *t) { buf_printf(t->out, "%u", t->facts->port); }
static void put_state(const struct telling *t) { buf_puts(t->out, tcp_state_name(t->facts->state)); }
static void put_predicted(const struct telling *t) { buf_puts(t->out, tcp_state_name(t->facts->predicted)); }

static void put_kernel(const struct telling *t)
{
  buf_printf(t->out, "%u.%u", tcp_kernel_major(t->facts->system), tcp_kernel_minor(t->facts->system));
}

static void put_system(const struct telling *t)
{
  sentence_put(t, t->facts->system != 0 ? SAY_LINUX : SAY_OWN_MACHINE);
}

static void put_finisher(const struct telling *t)
{
  sentence_put(t, t->facts->system != 0 ? SAY_FINISHER_KERNEL : SAY_FINISHER_MODEL);
}

/* Kernels whose rows were measured. */
static void put_nearest(const struct telling *t) { tcp_measured_put_nearest(t->out, t->facts->system); }
static void put_taken(const struct telling *t) { buf_printf(t->out, "%u", t->facts->taken); }
static void put_shift(const struct telling *t) { buf_printf(t->out, "%u", t->facts->shift); }

static void put_title(const struct telling *t)
{
  if (t->rule != NULL)
    buf_puts(t->out, words_title(t->rule));
  else
    sentence_put(t, SAY_NO_RULE);
}

static void put_from(const struct telling *t) { buf_puts(t->out, tcp_state_name(t->answer->from)); }
static void put_to(const struct telling *t) { buf_puts(t->out, tcp_state_name(t->answer->to)); }
static void put_reply_flags(const struct telling *t) { segment_print_flags(t->out, t->answer->flags); }

static void put_number(const struct telling *t, seq_t value)
{
  if (t->record != NULL)
    number_put_near(t->out, t->record, value, t->relative);
  else
    buf_printf(t->out, "%u", value);
}

static void put_reply(const struct telling *t)
{
  put_reply_flags(t);
  if (t->answer->seq_known) {
    buf_puts(t->out, " seq=");
    put_number(t, t->answer->seq);
  }
  if (t->answer->ack_known) {
    buf_puts(t->out, " ack=");
    put_number(t, t->answer->ack);
  }
}

static void put_answer(const struct telling *t)
{
  struct telling of = *t;
  const struct answer *a = of.answer = &t->facts->answer;
  switch (a->kind) {
  case ANSWER_TAKEN:
    sentence_put(&of, SAY_ANSWER_TAKEN);
    break;
  case ANSWER_COUNTED:
    sentence_put(&of, SAY_ANSWER_COUNTED);
    break;
  case ANSWER_DROPPED:
    sentence_put(&of, SAY_ANSWER_DROPPED);
    break;
  case ANSWER_SILENCE:
    sentence_put(&of, SAY_ANSWER_SILENCE);
    break;
  default:
    sentence_put(&of, a->from == a->to ? SAY_ANSWER_SEGMENT : SAY_ANSWER_SEGMENT_MOVES);
    break;
  }
}

static void put_brief(const struct telling *t, const struct answer *a)
{
  struct telling of = *t;
  of.answer = a;
  if (a->kind == ANSWER_SEGMENT)
    sentence_put(&of, a->from == a->to ? SAY_BRIEFLY_SEGMENT : SAY_BRIEFLY_SEGMENT_MOVES);
  else
    sentence_put(&of, a->from == a->to ? SAY_BRIEFLY_SILENCE : SAY_BRIEFLY_SILENCE_MOVES);
}

static void put_briefly(const struct telling *t) { put_brief(t, &t->facts->answer); }
static void put_by_rfc(const struct telling *t) { put_brief(t, &t->facts->by_rfc); }

static void put_segment(const struct telling *t)
{
  buf_printf(t->out, "%u", t->facts->segment->segment_number);
}

static void put_later(const struct telling *t) { buf_printf(t->out, "%u", t->facts->later->segment_number); }

static void put_segment_flags(const struct telling *t)
{
  segment_print_flags(t->out, t->facts->segment->segment.flags);
}

/* What a reader needs to see of it, as segment_print_short() has it, but with numbers as they are shown. */
static void put_segment_short(const struct telling *t)
{
  const struct segment *s = &t->facts->segment->segment;
  const uint32_t said = SEG_BIT(SEG_FLAGS) | SEG_BIT(SEG_SEQ) | SEG_BIT(SEG_ACKNO);
  char mem[1024];
  struct buf rest;
  put_segment_flags(t);
  buf_puts(t->out, " seq=");
  put_number(t, s->seq);
  if ((s->flags & ACK) != 0 || s->ack != 0) {
    buf_puts(t->out, " ack=");
    put_number(t, s->ack);
  }
  buf_init(&rest, mem, sizeof mem);
  segment_print_short(&rest, s, said | SEG_BIT(SEG_WIN) | SEG_BIT(SEG_OPTIONS));
  if (rest.len > 0) buf_printf(t->out, " %s", rest.data);
}

static void put_difference(const struct telling *t)
{
  difference_put_typed(t->out, &t->facts->pattern, t->facts->segment);
}

static void put_field(const struct telling *t) { buf_puts(t->out, t->field); }
static void put_found(const struct telling *t) { buf_puts(t->out, t->found); }
static void put_expected(const struct telling *t) { buf_puts(t->out, t->expected); }
static void put_distance(const struct telling *t) { buf_printf(t->out, "%u", t->distance); }

/* -- and those of views -- */

static void put_who(const struct telling *t) { buf_puts(t->out, t->args->who); }
static void put_whom(const struct telling *t) { buf_puts(t->out, t->args->whom); }

/* As a sentence begins. */
static void put_capital_who(const struct telling *t)
{
  const char *who = t->args->who;
  if (who[0] == '\0') return;
  buf_putc(t->out, who[0] >= 'a' && who[0] <= 'z' ? (char)(who[0] - 'a' + 'A') : who[0]);
  buf_puts(t->out, who + 1);
}

static void put_nothing(const struct telling *t) { (void)t; }
static unsigned form_of_you(const struct telling *t) { return t->args->you ? 0 : 1; }
static void put_text(const struct telling *t) { buf_puts(t->out, t->args->text); }
static void put_more(const struct telling *t) { buf_puts(t->out, t->args->more); }
static void put_count(const struct telling *t) { buf_printf(t->out, "%zu", t->args->number); }
static unsigned form_of_count(const struct telling *t) { return english_form(t->args->number); }

struct piece {
  const char *name; /* in braces */
  void (*put)(const struct telling *);
  uint32_t facts; /* which it tells */
  unsigned (*form)(
      const struct telling *); /* which of the forms behind it is to be taken; NULL: it has none */
};

static const struct piece pieces[] = {
    {"verb", put_verb, TELLS(VERB), NULL},
    {"error", put_error, TELLS(ERROR), NULL},
    {"octets", put_octets, TELLS(OCTETS), form_of_octets},
    {"wanted", put_wanted, TELLS(WANTED), NULL},
    {"data", put_data, TELLS(DATA), NULL},
    {"result", put_result, 0, NULL},
    {"status", put_status, 0, NULL},
    {"is in", put_is_in, 0, NULL},
    {"received", put_received, 0, NULL},
    {"sent", put_sent, 0, NULL},
    {"timer", put_timer, 0, NULL},
    {"left", put_left, 0, NULL},
    {"retransmits", put_retransmits, 0, NULL},
    {"signal", put_signal, TELLS(SIGNAL), NULL},
    {"flags", put_flags, TELLS(FLAGS), NULL},
    {"an flags", put_an_flags, TELLS(FLAGS), NULL},
    {"connection", put_connection, TELLS(CONNECTION), NULL},
    {"address", put_address, TELLS(ADDRESS), NULL},
    {"port", put_port, TELLS(PORT), NULL},
    {"finisher", put_finisher, TELLS(SYSTEM), NULL},
    {"state", put_state, TELLS(STATE), NULL},
    {"predicted", put_predicted, TELLS(PREDICTED), NULL},
    {"system", put_system, TELLS(SYSTEM), NULL},
    {"nearest", put_nearest, TELLS(SYSTEM), NULL},
    {"kernel", put_kernel, TELLS(SYSTEM), NULL},
    {"taken", put_taken, TELLS(TAKEN), NULL},
    {"shift", put_shift, TELLS(SHIFT), NULL},
    {"title", put_title, 0, NULL},
    {"answer", put_answer, TELLS(ANSWER), NULL},
    {"briefly", put_briefly, TELLS(ANSWER), NULL},
    {"by_rfc", put_by_rfc, TELLS(BY_RFC), NULL},
    {"from", put_from, 0, NULL},
    {"to", put_to, 0, NULL},
    {"reply", put_reply, 0, NULL},
    {"reply flags", put_reply_flags, 0, NULL},
    {"segment", put_segment, TELLS(SEGMENT), NULL},
    {"segment flags", put_segment_flags, TELLS(SEGMENT), NULL},
    {"segment short", put_segment_short, TELLS(SEGMENT), NULL},
    {"later", put_later, TELLS(LATER), NULL},
    {"difference", put_difference, TELLS(SEGMENT) | TELLS(PATTERN), NULL},
    {"field", put_field, 0, NULL},
    {"found", put_found, 0, NULL},
    {"expected", put_expected, 0, NULL},
    {"distance", put_distance, 0, NULL},
    {"who", put_who, 0, NULL},
    {"Who", put_capital_who, 0, NULL},
    {"whom", put_whom, 0, NULL},
    {"you", put_nothing, 0, form_of_you},
    {"text", put_text, 0, NULL},
    {"more", put_more, 0, NULL},
    {"number", put_count, 0, form_of_count},
};

static const struct piece *piece_find(const char *name, size_t len)
{
  for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
    if (strlen(pieces[i].name) == len && memcmp(pieces[i].name, name, len) == 0) return &pieces[i];
  return NULL;
}

bool sentence_knows(const char *name, size_t len, uint32_t *facts)
{
  const struct piece *piece = piece_find(name, len);
  if (piece != NULL) *facts = piece->facts;
  return piece != NULL;
}

/* -- sentences -- */

/* The form that is asked for of "# octet|# octets", with the number for #. */
static void put_form(const struct telling *t, const struct piece *piece, const char *forms, size_t len)
{
  const char *end = forms + len;
  for (unsigned n = piece->form != NULL ? piece->form(t) : 0; n > 0; n--) {
    const char *bar = memchr(forms, '|', (size_t)(end - forms));
    if (bar == NULL) break;
    forms = bar + 1;
  }
  for (; forms < end && *forms != '|'; forms++) {
    if (*forms == '#')
      piece->put(t);
    else
      buf_putc(t->out, *forms);
  }
}

static void put_argument(const struct telling *t, const char *inside, size_t len)
{
  const char *bar = memchr(inside, '|', len);
  const size_t name = bar != NULL ? (size_t)(bar - inside) : len;
  const struct piece *piece = piece_find(inside, name);
  if (piece == NULL) return;
  if (bar != NULL)
    put_form(t, piece, bar + 1, len - name - 1);
  else
    piece->put(t);
}

void sentence_put(const struct telling *t, enum saying saying)
{
  for (const char *at = english[saying]; *at != '\0';) {
    const size_t plain = strcspn(at, "{");
    buf_put(t->out, at, plain);
    at += plain;
    if (*at == '\0') return;
    const size_t inside = strcspn(at + 1, "}");
    put_argument(t, at + 1, inside);
    at += inside + 2;
  }
}

const char *sentence_text(enum saying saying) { return english[saying]; }
