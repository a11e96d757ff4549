/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the RFC's text says, case by case: calls, openings, checks one to eight, closings. */
#include "tests/unit/tcp_script.h"
#include "tests/unit/tcp_tests.h"

void test_calls(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      "unspecified; ? call.open.unspecified; $ ERR_NOT_SPECIFIED; = CLOSED",
      "open; ? call.open.active; ! SYN seq=1000 mss=1024; = SYN-SENT; # snd.una 1000; # snd.nxt 1001",
      LISTENING "open; ? call.open.from-listen; ! SYN seq=1000; = SYN-SENT; # passive 0",
      LINUX LISTENING "open; ? call.open.listening; $ ERR_EXISTS; = LISTEN",
      ESTABLISHED "open; ? call.open.exists; $ ERR_EXISTS; ! nothing; = ESTABLISHED",
      "listen; ? call.listen; ! nothing; = LISTEN",
      SYN_SENT "listen; ? call.listen.exists; $ ERR_EXISTS; = SYN-SENT",

      "send 5; ? call.send.closed; $ ERR_NOT_OPEN",
      LISTENING "send 5; ? call.send.listen; ! SYN seq=1000; = SYN-SENT; # queued 5",
      LINUX LISTENING "send 5; ? call.send.listening; $ ERR_NOT_SPECIFIED; = LISTEN",
      SYN_SENT
      "send 5; ? call.send.queue; ! nothing; # queued 5; < SYN,ACK seq=5000; ! ACK seq=1001 ack=5001 len=5",
      SYN_RECEIVED "send 5; ? call.send.queue; ! nothing; < ACK; ! ACK seq=1001 len=5; = ESTABLISHED",
      ESTABLISHED "send 5; ? call.send; ! ACK seq=1001 ack=5001 len=5; # snd.nxt 1006",
      CLOSE_WAIT "send 5; ? call.send; ! ACK seq=1001 ack=5002 len=5; = CLOSE-WAIT",
      FIN_WAIT_1 "send 5; ? call.send.closing; $ ERR_CLOSING; ! nothing",
      FIN_WAIT_2 "send 5; ? call.send.closing",
      CLOSING "send 5; ? call.send.closing",
      LAST_ACK "send 5; ? call.send.closing",
      TIME_WAIT "send 5; ? call.send.closing",

      "receive; ? call.receive.closed; $ ERR_NOT_OPEN",
      LISTENING "receive; ? call.receive.wait",
      SYN_SENT "receive; ? call.receive.wait",
      ESTABLISHED
      "< ACK len=9; # unread 9; receive 4; ? call.receive; # delivered 4; # unread 5; receive; # delivered 5",
      CLOSE_WAIT "receive; ? call.receive.end; $ ERR_CLOSING",
      ESTABLISHED
      "< FIN,ACK len=9; = CLOSE-WAIT; receive 4; ? call.receive.rest; # delivered 4; receive; receive; "
      "? call.receive.end",
      LAST_ACK "receive; ? call.receive.end",
      LINUX ESTABLISHED "< FIN,ACK len=9; close; = LAST-ACK; receive; ? call.receive.late; # delivered 9",

      "close; ? call.close.closed; $ ERR_NOT_OPEN",
      LISTENING "close; ? call.close.listen; ! nothing; = CLOSED",
      SYN_SENT "close; ? call.close.syn-sent; ! nothing; = CLOSED",
      SYN_RECEIVED "close; ? call.close.syn-received; ! FIN,ACK seq=1001 ack=5001; = FIN-WAIT-1",
      SYN_RECEIVED "send 3; close; ? call.close.wait; ! nothing; = SYN-RECEIVED; < ACK; ~ "
                   "syn-received.ack.close-deferred; "
                   "! FIN,ACK seq=1001 len=3; = FIN-WAIT-1",
      LINUX CROSSED "release; ? call.close.syn-received.release; ! FIN,ACK seq=1001; = FIN-WAIT-1",
      LINUX CROSSED
      "close; ? call.close.wait; ! nothing; = SYN-RECEIVED; < ACK; ! FIN,ACK seq=1001; = FIN-WAIT-1",
      ESTABLISHED "close; ? call.close; ! FIN,ACK seq=1001 ack=5001; = FIN-WAIT-1; # snd.nxt 1002",
      ESTABLISHED "send 5; ! ACK len=5; close; ! FIN,ACK seq=1006; = FIN-WAIT-1",
      ESTABLISHED "send 9000; ! ACK len=536; close; ? call.close; ! nothing; = FIN-WAIT-1",
      FIN_WAIT_1 "close; ? call.close.again; $ ERR_CLOSING; ! nothing; = FIN-WAIT-1",
      FIN_WAIT_2 "close; ? call.close.again; ! nothing",
      FIN_WAIT_2 "release; ? call.close.again; # orphan 1",
      LINUX FIN_WAIT_2
      "release; ? call.close.again.orphan; # orphan 1; = FIN-WAIT-2; timeout; ? timeout.fin-wait-2; = CLOSED",
      LINUX FIN_WAIT_1 "release; ? call.close.again.release; # orphan 1; = FIN-WAIT-1",
      LINUX ESTABLISHED "< ACK len=3; release; ? call.close.unread; ! RST,ACK seq=1001 ack=5004; = CLOSED",
      ESTABLISHED "< ACK len=3; release; ? call.close.data-lost; ! RST seq=1001; = CLOSED",
      CLOSE_WAIT "close; ? call.close.last; ! FIN,ACK seq=1001 ack=5002; = LAST-ACK",
      CLOSE_WAIT "send 9000; close; ? call.close.last.wait; = CLOSE-WAIT",
      LINUX CLOSE_WAIT "set snd.wnd 100; send 9000; close; ? call.close.last.at-once; = LAST-ACK",

      "abort; ? call.abort.closed; $ ERR_NOT_OPEN",
      LISTENING "abort; ? call.abort.opening; ! nothing; = CLOSED",
      SYN_SENT "abort; ? call.abort.opening; ! nothing; = CLOSED",
      SYN_RECEIVED "abort; ? call.abort; ! RST seq=1001; = CLOSED; $ RESET",
      ESTABLISHED "send 5; abort; ? call.abort; ! RST seq=1006; = CLOSED",
      FIN_WAIT_1 "abort; ? call.abort; ! RST seq=1002; = CLOSED",
      CLOSE_WAIT "abort; ? call.abort; ! RST seq=1001; = CLOSED",
      LINUX ESTABLISHED "abort; ? call.abort.rst-ack; ! RST,ACK seq=1001 ack=5001; = CLOSED; # 2msl 0",
      CLOSING "abort; ? call.abort.late; ! nothing; = CLOSED",
      LAST_ACK "abort; ? call.abort.late; ! nothing; = CLOSED",
      LINUX CLOSE_WAIT "send 5000; close; = LAST-ACK; abort; ? call.abort.fin-waits; ! RST,ACK; = CLOSED",
      TIME_WAIT "abort; ? call.abort.late; ! nothing; = CLOSED",
      LINUX TIME_WAIT "abort; ? call.abort.time-wait; = TIME-WAIT",

      "status; ? call.status.closed; $ ERR_NOT_OPEN",
      TIME_WAIT "status; ? call.status; $ OK; = TIME-WAIT",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_opening(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      "< RST seq=7; ? closed.rst; ! nothing",
      "< RST,ACK seq=7 ack=9; ? closed.rst; ! nothing",
      "< SYN seq=90; ? closed.no-ack; ! RST,ACK seq=0 ack=91",
      "< SYN,FIN seq=90 len=3; ! RST,ACK seq=0 ack=95",
      "< ACK seq=90 ack=300 len=10; ? closed.ack; ! RST seq=300; = CLOSED",

      LISTENING "< RST seq=7; ? listen.rst; ! nothing; = LISTEN",
      LISTENING "< SYN,ACK seq=7 ack=77; ? listen.ack; ! RST seq=77; = LISTEN",
      LISTENING
      "< SYN seq=5000; ? listen.syn; ! SYN,ACK seq=1000 ack=5001 win=4096 mss=1024; = SYN-RECEIVED; "
      "# rcv.nxt 5001; # snd.nxt 1001; # snd.una 1000",
      LISTENING "< FIN seq=7; ? listen.other; ! nothing",
      LISTENING "< none seq=7; ? listen.other; ! nothing",
      /* Text and FIN on the SYN wait for ESTABLISHED. */
      LISTENING "< SYN seq=5000 len=4; ! SYN,ACK ack=5001; # delivered 0; < ACK; ~ synced.text; # delivered "
                "4; ! ACK ack=5005",
      LISTENING "< SYN,FIN seq=5000 len=4; ! SYN,ACK ack=5001; = SYN-RECEIVED; # held-fin 1; < ACK; "
                "? established.fin; ! ACK ack=5006; = CLOSE-WAIT",
      LINUX LISTENING "< SYN,FIN seq=5000; ? listen.syn.fin; ! nothing; = LISTEN",
      LINUX LISTENING
      "< SYN seq=5000 len=4; ! SYN,ACK ack=5001; < ACK; # delivered 0; ! nothing; # rcv.nxt 5001",
      LINUX "set full; " LISTENING "< SYN seq=5000; ? listen.syn.queue-full; ! nothing; = LISTEN",

      SYN_SENT "< RST,ACK seq=7 ack=1000; ? syn-sent.ack.bad-rst; ! nothing; = SYN-SENT",
      SYN_SENT "< ACK seq=7 ack=1000; ? syn-sent.ack.bad; ! RST seq=1000; = SYN-SENT",
      SYN_SENT "< SYN,ACK seq=7 ack=1002; ? syn-sent.ack.bad; ! RST seq=1002; = SYN-SENT",
      LINUX SYN_SENT
      "< SYN,ACK seq=7 ack=1002; ? syn-sent.ack.bad-soon; ! RST seq=1002; = SYN-SENT; timeout; "
      "? timeout.retransmission.syn; ! SYN seq=1000; # now-ms 8; < ACK seq=7 ack=9; ? syn-sent.ack.bad",
      LINUX SYN_SENT "< RST,ACK seq=0 ack=1000; ? syn-sent.ack.bad-rst-soon; ! nothing; = SYN-SENT; timeout; "
                     "! SYN seq=1000; # now-ms 8; < RST,ACK seq=0 ack=1000; ? syn-sent.ack.bad-rst; timeout; "
                     "# now-ms 1008",
      SYN_SENT "< RST,ACK seq=0 ack=1001; ? syn-sent.rst; $ RESET; ! nothing; = CLOSED",
      LINUX SYN_SENT "< RST,ACK seq=0 ack=1001; ? syn-sent.rst.linux; $ REFUSED; = CLOSED",
      SYN_SENT "< RST seq=0; ? syn-sent.rst.no-ack; ! nothing; = SYN-SENT",
      SYN_SENT
      "< SYN,ACK seq=5000; ~ syn-sent.security; ? syn-sent.syn-ack; $ ESTABLISHED; ! ACK seq=1001 ack=5001; "
      "= ESTABLISHED; # snd.una 1001",
      SYN_SENT "< SYN,ACK seq=5000 len=4; ~ syn-sent.syn-ack; ? synced.text; ! ACK ack=5005; = ESTABLISHED",
      SYN_SENT "< SYN,FIN,ACK seq=5000 len=4; ? established.fin; ! ACK ack=5006; = CLOSE-WAIT",
      LINUX SYN_SENT "< SYN,FIN,ACK seq=5000 len=4; ? syn-sent.syn-ack.linux; ! ACK ack=5001; = ESTABLISHED",
      SYN_SENT "< SYN seq=5000; ? syn-sent.syn; ! SYN,ACK seq=1000 ack=5001; = SYN-RECEIVED",
      SYN_SENT "< ACK seq=5000 ack=1001; ? syn-sent.other; ! nothing; = SYN-SENT",
      SYN_SENT "< FIN seq=5000; ? syn-sent.other; ! nothing",

      SYN_RECEIVED "< ACK; ~ syn-received.ack; $ ESTABLISHED; ! nothing; = ESTABLISHED; # snd.wnd 8192",
      SYN_RECEIVED "< ACK ack=snd.nxt+1; ? syn-received.ack.bad; ! RST seq=1002; = SYN-RECEIVED",
      SYN_RECEIVED "< ACK ack=iss; ? syn-received.ack.bad; ! RST seq=1000; = SYN-RECEIVED",
      SYN_RECEIVED "< ACK len=5; ~ syn-received.ack; ? synced.text; ! ACK ack=5006; = ESTABLISHED",
      SYN_RECEIVED "< FIN,ACK; ? established.fin; ! ACK ack=5002; = CLOSE-WAIT",
      /* The first SYN again is left of the window; another one inside leads back to LISTEN. */
      SYN_RECEIVED "< SYN seq=5000; ? synced.seq.outside; ! ACK seq=1001 ack=5001; = SYN-RECEIVED",
      SYN_RECEIVED "< SYN seq=rcv.nxt; ? syn-received.syn.passive; ! nothing; = LISTEN",
      SYN_RECEIVED "< SYN seq=5000 len=5; ~ synced.seq.old-part; ? synced.no-ack; ! nothing; = SYN-RECEIVED",
      CROSSED "< SYN,ACK seq=5000; ? synced.seq.outside; ! ACK seq=1001; < ACK; = ESTABLISHED",
      CROSSED "< SYN seq=rcv.nxt; ? synced.syn; ! ACK seq=1001 ack=5001; = SYN-RECEIVED",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_sequence_check(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      /* Table 6: length 0 or more, window 0 or more. */
      ESTABLISHED "< ACK seq=rcv.nxt-1; ? synced.seq.outside; ! ACK seq=1001 ack=5001",
      ESTABLISHED "< ACK seq=rcv.nxt+4095; ! nothing",
      ESTABLISHED "< ACK seq=rcv.nxt+4096; ? synced.seq.outside; ! ACK seq=1001 ack=5001",
      ESTABLISHED "< ACK seq=rcv.nxt-3 len=3; ? synced.seq.outside; ! ACK ack=5001; # delivered 0",
      ESTABLISHED
      "< ACK seq=rcv.nxt-3 len=5; ~ synced.seq.old-part; ? synced.text; ! ACK ack=5003; # delivered 2",
      ESTABLISHED
      "< ACK len=5000; ~ synced.seq.too-long; ? synced.text; ! ACK ack=9097 win=0; # delivered 4096",
      ESTABLISHED "< FIN,ACK len=4096; ~ synced.seq.too-long; = ESTABLISHED; ! ACK ack=9097",
      ESTABLISHED "set rcv.wnd 0; < ACK; ! nothing",
      ESTABLISHED "set rcv.wnd 0; < ACK seq=rcv.nxt+1; ? synced.seq.outside; ! ACK ack=5001",
      ESTABLISHED "set rcv.wnd 0; send 5; < ACK ack=snd.nxt len=1; ~ synced.seq.zero-window; ~ synced.ack; "
                  "! ACK seq=1006 ack=5001 win=0; # snd.una 1006; # delivered 0",
      ESTABLISHED "set rcv.wnd 0; < FIN,ACK; ! ACK ack=5001; = ESTABLISHED",
      ESTABLISHED "set rcv.wnd 0; < URG,ACK len=1 urg=1; ~ synced.urg; $ URGENT; ! ACK ack=5001",
      ESTABLISHED "set rcv.wnd 0; < RST; ~ synced.seq.rst-at-edge; ? synced.rst; = CLOSED",
      ESTABLISHED "< RST seq=rcv.nxt-1; ? synced.seq.rst; ! nothing; = ESTABLISHED",
      /* A limit on answers, when one is set. */
      "set throttle 500000; " ESTABLISHED
      "< ACK seq=rcv.nxt-1; ! ACK; < ACK seq=rcv.nxt-1; ? synced.seq.throttled; "
      "! nothing; wait 500ms; < ACK seq=rcv.nxt-1; ! ACK",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_resets(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      ESTABLISHED "< RST; ? synced.rst; $ RESET; ! nothing; = CLOSED",
      ESTABLISHED "< RST seq=rcv.nxt+1; ? synced.rst.in-window; ! ACK seq=1001 ack=5001; = ESTABLISHED",
      ESTABLISHED "< RST seq=rcv.nxt+4095; ? synced.rst.in-window; ! ACK; = ESTABLISHED",
      ESTABLISHED "< RST seq=rcv.nxt+4096; ? synced.seq.rst; ! nothing; = ESTABLISHED",
      ESTABLISHED "< RST seq=rcv.nxt-1 len=3; ? synced.rst.outside; ! nothing; = ESTABLISHED",
      "set throttle 500000; " ESTABLISHED
      "< RST seq=rcv.nxt+1; ! ACK; < RST seq=rcv.nxt+1; ? synced.rst.throttled; ! nothing",
      FIN_WAIT_1 "< RST; ? synced.rst; $ RESET; = CLOSED",
      FIN_WAIT_2 "< RST; ? synced.rst; $ RESET; = CLOSED",
      CLOSE_WAIT "< RST; ? synced.rst; $ RESET; = CLOSED",
      CLOSING "< RST; ? closing.rst; = CLOSED",
      LAST_ACK "< RST; ? closing.rst; = CLOSED",
      TIME_WAIT "< RST; ? time-wait.rst.assassinated; ! nothing; = CLOSED",
      TIME_WAIT "< RST seq=rcv.nxt+1; ? synced.rst.in-window; ! ACK; = TIME-WAIT",
      "set rfc1337; " TIME_WAIT "< RST; ? time-wait.rst.rfc1337; ! nothing; = TIME-WAIT",
      SYN_RECEIVED "< RST; ? syn-received.rst.passive; ! nothing; = LISTEN; < SYN seq=7; ! SYN,ACK ack=8",
      CROSSED "< RST; ? syn-received.rst.active; $ REFUSED; ! nothing; = CLOSED",
      SYN_RECEIVED "< RST seq=rcv.nxt+1; ? synced.rst.in-window; ! ACK seq=1001; = SYN-RECEIVED",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_syn_in_a_connection(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      ESTABLISHED
      "< SYN seq=rcv.nxt; ~ synced.security; ? synced.syn; ! ACK seq=1001 ack=5001; = ESTABLISHED",
      ESTABLISHED "< SYN seq=rcv.nxt+5; ? synced.syn; ! ACK; = ESTABLISHED",
      ESTABLISHED "< SYN seq=99; ? synced.seq.outside; ! ACK seq=1001 ack=5001; = ESTABLISHED",
      ESTABLISHED "< SYN,ACK seq=5000; ! ACK; = ESTABLISHED",
      CLOSE_WAIT "< SYN seq=rcv.nxt; ? synced.syn; ! ACK; = CLOSE-WAIT",
      LAST_ACK "< SYN seq=rcv.nxt; ? synced.syn; ! ACK; = LAST-ACK",
      "set throttle 500000; " ESTABLISHED
      "< SYN seq=rcv.nxt; ! ACK; < SYN seq=rcv.nxt; ? synced.syn.throttled; ! nothing",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_acknowledgments(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      ESTABLISHED "< none; ? synced.no-ack; ! nothing",
      ESTABLISHED "< FIN seq=rcv.nxt; ? synced.no-ack; ! nothing; = ESTABLISHED",
      ESTABLISHED "< PSH len=5; ? synced.no-ack; ! nothing; # rcv.nxt 5001",
      ESTABLISHED "send 5; < ACK; ~ synced.ack; # acked 5; # snd.una 1006; # retransmission 0",
      ESTABLISHED "send 5; < ACK ack=snd.una+2; # acked 2; # retransmission 1",
      ESTABLISHED "< ACK; ~ synced.ack.duplicate; ! nothing",
      ESTABLISHED "< ACK ack=snd.nxt+1; ? synced.ack.future; ! ACK seq=1001 ack=5001",
      ESTABLISHED "send 5; < ACK; < ACK ack=snd.una-3; ~ synced.ack.duplicate; ! nothing",
      ESTABLISHED "< ACK ack=snd.una-8192; ~ synced.ack.duplicate; ! nothing",
      ESTABLISHED
      "< ACK ack=snd.una-8193 len=5; ? synced.ack.too-old; ! ACK seq=1001 ack=5001; # delivered 0",
      "set throttle 500000; " ESTABLISHED
      "< ACK ack=snd.nxt+1; ! ACK; < ACK ack=snd.nxt+1; ? synced.ack.throttled; ! nothing",
      ESTABLISHED "< ACK win=77; ~ synced.window; # snd.wnd 77",
      ESTABLISHED
      "< ACK seq=rcv.nxt+2 len=1 win=77; # snd.wnd 77; < ACK seq=rcv.nxt+1 len=1 win=99; # snd.wnd 77",
      ESTABLISHED "send 5; < ACK win=77; # snd.wnd 77; < ACK ack=snd.una-5 win=99; # snd.wnd 77",
      CLOSE_WAIT "send 5; < ACK; ~ synced.ack; # acked 5",
      CLOSE_WAIT
      "< ACK win=600; send 9000; close; = CLOSE-WAIT; < ACK win=9000; ~ close-wait.fin-may-go; = LAST-ACK",
      FIN_WAIT_1 "< ACK; ? fin-wait-1.ack; $ CLOSED_OK; ! nothing; = FIN-WAIT-2",
      ESTABLISHED "send 5; close; < ACK ack=snd.nxt-1; = FIN-WAIT-1; # acked 5; < ACK; = FIN-WAIT-2",
      CLOSING "< ACK ack=snd.una; ? closing.ack.other; ! nothing; = CLOSING",
      CLOSING "< ACK; ? closing.ack; ! nothing; = TIME-WAIT; # 2msl 1",
      LAST_ACK "< ACK ack=snd.una; ! nothing; = LAST-ACK",
      LAST_ACK "< ACK; ? last-ack.ack; $ CLOSED_OK; ! nothing; = CLOSED",
      TIME_WAIT "< ACK; ! nothing; = TIME-WAIT",
      TIME_WAIT "< ACK ack=snd.nxt+1; ? synced.ack.future; ! ACK; = TIME-WAIT",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_text(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      ESTABLISHED "< ACK len=10; ? synced.text; $ DATA; ! ACK seq=1001 ack=5011 win=4086; # delivered 10",
      FIN_WAIT_1 "< ACK ack=snd.una len=10; ? synced.text; ! ACK seq=1002 ack=5011; = FIN-WAIT-1",
      FIN_WAIT_2 "< ACK len=10; ? synced.text; ! ACK ack=5011; = FIN-WAIT-2",
      CLOSE_WAIT "< ACK len=10; ? late.text; ! nothing; # rcv.nxt 5002",
      LAST_ACK "< ACK ack=snd.una len=10; ? late.text; ! nothing",
      TIME_WAIT "< ACK len=10; ? late.text; ! nothing",
      /* A gap: the same ACK again; closed, everything is acknowledged at once. */
      ESTABLISHED "< ACK seq=rcv.nxt+10 len=5; ? synced.text.gap; ! ACK ack=5001; # held 1; # delivered 0; "
                  "< ACK seq=rcv.nxt+20 len=5; # held 2; < ACK len=10; ? synced.text; ! ACK ack=5016; # "
                  "delivered 15; # held 1; "
                  "< ACK len=7; ! ACK ack=5026; # delivered 10; # held 0",
      ESTABLISHED "< ACK seq=rcv.nxt+10 len=5; < ACK seq=rcv.nxt+15 len=5; # held 1; < ACK seq=rcv.nxt+8 "
                  "len=4; # held 1; "
                  "< ACK len=8; ! ACK ack=5021; # held 0",
      ESTABLISHED "< FIN,ACK seq=rcv.nxt+5; ? synced.fin.gap; ! ACK ack=5001; = ESTABLISHED; < ACK len=5; ? "
                  "established.fin; "
                  "! ACK ack=5007; = CLOSE-WAIT",
      ESTABLISHED
      "< FIN,ACK seq=rcv.nxt+5 len=5; ? synced.fin.gap; < ACK len=5; ! ACK ack=5012; = CLOSE-WAIT",
      /* Nothing can come after a FIN: what was held beyond it is forgotten. */
      ESTABLISHED "< ACK seq=rcv.nxt+9 len=5; < FIN,ACK len=9; ! ACK ack=5011; = CLOSE-WAIT; # held 0",
      /* Delayed ACKs: the second segment, or time. */
      "set delay-acks; " ESTABLISHED
      "< ACK len=10; ? synced.text.delayed; ! nothing; # delivered 10; < ACK len=10; "
      "? synced.text; ! ACK ack=5021",
      "set delay-acks; " ESTABLISHED
      "< ACK len=10; ! nothing; timeout; ? timeout.delayed-ack; ! ACK ack=5011; # now-ms 200",
      "set delay-acks; " ESTABLISHED "< ACK len=10; send 3; ! ACK ack=5011 len=3; # now-ms 0",
      "set delay-acks; " ESTABLISHED "< ACK seq=rcv.nxt+1 len=1; ! ACK ack=5001; < ACK len=1; ! ACK ack=5003",
      "set delay-acks; " ESTABLISHED "< FIN,ACK len=10; ! ACK ack=5012; = CLOSE-WAIT",
      /* Window: the right edge stays until there is room worth telling. */
      ESTABLISHED "< ACK len=4096; ! ACK win=0; receive 100; ! nothing; receive; ! ACK ack=9097 win=4096",
      /* Urgent text. */
      ESTABLISHED "< URG,ACK len=3 urg=3; ~ synced.urg; $ URGENT; ! ACK ack=5004",
      CLOSE_WAIT "< URG,ACK urg=3; ? late.urg; ! nothing",
      /* The sender: window, Nagle, full segments. */
      ESTABLISHED "send 1000; ! ACK seq=1001 len=536; ! nothing; < ACK; ! ACK seq=1537 len=464; # queued 0",
      "set nagle 0; " ESTABLISHED "send 1000; ! ACK len=536; ! ACK len=464; send 3; ! ACK len=3",
      ESTABLISHED "send 3; ! ACK len=3; send 3; ! nothing; # queued 3; < ACK; ! ACK seq=1004 len=3",
      LISTENING "< SYN seq=5000 mss=100 win=250; < ACK win=250; send 1000; ! ACK len=100; ! ACK len=100; ! "
                "nothing; < ACK "
                "ack=snd.una+100 win=250; ! ACK len=100; ! nothing",
      ESTABLISHED
      "< ACK win=0; send 5; ! nothing; # persist 1; < ACK win=8192; ! ACK seq=1001 len=5; # persist 0",
      ESTABLISHED "< ACK win=3; send 5; ! ACK len=3; ! nothing; < ACK win=2; ! ACK seq=1004 len=2",
      LINUX ESTABLISHED "send 30000; # emits 10; # queued 24640",
      /* More ranges than a TCB holds: the last is forgotten, and will come again. */
      ESTABLISHED
      "< ACK seq=rcv.nxt+10 len=1; < ACK seq=rcv.nxt+20 len=1; < ACK seq=rcv.nxt+30 len=1; < ACK "
      "seq=rcv.nxt+40 "
      "len=1; < ACK seq=rcv.nxt+50 len=1; < ACK seq=rcv.nxt+60 len=1; < ACK seq=rcv.nxt+70 len=1; < ACK "
      "seq=rcv.nxt+80 len=1; # held 8; < ACK seq=rcv.nxt+90 len=1; # held 8; ! ACK ack=5001",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_closing(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      ESTABLISHED "< FIN,ACK; ? established.fin; $ CLOSING; ! ACK seq=1001 ack=5002; = CLOSE-WAIT",
      FIN_WAIT_1 "< FIN,ACK ack=snd.una; ? fin-wait-1.fin; ! ACK seq=1002 ack=5002; = CLOSING",
      FIN_WAIT_1 "< FIN,ACK; ~ fin-wait-1.ack; ? fin-wait-2.fin; ! ACK seq=1002 ack=5002; = TIME-WAIT",
      FIN_WAIT_2 "< FIN,ACK; ? fin-wait-2.fin; ! ACK seq=1002 ack=5002; = TIME-WAIT; # 2msl-left-s 240",
      CLOSE_WAIT "< FIN,ACK seq=rcv.nxt-1; ? synced.seq.outside; ! ACK ack=5002; = CLOSE-WAIT",
      CLOSE_WAIT "< FIN,ACK; ? late.fin; ! ACK ack=5003; = CLOSE-WAIT",
      LAST_ACK "< FIN,ACK ack=snd.una; ? late.fin; ! ACK; = LAST-ACK",
      CLOSING "< FIN,ACK; ~ closing.ack; ? time-wait.fin; ! ACK; = TIME-WAIT",
      TIME_WAIT "< FIN,ACK; ? time-wait.fin; ! ACK ack=5003; = TIME-WAIT",
      /* Every octet before the FIN. */
      ESTABLISHED
      "< FIN,ACK len=3; ~ synced.text; ? established.fin; ! ACK ack=5005; # delivered 3; = CLOSE-WAIT",
      FIN_WAIT_2 "< FIN,ACK len=3; ! ACK ack=5005; # delivered 3; = TIME-WAIT",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_time_wait(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      TIME_WAIT
      "wait 100s; < FIN,ACK seq=rcv.nxt-1; ? time-wait.fin.again; ! ACK seq=1002 ack=5002; # 2msl-left-s 240",
      TIME_WAIT "wait 100s; < ACK; # 2msl-left-s 140",
      TIME_WAIT "wait 100s; < FIN seq=rcv.nxt-1; ? synced.seq.outside; ! ACK; # 2msl-left-s 140",
      TIME_WAIT "timeout; ? timeout.time-wait; = CLOSED; # now-ms 240000",
      TIME_WAIT "< ACK seq=rcv.nxt-5 len=3; ? synced.seq.outside; ! ACK ack=5002; = TIME-WAIT",
      /* A SYN beyond RCV.NXT reopens, one before does not; the ISN lies beyond the old numbers. */
      TIME_WAIT "< SYN seq=rcv.nxt+1; ? time-wait.syn.reopen; ! SYN,ACK seq=66539 ack=5004; = SYN-RECEIVED; "
                "< ACK; = ESTABLISHED",
      TIME_WAIT "< SYN seq=rcv.nxt; ? synced.syn; ! ACK; = TIME-WAIT",
      TIME_WAIT "< SYN seq=rcv.nxt-5; ? synced.seq.outside; ! ACK; = TIME-WAIT",
      TIME_WAIT "set passive 0; < SYN seq=rcv.nxt+1; ? synced.syn; ! ACK; = TIME-WAIT",
      /* An old duplicate after all: back to TIME-WAIT, with the old numbers (MAY-2). */
      TIME_WAIT "< SYN seq=rcv.nxt+1; < RST; ? syn-received.rst.reopened; = TIME-WAIT; # 2msl-left-s 240; # "
                "rcv.nxt 5002; "
                "# snd.nxt 1002; < FIN,ACK seq=rcv.nxt-1; ! ACK seq=1002 ack=5002",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

#define WITH_TS "set timestamps; listen; < SYN seq=5000 ts=100:0; < ACK ts=100:0; "
#define LINUX_TS LINUX "listen; < SYN seq=5000 ts=100:0; < ACK ts=100:0; "

void test_timestamps_and_scale(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      "set timestamps; listen; < SYN seq=5000; ! SYN,ACK mss=1024; # ts.on 0",
      "set timestamps; listen; < SYN seq=5000 ts=100:0; ! SYN,ACK mss=1024 nop nop ts=0:100; # ts.on 1",
      "set timestamps; wait 7ms; open; ! SYN mss=1024 nop nop ts=7:0; < SYN,ACK seq=5000 ts=9:7; # ts.on 1; "
      "! ACK nop nop ts=7:9",
      WITH_TS "< ACK len=3; ? synced.timestamp.missing; ! nothing; # rcv.nxt 5001",
      WITH_TS "< RST; ? synced.rst; = CLOSED",
      WITH_TS "< ACK len=3 ts=99:0; ? synced.paws; ! ACK ack=5001; # rcv.nxt 5001",
      WITH_TS "< RST ts=1:0; ? synced.rst; = CLOSED",
      /* SEG.SEQ as it came: at most what was acknowledged last. */
      "set delay-acks; " WITH_TS
      "< ACK len=2 ts=101:0; ! nothing; < ACK seq=rcv.nxt-1 len=3 ts=102:0; # ts.recent 101",
      "set delay-acks; " WITH_TS
      "< ACK len=2 ts=101:0; ! nothing; < ACK seq=rcv.nxt-2 len=3 ts=102:0; # ts.recent 102",
      WITH_TS "< ACK len=3 ts=101:0; ~ synced.timestamp; # ts.recent 101; ! ACK ack=5004 nop nop ts=0:101",
      WITH_TS "< ACK seq=rcv.nxt+9 len=3 ts=105:0; # ts.recent 100; ! ACK ack=5001 nop nop ts=0:100",
      "set timestamps; set throttle 500000; listen; < SYN seq=5000 ts=100:0; < ACK ts=100:0; < ACK ts=9:0; ! "
      "ACK; < ACK ts=9:0; "
      "? synced.paws.throttled; ! nothing",
      /* Window scale: only when both offer it, never in the SYN itself. */
      "set scaling; set wscale 2; set buffer 100000; listen; < SYN seq=5000 wscale=3 win=500; ! SYN,ACK "
      "win=65535 mss=1024 nop "
      "wscale=2; # snd.wnd 500; < ACK win=500; # snd.wnd 4000; < ACK len=4; ! ACK win=24999",
      "set scaling; set wscale 2; listen; < SYN seq=5000; ! SYN,ACK mss=1024; # snd.wscale 0; # rcv.wscale "
      "0; < ACK win=500; # "
      "snd.wnd 500",
      "listen; < SYN seq=5000 wscale=3; ! SYN,ACK mss=1024; < ACK win=500; # snd.wnd 500",
      "set scaling; open; < SYN,ACK seq=5000 wscale=20; # snd.wscale 14",
      "listen; < SYN seq=5000 mss=300; # snd.mss 300",
      "listen; < SYN seq=5000; # snd.mss 536",
      LINUX "listen; < SYN seq=5000 sackok; # sack 1; ! SYN,ACK mss=1460 nop nop sackok",
      /* RFC 6191: a newer timestamp reopens TIME-WAIT whatever the number. */
      WITH_TS "close; < FIN,ACK ts=100:0; = TIME-WAIT; < SYN seq=99 ts=101:0; ? time-wait.syn.reopen; ! "
              "SYN,ACK; = SYN-RECEIVED",
      WITH_TS "close; < FIN,ACK ts=100:0; < SYN seq=99 ts=100:0; ? synced.seq.outside; ! ACK; = TIME-WAIT",
      WITH_TS
      "close; < FIN,ACK ts=100:0; < SYN seq=rcv.nxt+5 ts=100:0; ? time-wait.syn.reopen; = SYN-RECEIVED",
      "set timestamps; listen; < SYN seq=5000; < ACK; close; < FIN,ACK; = TIME-WAIT; < SYN seq=99 ts=5:0; ? "
      "time-wait.syn.reopen",

      LINUX_TS "< ACK len=3 ts=99:0; ? synced.text; ! ACK ack=5004",
      LINUX_TS "< ACK len=3 ts=98:0; ? synced.paws; ! ACK ack=5001",
      LINUX_TS "< ACK seq=rcv.nxt-1 ts=9:0; ? linux.paws.old-ack; ! nothing",
      LINUX_TS "< ACK ts=9:0; ~ synced.ack.duplicate; ! nothing",
      LINUX_TS "set kernel 6.1; < ACK seq=rcv.nxt-1 ts=9:0; ? synced.paws; ! ACK",
      LINUX_TS "< ACK len=3; ? synced.text; ! ACK",
      LINUX_TS
      "close; < FIN,ACK ts=100:0; = TIME-WAIT; < ACK ts=9:0; ? time-wait.linux.paws; ! ACK; < RST ts=9:0; ? "
      "linux.paws.rst; ! nothing; = TIME-WAIT",
      LINUX_TS "close; < FIN,ACK ts=100:0; < SYN seq=99 ts=101:0; ? time-wait.syn.reopen; ! SYN,ACK "
               "seq=66539; = SYN-RECEIVED",
      LINUX
      "listen; < SYN seq=5000 ts=100:0; < ACK ts=100:77; ? syn-received.linux.echo; ! ACK; = SYN-RECEIVED; "
      "< RST ts=100:77; ? syn-received.linux.echo-rst; ! nothing; = SYN-RECEIVED",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_counterfactuals(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      "profile two-way; listen; < SYN seq=90; ? listen.syn.two-way; ! SYN,ACK seq=1000 ack=91; = "
      "ESTABLISHED; < RST; = CLOSED",
      "profile no-time-wait; " FIN_WAIT_2
      "< FIN,ACK; ? fin-wait-2.fin.no-time-wait; ! ACK seq=1002 ack=5002; = CLOSED; "
      "< FIN,ACK seq=5001 ack=1002; ? closed.ack; ! RST seq=1002",
      "profile no-time-wait; " CLOSING "< ACK; ? closing.ack.no-time-wait; = CLOSED",
      "profile no-challenge-ack; " ESTABLISHED
      "< RST seq=rcv.nxt+100; ? synced.rst.no-challenge; ! nothing; = CLOSED",
      "profile no-challenge-ack; " ESTABLISHED
      "< SYN seq=rcv.nxt+100; ? synced.syn.no-challenge; ! RST,ACK seq=0 ack=5102; = CLOSED",
  };
  TCP_SCRIPTS_CHECK(scripts);
}
