/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lab with wire and peer for the tests that need the real kernel, and a hand to play your side with.
   Everything waits for what it expects, with a generous bound; nothing sleeps. Include after cmocka.h, once.
   Who defines FIXTURE_BARE_WIRE has the lab's wire without the one around it.
 */
#ifndef TCPTUTOR_TESTS_LAB_FIXTURE_H
#define TCPTUTOR_TESTS_LAB_FIXTURE_H

#include "engine/base/err.h"
#include "engine/lab/diag.h"
#include "engine/lab/lab.h"
#include "engine/peer/peer_lab.h"
#include "engine/segment/codec.h"
#include "engine/segment/option.h"
#include "engine/wire/wire_lab.h"
#include "engine/wire/wire_shift.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOUND (5 * USEC_S)

static struct lab *lab;
static struct wire *wire;
static struct peer *peer;

/* The connection in hand: numbers as RFC 9293 names them, of your side. */
static struct {
  struct pair pair;
  seq_t snd_nxt, rcv_nxt;
} you;

static uint8_t arrival_octets[SEGMENT_OCTETS_MAX];
static struct segment arrival;
static struct decode_notes arrival_notes;
static usec_t arrival_when;

/* False, with TAP's word for it, where the lab is not to be had. */
static inline bool fixture_up(void)
{
  struct err err = {.code = ERR_NONE};

  lab = lab_up(&err);
  if (lab) wire = wire_lab_new(lab, &err);
#ifndef FIXTURE_BARE_WIRE
  wire = wire_shift_new(wire, &err);
#endif
  if (wire) peer = peer_lab_new(lab, wire, &err);
  if (peer) return true;
  printf("1..0 # SKIP %s%s%s\n", err.message, err.hint[0] ? "; " : "", err.hint);
  return false;
}

static inline void fixture_down(void)
{
  peer_free(peer);
  wire_free(wire);
  lab_free(lab);
}

static inline void check(bool ok, const struct err *err)
{
  if (!ok) fail_msg("%s (%s)", err->message, err->hint);
}

static inline void fresh(uint16_t your_port, uint16_t peer_port)
{
  memset(&you, 0, sizeof you);
  you.pair = (struct pair){*lab_you(lab), *lab_peer(lab), your_port, peer_port};
  you.snd_nxt = 5000;
}

/* A segment of the connection in hand, complete but for what the caller changes. */
static inline struct segment segment(uint8_t flags)
{
  return (struct segment){.src = you.pair.you,
                          .dst = you.pair.peer,
                          .sport = you.pair.you_port,
                          .dport = you.pair.peer_port,
                          .seq = you.snd_nxt,
                          .win = 65535,
                          .ack = flags & ACK ? you.rcv_nxt : 0,
                          .flags = flags};
}

static inline void transmit(const struct segment *s)
{
  uint8_t octets[2048];
  struct err err = {.code = ERR_NONE};
  size_t len = segment_encode(s, octets, sizeof octets);

  assert_true(len > 0);
  check(wire_send(wire, octets, len, &err), &err);
}

/* Sends and counts the numbers used. */
static inline void put(uint8_t flags, const char *text)
{
  struct segment s = segment(flags);
  struct err err = {.code = ERR_NONE};

  s.data = (const uint8_t *)text;
  s.data_len = text ? strlen(text) : 0;
  check(peer_before_send(peer, &you.pair, &s, &err), &err);
  transmit(&s);
  you.snd_nxt += segment_len(&s);
}

static inline bool arrived(void)
{
  size_t len = wire_recv(wire, arrival_octets, sizeof arrival_octets, &arrival_when);

  if (len == 0) return false;
  assert_true(segment_decode(arrival_octets, len, &arrival, &arrival_notes, NULL));
  assert_true(arrival_notes.sum_ok && arrival_notes.ip_sum_ok);
  return true;
}

/* All that the peer does at once has arrived. */
static inline void settle(void)
{
  struct err err = {.code = ERR_NONE};

  check(wire_settle(wire, &err), &err);
}

static inline void silence(void)
{
  settle();
  assert_false(arrived());
}

/* The next arrival, whatever connection it belongs to. */
static inline void await_any(void)
{
  usec_t until = wire_now(wire) + BOUND;

  while (!arrived()) {
    if (wire_now(wire) > until) fail_msg("nothing arrived");
    wire_wait(wire, until, -1);
  }
}

/* The next arrival: on the connection in hand, with these flags (PSH aside), in sequence. */
static inline void got(uint8_t flags)
{
  await_any();
  assert_int_equal(arrival.flags & ~PSH, flags);
  assert_int_equal(arrival.sport, you.pair.peer_port);
  assert_int_equal(arrival.dport, you.pair.you_port);
  if (flags & SYN) you.rcv_nxt = arrival.seq;
  assert_int_equal(arrival.seq, you.rcv_nxt);
  if (flags & ACK) assert_int_equal(arrival.ack, you.snd_nxt);
  you.rcv_nxt += segment_len(&arrival);
}

static inline struct peer_truth truth(void)
{
  struct peer_truth t;
  struct err err = {.code = ERR_NONE};

  settle();
  check(peer_truth(peer, &you.pair, &t, &err), &err);
  assert_true(t.known);
  return t;
}

static inline void peer_is(enum tcp_state state)
{
  assert_string_equal(tcp_state_name(truth().state), tcp_state_name(state));
}

static inline struct peer_event call_request(struct peer_request r)
{
  struct peer_event e;
  struct err err = {.code = ERR_NONE};

  if (!r.pair.peer_port) r.pair = you.pair;
  check(peer_call(peer, &r, &e, &err), &err);
  assert_int_equal(e.verb, r.verb);
  return e;
}

static inline struct peer_event call(enum peer_verb verb)
{
  return call_request((struct peer_request){.verb = verb, .backlog = -1});
}

static inline void done(enum peer_verb verb) { assert_int_equal(call(verb).outcome, PEER_DONE); }

/* The call is impossible; the error's code. */
static inline void impossible(struct peer_request r, enum err_code code)
{
  struct peer_event e;
  struct err err = {.code = ERR_NONE};

  if (!r.pair.peer_port) r.pair = you.pair;
  assert_false(peer_call(peer, &r, &e, &err));
  assert_int_equal(err.code, code);
  assert_true(err.message[0] != '\0');
}

static inline void app(enum peer_app kind, bool close_on_eof)
{
  call_request((struct peer_request){.verb = PEER_APP, .app = kind, .close_on_eof = close_on_eof});
}

static inline void set_to(const char *key, const char *value)
{
  call_request((struct peer_request){.verb = PEER_SET, .key = key, .value = value});
}

/* The next event, which must be of VERB with OUTCOME. */
static inline struct peer_event event(enum peer_verb verb, enum peer_outcome outcome)
{
  struct peer_event e = {.verb = PEER_VERB_COUNT};

  settle();
  if (!peer_next_event(peer, &e)) fail_msg("no event where %s was expected", peer_verb_name(verb));
  assert_string_equal(peer_verb_name(e.verb), peer_verb_name(verb));
  assert_int_equal(e.outcome, outcome);
  return e;
}

static inline void no_event(void)
{
  struct peer_event e;

  settle();
  if (peer_next_event(peer, &e)) fail_msg("an event nobody expected: %s", peer_verb_name(e.verb));
}

static inline void handshake(void)
{
  put(SYN, NULL);
  got(SYN | ACK);
  put(ACK, NULL);
}

/* A port of yours nobody has used yet. */
static inline uint16_t next_port(void)
{
  static uint16_t port = 2000;
  return port++;
}

static inline void begin(void)
{
  fresh(next_port(), 9);
  app(APP_NONE, false);
}

static inline void established(void)
{
  begin();
  handshake();
  done(PEER_ACCEPT);
}

/* Ends what a test leaves, so that the next begins with listener, app none and silence. */
static inline int tidy(void **state)
{
  struct peer_event e;

  (void)state;
  peer_forget(peer, &you.pair);
  app(APP_NONE, false);
  while (peer_next_event(peer, &e)) continue;
  settle();
  while (arrived()) continue;
  return 0;
}

#define LAB_TEST(f) cmocka_unit_test_setup_teardown(f, NULL, tidy)

#endif
