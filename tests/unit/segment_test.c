/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The segment as a value: addresses, options, equality. */
#include "tests/unit/segment_fixture.h"

/* ---- addresses ---- */

static void addresses_read_and_print(void **state)
{
  (void)state;
  static const char *const bad[] = {"",        "10.9.0",     "10.9.0.1.2", "10.9.0.256",
                                    "10.9..1", "10.9.0.01",  "10.9.0.1 ",  ".10.9.0.1",
                                    "a.b.c.d", "1000.1.1.1", "::1",        "10.9.0.1."};
  struct addr a, b;
  struct buf out;
  assert_true(addr_parse("10.9.0.255", 10, &a, NULL));
  assert_int_equal(a.family, ADDR_IP4);
  assert_memory_equal(a.octet, "\x0a\x09\x00\xff", 4);
  char text[32];
  buf_init(&out, text, sizeof text);
  addr_print(&out, &a);
  assert_string_equal(text, "10.9.0.255");
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    struct err e;
    assert_false(addr_parse(bad[i], strlen(bad[i]), &b, &e));
    assert_int_equal(e.len, strlen(bad[i]));
  }
  assert_true(addr_parse("10.9.0.254", 10, &b, NULL));
  assert_true(addr_equal(&a, &a));
  assert_false(addr_equal(&a, &b));
  assert_false(addr_equal(&a, &(struct addr){0}));
  assert_true(addr_equal(&(struct addr){0}, &(struct addr){.octet = {1}}));
}

static void pairs_compare(void **state)
{
  (void)state;
  struct pair p = {
      .you = {ADDR_IP4, {10, 9, 0, 1}}, .peer = {ADDR_IP4, {10, 9, 0, 2}}, .you_port = 5, .peer_port = 9};
  struct pair q = p;
  assert_true(pair_equal(&p, &q));
  q.you_port = 6;
  assert_false(pair_equal(&p, &q));
  q = p;
  q.peer.octet[3] = 3;
  assert_false(pair_equal(&p, &q));
}

/* ---- options ---- */

static void options_are_read_one_at_a_time(void **state)
{
  (void)state;
  struct segment s = parsed("SYN nop mss=1460 ts=1:4294967295 sack=10-20 wscale=15 sackok eol opt=ff");
  struct option o;
  struct err e;
  size_t at = 0;
  assert_int_equal(s.options_len, 1 + 4 + 10 + 10 + 3 + 2 + 1 + 1);
  assert_true(option_next(&s, &at, &o, &e));
  assert_int_equal(o.kind, OPTION_NOP);
  assert_int_equal(o.len, 1);
  assert_true(option_next(&s, &at, &o, &e));
  assert_int_equal(o.kind, OPTION_MSS);
  assert_int_equal(o.mss, 1460);
  assert_ptr_equal(o.octet, s.options + 1);
  assert_true(option_next(&s, &at, &o, &e));
  assert_int_equal(o.ts_val, 1);
  assert_int_equal(o.ts_ecr, 0xffffffffu);
  assert_true(option_next(&s, &at, &o, &e));
  assert_int_equal(o.sack_count, 1);
  assert_int_equal(o.sack[0].left, 10);
  assert_int_equal(o.sack[0].right, 20);
  assert_true(option_next(&s, &at, &o, &e));
  assert_int_equal(o.wscale, 15);
  assert_true(option_next(&s, &at, &o, &e));
  assert_int_equal(o.kind, OPTION_SACKOK);
  assert_true(o.well_formed);
  assert_true(option_next(&s, &at, &o, &e));
  assert_int_equal(o.kind, OPTION_EOL);
  assert_int_equal(o.len, 2); /* with what follows */
  assert_false(option_next(&s, &at, &o, &e));
  assert_int_equal(e.code, ERR_NONE);
  assert_int_equal(at, s.options_len);
}

static void check_broken(const char *line, size_t at, size_t len, const char *message)
{
  struct segment s = parsed(line);
  struct option o;
  struct err e;
  size_t i = 0;
  while (option_next(&s, &i, &o, &e)) assert_true(i <= s.options_len);
  assert_string_equal(e.message, message);
  assert_int_equal(e.at, at);
  assert_int_equal(e.len, len);
  assert_int_equal(i, at);
  assert_false(option_next(&s, &i, &o, NULL));
  assert_int_equal(i, at);
}

static void broken_lists_say_where(void **state)
{
  (void)state;
  check_broken("mss=1460 opt=02", 4, 1, "the options break at octet 4: the length octet is missing");
  check_broken("nop opt=0200", 1, 2,
               "the options break at octet 1: the length does not even count kind and length");
  check_broken("nop opt=fe01", 1, 2,
               "the options break at octet 1: the length does not even count kind and length");
  check_broken("nop nop opt=080a0000", 2, 4,
               "the options break at octet 2: the length reaches beyond the end of the list");
}

static void lying_lengths_are_followed(void **state)
{
  (void)state;
  struct segment s = parsed("opt=020604b40402 sackok"); /* the MSS swallows what was SACK permitted */
  struct option o;
  size_t at = 0;
  assert_true(option_next(&s, &at, &o, NULL));
  assert_int_equal(o.kind, OPTION_MSS);
  assert_int_equal(o.len, 6);
  assert_false(o.well_formed);
  assert_false(option_find(&s, OPTION_MSS, &o));
  assert_true(option_find(&s, OPTION_SACKOK, &o));
  assert_ptr_equal(o.octet, s.options + 6);
}

static void only_the_length_of_the_kind_is_well_formed(void **state)
{
  (void)state;
  for (unsigned kind = 2; kind < 256; kind++) {
    for (uint8_t len = 2; len <= 40; len++) {
      struct segment s = {0};
      struct option o;
      size_t at = 0;
      uint8_t body[38] = {0};
      assert_true(option_put(&s, (uint8_t)kind, body, len - 2u));
      assert_true(option_next(&s, &at, &o, NULL));
      bool expected = (kind == 2 && len == 4) || (kind == 3 && len == 3) || (kind == 4 && len == 2) ||
                      (kind == 5 && (len == 10 || len == 18 || len == 26 || len == 34)) ||
                      (kind == 8 && len == 10) ||
                      (kind == 34 && (len == 2 || (len >= 6 && len <= 18 && len % 2 == 0)));
      assert_int_equal(o.well_formed, expected);
    }
  }
}

static void options_stop_at_forty_octets(void **state)
{
  (void)state;
  struct segment s = {0};
  uint8_t body[300] = {0};
  assert_false(segment_has(&s, SEG_OPTIONS));
  assert_false(option_put(&s, 99, body, 39));
  assert_false(option_put(&s, 99, body, sizeof body));
  assert_false(option_put(&s, OPTION_NOP, body, 1));
  assert_false(option_put_sack(&s, NULL, 0));
  assert_int_equal(s.given, 0);
  assert_true(option_put(&s, 99, body, 36));
  assert_false(option_put_wscale(&s, 1));
  assert_int_equal(s.options_len, 38);
  assert_true(option_put(&s, OPTION_SACKOK, NULL, 0));
  assert_false(option_put(&s, OPTION_NOP, NULL, 0));
  assert_int_equal(s.options_len, 40);

  s = (struct segment){0};
  option_put_wscale(&s, 7);
  option_pad(&s);
  assert_int_equal(s.options_len, 4);
  assert_memory_equal(s.options, "\x03\x03\x07\x01", 4);
}

static void equal_means_every_given_field(void **state)
{
  (void)state;
  struct segment a = parsed("SYN seq=1 mss=5"), b = a;
  assert_true(segment_equal(&a, &b));
  b.seq = 2;
  assert_false(segment_equal(&a, &b));
  b = a;
  b.win = 7; /* not given */
  assert_true(segment_equal(&a, &b));
  b.given |= SEG_BIT(SEG_WIN);
  assert_false(segment_equal(&a, &b));
  b = a;
  b.options[3] = 6;
  assert_false(segment_equal(&a, &b));
  a.given = b.given = SEG_BIT(SEG_SUM);
  a.sum_bad = true;
  assert_false(segment_equal(&a, &b));
  b.sum_bad = true;
  b.sum = 99;
  assert_true(segment_equal(&a, &b));
  a = parsed("SYN,FIN \"abc\"");
  assert_int_equal(segment_len(&a), 5);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(addresses_read_and_print),
      cmocka_unit_test(pairs_compare),
      cmocka_unit_test(options_are_read_one_at_a_time),
      cmocka_unit_test(broken_lists_say_where),
      cmocka_unit_test(lying_lengths_are_followed),
      cmocka_unit_test(only_the_length_of_the_kind_is_well_formed),
      cmocka_unit_test(options_stop_at_forty_octets),
      cmocka_unit_test(equal_means_every_given_field),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
