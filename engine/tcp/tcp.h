/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine of RFC 9293 §3.10, as a pure function: (tcb, event, now) -> (tcb, verdict).

   It reads no clock, allocates nothing, calls no system, keeps no state outside the TCB. The rules
   themselves are the table in rules_*.def, in the order of the RFC: read those first. The TCB and the segment
   stay the caller's; a verdict is the caller's, is written whole by every call, and points at rows of the
   table only.

   Which function for which end (see tcb.h):
     peer (machine or shadow)  a segment of yours reaches it: tcp_arrives(); emit[] is what it answers.
                               Something it sent is seen: tcp_bind() with the emit it matches, or, when none
                               does (a kernel's timer, an unexpected call), tcp_sends().
     you (manual)              a segment reaches you: tcp_arrives(); what you owe is in debt[].
                               You send one: tcp_sends(). Your own user calls: tcp_call(), then send what
                               tcp_would_send() says. */
#ifndef TCPTUTOR_TCP_TCP_H
#define TCPTUTOR_TCP_TCP_H

#include "engine/base/usec.h"
#include "engine/segment/segment.h"
#include "engine/tcp/profile.h"
#include "engine/tcp/rule.h"
#include "engine/tcp/state.h"
#include "engine/tcp/tcb.h"

/* A segment the machine sends (or, for a TCB that a person plays, owes). */
struct tcp_emit {
  uint8_t flags;
  seq_t seq, ack;
  uint16_t win; /* as on the wire; at least, when SEG_WIN is wild, and no more than */
  uint16_t win_most;
  uint32_t len; /* octets of payload, from stream offset seq */
  bool retransmission;
  const struct tcp_rule *rule; /* the row that asks for it */
  /* What is not to be predicted, SEG_BIT()s: an ISN before it is seen, a window that memory decides;
     SEG_OPTIONS: the TSval among them, before one of the connection's is seen; SEG_FLAGS: PSH, where pace
     decides. */
  uint32_t wild;
  bool twice_unsure;  /* the first SACK block, of what came twice, may be left out: memory decides */
  bool cookie_behind; /* a Fast Open cookie that has not been seen follows the options, or may where SEG_ACKNO
                         is wild */
  uint32_t ts_offset; /* from milliseconds to the TSval in them */
  uint8_t options_len; /* options the machine would send */
  uint8_t options[SEGMENT_OPTIONS_MAX];
};

/* What the user of this TCP is told. X(id, text as the RFC words it) */
#define TCP_SIGNALS(X)                                                                                       \
  X(ESTABLISHED, "connection established")                                                                   \
  X(DATA, "data delivered")                                                                                  \
  X(URGENT, "urgent data")                                                                                   \
  X(CLOSING, "connection closing")                                                                           \
  X(RESET, "connection reset")                                                                               \
  X(PIPE, "connection reset after the other end had closed (EPIPE)")                                         \
  X(REFUSED, "connection refused")                                                                           \
  X(ABORTED_TIMEOUT, "connection aborted due to user timeout")                                               \
  X(CLOSED_OK, "the user's CLOSE is acknowledged")                                                           \
  X(ERR_EXISTS, "connection already exists")                                                                 \
  X(ERR_NOT_OPEN, "connection does not exist")                                                               \
  X(ERR_CLOSING, "connection closing: nothing more can be sent")                                             \
  X(ERR_NOT_SPECIFIED, "remote socket unspecified")                                                          \
  X(OK, "ok")

enum tcp_signal {
#define X(id, text) SIGNAL_##id,
  TCP_SIGNALS(X)
#undef X
      SIGNAL_COUNT
};
#define SIGNAL_BIT(s) (1u << (s))
const char *tcp_signal_text(enum tcp_signal);

#define TCP_EMITS_MAX 64
#define TCP_FIRED_MAX 24

struct tcp_verdict {
  enum tcp_state from, to;
  unsigned fired_count;
  const struct tcp_rule *fired[TCP_FIRED_MAX]; /* the rows that matched, in order; the last one decided */
  unsigned emit_count;
  struct tcp_emit emit[TCP_EMITS_MAX];
  uint32_t signals;   /* SIGNAL_BIT()s */
  uint32_t delivered; /* octets handed to the user */
  uint32_t acked;     /* octets (and SYN, FIN) of ours newly acknowledged */
  bool counted;       /* a duplicate ACK that counts */
};

/* What a segment means, coming from the TCP that holds a TCB (see intent.c). */
enum tcp_intent {
  INTENT_NONE, /* no conforming TCP in this state would send it: the rule's why says so */
  INTENT_OPEN,
  INTENT_SEND,
  INTENT_CLOSE,
  INTENT_ABORT,
  INTENT_ACK, /* an acknowledgment owed (or repeated) */
  INTENT_RETRANSMIT,
  INTENT_PROBE, /* zero window or keepalive */
  INTENT_RESET, /* the RST the RFC asks for as an answer */
};
const char *tcp_intent_text(enum tcp_intent);

enum tcp_call_kind {
  CALL_OPEN_ACTIVE,
  CALL_OPEN_PASSIVE,
  CALL_SEND,    /* len octets */
  CALL_RECEIVE, /* len octets; 0: all */
  CALL_CLOSE,   /* no more to send; with `release` the process lets go as well (close(), not shutdown()) */
  CALL_ABORT,
  CALL_STATUS,
};
struct tcp_call {
  enum tcp_call_kind kind;
  uint32_t len;
  bool release;
  bool unspecified; /* OPEN active: no remote socket is given */
};

/* The segment has arrived at this TCP. Only seq, ack, flags, win, urg, options and data_len are read. Given
   or not does not matter here: the values count. */
void tcp_arrives(struct tcb *, const struct segment *, usec_t now, struct tcp_verdict *);
/* The user of this TCP calls. */
void tcp_call(struct tcb *, const struct tcp_call *, usec_t now, struct tcp_verdict *);
/* Linux leaves the urgent octet out of the stream: a read() ends before it, and one that begins there passes
   over it. Is it the next to be read? */
bool tcp_at_urgent(const struct tcb *);
/* When tcp_timeout() wants to be called, or USEC_NEVER; and the timer that is due first at NOW, one a call
   (call until deadline > now). A shadow's timers count only where they change the state; see tcb.timer[] for
   what runs. */
usec_t tcp_deadline(const struct tcb *);
void tcp_timeout(struct tcb *, usec_t now, struct tcp_verdict *);

/* What this TCP sends first when TIMER runs out at NOW; false: nothing. The TCB does not move. */
bool tcp_timer_sends(const struct tcb *, enum tcp_timer, usec_t now, struct tcp_emit *);

/* The profile's keepalive time has changed: that holds for a connection that idles already. */
void tcp_keepalive_changed(struct tcb *, usec_t now);

/* The reverse question: this TCP (a person's, or one seen in a capture) has sent the segment. The TCB
   moves as if its machine had sent it; verdict.fired[] is the row that recognised it (its why explains
   INTENT_NONE), emits are empty. Debts that it pays are taken off the TCB's list. INTENT_NONE changes
   nothing. */
enum tcp_intent tcp_sends(struct tcb *, const struct segment *, usec_t now, struct tcp_verdict *);

/* A segment really sent by this TCP matched the prediction: what was wild (ISS, window, options) becomes
   known. Call it for every segment of a shadow that was predicted, in order; tcp_sends() for those that were
   not. */
void tcp_bind(struct tcb *, const struct tcp_emit *, const struct segment *sent);

/* Text or a FIN that a shadow was predicted to send has not come: when it goes is for its TCP's congestion
   control to say (RFC 5681), which a shadow knows only in part. It is queued again. Those predicted later
   come first. So with a repetition that loss, and not the timer, was thought to ask for. False: that cannot
   be so, for the emission is none of these, or text that is not the last. */
bool tcp_held_back(struct tcb *, const struct tcp_emit *, usec_t now);

/* What this TCP would send now of its own accord: a SYN, RST or retransmission owed, then queued data or FIN,
   then an ACK owed. False: nothing. The TCB does not move: tcp_sends() does that. */
bool tcp_would_send(const struct tcb *, usec_t now, struct tcp_emit *);
/* The default for a field not given in a segment with FLAGS (RFC 9293 §3.4: seq SND.NXT, ack RCV.NXT when ACK
   is set else 0, win RCV.WND as on the wire, a SYN or FIN sent and not acknowledged keeps its number, a RST
   owed its own; ttl 64, all else 0). */
uint32_t tcp_default(const struct tcb *, uint8_t flags, enum segment_field);

/* Explains an arrival again, row by row in the order of the table: called with every row of the TCB's state
   and profile that was looked at, and whether it matched. TCB as it was before the event; it is not changed.
 */
void tcp_explain(const struct tcb *, const struct segment *, usec_t now,
                 void (*row)(void *ctx, const struct tcp_rule *, bool matched), void *ctx);

#endif
