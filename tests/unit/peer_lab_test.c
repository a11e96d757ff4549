/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only the lab's peer can do, being the kernel: vanish, take a chosen ISN, be set by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/lab_fixture.h"

#include "engine/peer/peer_lab_own.h"
#include "engine/peer/setting.h"

#include <arpa/inet.h>

/* --- crash ------------------------------------------------------------------------------ */

static void crash_now(void)
{
  done(PEER_CRASH);
  silence();
  assert_true(truth().state == STATE_LISTEN || truth().state == STATE_CLOSED);
}

static void crash_in_each_state(void **state)
{
  (void)state;
  begin(); /* SYN-RECEIVED */
  put(SYN, NULL);
  got(SYN | ACK);
  crash_now();

  begin(); /* ESTABLISHED, in the accept queue */
  handshake();
  crash_now();
  event(PEER_ACCEPT, PEER_DONE);

  established();
  crash_now();

  established(); /* with octets unread and octets unacknowledged */
  put(ACK | PSH, "unread");
  got(ACK);
  call_request((struct peer_request){.verb = PEER_SEND, .len = 10});
  got(ACK);
  crash_now();

  established(); /* CLOSE-WAIT */
  put(FIN | ACK, NULL);
  got(ACK);
  crash_now();

  established(); /* LAST-ACK, an orphan */
  put(FIN | ACK, NULL);
  got(ACK);
  done(PEER_CLOSE);
  got(FIN | ACK);
  peer_is(STATE_LAST_ACK);
  crash_now();

  established(); /* FIN-WAIT-1, an orphan: its RST is swallowed */
  done(PEER_CLOSE);
  got(FIN | ACK);
  peer_is(STATE_FIN_WAIT_1);
  crash_now();

  established(); /* FIN-WAIT-1, held */
  done(PEER_SHUTDOWN);
  got(FIN | ACK);
  crash_now();

  established(); /* FIN-WAIT-2, an orphan */
  done(PEER_CLOSE);
  got(FIN | ACK);
  put(ACK, NULL);
  peer_is(STATE_FIN_WAIT_2);
  crash_now();

  established(); /* CLOSING, an orphan */
  done(PEER_CLOSE);
  await_any();
  put(FIN | ACK, NULL);
  await_any();
  peer_is(STATE_CLOSING);
  crash_now();

  established(); /* TIME-WAIT */
  done(PEER_CLOSE);
  got(FIN | ACK);
  put(FIN | ACK, NULL);
  got(ACK);
  peer_is(STATE_TIME_WAIT);
  crash_now();

  fresh(next_port(), 1); /* SYN-SENT */
  you.pair = call(PEER_CONNECT).pair;
  await_any();
  peer_is(STATE_SYN_SENT);
  crash_now();
  event(PEER_CONNECT, PEER_FAILED);

  fresh(next_port(), 1); /* SYN-RECEIVED by way of SYN-SENT */
  you.pair = call(PEER_CONNECT).pair;
  await_any();
  you.rcv_nxt = arrival.seq;
  put(SYN, NULL);
  got(SYN | ACK);
  peer_is(STATE_SYN_RECEIVED);
  crash_now();
  event(PEER_CONNECT, PEER_FAILED);

  begin();
  impossible((struct peer_request){.verb = PEER_CRASH}, ERR_STATE);
  no_event();
}

/* As on kernels that let nothing be destroyed. The RST in your name ends a TIME-WAIT that is protected from
   RSTs, too, and is answered where answers are rationed. */
static void crash_in_each_state_by_reset(void **state)
{
  peer_lab_of(peer)->lacks_destroy = true;
  set_to("tcp_rfc1337", "1");
  set_to("tcp_invalid_ratelimit", "60000");
  crash_in_each_state(state);
  set_to("tcp_invalid_ratelimit", "0");
  assert_string_equal(
      call_request((struct peer_request){.verb = PEER_SET, .key = "tcp_rfc1337", .value = "0"}).detail,
      "tcp_rfc1337 0 (was 1)");
  peer_lab_of(peer)->lacks_destroy = false;
}

static void a_crash_loses_no_one_elses_segment(void **state)
{
  (void)state;
  established();
  struct pair crashing = you.pair;
  done(PEER_CLOSE);
  got(FIN | ACK);
  begin();
  put(SYN, NULL); /* its answer waits on the wire */
  call_request((struct peer_request){.verb = PEER_CRASH, .pair = crashing});
  got(SYN | ACK);
  silence();
}

static void after_a_crash_data_is_answered_with_rst(void **state)
{
  (void)state;
  established();
  crash_now();
  put(ACK | PSH, "anyone?");
  await_any();
  assert_int_equal(arrival.flags, RST);
  assert_int_equal(arrival.seq, you.rcv_nxt);
}

/* --- isn -------------------------------------------------------------------------------- */

static void arm(uint32_t n) { call_request((struct peer_request){.verb = PEER_ISN, .isn = n}); }

static void the_isn_is_ours_to_choose(void **state)
{
  static const uint32_t isns[] = {1823083521, 0, 1, 4294967295u, 65536, 65537, 65538, 0x80000000u};
  static const uint32_t syns[] = {1415531521, 0, 1, 999, 1000, 1001, 4294967295u, 0x7fffffffu, 0x80000000u};

  (void)state;
  for (size_t i = 0; i < sizeof isns / sizeof *isns; i++) {
    for (size_t j = 0; j < sizeof syns / sizeof *syns; j++) {
      begin();
      you.snd_nxt = syns[j];
      arm(isns[i]);
      put(SYN, NULL);
      got(SYN | ACK);
      assert_int_equal(arrival.seq, isns[i] ? isns[i] : 1);
      silence();
      put(ACK, NULL);
      peer_is(STATE_ESTABLISHED);
      done(PEER_ACCEPT);
      peer_forget(peer, &you.pair);
      silence();
    }
  }
}

static void the_books_numbers(void **state)
{
  (void)state;
  fresh(1037, 9);
  app(APP_NONE, false);
  you.snd_nxt = 1415531521;
  arm(1823083521);
  handshake();
  assert_int_equal(you.rcv_nxt, 1823083522);
  done(PEER_ACCEPT);
  put(FIN | ACK, NULL);
  got(ACK);
  assert_int_equal(arrival.ack, 1415531523);
  done(PEER_CLOSE);
  got(FIN | ACK);
  assert_int_equal(arrival.seq, 1823083522);
  put(ACK, NULL);
  peer_is(STATE_LISTEN);
}

/* As on kernels that cannot be told. */
static void renumbering(bool on)
{
  peer_lab_of(peer)->isn_tried = on;
  peer_lab_of(peer)->isn_obeyed = false;
}

static void the_isn_is_ours_to_choose_by_the_wire(void **state)
{
  seq_t taken;

  renumbering(true);
  the_isn_is_ours_to_choose(state);
  the_books_numbers(state);
  assert_true(peer_taken_isn(peer, &you.pair, &taken));
  assert_int_not_equal(taken, 1823083521);
  renumbering(false);
}

/* Which octets of the peer's you have, past a gap. */
static void put_block(seq_t left, seq_t right)
{
  struct segment s = segment(ACK);
  const seq_t edges[] = {htonl(left), htonl(right)};

  option_put(&s, OPTION_NOP, NULL, 0); /* so that the edges begin at odd octets */
  option_put(&s, OPTION_SACK, (const uint8_t *)edges, sizeof edges);
  transmit(&s);
}

/* Everything that refers to the peer's numbers: text both ways, a SACK block which makes good a loss, challenge
   ACKs, the FINs, TIME-WAIT, and RSTs on a pair that is gone. */
static void all_numbers_are_shifted(void **state)
{
  const uint32_t isn = 0xfffffff0; /* they wrap */
  struct segment s;

  (void)state;
  renumbering(true);
  begin();
  arm(isn);
  s = segment(SYN);
  option_put_mss(&s, 1000);
  option_put(&s, OPTION_SACKOK, NULL, 0);
  struct err err = {.code = ERR_NONE};
  check(peer_before_send(peer, &you.pair, &s, &err), &err);
  transmit(&s);
  you.snd_nxt++;
  got(SYN | ACK);
  assert_int_equal(arrival.seq, isn);
  put(ACK, NULL);
  done(PEER_ACCEPT);
  call_request((struct peer_request){.verb = PEER_SEND, .len = 4000});
  for (int i = 0; i < 4; i++) got(ACK);
  const seq_t end = you.rcv_nxt;
  assert_int_equal(end, isn + 4001);
  you.rcv_nxt = isn + 1; /* the first was lost: three duplicates call for it, not a timeout */
  for (seq_t n = 2; n <= 4; n++) put_block(isn + 1001, isn + 1001 + (n - 1) * 1000);
  got(ACK);
  assert_int_equal(arrival.data_len, 1000);
  you.rcv_nxt = end;
  s = segment(ACK);
  s.ack = end + 1; /* beyond SND.NXT */
  transmit(&s);
  settle();
  while (arrived()) continue; /* a challenge ACK, or silence on old kernels */
  put(ACK | PSH, "text");
  got(ACK);
  done(PEER_READ);
  s = segment(SYN);
  transmit(&s); /* a challenge */
  got(ACK);
  put(FIN | ACK, NULL);
  got(ACK);
  done(PEER_CLOSE);
  got(FIN | ACK);
  put(ACK, NULL);
  peer_is(STATE_LISTEN);
  put(ACK, NULL); /* to nobody */
  await_any();
  assert_int_equal(arrival.flags, RST);
  assert_int_equal(arrival.seq, you.rcv_nxt);
  renumbering(false);
}

/* The next connection of the pair's has the kernel's own ISN. */
static void renumbering_ends_with_the_connection(void **state)
{
  seq_t taken;

  (void)state;
  renumbering(true);
  begin();
  arm(1000);
  handshake();
  assert_true(peer_taken_isn(peer, &you.pair, &taken));
  peer_forget(peer, &you.pair);
  put(ACK, NULL); /* late, to nobody: still in the old numbers */
  await_any();
  assert_int_equal(arrival.seq, you.rcv_nxt);
  you.snd_nxt = 5000;
  handshake();
  assert_false(peer_taken_isn(peer, &you.pair, &taken));
  peer_is(STATE_ESTABLISHED);
  renumbering(false);
}

static void the_answer_to_another_cannot_be_renumbered(void **state)
{
  struct err err = {.code = ERR_NONE};

  (void)state;
  renumbering(true);
  begin();
  you.pair.you.octet[3] = 77;
  arm(5);
  struct segment s = segment(SYN);
  assert_false(peer_before_send(peer, &you.pair, &s, &err));
  assert_int_equal(err.code, ERR_STATE);
  renumbering(false);
}

static void the_kernel_is_tried_once_and_out_of_sight(void **state)
{
  struct peer_lab *p = peer_lab_of(peer);

  (void)state;
  begin();
  put(SYN, NULL); /* its answer waits on the wire */
  p->isn_tried = false;
  bool obeyed = peer_lab_isn_obeyed(p);
  assert_true(p->isn_tried);
  assert_int_equal(peer_lab_isn_obeyed(p), obeyed);
  got(SYN | ACK);
  silence();
}

static void a_caller_has_the_isn_asked_for(void **state)
{
  static const uint32_t isns[] = {1823083521, 0, 4294967295u};

  (void)state;
  for (size_t i = 0; i < sizeof isns / sizeof *isns; i++) {
    fresh(next_port(), 1);
    arm(isns[i]);
    you.pair = call(PEER_CONNECT).pair;
    got(SYN);
    assert_int_equal(arrival.seq, isns[i] ? isns[i] : 1);
    put(SYN | ACK, NULL);
    got(ACK);
    peer_is(STATE_ESTABLISHED);
    event(PEER_CONNECT, PEER_DONE);
    peer_forget(peer, &you.pair);
    you.pair = call(PEER_CONNECT).pair; /* once */
    await_any();
    assert_int_not_equal(arrival.seq, isns[i] ? isns[i] : 1);
    done(PEER_CRASH);
    event(PEER_CONNECT, PEER_FAILED);
  }
}

/* As on kernels without TCP_REPAIR: nothing of peer isn and peer crash needs it, but the ISN of a caller. */
static void all_is_had_without_repair(void **state)
{
  peer_lab_of(peer)->lacks_repair = true;
  crash_in_each_state(state);
  begin();
  arm(1823083521);
  handshake();
  assert_int_equal(you.rcv_nxt, 1823083522);
  peer_forget(peer, &you.pair);
  fresh(next_port(), 1);
  arm(7);
  impossible((struct peer_request){.verb = PEER_CONNECT}, ERR_STATE);
  peer_lab_of(peer)->lacks_repair = false;
}

static void refused_isn(const struct segment *s)
{
  struct err err = {.code = ERR_NONE};

  arm(77);
  assert_false(peer_before_send(peer, &you.pair, s, &err));
  assert_int_equal(err.code, ERR_STATE);
  silence();
}

static void the_isn_cannot_be_chosen(void **state)
{
  (void)state;
  begin();
  handshake();
  struct segment s = segment(SYN);
  refused_isn(&s); /* the pair is in use */
  peer_is(STATE_ESTABLISHED);
  begin();
  you.pair.peer_port = 1; /* nothing listens there */
  s = segment(SYN);
  refused_isn(&s);
  peer_is(STATE_CLOSED);
  begin();
  set_to("tcp_syncookies", "2"); /* the ISN is a cookie */
  s = segment(SYN);
  refused_isn(&s);
  set_to("tcp_syncookies", "1");
  peer_is(STATE_LISTEN);
}

static void a_syn_that_does_not_arrive_leaves_nothing(void **state)
{
  struct err err = {.code = ERR_NONE};

  (void)state;
  begin();
  arm(77);
  struct segment s = segment(SYN);
  s.ttl = 0; /* the kernel will not read it */
  s.given = SEG_BIT(SEG_TTL) | SEG_BIT(SEG_DOFF);
  s.doff = 15;
  check(peer_before_send(peer, &you.pair, &s, &err), &err);
  transmit(&s);
  peer_is(STATE_LISTEN);
  silence();
  arm(78); /* one with a wrong checksum is not the next SYN */
  s = segment(SYN);
  s.given = SEG_BIT(SEG_SUM);
  s.sum_bad = true;
  check(peer_before_send(peer, &you.pair, &s, &err), &err);
  transmit(&s);
  silence();
  put(SYN, NULL);
  got(SYN | ACK);
  assert_int_equal(arrival.seq, 78);
}

/* --- set -------------------------------------------------------------------------------- */

static void settings_have_names(void **state)
{
  size_t n = 0;
  struct err err = {.code = ERR_NONE};
  struct peer_event e;

  (void)state;
  for (; peer_setting_name(n); n++) {
    assert_null(strchr(peer_setting_name(n), '/'));
    assert_true(strlen(peer_setting_help(n)) > 10);
  }
  assert_true(n > 50);
  begin();
  struct peer_request r = {.verb = PEER_SET, .pair = you.pair, .key = "tcp_fin_timout", .value = "5"};
  assert_false(peer_call(peer, &r, &e, &err));
  assert_int_equal(err.code, ERR_UNKNOWN);
  assert_non_null(strstr(err.hint, "tcp_fin_timeout"));
  impossible((struct peer_request){.verb = PEER_SET, .key = "../../kernel/panic", .value = "1"}, ERR_UNKNOWN);
  impossible((struct peer_request){.verb = PEER_SET, .key = "tcp_rfc1337", .value = "2"}, ERR_RANGE);
  impossible((struct peer_request){.verb = PEER_SET, .key = "tcp_rfc1337", .value = "1x"}, ERR_SYNTAX);
  impossible((struct peer_request){.verb = PEER_SET, .key = "tcp_rfc1337", .value = ""}, ERR_SYNTAX);
  impossible((struct peer_request){.verb = PEER_SET, .key = "linger", .value = "5"}, ERR_RANGE);
}

/* Each sysctl of the table that this kernel has takes the value it has; each option its largest or refuses by
   name. */
static void every_setting_can_be_set(void **state)
{
  (void)state;
  established();
  for (size_t i = 0; peer_setting(i); i++) {
    const struct peer_setting *s = peer_setting(i);
    char text[32];
    struct err err = {.code = ERR_NONE};
    struct peer_event e;
    if (!s->sysctl) continue;
    if (!lab_peer_sysctl_read(lab, s->sysctl, text, sizeof text, &err)) continue;
    struct peer_request r = {.verb = PEER_SET, .pair = you.pair, .key = s->name, .value = text};
    if (!peer_call(peer, &r, &e, &err)) fail_msg("%s %s: %s", s->name, text, err.message);
    assert_int_equal(e.outcome, PEER_DONE);
    assert_non_null(strstr(e.detail, s->name));
  }
  static const char *const options[][2] = {
      {"cork", "1"},
      {"cork", "0"},
      {"defer_accept", "1"},
      {"defer_accept", "0"},
      {"fastopen", "5"},
      {"fastopen", "0"},
      {"keepalive", "on"},
      {"keepalive", "off"},
      {"keepcnt", "9"},
      {"keepidle", "7200"},
      {"keepintvl", "75"},
      {"linger", "0"},
      {"linger", "off"},
      {"nodelay", "1"},
      {"nodelay", "0"},
      {"oobinline", "1"},
      {"oobinline", "0"},
      {"quickack", "1"},
      {"rcvbuf", "65536"},
      {"sndbuf", "65536"},
      {"syncnt", "6"},
      {"tos", "0"},
      {"ttl", "64"},
      {"user_timeout", "0"},
      {"window_clamp", "65535"},
  };
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    struct peer_event e =
        call_request((struct peer_request){.verb = PEER_SET, .key = options[i][0], .value = options[i][1]});
    if (e.outcome != PEER_DONE) fail_msg("%s: %s", options[i][0], e.error);
  }
}

static void settings_have_effect(void **state)
{
  (void)state;
  begin();
  set_to("mss", "512");
  put(SYN, NULL);
  got(SYN | ACK);
  struct option mss;
  assert_true(option_find(&arrival, OPTION_MSS, &mss));
  assert_int_equal(mss.mss, 512);
  set_to("mss", "1460");
  set_to("tcp_rfc1337", "1");
  established();
  done(PEER_CLOSE);
  got(FIN | ACK);
  put(FIN | ACK, NULL);
  got(ACK);
  put(RST, NULL);
  peer_is(STATE_TIME_WAIT);
  set_to("tcp_rfc1337", "0");
  put(RST, NULL);
  peer_is(STATE_LISTEN);
  set_to("linger", "0");
  established();
  done(PEER_CLOSE);
  got(RST | ACK);
  set_to("linger", "off");
  set_to("tcp_syncookies", "2");
  begin();
  put(SYN, NULL);
  got(SYN | ACK);
  peer_is(STATE_LISTEN); /* the ISN is all there is of it */
  set_to("tcp_syncookies", "1");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      LAB_TEST(crash_in_each_state),
      LAB_TEST(crash_in_each_state_by_reset),
      LAB_TEST(a_crash_loses_no_one_elses_segment),
      LAB_TEST(after_a_crash_data_is_answered_with_rst),
      LAB_TEST(the_isn_is_ours_to_choose),
      LAB_TEST(the_books_numbers),
      LAB_TEST(the_isn_is_ours_to_choose_by_the_wire),
      LAB_TEST(all_numbers_are_shifted),
      LAB_TEST(renumbering_ends_with_the_connection),
      LAB_TEST(the_answer_to_another_cannot_be_renumbered),
      LAB_TEST(the_kernel_is_tried_once_and_out_of_sight),
      LAB_TEST(a_caller_has_the_isn_asked_for),
      LAB_TEST(all_is_had_without_repair),
      LAB_TEST(the_isn_cannot_be_chosen),
      LAB_TEST(a_syn_that_does_not_arrive_leaves_nothing),
      LAB_TEST(settings_have_names),
      LAB_TEST(every_setting_can_be_set),
      LAB_TEST(settings_have_effect),
  };

  if (!fixture_up()) return 0;
  int failed = cmocka_run_group_tests_name("peer_lab", tests, NULL, NULL);
  fixture_down();
  return failed;
}
