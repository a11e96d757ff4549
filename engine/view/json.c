/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/json.h"

#include "engine/base/buf.h"
#include "engine/segment/option.h"
#include "engine/segment/text.h"
#include "engine/trace/heap_buf.h"
#include "engine/view/json_args.h"
#include "engine/words/words.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Memory running out anywhere makes json_dumps() fail in the end: a NULL json_t is refused by every *_new().
 */

static json_t *words(const struct record *r)
{
  struct buf b;
  heap_buf_init(&b);
  words_record(&b, r, false);
  json_t *value = json_stringn(b.data, b.len);
  heap_buf_free(&b);
  return value;
}

static json_t *found(const struct record *r)
{
  struct buf b;
  heap_buf_init(&b);
  words_found(&b, r, false);
  json_t *value = b.len > 0 ? json_stringn(b.data, b.len) : json_null();
  heap_buf_free(&b);
  return value;
}

static json_t *seconds(usec_t t) { return json_real((double)t / (double)USEC_S); }

/* One text an option, as it is typed: ["mss=1460","sackok"]; what breaks the list is its last text. */
static json_t *options(const struct segment *s)
{
  json_t *list = json_array();
  size_t at = 0, before = 0;
  struct option option;
  char name[256];
  struct buf b;
  while (option_next(s, &at, &option, NULL)) {
    struct segment alone = {.given = 0};
    option_put_octets(&alone, s->options + before, option.kind == OPTION_EOL ? 1 : at - before);
    buf_init(&b, name, sizeof name);
    segment_print(&b, &alone);
    json_array_append_new(list, json_string(name));
    before = at;
  }
  if (at < s->options_len) {
    struct segment rest = {.given = 0};
    option_put_octets(&rest, s->options + at, s->options_len - at);
    buf_init(&b, name, sizeof name);
    segment_print(&b, &rest);
    json_array_append_new(list, json_string(name));
  }
  return list;
}

static void append_rules(json_t *list, const struct record_verdict *v)
{
  for (unsigned i = 0; i < v->fired_count; i++) json_array_append_new(list, json_string(v->fired[i]->id));
}

static const char *end_name(enum end e) { return e == END_YOU ? "you" : "peer"; }

static json_t *prediction(enum prediction p)
{
  return p == PREDICTION_NONE ? json_null() : json_boolean(p == PREDICTION_MET);
}

static json_t *rule_name(const struct tcp_rule *rule)
{
  return rule != NULL ? json_string(rule->id) : json_null();
}
static json_t *rule_cite(const struct tcp_rule *rule)
{
  return rule != NULL ? json_string(rule->cite) : json_null();
}

static void put(json_t *object, const char *key, json_t *value) { json_object_set_new(object, key, value); }

static void put_segment(json_t *object, const struct record *r)
{
  const struct segment *s = &r->segment;
  json_t *rules = json_array();
  append_rules(rules, &r->sender);
  append_rules(rules, &r->receiver);
  put(object, "n", json_integer(r->segment_number));
  put(object, "dir", json_string(r->end == END_YOU ? "out" : "in"));
  put(object, "fate", json_string(segment_fate_name(r->fate)));
  put(object, "src", json_addr(&s->src));
  put(object, "sport", json_integer(s->sport));
  put(object, "dst", json_addr(&s->dst));
  put(object, "dport", json_integer(s->dport));
  put(object, "flags", json_flags(s->flags));
  put(object, "seq", json_integer(s->seq));
  put(object, "ack", json_integer(s->ack));
  put(object, "win", json_integer(s->win));
  put(object, "len", json_integer((json_int_t)s->data_len));
  put(object, "options", options(s));
  put(object, "rules", rules);
  put(object, "predicted", prediction(r->predicted));
}

static void put_state(json_t *object, const struct record *r)
{
  static const char *const confirmed[] = {
      [TRUTH_UNASKED] = "unasked", [TRUTH_CONFIRMED] = "confirmed", [TRUTH_DENIED] = "denied"};
  put(object, "end", json_string(end_name(r->end)));
  put(object, "from", json_string(tcp_state_name(r->from)));
  put(object, "to", json_string(tcp_state_name(r->to)));
  put(object, "rule", rule_name(r->rule));
  put(object, "cite", rule_cite(r->rule));
  put(object, "truth", json_string(confirmed[r->confirmed]));
}

static void put_truth(json_t *object, const struct record *r)
{
  put(object, "end", json_string(end_name(r->end)));
  put(object, "state", json_string(tcp_state_name(r->truth)));
  put(object, "ok", json_boolean(r->confirmed != TRUTH_DENIED));
}

/* A sentence, and the facts it is made of. */
static void put_words(json_t *object, const struct record *r)
{
  put(object, "text", words(r));
  put(object, "code", json_code(r));
  put(object, "args", json_args(r));
}

static void put_note(json_t *object, const struct record *r)
{
  put(object, "end", json_string(end_name(r->end)));
  put(object, "note", json_string(note_kind_name(r->note)));
  put_words(object, r);
  put(object, "rule", rule_name(r->rule));
  put(object, "cite", rule_cite(r->rule));
}

static void put_fields(json_t *object, const struct record *r)
{
  switch (r->kind) {
  case RECORD_SEGMENT:
    put_segment(object, r);
    break;
  case RECORD_STATE:
    put_state(object, r);
    break;
  case RECORD_CALL:
    put(object, "end", json_string(end_name(r->end)));
    put_words(object, r);
    put(object, "ok",
        r->call.outcome == PEER_PENDING ? json_null() : json_boolean(r->call.outcome == PEER_DONE));
    break;
  case RECORD_TIMER:
    put(object, "end", json_string(end_name(r->end)));
    put(object, "timer", json_string(tcp_timer_name(r->timer)));
    put(object, "rule", rule_name(r->rule));
    put(object, "cite", rule_cite(r->rule));
    break;
  case RECORD_TRUTH:
    put_truth(object, r);
    break;
  case RECORD_EXPECT:
    put(object, "ok", json_boolean(r->ok));
    put_words(object, r);
    put(object, "found", found(r));
    break;
  case RECORD_NOTE:
    put_note(object, r);
    break;
  default:
    put_words(object, r);
    break;
  }
}

/* Appends OBJECT as one line and lets go of it. */
static void put_line(json_t *object, struct buf *out)
{
  char *line = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(12));
  json_decref(object);
  if (line == NULL) {
    out->truncated = true;
    return;
  }
  buf_puts(out, line);
  buf_putc(out, '\n');
  free(line);
}

void json_record(const struct record *r, struct buf *out)
{
  json_t *object = json_object();
  put(object, "t", seconds(r->t));
  put(object, "event", json_string(record_kind_name(r->kind)));
  if (r->connection > 0) put(object, "connection", json_integer(r->connection));
  put_fields(object, r);
  put_line(object, out);
}

/* The profile a row is for; the counterfactual ones only for rows of their own. */
static const char *profile_name(const struct tcp_rule *rule)
{
  const unsigned profiles = tcp_rule_profiles(rule);
  const bool rfc = (profiles & PROFILE_RFC9293) != 0, kernel = (profiles & PROFILE_LINUX) != 0;
  if (rfc && kernel) return "both";
  if (rfc) return "rfc9293";
  const struct tcp_profile *p;
  for (size_t i = 0; !kernel && (p = tcp_profile_at(i)) != NULL; i++)
    if ((p->rows & profiles) != 0) return p->name;
  return "linux";
}

void json_rule(const struct tcp_rule *rule, struct buf *out)
{
  json_t *object = json_object(), *states = json_array();
  for (unsigned s = 0; s < STATE_COUNT; s++)
    if ((rule->states & STATE_BIT(s)) != 0)
      json_array_append_new(states, json_string(tcp_state_name((enum tcp_state)s)));
  put(object, "event", json_string("rule"));
  put(object, "id", json_string(rule->id));
  put(object, "procedure", json_string(tcp_procedure_name(rule->procedure)));
  put(object, "step", json_integer(rule->step));
  put(object, "states", states);
  put(object, "next",
      rule->next == NEXT_SAME ? json_null() : json_string(tcp_state_name((enum tcp_state)rule->next)));
  put(object, "profile", json_string(profile_name(rule)));
  json_t *amends = json_array();
  const char *const ids[] = {tcp_rule_amends(rule), rule->instead[1]};
  for (unsigned i = 0; i < 2; i++)
    if (ids[i] && *ids[i]) json_array_append_new(amends, json_string(ids[i]));
  put(object, "stands", rule->system == 0 ? json_null()
                        : json_string(rule->before ? "before" : rule->after ? "after" : "instead"));
  put(object, "amends", amends);
  put(object, "cite", json_string(rule->cite));
  put(object, "title", json_string(words_title(rule)));
  put(object, "why", json_string(words_why(rule)));
  put_line(object, out);
}
