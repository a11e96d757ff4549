/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The peer's little programs and its verbs' names. Pure: no lab, no model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/peer/app.h"

#include <stdlib.h>
#include <string.h>

static struct app a;

static void reads(const void *data, size_t len)
{
  struct peer_event e = {.verb = PEER_READ, .data = data, .len = len};

  app_done(&a, &e);
}

static void next_sends(const char *text)
{
  struct peer_request r;

  assert_true(app_wants_send(&a));
  assert_true(app_next(&a, false, true, &r));
  assert_int_equal(r.verb, PEER_SEND);
  assert_true(r.len >= strlen(text));
  assert_memory_equal(r.data, text, strlen(text));
}

static void next_is(enum peer_verb verb)
{
  struct peer_request r;

  assert_true(app_next(&a, true, true, &r));
  assert_int_equal(r.verb, verb);
}

static void next_is_nothing(bool readable, bool writable)
{
  struct peer_request r;

  assert_false(app_next(&a, readable, writable, &r));
}

static void none_does_nothing(void **state)
{
  (void)state;
  app_begin(&a, APP_NONE, true, 0);
  next_is_nothing(true, true);
  assert_false(app_wants_read(&a) || app_wants_send(&a));
}

static void discard_reads_until_the_end(void **state)
{
  (void)state;
  app_begin(&a, APP_DISCARD, false, 0);
  next_is_nothing(false, true);
  next_is(PEER_READ);
  reads("x", 1);
  next_is(PEER_READ);
  reads("", 0);
  next_is_nothing(true, true);
  assert_false(app_wants_read(&a));
  app_begin(&a, APP_DISCARD, true, 0);
  reads("", 0);
  next_is(PEER_CLOSE);
}

static void a_failure_closes(void **state)
{
  struct peer_event e = {.verb = PEER_READ, .outcome = PEER_FAILED, .error = "ECONNRESET"};

  (void)state;
  app_begin(&a, APP_ECHO, false, 0);
  app_done(&a, &e);
  next_is(PEER_CLOSE);
  assert_false(app_wants_read(&a) || app_wants_send(&a));
}

static void echo_returns_all_before_it_reads_on(void **state)
{
  struct peer_event e = {.verb = PEER_SEND, .len = 3};

  (void)state;
  app_begin(&a, APP_ECHO, true, 0);
  reads("abcdef", 6);
  assert_false(app_wants_read(&a));
  next_is_nothing(true, false);
  next_sends("abcdef");
  app_done(&a, &e);
  next_sends("def");
  app_done(&a, &e);
  next_is(PEER_READ);
  reads("last", 4);
  e.len = 4;
  app_done(&a, &e);
  reads("", 0);
  next_is(PEER_CLOSE);
}

static void daytime_is(int64_t now, const char *text)
{
  app_begin(&a, APP_DAYTIME, false, now);
  next_sends(text);
  assert_int_equal(a.output_len, strlen(text));
}

static void daytime_knows_the_calendar(void **state)
{
  (void)state;
  daytime_is(0, "Thursday, January 1, 1970 00:00:00-UTC\r\n");
  daytime_is(951782399, "Monday, February 28, 2000 23:59:59-UTC\r\n");
  daytime_is(951782400, "Tuesday, February 29, 2000 00:00:00-UTC\r\n");
  daytime_is(951868800, "Wednesday, March 1, 2000 00:00:00-UTC\r\n");
  daytime_is(4102444800, "Friday, January 1, 2100 00:00:00-UTC\r\n");
}

static void http_answers_one_get(void **state)
{
  (void)state;
  app_begin(&a, APP_HTTP, false, 0);
  reads("GET / HT", 8);
  assert_false(app_wants_send(&a));
  reads("TP/1.0\r\n\r", 9);
  assert_false(app_wants_send(&a));
  reads("\n", 1);
  next_sends("HTTP/1.0 200 OK\r\n");
  assert_true(a.output_len <= 536); /* one segment, whatever the MSS */
  const char *page = strstr((const char *)a.output, "\r\n\r\n") + 4;
  const char *told = strstr((const char *)a.output, "Content-Length: ") + 16;
  assert_int_equal(strtol(told, NULL, 10), a.output_len - (size_t)(page - (const char *)a.output));
  struct peer_event e = {.verb = PEER_SEND, .len = a.output_len};
  app_done(&a, &e);
  reads("GET / HTTP/1.0\n\n", 16);
  assert_false(app_wants_send(&a));
  next_is(PEER_READ); /* it reads on, and closes only at end of file when told to */
  reads("", 0);
  next_is_nothing(true, true);
}

static void http_refuses(void **state)
{
  uint8_t endless[4096];

  (void)state;
  app_begin(&a, APP_HTTP, false, 0);
  reads("POST / HTTP/1.0\n\n", 17);
  next_sends("HTTP/1.0 501 ");
  app_begin(&a, APP_HTTP, false, 0);
  memset(endless, 'x', sizeof endless);
  for (int i = 0; i < 3; i++) reads(endless, sizeof endless);
  next_sends("HTTP/1.0 400 ");
}

static void verbs_and_apps_have_names(void **state)
{
  (void)state;
  enum peer_verb v;
  for (int i = 0; i < PEER_VERB_COUNT; i++) {
    assert_true(
        peer_verb_parse(peer_verb_name((enum peer_verb)i), strlen(peer_verb_name((enum peer_verb)i)), &v));
    assert_int_equal(v, i);
  }
  assert_false(peer_verb_parse("lis", 3, &v));
  enum peer_app kind;
  assert_true(peer_app_parse("http", 4, &kind) && kind == APP_HTTP);
  assert_false(peer_app_parse("httpd", 5, &kind));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(none_does_nothing),
      cmocka_unit_test(discard_reads_until_the_end),
      cmocka_unit_test(a_failure_closes),
      cmocka_unit_test(echo_returns_all_before_it_reads_on),
      cmocka_unit_test(daytime_knows_the_calendar),
      cmocka_unit_test(http_answers_one_get),
      cmocka_unit_test(http_refuses),
      cmocka_unit_test(verbs_and_apps_have_names),
  };

  return cmocka_run_group_tests_name("app", tests, NULL, NULL);
}
