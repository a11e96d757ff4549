/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figure 5, arrow by arrow, and whole conversations of two machines, with the RFC's other figures. */
#include "tests/unit/tcp_script.h"
#include "tests/unit/tcp_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Named after the arrow; a machine walks it, and a person too where the arrow begins with a segment of
 * theirs. */
void test_figure_5(void **state)
{
  (void)state;
  static const struct {
    const char *arrow, *script;
  } arrows[] = {
      {"CLOSED -> LISTEN, passive OPEN", "= CLOSED; listen; = LISTEN; ! nothing"},
      {"CLOSED -> SYN-SENT, active OPEN, snd SYN", "open; ! SYN; = SYN-SENT"},
      {"CLOSED -> SYN-SENT, by hand", "set manual; > SYN; = SYN-SENT"},
      {"LISTEN -> CLOSED, CLOSE", LISTENING "close; = CLOSED"},
      {"LISTEN -> SYN-SENT, SEND, snd SYN", LISTENING "send 1; ! SYN; = SYN-SENT"},
      {"LISTEN -> SYN-RECEIVED, rcv SYN, snd SYN,ACK", LISTENING "< SYN seq=5000; ! SYN,ACK; = SYN-RECEIVED"},
      {"SYN-SENT -> CLOSED, CLOSE", SYN_SENT "close; = CLOSED"},
      {"SYN-SENT -> SYN-RECEIVED, rcv SYN, snd SYN,ACK",
       SYN_SENT "< SYN seq=5000; ! SYN,ACK; = SYN-RECEIVED"},
      {"SYN-SENT -> ESTABLISHED, rcv SYN,ACK, snd ACK", SYN_SENT "< SYN,ACK seq=5000; ! ACK; = ESTABLISHED"},
      {"SYN-RECEIVED -> ESTABLISHED, rcv ACK of SYN", SYN_RECEIVED "< ACK; ! nothing; = ESTABLISHED"},
      {"SYN-RECEIVED -> FIN-WAIT-1, CLOSE, snd FIN", SYN_RECEIVED "close; ! FIN,ACK; = FIN-WAIT-1"},
      {"SYN-RECEIVED -> LISTEN, rcv RST (note 1)", SYN_RECEIVED "< RST; = LISTEN"},
      {"SYN-RECEIVED -> CLOSED, rcv RST after an active OPEN (note 1)", CROSSED "< RST; = CLOSED"},
      {"ESTABLISHED -> FIN-WAIT-1, CLOSE, snd FIN", ESTABLISHED "close; ! FIN,ACK; = FIN-WAIT-1"},
      {"ESTABLISHED -> CLOSE-WAIT, rcv FIN, snd ACK", ESTABLISHED "< FIN,ACK; ! ACK; = CLOSE-WAIT"},
      {"FIN-WAIT-1 -> FIN-WAIT-2, rcv ACK of FIN", FIN_WAIT_1 "< ACK; ! nothing; = FIN-WAIT-2"},
      {"FIN-WAIT-1 -> CLOSING, rcv FIN, snd ACK", FIN_WAIT_1 "< FIN,ACK ack=snd.una; ! ACK; = CLOSING"},
      {"FIN-WAIT-1 -> TIME-WAIT, rcv FIN,ACK of FIN, snd ACK (note 2)",
       FIN_WAIT_1 "< FIN,ACK; ! ACK; = TIME-WAIT"},
      {"FIN-WAIT-2 -> TIME-WAIT, rcv FIN, snd ACK", FIN_WAIT_2 "< FIN,ACK; ! ACK; = TIME-WAIT"},
      {"CLOSING -> TIME-WAIT, rcv ACK of FIN", CLOSING "< ACK; ! nothing; = TIME-WAIT"},
      {"CLOSE-WAIT -> LAST-ACK, CLOSE, snd FIN", CLOSE_WAIT "close; ! FIN,ACK; = LAST-ACK"},
      {"LAST-ACK -> CLOSED, rcv ACK of FIN", LAST_ACK "< ACK; ! nothing; = CLOSED"},
      {"TIME-WAIT -> CLOSED, timeout 2MSL", TIME_WAIT "wait 240s; = CLOSED"},
      {"any -> CLOSED, snd RST (note 3)", FIN_WAIT_2 "abort; ! RST; = CLOSED"},
      {"any -> CLOSED, rcv RST (note 3)", FIN_WAIT_2 "< RST; = CLOSED"},
      {"the active closer by hand", "set manual; > SYN; < SYN,ACK seq=5000; > ACK; = ESTABLISHED; > FIN,ACK; "
                                    "= FIN-WAIT-1; < ACK; = FIN-WAIT-2; < FIN,ACK; > ACK; = "
                                    "TIME-WAIT; wait 240s; = CLOSED"},
      {"the passive closer by hand", "set manual; listen; < SYN seq=5000; > SYN,ACK; < ACK; = ESTABLISHED; < "
                                     "FIN,ACK; > ACK; = CLOSE-WAIT; > FIN,ACK; = LAST-ACK; < "
                                     "ACK; = CLOSED"},
      {"both at once by hand", "set manual; > SYN; < SYN seq=5000; = SYN-RECEIVED; > SYN,ACK; < ACK; = "
                               "ESTABLISHED; > FIN,ACK; < FIN,ACK ack=snd.una; > ACK; = "
                               "CLOSING; < ACK; = TIME-WAIT"},
  };
  for (size_t i = 0; i < sizeof arrows / sizeof arrows[0]; i++) {
    struct tcp_script s;
    if (!tcp_script_run(&s, arrows[i].script)) fail_msg("%s: %s", arrows[i].arrow, s.failure);
  }
}

/* -- two machines on a wire -- */
#define ON_THE_WIRE 256

struct world {
  struct tcp_profile profile;
  struct tcb end[2];
  usec_t now;
  struct {
    int to;
    struct segment segment;
  } wire[ON_THE_WIRE];
  unsigned head, count;
  unsigned lose; /* the next so many are lost */
  uint32_t delivered[2];
  unsigned segments;
};

static void send_all(struct world *w, int from, const struct tcp_verdict *v)
{
  static const uint8_t text[2000];
  tcp_script_count(v);
  w->delivered[from] += v->delivered;
  for (unsigned i = 0; i < v->emit_count; i++) {
    const struct tcp_emit *e = &v->emit[i];
    w->segments++;
    if (w->lose) {
      w->lose--;
      continue;
    }
    struct segment g = {
        .flags = e->flags, .seq = e->seq, .ack = e->ack, .win = e->win, .data = text, .data_len = e->len};
    g.options_len = e->options_len;
    memcpy(g.options, e->options, e->options_len);
    assert_true(w->count < ON_THE_WIRE);
    unsigned at = (w->head + w->count++) % ON_THE_WIRE;
    w->wire[at].to = !from;
    w->wire[at].segment = g;
  }
}

static void call(struct world *w, int who, enum tcp_call_kind kind, uint32_t len)
{
  struct tcp_verdict v;
  tcp_call(&w->end[who], &(struct tcp_call){.kind = kind, .len = len}, w->now, &v);
  send_all(w, who, &v);
}

/* Delivers what is on the wire, 10 ms a segment, readers reading. */
static void run(struct world *w)
{
  struct tcp_verdict v;
  while (w->count) {
    int to = w->wire[w->head].to;
    struct segment g = w->wire[w->head].segment;
    w->head = (w->head + 1) % ON_THE_WIRE;
    w->count--;
    w->now += 10 * USEC_MS;
    tcp_arrives(&w->end[to], &g, w->now, &v);
    send_all(w, to, &v);
    if (w->end[to].unread) {
      uint32_t before = w->delivered[to];
      call(w, to, CALL_RECEIVE, 0);
      w->delivered[to] = before; /* counted when it came */
    }
  }
}

/* And lets timers run out while nothing is under way, until both are in STATE or nothing runs. */
static void settle(struct world *w, enum tcp_state state)
{
  struct tcp_verdict v;
  run(w);
  for (unsigned i = 0; i < 1000 && !(w->end[0].state == state && w->end[1].state == state); i++) {
    usec_t a = tcp_deadline(&w->end[0]), b = tcp_deadline(&w->end[1]);
    if (a == USEC_NEVER && b == USEC_NEVER) return;
    int who = b < a;
    w->now = who ? b : a;
    tcp_timeout(&w->end[who], w->now, &v);
    send_all(w, who, &v);
    run(w);
  }
}

static void meet(struct world *w, const char *profile)
{
  memset(w, 0, sizeof *w);
  w->profile = *tcp_profile_find(profile);
  tcb_init(&w->end[0], &w->profile, false, 100, true);
  tcb_init(&w->end[1], &w->profile, false, 300, true);
}

static void establish(struct world *w, const char *profile)
{
  meet(w, profile);
  call(w, 1, CALL_OPEN_PASSIVE, 0);
  call(w, 0, CALL_OPEN_ACTIVE, 0);
  run(w);
  assert_int_equal(w->end[0].state, STATE_ESTABLISHED);
  assert_int_equal(w->end[1].state, STATE_ESTABLISHED);
}

void test_two_machines(void **state)
{
  (void)state;
  static const char *const profiles[] = {"rfc9293", "linux"};
  for (unsigned p = 0; p < 2; p++) {
    struct world w;
    /* Figure 6 and Figure 12. */
    establish(&w, profiles[p]);
    assert_int_equal(w.segments, 3);
    call(&w, 0, CALL_SEND, 100000);
    settle(&w, STATE_CLOSED);
    assert_int_equal(w.delivered[1], 100000);
    call(&w, 0, CALL_CLOSE, 0);
    run(&w);
    assert_int_equal(w.end[0].state, STATE_FIN_WAIT_2);
    assert_int_equal(w.end[1].state, STATE_CLOSE_WAIT);
    call(&w, 1, CALL_SEND, 5000); /* half closed: the other direction goes on */
    settle(&w, STATE_CLOSED);
    assert_int_equal(w.delivered[0], 5000);
    call(&w, 1, CALL_CLOSE, 0);
    run(&w);
    assert_int_equal(w.end[0].state, STATE_TIME_WAIT);
    assert_int_equal(w.end[1].state, STATE_CLOSED);
    usec_t began = w.now;
    settle(&w, STATE_CLOSED);
    assert_int_equal(w.end[0].state, STATE_CLOSED);
    assert_true(w.now - began <= w.profile.time_wait);
    assert_true(w.now - began > w.profile.time_wait - USEC_S);
    /* Figure 7: both open at once; Figure 13: both close at once. */
    meet(&w, profiles[p]);
    call(&w, 0, CALL_OPEN_ACTIVE, 0);
    call(&w, 1, CALL_OPEN_ACTIVE, 0);
    run(&w);
    assert_int_equal(w.end[0].state, STATE_ESTABLISHED);
    assert_int_equal(w.end[1].state, STATE_ESTABLISHED);
    call(&w, 0, CALL_CLOSE, 0);
    call(&w, 1, CALL_CLOSE, 0);
    run(&w);
    assert_int_equal(w.end[0].state, STATE_TIME_WAIT);
    assert_int_equal(w.end[1].state, STATE_TIME_WAIT);
  }
}

void test_figures_8_to_11(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      /* Figure 8, at B: an old duplicate SYN, its RST, then the true SYN. */
      LISTENING "< SYN seq=90; ! SYN,ACK seq=1000 ack=91; < RST seq=91; = LISTEN; < SYN seq=100; ! SYN,ACK "
                "ack=101; < ACK seq=101 "
                "ack=1001; = ESTABLISHED",
      /* Figure 8, at A: a SYN,ACK that answers the old duplicate. */
      "set iss 100; open; < SYN,ACK seq=300 ack=91; ! RST seq=91; = SYN-SENT; < SYN,ACK seq=400 ack=101; ! "
      "ACK seq=101 ack=401; "
      "= ESTABLISHED",
      /* Figure 9: A has crashed; its SYN draws an ACK, which draws a RST, which ends B's half. */
      ESTABLISHED
      "< SYN seq=400; ! ACK seq=1001 ack=5001; < RST seq=5001; = CLOSED; < SYN seq=400; ! RST,ACK ack=401",
      "set iss 400; open; < ACK seq=300 ack=100; ! RST seq=100; = SYN-SENT; timeout; ! SYN seq=400",
      /* Figure 10: B sends to an end that has forgotten. */
      "< ACK seq=300 ack=100 len=10; ! RST seq=100",
      /* Figure 11: an old duplicate SYN between two passive ends. */
      LISTENING "< SYN seq=70; ! SYN,ACK ack=71; < RST seq=71; = LISTEN",
      LISTENING "< SYN,ACK seq=900 ack=71; ! RST seq=71; = LISTEN",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

/* Whatever single segment is lost, timers bring the conversation to its end, all octets delivered. */
void test_lost_segments(void **state)
{
  (void)state;
  static const char *const profiles[] = {"rfc9293", "linux"};
  for (unsigned p = 0; p < 2; p++)
    for (unsigned victim = 0; victim < 20; victim++) {
      struct world w;
      meet(&w, profiles[p]);
      unsigned sent = 0;
      call(&w, 1, CALL_OPEN_PASSIVE, 0);
      for (unsigned phase = 0; phase < 4; phase++) {
        w.lose = w.segments == victim;
        if (phase == 0) call(&w, 0, CALL_OPEN_ACTIVE, 0);
        if (phase == 1) call(&w, 0, CALL_SEND, 3000);
        if (phase == 2) call(&w, 0, CALL_CLOSE, 0);
        if (phase == 3) call(&w, 1, CALL_CLOSE, 0);
        for (unsigned i = 0; i < 200; i++) {
          if (w.segments == victim && sent != victim) w.lose = 1;
          sent = w.segments;
          if (!w.count) break;
          run(&w);
        }
        for (unsigned i = 0; i < 60 && w.end[0].state != STATE_CLOSED; i++) {
          bool waiting = tcp_deadline(&w.end[0]) == USEC_NEVER && tcp_deadline(&w.end[1]) == USEC_NEVER;
          if (waiting || w.end[0].state == STATE_TIME_WAIT) break;
          usec_t a = tcp_deadline(&w.end[0]), b = tcp_deadline(&w.end[1]);
          struct tcp_verdict v;
          w.now = b < a ? b : a;
          tcp_timeout(&w.end[b < a], w.now, &v);
          send_all(&w, b < a, &v);
          run(&w);
        }
      }
      settle(&w, STATE_CLOSED);
      assert_int_equal(w.delivered[1], 3000);
      assert_int_equal(w.end[0].state, STATE_CLOSED);
      assert_true(w.end[1].state == STATE_CLOSED);
    }
}
