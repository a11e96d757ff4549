/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The peer's shadow beside its own system's account: what agrees, what does not, at every width. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/buf.h"
#include "engine/peer/peer.h"
#include "engine/view/view.h"

static struct tcb shadow(void)
{
  struct tcb t;
  tcb_init(&t, &tcp_profile_linux, false, 100, true);
  t.state = STATE_ESTABLISHED;
  t.snd.una = 101;
  t.snd.nxt = 106;
  t.unread = 7;
  t.retransmits = 1;
  t.timer[TIMER_RETRANSMISSION] = 3 * USEC_S;
  t.timer[TIMER_USER] = 30 * USEC_S;
  return t;
}

static const struct peer_truth truth = {.known = true,
                                        .state = STATE_ESTABLISHED,
                                        .owned = true,
                                        .recv_queue = 7,
                                        .send_queue = 5,
                                        .timer = PEER_TIMER_RETRANSMISSION,
                                        .timer_left = 1234567,
                                        .retransmits = 1};

static const char *shown(const struct tcb *t, const struct peer_truth *is, unsigned columns, bool plain)
{
  static char mem[4000];
  struct buf b;
  struct view_options o = view_default;
  o.columns = columns;
  o.plain = plain;
  buf_init(&b, mem, sizeof mem);
  view_status(t, is, "Linux 6.18", 1 * USEC_S, &o, &b);
  assert_false(b.truncated);
  for (const char *line = mem; *line; line += strcspn(line, "\n") + 1)
    assert_true(view_width(line, strcspn(line, "\n")) < columns);
  return mem;
}

static void both_stand_side_by_side(void **state)
{
  (void)state;
  struct tcb t = shadow();
  assert_string_equal(shown(&t, &truth, 80, false),
                      "            shadow                          Linux 6.18\n"
                      "  state     ESTABLISHED                     ESTABLISHED\n"
                      "  unread    7                               7\n"
                      "  unacked   5                               5\n"
                      "  timer     retransmission                  retransmission\n"
                      "  left      2s                              1.234s\n"
                      "  repeated  1                               1\n"
                      "  held by   ·                               a process\n");
}

static void a_difference_is_marked(void **state)
{
  (void)state;
  struct tcb t = shadow();
  struct peer_truth is = truth;
  is.state = STATE_CLOSE_WAIT;
  assert_non_null(strstr(shown(&t, &is, 80, false), "ESTABLISHED                     CLOSE-WAIT ≠\n"));
  assert_non_null(strstr(shown(&t, &is, 80, true),
                         "state: the shadow says ESTABLISHED, Linux 6.18 says CLOSE-WAIT; they differ.\n"));
}

static void a_listener_is_no_difference(void **state)
{
  (void)state;
  struct tcb t = shadow();
  struct peer_truth is = {
      .known = true, .state = STATE_LISTEN, .listening = true, .recv_queue = 1, .send_queue = 5};
  t.state = STATE_CLOSED;
  const char *screen = shown(&t, &is, 80, false);
  assert_non_null(strstr(screen, "LISTEN, for any\n"));
  assert_non_null(strstr(screen, "1 of 5\n"));
  assert_null(strstr(screen, "≠"));
}

static void it_fits_every_screen(void **state)
{
  (void)state;
  struct tcb t = shadow();
  for (unsigned columns = 40; columns <= 200; columns++)
    for (unsigned plain = 0; plain < 2; plain++)
      for (unsigned s = 0; s < STATE_COUNT; s++) {
        struct peer_truth is = truth;
        is.state = (enum tcp_state)s;
        t.state = (enum tcp_state)(STATE_COUNT - 1 - s);
        t.orphan = s % 2;
        shown(&t, &is, columns, plain);
      }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(both_stand_side_by_side),
      cmocka_unit_test(a_difference_is_marked),
      cmocka_unit_test(a_listener_is_no_difference),
      cmocka_unit_test(it_fits_every_screen),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
