/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Timers, in virtual time. */
#include "tests/unit/tcp_script.h"
#include "tests/unit/tcp_tests.h"

void test_timers(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      /* RFC 6298: one second at first, doubling, 60 at most; the SYN is tried for three minutes and more
         (MUST-23). */
      SYN_SENT "timeout; ? timeout.retransmission.syn; ! SYN seq=1000; # now-ms 1000; timeout; # now-ms "
               "3000; timeout; # now-ms 7000; "
               "timeout; timeout; timeout; # now-ms 63000; timeout; # now-ms 123000; timeout; # now-ms "
               "183000; timeout; "
               "? timeout.retransmission.give-up; $ ABORTED_TIMEOUT; ! nothing; = CLOSED; # now-ms 243000",
      SYN_RECEIVED "timeout; ? timeout.retransmission.syn-ack; ! SYN,ACK seq=1000 ack=5001; # now-ms 1000",
      ESTABLISHED "send 5; timeout; ? timeout.retransmission; ! ACK seq=1001 len=5; # retransmits 1; # "
                  "now-ms 1000; timeout; # now-ms 3000",
      ESTABLISHED "send 5; close; timeout; ! FIN,ACK seq=1001 len=5",
      FIN_WAIT_1
      "timeout; ! FIN,ACK seq=1001 ack=5001; # now-ms 1000; < ACK; = FIN-WAIT-2; # retransmission 0",
      LAST_ACK "timeout; ! FIN,ACK seq=1001 ack=5002",
      SYN_RECEIVED "close; timeout; ! SYN,ACK seq=1000; = FIN-WAIT-1",
      /* Karn: an ACK of what was sent twice is no sample; a clean one is. */
      ESTABLISHED
      "send 5; timeout; wait 100ms; < ACK; # rto-ms 2000; send 5; wait 400ms; < ACK; # rto-ms 1000",
      SYN_SENT "wait 500ms; < SYN,ACK seq=5000; # rto-ms 1500",
      /* Progress starts the timer anew for what is left. */
      ESTABLISHED
      "send 600; # retransmission 1; wait 900ms; < ACK; ! ACK len=64; wait 900ms; # retransmits 0",
      /* The user timeout. */
      "set user-timeout 5000000; " ESTABLISHED
      "send 5; timeout; timeout; timeout; ? timeout.user; $ ABORTED_TIMEOUT; = CLOSED; "
      "# now-ms 5000",
      "set user-timeout 5000000; " ESTABLISHED "send 5; timeout; < ACK; wait 10s; = ESTABLISHED",
      TIME_WAIT "wait 239s; = TIME-WAIT; wait 2s; = CLOSED",
      /* Persist: one octet, repeated with its number at growing intervals, never given up; taken, it goes on.
       */
      ESTABLISHED
      "< ACK win=0; send 5; # persist 1; timeout; ? timeout.persist; ! ACK seq=1001 len=1; # now-ms 1000; "
      "< ACK ack=snd.una win=0; timeout; ! ACK seq=1001 len=1; # now-ms 3000; timeout; # now-ms 7000; # "
      "retransmission 0; "
      "< ACK win=8192; ! ACK seq=1002 len=4; # persist 0; # retransmission 1",
      ESTABLISHED
      "< ACK win=0; send 5; timeout; ! ACK len=1; < ACK ack=snd.una win=8192; ~ synced.window.opens; "
      "! ACK seq=1001 len=5; # persist 0; # retransmission 1",
      ESTABLISHED "< ACK win=0; close; = FIN-WAIT-1; ! nothing; timeout; ? timeout.persist; ! ACK seq=1000; "
                  "< ACK win=9; ! FIN,ACK "
                  "seq=1001",
      /* Keepalive: off unless asked for; answered it begins again. */
      "set keepalive 7200000000; set keepalive-intvl 75000000; " ESTABLISHED
      "timeout; ? timeout.keepalive; ! ACK seq=1000 ack=5001; "
      "# now-ms 7200000; < ACK; timeout; # now-ms 14400000; timeout; # now-ms 14475000; timeout; timeout; "
      "timeout; timeout; timeout; "
      "timeout; timeout; timeout; ? timeout.keepalive.give-up; ! RST seq=1001; $ ABORTED_TIMEOUT; = CLOSED",
      "set keepalive 7200000000; set keepalive-intvl 75000000; " ESTABLISHED
      "send 5; timeout; ? timeout.retransmission",
      ESTABLISHED "wait 24h; = ESTABLISHED",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

#define GROWN                                                                                                \
  LISTENING "< SYN seq=5000 win=65535 mss=1000; < ACK win=65535; send 10000; # emits 10; < ACK win=65535; "  \
            "send 20000; # emits 20; < ACK win=65535; "

void test_linux_timers(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      /* 1 2 3 4 5 7 11 19 35 67, then ETIMEDOUT at 131. */
      LINUX SYN_SENT "timeout; ! SYN seq=1000; # now-ms 1000; timeout; # now-ms 2000; timeout; # now-ms "
                     "3000; timeout; # now-ms 4000; "
                     "timeout; # now-ms 5000; timeout; # now-ms 7000; timeout; # now-ms 11000; timeout; # "
                     "now-ms 19000; timeout; "
                     "# now-ms 35000; timeout; # now-ms 67000; timeout; ? timeout.retransmission.give-up; # "
                     "now-ms 131000; = CLOSED",
      /* 1 3 7 15 31, then silence; the listener goes on. */
      LINUX SYN_RECEIVED
      "timeout; ! SYN,ACK; # now-ms 1000; timeout; # now-ms 3000; timeout; # now-ms 7000; timeout; # now-ms "
      "15000; "
      "timeout; # now-ms 31000; timeout; ? timeout.syn-ack.give-up; ! nothing; # now-ms 63000; = LISTEN",
      /* TCP_DEFER_ACCEPT: silence at 1 and 3, for the ACK is there; the last chance at 7. */
      LINUX
      "set defer 3; " SYN_RECEIVED
      "< ACK; timeout; ? timeout.syn-ack.deferred; ! nothing; # now-ms 1000; timeout; ! nothing; < ACK; "
      "= SYN-RECEIVED; timeout; ! SYN,ACK; # now-ms 7000; < ACK; = ESTABLISHED",
      LINUX "set defer 3; " SYN_RECEIVED "timeout; ! SYN,ACK; < ACK; timeout; ? timeout.syn-ack.deferred; "
            "timeout; ! SYN,ACK; timeout; ! SYN,ACK; "
            "timeout; ! SYN,ACK; timeout; ? timeout.syn-ack.give-up; # now-ms 63000; = LISTEN",
      LINUX "set defer 7; " SYN_RECEIVED "< ACK; timeout; timeout; timeout; timeout; timeout; timeout; ? "
            "timeout.syn-ack.deferred; # now-ms 63000; "
            "timeout; ! SYN,ACK; # now-ms 127000; timeout; ? timeout.syn-ack.give-up; = LISTEN",
      LINUX CROSSED "timeout; timeout; timeout; timeout; timeout; timeout; ! SYN,ACK; timeout; "
                    "? timeout.retransmission.give-up; # now-ms 127000; = CLOSED",
      /* By the clock: so many doublings since the first SYN, though not all repetitions have been sent. */
      LINUX "set syn-retries 1; " SYN_SENT "timeout; timeout; timeout; ? timeout.retransmission.give-up; "
            "# now-ms 3000; = CLOSED",
      /* A FIN again after about 0.2 s, doubling; an orphan is given up after 8. */
      LINUX ESTABLISHED "release; timeout; ! FIN,ACK; # now-ms 204; timeout; # now-ms 612; timeout; # now-ms "
                        "1428; timeout; timeout; "
                        "timeout; timeout; timeout; timeout; ? timeout.retransmission.give-up; = CLOSED",
      LINUX ESTABLISHED "< ACK win=0; send 5; timeout; ? timeout.persist.linux; ! ACK seq=1000 len=0; # "
                        "now-ms 204; timeout; # now-ms 612",
      /* Unanswered, up to tcp_retries2; the first answer starts the count anew, but not the doubling. */
      LINUX "set retries2 3; " ESTABLISHED "< ACK win=0; send 5; timeout; timeout; timeout; ! ACK seq=1000; "
            "timeout; ? timeout.persist.give-up; $ ABORTED_TIMEOUT; ! nothing; # now-ms 3060; = CLOSED",
      LINUX "set retries2 3; " ESTABLISHED "< ACK win=0; send 5; timeout; timeout; timeout; < ACK win=0; "
            "timeout; ! ACK seq=1000; = ESTABLISHED",
      LINUX "set user-timeout 1000000; " ESTABLISHED "< ACK win=0; send 5; timeout; timeout; timeout; "
            "? timeout.persist.give-up; # now-ms 1204",
      /* It goes on where the retransmissions were, until a round trip is measured. */
      LINUX ESTABLISHED
      "send 5; timeout; wait 300ms; < ACK win=0; # rto-ms 408; send 5; timeout; # now-ms 912; "
      "timeout; # now-ms 2544",
      LINUX ESTABLISHED "send 5; timeout; wait 300ms; < ACK; # rto-ms 408; send 5; < ACK; # rto-ms 204",
      /* Repetitions into a shut window are probes, and are not counted. */
      LINUX "set retries2 1; " ESTABLISHED
            "send 5; < ACK win=0 ack=snd.una; timeout; timeout; timeout; timeout; "
            "! ACK seq=1001 len=5; # retransmits 0; = ESTABLISHED",
      /* 3 doublings of 200 ms are 3 s, though the timeout is a little longer. */
      LINUX "set retries2 3; " ESTABLISHED
            "send 5; timeout; timeout; timeout; timeout; ! ACK seq=1001 len=5; "
            "# now-ms 3060; timeout; ? timeout.retransmission.give-up; # now-ms 6324; = CLOSED",
      /* The user's timeout counts from the first repetition on. */
      LINUX "set user-timeout 1000000; " ESTABLISHED "send 5; timeout; timeout; timeout; ? timeout.user; "
            "# now-ms 1204; = CLOSED",
      /* Nobody has measured the handshake: three seconds. */
      LINUX SYN_RECEIVED "timeout; < ACK; # rto-ms 3000; send 5; < ACK; # rto-ms 204",

      LINUX SYN_RECEIVED "< ACK win=20; send 1000; ! nothing; # persist 1; timeout; ? "
                         "timeout.persist.partial; ! ACK seq=1001 len=20",
      LINUX TIME_WAIT "timeout; # now-ms 60000; = CLOSED",
      /* tcp_rto_max_ms bounds the wait of sockets, not of requests. */
      LINUX "set rto-max 1000000; " SYN_RECEIVED "timeout; # now-ms 1000; timeout; # now-ms 3000",
      LINUX "set rto-max 1000000; " ESTABLISHED "send 5; timeout; timeout; timeout; # now-ms 1428; timeout; "
            "# now-ms 2428",
      /* A SYN,ACK that was repeated twice opens the congestion window for one segment, unless it had only been
         late. */
      LINUX SYN_RECEIVED "timeout; < ACK win=60000; send 5000; # emits 10",
      LINUX SYN_RECEIVED
      "timeout; timeout; < ACK win=60000; send 5000; # emits 1; < ACK win=60000; # emits 2",
      LINUX LISTENING "< SYN seq=5000 ts=7:0; timeout; timeout; < ACK win=60000 nop nop ts=8:1; send 5000; "
                      "# emits 1",
      LINUX LISTENING "wait 5ms; < SYN seq=5000 ts=7:0; timeout; timeout; < ACK win=60000 nop nop ts=8:5; "
                      "send 5000; # emits 10",
      LINUX SYN_SENT "timeout; timeout; < SYN,ACK seq=5000 win=60000; send 5000; # emits 1",
      /* In silence it falls back to where it began, halved for each timeout. */
      LINUX GROWN "wait 200ms; send 40000; # emits 40",
      LINUX GROWN "wait 205ms; send 40000; # emits 20",
      LINUX GROWN "wait 1s; send 40000; # emits 10",
      LINUX "set restart-idle 0; " GROWN "wait 1s; send 40000; # emits 40",
      LINUX GROWN "< ACK win=0; send 40000; wait 1s; < ACK win=65535; # emits 10",
      /* Nobody keeps an orphan alive. */
      LINUX "set keepalive 1000000; " ESTABLISHED "close; < ACK; = FIN-WAIT-2; timeout; ? timeout.keepalive; "
            "release; wait 10s; ! nothing; = FIN-WAIT-2",
      /* An answered probe does not shorten the wait that has begun. */
      LINUX "set keepalive 1000000; set keepalive-intvl 3000000; " ESTABLISHED
            "timeout; # now-ms 1000; wait 200ms; < ACK; timeout; ? timeout.keepalive; # now-ms 4000",
      LINUX "set keepalive 1000000; set keepalive-intvl 1000000; " ESTABLISHED
            "timeout; timeout; timeout; timeout; timeout; timeout; "
            "timeout; timeout; timeout; timeout; ? timeout.keepalive.give-up; ! RST,ACK seq=1001 ack=5001; = "
            "CLOSED",
  };
  TCP_SCRIPTS_CHECK(scripts);
}
