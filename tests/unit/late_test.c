/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Late is not silent, on the real kernel: a queue of its own (tc-tbf(8)) holds back what goes to the peer, so
   that no answer is there when a write returns. Silence is known all the same, and no sooner than it should
   be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/lab_fixture.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <unistd.h>

/* A frame of a segment is 54 octets or a little more, and the bucket holds one: the next waits 20 ms. */
enum { RATE = 2500, BUCKET = 80, QUEUE = 100000, CLOSED_PORT = 1 };

static void put_shaper(struct nlmsghdr *h)
{
  struct tcmsg *tc = mnl_nlmsg_put_extra_header(h, sizeof *tc);
  struct tc_tbf_qopt shape = {.limit = QUEUE, .rate = {.rate = RATE, .linklayer = TC_LINKLAYER_ETHERNET}};

  tc->tcm_family = AF_UNSPEC;
  tc->tcm_ifindex = lab_interface_index(lab);
  tc->tcm_parent = TC_H_ROOT;
  mnl_attr_put_strz(h, TCA_KIND, "tbf");
  struct nlattr *options = mnl_attr_nest_start(h, TCA_OPTIONS);
  mnl_attr_put(h, TCA_TBF_PARMS, sizeof shape, &shape);
  mnl_attr_put_u32(h, TCA_TBF_BURST, BUCKET);
  mnl_attr_nest_end(h, options);
}

/* 0 or errno. */
static int hold_back(bool on)
{
  char buffer[MNL_SOCKET_BUFFER_SIZE];
  struct mnl_socket *nl = mnl_socket_open(NETLINK_ROUTE);
  struct nlmsghdr *h = mnl_nlmsg_put_header(buffer);

  assert_non_null(nl);
  h->nlmsg_type = on ? RTM_NEWQDISC : RTM_DELQDISC;
  h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | (on ? NLM_F_CREATE | NLM_F_REPLACE : 0);
  put_shaper(h);
  assert_true(mnl_socket_sendto(nl, h, h->nlmsg_len) > 0);
  ssize_t n = mnl_socket_recvfrom(nl, buffer, sizeof buffer);
  int error = mnl_cb_run(buffer, (size_t)n, 0, mnl_socket_get_portid(nl), NULL, NULL) < 0 ? errno : 0;
  mnl_socket_close(nl);
  return error;
}

/* -- the tests -- */
static void an_answer_that_is_late_is_waited_for(void **state)
{
  unsigned late = 0;

  (void)state;
  for (unsigned i = 0; i < 20; i++) {
    fresh((uint16_t)(5000 + i), CLOSED_PORT);
    put(SYN, NULL);
    if (!arrived()) {
      late++;
      settle();
      assert_true(arrived());
    }
    assert_int_equal(arrival.flags, RST | ACK);
    silence();
  }
  assert_true(late > 0);
}

static void the_state_is_that_of_after(void **state)
{
  (void)state;
  begin();
  put(SYN, NULL);
  peer_is(STATE_SYN_RECEIVED);
  got(SYN | ACK);
  put(ACK, NULL);
  peer_is(STATE_ESTABLISHED);
  done(PEER_ACCEPT);
  put(FIN | ACK, NULL);
  peer_is(STATE_CLOSE_WAIT);
  got(ACK);
}

/* What is done out of sight waits for what it causes, too. */
static void the_isn_is_had(void **state)
{
  (void)state;
  begin();
  call_request((struct peer_request){.verb = PEER_ISN, .isn = 123456});
  put(SYN, NULL);
  got(SYN | ACK);
  assert_int_equal(arrival.seq, 123456);
  silence();
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_answer_that_is_late_is_waited_for),
      LAB_TEST(the_state_is_that_of_after),
      LAB_TEST(the_isn_is_had),
  };

  if (!fixture_up()) return 0;
  int error = hold_back(true);
  if (error) {
    printf("1..0 # SKIP this kernel cannot hold back segments: %s\n", lab_error_name(error));
    fixture_down();
    return 0;
  }
  int failed = cmocka_run_group_tests_name("late", tests, NULL, NULL);
  fixture_down();
  return failed;
}
