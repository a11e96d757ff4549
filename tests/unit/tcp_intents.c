/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reverse question: what a segment means coming from a TCP in this state; debts and defaults of a TCB
   whose segments a person sends; shadows of somebody else's TCP. */
#include "tests/unit/tcp_script.h"
#include "tests/unit/tcp_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define YOU "set manual; "
#define YOU_SYN_SENT YOU "> SYN; "
#define YOU_ESTABLISHED YOU_SYN_SENT "< SYN,ACK seq=5000; > ACK; "
#define YOU_SYN_RECEIVED YOU "listen; < SYN seq=5000; > SYN,ACK; "
#define YOU_CLOSE_WAIT YOU_ESTABLISHED "< FIN,ACK; > ACK; "

void test_intent_reset_and_syn(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      YOU "< ACK seq=9 ack=77; > RST seq=77; % RESET; ? sent.rst.owed; # debts 0; = CLOSED",
      YOU "< SYN seq=9; > RST,ACK; % RESET; # debts 0",
      YOU "< ACK seq=9 ack=77; > RST seq=78; % NONE; ? sent.rst.nobody; # debts 1",
      YOU "listen; > RST; % NONE; ? sent.rst.nobody; = LISTEN",
      YOU_SYN_SENT "> RST; % NONE; ? sent.rst.syn-sent; = SYN-SENT",
      YOU_SYN_SENT "< SYN,ACK seq=5 ack=9; would RST seq=9; > RST; % RESET; = SYN-SENT",
      YOU_ESTABLISHED "> RST; % ABORT; ? sent.rst.abort; = CLOSED",
      YOU_ESTABLISHED "> RST,ACK; % ABORT; = CLOSED",
      YOU_ESTABLISHED "> RST seq=snd.nxt+1; % NONE; ? sent.rst.elsewhere; = ESTABLISHED",
      YOU_SYN_RECEIVED "> RST; % ABORT; = CLOSED",
      YOU_CLOSE_WAIT "> RST; % ABORT; = CLOSED",
      YOU_CLOSE_WAIT "> FIN,ACK; > RST; % NONE; ? sent.rst.late; = LAST-ACK",
      LINUX "set shadow; " LAST_ACK "> RST,ACK; % ABORT; ? sent.rst.linux.late; = CLOSED",

      YOU "> SYN,FIN; % NONE; ? sent.syn.fin; = CLOSED",
      YOU "> SYN seq=1415531521 win=4096; % OPEN; ? sent.syn.open; = SYN-SENT; # iss 1415531521; # snd.nxt "
          "1415531522",
      YOU "listen; > SYN seq=70; % OPEN; ? sent.syn.from-listen; = SYN-SENT; # passive 0",
      YOU "open; = SYN-SENT; would SYN seq=1000 mss=1024; > SYN seq=4000; % OPEN; ? sent.syn.first; # iss "
          "4000; # debts 0",
      YOU_SYN_SENT "> SYN; % RETRANSMIT; ? sent.syn.again; # snd.nxt 1001",
      YOU_SYN_SENT "> SYN seq=77; % NONE; ? sent.syn.number",
      /* What its clock says is known from the SYN that was seen, not from ours. */
      LINUX "set shadow; open; < SYN,ACK seq=5000 ts=7:5000; ? syn-sent.linux.echo; "
            "> SYN seq=iss ts=5000:0; % RETRANSMIT; < SYN,ACK seq=5000 ts=7:5000; ~ syn-sent.syn-ack.linux",
      YOU "listen; < SYN seq=5000; > SYN,ACK seq=70; % ACK; ? sent.syn-ack.first; # iss 70; # snd.nxt 71; # "
          "debts 0; "
          "< ACK ack=71; = ESTABLISHED",
      YOU_SYN_RECEIVED "> SYN,ACK; % RETRANSMIT; ? sent.syn-ack.again",
      YOU_SYN_RECEIVED "> FIN,ACK; = FIN-WAIT-1; > SYN,ACK seq=iss; % RETRANSMIT; ? sent.syn-ack.oldest",
      YOU_SYN_RECEIVED "> SYN,ACK seq=77; % NONE; ? sent.syn.number",
      YOU_SYN_RECEIVED "> SYN,ACK ack=77; % NONE; ? sent.syn.number",
      YOU_SYN_SENT
      "< SYN seq=5000; = SYN-RECEIVED; # debts 1; > SYN,ACK; % ACK; ? sent.syn-ack.crossing; # debts 0",
      YOU "> SYN,ACK seq=7 ack=9; % NONE; ? sent.syn.nothing-to-ack",
      YOU "listen; > SYN,ACK seq=7 ack=9; % NONE; ? sent.syn.nothing-to-ack",
      YOU_SYN_SENT "> SYN,ACK ack=9; % NONE; ? sent.syn.nothing-to-ack",
      YOU_ESTABLISHED "> SYN; % NONE; ? sent.syn.exists; = ESTABLISHED",
      YOU_ESTABLISHED "> SYN,ACK; % NONE; ? sent.syn.exists",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_intent_text_and_fin(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      YOU "> ACK seq=1 ack=2; % NONE; ? sent.no-connection; = CLOSED",
      YOU "> FIN,ACK seq=1 ack=2; % NONE; ? sent.no-connection",
      YOU "listen; > ACK; % NONE; ? sent.no-connection",
      YOU_SYN_SENT "> ACK ack=1; % NONE; ? sent.before-answer",
      YOU "listen; < SYN seq=5000; > ACK; % NONE; ? sent.before-syn-ack; # debts 1",
      YOU_ESTABLISHED "> FIN; % NONE; ? sent.fin.no-ack; = ESTABLISHED",
      YOU_ESTABLISHED "> none; % NONE; ? sent.no-ack",
      YOU_ESTABLISHED "> PSH len=4; % NONE; ? sent.no-ack",
      YOU_ESTABLISHED "> ACK ack=rcv.nxt+1; % NONE; ? sent.ack.future",
      YOU_ESTABLISHED "> ACK ack=rcv.nxt-70000; % NONE; ? sent.ack.ancient",

      YOU_ESTABLISHED "> ACK len=5; % SEND; ? sent.send; # snd.nxt 1006; = ESTABLISHED",
      YOU_CLOSE_WAIT "> ACK len=5; % SEND; # snd.nxt 1006",
      YOU_ESTABLISHED "> URG,ACK len=5 urg=5; % SEND",
      YOU_ESTABLISHED "> FIN,ACK; % CLOSE; ? sent.close; = FIN-WAIT-1; # snd.nxt 1002",
      YOU_ESTABLISHED "> FIN,ACK len=5; % CLOSE; = FIN-WAIT-1; # snd.nxt 1007",
      YOU_CLOSE_WAIT "> FIN,ACK; % CLOSE; ? sent.close.last; = LAST-ACK; < ACK; = CLOSED",
      YOU_SYN_RECEIVED "> FIN,ACK; % CLOSE; ? sent.close.early; = FIN-WAIT-1",
      YOU_SYN_RECEIVED "> ACK len=5; % NONE; ? sent.text.early",
      YOU_ESTABLISHED "> ACK len=5; > ACK seq=snd.una len=5; % RETRANSMIT; ? sent.again; # snd.nxt 1006",
      YOU_ESTABLISHED "> ACK len=5; > ACK seq=snd.una+2 len=2; % RETRANSMIT",
      YOU_ESTABLISHED "> FIN,ACK; > FIN,ACK; % RETRANSMIT; ? sent.again; # snd.nxt 1002",
      YOU_ESTABLISHED "> ACK len=5; > FIN,ACK seq=snd.una len=5; % CLOSE; # snd.nxt 1007; = FIN-WAIT-1",
      YOU_ESTABLISHED "> ACK len=5; < ACK; > ACK seq=snd.una-5 len=5; % NONE; ? sent.acknowledged",
      YOU_ESTABLISHED "> ACK seq=snd.nxt+5 len=5; % NONE; ? sent.gap",
      YOU_ESTABLISHED "> FIN,ACK seq=snd.nxt+1; % NONE; ? sent.gap",
      YOU_ESTABLISHED "> FIN,ACK; > FIN,ACK seq=snd.nxt; % NONE; ? sent.fin.second",
      YOU_ESTABLISHED "> FIN,ACK; > ACK len=1; % NONE; ? sent.fin.second",
      YOU_ESTABLISHED "> ACK len=8193; % NONE; ? sent.text.window",
      YOU_ESTABLISHED "< ACK win=0; > ACK len=1; % PROBE; ? sent.probe.window; # snd.nxt 1002; > ACK "
                      "seq=snd.una len=1; % PROBE; "
                      "? sent.probe.window-again; < ACK; # snd.una 1002",
      YOU_ESTABLISHED "< ACK win=0; > ACK len=2; % NONE; ? sent.text.window",
      YOU_ESTABLISHED "> ACK seq=snd.nxt-1 len=1; % PROBE; ? sent.probe.octet",
      /* What the user called for and has not been sent yet. */
      YOU_ESTABLISHED "send 5; would ACK seq=1001 len=5; close; = FIN-WAIT-1; would FIN,ACK seq=1001 len=5; "
                      "> ACK len=5; % SEND; "
                      "? sent.queued.text; # queued 0; would FIN,ACK seq=1006; > FIN,ACK; % CLOSE; ? "
                      "sent.queued.fin; would nothing",
      YOU_ESTABLISHED "> FIN,ACK; < ACK; = FIN-WAIT-2; > FIN,ACK seq=snd.nxt; % NONE; ? sent.fin.second",
      YOU "set manual; listen; < SYN seq=5000; > SYN,ACK; close; = FIN-WAIT-1; > FIN,ACK; % CLOSE; ? "
          "sent.queued.fin",
      LINUX "set shadow; " ESTABLISHED "< ACK win=0; close; = FIN-WAIT-1; > ACK seq=snd.una-1; % PROBE",
      YOU "profile rfc9293; set manual; listen; < SYN seq=5000; > SYN,ACK; < ACK; close; > FIN,ACK; < ACK; < "
          "FIN,ACK; > ACK; "
          "= TIME-WAIT; > ACK len=1; % NONE; ? sent.fin.second",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_intent_bare_ack(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      YOU_SYN_SENT "< SYN,ACK seq=5000; # debts 1; > ACK; % ACK; ? sent.ack.owed; # debts 0",
      YOU_ESTABLISHED "> ACK; % ACK; ? sent.ack.repeated",
      YOU_ESTABLISHED "> ACK win=9; % ACK; # rcv.wnd 9",
      YOU_ESTABLISHED "> ACK seq=snd.nxt-1; % PROBE; ? sent.probe.empty",
      YOU_ESTABLISHED "< ACK len=5; > ACK ack=rcv.nxt-5; % NONE; ? sent.ack.old; # debts 1",
      YOU_ESTABLISHED "> ACK seq=snd.nxt+1; % NONE; ? sent.ack.number",
      YOU_ESTABLISHED "> ACK seq=snd.nxt-2; % NONE; ? sent.ack.number",
      LINUX "set shadow; " ESTABLISHED "< ACK len=5; > ACK ack=rcv.nxt-5; % ACK; ? sent.ack.behind",
      LINUX
      "set shadow; set delay-acks; " ESTABLISHED
      "set pingpong; < ACK len=5; ! nothing; > ACK; % ACK; ? sent.ack.owed; > ACK; ? sent.ack.repeated; "
      "< ACK len=5; ! ACK",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_debts(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      /* Any segment that acknowledges RCV.NXT pays an owed ACK. */
      YOU_ESTABLISHED
      "< ACK len=5; would ACK ack=5006; < ACK len=5; # debts 1; would ACK ack=5011; > ACK len=3; # debts 0",
      YOU_ESTABLISHED "< ACK len=5; > FIN,ACK; # debts 0; = FIN-WAIT-1",
      YOU_ESTABLISHED "< ACK len=5; > ACK len=3 ack=rcv.nxt-5; % SEND; # debts 1",
      YOU_ESTABLISHED "< FIN,ACK; = CLOSE-WAIT; ! ACK; # debts 1; > FIN,ACK; # debts 0; = LAST-ACK",
      /* SND.NXT moves when the segment is sent, not before. */
      YOU "listen; < SYN seq=5000; ! SYN,ACK seq=1000; = SYN-RECEIVED; # snd.nxt 1000; < ACK ack=1001; ? "
          "syn-received.ack.bad; # debts 2; "
          "would SYN,ACK",
      /* The same debt twice is one; the oldest makes room. */
      YOU "< SYN seq=1; < SYN seq=1; # debts 1; < ACK ack=1; < ACK ack=2; < ACK ack=3; # debts 4",
      YOU "< ACK ack=7; < ACK ack=7; # debts 1; would RST seq=7; > SYN; # debts 0",
      /* A retransmission is owed when the timer has run out, and paid by sending the octets again. */
      YOU_ESTABLISHED
      "> ACK len=5; timeout; # debts 1; would ACK seq=1001 len=5; > ACK seq=snd.una len=5; # debts 0",
      YOU_SYN_SENT "timeout; would SYN seq=1000; timeout; # debts 1; > SYN; # debts 0; wait 1h; = SYN-SENT",
      YOU_ESTABLISHED "> FIN,ACK; wait 24h; = FIN-WAIT-1",
      YOU_ESTABLISHED "< ACK len=5; # unread 0; # rcv.wnd 4096; would ACK ack=5006 win=4096",
      YOU_ESTABLISHED
      "> FIN,ACK; < FIN,ACK; = TIME-WAIT; > ACK; # debts 0; wait 239s; = TIME-WAIT; wait 2s; = CLOSED",
      YOU_ESTABLISHED "abort; = CLOSED; would RST seq=1001; > RST; % RESET; would nothing",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

static uint32_t by_default(const char *script, uint8_t flags, enum segment_field field)
{
  struct tcp_script s;
  if (!tcp_script_run(&s, script)) fail_msg("%s", s.failure);
  return tcp_default(&s.tcb, flags, field);
}

void test_defaults(void **state)
{
  (void)state;
  assert_int_equal(by_default(YOU, SYN, SEG_SEQ), 1000);
  assert_int_equal(by_default(YOU, SYN, SEG_WIN), 4096);
  assert_int_equal(by_default(YOU, SYN, SEG_ACKNO), 0);
  assert_int_equal(by_default(YOU_SYN_SENT, SYN, SEG_SEQ), 1000);
  assert_int_equal(by_default(YOU_ESTABLISHED, ACK, SEG_SEQ), 1001);
  assert_int_equal(by_default(YOU_ESTABLISHED, ACK, SEG_ACKNO), 5001);
  assert_int_equal(by_default(YOU_ESTABLISHED, PSH, SEG_ACKNO), 0);
  assert_int_equal(by_default(YOU_ESTABLISHED, FIN | ACK, SEG_SEQ), 1001);
  assert_int_equal(by_default(YOU_ESTABLISHED "> FIN,ACK; ", FIN | ACK, SEG_SEQ), 1001);
  assert_int_equal(by_default(YOU_ESTABLISHED "> FIN,ACK; ", ACK, SEG_SEQ), 1002);
  assert_int_equal(by_default(YOU_ESTABLISHED "> FIN,ACK; < ACK; ", FIN | ACK, SEG_SEQ), 1002);
  assert_int_equal(by_default(YOU "< ACK ack=77; ", RST, SEG_SEQ), 77);
  assert_int_equal(by_default(YOU "< SYN seq=9; ", RST | ACK, SEG_ACKNO), 10);
  assert_int_equal(by_default(YOU "< SYN seq=9; ", RST | ACK, SEG_SEQ), 0);
  assert_int_equal(by_default(YOU_ESTABLISHED, RST, SEG_WIN), 0);
  assert_int_equal(by_default(YOU, SYN, SEG_TTL), 64);
  assert_int_equal(by_default(YOU, SYN, SEG_TOS), 0);
}

static struct segment octets(uint8_t flags, seq_t seq, seq_t ack, uint16_t win)
{
  return (struct segment){.flags = flags, .seq = seq, .ack = ack, .win = win};
}

/* A kernel's ISN is not known until it is seen; then every number that hangs on it moves along. */
void test_shadows(void **state)
{
  (void)state;
  struct tcb t;
  struct tcp_verdict v;
  tcb_init(&t, &tcp_profile_linux, false, 0, false);
  assert_true(t.shadow);
  tcp_call(&t, &(struct tcp_call){.kind = CALL_OPEN_PASSIVE}, 0, &v);
  struct segment syn = octets(SYN, 5000, 0, 8192);
  tcp_arrives(&t, &syn, 0, &v);
  assert_int_equal(v.emit_count, 1);
  assert_true(v.emit[0].wild & SEG_BIT(SEG_SEQ));
  assert_false(v.emit[0].wild & SEG_BIT(SEG_WIN));
  assert_int_equal(v.emit[0].win, 64240);
  struct segment answer = octets(SYN | ACK, 3290144801u, 5001, 64240);
  tcp_bind(&t, &v.emit[0], &answer);
  assert_true(t.iss_known);
  assert_int_equal(t.iss, 3290144801u);
  assert_int_equal(t.snd.una, 3290144801u);
  assert_int_equal(t.snd.nxt, 3290144802u);
  assert_int_equal(t.rcv.wnd, 64240);
  struct segment third = octets(ACK, 5001, 3290144802u, 8192);
  tcp_arrives(&t, &third, 0, &v);
  assert_int_equal(t.state, STATE_ESTABLISHED);
  /* Its timers only tell what runs, until they change the state. */
  tcp_call(&t, &(struct tcp_call){.kind = CALL_SEND, .len = 5}, 0, &v);
  assert_false(v.emit[0].wild & SEG_BIT(SEG_SEQ));
  assert_true(t.timer[TIMER_RETRANSMISSION] != USEC_NEVER);
  assert_true(tcp_deadline(&t) == USEC_NEVER);
  /* A SYN,ACK repeated by the kernel's timer is told by tcp_sends(); after the last the request is dropped.
   */
  tcb_init(&t, &tcp_profile_linux, false, 0, false);
  tcp_call(&t, &(struct tcp_call){.kind = CALL_OPEN_PASSIVE}, 0, &v);
  tcp_arrives(&t, &syn, 0, &v);
  tcp_bind(&t, &v.emit[0], &answer);
  static const usec_t at[] = {1, 3, 7, 15, 31};
  for (unsigned i = 0; i < 5; i++) {
    assert_true(tcp_deadline(&t) == USEC_NEVER);
    assert_int_equal(tcp_sends(&t, &answer, at[i] * USEC_S, &v), INTENT_RETRANSMIT);
    tcp_script_count(&v);
  }
  assert_true(tcp_deadline(&t) == 63 * USEC_S);
  tcp_timeout(&t, 63 * USEC_S, &v);
  assert_int_equal(t.state, STATE_LISTEN);
  assert_int_equal(v.emit_count, 0);
  assert_false(t.iss_known);
  /* A pair reopened from TIME-WAIT has an ISN that can be foretold. */
  struct tcp_script s;
  assert_true(tcp_script_run(&s, LINUX "set shadow; " TIME_WAIT "< SYN seq=rcv.nxt+1; "));
  assert_false(s.last.emit[0].wild & SEG_BIT(SEG_SEQ));
  assert_int_equal(s.last.emit[0].seq, 66539);
}

struct looked {
  unsigned rows, matched;
  const struct tcp_rule *last;
  bool in_order;
};

static void look(void *ctx, const struct tcp_rule *rule, bool matched)
{
  struct looked *l = ctx;
  if (l->last && rule <= l->last) l->in_order = false;
  l->last = rule;
  l->rows++;
  l->matched += matched;
}

void test_explain(void **state)
{
  (void)state;
  struct tcp_script s;
  assert_true(tcp_script_run(&s, ESTABLISHED));
  struct tcb before = s.tcb;
  struct segment rst = octets(RST, s.tcb.rcv.nxt + 5, 0, 0);
  struct looked l = {.in_order = true};
  tcp_explain(&s.tcb, &rst, 0, look, &l);
  assert_memory_equal(&before, &s.tcb, sizeof before);
  assert_true(l.in_order);
  assert_int_equal(l.matched, 1);
  assert_true(l.rows > 5);
  assert_string_equal(l.last->id, "synced.rst.in-window");
}

/* Every number may wrap. */
void test_wrap(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      "set iss 4294967295; open; ! SYN seq=4294967295; < SYN,ACK seq=4294967295 ack=0; ! ACK seq=0 ack=0; = "
      "ESTABLISHED; "
      "send 5; ! ACK seq=0 len=5; < ACK len=7; ! ACK seq=5 ack=7",
      "set iss 4294967290; listen; < SYN seq=4294967294; < ACK; send 10; ! ACK seq=4294967291 len=10; < ACK; "
      "# snd.una 5; "
      "< ACK len=3; ! ACK ack=2; < ACK seq=4294967295 len=3; ? synced.seq.outside; < RST seq=4294967295; ? "
      "synced.seq.rst",
      "set manual; set iss 4294967295; > SYN; < SYN,ACK seq=4294967295; > ACK; > FIN,ACK; % CLOSE; # snd.nxt "
      "1; < FIN,ACK; = TIME-WAIT",
      LINUX "set iss 4294901759; " TIME_WAIT "< SYN seq=rcv.nxt+1; ! SYN,ACK seq=2",
      LINUX "set iss 4294901757; " TIME_WAIT "< SYN seq=rcv.nxt+1; ! SYN,ACK seq=1",
  };
  TCP_SCRIPTS_CHECK(scripts);
}
