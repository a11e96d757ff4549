/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A profile says which rows of the rule table hold for an end, and its numbers. Profiles belong to ends:
   yours is rfc9293, the lab peer's linux. A counterfactual profile adds rows that stand before the ones they
   replace, so that a lesson can show the harm a rule prevents (model only).

   A profile is an open value: copy one of the constants to change a number (`set msl 2m`), keep the copy
   alive as long as a TCB points at it. Durations are microseconds. */
#ifndef TCPTUTOR_TCP_PROFILE_H
#define TCPTUTOR_TCP_PROFILE_H

#include "engine/base/usec.h"
#include "engine/tcp/kernel.h"
#include "engine/tcp/manner.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which rows: the bits of tcp_rule.profiles. */
enum {
  PROFILE_RFC9293 = 1,
  PROFILE_LINUX = 2,
  PROFILE_TWO_WAY = 4,           /* counterfactual: ESTABLISHED on the first SYN */
  PROFILE_NO_TIME_WAIT = 8,      /* counterfactual: the last ACK ends it */
  PROFILE_NO_CHALLENGE_ACK = 16, /* counterfactual: RFC 793's answers to RST and SYN in the window */
};
#define PROFILE_BITS 5

struct tcp_profile {
  const char *name;       /* "rfc9293", "linux", "two-way", … */
  uint8_t rows;           /* PROFILE_… bits: rows with one of them hold */
  const struct tcp_manner *manner; /* how it does what they say */
  uint32_t kernel;        /* Linux: KERNEL(6, 18, 44); set by tcp_profile_be_kernel(), with */
  uint32_t changes;       /* what that kernel does otherwise than older ones, CHANGE_BIT()s */
  uint8_t signature;      /* Linux looks for one while so many octets of options are left; see guards.c */
  bool rfc1337;           /* a RST in TIME-WAIT is ignored */
  bool abort_on_overflow; /* Linux: a full accept queue answers RST */
  unsigned syn_cookies;   /* Linux, tcp_syncookies: 0 never, 1 when it is flooded, 2 always */
  /* Fast Open (RFC 7413): how many of a listener's connections may be open fast at a time; 0: none. And no
     cookie is asked for. */
  unsigned fast_open;
  bool fast_open_anyone;
  unsigned defer_accept; /* Linux: so many timeouts of its SYN,ACK a listener waits for text; 0: for none */
  bool timestamps, window_scaling, sack; /* offered, and answered when offered */
  unsigned ecn;                          /* Linux, tcp_ecn: 0 never; else it answers who asks (RFC 3168) */
  bool dsack;                            /* what came twice is told (RFC 2883) */
  uint8_t wscale;                        /* the shift offered */
  bool delay_acks, nagle;
  bool pingpong;         /* Linux: sockets hope to answer, so ACKs wait from the first on (TCP_QUICKACK 0) */
  uint16_t mss;          /* the MSS offered */
  uint16_t mss_default;  /* the other end's when it offers none: 536 */
  uint32_t rcv_buf;      /* octets: the window when nothing is queued; Linux: half its buffer */
  bool rcv_buf_fixed;    /* Linux, SO_RCVBUF: it does not grow */
  unsigned initial_cwnd; /* segments; 0: no congestion window */
  bool restart_idle;     /* Linux: the congestion window falls back while nothing is sent */
  unsigned reordering;   /* so many duplicate ACKs mean loss */
  usec_t tick;           /* Linux: its clock's, which its timers count; 0: times are not rounded */
  usec_t msl, time_wait; /* TIME-WAIT lasts time_wait: 2*msl under rfc9293, 60 s under linux */
  usec_t rto_initial, rto_min, rto_max;
  usec_t delayed_ack;
  usec_t user_timeout;       /* 0: none */
  usec_t fin_wait_2;         /* an orphan's life in FIN-WAIT-2; 0: for ever */
  usec_t challenge_interval; /* at least this long between two challenge or duplicate ACKs; 0: no limit */
  unsigned syn_retries, syn_linear_timeouts, synack_retries, retries2, orphan_retries;
  usec_t keepalive_time, keepalive_intvl; /* 0: off */
  unsigned keepalive_probes;
};

extern const struct tcp_profile tcp_profile_rfc9293;
extern const struct tcp_profile tcp_profile_linux;

/* By name ("rfc9293", "linux", "two-way", "no-time-wait", "no-challenge-ack"); NULL: none is called that. */
const struct tcp_profile *tcp_profile_find(const char *name);
/* The rows of KERNEL hold. */
void tcp_profile_be_kernel(struct tcp_profile *, uint32_t kernel);
static inline bool tcp_profile_has(const struct tcp_profile *p, enum tcp_change c)
{
  return (p->changes & CHANGE_BIT(c)) != 0;
}
/* All of them, in order; NULL: no more. */
const struct tcp_profile *tcp_profile_at(size_t i);

#endif
