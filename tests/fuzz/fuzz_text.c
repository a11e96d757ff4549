/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text, read as a segment, a flag list, a value, a duration and an address: it is understood and
   prints as something that means the same, or the error has a place in the text and a message that
   is safe to show. */
#include "tests/fuzz/fuzz_check.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/base/usec.h"
#include "engine/base/utf8.h"
#include "engine/segment/codec.h"
#include "engine/segment/text.h"

#include <stdlib.h>
#include <string.h>

#define STORE 2000u

static char shown[4 * STORE + 1000];

static bool some_name(void *ctx, enum segment_name name, bool of_peer, uint32_t *out)
{
  (void)ctx;
  *out = 70000u * (uint32_t)name + of_peer;
  return name != NAME_IRS;
}

static bool some_base(void *ctx, enum segment_field field, uint8_t flags, uint32_t *out)
{
  (void)ctx;
  *out = 3u * (uint32_t)field + flags;
  return field != SEG_URGP;
}

static void a_segment(const char *text, size_t size, const struct segment_env *env)
{
  static uint8_t store[STORE], again[STORE], wire[STORE + 100];
  struct segment s, back;
  struct err e;
  struct buf b;
  err_clear(&e);
  check(segment_check(text, size, NULL) || !segment_parse(text, size, NULL, store, sizeof store, &s, NULL));
  if (!segment_parse(text, size, env, store, sizeof store, &s, &e)) {
    is_explained(&e, size);
    return;
  }
  buf_init(&b, shown, sizeof shown);
  segment_print(&b, &s);
  check(!b.truncated);
  is_safe(shown);
  check(segment_parse(b.data, b.len, NULL, again, sizeof again, &back, NULL));
  check(segment_equal(&s, &back));
  buf_reset(&b);
  segment_print_short(&b, &s, 0);
  check(segment_parse(b.data, b.len, NULL, again, sizeof again, &back, NULL));
  size_t len = segment_encode(&s, wire, sizeof wire);
  check((len == 0) == (s.src.family == ADDR_NONE || s.dst.family == ADDR_NONE));
}

static void the_pieces(const char *text, size_t size)
{
  struct err e;
  struct addr addr;
  struct buf b;
  uint8_t flags;
  uint32_t n;
  usec_t d, back;
  buf_init(&b, shown, sizeof shown);
  if (!segment_parse_flags(text, size, &flags, &e)) is_explained(&e, size);
  if (!segment_parse_value(text, size, NULL, NULL, &n, &e)) is_explained(&e, size);
  if (!addr_parse(text, size, &addr, &e)) is_explained(&e, size);
  if (!usec_parse(text, size, &d, &e)) {
    is_explained(&e, size);
    return;
  }
  usec_print(&b, d);
  check(usec_parse(b.data, b.len, &back, &e) && back == d);
}

static bool some_cookie(void *ctx, uint8_t *out, size_t *len)
{
  (void)ctx;
  memset(out, 0xc0, *len = 8);
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const struct segment_env env = {NULL, some_name, some_base, some_cookie};
  const char *text = (const char *)data;
  a_segment(text, size, NULL);
  a_segment(text, size, &env);
  the_pieces(text, size);
  return 0;
}
