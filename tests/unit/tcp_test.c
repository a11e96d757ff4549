/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine's tests, and what holds for the table as a whole. Names of states are tested here, too. */
#include "engine/base/rng.h"
#include "engine/tcp/machine.h"
#include "tests/unit/tcp_script.h"
#include "tests/unit/tcp_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void row_is_whole(const struct tcp_rule *r)
{
  if (!r->id || !r->cite || !r->title || !r->why)
    fail_msg("row %s lacks id, cite, title or why", r->id ? r->id : "?");
  if (!*r->cite || !*r->title || !*r->why) fail_msg("%s has an empty cite, title or why", r->id);
  if (strlen(r->title) > 60) fail_msg("%s: the title is longer than 60 columns", r->id);
  if (!r->states || !r->profiles || !r->step) fail_msg("%s holds nowhere", r->id);
  if (!*tcp_step_name(r->procedure, r->step)) fail_msg("%s: step %u has no name", r->id, r->step);
  if (r->on & r->off) fail_msg("%s wants a bit both set and clear", r->id);
  if (r->since && r->until && r->since > r->until) fail_msg("%s ends before it begins", r->id);
  for (const char *p = r->id; *p; p++)
    if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && *p != '.' && *p != '-')
      fail_msg("%s: odd id", r->id);
}

static void test_table(void **state)
{
  (void)state;
  size_t count;
  const struct tcp_rule *rules = tcp_rules(&count);
  assert_true(count > 150 && count < 300);
  for (size_t i = 0; i < count; i++) {
    row_is_whole(&rules[i]);
    for (size_t j = 0; j < i; j++)
      if (strcmp(rules[i].id, rules[j].id) == 0) fail_msg("two rows are called %s", rules[i].id);
    assert_ptr_equal(tcp_rule_find(rules[i].id, strlen(rules[i].id)), &rules[i]);
  }
  assert_null(tcp_rule_find("no.such.row", 11));
  assert_null(tcp_rule_find("listen.sy", 9));
}

/* Procedures stand in the order of the RFC's sections, steps and parts in order within them. */
static void test_order(void **state)
{
  (void)state;
  size_t count;
  const struct tcp_rule *rules = tcp_rules(&count);
  for (size_t i = 1; i < count; i++) {
    const struct tcp_rule *a = &rules[i - 1], *b = &rules[i];
    if (a->procedure > b->procedure) fail_msg("%s stands before %s", a->id, b->id);
    if (a->procedure < b->procedure) continue;
    if (a->step > b->step || (a->step == b->step && a->part > b->part))
      fail_msg("%s stands before %s", a->id, b->id);
  }
  assert_string_equal(tcp_procedure_name(PROCEDURE_OTHERWISE), "SEGMENT ARRIVES otherwise");
  assert_string_equal(tcp_procedure_section(PROCEDURE_OTHERWISE), "3.10.7.4");
  assert_string_equal(tcp_step_name(PROCEDURE_OTHERWISE, 2), "check the RST bit");
  assert_string_equal(tcp_step_name(PROCEDURE_OTHERWISE, 9), "");
}

static void test_names(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    enum tcp_state state;
  } spellings[] = {
      {"CLOSED", STATE_CLOSED},         {"close", STATE_CLOSED},          {"SYN_SEND", STATE_SYN_SENT},
      {"SYN_RECV", STATE_SYN_RECEIVED}, {"SYN-RCVD", STATE_SYN_RECEIVED}, {"estab", STATE_ESTABLISHED},
      {"FIN_WAIT1", STATE_FIN_WAIT_1},  {"fin-wait-2", STATE_FIN_WAIT_2}, {"CLOASE_WAIT", STATE_CLOSE_WAIT},
      {"closing", STATE_CLOSING},       {"LAST_ACK", STATE_LAST_ACK},     {"TIME_WAIT", STATE_TIME_WAIT},
  };
  enum tcp_state got;
  for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
    assert_true(tcp_state_parse(spellings[i].text, strlen(spellings[i].text), &got, NULL));
    assert_int_equal(got, spellings[i].state);
  }
  const char *nearest = NULL;
  assert_false(tcp_state_parse("TIME-WAITT", 10, &got, &nearest));
  assert_string_equal(nearest, "TIME-WAIT");
  assert_false(tcp_state_parse("", 0, &got, NULL));
  assert_string_equal(tcp_state_name(STATE_FIN_WAIT_1), "FIN-WAIT-1");
  for (unsigned t = 0; t < TIMER_COUNT; t++) {
    assert_true(*tcp_timer_name((enum tcp_timer)t) != '\0');
    assert_true(*tcp_timer_help((enum tcp_timer)t) != '\0');
  }
  for (unsigned i = 0; i < SIGNAL_COUNT; i++) assert_true(*tcp_signal_text((enum tcp_signal)i) != '\0');
  assert_string_equal(tcp_intent_text(INTENT_PROBE), "probe");
}

static void test_profiles(void **state)
{
  (void)state;
  static const char *const names[] = {"rfc9293", "linux", "two-way", "no-time-wait", "no-challenge-ack"};
  for (size_t i = 0; i < 5; i++) {
    assert_non_null(tcp_profile_find(names[i]));
    assert_string_equal(tcp_profile_at(i)->name, names[i]);
  }
  assert_null(tcp_profile_at(5));
  assert_null(tcp_profile_find("windows"));
  assert_true(tcp_profile_rfc9293.time_wait == 2 * tcp_profile_rfc9293.msl);
  assert_true(tcp_profile_rfc9293.keepalive_time == 0); /* MUST-25 */
}

static bool listed(const struct candidates *c, const struct tcp_rule *r)
{
  for (unsigned i = 0; i < c->start[PROCEDURE_COUNT]; i++)
    if (c->row[i].rule == r) return true;
  return false;
}

static bool row_fits(const struct tcp_step *s, const struct tcp_rule *r)
{
  return (r->profiles & s->profile->rows) && state_in(s->tcb->state, r->states) &&
         (s->flags & r->on) == r->on && !(s->flags & r->off) && (!r->guard || r->guard(s)) &&
         (!r->also || r->also(s));
}

/* What the machine leaves out of its short lists could not have fitted, whatever the segment. */
static void test_short_lists(void **state)
{
  (void)state;
  static const char *const ways[] = {ESTABLISHED,
                                     FIN_WAIT_1,
                                     FIN_WAIT_2,
                                     CLOSE_WAIT,
                                     LAST_ACK,
                                     ESTABLISHED "< ACK seq=rcv.nxt+5 len=2",
                                     ESTABLISHED "set rcv.wnd 0; "};
  static struct candidates scratch;
  struct rng rng = {.state = 9293};
  size_t count;
  const struct tcp_rule *rules = tcp_rules(&count);
  for (unsigned round = 0; round < 10000; round++) {
    struct tcp_script script;
    struct segment g = {.flags = (uint8_t)(rng_below(&rng, 3) ? ACK : rng_below(&rng, 64)), .win = 100};
    memset(&script, 0, sizeof script);
    assert_true(tcp_script_run(&script, rng_below(&rng, 2) ? "profile linux" : "profile rfc9293"));
    assert_true(tcp_script_more(&script, ways[rng_below(&rng, sizeof ways / sizeof ways[0])]));
    struct tcb *t = &script.tcb;
    struct tcp_verdict v;
    struct tcp_step s = {
        .tcb = t, .profile = t->profile, .verdict = &v, .segment = &g, .flags = g.flags, .wnd = g.win};
    v.acked = 0;
    s.seq = g.seq = t->rcv.nxt + rng_below(&rng, 9) - 4 + (rng_below(&rng, 4) ? 0 : t->rcv.wnd);
    s.ack = g.ack = t->snd.nxt + rng_below(&rng, 9) - 4;
    s.len = rng_below(&rng, 4);
    g.data_len = s.len;
    const struct candidates *c = candidates_of(&s, &scratch);
    assert_true(c->start[PROCEDURE_COUNT] < ROWS_MAX);
    for (size_t i = 0; i < count; i++)
      if (rules[i].procedure == PROCEDURE_OTHERWISE && !listed(c, &rules[i]) && row_fits(&s, &rules[i]))
        fail_msg("%s fits and is not looked at", rules[i].id);
  }
}

/* Each row has been needed by some test. Runs last. */
static void test_every_row_fired(void **state)
{
  (void)state;
  size_t count;
  const struct tcp_rule *rules = tcp_rules(&count);
  static char missing[8192];
  size_t n = 0;
  for (size_t i = 0; i < count; i++)
    if (!tcp_script_fired(i) && n + 80 < sizeof missing)
      n += (size_t)snprintf(missing + n, 80, " %s", rules[i].id);
  if (n) fail_msg("no test fires%s", missing);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_table),
      cmocka_unit_test(test_order),
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_profiles),
      cmocka_unit_test(test_short_lists),
#define X(name) cmocka_unit_test(test_##name),
      TCP_TESTS(X)
#undef X
          cmocka_unit_test(test_every_row_fired),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
