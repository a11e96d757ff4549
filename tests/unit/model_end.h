/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person's end of a connection with the model, for its tests: segments are made by hand and go as octets.
   Nothing here knows what TCP would do; `seq` and `ack` are what the next segment says. */
#ifndef TCPTUTOR_TESTS_UNIT_MODEL_END_H
#define TCPTUTOR_TESTS_UNIT_MODEL_END_H

#include "engine/base/err.h"
#include "engine/peer/model.h"
#include "engine/peer/peer.h"
#include "engine/segment/codec.h"
#include "engine/tcp/profile.h"
#include "engine/wire/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct end {
  struct wire *wire;
  struct peer *peer;
  struct pair pair;
  seq_t seq, ack;
  uint16_t win;
  struct segment in; /* the last that was heard; its payload is in `octets` */
  usec_t when;
  uint8_t octets[65536];
  struct peer_event event; /* the last result or event */
  char text[65537];        /* what it brought */
};

static inline struct end *end_new(const struct tcp_profile *profile, uint64_t seed)
{
  struct end *e = test_calloc(1, sizeof *e);
  struct model_config config = {.profile = profile, .seed = seed, .calendar = 1660780800};
  struct err err;

  assert_true(addr_parse("10.9.0.1", 8, &e->pair.you, NULL));
  assert_true(addr_parse("10.9.0.2", 8, &e->pair.peer, NULL));
  e->pair.you_port = 1037;
  e->pair.peer_port = 9;
  e->seq = 1000;
  e->win = 4096;
  config.you = e->pair.you;
  config.peer = e->pair.peer;
  assert_true(model_new(&config, &e->wire, &e->peer, &err));
  return e;
}

static inline void end_free(struct end *e)
{
  wire_free(e->wire);
  peer_free(e->peer);
  test_free(e);
}

static inline void send_segment(struct end *e, const struct segment *s)
{
  uint8_t octets[2048];
  size_t len = segment_encode(s, octets, sizeof octets);

  assert_true(len > 0);
  assert_true(wire_send(e->wire, octets, len, NULL));
}

static inline struct segment make(const struct end *e, uint8_t flags, const char *text)
{
  return (struct segment){.src = e->pair.you,
                          .dst = e->pair.peer,
                          .sport = e->pair.you_port,
                          .dport = e->pair.peer_port,
                          .seq = e->seq,
                          .ack = (flags & ACK) ? e->ack : 0,
                          .flags = flags,
                          .win = e->win,
                          .data = (const uint8_t *)text,
                          .data_len = text ? strlen(text) : 0};
}

/* Sends at e->seq and moves it on. */
static inline void say(struct end *e, uint8_t flags, const char *text)
{
  struct segment s = make(e, flags, text);

  send_segment(e, &s);
  e->seq += segment_len(&s);
}

/* Sends at SEQ; e->seq stays. */
static inline void say_at(struct end *e, seq_t seq, uint8_t flags, const char *text)
{
  struct segment s = make(e, flags, text);

  s.seq = seq;
  send_segment(e, &s);
}

/* The next segment, if there is one. */
static inline bool hear(struct end *e)
{
  struct decode_notes notes;
  size_t len = wire_recv(e->wire, e->octets, sizeof e->octets, &e->when);

  if (len == 0) return false;
  assert_true(segment_decode(e->octets, len, &e->in, &notes, NULL));
  assert_true(notes.sum_ok && notes.ip_sum_ok && !notes.cut && !notes.options_broken);
  return true;
}

#define silence(e) assert_false(hear(e))

/* The next segment has these flags (PSH aside), numbers and payload; TEXT NULL: none. */
static inline void expect_at(struct end *e, uint8_t flags, seq_t seq, seq_t ack, const char *text,
                             const char *file, int line)
{
  _assert_true(hear(e), "a segment arrives", file, line);
  _assert_int_equal(flags, e->in.flags & (uint8_t)~PSH, file, line);
  _assert_int_equal(seq, e->in.seq, file, line);
  _assert_int_equal(ack, e->in.ack, file, line);
  _assert_int_equal(text ? strlen(text) : 0, e->in.data_len, file, line);
  if (text) _assert_memory_equal(text, e->in.data, strlen(text), file, line);
}
#define expect(e, flags, seq, ack, text) expect_at(e, flags, seq, ack, text, __FILE__, __LINE__)

static inline struct peer_truth truth(struct end *e)
{
  struct peer_truth t;

  assert_true(peer_truth(e->peer, &e->pair, &t, NULL));
  assert_true(t.known);
  return t;
}

#define assert_state(e, s) assert_string_equal(tcp_state_name(truth(e).state), tcp_state_name(STATE_##s))

static inline void note_event(struct end *e)
{
  size_t len = e->event.data ? e->event.len : 0;

  assert_true(len < sizeof e->text);
  if (len > 0) memcpy(e->text, e->event.data, len);
  e->text[len] = '\0';
}

static inline struct peer_request request(const struct end *e, enum peer_verb verb)
{
  return (struct peer_request){.verb = verb, .pair = e->pair, .backlog = -1};
}

static inline void ask(struct end *e, const struct peer_request *r)
{
  struct err err;

  err_clear(&err);
  if (!peer_call(e->peer, r, &e->event, &err)) fail_msg("%s", err.message);
  note_event(e);
}

/* The verb with nothing but the connection. */
static inline const struct peer_event *do_verb(struct end *e, enum peer_verb verb)
{
  struct peer_request r = request(e, verb);

  ask(e, &r);
  return &e->event;
}

static inline enum err_code refused(struct end *e, const struct peer_request *r)
{
  struct err err;

  err_clear(&err);
  assert_false(peer_call(e->peer, r, &e->event, &err));
  assert_true(err.message[0] != '\0');
  return err.code;
}

static inline const struct peer_event *peer_sends(struct end *e, const char *text)
{
  struct peer_request r = request(e, PEER_SEND);

  r.data = (const uint8_t *)text;
  r.len = strlen(text);
  ask(e, &r);
  return &e->event;
}

static inline void peer_app(struct end *e, enum peer_app app, bool close_on_eof)
{
  struct peer_request r = request(e, PEER_APP);

  r.app = app;
  r.close_on_eof = close_on_eof;
  ask(e, &r);
}

static inline void peer_sets(struct end *e, const char *key, const char *value)
{
  struct peer_request r = request(e, PEER_SET);

  r.key = key;
  r.value = value;
  ask(e, &r);
  assert_int_equal(e->event.outcome, PEER_DONE);
}

static inline void peer_isn(struct end *e, uint32_t isn)
{
  struct peer_request r = request(e, PEER_ISN);

  r.isn = isn;
  ask(e, &r);
}

/* The next event is of this verb; it is left in e->event. */
static inline bool event_is(struct end *e, enum peer_verb verb, enum peer_outcome outcome)
{
  if (!peer_next_event(e->peer, &e->event)) return false;
  note_event(e);
  return e->event.verb == verb && e->event.outcome == outcome;
}

static inline bool no_event(struct end *e) { return !peer_next_event(e->peer, &e->event); }

/* Lets D pass, timer by timer. Whatever the model says or does meanwhile goes by unheard. */
static inline void pass(struct end *e, usec_t d)
{
  usec_t until = wire_now(e->wire) + d;

  for (;;) {
    while (hear(e) || peer_next_event(e->peer, &e->event)) continue;
    if (wire_now(e->wire) >= until) return;
    wire_wait(e->wire, until, -1);
  }
}

/* Waits for the model's next timer; false: it has none. */
static inline bool until_timer(struct end *e)
{
  usec_t due = wire_deadline(e->wire);

  if (due == USEC_NEVER) return false;
  assert_false(wire_wait(e->wire, USEC_NEVER, -1));
  assert_int_equal(wire_now(e->wire), due);
  return true;
}

/* ESTABLISHED, accepted, nobody reads unless told to. */
static inline void open_connection(struct end *e)
{
  peer_app(e, APP_NONE, false);
  say(e, SYN, NULL);
  assert_true(hear(e));
  assert_int_equal(e->in.flags, SYN | ACK);
  e->ack = e->in.seq + 1;
  say(e, ACK, NULL);
  assert_int_equal(do_verb(e, PEER_ACCEPT)->outcome, PEER_DONE);
  silence(e);
}

/* The same under either profile, from a fresh start. */
static const struct tcp_profile *const both[] = {&tcp_profile_rfc9293, &tcp_profile_linux};

#define FOR_BOTH(e)                                                                                          \
  for (size_t p_ = 0; p_ < 2; p_++)                                                                          \
    for (struct end *e = end_new(both[p_], 7), *once_ = e; once_; end_free(e), once_ = NULL)

#endif
