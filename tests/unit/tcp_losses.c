/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loss that duplicate ACKs tell of (RFC 5681 3.2, RFC 6582); the linux rows were seen on the kernel
   (tests/fidelity/). */
#include "tests/unit/tcp_script.h"
#include "tests/unit/tcp_tests.h"

#define SHORT "listen; < SYN seq=5000 mss=100; < ACK; "
#define SACKED LINUX "listen; < SYN seq=5000 mss=100 sackok; < ACK; "
#define STAMPED LINUX "listen; < SYN seq=5000 mss=100 ts=1:0; < ACK ts=1:0; "
#define DUP "< ACK ack=snd.una; "

void test_loss(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      SHORT "send 400; " DUP "~ synced.ack.duplicate.counted; ! nothing; " DUP "! nothing; " DUP
            "~ synced.ack.duplicate.third; ! ACK seq=1001 len=100; # retransmits 0; # retransmission 1; " DUP
            "~ synced.ack.duplicate.more; ! nothing; < ACK; ~ synced.ack; # retransmission 0",
      /* A part of it: the next goes again, too. */
      SHORT "send 400; " DUP DUP DUP "< ACK ack=snd.una+100; ~ synced.ack.partial; ! ACK seq=1101 len=100; "
            "< ACK ack=snd.nxt; ! nothing; send 400; " DUP DUP "! nothing; " DUP "! ACK seq=1401 len=100",
      /* Another window, text, a FIN, nothing under way: no duplicates. */
      SHORT "send 400; < ACK ack=snd.una win=8000; ? synced.window; < ACK ack=snd.una win=8001; < ACK "
            "ack=snd.una len=1; "
            "< ACK ack=snd.una; < ACK ack=snd.una win=8000; ! nothing",
      SHORT DUP DUP DUP "! nothing",
      /* A window of 0 is answered alike each time. */
      SHORT "< ACK win=0; send 5; timeout; ! ACK len=1; < ACK ack=snd.una win=0; < ACK ack=snd.una win=0; "
            "< ACK ack=snd.una win=0; ! nothing",
      /* A FIN is repeated with the text it went with. */
      SHORT "send 250; close; " DUP DUP DUP
            "! ACK seq=1001 len=100; < ACK ack=snd.una+200; ! FIN,ACK seq=1201 len=50",
      /* What a person owes. */
      "set manual; listen; < SYN seq=5000; > SYN,ACK; < ACK; > PSH,ACK len=100; > PSH,ACK len=100; " DUP DUP
      "# debts 0; " DUP
      "# debts 1; would ACK seq=snd.una len=100; > PSH,ACK seq=snd.una len=100; % RETRANSMIT; # debts 0; "
      "# retransmits 0",
      /* With a congestion window: half of what was under way, and one more for each that has arrived. */
      "set cwnd 4; " SHORT "send 1000; # snd.nxt 1401; " DUP DUP DUP
      "! ACK seq=1001 len=100; ! PSH,ACK seq=1401 len=100; " DUP "! ACK seq=1501 len=100",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_linux_loss(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      LINUX SHORT "send 400; " DUP DUP "? synced.ack.duplicate.counted; ! nothing; " DUP
                  "? synced.ack.duplicate.third; ! ACK seq=1001 len=100; # retransmits 0",
      /* Three segments are too few. After that fewer duplicates will do. */
      LINUX SHORT "send 300; " DUP DUP "! nothing; " DUP "? linux.ack.duplicate.too-many; ! nothing; " DUP
                  "! nothing",
      LINUX SHORT "send 200; " DUP "! nothing; " DUP "? linux.ack.duplicate.too-many; < ACK; send 400; " DUP
                  "! nothing; " DUP "? synced.ack.duplicate.third; ! ACK seq=1201 len=100",
      /* Duplicates make room for new text (RFC 3042), and so does what arrives after the loss (RFC 6937). */
      LINUX SHORT "send 1100; # queued 100; " DUP "! ACK seq=2001 len=100",
      LINUX SHORT
      "send 1000; " DUP DUP DUP "! ACK seq=1001 len=100; < ACK ack=snd.una+200; ~ synced.ack.partial; "
      "! nothing; " DUP "? synced.ack.duplicate.more; ! ACK seq=1201 len=100; < ACK; send 1000; # emits 5",
      /* Short segments are repeated as one. */
      LINUX SHORT "set nagle 0; send 10; send 10; send 10; send 10; " DUP DUP DUP "! ACK seq=1001 len=40",
      /* A window that has become smaller is kept to. */
      LINUX SHORT "send 400; " DUP DUP DUP "< ACK ack=snd.una+100 win=50; ! ACK seq=1101 len=50",
      LINUX SHORT "send 400; " DUP DUP DUP "< ACK ack=snd.una+100 win=0; ! ACK seq=1101 len=100",
      /* All of it acknowledged, and nothing beyond: further duplicates mean nothing. */
      LINUX SHORT "send 400; " DUP DUP DUP "< ACK; send 200; " DUP DUP DUP
                  "? synced.ack.duplicate; ! nothing",
      /* It had only been late, says the timestamp. */
      STAMPED "wait 1s; send 400; wait 10ms; < ACK ack=snd.una ts=1:0; < ACK ack=snd.una ts=1:0; "
              "< ACK ack=snd.una ts=1:0; ! ACK len=88; < ACK ack=snd.una+176 ts=2:1000; ~ "
              "linux.ack.partial.late; ! nothing",
      STAMPED "wait 1s; send 400; wait 10ms; < ACK ack=snd.una ts=1:0; < ACK ack=snd.una ts=1:0; "
              "< ACK ack=snd.una ts=1:0; ! ACK len=88; < ACK ack=snd.una+88 ts=2:1010; ~ synced.ack.partial; "
              "! ACK len=88",
      SACKED "send 400; < ACK ack=snd.una sack=1101-1201; ? linux.ack.sack; ! nothing",
      /* With SACK its duplicates are not counted. */
      SACKED "send 400; " DUP DUP DUP "? linux.ack.duplicate.sack; ! nothing",
      /* After a timeout all is repeated, two for one; new text goes first. */
      LINUX SHORT
      "send 400; timeout; ! ACK seq=1001 len=100; < ACK ack=snd.una+100; ~ linux.ack.after-timeout; "
      "! ACK seq=1101 len=100; ! ACK seq=1201 len=100; < ACK; ! nothing",
      LINUX SHORT
      "send 1100; timeout; < ACK ack=snd.una+100; ~ linux.ack.after-timeout; ! PSH,ACK seq=2001 len=100; "
      "< ACK ack=snd.una+100; ! nothing",
      LINUX SHORT "send 1100; timeout; < ACK ack=snd.una+100; ! PSH,ACK seq=2001 len=100; " DUP
                  "? synced.ack.duplicate.more; ! ACK seq=1101 len=100",
      /* A kernel's segments, seen: long before the timer, and when it was due. */
      SACKED "set shadow; send 400; > ACK seq=snd.una+300 len=100; ? sent.again.early; % RETRANSMIT; # "
             "retransmits 0",
      SACKED "set shadow; send 400; wait 250ms; > ACK seq=snd.una len=100; ? sent.again; # retransmits 1",
  };
  TCP_SCRIPTS_CHECK(scripts);
}
