/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segment <-> octets. */
#include "tests/unit/random_segment.h"
#include "tests/unit/segment_fixture.h"

#define SIZE(array) sizeof(array)

/* Five datagrams between 10.9.0.1 and 10.9.0.2, put down by hand; another program's checksums. */
static const uint8_t syn[] = {
    0x45, 0x00, 0x00, 0x2c, 0x00, 0x01, 0x00, 0x00, 0x40, 0x06, 0x66, 0xb7, 0x0a, 0x09, 0x00,
    0x01, 0x0a, 0x09, 0x00, 0x02, 0x04, 0x0d, 0x00, 0x09, 0x54, 0x5f, 0x4c, 0x01, 0x00, 0x00,
    0x00, 0x00, 0x60, 0x02, 0x10, 0x00, 0xd1, 0x4f, 0x00, 0x00, 0x02, 0x04, 0x04, 0x00,
};
static const uint8_t syn_ack[] = {
    0x45, 0x00, 0x00, 0x3c, 0x00, 0x00, 0x00, 0x00, 0x40, 0x06, 0x66, 0xa8, 0x0a, 0x09, 0x00,
    0x02, 0x0a, 0x09, 0x00, 0x01, 0x00, 0x09, 0x04, 0x0d, 0x6c, 0xaa, 0x0c, 0x01, 0x54, 0x5f,
    0x4c, 0x02, 0xa0, 0x12, 0xfa, 0xf0, 0xb3, 0x1b, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4, 0x04,
    0x02, 0x08, 0x0a, 0x12, 0x34, 0x56, 0x78, 0x00, 0x00, 0x00, 0x00, 0x01, 0x03, 0x03, 0x07,
};
static const uint8_t hello[] = {
    0x45, 0x10, 0x00, 0x2f, 0x00, 0x07, 0x00, 0x00, 0x3f, 0x06, 0x67, 0x9e, 0x0a, 0x09, 0x00, 0x01,
    0x0a, 0x09, 0x00, 0x02, 0x04, 0x0d, 0x00, 0x09, 0x54, 0x5f, 0x4c, 0x02, 0x6c, 0xaa, 0x0c, 0x02,
    0x50, 0x18, 0x10, 0x00, 0x20, 0xae, 0x00, 0x00, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x0d, 0x0a,
};
static const uint8_t fast_open[] = {
    0x45, 0x00, 0x00, 0x3d, 0x00, 0x0a, 0x00, 0x00, 0x40, 0x06, 0x66, 0x9d, 0x0a, 0x09, 0x00, 0x01,
    0x0a, 0x09, 0x00, 0x02, 0x04, 0x0d, 0x00, 0x50, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
    0x90, 0x02, 0xff, 0xff, 0x53, 0x1f, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4, 0x22, 0x0a, 0x01, 0x02,
    0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x00, 0x00, 0x47, 0x45, 0x54, 0x20, 0x2f,
};
static const uint8_t urgent[] = {
    0x45, 0x00, 0x00, 0x2b, 0x00, 0x0b, 0x00, 0x00, 0x40, 0x06, 0x66, 0xae, 0x0a, 0x09, 0x00,
    0x01, 0x0a, 0x09, 0x00, 0x02, 0x04, 0x0d, 0x00, 0x09, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00,
    0x00, 0x06, 0x5a, 0x38, 0x00, 0x07, 0xc9, 0x07, 0x00, 0x03, 0x61, 0x62, 0x63,
};

static const struct {
  const uint8_t *octets;
  size_t len;
  const char *sent; /* what a person writes; the rest is computed */
  const char *seen; /* every field */
} known[] = {
    {syn, SIZE(syn), "SYN src=10.9.0.1 sport=1037 dst=10.9.0.2 dport=9 seq=1415531521 win=4096 id=1 mss=1024",
     "SYN src=10.9.0.1 sport=1037 dst=10.9.0.2 dport=9 seq=1415531521 ack=0 win=4096 urg=0 doff=6 rsv=0 "
     "sum=0xd14f "
     "ttl=64 id=1 tos=0x0 mss=1024 len=0"},
    {syn_ack, SIZE(syn_ack),
     "SYN,ACK src=10.9.0.2 sport=9 dst=10.9.0.1 dport=1037 seq=1823083521 ack=1415531522 win=64240 mss=1460 "
     "sackok "
     "ts=305419896:0 nop wscale=7",
     "SYN,ACK src=10.9.0.2 sport=9 dst=10.9.0.1 dport=1037 seq=1823083521 ack=1415531522 win=64240 urg=0 "
     "doff=10 "
     "rsv=0 sum=0xb31b ttl=64 id=0 tos=0x0 mss=1460 sackok ts=305419896:0 nop wscale=7 len=0"},
    {hello, SIZE(hello),
     "P. src=10.9.0.1 sport=1037 dst=10.9.0.2 dport=9 seq=1415531522 ack=1823083522 win=4096 ttl=63 id=7 "
     "tos=16 "
     "\"hello\\r\\n\"",
     "PSH,ACK src=10.9.0.1 sport=1037 dst=10.9.0.2 dport=9 seq=1415531522 ack=1823083522 win=4096 urg=0 "
     "doff=5 rsv=0 "
     "sum=0x20ae ttl=63 id=7 tos=0x10 opt=none \"hello\\r\\n\""},
    {fast_open, SIZE(fast_open),
     "SYN src=10.9.0.1 sport=1037 dst=10.9.0.2 dport=80 seq=1 win=65535 id=10 mss=1460 "
     "fastopen=0102030405060708 "
     "\"GET /\"",
     "SYN src=10.9.0.1 sport=1037 dst=10.9.0.2 dport=80 seq=1 ack=0 win=65535 urg=0 doff=9 rsv=0 sum=0x531f "
     "ttl=64 "
     "id=10 tos=0x0 mss=1460 fastopen=0102030405060708 eol eol \"GET /\""},
    {urgent, SIZE(urgent),
     "PSH,ACK,URG src=10.9.0.1 sport=1037 dst=10.9.0.2 dport=9 seq=5 ack=6 win=7 urg=3 rsv=10 id=11 "
     "data=616263",
     "PSH,ACK,URG src=10.9.0.1 sport=1037 dst=10.9.0.2 dport=9 seq=5 ack=6 win=7 urg=3 doff=5 rsv=10 "
     "sum=0xc907 "
     "ttl=64 id=11 tos=0x0 opt=none \"abc\""},
};
#define KNOWN_COUNT (sizeof known / sizeof known[0])

static uint8_t wire[SEGMENT_OCTETS_MAX];

static void known_datagrams_are_written(void **state)
{
  (void)state;
  for (size_t i = 0; i < KNOWN_COUNT; i++) {
    struct segment s = parsed(known[i].sent);
    assert_int_equal(segment_encode(&s, wire, sizeof wire), known[i].len);
    assert_memory_equal(wire, known[i].octets, known[i].len);
    assert_int_equal(segment_checksum(&s), known[i].octets[36] << 8 | known[i].octets[37]);
  }
}

static void known_datagrams_are_read(void **state)
{
  (void)state;
  for (size_t i = 0; i < KNOWN_COUNT; i++) {
    struct segment s;
    struct decode_notes notes;
    char mem[400];
    struct buf b;
    assert_true(segment_decode(known[i].octets, known[i].len, &s, &notes, NULL));
    buf_init(&b, mem, sizeof mem);
    segment_print(&b, &s);
    assert_string_equal(mem, known[i].seen);
    assert_true(notes.sum_ok);
    assert_true(notes.ip_sum_ok);
    assert_false(notes.cut);
    assert_false(notes.options_broken);
    assert_int_equal(segment_encode(&s, wire, sizeof wire), known[i].len);
    assert_memory_equal(wire, known[i].octets, known[i].len);
  }
}

/* ---- writing what is wrong ---- */

#define ENDS "src=10.9.0.1 dst=10.9.0.2 "

static void given_fields_win(void **state)
{
  (void)state;
  struct segment s = parsed("SYN " ENDS "doff=15 rsv=15 sum=0x1234 ttl=1 mss=1024");
  assert_int_equal(segment_encode(&s, wire, sizeof wire), 44);
  assert_int_equal(wire[32], 0xff);
  assert_int_equal(wire[36], 0x12);
  assert_int_equal(wire[37], 0x34);
  assert_int_equal(wire[8], 1);
  assert_memory_equal(wire + 40, "\x02\x04\x04\x00", 4);
}

static void a_bad_sum_is_never_right(void **state)
{
  (void)state;
  struct rng r = {3};
  for (int i = 0; i < 70000; i++) {
    struct segment s = parsed("ACK " ENDS "sum=bad"), back;
    struct decode_notes notes;
    s.seq = (uint32_t)rng_next(&r);
    if (i < 65536) s.win = (uint16_t)i;
    size_t len = segment_encode(&s, wire, sizeof wire);
    assert_true(segment_decode(wire, len, &back, &notes, NULL));
    assert_false(notes.sum_ok);
    assert_true(notes.ip_sum_ok);
  }
}

static void options_are_padded(void **state)
{
  (void)state;
  struct segment s = parsed("SYN " ENDS "wscale=7 sackok \"x\"");
  assert_int_equal(segment_encode(&s, wire, sizeof wire), 49);
  assert_int_equal(wire[32], 0x70);
  assert_memory_equal(wire + 40, "\x03\x03\x07\x04\x02\0\0\0x", 9);
}

static void what_does_not_fit_is_not_written(void **state)
{
  (void)state;
  struct segment s = parsed("SYN " ENDS "mss=1024");
  wire[43] = 0xee;
  assert_int_equal(segment_encode(&s, wire, 43), 0);
  assert_int_equal(wire[43], 0xee);
  assert_int_equal(segment_encode(&s, wire, 44), 44);
  s = parsed("SYN dst=10.9.0.1");
  assert_int_equal(segment_encode(&s, wire, sizeof wire), 0);
  s = parsed("SYN src=10.9.0.1");
  assert_int_equal(segment_encode(&s, wire, sizeof wire), 0);
}

static void the_longest_payload_fits(void **state)
{
  (void)state;
  struct segment s = parsed("ACK " ENDS "len=65455");
  while (s.options_len < SEGMENT_OPTIONS_MAX) option_put(&s, OPTION_NOP, NULL, 0);
  assert_int_equal(segment_encode(&s, wire, sizeof wire), 65535);
  struct segment back;
  struct decode_notes notes;
  assert_true(segment_decode(wire, 65535, &back, &notes, NULL));
  assert_true(notes.sum_ok);
  assert_int_equal(back.data_len, 65455);
  s.data_len++;
  assert_int_equal(segment_encode(&s, wire, sizeof wire), 0);
}

/* ---- reading what is wrong ---- */

static void rejected(const uint8_t *octets, size_t len, const char *why)
{
  struct segment s;
  struct err e;
  assert_false(segment_decode(octets, len, &s, NULL, &e));
  assert_non_null(strstr(e.message, why));
  assert_false(segment_decode(octets, len, &s, NULL, NULL));
}

static void only_tcp_in_ipv4_is_read(void **state)
{
  (void)state;
  uint8_t copy[SIZE(syn)];
  rejected(syn, 0, "shorter than an IPv4 header");
  rejected(syn, 19, "shorter than an IPv4 header");
  rejected(syn, 39, "shorter than its headers");
  memcpy(copy, syn, sizeof syn);
  copy[0] = 0x65;
  rejected(copy, sizeof copy, "the version is not 4");
  copy[0] = 0x44;
  rejected(copy, sizeof copy, "the header length is below 20");
  copy[0] = 0x4f; /* 60 octets of IP header */
  rejected(copy, sizeof copy, "shorter than its headers");
  copy[0] = 0x45;
  copy[9] = 17;
  rejected(copy, sizeof copy, "the protocol is not 6");
  copy[9] = 6;
  copy[7] = 1;
  rejected(copy, sizeof copy, "a fragment, and not the first");
  copy[7] = 0;
  copy[3] = 39; /* the total length */
  rejected(copy, sizeof copy, "shorter than its headers");
}

static void read_changed(const uint8_t *octets, size_t len, size_t at, uint8_t value, struct segment *s,
                         struct decode_notes *notes)
{
  static uint8_t copy[100];
  memcpy(copy, octets, len);
  copy[at] = value;
  assert_true(segment_decode(copy, len, s, notes, NULL));
}

static void wrong_sums_are_noted(void **state)
{
  (void)state;
  struct segment s;
  struct decode_notes notes;
  read_changed(hello, SIZE(hello), 46, 'x', &s, &notes);
  assert_false(notes.sum_ok);
  assert_true(notes.ip_sum_ok);
  read_changed(hello, SIZE(hello), 8, 62, &s, &notes);
  assert_true(notes.sum_ok);
  assert_false(notes.ip_sum_ok);
}

static void lying_offsets_are_read_as_far_as_they_go(void **state)
{
  (void)state;
  struct segment s;
  struct decode_notes notes;
  read_changed(hello, SIZE(hello), 32, 0x30, &s, &notes); /* doff 3 */
  assert_int_equal(s.doff, 3);
  assert_int_equal(s.options_len, 0);
  assert_int_equal(s.data_len, 7);
  assert_false(notes.cut);
  read_changed(hello, SIZE(hello), 32, 0xf0, &s, &notes); /* doff 15 of 27 octets */
  assert_int_equal(s.options_len, 7);
  assert_memory_equal(s.options, "hello\r\n", 7);
  assert_int_equal(s.data_len, 0);
  assert_true(notes.cut);
}

static void lying_lengths_are_read_as_far_as_they_go(void **state)
{
  (void)state;
  struct segment s;
  struct decode_notes notes;
  read_changed(hello, SIZE(hello), 3, 60, &s, &notes); /* total length above what there is */
  assert_true(notes.cut);
  assert_int_equal(s.data_len, 7);
  read_changed(hello, SIZE(hello), 3, 45, &s, &notes); /* and below: two octets of padding */
  assert_false(notes.cut);
  assert_int_equal(s.data_len, 5);
  read_changed(hello, SIZE(hello), 3, 0, &s, &notes); /* none yet */
  assert_false(notes.cut);
  assert_int_equal(s.data_len, 7);
  assert_true(notes.sum_ok);
  read_changed(hello, SIZE(hello), 6, 0x20, &s, &notes); /* more fragments */
  assert_true(notes.cut);
}

static void cut_captures_are_read_as_far_as_they_go(void **state)
{
  (void)state;
  for (size_t len = 40; len < SIZE(syn_ack); len++) {
    struct segment s;
    struct decode_notes notes;
    assert_true(segment_decode(syn_ack, len, &s, &notes, NULL));
    assert_true(notes.cut);
    assert_int_equal(s.options_len, len - 40);
    assert_int_equal(s.data_len, 0);
    assert_int_equal(s.seq, 1823083521);
    bool whole = len == 40 || len == 44 || len == 46 || len == 56 || len == 57;
    assert_int_equal(notes.options_broken, !whole);
    if (len == 55) assert_int_equal(notes.options_broken_at, 6);
  }
}

static void ip_options_are_passed_over(void **state)
{
  (void)state;
  uint8_t longer[SIZE(hello) + 4];
  memcpy(longer, hello, 20);
  memset(longer + 20, 1, 4);
  memcpy(longer + 24, hello + 20, SIZE(hello) - 20);
  longer[0] = 0x46;
  longer[3] = sizeof longer;
  struct segment s;
  struct decode_notes notes;
  assert_true(segment_decode(longer, sizeof longer, &s, &notes, NULL));
  assert_true(notes.sum_ok);
  assert_int_equal(s.dport, 9);
  assert_int_equal(s.data_len, 7);
}

/* ---- any segment ---- */

static void encode_and_decode_are_inverse(void **state)
{
  (void)state;
  struct rng r = {20};
  for (int i = 0; i < 1000000; i++) {
    struct segment s = random_segment(&r, store), back;
    struct decode_notes notes;
    uint8_t again[200];
    s.given &= ~SEG_BIT(SEG_DOFF); /* the one field that can hide others */
    size_t len = segment_encode(&s, wire, sizeof wire);
    assert_true(len > 0);
    assert_true(segment_decode(wire, len, &back, &notes, NULL));
    assert_false(notes.cut);
    assert_true(notes.ip_sum_ok);
    if (!segment_has(&s, SEG_SUM)) assert_true(notes.sum_ok);
    if (s.sum_bad) assert_false(notes.sum_ok);

    struct segment whole = s; /* what is computed, and all that is not given as it stands */
    whole.given = back.given;
    if (!segment_has(&s, SEG_TTL)) whole.ttl = 64;
    if (!segment_has(&s, SEG_ID)) whole.id = 0;
    whole.options_len = (uint8_t)((s.options_len + 3) / 4 * 4);
    whole.doff = (uint8_t)(5 + whole.options_len / 4);
    whole.sum = segment_has(&s, SEG_SUM) && !s.sum_bad ? s.sum : back.sum;
    whole.sum_bad = false;
    assert_true(segment_equal(&whole, &back));
    assert_int_equal(segment_encode(&back, again, sizeof again), len);
    assert_memory_equal(again, wire, len);
  }
}

static void a_given_offset_keeps_the_octets(void **state)
{
  (void)state;
  struct rng r = {21};
  for (int i = 0; i < 100000; i++) {
    struct segment s = random_segment(&r, store), back;
    struct decode_notes notes;
    uint8_t again[200];
    size_t len = segment_encode(&s, wire, sizeof wire);
    assert_true(segment_decode(wire, len, &back, &notes, NULL));
    if (notes.cut) continue;
    assert_int_equal(segment_encode(&back, again, sizeof again), len);
    assert_memory_equal(again, wire, len);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_datagrams_are_written),
      cmocka_unit_test(known_datagrams_are_read),
      cmocka_unit_test(given_fields_win),
      cmocka_unit_test(a_bad_sum_is_never_right),
      cmocka_unit_test(options_are_padded),
      cmocka_unit_test(what_does_not_fit_is_not_written),
      cmocka_unit_test(the_longest_payload_fits),
      cmocka_unit_test(only_tcp_in_ipv4_is_read),
      cmocka_unit_test(wrong_sums_are_noted),
      cmocka_unit_test(lying_offsets_are_read_as_far_as_they_go),
      cmocka_unit_test(lying_lengths_are_read_as_far_as_they_go),
      cmocka_unit_test(cut_captures_are_read_as_far_as_they_go),
      cmocka_unit_test(ip_options_are_passed_over),
      cmocka_unit_test(encode_and_decode_are_inverse),
      cmocka_unit_test(a_given_offset_keeps_the_octets),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
