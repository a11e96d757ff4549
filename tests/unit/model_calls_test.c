/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model as a peer: verbs, events, apps, errors as the lab's kernel gives them, settings, and its bounds.
 */
#include "engine/segment/text.h"
#include "tests/unit/model_end.h"

#include <stdio.h>
#include <string.h>

#define assert_failed(e, name)                                                                               \
  do {                                                                                                       \
    assert_int_equal((e)->event.outcome, PEER_FAILED);                                                       \
    assert_string_equal((e)->event.error, name);                                                             \
  } while (0)

/* connect() from the model: its SYN has been heard, the connection is the current one. */
static void peer_connects(struct end *e)
{
  do_verb(e, PEER_CONNECT);
  assert_int_equal(e->event.outcome, PEER_PENDING);
  assert_true(e->event.pair.peer_port >= 32768);
  e->pair = e->event.pair;
  assert_true(hear(e));
  assert_int_equal(e->in.flags, SYN);
  assert_int_equal(e->in.dport, 1037);
  assert_int_equal(e->in.sport, e->pair.peer_port);
  e->ack = e->in.seq + 1;
  assert_state(e, SYN_SENT);
  assert_true(no_event(e));
}

static void connect_is_pending_until_answered(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    peer_isn(e, 42); /* holds for an active open too */
    peer_connects(e);
    assert_int_equal(e->ack, 43);
    struct peer_request r = request(e, PEER_SEND);
    r.len = 1;
    assert_int_equal(refused(e, &r), ERR_STATE);
    say(e, SYN | ACK, NULL);
    expect(e, ACK, e->ack, e->seq, NULL);
    assert_true(event_is(e, PEER_CONNECT, PEER_DONE));
    assert_true(e->event.completion);
    assert_state(e, ESTABLISHED);
    assert_true(truth(e).owned);
    say(e, ACK, "hi");
    assert_true(hear(e));
    assert_true(no_event(e)); /* the user's alone: no app reads it */
    assert_string_equal((do_verb(e, PEER_READ), e->text), "hi");
  }
}

static void connect_is_refused_by_rst(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    peer_connects(e);
    e->seq = 0;
    say(e, RST | ACK, NULL);
    silence(e);
    assert_true(event_is(e, PEER_CONNECT, PEER_FAILED));
    assert_failed(e, "ECONNREFUSED");
    assert_state(e, CLOSED);
    struct peer_request r = request(e, PEER_READ);
    assert_int_equal(refused(e, &r), ERR_STATE);
  }
}

static void connect_without_an_answer_times_out(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    usec_t began = wire_now(e->wire);
    unsigned syns = 1;
    peer_connects(e);
    while (truth(e).state == STATE_SYN_SENT) {
      assert_true(until_timer(e));
      if (!hear(e)) continue;
      assert_int_equal(e->in.flags, SYN);
      assert_int_equal(e->in.seq, e->ack - 1);
      syns++;
    }
    assert_true(event_is(e, PEER_CONNECT, PEER_FAILED));
    assert_failed(e, "ETIMEDOUT");
    if (p_ == 1) {
      assert_int_equal(syns, 11);
      assert_in_range((wire_now(e->wire) - began) / USEC_S, 130, 132);
    }
  }
}

static void both_call_at_once(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    peer_connects(e);
    say(e, SYN, NULL);
    expect(e, SYN | ACK, e->ack - 1, e->seq, NULL);
    assert_state(e, SYN_RECEIVED);
    assert_true(no_event(e));
    say(e, ACK, NULL);
    assert_state(e, ESTABLISHED);
    assert_true(event_is(e, PEER_CONNECT, PEER_DONE));
  }
}

static void ephemeral_ports_differ(void **state)
{
  struct end *e = end_new(NULL, 7);
  uint16_t seen[50];
  (void)state;
  for (int i = 0; i < 50; i++) {
    seen[i] = do_verb(e, PEER_CONNECT)->pair.peer_port;
    for (int k = 0; k < i; k++) assert_int_not_equal(seen[i], seen[k]);
  }
  end_free(e);
}

static void a_pending_read_ends_with_data_eof_or_error(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    assert_int_equal(do_verb(e, PEER_READ)->outcome, PEER_PENDING);
    struct peer_request r = request(e, PEER_READ);
    assert_int_equal(refused(e, &r), ERR_STATE); /* one at a time */
    assert_true(no_event(e));
    say(e, ACK, "now");
    assert_true(event_is(e, PEER_READ, PEER_DONE));
    assert_true(e->event.completion && !e->event.by_app);
    assert_string_equal(e->text, "now");
    r.len = 2;
    say(e, ACK, "four");
    ask(e, &r);
    assert_string_equal(e->text, "fo");
    ask(e, &r);
    assert_string_equal(e->text, "ur");
    ask(e, &r);
    assert_int_equal(e->event.outcome, PEER_PENDING);
    while (hear(e)) continue;
    say(e, RST, NULL);
    silence(e);
    assert_true(event_is(e, PEER_READ, PEER_FAILED));
    assert_failed(e, "ECONNRESET");
    assert_state(e, LISTEN);
    assert_int_equal(do_verb(e, PEER_READ)->outcome, PEER_DONE); /* an error is told once */
    assert_int_equal(e->event.len, 0);
    peer_sends(e, "x");
    assert_failed(e, "EPIPE");
    do_verb(e, PEER_SHUTDOWN);
    assert_failed(e, "ENOTCONN");
    assert_int_equal(do_verb(e, PEER_CLOSE)->outcome, PEER_DONE);
  }
}

static void linux_reads_on_after_a_reset_and_rfc9293_does_not(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    say(e, ACK, "kept?");
    say(e, RST, NULL);
    do_verb(e, PEER_READ);
    if (p_ == 1) {
      assert_string_equal(e->text, "kept?");
      do_verb(e, PEER_READ);
    }
    assert_failed(e, "ECONNRESET");
  }
}

static void a_reset_in_close_wait_is_epipe_under_linux(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    say(e, FIN | ACK, NULL);
    assert_true(hear(e));
    say(e, RST, NULL);
    assert_state(e, LISTEN);
    assert_int_equal(do_verb(e, PEER_READ)->outcome, PEER_DONE); /* the end of file comes first */
    peer_sends(e, "x");
    assert_failed(e, p_ == 1 ? "EPIPE" : "ECONNRESET");
  }
}

static void a_pending_send_ends_when_there_is_room(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    struct peer_request r = request(e, PEER_SEND);
    size_t got = 0, taken;
    open_connection(e);
    e->win = 0;
    say(e, ACK, NULL);
    r.len = 200000;
    ask(e, &r);
    assert_int_equal(e->event.outcome, PEER_PENDING);
    taken = e->event.taken;
    assert_in_range(taken, 1, r.len - 1);
    assert_int_equal(refused(e, &r), ERR_STATE);
    assert_true(no_event(e));
    e->win = 60000;
    say(e, ACK, NULL);
    for (int idle = 0; got < r.len && idle < 1000; idle++) {
      while (hear(e)) {
        if (e->in.seq != e->ack) continue; /* a probe, or again */
        for (size_t i = 0; i < e->in.data_len; i++) assert_int_equal(e->in.data[i], segment_filler(got + i));
        got += e->in.data_len;
        e->ack += (seq_t)e->in.data_len;
        say(e, ACK, NULL);
        idle = 0;
      }
      if (peer_next_event(e->peer, &e->event)) {
        assert_int_equal(e->event.verb, PEER_SEND);
        assert_true(e->event.completion);
        taken += e->event.taken;
        assert_int_equal(e->event.len, taken);
      } else {
        wire_wait(e->wire, USEC_NEVER, -1);
      }
    }
    assert_int_equal(got, r.len);
    assert_int_equal(taken, r.len);
    assert_int_equal(e->event.verb, PEER_SEND);
    assert_int_equal(e->event.outcome, PEER_DONE);
    assert_int_equal(truth(e).send_queue, 0);
  }
}

static void impossible_requests_are_refused(void **state)
{
  struct end *e = end_new(&tcp_profile_linux, 7);
  struct peer_request r = request(e, PEER_SEND);
  (void)state;
  r.len = 1;
  assert_int_equal(refused(e, &r), ERR_STATE); /* no connection */
  say(e, SYN, NULL);
  assert_int_equal(refused(e, &r), ERR_STATE); /* in SYN-RECEIVED nobody has it yet */
  r.verb = PEER_CRASH;
  r.pair.you_port = 9999;
  assert_int_equal(refused(e, &r), ERR_STATE);
  assert_true(hear(e));
  e->ack = e->in.seq + 1;
  say(e, ACK, NULL);
  peer_app(e, APP_NONE, false);
  r = request(e, PEER_SEND);
  assert_int_equal(refused(e, &r), ERR_RANGE);
  assert_true(event_is(e, PEER_ACCEPT, PEER_DONE)); /* it was accepted for the send() */
  assert_false(e->event.by_app);
  r.verb = PEER_ACCEPT;
  assert_int_equal(refused(e, &r), ERR_STATE);
  do_verb(e, PEER_CLOSE);
  r.verb = PEER_READ;
  assert_int_equal(refused(e, &r), ERR_STATE); /* let go */
  r.verb = PEER_CONNECT;
  r.pair.you_port = 0;
  assert_int_equal(refused(e, &r), ERR_RANGE);
  end_free(e);
}

static void accept_waits_for_a_connection(void **state)
{
  struct end *e = end_new(&tcp_profile_linux, 7);
  (void)state;
  peer_app(e, APP_NONE, false);
  assert_int_equal(do_verb(e, PEER_ACCEPT)->outcome, PEER_PENDING);
  say(e, SYN, NULL);
  assert_true(hear(e));
  e->ack = e->in.seq + 1;
  assert_true(no_event(e));
  say(e, ACK, NULL);
  assert_true(event_is(e, PEER_ACCEPT, PEER_DONE));
  assert_true(e->event.completion && !e->event.by_app);
  assert_true(pair_equal(&e->event.pair, &e->pair));
  assert_true(no_event(e));
  end_free(e);
}

static void knock(struct end *e, uint16_t port)
{
  e->pair.you_port = port;
  e->seq = 1000;
  say(e, SYN, NULL);
  if (!hear(e)) return;
  e->ack = e->in.seq + 1;
  say(e, ACK, NULL);
}

static void a_backlog_of_one_admits_two(void **state)
{
  struct end *e = end_new(&tcp_profile_linux, 7);
  struct peer_request r = request(e, PEER_LISTEN);
  (void)state;
  peer_app(e, APP_NONE, false);
  r.port = 80;
  r.backlog = 1;
  ask(e, &r);
  e->pair.peer_port = 80;
  knock(e, 1);
  say(e, ACK, NULL);
  /* Three shake hands at once, one more than may be half open: as from Linux, that one gets a cookie. */
  seq_t ack[5];
  for (uint16_t port = 2; port < 5; port++) {
    e->pair.you_port = port;
    e->seq = 1000;
    say(e, SYN, NULL);
    assert_true(hear(e));
    ack[port] = e->in.seq + 1;
  }
  for (uint16_t port = 2; port < 5; port++) {
    e->pair.you_port = port;
    e->seq = 1001;
    e->ack = ack[port];
    say(e, ACK, NULL);
    silence(e);
    assert_int_equal(truth(e).state, port == 2   ? STATE_ESTABLISHED
                                     : port == 3 ? STATE_SYN_RECEIVED
                                                 : STATE_LISTEN);
  }
  e->pair.you_port = 5;
  e->seq = 1000;
  assert_int_equal(truth(e).recv_queue, 2);
  assert_int_equal(truth(e).send_queue, 1);
  say(e, SYN, NULL);
  silence(e); /* full: the SYN is dropped */
  assert_state(e, LISTEN);
  /* accept() takes the oldest first, and makes room. */
  e->pair.you_port = 2;
  assert_int_equal(do_verb(e, PEER_ACCEPT)->outcome, PEER_DONE);
  assert_true(event_is(e, PEER_ACCEPT, PEER_DONE));
  assert_int_equal(e->event.pair.you_port, 1);
  e->pair.you_port = 4;
  e->seq = 1000;
  say(e, SYN, NULL);
  assert_true(hear(e));
  ack[4] = e->in.seq + 1;
  assert_state(e, SYN_RECEIVED);
  e->pair.you_port = 3;
  e->seq = 1001;
  e->ack = ack[3];
  say(e, ACK, NULL);
  assert_state(e, ESTABLISHED);
  peer_sets(e, "tcp_abort_on_overflow", "1");
  r.backlog = 0; /* listen() again changes the backlog and loses nothing */
  ask(e, &r);
  e->pair.you_port = 4;
  e->ack = ack[4];
  say(e, ACK, NULL);
  expect(e, RST, ack[4], 0, NULL);
  end_free(e);
}

static void closing_a_listener_resets_who_waits(void **state)
{
  struct end *e = end_new(&tcp_profile_linux, 7);
  (void)state;
  peer_app(e, APP_NONE, false);
  knock(e, 1);
  e->pair.you_port = 2;
  e->seq = 1000;
  say(e, SYN, NULL);
  assert_true(hear(e));
  assert_int_equal(truth(e).state, STATE_SYN_RECEIVED);
  e->pair.you_port = 3;
  do_verb(e, PEER_CLOSE);
  assert_true(hear(e));
  assert_int_equal(e->in.flags & RST, RST);
  assert_int_equal(e->in.dport, 1);
  silence(e);
  assert_state(e, CLOSED);
  e->pair.you_port = 2;
  assert_state(e, CLOSED);
  do_verb(e, PEER_LISTEN);
  assert_state(e, LISTEN);
  end_free(e);
}

static void listening_where_a_connection_is_bound_fails(void **state)
{
  struct end *e = end_new(&tcp_profile_linux, 7);
  struct peer_request r = request(e, PEER_LISTEN);
  (void)state;
  peer_connects(e);
  r.port = e->pair.peer_port;
  ask(e, &r);
  assert_failed(e, "EADDRINUSE");
  end_free(e);
}

static void crash_is_silent_and_data_then_meets_rst(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    peer_sends(e, "unacknowledged");
    assert_true(hear(e));
    assert_int_equal(do_verb(e, PEER_READ)->outcome, PEER_PENDING);
    assert_int_equal(do_verb(e, PEER_CRASH)->outcome, PEER_DONE);
    silence(e);
    assert_true(event_is(e, PEER_READ, PEER_FAILED));
    assert_failed(e, "ECANCELED");
    assert_state(e, LISTEN);
    assert_int_equal(wire_deadline(e->wire), USEC_NEVER);
    say(e, ACK, "still there?");
    expect(e, RST, e->ack, 0, NULL);
    say(e, SYN, NULL); /* SYN-RECEIVED can vanish too */
    assert_true(hear(e));
    do_verb(e, PEER_CRASH);
    assert_state(e, LISTEN);
    silence(e);
  }
}

static void abort_sends_rst_and_leaves_nothing(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    do_verb(e, PEER_ABORT);
    assert_true(hear(e));
    assert_int_equal(e->in.flags & (RST | FIN), RST);
    assert_int_equal(e->in.seq, e->ack);
    silence(e);
    assert_state(e, LISTEN);
    e->pair.you_port++;
    open_connection(e);
    peer_sets(e, "linger", "0"); /* close() as abort() */
    do_verb(e, PEER_CLOSE);
    assert_true(hear(e));
    assert_int_equal(e->in.flags & (RST | FIN), RST);
    assert_state(e, LISTEN);
  }
}

static void closing_with_octets_unread_says_rst(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    say(e, ACK, "nobody reads this");
    assert_true(hear(e));
    assert_true(do_verb(e, PEER_CLOSE)->unread);
    assert_true(hear(e));
    assert_int_equal(e->in.flags & (RST | FIN), RST);
    assert_state(e, LISTEN);
  }
}

static void an_orphan_of_linux_in_fin_wait_2_is_given_up(void **state)
{
  struct end *e = end_new(&tcp_profile_linux, 7);
  (void)state;
  peer_sets(e, "tcp_fin_timeout", "5");
  assert_string_equal(e->event.detail, "tcp_fin_timeout 5 (was 60)");
  open_connection(e);
  do_verb(e, PEER_CLOSE);
  assert_true(hear(e));
  e->ack++;
  say(e, ACK, NULL);
  assert_int_equal(truth(e).timer, PEER_TIMER_FIN_WAIT_2);
  assert_int_equal(truth(e).timer_left, 5 * USEC_S);
  pass(e, 5 * USEC_S);
  assert_state(e, LISTEN);
  say(e, FIN | ACK, NULL);
  expect(e, RST, e->ack, 0, NULL);
  end_free(e);
}

static void echo_says_it_again(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    peer_app(e, APP_ECHO, true);
    say(e, ACK, "hello");
    expect(e, ACK, e->ack, e->seq, NULL);
    assert_true(event_is(e, PEER_READ, PEER_DONE));
    assert_true(e->event.by_app);
    assert_string_equal(e->text, "hello");
    silence(e); /* one call an event */
    assert_true(event_is(e, PEER_SEND, PEER_DONE));
    expect(e, ACK, e->ack, e->seq, "hello");
    e->ack += 5;
    say(e, FIN | ACK, NULL);
    assert_true(hear(e));
    assert_true(event_is(e, PEER_READ, PEER_DONE));
    assert_int_equal(e->event.len, 0);
    assert_true(event_is(e, PEER_CLOSE, PEER_DONE));
    assert_true(e->event.by_app && !e->event.unread);
    expect(e, FIN | ACK, e->ack, e->seq, NULL);
    assert_state(e, LAST_ACK);
    assert_true(no_event(e));
  }
}

static void daytime_tells_virtual_time(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    pass(e, 3661 * USEC_S);
    peer_app(e, APP_DAYTIME, false);
    say(e, SYN, NULL);
    assert_true(hear(e));
    e->ack = e->in.seq + 1;
    say(e, ACK, NULL);
    assert_true(event_is(e, PEER_ACCEPT, PEER_DONE));
    assert_true(event_is(e, PEER_SEND, PEER_DONE));
    expect(e, ACK, e->ack, e->seq, "Thursday, August 18, 2022 01:01:01-UTC\r\n");
  }
}

static void http_serves_a_page(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    peer_app(e, APP_HTTP, true);
    knock(e, 1037);
    assert_true(event_is(e, PEER_ACCEPT, PEER_DONE));
    say(e, ACK, "GET / HTTP/1.0\r\n");
    assert_true(hear(e));
    assert_true(event_is(e, PEER_READ, PEER_DONE));
    assert_true(no_event(e));
    say(e, ACK, "\r\n");
    assert_true(hear(e));
    assert_true(event_is(e, PEER_READ, PEER_DONE));
    assert_true(event_is(e, PEER_SEND, PEER_DONE));
    assert_true(hear(e));
    assert_memory_equal(e->in.data, "HTTP/1.0 200 OK\r\n", 17);
  }
}

static void discard_reads_and_a_wait_notices_that_it_will(void **state)
{
  struct end *e = end_new(&tcp_profile_rfc9293, 7);
  (void)state;
  knock(e, 1037);
  usec_t began = wire_now(e->wire);
  wire_wait(e->wire, began + USEC_S, -1); /* the app is about to accept */
  assert_int_equal(wire_now(e->wire), began);
  assert_true(event_is(e, PEER_ACCEPT, PEER_DONE));
  wire_wait(e->wire, began + USEC_S, -1);
  assert_int_equal(wire_now(e->wire), began + USEC_S);
  say(e, ACK, "away with it");
  assert_true(event_is(e, PEER_READ, PEER_DONE));
  assert_int_equal(truth(e).recv_queue, 0);
  end_free(e);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(connect_is_pending_until_answered),
      cmocka_unit_test(connect_is_refused_by_rst),
      cmocka_unit_test(connect_without_an_answer_times_out),
      cmocka_unit_test(both_call_at_once),
      cmocka_unit_test(ephemeral_ports_differ),
      cmocka_unit_test(a_pending_read_ends_with_data_eof_or_error),
      cmocka_unit_test(linux_reads_on_after_a_reset_and_rfc9293_does_not),
      cmocka_unit_test(a_reset_in_close_wait_is_epipe_under_linux),
      cmocka_unit_test(a_pending_send_ends_when_there_is_room),
      cmocka_unit_test(impossible_requests_are_refused),
      cmocka_unit_test(accept_waits_for_a_connection),
      cmocka_unit_test(a_backlog_of_one_admits_two),
      cmocka_unit_test(closing_a_listener_resets_who_waits),
      cmocka_unit_test(listening_where_a_connection_is_bound_fails),
      cmocka_unit_test(crash_is_silent_and_data_then_meets_rst),
      cmocka_unit_test(abort_sends_rst_and_leaves_nothing),
      cmocka_unit_test(closing_with_octets_unread_says_rst),
      cmocka_unit_test(an_orphan_of_linux_in_fin_wait_2_is_given_up),
      cmocka_unit_test(echo_says_it_again),
      cmocka_unit_test(daytime_tells_virtual_time),
      cmocka_unit_test(http_serves_a_page),
      cmocka_unit_test(discard_reads_and_a_wait_notices_that_it_will),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
