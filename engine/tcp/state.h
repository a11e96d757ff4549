/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The states of RFC 9293 §3.3.2, and every spelling of their names in use. */
#ifndef TCPTUTOR_TCP_STATE_H
#define TCPTUTOR_TCP_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(id, name as the RFC prints it, other spellings in use separated by blanks) */
#define TCP_STATES(X)                                                                                        \
  X(CLOSED, "CLOSED", "CLOSE")                                                                               \
  X(LISTEN, "LISTEN", "LISTENING")                                                                           \
  X(SYN_SENT, "SYN-SENT", "SYN-SEND SYNSENT")                                                                \
  X(SYN_RECEIVED, "SYN-RECEIVED", "SYN-RECV SYN-RCVD SYN-RECVD SYNRCVD NEW-SYN-RECV")                        \
  X(ESTABLISHED, "ESTABLISHED", "ESTAB EST")                                                                 \
  X(FIN_WAIT_1, "FIN-WAIT-1", "FIN-WAIT1 FINWAIT1")                                                          \
  X(FIN_WAIT_2, "FIN-WAIT-2", "FIN-WAIT2 FINWAIT2")                                                          \
  X(CLOSE_WAIT, "CLOSE-WAIT", "CLOSEWAIT CLOASE-WAIT")                                                       \
  X(CLOSING, "CLOSING", "")                                                                                  \
  X(LAST_ACK, "LAST-ACK", "LASTACK")                                                                         \
  X(TIME_WAIT, "TIME-WAIT", "TIMEWAIT")

enum tcp_state {
#define X(id, name, others) STATE_##id,
  TCP_STATES(X)
#undef X
      STATE_COUNT
};

const char *tcp_state_name(enum tcp_state); /* "SYN-RECEIVED" */
/* Any spelling, any case, `_` for `-`. False: no state is called that; *NEAREST (may be NULL)
   is then the nearest name, or NULL. */
bool tcp_state_parse(const char *text, size_t len, enum tcp_state *, const char **nearest);

#endif
