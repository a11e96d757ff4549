/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading lessons: what a file becomes, and what is refused with which words at which place. */
#include "engine/base/err.h"
#include "engine/lesson/stepper.h"
#include "engine/trace/heap_buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "# A title\n<!-- lesson id=tiny -->\n"

static struct lesson *parsed(const char *text)
{
  struct err err;
  err_clear(&err);
  struct lesson *l = lesson_parse(text, strlen(text), &err);
  if (!l) print_error("%s (at %zu)\n", err.message, err.at);
  assert_non_null(l);
  return l;
}

/* TEXT is refused; the message has WORDS in it, and the place named is what begins with AT. */
static void refused(const char *text, const char *words, const char *at)
{
  struct err err;
  err_clear(&err);
  struct lesson *l = lesson_parse(text, strlen(text), &err);
  if (l) print_error("not refused: %s\n", text);
  assert_null(l);
  if (!strstr(err.message, words)) print_error("found \"%s\", expected \"%s\"\n", err.message, words);
  assert_non_null(strstr(err.message, words));
  assert_true(err.at + err.len <= strlen(text));
  if (strncmp(text + err.at, at, strlen(at)) != 0)
    print_error("placed at \"%.30s\", expected \"%s\"\n", text + err.at, at);
  assert_memory_equal(text + err.at, at, strlen(at));
}

static const struct block *block_of(const struct lesson *l, enum block_kind kind)
{
  for (size_t i = 0; i < l->block_count; i++)
    if (l->block[i].kind == kind) return &l->block[i];
  fail_msg("no such block");
  return NULL;
}

static void names_the_lesson(void **state)
{
  (void)state;
  struct lesson *l =
      parsed("# The *2MSL* `wait`\n<!-- lesson id=time-wait after=close,data\n     minutes=5 -->\n");
  assert_string_equal(l->id, "time-wait");
  assert_string_equal(l->title, "The 2MSL wait");
  assert_string_equal(l->after, "close data");
  assert_int_equal(l->minutes, 5);
  lesson_free(l);
  refused("# A\n", "which lesson it is", "# A");
  refused("<!-- lesson id=x -->\nwords\n", "no heading", "<!--");
  refused("# A\n<!-- lesson id=Handshake -->\n", "is no id", "<!--");
  refused("# A\n<!-- lesson id=a ater=b -->\n", "`ater=b` is not known", "<!--");
  refused("# A\n<!-- lesson id=a minutes=soon -->\n", "minutes=", "<!--");
  refused("# A\n<!-- lesson id=a\n", "does not end", "<!--");
  refused(HEAD "<!-- lesson id=b -->\n", "named twice", "<!-- lesson id=b");
}

static void prose_is_plain_text(void **state)
{
  (void)state;
  struct lesson *l = parsed(HEAD "One *two*\nthree `{snd.nxt+1}`, a [link](https://example.org/x).\n"
                                 "<details><summary>More</summary>\n\n> said `a`\n\n</details>\n\n"
                                 "3. first\n\n   again\n4. second\n   - inner\n\n"
                                 "```text\n  raw *as is*\n```\n");
  const struct block *b = l->block;
  assert_int_equal(l->block_count, 8);
  assert_int_equal(b[0].kind, BLOCK_HEADING);
  assert_int_equal(b[0].level, 1);
  assert_string_equal(b[1].text, "One *two* three `{snd.nxt+1}`, a link <https://example.org/x>.");
  assert_int_equal(b[1].line, 3);
  assert_string_equal(b[2].text, "said `a`");
  assert_int_equal(b[2].indent, 2);
  assert_string_equal(b[2].marker, "");
  assert_string_equal(b[3].marker, "3. ");
  assert_int_equal(b[3].indent, 3);
  assert_string_equal(b[4].text, "again");
  assert_string_equal(b[4].marker, "");
  assert_string_equal(b[5].marker, "4. ");
  assert_string_equal(b[6].marker, "- ");
  assert_int_equal(b[6].indent, 5);
  assert_int_equal(b[7].kind, BLOCK_CODE);
  assert_string_equal(b[7].text, "  raw *as is*\n");
  lesson_free(l);
}

static void live_values_are_checked(void **state)
{
  (void)state;
  refused(HEAD "It is `{snd.nxtt}` now.\n", "is no live value", "It is");
  refused(HEAD "It is `{snd.nxt` now.\n", "without }", "It is");
}

static bool know(void *ctx, enum segment_name name, bool of_peer, uint32_t *out)
{
  (void)ctx;
  if (of_peer) return false;
  *out = name == NAME_SND_NXT ? 1415531522 : 7;
  return true;
}

static void live_values_are_filled_in(void **state)
{
  (void)state;
  struct segment_env env = {NULL, know, NULL, NULL};
  struct buf out;
  heap_buf_init(&out);
  lesson_fill("{snd.nxt} is `{snd.nxt}`, `ack={snd.nxt+1}`, `{peer.iss}`", &env, &out);
  assert_string_equal(out.data, "{snd.nxt} is `1415531522`, `ack=1415531523`, `?`");
  heap_buf_free(&out);
}

static void scripts_know_their_lines(void **state)
{
  (void)state;
  struct lesson *l =
      parsed(HEAD "```setup\nset names svr4 bsdi\n```\n\n- in a list\n\n  ```play on=lab slow\n"
                  "  send SYN; expect SYN,ACK\n\n  # a remark\n  send\n  ```\n");
  const struct block *play = block_of(l, BLOCK_PLAY);
  struct stepper s;
  struct lesson_step step;
  assert_int_equal(play->on, ON_LAB);
  assert_true(play->slow);
  stepper_init(&s, l, ON_LAB);
  static const struct {
    enum lesson_act act;
    unsigned line;
    const char *text;
  } steps[] = {{ACT_SAY, 1, ""},
               {ACT_RUN, 4, "set names svr4 bsdi"},
               {ACT_SAY, 7, ""},
               {ACT_TYPE, 10, "send SYN"},
               {ACT_TYPE, 10, "expect SYN,ACK"},
               {ACT_TYPE, 13, "send"},
               {ACT_END, 0, ""},
               {ACT_END, 0, ""}};
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    stepper_next(&s, &step);
    assert_int_equal(step.act, steps[i].act);
    assert_int_equal(step.line, steps[i].line);
    if (*steps[i].text)
      assert_memory_equal(step.script->text + step.call.at, steps[i].text, strlen(steps[i].text));
  }
  stepper_init(&s, l, ON_MODEL);
  do stepper_next(&s, &step);
  while (step.act != ACT_TYPE && step.act != ACT_END);
  assert_int_equal(step.act, ACT_END);
  lesson_free(l);
}

static void wrong_commands_are_placed(void **state)
{
  (void)state;
  refused(HEAD "```play\nsend SYN\nsned ACK\n```\n", "sned", "sned");
  refused(HEAD "> ```play\n> send SYN seq=abc\n> ```\n", "abc", "abc");
  refused(HEAD "```setup\r\nsend SYN\r\nsned\r\n```\r\n", "sned", "sned");
  refused(HEAD "```setup\n```\n", "no command", "```setup");
  refused(HEAD "```play\nsend SYN\n", "never closed", "```play");
  refused(HEAD "```play onn=lab\nsend\n```\n", "onn=lab", "```play");
  refused(HEAD "```play on=mars\nsend\n```\n", "on= is lab or model", "```play");
}

static void a_lesson_may_not(void **state)
{
  (void)state;
  refused(HEAD "```play\nquit\n```\n", "may not use `quit`", "quit");
  refused(HEAD "```play\nhistory\n```\n", "may not use `history`", "history");
  refused(HEAD "```setup\nset color never\n```\n", "may not set `color`", "set color");
  refused(HEAD "```setup\nsource /etc/passwd\n```\n", "source", "source");
  refused(HEAD "```play\nsend SYN; save x\n```\n", "save", "save");
  refused(HEAD "```play\nwait 20m\n```\n", "longer", "wait 20m");
  refused(HEAD "```play\nwait SYN\n```\n", "for ever", "wait SYN");
  refused(HEAD "```play\nexpect SYN within 20m\n```\n", "longer", "expect");
  lesson_free(parsed(HEAD "```play\nwait SYN within 2s; wait 2msl; wait 3s\n```\n"));
}

static void octets_refused(void **state)
{
  (void)state;
  struct err err;
  char *large = malloc(LESSON_SIZE_MAX + 2);
  assert_non_null(large);
  memset(large, 'a', LESSON_SIZE_MAX + 1);
  large[LESSON_SIZE_MAX + 1] = '\0';
  assert_null(lesson_parse(large, LESSON_SIZE_MAX + 1, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  assert_null(lesson_parse(large, LESSON_SIZE_MAX, &err)); /* one line */
  assert_int_equal(err.code, ERR_LIMIT);
  for (size_t i = 1; i < LESSON_SIZE_MAX; i++)
    if (i % 3) large[i] = '\n';
  assert_null(lesson_parse(large, LESSON_SIZE_MAX, &err)); /* too many paragraphs */
  assert_int_equal(err.code, ERR_LIMIT);
  free(large);
  assert_null(lesson_parse("# A\0", 4, &err));
  assert_string_equal(err.message, "a NUL octet");
  assert_null(lesson_parse("", 0, &err));
  refused(HEAD "caf\xe9\n", "not UTF-8", "\xe9");
  refused(HEAD "a\rb\n", "carriage return", "\r");
}

static void deep_nesting_ends(void **state)
{
  (void)state;
  char text[2100] = HEAD;
  size_t n = strlen(text);
  memset(text + n, '>', 2000);
  strcpy(text + n + 2000, " a\n");
  refused(text, "nested too deeply", ">");
}

static const char try_text[] = HEAD "```try fin by-hand=seq,ack slow\n"
                                    "goal: sent FIN,ACK seq=snd.nxt ack=rcv.nxt\n"
                                    "goal: you LAST-ACK\n"
                                    "goal: peer TIME_WAIT timer>30s\n"
                                    "goal: got nothing for 500ms\n"
                                    "goal: peer read \"hi\\n\"\n"
                                    "goal: peer error ECONNRESET\n"
                                    "hint: Your FIN takes the first number\n"
                                    "  you have not used.\n"
                                    "hint: Another.\n"
                                    "wrong: sent FIN\n"
                                    "  by:  send FIN seq=snd.nxt ack=rcv.nxt\n"
                                    "       expect nothing\n"
                                    "  say: No ACK flag, so the kernel\n"
                                    "       dropped it unread.\n"
                                    "solve: send FIN,ACK seq=snd.nxt ack=rcv.nxt\n"
                                    "\n"
                                    "solve: expect ACK\n"
                                    "```\n";

static void a_try_is_understood(void **state)
{
  (void)state;
  struct lesson *l = parsed(try_text);
  const struct block *b = block_of(l, BLOCK_TRY);
  const struct lesson_try *t = b->attempt;
  assert_string_equal(b->id, "fin");
  assert_true(b->slow);
  assert_int_equal(t->by_hand, SEG_BIT(SEG_SEQ) | SEG_BIT(SEG_ACKNO));
  assert_int_equal(t->goal_count, 6);
  assert_int_equal(t->goal[0].kind, CONDITION_SENT);
  assert_string_equal(t->goal[0].segment, "FIN,ACK seq=snd.nxt ack=rcv.nxt");
  assert_int_equal(t->goal[0].line, 4);
  assert_int_equal(t->goal[1].kind, CONDITION_STATE);
  assert_int_equal(t->goal[1].state, STATE_LAST_ACK);
  assert_int_equal(t->goal[1].end, END_YOU);
  assert_true(t->goal[1].duration < 0);
  assert_int_equal(t->goal[2].end, END_PEER);
  assert_int_equal(t->goal[2].state, STATE_TIME_WAIT);
  assert_int_equal(t->goal[2].duration, 30 * USEC_S);
  assert_int_equal(t->goal[3].kind, CONDITION_GOT_NOTHING);
  assert_int_equal(t->goal[3].duration, 500 * USEC_MS);
  assert_int_equal(t->goal[4].kind, CONDITION_PEER_READ);
  assert_int_equal(t->goal[4].data_len, 3);
  assert_memory_equal(t->goal[4].data, "hi\n", 3);
  assert_int_equal(t->goal[5].kind, CONDITION_PEER_ERROR);
  assert_memory_equal(t->goal[5].data, "ECONNRESET", 10);
  assert_int_equal(t->hint_count, 2);
  assert_string_equal(t->hint[0], "Your FIN takes the first number you have not used.");
  assert_int_equal(t->wrong_count, 1);
  assert_int_equal(t->wrong[0].when.kind, CONDITION_SENT);
  assert_string_equal(t->wrong[0].by.text, "send FIN seq=snd.nxt ack=rcv.nxt\nexpect nothing");
  assert_int_equal(t->wrong[0].by.line, 14);
  assert_string_equal(t->wrong[0].say, "No ACK flag, so the kernel dropped it unread.");
  assert_string_equal(t->solve.text, "send FIN,ACK seq=snd.nxt ack=rcv.nxt\n\nexpect ACK");
  assert_int_equal(t->solve.line, 18);
  lesson_free(l);
}

static void a_try_is_the_readers(void **state)
{
  (void)state;
  struct lesson *l = parsed(try_text);
  struct stepper s;
  struct lesson_step step;
  stepper_init(&s, l, ON_LAB);
  stepper_next(&s, &step);
  stepper_next(&s, &step);
  assert_int_equal(step.act, ACT_POSE);
  struct stepper solved = s;
  stepper_skip(&s);
  stepper_next(&s, &step);
  assert_int_equal(step.act, ACT_END);
  stepper_next(&solved, &step);
  assert_int_equal(step.act, ACT_TYPE);
  assert_int_equal(step.line, 18);
  stepper_next(&solved, &step);
  assert_int_equal(step.line, 20);
  stepper_next(&solved, &step);
  assert_int_equal(step.act, ACT_END);
  lesson_free(l);
}

static void wrong_tries_are_placed(void **state)
{
  (void)state;
  refused(HEAD "```try\ngoal: you CLOSED\nsolve: send\n```\n", "no id", "```try");
  refused(HEAD "```try a\nsolve: send\n```\n", "needs a goal", "```try");
  refused(HEAD "```try a\ngoal: you CLOSED\n```\n", "needs a solve", "```try");
  refused(HEAD "```try a by-hand=sequence\ngoal: you CLOSED\nsolve: send\n```\n", "`sequence` is no field",
          "```try");
  refused(HEAD "```try a\ngoal: you CLOSE-WAITT\nsolve: send\n```\n", "is no state", "CLOSE-WAITT");
  refused(HEAD "```try a\ngoal: sent SYN seq=abc\nsolve: send\n```\n", "abc", "abc");
  refused(HEAD "```try a\ngoal: seen SYN\nsolve: send\n```\n", "begins no condition", "seen");
  refused(HEAD "```try a\ngoal: got nothing\nsolve: send\n```\n", "how long", "goal: got");
  refused(HEAD "```try a\ngoal: peer error EFOO\nsolve: send\n```\n", "EFOO", "EFOO");
  refused(HEAD "```try a\ngoal: you CLOSED\nsolve: sned\n```\n", "sned", "sned");
  refused(HEAD "```try a\ngoal: you CLOSED\nsolve: quit\n```\n", "may not use", "quit");
  refused(HEAD "```try a\ngoal: you CLOSED\ngaol: x\nsolve: send\n```\n", "expected goal:", "gaol");
  refused(HEAD "```try a\ngoal: you CLOSED\n  by: send\nsolve: send\n```\n", "under a wrong:", "by:");
  refused(HEAD "```try a\ngoal: you CLOSED\nwrong: sent SYN\n  say: no\nsolve: send\n```\n",
          "needs a by:", "wrong:");
  refused(HEAD "```try a\ngoal:\nsolve: send\n```\n", "nothing stands", "goal:");
  refused(HEAD "```try a\ngoal: you CLOSED\nsolve: send\n```\n```quiz a\nanswer: 1\n```\n", "two steps",
          "```quiz");
}

static void a_quiz_is_understood(void **state)
{
  (void)state;
  struct lesson *l =
      parsed(HEAD "```quiz who\n[ ] The kernel repeats\n  A bare ACK\n  never is.\n[x] You.\nhint: Think.\n"
                  "then: wait 1s\n  expect FIN,ACK\n```\n"
                  "```quiz number\nanswer: snd.nxt+1\nwrong: snd.nxt\n  say: A SYN counts.\n```\n");
  const struct block *b = block_of(l, BLOCK_QUIZ);
  const struct lesson_quiz *q = b->quiz;
  assert_int_equal(q->option_count, 2);
  assert_false(q->option[0].right);
  assert_string_equal(q->option[0].text, "The kernel repeats");
  assert_string_equal(q->option[0].explanation, "A bare ACK never is.");
  assert_true(q->option[1].right);
  assert_string_equal(q->option[1].explanation, "");
  assert_string_equal(q->hint[0], "Think.");
  assert_string_equal(q->then.text, "wait 1s\nexpect FIN,ACK");
  q = b[1].quiz;
  assert_string_equal(q->answer, "snd.nxt+1");
  assert_string_equal(q->wrong[0].value, "snd.nxt");
  assert_string_equal(q->wrong[0].say, "A SYN counts.");
  lesson_free(l);
}

static void wrong_quizzes_are_placed(void **state)
{
  (void)state;
  refused(HEAD "```quiz a\n[ ] one\n[ ] two\n```\n", "no answer is marked", "```quiz");
  refused(HEAD "```quiz a\n[x] one\n```\n", "at least two", "```quiz");
  refused(HEAD "```quiz a\n[x] one\n[ ] two\nanswer: 1\n```\n", "not both", "```quiz");
  refused(HEAD "```quiz a\nanswer: nxt\n```\n", "nxt", "nxt");
  refused(HEAD "```quiz a\n[x] one\n[ ]\n```\n", "without words", "[ ]");
  refused(HEAD "```quiz a\n[y] one\n[ ] two\n```\n", "expected [ ]", "[y]");
  refused(HEAD "```quiz a\nanswer: 1\nwrong: 2\n```\n", "needs a say:", "wrong: 2");
  refused(HEAD "```quiz a\nanswer: 1\nthen: quit\n```\n", "may not use", "quit");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_the_lesson),         cmocka_unit_test(prose_is_plain_text),
      cmocka_unit_test(live_values_are_checked),  cmocka_unit_test(live_values_are_filled_in),
      cmocka_unit_test(scripts_know_their_lines), cmocka_unit_test(wrong_commands_are_placed),
      cmocka_unit_test(a_lesson_may_not),         cmocka_unit_test(octets_refused),
      cmocka_unit_test(deep_nesting_ends),        cmocka_unit_test(a_try_is_understood),
      cmocka_unit_test(a_try_is_the_readers),     cmocka_unit_test(wrong_tries_are_placed),
      cmocka_unit_test(a_quiz_is_understood),     cmocka_unit_test(wrong_quizzes_are_placed),
  };
  return cmocka_run_group_tests_name("lesson", tests, NULL, NULL);
}
