/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Late is not silent: a session over a wire that brings nothing to either end before somebody asks whether all
   has arrived. Taken for silence, what is late would be a riddle: a prediction that is not met, a state that
   is denied. And silence that is not known is not claimed. */
#include "engine/base/err.h"
#include "engine/peer/model.h"
#include "engine/session/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* -- the wire -- */
enum { HELD_MAX = 16, HELD_OCTETS = 1600 };

static struct late {
  struct wire wire, *inner;
  uint8_t held[HELD_MAX][HELD_OCTETS]; /* on their way to the peer */
  size_t len[HELD_MAX], count;
  bool arrived; /* what is there may be received */
  bool mute;    /* it cannot be known whether all has arrived */
  bool loses;   /* what is on its way never arrives */
  unsigned asked;
} late;

static bool late_send(struct wire *w, const uint8_t *octets, size_t len, struct err *err)
{
  (void)w;
  (void)err;
  assert_true(late.count < HELD_MAX && len <= HELD_OCTETS);
  memcpy(late.held[late.count], octets, len);
  late.len[late.count++] = len;
  return true;
}

static bool late_settle(struct wire *w, struct err *err)
{
  (void)w;
  late.asked++;
  if (late.mute) return err_set(err, ERR_UNAVAILABLE, "nobody answers");
  for (size_t i = 0; i < late.count && !late.loses; i++)
    assert_true(wire_send(late.inner, late.held[i], late.len[i], err));
  late.count = 0;
  late.arrived = true;
  return true;
}

static void late_drain(struct wire *w, wire_arrival *arrival, void *ctx)
{
  (void)w;
  if (!late.arrived) return;
  late.arrived = false;
  wire_drain(late.inner, arrival, ctx);
}

static size_t late_recv(struct wire *w, uint8_t *out, size_t cap, usec_t *when)
{
  (void)w;
  return late.arrived ? wire_recv(late.inner, out, cap, when) : 0;
}

static usec_t late_now(struct wire *w)
{
  (void)w;
  return wire_now(late.inner);
}

static size_t late_pollfds(struct wire *w, struct pollfd *fds, size_t cap)
{
  (void)w;
  return wire_pollfds(late.inner, fds, cap);
}

static bool late_wait(struct wire *w, usec_t until, int wake_fd)
{
  (void)w;
  late.arrived = true; /* time has passed */
  return wire_wait(late.inner, until, wake_fd);
}

static usec_t late_deadline(struct wire *w)
{
  (void)w;
  return wire_deadline(late.inner);
}

static void late_free(struct wire *w)
{
  (void)w;
  wire_free(late.inner);
}

static const struct wire_ops late_ops = {
    .name = "late",
    .send = late_send,
    .recv = late_recv,
    .drain = late_drain,
    .settle = late_settle,
    .now = late_now,
    .pollfds = late_pollfds,
    .wait = late_wait,
    .deadline = late_deadline,
    .free = late_free,
};

/* -- the session -- */
static int setup(void **state)
{
  struct addr you, other;
  struct peer *peer;
  struct err err;
  memset(&late, 0, sizeof late);
  late.wire.ops = &late_ops;
  assert_true(addr_parse("10.9.0.1", 8, &you, &err));
  assert_true(addr_parse("10.9.0.2", 8, &other, &err));
  struct model_config model = {.you = you, .peer = other, .profile = &tcp_profile_linux, .seed = 7};
  assert_true(model_new(&model, &late.inner, &peer, &err));
  struct session_config config = {.wire = &late.wire,
                                  .peer = peer,
                                  .your_address = you,
                                  .peer_address = other,
                                  .your_profile = &tcp_profile_rfc9293,
                                  .peer_profile = &tcp_profile_linux,
                                  .seed = 42,
                                  .sees_truth = true,
                                  .wake_fd = -1,
                                  .world = model_world,
                                  .world_ctx = peer};
  *state = session_new(&config, &err);
  assert_non_null(*state);
  return 0;
}

static int teardown(void **state)
{
  session_free(*state);
  return 0;
}

static void sends(struct session *s, const char *text)
{
  uint8_t store[256];
  struct session_send what = {.fate = FATE_SENT};
  struct err err;
  err_clear(&err);
  if (!segment_parse(text, strlen(text), session_env(s), store, sizeof store, &what.segment, &err))
    fail_msg("%s", err.message);
  if (!session_send(s, &what, &err)) fail_msg("send %s: %s", text, err.message);
}

static void peer_calls(struct session *s, struct peer_request r)
{
  struct err err;
  err_clear(&err);
  if (!session_peer_call(s, &r, NULL, &err)) fail_msg("peer %s: %s", peer_verb_name(r.verb), err.message);
}

static bool expects_nothing(struct session *s, struct err *err)
{
  struct session_wait nothing = {.goal = GOAL_NOTHING, .as_written = "nothing", .as_written_len = 7};
  err_clear(err);
  return session_expect(s, &nothing, err);
}

static void ends_are_in(struct session *s, enum tcp_state you, enum tcp_state peer)
{
  assert_string_equal(tcp_state_name(session_tcb(s)[END_YOU].state), tcp_state_name(you));
  assert_string_equal(tcp_state_name(session_tcb(s)[END_PEER].state), tcp_state_name(peer));
}

static unsigned notes(struct session *s, enum message message)
{
  unsigned n = 0;
  const struct trace *t = session_trace(s);
  for (size_t i = 0; i < trace_count(t); i++) {
    const struct record *r = trace_at(t, i);
    n += r->kind == RECORD_NOTE && r->message == message;
  }
  return n;
}

static unsigned denied(struct session *s)
{
  unsigned n = 0;
  const struct trace *t = session_trace(s);
  for (size_t i = 0; i < trace_count(t); i++) n += trace_at(t, i)->confirmed == TRUTH_DENIED;
  return n;
}

static void nothing_was_a_riddle(struct session *s)
{
  assert_int_equal(notes(s, MESSAGE_UNFORESEEN) + notes(s, MESSAGE_MISSING) + notes(s, MESSAGE_DENIED), 0);
  assert_int_equal(denied(s), 0);
}

/* -- the tests -- */
static void what_is_late_is_no_riddle(void **state)
{
  struct session *s = *state;
  peer_calls(s, (struct peer_request){.verb = PEER_APP, .app = APP_NONE});
  sends(s, "SYN");
  ends_are_in(s, STATE_ESTABLISHED, STATE_SYN_RECEIVED);
  sends(s, "ACK");
  ends_are_in(s, STATE_ESTABLISHED, STATE_ESTABLISHED);
  sends(s, "PSH,ACK \"hello\"");
  peer_calls(s, (struct peer_request){.verb = PEER_SEND, .data = (const uint8_t *)"world", .len = 5});
  assert_int_equal(session_tcb(s)[END_YOU].rcv.nxt - session_tcb(s)[END_YOU].irs, 6);
  sends(s, "FIN,ACK");
  ends_are_in(s, STATE_FIN_WAIT_2, STATE_CLOSE_WAIT);
  peer_calls(s, (struct peer_request){.verb = PEER_ABORT});
  ends_are_in(s, STATE_CLOSED, STATE_CLOSED);
  nothing_was_a_riddle(s);
}

/* What arrives makes the app act, and what the app does makes something arrive: late, both. */
static void an_app_acts_on_what_is_late(void **state)
{
  struct session *s = *state;
  peer_calls(s, (struct peer_request){.verb = PEER_APP, .app = APP_ECHO, .close_on_eof = true});
  sends(s, "SYN");
  sends(s, "ACK");
  sends(s, "PSH,ACK \"again\"");
  assert_int_equal(session_tcb(s)[END_YOU].rcv.nxt - session_tcb(s)[END_YOU].irs, 6);
  sends(s, "ACK");
  sends(s, "FIN,ACK");
  ends_are_in(s, STATE_TIME_WAIT, STATE_LAST_ACK);
  nothing_was_a_riddle(s);
}

static void nothing_is_expected_when_it_is_known(void **state)
{
  struct session *s = *state;
  struct err err;
  assert_true(expects_nothing(s, &err));
  sends(s, "SYN");
  assert_false(expects_nothing(s, &err));
}

/* Nobody asks when nothing has been done since. */
static void it_is_asked_for_as_often_as_needed(void **state)
{
  struct session *s = *state;
  sends(s, "SYN");
  unsigned asked = late.asked;
  session_pump(s);
  session_pump(s);
  assert_int_equal(late.asked, asked);
  sends(s, "ACK");
  assert_in_range(late.asked, asked + 1, asked + 2);
}

static void true_silence_is_told(void **state)
{
  struct session *s = *state;
  late.loses = true;
  sends(s, "SYN");
  assert_int_equal(notes(s, MESSAGE_MISSING), 1);
  assert_true(denied(s) > 0);
}

static void silence_that_is_not_known_is_not_claimed(void **state)
{
  struct session *s = *state;
  struct err err;
  session_pump(s);
  late.mute = true;
  sends(s, "SYN");
  assert_int_equal(notes(s, MESSAGE_NOT_DONE), 1);
  assert_false(expects_nothing(s, &err));
  assert_non_null(strstr(err.message, "the peer may not be done yet"));
  session_pump(s);
  assert_int_equal(notes(s, MESSAGE_NOT_DONE), 1);
  nothing_was_a_riddle(s);
  late.mute = false;
  session_pump(s);
  ends_are_in(s, STATE_ESTABLISHED, STATE_SYN_RECEIVED);
  nothing_was_a_riddle(s);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(what_is_late_is_no_riddle),
      TEST(an_app_acts_on_what_is_late),
      TEST(nothing_is_expected_when_it_is_known),
      TEST(it_is_asked_for_as_often_as_needed),
      TEST(true_silence_is_told),
      TEST(silence_that_is_not_known_is_not_claimed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
