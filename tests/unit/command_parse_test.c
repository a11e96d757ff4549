/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The prompt's language as it is read: what each form says, and where and why a wrong one is wrong. */
#include "engine/base/err.h"
#include "engine/command/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct command_call call;
static struct err err;

/* Parses the one command of TEXT. */
static enum command_id parse(const char *text)
{
  size_t at = 0;
  err_clear(&err);
  int found = command_parse(text, strlen(text), &at, &call, &err);
  if (found != 1) fail_msg("%s: %s (%s)", text, err.message, err.hint);
  assert_int_equal(command_parse(text, strlen(text), &at, &(struct command_call){0}, &err), 0);
  return call.command->id;
}

static void segment_is(const char *text)
{
  assert_int_equal(call.segment_len, strlen(text));
  assert_memory_equal(call.segment, text, call.segment_len);
}

static void test_send(void **state)
{
  (void)state;
  assert_int_equal(parse("send"), COMMAND_SEND);
  assert_int_equal(call.segment_len, 0);
  assert_int_equal(parse("send SYN seq=1 mss=1460"), COMMAND_SEND);
  segment_is("SYN seq=1 mss=1460");
  assert_int_equal(call.fate, FATE_SENT);
  parse("s PSH,ACK ack=rcv.nxt-1 \"a; b # c\"");
  segment_is("PSH,ACK ack=rcv.nxt-1 \"a; b # c\"");
  parse("send \"only data\"");
  segment_is("\"only data\"");
  parse("send FIN,ACK lost");
  segment_is("FIN,ACK");
  assert_int_equal(call.fate, FATE_LOST);
  parse("send FIN,ACK stray");
  assert_int_equal(call.fate, FATE_STRAY);
  parse("send ACK \"x\" hold=late-1");
  segment_is("ACK \"x\"");
  assert_int_equal(call.fate, FATE_HELD);
  assert_string_equal(call.name, "late-1");
  assert_int_equal(parse("release late-1"), COMMAND_RELEASE);
  assert_string_equal(call.name, "late-1");
}

static void test_numbers(void **state)
{
  (void)state;
  assert_int_equal(parse("show 12"), COMMAND_SHOW);
  assert_int_equal(call.number, 12);
  parse("why");
  assert_int_equal(call.number, 0);
  assert_int_equal(parse("listen 8080"), COMMAND_LISTEN);
  assert_int_equal(call.port, 8080);
  parse("new");
  assert_int_equal(call.port, 0);
}

static void test_wait(void **state)
{
  (void)state;
  assert_int_equal(parse("wait 200ms"), COMMAND_WAIT);
  assert_int_equal(call.wait, WAIT_TIME);
  assert_int_equal(call.duration, 200 * USEC_MS);
  parse("w 2msl");
  assert_int_equal(call.wait, WAIT_2MSL);
  parse("wait SYN,ACK ack=iss+1 within 3s");
  assert_int_equal(call.wait, WAIT_SEGMENT);
  segment_is("SYN,ACK ack=iss+1");
  assert_int_equal(call.duration, 3 * USEC_S);
  parse("wait peer TIME_WAIT");
  assert_int_equal(call.wait, WAIT_STATE);
  assert_int_equal(call.end, END_PEER);
  assert_int_equal(call.state, STATE_TIME_WAIT);
  assert_int_equal(call.duration, -1);
  parse("wait you estab within 1m");
  assert_int_equal(call.end, END_YOU);
  assert_int_equal(call.state, STATE_ESTABLISHED);
}

static void test_expect(void **state)
{
  (void)state;
  assert_int_equal(parse("expect S. ack=+0"), COMMAND_EXPECT);
  assert_int_equal(call.wait, WAIT_SEGMENT);
  segment_is("S. ack=+0");
  parse("expect nothing");
  assert_int_equal(call.wait, WAIT_NOTHING);
  assert_int_equal(call.duration, -1);
  parse("expect nothing for 1.5s");
  assert_int_equal(call.duration, 1500 * USEC_MS);
  parse("expect peer SYN-RECV");
  assert_int_equal(call.wait, WAIT_STATE);
  assert_int_equal(call.state, STATE_SYN_RECEIVED);
  parse("expect peer read \"a\\n\\x41\"");
  assert_int_equal(call.wait, WAIT_PEER_READ);
  assert_int_equal(call.store_len, 3);
  assert_memory_equal(call.store, "a\nA", 3);
  parse("expect peer error econnreset");
  assert_int_equal(call.wait, WAIT_PEER_ERROR);
  assert_string_equal(call.name, "ECONNRESET");
}

static void test_peer(void **state)
{
  (void)state;
  assert_int_equal(parse("peer listen 80 backlog=1"), COMMAND_PEER);
  assert_int_equal(call.peer.verb, PEER_LISTEN);
  assert_int_equal(call.peer.port, 80);
  assert_int_equal(call.peer.backlog, 1);
  parse("peer listen");
  assert_int_equal(call.peer.backlog, -1);
  parse("p clo");
  assert_int_equal(call.peer.verb, PEER_CLOSE);
  parse("peer send 100");
  assert_int_equal(call.peer.verb, PEER_SEND);
  assert_int_equal(call.peer.len, 100);
  assert_int_equal(call.store_len, 0);
  parse("peer send \"100\"");
  assert_int_equal(call.store_len, 3);
  assert_memory_equal(call.store, "100", 3);
  parse("peer send hello");
  assert_memory_equal(call.store, "hello", 5);
  parse("peer read 5");
  assert_int_equal(call.peer.len, 5);
  parse("peer app echo close=eof");
  assert_int_equal(call.peer.app, APP_ECHO);
  assert_true(call.peer.close_on_eof);
  parse("peer app none");
  assert_int_equal(call.peer.app, APP_NONE);
  assert_false(call.peer.close_on_eof);
  parse("peer set tcp_sack 0");
  assert_string_equal(call.peer.key, "tcp_sack");
  assert_string_equal(call.peer_value, "0");
  parse("peer isn 0xffffffff");
  assert_int_equal(call.peer.isn, 0xffffffff);
}

static void test_set(void **state)
{
  (void)state;
  parse("set");
  assert_true(call.show_only);
  assert_string_equal(call.key, "");
  parse("set explain");
  assert_true(call.show_only);
  assert_string_equal(call.key, "explain");
  parse("set names  svr4 bsdi ");
  assert_false(call.show_only);
  assert_int_equal(call.value_len, strlen("svr4 bsdi"));
  assert_memory_equal(call.value, "svr4 bsdi", call.value_len);
  parse("set msl 2m");
  parse("auto");
  assert_true(call.show_only);
  parse("auto off");
  assert_false(call.show_only);
  assert_false(call.on);
}

static void test_names(void **state)
{
  (void)state;
  assert_int_equal(parse("exp nothing"), COMMAND_EXPECT);
  assert_int_equal(parse("?"), COMMAND_HELP);
  assert_int_equal(parse("st"), COMMAND_STATE);
  assert_int_equal(parse("sen"), COMMAND_SEND);
  for (size_t i = 0; i < COMMAND_COUNT; i++) {
    const struct command *c = command_table((enum command_id)i);
    assert_ptr_equal(command_find(c->name, strlen(c->name), NULL), c);
    if (c->alias[0]) assert_ptr_equal(command_find(c->alias, strlen(c->alias), NULL), c);
  }
}

static void test_scripts(void **state)
{
  static const char script[] = "# opens\r\n\n  send SYN ; expect SYN,ACK # reply\n;;\nsend \"#;\"\n  quit";
  static const enum command_id ids[] = {COMMAND_SEND, COMMAND_EXPECT, COMMAND_SEND, COMMAND_QUIT};
  static const unsigned lines[] = {3, 3, 5, 6}, columns[] = {3, 14, 1, 3};
  (void)state;
  size_t at = 0;
  for (size_t i = 0; i < 4; i++) {
    assert_int_equal(command_parse(script, strlen(script), &at, &call, &err), 1);
    assert_int_equal(call.command->id, ids[i]);
    unsigned line, column;
    command_place(script, strlen(script), call.at, &line, &column);
    assert_int_equal(line, lines[i]);
    assert_int_equal(column, columns[i]);
    assert_int_equal(command_line(&call), lines[i]);
  }
  assert_int_equal(command_parse(script, strlen(script), &at, &call, &err), 0);
  at = 0;
  assert_int_equal(command_parse("", 0, &at, &call, &err), 0);
}

static void test_place_counts_characters(void **state)
{
  unsigned line, column;
  (void)state;
  command_place("a\n\xc3\xa9\xc3\xa9 b", 8, 7, &line, &column);
  assert_int_equal(line, 2);
  assert_int_equal(column, 4);
}

/* What is wrong: the text at the place, a part of the message, a part of the hint. */
static void wrong(const char *text, const char *place, const char *message, const char *hint)
{
  size_t at = 0;
  int found;
  err_clear(&err);
  while ((found = command_parse(text, strlen(text), &at, &call, &err)) > 0) continue;
  if (found == 0) fail_msg("'%s' is taken for right", text);
  size_t len = strlen(place);
  if (err.len != len || memcmp(text + err.at, place, len) != 0)
    fail_msg("'%s': the place is '%.*s', not '%s': %s", text, (int)err.len, text + err.at, place,
             err.message);
  if (!strstr(err.message, message)) fail_msg("'%s': '%s' lacks '%s'", text, err.message, message);
  if (!strstr(err.hint, hint))
    fail_msg("'%s': the hint '%s' lacks '%s' (%s)", text, err.hint, hint, err.message);
  assert_true(err.hint[0] != '\0');
  assert_true(at > err.at || err.len == 0);
}

static void test_wrong_commands(void **state)
{
  (void)state;
  wrong("sned SYN", "sned", "'sned' is not a command", "'send'");
  wrong("send SYN; expct SYN,ACK", "expct", "not a command", "'expect'");
  wrong("frobnicate", "frobnicate", "not a command", "'help'");
  wrong("se", "se", "'send' or 'set'", "letters");
  wrong("SEND\x1b[2J SYN", "SEND\x1b[2J", "\\x1B", "'help'");
  wrong("quit now", "now", "too much", "complete");
}

static void test_wrong_segments(void **state)
{
  (void)state;
  wrong("send SYM", "SYM", "SYM", "SYN");
  wrong("send SYN seq=abc", "abc", "abc", "number");
  wrong("send SYN sqe=1", "sqe", "sqe", "seq");
  wrong("send ACK ack=rvc.nxt", "rvc.nxt", "rvc.nxt", "rcv.nxt");
  wrong("send SYN lots", "lots", "'lost'", "did you mean 'lost'?");
  wrong("send SYN hold=", "", "a name is missing", "help send");
  wrong("send SYN hold=a/b", "a/b", "cannot be a name", "letters");
  wrong("send \"abc", "\"abc", "does not end", "\\\"");
  wrong("send lost", "lost", "lost", "");
}

static void test_wrong_waits(void **state)
{
  (void)state;
  wrong("wait 2mls", "2mls", "expected a duration, '2msl', 'you', 'peer' or a segment",
        "did you mean '2msl'?");
  wrong("wait 2x", "x", "unit of time", "200ms");
  wrong("wait", "", "found the end of the command, expected a duration", "help wait");
  wrong("wait SYN withn 2s", "withn", "'within'", "did you mean 'within'?");
  wrong("wait SYN within", "", "a duration is missing", "help wait");
  wrong("wait you ESTABLISHD within 2s", "ESTABLISHD", "not a state", "'ESTABLISHED'");
}

static void test_wrong_expectations(void **state)
{
  (void)state;
  wrong("expect SYM", "SYM", "expected 'nothing', 'peer', 'you' or a segment", "SYN");
  wrong("expect nothng", "nothng", "expected 'nothing'", "did you mean 'nothing'?");
  wrong("expect nothing fro 2s", "fro", "'for' or the end", "did you mean 'for'?");
  wrong("expect peer raed x", "raed", "'read', 'error' or a state", "did you mean 'read'?");
  wrong("expect peer ESTABLISHD", "ESTABLISHD", "a state", "did you mean 'ESTABLISHED'?");
  wrong("expect peer error EPIP", "EPIP", "not the name of an error", "'EPIPE'");
}

static void test_wrong_peers(void **state)
{
  (void)state;
  wrong("peer", "", "a verb of the peer is missing", "help peer");
  wrong("peer clsoe", "clsoe", "not a verb", "'close'");
  wrong("peer s", "s", "'send', 'shutdown', 'set' or 'status'", "letters");
  wrong("peer app ecko", "ecko", "not a program", "'echo'");
  wrong("peer listen 70000", "70000", "from 1 to 65535", "");
  wrong("peer listen 9 backlog=x", "x", "not a backlog", "");
  wrong("peer set tcp_sock 1", "tcp_sock", "not a setting", "'tcp_sack'");
  wrong("peer set tcp_sack 9", "9", "tcp_sack", "");
  wrong("peer isn x", "x", "not a number", "0x");
  wrong("peer send hello world", "world", "too much", "");
  wrong("peer send 5x", "5x", "number of octets", "quotes");
  wrong("peer send a\"b\"", "\"b\"", "quote in the middle", "quotes");
}

static void test_wrong_settings(void **state)
{
  (void)state;
  wrong("set expain full", "expain", "not a setting", "'explain'");
  wrong("set explain ful", "ful", "off|short|full", "'full'");
  wrong("set names svr4", "svr4", "two names", "svr4 bsdi");
  wrong("set msl 2x", "2x", "DURATION", "msl");
  wrong("auto of", "of", "'on' or 'off'", "'off'");
  wrong("show 0", "0", "from 1", "");
  wrong("use", "", "a number is missing", "help use");
}

/* Every example of the table is of the language, and each command has all its parts. */
static void test_table(void **state)
{
  (void)state;
  for (size_t i = 0; i < COMMAND_COUNT; i++) {
    const struct command *c = command_table((enum command_id)i);
    assert_int_equal(c->id, i);
    assert_non_null(c->name);
    assert_true(c->summary && c->summary[0] && c->text && c->text[0] && c->form_count > 0);
    assert_true(c->summary[strlen(c->summary) - 1] != '.');
    assert_non_null(c->examples[0]);
    bool own = false;
    for (const char *const *e = c->examples; *e; e++) {
      size_t at = 0;
      int found;
      while ((found = command_parse(*e, strlen(*e), &at, &call, &err)) > 0) own = own || call.command == c;
      if (found < 0) fail_msg("%s: %s", *e, err.message);
    }
    assert_true(own);
  }
}

static void test_settings(void **state)
{
  const struct setting *s;
  (void)state;
  for (size_t i = 0; (s = setting_at(i)) != NULL; i++) {
    assert_ptr_equal(setting_find(s->name, strlen(s->name), NULL), s);
    assert_false(setting_check(s, "\x01", 1, &err));
  }
  s = setting_find("color", 5, NULL);
  assert_true(setting_check(s, "auto", 4, &err));
  assert_false(setting_check(s, "auto|always", 11, &err));
  assert_false(setting_check(s, "", 0, &err));
  s = setting_find("names", 5, NULL);
  assert_true(setting_check(s, "client server", 13, &err));
  assert_false(setting_check(s, "client thirteenchars", 20, &err));
  assert_false(setting_check(s, "a b c", 5, &err));
  assert_false(setting_check(s, "\x1b[2J b", 6, &err));
  assert_null(strchr(err.message, '\x1b'));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_send),
      cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_wait),
      cmocka_unit_test(test_expect),
      cmocka_unit_test(test_peer),
      cmocka_unit_test(test_set),
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_scripts),
      cmocka_unit_test(test_place_counts_characters),
      cmocka_unit_test(test_wrong_commands),
      cmocka_unit_test(test_wrong_segments),
      cmocka_unit_test(test_wrong_waits),
      cmocka_unit_test(test_wrong_expectations),
      cmocka_unit_test(test_wrong_peers),
      cmocka_unit_test(test_wrong_settings),
      cmocka_unit_test(test_table),
      cmocka_unit_test(test_settings),
  };
  return cmocka_run_group_tests_name("command_parse", tests, NULL, NULL);
}
