/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one record of what happened. Views, goals and files are functions of it and read nothing else.

   The trace owns its records and all they point to: octets and payload, the rows that fired, the TCBs,
   which records share where nothing has changed between them. A record handed out is valid until the trace
   is freed (records never move, nor change once the step that made them is over).

   Records hold facts. The only texts among them are octets that somebody sent, read or typed (struct
   octets); the sentences a reader sees are made in words/. */
#ifndef TCPTUTOR_TRACE_TRACE_H
#define TCPTUTOR_TRACE_TRACE_H

#include "engine/segment/codec.h"
#include "engine/segment/segment.h"
#include "engine/tcp/tcp.h"
#include "engine/trace/message.h"

#include <stdbool.h>
#include <stddef.h>

/* X(id, name in --json) */
#define RECORD_KINDS(X)                                                                                      \
  X(SEGMENT, "segment")                                                                                      \
  X(STATE, "state")                                                                                          \
  X(CALL, "call")                                                                                            \
  X(TIMER, "timer")                                                                                          \
  X(TRUTH, "truth")                                                                                          \
  X(EXPECT, "expect")                                                                                        \
  X(SETTING, "setting")                                                                                      \
  X(NOTE, "note")

// clang-format off
enum record_kind {
#define X(id, name) RECORD_##id,
  RECORD_KINDS(X)
#undef X
  RECORD_KIND_COUNT
};
// clang-format on

/* What became of a segment. */
#define SEGMENT_FATES(X)                                                                                     \
  X(SENT, "sent")                                                                                            \
  X(LOST, "lost")                                                                                            \
  X(HELD, "held")                                                                                            \
  X(STRAY, "stray")                                                                                          \
  X(KERNEL, "kernel") /* your own kernel sent it, behind your back */
// clang-format off
enum segment_fate {
#define X(id, name) FATE_##id,
  SEGMENT_FATES(X)
#undef X
  FATE_COUNT
};
// clang-format on

enum prediction { PREDICTION_NONE, PREDICTION_MET, PREDICTION_MISSED };
/* Whether a state is only predicted, or the other TCP's own system was asked. */
enum confirmation { TRUTH_UNASKED, TRUTH_CONFIRMED, TRUTH_DENIED };

/* What is kept of a verdict. */
struct record_verdict {
  enum tcp_state from, to;
  unsigned fired_count;
  const struct tcp_rule *const *fired; /* the rows that matched, in order; the last one decided */
};

/* A setting: of the session, by its name; or of the peer (END), by the verb that set it. */
struct record_setting {
  enum peer_verb verb;       /* the peer's: APP (its name is the value), SET, ISN (a number) */
  struct octets name, value; /* as they were given */
  uint32_t number;
};

struct record {
  enum record_kind kind;
  unsigned number;     /* place in the trace, from 1 */
  unsigned step;       /* records with one step number are one event and its consequences */
  unsigned connection; /* from 1; 0: none in particular */
  usec_t t;            /* since the session began */
  enum end end;        /* sender of the segment; whose state, call, timer, truth */

  /* Both shadows before the event (of a segment: before it was sent) and after it. Never NULL once the record is
     in a trace: what was not given is all zero. One that has not changed since is the same as before. */
  const struct tcb *before[END_COUNT], *after[END_COUNT];

  /* STATE: END moved because of RULE */
  enum tcp_state from, to;
  enum confirmation confirmed;
  enum tcp_state truth;        /* TRUTH, and STATE when confirmed or denied */
  const struct tcp_rule *rule; /* STATE, TIMER, NOTE; may be NULL */
  enum tcp_timer timer;        /* TIMER */

  /* What records of one kind alone have: KIND says which part is to be read. */
  union {
    struct {                   /* SEGMENT */
      unsigned segment_number; /* from 1, over the whole trace */
      struct segment segment;  /* every field given */
      struct decode_notes notes;
      const uint8_t *octets; /* the IP datagram as it crossed the wire, or would have; NULL: nobody kept it */
      size_t octets_len;
      enum segment_fate fate;
      bool released;                          /* a STRAY that was HELD until now */
      enum prediction predicted;              /* of an arrival: was it the predicted one */
      enum tcp_intent intent;                 /* what it means coming from its sender */
      struct record_verdict sender, receiver; /* receiver.fired_count 0: it did not arrive */
    };
    struct record_call call;   /* CALL */
    struct record_setting set; /* SETTING */
    struct {                   /* NOTE: MESSAGE remarks something. EXPECT: it says what there was instead */
      enum note_kind note;
      enum message message;  /* NONE: the expectation was met, or nothing came at all */
      struct facts facts;    /* those that the message has */
      bool ok;               /* EXPECT: it was met */
      struct octets written; /* EXPECT: what was expected, as it stood behind `expect` */
    };
  };
};

struct trace_connection {
  struct pair pair;
  usec_t first; /* t of its first segment; USEC_NEVER before there is one */
};

struct trace;

struct trace *trace_new(void);
void trace_free(struct trace *);
/* Appends a copy, of all it points to as well, and numbers it; NULL when memory ran out. The record may be
   completed by the caller until the step is over. */
struct record *trace_add(struct trace *, const struct record *);
/* What a record that is to be added has before and after it, as long as nothing has changed. */
static inline void record_tcbs(struct record *r, const struct tcb both[END_COUNT])
{
  for (int e = 0; e < END_COUNT; e++) r->before[e] = r->after[e] = &both[e];
}
/* Completes a record with copies: of both TCBs, of what the verdict of one end says. When memory has run out,
   it stays as it is. */
void trace_before(struct trace *, struct record *, const struct tcb both[END_COUNT]);
void trace_after(struct trace *, struct record *, const struct tcb both[END_COUNT]);
void trace_verdict(struct trace *, struct record *segment, enum end, const struct tcp_verdict *);
/* When there is time: gets the memory the next steps will write to. Without it they get it themselves. */
void trace_make_ready(struct trace *);
size_t trace_count(const struct trace *);
const struct record *trace_at(const struct trace *, size_t index); /* 0 … count-1 */
/* Segment N as numbered (1 … ), or NULL. */
const struct record *trace_segment(const struct trace *, unsigned n);
unsigned trace_segments(const struct trace *); /* how many */
/* Connection N from 1; adding returns its number, 0 when memory ran out. */
unsigned trace_connect(struct trace *, const struct pair *);
/* The pair became known or changed before the first segment. */
void trace_connection_set(struct trace *, unsigned n, const struct pair *);
const struct trace_connection *trace_connection(const struct trace *, unsigned n);
unsigned trace_connections(const struct trace *);
const char *record_kind_name(enum record_kind);
const char *segment_fate_name(enum segment_fate);

#endif
