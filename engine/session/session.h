/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session: one wire, one peer, the connections on it, and for each a shadow machine of both ends.

   Everything that happens goes through here and into the trace. A *step* is: apply the intent to the shadows,
   write, drain the ring, run the peer's app, drain, read the truth once, compare, record. Only this module
   compares shadow and truth. It never prints: the host draws the new records when `on_records` says so.

   Functions that can fail return bool and fill *ERR; a failed expectation is ERR_MISMATCH and is in the trace
   too. */
#ifndef TCPTUTOR_SESSION_SESSION_H
#define TCPTUTOR_SESSION_SESSION_H

#include "engine/peer/peer.h"
#include "engine/segment/text.h"
#include "engine/trace/trace.h"
#include "engine/wire/wire.h"

#include <stdbool.h>
#include <stddef.h>

struct err;
struct session;

struct session_config {
  struct wire *wire; /* taken: freed with the session */
  struct peer *peer; /* taken */
  struct addr your_address, peer_address;
  const struct tcp_profile *your_profile, *peer_profile;
  uint64_t seed;   /* of ISNs and ports; the caller chooses one at random when nobody asked */
  bool sees_truth; /* lab: the peer's state is read after every step */
  /* New records may have been added. Called during waits as well, so that what arrives is shown as it comes.
   * May be NULL. */
  void (*on_records)(void *ctx);
  /* A wait goes on: UNTIL when at the latest, for a progress bar. May be NULL. */
  void (*on_wait)(void *ctx, usec_t began, usec_t now, usec_t until);
  void *ctx;
  int wake_fd; /* a wait ends early when this is readable (Ctrl-C), or -1 */
  /* Settings of the wire's world ("quickack", "address"): the lab's, or NULL. */
  bool (*world)(void *world_ctx, const char *setting, bool on, struct err *);
  void *world_ctx;
  void (*set_msl)(struct peer *, usec_t msl); /* the model's peer keeps the same MSL as you; or NULL */
};

struct session *session_new(const struct session_config *, struct err *);
void session_free(struct session *);

/* What is so. */
struct trace *session_trace(struct session *);
unsigned session_current(const struct session *);        /* the connection's number, from 1 */
const struct pair *session_pair(const struct session *); /* of the current connection */
const struct tcb *session_tcb(const struct session *);   /* [END_COUNT] of the current connection */
usec_t session_now(struct session *);                    /* since the session began */
struct peer *session_peer(struct session *);
struct wire *session_wire(struct session *);
/* The values names and bare offsets are worth now, for segment_parse(); offsets are from what you would send.
 * Valid while the session is. */
const struct segment_env *session_env(struct session *);

/* Forge. */
struct session_send {
  struct segment segment; /* payload borrowed for the call */
  enum segment_fate fate; /* SENT, LOST, HELD (with NAME), STRAY */
  const char *hold_name;
};
bool session_send(struct session *, const struct session_send *, struct err *);
/* A bare `send`: what a TCP would send now. ERR_STATE when nothing is owed. */
bool session_send_owed(struct session *, struct err *);
bool session_release(struct session *, const char *hold_name, struct err *);
/* Segment N of the trace (0: your last) once more, octet for octet. */
bool session_resend(struct session *, unsigned n, struct err *);
void session_lose(struct session *, unsigned arrivals); /* the next arrivals are lost to you */
/* Your own user calls: OPEN, LISTEN, CLOSE, ABORT. PORT: for OPEN the peer's (0: 9), for LISTEN yours (0: as
 * it is). */
bool session_call(struct session *, enum tcp_call_kind, uint16_t port, struct err *);
/* Your TCB vanishes without a word. */
void session_crash(struct session *);
/* `auto on`: what is owed is sent by itself. */
void session_auto(struct session *, bool on);
bool session_is_auto(const struct session *);

/* Connections. PORT 0: a fresh one of yours. */
bool session_new_connection(struct session *, uint16_t port, struct err *);
bool session_use(struct session *, unsigned connection, struct err *);

/* The peer. The request's pair is filled in here. RESULT may be NULL. */
bool session_peer_call(struct session *, struct peer_request *, struct peer_event *result, struct err *);
/* What the other system says of the current connection now; recorded. */
bool session_truth(struct session *, struct peer_truth *, struct err *);

/* Takes in whatever has arrived or fallen due; never blocks. The host calls it when one of the descriptors is
 * readable. */
void session_pump(struct session *);
size_t session_pollfds(struct session *, struct pollfd *, size_t cap);
usec_t session_deadline(struct session *); /* since the session began; pump at this time at the latest */

/* Time and expectations. Durations in microseconds. */
enum session_goal {
  GOAL_TIME,
  GOAL_2MSL,
  GOAL_SEGMENT,
  GOAL_NOTHING,
  GOAL_STATE,
  GOAL_PEER_READ,
  GOAL_PEER_ERROR
};
struct session_wait {
  enum session_goal goal;
  usec_t within; /* at most this long; for TIME and NOTHING: this long; -1: the default (1 s to expect, for
                    ever to wait) */
  const char *pattern; /* SEGMENT: its text; names are worth what they were just before the segment it is held
                          against */
  size_t pattern_len;
  enum end end; /* STATE: whose */
  enum tcp_state state;
  const char *text; /* PEER_READ: the octets; PEER_ERROR: the errno's name */
  size_t text_len;
  const char *as_written; /* the command's own words, for the record: "expect SYN,ACK ack=1415531522" */
  size_t as_written_len;
};
/* Lets time pass until the goal is met. Other arrivals pass by. False: not met in time (ERR_MISMATCH), or
 * interrupted (ERR_STATE). */
bool session_wait(struct session *, const struct session_wait *, struct err *);
/* The oldest arrival not yet matched must be this one; states as for wait; recorded as an expectation. */
bool session_expect(struct session *, const struct session_wait *, struct err *);
/* What has arrived so far is expected no more. */
void session_pass_arrivals(struct session *);

/* The settings that command/setting.h gives to the session: how it behaves. */
bool session_set(struct session *, const char *name, const char *value, struct err *);
bool session_get(struct session *, const char *name, char *value, size_t cap);

#endif
