/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Delayed ACKs as Linux 6.18 has them, seen on the kernel (tests/fidelity/). */
#include "tests/unit/tcp_script.h"
#include "tests/unit/tcp_tests.h"

#define LATE LINUX "set delay-acks; "
#define HOPES LATE ESTABLISHED "set pingpong; "
#define SPENT LATE ESTABLISHED "set quick 0; "

void test_linux_delayed_acks(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      /* The first sixteen do not wait, */
      LATE ESTABLISHED "< ACK len=3; ? synced.text; ! ACK ack=5004; # quick 15",
      LATE ESTABLISHED
      "< ACK len=3; set quick 0; < ACK len=3; ? linux.text.delayed; ! nothing; # delayed-ack 1",
      /* unless an answer is hoped for. What comes along takes the ACK: */
      HOPES "< ACK len=3; ? linux.text.delayed; ! nothing; send 4; ! ACK len=4 ack=5004; # delayed-ack 0",
      HOPES "< ACK len=3; close; ! FIN,ACK ack=5004",
      HOPES "< ACK len=3; < ACK len=3; ! nothing; timeout; ? timeout.delayed-ack.linux; ! ACK ack=5007; "
            "# now-ms 40; < ACK len=3; ? synced.text; ! ACK",
      /* the reader, when it has read two short ones, or one that nobody hopes to answer; */
      HOPES "< ACK len=3; receive; ? call.receive; ! nothing; < ACK len=3; receive; ? "
            "call.receive.linux.ack; ! ACK ack=5007",
      HOPES "< ACK len=3; < ACK len=3; receive 2; ? call.receive; ! nothing",
      LATE ESTABLISHED "< ACK len=3; receive; ! nothing; set quick 0; < ACK len=3; receive; ? "
                       "call.receive.linux.ack; ! ACK ack=5007",
      /* more than one full segment, as long as any that came. */
      HOPES "< ACK len=1400; ? linux.text.delayed; < ACK len=1400; ? synced.text; ! ACK ack=7801",
      HOPES "< ACK len=1400; < ACK len=1; ? synced.text; ! ACK ack=6402",
      HOPES "< ACK len=100; ! nothing; < ACK len=100; # rcv.mss 100; ? synced.text; ! ACK",
      HOPES
      "< PSH,ACK len=100; < PSH,ACK len=100; # rcv.mss 536; < ACK len=1; ? linux.text.delayed; ! nothing",
      LATE "listen; < SYN seq=5000 mss=20; < ACK win=60; # rcv.mss 88",
      /* ACKs may come to be delayed in the middle of a connection. */
      LINUX ESTABLISHED
      "< ACK len=3; ! ACK; set delay-acks; set pingpong; < ACK len=3; ? linux.text.delayed; "
      "# rcv.mss 536; < ACK seq=rcv.nxt-3 len=3; ! ACK; # quick 15",
      /* A window that grows is told at once. */
      LATE ESTABLISHED "< ACK len=3; set quick 0; < ACK len=200; ? synced.text; ! ACK",
      /* Text that answers text turns the hope on, old text and text without room turn it off. */
      LATE ESTABLISHED
      "< ACK len=3; ! ACK; send 4; ! ACK len=4; < ACK len=3; ? linux.text.delayed; ! nothing",
      LATE ESTABLISHED "< ACK len=3; ! ACK; wait 50ms; send 4; < ACK len=3; ? synced.text; ! ACK",
      HOPES
      "< ACK len=3; < ACK seq=rcv.nxt-3 len=3; ~ linux.text.old; ! ACK ack=5004; < ACK len=3; ! ACK ack=5007",
      HOPES
      "< ACK len=3; < ACK seq=rcv.nxt-30 len=3; ? linux.outside; ! ACK ack=5004; < ACK len=3; ! ACK ack=5007",
      HOPES "set rcv.wnd 0; < ACK len=3; ? linux.text.no-room; ! ACK; # quick 1",
      /* From then on even a connection to which no text has come yet answers with its own. */
      LATE ESTABLISHED "< ACK seq=rcv.nxt-30 len=3; ! ACK; send 4; ! ACK len=4; < ACK len=3; "
                       "? linux.text.delayed; ! nothing",
      LATE ESTABLISHED "send 4; ! ACK len=4; < ACK len=3; ? synced.text; ! ACK",
      SPENT "< ACK len=3; ! ACK; set quick 0; wait 2s; < ACK len=3; ? synced.text; ! ACK",
      /* A gap is told at once, and so is that it is closed. */
      HOPES "< ACK seq=rcv.nxt+5 len=5; ? synced.text.gap; ! ACK ack=5001; < ACK len=5; ? synced.text; ! ACK "
            "ack=5011",
      /* The FIN's ACK waits for our own FIN. */
      HOPES "< ACK len=3; < FIN,ACK; ? linux.fin.delayed; ! nothing; = CLOSE-WAIT; close; ! FIN,ACK "
            "ack=5005; = LAST-ACK",
      LATE ESTABLISHED
      "< ACK len=3; ! ACK; < FIN,ACK len=3; ~ linux.text.delayed; ? linux.fin.delayed; ! nothing",
      HOPES "< ACK len=1400; < FIN,ACK; ? established.fin; ! ACK ack=6402",
      HOPES
      "< ACK len=3; < FIN,ACK seq=rcv.nxt+3; ! ACK; < ACK len=3; ? established.fin; ! ACK; = CLOSE-WAIT",
      HOPES "< ACK len=3; < FIN,ACK; < FIN,ACK seq=rcv.nxt-1 len=1; ? late.linux.fin.delayed; ! nothing; # "
            "rcv.nxt 5006",
      HOPES "close; < ACK; < ACK len=3; ? linux.text.delayed; < FIN,ACK; ! ACK ack=5005; = TIME-WAIT",
      HOPES "close; < FIN,ACK ack=snd.una; ! ACK ack=5002; = CLOSING",
      /* A challenge ACK acknowledges as well as any; a timestamp is not believed while an ACK waits. */
      HOPES "< ACK len=3; < SYN seq=rcv.nxt; ! ACK ack=5004; # delayed-ack 0",
      LATE "listen; < SYN seq=5000 ts=7:0; < ACK nop nop ts=7:0; set pingpong; < ACK nop nop ts=7:0 len=2; "
           "< ACK ack=iss-9 nop nop ts=99:0; ? synced.ack.too-old; ! ACK; # ts.recent 7",
      /* A FIN before any text: nothing has been learned, and its ACK waits for the next tick only. */
      LATE ESTABLISHED "wait 3s; < FIN,ACK; ? linux.fin.delayed; ! nothing; timeout; ! ACK ack=5002; "
                       "# now-ms 3000",
      LATE ESTABLISHED "wait 3s; < FIN,ACK seq=rcv.nxt-2 len=2; ? linux.fin.delayed; ! nothing; timeout; "
                       "! ACK ack=5002; # now-ms 3040",
      /* Who waits in vain without hope waits twice as long then, but no longer than a round trip, or 40 ms.
       */
      LATE "listen; < SYN seq=5000; wait 100ms; < ACK; < ACK len=3; set quick 0; < ACK len=3; timeout; "
           "# now-ms 140; < ACK len=3; ! nothing; timeout; # now-ms 220; < ACK len=3; timeout; # now-ms 320",
      /* Text of the same instant is not waited for, when the ACK is about to go. */
      HOPES
      "< ACK len=3; ! nothing; wait 29ms; < ACK len=3; ! nothing; wait 4ms; < ACK len=3; ! ACK ack=5010",
      /* After connect() with TCP_QUICKACK 0 the handshake's ACK waits, too, for whatever comes along. */
      LATE "set pingpong; open; set pingpong; < SYN,ACK seq=5000; ? syn-sent.linux.delayed; ! nothing; = "
           "ESTABLISHED; "
           "send 4; ! ACK len=4 ack=5001; < ACK len=1; ? linux.text.delayed",
      LATE "open; set pingpong; < SYN,ACK seq=5000; < ACK win=9; ~ linux.ack.occasion; ! ACK ack=5001",
      LATE "open; set pingpong; < SYN,ACK seq=5000; < ACK; ! nothing; timeout; ! ACK ack=5001; # now-ms 200",
      LATE "open; set pingpong; < SYN,ACK seq=5000; < FIN,ACK; ? linux.fin.delayed; ! nothing",
      /* Where the route says quickack nothing of all this is seen but the handshake. */
      LINUX ESTABLISHED
      "set pingpong; < ACK len=3; ? synced.text; ! ACK; < FIN,ACK; ? established.fin; ! ACK",
      LINUX
      "open; set pingpong; < SYN,ACK seq=5000; ! nothing; < ACK win=9; ~ linux.ack.occasion; ! ACK ack=5001",
  };
  TCP_SCRIPTS_CHECK(scripts);
}
