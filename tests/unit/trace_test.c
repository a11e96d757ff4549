/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trace owns what it is given; expectations say what differs; a heap_buf grows. */
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
  uint8_t read[] = "what was read", written[] = "SYN,ACK", pattern[] = "SYN", name[] = "msl", value[] = "2m";
  struct record r = {.kind = RECORD_CALL, .call = {.verb = PEER_READ, .data = {read, sizeof read}}};
  const struct record *call = trace_add(t, &r);
  r = (struct record){.kind = RECORD_EXPECT};
  r.written = (struct octets){written, sizeof written};
  r.message = MESSAGE_FOUND_SEGMENT;
  r.facts.pattern = (struct octets){pattern, sizeof pattern};
  const struct record *expect = trace_add(t, &r);
  r = (struct record){.kind = RECORD_SETTING,
                      .set = {.name = {name, sizeof name}, .value = {value, sizeof value}}};
  const struct record *set = trace_add(t, &r);
  uint8_t payload[] = "hello";
  struct record s = {.kind = RECORD_SEGMENT, .segment = {.data = payload, .data_len = 5}};
  const struct record *segment = trace_add(t, &s);
  memset(read, 'x', sizeof read);
  memset(written, 'x', sizeof written);
  memset(pattern, 'x', sizeof pattern);
  memset(name, 'x', sizeof name);
  memset(value, 'x', sizeof value);
  memset(payload, 'x', sizeof payload);
  assert_memory_equal(call->call.data.at, "what was read", call->call.data.len);
  assert_memory_equal(expect->written.at, "SYN,ACK", expect->written.len);
  assert_memory_equal(expect->facts.pattern.at, "SYN", expect->facts.pattern.len);
  assert_memory_equal(set->set.name.at, "msl", set->set.name.len);
  assert_memory_equal(set->set.value.at, "2m", set->set.value.len);
  assert_memory_equal(segment->segment.data, "hello", 5);
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
  memset(octets, 'x', sizeof octets - 1);
  assert_memory_equal(within->octets, "header hello", within->octets_len);
  assert_ptr_equal(within->segment.data, within->octets + 7);
  assert_memory_equal(apart->segment.data, "other", 5);
  assert_memory_equal(apart->octets, "header hello", 12);
  trace_free(t);
}

static void tcbs_are_copied_and_shared(void **state)
{
  (void)state;
  struct trace *t = trace_new();
  struct tcb both[END_COUNT];
  for (int e = 0; e < END_COUNT; e++) tcb_init(&both[e], &tcp_profile_rfc9293, true, 1000, true);
  struct record r = {.kind = RECORD_NOTE};
  record_tcbs(&r, both);
  struct record *first = trace_add(t, &r), *second = trace_add(t, &r);
  both[END_PEER].state = STATE_LISTEN;
  const struct record *third = trace_add(t, &r);
  assert_ptr_not_equal(first->after[END_PEER], &both[END_PEER]);
  assert_ptr_equal(first->before[END_PEER], first->after[END_PEER]);
  assert_ptr_equal(first->after[END_PEER], second->before[END_PEER]);
  assert_int_equal(first->after[END_PEER]->state, STATE_CLOSED);
  assert_int_equal(third->before[END_PEER]->state, STATE_LISTEN);
  assert_ptr_equal(third->before[END_YOU], first->after[END_YOU]); /* it has not changed */
  trace_after(t, second, both);
  trace_before(t, first, both);
  assert_ptr_equal(second->after[END_PEER], third->after[END_PEER]);
  assert_int_equal(second->before[END_PEER]->state, STATE_CLOSED);
  assert_int_equal(first->before[END_PEER]->state, STATE_LISTEN);
  struct record none = {.kind = RECORD_NOTE};
  assert_int_equal(trace_add(t, &none)->after[END_YOU]->state, STATE_CLOSED);
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
  struct record r = {.kind = RECORD_SEGMENT, .octets = large, .octets_len = sizeof large};
  for (unsigned i = 0; i < 200; i++) {
    if (i % 3 == 0) trace_make_ready(t);
    r.octets_len = i % 5 == 0 ? sizeof large : i;
    memset(large, (int)i, sizeof large);
    assert_non_null(trace_add(t, &r));
  }
  for (unsigned i = 0; i < 200; i++) {
    const struct record *kept = trace_at(t, i);
    assert_int_equal(kept->octets_len, i % 5 == 0 ? sizeof large : i);
    for (size_t k = 0; k < kept->octets_len; k++) assert_int_equal(kept->octets[k], i);
  }
  trace_free(t);
}

static void records_are_numbered_and_never_move(void **state)
{
  (void)state;
  struct trace *t = trace_new();
  struct record r = {.kind = RECORD_SEGMENT};
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

/* The fields in which they differ. */
static void differs(const char *pattern, const char *actual, uint32_t fields)
{
  const struct segment want = parsed(pattern, 0), got = parsed(actual, 1);
  if (expect_differs(&want, &got) != fields)
    fail_msg("%s, %s: %#x", pattern, actual, expect_differs(&want, &got));
}

static void what_is_not_given_is_a_wildcard(void **state)
{
  (void)state;
  differs("", "SYN,ACK seq=1 ack=2 win=3 mss=1460 \"x\"", 0);
  differs("SYN,ACK ack=2", "SYN,ACK seq=1 ack=2", 0);
  differs("SYN,ACK ack=2", "SYN seq=1 ack=3", SEG_BIT(SEG_FLAGS) | SEG_BIT(SEG_ACKNO));
  differs("ACK win=0", "ACK seq=9 ack=2 win=0 len=5", 0);
  differs("ACK win=0 \"b\"", "ACK win=1 \"a\"", SEG_BIT(SEG_WIN) | SEG_BIT(SEG_DATA));
  differs("ACK", "PSH,ACK", 0);
  differs("PSH,ACK", "ACK", SEG_BIT(SEG_FLAGS));
  differs("SYN nop mss=1460", "SYN sackok mss=1460 wscale=7", 0);
  differs("SYN mss=1460", "SYN mss=1461", SEG_BIT(SEG_OPTIONS));
  differs("ACK sport=1 dport=2 ttl=3 tos=4 id=5 rsv=6 doff=7 urg=8 seq=9 src=10.9.0.2 dst=10.9.0.3", "ACK",
          SEG_BIT(SEG_SPORT) | SEG_BIT(SEG_DPORT) | SEG_BIT(SEG_TTL) | SEG_BIT(SEG_TOS) | SEG_BIT(SEG_ID) |
              SEG_BIT(SEG_RSV) | SEG_BIT(SEG_DOFF) | SEG_BIT(SEG_URGP) | SEG_BIT(SEG_SEQ) | SEG_BIT(SEG_SRC) |
              SEG_BIT(SEG_DST));
}

static void a_bad_checksum_can_be_expected(void **state)
{
  (void)state;
  struct segment want = parsed("ACK sum=bad", 0), got = parsed("ACK src=10.9.0.1 dst=10.9.0.2", 1);
  got.sum = segment_checksum(&got);
  assert_int_equal(expect_differs(&want, &got), SEG_BIT(SEG_SUM));
  got.sum ^= 1;
  assert_int_equal(expect_differs(&want, &got), 0);
}

static void errors_have_names(void **state)
{
  (void)state;
  assert_string_equal(call_error_name(ERROR_ECONNREFUSED), "ECONNREFUSED");
  assert_null(call_error_name(ERROR_NONE));
  assert_null(call_error_name(ERROR_OTHER));
  for (enum call_error e = ERROR_NONE + 1; e < ERROR_OTHER; e++)
    assert_int_equal(call_error_find(call_error_name(e), strlen(call_error_name(e))), e);
  assert_int_equal(call_error_find("ECONNREFUSED", 5), ERROR_OTHER);
  assert_int_equal(call_error_find("", 0), ERROR_NONE);
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
      cmocka_unit_test(a_bad_checksum_can_be_expected),
      cmocka_unit_test(errors_have_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
