/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SYN cookies as Linux 6.18 has them, seen on the kernel (tests/fidelity/). */
#include "tests/unit/tcp_script.h"
#include "tests/unit/tcp_tests.h"

#define COOKIES LINUX "set cookies 2; listen; "
/* The cookie is 1000 here: the TCB's ISS, as nobody else has made one. */
#define OUT COOKIES "< SYN seq=5000 mss=1400; "

void test_linux_cookies(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      OUT "? listen.syn.cookie; ! SYN,ACK seq=1000 ack=5001; = LISTEN; # retransmission 0",
      OUT "< ACK; ~ listen.cookie.ack; ! nothing; $ ESTABLISHED; = ESTABLISHED; # snd.mss 1300; # passive 1; "
          "< ACK len=3; ! ACK ack=5004",
      /* One more in the queue of those half open than the backlog. */
      LINUX "set syns-full; listen; < SYN seq=5000; ? listen.syn.cookie; = LISTEN",
      LINUX
      "set cookies 0; set syns-full; listen; < SYN seq=5000; ? listen.syn.too-many; ! nothing; = LISTEN",
      LINUX "set cookies 0; set syns-many; listen; < SYN seq=5000; ? listen.syn.for-the-known; ! nothing; = "
            "LISTEN",
      LINUX "set syns-many; listen; < SYN seq=5000; ? listen.syn; = SYN-RECEIVED",
      LINUX "set cookies 2; set full; listen; < SYN seq=5000; ? listen.syn.queue-full; ! nothing",
      /* SEG.ACK-SEG.SEQ is what counts; a little more or less is another MSS. */
      OUT "< ACK seq=7 ack=snd.nxt-4994; = ESTABLISHED; # rcv.nxt 7; # snd.una 4294963303",
      OUT "< ACK ack=1000; = ESTABLISHED; # snd.mss 536",
      OUT "< ACK ack=1002; = ESTABLISHED; # snd.mss 1440",
      OUT "< ACK ack=1003; = ESTABLISHED; # snd.mss 1460",
      OUT "< ACK ack=999; ? listen.ack; ! RST seq=999; = LISTEN",
      OUT "< ACK ack=1004; ? listen.ack; ! RST seq=1004; = LISTEN",
      COOKIES "< SYN seq=5000; < ACK; # snd.mss 536",
      COOKIES "< SYN seq=5000 mss=100; < ACK; # snd.mss 536; send 600; ! ACK len=536",
      COOKIES "< SYN seq=5000 mss=9000; < ACK; # snd.mss 1460",
      /* Text and FIN in the ACK count; RST and SYN make it something else. */
      OUT "< ACK len=5; ~ listen.cookie.ack; ? synced.text; ! ACK seq=1001 ack=5006; = ESTABLISHED",
      OUT "< FIN,ACK len=5; ? established.fin; ! ACK ack=5007; = CLOSE-WAIT",
      OUT "< RST,ACK; ? listen.rst; ! nothing; = LISTEN",
      OUT "< SYN,ACK; ? listen.ack; ! RST; = LISTEN",
      OUT
      "set full; < ACK; ? listen.cookie.queue-full; ! nothing; = LISTEN; set full 0; < ACK; = ESTABLISHED",
      /* It is good for a minute, perhaps two, and for a second time; not when they are turned off. */
      OUT "wait 119s; < ACK; = ESTABLISHED",
      OUT "wait 120s; < ACK; ? listen.ack; ! RST seq=1001",
      OUT "< ACK; < RST; = CLOSED; listen; < ACK seq=5001 ack=1001; = ESTABLISHED",
      OUT "set cookies 0; < ACK; ? listen.ack; ! RST; set cookies 1; < ACK; = ESTABLISHED",
      /* A second SYN: the same cookie, moved by as much as the SYN's number. */
      OUT "< SYN seq=5010 mss=1460; ! SYN,ACK seq=1012 ack=5011; < ACK; = ESTABLISHED; # snd.mss 1460",
      /* Options travel in the timestamp, and come back with its echo. */
      COOKIES "wait 1s; < SYN seq=5000 ts=7:0 wscale=3 sackok; ! SYN,ACK "
              "opt=020405b40402080a000003d30000000701030307; "
              "< ACK ts=8:979; # ts.on 1; # ts.recent 8; # snd.wscale 3; # sack 1; # snd.wnd 65536",
      COOKIES
      "wait 1s; < SYN seq=5000 ts=7:0; < ACK ts=8:975; # ts.on 1; # snd.wscale 0; # rcv.wscale 0; # sack 0",
      COOKIES "< SYN seq=5000 ts=7:0 wscale=3 sackok; < ACK; # ts.on 0; # snd.wscale 0; # sack 0",
      COOKIES "< SYN seq=5000 ts=7:0 wscale=3 sackok; < ACK ts=8:0; # ts.on 1; # snd.wscale 0; # rcv.wscale "
              "7; # sack 0",
      COOKIES "< SYN seq=5000 wscale=3 sackok; ! SYN,ACK opt=020405b4; < ACK; # snd.wscale 0; # sack 0",
      /* Nothing else tells how long the way is. */
      COOKIES "< SYN seq=5000 ts=7:0; wait 1s; < ACK ts=8:0; # rto-ms 3000",
      COOKIES "wait 64ms; < SYN seq=5000 ts=7:0; wait 16ms; < ACK ts=8:15; # rto-ms 268",
      /* A pair in TIME-WAIT is reopened without one. */
      LINUX "set cookies 2; " ESTABLISHED "close; < ACK; < FIN,ACK; = TIME-WAIT; < SYN seq=rcv.nxt+1; "
            "? time-wait.syn.reopen; = SYN-RECEIVED",
  };
  TCP_SCRIPTS_CHECK(scripts);
}
