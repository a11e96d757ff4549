/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fast Open (RFC 7413), as a listener that gives cookies and takes text, as Linux 6.18 does it (seen on the
   kernel: tests/fidelity/), and as the end that asks. */
#include "engine/segment/option.h"
#include "tests/unit/tcp_script.h"
#include "tests/unit/tcp_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The cookie is 0102030405060708. */
#define FAST "set fast-open 5; set fast-cookie 0x0807060504030201; set fast-cookie-len 8; "
#define LISTENS FAST LISTENING
#define COOKIE "fastopen=0102030405060708 "
#define OPENED LISTENS "< SYN seq=5000 " COOKIE "len=5; "

void test_fast_open(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      /* A cookie is asked for, and comes in the form it was asked for; nothing else is special. */
      LISTENS "< SYN seq=5000 fastopen; ? listen.syn.fast-open.request; "
              "! SYN,ACK seq=1000 ack=5001 opt=02040400220a01020304050607080101; = SYN-RECEIVED; # unread 0; "
              "< RST; ? syn-received.rst.passive; = LISTEN",
      LISTENS "< SYN seq=5000 opt=fe04f989; ? listen.syn.fast-open.request; "
              "! SYN,ACK opt=02040400fe0cf9890102030405060708",
      LISTENS "< SYN seq=5000 fastopen len=5; ! SYN,ACK ack=5001; # unread 0; < ACK seq=5001; # unread 5",
      /* The wrong one: the right one comes back, and text on the SYN has to come again. */
      LISTENS "< SYN seq=5000 fastopen=0102030405060709 len=5; ? listen.syn.fast-open.wrong; "
              "! SYN,ACK ack=5001 opt=02040400220a01020304050607080101; # unread 0",
      LISTENS "< SYN seq=5000 fastopen=01020304 len=5; ? listen.syn.fast-open.wrong; ! SYN,ACK ack=5001",
      /* No cookie, one of no possible length, another experiment, a full queue, none wanted: like any SYN. */
      LISTENS "< SYN seq=5000 len=5; ? listen.syn; ! SYN,ACK ack=5001 opt=02040400",
      LISTENS "< SYN seq=5000 opt=2204aabb len=5; ? listen.syn",
      LISTENS "< SYN seq=5000 opt=2205aabbcc len=5; ? listen.syn",
      LISTENS "< SYN seq=5000 opt=fe04f98a; ? listen.syn",
      LISTENS "< SYN seq=5000 opt=fe02; ? listen.syn",
      LISTENS "set fast-full; < SYN seq=5000 " COOKIE "len=5; ? listen.syn; ! SYN,ACK ack=5001 opt=02040400",
      LISTENS "set fast-open 0; < SYN seq=5000 fastopen; ? listen.syn",
      LISTENS "set fast-open-anyone; < SYN seq=5000 len=5; ? listen.syn.fast-open; ! SYN,ACK ack=5006",
      LISTENS "set fast-open-anyone; < SYN seq=5000 fastopen; ? listen.syn.fast-open; ! SYN,ACK opt=02040400",
      LISTENS "set fast-open-anyone; < SYN seq=5000; ? listen.syn",
      /* The right one: the text is the user's before the handshake is over, and may be answered. */
      OPENED
      "? listen.syn.fast-open; ! SYN,ACK seq=1000 ack=5006 win=4091; = SYN-RECEIVED; $ DATA; # unread 5; "
      "receive; ? call.receive.fast-open; # unread 0; send 7; ? call.send.fast-open; "
      "! ACK seq=1001 ack=5006 len=7; < ACK ack=snd.nxt; = ESTABLISHED; # acked 8; # retransmission 0",
      OPENED
      "< ACK ack=1001; ? synced.window; = ESTABLISHED; # acked 1; # retransmission 0; < ACK len=3; ! ACK "
      "ack=5009; # unread 8",
      OPENED
      "send 7; < ACK ack=1001; = ESTABLISHED; # acked 1; # retransmission 1; < ACK ack=1008; # acked 7",
      OPENED "send 7; < FIN,ACK ack=1004; = CLOSE-WAIT; # acked 4; # snd.una 1004",
      LISTENS "< SYN seq=5000 " COOKIE
              "; ? listen.syn.fast-open; ! SYN,ACK ack=5001; # unread 0; send 3; ! ACK len=3",
      LISTENS "< SYN,FIN seq=5000 " COOKIE
              "len=5; ! SYN,ACK ack=5006; # held-fin 1; < ACK seq=5007; = CLOSE-WAIT",
      OPENED "> PSH,ACK len=4; % SEND; ? sent.text.fast-open; # snd.nxt 1005",
      /* Only the SYN,ACK is repeated, and acknowledges the text too. */
      OPENED "send 7; timeout; ! SYN,ACK seq=1000 ack=5006; = SYN-RECEIVED",
      /* Somebody has the connection: it does not silently go back to LISTEN. */
      OPENED "< RST; ? syn-received.fast-open.rst; $ RESET; = CLOSED",
      OPENED "< SYN seq=5000; ? synced.seq.outside; ! ACK ack=5006",
      OPENED "< SYN seq=5010; ? synced.syn; ! ACK ack=5006; = SYN-RECEIVED",
      OPENED "< ACK ack=1002; ? syn-received.ack.bad; ! RST seq=1002; = SYN-RECEIVED",
      /* Its user closes. */
      OPENED "receive; close; = FIN-WAIT-1; ! FIN,ACK seq=1001 ack=5006; < ACK ack=1001; "
             "~ fin-wait-1.fast-open.ack; = FIN-WAIT-1; < ACK ack=1002; = FIN-WAIT-2",
      OPENED "receive; close; < ACK ack=1002; ~ fin-wait-1.fast-open.ack; = FIN-WAIT-2; # acked 2",
      OPENED "release; ? call.close.data-lost; ! RST seq=1001; = CLOSED",
      OPENED "receive; abort; ? call.abort; ! RST seq=1001; = CLOSED",
      /* A pair in TIME-WAIT, too. */
      FAST TIME_WAIT "< SYN seq=rcv.nxt+1 " COOKIE
                     "len=5; ? time-wait.syn.reopen.fast-open; ! SYN,ACK ack=irs+6; "
                     "# unread 5; = SYN-RECEIVED; < RST; = CLOSED",
      FAST TIME_WAIT "< SYN seq=rcv.nxt+1 fastopen; ? time-wait.syn.reopen; "
                     "! SYN,ACK opt=02040400220a01020304050607080101",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

#define OPENED_LINUX LINUX OPENED

void test_linux_fast_open(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      OPENED_LINUX "? listen.syn.fast-open; ! SYN,ACK seq=1000 ack=5006 win=64240; # unread 5",
      LINUX LISTENS "< SYN,FIN seq=5000 " COOKIE "len=5; ? listen.syn.fin; ! nothing",
      LINUX LISTENS "set full; < SYN seq=5000 " COOKIE "len=5; ? listen.syn.queue-full; ! nothing",
      LINUX LISTENS "set cookies 2; < SYN seq=5000 " COOKIE "len=5; ? listen.syn.cookie; ! SYN,ACK ack=5001",
      /* The request beside the socket is asked first. */
      OPENED_LINUX
      "< SYN seq=5000; ? syn-received.linux.syn-again; ! SYN,ACK seq=1000 ack=5006; = SYN-RECEIVED",
      OPENED_LINUX "< SYN seq=5000 len=9; ? syn-received.linux.syn-again; ! SYN,ACK ack=5006; # unread 5",
      OPENED_LINUX "< ACK seq=5001 len=5; ? syn-received.linux.outside; ! ACK seq=1001 ack=5006; # unread 5",
      OPENED_LINUX "< URG seq=4000; ? syn-received.linux.outside; ! ACK seq=1001 ack=5006",
      OPENED_LINUX "< URG; ? synced.no-ack; ! nothing",
      OPENED_LINUX "< RST seq=4000; ? syn-received.linux.outside-rst; ! nothing",
      OPENED_LINUX "set kernel 6.1; < RST seq=rcv.nxt+1; ? fast-open.linux.rst.inside; $ RESET; = CLOSED",
      OPENED_LINUX "< RST; ? syn-received.fast-open.rst; $ RESET; = CLOSED",
      OPENED_LINUX "< RST seq=rcv.nxt+1; ? synced.rst.in-window; ! ACK; = SYN-RECEIVED",
      OPENED_LINUX "< SYN seq=5010; ? fast-open.linux.syn; ! RST,ACK seq=0 ack=5011; = SYN-RECEIVED",
      OPENED_LINUX "< SYN,ACK seq=5010; ? fast-open.linux.syn; ! RST seq=1001; = SYN-RECEIVED",
      OPENED_LINUX "< SYN,ACK seq=5000 len=9; ? synced.syn; ! ACK seq=1001 ack=5006; = SYN-RECEIVED",
      OPENED_LINUX "< ACK ack=1000; ? syn-received.ack.bad; ! RST seq=1000; = SYN-RECEIVED",
      OPENED_LINUX "< ACK ack=1002; ? syn-received.ack.bad; ! RST seq=1002; = SYN-RECEIVED",
      OPENED_LINUX "set full; < ACK; ~ syn-received.ack; = ESTABLISHED",
      OPENED_LINUX "< ACK len=4; ! ACK ack=5010; = ESTABLISHED; # unread 9",
      OPENED_LINUX "send 7; ! ACK seq=1001 len=7; < ACK; = ESTABLISHED; # acked 8; # snd.una 1008",
      /* shutdown() waits, close() does not; the FIN may be out before our SYN is acknowledged. */
      OPENED_LINUX "close; ! nothing; = SYN-RECEIVED; < ACK ack=1001; ! FIN,ACK seq=1001; = FIN-WAIT-1",
      OPENED_LINUX "release; ? call.close.unread; ! RST,ACK seq=1001 ack=5006; = CLOSED",
      OPENED_LINUX "receive; release; ! FIN,ACK seq=1001 ack=5006; = FIN-WAIT-1; < SYN seq=5000; "
                   "? syn-received.linux.syn-again; ! SYN,ACK seq=1000 ack=5006; < SYN seq=5010; "
                   "? fast-open.linux.syn; ! RST,ACK; = FIN-WAIT-1; < ACK ack=1000; ? synced.ack.too-old; "
                   "! ACK seq=1002 ack=5006; timeout; ! SYN,ACK; < ACK ack=1001; ! nothing; = FIN-WAIT-1; "
                   "< SYN seq=5000; ! ACK; < ACK ack=1002; = FIN-WAIT-2",
      /* It is repeated once more than a request's, and whoever has it hears of the end. */
      OPENED_LINUX "wait 63500ms; # retransmits 6; = SYN-RECEIVED; wait 64s; $ ABORTED_TIMEOUT; = CLOSED",
      LINUX FAST TIME_WAIT "< SYN seq=rcv.nxt+1 " COOKIE "len=5; ? time-wait.syn.reopen.fast-open; "
                           "! SYN,ACK seq=66539 ack=irs+6",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_fast_open_asked(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      "> SYN fastopen; % OPEN; ? sent.syn.cookie-request; = SYN-SENT",
      "> SYN; < SYN,ACK seq=5000 " COOKIE "; # fast-cookie-len 8; = ESTABLISHED",
      "> SYN; < SYN seq=5000 " COOKIE "; # fast-cookie-len 8; = SYN-RECEIVED",
      "set manual; > SYN " COOKIE "len=5; % OPEN; ? sent.syn.fast-open; # snd.nxt 1006; "
      "< SYN,ACK seq=5000 ack=1006; = ESTABLISHED; # snd.una 1006; # debts 1; would ACK seq=1006 ack=5001",
      /* What was not taken is sent again at once, and pays for the ACK as well. */
      "set manual; > SYN " COOKIE
      "len=5; < SYN,ACK seq=5000 ack=1001; = ESTABLISHED; # snd.una 1001; # debts 2; "
      "would PSH,ACK seq=1001 ack=5001 len=5; > PSH,ACK seq=1001 len=5; % RETRANSMIT; # debts 0",
      "set manual; > SYN " COOKIE "len=5; < SYN,ACK seq=5000 ack=1003; would PSH,ACK seq=1003 len=3",
      "set manual; > SYN len=5; < SYN,ACK seq=5000 ack=1001; # debts 1; would ACK seq=1006",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

static struct segment with_cookie(uint8_t flags, seq_t seq, seq_t ack, uint8_t first, size_t len)
{
  static const uint8_t text[5];
  struct segment g = {.flags = flags, .seq = seq, .ack = ack, .win = 8192, .data = text, .data_len = len};
  const uint8_t cookie[8] = {first};
  if (first) option_put(&g, OPTION_FASTOPEN, cookie, sizeof cookie);
  return g;
}

/* A shadow learns the cookie from the SYN,ACK that gives it, and whether an unknown one was right. */
void test_fast_open_shadow(void **state)
{
  (void)state;
  static const struct {
    uint8_t brings, gives;
    seq_t ack;
    size_t len;
    bool taken;
  } cases[] = {{1, 2, 5001, 5, false}, {1, 0, 5006, 5, true}, {1, 0, 5001, 0, true}, {1, 2, 5001, 0, false}};
  struct tcp_profile profile = tcp_profile_linux;
  profile.fast_open = 5;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct tcb t;
    struct tcp_verdict v;
    tcb_init(&t, &profile, false, 0, false);
    tcp_call(&t, &(struct tcp_call){.kind = CALL_OPEN_PASSIVE}, 0, &v);
    struct segment syn = with_cookie(SYN, 5000, 0, cases[i].brings, cases[i].len);
    tcp_arrives(&t, &syn, 0, &v);
    tcp_script_count(&v);
    assert_string_equal(v.fired[v.fired_count - 1]->id, "listen.syn.fast-open.unseen");
    assert_true(v.emit[0].wild & SEG_BIT(SEG_ACKNO));
    struct segment answer = with_cookie(SYN | ACK, 77000, cases[i].ack, cases[i].gives, 0);
    tcp_bind(&t, &v.emit[0], &answer);
    assert_int_equal(t.fast.taken, cases[i].taken);
    assert_int_equal(t.rcv.nxt, cases[i].ack);
    assert_int_equal(t.unread, cases[i].ack - 5001);
    assert_int_equal(t.fast.cookie_len, cases[i].gives ? 8 : 0);
    if (!cases[i].gives) continue;
    assert_int_equal(t.fast.cookie[0], cases[i].gives);
    tcb_renew(&t, &profile);
    tcp_call(&t, &(struct tcp_call){.kind = CALL_OPEN_PASSIVE}, 0, &v);
    syn = with_cookie(SYN, 6000, 0, cases[i].gives, 5);
    tcp_arrives(&t, &syn, 0, &v);
    assert_true(t.fast.taken);
    assert_false(v.emit[0].wild & SEG_BIT(SEG_ACKNO));
    assert_int_equal(v.emit[0].ack, 6006);
  }
}
