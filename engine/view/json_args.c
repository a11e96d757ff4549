/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/json_args.h"

#include "engine/segment/text.h"
#include "engine/trace/heap_buf.h"

static void put(json_t *object, const char *key, json_t *value) { json_object_set_new(object, key, value); }

/* -- values -- */

json_t *json_flags(uint8_t set)
{
  json_t *list = json_array();
  char name[16];
  struct buf b;
  for (unsigned bit = 1; bit <= CWR; bit <<= 1) {
    if ((set & bit) == 0) continue;
    buf_init(&b, name, sizeof name);
    segment_print_flags(&b, (uint8_t)bit);
    json_array_append_new(list, json_string(name));
  }
  return list;
}

json_t *json_addr(const struct addr *a)
{
  char text[48];
  struct buf b;
  buf_init(&b, text, sizeof text);
  addr_print(&b, a);
  return json_string(text);
}

/* Octets as they are typed in a segment, so that they read back; what was typed as it stood there. */
static json_t *octets(const struct octets *o, bool quoted)
{
  struct buf b;
  heap_buf_init(&b);
  buf_put_visible(&b, (const char *)o->at, o->len, quoted);
  json_t *value = b.truncated ? NULL : json_stringn(b.data, b.len);
  heap_buf_free(&b);
  return value;
}

static json_t *state(enum tcp_state s) { return json_string(tcp_state_name(s)); }

static json_t *name_or_null(const char *name) { return name != NULL ? json_string(name) : json_null(); }

static json_t *number_or_null(bool known, uint32_t n) { return known ? json_integer(n) : json_null(); }

static json_t *signal_name(enum tcp_signal signal)
{
  static const char *const names[] = {
#define X(id, text) [SIGNAL_##id] = #id,
      TCP_SIGNALS(X)
#undef X
  };
  return json_string(names[signal]);
}

static json_t *error(enum call_error e)
{
  return e == ERROR_OTHER ? json_string("unknown") : name_or_null(call_error_name(e));
}

/* "6.18"; null is tcptutor's own machine. */
static json_t *kernel(uint32_t version)
{
  char text[16];
  struct buf b;
  buf_init(&b, text, sizeof text);
  buf_printf(&b, "%u.%u", tcp_kernel_major(version), tcp_kernel_minor(version));
  return version != 0 ? json_string(text) : json_null();
}

static json_t *answer(const struct answer *a)
{
  const bool sends = a->kind == ANSWER_SEGMENT;
  json_t *object = json_object();
  put(object, "kind", json_string(answer_kind_name(a->kind)));
  put(object, "from", state(a->from));
  put(object, "to", state(a->to));
  put(object, "flags", sends ? json_flags(a->flags) : json_null());
  put(object, "seq", number_or_null(sends && a->seq_known, a->seq));
  put(object, "ack", number_or_null(sends && a->ack_known, a->ack));
  return object;
}

/* -- calls and settings -- */

static json_t *outcome(enum peer_outcome o)
{
  static const char *const names[] = {
      [PEER_DONE] = "done", [PEER_PENDING] = "pending", [PEER_FAILED] = "failed"};
  return json_string(names[o]);
}

static void put_status(json_t *args, const struct record_call *c)
{
  const struct peer_truth *s = &c->status;
  put(args, "state", state(s->state));
  put(args, "listening", json_boolean(s->listening));
  put(args, "held", json_boolean(c->held || s->owned));
  put(args, "received", json_integer(s->recv_queue));
  put(args, "sent", json_integer(s->send_queue));
  put(args, "timer", name_or_null(peer_timer_name(s->timer)));
  put(args, "left", json_real((double)s->timer_left / (double)USEC_S));
  put(args, "retransmits", json_integer(s->retransmits));
}

static json_t *call_args(const struct record_call *c)
{
  json_t *args = json_object();
  const bool done = c->outcome == PEER_DONE;
  put(args, "outcome", outcome(c->outcome));
  put(args, "error", error(c->error));
  put(args, "returns", json_boolean(c->returns));
  put(args, "by_app", json_boolean(c->by_app));
  if (c->verb == PEER_SEND || (c->verb == PEER_READ && done))
    put(args, "octets", json_integer((json_int_t)c->count));
  if (c->data.len > 0 || (c->verb == PEER_READ && done)) put(args, "data", octets(&c->data, true));
  if (c->verb == PEER_CLOSE && done) put(args, "unread", json_boolean(c->unread));
  if ((c->verb == PEER_CLOSE || c->verb == PEER_ABORT) && done) put(args, "stale", json_boolean(c->stale));
  if (c->verb == PEER_STATUS && done) put_status(args, c);
  return args;
}

static json_t *setting_args(const struct record *r)
{
  json_t *args = json_object();
  const bool peers = r->end == END_PEER;
  if (peers && r->set.verb == PEER_SET) put(args, "name", octets(&r->set.name, false));
  if (peers && r->set.verb == PEER_ISN)
    put(args, "number", json_integer(r->set.number));
  else
    put(args, "value", octets(&r->set.value, false));
  return args;
}

/* -- messages -- */

static json_t *fact(const struct facts *f, enum fact_id id)
{
  switch (id) {
  case FACT_VERB:
    return json_string(peer_verb_name(f->verb));
  case FACT_ERROR:
    return error(f->error);
  case FACT_OCTETS:
    return json_integer((json_int_t)f->octets);
  case FACT_WANTED:
    return json_integer((json_int_t)f->wanted);
  case FACT_DATA:
    return octets(&f->data, true);
  case FACT_FLAGS:
    return json_flags(f->flags);
  case FACT_SIGNAL:
    return signal_name(f->signal);
  case FACT_CONNECTION:
    return json_integer(f->connection);
  case FACT_ADDRESS:
    return json_addr(&f->address);
  case FACT_PORT:
    return json_integer(f->port);
  case FACT_STATE:
    return state(f->state);
  case FACT_PREDICTED:
    return state(f->predicted);
  case FACT_SYSTEM:
    return kernel(f->system);
  case FACT_TAKEN:
    return json_integer(f->taken);
  case FACT_SHIFT:
    return json_integer(f->shift);
  case FACT_ANSWER:
    return answer(&f->answer);
  case FACT_BY_RFC:
    return answer(&f->by_rfc);
  case FACT_SEGMENT:
    return json_integer(f->segment->segment_number);
  case FACT_LATER:
    return json_integer(f->later->segment_number);
  case FACT_PATTERN:
    return octets(&f->pattern, false);
  case FACT_COUNT:
    break;
  }
  return json_null();
}

static json_t *message_args(const struct record *r)
{
  json_t *args = json_object();
  for (enum fact_id id = 0; id < FACT_COUNT; id++)
    if ((message_facts(r->message) & FACT_BIT(id)) != 0) put(args, fact_name(id), fact(&r->facts, id));
  return args;
}

json_t *json_code(const struct record *r)
{
  switch (r->kind) {
  case RECORD_CALL:
    return json_string(peer_verb_name(r->call.verb));
  case RECORD_SETTING:
    return r->end == END_PEER ? json_string(peer_verb_name(r->set.verb)) : octets(&r->set.name, false);
  case RECORD_EXPECT:
  case RECORD_NOTE:
    return name_or_null(message_name(r->message));
  default:
    return json_null();
  }
}

json_t *json_args(const struct record *r)
{
  switch (r->kind) {
  case RECORD_CALL:
    return call_args(&r->call);
  case RECORD_SETTING:
    return setting_args(r);
  case RECORD_EXPECT:
  case RECORD_NOTE:
    return message_args(r);
  default:
    return json_null();
  }
}
