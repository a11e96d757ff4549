/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `space` and `timers`: the screens, and what must hold at every width. */
#include "view_golden.h"

#include "engine/trace/heap_buf.h"
#include "engine/view/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW (10 * USEC_S)
#define COUNT(array) (sizeof array / sizeof array[0])

static struct tcb closed(enum end e, enum tcp_state state)
{
  struct tcb t;
  tcb_init(&t, e == END_YOU ? &tcp_profile_rfc9293 : &tcp_profile_linux, e == END_YOU, 0, false);
  t.state = state;
  return t;
}

static struct tcb open_tcb(enum end e, enum tcp_state state, seq_t iss, seq_t irs)
{
  struct tcb t = closed(e, state);
  t.iss_known = t.irs_known = true;
  t.iss = iss;
  t.irs = irs;
  t.snd.una = t.snd.nxt = iss + 1;
  t.rcv.nxt = irs + 1;
  t.snd.wnd = 64240;
  t.rcv.wnd = 4096;
  t.snd.mss = 536;
  t.rto = USEC_S;
  t.shadow = e == END_PEER;
  return t;
}

/* Nothing but a SYN on its way. */
static void opening(struct tcb tcb[END_COUNT])
{
  tcb[END_PEER] = closed(END_PEER, STATE_LISTEN);
  struct tcb *you = &tcb[END_YOU];
  *you = open_tcb(END_YOU, STATE_SYN_SENT, 1415531521, 0);
  you->irs_known = false;
  you->snd.una = you->iss;
  you->timer[TIMER_RETRANSMISSION] = NOW + 700 * USEC_MS;
}

/* Five octets acknowledged, five not; the peer holds what came past two gaps, and answers a SYN,ACK's place.
 */
static void flight(struct tcb tcb[END_COUNT])
{
  struct tcb *you = &tcb[END_YOU], *peer = &tcb[END_PEER];
  *you = open_tcb(END_YOU, STATE_ESTABLISHED, 1415531521, 1823083521);
  you->snd.una += 5;
  you->snd.nxt += 110;
  you->timer[TIMER_RETRANSMISSION] = NOW - 1;
  you->retransmits = 2;
  *peer = open_tcb(END_PEER, STATE_CLOSE_WAIT, 1823083521, 1415531521);
  peer->rcv.nxt += 5;
  peer->rcv.wnd = 64235;
  peer->held_count = 2;
  peer->held[0] = (struct seq_range){1415531532, 1415531542};
  peer->held[1] = (struct seq_range){1415531600, 1415531601};
  peer->held_fin = true;
  peer->held_fin_seq = 1415531632;
  peer->snd.wnd = 4096;
  peer->snd.nxt += 7;
  peer->fin_sent = true;
  peer->fin_seq = peer->snd.nxt - 1;
  peer->retransmits = 1;
  peer->timer[TIMER_RETRANSMISSION] = NOW + 204 * USEC_MS;
  peer->timer[TIMER_KEEPALIVE] = NOW + 7200 * USEC_S;
}

/* Windows that closed on what was on its way, numbers that pass 2^32, and the last wait. */
static void closing(struct tcb tcb[END_COUNT])
{
  struct tcb *you = &tcb[END_YOU], *peer = &tcb[END_PEER];
  *you = open_tcb(END_YOU, STATE_TIME_WAIT, 4294967290u, 100);
  you->snd.nxt += 20;
  you->snd.wnd = 0;
  you->rcv.nxt += 1;
  you->fin_received = true;
  you->timer[TIMER_TIME_WAIT] = NOW + 239977482;
  *peer = open_tcb(END_PEER, STATE_FIN_WAIT_2, 100, 4294967290u);
  peer->fin_sent = true;
  peer->fin_seq = 101;
  peer->snd.nxt = 102;
  peer->snd.una = 102;
  peer->rcv.wnd = 0;
  peer->held_count = TCP_HELD_MAX;
  for (unsigned i = 0; i < TCP_HELD_MAX; i++) peer->held[i] = (struct seq_range){10 + 20 * i, 15 + 20 * i};
  peer->timer[TIMER_PERSIST] = NOW + 3 * USEC_S;
  peer->probes = 1;
  peer->timer[TIMER_DELAYED_ACK] = NOW + 39 * USEC_MS + 7;
  peer->timer[TIMER_FIN_WAIT_2] = NOW + 60 * USEC_S;
  peer->timer[TIMER_USER] = NOW + 300 * USEC_S;
}

static void nothing(struct tcb tcb[END_COUNT])
{
  tcb[END_YOU] = closed(END_YOU, STATE_CLOSED);
  tcb[END_PEER] = closed(END_PEER, STATE_LISTEN);
}

static const struct {
  const char *name;
  void (*make)(struct tcb tcb[END_COUNT]);
} scenes[] = {{"opening", opening}, {"flight", flight}, {"closing", closing}, {"nothing", nothing}};

static void space(const struct tcb tcb[END_COUNT], const struct view_options *o, struct buf *b)
{
  view_space(tcb, o, b);
}

static void timers(const struct tcb tcb[END_COUNT], const struct view_options *o, struct buf *b)
{
  view_timers(tcb, NOW, o, b);
}

static const struct {
  const char *name;
  void (*view)(const struct tcb tcb[END_COUNT], const struct view_options *, struct buf *);
} views[] = {{"space", space}, {"timers", timers}};

/* How a scene is looked at. */
static const struct {
  const char *name;
  bool utf8, color, plain, relative;
} looks[] = {{"utf8", true, false, false, false},
             {"ascii", false, false, false, false},
             {"color", true, true, false, false},
             {"plain", false, false, true, false},
             {"relative", true, false, false, true}};

static struct view_options look(size_t how, unsigned columns)
{
  struct view_options o = view_default;
  o.columns = columns;
  o.utf8 = looks[how].utf8;
  o.color = looks[how].color;
  o.plain = looks[how].plain;
  o.relative = looks[how].relative;
  return o;
}

static void show(size_t view, size_t scene, const struct view_options *o, struct buf *b)
{
  struct tcb tcb[END_COUNT];
  scenes[scene].make(tcb);
  buf_reset(b);
  views[view].view(tcb, o, b);
}

static void screens_look_as_agreed(void **state)
{
  (void)state;
  static const struct {
    size_t how;
    unsigned columns;
  } of[] = {{0, 80}, {0, 60}, {0, 40}, {1, 80}, {2, 80}, {3, 80}, {4, 80}};
  struct buf b;
  char name[80];
  bool same = true;
  heap_buf_init(&b);
  for (size_t view = 0; view < COUNT(views); view++)
    for (size_t scene = 0; scene < COUNT(scenes); scene++)
      for (size_t i = 0; i < COUNT(of); i++) {
        const struct view_options o = look(of[i].how, of[i].columns);
        if (of[i].how > 0 && strcmp(scenes[scene].name, "flight") != 0) continue;
        show(view, scene, &o, &b);
        snprintf(name, sizeof name, "%s-%s-%u-%s", views[view].name, scenes[scene].name, of[i].columns,
                 looks[of[i].how].name);
        same = golden_matches(name, b.data, b.len) && same;
      }
  heap_buf_free(&b);
  assert_true(same);
}

/* No wider than the terminal, and nothing on it that it cannot show. */
static void check_screen(const char *text, const struct view_options *o)
{
  while (*text != '\0') {
    const size_t len = strcspn(text, "\n");
    if (view_width(text, len) > o->columns || text[len] != '\n')
      fail_msg("at %u columns: %.*s", o->columns, (int)len, text);
    for (size_t i = 0; i < len; i++) {
      assert_true((unsigned char)text[i] >= ' ' || (o->color && text[i] == '\033'));
      assert_true((unsigned char)text[i] < 0x80 || o->utf8);
    }
    text += len + 1;
  }
}

static void screens_fit_every_width(void **state)
{
  (void)state;
  struct buf b;
  heap_buf_init(&b);
  for (size_t view = 0; view < COUNT(views); view++)
    for (size_t scene = 0; scene < COUNT(scenes); scene++)
      for (size_t how = 0; how < COUNT(looks); how++)
        for (unsigned columns = 40; columns <= 200; columns++) {
          struct view_options o = look(how, columns);
          show(view, scene, &o, &b);
          assert_true(b.len > 0);
          check_screen(b.data, &o);
          o.name[END_YOU] = o.name[END_PEER] = "abcdefghijkl";
          show(view, scene, &o, &b);
          check_screen(b.data, &o);
        }
  heap_buf_free(&b);
}

static void numbers_under_each_other_are_the_same(void **state)
{
  (void)state;
  struct buf b;
  struct tcb tcb[END_COUNT];
  struct view_options o = view_default;
  heap_buf_init(&b);
  tcb[END_YOU] = open_tcb(END_YOU, STATE_ESTABLISHED, 1415531521, 1823083521);
  tcb[END_PEER] = open_tcb(END_PEER, STATE_ESTABLISHED, 1823083521, 1415531521);
  view_space(tcb, &o, &b);
  const char *sends = strstr(b.data, "SND.NXT"), *receives = strstr(b.data, "RCV.NXT");
  assert_non_null(sends);
  assert_non_null(receives);
  while (sends > b.data && sends[-1] != '\n') sends--;
  while (receives > b.data && receives[-1] != '\n') receives--;
  assert_int_equal(strstr(sends, "SND.NXT") - sends, strstr(receives, "RCV.NXT") - receives);
  heap_buf_free(&b);
}

static void timers_come_in_the_order_they_expire(void **state)
{
  (void)state;
  static const char *const order[] = {"delayed ACK", "persist", "FIN-WAIT-2", "2MSL", "user timeout"};
  struct buf b;
  struct view_options o = view_default;
  heap_buf_init(&b);
  show(1, 2, &o, &b);
  const char *at = b.data;
  for (size_t i = 0; i < COUNT(order); i++) {
    at = strstr(at, order[i]);
    if (at == NULL) fail_msg("%s is not in its place", order[i]);
  }
  heap_buf_free(&b);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(screens_look_as_agreed),
      cmocka_unit_test(screens_fit_every_width),
      cmocka_unit_test(numbers_under_each_other_are_the_same),
      cmocka_unit_test(timers_come_in_the_order_they_expire),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
