/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lab wire: octets go out as given, arrivals come in whole, in order and on time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIXTURE_BARE_WIRE
#include "tests/unit/lab_fixture.h"

#include "engine/base/rng.h"
#include "engine/wire/arp.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLOSED_PORT = 1 }; /* answers each SYN with RST,ACK */

static int processors_before;

/* --- sending ------------------------------------------------------------------------ */

static int tap = -1; /* sees what reaches the peer's interface */

static void open_tap(void)
{
  tap = lab_peer_socket(lab, AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
  assert_true(tap >= 0);
}

/* The next frame on its way to the peer. */
static size_t tapped(uint8_t *frame, size_t cap)
{
  for (;;) {
    struct sockaddr_ll from;
    socklen_t len = sizeof from;
    struct pollfd fd = {.fd = tap, .events = POLLIN};
    assert_int_equal(poll(&fd, 1, 5000), 1);
    ssize_t n = recvfrom(tap, frame, cap, 0, (struct sockaddr *)&from, &len);
    assert_true(n > 0);
    if (from.sll_pkttype != PACKET_OUTGOING) return (size_t)n;
  }
}

static void sent_octet_for_octet(const uint8_t *octets, size_t len)
{
  uint8_t frame[2048];
  struct err err = {.code = ERR_NONE};

  check(wire_send(wire, octets, len, &err), &err);
  assert_int_equal(tapped(frame, sizeof frame), ETH_HLEN + len);
  assert_memory_equal(frame, lab_peer_mac(lab), 6);
  assert_memory_equal(frame + 6, lab_your_mac(lab), 6);
  assert_memory_equal(frame + ETH_HLEN, octets, len);
}

static void any_octets_go_out_as_given(void **state)
{
  struct rng rng = {.state = 18};
  uint8_t octets[1500];

  (void)state;
  open_tap();
  for (int i = 0; i < 2000; i++) {
    size_t len = 1 + rng_below(&rng, sizeof octets);
    for (size_t k = 0; k < len; k++) octets[k] = (uint8_t)rng_next(&rng);
    sent_octet_for_octet(octets, len);
  }
  close(tap);
}

static void a_segment_may_lie(void **state)
{
  uint8_t octets[128];

  (void)state;
  open_tap();
  fresh(1500, 9);
  struct segment s = segment(SYN);
  s.given = SEG_BIT(SEG_ID) | SEG_BIT(SEG_TTL) | SEG_BIT(SEG_DOFF) | SEG_BIT(SEG_SUM) | SEG_BIT(SEG_RSV);
  s.ttl = 1;
  s.doff = 3;
  s.rsv = 9;
  s.sum = 0xbad1;
  size_t len = segment_encode(&s, octets, sizeof octets);
  assert_int_equal(len, 40);
  assert_int_equal(octets[4] << 8 | octets[5], 0); /* id 0: over a raw socket the kernel would choose one */
  assert_int_equal(octets[8], 1);
  assert_int_equal(octets[32], 3 << 4 | 9);
  assert_int_equal(octets[36] << 8 | octets[37], 0xbad1);
  sent_octet_for_octet(octets, len);
  close(tap);
  silence();
}

static void a_wrong_checksum_is_met_with_silence(void **state)
{
  (void)state;
  fresh(1501, 9);
  struct segment s = segment(SYN);
  s.given = SEG_BIT(SEG_SUM);
  s.sum_bad = true;
  transmit(&s);
  silence();
  peer_is(STATE_LISTEN);
  s.given = 0;
  transmit(&s);
  await_any();
  assert_int_equal(arrival.flags, SYN | ACK);
  peer_forget(peer, &you.pair);
}

static void impossible_lengths(void **state)
{
  uint8_t octets[1501] = {0};
  struct err err = {.code = ERR_NONE};

  (void)state;
  assert_false(wire_send(wire, octets, 0, &err));
  assert_int_equal(err.code, ERR_RANGE);
  assert_false(wire_send(wire, octets, sizeof octets, &err));
  assert_int_equal(err.code, ERR_LIMIT);
}

/* --- receiving ---------------------------------------------------------------------- */

static void the_answer_is_there_when_silence_is_known(void **state)
{
  usec_t last = 0;

  (void)state;
  silence();
  for (unsigned i = 0; i < 5000; i++) {
    fresh((uint16_t)(1024 + i), CLOSED_PORT);
    usec_t before = wire_now(wire);
    put(SYN, NULL);
    settle();
    assert_true(arrived());
    assert_int_equal(arrival.flags, RST | ACK);
    assert_int_equal(arrival.dport, 1024 + i);
    assert_true(arrival_when >= before && arrival_when >= last && arrival_when <= wire_now(wire));
    last = arrival_when;
  }
  silence();
}

static int peer_sender(struct sockaddr_ll *to)
{
  char name[] = "peer";
  int fd = lab_peer_socket(lab, AF_PACKET, SOCK_RAW, htons(ETH_P_IP));

  assert_true(fd >= 0);
  *to = (struct sockaddr_ll){.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_halen = 6};
  memcpy(to->sll_addr, lab_your_mac(lab), 6);
  for (to->sll_ifindex = 1; to->sll_ifindex < 16;
       to->sll_ifindex++) { /* the veth's other end, whatever its number */
    uint8_t probe[60] = {0};
    if (sendto(fd, probe, sizeof probe, 0, (struct sockaddr *)to, sizeof *to) > 0) return fd;
  }
  fail_msg("no interface named %s", name);
  return -1;
}

/* Frames a hostile or broken other end could make: nothing is read beyond them. */
static void malformed_frames_do_no_harm(void **state)
{
  struct rng rng = {.state = 4};
  struct sockaddr_ll to;
  uint8_t *out = malloc(SEGMENT_OCTETS_MAX);
  int fd = peer_sender(&to);

  (void)state;
  for (int i = 0; i < 5000; i++) {
    uint8_t frame[256];
    size_t len = ETH_HLEN + rng_below(&rng, sizeof frame - ETH_HLEN);
    usec_t when;
    for (size_t k = 0; k < len; k++) frame[k] = (uint8_t)rng_next(&rng);
    memcpy(frame, lab_your_mac(lab), 6);
    frame[12] = 0x08;
    frame[13] = rng_below(&rng, 8) ? 0x00 : 0x06;
    if (len > ETH_HLEN) frame[ETH_HLEN] = rng_below(&rng, 4) ? 0x45 : frame[ETH_HLEN];
    if (len > ETH_HLEN + 9) frame[ETH_HLEN + 9] = 6; /* TCP, so that the filter lets it pass */
    if (len > ETH_HLEN + 3 && rng_below(&rng, 2)) frame[ETH_HLEN + 2] = 0;
    sendto(fd, frame, len, 0, (struct sockaddr *)&to, sizeof to);
    size_t n;
    while ((n = wire_recv(wire, out, SEGMENT_OCTETS_MAX, &when)) > 0) {
      struct segment s;
      assert_true(n <= len - ETH_HLEN);
      assert_memory_equal(out, frame + ETH_HLEN, n);
      segment_decode(out, n, &s, NULL, NULL);
    }
  }
  close(fd);
  free(out);
}

static void a_small_buffer_is_not_overrun(void **state)
{
  uint8_t out[12];
  usec_t when;

  (void)state;
  memset(out, 0xaa, sizeof out);
  fresh(1502, CLOSED_PORT);
  put(SYN, NULL);
  settle();
  assert_int_equal(wire_recv(wire, out, 10, &when), 10);
  assert_int_equal(out[0], 0x45);
  assert_int_equal(out[10], 0xaa);
}

/* --- waiting ------------------------------------------------------------------------ */

static void waiting_ends(void **state)
{
  int ends[2];

  (void)state;
  assert_int_equal(pipe(ends), 0);
  silence();
  usec_t before = wire_now(wire);
  assert_false(wire_wait(wire, before + 20 * USEC_MS, ends[0]));
  assert_true(wire_now(wire) >= before + 20 * USEC_MS);
  assert_false(wire_wait(wire, before, ends[0])); /* already past */
  fresh(1503, CLOSED_PORT);
  put(SYN, NULL);
  assert_false(wire_wait(wire, USEC_NEVER, ends[0])); /* an arrival ends it */
  struct err err = {.code = ERR_NONE};
  check(wire_lab_keep(wire, &err), &err);
  assert_false(wire_wait(wire, USEC_NEVER, ends[0])); /* one that has been kept, too */
  await_any();
  assert_int_equal(write(ends[1], "x", 1), 1);
  assert_true(wire_wait(wire, USEC_NEVER, ends[0]));
  assert_true(wire_wait(wire, before, ends[0]));
  close(ends[0]);
  close(ends[1]);
  struct pollfd fds[2];
  assert_int_equal(wire_pollfds(wire, fds, 2), 1);
  assert_int_equal(wire_pollfds(wire, fds, 0), 0);
  assert_int_equal(poll(fds, 1, 0), 0);
  put(SYN, NULL);
  assert_int_equal(poll(fds, 1, 5000), 1);
  await_any();
  assert_true(wire_deadline(wire) == USEC_NEVER);
}

/* --- keeping and swallowing --------------------------------------------------------- */

static bool from_odd_port(void *ctx, const uint8_t *octets, size_t len)
{
  struct segment s;

  ++*(int *)ctx;
  return segment_decode(octets, len, &s, NULL, NULL) && s.dport % 2 == 1;
}

static void knock(uint16_t port)
{
  fresh(port, CLOSED_PORT);
  put(SYN, NULL);
}

static void swallowing_spares_what_was_there(void **state)
{
  struct err err = {.code = ERR_NONE};
  int asked = 0;
  const uint16_t expected[] = {3001, 3002, 3004, 3006, 3007};

  (void)state;
  silence();
  knock(3001);
  knock(3002);
  check(wire_lab_keep(wire, &err), &err);
  knock(3003);
  knock(3004);
  knock(3005);
  knock(3006);
  check(wire_lab_swallow(wire, from_odd_port, &asked, &err), &err);
  assert_int_equal(asked, 4);
  knock(3007);
  settle();
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    assert_true(arrived());
    assert_int_equal(arrival.dport, expected[i]);
  }
  silence();
}

static void keeping_has_a_bound_and_loses_nothing(void **state)
{
  enum { LAPS = 11, LAP = 400 };
  struct err err = {.code = ERR_NONE};
  bool full = false;
  unsigned n = 0;

  (void)state;
  silence();
  for (int lap = 0; lap < LAPS; lap++) {
    for (int i = 0; i < LAP; i++) knock((uint16_t)(1024 + lap * LAP + i));
    full = !wire_lab_keep(wire, &err);
  }
  assert_true(full);
  assert_int_equal(err.code, ERR_LIMIT);
  for (; n < LAPS * LAP; n++) {
    await_any();
    assert_int_equal(arrival.dport, 1024 + n);
  }
  silence();
}

/* --- draining ----------------------------------------------------------------------- */

struct drained {
  unsigned n;
  uint16_t port[8];
  usec_t last;
};

static void note_arrival(void *ctx, const uint8_t *octets, size_t len, usec_t when)
{
  struct drained *d = ctx;
  struct segment s;

  assert_true(segment_decode(octets, len, &s, NULL, NULL));
  assert_true(d->n < 8 && when >= d->last && when <= wire_now(wire));
  d->port[d->n++] = s.dport;
  d->last = when;
}

static void draining_hands_over_all_in_order(void **state)
{
  struct err err = {.code = ERR_NONE};
  struct drained d = {.n = 0};

  (void)state;
  silence();
  knock(3101);
  knock(3102);
  check(wire_lab_keep(wire, &err), &err);
  knock(3103);
  knock(3104);
  settle();
  wire_drain(wire, note_arrival, &d);
  assert_int_equal(d.n, 4);
  for (unsigned i = 0; i < d.n; i++) assert_int_equal(d.port[i], 3101 + i);
  wire_drain(wire, note_arrival, &d);
  assert_int_equal(d.n, 4);
  silence();
}

/* Whether arrivals wait on the ring or not, and all around it. */
static void making_ready_changes_no_arrival(void **state)
{
  enum { AROUND = 3000 };

  (void)state;
  silence();
  for (unsigned i = 0; i < AROUND; i += 2) {
    knock((uint16_t)(20000 + i));
    if (i % 3) wire_make_ready(wire);
    knock((uint16_t)(20001 + i));
    wire_make_ready(wire);
    settle();
    for (unsigned k = 0; k < 2; k++) {
      assert_true(arrived());
      assert_int_equal(arrival.dport, 20000 + i + k);
    }
  }
  silence();
}

/* --- silence ------------------------------------------------------------------------ */

static size_t frames_tapped(uint8_t *last)
{
  size_t n = 0;

  while (recv(tap, last, 2048, MSG_DONTWAIT) > 0) n++;
  return n;
}

/* One question and its answer, of which nobody hears. */
static void silence_is_asked_for_out_of_sight(void **state)
{
  uint8_t frame[2048];
  uint32_t number;

  (void)state;
  open_tap();
  silence();
  assert_int_equal(frames_tapped(frame), 2);
  assert_true(arp_answers(frame, ARP_FRAME, lab_peer(lab)->octet, &number));
  assert_false(arp_answers(frame, ARP_FRAME - 1, lab_peer(lab)->octet, &number));
  assert_false(arp_answers(frame, ARP_FRAME, lab_you(lab)->octet, &number));
  uint32_t before = number;
  silence();
  assert_int_equal(frames_tapped(frame), 2);
  assert_true(arp_answers(frame, ARP_FRAME, lab_peer(lab)->octet, &number));
  assert_int_equal(number, before + 1);
  arp_ask(frame, lab_peer_mac(lab), lab_peer(lab)->octet, number);
  assert_false(arp_answers(frame, ARP_FRAME, lab_peer(lab)->octet, &number));
  close(tap);
}

/* Whose peer sends by a call, not for a segment. */
static void what_a_call_causes_has_come_too(void **state)
{
  (void)state;
  for (unsigned i = 0; i < 200; i++) {
    fresh((uint16_t)(4000 + i), 9);
    app(APP_NONE, false);
    handshake();
    done(PEER_ACCEPT);
    done(PEER_ABORT);
    settle();
    assert_true(arrived());
    assert_int_equal(arrival.flags, RST | ACK);
    silence();
  }
}

static int processors(void)
{
  cpu_set_t set;

  assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
  return CPU_COUNT(&set);
}

/* While it waits for somebody's keys or a timer the program may be moved to where there is room. */
static void who_waits_may_be_moved(void **state)
{
  struct err err = {.code = ERR_NONE};
  struct pollfd fd;

  (void)state;
  assert_int_equal(wire_pollfds(wire, &fd, 1), 1);
  assert_int_equal(processors(), processors_before);
  wire_now(wire);
  assert_int_equal(processors(), 1);
  silence();
  wire_wait(wire, wire_now(wire) + USEC_MS, -1);
  assert_int_equal(processors(), 1);
  silence();
  wire_pollfds(wire, &fd, 1);
  assert_false(wire_settle(wire, &err)); /* what was done in the meantime was done anywhere */
  assert_int_equal(processors(), 1);
  silence();
}

/* Two writes from different processors are in no order: what would be proved by them is not. */
static void being_moved_is_noticed(void **state)
{
  struct err err = {.code = ERR_NONE};
  cpu_set_t one;
  int here = sched_getcpu();

  (void)state;
  assert_int_equal(processors(), 1);
  if (processors_before == 1) return; /* nowhere to be moved to; skip() is "not ok" in TAP */
  for (size_t i = 0; i < CPU_SETSIZE; i++) {
    CPU_ZERO(&one);
    CPU_SET(i, &one);
    if (i != (size_t)here && sched_setaffinity(0, sizeof one, &one) == 0) break;
  }
  assert_false(wire_settle(wire, &err));
  assert_int_equal(err.code, ERR_STATE);
  silence();
  assert_int_equal(processors(), 1);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_octets_go_out_as_given),
      cmocka_unit_test(a_segment_may_lie),
      cmocka_unit_test(a_wrong_checksum_is_met_with_silence),
      cmocka_unit_test(impossible_lengths),
      cmocka_unit_test(the_answer_is_there_when_silence_is_known),
      cmocka_unit_test(malformed_frames_do_no_harm),
      cmocka_unit_test(a_small_buffer_is_not_overrun),
      cmocka_unit_test(waiting_ends),
      cmocka_unit_test(swallowing_spares_what_was_there),
      cmocka_unit_test(keeping_has_a_bound_and_loses_nothing),
      cmocka_unit_test(draining_hands_over_all_in_order),
      cmocka_unit_test(making_ready_changes_no_arrival),
      cmocka_unit_test(silence_is_asked_for_out_of_sight),
      LAB_TEST(what_a_call_causes_has_come_too),
      cmocka_unit_test(who_waits_may_be_moved),
      cmocka_unit_test(being_moved_is_noticed),
  };

  processors_before = processors();
  if (!fixture_up()) return 0;
  int failed = cmocka_run_group_tests_name("wire", tests, NULL, NULL);
  fixture_down();
  assert_int_equal(processors(), processors_before);
  return failed;
}
