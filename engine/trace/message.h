/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there is to remark on an event, as a code with arguments. The sentences, in whatever language, are made of
   them in words/, and nowhere else; --json prints codes and arguments beside them. */
#ifndef TCPTUTOR_TRACE_MESSAGE_H
#define TCPTUTOR_TRACE_MESSAGE_H

#include "engine/segment/segment.h"
#include "engine/tcp/tcp.h"
#include "engine/trace/call.h"

enum end { END_YOU, END_PEER, END_COUNT };
static inline enum end other_end(enum end e) { return e == END_YOU ? END_PEER : END_YOU; }

/* What a TCP answers to a segment, or would. X(id, name in --json) */
#define ANSWER_KINDS(X)                                                                                      \
  X(SEGMENT, "segment")  /* the first one it sends */                                                        \
  X(TAKEN, "taken")      /* it takes what the segment brings, and says nothing */                            \
  X(COUNTED, "counted")  /* it counts a duplicate ACK, and says nothing */                                   \
  X(DROPPED, "dropped")                                                                                      \
  X(SILENCE, "silence")  /* it goes to another state, and says nothing */

// clang-format off
enum answer_kind {
#define X(id, name) ANSWER_##id,
  ANSWER_KINDS(X)
#undef X
  ANSWER_KIND_COUNT
};
// clang-format on

struct answer {
  enum answer_kind kind;
  enum tcp_state from, to;
  uint8_t flags;             /* of a SEGMENT, and what is foreseen of its numbers */
  bool seq_known, ack_known; /* ack_known only with ACK */
  seq_t seq, ack;
};

struct record;

/* The arguments there are: X(ID, name in words/ and in --json, member). A message has some of them. */
#define FACTS(X)                                                                                             \
  X(VERB, "verb", enum peer_verb, verb)                                                                      \
  X(ERROR, "error", enum call_error, error)                                                                  \
  X(OCTETS, "octets", size_t, octets)    /* a number of octets … */                                          \
  X(WANTED, "wanted", size_t, wanted)    /* … of so many */                                                  \
  X(DATA, "data", struct octets, data)   /* the octets themselves */                                         \
  X(FLAGS, "flags", uint8_t, flags)                                                                          \
  X(SIGNAL, "signal", enum tcp_signal, signal)                                                               \
  X(CONNECTION, "connection", unsigned, connection)                                                          \
  X(ADDRESS, "address", struct addr, address)                                                                \
  X(END, "who", enum end, who)                                                                               \
  X(STATE, "state", enum tcp_state, state)                                                                   \
  X(PREDICTED, "predicted", enum tcp_state, predicted)                                                       \
  X(SYSTEM, "system", uint16_t, system)  /* the Linux that the peer is, 0x0612; 0: our own machine */         \
  X(ANSWER, "answer", struct answer, answer)                                                                 \
  X(BY_RFC, "by_rfc", struct answer, by_rfc) /* what RFC 9293 alone would have it answer */                   \
  X(SEGMENT, "segment", const struct record *, segment) /* one of the trace, never moved */                  \
  X(LATER, "later", const struct record *, later)       /* another, that comes after it */                   \
  X(PATTERN, "pattern", struct octets, pattern)         /* what the segment was held against, as typed */

// clang-format off
enum fact_id {
#define X(id, name, type, member) FACT_##id,
  FACTS(X)
#undef X
  FACT_COUNT
};
#define FACT_BIT(id) (1u << FACT_##id)

struct facts {
#define X(id, name, type, member) type member;
  FACTS(X)
#undef X
};
// clang-format on

#endif
