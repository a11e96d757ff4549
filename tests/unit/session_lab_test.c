/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session over the lab with a chosen ISN: the seven segments of TCP/IP Illustrated 1, Figure 18.1, digit for
   digit, on every kernel, whether it can be told its ISN or the wire renumbers; the latter tried on every kernel,
   too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/lab_fixture.h"

#include "engine/peer/peer_lab_own.h"
#include "engine/session/session.h"

enum { SVR4 = 1415531521, BSDI = 1823083521 };

static const struct {
  enum end from;
  uint8_t flags;
  seq_t seq, ack;
} book[] = {
    {END_YOU, SYN, SVR4, 0},
    {END_PEER, SYN | ACK, BSDI, SVR4 + 1},
    {END_YOU, ACK, SVR4 + 1, BSDI + 1},
    {END_YOU, FIN | ACK, SVR4 + 1, BSDI + 1},
    {END_PEER, ACK, BSDI + 1, SVR4 + 2},
    {END_PEER, FIN | ACK, BSDI + 1, SVR4 + 2},
    {END_YOU, ACK, SVR4 + 2, BSDI + 2},
};
enum { SEGMENTS = sizeof book / sizeof *book };

/* Takes wire and peer of the fixture over; the next test has others. */
static struct session *begin_session(bool renumbers)
{
  struct err err = {.code = ERR_NONE};

  if (!peer) {
    wire = wire_shift_new(wire_lab_new(lab, &err), &err);
    check(wire != NULL, &err);
    peer = peer_lab_new(lab, wire, &err);
    check(peer != NULL, &err);
  }
  peer_lab_of(peer)->isn_tried = renumbers;
  struct session_config config = {.wire = wire,
                                  .peer = peer,
                                  .your_address = *lab_you(lab),
                                  .peer_address = *lab_peer(lab),
                                  .your_profile = &tcp_profile_rfc9293,
                                  .peer_profile = &tcp_profile_linux,
                                  .sees_truth = true,
                                  .wake_fd = -1};
  struct session *s = session_new(&config, &err);
  check(s != NULL, &err);
  return s;
}

static void end_session(struct session *s)
{
  session_free(s);
  wire = NULL;
  peer = NULL;
}

static void peer_does(struct session *s, struct peer_request r)
{
  struct err err = {.code = ERR_NONE};

  r.backlog = -1;
  check(session_peer_call(s, &r, NULL, &err), &err);
}

static void sends(struct session *s, const char *text)
{
  uint8_t store[256];
  struct session_send what = {.fate = FATE_SENT};
  struct err err = {.code = ERR_NONE};

  check(segment_parse(text, strlen(text), session_env(s), store, sizeof store, &what.segment, &err), &err);
  check(session_send(s, &what, &err), &err);
}

static void expects(struct session *s, const char *pattern)
{
  struct session_wait what = {.goal = GOAL_SEGMENT,
                              .within = 2 * USEC_S,
                              .pattern = pattern,
                              .pattern_len = strlen(pattern),
                              .as_written = pattern,
                              .as_written_len = strlen(pattern)};
  struct err err = {.code = ERR_NONE};

  check(session_wait(s, &what, &err), &err);
}

static void play_the_book(struct session *s)
{
  peer_does(s, (struct peer_request){.verb = PEER_APP, .app = APP_NONE});
  peer_does(s, (struct peer_request){.verb = PEER_ISN, .isn = BSDI});
  sends(s, "SYN seq=1415531521");
  expects(s, "SYN,ACK");
  sends(s, "ACK");
  sends(s, "FIN,ACK");
  expects(s, "ACK");
  peer_does(s, (struct peer_request){.verb = PEER_CLOSE});
  expects(s, "FIN,ACK");
  sends(s, "ACK");
}

static void the_seven_segments(struct session *s)
{
  const struct trace *t = session_trace(s);

  assert_int_equal(trace_segments(t), SEGMENTS);
  for (unsigned i = 0; i < SEGMENTS; i++) {
    const struct record *r = trace_segment(t, i + 1);
    assert_int_equal(r->end, book[i].from);
    assert_int_equal(r->segment.flags, book[i].flags);
    assert_int_equal(r->segment.seq, book[i].seq);
    if (book[i].flags & ACK) assert_int_equal(r->segment.ack, book[i].ack);
    assert_true(r->notes.sum_ok);
    if (r->end == END_PEER) assert_int_equal(r->predicted, PREDICTION_MET);
  }
}

/* How often the wire's renumbering is told; nothing else may be strange. */
static unsigned told(struct session *s)
{
  const struct trace *t = session_trace(s);
  unsigned n = 0;

  for (size_t i = 0; i < trace_count(t); i++) {
    const struct record *r = trace_at(t, i);
    if (r->kind != RECORD_NOTE) continue;
    assert_int_not_equal(r->note, NOTE_UNKNOWN);
    n += r->message == MESSAGE_RENUMBERED || r->message == MESSAGE_RENUMBERED_AGAIN;
  }
  return n;
}

static void as_in_the_book(void **state)
{
  struct session *s = begin_session(false);
  bool obeyed = peer_lab_isn_obeyed(peer_lab_of(session_peer(s)));

  (void)state;
  play_the_book(s);
  the_seven_segments(s);
  assert_int_equal(told(s), obeyed ? 0 : 1);
  end_session(s);
}

static void as_in_the_book_by_the_wire(void **state)
{
  struct session *s = begin_session(true);
  struct err err = {.code = ERR_NONE};

  (void)state;
  play_the_book(s);
  the_seven_segments(s);
  assert_int_equal(told(s), 1);
  /* Each connection that is renumbered is told of, and a repeated SYN,ACK is not. */
  check(session_new_connection(s, 0, &err), &err);
  peer_does(s, (struct peer_request){.verb = PEER_ISN, .isn = 4294967295u});
  sends(s, "SYN");
  expects(s, "SYN,ACK seq=4294967295");
  expects(s, "SYN,ACK seq=4294967295");
  assert_int_equal(told(s), 2);
  sends(s, "ACK seq=iss+1 ack=0");
  peer_does(s, (struct peer_request){.verb = PEER_CLOSE});
  expects(s, "FIN,ACK seq=0");
  check(session_new_connection(s, 0, &err), &err);
  sends(s, "SYN");
  expects(s, "SYN,ACK");
  assert_int_equal(told(s), 2);
  end_session(s);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(as_in_the_book),
      cmocka_unit_test(as_in_the_book_by_the_wire),
  };

  if (!fixture_up()) return 0;
  int failed = cmocka_run_group_tests_name("session_lab", tests, NULL, NULL);
  if (peer) fixture_down();
  return failed;
}
