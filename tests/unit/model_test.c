/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model as a wire: segments made by hand, its answers, its timers in virtual time. Numbers are worked out
   here from RFC 9293, not asked of the machine. */
#include "tests/unit/model_end.h"

#include <stdio.h>
#include <unistd.h>

static void a_handshake_by_hand_walks_listen_syn_received_established(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    assert_state(e, LISTEN);
    assert_true(truth(e).listening);
    say(e, SYN, NULL);
    assert_state(e, SYN_RECEIVED);
    assert_int_equal(truth(e).timer, PEER_TIMER_RETRANSMISSION);
    assert_true(hear(e));
    assert_int_equal(e->in.flags, SYN | ACK);
    assert_int_equal(e->in.ack, 1001);
    assert_int_equal(e->when, wire_now(e->wire)); /* replies take no time */
    silence(e);
    e->ack = e->in.seq + 1;
    say(e, ACK, NULL);
    silence(e);
    assert_state(e, ESTABLISHED);
    assert_false(truth(e).owned);
    assert_true(event_is(e, PEER_ACCEPT, PEER_DONE)); /* discard is the app */
    assert_true(e->event.by_app);
    assert_true(pair_equal(&e->event.pair, &e->pair));
    assert_true(no_event(e));
    assert_true(truth(e).owned);
  }
}

static void the_isn_can_be_chosen(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    struct segment syn = make(e, SYN, NULL);
    peer_isn(e, 1823083521);
    assert_true(peer_before_send(e->peer, &e->pair, &syn, NULL));
    e->seq = 1415531521;
    say(e, SYN, NULL);
    expect(e, SYN | ACK, 1823083521, 1415531522, NULL);
    e->pair.you_port = 1038; /* for one connection only */
    say(e, SYN, NULL);
    assert_true(hear(e));
    assert_int_not_equal(e->in.seq, 1823083521);
    e->pair.you_port = 1039;
    peer_isn(e, UINT32_MAX); /* and wraps */
    say(e, SYN, NULL);
    assert_true(hear(e));
    assert_int_equal(e->in.seq, UINT32_MAX);
    e->ack = 0;
    say(e, ACK, NULL);
    silence(e);
    assert_state(e, ESTABLISHED);
  }
}

static void an_isn_that_cannot_be_had_is_refused_and_used_up(void **state)
{
  struct end *e = end_new(&tcp_profile_linux, 7);
  struct err err;
  (void)state;
  peer_isn(e, 5);
  e->pair.peer_port = 10;
  struct segment syn = make(e, SYN, NULL);
  assert_false(peer_before_send(e->peer, &e->pair, &syn, &err));
  assert_int_equal(err.code, ERR_STATE);
  e->pair.peer_port = 9;
  say(e, SYN, NULL);
  assert_true(hear(e));
  assert_int_not_equal(e->in.seq, 5);
  end_free(e);
}

static void nobody_home_answers_rst(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    e->pair.peer_port = 10;
    assert_state(e, CLOSED);
    say(e, SYN, "xyz");
    expect(e, RST | ACK, 0, 1004, NULL);
    e->ack = 77;
    say(e, ACK, NULL);
    expect(e, RST, 77, 0, NULL);
    say(e, RST, NULL);
    silence(e);
    assert_state(e, CLOSED);
  }
}

static void what_ip_or_the_checksum_reject_gets_no_answer(void **state)
{
  struct end *e = end_new(&tcp_profile_rfc9293, 7);
  uint8_t octets[100];
  struct segment s = make(e, SYN, NULL);
  size_t len = segment_encode(&s, octets, sizeof octets);
  struct err err;
  (void)state;
  octets[36] ^= 1; /* the checksum */
  assert_true(wire_send(e->wire, octets, len, NULL));
  octets[36] ^= 1;
  assert_true(wire_send(e->wire, octets, len - 1, NULL));
  assert_true(wire_send(e->wire, octets, 3, NULL));
  s.given = SEG_BIT(SEG_DOFF);
  s.doff = 4;
  send_segment(e, &s);
  s.given = 0;
  s.dst.octet[3] ^= 1;
  send_segment(e, &s);
  s = make(e, SYN, NULL);
  s.src.octet[3] ^= 8;
  send_segment(e, &s);
  silence(e);
  assert_false(wire_send(e->wire, octets, 0, &err));
  assert_false(wire_send(e->wire, e->octets, 1501, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  assert_true(wire_send(e->wire, octets, len, NULL));
  assert_true(hear(e));
  end_free(e);
}

static void data_goes_both_ways(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    say(e, ACK | PSH, "hello");
    expect(e, ACK, e->ack, e->seq, NULL);
    assert_int_equal(truth(e).recv_queue, 5);
    assert_string_equal((do_verb(e, PEER_READ), e->text), "hello");
    assert_int_equal(truth(e).recv_queue, 0);
    assert_int_equal(peer_sends(e, "good day")->len, 8);
    expect(e, ACK, e->ack, e->seq, "good day");
    assert_int_equal(truth(e).send_queue, 8);
    e->ack += 8;
    say(e, ACK, NULL);
    silence(e);
    assert_int_equal(truth(e).send_queue, 0);
  }
}

static void a_gap_is_held_and_filled(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    say_at(e, e->seq + 3, ACK, "def");
    expect(e, ACK, e->ack, e->seq, NULL);
    say_at(e, e->seq + 8, ACK, "ij");
    expect(e, ACK, e->ack, e->seq, NULL);
    say_at(e, e->seq + 4, ACK, "EFGH"); /* what came first stays */
    expect(e, ACK, e->ack, e->seq, NULL);
    assert_int_equal(truth(e).recv_queue, 0);
    say(e, ACK, "abc");
    expect(e, ACK, e->ack, e->seq + 7, NULL);
    assert_string_equal((do_verb(e, PEER_READ), e->text), "abcdefGHij");
  }
}

static void text_on_a_syn_waits_under_rfc9293_and_is_forgotten_under_linux(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    bool forgets = p_ == 1;
    peer_app(e, APP_NONE, false);
    peer_isn(e, 500);
    say(e, SYN, "early");
    expect(e, SYN | ACK, 500, 1001, NULL);
    e->ack = 501;
    say_at(e, 1001, ACK, forgets ? "early" : NULL);
    assert_true(hear(e));
    assert_int_equal(e->in.ack, 1006);
    assert_string_equal((do_verb(e, PEER_READ), e->text), "early");
  }
}

static void the_end_that_closes_first_waits_2msl(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    usec_t wait = p_ == 0 ? 240 * USEC_S : 60 * USEC_S;
    open_connection(e);
    assert_int_equal(do_verb(e, PEER_CLOSE)->outcome, PEER_DONE);
    assert_false(e->event.unread);
    expect(e, FIN | ACK, e->ack, e->seq, NULL);
    assert_state(e, FIN_WAIT_1);
    assert_false(truth(e).owned);
    e->ack++;
    say(e, ACK, NULL);
    assert_state(e, FIN_WAIT_2);
    say(e, FIN | ACK, NULL);
    expect(e, ACK, e->ack, e->seq, NULL);
    assert_state(e, TIME_WAIT);
    assert_int_equal(truth(e).timer, PEER_TIMER_TIME_WAIT);
    assert_int_equal(truth(e).timer_left, wait);
    pass(e, wait / 2);
    say_at(e, e->seq - 1, FIN | ACK, NULL); /* our ACK was lost: it comes again, and the wait begins anew */
    expect(e, ACK, e->ack, e->seq, NULL);
    pass(e, wait - 1);
    assert_state(e, TIME_WAIT);
    pass(e, 1);
    assert_state(e, LISTEN);
    assert_int_equal(wire_deadline(e->wire), USEC_NEVER);
  }
}

static void the_end_that_closes_last_does_not_wait(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    say(e, FIN | ACK, NULL);
    expect(e, ACK, e->ack, e->seq, NULL);
    assert_state(e, CLOSE_WAIT);
    assert_int_equal(do_verb(e, PEER_READ)->len, 0); /* end of file */
    assert_int_equal(e->event.outcome, PEER_DONE);
    peer_sends(e, "bye"); /* our direction is still open */
    expect(e, ACK, e->ack, e->seq, "bye");
    e->ack += 3;
    say(e, ACK, NULL);
    do_verb(e, PEER_CLOSE);
    expect(e, FIN | ACK, e->ack, e->seq, NULL);
    assert_state(e, LAST_ACK);
    e->ack++;
    say(e, ACK, NULL);
    silence(e);
    assert_state(e, LISTEN);
    say(e, ACK, NULL); /* nobody knows it any more */
    expect(e, RST, e->ack, 0, NULL);
  }
}

static void three_segments_are_enough_to_close(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    do_verb(e, PEER_CLOSE);
    assert_true(hear(e));
    e->ack++;
    say(e, FIN | ACK, NULL);
    expect(e, ACK, e->ack, e->seq, NULL);
    assert_state(e, TIME_WAIT);
  }
}

static void both_close_at_once(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    do_verb(e, PEER_CLOSE);
    assert_true(hear(e));
    say(e, FIN | ACK, NULL); /* does not acknowledge theirs */
    assert_true(hear(e));
    assert_int_equal(e->in.ack, e->seq);
    assert_state(e, CLOSING);
    e->ack++;
    say(e, ACK, NULL);
    assert_state(e, TIME_WAIT);
  }
}

static void half_closed_the_peer_still_reads(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    do_verb(e, PEER_SHUTDOWN);
    expect(e, FIN | ACK, e->ack, e->seq, NULL);
    e->ack++;
    say(e, ACK, NULL);
    assert_state(e, FIN_WAIT_2);
    assert_true(truth(e).owned);
    assert_int_equal(wire_deadline(e->wire), USEC_NEVER); /* held: no timer */
    say(e, ACK, "late");
    expect(e, ACK, e->ack, e->seq, NULL);
    say(e, FIN | ACK, NULL);
    assert_true(hear(e));
    assert_state(e, TIME_WAIT);
    assert_string_equal((do_verb(e, PEER_READ), e->text), "late");
    assert_int_equal(do_verb(e, PEER_READ)->len, 0);
    assert_int_equal(peer_sends(e, "x")->outcome, PEER_FAILED);
    assert_string_equal(e->event.error, "EPIPE");
    do_verb(e, PEER_CLOSE); /* the descriptor; the wait goes on */
    assert_state(e, TIME_WAIT);
  }
}

static void a_retransmission_doubles_its_wait(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    peer_sends(e, "again");
    expect(e, ACK, e->ack, e->seq, "again");
    usec_t last = wire_now(e->wire), gap = 0;
    for (int i = 0; i < 5; i++) {
      assert_true(until_timer(e));
      expect(e, ACK, e->ack, e->seq, "again");
      usec_t was = gap;
      gap = wire_now(e->wire) - last;
      last += gap;
      if (i > 0) assert_int_equal(gap, 2 * was);
    }
    assert_int_equal(truth(e).retransmits, 5);
    e->ack += 5;
    say(e, ACK, NULL);
    silence(e);
    assert_int_equal(wire_deadline(e->wire), USEC_NEVER);
  }
}

static void unanswered_data_times_out(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    peer_sends(e, "anybody?");
    assert_int_equal(do_verb(e, PEER_READ)->outcome, PEER_PENDING);
    while (truth(e).state == STATE_ESTABLISHED) assert_true(hear(e) || until_timer(e));
    while (hear(e)) assert_int_equal(e->in.flags & (SYN | FIN | RST), 0);
    assert_true(event_is(e, PEER_READ, PEER_FAILED));
    assert_true(e->event.completion);
    assert_string_equal(e->event.error, "ETIMEDOUT");
    assert_state(e, LISTEN);
    assert_int_equal(do_verb(e, PEER_CLOSE)->outcome, PEER_DONE);
  }
}

static void linux_repeats_its_syn_ack_five_times(void **state)
{
  static const int seconds[] = {1, 3, 7, 15, 31};
  struct end *e = end_new(&tcp_profile_linux, 7);
  (void)state;
  usec_t began = wire_now(e->wire);
  say(e, SYN, NULL);
  assert_true(hear(e));
  seq_t iss = e->in.seq;
  for (int i = 0; i < 5; i++) {
    assert_true(until_timer(e));
    expect(e, SYN | ACK, iss, 1001, NULL);
    assert_int_equal(wire_now(e->wire) - began, seconds[i] * USEC_S);
  }
  assert_true(until_timer(e));
  silence(e);
  assert_state(e, LISTEN);
  assert_int_equal(wire_deadline(e->wire), USEC_NEVER);
  end_free(e);
}

static void a_zero_window_is_probed_until_it_opens(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    e->win = 0;
    say(e, ACK, NULL);
    peer_sends(e, "waiting");
    silence(e);
    assert_int_equal(truth(e).timer, PEER_TIMER_PERSIST);
    usec_t last = wire_now(e->wire), gap = 0;
    for (int i = 0; i < 40; i++) { /* RFC 9293 3.8.6.1, MUST-37: as long as the probes are answered */
      usec_t was = gap;
      assert_true(until_timer(e));
      assert_true(hear(e));
      assert_int_equal(e->in.flags & (SYN | FIN | RST | ACK), ACK);
      if (p_ == 0) assert_memory_equal(e->in.data, "w", e->in.data_len);
      gap = wire_now(e->wire) - last;
      last += gap;
      if (i > 0 && i < 5) assert_int_equal(gap, 2 * was); /* SHLD-30 */
      say(e, ACK, NULL);                                  /* still no room */
      silence(e);
    }
    e->win = 4096;
    say(e, ACK, NULL);
    seq_t end = e->ack + 7;
    while (e->ack != end) { /* the octet of the probe first, where there was one */
      if (!hear(e)) {
        assert_true(until_timer(e));
        continue;
      }
      assert_int_equal(e->in.seq, e->ack);
      assert_memory_equal(e->in.data, &"waiting"[7 - (end - e->ack)], e -> in.data_len);
      e->ack += (seq_t)e->in.data_len;
      say(e, ACK, NULL);
    }
    assert_true(wire_now(e->wire) - last <= USEC_S);
  }
}

static void the_receive_window_closes_and_opens_with_reading(void **state)
{
  struct end *e = end_new(&tcp_profile_rfc9293, 7);
  char full[1025];
  (void)state;
  memset(full, 'x', 1024);
  full[1024] = '\0';
  open_connection(e);
  for (unsigned room = 4096; room > 0; room -= 1024) {
    say(e, ACK, full);
    assert_true(hear(e));
    assert_int_equal(e->in.win, room - 1024);
  }
  say_at(e, e->seq, ACK, "y"); /* a probe: refused, answered */
  expect(e, ACK, e->ack, e->seq, NULL);
  assert_int_equal(e->in.win, 0);
  assert_int_equal(do_verb(e, PEER_READ)->len, 4096);
  assert_true(hear(e)); /* the window update */
  assert_int_equal(e->in.win, 4096);
  say(e, ACK, "y");
  assert_true(hear(e));
  assert_string_equal((do_verb(e, PEER_READ), e->text), "y");
  end_free(e);
}

static void a_later_syn_reopens_the_pair_with_the_isn_asked_for(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    do_verb(e, PEER_SHUTDOWN);
    assert_true(hear(e));
    e->ack++;
    say(e, ACK, "left");
    assert_true(hear(e));
    say(e, FIN | ACK, NULL);
    assert_true(hear(e));
    assert_state(e, TIME_WAIT);
    say_at(e, e->seq - 1, FIN | ACK, NULL);
    assert_true(hear(e));
    e->seq += 100000;
    peer_isn(e, 4000000000);
    struct segment syn = make(e, SYN, NULL);
    assert_true(peer_before_send(e->peer, &e->pair, &syn, NULL));
    say(e, SYN, NULL);
    expect(e, SYN | ACK, 4000000000, e->seq, NULL);
    e->ack = 4000000001;
    say(e, ACK | PSH, "new");
    expect(e, ACK, e->ack, e->seq, NULL);
    assert_state(e, ESTABLISHED);
    /* The old descriptor has the old connection's octets; accepting the new one lets it go. */
    assert_string_equal((do_verb(e, PEER_READ), e->text), "left");
    peer_app(e, APP_DISCARD, false);
    assert_true(event_is(e, PEER_ACCEPT, PEER_DONE));
    assert_true(event_is(e, PEER_READ, PEER_DONE));
    assert_string_equal(e->text, "new");
    peer_sends(e, "answer");
    expect(e, ACK, e->ack, e->seq, "answer");
  }
}

static void connections_do_not_mix(void **state)
{
  enum { N = 40 };
  seq_t ack[N];
  (void)state;
  FOR_BOTH(e)
  {
    peer_app(e, APP_ECHO, false);
    for (int i = 0; i < N; i++) {
      e->pair.you_port = (uint16_t)(2000 + i);
      e->seq = (seq_t)i * 1000;
      say(e, SYN, NULL);
      assert_true(hear(e));
      ack[i] = e->ack = e->in.seq + 1;
      say(e, ACK, NULL);
    }
    for (int i = N - 1; i >= 0; i--) {
      char text[24];
      snprintf(text, sizeof text, "number %d", i);
      e->pair.you_port = (uint16_t)(2000 + i);
      e->seq = (seq_t)i * 1000 + 1;
      e->ack = ack[i];
      say(e, ACK, text);
      expect(e, ACK, e->ack, e->seq, NULL);
      while (peer_next_event(e->peer, &e->event)) continue;
      expect(e, ACK, e->ack, e->seq, text);
      silence(e);
    }
  }
}

static void add_arrival(void *ctx, const uint8_t *octets, size_t len, usec_t when)
{
  uint64_t *sum = ctx;

  *sum = (*sum ^ (uint64_t)when) * 1099511628211u;
  for (size_t k = 0; k < len; k++) *sum = (*sum ^ octets[k]) * 1099511628211u;
}

/* All that the model says in a while of its own making, as one number. */
static uint64_t story(uint64_t seed, bool drained)
{
  struct end *e = end_new(&tcp_profile_linux, seed);
  struct peer_request r = request(e, PEER_CONNECT);
  uint64_t sum = 14695981039346656037u;
  usec_t when;

  say(e, SYN, NULL);
  ask(e, &r);
  for (int i = 0; i < 30; i++) {
    size_t len;
    if (drained) wire_drain(e->wire, add_arrival, &sum);
    while ((len = wire_recv(e->wire, e->octets, sizeof e->octets, &when)) > 0)
      add_arrival(&sum, e->octets, len, when);
    while (peer_next_event(e->peer, &e->event)) sum = (sum ^ (uint64_t)e->event.verb) * 1099511628211u;
    wire_wait(e->wire, wire_now(e->wire) + USEC_S, -1);
  }
  end_free(e);
  return sum;
}

static void the_seed_decides_everything(void **state)
{
  (void)state;
  assert_true(story(1, false) == story(1, true));
  assert_true(story(2, false) == story(2, true));
  assert_true(story(1, false) != story(2, false));
}

static void the_clock_moves_in_wait_only(void **state)
{
  struct end *e = end_new(&tcp_profile_rfc9293, 7);
  int fds[2];
  (void)state;
  usec_t began = wire_now(e->wire);
  assert_false(wire_wait(e->wire, USEC_NEVER, -1)); /* nothing will ever happen */
  assert_int_equal(wire_now(e->wire), began);
  assert_int_equal(pipe(fds), 0);
  assert_false(wire_wait(e->wire, began + 5, fds[0]));
  assert_int_equal(wire_now(e->wire), began + 5);
  assert_int_equal(write(fds[1], "x", 1), 1);
  assert_true(wire_wait(e->wire, began + 10, fds[0]));
  assert_int_equal(wire_now(e->wire), began + 5);
  close(fds[0]);
  close(fds[1]);
  say(e, SYN, NULL);
  assert_false(wire_wait(e->wire, began + 10, -1)); /* a reply is there */
  assert_int_equal(wire_now(e->wire), began + 5);
  assert_true(hear(e));
  assert_int_equal(wire_deadline(e->wire), began + 5 + USEC_S);
  assert_int_equal(wire_pollfds(e->wire, NULL, 0), 0);
  assert_int_equal(peer_pollfds(e->peer, NULL, 0), 0);
  end_free(e);
}

static void keepalive_probes_an_idle_connection(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    peer_sets(e, "keepidle", "10");
    peer_sets(e, "keepintvl", "3");
    peer_sets(e, "keepcnt", "2");
    assert_int_equal(wire_deadline(e->wire), USEC_NEVER);
    peer_sets(e, "keepalive", "on");
    usec_t began = wire_now(e->wire);
    assert_int_equal(truth(e).timer, PEER_TIMER_KEEPALIVE);
    assert_true(until_timer(e));
    assert_int_equal(wire_now(e->wire) - began, 10 * USEC_S);
    assert_true(hear(e));
    assert_int_equal(e->in.seq, e->ack - 1);
    say(e, ACK, NULL); /* somebody is there */
    began = wire_now(e->wire);
    assert_true(until_timer(e));
    assert_int_equal(wire_now(e->wire) - began, 10 * USEC_S);
    assert_true(hear(e));
    while (truth(e).state == STATE_ESTABLISHED) assert_true(hear(e) || until_timer(e));
    assert_string_equal((do_verb(e, PEER_READ), e->event.error), "ETIMEDOUT");
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_handshake_by_hand_walks_listen_syn_received_established),
      cmocka_unit_test(the_isn_can_be_chosen),
      cmocka_unit_test(an_isn_that_cannot_be_had_is_refused_and_used_up),
      cmocka_unit_test(nobody_home_answers_rst),
      cmocka_unit_test(what_ip_or_the_checksum_reject_gets_no_answer),
      cmocka_unit_test(data_goes_both_ways),
      cmocka_unit_test(a_gap_is_held_and_filled),
      cmocka_unit_test(text_on_a_syn_waits_under_rfc9293_and_is_forgotten_under_linux),
      cmocka_unit_test(the_end_that_closes_first_waits_2msl),
      cmocka_unit_test(the_end_that_closes_last_does_not_wait),
      cmocka_unit_test(three_segments_are_enough_to_close),
      cmocka_unit_test(both_close_at_once),
      cmocka_unit_test(half_closed_the_peer_still_reads),
      cmocka_unit_test(a_retransmission_doubles_its_wait),
      cmocka_unit_test(unanswered_data_times_out),
      cmocka_unit_test(linux_repeats_its_syn_ack_five_times),
      cmocka_unit_test(a_zero_window_is_probed_until_it_opens),
      cmocka_unit_test(the_receive_window_closes_and_opens_with_reading),
      cmocka_unit_test(a_later_syn_reopens_the_pair_with_the_isn_asked_for),
      cmocka_unit_test(connections_do_not_mix),
      cmocka_unit_test(the_seed_decides_everything),
      cmocka_unit_test(the_clock_moves_in_wait_only),
      cmocka_unit_test(keepalive_probes_an_idle_connection),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
