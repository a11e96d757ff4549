/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Tab offers, and where the word begins that it completes. */
#include "engine/command/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static char offered[8192]; /* " word word " */

static void gather(void *ctx, const char *word, const char *help)
{
  (void)ctx;
  (void)help;
  assert_true(strlen(offered) + strlen(word) + 2 < sizeof offered);
  strcat(strcat(offered, word), " ");
}

static size_t complete(const char *text)
{
  size_t start;
  strcpy(offered, " ");
  command_complete(text, strlen(text), &start, gather, NULL);
  assert_true(start <= strlen(text));
  return start;
}

static bool has(const char *word)
{
  char padded[64] = " ";
  return strstr(offered, strcat(strcat(padded, word), " ")) != NULL;
}

/* All that is offered, in the table's order, and the word begun. */
static void offers(const char *text, const char *begun, const char *all)
{
  size_t start = complete(text);
  if (strcmp(text + start, begun) != 0) fail_msg("'%s': the word begun is '%s'", text, text + start);
  if (strlen(offered) != strlen(all) + (*all ? 2 : 1) || strncmp(offered + 1, all, strlen(all)) != 0)
    fail_msg("'%s' offers '%s', not '%s'", text, offered, all);
}

static void test_commands(void **state)
{
  (void)state;
  offers("sen", "sen", "send");
  offers("s", "s", "send state show space save solve skip set source");
  offers("send SYN; exp", "exp", "expect");
  offers("wait 1s\n  lad", "lad", "ladder");
  offers("zz", "zz", "");
  offers("zz a", "a", "");
  complete("");
  for (size_t i = 0; i < COMMAND_COUNT; i++) assert_true(has(command_table((enum command_id)i)->name));
  offers("# send S", "", "");
  offers("send \"text S", "", "");
}

static void test_flags(void **state)
{
  (void)state;
  offers("send sy", "sy", "SYN");
  offers("send SYN,", "", "FIN RST PSH ACK URG ECE CWR");
  offers("send SYN,A", "A", "ACK");
  offers("expect fin,a", "a", "ACK");
  complete("send ");
  assert_true(has("SYN") && has("none") && has("seq=") && !has("lost"));
}

static void test_fields(void **state)
{
  (void)state;
  offers("send SYN se", "se", "seq=");
  offers("send SYN seq=1 se", "se", "");
  offers("send SYN win=1 w", "w", "wscale=");
  complete("send SYN ");
  assert_true(has("ack=") && has("sackok") && has("lost") && has("hold=") && has("stray") && !has("SYN") &&
              !has("within"));
  complete("wait SYN,ACK ");
  assert_true(has("ack=") && has("within") && !has("lost"));
}

static void test_values(void **state)
{
  (void)state;
  offers("send ACK ack=rc", "rc", "rcv.nxt rcv.wnd");
  offers("send ACK ack=peer.i", "peer.i", "peer.iss peer.irs");
  offers("send ACK sum=b", "b", "bad");
  offers("send ACK data=", "data=", "");
  offers("send ACK opt=r", "opt=r", "");
}

static void test_forms(void **state)
{
  (void)state;
  offers("expect nothing ", "", "for");
  offers("expect nothing for ", "", "");
  offers("expect peer e", "e", "error ESTABLISHED");
  offers("expect peer error ECONNREF", "ECONNREF", "ECONNREFUSED");
  offers("wait you F", "F", "FIN-WAIT-1 FIN-WAIT-2");
  offers("wait you ESTABLISHED ", "", "within");
  offers("wait 2", "2", "2msl");
  offers("auto ", "", "on off");
  offers("quit ", "", "");
  offers("rules listen.r", "listen.r", "listen.rst");
  complete("rules ");
  assert_true(has("TIME-WAIT") && has("listen.rst") && has("timeout.fin-wait-2"));
}

static void test_peer(void **state)
{
  (void)state;
  offers("peer s", "s", "send shutdown set status");
  offers("peer app e", "e", "echo");
  offers("peer app echo ", "", "close=eof");
  offers("peer app echo close=", "close=", "close=eof");
  offers("peer listen 80 ", "", "backlog=");
  offers("peer set tcp_sac", "tcp_sac", "tcp_sack");
  offers("peer close ", "", "");
}

static void test_settings(void **state)
{
  (void)state;
  offers("set ex", "ex", "explain");
  offers("set explain ", "", "off short full");
  offers("set msl ", "", "");
  offers("help fi", "fi", "fields");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_commands), cmocka_unit_test(test_flags), cmocka_unit_test(test_fields),
      cmocka_unit_test(test_values),   cmocka_unit_test(test_forms), cmocka_unit_test(test_peer),
      cmocka_unit_test(test_settings),
  };
  return cmocka_run_group_tests_name("command_complete", tests, NULL, NULL);
}
