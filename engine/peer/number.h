/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings of the kernel's that are numbers of a profile: `peer set` changes them in the model's machine,
   and in the shadow of a kernel that was told the same. */
#ifndef TCPTUTOR_PEER_NUMBER_H
#define TCPTUTOR_PEER_NUMBER_H

#include "engine/peer/setting.h"
#include "engine/tcp/profile.h"

#include <stdbool.h>
#include <stddef.h>

/* How a sysctl's number is kept. */
enum number_form { A_SWITCH, A_COUNT, A_DURATION };

struct number {
  const char *name; /* as in setting.h */
  enum number_form form;
  size_t at;   /* in the struct that has it */
  usec_t unit; /* of a duration */
};

int number_read(const struct number *, const void *in);
void number_write(const struct number *, void *in, int value);

/* What `peer set` changed of sockets. */
struct peer_options {
  bool set[PEER_OPTION_COUNT];
  int value[PEER_OPTION_COUNT];
  usec_t rto_max; /* since the socket was made (made.h); 0: the system's */
};

/* What `peer set` can change of a peer as a whole. */
struct peer_numbers {
  struct tcp_profile profile; /* keepalive is off in it: sockets turn it on */
  usec_t keepalive_time, keepalive_intvl;
  unsigned keepalive_probes;
  unsigned syn_backlog, somaxconn, ttl;
  unsigned fast_open; /* tcp_fastopen's bits */
  unsigned
      challenge_acks; /* a second, of all sockets: tcp_challenge_ack_limit; the model has no such limit */
};

/* Linux's defaults, and PROFILE's. */
void peer_numbers_init(struct peer_numbers *, const struct tcp_profile *);
/* The number of the sysctl NAME, and in *IN what has it; NULL: none of these. */
const struct number *peer_number(struct peer_numbers *, const char *name, void **in);
/* The profile of a socket. */
void peer_compose(const struct peer_numbers *, const struct peer_options *, struct tcp_profile *out);
/* How many Fast Opens a listener allows that begins now with BACKLOG and was told nothing; 0: it was told, or
   none. */
unsigned peer_fast_open_unsaid(const struct peer_numbers *, const struct peer_options *, unsigned backlog);
/* The profile of a listener's socket that was told nothing allows so many, where tcp_fastopen lets it. */
void peer_fast_open_allow(const struct peer_numbers *, unsigned most, struct tcp_profile *);
/* With QLEN connections half open at a listener of BACKLOG one more is too many. */
bool peer_syns_full(const struct peer_numbers *, unsigned qlen, unsigned backlog);
/* So often a listener repeats its SYN,ACK when QLEN connections are half open, YOUNG of them without a repetition. */
unsigned peer_synack_retries(const struct peer_numbers *, unsigned backlog, unsigned qlen, unsigned young);
/* With QLEN connections half open only callers known from before are let in (Linux, without SYN cookies). */
bool peer_syns_many(const struct peer_numbers *, unsigned qlen);
/* SO_LINGER 0: close() is an abort. */
bool peer_close_aborts(const struct peer_options *);

#endif
