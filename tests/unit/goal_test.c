/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The goals of a step, held against what happens in a session over the model. */
#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/lesson/goal.h"
#include "engine/lesson/quiz.h"
#include "engine/peer/model.h"
#include "engine/session/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct session *session_over_model(void)
{
  struct session_config config = {.your_profile = &tcp_profile_rfc9293,
                                  .peer_profile = &tcp_profile_linux,
                                  .seed = 42,
                                  .sees_truth = true,
                                  .wake_fd = -1,
                                  .world = model_world};
  struct model_config model = {.profile = &tcp_profile_linux, .seed = 7};
  struct err err;
  assert_true(addr_parse("10.9.0.1", 8, &model.you, &err));
  assert_true(addr_parse("10.9.0.2", 8, &model.peer, &err));
  assert_true(model_new(&model, &config.wire, &config.peer, &err));
  config.your_address = model.you;
  config.peer_address = model.peer;
  config.world_ctx = config.peer;
  struct session *s = session_new(&config, &err);
  assert_non_null(s);
  return s;
}

static int setup(void **state)
{
  *state = session_over_model();
  return 0;
}

static int teardown(void **state)
{
  session_free(*state);
  return 0;
}

/* Runs commands; as many as these tests need. */
static void does(struct session *s, const char *script)
{
  struct command_call call;
  struct err err;
  size_t at = 0;
  err_clear(&err);
  while (command_parse(script, strlen(script), &at, &call, &err) > 0) {
    uint8_t store[2048];
    struct session_send send = {.fate = call.fate, .hold_name = call.name};
    struct peer_request request = call.peer;
    struct session_wait wait = {.goal = GOAL_TIME, .within = call.duration};
    bool done = false;
    if (call.command->id == COMMAND_SEND && call.segment_len == 0) {
      done = session_send_owed(s, &err);
    } else if (call.command->id == COMMAND_SEND) {
      done = segment_parse(call.segment, call.segment_len, session_env(s), store, sizeof store, &send.segment,
                           &err) &&
             session_send(s, &send, &err);
    } else if (call.command->id == COMMAND_PEER) {
      request.value = call.peer_value;
      request.data = call.store;
      request.len = request.verb == PEER_SEND ? call.store_len : request.len;
      done = session_peer_call(s, &request, NULL, &err);
    } else if (call.command->id == COMMAND_LOSE) {
      session_lose(s, 1);
      done = true;
    } else if (call.command->id == COMMAND_WAIT) {
      done = session_wait(s, &wait, &err);
    } else if (call.command->id == COMMAND_NEW) {
      done = session_new_connection(s, call.port, &err);
    }
    if (!done) fail_msg("%.*s: %s", (int)call.len, script + call.at, err.message);
  }
  assert_string_equal(err.message, "");
}

/* A step posed in a session. */
struct posed {
  struct session *s;
  struct lesson *lesson;
  const struct lesson_try *attempt;
  size_t start;
  usec_t began;
};

/* GOALS: the lines of a try, without its solution. */
static struct posed pose(struct session *s, const char *goals)
{
  char text[2000];
  struct err err;
  err_clear(&err);
  snprintf(text, sizeof text, "# T\n<!-- lesson id=t -->\n```try a\n%ssolve: send\n```\n", goals);
  struct posed p = {.s = s, .lesson = lesson_parse(text, strlen(text), &err)};
  if (!p.lesson) fail_msg("%s", err.message);
  for (size_t i = 0; i < p.lesson->block_count; i++)
    if (p.lesson->block[i].kind == BLOCK_TRY) p.attempt = p.lesson->block[i].attempt;
  p.start = trace_count(session_trace(s));
  p.began = session_now(s);
  return p;
}

static struct goal_result result_of(const struct posed *p)
{
  const struct goal_scope scope = {session_trace(p->s),   p->start,          p->began,
                                   session_current(p->s), session_tcb(p->s), session_now(p->s)};
  struct goal_result r;
  goal_check(p->attempt, &scope, &r);
  return r;
}

/* After SCRIPT so many goals are met. */
static void meets(struct session *s, const char *goals, const char *script, size_t count)
{
  struct posed p = pose(s, goals);
  does(s, script);
  struct goal_result r = result_of(&p);
  if (r.met != count) print_error("%safter %s: %zu goals met, expected %zu\n", goals, script, r.met, count);
  assert_int_equal(r.met, count);
  assert_int_equal(r.unmet == NULL, count == p.attempt->goal_count);
  lesson_free(p.lesson);
}

#define OPEN "send SYN; send"

static void what_was_sent_and_got_counts_in_order(void **state)
{
  struct session *s = *state;
  meets(s, "goal: sent SYN\ngoal: got SYN,ACK\ngoal: sent ACK\n", "", 0);
  meets(s, "goal: sent SYN\ngoal: got SYN,ACK\ngoal: sent ACK\n", "send SYN", 2);
  meets(s, "goal: sent ACK\ngoal: sent SYN\n", "send", 1);                  /* the SYN was before the step */
  meets(s, "goal: got ACK\ngoal: sent PSH,ACK\n", "send PSH,ACK \"a\"", 1); /* the answer came after it */
}

static void names_are_worth_what_they_were_before(void **state)
{
  struct session *s = *state;
  meets(s, "goal: sent SYN seq=iss\ngoal: got SYN,ACK ack=iss+1\ngoal: sent ACK seq=snd.nxt ack=rcv.nxt\n",
        OPEN, 3);
  meets(s, "goal: sent FIN,ACK seq=snd.nxt ack=rcv.nxt\n", "send FIN,ACK", 1);
  /* The same number again is no longer SND.NXT. */
  meets(s, "goal: sent FIN,ACK seq=snd.nxt\n", "send FIN,ACK seq=snd.nxt-1", 0);
  meets(s, "goal: sent FIN,ACK seq=snd.nxt-1\n", "send FIN,ACK seq=snd.nxt-1", 1);
}

static void flags_that_say_what_it_is_are_exact(void **state)
{
  struct session *s = *state;
  does(s, OPEN);
  meets(s, "goal: sent FIN\n", "send FIN,ACK", 0);
  meets(s, "goal: sent FIN,ACK\n", "send FIN,ACK seq=snd.nxt-1", 1);
}

static void states_count_from_the_segment_on(void **state)
{
  struct session *s = *state;
  meets(s, "goal: you SYN-SENT\ngoal: you ESTABLISHED\n", "send SYN", 2); /* it passed through the first */
  does(s, "send");
  meets(s, "goal: peer ESTABLISHED\ngoal: you SYN-SENT\n", "", 1); /* it was there, but before the step */
  meets(s, "goal: sent FIN,ACK\ngoal: you FIN-WAIT-1\ngoal: peer CLOSE-WAIT\n", "send FIN,ACK", 3);
  meets(s, "goal: got FIN,ACK\ngoal: you FIN-WAIT-1\n", "peer close", 1); /* left when the FIN came */
}

static void closed_and_listening_is_one_of_the_peer(void **state)
{
  struct session *s = *state;
  does(s, OPEN);
  meets(s, "goal: peer LISTEN\n", "", 0);
  meets(s, "goal: peer CLOSED\n", "send RST seq=snd.nxt", 1);
  meets(s, "goal: peer LISTEN\n", "", 1);
}

static void what_is_lost_was_sent_and_not_got(void **state)
{
  struct session *s = *state;
  meets(s, "goal: sent SYN\ngoal: peer SYN-RECEIVED\n", "send SYN lost", 1);
  meets(s, "goal: sent SYN\ngoal: peer SYN-RECEIVED\ngoal: got SYN,ACK\n", "lose; send SYN seq=iss", 2);
}

static void silence_is_counted_from_the_goal_before(void **state)
{
  struct session *s = *state;
  does(s, OPEN);
  meets(s, "goal: got nothing for 2s\n", "wait 1s", 0);
  meets(s, "goal: got nothing for 2s\n", "wait 2s", 1);
  meets(s, "goal: sent PSH,ACK\ngoal: got nothing for 2s\n", "send PSH,ACK \"a\"; wait 3s",
        1); /* there was an ACK */
  meets(s, "goal: sent PSH,ACK\ngoal: got ACK\ngoal: got nothing for 2s\n", "send PSH,ACK \"a\"; wait 3s", 3);
  meets(s, "goal: got nothing for 2s\n", "send PSH,ACK \"a\"; wait 2s", 1); /* after it, that is */
}

static void timers_have_more_than_so_much_left(void **state)
{
  struct session *s = *state;
  does(s, OPEN "; peer close; send ACK; send FIN,ACK");
  struct session *other = session_over_model();
  does(other, OPEN "; send FIN,ACK; peer close");
  does(other, "send; wait 10s");
  assert_int_equal(session_tcb(other)[END_YOU].state, STATE_TIME_WAIT);
  meets(other, "goal: you TIME-WAIT timer>235s\n", "wait 1s", 0);
  meets(other, "goal: you TIME-WAIT timer>225s\n", "", 1);
  session_free(other);
}

static void what_the_peers_program_reads_and_suffers(void **state)
{
  struct session *s = *state;
  does(s, "peer app none; " OPEN "; peer accept");
  meets(s, "goal: peer read \"he\\\"llo\"\n",
        "send PSH,ACK \"he\\\"l\"; peer read; send PSH,ACK \"lo\"; peer read", 1);
  meets(s, "goal: peer read hello\n", "send PSH,ACK \"hel\"; peer read", 0);
  meets(s, "goal: peer error ECONNRESET\n", "send RST seq=snd.nxt", 0);
  meets(s, "goal: peer error ECONNRESET\n", "peer read", 1);
}

/* However long it is, and in however many read()s it comes. */
static void reads_whole(struct session *s, size_t len, size_t piece)
{
  static char octets[5000], script[12000];
  struct condition goal = {.kind = CONDITION_PEER_READ, .data = (const uint8_t *)octets, .data_len = len};
  const struct lesson_try attempt = {.goal = &goal, .goal_count = 1};
  struct posed p = {s, NULL, &attempt, trace_count(session_trace(s)), session_now(s)};
  struct buf sent;
  for (size_t i = 0; i < len; i++) octets[i] = (char)(i * 7 + i / 256);
  for (size_t at = 0; at < len; at += piece) {
    assert_int_equal(result_of(&p).met, 0);
    buf_init(&sent, script, sizeof script);
    buf_puts(&sent, "send PSH,ACK \"");
    buf_put_visible(&sent, octets + at, len - at < piece ? len - at : piece, true);
    buf_puts(&sent, "\"; peer read");
    assert_false(sent.truncated);
    does(s, script);
  }
  assert_int_equal(result_of(&p).met, 1);
  octets[len - 1] ^= 1;
  assert_int_equal(result_of(&p).met, 0);
}

static void what_the_peers_program_reads_is_kept_whole(void **state)
{
  struct session *s = *state;
  does(s, "peer app none; " OPEN "; peer accept");
  meets(s, "goal: peer read \"sixty octets, which is more than a line of the screen has room\"\n",
        "send PSH,ACK \"sixty octets, which is more than a line of the screen has room\"; peer read", 1);
  reads_whole(s, 48, 48);
  reads_whole(s, 60, 60);
  reads_whole(s, 1460, 1460);
  reads_whole(s, 5000, 1000);
}

static void only_the_current_connection_has_states(void **state)
{
  struct session *s = *state;
  does(s, OPEN);
  meets(s, "goal: you CLOSED\n", "", 0);
  meets(s, "goal: you CLOSED\ngoal: you ESTABLISHED\n", "new", 1);
}

static void a_wrong_turn_is_no_segment_of_a_goal(void **state)
{
  struct session *s = *state;
  does(s, OPEN);
  struct posed p = pose(s, "goal: sent FIN,ACK seq=snd.nxt\ngoal: got FIN,ACK\n"
                           "wrong: sent FIN\n  by: send FIN\n  say: no ACK\n"
                           "wrong: sent FIN,ACK\n  by: send FIN,ACK seq=1\n  say: wrong number\n"
                           "wrong: you TIME-WAIT\n  by: send\n  say: too far\n");
  assert_null(result_of(&p).wrong);
  does(s, "send FIN,ACK");
  struct goal_result r = result_of(&p);
  assert_int_equal(r.met, 1);
  assert_null(r.wrong); /* the FIN,ACK is the goal's */
  does(s, "send FIN,ACK seq=snd.nxt");
  assert_string_equal(result_of(&p).wrong->say, "wrong number");
  does(s, "send FIN");
  assert_string_equal(result_of(&p).wrong->say, "no ACK"); /* the first that holds, as they are written */
  does(s, "peer close");
  r = result_of(&p);
  assert_null(r.unmet);
  assert_null(r.wrong); /* solved is solved */
  lesson_free(p.lesson);
}

static bool allowed(const struct lesson_try *t, const char *script, const char *words)
{
  struct command_call call;
  struct err err;
  size_t at = 0;
  err_clear(&err);
  assert_int_equal(command_parse(script, strlen(script), &at, &call, &err), 1);
  bool ok = goal_by_hand(t, &call, &err);
  if (!ok && !strstr(err.message, words)) fail_msg("%s: %s", script, err.message);
  return ok;
}

static void by_hand_fields_are_to_be_written(void **state)
{
  (void)state;
  struct err err;
  static const char text[] =
      "# T\n<!-- lesson id=t -->\n```try a by-hand=seq,ack\ngoal: sent ACK\nsolve: send\n```\n";
  struct lesson *l = lesson_parse(text, strlen(text), &err);
  assert_non_null(l);
  const struct lesson_try *t = l->block[l->block_count - 1].attempt;
  assert_false(allowed(t, "send", "yours to forge"));
  assert_false(allowed(t, "resend", "`resend` would do it"));
  assert_false(allowed(t, "auto on", "`auto` would do it"));
  assert_false(allowed(t, "set auto on", "`set` would do it"));
  assert_false(allowed(t, "close", "`close` would do it"));
  assert_false(allowed(t, "send ACK", "seq= and ack="));
  assert_false(allowed(t, "send ACK seq=snd.nxt", "out ack="));
  assert_false(allowed(t, "send ACK seq=snd.nxt lost", "out ack="));
  assert_true(allowed(t, "send ACK seq=snd.nxt ack=rcv.nxt", ""));
  assert_true(allowed(t, "auto off", ""));
  assert_true(allowed(t, "auto", ""));
  assert_true(allowed(t, "wait 1s", ""));
  lesson_free(l);
}

static const struct lesson_quiz *quiz_in(struct lesson **l, const char *body)
{
  char text[1000];
  struct err err;
  err_clear(&err);
  snprintf(text, sizeof text, "# T\n<!-- lesson id=t -->\n```quiz q\n%s```\n", body);
  *l = lesson_parse(text, strlen(text), &err);
  if (!*l) fail_msg("%s", err.message);
  return (*l)->block[(*l)->block_count - 1].quiz;
}

static bool judged(const struct lesson_quiz *q, struct session *s, const char *text, struct quiz_verdict *v)
{
  struct err err;
  err_clear(&err);
  return quiz_judge(q, text, strlen(text), session_env(s), v, &err);
}

static void answers_are_judged(void **state)
{
  struct session *s = *state;
  struct quiz_verdict v;
  struct lesson *l;
  const struct lesson_quiz *q = quiz_in(&l, "[ ] one\n  no\n[x] two\n  yes\n[x] three\n  yes\n");
  assert_true(judged(q, s, " 2, 3 ", &v) && v.right);
  assert_true(judged(q, s, "c b", &v) && v.right);
  assert_true(judged(q, s, "2", &v) && !v.right);
  assert_true(judged(q, s, "1 2 3", &v) && !v.right);
  assert_int_equal(v.picked, 7);
  assert_false(judged(q, s, "4", &v));
  assert_false(judged(q, s, "0", &v));
  assert_false(judged(q, s, "two", &v));
  assert_false(judged(q, s, "", &v));
  lesson_free(l);
  does(s, OPEN);
  q = quiz_in(&l, "answer: snd.nxt\nhint: think\nwrong: iss\n  say: the SYN has taken it\n");
  char number[16];
  snprintf(number, sizeof number, "%u", (unsigned)session_tcb(s)[END_YOU].snd.nxt);
  assert_true(judged(q, s, number, &v) && v.right);
  assert_true(judged(q, s, "iss+1", &v) && v.right);
  assert_true(judged(q, s, "iss", &v) && !v.right);
  assert_string_equal(v.say, "the SYN has taken it");
  assert_true(judged(q, s, "5", &v) && !v.right && !v.say);
  assert_false(judged(q, s, "many", &v));
  lesson_free(l);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(what_was_sent_and_got_counts_in_order),    TEST(names_are_worth_what_they_were_before),
      TEST(flags_that_say_what_it_is_are_exact),      TEST(states_count_from_the_segment_on),
      TEST(closed_and_listening_is_one_of_the_peer),  TEST(what_is_lost_was_sent_and_not_got),
      TEST(silence_is_counted_from_the_goal_before),  TEST(timers_have_more_than_so_much_left),
      TEST(what_the_peers_program_reads_and_suffers), TEST(what_the_peers_program_reads_is_kept_whole),
      TEST(only_the_current_connection_has_states),   TEST(a_wrong_turn_is_no_segment_of_a_goal),
      TEST(by_hand_fields_are_to_be_written),         TEST(answers_are_judged),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
