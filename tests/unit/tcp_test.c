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
#include <strings.h>

#include <cmocka.h>

static void row_is_whole(const struct tcp_rule *r)
{
  if (!r->id || !r->cite || !r->title || !r->why)
    fail_msg("row %s lacks id, cite, title or why", r->id ? r->id : "?");
  if (!*r->cite || !*r->title || !*r->why) fail_msg("%s has an empty cite, title or why", r->id);
  if (strlen(r->title) > 60) fail_msg("%s: the title is longer than 60 columns", r->id);
  if (!r->states || !tcp_rule_profiles(r) || !r->step) fail_msg("%s holds nowhere", r->id);
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

static void stand_in_order(const struct tcp_rule *a, const struct tcp_rule *b)
{
  if (a->procedure > b->procedure) fail_msg("%s stands before %s", a->id, b->id);
  if (a->procedure < b->procedure) return;
  if (a->step > b->step || (a->step == b->step && a->part > b->part))
    fail_msg("%s stands before %s", a->id, b->id);
}

/* Procedures stand in the order of the RFC's sections, steps and parts in order within them: in the RFC's table, and
   in the list that is walked. */
static void test_order(void **state)
{
  (void)state;
  size_t count, ordered;
  const struct tcp_rule *rules = tcp_rules(&count);
  const struct tcp_rule *const *order = rules_in_order(&ordered);
  assert_true(ordered == count);
  for (size_t i = 1; i < count; i++) {
    stand_in_order(order[i - 1], order[i]);
    if (rules[i].system)
      assert_true(rules[i - 1].system || i > 100);
    else
      stand_in_order(&rules[i - 1], &rules[i]);
  }
  assert_string_equal(tcp_procedure_name(PROCEDURE_OTHERWISE), "SEGMENT ARRIVES otherwise");
  assert_string_equal(tcp_procedure_section(PROCEDURE_OTHERWISE), "3.10.7.4");
  assert_string_equal(tcp_step_name(PROCEDURE_OTHERWISE, 2), "check the RST bit");
  assert_string_equal(tcp_step_name(PROCEDURE_OTHERWISE, 9), "");
}

static bool mentions(const char *text, const char *word)
{
  const size_t len = strlen(word);
  for (; *text; text++)
    if (strncasecmp(text, word, len) == 0) return true;
  return false;
}

/* The RFC's table is the RFC's: who reads it aloud says nothing of any system. */
static void test_rfc_is_pure(void **state)
{
  (void)state;
  size_t count;
  const struct tcp_rule *r = tcp_rules(&count);
  for (size_t i = 0; i < count && !r[i].system; i++) {
    if (mentions(r[i].id, "linux") || mentions(r[i].cite, "linux") || mentions(r[i].title, "linux") ||
        mentions(r[i].why, "linux"))
      fail_msg("%s mentions Linux", r[i].id);
    if (r[i].since || r[i].until || *tcp_rule_amends(&r[i])) fail_msg("%s: the RFC amends nothing", r[i].id);
    assert_true((tcp_rule_profiles(&r[i]) & PROFILE_RFC9293) != 0);
  }
}

static size_t place_in_order(const char *id)
{
  size_t count, i = 0;
  const struct tcp_rule *const *order = rules_in_order(&count);
  while (i < count && strcmp(order[i]->id, id) != 0) i++;
  return i;
}

/* Each row of a system says which of the RFC's it stands before, after or instead of, and stands there. */
static void test_systems_amend(void **state)
{
  (void)state;
  size_t count;
  const struct tcp_rule *r = tcp_rules(&count);
  for (size_t i = 0; i < count; i++) {
    if (!r[i].system) continue;
    const int ways = (r[i].before != NULL) + (r[i].after != NULL) + (r[i].instead[0] != NULL);
    if (ways != 1) fail_msg("%s amends in %d ways", r[i].id, ways);
    const char *id = tcp_rule_amends(&r[i]);
    const struct tcp_rule *amended = tcp_rule_find(id, strlen(id));
    if (!amended || amended->system) fail_msg("%s amends %s, which is no row of the RFC", r[i].id, id);
    if (amended->procedure != r[i].procedure) fail_msg("%s amends %s, of another procedure", r[i].id, id);
    const bool behind = place_in_order(r[i].id) > place_in_order(id);
    if (amended->step == r[i].step && amended->part == r[i].part && behind != (r[i].after != NULL))
      fail_msg("%s stands on the wrong side of %s", r[i].id, id);
    for (unsigned k = 0; k < 2 && r[i].instead[k]; k++) {
      const struct tcp_rule *gone = tcp_rule_find(r[i].instead[k], strlen(r[i].instead[k]));
      if (!gone || (tcp_rule_profiles(gone) & r[i].system)) fail_msg("%s is not instead of its row", r[i].id);
      if (r[i].since || r[i].until) fail_msg("%s replaces a row, but not for every kernel", r[i].id);
      if (r[i].system != PROFILE_LINUX) fail_msg("%s: a counterfactual profile replaces no row", r[i].id);
    }
  }
  const struct tcp_variation *v;
  for (size_t i = 0; (v = tcp_variation_at(i)) != NULL; i++) {
    const struct tcp_rule *of = tcp_rule_find(v->id, strlen(v->id));
    if (!of || of->system || !*v->text) fail_msg("%s is no row of the RFC", v->id);
    if (((tcp_rule_profiles(of) & v->system) == 0) != v->without)
      fail_msg("%s is done without, or not", v->id);
  }
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
  return (tcp_rule_profiles(r) & s->profile->rows) && state_in(s->tcb->state, r->states) &&
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
      cmocka_unit_test(test_rfc_is_pure),
      cmocka_unit_test(test_systems_amend),
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
