/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trace owns what it is given; expectations say precisely what differs; a heap_buf grows. */
#include "engine/base/err.h"
#include "engine/segment/codec.h"
#include "engine/segment/option.h"
#include "engine/segment/text.h"
#include "engine/trace/expect.h"
#include "engine/trace/heap_buf.h"
#include "engine/trace/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint8_t store[2][256];

static struct segment parsed(const char *text, unsigned where)
{
  struct segment s;
  struct err err;
  if (!segment_parse(text, strlen(text), NULL, store[where], sizeof store[where], &s, &err))
    fail_msg("%s: %s", text, err.message);
  return s;
}

static void a_trace_keeps_copies(void **state)
{
  (void)state;
  struct trace *t = trace_new();
  char text[] = "close()", found[] = "nothing";
  struct record r = {.kind = RECORD_EXPECT, .text = text, .found = found};
  const struct record *call = trace_add(t, &r);
  uint8_t payload[] = "hello";
  struct record s = {.kind = RECORD_SEGMENT, .segment = {.data = payload, .data_len = 5}};
  const struct record *segment = trace_add(t, &s);
  memset(text, 'x', sizeof text - 1);
  memset(found, 'x', sizeof found - 1);
  memset(payload, 'x', sizeof payload);
  assert_string_equal(call->text, "close()");
  assert_string_equal(call->found, "nothing");
  assert_memory_equal(segment->segment.data, "hello", 5);
  assert_string_equal(segment->text, "");
  assert_null(segment->found);
  trace_free(t);
}

static void a_payload_lies_in_its_datagram(void **state)
{
  (void)state;
  struct trace *t = trace_new();
  uint8_t octets[] = "header hello";
  struct record r = {.kind = RECORD_SEGMENT,
                     .segment = {.data = octets + 7, .data_len = 5},
                     .octets = octets,
                     .octets_len = sizeof octets - 1};
  const struct record *within = trace_add(t, &r);
  r.segment.data = (const uint8_t *)"other";
  const struct record *apart = trace_add(t, &r);
  r.kind = RECORD_NOTE;
  const struct record *note = trace_add(t, &r);
  memset(octets, 'x', sizeof octets - 1);
  assert_memory_equal(within->octets, "header hello", within->octets_len);
  assert_ptr_equal(within->segment.data, within->octets + 7);
  assert_memory_equal(apart->segment.data, "other", 5);
  assert_memory_equal(apart->octets, "header hello", 12);
  assert_null(note->octets);
  assert_null(note->segment.data);
  trace_free(t);
}

static void tcbs_are_copied_and_shared(void **state)
{
  (void)state;
  struct trace *t = trace_new();
  struct tcb both[END_COUNT];
  for (int e = 0; e < END_COUNT; e++) tcb_init(&both[e], &tcp_profile_rfc9293, true, 1000, true);
  struct record r = {.kind = RECORD_NOTE, .before = both, .after = both};
  struct record *first = trace_add(t, &r), *second = trace_add(t, &r);
  both[END_PEER].state = STATE_LISTEN;
  const struct record *third = trace_add(t, &r);
  assert_ptr_not_equal(first->after, both);
  assert_ptr_equal(first->before, first->after);
  assert_ptr_equal(first->after, second->before);
  assert_int_equal(first->after[END_PEER].state, STATE_CLOSED);
  assert_int_equal(third->before[END_PEER].state, STATE_LISTEN);
  trace_after(t, second, both);
  trace_before(t, first, both);
  assert_ptr_equal(second->after, third->after);
  assert_int_equal(second->before[END_PEER].state, STATE_CLOSED);
  assert_int_equal(first->before[END_PEER].state, STATE_LISTEN);
  struct record none = {.kind = RECORD_NOTE};
  assert_int_equal(trace_add(t, &none)->after[END_YOU].state, STATE_CLOSED);
  trace_free(t);
}

static void a_verdict_is_kept_for_its_end(void **state)
{
  (void)state;
  size_t count;
  const struct tcp_rule *rules = tcp_rules(&count);
  struct trace *t = trace_new();
  struct record r = {.kind = RECORD_SEGMENT, .end = END_PEER};
  struct record *segment = trace_add(t, &r);
  struct tcp_verdict v = {
      .from = STATE_CLOSED, .to = STATE_LISTEN, .fired_count = 2, .fired = {rules, rules + 1}};
  trace_verdict(t, segment, END_YOU, &v);
  assert_int_equal(segment->sender.fired_count, 0);
  v.fired_count = 1;
  v.fired[0] = rules + 2;
  trace_verdict(t, segment, END_PEER, &v);
  assert_int_equal(segment->receiver.fired_count, 2);
  assert_ptr_equal(segment->receiver.fired[0], rules);
  assert_ptr_equal(segment->receiver.fired[1], rules + 1);
  assert_int_equal(segment->receiver.to, STATE_LISTEN);
  assert_int_equal(segment->sender.fired_count, 1);
  assert_ptr_equal(segment->sender.fired[0], rules + 2);
  trace_free(t);
}

/* Whoever makes ready and whoever does not write the same; a payload larger than any reserve fits as well. */
static void a_trace_made_ready_is_the_same(void **state)
{
  (void)state;
  static uint8_t large[60000];
  struct trace *t = trace_new();
  struct record r = {.kind = RECORD_SEGMENT, .octets = large, .octets_len = sizeof large, .text = "text"};
  for (unsigned i = 0; i < 200; i++) {
    if (i % 3 == 0) trace_make_ready(t);
    r.octets_len = i % 5 == 0 ? sizeof large : i;
    memset(large, (int)i, sizeof large);
    assert_non_null(trace_add(t, &r));
  }
  for (unsigned i = 0; i < 200; i++) {
    const struct record *kept = trace_at(t, i);
    assert_string_equal(kept->text, "text");
    assert_int_equal(kept->octets_len, i % 5 == 0 ? sizeof large : i);
    for (size_t k = 0; k < kept->octets_len; k++) assert_int_equal(kept->octets[k], i);
  }
  trace_free(t);
}

static void records_are_numbered_and_never_move(void **state)
{
  (void)state;
  struct trace *t = trace_new();
  struct record r = {.kind = RECORD_SEGMENT, .text = ""};
  const struct record *first = trace_add(t, &r);
  for (unsigned i = 2; i <= 1000; i++) {
    r.kind = i % 2 != 0 ? RECORD_SEGMENT : RECORD_NOTE;
    assert_non_null(trace_add(t, &r));
  }
  assert_ptr_equal(trace_at(t, 0), first);
  assert_int_equal(trace_count(t), 1000);
  assert_int_equal(trace_segments(t), 500);
  assert_int_equal(trace_at(t, 998)->number, 999);
  assert_ptr_equal(trace_segment(t, 500), trace_at(t, 998));
  assert_int_equal(trace_segment(t, 500)->segment_number, 500);
  assert_null(trace_at(t, 1000));
  assert_null(trace_segment(t, 0));
  assert_null(trace_segment(t, 501));
  trace_free(t);
}

static void a_connection_begins_with_its_first_segment(void **state)
{
  (void)state;
  struct trace *t = trace_new();
  struct pair pair = {.you_port = 1037, .peer_port = 9};
  assert_int_equal(trace_connect(t, &pair), 1);
  assert_int_equal(trace_connect(t, &pair), 2);
  struct record r = {.kind = RECORD_NOTE, .connection = 1, .t = 5};
  trace_add(t, &r);
  assert_true(trace_connection(t, 1)->first == USEC_NEVER);
  r.kind = RECORD_SEGMENT;
  for (r.t = 7; r.t < 10; r.t++) trace_add(t, &r);
  assert_true(trace_connection(t, 1)->first == 7);
  assert_true(trace_connection(t, 2)->first == USEC_NEVER);
  assert_int_equal(trace_connection(t, 2)->pair.you_port, 1037);
  assert_int_equal(trace_connections(t), 2);
  assert_null(trace_connection(t, 0));
  assert_null(trace_connection(t, 3));
  trace_free(t);
}

static void kinds_and_fates_have_names(void **state)
{
  (void)state;
  assert_string_equal(record_kind_name(RECORD_SEGMENT), "segment");
  assert_string_equal(record_kind_name(RECORD_NOTE), "note");
  assert_string_equal(segment_fate_name(FATE_STRAY), "stray");
}

static void a_heap_buf_grows(void **state)
{
  (void)state;
  struct buf b;
  heap_buf_init(&b);
  assert_string_equal(b.data, "");
  for (unsigned i = 0; i < 10000; i++) buf_printf(&b, "%u,", i % 10);
  assert_int_equal(b.len, 20000);
  assert_false(b.truncated);
  assert_int_equal(strlen(b.data), 20000);
  heap_buf_free(&b);
  assert_string_equal(b.data, "");
  heap_buf_free(&b);
}

/* What expect_segment() says; "" when it matches. */
static void check(const char *pattern, const char *actual, const char *difference)
{
  struct segment want = parsed(pattern, 0), got = parsed(actual, 1);
  char mem[512];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  bool met = expect_segment(&want, &got, &b);
  assert_string_equal(mem, difference);
  assert_int_equal(met, difference[0] == '\0');
  assert_int_equal(expect_segment(&want, &got, NULL), met);
}

static void what_is_not_given_is_a_wildcard(void **state)
{
  (void)state;
  check("", "SYN,ACK seq=1 ack=2 win=3 mss=1460 \"x\"", "");
  check("SYN,ACK", "SYN,ACK seq=1 ack=2 win=3 mss=1460", "");
  check("SYN,ACK ack=2", "SYN,ACK seq=1 ack=2", "");
  check("ACK win=0", "ACK seq=9 ack=2 win=0 len=5", "");
}

static void four_flags_are_exact_the_others_only_if_named(void **state)
{
  (void)state;
  check("ACK", "PSH,ACK", "");
  check("PSH,ACK", "ACK", "PSH is not set");
  check("FIN,ACK", "ACK", "FIN is not set");
  check("SYN", "SYN,ACK", "ACK is set");
  check("FIN,ACK", "RST", "FIN is not set; RST is set; ACK is not set");
  check("none", "RST", "RST is set");
}

static void numbers_differ_by_how_much(void **state)
{
  (void)state;
  check("ACK ack=1415531522", "ACK ack=1415531523", "ack is 1415531523, expected 1415531522 (1 too high)");
  check("ACK seq=0", "ACK seq=4294967295", "seq is 4294967295, expected 0 (1 too low)");
  check("ACK seq=5", "ACK seq=5000000", "seq is 5000000, expected 5");
  check("ACK win=4096 urg=1", "ACK win=4095 urg=0", "win is 4095, expected 4096; urg is 0, expected 1");
  check("ACK sport=1 dport=2 ttl=3 tos=4 id=5 rsv=6 doff=7",
        "ACK sport=9 dport=9 ttl=9 tos=9 id=9 rsv=9 doff=9",
        "sport is 9, expected 1; dport is 9, expected 2; doff is 9, expected 7; rsv is 9, expected 6; ttl is "
        "9, expected 3; "
        "id is 9, expected 5; tos is 9, expected 4");
  check("ACK src=10.9.0.2", "ACK src=10.9.0.3", "src is 10.9.0.3, expected 10.9.0.2");
}

static void options_and_data_are_named(void **state)
{
  (void)state;
  check("SYN nop mss=1460", "SYN sackok mss=1460 wscale=7", "");
  check("SYN mss=1460", "SYN mss=1024", "option mss=1024, expected mss=1460");
  check("SYN wscale=7", "SYN mss=1024", "there is no wscale=7");
  check("ACK \"abc\"", "ACK \"abc\"", "");
  check("ACK \"abc\"", "ACK \"abd\"", "data differs from octet 3 on: \"d\", expected \"c\"");
  check("ACK \"abc\"", "ACK \"a\"", "1 octet of data, expected 3");
  check("ACK \"abc\"", "ACK", "0 octets of data, expected 3");
}

static void a_bad_checksum_can_be_expected(void **state)
{
  (void)state;
  struct segment want = parsed("ACK sum=bad", 0), got = parsed("ACK src=10.9.0.1 dst=10.9.0.2", 1);
  got.sum = segment_checksum(&got);
  assert_false(expect_segment(&want, &got, NULL));
  got.sum ^= 1;
  assert_true(expect_segment(&want, &got, NULL));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_trace_keeps_copies),
      cmocka_unit_test(a_payload_lies_in_its_datagram),
      cmocka_unit_test(tcbs_are_copied_and_shared),
      cmocka_unit_test(a_verdict_is_kept_for_its_end),
      cmocka_unit_test(a_trace_made_ready_is_the_same),
      cmocka_unit_test(records_are_numbered_and_never_move),
      cmocka_unit_test(a_connection_begins_with_its_first_segment),
      cmocka_unit_test(kinds_and_fates_have_names),
      cmocka_unit_test(a_heap_buf_grows),
      cmocka_unit_test(what_is_not_given_is_a_wildcard),
      cmocka_unit_test(four_flags_are_exact_the_others_only_if_named),
      cmocka_unit_test(numbers_differ_by_how_much),
      cmocka_unit_test(options_and_data_are_named),
      cmocka_unit_test(a_bad_checksum_can_be_expected),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
