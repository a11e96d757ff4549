/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any octets, read as a script: every command parsed lies in it, every wrong one has its place in it and a
   message that is safe to show, the end is reached; and completion at any place offers only words that go on
   from what is there. */
#include "tests/fuzz/fuzz_check.h"

#include "engine/base/err.h"
#include "engine/base/utf8.h"
#include "engine/command/command.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void is_within(const char *part, size_t len, const char *script, size_t size)
{
  check(len == 0 || (part >= script && part + len <= script + size));
}

static void check_call(const struct command_call *c, const char *script, size_t size)
{
  check(c->command != NULL && command_line(c) > 0);
  check(c->len > 0 && c->at < size && c->len <= size - c->at);
  is_within(c->segment, c->segment_len, script + c->at, c->len);
  is_within(c->value, c->value_len, script + c->at, c->len);
  check(c->store_len <= sizeof c->store && c->duration >= -1);
  check(memchr(c->key, '\0', sizeof c->key) && memchr(c->name, '\0', sizeof c->name));
  check(memchr(c->peer_value, '\0', sizeof c->peer_value) != NULL);
}

static void check_error(const struct err *e, size_t size)
{
  is_explained(e, size);
  check(e->hint[0] != '\0');
}

struct offered {
  const char *begun;
  size_t len;
};

static void check_candidate(void *ctx, const char *word, const char *help)
{
  const struct offered *o = ctx;
  is_safe(word);
  if (help) is_safe(help);
  check(o->begun == NULL || strncasecmp(word, o->begun, o->len) == 0);
}

static void check_completion(const char *text, size_t cursor)
{
  struct offered o = {NULL, 0};
  size_t start;
  command_complete(text, cursor, &start, check_candidate, &o);
  check(start <= cursor);
  o = (struct offered){text + start, cursor - start};
  command_complete(text, cursor, &start, check_candidate, &o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static struct command_call call;
  struct err err;
  size_t at = 0, before = 0;
  char *script = malloc(size + 1); /* exactly as long: reading past it is found */
  if (!script) return 0;
  if (size > 0) memcpy(script, data, size);
  for (int found; (found = command_parse(script, size, &at, &call, &err)) != 0; before = at) {
    check(at > before && at <= size);
    if (found > 0)
      check_call(&call, script, size);
    else
      check_error(&err, size);
  }
  check(at == size);
  for (size_t step = size / 16 + 1, cursor = 0; cursor <= size; cursor += step)
    check_completion(script, cursor);
  check_completion(script, size);
  free(script);
  return 0;
}
