/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ground of the fidelity driver: the lab with its wire and sock_diag, the kernel's listeners, and the
   climates (sysctls) under which a case runs. Sockets here are plain ones of the peer's namespace: the driver
   plays the peer's program itself, because it needs each call at once and nothing else.

   One ground per process. Whoever opens a socket sweeps it away; ground_sweep() leaves nothing of a pair
   behind in the kernel, and nothing of it on the wire. */
#ifndef TCPTUTOR_TESTS_FIDELITY_GROUND_H
#define TCPTUTOR_TESTS_FIDELITY_GROUND_H

#include "engine/lab/diag.h"
#include "engine/lab/lab.h"
#include "engine/peer/peer.h"
#include "engine/tcp/tcb.h"
#include "engine/wire/wire.h"

/* The peer's ports: all but PORT_CLOSED have a listener. */
enum ground_port {
  PORT_OPEN = 9,
  PORT_CLOSED = 10,
  PORT_TIGHT = 11, /* a small receive buffer */
  PORT_SHORT = 12, /* an accept queue of one */
  PORT_LATE = 13,  /* its connections begin in pingpong mode (TCP_QUICKACK 0) */
  PORT_FAST = 14,  /* one Fast Open at a time; the others allow as many as anybody wants */
};
#define GROUND_TIGHT_RCVBUF 4096 /* what SO_RCVBUF is told; the kernel doubles it */

/* X(id, the setting at the prompt, its value in this climate, its value otherwise). Those before
   CLIMATE_OF_SCENES come over any scene, the others over scenes that ask for them. */
#define CLIMATES(X)                                                                                          \
  X(RFC1337, "peer set tcp_rfc1337", "1", "0")                                                               \
  X(THROTTLED, "peer set tcp_invalid_ratelimit", "500", "0")                                                 \
  X(OVERFLOW, "peer set tcp_abort_on_overflow", "1", "0")                                                    \
  X(COOKIES, "peer set tcp_syncookies", "2", "1")                                                            \
  X(NO_COOKIES, "peer set tcp_syncookies", "0", "1")                                                         \
  X(DEFER, "peer set defer_accept", "1", "0")                                                                \
  X(HASTY, "peer set tcp_rto_min_us", "4000", "200000")                                                      \
  X(LATE, "set quickack", "off", "on")                                                                       \
  X(CROWDED, "peer set tcp_max_syn_backlog", "1", "4096")                                                    \
  X(FAST, "peer set tcp_fastopen", "3", "1")                                                                 \
  X(ANYONE, "peer set tcp_fastopen", "515", "1")

enum climate {
  CLIMATE_PLAIN,
#define X(id, command, on, off) CLIMATE_##id,
  CLIMATES(X)
#undef X
      CLIMATE_COUNT,
  CLIMATE_OF_SCENES = CLIMATE_COOKIES
};
const char *climate_command(enum climate); /* "peer set tcp_rfc1337"; NULL for the plain one */
const char *climate_value(enum climate);   /* "1" */

struct ground {
  struct lab *lab;
  struct wire *wire;
  struct diag *diag;
  struct peer *peer;                   /* for its ISN trick only */
  int open, tight, scarce, late, fast; /* the listeners' sockets */
  bool few_fast;               /* somaxconn, which limits Fast Opens, cannot be raised here */
  unsigned swept;              /* trials since the listeners were made, where that counts */
  uint16_t filled;             /* the port that a request or a Fast Open of another was left on; 0: none */
  bool crowded;                /* two of others wait half open */
  struct tcp_fast_open cookie; /* the kernel's for your address */
  enum climate climate;
  struct tcp_profile profile[CLIMATE_COUNT], tight_profile[CLIMATE_COUNT];
};
/* Of connections of that port of the peer's. */
const struct tcp_profile *ground_profile(const struct ground *, enum climate, uint16_t port);

/* False with *ERR: the lab is refused here (ERR_UNAVAILABLE), or something is broken. */
bool ground_up(struct ground *, struct err *);
void ground_down(struct ground *);
bool ground_set(struct ground *, enum climate, struct err *);
/* A socket that connect()s to your port; *PORT is its own. -1 and errno. */
int ground_connect(struct ground *, uint16_t your_port, uint16_t *port);
/* The next connection in the accept queue of the listener on PORT, or -1. */
int ground_accept(struct ground *, uint16_t port);
/* Fills the accept queue of PORT_SHORT with a connection of another port of yours, or its queue of those half
   open (FLOOD). False: it would not fill. */
bool ground_fill(struct ground *, bool flood, struct err *);
/* Leaves two requests of other ports of yours on PORT_OPEN. */
bool ground_crowd(struct ground *, struct err *);
/* Leaves a Fast Open of another port of yours on PORT_FAST, its handshake unfinished. */
bool ground_fill_fast(struct ground *, struct err *);
/* FD's ACKs wait for text to carry them (TCP_QUICKACK 0), where the climate lets them. */
bool ground_wait_with_acks(int fd);
/* Lets go of FD (-1: none) in silence. */
void ground_vanish(int fd);
/* Nothing of the pair is left: neither accepted nor waiting to be, and nothing unread on the wire. False when
   the kernel does not let go of it. */
bool ground_sweep(struct ground *, const struct pair *, int fd, struct err *);

#endif
