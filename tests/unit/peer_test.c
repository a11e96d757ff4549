/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The peer's verbs against the real kernel: its state is read after every segment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/lab_fixture.h"

#include "engine/segment/text.h"

#include <poll.h>
#include <unistd.h>

/* --- every state -------------------------------------------------------------------- */

static void the_peer_closes_first(void **state)
{
  (void)state;
  begin();
  peer_is(STATE_LISTEN);
  assert_true(truth().listening);
  put(SYN, NULL);
  peer_is(STATE_SYN_RECEIVED);
  assert_int_equal(truth().timer, PEER_TIMER_RETRANSMISSION);
  got(SYN | ACK);
  put(ACK, NULL);
  peer_is(STATE_ESTABLISHED);
  assert_false(truth().owned);
  done(PEER_ACCEPT);
  assert_true(truth().owned);
  done(PEER_CLOSE);
  peer_is(STATE_FIN_WAIT_1);
  got(FIN | ACK);
  put(ACK, NULL);
  peer_is(STATE_FIN_WAIT_2);
  assert_int_equal(truth().timer, PEER_TIMER_FIN_WAIT_2);
  silence();
  put(FIN | ACK, NULL);
  peer_is(STATE_TIME_WAIT);
  assert_int_equal(truth().timer, PEER_TIMER_TIME_WAIT);
  assert_true(truth().timer_left > 50 * USEC_S);
  got(ACK);
  peer_forget(peer, &you.pair);
  peer_is(STATE_LISTEN);
  silence();
}

static void you_close_first(void **state)
{
  (void)state;
  established();
  put(FIN | ACK, NULL);
  got(ACK);
  peer_is(STATE_CLOSE_WAIT);
  done(PEER_CLOSE);
  peer_is(STATE_LAST_ACK);
  got(FIN | ACK);
  put(ACK, NULL);
  peer_is(STATE_LISTEN);
  silence();
}

static void both_close(void **state)
{
  (void)state;
  established();
  done(PEER_SHUTDOWN);
  peer_is(STATE_FIN_WAIT_1);
  await_any();
  put(FIN | ACK, NULL);
  peer_is(STATE_CLOSING);
  you.rcv_nxt++;
  got(ACK);
  put(ACK, NULL);
  peer_is(STATE_TIME_WAIT);
}

static void both_open(void **state)
{
  (void)state;
  fresh(next_port(), 0);
  you.pair.peer_port = 1; /* not yet known */
  struct peer_event e = call(PEER_CONNECT);
  assert_int_equal(e.outcome, PEER_PENDING);
  you.pair = e.pair;
  peer_is(STATE_SYN_SENT);
  await_any();
  assert_int_equal(arrival.flags, SYN);
  assert_int_equal(arrival.sport, you.pair.peer_port);
  you.rcv_nxt = arrival.seq;
  no_event();
  put(SYN, NULL);
  peer_is(STATE_SYN_RECEIVED);
  got(SYN | ACK);
  put(ACK, NULL);
  peer_is(STATE_ESTABLISHED);
  e = event(PEER_CONNECT, PEER_DONE);
  assert_true(e.completion && pair_equal(&e.pair, &you.pair));
  no_event();
}

static void a_listener_is_closed_and_opened(void **state)
{
  (void)state;
  begin();
  done(PEER_CLOSE);
  peer_is(STATE_CLOSED);
  put(SYN, NULL);
  await_any();
  assert_int_equal(arrival.flags, RST | ACK);
  assert_int_equal(arrival.seq, 0);
  done(PEER_LISTEN);
  peer_is(STATE_LISTEN);
  done(PEER_LISTEN); /* again: only the backlog changes */
  peer_is(STATE_LISTEN);
  impossible((struct peer_request){.verb = PEER_READ}, ERR_STATE);
}

/* --- verbs ----------------------------------------------------------------------------- */

static void a_verb_accepts_first(void **state)
{
  (void)state;
  begin();
  handshake();
  struct peer_event e = call(PEER_CLOSE);
  assert_int_equal(e.outcome, PEER_DONE);
  struct peer_event first = event(PEER_ACCEPT, PEER_DONE);
  assert_false(first.by_app);
  assert_true(first.when <= e.when);
  no_event();
  got(FIN | ACK);
}

static void accept_waits(void **state)
{
  (void)state;
  begin();
  assert_int_equal(call(PEER_ACCEPT).outcome, PEER_PENDING);
  impossible((struct peer_request){.verb = PEER_ACCEPT}, ERR_STATE);
  no_event();
  put(SYN, NULL);
  got(SYN | ACK);
  no_event();
  impossible((struct peer_request){.verb = PEER_CLOSE}, ERR_STATE);
  put(ACK, NULL);
  struct peer_event e = event(PEER_ACCEPT, PEER_DONE);
  assert_true(e.completion && !e.by_app && pair_equal(&e.pair, &you.pair));
  impossible((struct peer_request){.verb = PEER_ACCEPT}, ERR_STATE);
}

static struct peer_event read_now(size_t max)
{
  return call_request((struct peer_request){.verb = PEER_READ, .len = max});
}

static void read_gives_what_is_there(void **state)
{
  (void)state;
  established();
  put(ACK | PSH, "hello, peer");
  got(ACK);
  assert_int_equal(truth().recv_queue, 11);
  struct peer_event e = read_now(5);
  assert_int_equal(e.len, 5);
  assert_memory_equal(e.data, "hello", 5);
  e = read_now(0);
  assert_int_equal(e.len, 6);
  assert_memory_equal(e.data, ", peer", 6);
  assert_int_equal(read_now(0).outcome, PEER_PENDING);
  impossible((struct peer_request){.verb = PEER_READ}, ERR_STATE);
  no_event();
  put(ACK | PSH, "more");
  e = event(PEER_READ, PEER_DONE);
  assert_true(e.completion);
  assert_int_equal(e.len, 4);
  assert_memory_equal(e.data, "more", 4);
  no_event();
  assert_int_equal(read_now(0).outcome, PEER_PENDING);
  put(FIN | ACK, NULL);
  e = event(PEER_READ, PEER_DONE);
  assert_int_equal(e.len, 0); /* end of file */
  no_event();
}

static void send_waits_for_room(void **state)
{
  (void)state;
  size_t total = 0;

  set_to("sndbuf", "4096");
  established();
  assert_int_equal(
      call_request((struct peer_request){.verb = PEER_SEND, .data = (const uint8_t *)"text", .len = 4}).len,
      4);
  got(ACK);
  assert_int_equal(arrival.data_len, 4);
  assert_memory_equal(arrival.data, "text", 4);
  struct peer_event e = call_request((struct peer_request){.verb = PEER_SEND, .len = 200000});
  size_t taken = e.taken;
  assert_int_equal(e.outcome, PEER_PENDING);
  assert_in_range(taken, 1, 199999);
  impossible((struct peer_request){.verb = PEER_SEND, .len = 1}, ERR_STATE);
  usec_t until = wire_now(wire) + 4 * BOUND;
  struct peer_event end = {.verb = PEER_VERB_COUNT, .outcome = PEER_PENDING};
  while (total < 200000 && wire_now(wire) < until) {
    wire_wait(wire, until, -1);
    while (arrived()) {
      if (arrival.seq != you.rcv_nxt) continue; /* a repetition */
      if (total == 0) assert_int_equal(arrival.data[0], segment_filler(0));
      total += arrival.data_len;
      you.rcv_nxt += (seq_t)arrival.data_len;
      put(ACK, NULL);
      if (end.outcome == PEER_PENDING && peer_next_event(peer, &end)) taken += end.taken;
    }
  }
  assert_int_equal(end.outcome, PEER_DONE);
  assert_int_equal(end.len, 200000);
  assert_true(end.completion);
  assert_int_equal(taken, 200000);
  assert_int_equal(total, 200000);
  assert_int_equal(end.verb, PEER_SEND);
  set_to("sndbuf", "65536");
  impossible((struct peer_request){.verb = PEER_SEND, .len = 0}, ERR_RANGE);
  impossible((struct peer_request){.verb = PEER_SEND, .len = 2 << 20}, ERR_LIMIT);
}

static void connect_is_refused(void **state)
{
  (void)state;
  fresh(next_port(), 1);
  struct peer_event e = call(PEER_CONNECT);
  you.pair = e.pair;
  await_any();
  you.rcv_nxt = arrival.seq + 1;
  you.snd_nxt = 0;
  put(RST | ACK, NULL);
  e = event(PEER_CONNECT, PEER_FAILED);
  assert_string_equal(e.error, "ECONNREFUSED");
  assert_true(e.completion);
  peer_is(STATE_CLOSED);
  no_event();
}

static void connect_gives_up(void **state)
{
  (void)state;
  struct peer_event e = {.verb = PEER_VERB_COUNT};

  set_to("tcp_syn_retries", "1");
  set_to("user_timeout", "300");
  fresh(next_port(), 1);
  you.pair = call(PEER_CONNECT).pair;
  usec_t until = wire_now(wire) + 3 * BOUND;
  while (!peer_next_event(peer, &e) && wire_now(wire) < until) {
    struct pollfd fds[8];
    size_t n = peer_pollfds(peer, fds, 8);
    assert_int_equal(n, 1);
    poll(fds, n, 1000);
  }
  assert_int_equal(e.verb, PEER_CONNECT);
  assert_string_equal(e.error, "ETIMEDOUT");
  set_to("tcp_syn_retries", "6");
  set_to("user_timeout", "0");
}

static void a_pending_connect_is_closed(void **state)
{
  (void)state;
  fresh(next_port(), 1);
  you.pair = call(PEER_CONNECT).pair;
  await_any();
  impossible((struct peer_request){.verb = PEER_SEND, .len = 1}, ERR_STATE);
  done(PEER_CLOSE);
  assert_string_equal(event(PEER_CONNECT, PEER_FAILED).error, "ECANCELED");
  peer_is(STATE_CLOSED);
  silence();
}

static void a_reset_reaches_the_reader(void **state)
{
  (void)state;
  established();
  assert_int_equal(read_now(0).outcome, PEER_PENDING);
  put(RST, NULL);
  assert_string_equal(event(PEER_READ, PEER_FAILED).error, "ECONNRESET");
  no_event();
  peer_is(STATE_LISTEN);
  struct peer_event e = call_request((struct peer_request){.verb = PEER_SEND, .len = 1});
  assert_int_equal(e.outcome, PEER_FAILED);
  assert_string_equal(e.error, "EPIPE");
  done(PEER_CLOSE);
  silence();
}

/* Nothing pending, nobody reads: no event, and poll() is not woken for it. */
static void a_reset_nobody_waits_for(void **state)
{
  struct pollfd fds[8];

  (void)state;
  established();
  put(RST, NULL);
  no_event();
  assert_int_equal(peer_pollfds(peer, fds, 8), 0);
  assert_string_equal(read_now(0).error, "ECONNRESET");
}

/* Reset while it waits to be accepted, then the same ports again: accept() gives the live one. */
static void the_dead_are_passed_over(void **state)
{
  (void)state;
  begin();
  handshake();
  put(RST, NULL);
  peer_is(STATE_LISTEN);
  you.snd_nxt += 100000;
  handshake();
  peer_is(STATE_ESTABLISHED);
  done(PEER_ACCEPT);
  put(ACK | PSH, "alive");
  got(ACK);
  assert_int_equal(read_now(0).len, 5);
}

static void the_dead_are_accepted_too(void **state)
{
  (void)state;
  begin();
  handshake();
  put(RST, NULL);
  assert_string_equal(read_now(0).error, "ECONNRESET");
  event(PEER_ACCEPT, PEER_DONE);
}

static void abort_resets(void **state)
{
  (void)state;
  established();
  done(PEER_ABORT);
  got(RST | ACK);
  peer_is(STATE_LISTEN);
}

static void unread_octets_make_close_a_reset(void **state)
{
  (void)state;
  established();
  put(ACK | PSH, "unread");
  got(ACK);
  assert_true(call(PEER_CLOSE).unread);
  got(RST | ACK);
  peer_is(STATE_LISTEN);
}

static void half_closed_still_reads(void **state)
{
  (void)state;
  established();
  done(PEER_SHUTDOWN);
  got(FIN | ACK);
  put(ACK, NULL);
  peer_is(STATE_FIN_WAIT_2);
  put(ACK | PSH, "still");
  got(ACK);
  assert_int_equal(read_now(0).len, 5);
  assert_string_equal(call_request((struct peer_request){.verb = PEER_SEND, .len = 1}).error, "EPIPE");
  assert_false(call(PEER_CLOSE).unread);
}

static void status_tells(void **state)
{
  (void)state;
  established();
  struct peer_event e = call(PEER_STATUS);
  assert_true(e.truth.state == STATE_ESTABLISHED && e.held);
  done(PEER_CLOSE);
  e = call(PEER_STATUS);
  assert_int_equal(e.truth.state, STATE_FIN_WAIT_1);
  assert_int_equal(e.truth.timer, PEER_TIMER_RETRANSMISSION);
  assert_false(e.truth.owned || e.held);
  impossible((struct peer_request){.verb = PEER_CLOSE}, ERR_STATE);
}

static void several_connections(void **state)
{
  struct pair pairs[5];
  seq_t snd[5], rcv[5];

  (void)state;
  begin();
  for (int i = 0; i < 5; i++) {
    fresh(next_port(), 9);
    handshake();
    pairs[i] = you.pair;
    snd[i] = you.snd_nxt;
    rcv[i] = you.rcv_nxt;
  }
  /* The last is wanted: those before it come out of the queue first, each an event. */
  done(PEER_ACCEPT);
  for (int i = 0; i < 4; i++) {
    struct peer_event e = event(PEER_ACCEPT, PEER_DONE);
    assert_true(pair_equal(&e.pair, &pairs[i]));
  }
  no_event();
  for (int i = 4; i >= 0; i--) {
    you.pair = pairs[i];
    you.snd_nxt = snd[i];
    you.rcv_nxt = rcv[i];
    char text[2] = {(char)('a' + i), 0};
    put(ACK | PSH, text);
    got(ACK);
    struct peer_event e = read_now(0);
    assert_int_equal(e.data[0], 'a' + i);
    done(PEER_ABORT);
    got(RST | ACK);
  }
}

static void a_backlog_of_one_admits_two(void **state)
{
  struct pair pairs[2];

  (void)state;
  call_request((struct peer_request){.verb = PEER_LISTEN, .port = 10, .backlog = 1});
  for (int i = 0; i < 2; i++) {
    fresh(next_port(), 10);
    pairs[i] = you.pair;
    handshake();
    peer_is(STATE_ESTABLISHED);
  }
  fresh(next_port(), 10);
  put(SYN, NULL); /* the queue is full: no answer */
  silence();
  assert_int_equal(truth().recv_queue, 2);
  for (int i = 0; i < 2; i++) peer_forget(peer, &pairs[i]);
  done(PEER_CLOSE);
  peer_is(STATE_CLOSED);
}

static void the_table_is_bounded(void **state)
{
  enum { MANY = 140 };
  struct pair pairs[MANY];
  int accepted = 0;
  struct peer_event e;

  (void)state;
  begin();
  call_request((struct peer_request){.verb = PEER_LISTEN, .backlog = 200});
  app(APP_DISCARD, false);
  for (int i = 0; i < MANY; i++) {
    fresh(next_port(), 9);
    handshake();
    pairs[i] = you.pair;
    while (peer_next_event(peer, &e)) accepted += e.verb == PEER_ACCEPT;
  }
  assert_int_equal(accepted, 128);
  for (int i = 0; i < MANY; i++) peer_forget(peer, &pairs[i]);
  while (peer_next_event(peer, &e)) continue;
  for (int i = 0; i < MANY; i++) {
    you.pair = pairs[i];
    peer_is(STATE_LISTEN);
  }
  silence();
}

/* --- apps ------------------------------------------------------------------------------ */

static void serve(enum peer_app kind, bool close_on_eof)
{
  fresh(next_port(), 9);
  app(kind, close_on_eof);
  handshake();
  struct peer_event e = event(PEER_ACCEPT, PEER_DONE);
  assert_true(e.by_app && pair_equal(&e.pair, &you.pair));
}

static void discard_reads(void **state)
{
  (void)state;
  serve(APP_DISCARD, false);
  no_event();
  put(ACK | PSH, "away with it");
  got(ACK);
  struct peer_event e = event(PEER_READ, PEER_DONE);
  assert_true(e.by_app);
  assert_int_equal(e.len, 12);
  no_event();
  put(FIN | ACK, NULL);
  got(ACK);
  assert_int_equal(event(PEER_READ, PEER_DONE).len, 0);
  no_event(); /* the forgotten close */
  peer_is(STATE_CLOSE_WAIT);
  struct pollfd fds[8];
  assert_int_equal(peer_pollfds(peer, fds, 8), 1); /* the listener: an end of file is not news for ever */
}

static void discard_closes_at_eof(void **state)
{
  (void)state;
  serve(APP_DISCARD, true);
  put(FIN | ACK, NULL);
  got(ACK);
  assert_int_equal(event(PEER_READ, PEER_DONE).len, 0);
  peer_is(STATE_CLOSE_WAIT); /* one call an event */
  struct peer_event e = event(PEER_CLOSE, PEER_DONE);
  assert_true(e.by_app && !e.unread);
  got(FIN | ACK);
  peer_is(STATE_LAST_ACK);
  no_event();
}

static void an_app_is_reset(void **state)
{
  (void)state;
  serve(APP_DISCARD, false);
  put(RST, NULL);
  struct peer_event e = event(PEER_READ, PEER_FAILED);
  assert_string_equal(e.error, "ECONNRESET");
  assert_true(e.by_app);
  assert_true(event(PEER_CLOSE, PEER_DONE).by_app);
  no_event();
  silence();
}

static void echo_sends_back(void **state)
{
  (void)state;
  serve(APP_ECHO, true);
  put(ACK | PSH, "echo?");
  got(ACK);
  assert_int_equal(event(PEER_READ, PEER_DONE).len, 5);
  silence();
  assert_int_equal(event(PEER_SEND, PEER_DONE).len, 5);
  got(ACK);
  assert_int_equal(arrival.data_len, 5);
  assert_memory_equal(arrival.data, "echo?", 5);
  no_event();
}

static void daytime_tells(void **state)
{
  (void)state;
  serve(APP_DAYTIME, false);
  struct peer_event e = event(PEER_SEND, PEER_DONE);
  got(ACK);
  assert_int_equal(arrival.data_len, e.len);
  assert_memory_equal(arrival.data + arrival.data_len - 6, "-UTC\r\n", 6);
  no_event();
  peer_is(STATE_ESTABLISHED);
}

static void http_answers(void **state)
{
  (void)state;
  serve(APP_HTTP, true);
  put(ACK | PSH, "GET / HTTP/1.0\r\n");
  got(ACK);
  event(PEER_READ, PEER_DONE);
  no_event();
  put(ACK | PSH, "Host: peer\r\n\r\n");
  got(ACK);
  event(PEER_READ, PEER_DONE);
  event(PEER_SEND, PEER_DONE);
  got(ACK);
  assert_true(arrival.data_len > 100 && arrival.data_len <= 536);
  assert_memory_equal(arrival.data, "HTTP/1.0 200 OK\r\n", 17);
  no_event(); /* it does not close by itself … */
  put(FIN | ACK, NULL);
  got(ACK);
  event(PEER_READ, PEER_DONE);
  event(PEER_CLOSE, PEER_DONE); /* … but at end of file, when told to */
  got(FIN | ACK);
}

static void the_kernel_has_a_name(void **state)
{
  int major, minor;

  (void)state;
  assert_int_equal(sscanf(peer->ops->name, "Linux %d.%d", &major, &minor), 2);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      LAB_TEST(the_peer_closes_first),
      LAB_TEST(you_close_first),
      LAB_TEST(both_close),
      LAB_TEST(both_open),
      LAB_TEST(a_listener_is_closed_and_opened),
      LAB_TEST(a_verb_accepts_first),
      LAB_TEST(accept_waits),
      LAB_TEST(read_gives_what_is_there),
      LAB_TEST(send_waits_for_room),
      LAB_TEST(connect_is_refused),
      LAB_TEST(connect_gives_up),
      LAB_TEST(a_pending_connect_is_closed),
      LAB_TEST(a_reset_reaches_the_reader),
      LAB_TEST(a_reset_nobody_waits_for),
      LAB_TEST(the_dead_are_passed_over),
      LAB_TEST(the_dead_are_accepted_too),
      LAB_TEST(abort_resets),
      LAB_TEST(unread_octets_make_close_a_reset),
      LAB_TEST(half_closed_still_reads),
      LAB_TEST(status_tells),
      LAB_TEST(several_connections),
      LAB_TEST(a_backlog_of_one_admits_two),
      LAB_TEST(the_table_is_bounded),
      LAB_TEST(discard_reads),
      LAB_TEST(discard_closes_at_eof),
      LAB_TEST(an_app_is_reset),
      LAB_TEST(echo_sends_back),
      LAB_TEST(daytime_tells),
      LAB_TEST(http_answers),
      LAB_TEST(the_kernel_has_a_name),
  };

  if (!fixture_up()) return 0;
  int failed = cmocka_run_group_tests_name("peer", tests, NULL, NULL);
  fixture_down();
  return failed;
}
