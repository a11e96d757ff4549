/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tcp/profile.h"

#include <string.h>

/* RFC 9293 with the numbers it names or, where it names none, those of RFC 1122 and RFC 6298. The window and
   MSS are those of Stevens' Figure 18.1, so that a person's SYN looks like the book's. */
#define RFC9293_NUMBERS                                                                                      \
  .manner = &tcp_manner_rfc9293, .kernel = 0, .sack = false, .nagle = true, .mss = 1024, .mss_default = 536, .rcv_buf = 4096,               \
  .initial_cwnd = 0, .reordering = 3, .msl = 120 * USEC_S, .time_wait = 240 * USEC_S, .rto_initial = USEC_S, \
  .rto_min = USEC_S, .rto_max = 60 * USEC_S, .delayed_ack = 200 * USEC_MS, .user_timeout = 300 * USEC_S,     \
  .syn_retries = 8, .synack_retries = 8, .retries2 = 8, .orphan_retries = 8, .keepalive_probes = 9

const struct tcp_profile tcp_profile_rfc9293 = {.name = "rfc9293", .rows = PROFILE_RFC9293, RFC9293_NUMBERS};

/* 6.18.44 has all changes before this one. */
#define ALL_CHANGES (CHANGE_BIT(CHANGE_OLD_ACKS_SLOW) - 2)

/* Measured on 6.18 (net.ipv4.tcp_* at their defaults; quickack, and no rate limit on challenge ACKs, as the
   lab sets them). */
const struct tcp_profile tcp_profile_linux = {
    .name = "linux",
    .rows = PROFILE_LINUX,
    .manner = &tcp_manner_linux,
    .kernel = KERNEL(6, 18, 44),
    .changes = ALL_CHANGES,
    .signature = 18,
    .syn_cookies = 1,
    .timestamps = true,
    .window_scaling = true,
    .sack = true,
    .dsack = true,
    .ecn = 2,
    .wscale = 7,
    .nagle = true,
    .mss = 1460,
    .mss_default = 536,
    .rcv_buf = 65536,
    .initial_cwnd = 10,
    .restart_idle = true,
    .reordering = 3,
    .tick = 4 * USEC_MS,
    .msl = 30 * USEC_S,
    .time_wait = 60 * USEC_S,
    .rto_initial = USEC_S,
    .rto_min = 200 * USEC_MS,
    .rto_max = 120 * USEC_S,
    .delayed_ack = 40 * USEC_MS,
    .fin_wait_2 = 60 * USEC_S,
    .syn_retries = 6,
    .syn_linear_timeouts = 4,
    .synack_retries = 5,
    .retries2 = 15,
    .orphan_retries = 8,
    .keepalive_probes = 9,
};

static const struct tcp_profile two_way = {
    .name = "two-way", .rows = PROFILE_RFC9293 | PROFILE_TWO_WAY, RFC9293_NUMBERS};
static const struct tcp_profile no_time_wait = {
    .name = "no-time-wait", .rows = PROFILE_RFC9293 | PROFILE_NO_TIME_WAIT, RFC9293_NUMBERS};
static const struct tcp_profile no_challenge_ack = {
    .name = "no-challenge-ack", .rows = PROFILE_RFC9293 | PROFILE_NO_CHALLENGE_ACK, RFC9293_NUMBERS};

static const struct tcp_profile *const profiles[] = {
    &tcp_profile_rfc9293, &tcp_profile_linux, &two_way, &no_time_wait, &no_challenge_ack,
};

const struct tcp_profile *tcp_profile_at(size_t i)
{
  return i < sizeof profiles / sizeof profiles[0] ? profiles[i] : NULL;
}

const struct tcp_profile *tcp_profile_find(const char *name)
{
  for (size_t i = 0; tcp_profile_at(i); i++)
    if (strcmp(profiles[i]->name, name) == 0) return profiles[i];
  return NULL;
}

void tcp_profile_be_kernel(struct tcp_profile *p, uint32_t kernel)
{
  p->kernel = kernel;
  p->changes = tcp_kernel_changes(kernel);
}
