/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/words/words.h"

#include "engine/base/buf.h"
#include "engine/tcp/measured.h"
#include "engine/words/sentence.h"

/* A message without a sentence of its own name does not compile. */
static const enum saying sayings[MESSAGE_COUNT] = {[MESSAGE_NONE] = SAY_COUNT,
#define X(id, ...) [MESSAGE_##id] = SAY_##id,
                                                   NOTES(X) FINDINGS(X)
#undef X
};

#define DATA_SHOWN_MAX 48u /* octets: what a longer read() gave is told by its length */

static enum saying result_of_read(const struct record_call *c)
{
  if (c->count == 0) return SAY_RESULT_END_OF_FILE;
  return c->count <= DATA_SHOWN_MAX ? SAY_RESULT_DATA : SAY_RESULT_OCTETS;
}

/* SAY_COUNT: there is nothing to say of it. */
static enum saying result_of(const struct record_call *c)
{
  if (c->outcome == PEER_FAILED) return SAY_RESULT_ERROR;
  if (c->outcome == PEER_PENDING) return SAY_RESULT_PENDING;
  if (c->verb == PEER_READ) return result_of_read(c);
  if (c->verb == PEER_SEND) return SAY_RESULT_OCTETS;
  if (c->verb == PEER_STATUS) return SAY_RESULT_STATUS;
  if (c->stale) return SAY_RESULT_STALE;
  return c->verb == PEER_CLOSE && c->unread ? SAY_RESULT_UNREAD : SAY_COUNT;
}

static void put_call(struct buf *b, const struct record *r)
{
  const struct record_call *c = &r->call;
  const struct facts facts = {.verb = c->verb, .error = c->error, .octets = c->count, .data = c->data};
  const struct telling t = {.out = b, .facts = &facts, .call = c, .result = result_of(c)};
  const bool told = t.result != SAY_COUNT;
  sentence_put(&t, c->returns ? told ? SAY_RETURNS_WITH : SAY_RETURNS : told ? SAY_CALLED_WITH : SAY_CALLED);
}

static void put_set(struct buf *b, const struct record *r)
{
  const struct record_setting *s = &r->set;
  if (r->end == END_PEER) {
    buf_puts(b, peer_verb_name(s->verb));
    return;
  }
  buf_put_visible(b, (const char *)s->name.at, s->name.len, false);
  buf_putc(b, ' ');
  buf_put_visible(b, (const char *)s->value.at, s->value.len, false);
}

/* Under a kernel whose rows were not measured it is the kernel that differs, as far as one knows. */
static enum saying saying_of(enum message m, const struct facts *f)
{
  const bool there = f->system != 0 && !tcp_measured_kernel(f->system);
  if (there && m == MESSAGE_UNFORESEEN) return SAY_UNFORESEEN_THERE;
  if (there && m == MESSAGE_MISSING) return SAY_MISSING_THERE;
  if (there && m == MESSAGE_DENIED) return SAY_DENIED_THERE;
  return sayings[m];
}

static void put_message(struct buf *b, const struct record *r, bool relative)
{
  const struct telling t = {.out = b, .facts = &r->facts, .record = r, .rule = r->rule, .relative = relative};
  if (r->message != MESSAGE_NONE) sentence_put(&t, saying_of(r->message, &r->facts));
}

const char *words_title(const struct tcp_rule *rule) { return rule->title; }
const char *words_why(const struct tcp_rule *rule) { return rule->why; }

void words_say(struct buf *b, enum saying saying, const struct words_args *args)
{
  const struct telling t = {.out = b, .args = args};
  sentence_put(&t, saying);
}

void words_record(struct buf *b, const struct record *r, bool relative)
{
  switch (r->kind) {
  case RECORD_CALL:
    put_call(b, r);
    break;
  case RECORD_SETTING:
    put_set(b, r);
    break;
  case RECORD_EXPECT:
    buf_put_visible(b, (const char *)r->written.at, r->written.len, false);
    break;
  case RECORD_NOTE:
    put_message(b, r, relative);
    break;
  default:
    break;
  }
}

void words_found(struct buf *b, const struct record *r, bool relative)
{
  if (r->kind == RECORD_EXPECT) put_message(b, r, relative);
}

void words_message(struct buf *b, enum message message, const struct facts *facts)
{
  const struct telling t = {.out = b, .facts = facts};
  if (message != MESSAGE_NONE) sentence_put(&t, sayings[message]);
}
