/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Linux does differently in other kernels than 6.18: each case was seen on one of them (tests/kernels/). */
#include "engine/base/buf.h"
#include "engine/tcp/measured.h"
#include "tests/unit/tcp_script.h"
#include "tests/unit/tcp_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define OLD LINUX "set kernel 6.1.176; "
#define OLDEST LINUX "set kernel 5.10.223; "
#define MIDDLE LINUX "set kernel 6.12.117; "
#define NEW LINUX "set kernel 7.2.13; "
#define BROKEN "opt=0200010101010101010101010101010101010101"

void test_kernel_numbers(void **state)
{
  (void)state;
  static const struct {
    const char *release, *version;
    uint32_t is;
  } names[] = {
      {"6.18.44-1-amd64", "#1 SMP", KERNEL(6, 18, 44)},
      {"6.1.0-50-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-11-12)", KERNEL(6, 1, 176)},
      {"6.12.117+deb13-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.12.117-1 (2026-11-12)", KERNEL(6, 12, 117)},
      {"6.8.0-45-generic", "#45-Ubuntu SMP", KERNEL(6, 8, 0)},
      {"6.1.0-50-amd64", "#1 SMP Debian 5.10.223-1 (2026-11-12)", KERNEL(6, 1, 0)},
      {"7.3-rc2", "", KERNEL(7, 3, 0)},
      {"7", "", 0},
      {"GNU", "", 0},
      {"", "", 0},
      {"1234.5.6", "", 0},
  };
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    assert_int_equal(tcp_kernel_read(names[i].release, names[i].version), names[i].is);
  assert_int_equal(tcp_profile_linux.changes, tcp_kernel_changes(tcp_profile_linux.kernel));
  assert_int_equal(tcp_kernel_changes(0), 0);
}

/* A change that was ported to an older line is there, and not in the lines between. */
void test_kernel_changes(void **state)
{
  (void)state;
  const uint32_t bit = CHANGE_BIT(CHANGE_REQUEST_CHALLENGES);
  assert_int_equal(tcp_kernel_changes(KERNEL(6, 12, 104)) & bit, 0);
  assert_int_equal(tcp_kernel_changes(KERNEL(6, 12, 105)) & bit, bit);
  assert_int_equal(tcp_kernel_changes(KERNEL(6, 14, 200)) & bit, 0);
  assert_int_equal(tcp_kernel_changes(KERNEL(7, 1, 9)) & bit, 0);
  assert_int_equal(tcp_kernel_changes(KERNEL(7, 2, 0)) & bit, bit);
  for (enum tcp_change c = CHANGE_NONE + 1; c < CHANGE_COUNT; c++) {
    const uint32_t main = tcp_change_main(c);
    assert_true(*tcp_change_text(c) != '\0');
    assert_true(tcp_kernel_changes(main) & CHANGE_BIT(c));
    assert_false(tcp_kernel_changes(KERNEL(4, 9, 0)) & CHANGE_BIT(c));
    if (c > CHANGE_NONE + 1) assert_true(main >= tcp_change_main(c - 1));
  }
}

void test_old_kernels(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      /* Nobody looks for signatures before the segment is judged. */
      LINUX "< ACK " BROKEN "; ? closed.linux.options; ! nothing",
      OLD "< ACK " BROKEN "; ? closed.ack; ! RST",
      OLD ESTABLISHED "< ACK len=1 " BROKEN "; ? synced.text; ! ACK",
      /* What is beyond RCV.NXT in TIME-WAIT goes to the listener, with all that he might do. */
      OLD TIME_WAIT "< SYN seq=rcv.nxt+9; ~ time-wait.linux.syn-to-listener; ? listen.syn; ! SYN,ACK; "
                    "= SYN-RECEIVED; < RST; = LISTEN",
      OLD "set cookies 2; " TIME_WAIT "< SYN seq=rcv.nxt+9; ? listen.syn.cookie; ! SYN,ACK; = LISTEN",
      OLD TIME_WAIT "< SYN,FIN seq=rcv.nxt+9; ~ time-wait.linux.syn-to-listener; ? listen.syn.fin; ! nothing",
      OLD TIME_WAIT "set full; < SYN seq=rcv.nxt+9; ? listen.syn.queue-full; ! nothing; = LISTEN",
      MIDDLE TIME_WAIT "< SYN seq=rcv.nxt+9; ? time-wait.syn.reopen; ! SYN,ACK seq=66539",
      /* A SYN with an old timestamp is told what came twice; later it is challenged as any SYN is. */
      OLD "listen; < SYN seq=5000 sackok ts=7:0; < ACK ts=7:0; < SYN seq=5000 ts=5:0; "
          "! ACK nop nop ts=0:7 nop nop sack=5000-5001",
      MIDDLE
      "listen; < SYN seq=5000 sackok ts=7:0; < ACK ts=7:0; < SYN seq=5000 ts=5:0; ! ACK nop nop ts=0:7",
      /* Text far past a gap makes the buffer larger only later. */
      MIDDLE ESTABLISHED "< ACK seq=65001 len=10; < ACK len=184; ! ACK win=64056",
      LINUX ESTABLISHED "< ACK seq=65001 len=10; < ACK len=184; ! ACK win=64856",
      /* The last FIN does not mind the congestion window; text does. */
      OLD "set cwnd 1; listen; < SYN seq=5000 mss=536; < ACK; send 536; ! ACK len=536; "
          "close; ! FIN,ACK seq=1537; = FIN-WAIT-1",
      MIDDLE "set cwnd 1; listen; < SYN seq=5000 mss=536; < ACK; send 536; ! ACK len=536; close; ! nothing; "
             "< ACK; ! FIN,ACK",
      /* A window of 0 is news only from what is newer. */
      OLD ESTABLISHED "< ACK win=0; # snd.wnd 8192",
      OLD ESTABLISHED "< ACK len=1; < ACK win=0; # snd.wnd 0",
      MIDDLE ESTABLISHED "< ACK win=0; # snd.wnd 0",
      /* A FIN needs room. */
      "profile linux; set kernel 6.1; set buffer 4; " ESTABLISHED
      "< ACK len=4; < FIN,ACK; ! ACK ack=5005; = ESTABLISHED",
      "profile linux; set buffer 4; " ESTABLISHED "< ACK len=4; < FIN,ACK; ! ACK ack=5006; = CLOSE-WAIT",
      /* Once closing has begun an old ACK is answered, and its text not taken. */
      OLDEST FIN_WAIT_2
      "< ACK ack=snd.una-1 len=1; ? linux.ack.old; ! ACK ack=5001; < ACK len=1; ! ACK ack=5002",
      OLDEST ESTABLISHED "< ACK ack=snd.una-1 len=1; ? synced.ack.too-old; ! ACK ack=5001",
      OLDEST "set throttle 500000; " FIN_WAIT_2 "< ACK ack=snd.una-1; ? linux.ack.old; ! ACK; < ACK "
             "ack=snd.una-1; ? linux.ack.old.throttled; ! nothing",
      OLD FIN_WAIT_2 "< ACK ack=snd.una-1 len=1; ? synced.text; ! ACK ack=5002",
      /* A request's timestamp. */
      OLDEST "listen; < SYN seq=5000 ts=7:0; < none ts=9:0; ~ syn-received.linux.stamp; < SYN seq=5000 "
             "ts=8:0; ! ACK",
      OLD "listen; < SYN seq=5000 ts=7:0; < none ts=9:0; < SYN seq=5000 ts=8:0; ! SYN,ACK",
      /* CWR asks for an ACK at once, where ECN was not agreed either. */
      MIDDLE "set delay-acks; " ESTABLISHED "set quick 0; < ACK,CWR len=1; ? synced.text; ! ACK",
      LINUX "set delay-acks; " ESTABLISHED
            "set quick 0; set pingpong; < ACK,CWR len=1; ? linux.text.delayed; ! nothing",
      /* 2^31 away an ACK is both too old and of the future: Linux asks for the past first. */
      OLD ESTABLISHED "< ACK ack=snd.nxt-2147483648; ? synced.ack.too-old; ! ACK",
      OLD ESTABLISHED "< ACK ack=snd.nxt+2147483647; ? linux.ack.future-silent; ! nothing",
      LINUX ESTABLISHED "< ACK ack=snd.nxt+2147483647; ? synced.ack.future; ! ACK",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

void test_new_kernels(void **state)
{
  (void)state;
  static const char *const scripts[] = {
      /* Header prediction expects no old ACK: text with one is judged like any other, and dropped. */
      LINUX ESTABLISHED "< ACK len=9; < ACK len=1 ack=snd.una-1000; ~ linux.ack.fast-path; ! ACK ack=5011",
      NEW ESTABLISHED "< ACK len=9; < ACK len=1 ack=snd.una-1000; ? synced.ack.too-old; ! ACK ack=5010",
      MIDDLE ESTABLISHED "< ACK len=9; < ACK len=1 ack=snd.una-1000; ? synced.ack.too-old; ! ACK ack=5010",
      /* A signature of RFC 5925 is shorter, so more lists are looked through. */
      NEW "< ACK opt=0328070101010101; ? closed.ack; ! RST",
      NEW "set signature 5; < ACK opt=0328070101010101; ? closed.linux.options; ! nothing",
  };
  TCP_SCRIPTS_CHECK(scripts);
}

/* What is told is measured: each row of Linux's that can be seen on the wire was seen on 6.18, where it holds there,
   and on no kernel where it does not. */
static void row_is_measured(const struct tcp_rule *r, const bool fired_by_arrivals)
{
  struct tcp_profile p = tcp_profile_linux;
  for (size_t i = 0; tcp_measured_at(i); i++) {
    const uint32_t kernel = tcp_measured_at(i);
    tcp_profile_be_kernel(&p, kernel);
    if (tcp_measured_rule(r, kernel) && !tcp_rule_holds(r, &p))
      fail_msg("%s does not hold on %u.%u, where it was measured", r->id, tcp_kernel_major(kernel),
               tcp_kernel_minor(kernel));
  }
  if (fired_by_arrivals && tcp_rule_holds(r, &tcp_profile_linux) && !tcp_measured_rule(r, KERNEL(6, 18, 44)))
    fail_msg("%s was not measured on 6.18: `make fidelity`", r->id);
}

void test_measured(void **state)
{
  (void)state;
  static const char *const ids[] = {
#define MEASURED_KERNEL(major, minor, patch)
#define MEASURED_ROW(id, lines) id,
#include "engine/tcp/measured.def"
#undef MEASURED_KERNEL
#undef MEASURED_ROW
  };
  size_t count;
  const struct tcp_rule *rules = tcp_rules(&count);
  for (size_t i = 0; i < count; i++) {
    const bool arrives = rules[i].procedure == PROCEDURE_CLOSED || rules[i].procedure == PROCEDURE_LISTEN ||
                         rules[i].procedure == PROCEDURE_SYN_SENT ||
                         rules[i].procedure == PROCEDURE_OTHERWISE;
    row_is_measured(&rules[i], arrives && (tcp_rule_profiles(&rules[i]) & PROFILE_LINUX));
  }
  for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
    if (!tcp_rule_find(ids[i], strlen(ids[i])))
      fail_msg("measured.def knows a row %s, and the table does not", ids[i]);
  for (size_t i = 0; tcp_measured_at(i + 1); i++) assert_true(tcp_measured_at(i) < tcp_measured_at(i + 1));
}

static void nearest_is(uint32_t kernel, const char *text)
{
  char mem[100];
  struct buf b;
  buf_init(&b, mem, sizeof mem);
  tcp_measured_put_nearest(&b, kernel);
  assert_string_equal(mem, text);
}

void test_measured_told(void **state)
{
  (void)state;
  char mem[200];
  struct buf b;
  const struct tcp_rule *r = tcp_rule_find("syn-received.linux.echo", 23);
  nearest_is(KERNEL(7, 3, 0), "up to 7.2, the last measured");
  nearest_is(KERNEL(6, 8, 4), "on 6.1 and 6.12, the nearest measured");
  nearest_is(KERNEL(4, 19, 0), "from 5.10, the first measured, on");
  buf_init(&b, mem, sizeof mem);
  tcp_measured_put(&b, r, KERNEL(6, 19, 2));
  assert_string_equal(mem, "measured on 6.18, 7.2; yours is 6.19");
  buf_reset(&b);
  tcp_measured_put(&b, r, KERNEL(6, 18, 2)); /* of the same line */
  assert_string_equal(mem, "measured on 6.18, 7.2");
  buf_reset(&b);
  tcp_measured_put(&b, tcp_rule_find("synced.ack", 10), KERNEL(6, 19, 2)); /* the RFC's, too */
  assert_int_equal(b.len, 0);
}
