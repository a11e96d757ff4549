/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A call of the peer's user as a fact: which one, and what came of it. The words for it are in words/; what
   the calls do is in peer/peer.h. */
#ifndef TCPTUTOR_TRACE_CALL_H
#define TCPTUTOR_TRACE_CALL_H

#include "engine/base/usec.h"
#include "engine/tcp/state.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(id, name, arguments, what it does) */
#define PEER_VERBS(X)                                                                                        \
  X(LISTEN, "listen", "[PORT] [backlog=N]", "listen(): passive OPEN")                                        \
  X(ACCEPT, "accept", "", "accept() the connection")                                                         \
  X(CONNECT, "connect", "[PORT]", "connect() to your port: active OPEN")                                     \
  X(SEND, "send", "TEXT|N", "send() text, or N octets of filler")                                            \
  X(READ, "read", "[N]", "read() at most N octets")                                                          \
  X(SHUTDOWN, "shutdown", "", "shutdown(SHUT_WR): the FIN goes out, receiving goes on")                      \
  X(CLOSE, "close", "", "close(): the process lets go of the socket")                                        \
  X(ABORT, "abort", "", "close() with SO_LINGER 0: RST")                                                     \
  X(CRASH, "crash", "", "the connection vanishes and says nothing")                                          \
  X(APP, "app", "discard|echo|daytime|http|none [close=eof]", "the program that serves the connections")     \
  X(SET, "set", "KEY VALUE", "a socket option or a sysctl of the peer, by name")                             \
  X(STATUS, "status", "", "what the kernel says of the connection")                                          \
  X(ISN, "isn", "N", "the ISN of the peer's next SYN or SYN,ACK")

enum peer_verb {
#define X(id, name, args, help) PEER_##id,
  PEER_VERBS(X)
#undef X
      PEER_VERB_COUNT
};

enum peer_outcome { PEER_DONE, PEER_PENDING, PEER_FAILED };

// clang-format off
/* The errors by name (errno(3)) with which a socket call or the setting of an option may fail. */
#define CALL_ERRORS(X)                                                                                       \
  X(E2BIG) X(EACCES) X(EADDRINUSE) X(EADDRNOTAVAIL) X(EAFNOSUPPORT) X(EAGAIN) X(EALREADY) X(EBADF)           \
  X(EBUSY) X(ECANCELED) X(ECONNABORTED) X(ECONNREFUSED) X(ECONNRESET) X(EDESTADDRREQ) X(EDOM) X(EEXIST)      \
  X(EFAULT) X(EHOSTDOWN) X(EHOSTUNREACH) X(EINPROGRESS) X(EINTR) X(EINVAL) X(EIO) X(EISCONN) X(ELOOP)        \
  X(EMFILE) X(EMSGSIZE) X(ENETDOWN) X(ENETRESET) X(ENETUNREACH) X(ENFILE) X(ENOBUFS) X(ENODEV)               \
  X(ENOENT) X(ENOMEM) X(ENONET) X(ENOPROTOOPT) X(ENOSPC) X(ENOSYS) X(ENOTCONN) X(ENOTSOCK) X(ENXIO)          \
  X(EOPNOTSUPP) X(EOVERFLOW) X(EPERM) X(EPIPE) X(EPROTO) X(EPROTONOSUPPORT) X(EPROTOTYPE) X(ERANGE)          \
  X(EROFS) X(ESHUTDOWN) X(ESOCKTNOSUPPORT) X(ESRCH) X(ETIME) X(ETIMEDOUT) X(ETOOMANYREFS)

enum call_error {
  ERROR_NONE,
#define X(id) ERROR_##id,
  CALL_ERRORS(X)
#undef X
  ERROR_OTHER, /* one that is not listed */
  CALL_ERROR_COUNT
};
// clang-format on

// clang-format off
/* The timers a system tells of its sockets. X(id, name) */
#define PEER_TIMERS(X)                                                                                       \
  X(RETRANSMISSION, "retransmission") X(PERSIST, "persist") X(KEEPALIVE, "keepalive")                        \
  X(FIN_WAIT_2, "FIN-WAIT-2") X(TIME_WAIT, "TIME-WAIT")

enum peer_timer {
  PEER_TIMER_NONE,
#define X(id, name) PEER_TIMER_##id,
  PEER_TIMERS(X)
#undef X
  PEER_TIMER_COUNT
};
// clang-format on

/* What is so, not what is predicted. */
struct peer_truth {
  bool known;                      /* false: this peer cannot be asked */
  enum tcp_state state;            /* LISTEN when `listening` */
  bool listening;                  /* nothing for the pair itself, but a listener covers it */
  bool owned;                      /* a process holds the socket */
  uint32_t recv_queue, send_queue; /* octets */
  enum peer_timer timer;
  usec_t timer_left;
  unsigned retransmits;
};

/* Octets that somebody sent, read or typed. They are no sentence of ours, and no string: any octet may be
   among them, and none ends them. */
struct octets {
  const uint8_t *at; /* NULL when LEN is 0 */
  size_t len;
};

struct record_call {
  enum peer_verb verb;
  enum peer_outcome outcome;
  enum call_error error; /* FAILED */
  bool by_app;           /* its program did it, nobody asked */
  bool returns;          /* it is the end of a call that was pending */
  bool unread;           /* close: octets were left unread */
  bool stale;            /* close, abort: of a socket whose connection was over */
  size_t count;          /* send, read: octets; 0 of a read that is done is the end of the stream */
  struct octets data; /* read: what was read, all of it; send: what was to be sent, when it was asked for */
  struct peer_truth status; /* status: what is so of the connection, */
  bool held;                /* and whether the program's socket holds it */
};

static inline const char *peer_verb_name(enum peer_verb v)
{
  static const char *const names[PEER_VERB_COUNT] = {
#define X(id, name, args, help) [PEER_##id] = name,
      PEER_VERBS(X)
#undef X
  };
  return names[v];
}

const char *peer_timer_name(enum peer_timer); /* NULL for none */
/* "ECONNRESET"; NULL for none, and for those that are not listed. And back: ERROR_OTHER when it is not, NONE
   for no octets at all. */
const char *call_error_name(enum call_error);
enum call_error call_error_find(const char *name, size_t len);

#endif
