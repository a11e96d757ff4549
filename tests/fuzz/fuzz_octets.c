/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any octets, read as a datagram: what is read can be printed, typed back and sent again. */
#include "tests/fuzz/fuzz_check.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/segment/codec.h"
#include "engine/segment/option.h"
#include "engine/segment/text.h"

#include <stdlib.h>
#include <string.h>

static char text[4 * SEGMENT_OCTETS_MAX + 1000];
static uint8_t store[SEGMENT_DATA_MAX];
static uint8_t wire[SEGMENT_OCTETS_MAX];

static void text_reads_back(const struct segment *s)
{
  struct buf b;
  struct segment back;
  buf_init(&b, text, sizeof text);
  segment_print(&b, s);
  check(!b.truncated);
  if (s->data_len > sizeof store) return;
  check(segment_parse(b.data, b.len, NULL, store, sizeof store, &back, NULL));
  check(segment_equal(s, &back));
  buf_reset(&b);
  segment_print_short(&b, s, 0);
  check(segment_parse(b.data, b.len, NULL, store, sizeof store, &back, NULL));
}

/* Encoding repeats the TCP octets when the headers did not lie about them. */
static void octets_are_repeated(const uint8_t *data, const struct segment *s)
{
  size_t header = (data[0] & 0x0fu) * 4u;
  size_t len = segment_encode(s, wire, sizeof wire);
  if (len == 0) { /* above what the IP header of ours leaves */
    check(s->data_len > SEGMENT_DATA_MAX);
    return;
  }
  check(memcmp(wire + 20, data + header, len - 20) == 0);
}

static void options_are_walked(const struct segment *s, const struct decode_notes *notes)
{
  struct option o;
  struct err e;
  size_t at = 0, sum = 0;
  while (option_next(s, &at, &o, &e)) {
    check(o.octet == s->options + sum && o.len > 0);
    sum += o.len;
    check(at == sum && at <= s->options_len);
  }
  check(notes->options_broken == (at < s->options_len) && notes->options_broken_at == at);
  check((e.code != ERR_NONE) == notes->options_broken);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct segment s;
  struct decode_notes notes;
  struct err e;
  if (!segment_decode(data, size, &s, &notes, &e)) {
    check(e.code != ERR_NONE && e.message[0] != '\0');
    return 0;
  }
  check(s.data >= data && s.data + s.data_len <= data + size);
  options_are_walked(&s, &notes);
  text_reads_back(&s);
  if (!notes.cut) octets_are_repeated(data, &s);
  return 0;
}
