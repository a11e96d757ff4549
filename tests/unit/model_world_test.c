/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model's settings and bounds; what floods and nonsense do to it. */
#include "engine/base/rng.h"
#include "engine/peer/model_own.h"
#include "engine/peer/setting.h"
#include "engine/segment/option.h"
#include "engine/segment/text.h"
#include "tests/unit/model_end.h"

#include <stdio.h>
#include <string.h>

static void every_setting_is_honoured_or_refused_by_name(void **state)
{
  struct end *e = end_new(&tcp_profile_linux, 7);
  unsigned kept = 0, refusals = 0;
  (void)state;
  for (size_t i = 0; peer_setting(i); i++) {
    const struct peer_setting *s = peer_setting(i);
    char value[16];
    struct peer_request r = request(e, PEER_SET);
    struct err err;
    snprintf(value, sizeof value, "%d", s->largest);
    r.key = s->name;
    r.value = value;
    if (peer_call(e->peer, &r, &e->event, &err)) {
      assert_int_equal(e->event.outcome, PEER_DONE);
      assert_memory_equal(e->event.detail, s->name, strlen(s->name));
      kept++;
    } else {
      assert_int_equal(err.code, ERR_UNAVAILABLE);
      assert_non_null(strstr(err.message, s->name));
      refusals++;
    }
  }
  assert_true(kept >= 30 && refusals >= 10);
  struct peer_request r = request(e, PEER_SET);
  r.key = "tcp_fin_timout";
  r.value = "5";
  assert_int_equal(refused(e, &r), ERR_UNKNOWN);
  end_free(e);
}

static void settings_change_what_the_syn_ack_offers(void **state)
{
  struct end *e = end_new(&tcp_profile_linux, 7);
  struct segment syn = make(e, SYN, NULL);
  struct option o;
  (void)state;
  assert_true(option_put_mss(&syn, 1460));
  assert_true(option_put_ts(&syn, 1, 0));
  assert_true(option_put_wscale(&syn, 3));
  send_segment(e, &syn);
  assert_true(hear(e));
  assert_true(option_find(&e->in, OPTION_TS, &o) && o.ts_ecr == 1 && o.ts_val != 0);
  assert_true(option_find(&e->in, OPTION_WSCALE, &o));
  peer_sets(e, "tcp_timestamps", "0");
  peer_sets(e, "tcp_window_scaling", "off");
  peer_sets(e, "mss", "500");
  peer_sets(e, "rcvbuf", "2000");
  peer_sets(e, "ttl", "9");
  peer_sets(e, "tos", "16");
  syn.sport++;
  send_segment(e, &syn);
  assert_true(hear(e));
  assert_false(option_find(&e->in, OPTION_TS, &o));
  assert_false(option_find(&e->in, OPTION_WSCALE, &o));
  assert_true(option_find(&e->in, OPTION_MSS, &o));
  assert_int_equal(o.mss, 500);
  assert_int_equal(e->in.win, 2000);
  assert_int_equal(e->in.ttl, 9);
  assert_int_equal(e->in.tos, 16);
  end_free(e);
}

static void msl_and_delayed_acks_can_be_set(void **state)
{
  struct end *e = end_new(&tcp_profile_rfc9293, 7);
  struct err err;
  (void)state;
  model_set_msl(e->peer, 5 * USEC_S);
  assert_true(model_world(e->peer, "quickack", false, &err));
  assert_false(model_world(e->peer, "address", true, &err));
  assert_int_equal(err.code, ERR_UNAVAILABLE);
  open_connection(e);
  usec_t began = wire_now(e->wire);
  say(e, ACK, "wait for it");
  silence(e);
  assert_true(until_timer(e));
  expect(e, ACK, e->ack, e->seq, NULL);
  assert_int_equal(wire_now(e->wire) - began, tcp_profile_rfc9293.delayed_ack);
  do_verb(e, PEER_READ);
  do_verb(e, PEER_CLOSE);
  assert_true(hear(e));
  e->ack++;
  say(e, FIN | ACK, NULL);
  assert_int_equal(truth(e).timer_left, 10 * USEC_S);
  end_free(e);
}

static void status_tells(void **state)
{
  struct end *e = end_new(&tcp_profile_linux, 7);
  (void)state;
  const struct peer_truth *t = &do_verb(e, PEER_STATUS)->truth;
  assert_true(t->listening && t->state == STATE_LISTEN && t->recv_queue == 0 && t->send_queue == 128);
  open_connection(e);
  say(e, ACK, "abc");
  t = &do_verb(e, PEER_STATUS)->truth;
  assert_true(t->state == STATE_ESTABLISHED && t->recv_queue == 3 && t->send_queue == 0 && e->event.held);
  end_free(e);
}

static void forget_leaves_no_trace(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    open_connection(e);
    peer_sends(e, "x");
    assert_true(hear(e));
    peer_forget(e->peer, &e->pair);
    silence(e);
    assert_state(e, LISTEN);
    assert_true(no_event(e));
    assert_int_equal(wire_deadline(e->wire), USEC_NEVER);
  }
}

static void a_flood_is_bounded(void **state)
{
  struct end *e = end_new(&tcp_profile_linux, 7);
  (void)state;
  peer_app(e, APP_NONE, false);
  unsigned answers = 0;
  for (unsigned i = 0; i < 2 * MODEL_LINKS_MAX; i++) {
    e->pair.you_port = (uint16_t)(1024 + i);
    e->seq = i;
    say(e, SYN, NULL);
    answers += hear(e);
  }
  /* As many as the backlog and one more are remembered; the others are answered, too, but with cookies. */
  assert_int_equal(answers, 2 * MODEL_LINKS_MAX);
  e->pair.you_port = 1024 + MODEL_BACKLOG;
  assert_int_equal(truth(e).state, STATE_SYN_RECEIVED);
  e->pair.you_port++;
  assert_int_equal(truth(e).state, STATE_LISTEN);
  peer_sets(e, "tcp_syncookies", "0");
  peer_sets(e, "tcp_max_syn_backlog", "16");
  pass(e, 100 * USEC_S); /* the repeated SYN,ACKs too were in vain */
  assert_int_equal(wire_deadline(e->wire), USEC_NEVER);
  answers = 0;
  for (unsigned i = 0; i < 100; i++) {
    e->pair.you_port = (uint16_t)(1024 + i);
    say_at(e, i, SYN, NULL);
    answers += hear(e);
  }
  assert_int_equal(answers, 13); /* the last quarter is for others */
  end_free(e);
}

/* More than half of the queue waits: the oldest makes room at its third timeout, and then there is. */
static void old_requests_make_room(void **state)
{
  struct end *e = end_new(&tcp_profile_linux, 7);
  struct peer_request r = request(e, PEER_LISTEN);
  unsigned waiting = 0;
  (void)state;
  r.port = 80;
  r.backlog = 4;
  e->pair.peer_port = 80;
  assert_true(peer_call(e->peer, &r, &e->event, NULL));
  for (uint16_t i = 0; i < 5; i++) {
    e->pair.you_port = (uint16_t)(2000 + i);
    say_at(e, i, SYN, NULL);
    assert_true(hear(e));
  }
  pass(e, 6 * USEC_S);
  for (uint16_t i = 0; i < 5; i++) {
    e->pair.you_port = (uint16_t)(2000 + i);
    assert_int_equal(truth(e).state, STATE_SYN_RECEIVED);
  }
  pass(e, 2 * USEC_S);
  for (uint16_t i = 0; i < 5; i++) {
    e->pair.you_port = (uint16_t)(2000 + i);
    waiting += truth(e).state == STATE_SYN_RECEIVED;
  }
  assert_int_equal(waiting, 4);
  end_free(e);
}

/* -- Fast Open -- */
static void say_fast(struct end *e, const struct option *cookie, const char *text)
{
  struct segment s = make(e, SYN, text);

  assert_true(
      option_put(&s, OPTION_FASTOPEN, cookie ? cookie->octet + 2 : NULL, cookie ? cookie->len - 2u : 0));
  send_segment(e, &s);
  e->seq += segment_len(&s);
  e->pair.you_port++;
}

static void a_cookie_is_given_and_known_again(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    struct option cookie, none;
    uint8_t octets[SEGMENT_OPTIONS_MAX];
    peer_app(e, APP_NONE, false);
    peer_sets(e, "fastopen", "2");
    say_fast(e, NULL, NULL);
    assert_true(hear(e));
    assert_false(option_find(&e->in, OPTION_FASTOPEN, &none)); /* tcp_fastopen is 1 */
    peer_sets(e, "tcp_fastopen", "3");
    say_fast(e, NULL, NULL);
    assert_true(hear(e));
    assert_true(option_find(&e->in, OPTION_FASTOPEN, &cookie) && cookie.len == 10);
    memcpy(octets, cookie.octet, cookie.len);
    cookie.octet = octets;
    say_fast(e, &cookie, "ask");
    assert_true(hear(e));
    assert_int_equal(e->in.ack, e->seq);
    assert_false(option_find(&e->in, OPTION_FASTOPEN, &none));
    e->pair.you_port--;
    assert_state(e, SYN_RECEIVED);
    assert_string_equal(do_verb(e, PEER_READ)->data ? e->text : "", "ask");
    peer_sends(e, "told");
    assert_true(hear(e) && e->in.data_len == 4);
    /* Two at a time: this one, and another that is reset, which counts for a minute more. */
    e->pair.you_port++;
    say_fast(e, &cookie, "b");
    assert_true(hear(e) && e->in.ack == e->seq);
    e->pair.you_port--;
    do_verb(e, PEER_ACCEPT);
    say(e, RST, NULL);
    assert_state(e, LISTEN);
    e->pair.you_port++;
    say_fast(e, &cookie, "c");
    assert_true(hear(e) && e->in.ack == e->seq - 1);
    pass(e, 61 * USEC_S);
    while (hear(e)) continue;
    say_fast(e, &cookie, "d");
    assert_true(hear(e) && e->in.ack == e->seq);
    end_free(e);
    /* Another seed has another secret. */
    e = end_new(both[p_], 8);
    peer_sets(e, "fastopen", "2");
    peer_sets(e, "tcp_fastopen", "3");
    say_fast(e, &cookie, "ask");
    assert_true(hear(e) && e->in.ack == e->seq - 3);
    assert_true(option_find(&e->in, OPTION_FASTOPEN, &none));
    assert_memory_not_equal(none.octet, octets, 10);
  }
}

enum { STREAM = 60000 };

static void send_piece(struct end *e, seq_t first, const uint8_t *stream, size_t at, size_t len)
{
  struct segment s = make(e, ACK, NULL);

  if (at > STREAM) at = STREAM;
  s.seq = first + (seq_t)at;
  s.data = stream + at;
  s.data_len = len < STREAM - at ? len : STREAM - at;
  send_segment(e, &s);
}

/* Pieces of a stream, overlapping, in any order, a third of them lost: what is read is the stream. */
static void pieces_in_any_order_make_the_stream(void **state)
{
  static uint8_t stream[STREAM];
  (void)state;
  for (size_t i = 0; i < STREAM; i++) stream[i] = (uint8_t)(i * 7 + i / 251);
  FOR_BOTH(e)
  {
    struct rng rng = {p_ + 11};
    size_t read = 0;
    open_connection(e);
    seq_t first = e->seq;
    while (read < STREAM) {
      size_t at = e->seq - first + rng_below(&rng, 3000), back = rng_below(&rng, 1000);
      at -= back < at ? back : at;
      if (rng_below(&rng, 3)) send_piece(e, first, stream, at, rng_below(&rng, 1400));
      while (hear(e))
        if (seq_gt(e->in.ack, e->seq)) e->seq = e->in.ack;
      if (rng_below(&rng, 4)) continue;
      if (do_verb(e, PEER_READ)->outcome == PEER_PENDING) {
        send_piece(e, first, stream, e->seq - first, 100);
        assert_true(event_is(e, PEER_READ, PEER_DONE));
      }
      assert_true(read + e->event.len <= STREAM);
      assert_memory_equal(e->event.data, stream + read, e->event.len);
      read += e->event.len;
    }
  }
}

/* The other way: one in six of the model's segments and of the answers is lost, and its timers see to the
 * rest.
 */
static void what_is_lost_is_sent_again(void **state)
{
  (void)state;
  FOR_BOTH(e)
  {
    struct rng rng = {p_ + 21};
    struct peer_request r = request(e, PEER_SEND);
    size_t got = 0;
    open_connection(e);
    r.len = STREAM;
    ask(e, &r);
    while (truth(e).send_queue > 0 || got < STREAM) {
      bool heard = false;
      while (hear(e)) {
        if (rng_below(&rng, 6) == 0) continue;
        heard = true;
        if (e->in.seq != e->ack) continue;
        for (size_t i = 0; i < e->in.data_len; i++) assert_int_equal(e->in.data[i], segment_filler(got + i));
        got += e->in.data_len;
        e->ack += (seq_t)e->in.data_len;
      }
      if (heard && rng_below(&rng, 6))
        say(e, ACK, NULL);
      else
        assert_true(peer_next_event(e->peer, &e->event) || until_timer(e));
      assert_state(e, ESTABLISHED);
    }
    assert_int_equal(got, STREAM);
  }
}

/* What the TCB counts as unread is what the stream holds. */
static void check_streams(struct end *e)
{
  struct model *m = model_of_peer(e->peer);

  for (size_t i = 0; i < m->link_count; i++) {
    const struct model_link *k = m->links[i];
    if (!model_link_lives(k) || k->tcb.state == STATE_TIME_WAIT) continue;
    /* In CLOSING and LAST-ACK the RFC's machine refuses the RECEIVE; the socket gives the octets all the
     * same. */
    bool late = k->tcb.state == STATE_CLOSING || k->tcb.state == STATE_LAST_ACK;
    if (k->rx_end - k->rx.base != k->tcb.unread && !late)
      fail_msg("unread in %s", tcp_state_name(k->tcb.state));
    if (k->tcb.state < STATE_ESTABLISHED) continue;
    uint32_t fin_out = k->tcb.fin_sent && !tcb_fin_acked(&k->tcb);
    uint32_t syn_out = k->tcb.snd.una == k->tcb.iss; /* counterfactual two-way */
    uint32_t kept = k->tcb.snd.nxt - k->tcb.snd.una - syn_out - fin_out + k->tcb.queued;
    if (model_stream_len(&k->tx) != kept) fail_msg("unacknowledged in %s", tcp_state_name(k->tcb.state));
  }
}

/* Anything may be said and asked in any order, under any profile: nothing breaks. */
static void nonsense_breaks_nothing(void **state)
{
  (void)state;
  for (size_t p = 0; tcp_profile_at(p); p++) {
    struct end *e = end_new(tcp_profile_at(p), p);
    struct rng rng = {p + 1};
    char text[200];
    for (int step = 0; step < 10000; step++) {
      e->pair.you_port = (uint16_t)(1037 + rng_below(&rng, 4));
      e->pair.peer_port = rng_below(&rng, 8) ? 9 : (uint16_t)(32768 + rng_below(&rng, 4));
      uint32_t what = rng_below(&rng, 10);
      if (what < 6) {
        struct segment s = make(e, (uint8_t)rng_below(&rng, 64), NULL);
        if (rng_below(&rng, 3)) s.flags = (uint8_t)(ACK | (rng_below(&rng, 4) ? 0 : FIN));
        s.ack = e->in.seq + segment_len(&e->in) - rng_below(&rng, 2);
        s.seq = e->in.ack + rng_below(&rng, 40) - 10;
        if (rng_below(&rng, 2)) s.seq = e->in.ack;
        s.win = (uint16_t)(rng_below(&rng, 4) ? rng_below(&rng, 5000) : 0);
        memset(text, 'a' + (int)rng_below(&rng, 26), sizeof text);
        s.data = (const uint8_t *)text;
        s.data_len = rng_below(&rng, 3) ? 0 : rng_below(&rng, sizeof text);
        send_segment(e, &s);
      } else if (what < 9) {
        static const enum peer_verb verbs[] = {PEER_ACCEPT,   PEER_SEND,   PEER_READ,   PEER_READ,
                                               PEER_SHUTDOWN, PEER_CLOSE,  PEER_ABORT,  PEER_CRASH,
                                               PEER_LISTEN,   PEER_LISTEN, PEER_CONNECT};
        struct peer_request r = request(e, verbs[rng_below(&rng, sizeof verbs / sizeof *verbs)]);
        r.len = rng_below(&rng, 3000);
        if (r.verb == PEER_CLOSE && rng_below(&rng, 4)) continue;
        peer_call(e->peer, &r, &e->event, NULL);
      } else {
        wire_wait(e->wire, wire_now(e->wire) + (usec_t)rng_below(&rng, 2000000), -1);
        bool close_on_eof = rng_below(&rng, 2);
        if (rng_below(&rng, 50) == 0) peer_app(e, (enum peer_app)rng_below(&rng, 5), close_on_eof);
      }
      check_streams(e);
      while (hear(e) && rng_below(&rng, 3)) continue;
      while (rng_below(&rng, 2) && peer_next_event(e->peer, &e->event)) note_event(e);
      check_streams(e);
    }
    end_free(e);
  }
}

/* How many may be half open: as many as the backlog, and one more; before 6.1 not that one. */
static void an_older_listener_is_full_sooner(void **state)
{
  (void)state;
  struct peer_numbers n = {.profile = tcp_profile_linux};
  assert_false(peer_syns_full(&n, 4, 4));
  assert_true(peer_syns_full(&n, 5, 4));
  tcp_profile_be_kernel(&n.profile, KERNEL(5, 10, 223));
  assert_true(peer_syns_full(&n, 4, 4));
  assert_false(peer_syns_full(&n, 3, 4));
  n.profile = tcp_profile_rfc9293;
  assert_false(peer_syns_full(&n, 4, 4));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_older_listener_is_full_sooner),
      cmocka_unit_test(every_setting_is_honoured_or_refused_by_name),
      cmocka_unit_test(settings_change_what_the_syn_ack_offers),
      cmocka_unit_test(msl_and_delayed_acks_can_be_set),
      cmocka_unit_test(status_tells),
      cmocka_unit_test(forget_leaves_no_trace),
      cmocka_unit_test(a_flood_is_bounded),
      cmocka_unit_test(old_requests_make_room),
      cmocka_unit_test(a_cookie_is_given_and_known_again),
      cmocka_unit_test(pieces_in_any_order_make_the_stream),
      cmocka_unit_test(what_is_lost_is_sent_again),
      cmocka_unit_test(nonsense_breaks_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
