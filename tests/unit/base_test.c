/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/base/rng.h"
#include "engine/base/seq.h"
#include "engine/base/usec.h"
#include "engine/base/utf8.h"
#include "engine/base/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- buf ---- */

static void buf_collects_what_is_put(void **state)
{
  (void)state;
  char mem[64];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  assert_string_equal(b.data, "");
  buf_puts(&b, "seq=");
  buf_printf(&b, "%u", 7u);
  buf_putc(&b, ' ');
  buf_put(&b, "abcdef", 3);
  buf_fill(&b, "─", 2);
  assert_string_equal(b.data, "seq=7 abc──");
  assert_int_equal(b.len, strlen(b.data));
  assert_false(b.truncated);
  buf_reset(&b);
  assert_string_equal(b.data, "");
}

static void buf_keeps_what_fits(void **state)
{
  (void)state;
  char mem[9];
  struct buf b;
  mem[8] = '#'; /* beyond the end */
  buf_init(&b, mem, 8);
  buf_puts(&b, "1234567");
  assert_false(b.truncated);
  buf_puts(&b, "8");
  assert_true(b.truncated);
  assert_string_equal(mem, "1234567");

  buf_reset(&b);
  assert_false(b.truncated);
  buf_printf(&b, "%s", "123456789");
  assert_true(b.truncated);
  assert_string_equal(mem, "1234567");
  assert_int_equal(b.len, 7);

  buf_reset(&b);
  buf_puts(&b, "123456789");
  buf_puts(&b, "");
  assert_true(b.truncated);
  assert_string_equal(mem, "1234567");
  assert_int_equal(mem[8], '#');
}

static void buf_appends_nothing_after_what_did_not_fit(void **state)
{
  (void)state;
  char mem[8];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  buf_put_visible(&b, "abcdef\n", 7, false);
  assert_true(b.truncated);
  buf_putc(&b, 'x');
  buf_printf(&b, "y");
  assert_string_equal(mem, "abcdef");
}

static void buf_of_no_memory_is_harmless(void **state)
{
  (void)state;
  struct buf b;
  buf_init(&b, NULL, 0);
  buf_puts(&b, "");
  assert_false(b.truncated);
  buf_puts(&b, "a");
  assert_true(b.truncated);
  buf_reset(&b);
  buf_printf(&b, "%d", 5);
  assert_true(b.truncated);
  buf_reset(&b);
  buf_put_visible(&b, "a", 1, true);
  assert_true(b.truncated);
  assert_int_equal(b.len, 0);
}

static bool grow_once(struct buf *b, size_t need)
{
  static char more[32];
  if (need > sizeof more) return false;
  memcpy(more, b->data, b->len + 1);
  b->data = more;
  b->cap = sizeof more;
  return true;
}

static void buf_asks_for_more_room(void **state)
{
  (void)state;
  char mem[4];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  b.grow = grow_once;
  buf_puts(&b, "abc");
  assert_ptr_equal(b.data, mem);
  buf_printf(&b, "%s", "defghi");
  assert_string_equal(b.data, "abcdefghi");
  assert_false(b.truncated);
  buf_fill(&b, "0123456789", 3);
  assert_true(b.truncated);
  assert_string_equal(b.data, "abcdefghi0123456789012345678901");
}

/* ---- visible ---- */

static void check_visible(const char *text, size_t len, bool quoted, const char *expected)
{
  char mem[256];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  buf_put_visible(&b, text, len, quoted);
  assert_string_equal(mem, expected);
}

#define VISIBLE(literal, quoted, expected) check_visible(literal, sizeof(literal) - 1, quoted, expected)

static void visible_leaves_text_alone(void **state)
{
  (void)state;
  VISIBLE("seq=1 ─▶ Grüße 日本 🙂 \"\\", false, "seq=1 ─▶ Grüße 日本 🙂 \"\\");
  VISIBLE("a\"b\\c", true, "a\\\"b\\\\c");
}

static void visible_escapes_controls(void **state)
{
  (void)state;
  VISIBLE("a\nb\rc\td", false, "a\\nb\\rc\\td");
  VISIBLE("\0\x1b[2J\x07\x7f", false, "\\x00\\x1B[2J\\x07\\x7F");
  VISIBLE("\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", false, "\\u{0080}\\u{009B}\\u{009F}\xc2\xa0");
}

static void visible_escapes_what_is_not_utf8(void **state)
{
  (void)state;
  VISIBLE("\x80\x9b\xff", false, "\\x80\\x9B\\xFF");
  VISIBLE("\xc3", false, "\\xC3"); /* cut */
  VISIBLE("\xe2\x82"
          "a",
          false,
          "\\xE2\\x82"
          "a");                                                        /* cut by a letter */
  VISIBLE("\xc0\xaf\xe0\x80\xaf", false, "\\xC0\\xAF\\xE0\\x80\\xAF"); /* overlong */
  VISIBLE("\xed\xa0\x80", false, "\\xED\\xA0\\x80");                   /* a surrogate */
  VISIBLE("\xf4\x90\x80\x80\xf8", false, "\\xF4\\x90\\x80\\x80\\xF8"); /* beyond 10FFFF */
}

static void visible_escapes_format_characters(void **state)
{
  (void)state;
  VISIBLE("\u202e"
          "a\u2066"
          "b\u200f",
          false, "\\u{202E}a\\u{2066}b\\u{200F}");
  VISIBLE("\u200b\u00ad\ufeff\u2028\u061c", false, "\\u{200B}\\u{00AD}\\u{FEFF}\\u{2028}\\u{061C}");
  VISIBLE("\U000e0041\uffff\U0001ffff", false, "\\u{E0041}\\u{FFFF}\\u{1FFFF}");
  VISIBLE("\u2027\u202f\u2010", false, "\u2027\u202f\u2010"); /* their neighbours are ordinary */
}

static void visible_cuts_between_characters(void **state)
{
  (void)state;
  char mem[4];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  buf_put_visible(&b, "aé─", strlen("aé─"), false);
  assert_string_equal(mem, "aé");
  assert_true(b.truncated);
}

static void show_marks_what_is_cut(void **state)
{
  (void)state;
  char mem[10];
  assert_string_equal(buf_show(mem, sizeof mem, "abcdef", 6), "abcdef");
  assert_string_equal(buf_show(mem, sizeof mem, "abcdefg", 7), "abcdef...");
  assert_string_equal(buf_show(mem, sizeof mem, "abcd\x1b", 5), "abcd...");
  assert_string_equal(buf_show(mem, sizeof mem, "", 0), "");
}

static void utf8_reads_what_it_writes(void **state)
{
  (void)state;
  for (uint32_t rune = 0; rune <= 0x110000; rune++) {
    char octets[4];
    uint32_t back = 0;
    size_t n = utf8_octets(rune, octets);
    bool none = rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff);
    assert_int_equal(n == 0, none);
    if (none) continue;
    assert_int_equal(utf8_next(octets, n, &back), n);
    assert_int_equal(back, rune);
    assert_int_equal(utf8_next(octets, n - 1, &back), 0);
  }
}

/* ---- err ---- */

static void err_carries_message_place_and_hint(void **state)
{
  (void)state;
  struct err e;
  assert_false(err_at(&e, ERR_SYNTAX, 4, 3, "'%s' is not a flag", "SYM"));
  assert_int_equal(e.code, ERR_SYNTAX);
  assert_int_equal(e.at, 4);
  assert_int_equal(e.len, 3);
  assert_string_equal(e.message, "'SYM' is not a flag");
  assert_string_equal(e.hint, "");
  assert_false(err_hint(&e, "did you mean %s?", "SYN"));
  assert_string_equal(e.hint, "did you mean SYN?");
  assert_false(err_set(&e, ERR_STATE, "not now"));
  assert_int_equal(e.at, 0);
  assert_int_equal(e.len, 0);
  assert_string_equal(e.hint, "");
  err_clear(&e);
  assert_int_equal(e.code, ERR_NONE);
  assert_string_equal(e.message, "");
}

static void err_may_be_null(void **state)
{
  (void)state;
  assert_false(err_set(NULL, ERR_LIMIT, "x"));
  assert_false(err_at(NULL, ERR_LIMIT, 0, 0, "x"));
  assert_false(err_hint(NULL, "x"));
  err_clear(NULL);
}

static void err_messages_are_short_and_harmless(void **state)
{
  (void)state;
  struct err e;
  char longer[1000];
  memset(longer, 'x', sizeof longer - 1);
  longer[sizeof longer - 1] = '\0';
  err_set(&e, ERR_LIMIT, "%s", longer);
  assert_int_equal(strlen(e.message), sizeof e.message - 1);
  assert_string_equal(e.message + sizeof e.message - 5, "x...");
  err_hint(&e, "%s", longer);
  assert_int_equal(strlen(e.hint), sizeof e.hint - 1);
  err_set(&e, ERR_SYNTAX, "found '%s'", "\x1b]0;title\x07\xff");
  assert_string_equal(e.message, "found '\\x1B]0;title\\x07\\xFF'");
}

/* ---- seq ---- */

static void seq_compares_modulo_2_32(void **state)
{
  (void)state;
  assert_true(seq_lt(0xffffffffu, 0));
  assert_true(seq_gt(0, 0xffffffffu));
  assert_true(seq_lt(5, 6));
  assert_false(seq_lt(5, 5));
  assert_true(seq_le(5, 5));
  assert_true(seq_ge(5, 5));
  assert_true(seq_lt(0, 0x7fffffffu)); /* 2^31 - 1 ahead */
  assert_int_equal(seq_diff(3, 0xfffffffeu), 5);
  assert_int_equal(seq_diff(0xfffffffeu, 3), -5);
  assert_int_equal(seq_max(0xfffffff0u, 16), 16);
  assert_int_equal(seq_min(0xfffffff0u, 16), 0xfffffff0u);
}

static void seq_in_a_range(void **state)
{
  (void)state;
  assert_true(seq_in(0xfffffffeu, 0xfffffffeu, 4));
  assert_true(seq_in(1, 0xfffffffeu, 4));
  assert_false(seq_in(2, 0xfffffffeu, 4));
  assert_false(seq_in(0xfffffffdu, 0xfffffffeu, 4));
  assert_false(seq_in(7, 7, 0));
}

/* ---- usec ---- */

static void check_usec(const char *text, usec_t expected)
{
  usec_t d = -1;
  struct err e;
  assert_true(usec_parse(text, strlen(text), &d, &e));
  assert_int_equal(d, expected);
}

static void check_usec_error(const char *text, enum err_code code, size_t at, size_t len, const char *message)
{
  usec_t d = 77;
  struct err e;
  assert_false(usec_parse(text, strlen(text), &d, &e));
  assert_string_equal(e.message, message);
  assert_int_equal(e.code, code);
  assert_int_equal(e.at, at);
  assert_int_equal(e.len, len);
  assert_int_equal(d, 77);
}

static void usec_reads_durations(void **state)
{
  (void)state;
  check_usec("2m", 120 * USEC_S);
  check_usec("1.5s", 1500000);
  check_usec("200ms", 200000);
  check_usec("10us", 10);
  check_usec("3", 3 * USEC_S);
  check_usec("0", 0);
  check_usec("1h", 3600 * USEC_S);
  check_usec("0.5h", 1800 * USEC_S);
  check_usec(".25", 250000);
  check_usec("1.5", 1500000);
  check_usec("0.000001", 1);
  check_usec("1.500000000000s", 1500000);
  check_usec("720h", 720 * 3600 * USEC_S);
  check_usec("000000000000000000000000000001s", USEC_S);
}

static void usec_says_what_is_wrong(void **state)
{
  (void)state;
  check_usec_error("", ERR_SYNTAX, 0, 0, "a duration is missing");
  check_usec_error("soon", ERR_SYNTAX, 0, 4, "'soon' is not a duration");
  check_usec_error("-1s", ERR_SYNTAX, 0, 3, "'-1s' is not a duration");
  check_usec_error("2x", ERR_SYNTAX, 1, 1, "'x' is not a unit of time");
  check_usec_error("1.5.s", ERR_SYNTAX, 3, 2, "'.s' is not a unit of time");
  check_usec_error("2M", ERR_SYNTAX, 1, 1, "'M' is not a unit of time");
  check_usec_error("721h", ERR_RANGE, 0, 4, "'721h' is longer than 30 days");
  check_usec_error("720.1h", ERR_RANGE, 0, 6, "'720.1h' is longer than 30 days");
  check_usec_error("99999999999999999999999s", ERR_RANGE, 0, 24,
                   "'99999999999999999999999s' is longer than 30 days");
  check_usec_error("0.5us", ERR_RANGE, 0, 5, "'0.5us' is finer than a microsecond");
  check_usec_error("0.0000000000001h", ERR_RANGE, 0, 16, "'0.0000000000001h' is finer than a microsecond");
  assert_false(usec_parse("x", 1, &(usec_t){0}, NULL));
}

static void check_print(usec_t d, const char *expected, const char *stamp)
{
  char mem[64];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  usec_print(&b, d);
  assert_string_equal(mem, expected);
  buf_reset(&b);
  usec_print_stamp(&b, d);
  assert_string_equal(mem, stamp);
}

static void usec_prints_durations_and_stamps(void **state)
{
  (void)state;
  check_print(0, "0s", "0.000000");
  check_print(10, "10us", "0.000010");
  check_print(1500, "1.5ms", "0.001500");
  check_print(200000, "200ms", "0.200000");
  check_print(1500000, "1.5s", "1.500000");
  check_print(4155441, "4.155441s", "4.155441");
  check_print(90 * USEC_S, "90s", "90.000000");
  check_print(120 * USEC_S, "2m", "120.000000");
  check_print(7200 * USEC_S, "2h", "7200.000000");
  check_print(-1, "-1us", "-0.000001");
  check_print(-3 * USEC_S, "-3s", "-3.000000");
  check_print(USEC_NEVER, "never", "never");
}

static void usec_print_and_parse_are_inverse(void **state)
{
  (void)state;
  struct rng r = {1};
  for (int i = 0; i < 200000; i++) {
    usec_t d = (usec_t)(rng_next(&r) % (UINT64_C(30) * 24 * 3600 * 1000000 + 1)), back = -1;
    for (uint32_t zeros = rng_below(&r, 12); zeros > 0; zeros--) d /= 10;
    for (uint32_t zeros = rng_below(&r, 7); zeros > 0 && d < 1000000000; zeros--) d *= 10;
    char mem[64];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    usec_print(&b, d);
    assert_true(usec_parse(b.data, b.len, &back, NULL));
    assert_int_equal(back, d);
  }
}

/* ---- words ---- */

static void words_finds_the_nearest(void **state)
{
  (void)state;
  static const char *const words[] = {"send", "expect", "SYN",     "FIN",    "RST",
                                      "seq",  "wscale", "snd.nxt", "snd.una"};
  size_t n = sizeof words / sizeof words[0];
  assert_string_equal(words_nearest("sned", 4, words, n), "send"); /* a swap is one letter */
  assert_string_equal(words_nearest("SYM", 3, words, n), "SYN");
  assert_string_equal(words_nearest("sym", 3, words, n), "SYN");
  assert_string_equal(words_nearest("sq", 2, words, n), "seq");
  assert_string_equal(words_nearest("wscal", 5, words, n), "wscale");
  assert_string_equal(words_nearest("exepct!", 7, words, n), "expect");
  assert_string_equal(words_nearest("snd.nx", 6, words, n), "snd.nxt");
  assert_string_equal(words_nearest("snd.unxt", 8, words, n), "snd.nxt");
}

static void words_finds_nothing_far_away(void **state)
{
  (void)state;
  static const char *const words[] = {"send", "SYN"};
  assert_null(words_nearest("hello", 5, words, 2));
  assert_null(words_nearest("sxy", 3, words, 2)); /* two letters of three */
  assert_null(words_nearest("", 0, words, 2));
  assert_null(words_nearest("send", 4, words, 0));
  char longest[100];
  memset(longest, 's', sizeof longest);
  assert_null(words_nearest(longest, sizeof longest, words, 2));
}

/* ---- rng ---- */

static void rng_repeats_its_seed(void **state)
{
  (void)state;
  struct rng r = {1234567};
  /* The published vectors of SplitMix64 for this seed. */
  assert_true(rng_next(&r) == UINT64_C(6457827717110365317));
  assert_true(rng_next(&r) == UINT64_C(3203168211198807973));
  assert_true(rng_next(&r) == UINT64_C(9817491932198370423));
}

static void rng_below_stays_below(void **state)
{
  (void)state;
  struct rng r = {42};
  unsigned seen[10] = {0};
  for (int i = 0; i < 100000; i++) {
    uint32_t n = rng_below(&r, 10);
    assert_true(n < 10);
    seen[n]++;
    assert_int_equal(rng_below(&r, 1), 0);
  }
  for (int i = 0; i < 10; i++) assert_in_range(seen[i], 9500, 10500);
  for (int i = 0; i < 1000; i++) assert_true(rng_below(&r, 0x80000001u) < 0x80000001u);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(buf_collects_what_is_put),
      cmocka_unit_test(buf_keeps_what_fits),
      cmocka_unit_test(buf_appends_nothing_after_what_did_not_fit),
      cmocka_unit_test(buf_of_no_memory_is_harmless),
      cmocka_unit_test(buf_asks_for_more_room),
      cmocka_unit_test(visible_leaves_text_alone),
      cmocka_unit_test(visible_escapes_controls),
      cmocka_unit_test(visible_escapes_what_is_not_utf8),
      cmocka_unit_test(visible_escapes_format_characters),
      cmocka_unit_test(visible_cuts_between_characters),
      cmocka_unit_test(show_marks_what_is_cut),
      cmocka_unit_test(utf8_reads_what_it_writes),
      cmocka_unit_test(err_carries_message_place_and_hint),
      cmocka_unit_test(err_may_be_null),
      cmocka_unit_test(err_messages_are_short_and_harmless),
      cmocka_unit_test(seq_compares_modulo_2_32),
      cmocka_unit_test(seq_in_a_range),
      cmocka_unit_test(usec_reads_durations),
      cmocka_unit_test(usec_says_what_is_wrong),
      cmocka_unit_test(usec_prints_durations_and_stamps),
      cmocka_unit_test(usec_print_and_parse_are_inverse),
      cmocka_unit_test(words_finds_the_nearest),
      cmocka_unit_test(words_finds_nothing_far_away),
      cmocka_unit_test(rng_repeats_its_seed),
      cmocka_unit_test(rng_below_stays_below),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
