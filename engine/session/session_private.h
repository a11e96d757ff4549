/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of session/ share. Reading order: session.c (what it holds), forge.c (you send),
   reach.c (how far it gets), arrive.c (the other end answers), judge.c (shadow against truth), drive.c (the
   peer's user), wait.c. */
#ifndef TCPTUTOR_SESSION_SESSION_PRIVATE_H
#define TCPTUTOR_SESSION_SESSION_PRIVATE_H

#include "engine/base/err.h"
#include "engine/base/rng.h"
#include "engine/peer/fast_queue.h"
#include "engine/peer/made.h"
#include "engine/peer/number.h"
#include "engine/session/session.h"
#include "engine/trace/names.h"

#define EXPECTED_MAX 64
#define PEER_PORT 9 /* where the peer listens unless told otherwise: discard */

/* How far segments of a pair get, whose addresses and ports a person may have made up. */
enum reach {
  REACH_BOTH,  /* there and back */
  REACH_PEER,  /* to the peer, which answers another host of the network */
  REACH_NOBODY /* no host reads them */
};

struct connection {
  unsigned number; /* in the trace, from 1 */
  struct pair pair;
  enum reach reach;
  bool untold; /* the peer's system does not tell of the pair: port 0 */
  bool used;   /* a segment has gone over it */
  struct tcb tcb[END_COUNT];
  struct tcp_profile peer_profile; /* of the peer's TCB: its numbers, and this socket's options */
  struct peer_options peer_options;
  /* What the peer's shadow is predicted to have sent and has not been seen yet, oldest first. */
  unsigned expected_count;
  struct tcp_emit expected[EXPECTED_MAX];
  size_t matched;            /* trace index: arrivals before it have been matched by `expect` */
  bool accepted;             /* the peer's program has it */
  bool abandoned;            /* a request whose listener is closed: nobody answers, but it is still listed */
  bool listening;            /* as of the last truth: a listener covers the pair */
  bool touched;              /* in this step: its truth is to be read */
  struct record *peer_state; /* the peer's last change of state in this step, to be confirmed */
  bool accept_full, syns_full, syns_many; /* of the listener, before the segment being sent went out */
  unsigned queue_seen;      /* session.stirred when the listener's accept queue was last seen, … */
  uint32_t queued, backlog; /* … how many were in it, and its backlog */
  bool renumbered;          /* it has been said that the wire renumbers, */
  seq_t taken_isn;          /* and from which ISN of the peer's system */
  bool odd;                 /* it has been said that what lies behind a FIN is not foreseen */
  bool storm;               /* ACKs answer each other, and `auto` has said so */
  unsigned debts_told;      /* how many debts the last note named */
  struct tcb gone;          /* the peer's shadow before the segment that ended the connection, */
  usec_t gone_at;           /* then */
};

struct held {
  char name[33];
  unsigned connection;
  size_t len;
  uint8_t *octets;
};

struct session {
  struct session_config config;
  struct trace *trace;
  struct rng rng;
  usec_t began; /* on the wire's clock */
  usec_t at;    /* when the event being processed happened, since the session began; never goes back */
  unsigned step;
  bool step_open; /* records go to this step */
  struct connection **connections;
  unsigned count, current; /* current: index into connections */
  struct held *held;
  size_t held_count;
  unsigned lose;
  unsigned stirred; /* counts what may move the peer: segments to it, and its user's calls */
  unsigned settled,
      doubted; /* stirred when silence was last known, and when it was last said that it is not */
  bool roused;  /* something may have happened that the peer's user, or its app, acts on */
  bool automatic;
  usec_t truth_due; /* since the session began: when to ask the peer's system again */
  struct tcp_profile your_profile;
  struct peer_numbers peer_numbers; /* what its shadow goes by, as its system was told */
  struct peer_options peer_options; /* of sockets to come */
  struct trace_names names;
  struct segment_env segment_env;
  const char *last_error; /* of a peer's call, not yet expected */
  bool quickack, address_kernel;
  struct tcp_fast_open fast[END_COUNT]; /* the cookie, as each end knows it */
  struct fast_queue fast_queue;
  struct made made;      /* the peer's listeners */
  bool isn_chosen;       /* by `peer isn`, for the peer's next SYN or SYN,ACK */
  seq_t isn;             /* which one */
  bool renumbering_told; /* what it means has been said once */
  uint8_t out[SEGMENT_OCTETS_MAX];
};

/* session.c */
struct connection *session_connection(struct session *);
struct connection *session_add(struct session *, const struct pair *, struct err *);
struct connection *session_find(struct session *, const struct pair *);
/* The connection takes another pair before anything went over it: the peer called from a port nobody knew. */
void session_adopt(struct session *, struct connection *, const struct pair *);
/* The connection that the peer calls you on from a port nobody knew: the current one, when it is still unused
   or waits for a call and the peer knows nothing more of it, else a new one. NULL: no memory. */
struct connection *session_called(struct session *, const struct pair *);
bool session_begin(struct session *, struct connection *,
                   struct err *); /* the peer's shadow: does a listener cover the pair? */
/* The peer's shadow of a connection that it knows nothing of; and what a new socket of its is told. */
void session_peer_anew(struct session *, struct connection *);
void session_peer_options(struct session *, struct connection *);
/* What one socket, or its whole system, was told has changed. */
void session_peer_compose(struct session *, struct connection *);
void session_peer_told(struct session *);
void connection_reset_yours(struct session *, struct connection *); /* a fresh TCB of yours, new ISS */

/* record.c: additions to the trace; all carry the step, the time, the connection and both TCBs. */
struct record *record_add(struct session *, struct connection *, enum record_kind, enum end);
/* One whose own part is filled in already. */
struct record *record_put(struct session *, struct connection *, struct record *);
/* The payload and OCTETS, the whole datagram, are copied; WHEN is since the session began. */
struct record *record_segment(struct session *, struct connection *, enum end, enum segment_fate,
                              const struct segment *, const struct decode_notes *, const uint8_t *octets,
                              size_t len, usec_t when);
void record_state(struct session *, struct connection *, enum end, enum tcp_state from,
                  const struct tcp_rule *);
/* The facts are those that the message has; NULL: it has none. */
void record_note(struct session *, struct connection *, enum end, enum message, const struct tcp_rule *,
                 const struct facts *);
/* What a TCP does, or would do, with a segment. */
struct answer record_answer(const struct tcp_verdict *);
void record_signals(struct session *, struct connection *, enum end, const struct tcp_verdict *);
void step_begin(struct session *);
void step_at(struct session *, usec_t when); /* the consequences that follow are of an event at WHEN */
/* Drains the wire, runs the peer's app, reads the truth, tells what is owed, shows the records. */
void step_end(struct session *);
const struct tcp_rule *verdict_decisive(const struct tcp_verdict *); /* the row that decided, or NULL */

/* forge.c */
bool forge_complete(struct session *, struct connection *, struct segment *, struct err *);
bool forge_transmit(struct session *, struct connection *, const struct segment *, enum segment_fate,
                    const char *hold_name, struct err *);
void forge_owed(struct session *, struct connection *); /* with `auto on` */

/* arrive.c */
/* What has arrived: whatever the peer does at once, because of what was sent or called so far, is among it. */
void arrive_drain(struct session *);
/* False when the wire could not tell: what has not come may still come, and what is asked of the peer's
   system be of before. */
bool arrive_all_known(const struct session *);
/* What the peer's shadow makes of the segment is left in the verdict, and kept in its record, which may be
 * NULL. */
void arrive_at_peer(struct session *, struct connection *, const struct segment *, struct record *,
                    struct tcp_verdict *);
void arrive_queues(struct session *, struct connection *); /* how full the listener's are */
/* How often a request repeats its SYN,ACK hangs on how many others there are. */
void arrive_count_requests(struct session *, struct connection *);
/* A request without a listener is looked at, and is gone. */
void arrive_abandoned(struct session *, struct connection *);
bool arrive_may_be_late(const struct connection *, const struct tcp_emit *);
/* The last text, FIN or repetition that was foreseen is not to come for now; false: there is none such. */
bool arrive_hold_back(struct session *, struct connection *, struct tcp_emit *held);
void arrive_expect(struct connection *, const struct tcp_verdict *);

/* reach.c */
void reach_set(const struct session *, struct connection *);
/* Says what becomes of the first segment on a pair of which the peer's system does not tell. */
void reach_begin(struct session *, struct connection *);
/* Says that nobody reads the segment; false: the peer does. */
bool reach_nobody(struct session *, struct connection *);
/* What the peer answers goes to another host: its shadow is bound to it unseen, and that is said. */
void reach_elsewhere(struct session *, struct connection *);

/* judge.c */
void judge_truth(struct session *, struct connection *);
void judge_listener(const struct session *, struct connection *, const struct peer_truth *);
void judge_schedule(struct session *); /* sets truth_due */
void judge_your_timers(struct session *);
void judge_missing(struct session *, struct connection *);
/* What the peer does now nobody could foresee: says so once. False: it is a riddle. */
bool judge_odd(struct session *, struct connection *);

/* drive.c */
bool drive_events(struct session *); /* true: something happened */
/* One call of the peer's user, with what the peer did before it could be made. */
bool drive_call(struct session *, const struct peer_request *, struct peer_event *, struct err *);
void drive_apply(struct session *, const struct peer_event *);

#endif
