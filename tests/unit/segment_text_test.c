/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segment <-> text. */
#include "tests/unit/random_segment.h"
#include "tests/unit/segment_fixture.h"

static char text[8192];

static const char *printed(const struct segment *s)
{
  struct buf b;
  buf_init(&b, text, sizeof text);
  segment_print(&b, s);
  assert_false(b.truncated);
  return text;
}

static const char *printed_short(const struct segment *s, uint32_t mask)
{
  struct buf b;
  buf_init(&b, text, sizeof text);
  segment_print_short(&b, s, mask);
  return text;
}

static void check_same(const char *line, const char *expected)
{
  struct segment s = parsed(line);
  assert_string_equal(printed(&s), expected);
}

static void check_short(const char *line, const char *expected)
{
  struct segment s = parsed(line);
  assert_string_equal(printed_short(&s, 0), expected);
}

/* CAP 0: no store at all. */
static void check_error_in(const struct segment_env *env, size_t cap, const char *line, enum err_code code,
                           size_t at, size_t len, const char *message, const char *hint)
{
  struct segment s = {.given = 12345}, before = s;
  struct err e;
  assert_false(segment_parse(line, strlen(line), env, cap > 0 ? store : NULL, cap, &s, &e));
  assert_string_equal(e.message, message);
  assert_string_equal(e.hint, hint);
  assert_int_equal(e.code, code);
  assert_int_equal(e.at, at);
  assert_int_equal(e.len, len);
  assert_memory_equal(&s, &before, sizeof s);
  assert_false(segment_parse(line, strlen(line), env, cap > 0 ? store : NULL, cap, &s, NULL));
}

static void check_error(const char *line, enum err_code code, size_t at, size_t len, const char *message,
                        const char *hint)
{
  check_error_in(NULL, sizeof store, line, code, at, len, message, hint);
}

/* ---- reading ---- */

static void flags_are_words_or_letters(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    uint8_t flags;
  } good[] = {
      {"SYN", SYN},
      {"SYN,ACK", SYN | ACK},
      {"syn,ack", SYN | ACK},
      {"ACK,SYN", SYN | ACK},
      {"S.", SYN | ACK},
      {".", ACK},
      {"F.", FIN | ACK},
      {"R", RST},
      {"R.", RST | ACK},
      {"P.", PSH | ACK},
      {"none", 0},
      {"None", 0},
      {"SEW", SYN | ECE | CWR},
      {"U", URG},
      {"urg", URG},
      {"FSRP.UEW", 0xff},
      {"FIN,SYN,RST,PSH,ACK,URG,ECE,CWR", 0xff},
  };
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    uint8_t flags = 0x55;
    assert_true(segment_parse_flags(good[i].text, strlen(good[i].text), &flags, NULL));
    assert_int_equal(flags, good[i].flags);
    struct segment s = parsed(good[i].text);
    assert_int_equal(s.flags, good[i].flags);
    assert_int_equal(s.given, SEG_BIT(SEG_FLAGS));
  }
  for (unsigned flags = 0; flags < 256; flags++) {
    struct buf b;
    uint8_t back = 0;
    buf_init(&b, text, sizeof text);
    segment_print_flags(&b, (uint8_t)flags);
    assert_true(segment_parse_flags(b.data, b.len, &back, NULL));
    assert_int_equal(back, flags);
  }
}

static void given_is_what_was_written(void **state)
{
  (void)state;
  struct segment s = parsed("");
  assert_int_equal(s.given, 0);
  s = parsed(" \t\n");
  assert_int_equal(s.given, 0);
  s = parsed("ack=7");
  assert_int_equal(s.given, SEG_BIT(SEG_ACKNO));
  assert_int_equal(s.flags, 0);
  s = parsed("SYN win=1 seq=5 \"x\" mss=3");
  assert_int_equal(s.given, SEG_BIT(SEG_FLAGS) | SEG_BIT(SEG_WIN) | SEG_BIT(SEG_SEQ) | SEG_BIT(SEG_DATA) |
                                SEG_BIT(SEG_OPTIONS));
}

static void fields_are_read_in_any_order(void **state)
{
  (void)state;
  check_same("SYN,ACK seq=3290144801 ack=1415531522 win=64240 mss=1460",
             "SYN,ACK seq=3290144801 ack=1415531522 win=64240 mss=1460");
  check_same("S. mss=0x5b4 win=64240 ACK=1415531522 SEQ=3290144801",
             "SYN,ACK seq=3290144801 ack=1415531522 win=64240 mss=1460");
  check_same(
      "none tos=16 id=65535 ttl=255 sum=0xbeef rsv=15 doff=15 urg=1 win=2 ack=3 seq=0xffffffff dport=9 "
      "dst=10.9.0.2 sport=0 src=255.255.255.255",
      "none src=255.255.255.255 sport=0 dst=10.9.0.2 dport=9 seq=4294967295 ack=3 win=2 urg=1 doff=15 rsv=15 "
      "sum=0xbeef ttl=255 id=65535 tos=0x10");
  check_same("sum=bad", "sum=bad");
  check_same("sum=BAD seq=010", "seq=10 sum=bad");
}

static void options_are_kept_octet_for_octet(void **state)
{
  (void)state;
  check_same("SYN mss=1460 sackok ts=305419896:0 nop wscale=7",
             "SYN mss=1460 sackok ts=305419896:0 nop wscale=7");
  struct segment s = parsed("SYN mss=1460 sackok ts=305419896:0 nop wscale=7");
  assert_int_equal(s.options_len, 20);
  assert_memory_equal(s.options, "\x02\x04\x05\xb4\x04\x02\x08\x0a\x12\x34\x56\x78\0\0\0\0\x01\x03\x03\x07",
                      20);
  s = parsed("sack=1-2,3-4,5-6,7-0xffffffff");
  assert_int_equal(s.options_len, 34);
  assert_memory_equal(s.options, "\x05\x22\0\0\0\1\0\0\0\2", 10);
  assert_string_equal(printed(&s), "sack=1-2,3-4,5-6,7-4294967295");
  s = parsed("fastopen fastopen=0a0b0c0d");
  assert_memory_equal(s.options, "\x22\x02\x22\x06\x0a\x0b\x0c\x0d", 8);
  assert_string_equal(printed(&s), "fastopen fastopen=0a0b0c0d");
  check_same("opt=01020405B4", "nop mss=1460");
  check_same("opt=fd0401020205", "opt=fd040102 opt=0205");
  check_same("opt=0300 mss=1", "opt=030002040001");
  check_same("nop eol eol", "nop eol eol");
  check_same("eol opt=0001ff", "eol eol opt=01ff");
  check_same("mss=1 mss=2 mss=3", "mss=1 mss=2 mss=3");
  check_same("opt=none", "opt=none");
}

static void payloads_are_text_octets_or_filler(void **state)
{
  (void)state;
  struct segment s = parsed("\"a\\n\\r\\t\\0\\\\\\\"\\x7f\\xC3\\xa9\\u{e9}\\u{1F642} b\"");
  assert_int_equal(s.data_len, 18);
  assert_memory_equal(s.data, "a\n\r\t\0\\\"\x7f\xc3\xa9\xc3\xa9\xf0\x9f\x99\x82 b", 18);
  s = parsed("data=00Ff10");
  assert_int_equal(s.data_len, 3);
  assert_memory_equal(s.data, "\x00\xff\x10", 3);
  s = parsed("len=40");
  assert_int_equal(s.data_len, 40);
  assert_memory_equal(s.data, "abcdefghijklmnopqrstuvwxyz0123456789abcd", 40);
  for (size_t i = 0; i < s.data_len; i++) assert_int_equal(s.data[i], segment_filler(i));
  s = parsed("\"\"");
  assert_true(segment_has(&s, SEG_DATA));
  assert_int_equal(s.data_len, 0);
}

static void payloads_are_printed_to_be_read_back(void **state)
{
  (void)state;
  check_same("\"\"", "len=0");
  check_same("len=0", "len=0");
  check_same("data=68690a", "\"hi\\n\"");
  check_same("data=680069", "data=680069");
  check_same("data=0001", "data=0001");
  check_same("len=24", "\"abcdefghijklmnopqrstuvwx\"");
  check_same("len=25", "len=25");
  check_same("len=3000", "len=3000");
  check_same("\"abcdefghijklmnopqrstuvwxyz\"", "len=26");
  check_same("\"say \\\"hi\\\" \\\\ now\"", "\"say \\\"hi\\\" \\\\ now\"");
  check_same("\"ESC\\x1b[2Jabcdefgh\"", "\"ESC\\x1B[2Jabcdefgh\"");
}

/* ---- values ---- */

static bool env_name(void *ctx, enum segment_name name, bool of_peer, uint32_t *out)
{
  (void)ctx;
  if (name == NAME_IRS) return false;
  *out = name == NAME_RCV_WND ? 70000u : name == NAME_ISS ? 0u : (of_peer ? 2000u : 1000u) + (uint32_t)name;
  return true;
}

static bool env_base(void *ctx, enum segment_field field, uint8_t flags, uint32_t *out)
{
  (void)ctx;
  if (field == SEG_URGP) return false;
  *out = field == SEG_SEQ ? 500u + flags : field == SEG_WIN ? 4096u : 100u;
  return true;
}

static const struct segment_env env = {NULL, env_name, env_base, NULL};

static void check_value(const char *line, const char *expected)
{
  struct segment s = parsed_in(line, &env);
  assert_string_equal(printed(&s), expected);
}

static void values_may_be_names_and_offsets(void **state)
{
  (void)state;
  check_value("seq=snd.nxt", "seq=1003");
  check_value("seq=SND.NXT", "seq=1003");
  check_value("seq=peer.snd.nxt", "seq=2003");
  check_value("ack=rcv.nxt-1", "ack=1004");
  check_value("ack=peer.rcv.nxt+0x10", "ack=2021");
  check_value("SYN seq=+1", "SYN seq=503");
  check_value("seq=-501", "seq=4294967295");
  check_value("seq=iss-1", "seq=4294967295");
  check_value("win=-96 ttl=+1", "win=4000 ttl=101");
  check_value("win=snd.wnd", "win=1004");
  check_value("sack=rcv.nxt-5-10,1-rcv.nxt+5,snd.una-1-rcv.nxt-1", "sack=1000-10,1-1010,1001-1004");
  check_value("ts=snd.nxt:iss-1", "ts=1003:4294967295");
  check_value("len=snd.una", "len=1002");
}

static void values_alone_follow_the_same_rules(void **state)
{
  (void)state;
  uint32_t n = 0, base = 10;
  struct err e;
  assert_true(segment_parse_value("0x10", 4, NULL, NULL, &n, NULL));
  assert_int_equal(n, 16);
  assert_true(segment_parse_value("snd.nxt+1", 9, &env, NULL, &n, NULL));
  assert_int_equal(n, 1004);
  assert_true(segment_parse_value("-11", 3, &env, &base, &n, NULL));
  assert_int_equal(n, 0xffffffffu);
  assert_false(segment_parse_value("+1", 2, &env, NULL, &n, &e));
  assert_string_equal(e.message, "the value has no default to count an offset from");
  assert_false(segment_parse_value("4294967296", 10, &env, NULL, &n, &e));
  assert_string_equal(e.message, "4294967296 is out of range: the value is 0 to 4294967295");
  assert_false(segment_parse_value("", 0, &env, NULL, &n, &e));
  assert_string_equal(e.message, "a number is missing");
  assert_int_equal(n, 0xffffffffu);
}

static void a_check_needs_no_values(void **state)
{
  (void)state;
  struct segment s =
      parsed("ACK seq=snd.nxt+1 ack=+1 win=rcv.wnd-1 urg=+1 len=peer.rcv.wnd sack=rcv.nxt-1-rcv.nxt");
  assert_int_equal(s.seq, 1);
  assert_int_equal(s.ack, 1);
  assert_int_equal(s.data_len, 0);
  check_error("win=70000", ERR_RANGE, 4, 5, "70000 is out of range: win is 0 to 65535", "");
}

#define NUMBER_FORMS                                                                                         \
  "a number (7, 0x1f), a name (snd.nxt), a name with an offset (rcv.nxt-1) or an offset from the default "   \
  "(+1)"

static void wrong_values_are_explained(void **state)
{
  (void)state;
  check_error("SYN seq=abc", ERR_UNKNOWN, 8, 3, "seq wants a number, found 'abc'", NUMBER_FORMS);
  check_error("SYN seq=snd.nx", ERR_UNKNOWN, 8, 6, "seq wants a number, found 'snd.nx'",
              "did you mean snd.nxt?");
  check_error("ack=pear.iss+1", ERR_UNKNOWN, 4, 10, "ack wants a number, found 'pear.iss+1'",
              "did you mean peer.iss?");
  check_error("seq=12ab", ERR_SYNTAX, 4, 4, "seq wants a number, found '12ab'", NUMBER_FORMS);
  check_error("seq=0x", ERR_SYNTAX, 4, 2, "seq wants a number, found '0x'", NUMBER_FORMS);
  check_error("seq=1+1", ERR_SYNTAX, 4, 3, "seq wants a number, found '1+1'", NUMBER_FORMS);
  check_error("seq=+", ERR_SYNTAX, 4, 1, "seq wants a number, found '+'", NUMBER_FORMS);
  check_error("seq=snd.nxt-", ERR_UNKNOWN, 4, 8, "seq wants a number, found 'snd.nxt-'",
              "did you mean snd.nxt?");
  check_error("seq=\x1b[2J", ERR_SYNTAX, 4, 4, "seq wants a number, found '\\x1B[2J'", NUMBER_FORMS);
  check_error("seq=4294967296", ERR_RANGE, 4, 10, "4294967296 is out of range: seq is 0 to 4294967295", "");
  check_error("ttl=256", ERR_RANGE, 4, 3, "256 is out of range: ttl is 0 to 255", "");
  check_error("doff=16", ERR_RANGE, 5, 2, "16 is out of range: doff is 0 to 15", "");
  check_error("wscale=256", ERR_RANGE, 7, 3, "256 is out of range: wscale is 0 to 255", "");
  check_error("len=65456", ERR_RANGE, 4, 5, "65456 is out of range: len is 0 to 65455", "");
  check_error("mss=+1", ERR_STATE, 4, 2, "mss has no default to count an offset from",
              "give a number (7, 0x1f), a name (snd.nxt) or a name with an offset (rcv.nxt-1)");
  check_error("sum=bda", ERR_UNKNOWN, 4, 3, "sum wants a number, found 'bda'",
              "a number (0xbeef), or sum=bad for any wrong one");
  check_error("ts=5", ERR_SYNTAX, 3, 1, "ts wants VAL:ECR, found '5'", "");
  check_error("sack=1-2,3", ERR_SYNTAX, 9, 1,
              "sack wants L-R (first octet received, octet after the last), found '3'", "");
  check_error("sack=1-2,3-4,5-6,7-8,9-9", ERR_LIMIT, 21, 3, "sack holds at most 4 blocks", "");
  check_error("src=10.9.0.300", ERR_SYNTAX, 4, 10, "'10.9.0.300' is not an IPv4 address",
              "four numbers from 0 to 255 with dots between, like 10.9.0.2");
  check_error_in(&env, 0, "ACK ack=irs+1", ERR_STATE, 8, 3, "irs is not known yet",
                 "irs is the own end's initial receive sequence number; give a number until there is one");
  check_error_in(&env, 0, "urg=+1", ERR_STATE, 4, 2, "urg has no default to count an offset from",
                 "give a number (7, 0x1f), a name (snd.nxt) or a name with an offset (rcv.nxt-1)");
  check_error_in(&env, 0, "win=rcv.wnd", ERR_RANGE, 4, 7, "rcv.wnd is out of range: win is 0 to 65535", "");
  check_error_in(&env, 0, "win=-5000", ERR_RANGE, 4, 5, "-5000 is out of range: win is 0 to 65535", "");
}

/* ---- wrong words ---- */

#define FORM "FLAGS [field=value]... [\"payload\"], as in SYN,ACK seq=1 win=4096 mss=1460"
#define FLAG_FORM "flags are FIN SYN RST PSH ACK URG ECE CWR, joined by commas, or none"

static void wrong_words_are_explained(void **state)
{
  (void)state;
  check_error("SYM", ERR_UNKNOWN, 0, 3, "'SYM' is neither a flag nor a field", "did you mean SYN?");
  check_error("  sny seq=1", ERR_UNKNOWN, 2, 3, "'sny' is neither a flag nor a field", "did you mean SYN?");
  check_error("SYN-ACK", ERR_UNKNOWN, 0, 7, "'SYN-ACK' is neither a flag nor a field",
              "did you mean SYN,ACK?");
  check_error("SYN,AKC", ERR_UNKNOWN, 4, 3, "'AKC' is not a flag", "did you mean ACK?");
  check_error("s.", ERR_UNKNOWN, 0, 2, "'s.' is neither a flag nor a field", "did you mean S.?");
  check_error("hello world", ERR_UNKNOWN, 0, 5, "'hello' is neither a flag nor a field", FORM);
  check_error("SYN,", ERR_SYNTAX, 4, 0, "a flag is missing", FLAG_FORM);
  check_error("SYN,none", ERR_SYNTAX, 4, 4, "none stands alone: it says there is no flag", "");
  check_error("none,SYN", ERR_SYNTAX, 0, 4, "none stands alone: it says there is no flag", "");
  check_error("SYN,SYN", ERR_SYNTAX, 4, 3, "SYN is named twice", "");
  check_error("SYN ACK", ERR_SYNTAX, 4, 3, "flags are given twice: 'ACK'",
              "flags are joined by a comma, as in SYN,ACK; the field is written ack=N");
  check_error("SYN FIN", ERR_SYNTAX, 4, 3, "flags are given twice: 'FIN'", "join them by a comma: SYN,ACK");
  check_error("seq=1 SYN", ERR_SYNTAX, 6, 3, "flags come first: 'SYN' is late",
              "FLAGS [field=value]... [\"payload\"]");
  check_error("S. sqe=5", ERR_UNKNOWN, 3, 3, "no field is called 'sqe'", "did you mean seq?");
  check_error("SYN colour=5", ERR_UNKNOWN, 4, 6, "no field is called 'colour'", FORM);
  check_error("flags=SYN", ERR_UNKNOWN, 0, 5, "no field is called 'flags'", FORM);
  check_error("=5", ERR_UNKNOWN, 0, 0, "no field is called ''", FORM);
  check_error("seq", ERR_SYNTAX, 0, 3, "seq has no value", "write seq=N");
  check_error("SYN seq= ack=1", ERR_SYNTAX, 4, 4, "seq has no value", "write seq=N");
  check_error("opt=", ERR_SYNTAX, 0, 4, "opt has no value", "write opt=HEX|none");
  check_error("seq=1 seq=2", ERR_SYNTAX, 6, 5, "seq is given twice", "");
  check_error("sum=bad sum=1", ERR_SYNTAX, 8, 5, "sum is given twice", "");
  check_error("sackok=1", ERR_SYNTAX, 0, 8, "sackok takes no value", "");
  check_error("fastopen=", ERR_SYNTAX, 0, 9, "fastopen has no value", "write fastopen=[HEX|cookie]");
}

static void wrong_options_are_explained(void **state)
{
  (void)state;
  const char *too_long =
      "opt=010101010101010101010101010101010101010101010101010101010101010101010101010101 mss=1";
  check_error(too_long, ERR_LIMIT, 83, 5, "the options are longer than 40 octets with mss",
              "a TCP header has room for 40 octets of options");
  check_error("opt=0101010101010101010101010101010101010101010101010101010101010101010101010101010101",
              ERR_LIMIT, 0, 86, "the options are longer than 40 octets with opt",
              "a TCP header has room for 40 octets of options");
  check_error("opt=010", ERR_SYNTAX, 4, 3, "opt has an odd number of hexadecimal digits",
              "two digits an octet: 0103ff");
  check_error("opt=0x01", ERR_SYNTAX, 5, 1, "opt wants hexadecimal digits, found 'x01'",
              "two digits an octet, nothing between or before them, like 0103ff");
  check_error("opt=none nop", ERR_SYNTAX, 9, 3, "an option and opt=none contradict each other", "");
  check_error("nop opt=none", ERR_SYNTAX, 4, 8, "an option and opt=none contradict each other", "");
  check_error("fastopen=010203", ERR_RANGE, 9, 6, "a cookie of 3 octets: it has 4 to 16, an even number",
              "opt=22LL… writes any other (RFC 7413 §4.1.1)");
}

static void wrong_payloads_are_explained(void **state)
{
  (void)state;
  const char *one = "a segment has one: \"text\", data=HEX or len=N";
  const char *escapes = "escapes are \\n \\r \\t \\0 \\\\ \\\" \\xNN (an octet) and \\u{NNNN} (a character)";
  check_error("ACK \"abc", ERR_SYNTAX, 4, 4, "the quote is not closed",
              "end the payload with \"; a quote inside it is written \\\"");
  check_error("\"abc\\\"", ERR_SYNTAX, 0, 6, "the quote is not closed",
              "end the payload with \"; a quote inside it is written \\\"");
  check_error("\"abc\"x", ERR_SYNTAX, 5, 1, "a blank is missing after the payload", "");
  check_error("\"a\" \"b\"", ERR_SYNTAX, 4, 3, "a second payload", one);
  check_error("data=00 len=5", ERR_SYNTAX, 8, 5, "a second payload", one);
  check_error("len=5 data=00", ERR_SYNTAX, 6, 7, "a second payload", one);
  check_error("\"a\\qb\"", ERR_SYNTAX, 2, 2, "'\\q' begins no escape", escapes);
  check_error("\"\\x4\"", ERR_SYNTAX, 1, 2, "'\\x' begins no escape", escapes);
  check_error("\"\\u{d800}\"", ERR_SYNTAX, 1, 2, "'\\u' begins no escape", escapes);
  check_error("\"\\u{110000}\"", ERR_SYNTAX, 1, 2, "'\\u' begins no escape", escapes);
  check_error("\"\\u{}\"", ERR_SYNTAX, 1, 2, "'\\u' begins no escape", escapes);
  check_error("data=1", ERR_SYNTAX, 5, 1, "data has an odd number of hexadecimal digits",
              "two digits an octet: 0103ff");
  check_error_in(NULL, 4, "\"abcde\"", ERR_LIMIT, 0, 7, "the payload is too long: there is room for 4 octets",
                 "");
  check_error_in(NULL, 4, "data=0102030405", ERR_LIMIT, 5, 10, "data is too long: there is room for 4 octets",
                 "");
  check_error_in(NULL, 4, "ACK len=5", ERR_LIMIT, 4, 5, "the payload is too long: there is room for 4 octets",
                 "");
  check_error_in(NULL, 0, "ACK \"a\"", ERR_SYNTAX, 4, 3, "there can be no payload here", "");
  check_error_in(NULL, 0, "len=0", ERR_SYNTAX, 0, 5, "there can be no payload here", "");
}

/* ---- the short form ---- */

static void short_shows_what_a_reader_needs(void **state)
{
  (void)state;
  check_short("SYN,ACK seq=3290144801 ack=1415531522 win=64240 mss=1460",
              "SYN,ACK seq=3290144801 ack=1415531522 win=64240 mss=1460");
  check_short(
      "SYN src=10.9.0.1 sport=1 dst=10.9.0.2 dport=2 seq=1 ack=0 win=2 urg=0 doff=6 rsv=0 ttl=1 id=2 tos=3 "
      "mss=1024 len=0",
      "SYN seq=1 win=2 mss=1024");
  check_short("ACK,URG seq=1 ack=0 win=2 urg=0 opt=none", "ACK,URG seq=1 ack=0 win=2 urg=0");
  check_short("SYN ack=5 urg=6", "SYN ack=5 urg=6"); /* they mean nothing here: worth seeing */
  check_short("ack=0", "ack=0");                     /* no flags given: a pattern */
  check_short("SYN mss=1 doff=5", "SYN doff=5 mss=1");
  check_short("SYN mss=1 doff=6", "SYN mss=1");
  check_short("SYN rsv=1 sum=bad nop", "SYN rsv=1 sum=bad nop");
  check_short("", "");
  struct segment s = parsed("SYN,ACK seq=1 ack=2 win=3 mss=4");
  assert_string_equal(printed_short(&s, SEG_BIT(SEG_WIN) | SEG_BIT(SEG_OPTIONS)), "SYN,ACK seq=1 ack=2");
}

static void short_shows_a_sum_only_when_it_is_wrong(void **state)
{
  (void)state;
  struct segment s = parsed("ACK src=10.9.0.1 dst=10.9.0.2 sum=0 \"x\"");
  s.sum = segment_checksum(&s);
  assert_string_equal(printed_short(&s, 0), "ACK \"x\"");
  s.sum = 0x1234;
  assert_string_equal(printed_short(&s, 0), "ACK sum=0x1234 \"x\"");
  check_short("ACK sum=0x1234", "ACK sum=0x1234");
}

static void short_payloads(void **state)
{
  (void)state;
  check_short("\"hello\\r\\n\"", "\"hello\\r\\n\"");
  check_short("len=25", "len=25");
  check_short("\"abcdefghijklmnopqrstuvwxyz, and more text\"",
              "\"abcdefghijklmnopqrstuvwxyz, and more text\"");
  char line[200] = "data=";
  for (int i = 0; i < 64; i++) strcat(line, "01");
  check_short(line, line);
  strcat(line, "01");
  check_short(line, "len=65"); /* the one exception to reading back */
}

/* ---- any segment ---- */

static void text_and_segment_are_inverse(void **state)
{
  (void)state;
  struct rng r = {10};
  for (int i = 0; i < 1000000; i++) {
    uint8_t payload[RANDOM_DATA], payload_back[RANDOM_DATA];
    struct segment s = random_segment(&r, payload), back;
    struct buf b;
    struct err e;
    buf_init(&b, text, sizeof text);
    segment_print(&b, &s);
    if (!segment_parse(b.data, b.len, NULL, payload_back, sizeof payload_back, &back, &e))
      fail_msg("%s: %s", text, e.message);
    if (!segment_equal(&s, &back)) fail_msg("%s", text);
    assert_int_equal(back.options_len, s.options_len);
    for (size_t j = 0; j < b.len; j++)
      if ((unsigned char)text[j] < 0x20) fail_msg("a control character in: %s", text);
  }
}

static void short_text_reads_back(void **state)
{
  (void)state;
  struct rng r = {11};
  for (int i = 0; i < 200000; i++) {
    uint8_t payload[RANDOM_DATA], payload_back[RANDOM_DATA];
    struct segment s = random_segment(&r, payload), back;
    struct buf b;
    struct err e;
    buf_init(&b, text, sizeof text);
    segment_print_short(&b, &s, 0);
    if (!segment_parse(b.data, b.len, NULL, payload_back, sizeof payload_back, &back, &e))
      fail_msg("%s: %s", text, e.message);
    assert_int_equal(back.given & ~s.given, 0);
    if (s.data_len > 64) back.data = s.data;
    s.given = back.given;
    if (!segment_equal(&s, &back)) fail_msg("%s", text);
  }
}

static void every_word_is_read(void **state)
{
  (void)state;
  struct segment_word w;
  size_t n = 0;
  for (; segment_word(n, &w); n++) {
    char line[64];
    struct segment s;
    struct err e;
    snprintf(line, sizeof line, "%s=?", w.name);
    assert_true(strlen(w.help) > 0);
    assert_false(segment_parse(line, strlen(line), NULL, store, sizeof store, &s, &e));
    assert_null(strstr(e.message, "no field is called"));
  }
  assert_int_equal(n, SEG_FIELD_COUNT - 3 + 11);
  for (enum segment_field f = 0; f < SEG_FIELD_COUNT; f++) assert_true(strlen(segment_field_help(f)) > 0);
  for (enum segment_name name = 0; name < NAME_COUNT; name++) {
    uint32_t value;
    const char *word = segment_name_text(name);
    assert_true(segment_parse_value(word, strlen(word), NULL, NULL, &value, NULL));
    assert_true(strlen(segment_name_help(name)) > 0);
  }
  for (n = 0; segment_flag_word(n) != NULL; n++) parsed(segment_flag_word(n));
  assert_int_equal(n, 9);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(flags_are_words_or_letters),
      cmocka_unit_test(given_is_what_was_written),
      cmocka_unit_test(fields_are_read_in_any_order),
      cmocka_unit_test(options_are_kept_octet_for_octet),
      cmocka_unit_test(payloads_are_text_octets_or_filler),
      cmocka_unit_test(payloads_are_printed_to_be_read_back),
      cmocka_unit_test(values_may_be_names_and_offsets),
      cmocka_unit_test(values_alone_follow_the_same_rules),
      cmocka_unit_test(a_check_needs_no_values),
      cmocka_unit_test(wrong_values_are_explained),
      cmocka_unit_test(wrong_words_are_explained),
      cmocka_unit_test(wrong_options_are_explained),
      cmocka_unit_test(wrong_payloads_are_explained),
      cmocka_unit_test(short_shows_what_a_reader_needs),
      cmocka_unit_test(short_shows_a_sum_only_when_it_is_wrong),
      cmocka_unit_test(short_payloads),
      cmocka_unit_test(text_and_segment_are_inverse),
      cmocka_unit_test(short_text_reads_back),
      cmocka_unit_test(every_word_is_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
