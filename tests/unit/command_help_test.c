/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help says all there is, fits its width, and looks as in tests/golden (TCPTUTOR_GOLDEN=write writes these
 * anew). */
#include "engine/base/err.h"
#include "engine/command/command.h"
#include "engine/command/layout.h"
#include "engine/trace/heap_buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "view_golden.h"

/* Only examples, which are kept whole to be copied, may be longer. */
static void check_width(const struct buf *b, unsigned columns)
{
  bool examples = false;
  for (const char *line = b->data; *line;) {
    size_t len = strcspn(line, "\n");
    if (len == 0) examples = false;
    if (strncmp(line, "Examples:", 9) == 0) examples = true;
    if (len > columns && !examples) fail_msg("%u columns: %.*s", columns, (int)len, line);
    for (size_t i = 0; i < len; i++) assert_true(line[i] >= ' ' && line[i] <= '~');
    assert_true(len == 0 || line[len - 1] != ' ');
    line += len + (line[len] == '\n');
  }
}

static void help(const char *topic, unsigned columns, struct buf *b)
{
  struct err err;
  heap_buf_init(b);
  if (!topic)
    command_help_overview(columns, b);
  else if (!command_help(topic, strlen(topic), columns, b, &err))
    fail_msg("%s: %s", topic, err.message);
  assert_false(b->truncated);
}

static void test_every_topic(void **state)
{
  static const unsigned widths[] = {40, 60, 80, 132, 200};
  (void)state;
  for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++) {
    struct buf b;
    const char *topic;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
      const struct command *c = command_table((enum command_id)i);
      help(c->name, widths[w], &b);
      if (widths[w] > 80) assert_non_null(strstr(b.data, c->summary));
      assert_non_null(strstr(b.data, c->examples[0]));
      check_width(&b, widths[w] < 60 ? 200 : widths[w]); /* usage lines are not broken */
      heap_buf_free(&b);
    }
    for (size_t i = 0; (topic = command_topic_name(i)) != NULL; i++) {
      help(topic, widths[w], &b);
      assert_true(b.len > 100);
      check_width(&b, widths[w] < 60 ? 200 : widths[w]);
      heap_buf_free(&b);
    }
  }
}

static void test_overview_lists_all(void **state)
{
  struct buf b;
  const char *topic;
  (void)state;
  help(NULL, 80, &b);
  for (size_t i = 0; i < COMMAND_COUNT; i++)
    assert_non_null(strstr(b.data, command_table((enum command_id)i)->summary));
  for (size_t i = 0; (topic = command_topic_name(i)) != NULL; i++) assert_non_null(strstr(b.data, topic));
  check_width(&b, 80);
  heap_buf_free(&b);
}

static void test_names(void **state)
{
  struct buf b;
  struct err err;
  (void)state;
  help("exp", 80, &b);
  assert_non_null(strstr(b.data, "expect nothing [for D]"));
  heap_buf_free(&b);
  help("states", 80, &b);
  assert_non_null(strstr(b.data, "FIN-WAIT-2"));
  heap_buf_free(&b);
  help("sta", 80, &b); /* the command before the topic */
  heap_buf_free(&b);
  heap_buf_init(&b);
  assert_false(command_help("sned", 4, 80, &b, &err));
  assert_non_null(strstr(err.hint, "send"));
  assert_false(command_help("\x1b[2J", 4, 80, &b, &err));
  assert_null(strchr(err.message, '\x1b'));
  assert_int_equal(b.len, 0);
  heap_buf_free(&b);
}

static void golden(const char *name, const char *topic, unsigned columns)
{
  struct buf b;
  help(topic, columns, &b);
  assert_true(golden_matches(name, b.data, b.len));
  heap_buf_free(&b);
}

static void test_golden(void **state)
{
  (void)state;
  golden("help-overview-80", NULL, 80);
  golden("help-overview-40", NULL, 40);
  golden("help-send-80", "send", 80);
  golden("help-expect-80", "expect", 80);
  golden("help-peer-80", "peer", 80);
  golden("help-wait-60", "wait", 60);
  golden("help-values-80", "values", 80);
  golden("help-states-60", "states", 60);
}

static void laid_out(const char *text, unsigned columns, const char *expected)
{
  char mem[512];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  layout(text, strlen(text), columns, &b);
  assert_string_equal(mem, expected);
}

static void test_layout(void **state)
{
  (void)state;
  laid_out("one two three four", 9, "one two\nthree\nfour\n");
  laid_out("  in dented words", 10, "  in\n  dented\n  words\n");
  laid_out(">as it  is, however long", 9, "as it  is, however long\n");
  laid_out("  a\tfirst one\n  bcd\tsecond", 40, "  a    first one\n  bcd  second\n");
  laid_out("  a\tsome words wrap here", 20, "  a  some words wrap\n     here\n");
  laid_out("\n", 20, "\n");
  laid_out("unbreakable-and-long", 5, "unbreakable-and-long\n");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_topic), cmocka_unit_test(test_overview_lists_all),
      cmocka_unit_test(test_names),       cmocka_unit_test(test_golden),
      cmocka_unit_test(test_layout),
  };
  return cmocka_run_group_tests_name("command_help", tests, NULL, NULL);
}
