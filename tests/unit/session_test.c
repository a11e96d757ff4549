/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session over the model: what is sent, predicted, owed, waited for and expected, step by step. */
#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/peer/model.h"
#include "engine/session/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct session *session_over_model(const struct tcp_profile *profile)
{
  struct addr you, peer_address;
  struct wire *wire;
  struct peer *peer;
  struct err err;
  assert_true(addr_parse("10.9.0.1", 8, &you, &err));
  assert_true(addr_parse("10.9.0.2", 8, &peer_address, &err));
  struct model_config model = {.you = you, .peer = peer_address, .profile = profile, .seed = 7};
  assert_true(model_new(&model, &wire, &peer, &err));
  struct session_config config = {.wire = wire,
                                  .peer = peer,
                                  .your_address = you,
                                  .peer_address = peer_address,
                                  .your_profile = &tcp_profile_rfc9293,
                                  .peer_profile = profile,
                                  .seed = 42,
                                  .sees_truth = true,
                                  .wake_fd = -1,
                                  .world = model_world,
                                  .world_ctx = peer};
  struct session *s = session_new(&config, &err);
  assert_non_null(s);
  return s;
}

static int setup(void **state)
{
  *state = session_over_model(&tcp_profile_linux);
  return 0;
}

static int teardown(void **state)
{
  session_free(*state);
  return 0;
}

static void send_fate(struct session *s, const char *text, enum segment_fate fate, const char *hold)
{
  uint8_t store[256];
  struct session_send what = {.fate = fate, .hold_name = hold};
  struct err err;
  err_clear(&err);
  if (!segment_parse(text, strlen(text), session_env(s), store, sizeof store, &what.segment, &err))
    fail_msg("%s", err.message);
  if (!session_send(s, &what, &err)) fail_msg("send %s: %s", text, err.message);
}

static void sends(struct session *s, const char *text) { send_fate(s, text, FATE_SENT, NULL); }

static bool expects(struct session *s, const char *pattern, struct err *err)
{
  struct session_wait what = {.goal = GOAL_SEGMENT,
                              .within = -1,
                              .pattern = pattern,
                              .pattern_len = strlen(pattern),
                              .as_written = pattern,
                              .as_written_len = strlen(pattern)};
  return session_expect(s, &what, err);
}

static void expects_segment(struct session *s, const char *pattern)
{
  struct err err;
  err_clear(&err);
  if (!expects(s, pattern, &err)) fail_msg("%s", err.message);
}

static void peer_does(struct session *s, enum peer_verb verb)
{
  struct peer_request r = {.verb = verb, .backlog = -1};
  struct err err;
  err_clear(&err);
  if (!session_peer_call(s, &r, NULL, &err)) fail_msg("peer %s: %s", peer_verb_name(verb), err.message);
}

static void assert_states(struct session *s, enum tcp_state you, enum tcp_state peer)
{
  const struct tcb *t = session_tcb(s);
  assert_string_equal(tcp_state_name(t[END_YOU].state), tcp_state_name(you));
  assert_string_equal(tcp_state_name(t[END_PEER].state), tcp_state_name(peer));
}

static const struct record *last_of(struct session *s, enum record_kind kind)
{
  struct trace *t = session_trace(s);
  for (size_t i = trace_count(t); i-- > 0;)
    if (trace_at(t, i)->kind == kind) return trace_at(t, i);
  return NULL;
}

static unsigned notes_of(struct session *s, enum note_kind note)
{
  unsigned n = 0;
  struct trace *t = session_trace(s);
  for (size_t i = 0; i < trace_count(t); i++)
    n += trace_at(t, i)->kind == RECORD_NOTE && trace_at(t, i)->note == note;
  return n;
}

static void handshake(struct session *s)
{
  sends(s, "SYN");
  expects_segment(s, "SYN,ACK ack=snd.nxt");
  sends(s, "ACK");
  assert_states(s, STATE_ESTABLISHED, STATE_ESTABLISHED);
}

/* What is known of the listener's queue from an earlier step counts only as long as nothing could change it.
 */
static void a_full_accept_queue_is_foreseen(void **state)
{
  struct session *s = *state;
  struct peer_request none = {.verb = PEER_APP, .app = APP_NONE},
                      listener = {.verb = PEER_LISTEN, .backlog = 0};
  struct err err;
  assert_true(session_peer_call(s, &none, NULL, &err));
  assert_true(session_peer_call(s, &listener, NULL, &err));
  handshake(s);
  assert_true(session_new_connection(s, 0, &err));
  sends(s, "SYN");
  assert_states(s, STATE_SYN_SENT, STATE_LISTEN);
  sends(s, "SYN");
  assert_states(s, STATE_SYN_SENT, STATE_LISTEN);
  assert_int_equal(notes_of(s, NOTE_EXPLAINED), 2);
  const struct record *note = last_of(s, RECORD_NOTE);
  assert_int_equal(note->message, MESSAGE_DIFFERS);
  assert_true(note->facts.by_rfc.kind == ANSWER_SEGMENT && note->facts.by_rfc.flags == (SYN | ACK));
  assert_int_equal(note->facts.by_rfc.to, STATE_SYN_RECEIVED);
  assert_true(note->facts.answer.kind == ANSWER_DROPPED && note->facts.answer.to == STATE_LISTEN);
  assert_true(session_use(s, 1, &err));
  peer_does(s, PEER_ACCEPT);
  assert_true(session_use(s, 2, &err));
  sends(s, "SYN seq=iss");
  assert_states(s, STATE_ESTABLISHED, STATE_SYN_RECEIVED);
  assert_int_equal(notes_of(s, NOTE_UNKNOWN), 0);
}

static void handshake_moves_both_ends(void **state)
{
  struct session *s = *state;
  assert_states(s, STATE_CLOSED, STATE_LISTEN);
  sends(s, "SYN seq=1415531521");
  assert_states(s, STATE_ESTABLISHED, STATE_SYN_RECEIVED);
  const struct record *reply = trace_segment(session_trace(s), 2);
  assert_int_equal(reply->end, END_PEER);
  assert_int_equal(reply->segment.flags, SYN | ACK);
  assert_int_equal(reply->segment.ack, 1415531522);
  assert_int_equal(reply->predicted, PREDICTION_MET);
  const struct record *owed = last_of(s, RECORD_NOTE);
  assert_int_equal(owed->note, NOTE_OWED);
  assert_int_equal(owed->message, MESSAGE_OWED);
  assert_int_equal(owed->facts.flags, ACK);
  expects_segment(s, "SYN,ACK ack=1415531522");
  struct err err;
  assert_true(session_send_owed(s, &err));
  assert_states(s, STATE_ESTABLISHED, STATE_ESTABLISHED);
  assert_int_equal(last_of(s, RECORD_STATE)->confirmed, TRUTH_CONFIRMED);
  assert_int_equal(notes_of(s, NOTE_UNKNOWN), 0);
}

static void bare_send_owes_nothing(void **state)
{
  struct session *s = *state;
  struct err err;
  err_clear(&err);
  assert_false(session_send_owed(s, &err));
  assert_int_equal(err.code, ERR_STATE);
  assert_non_null(strstr(err.message, "nothing is owed"));
  assert_int_equal(trace_segments(session_trace(s)), 0);
}

static void active_close_waits_two_msl(void **state)
{
  struct session *s = *state;
  handshake(s);
  sends(s, "FIN,ACK");
  assert_states(s, STATE_FIN_WAIT_2, STATE_CLOSE_WAIT);
  peer_does(s, PEER_CLOSE);
  assert_states(s, STATE_TIME_WAIT, STATE_LAST_ACK);
  struct err err;
  assert_true(session_send_owed(s, &err));
  assert_states(s, STATE_TIME_WAIT, STATE_CLOSED);
  usec_t before = session_now(s);
  struct session_wait wait = {.goal = GOAL_2MSL, .within = -1};
  assert_true(session_wait(s, &wait, &err));
  assert_int_equal((session_now(s) - before) / USEC_S, 240);
  assert_states(s, STATE_CLOSED, STATE_CLOSED);
  assert_int_equal(notes_of(s, NOTE_UNKNOWN), 0);
}

static void peers_time_wait_is_sixty_seconds(void **state)
{
  struct session *s = *state;
  handshake(s);
  peer_does(s, PEER_CLOSE);
  expects_segment(s, "FIN,ACK");
  sends(s, "ACK");
  assert_states(s, STATE_CLOSE_WAIT, STATE_FIN_WAIT_2);
  sends(s, "FIN,ACK");
  assert_states(s, STATE_CLOSED, STATE_TIME_WAIT);
  struct err err;
  struct session_wait wait = {.goal = GOAL_2MSL, .within = -1};
  usec_t before = session_now(s);
  assert_true(session_wait(s, &wait, &err));
  assert_int_equal((session_now(s) - before) / USEC_S, 60);
  assert_int_equal(last_of(s, RECORD_TIMER)->end, END_PEER);
}

static void lost_segment_never_arrives(void **state)
{
  struct session *s = *state;
  sends(s, "SYN");
  send_fate(s, "ACK", FATE_LOST, NULL);
  assert_states(s, STATE_ESTABLISHED, STATE_SYN_RECEIVED);
  assert_int_equal(last_of(s, RECORD_SEGMENT)->fate, FATE_LOST);
  struct err err;
  struct session_wait wait = {
      .goal = GOAL_SEGMENT, .within = 5 * USEC_S, .pattern = "SYN,ACK", .pattern_len = 7};
  expects_segment(s, "SYN,ACK");
  assert_true(session_wait(s, &wait, &err));
  assert_int_equal(session_now(s) / USEC_S, 1); /* Linux repeats its SYN,ACK after a second */
  assert_int_equal(last_of(s, RECORD_SEGMENT)->intent, INTENT_RETRANSMIT);
}

static void lose_takes_the_next_arrival(void **state)
{
  struct session *s = *state;
  session_lose(s, 1);
  sends(s, "SYN");
  assert_states(s, STATE_SYN_SENT, STATE_SYN_RECEIVED);
  assert_int_equal(last_of(s, RECORD_SEGMENT)->fate, FATE_LOST);
}

static void held_segment_arrives_when_released(void **state)
{
  struct session *s = *state;
  send_fate(s, "SYN", FATE_HELD, "old");
  assert_states(s, STATE_SYN_SENT, STATE_LISTEN);
  struct err err;
  err_clear(&err);
  assert_false(session_release(s, "young", &err));
  assert_int_equal(err.code, ERR_UNKNOWN);
  assert_true(session_release(s, "old", &err));
  assert_states(s, STATE_ESTABLISHED, STATE_SYN_RECEIVED);
}

static void stray_does_not_move_you(void **state)
{
  struct session *s = *state;
  send_fate(s, "SYN seq=90", FATE_STRAY, NULL);
  assert_int_equal(session_tcb(s)[END_YOU].debt_count, 1); /* a live old client owes a RST */
  assert_states(s, STATE_CLOSED, STATE_SYN_RECEIVED);
}

static void bad_checksum_is_silence(void **state)
{
  struct session *s = *state;
  sends(s, "SYN sum=bad");
  assert_states(s, STATE_SYN_SENT, STATE_LISTEN);
  assert_int_equal(last_of(s, RECORD_NOTE)->note, NOTE_SILENCE);
}

static void wrong_ack_is_explained_before_the_answer(void **state)
{
  struct session *s = *state;
  sends(s, "SYN");
  sends(s, "ACK ack=+1");
  assert_int_equal(notes_of(s, NOTE_WRONG), 1);
  assert_states(s, STATE_ESTABLISHED, STATE_SYN_RECEIVED);
  const struct record *reply = last_of(s, RECORD_SEGMENT);
  assert_int_equal(reply->segment.flags & RST, RST);
  assert_int_equal(reply->predicted, PREDICTION_MET);
}

/* What the last note says a TCP answers, or would. */
static void is_answered(struct session *s, enum message message, const struct answer *wanted)
{
  const struct record *note = last_of(s, RECORD_NOTE);
  const struct answer *a = &note->facts.answer;
  assert_int_equal(note->message, message);
  assert_int_equal(a->kind, wanted->kind);
  assert_true(a->from == wanted->from && a->to == wanted->to && a->flags == wanted->flags);
  assert_true(a->seq_known == wanted->seq_known && a->ack_known == wanted->ack_known);
  if (a->seq_known) assert_int_equal(a->seq, wanted->seq);
  if (a->ack_known) assert_int_equal(a->ack, wanted->ack);
}

static void answers_are_kept_as_facts(void **state)
{
  struct session *s = *state;
  const struct tcb *t = session_tcb(s);
  sends(s, "SYN");
  sends(s, "ACK ack=+1"); /* RFC 9293 3.10.7.4: <SEQ=SEG.ACK><CTL=RST> */
  struct answer a = {
      .kind = ANSWER_SEGMENT, .from = STATE_SYN_RECEIVED, .to = STATE_SYN_RECEIVED, .flags = RST};
  a.seq_known = true;
  a.seq = t[END_YOU].rcv.nxt + 1;
  is_answered(s, MESSAGE_WRONG_ANSWERED, &a);
  sends(s, "ACK");
  sends(s, "ACK ack=+1"); /* <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> */
  a.from = a.to = STATE_ESTABLISHED;
  a.flags = ACK;
  a.ack_known = true;
  a.seq = t[END_PEER].snd.nxt;
  a.ack = t[END_PEER].rcv.nxt;
  is_answered(s, MESSAGE_WRONG_ANSWERED, &a);
  send_fate(s, "ACK", FATE_STRAY, NULL);
  a = (struct answer){.kind = ANSWER_DROPPED, .from = STATE_ESTABLISHED, .to = STATE_ESTABLISHED};
  is_answered(s, MESSAGE_STRAY_ANSWERED, &a);
  send_fate(s, "RST seq=snd.nxt", FATE_STRAY, NULL);
  a.kind = ANSWER_SILENCE;
  a.to = STATE_CLOSED;
  is_answered(s, MESSAGE_STRAY_ANSWERED, &a);
}

static void failed_expectation_says_what_differs(void **state)
{
  struct session *s = *state;
  sends(s, "SYN");
  struct err err;
  err_clear(&err);
  assert_false(expects(s, "SYN,ACK ack=5", &err));
  assert_int_equal(err.code, ERR_MISMATCH);
  assert_non_null(strstr(err.message, "expected 5"));
  assert_false(last_of(s, RECORD_EXPECT)->ok);
  expects_segment(s, "SYN,ACK"); /* it was not used up */
}

static void expect_nothing_fails_on_an_arrival(void **state)
{
  struct session *s = *state;
  struct err err;
  struct session_wait nothing = {
      .goal = GOAL_NOTHING, .within = -1, .as_written = "nothing", .as_written_len = 7};
  assert_true(session_expect(s, &nothing, &err));
  sends(s, "SYN");
  assert_false(session_expect(s, &nothing, &err));
}

static void auto_pays_debts(void **state)
{
  struct session *s = *state;
  session_auto(s, true);
  sends(s, "SYN");
  assert_states(s, STATE_ESTABLISHED, STATE_ESTABLISHED);
}

static void own_calls_open_and_close(void **state)
{
  struct session *s = *state;
  struct err err;
  session_auto(s, true);
  assert_true(session_call(s, CALL_OPEN_ACTIVE, 0, &err));
  assert_states(s, STATE_ESTABLISHED, STATE_ESTABLISHED);
  assert_false(session_call(s, CALL_OPEN_ACTIVE, 0, &err));
  assert_non_null(strstr(err.message, "connection already exists"));
  assert_true(session_call(s, CALL_CLOSE, 0, &err));
  assert_states(s, STATE_FIN_WAIT_2, STATE_CLOSE_WAIT);
  assert_true(session_call(s, CALL_ABORT, 0, &err));
  assert_states(s, STATE_CLOSED, STATE_CLOSED);
}

static void you_as_the_server(void **state)
{
  struct session *s = *state;
  struct err err;
  assert_true(session_call(s, CALL_OPEN_PASSIVE, 0, &err));
  assert_int_equal(session_tcb(s)[END_YOU].state, STATE_LISTEN);
  peer_does(s, PEER_CONNECT);
  assert_states(s, STATE_SYN_RECEIVED, STATE_SYN_SENT);
  assert_true(session_send_owed(s, &err));
  assert_states(s, STATE_ESTABLISHED, STATE_ESTABLISHED);
  assert_int_equal(notes_of(s, NOTE_UNKNOWN), 0);
}

static void peer_reads_what_you_sent(void **state)
{
  struct session *s = *state;
  struct err err;
  struct peer_request none = {.verb = PEER_APP, .app = APP_NONE};
  assert_true(session_peer_call(s, &none, NULL, &err));
  handshake(s);
  sends(s, "PSH,ACK \"hello\"");
  struct session_wait read = {.goal = GOAL_PEER_READ,
                              .within = -1,
                              .text = "hello",
                              .text_len = 5,
                              .as_written = "peer read hello",
                              .as_written_len = 15};
  assert_true(session_expect(s, &read, &err));
  sends(s, "PSH,ACK \"world\"");
  assert_false(session_expect(s, &read, &err));
}

/* The call recorded last. */
static const struct record_call *call_of(struct session *s) { return &last_of(s, RECORD_CALL)->call; }

static void calls_are_kept_as_facts(void **state)
{
  struct session *s = *state;
  struct err err;
  struct peer_request none = {.verb = PEER_APP, .app = APP_NONE};
  uint8_t text[] = "\"a\" \0 b";
  struct peer_request send = {.verb = PEER_SEND, .data = text, .len = sizeof text};
  assert_true(session_peer_call(s, &none, NULL, &err));
  const struct record_setting *set = &last_of(s, RECORD_SETTING)->set;
  assert_int_equal(set->verb, PEER_APP);
  assert_memory_equal(set->value.at, "none", set->value.len);
  struct peer_request fin = {.verb = PEER_SET, .key = "tcp_fin_timeout", .value = "5"};
  assert_true(session_peer_call(s, &fin, NULL, &err));
  set = &last_of(s, RECORD_SETTING)->set;
  assert_memory_equal(set->name.at, "tcp_fin_timeout", set->name.len);
  assert_memory_equal(set->value.at, "5", set->value.len);
  handshake(s);
  peer_does(s, PEER_ACCEPT);
  assert_int_equal(call_of(s)->verb, PEER_ACCEPT);
  assert_int_equal(call_of(s)->outcome, PEER_DONE);
  peer_does(s, PEER_READ);
  assert_int_equal(call_of(s)->outcome, PEER_PENDING);
  sends(s, "PSH,ACK len=200");
  assert_true(call_of(s)->verb == PEER_READ && call_of(s)->returns && call_of(s)->count == 200);
  assert_int_equal(call_of(s)->data.len, 200);
  for (size_t i = 0; i < 200; i++) assert_int_equal(call_of(s)->data.at[i], segment_filler(i));
  assert_true(session_peer_call(s, &send, NULL, &err));
  memset(text, 'x', sizeof text);
  assert_int_equal(call_of(s)->verb, PEER_SEND);
  assert_int_equal(call_of(s)->data.len, sizeof text);
  assert_memory_equal(call_of(s)->data.at, "\"a\" \0 b", sizeof text);
  peer_does(s, PEER_STATUS);
  assert_true(call_of(s)->status.state == STATE_ESTABLISHED && call_of(s)->held);
  assert_int_equal(call_of(s)->status.send_queue, sizeof text);
  sends(s, "RST seq=snd.nxt");
  peer_does(s, PEER_READ);
  assert_int_equal(call_of(s)->outcome, PEER_FAILED);
  assert_int_equal(call_of(s)->error, ERROR_ECONNRESET);
}

/* What is found instead is the trace's own, and not the words for it. */
static void findings_are_kept_as_facts(void **state)
{
  struct session *s = *state;
  struct err err;
  sends(s, "SYN");
  assert_false(expects(s, "SYN seq=7", &err));
  const struct record *r = last_of(s, RECORD_EXPECT);
  assert_int_equal(r->message, MESSAGE_FOUND_SEGMENT);
  assert_ptr_equal(r->facts.segment, trace_segment(session_trace(s), 2));
  assert_memory_equal(r->facts.pattern.at, "SYN seq=7", r->facts.pattern.len);
  assert_memory_equal(r->written.at, "SYN seq=7", r->written.len);
  struct session_wait closed = {.goal = GOAL_STATE,
                                .within = 0,
                                .end = END_YOU,
                                .state = STATE_CLOSED,
                                .as_written = "",
                                .as_written_len = 0};
  assert_false(session_expect(s, &closed, &err));
  assert_int_equal(last_of(s, RECORD_EXPECT)->message, MESSAGE_FOUND_YOU_IN);
  assert_int_equal(last_of(s, RECORD_EXPECT)->facts.state, STATE_ESTABLISHED);
  assert_string_equal(err.message, "expected , but your end is in ESTABLISHED");
  expects_segment(s, "SYN,ACK");
  assert_int_equal(last_of(s, RECORD_EXPECT)->message, MESSAGE_NONE);
}

/* It is expected that the peer reads a letter, which it is in no position to. */
static void reads_nothing(struct session *s, enum message why, const char *words)
{
  struct err err;
  const struct session_wait read = {.goal = GOAL_PEER_READ, .within = 0, .text = "a", .text_len = 1};
  assert_false(session_expect(s, &read, &err));
  assert_int_equal(last_of(s, RECORD_EXPECT)->message, why);
  assert_non_null(strstr(err.message, words));
}

static void who_cannot_read_is_told_why(void **state)
{
  struct session *s = *state;
  struct err err;
  struct peer_request none = {.verb = PEER_APP, .app = APP_NONE};
  assert_true(session_peer_call(s, &none, NULL, &err));
  reads_nothing(s, MESSAGE_FOUND_NO_CONNECTION, "the peer has no connection with your port 1037");
  sends(s, "SYN");
  reads_nothing(s, MESSAGE_FOUND_NOT_YET, "in SYN-RECEIVED the peer's program has no connection yet");
  sends(s, "ACK");
  peer_does(s, PEER_READ);
  reads_nothing(s, MESSAGE_FOUND_READING, "a read() is waiting already");
  peer_does(s, PEER_CLOSE);
  reads_nothing(s, MESSAGE_FOUND_LET_GO,
                "the peer's program has let go of it; the model finishes alone in FIN-WAIT-1");
}

static void peer_error_by_name(void **state)
{
  struct session *s = *state;
  struct err err;
  struct peer_request none = {.verb = PEER_APP, .app = APP_NONE};
  assert_true(session_peer_call(s, &none, NULL, &err));
  handshake(s);
  peer_does(s, PEER_ACCEPT);
  sends(s, "RST seq=snd.nxt");
  assert_states(s, STATE_CLOSED, STATE_CLOSED);
  peer_does(s, PEER_READ);
  struct session_wait error = {.goal = GOAL_PEER_ERROR,
                               .within = -1,
                               .text = "ECONNRESET",
                               .text_len = 10,
                               .as_written = "peer error ECONNRESET",
                               .as_written_len = 21};
  if (!session_expect(s, &error, &err)) fail_msg("%s", err.message);
}

static void crash_of_the_peer_is_answered_with_reset(void **state)
{
  struct session *s = *state;
  handshake(s);
  peer_does(s, PEER_CRASH);
  assert_int_equal(session_tcb(s)[END_YOU].state, STATE_ESTABLISHED);
  sends(s, "PSH,ACK \"x\"");
  assert_int_equal(last_of(s, RECORD_SEGMENT)->segment.flags & RST, RST);
  assert_int_equal(session_tcb(s)[END_YOU].state, STATE_CLOSED);
}

static void connections_keep_apart(void **state)
{
  struct session *s = *state;
  struct err err;
  handshake(s);
  assert_true(session_new_connection(s, 0, &err));
  assert_int_equal(session_current(s), 2);
  assert_states(s, STATE_CLOSED, STATE_LISTEN);
  handshake(s);
  assert_true(session_use(s, 1, &err));
  assert_false(session_use(s, 9, &err));
  sends(s, "FIN,ACK");
  assert_states(s, STATE_FIN_WAIT_2, STATE_CLOSE_WAIT);
  assert_true(session_use(s, 2, &err));
  assert_states(s, STATE_ESTABLISHED, STATE_ESTABLISHED);
}

static void a_fresh_connection_takes_the_port(void **state)
{
  struct session *s = *state;
  struct err err;
  assert_true(session_new_connection(s, 2000, &err));
  assert_int_equal(session_current(s), 1);
  assert_int_equal(session_pair(s)->you_port, 2000);
  handshake(s);
  assert_false(session_new_connection(s, 2000, &err)); /* in use now */
}

static void a_wait_without_hope_ends(void **state)
{
  struct session *s = *state;
  struct err err;
  err_clear(&err);
  struct session_wait wait = {.goal = GOAL_SEGMENT, .within = -1, .pattern = "FIN", .pattern_len = 3};
  assert_false(session_wait(s, &wait, &err)); /* nobody has anything to send, ever */
  assert_int_equal(err.code, ERR_MISMATCH);
  handshake(s);
  struct session_wait state_wait = {
      .goal = GOAL_STATE, .within = -1, .end = END_PEER, .state = STATE_CLOSING};
  assert_false(session_wait(s, &state_wait, &err));
}

static void resend_is_octet_for_octet(void **state)
{
  struct session *s = *state;
  struct err err;
  sends(s, "SYN id=77 ttl=9 doff=15 \"lie\"");
  const struct record *first = trace_segment(session_trace(s), 1);
  assert_true(session_resend(s, 1, &err));
  const struct record *again = trace_segment(session_trace(s), 2);
  assert_int_equal(again->octets_len, first->octets_len);
  assert_memory_equal(again->octets, first->octets, first->octets_len);
  sends(s, "SYN");
  assert_int_equal(trace_segment(session_trace(s), 4)->end, END_PEER);
  assert_false(session_resend(s, 4, &err));
}

static void settings_are_checked(void **state)
{
  struct session *s = *state;
  struct err err;
  char value[32];
  assert_true(session_set(s, "msl", "30s", &err));
  assert_true(session_get(s, "msl", value, sizeof value));
  assert_string_equal(value, "30s");
  assert_false(session_set(s, "quickack", "perhaps", &err));
  assert_false(session_set(s, "nonsense", "1", &err));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(handshake_moves_both_ends),
      TEST(a_full_accept_queue_is_foreseen),
      TEST(bare_send_owes_nothing),
      TEST(active_close_waits_two_msl),
      TEST(peers_time_wait_is_sixty_seconds),
      TEST(lost_segment_never_arrives),
      TEST(lose_takes_the_next_arrival),
      TEST(held_segment_arrives_when_released),
      TEST(stray_does_not_move_you),
      TEST(bad_checksum_is_silence),
      TEST(wrong_ack_is_explained_before_the_answer),
      TEST(answers_are_kept_as_facts),
      TEST(failed_expectation_says_what_differs),
      TEST(expect_nothing_fails_on_an_arrival),
      TEST(auto_pays_debts),
      TEST(own_calls_open_and_close),
      TEST(you_as_the_server),
      TEST(peer_reads_what_you_sent),
      TEST(calls_are_kept_as_facts),
      TEST(findings_are_kept_as_facts),
      TEST(who_cannot_read_is_told_why),
      TEST(peer_error_by_name),
      TEST(crash_of_the_peer_is_answered_with_reset),
      TEST(connections_keep_apart),
      TEST(a_fresh_connection_takes_the_port),
      TEST(a_wait_without_hope_ends),
      TEST(resend_is_octet_for_octet),
      TEST(settings_are_checked),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
