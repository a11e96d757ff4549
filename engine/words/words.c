/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/words/words.h"

#include "engine/base/buf.h"
#include "engine/words/sentence.h"

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
  if (c->stale) return SAY_RESULT_STALE;
  return c->verb == PEER_CLOSE && c->unread ? SAY_RESULT_UNREAD : SAY_COUNT;
}

static void put_call(struct buf *b, const struct record *r)
{
  const struct record_call *c = &r->call;
  const struct facts facts = {.verb = c->verb, .error = c->error, .octets = c->count, .data = c->data};
  const struct telling t = {.out = b, .facts = &facts, .result = result_of(c)};
  const bool told = t.result != SAY_COUNT;
  if (c->verb == PEER_STATUS && r->text[0] != '\0') {
    sentence_put(&t, SAY_CALLED);
    buf_printf(b, ": %s", r->text);
    return;
  }
  sentence_put(&t, c->returns ? told ? SAY_RETURNS_WITH : SAY_RETURNS : told ? SAY_CALLED_WITH : SAY_CALLED);
}

void words_record(struct buf *b, const struct record *r, bool relative)
{
  (void)relative;
  if (r->kind == RECORD_CALL)
    put_call(b, r);
  else
    buf_puts(b, r->text);
}
