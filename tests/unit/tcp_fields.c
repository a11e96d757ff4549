/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Linux writes into its headers: window, options and their order, SACK blocks, PSH, ECE. Each line was
   seen on the kernel; the fidelity driver holds all of it against the running one. */
#include "tests/unit/tcp_script.h"
#include "tests/unit/tcp_tests.h"

#define OPEN(options) LINUX "listen; < SYN seq=5000 " options "; < ACK; "
#define SACKED OPEN("sackok")
#define STAMPED "listen; < SYN seq=5000 sackok ts=7:0; < ACK ts=8:0; "

void test_linux_windows(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      /* Whole segments, as many as fit into half the buffer. */
      LINUX "listen; < SYN seq=5000; ! SYN,ACK win=64240",
      LINUX "listen; < SYN seq=5000 ts=7:0; ! SYN,ACK win=65160",
      LINUX "open; ! SYN win=64240; < SYN,ACK seq=5000 ts=7:0; ! ACK win=64240",
      LINUX "set mss 1000; listen; < SYN seq=5000; ! SYN,ACK win=65000",
      LINUX "set buffer 4096; set wscale 0; listen; < SYN seq=5000; ! SYN,ACK win=2920",
      /* Scaled: a little more than before, for the edge must not move left. */
      OPEN("wscale=3") "< ACK len=1; ! ACK win=502; < ACK len=200; ! ACK win=501",
      /* Unscaled: in whole segments of the other end's, but for what was told before. */
      OPEN("") "< ACK len=5; ! ACK win=64235; < ACK len=1; ! ACK win=64234; receive 0; < FIN,ACK; ! ACK "
               "win=64233",
      OPEN("") "< ACK len=100; receive 0; < ACK len=400; ! ACK win=63784; < ACK len=1; ! ACK win=63784",
      /* What the handshake has told holds for a cookie's connection only until it speaks. */
      LINUX
      "set cookies 2; listen; < SYN seq=5000 mss=536; ! SYN,ACK win=64240; < ACK len=1; ! ACK win=65391",
      /* Long segments show that more of the buffer is text: the edge moves on. */
      LINUX "set buffer 4096; set wscale 0; listen; < SYN seq=5000; < ACK; < ACK len=1400; ! ACK win=2920; "
            "< ACK len=1400; ! ACK win=1520; receive 0; ! nothing",
      LINUX
      "set buffer 4096; set wscale 0; listen; < SYN seq=5000; < ACK; < ACK len=100; receive 0; ! nothing",
      /* A record tells what was left; a RST that answers has none; one that gives up has the connection's. */
      LINUX TIME_WAIT "< FIN,ACK seq=rcv.nxt-1; ! ACK win=64239",
      LINUX SYN_RECEIVED "< ACK seq=rcv.nxt-2; ! ACK win=64240",
      LINUX "listen; < SYN seq=5000 wscale=3; < ACK seq=rcv.nxt-2; ! ACK win=501",
      LINUX SYN_RECEIVED "< ACK ack=1002; ! RST win=0",
      LINUX ESTABLISHED "abort; ! RST,ACK win=64240",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_linux_options(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      LINUX "wait 1s; open; ! SYN opt=020405b40402080a000003e80000000001030307",
      LINUX "wait 1s; listen; < SYN seq=5000 wscale=2 sackok ts=7:0; "
            "! SYN,ACK opt=020405b40402080a000003e80000000701030307",
      LINUX "listen; < SYN seq=5000 wscale=2 sackok; ! SYN,ACK opt=020405b40101040201030307",
      LINUX "wait 1s; listen; < SYN seq=5000 ts=7:0; ! SYN,ACK opt=020405b40101080a000003e800000007",
      /* SYNs that cross: the SYN,ACK has what our SYN had, and our shift is used, agreed or not. */
      LINUX
      "wait 1s; open; < SYN seq=5000; ! SYN,ACK win=64240 opt=020405b40402080a000003e80000000001030307; "
      "< ACK; = ESTABLISHED; # sack 0; # ts.on 0; < ACK len=1; ! ACK win=502 opt=none",
      /* Who gives up says so with a timestamp; who answers a stranger has none. */
      LINUX "wait 1s; " STAMPED "< ACK len=3 ts=9:0; release; ! RST,ACK opt=0101080a000003e800000009",
      LINUX "wait 1s; " STAMPED "< ACK ack=iss-9999 ts=9:0; ! ACK opt=0101080a000003e800000008",
      LINUX "wait 1s; " STAMPED "release; < ACK ts=9:0; < ACK len=3 ts=9:0; ! RST opt=none",
      /* A record has no timestamp to echo when theirs was 0. */
      LINUX "wait 1s; listen; < SYN seq=5000 ts=0:0; < ACK seq=rcv.nxt-2 ts=0:0; ! ACK opt=none",
      /* ECN is answered, but for a cookie that cannot remember it. */
      LINUX "listen; < SYN,ECE,CWR seq=5000; ! SYN,ACK,ECE",
      LINUX "listen; < SYN,ECE seq=5000; ! SYN,ACK",
      LINUX "set ecn 0; listen; < SYN,ECE,CWR seq=5000; ! SYN,ACK",
      "listen; < SYN,ECE,CWR seq=5000; ! SYN,ACK",
      LINUX "set cookies 2; listen; < SYN,ECE,CWR seq=5000; ! SYN,ACK",
      LINUX "set cookies 2; listen; < SYN,ECE,CWR seq=5000 ts=7:0; ! SYN,ACK,ECE",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_linux_sack(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      SACKED "< ACK seq=5101 len=100; ! ACK ack=5001 nop nop sack=5101-5201",
      OPEN("") "< ACK seq=5101 len=100; ! ACK ack=5001 opt=none",
      /* The newest first; what grows together is one; four at most, or three beside timestamps. */
      SACKED "< ACK seq=5101 len=10; < ACK seq=5201 len=10; ! ACK nop nop sack=5201-5211,5101-5111",
      SACKED "< ACK seq=5101 len=10; < ACK seq=5201 len=10; < ACK seq=5111 len=5; "
             "! ACK nop nop sack=5101-5116,5201-5211",
      SACKED
      "< ACK seq=5101 len=10; < ACK seq=5121 len=10; < ACK seq=5111 len=10; ! ACK nop nop sack=5101-5131",
      SACKED "< ACK seq=5101 len=1; < ACK seq=5201 len=1; < ACK seq=5301 len=1; < ACK seq=5401 len=1; "
             "< ACK seq=5501 len=1; ! ACK nop nop sack=5501-5502,5401-5402,5301-5302,5201-5202",
      LINUX STAMPED "< ACK seq=5101 len=1 ts=9:0; < ACK seq=5201 len=1 ts=9:0; < ACK seq=5301 len=1 ts=9:0; "
                    "< ACK seq=5401 len=1 ts=9:0; "
                    "! ACK nop nop ts=0:8 nop nop sack=5401-5402,5301-5302,5201-5202",
      /* A gap that closes takes its blocks along; so does a FIN. */
      SACKED
      "< ACK seq=5011 len=10; < ACK seq=5101 len=10; < ACK len=10; ! ACK ack=5021 nop nop sack=5101-5111",
      SACKED "< ACK seq=5011 len=10; < ACK len=10; ! ACK ack=5021 opt=none",
      SACKED "< FIN,ACK seq=5011; ! ACK ack=5001 nop nop sack=5011-5012",
      SACKED "< FIN,ACK seq=5011 len=4; ! ACK ack=5001 nop nop sack=5011-5016",
      SACKED "< ACK seq=5101 len=10; < FIN,ACK; ! ACK ack=5002 opt=none",
      SACKED
      "close; < ACK; < ACK seq=5101 len=10; < FIN,ACK; ! ACK ack=5002 nop nop sack=5101-5111; = TIME-WAIT",
      /* What came twice is told first, and once (RFC 2883). */
      SACKED "< ACK len=10; < ACK seq=5001 len=10; ! ACK ack=5011 nop nop sack=5001-5011; < ACK len=1; ! ACK "
             "opt=none",
      SACKED "< ACK len=10; < ACK seq=5006 len=10; ! ACK ack=5016 nop nop sack=5006-5011",
      SACKED "< ACK seq=5101 len=10; < ACK seq=5101 len=10; ! ACK nop nop sack=5101-5111,5101-5111",
      SACKED "< ACK seq=5101 len=10; < ACK seq=5106 len=10; ! ACK nop nop sack=5106-5111,5101-5116",
      SACKED "< ACK seq=5101 len=10; < ACK seq=5096 len=20; ! ACK nop nop sack=5101-5111,5096-5116",
      SACKED "< ACK seq=5006 len=10; < ACK len=10; ! ACK ack=5016 nop nop sack=5006-5011",
      SACKED "set dsack 0; < ACK len=10; < ACK seq=5001 len=10; ! ACK ack=5011 opt=none",
      SACKED "< ACK len=10; < FIN,ACK seq=5006 len=5; ! ACK ack=5012 opt=none",
      SACKED "close; < ACK; < ACK len=10; < FIN,ACK seq=5006 len=5; ! ACK ack=5012 nop nop sack=5006-5011",
      /* Blocks take room from text. */
      SACKED "< ACK seq=5101 len=1; send 3000; ! ACK len=524; ! ACK len=524",
      /* A person's ACK has what the person writes. */
      "set manual 1; set sack 1; listen; < SYN seq=5000 sackok; > SYN,ACK sackok; < ACK; < ACK seq=5101 "
      "len=10; "
      "would ACK ack=5001 opt=none",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_linux_push(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      /* At the end of what is written, and of each packet of several segments: half the congestion window. */
      OPEN("mss=1000") "set pushes-count; send 2500; ! ACK len=1000; ! ACK len=1000; ! PSH,ACK len=500",
      LINUX
      "set pushes-count; listen; < SYN seq=5000 mss=1000; < ACK win=65535; send 11000; ! ACK len=1000; "
      "! ACK len=1000; ! ACK len=1000; ! ACK len=1000; ! PSH,ACK len=1000; ! ACK len=1000; ! ACK len=1000; "
      "! ACK len=1000; ! ACK len=1000; ! PSH,ACK len=1000",
      LINUX "set pushes-count; set cwnd 3; listen; < SYN seq=5000 mss=1000; < ACK win=65535; send 5000; ! "
            "ACK len=1000; ! ACK "
            "len=1000; ! ACK len=1000; ! nothing",
      "set pushes-count; set cwnd 10; listen; < SYN seq=5000 mss=1000; < ACK win=65535; send 3000; ! ACK "
      "len=1000; ! ACK "
      "len=1000; ! PSH,ACK len=1000",
  };
  TCP_SCRIPTS_CHECK(scripts);
}
