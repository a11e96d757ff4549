/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any octets, read as a session: its pictures are well-formed, hold nothing but harmless characters, and stay
   on their paper; the views of letters live through it as well. */
#include "tests/fuzz/fuzz_check.h"

#include "engine/base/utf8.h"
#include "engine/trace/heap_buf.h"
#include "engine/view/picture.h"

#include <stdlib.h>
#include <string.h>

/* -- a session of octets -- */

struct input {
  const uint8_t *data;
  size_t size;
};

static unsigned take(struct input *in)
{
  if (in->size == 0) return 0;
  in->size--;
  return *in->data++;
}

static uint32_t take4(struct input *in)
{
  uint32_t n = 0;
  for (int i = 0; i < 4; i++) n = n << 8 | take(in);
  return n;
}

/* Some octets as a string; NULs end it. */
static const char *take_text(struct input *in, char *mem, size_t cap)
{
  size_t len = take(in);
  if (len > in->size) len = in->size;
  if (len >= cap) len = cap - 1;
  memcpy(mem, in->data, len);
  mem[len] = '\0';
  in->data += len;
  in->size -= len;
  return mem;
}

static const struct tcp_rule *take_rule(struct input *in)
{
  size_t count;
  const struct tcp_rule *all = tcp_rules(&count);
  const size_t n = take(in) << 1 | (take(in) & 1);
  return n < count ? &all[n] : NULL;
}

/* Every field as it comes; options and payload are what follows. */
static void take_segment(struct input *in, struct record *r)
{
  struct segment *s = &r->segment;
  s->seq = take4(in);
  s->ack = take4(in);
  s->flags = (uint8_t)take(in);
  s->win = (uint16_t)(take(in) << 8 | take(in));
  s->doff = take(in) & 15;
  s->rsv = take(in) & 15;
  s->urg = (uint16_t)take(in);
  s->sport = (uint16_t)(take(in) << 8 | take(in));
  s->dport = (uint16_t)(take(in) << 8 | take(in));
  s->options_len = (uint8_t)(take(in) % (sizeof s->options + 1));
  for (size_t i = 0; i < s->options_len; i++) s->options[i] = (uint8_t)take(in);
  s->data_len = take(in);
  if (s->data_len > in->size) s->data_len = in->size;
  s->data = in->data;
  in->data += s->data_len;
  in->size -= s->data_len;
  r->fate = take(in) % FATE_COUNT;
  r->intent = take(in) % (INTENT_PROBE + 1u);
  r->predicted = take(in) % (PREDICTION_MISSED + 1u);
}

static struct octets take_octets(struct input *in)
{
  struct octets o = {.len = take(in)};
  if (o.len > in->size) o.len = in->size;
  o.at = in->data;
  in->data += o.len;
  in->size -= o.len;
  return o;
}

static void take_call(struct input *in, struct record_call *c)
{
  const unsigned what = take(in);
  *c = (struct record_call){.verb = take(in) % PEER_VERB_COUNT,
                            .outcome = take(in) % (PEER_FAILED + 1u),
                            .error = take(in) % CALL_ERROR_COUNT,
                            .by_app = what & 1,
                            .returns = what >> 1 & 1,
                            .unread = what >> 2 & 1,
                            .stale = what >> 3 & 1,
                            .count = take(in)};
  if (c->verb != PEER_READ) return;
  c->data = take_octets(in);
  c->count = c->data.len;
}

static struct answer take_answer(struct input *in)
{
  return (struct answer){.kind = take(in) % ANSWER_KIND_COUNT,
                         .from = take(in) % STATE_COUNT,
                         .to = take(in) % STATE_COUNT,
                         .flags = (uint8_t)take(in),
                         .seq_known = take(in) & 1,
                         .ack_known = take(in) & 1,
                         .seq = take4(in),
                         .ack = take4(in)};
}

/* Any message for any record; segments it is about are the trace's. */
static void take_message(struct input *in, const struct trace *t, struct record *r)
{
  const uint32_t about = FACT_BIT(FACT_SEGMENT) | FACT_BIT(FACT_LATER);
  const struct record *segment = trace_segment(t, 1 + take(in));
  r->message = take(in) % MESSAGE_COUNT;
  if (segment == NULL && (message_facts(r->message) & about) != 0) r->message = MESSAGE_FOUND_END_OF_FILE;
  r->ok = take(in) & 1;
  r->facts = (struct facts){.error = take(in) % CALL_ERROR_COUNT,
                            .octets = take(in),
                            .flags = (uint8_t)take(in),
                            .signal = take(in) % SIGNAL_COUNT,
                            .state = take(in) % STATE_COUNT,
                            .system = (uint32_t)take(in) << 16,
                            .answer = take_answer(in),
                            .by_rfc = take_answer(in),
                            .segment = segment,
                            .later = segment};
  r->facts.data = take_octets(in);
  r->facts.pattern = take_octets(in);
  if (r->kind == RECORD_EXPECT) r->written = take_octets(in);
}

static void take_record(struct input *in, struct trace *t, struct record *r, struct tcb both[])
{
  const unsigned what = take(in);
  *r = (struct record){.step = r->step + (what >> 7), .connection = r->connection, .t = r->t};
  r->kind = (what & 7) % RECORD_KIND_COUNT;
  r->end = what >> 3 & 1;
  if ((what >> 4 & 3) == 3) r->t += (usec_t)take(in) << (take(in) & 31);
  if ((what >> 6 & 1) != 0) r->connection = 1 + take(in) % trace_connections(t);
  record_tcbs(r, both);
  r->confirmed = take(in) % (TRUTH_DENIED + 1u);
  r->truth = take(in) % STATE_COUNT;
  r->rule = take_rule(in);
  r->timer = take(in) % TIMER_COUNT;
  if (r->kind == RECORD_CALL) take_call(in, &r->call);
  if (r->kind == RECORD_SEGMENT) take_segment(in, r);
  if (r->kind == RECORD_STATE) {
    r->from = both[r->end].state;
    r->to = both[r->end].state = take(in) % STATE_COUNT;
  }
  if (r->kind == RECORD_NOTE || r->kind == RECORD_EXPECT) take_message(in, t, r);
  struct record *added = trace_add(t, r);
  struct tcp_verdict v = {.from = both[0].state, .to = both[1].state, .fired_count = r->rule != NULL};
  v.fired[0] = r->rule;
  if (added != NULL && r->kind == RECORD_SEGMENT) trace_verdict(t, added, r->end, &v);
}

static struct trace *session(struct input *in)
{
  struct trace *t = trace_new();
  struct pair pair = {.you_port = 1037, .peer_port = 9};
  struct tcb both[END_COUNT] = {{.iss_known = true, .iss = 7}, {.state = STATE_LISTEN}};
  struct record r = {.step = 1, .connection = 1};
  if (t == NULL) return NULL;
  addr_parse("10.9.0.1", 8, &pair.you, NULL);
  addr_parse("10.9.0.2", 8, &pair.peer, NULL);
  for (unsigned n = 0; n < 3; n++) {
    if (trace_connect(t, &pair) == 0) return t;
    pair.you_port++;
  }
  for (unsigned n = 0; n < 200 && in->size > 0; n++) take_record(in, t, &r, both);
  return t;
}

/* -- what a picture must be -- */

#define DEPTH 32

static size_t name_len(const char *at) { return strcspn(at, " \t\n/>"); }

/* Names in quotes, one after the other, up to the tag's end. */
static const char *skip_attributes(const char *at)
{
  for (;;) {
    at += strspn(at, " \n");
    if (*at == '>' || (at[0] == '/' && at[1] == '>')) return at;
    at += strcspn(at, "=\"'<> \n");
    check(at[0] == '=' && at[1] == '"');
    at += 2;
    at += strcspn(at, "\"<");
    check(*at == '"');
    at++;
  }
}

static void is_well_formed(const char *at)
{
  const char *open[DEPTH];
  size_t depth = 0;
  bool any = false;
  for (; *at != '\0'; at++) {
    if (*at == '&') {
      at += 1 + strcspn(at + 1, ";<& ");
      check(*at == ';');
    }
    if (*at != '<') continue;
    at++;
    if (*at == '?' || *at == '!') {
      at += strcspn(at, ">");
    } else if (*at == '/') {
      check(depth > 0);
      const char *name = open[--depth];
      check(name_len(name) == name_len(at + 1) && memcmp(name, at + 1, name_len(name)) == 0);
      at += strcspn(at, ">");
    } else {
      check(depth < DEPTH && (depth > 0 || !any));
      any = true;
      open[depth++] = at;
      at = skip_attributes(at + name_len(at));
      if (*at == '/') {
        depth--;
        at++;
      }
    }
    check(*at == '>');
  }
  check(depth == 0);
}

static void is_harmless(const struct buf *b)
{
  for (size_t i = 0; i < b->len;) {
    uint32_t rune = 0;
    const size_t n = utf8_next(b->data + i, b->len - i, &rune);
    check(n > 0 && (rune == '\n' || utf8_harmless(rune)));
    i += n;
  }
}

/* Coordinates are numbers of the paper; nothing has run over. */
static void is_on_paper(const char *at)
{
  const char *size = strstr(at, " height=\"");
  check(size != NULL);
  const long height = strtol(size + 9, NULL, 10);
  while ((at = strstr(at, " y=\"")) != NULL) {
    const long y = strtol(at + 4, NULL, 10);
    check(y >= 0 && y <= height);
    at += 4;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const enum picture_format formats[] = {PICTURE_SVG, PICTURE_HTML};
  struct input in = {data, size};
  char names[END_COUNT][13];
  struct view_options o = view_default;
  for (enum end e = END_YOU; e < END_COUNT; e++) o.name[e] = take_text(&in, names[e], sizeof names[e]);
  o.relative = take(&in) & 1;
  struct trace *t = session(&in);
  if (t == NULL) return 0;
  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
    struct picture p = {
        .format = formats[i], .application = "tcptutor", .wire = names[0], .system = names[1]};
    struct buf body, file;
    heap_buf_init(&body);
    heap_buf_init(&file);
    picture_session(&p, t, &o, &body);
    picture_session(&p, t, &o, &body);
    picture_file(&p, &body, &file);
    if (!file.truncated) {
      is_harmless(&file);
      is_well_formed(file.data);
      if (p.format == PICTURE_SVG) is_on_paper(file.data);
    }
    buf_reset(&file);
    for (size_t k = 0; k < trace_count(t); k++) view_record(t, k, &o, &file);
    view_ladder(t, 1, &o, &file);
    heap_buf_free(&body);
    heap_buf_free(&file);
  }
  trace_free(t);
  return 0;
}
