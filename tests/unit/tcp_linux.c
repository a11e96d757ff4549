/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where Linux 6.18 differs from the RFC: each case was seen on the kernel, or is in its source. */
#include "tests/unit/tcp_script.h"
#include "tests/unit/tcp_tests.h"

#define OLD LINUX "set kernel 6.1; "
#define BROKEN "opt=0200010101010101010101010101010101010101"
#define DEFER LINUX "set defer 3; "
#define SLOW LINUX "set throttle 500000; "

void test_linux_requests(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      LINUX SYN_RECEIVED
      "< SYN seq=5000; ? syn-received.linux.syn-again; ! SYN,ACK seq=1000 ack=5001; = SYN-RECEIVED",
      SLOW SYN_RECEIVED
      "< SYN seq=5000; ! SYN,ACK; < SYN seq=5000; ? syn-received.linux.syn-again.throttled; "
      "! nothing; = SYN-RECEIVED",
      SLOW
      "listen; < SYN seq=5000 ts=7:0; < ACK ts=8:99; ! ACK; < ACK ts=8:99; "
      "? syn-received.linux.echo.throttled; ! nothing; < ACK ts=8:99 len=1; ? syn-received.linux.echo; ! ACK",
      LINUX SYN_RECEIVED "< ACK ack=1002; ? syn-received.linux.ack; ! RST seq=1002; = SYN-RECEIVED",
      LINUX SYN_RECEIVED "< ACK seq=rcv.nxt-100 ack=1002; ? syn-received.linux.ack; ! RST seq=1002",
      OLD SYN_RECEIVED "< RST,ACK ack=1002; ? syn-received.linux.ack-rst; ! nothing; = SYN-RECEIVED",
      OLD SYN_RECEIVED "< RST seq=rcv.nxt+5; ? syn-received.linux.rst.inside; ! nothing; = LISTEN",
      LINUX SYN_RECEIVED "< RST,ACK ack=1002; ? syn-received.linux.rst; ! nothing; = LISTEN",
      LINUX SYN_RECEIVED
      "< RST seq=rcv.nxt+5; ? synced.rst.in-window; ! ACK seq=1001 ack=5001; = SYN-RECEIVED",
      LINUX SYN_RECEIVED "< RST seq=rcv.nxt-2; ? syn-received.linux.outside-rst; ! nothing; = SYN-RECEIVED",
      LINUX SYN_RECEIVED
      "< ACK seq=rcv.nxt-2; ? syn-received.linux.outside; ! ACK seq=1001 ack=5001; = SYN-RECEIVED",
      SLOW SYN_RECEIVED
      "< ACK seq=rcv.nxt-2; ! ACK; < ACK seq=rcv.nxt-2; ? syn-received.linux.throttled; ! nothing",
      LINUX SYN_RECEIVED "< SYN seq=rcv.nxt+5; ? syn-received.linux.syn; ! RST,ACK seq=0 ack=5007; = LISTEN",
      LINUX SYN_RECEIVED
      "< SYN,ACK seq=5000 len=1; ? syn-received.linux.syn-with-text; ! ACK ack=5001; = SYN-RECEIVED",
      LINUX SYN_RECEIVED "< none; ? synced.no-ack; ! nothing; = SYN-RECEIVED",
      LINUX SYN_RECEIVED "< ACK len=4; ? synced.text; ! ACK ack=5005; = ESTABLISHED",
      LINUX SYN_RECEIVED "set full; < ACK; ? syn-received.linux.queue-full; ! nothing; = SYN-RECEIVED",
      LINUX SYN_RECEIVED
      "set full; set overflow; < ACK; ? syn-received.linux.queue-full.rst; ! RST seq=1001; = LISTEN",
      /* TCP_DEFER_ACCEPT: an ACK that says nothing is put aside; anything with a number completes. */
      DEFER SYN_RECEIVED
      "< ACK; ? syn-received.linux.deferred; ! nothing; = SYN-RECEIVED; < ACK; = SYN-RECEIVED; "
      "< ACK len=4; ~ syn-received.ack; ! ACK ack=5005; = ESTABLISHED",
      DEFER SYN_RECEIVED "< FIN,ACK; ~ syn-received.ack; = CLOSE-WAIT",
      DEFER SYN_RECEIVED "< ACK seq=rcv.nxt+5; ~ syn-received.ack; = ESTABLISHED",
      DEFER SYN_RECEIVED "< ACK ack=1002; ? syn-received.linux.ack; ! RST; < RST; = LISTEN",
      DEFER CROSSED "< ACK; ~ syn-received.ack; = ESTABLISHED",
      DEFER SYN_SENT "< SYN,ACK seq=5000; ? syn-sent.linux.delayed; ! nothing; = ESTABLISHED",
      "set defer 3; " ESTABLISHED "= ESTABLISHED",
      /* After a simultaneous open it is a socket, not a request. */
      LINUX CROSSED "< SYN,ACK seq=5000; ~ syn-received.linux.syn-ack; ! ACK ack=5001; = ESTABLISHED",
      /* A shutdown() that waited: its FIN does not wait for the text of the same segment. */
      LINUX CROSSED "close; = SYN-RECEIVED; < FIN,ACK; ~ fin-wait-1.linux.fin-at-once; "
                    "! FIN,ACK seq=1001 ack=5001; ! ACK seq=1002 ack=5002; = CLOSING",
      LINUX CROSSED "close; < ACK ack=iss; ~ fin-wait-1.linux.fin-at-once; ! FIN,ACK; = FIN-WAIT-1",
      /* What is made from a request looks at its SYN again, and has taken its ACK already. */
      LINUX SYN_RECEIVED "< SYN,ACK seq=5000 len=1; ! ACK; < ACK; ~ syn-received.ack; = ESTABLISHED; "
                         "< ACK ack=iss; ? synced.ack.too-old; ! ACK",
      LINUX SYN_RECEIVED "< SYN,ACK seq=5000 len=1; ! ACK; < SYN,ACK seq=5000; ? synced.syn; ! ACK",
      LINUX SYN_RECEIVED "set full; < SYN,ACK seq=5000 len=1; ? syn-received.linux.queue-full; ! nothing",
      LINUX CROSSED "< ACK ack=iss; ~ syn-received.linux.ack-of-iss; = ESTABLISHED",
      LINUX CROSSED "< ACK ack=iss-1; ? syn-received.ack.bad; ! RST seq=999; = SYN-RECEIVED",
      LINUX CROSSED "< RST; ? syn-received.linux.reset; $ RESET; = CLOSED",
      LINUX CROSSED "< SYN seq=rcv.nxt+5; ? synced.syn; ! ACK; = SYN-RECEIVED",
      /* The urgent octet is out of the stream: a read() ends before it, and one that begins there leaves it
         out. A pointer of 0 means the first octet. */
      LINUX ESTABLISHED "< URG,ACK urg=3 len=5; receive 2; # unread 3; receive 2; # unread 0",
      LINUX ESTABLISHED "< URG,ACK urg=0 len=5; receive 4; # unread 0",
      LINUX ESTABLISHED "< URG,ACK urg=1 len=5; < FIN,ACK; receive 4; # unread 0",
      LINUX ESTABLISHED "< ACK len=5; < URG,ACK seq=rcv.nxt-5 urg=2 len=5; receive 5; # unread 0",
      ESTABLISHED "< URG,ACK urg=1 len=5; receive 4; # unread 1",
      /* Timestamps switched off count for connections that had agreed to them before. */
      LINUX
      "listen; < SYN seq=5000 ts=7:0; < ACK ts=8:0; = ESTABLISHED; set timestamps 0; < ACK ts=5:0 len=1; "
      "? synced.paws",
      LINUX "set timestamps 0; listen; < SYN seq=5000 ts=7:0; < ACK ts=6:0; = ESTABLISHED",
      /* A reopened pair that is reset does not go back to TIME-WAIT. */
      LINUX TIME_WAIT "< SYN seq=rcv.nxt+1; = SYN-RECEIVED; < RST; ? syn-received.linux.rst; = LISTEN",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_linux_sockets(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      /* A broken list of options, where a signature could still follow. */
      LINUX "< SYN seq=1 " BROKEN "; ? closed.linux.options; ! nothing",
      LINUX LISTENING "< SYN seq=1 " BROKEN "; ? listen.linux.options; ! nothing; = LISTEN",
      LINUX SYN_SENT "< SYN,ACK seq=5000 " BROKEN "; ? syn-sent.linux.options; ! nothing; = SYN-SENT",
      LINUX ESTABLISHED "< RST " BROKEN "; ? linux.options; ! nothing; = ESTABLISHED",
      LINUX ESTABLISHED "< ACK len=3 opt=0200; ? synced.text; ! ACK",
      LINUX ESTABLISHED "< ACK len=3 opt=0101010101020001; ? synced.text; ! ACK",
      LINUX "set signature 5; " ESTABLISHED "< ACK len=3 opt=0101010102000101; ? synced.text; ! ACK",
      LINUX "set signature 5; " ESTABLISHED "< ACK len=3 opt=0101010200010101; ? linux.options; ! nothing",
      LINUX TIME_WAIT "< RST " BROKEN "; ? time-wait.rst.assassinated; = CLOSED",
      LINUX SYN_SENT "< RST,ACK ts=7:5; ? syn-sent.linux.echo-rst; ! nothing; = SYN-SENT",
      LINUX SYN_SENT "< SYN,ACK seq=5000 ts=7:5; ? syn-sent.linux.echo; ! RST seq=1001; = SYN-SENT",
      LINUX SYN_SENT "< SYN,ACK seq=5000 ts=7:0; ? syn-sent.syn-ack.linux; ! ACK; = ESTABLISHED",
      LINUX ESTABLISHED "< none; ? linux.no-flag; ! nothing",
      LINUX ESTABLISHED "< FIN seq=rcv.nxt-9; ? linux.no-flag; ! nothing",
      LINUX ESTABLISHED "< ACK seq=rcv.nxt-1; ? linux.outside; ! ACK seq=1001 ack=5001",
      LINUX ESTABLISHED "< ACK seq=rcv.nxt+64240; ! nothing",
      LINUX ESTABLISHED "< ACK seq=rcv.nxt+64241; ? linux.outside; ! ACK",
      SLOW ESTABLISHED
      "< ACK seq=rcv.nxt-1; ! ACK; < ACK seq=rcv.nxt-1; ? linux.outside.throttled; ! nothing; "
      "< ACK seq=rcv.nxt-9 len=2; ? linux.outside; ! ACK",
      LINUX ESTABLISHED "< RST seq=rcv.nxt-1; ? linux.outside.rst; ! nothing",
      LINUX ESTABLISHED "< RST seq=rcv.nxt+64240; ? synced.rst.in-window; ! ACK; = ESTABLISHED",
      LINUX ESTABLISHED "< ACK len=3; < ACK seq=rcv.nxt+64200 len=90; ? linux.outside; ! ACK",
      LINUX ESTABLISHED "< ACK seq=rcv.nxt-3 len=3; ~ linux.text.old; ! ACK ack=5001",
      LINUX ESTABLISHED "< ACK seq=rcv.nxt+64240 len=3; ? linux.text.no-room; ! ACK ack=5001",
      LINUX ESTABLISHED "set rcv.wnd 0; < ACK len=3; ? linux.text.no-room; ! ACK ack=5001; < FIN,ACK; ? "
                        "established.fin; = CLOSE-WAIT",
      LINUX ESTABLISHED "< RST; ? synced.rst; $ RESET; = CLOSED",
      LINUX CLOSE_WAIT "< RST; ? close-wait.linux.reset; $ PIPE; = CLOSED",
      LINUX CLOSE_WAIT "< RST seq=rcv.nxt-1; ? close-wait.linux.rst.before; $ PIPE; = CLOSED",
      LINUX LAST_ACK "< RST seq=rcv.nxt-1; ? linux.rst.before; = CLOSED",
      LINUX CLOSING "< RST seq=rcv.nxt-1; ? linux.rst.before; = CLOSED",
      LINUX "listen; < SYN seq=5000 sackok; < ACK; < ACK seq=rcv.nxt+5 len=5; < RST seq=rcv.nxt+10; ? "
            "linux.rst.sack; = CLOSED",
      LINUX ESTABLISHED "< ACK ack=snd.nxt+1; ? synced.ack.future; ! ACK",
      OLD ESTABLISHED "< ACK ack=snd.nxt+1; ? linux.ack.future-silent; ! nothing",
      OLD FIN_WAIT_1 "< ACK ack=snd.nxt+1; ? synced.ack.future; ! ACK",
      /* From 6.7 on nothing older than the first octet acknowledged is believed. */
      LINUX ESTABLISHED "< ACK ack=snd.una-1; ? synced.ack.too-old; ! ACK",
      OLD ESTABLISHED "< ACK ack=snd.una-1; ~ synced.ack.duplicate; ! nothing",
      LINUX ESTABLISHED
      "send 5; < ACK; < ACK ack=snd.una-5; ~ synced.ack.duplicate; ! nothing; < ACK ack=snd.una-6; ! ACK",
      LINUX ESTABLISHED "< ACK len=3; < ACK ack=snd.una-1 len=3; ~ linux.ack.fast-path; ! ACK ack=5007",
      /* That ACK was a challenge, too, and the next has to wait. */
      SLOW ESTABLISHED
      "< ACK len=3; < ACK ack=snd.una-1 len=3; ~ linux.ack.fast-path; ! ACK ack=5007; "
      "< SYN seq=rcv.nxt; ? synced.syn.throttled; ! nothing; < ACK ack=snd.una-1 len=3; ! ACK",
      LINUX
      "listen; < SYN seq=5000 ts=7:0; < ACK nop nop ts=7:0; < ACK ack=iss-9 nop nop ts=99:0; "
      "~ linux.timestamp.fast-path; ? synced.ack.too-old; ! ACK; < ACK nop nop ts=90:0 len=1; ? synced.paws",
      LINUX "listen; < SYN seq=5000 ts=7:0; < ACK nop nop ts=7:0; < ACK ack=iss-9 ts=99:0; "
            "? synced.ack.too-old; ! ACK; < ACK nop nop ts=90:0 len=1; ? synced.text",
      LINUX CLOSING "< ACK; ? closing.ack.linux; ! nothing; = TIME-WAIT",
      LINUX CLOSE_WAIT "< ACK seq=rcv.nxt-1 len=5; ? linux.text.after-fin; ! RST seq=1001; = CLOSED",
      LINUX CLOSE_WAIT "< ACK len=5; ? late.text; ! nothing; = CLOSE-WAIT",
      LINUX CLOSE_WAIT "< FIN,ACK; ? linux.fin.after-fin; ! nothing; = CLOSE-WAIT",
      LINUX CLOSE_WAIT "< FIN,ACK seq=rcv.nxt-1 len=1; ? late.fin; ! ACK ack=5003; = CLOSE-WAIT",
      LINUX CLOSE_WAIT
      "set rcv.wnd 0; < FIN,ACK seq=rcv.nxt-1 len=1; ? late.linux.text.no-room; ! ACK ack=5002",
      LINUX ESTABLISHED "set rcv.wnd 0; < FIN,ACK seq=rcv.nxt-2 len=2; ? linux.text.no-room; ! ACK ack=5001",
      LINUX ESTABLISHED "< ACK win=0; send 4; close; < FIN,ACK ack=snd.una win=9; ? fin-wait-1.linux.fin; "
                        "! ACK ack=5002; ! FIN,ACK seq=1001 len=4; = CLOSING",
      LINUX CLOSE_WAIT "< FIN,ACK seq=rcv.nxt-1; ~ linux.text.old; ! ACK ack=5002; = CLOSE-WAIT",
      LINUX ESTABLISHED "< ACK win=20; # snd.wnd 8192; < ACK win=0; # snd.wnd 0; < ACK win=20; # snd.wnd 20",
      LINUX "set throttle 500000; " ESTABLISHED
            "< SYN seq=rcv.nxt; ! ACK; < SYN seq=rcv.nxt; ? synced.syn.throttled; ! nothing",

      /* TIME-WAIT. */
      LINUX TIME_WAIT
      "# 2msl-left-s 60; wait 20s; < ACK; ? time-wait.linux.bare; ! nothing; # 2msl-left-s 60",
      LINUX TIME_WAIT
      "wait 20s; < FIN,ACK seq=rcv.nxt-1; ? time-wait.linux.ack; ! ACK seq=1002 ack=5002; # 2msl-left-s 60",
      LINUX TIME_WAIT "wait 20s; < FIN seq=rcv.nxt-1; ? time-wait.linux.no-ack; ! ACK; # 2msl-left-s 40",
      LINUX TIME_WAIT "< ACK seq=rcv.nxt-9 len=4; ? time-wait.linux.ack; ! ACK",
      SLOW TIME_WAIT
      "< SYN seq=rcv.nxt-9; ! ACK; < SYN seq=rcv.nxt-9; ? time-wait.linux.throttled; ! nothing",
      LINUX TIME_WAIT "< RST; ? time-wait.rst.assassinated; = CLOSED",
      LINUX "set rfc1337; " TIME_WAIT "< RST; ? time-wait.rst.rfc1337; = TIME-WAIT",
      LINUX TIME_WAIT "< RST seq=rcv.nxt+1; ? time-wait.linux.rst-elsewhere; ! nothing; = TIME-WAIT",
      LINUX TIME_WAIT
      "< SYN seq=rcv.nxt+1; ? time-wait.syn.reopen; ! SYN,ACK seq=66539 ack=5004; = SYN-RECEIVED",
      LINUX TIME_WAIT "< SYN,FIN seq=rcv.nxt+1; ? time-wait.linux.syn-fin; ! nothing; = LISTEN",
      LINUX TIME_WAIT "< SYN seq=rcv.nxt; ? time-wait.linux.no-ack; ! ACK; = TIME-WAIT",
      LINUX TIME_WAIT "set full; < SYN seq=rcv.nxt+1; ? time-wait.linux.syn-dropped; ! nothing; = LISTEN",
      LINUX TIME_WAIT "< SYN seq=rcv.nxt+1 " BROKEN "; ? time-wait.linux.syn-dropped; ! nothing; = LISTEN",
      LINUX "open; < SYN,ACK seq=5000; close; < ACK; < FIN,ACK; = TIME-WAIT; < SYN seq=rcv.nxt+1; "
            "? time-wait.linux.syn-nobody; ! ACK; = TIME-WAIT",
      /* Numbers 2^31 apart are both before and behind each other. */
      LINUX TIME_WAIT "< SYN seq=rcv.nxt+2147483648; ? time-wait.syn.reopen; = SYN-RECEIVED",

      /* A timestamp 2^31 away is not older; after a 0 none is. */
      LINUX
      "listen; < SYN seq=5000 ts=100:0; < ACK ts=100:0; < ACK ts=2147483748:0 len=1; ? synced.text; ! ACK",
      LINUX
      "listen; < SYN seq=5000 ts=100:0; < ACK ts=100:0; < ACK ts=2147483749:0 len=1; ? synced.paws; ! ACK",
      LINUX "listen; < SYN seq=5000 ts=0:0; < ACK ts=0:0; < ACK ts=4294967290:0 len=1; ? synced.text; ! ACK",

      /* The answer to text does not count against the limit; a new record counts anew. */
      SLOW ESTABLISHED
      "< ACK seq=rcv.nxt-9 len=2; ! ACK; < ACK seq=rcv.nxt-1; ! ACK; < ACK seq=rcv.nxt-1; ! nothing",
      SLOW FIN_WAIT_2 "< ACK seq=rcv.nxt-1; ! ACK; < FIN,ACK; ! ACK; < ACK seq=rcv.nxt-1; ! ACK",

      SLOW ESTABLISHED "release; < ACK; < ACK seq=rcv.nxt-1; ! ACK; < FIN,ACK; ! ACK; < ACK seq=rcv.nxt-1; "
                       "? time-wait.linux.throttled; ! nothing",

      /* What fits: two segments into the largest window, SACK blocks beside the text, ten segments. */
      LINUX "listen; < SYN seq=5000 mss=1000; < ACK win=1400; send 900; ! ACK len=700; ! ACK len=200",
      LINUX "listen; < SYN seq=5000 mss=536 sackok; < ACK; < ACK seq=rcv.nxt+9 len=5; send 536; "
            "! ACK len=524; ! ACK len=12",
      LINUX
      "listen; < SYN seq=5000 mss=100; < ACK; send 1100; # queued 100; < ACK ack=snd.una+50; ! nothing; "
      "< ACK ack=snd.una+50; ! ACK len=100",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_linux_orphans(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      LINUX ESTABLISHED "release; # orphan 1; < ACK; ? fin-wait-1.ack.orphan; = FIN-WAIT-2; timeout; ? "
                        "timeout.fin-wait-2; ! nothing; "
                        "= CLOSED; # now-ms 60000",
      LINUX ESTABLISHED "release; < ACK len=3; ? fin-wait-1.ack.orphan-text; ! RST seq=1002; = CLOSED",
      LINUX ESTABLISHED
      "release; < ACK ack=snd.una len=3; ? linux.text.after-close; ! RST seq=1001; = CLOSED",
      LINUX ESTABLISHED "release; < FIN,ACK; ? fin-wait-2.fin; ! ACK; = TIME-WAIT",
      LINUX FIN_WAIT_1 "< ACK ack=snd.una len=3; ? synced.text; ! ACK ack=5004; = FIN-WAIT-1",
      ORPHAN "< ACK seq=rcv.nxt-1; ? fin-wait-2.orphan.outside; ! ACK seq=1002 ack=5001",
      ORPHAN "< RST seq=rcv.nxt-1; ? fin-wait-2.orphan.outside; ! ACK; = FIN-WAIT-2",
      LINUX "set throttle 500000; " ESTABLISHED
            "release; < ACK; < ACK seq=rcv.nxt-1; ! ACK; < ACK seq=rcv.nxt-1; "
            "? fin-wait-2.orphan.throttled; ! nothing",
      ORPHAN "< RST seq=rcv.nxt+9; ? fin-wait-2.orphan.rst; ! nothing; = CLOSED",
      ORPHAN "< SYN seq=rcv.nxt; ? fin-wait-2.orphan.syn; ! RST,ACK seq=0 ack=5002; = CLOSED",
      ORPHAN "< SYN seq=rcv.nxt-1 len=1; ~ fin-wait-2.orphan.syn-old; ! nothing; = FIN-WAIT-2",
      ORPHAN "< ACK; ? fin-wait-2.orphan.nothing-new; ! nothing; = FIN-WAIT-2",
      ORPHAN "< ACK ack=99; ? fin-wait-2.orphan.nothing-new; ! nothing",
      ORPHAN "< ACK len=1; ? fin-wait-2.orphan.text; ! RST seq=1002; = CLOSED",
      ORPHAN "< FIN,ACK seq=rcv.nxt+1; ? fin-wait-2.orphan.text; ! RST seq=1002; = CLOSED",
      ORPHAN "< FIN,ACK; ? fin-wait-2.orphan.fin; ! ACK seq=1002 ack=5002; = TIME-WAIT; # 2msl-left-s 60",
  };
  TCP_SCRIPTS_CHECK(scripts);
}
