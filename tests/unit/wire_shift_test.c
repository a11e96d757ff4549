/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renumbering, over a wire whose both ends are in the test's hands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engine/base/err.h"
#include "engine/base/rng.h"
#include "engine/segment/codec.h"
#include "engine/segment/option.h"
#include "engine/wire/wire_shift.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* -- the wire inside -- */
static struct {
  uint8_t out[SEGMENT_OCTETS_MAX], in[SEGMENT_OCTETS_MAX];
  size_t out_len, in_len;
  unsigned calls; /* of what only passes through */
} inner;

static bool inner_send(struct wire *w, const uint8_t *octets, size_t len, struct err *err)
{
  (void)w;
  if (len == 0) return err_set(err, ERR_RANGE, "nothing");
  memcpy(inner.out, octets, len);
  inner.out_len = len;
  return true;
}

static size_t inner_recv(struct wire *w, uint8_t *out, size_t cap, usec_t *when)
{
  size_t len = inner.in_len < cap ? inner.in_len : cap;

  (void)w;
  memcpy(out, inner.in, len);
  *when = 77;
  inner.in_len = 0;
  return len;
}

static void inner_drain(struct wire *w, wire_arrival *arrival, void *ctx)
{
  (void)w;
  if (inner.in_len) arrival(ctx, inner.in, inner.in_len, 77);
  inner.in_len = 0;
}

static bool inner_settle(struct wire *w, struct err *err)
{
  (void)w;
  inner.calls++;
  return err_set(err, ERR_STATE, "not settled");
}

static usec_t inner_now(struct wire *w)
{
  (void)w;
  return 1000 + inner.calls++;
}

static size_t inner_pollfds(struct wire *w, struct pollfd *fds, size_t cap)
{
  (void)w;
  inner.calls++;
  fds[0].fd = 42;
  return cap;
}

static bool inner_wait(struct wire *w, usec_t until, int wake_fd)
{
  (void)w;
  inner.calls++;
  return until == 5 && wake_fd == 6;
}

static void inner_make_ready(struct wire *w)
{
  (void)w;
  inner.calls++;
}

static usec_t inner_deadline(struct wire *w)
{
  (void)w;
  inner.calls++;
  return 99;
}

static void inner_free(struct wire *w)
{
  (void)w;
  inner.calls++;
}

static const struct wire_ops inner_ops = {
    .name = "scripted",
    .send = inner_send,
    .recv = inner_recv,
    .drain = inner_drain,
    .settle = inner_settle,
    .now = inner_now,
    .pollfds = inner_pollfds,
    .wait = inner_wait,
    .make_ready = inner_make_ready,
    .deadline = inner_deadline,
    .free = inner_free,
};
static struct wire inside = {&inner_ops};
static struct wire *wire;

static int up(void **state)
{
  (void)state;
  memset(&inner, 0, sizeof inner);
  wire = wire_shift_new(&inside, NULL);
  return wire == NULL;
}

static int down(void **state)
{
  (void)state;
  wire_free(wire);
  return 0;
}

/* -- segments -- */
static const struct pair one = {{ADDR_IP4, {10, 9, 0, 1}}, {ADDR_IP4, {10, 9, 0, 2}}, 1037, 9};

static struct segment of(const struct pair *pair, bool yours, uint8_t flags, seq_t seq, seq_t ack)
{
  return (struct segment){.src = yours ? pair->you : pair->peer,
                          .dst = yours ? pair->peer : pair->you,
                          .sport = yours ? pair->you_port : pair->peer_port,
                          .dport = yours ? pair->peer_port : pair->you_port,
                          .seq = seq,
                          .ack = ack,
                          .win = 1000,
                          .flags = flags};
}

/* Reads what came out; its checksums must be right. */
static struct segment decoded(const uint8_t *octets, size_t len)
{
  struct segment s;
  struct decode_notes notes;

  assert_true(segment_decode(octets, len, &s, &notes, NULL));
  assert_true(notes.sum_ok && notes.ip_sum_ok);
  return s;
}

/* What the peer's system sees of what you send; */
static struct segment sent(struct segment s)
{
  uint8_t octets[2048];
  size_t len = segment_encode(&s, octets, sizeof octets);

  assert_true(wire_send(wire, octets, len, NULL));
  assert_int_equal(inner.out_len, len);
  return decoded(inner.out, inner.out_len);
}

static struct segment arrived;

static void on_arrival(void *ctx, const uint8_t *octets, size_t len, usec_t when)
{
  ++*(int *)ctx;
  assert_int_equal(when, 77);
  arrived = decoded(octets, len);
}

/* what you see of what it sends: the same by either way in. */
static struct segment came(struct segment s)
{
  uint8_t octets[SEGMENT_OCTETS_MAX];
  static bool one_by_one;
  usec_t when;
  int n = 0;

  inner.in_len = segment_encode(&s, inner.in, sizeof inner.in);
  one_by_one = !one_by_one;
  if (!one_by_one) {
    wire_drain(wire, on_arrival, &n);
    assert_int_equal(n, 1);
    return arrived;
  }
  size_t len = wire_recv(wire, octets, sizeof octets, &when);
  on_arrival(&n, octets, len, when);
  return arrived;
}

static void arm(const struct pair *pair, seq_t isn) { assert_true(wire_shift_arm(wire, pair, isn, NULL)); }

/* The system took TAKEN, and ISN is seen. */
static void open_with(const struct pair *pair, seq_t isn, seq_t taken)
{
  arm(pair, isn);
  assert_int_equal(sent(of(pair, true, SYN, 500, 0)).seq, 500);
  struct segment s = came(of(pair, false, SYN | ACK, taken, 501));
  assert_int_equal(s.seq, isn);
  assert_int_equal(s.ack, 501);
}

static const seq_t ISN = 1000, TAKEN = 0xffffffe0;

/* -- tests -- */
static void numbers_are_the_ones_asked_for(void **state)
{
  seq_t taken;

  (void)state;
  assert_false(wire_shift_taken(wire, &one, &taken));
  open_with(&one, ISN, TAKEN);
  assert_true(wire_shift_taken(wire, &one, &taken));
  assert_int_equal(taken, TAKEN);
  struct segment s = sent(of(&one, true, ACK, 501, ISN + 1));
  assert_int_equal(s.ack, TAKEN + 1);
  assert_int_equal(s.seq, 501);
  s = came(of(&one, false, FIN | ACK, TAKEN + 1, 501));
  assert_int_equal(s.seq, ISN + 1);
  assert_int_equal(s.ack, 501);
  assert_int_equal(came(of(&one, false, SYN | ACK, TAKEN, 501)).seq, ISN); /* repeated */
  assert_int_equal(came(of(&one, false, RST, TAKEN + 9, 0)).seq, ISN + 9);
  assert_int_equal(came(of(&one, false, RST | ACK, TAKEN + 9, 501)).seq, ISN + 9);
  assert_int_equal(came(of(&one, false, RST | ACK, 0, 501)).seq, 0); /* of no connection */
  assert_int_equal(sent(of(&one, true, SYN, 501, 7)).ack, 7);        /* no ACK: no number of the peer's */
  assert_true(wire_shift_taken(wire, &one, &taken));                 /* a SYN of yours ends nothing */
}

/* As they stand at an odd octet, behind another option, and with one more that is not whole. */
static void blocks_are_renumbered(void **state)
{
  uint8_t octets[64] = {0};
  struct segment s = of(&one, true, ACK, 501, ISN + 1);
  struct option o;
  uint8_t edges[16] = {0, 0, 0x04, 0x00, 0, 0, 0x04, 0x10, 0, 0, 0x05, 0x00, 0, 0, 0x05, 0x20};

  (void)state;
  open_with(&one, ISN, ISN + 0x10000);
  option_put(&s, OPTION_NOP, NULL, 0);
  option_put(&s, OPTION_SACK, edges, sizeof edges);
  s = sent(s);
  assert_true(option_find(&s, OPTION_SACK, &o));
  for (size_t i = 0; i < sizeof edges; i += 4) edges[i + 1] = 1;
  assert_memory_equal(o.octet + 2, edges, sizeof edges);
  /* The peer's blocks tell of your numbers. */
  s = of(&one, false, ACK, ISN + 0x10001, 501);
  option_put(&s, OPTION_SACK, edges, sizeof edges);
  s = came(s);
  assert_true(option_find(&s, OPTION_SACK, &o));
  assert_memory_equal(o.octet + 2, edges, sizeof edges);
  s = of(&one, true, ACK, 501, ISN + 1);
  option_put(&s, OPTION_SACK, edges, 12); /* the kernel would not read it */
  size_t len = segment_encode(&s, octets, sizeof octets);
  assert_true(wire_send(wire, octets, len, NULL));
  assert_memory_equal(inner.out + 42, octets + 42, len - 42);
}

static void only_the_pair_armed(void **state)
{
  struct pair other = one;

  (void)state;
  other.you_port++;
  arm(&one, ISN);
  sent(of(&other, true, SYN, 500, 0));
  assert_int_equal(came(of(&other, false, SYN | ACK, TAKEN, 501)).seq, TAKEN);
  assert_int_equal(came(of(&one, false, SYN | ACK, TAKEN, 1)).seq, TAKEN); /* nobody has asked yet */
  sent(of(&one, true, SYN, 500, 0));
  assert_int_equal(came(of(&one, false, SYN | ACK, TAKEN, 700)).seq, TAKEN); /* an answer to another SYN */
  assert_int_equal(came(of(&one, false, SYN | ACK, TAKEN, 501)).seq, ISN);
}

static void many_at_once(void **state)
{
  enum { MANY = 300 };
  struct pair pair = one;

  (void)state;
  for (uint16_t i = 0; i < MANY; i++) {
    pair.you_port = (uint16_t)(2000 + i);
    open_with(&pair, 100u * i + 1, 77u * i);
  }
  for (uint16_t i = 0; i < MANY; i += 2) { /* every other ends, */
    pair.you_port = (uint16_t)(2000 + i);
    assert_int_equal(came(of(&pair, false, SYN | ACK, 9, 501)).seq, 9);
  }
  for (uint16_t i = 0; i < MANY; i++) { /* the rest go on */
    pair.you_port = (uint16_t)(2000 + i);
    seq_t seq = came(of(&pair, false, ACK, 77u * i + 1, 501)).seq;
    assert_int_equal(seq, i % 2 ? 100u * i + 2 : 77u * i + 1);
  }
}

static void it_ends_with_the_connection(void **state)
{
  seq_t taken;

  (void)state;
  open_with(&one, ISN, TAKEN);
  sent(of(&one, true, SYN, 9000, 0));
  assert_int_equal(came(of(&one, false, ACK, TAKEN + 1, 501)).seq,
                   ISN + 1);                                          /* a challenge: it is still there */
  assert_int_equal(came(of(&one, false, SYN | ACK, 5, 9001)).seq, 5); /* another one */
  assert_false(wire_shift_taken(wire, &one, &taken));
  assert_int_equal(sent(of(&one, true, ACK, 9001, 6)).ack, 6);
  open_with(&one, ISN, TAKEN);
  assert_int_equal(came(of(&one, false, SYN, 5, 0)).seq, 5); /* another that the peer begins */
  assert_false(wire_shift_taken(wire, &one, &taken));
  open_with(&one, ISN, TAKEN);
  open_with(&one, 2 * ISN, TAKEN + 9); /* armed anew */
  assert_int_equal(came(of(&one, false, ACK, TAKEN + 10, 501)).seq, 2 * ISN + 1);
}

/* Once it owns your address, your own kernel sends, too: in the system's numbers, which come in like the peer's. */
static void what_your_own_kernel_sends(void **state)
{
  (void)state;
  open_with(&one, ISN, TAKEN);
  struct segment s = came(of(&one, true, RST | ACK, 501, TAKEN + 1));
  assert_int_equal(s.ack, ISN + 1);
  assert_int_equal(s.seq, 501);
}

static void it_can_be_ended(void **state)
{
  seq_t taken;

  (void)state;
  open_with(&one, ISN, TAKEN);
  wire_shift_end(wire, &one);
  assert_false(wire_shift_taken(wire, &one, &taken));
  assert_int_equal(sent(of(&one, true, ACK, 501, 7)).ack, 7);
  wire_shift_end(wire, &one);
  arm(&one, ISN);
  wire_shift_end(wire, &one);
  sent(of(&one, true, SYN, 500, 0));
  assert_int_equal(came(of(&one, false, SYN | ACK, TAKEN, 501)).seq, TAKEN);
}

static void it_is_for_one_syn(void **state)
{
  seq_t taken;

  (void)state;
  arm(&one, ISN);
  sent(of(&one, true, SYN, 500, 0)); /* nobody answers */
  sent(of(&one, true, SYN, 500, 0));
  assert_int_equal(came(of(&one, false, SYN | ACK, TAKEN, 501)).seq, TAKEN);
  open_with(&one, ISN, ISN); /* the one asked for by chance */
  assert_false(wire_shift_taken(wire, &one, &taken));
}

/* Fast Open: text on the SYN may be acknowledged with it, and not what was not sent. */
static void text_on_the_syn(void **state)
{
  struct segment s = of(&one, true, SYN, 500, 0);

  (void)state;
  s.data = (const uint8_t *)"hello";
  s.data_len = 5;
  for (seq_t ack = 500; ack <= 507; ack++) {
    arm(&one, ISN);
    sent(s);
    seq_t seq = came(of(&one, false, SYN | ACK, TAKEN, ack)).seq;
    assert_int_equal(seq, ack >= 501 && ack <= 506 ? ISN : TAKEN);
    came(of(&one, false, SYN, 1, 0)); /* over */
  }
}

static void a_wrong_checksum_stays_wrong(void **state)
{
  (void)state;
  open_with(&one, ISN, TAKEN);
  for (unsigned spoil = 1; spoil < 0xffff; spoil += 17) {
    struct segment s = of(&one, true, ACK, 501 + spoil, ISN + 1 + spoil), seen;
    struct decode_notes notes;
    uint8_t octets[64];
    size_t len = segment_encode(&s, octets, sizeof octets);
    unsigned sum = ((unsigned)octets[36] << 8 | octets[37]) + spoil;
    sum = (sum & 0xffff) + (sum >> 16);
    octets[36] = (uint8_t)(sum >> 8);
    octets[37] = (uint8_t)sum;
    assert_true(wire_send(wire, octets, len, NULL));
    assert_true(segment_decode(inner.out, inner.out_len, &seen, &notes, NULL));
    assert_false(notes.sum_ok);
    /* As wrong as before: what was added can be taken off again. */
    sum = 0xffff - spoil + ((unsigned)inner.out[36] << 8 | inner.out[37]);
    sum = (sum & 0xffff) + (sum >> 16);
    inner.out[36] = (uint8_t)(sum >> 8);
    inner.out[37] = (uint8_t)sum;
    decoded(inner.out, inner.out_len);
  }
}

/* The checksum is the one the sender would have computed, also where it comes to 0. */
static void the_checksum_is_the_very_one(void **state)
{
  (void)state;
  open_with(&one, ISN, TAKEN);
  for (uint32_t win = 0; win <= 0xffff; win++) {
    struct segment s = of(&one, true, ACK, 501, ISN + 1);
    uint8_t octets[64], wanted[64];
    s.win = (uint16_t)win;
    size_t len = segment_encode(&s, octets, sizeof octets);
    assert_true(wire_send(wire, octets, len, NULL));
    s.ack = TAKEN + 1;
    segment_encode(&s, wanted, sizeof wanted);
    assert_memory_equal(inner.out + 20, wanted + 20, len - 20);
  }
}

/* What the octets of a TCP header and all behind it add up to, as far as the IP header and LEN say that they go: a
   sum that renumbering does not change, right or wrong. */
static unsigned sum_of(const uint8_t *octets, size_t len)
{
  size_t total = (size_t)octets[2] << 8 | octets[3], end = total < len ? total : len;
  unsigned sum = 0;

  for (size_t i = 20; i < end; i++) sum += i % 2 ? octets[i] : octets[i] * 256u;
  return sum % 0xffff;
}

/* Lengths and options are anybody's: all is passed on, as long as it was; nothing outside the numbers and the
   checksum changes, and what is behind the end of it counts for nothing. */
static void octets_of_any_kind(void **state)
{
  struct rng rng = {93};

  (void)state;
  open_with(&one, ISN, TAKEN);
  for (int i = 0; i < 200000; i++) {
    struct segment s = of(&one, rng_below(&rng, 2), (uint8_t)rng_next(&rng), (seq_t)rng_next(&rng), ISN + 1);
    uint8_t octets[128];
    size_t len = segment_encode(&s, octets, sizeof octets);
    size_t more = rng_below(&rng, 60);
    for (size_t k = 0; k < more; k++)
      octets[len + k] = (uint8_t)rng_below(&rng, rng_below(&rng, 2) ? 12 : 256);
    octets[32] = (uint8_t)(rng_below(&rng, 16) << 4);
    octets[3] = (uint8_t)(len + rng_below(&rng, (uint32_t)more + 10)); /* the total length */
    if (rng_below(&rng, 4) == 0) octets[rng_below(&rng, 34)] = (uint8_t)rng_next(&rng);
    len = rng_below(&rng, 3) ? len + more : rng_below(&rng, (uint32_t)(len + more) + 1);
    if (len == 0) continue;
    uint8_t *exact = malloc(len); /* so that one octet too far is seen */
    assert_non_null(exact);
    memcpy(exact, octets, len);
    assert_true(wire_send(wire, exact, len, NULL));
    assert_int_equal(inner.out_len, len);
    assert_memory_equal(inner.out, octets, len < 20 ? len : 20);
    assert_memory_equal(exact, octets, len); /* the sender's own are left alone */
    if (len >= 40) assert_int_equal(sum_of(inner.out, len), sum_of(octets, len));
    free(exact);
  }
}

/* An IP header that says it is shorter than one: its own addresses would be taken for ports. */
static void no_header_within_a_header(void **state)
{
  const struct pair odd = {one.you, one.peer, 10 << 8 | 9, 2};
  struct segment s = of(&one, true, ACK, 501, ISN + 1);
  uint8_t octets[64];
  size_t len = segment_encode(&s, octets, sizeof octets);

  (void)state;
  open_with(&odd, ISN, TAKEN);
  octets[0] = 0x44;
  octets[29] = ACK;
  assert_true(wire_send(wire, octets, len, NULL));
  assert_memory_equal(inner.out, octets, len);
}

static void what_is_not_the_first_of_a_datagram_stays(void **state)
{
  uint8_t octets[64];
  struct segment s = of(&one, true, ACK, 501, ISN + 1);

  (void)state;
  open_with(&one, ISN, TAKEN);
  size_t len = segment_encode(&s, octets, sizeof octets);
  octets[7] = 1; /* the fragment's offset */
  assert_true(wire_send(wire, octets, len, NULL));
  assert_memory_equal(inner.out, octets, len);
  octets[7] = 0;
  octets[9] = 17; /* UDP */
  assert_true(wire_send(wire, octets, len, NULL));
  assert_memory_equal(inner.out, octets, len);
}

static void all_else_is_the_inner_wires(void **state)
{
  struct pollfd fds[2];
  struct err err = {.code = ERR_NONE};

  (void)state;
  assert_string_equal(wire->ops->name, "scripted");
  assert_ptr_equal(wire_shift_inner(wire), &inside);
  assert_ptr_equal(wire_shift_inner(&inside), &inside);
  assert_int_equal(wire_now(wire), 1000);
  assert_false(wire_settle(wire, &err));
  assert_int_equal(err.code, ERR_STATE);
  assert_int_equal(wire_pollfds(wire, fds, 2), 2);
  assert_int_equal(fds[0].fd, 42);
  assert_true(wire_wait(wire, 5, 6));
  assert_int_equal(wire_deadline(wire), 99);
  wire_make_ready(wire);
  assert_int_equal(inner.calls, 6);
  assert_false(wire_send(wire, NULL, 0, &err));
  assert_int_equal(err.code, ERR_RANGE);
  assert_false(wire_shift_arm(&inside, &one, 5, &err)); /* a wire that does not renumber */
  assert_int_equal(err.code, ERR_UNAVAILABLE);
  assert_null(wire_shift_new(NULL, &err));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(numbers_are_the_ones_asked_for),
      TEST(blocks_are_renumbered),
      TEST(only_the_pair_armed),
      TEST(many_at_once),
      TEST(it_ends_with_the_connection),
      TEST(it_is_for_one_syn),
      TEST(what_your_own_kernel_sends),
      TEST(it_can_be_ended),
      TEST(text_on_the_syn),
      TEST(a_wrong_checksum_stays_wrong),
      TEST(the_checksum_is_the_very_one),
      TEST(octets_of_any_kind),
      TEST(no_header_within_a_header),
      TEST(what_is_not_the_first_of_a_datagram_stays),
      TEST(all_else_is_the_inner_wires),
  };

  return cmocka_run_group_tests_name("wire_shift", tests, NULL, NULL);
}
