/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there is to remark on an event, as a code with arguments. The sentences, in whatever language, are
   made of them in words/, and nowhere else; --json prints codes and arguments beside them. */
#ifndef TCPTUTOR_TRACE_MESSAGE_H
#define TCPTUTOR_TRACE_MESSAGE_H

#include "engine/segment/segment.h"
#include "engine/tcp/tcp.h"
#include "engine/trace/call.h"

enum end { END_YOU, END_PEER, END_COUNT };
static inline enum end other_end(enum end e) { return e == END_YOU ? END_PEER : END_YOU; }

// clang-format off
/* What a TCP answers to a segment, or would. X(id, name in --json) */
#define ANSWER_KINDS(X)                                                                                      \
  X(SEGMENT, "segment") /* the first one it sends */                                                         \
  X(TAKEN, "taken")     /* it takes what the segment brings, and says nothing */                             \
  X(COUNTED, "counted") /* it counts a duplicate ACK, and says nothing */                                    \
  X(DROPPED, "dropped")                                                                                      \
  X(SILENCE, "silence") /* it goes to another state, and says nothing */

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

// clang-format off
/* The arguments there are: X(ID, name in words/ and in --json, member). A message has some of them. */
#define FACTS(X)                                                                                             \
  X(VERB, "verb", enum peer_verb, verb)                                                                      \
  X(ERROR, "error", enum call_error, error)                                                                  \
  X(OCTETS, "octets", size_t, octets)   /* a number of octets … */                                           \
  X(WANTED, "wanted", size_t, wanted)   /* … of so many */                                                   \
  X(DATA, "data", struct octets, data)  /* the octets themselves */                                          \
  X(FLAGS, "flags", uint8_t, flags)                                                                          \
  X(SIGNAL, "signal", enum tcp_signal, signal)                                                               \
  X(CONNECTION, "connection", unsigned, connection)                                                          \
  X(ADDRESS, "address", struct addr, address)                                                                \
  X(PORT, "port", uint16_t, port)                                                                            \
  X(STATE, "state", enum tcp_state, state)                                                                   \
  X(PREDICTED, "predicted", enum tcp_state, predicted)                                                       \
  X(SYSTEM, "system", uint32_t, system) /* the Linux that the peer is (tcp/kernel.h); 0: our own machine */  \
  X(TAKEN, "taken", seq_t, taken)       /* the ISN its system took */                                        \
  X(SHIFT, "shift", uint32_t, shift)    /* what is added to its numbers */                                   \
  X(ANSWER, "answer", struct answer, answer)                                                                 \
  X(BY_RFC, "by_rfc", struct answer, by_rfc)            /* what RFC 9293 alone would have it answer */       \
  X(SEGMENT, "segment", const struct record *, segment) /* one of the trace, never moved */                  \
  X(LATER, "later", const struct record *, later)       /* another, that comes after it */                   \
  X(PATTERN, "pattern", struct octets, pattern)         /* what it was held against, as typed */

enum fact_id {
#define X(id, name, type, member) FACT_##id,
  FACTS(X)
#undef X
  FACT_COUNT
};
#define FACT_BIT(id) (1u << (id))

struct facts {
#define X(id, name, type, member) type member;
  FACTS(X)
#undef X
};
// clang-format on

// clang-format off
/* How a note concerns the reader. X(id, name in --json) */
#define NOTE_KINDS(X)                                                                                        \
  X(PLAIN, "plain")                                                                                          \
  X(OWED, "owed")           /* what you owe now */                                                           \
  X(WRONG, "wrong")         /* what is wrong with the segment sent: no conforming TCP would … (rule set) */  \
  X(EXPLAINED, "explained") /* RFC 9293 says …, Linux did …: a linux row explains it (rule set) */           \
  X(UNKNOWN, "unexplained") /* a difference nothing explains */                                              \
  X(SIGNAL, "signal")       /* what the user of `end` is told */                                             \
  X(SILENCE, "silence")     /* the peer says nothing, as predicted (or not) */

enum note_kind {
#define X(id, name) NOTE_##id,
  NOTE_KINDS(X)
#undef X
  NOTE_KIND_COUNT
};
// clang-format on

/* What a NOTE remarks. X(id, code in --json, kind, facts). The record's rule is an argument of each. */
#define TELLS(id) FACT_BIT(FACT_##id)
#define NOTES(X)                                                                                             \
  X(SIGNAL, "signal", SIGNAL, TELLS(SIGNAL))                                                                 \
  X(OWED, "owed", OWED, TELLS(FLAGS))                                                                        \
  X(OWED_ELSEWHERE, "owed-elsewhere", OWED, TELLS(FLAGS) | TELLS(CONNECTION))                                \
  X(WRONG, "wrong", WRONG, 0)                                                                                \
  X(WRONG_ANSWERED, "wrong-answered", WRONG, TELLS(ANSWER))                                                  \
  X(STRAY_ANSWERED, "stray-answered", PLAIN, TELLS(ANSWER))                                                  \
  X(BAD_OFFSET, "bad-offset", SILENCE, 0)                                                                    \
  X(BAD_LENGTH, "bad-length", SILENCE, 0)                                                                    \
  X(BAD_CHECKSUM, "bad-checksum", SILENCE, 0)                                                                \
  X(ACK_STORM, "ack-storm", PLAIN, 0)                                                                        \
  X(CRASHED, "crashed", PLAIN, 0)                                                                            \
  X(PORT_0, "port-0", PLAIN, 0)                                                                              \
  X(NO_HOST, "no-host", SILENCE, TELLS(ADDRESS))                                                             \
  X(NO_WAY_BACK, "no-way-back", SILENCE, TELLS(ADDRESS))                                                     \
  X(ANSWER_ELSEWHERE, "answer-elsewhere", SILENCE, TELLS(FLAGS) | TELLS(ADDRESS))                            \
  X(DIFFERS, "differs", EXPLAINED, TELLS(BY_RFC) | TELLS(ANSWER))                                            \
  X(UNFORESEEN, "unforeseen", UNKNOWN, TELLS(SYSTEM))                                                        \
  X(MISSING, "missing", UNKNOWN, TELLS(FLAGS) | TELLS(SYSTEM))                                               \
  X(DENIED, "denied", UNKNOWN, TELLS(PREDICTED) | TELLS(SYSTEM) | TELLS(STATE))                              \
  X(BEHIND_FIN, "behind-fin", PLAIN, 0)                                                                      \
  X(HELD_BACK, "held-back", PLAIN, TELLS(OCTETS))                                                            \
  X(HELD_BACK_FIN, "held-back-fin", PLAIN, TELLS(OCTETS))                                                    \
  X(RATIONED, "rationed", SILENCE, 0)                                                                        \
  X(RENUMBERED, "renumbered", PLAIN, TELLS(SYSTEM) | TELLS(TAKEN) | TELLS(SHIFT))                            \
  X(RENUMBERED_AGAIN, "renumbered-again", PLAIN, TELLS(SYSTEM) | TELLS(TAKEN))                               \
  X(OWN_KERNEL, "own-kernel", PLAIN, 0)                                                                      \
  X(NOT_DONE, "not-done", PLAIN, 0)                                                                          \
  X(NOT_DONE_CROWDED, "not-done-crowded", PLAIN, 0)                                                          \
  X(NOT_DONE_MEMORY, "not-done-memory", PLAIN, 0)                                                            \
  X(NOT_DONE_MOVED, "not-done-moved", PLAIN, 0)                                                              \
  X(NOT_DONE_UNASKED, "not-done-unasked", PLAIN, 0)

/* What there was instead of what was EXPECTED. X(id, code in --json, facts) */
#define FINDINGS(X)                                                                                          \
  X(FOUND_SEGMENT, "segment", TELLS(SEGMENT) | TELLS(PATTERN))                                               \
  X(FOUND_BEFORE, "segment-before", TELLS(SEGMENT) | TELLS(PATTERN) | TELLS(LATER))                          \
  X(FOUND_DIFFERENCE, "difference", TELLS(SEGMENT) | TELLS(PATTERN))                                         \
  X(FOUND_SOMETHING, "something", TELLS(SEGMENT))                                                            \
  X(FOUND_NOT_DONE, "not-known", 0)                                                                          \
  X(FOUND_YOU_IN, "you-in", TELLS(STATE))                                                                    \
  X(FOUND_PEER_IN, "peer-in", TELLS(STATE))                                                                  \
  X(FOUND_UNREADABLE, "unreadable", 0)                                                                       \
  X(FOUND_NO_CONNECTION, "no-connection", TELLS(PORT))                                                       \
  X(FOUND_NOT_YET, "not-yet", 0)                                                                             \
  X(FOUND_LET_GO, "let-go", TELLS(SYSTEM) | TELLS(STATE))                                                    \
  X(FOUND_CONNECTING, "connecting", 0)                                                                       \
  X(FOUND_READING, "reading", 0)                                                                             \
  X(FOUND_PART, "part", TELLS(OCTETS) | TELLS(WANTED))                                                       \
  X(FOUND_READ_ERROR, "read-error", TELLS(ERROR))                                                            \
  X(FOUND_END_OF_FILE, "end-of-file", 0)                                                                     \
  X(FOUND_DATA, "data", TELLS(DATA))                                                                         \
  X(FOUND_NO_ERROR, "no-error", 0)                                                                           \
  X(FOUND_ERROR, "error", TELLS(ERROR))

// clang-format off
enum message {
  MESSAGE_NONE,
#define X(id, ...) MESSAGE_##id,
  NOTES(X)
  FINDINGS(X)
#undef X
  MESSAGE_COUNT
};
// clang-format on

enum note_kind message_kind(enum message); /* PLAIN for what is no note's */
uint32_t message_facts(enum message);      /* FACT_BIT()s */
const char *message_name(enum message);    /* NULL for NONE */
const char *note_kind_name(enum note_kind);
const char *fact_name(enum fact_id);
const char *answer_kind_name(enum answer_kind);

#endif
