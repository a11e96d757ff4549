/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line that shows a wait: it fits the screen, and what matters most stays on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/buf.h"
#include "engine/view/view.h"

static const char *shown(const struct view_wait *w, unsigned columns, bool utf8)
{
  static char mem[2000];
  struct buf b;
  struct view_options o = view_default;
  o.columns = columns;
  o.utf8 = utf8;
  buf_init(&b, mem, sizeof mem);
  view_wait(w, &o, &b);
  assert_true(view_width(b.data, b.len) < columns);
  assert_null(strchr(mem, '\n'));
  return mem;
}

static void it_fits_every_screen(void **state)
{
  (void)state;
  struct tcb you;
  tcb_init(&you, &tcp_profile_rfc9293, true, 1, true);
  you.timer[TIMER_TIME_WAIT] = 60 * USEC_S;
  you.timer[TIMER_USER] = 90 * USEC_S;
  struct view_wait w = {.began = 1 * USEC_S, .now = 2 * USEC_S, .until = 3 * USEC_S, .you = &you};
  w.peer_timer = "retransmission";
  w.peer_left = 250 * USEC_MS;
  assert_string_equal(shown(&w, 132, true),
                      "  ───────────────┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ 1.0s of 2.0s  you 2MSL 58.0s, user timeout 88.0s"
                      "  peer retransmission 0.3s");
  assert_string_equal(shown(&w, 80, false),
                      "  1.0s of 2.0s  you 2MSL 58.0s, user timeout 88.0s  peer retransmission 0.3s");
  assert_string_equal(shown(&w, 40, true), "  1.0s/2.0s  peer retransmission 0.3s");
  you.timer[TIMER_USER] = USEC_NEVER;
  assert_string_equal(shown(&w, 80, false),
                      "  -----------........... 1.0s of 2.0s  you 2MSL 58.0s  peer retransmission 0.3s");
  for (unsigned columns = 40; columns <= 200; columns++) shown(&w, columns, true);
}

static void without_an_end_there_is_no_bar(void **state)
{
  (void)state;
  struct tcb you;
  tcb_init(&you, &tcp_profile_rfc9293, true, 1, true);
  struct view_wait w = {.now = 61 * USEC_S, .until = USEC_NEVER, .you = &you};
  assert_string_equal(shown(&w, 80, true), "  61.0s");
}

static void a_bar_is_neither_over_nor_under_full(void **state)
{
  (void)state;
  struct tcb you;
  tcb_init(&you, &tcp_profile_rfc9293, true, 1, true);
  struct view_wait w = {.began = 5 * USEC_S, .now = 4 * USEC_S, .until = 6 * USEC_S, .you = &you};
  assert_string_equal(shown(&w, 80, false), "  .............................. 0.0s of 1.0s");
  w.now = 9 * USEC_S;
  assert_string_equal(shown(&w, 80, false), "  ------------------------------ 4.0s of 1.0s");
  w.until = w.began;
  assert_string_equal(shown(&w, 80, false), "  4.0s of 0.0s");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_fits_every_screen),
      cmocka_unit_test(without_an_end_there_is_no_bar),
      cmocka_unit_test(a_bar_is_neither_over_nor_under_full),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
