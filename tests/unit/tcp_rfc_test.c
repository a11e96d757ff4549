/* SPDX-License-Identifier: GPL-3.0-or-later */
/* State x kind of segment x sequence number x acknowledgment number: what the text of RFC 9293 3.10.7
   answers, written down from the text and not from the table of rules. Readings that needed a decision are
   listed in HACKING.md.

   The columns of a row are the sequence numbers: left of the window, RCV.NXT, inside, the last number inside,
   right of it; the letters of a column the acknowledgment numbers: SND.UNA-1, SND.UNA, SND.NXT, SND.NXT+1.

     .  nothing, same state                A  <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, same state
     R  <SEQ=SEG.ACK><CTL=RST>, same state Z  <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>, same state
     S  SYN,ACK, SYN-RECEIVED              X  nothing, CLOSED
     L  nothing, LISTEN                    E  nothing, ESTABLISHED     e  ACK, ESTABLISHED
     C  ACK, CLOSE-WAIT                    G  ACK, CLOSING
     2  nothing, FIN-WAIT-2                f  ACK, FIN-WAIT-2
     t  nothing, TIME-WAIT                 T  ACK, TIME-WAIT */
#include "tests/unit/tcp_script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { KINDS = 10, SEQS = 5, ACKS = 4 };

static const struct {
  const char *name;
  uint8_t flags;
  uint32_t len;
} kinds[KINDS] = {
    {"SYN", SYN, 0}, {"SYN,ACK", SYN | ACK, 0}, {"SYN,FIN", SYN | FIN, 0}, {"ACK", ACK, 0},
    {"FIN", FIN, 0}, {"FIN,ACK", FIN | ACK, 0}, {"RST", RST, 0},           {"RST,ACK", RST | ACK, 0},
    {"none", 0, 0},  {"data", ACK, 3},
};
static const char *const seqs[SEQS] = {"left of the window", "at RCV.NXT", "inside", "last inside",
                                       "right of the window"};
static const char *const acks[ACKS] = {"SND.UNA-1", "SND.UNA", "SND.NXT", "SND.NXT+1"};

/* Something of ours is unacknowledged wherever the state allows it. The window is 4096. */
#define RFC_CLOSED "CLOSED", ""
#define RFC_LISTEN "LISTEN", LISTENING
#define RFC_SYN_SENT "SYN-SENT", SYN_SENT
#define RFC_SYN_RECEIVED "SYN-RECEIVED", SYN_RECEIVED
#define RFC_SYN_RECEIVED_ACTIVE "SYN-RECEIVED", CROSSED
#define ACTIVE SYN_SENT "< SYN,ACK seq=5000; "
#define RFC_ESTABLISHED "ESTABLISHED", ACTIVE "send 5; "
#define RFC_FIN_WAIT_1 "FIN-WAIT-1", ACTIVE "close; "
#define RFC_FIN_WAIT_2 "FIN-WAIT-2", ACTIVE "close; < ACK; "
#define RFC_CLOSE_WAIT "CLOSE-WAIT", ACTIVE "< FIN,ACK; send 5; "
#define RFC_CLOSING "CLOSING", ACTIVE "close; < FIN,ACK ack=snd.una; "
#define RFC_LAST_ACK "LAST-ACK", ACTIVE "< FIN,ACK; close; "
#define RFC_TIME_WAIT "TIME-WAIT", ACTIVE "close; < FIN,ACK; "

// clang-format off
static const struct {
  const char *state, *script;
  const char *expected[KINDS][SEQS];
} cases[] = {
    {RFC_CLOSED, {
         {"ZZZZ", "ZZZZ", "ZZZZ", "ZZZZ", "ZZZZ"}, /* SYN */
         {"RRRR", "RRRR", "RRRR", "RRRR", "RRRR"}, /* SYN,ACK */
         {"ZZZZ", "ZZZZ", "ZZZZ", "ZZZZ", "ZZZZ"}, /* SYN,FIN */
         {"RRRR", "RRRR", "RRRR", "RRRR", "RRRR"}, /* ACK */
         {"ZZZZ", "ZZZZ", "ZZZZ", "ZZZZ", "ZZZZ"}, /* FIN */
         {"RRRR", "RRRR", "RRRR", "RRRR", "RRRR"}, /* FIN,ACK */
         {"....", "....", "....", "....", "...."}, /* RST */
         {"....", "....", "....", "....", "...."}, /* RST,ACK */
         {"ZZZZ", "ZZZZ", "ZZZZ", "ZZZZ", "ZZZZ"}, /* none */
         {"RRRR", "RRRR", "RRRR", "RRRR", "RRRR"}, /* data */
     }},
    {RFC_LISTEN, {
         {"SSSS", "SSSS", "SSSS", "SSSS", "SSSS"}, /* SYN */
         {"RRRR", "RRRR", "RRRR", "RRRR", "RRRR"}, /* SYN,ACK */
         {"SSSS", "SSSS", "SSSS", "SSSS", "SSSS"}, /* SYN,FIN */
         {"RRRR", "RRRR", "RRRR", "RRRR", "RRRR"}, /* ACK */
         {"....", "....", "....", "....", "...."}, /* FIN */
         {"RRRR", "RRRR", "RRRR", "RRRR", "RRRR"}, /* FIN,ACK */
         {"....", "....", "....", "....", "...."}, /* RST */
         {"....", "....", "....", "....", "...."}, /* RST,ACK */
         {"....", "....", "....", "....", "...."}, /* none */
         {"RRRR", "RRRR", "RRRR", "RRRR", "RRRR"}, /* data */
     }},
    {RFC_SYN_SENT, {
         {"SSSS", "SSSS", "SSSS", "SSSS", "SSSS"}, /* SYN */
         {"RReR", "RReR", "RReR", "RReR", "RReR"}, /* SYN,ACK */
         {"SSSS", "SSSS", "SSSS", "SSSS", "SSSS"}, /* SYN,FIN */
         {"RR.R", "RR.R", "RR.R", "RR.R", "RR.R"}, /* ACK */
         {"....", "....", "....", "....", "...."}, /* FIN */
         {"RR.R", "RR.R", "RR.R", "RR.R", "RR.R"}, /* FIN,ACK */
         {"....", "....", "....", "....", "...."}, /* RST */
         {"..X.", "..X.", "..X.", "..X.", "..X."}, /* RST,ACK */
         {"....", "....", "....", "....", "...."}, /* none */
         {"RR.R", "RR.R", "RR.R", "RR.R", "RR.R"}, /* data */
     }},
    {RFC_SYN_RECEIVED, {
         {"AAAA", "LLLL", "LLLL", "LLLL", "AAAA"}, /* SYN */
         {"AAAA", "LLLL", "LLLL", "LLLL", "AAAA"}, /* SYN,ACK */
         {"AAAA", "LLLL", "LLLL", "LLLL", "AAAA"}, /* SYN,FIN */
         {"AAAA", "RRER", "RRER", "RRER", "AAAA"}, /* ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* FIN */
         {"AAAA", "RRCR", "RReR", "RReR", "AAAA"}, /* FIN,ACK */
         {"....", "LLLL", "AAAA", "AAAA", "...."}, /* RST */
         {"....", "LLLL", "AAAA", "AAAA", "...."}, /* RST,ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* none */
         {"AAAA", "RReR", "RReR", "RReR", "AAAA"}, /* data */
     }},
    {RFC_SYN_RECEIVED_ACTIVE, {
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN,ACK */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN,FIN */
         {"AAAA", "RRER", "RRER", "RRER", "AAAA"}, /* ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* FIN */
         {"AAAA", "RRCR", "RReR", "RReR", "AAAA"}, /* FIN,ACK */
         {"....", "XXXX", "AAAA", "AAAA", "...."}, /* RST */
         {"....", "XXXX", "AAAA", "AAAA", "...."}, /* RST,ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* none */
         {"AAAA", "RReR", "RReR", "RReR", "AAAA"}, /* data */
     }},
    {RFC_ESTABLISHED, {
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN,ACK */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN,FIN */
         {"AAAA", "...A", "...A", "...A", "AAAA"}, /* ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* FIN */
         {"AAAA", "CCCA", "AAAA", "AAAA", "AAAA"}, /* FIN,ACK */
         {"....", "XXXX", "AAAA", "AAAA", "...."}, /* RST */
         {"....", "XXXX", "AAAA", "AAAA", "...."}, /* RST,ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* none */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* data */
     }},
    {RFC_FIN_WAIT_1, {
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN,ACK */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN,FIN */
         {"AAAA", "..2A", "..2A", "..2A", "AAAA"}, /* ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* FIN */
         {"AAAA", "GGTA", "AAfA", "AAfA", "AAAA"}, /* FIN,ACK */
         {"....", "XXXX", "AAAA", "AAAA", "...."}, /* RST */
         {"....", "XXXX", "AAAA", "AAAA", "...."}, /* RST,ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* none */
         {"AAAA", "AAfA", "AAfA", "AAfA", "AAAA"}, /* data */
     }},
    {RFC_FIN_WAIT_2, {
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN,ACK */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN,FIN */
         {"AAAA", "...A", "...A", "...A", "AAAA"}, /* ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* FIN */
         {"AAAA", "TTTA", "AAAA", "AAAA", "AAAA"}, /* FIN,ACK */
         {"....", "XXXX", "AAAA", "AAAA", "...."}, /* RST */
         {"....", "XXXX", "AAAA", "AAAA", "...."}, /* RST,ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* none */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* data */
     }},
    {RFC_CLOSE_WAIT, {
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN,ACK */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN,FIN */
         {"AAAA", "...A", "...A", "...A", "AAAA"}, /* ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* FIN */
         {"AAAA", "AAAA", "...A", "...A", "AAAA"}, /* FIN,ACK */
         {"....", "XXXX", "AAAA", "AAAA", "...."}, /* RST */
         {"....", "XXXX", "AAAA", "AAAA", "...."}, /* RST,ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* none */
         {"AAAA", "...A", "...A", "...A", "AAAA"}, /* data */
     }},
    {RFC_CLOSING, {
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN,ACK */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN,FIN */
         {"AAAA", "..tA", "..tA", "..tA", "AAAA"}, /* ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* FIN */
         {"AAAA", "..TA", "..tA", "..tA", "AAAA"}, /* FIN,ACK */
         {"....", "XXXX", "AAAA", "AAAA", "...."}, /* RST */
         {"....", "XXXX", "AAAA", "AAAA", "...."}, /* RST,ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* none */
         {"AAAA", "..tA", "..tA", "..tA", "AAAA"}, /* data */
     }},
    {RFC_LAST_ACK, {
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN,ACK */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN,FIN */
         {"AAAA", "..XA", "..XA", "..XA", "AAAA"}, /* ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* FIN */
         {"AAAA", "AAXA", "..XA", "..XA", "AAAA"}, /* FIN,ACK */
         {"....", "XXXX", "AAAA", "AAAA", "...."}, /* RST */
         {"....", "XXXX", "AAAA", "AAAA", "...."}, /* RST,ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* none */
         {"AAAA", "..XA", "..XA", "..XA", "AAAA"}, /* data */
     }},
    {RFC_TIME_WAIT, {
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN,ACK */
         {"AAAA", "AAAA", "AAAA", "AAAA", "AAAA"}, /* SYN,FIN */
         {"AAAA", "...A", "...A", "...A", "AAAA"}, /* ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* FIN */
         {"AAAA", "AAAA", "...A", "...A", "AAAA"}, /* FIN,ACK */
         {"....", "XXXX", "AAAA", "AAAA", "...."}, /* RST */
         {"....", "XXXX", "AAAA", "AAAA", "...."}, /* RST,ACK */
         {"AAAA", "....", "....", "....", "AAAA"}, /* none */
         {"AAAA", "...A", "...A", "...A", "AAAA"}, /* data */
     }},
};
// clang-format on

static seq_t seq_at(const struct tcb *t, unsigned position)
{
  seq_t nxt = t->irs_known ? t->rcv.nxt : 5000;
  const seq_t at[SEQS] = {nxt - 10, nxt, nxt + 100, nxt + t->rcv.wnd - 1, nxt + t->rcv.wnd};
  return at[position];
}

static seq_t ack_at(const struct tcb *t, unsigned position)
{
  const seq_t at[ACKS] = {t->snd.una - 1, t->snd.una, t->snd.nxt, t->snd.nxt + 1};
  return at[position];
}

/* What a letter of the table means. */
struct outcome {
  char letter;
  const char *state; /* NULL: the same */
  const char *reply; /* "" nothing; a kind of reply */
};
static const struct outcome outcomes[] = {
    {'.', NULL, ""},
    {'A', NULL, "ACK"},
    {'R', NULL, "RST"},
    {'Z', NULL, "RST,ACK"},
    {'S', "SYN-RECEIVED", "SYN,ACK"},
    {'X', "CLOSED", ""},
    {'L', "LISTEN", ""},
    {'E', "ESTABLISHED", ""},
    {'e', "ESTABLISHED", "ACK"},
    {'C', "CLOSE-WAIT", "ACK"},
    {'G', "CLOSING", "ACK"},
    {'2', "FIN-WAIT-2", ""},
    {'f', "FIN-WAIT-2", "ACK"},
    {'t', "TIME-WAIT", ""},
    {'T', "TIME-WAIT", "ACK"},
};

static const struct outcome *outcome_of(char letter)
{
  for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++)
    if (outcomes[i].letter == letter) return &outcomes[i];
  return NULL;
}

static bool is_reply(const struct tcp_emit *e, uint8_t flags, seq_t seq, seq_t ack)
{
  return e->flags == flags && e->seq == seq && (!(flags & ACK) || e->ack == ack) && e->len == 0;
}

static bool replied(const struct tcp_script *s, const char *reply, const struct segment *g)
{
  const struct tcb *t = &s->tcb;
  if (!*reply) return s->last.emit_count == 0;
  if (s->last.emit_count != 1) return false;
  const struct tcp_emit *e = &s->last.emit[0];
  if (strcmp(reply, "ACK") == 0) return is_reply(e, ACK, t->snd.nxt, t->rcv.nxt);
  if (strcmp(reply, "RST") == 0) return is_reply(e, RST, g->ack, 0);
  if (strcmp(reply, "RST,ACK") == 0) return is_reply(e, RST | ACK, 0, g->seq + segment_len(g));
  return is_reply(e, SYN | ACK, t->iss, g->seq + 1);
}

static unsigned one_case(size_t which, unsigned kind, unsigned seq, unsigned ack)
{
  static const uint8_t text[3] = {'a', 'b', 'c'};
  struct tcp_script s;
  if (!tcp_script_run(&s, cases[which].script)) fail_msg("%s", s.failure);
  assert_string_equal(tcp_state_name(s.tcb.state), cases[which].state);
  struct segment g = {.flags = kinds[kind].flags,
                      .seq = seq_at(&s.tcb, seq),
                      .ack = ack_at(&s.tcb, ack),
                      .win = 8192,
                      .data = text,
                      .data_len = kinds[kind].len};
  tcp_arrives(&s.tcb, &g, s.now, &s.last);
  char letter = cases[which].expected[kind][seq][ack];
  const struct outcome *o = outcome_of(letter);
  assert_non_null(o);
  const char *state = o->state ? o->state : cases[which].state;
  if (strcmp(tcp_state_name(s.tcb.state), state) == 0 && replied(&s, o->reply, &g)) return 0;
  print_error("%s, %s %s, ack %s: expected `%c`, state is %s, %u sent, decided by %s\n", cases[which].state,
              kinds[kind].name, seqs[seq], acks[ack], letter, tcp_state_name(s.tcb.state), s.last.emit_count,
              s.last.fired_count ? s.last.fired[s.last.fired_count - 1]->id : "nothing");
  return 1;
}

static void test_text_of_the_rfc(void **state)
{
  (void)state;
  unsigned wrong = 0, done = 0;
  for (size_t which = 0; which < sizeof cases / sizeof cases[0]; which++)
    for (unsigned kind = 0; kind < KINDS; kind++)
      for (unsigned seq = 0; seq < SEQS; seq++)
        for (unsigned ack = 0; ack < ACKS; ack++) {
          wrong += one_case(which, kind, seq, ack);
          done++;
        }
  assert_int_equal(done, sizeof cases / sizeof cases[0] * KINDS * SEQS * ACKS);
  assert_int_equal(wrong, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_text_of_the_rfc)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
