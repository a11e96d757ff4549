/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Capture files, octet for octet as the formats' documents lay them out, and which event is said where. */
#include "view_scene.h"

#include "engine/trace/heap_buf.h"
#include "engine/view/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define EPOCH INT64_C(1700000000123456) /* 2023-11-14 22:13:20.123456 */

/* A SYN,ACK as a kernel sends it: DF set, which the segment as a value does not keep. */
// clang-format off
static const uint8_t syn_ack[] = {
  0x45, 0x00, 0x00, 0x28, 0x00, 0x00, 0x40, 0x00, 0x40, 0x06, 0x26, 0xbd, 10, 9, 0, 2, 10, 9, 0, 1,
  0x00, 0x09, 0x04, 0x0d, 0x6c, 0xaa, 0x20, 0x41, 0x54, 0x5f, 0x23, 0x82, 0x50, 0x12, 0xfa, 0xf0, 0x12,
  0x34, 0x00, 0x00,
};
// clang-format on

static struct capture capture(enum capture_format format)
{
  return (struct capture){.format = format,
                          .epoch = EPOCH,
                          .application = "tcptutor 0.1",
                          .interface = "lab",
                          .name = {"you", "peer"}};
}

static void expect_octets(const struct buf *found, const uint8_t *expected, size_t len)
{
  for (size_t i = 0; i < len && i < found->len; i++)
    if ((uint8_t)found->data[i] != expected[i])
      fail_msg("octet %zu is %02x and not %02x", i, (uint8_t)found->data[i], expected[i]);
  assert_int_equal(found->len, len);
}

static void add_syn_ack(struct scene *s)
{
  struct record r = {.kind = RECORD_SEGMENT,
                     .end = END_PEER,
                     .t = 1876544,
                     .connection = 1,
                     .step = s->step,
                     .octets = syn_ack,
                     .octets_len = sizeof syn_ack,
                     .predicted = PREDICTION_MET};
  assert_true(segment_decode(syn_ack, sizeof syn_ack, &r.segment, &r.notes, NULL));
  assert_non_null(trace_add(s->trace, &r));
}

static void pcap_is_laid_out_so(void **state)
{
  (void)state;
  // clang-format off
  static const uint8_t file[] = {
    0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 101, 0, 0, 0,
    0x02, 0xf1, 0x53, 0x65, 0, 0, 0, 0, 40, 0, 0, 0, 40, 0, 0, 0,
    0x45, 0x00, 0x00, 0x28, 0x00, 0x00, 0x40, 0x00, 0x40, 0x06, 0x26, 0xbd, 10, 9, 0, 2, 10, 9, 0, 1,
    0x00, 0x09, 0x04, 0x0d, 0x6c, 0xaa, 0x20, 0x41, 0x54, 0x5f, 0x23, 0x82, 0x50, 0x12, 0xfa, 0xf0,
    0x12, 0x34, 0x00, 0x00,
  };
  // clang-format on
  struct scene s;
  struct buf b;
  struct capture c = capture(CAPTURE_PCAP);
  scene_begin(&s);
  heap_buf_init(&b);
  add_syn_ack(&s);
  capture_begin(&c, &b);
  capture_end(&c, s.trace, &b);
  expect_octets(&b, file, sizeof file);
  heap_buf_free(&b);
  scene_end(&s);
}

static void pcapng_is_laid_out_so(void **state)
{
  (void)state;
  // clang-format off
  static const uint8_t file[] = {
    /* section */
    0x0a, 0x0d, 0x0d, 0x0a, 48, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 4, 0, 12, 0, 't', 'c', 'p', 't', 'u', 't', 'o', 'r', ' ', '0', '.', '1', 0,
    0, 0, 0, 48, 0, 0, 0,
    /* interface */
    1, 0, 0, 0, 40, 0, 0, 0, 101, 0, 0, 0, 0xff, 0xff, 0, 0, 2, 0, 3, 0, 'l', 'a', 'b', 0, 9, 0, 1, 0,
    6, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0,
    /* packet: 1700000002000000 microseconds are 0x60a24183cc480 */
    6, 0, 0, 0, 160, 0, 0, 0, 0, 0, 0, 0, 0x24, 0x0a, 0x06, 0x00, 0x80, 0xc4, 0x3c, 0x18, 40, 0, 0, 0,
    40, 0, 0, 0, 0x45, 0x00, 0x00, 0x28, 0x00, 0x00, 0x40, 0x00, 0x40, 0x06, 0x26, 0xbd, 10, 9, 0, 2,
    10, 9, 0, 1, 0x00, 0x09, 0x04, 0x0d, 0x6c, 0xaa, 0x20, 0x41, 0x54, 0x5f, 0x23, 0x82, 0x50, 0x12,
    0xfa, 0xf0, 0x12, 0x34, 0x00, 0x00, 1, 0, 52, 0, 's', 'e', 'g', 'm', 'e', 'n', 't', ' ', '1', ',',
    ' ', 'p', 'e', 'e', 'r', ' ', 't', 'o', ' ', 'y', 'o', 'u', ',', ' ', 'a', 's', ' ', 'p', 'r', 'e',
    'd', 'i', 'c', 't', 'e', 'd', ',', ' ', 'c', 'h', 'e', 'c', 'k', 's', 'u', 'm', ' ', 'w', 'r', 'o',
    'n', 'g', 1, 0, 14, 0, 'p', 'e', 'e', 'r', ':', ' ', 'a', 'c', 'c', 'e', 'p', 't', '(',
    ')', 0, 0, 2, 0, 4, 0, 1, 0, 0, 0, 0, 0, 0, 0, 160, 0, 0, 0,
    /* statistics */
    5, 0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0, 0x24, 0x0a, 0x06, 0x00, 0x80, 0xc4, 0x3c, 0x18, 4, 0, 8, 0, 1,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0,
  };
  // clang-format on
  struct scene s;
  struct buf b;
  struct capture c = capture(CAPTURE_PCAPNG);
  scene_begin(&s);
  heap_buf_init(&b);
  s.now = 1876544;
  add_syn_ack(&s);
  scene_call(&s, END_PEER, PEER_ACCEPT);
  capture_begin(&c, &b);
  capture_end(&c, s.trace, &b);
  expect_octets(&b, file, sizeof file);
  assert_int_equal(c.packets, 1);
  heap_buf_free(&b);
  scene_end(&s);
}

/* -- reading a pcapng again -- */

static uint32_t get32(const char *p)
{
  const uint8_t *o = (const uint8_t *)p;
  return (uint32_t)o[0] | (uint32_t)o[1] << 8 | (uint32_t)o[2] << 16 | (uint32_t)o[3] << 24;
}

/* The comments of a block whose options begin at P, a line each. */
static void read_comments(const char *p, const char *end, struct buf *out)
{
  while (end - p >= 4) {
    const uint32_t code = get32(p) & 0xffff, len = get32(p) >> 16;
    if (code == 0) return;
    assert_true(end - p >= (long)len + 4);
    if (code == 1) buf_printf(out, "  %.*s\n", (int)len, p + 4);
    p += 4 + (len + 3) / 4 * 4;
  }
}

/* "packet 40\n  comment\n…end\n" */
static void read_blocks(const struct buf *file, struct buf *out)
{
  for (size_t at = 0; at < file->len;) {
    const char *p = file->data + at;
    const uint32_t type = get32(p), len = get32(p + 4);
    assert_true(len % 4 == 0 && len <= file->len - at && get32(p + len - 4) == len);
    if (type == 6) {
      buf_printf(out, "packet %u\n", get32(p + 20));
      read_comments(p + 28 + (get32(p + 20) + 3) / 4 * 4, p + len - 4, out);
    } else if (type == 5) {
      buf_puts(out, "end\n");
      read_comments(p + 20, p + len - 4, out);
    }
    at += len;
  }
}

static void check_blocks(struct scene *s, const char *expected)
{
  struct buf file, blocks;
  struct capture c = capture(CAPTURE_PCAPNG);
  heap_buf_init(&file);
  heap_buf_init(&blocks);
  capture_begin(&c, &file);
  capture_end(&c, s->trace, &file);
  read_blocks(&file, &blocks);
  assert_string_equal(blocks.data, expected);
  heap_buf_free(&file);
  heap_buf_free(&blocks);
}

static void a_packet_says_what_follows_from_it(void **state)
{
  (void)state;
  struct scene s;
  scene_begin(&s);
  scene_step(&s, 0);
  scene_segment(&s, END_YOU, "SYN seq=7 win=4096 mss=1024");
  scene_state(&s, END_YOU, STATE_SYN_SENT, TRUTH_UNASKED, &scene_open);
  scene_state(&s, END_PEER, STATE_SYN_RECEIVED, TRUTH_CONFIRMED, &scene_listen_syn);
  scene_segment(&s, END_PEER, "SYN,ACK seq=9 ack=8")->predicted = PREDICTION_MET;
  scene_state(&s, END_YOU, STATE_ESTABLISHED, TRUTH_UNASKED, &scene_syn_acked);
  scene_note(&s, END_YOU, MESSAGE_OWED, &scene_syn_acked, &(struct facts){.flags = ACK});
  check_blocks(&s, "packet 44\n"
                   "  segment 1, you to peer\n"
                   "  you CLOSED -> SYN-SENT: this is an active OPEN (RFC 9293 3.10.1, send.closed.syn)\n"
                   "  peer LISTEN -> SYN-RECEIVED: a SYN arrives: answer SYN,ACK (RFC 9293 3.10.7.2, third, "
                   "listen.syn); its own system says so\n"
                   "packet 40\n"
                   "  segment 2, peer to you, as predicted\n"
                   "  you SYN-SENT -> ESTABLISHED: our SYN is acknowledged (RFC 9293 3.10.7.3, fourth, "
                   "syn-sent.syn.acked)\n"
                   "  you owe an ACK: `send` alone sends what a TCP would send now (RFC 9293 3.10.7.3, "
                   "fourth, syn-sent.syn.acked)\n"
                   "end\n");
  scene_end(&s);
}

static void a_call_goes_with_the_segment_it_sends(void **state)
{
  (void)state;
  struct scene s;
  scene_begin(&s);
  scene_step(&s, 0);
  scene_segment(&s, END_YOU, "FIN,ACK seq=7 ack=9");
  scene_segment(&s, END_PEER, "ACK seq=9 ack=8");
  scene_call(&s, END_PEER, PEER_CLOSE);
  scene_state(&s, END_PEER, STATE_LAST_ACK, TRUTH_UNASKED, &scene_close);
  scene_segment(&s, END_PEER, "FIN,ACK seq=9 ack=8");
  scene_call(&s, END_PEER, PEER_SHUTDOWN);
  scene_step(&s, 1);
  scene_call(&s, END_YOU, PEER_ABORT);
  scene_segment(&s, END_YOU, "RST seq=8");
  check_blocks(&s, "packet 40\n"
                   "  segment 1, you to peer\n"
                   "packet 40\n"
                   "  segment 2, peer to you\n"
                   "packet 40\n"
                   "  peer: close()\n"
                   "  peer LISTEN -> LAST-ACK: this is a CLOSE: you have no more to send (RFC 9293 3.10.4, "
                   "send.established.fin); predicted only\n"
                   "  segment 3, peer to you\n"
                   "  peer: shutdown()\n"
                   "packet 40\n"
                   "  you: abort()\n"
                   "  segment 4, you to peer\n"
                   "end\n");
  scene_end(&s);
}

static void what_never_crossed_the_wire_is_a_comment(void **state)
{
  (void)state;
  struct scene s;
  scene_begin(&s);
  scene_step(&s, 0);
  scene_segment(&s, END_YOU, "SYN seq=7 mss=1024")->fate = FATE_LOST;
  scene_state(&s, END_YOU, STATE_SYN_SENT, TRUTH_UNASKED, NULL);
  scene_step(&s, 1);
  scene_segment(&s, END_YOU, "SYN seq=7 mss=1024")->intent = INTENT_RETRANSMIT;
  scene_segment(&s, END_PEER, "SYN,ACK seq=9 ack=8")->fate = FATE_LOST; /* it did cross it */
  scene_step(&s, 1);
  scene_segment(&s, END_YOU, "RST seq=77")->fate = FATE_STRAY;
  scene_step(&s, 1);
  scene_segment(&s, END_YOU, "ACK seq=8 ack=10 \"late\" sum=bad")->fate = FATE_HELD;
  check_blocks(
      &s,
      "packet 44\n"
      "  segment 1, you to peer: SYN seq=7 mss=1024, lost before the wire\n"
      "  you CLOSED -> SYN-SENT\n"
      "  segment 2, you to peer, again\n"
      "packet 40\n"
      "  segment 3, peer to you, lost before it arrived\n"
      "packet 40\n"
      "  segment 4, you to peer, a stray\n"
      "end\n"
      "  segment 5, you to peer: ACK seq=8 ack=10 sum=0xa6ce \"late\", held back before the wire, checksum "
      "wrong\n");
  scene_end(&s);
}

static void comments_are_one_harmless_line(void **state)
{
  (void)state;
  struct scene s;
  scene_begin(&s);
  static const char hostile[] = "a\nb \033[31mred\007 \xff \xe2\x80\xae";
  struct record_call *read = &scene_call(&s, END_PEER, PEER_READ)->call;
  read->data = (struct octets){(const uint8_t *)hostile, read->count = sizeof hostile - 1};
  trace_connect(s.trace, &trace_connection(s.trace, 1)->pair);
  struct record *other = scene_note(&s, END_PEER, MESSAGE_UNFORESEEN, NULL, NULL);
  other->connection = 2;
  check_blocks(&s, "end\n"
                   "  connection 1: peer: read(): \"a\\nb \\x1B[31mred\\x07 \\xFF \\u{202E}\"\n"
                   "  connection 2: a difference: not what the shadow of tcptutor's own machine predicted: "
                   "`save` the session and tell us\n");
  scene_end(&s);
}

static void a_growing_file_is_the_same_file(void **state)
{
  (void)state;
  struct scene whole, part;
  struct buf all, grown;
  struct capture a = capture(CAPTURE_PCAPNG), g = capture(CAPTURE_PCAPNG);
  heap_buf_init(&all);
  heap_buf_init(&grown);
  scene_begin(&whole);
  scene_play_trouble(&whole);
  capture_begin(&a, &all);
  capture_end(&a, whole.trace, &all);
  scene_begin(&part);
  capture_begin(&g, &grown);
  for (size_t i = 0; i < trace_count(whole.trace); i++) {
    struct record r = *trace_at(whole.trace, i);
    const bool step_ends = i > 0 && r.step != trace_at(whole.trace, i - 1)->step;
    if (step_ends) capture_records(&g, part.trace, &grown);
    assert_non_null(trace_add(part.trace, &r));
  }
  capture_end(&g, part.trace, &grown);
  assert_int_equal(all.len, grown.len);
  assert_memory_equal(all.data, grown.data, all.len);
  assert_int_equal(a.packets, 9); /* eleven segments, one of yours lost and one held */
  heap_buf_free(&all);
  heap_buf_free(&grown);
  scene_end(&whole);
  scene_end(&part);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pcap_is_laid_out_so),
      cmocka_unit_test(pcapng_is_laid_out_so),
      cmocka_unit_test(a_packet_says_what_follows_from_it),
      cmocka_unit_test(a_call_goes_with_the_segment_it_sends),
      cmocka_unit_test(what_never_crossed_the_wire_is_a_comment),
      cmocka_unit_test(comments_are_one_harmless_line),
      cmocka_unit_test(a_growing_file_is_the_same_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
