/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts become sentences; every sentence tells the facts that its message has. */
#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/segment/text.h"
#include "engine/words/difference.h"
#include "engine/words/sentence.h"
#include "engine/words/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* -- the table -- */

/* The facts that TEXT tells; its braces are closed and hold names that are known. */
static uint32_t facts_of(const char *text)
{
  uint32_t all = 0, facts = 0;
  for (const char *at = text; (at = strchr(at, '{')) != NULL; at++) {
    const size_t len = strcspn(at + 1, "}"), name = strcspn(at + 1, "|}");
    if (at[1 + len] != '}' || !sentence_knows(at + 1, name, &facts)) fail_msg("%s", text);
    all |= facts;
  }
  return all;
}

static void braces_hold_names_that_are_known(void **state)
{
  (void)state;
  for (enum saying s = 0; s < SAY_COUNT; s++) facts_of(sentence_text(s));
}

static void a_sentence_tells_the_facts_of_its_message(void **state)
{
  (void)state;
#define X(id, ...)                                                                                           \
  if (facts_of(sentence_text(SAY_##id)) != message_facts(MESSAGE_##id))                                      \
    fail_msg("%s: %s", message_name(MESSAGE_##id), sentence_text(SAY_##id));
  NOTES(X)
  FINDINGS(X)
#undef X
}

static void messages_have_codes_of_their_own(void **state)
{
  (void)state;
  assert_null(message_name(MESSAGE_NONE));
  for (enum message a = MESSAGE_NONE + 1; a < MESSAGE_COUNT; a++) {
    assert_non_null(message_name(a));
    for (enum message b = MESSAGE_NONE + 1; b < a; b++)
      assert_string_not_equal(message_name(a), message_name(b));
  }
}

/* -- sentences -- */

static const struct tcp_rule rule = {.title = "acknowledges what was never sent"};
static struct tcb tcbs[END_COUNT] = {{.iss_known = true, .iss = 1000}, {.iss_known = true, .iss = 500000}};

static void says(const struct record *r, bool relative, const char *sentence)
{
  char mem[600];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  words_record(&b, r, relative);
  assert_string_equal(mem, sentence);
}

static struct record note(enum message message, const struct facts *facts)
{
  struct record r = {.kind = RECORD_NOTE, .rule = &rule};
  record_tcbs(&r, tcbs);
  r.message = message;
  r.facts = *facts;
  return r;
}

static void remarks(enum message message, const struct facts *facts, const char *sentence)
{
  const struct record r = note(message, facts);
  says(&r, false, sentence);
}

static void notes_are_sentences(void **state)
{
  (void)state;
  struct facts f = {.flags = ACK, .connection = 3, .octets = 1, .signal = SIGNAL_RESET};
  remarks(MESSAGE_OWED, &f, "you owe an ACK: `send` alone sends what a TCP would send now");
  remarks(MESSAGE_SIGNAL, &f, "connection reset");
  remarks(MESSAGE_HELD_BACK, &f, "1 octet waits: a TCP may hold text back (RFC 9293 3.7.4, RFC 5681)");
  f.flags = SYN | ACK;
  f.octets = 7;
  remarks(MESSAGE_OWED_ELSEWHERE, &f,
          "you owe a SYN,ACK on connection 3: `use 3`, and `send` alone sends it");
  remarks(MESSAGE_HELD_BACK_FIN, &f,
          "7 octets and a FIN wait: a TCP may hold text back (RFC 9293 3.7.4, RFC 5681)");
  addr_parse("10.9.0.7", 8, &f.address, NULL);
  remarks(MESSAGE_ANSWER_ELSEWHERE, &f, "the answer, SYN,ACK, goes to 10.9.0.7: you do not see it");
  f.predicted = STATE_ESTABLISHED;
  f.state = STATE_CLOSED;
  remarks(
      MESSAGE_DENIED, &f,
      "the shadow says ESTABLISHED, tcptutor's own machine says CLOSED: not known; `save` it and tell us");
  f.system = KERNEL(6, 18, 44);
  remarks(MESSAGE_UNFORESEEN, &f,
          "not what the shadow of Linux 6.18 predicted: `save` the session and tell us");
  f.flags = SYN | ACK;
  remarks(MESSAGE_MISSING, &f,
          "the shadow of Linux 6.18 predicted SYN,ACK, and it did not come: `save` the session and tell us");
  /* Of a kernel that was not measured all is told likewise, and which were. */
  f.system = KERNEL(9, 1, 0);
  remarks(MESSAGE_UNFORESEEN, &f,
          "Linux 9.1 did this; up to 7.2, the last measured, Linux does what the shadow predicted: `save` the "
          "session and tell us");
  remarks(MESSAGE_MISSING, &f,
          "Linux 9.1 did not send SYN,ACK; up to 7.2, the last measured, Linux does: `save` the session and tell us");
  remarks(MESSAGE_DENIED, &f,
          "Linux 9.1 says CLOSED; up to 7.2, the last measured, Linux is in ESTABLISHED: `save` the session and "
          "tell us");
  f.system = KERNEL(6, 18, 44);
  remarks(MESSAGE_WRONG, &f, "acknowledges what was never sent");
  struct record r = note(MESSAGE_WRONG, &f);
  r.rule = NULL;
  says(&r, false, "no TCP would send this");
}

static void answers(const struct answer *a, const char *sentence, const char *briefly)
{
  const struct facts f = {.answer = *a, .by_rfc = *a};
  char mem[300];
  struct buf b;
  remarks(MESSAGE_STRAY_ANSWERED, &f, sentence);
  buf_init(&b, mem, sizeof mem);
  buf_printf(&b, "RFC 9293 says %s; Linux: %s (acknowledges what was never sent)", briefly, briefly);
  remarks(MESSAGE_DIFFERS, &f, mem);
}

static void answers_are_foretold(void **state)
{
  (void)state;
  struct answer a = {
      .from = STATE_CLOSING, .to = STATE_CLOSING, .flags = RST | ACK, .seq = 500007, .ack = 1001};
  answers(&a, "a TCP in CLOSING answers RST,ACK", "RST,ACK");
  a.seq_known = a.ack_known = true;
  answers(&a, "a TCP in CLOSING answers RST,ACK seq=500007 ack=1001", "RST,ACK");
  a.to = STATE_CLOSED;
  answers(&a, "a TCP in CLOSING answers RST,ACK seq=500007 ack=1001 and enters CLOSED", "RST,ACK, CLOSED");
  const struct record r = note(MESSAGE_WRONG_ANSWERED, &(struct facts){.answer = a});
  says(&r, true,
       "acknowledges what was never sent: a TCP in CLOSING answers RST,ACK seq=irs+7 ack=iss+1 and enters "
       "CLOSED");
  a.kind = ANSWER_SILENCE;
  answers(&a, "a TCP in CLOSING says nothing and enters CLOSED", "silence, CLOSED");
  a.to = a.from;
  a.kind = ANSWER_TAKEN;
  answers(&a, "a TCP in CLOSING takes it and says nothing", "silence");
  a.kind = ANSWER_COUNTED;
  answers(&a, "a TCP in CLOSING counts it and says nothing", "silence");
  a.kind = ANSWER_DROPPED;
  answers(&a, "a TCP in CLOSING drops it in silence", "silence");
}

static void calls(const struct record_call *c, const char *sentence)
{
  const struct record r = {.kind = RECORD_CALL, .call = *c};
  says(&r, false, sentence);
}

static void calls_are_told_with_their_results(void **state)
{
  (void)state;
  static const uint8_t octets[49] = "\"a\" \033";
  struct record_call c = {.verb = PEER_CLOSE};
  calls(&c, "close()");
  c.unread = true;
  calls(&c, "close(): with octets unread");
  c.stale = true;
  calls(&c, "close(): the connection was over");
  c = (struct record_call){.verb = PEER_ACCEPT, .outcome = PEER_PENDING};
  calls(&c, "accept(): waiting");
  c = (struct record_call){.verb = PEER_CONNECT, .returns = true};
  calls(&c, "connect() returns");
  c.outcome = PEER_FAILED;
  c.error = ERROR_ETIMEDOUT;
  calls(&c, "connect() returns: ETIMEDOUT");
  c.error = ERROR_OTHER;
  calls(&c, "connect() returns: an unknown error");
  c = (struct record_call){.verb = PEER_SEND, .count = 1};
  calls(&c, "send(): 1 octet");
  c.count = 5000;
  calls(&c, "send(): 5000 octets");
  c = (struct record_call){.verb = PEER_READ};
  calls(&c, "read(): end of file");
  c.data = (struct octets){octets, c.count = 5};
  calls(&c, "read(): \"\\\"a\\\" \\x1B\"");
  c.data.len = c.count = 49;
  calls(&c, "read(): 49 octets");
}

static void a_status_is_told_whole(void **state)
{
  (void)state;
  struct record_call c = {.verb = PEER_STATUS, .status = {.known = true, .state = STATE_LISTEN}};
  c.status.listening = true;
  c.status.send_queue = 128;
  calls(&c, "status(): LISTEN, 0 of 128 wait to be accepted");
  c.status = (struct peer_truth){.state = STATE_ESTABLISHED, .recv_queue = 3, .owned = true};
  c.held = true;
  calls(&c, "status(): ESTABLISHED, 3 unread, 0 unacknowledged, held by the program");
  c.held = false;
  calls(&c, "status(): ESTABLISHED, 3 unread, 0 unacknowledged, held");
  c.status = (struct peer_truth){.state = STATE_FIN_WAIT_1,
                                 .send_queue = 1,
                                 .timer = PEER_TIMER_RETRANSMISSION,
                                 .timer_left = 200 * USEC_MS,
                                 .retransmits = 2};
  calls(&c,
        "status(): FIN-WAIT-1, 0 unread, 1 unacknowledged, held by no program, retransmission timer 200ms, "
        "2 retransmitted");
  c.status = (struct peer_truth){.state = STATE_CLOSED};
  calls(&c, "status(): CLOSED");
}

static void settings_are_told(void **state)
{
  (void)state;
  struct record r = {.kind = RECORD_SETTING, .end = END_PEER, .set = {.verb = PEER_ISN}};
  says(&r, false, "isn");
  r.end = END_YOU;
  r.set.name = (struct octets){(const uint8_t *)"msl", 3};
  r.set.value = (struct octets){(const uint8_t *)"2m", 2};
  says(&r, false, "msl 2m");
}

/* -- expectations -- */

static uint8_t store[2][256];

static struct segment parsed(const char *text, unsigned where)
{
  struct segment s;
  struct err err;
  if (!segment_parse(text, strlen(text), NULL, store[where], sizeof store[where], &s, &err))
    fail_msg("%s: %s", text, err.message);
  return s;
}

static void finds(enum message message, const struct facts *facts, bool relative, const char *sentence)
{
  struct record r = {.kind = RECORD_EXPECT};
  record_tcbs(&r, tcbs);
  char mem[300];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  r.message = message;
  r.facts = *facts;
  words_found(&b, &r, relative);
  assert_string_equal(mem, sentence);
}

static void what_was_found_is_told(void **state)
{
  (void)state;
  static const char typed[] = "RST seq=iss+1", unknown[] = "ACK ack=irs";
  struct record first = {.kind = RECORD_SEGMENT, .segment_number = 4};
  record_tcbs(&first, tcbs);
  struct record second = {.kind = RECORD_SEGMENT, .segment_number = 6};
  first.segment = parsed("ACK seq=500003 ack=1005 \"seq=7\"", 0);
  struct facts f = {.segment = &first, .later = &second, .octets = 2, .wanted = 5, .state = STATE_CLOSED};
  f.pattern = (struct octets){(const uint8_t *)typed, sizeof typed - 1};
  finds(MESSAGE_FOUND_SEGMENT, &f, false,
        "segment 4, ACK: RST is not set; ACK is set; seq is 500003, expected 1001");
  finds(MESSAGE_FOUND_BEFORE, &f, false,
        "segment 4, ACK: RST is not set; ACK is set; seq is 500003, expected 1001; segment 6 is as expected, "
        "but "
        "comes later");
  f.pattern = (struct octets){(const uint8_t *)unknown, sizeof unknown - 1};
  finds(MESSAGE_FOUND_DIFFERENCE, &f, false, "irs is not known yet");
  finds(MESSAGE_FOUND_SOMETHING, &f, false, "there was ACK seq=500003 ack=1005 \"seq=7\"");
  finds(MESSAGE_FOUND_SOMETHING, &f, true, "there was ACK seq=irs+3 ack=iss+5 \"seq=7\"");
  finds(MESSAGE_FOUND_PART, &f, false, "2 of 5 octets were there");
  finds(MESSAGE_FOUND_YOU_IN, &f, false, "your end is in CLOSED");
  finds(MESSAGE_NONE, &f, false, "");
}

/* What is said of the difference; "" when it matches. */
static void check(const char *pattern, const char *actual, const char *difference)
{
  struct segment want = parsed(pattern, 0), got = parsed(actual, 1);
  char mem[512];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  difference_put(&b, &want, &got);
  assert_string_equal(mem, difference);
}

static void flags_are_named(void **state)
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

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(braces_hold_names_that_are_known),
      cmocka_unit_test(a_sentence_tells_the_facts_of_its_message),
      cmocka_unit_test(messages_have_codes_of_their_own),
      cmocka_unit_test(notes_are_sentences),
      cmocka_unit_test(answers_are_foretold),
      cmocka_unit_test(calls_are_told_with_their_results),
      cmocka_unit_test(a_status_is_told_whole),
      cmocka_unit_test(settings_are_told),
      cmocka_unit_test(what_was_found_is_told),
      cmocka_unit_test(flags_are_named),
      cmocka_unit_test(numbers_differ_by_how_much),
      cmocka_unit_test(options_and_data_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
