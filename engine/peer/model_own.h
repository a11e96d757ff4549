/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the model share. Not for others. From below:

   model_stream.c  octets by their sequence numbers
   model_link.c    connections: their table, what leaves them, what an event of the machine's does to them
   model_cookie.c  SYN cookies
   model_arrive.c  a segment finds its connection, a listener, or nobody
   model_socket.c  socket calls, none of which blocks
   model_call.c    the verbs
   model_event.c   what the peer's programs do by themselves: calls that end, the app
   model_set.c     peer set
   model_truth.c   truth and status
   model.c         the object and its wire

   A link is a connection of the model's: a TCB with its streams, a descriptor a program holds, or both. Like
   Linux, the TCB that enters TIME-WAIT leaves a dead descriptor behind: then the pair has a link for each.
   Links without TCB (CLOSED) that nobody holds are removed by model_sweep(), which ends every entry into the
   model; until then pointers to links are good. */
#ifndef TCPTUTOR_PEER_MODEL_OWN_H
#define TCPTUTOR_PEER_MODEL_OWN_H

#include "engine/base/rng.h"
#include "engine/peer/app.h"
#include "engine/peer/fast_queue.h"
#include "engine/peer/made.h"
#include "engine/peer/model.h"
#include "engine/peer/number.h"
#include "engine/peer/peer.h"
#include "engine/peer/setting.h"
#include "engine/tcp/tcp.h"
#include "engine/wire/wire.h"

struct err;

enum {
  MODEL_PORT = 9, /* discard */
  MODEL_BACKLOG = 128,
  MODEL_LISTENERS_MAX = 64,
  MODEL_MTU = 1500, /* as on the lab's veth */
  MODEL_READ_MAX = 1 << 16,
  MODEL_SEND_MAX = 1 << 20,
  MODEL_SEND_BUFFER = 1 << 16,
  MODEL_OCTETS_MAX = 1 << 26, /* in streams and on the wire */
};

/* Octets from sequence number BASE on. Positions between that were never written read as zero. */
struct model_stream {
  uint8_t *octet; /* owned */
  size_t head;    /* where base is */
  size_t end;     /* one past the last position written */
  size_t cap;
  seq_t base;
};

struct model_link {
  struct pair pair;
  struct tcb tcb;
  struct tcp_profile profile; /* the TCB's: the model's numbers and this socket's options */
  struct peer_options options;
  struct model_stream tx; /* from SND.UNA: sent and queued */
  struct model_stream rx; /* from the first octet unread */
  seq_t rx_end;           /* one past the last octet in order */
  bool half_open;         /* a listener's, the handshake unfinished */
  uint64_t queued;        /* in the accept queue: the larger the later; 0: not there */
  bool held;              /* a program has the descriptor */
  bool eof, eof_read;     /* the other end's FIN has come; the program has read up to it */
  bool shut;              /* shutdown() was called */
  const char *error;      /* for the next call: "ECONNRESET", or NULL */

  /* The program's. */
  bool served;     /* accepted, so the app's; a connect()ed one is the user's alone */
  bool connecting; /* connect() has not returned */
  bool reading;    /* read() has not returned */
  size_t read_max;
  uint8_t *unsent; /* the whole of a send() that has not returned; owned */
  size_t unsent_len, sent;
  struct app app;
};

struct model_listener {
  uint16_t port; /* 0: none */
  unsigned backlog;
};

struct model_datagram {
  struct model_datagram *next;
  usec_t when;
  size_t len;
  uint8_t octets[];
};

struct model {
  struct wire wire;
  struct peer peer;
  bool wire_freed, peer_freed;
  struct addr you, here;
  usec_t now;
  int64_t calendar; /* seconds since 1970 at time 0 */
  struct rng rng;
  uint64_t secret; /* of SYN cookies, and Fast Open's */
  struct fast_queue fast;
  struct made made;
  struct peer_numbers numbers;
  struct peer_options options; /* for sockets to come */
  struct model_listener listeners[MODEL_LISTENERS_MAX];
  struct model_link **links; /* in order of age */
  size_t link_count, link_cap;
  uint64_t queued_last;
  size_t octets; /* allocated */
  struct model_datagram *out, **out_end;
  enum peer_app app;
  bool close_on_eof;
  bool isn_armed;
  uint32_t isn;
  bool accepting;            /* accept() has not returned; */
  struct pair accept_pair;   /* it is for this pair, any of its listener's when you_port is 0 */
  struct peer_event *events; /* owned; in order, from event_first */
  size_t event_first, event_end, event_cap;
  uint8_t input[MODEL_READ_MAX];
};

struct model *model_of_wire(struct wire *);
struct model *model_of_peer(struct peer *);

/* stream. False: no memory, or more than the model is given. */
bool model_stream_reserve(struct model *, struct model_stream *, size_t extent);
/* AT is at or after base; without room reserved nothing is written. */
void model_stream_put(struct model_stream *, seq_t at, const uint8_t *, size_t len);
void model_stream_get(const struct model_stream *, seq_t at, uint8_t *out, size_t len);
void model_stream_drop(struct model_stream *, size_t n); /* base moves on by N */
static inline size_t model_stream_len(const struct model_stream *s) { return s->end - s->head; }
void model_stream_clear(struct model *, struct model_stream *, seq_t base);

/* link */
struct model_link *model_link_new(struct model *, const struct pair *); /* NULL: no room */
static inline bool model_link_lives(const struct model_link *k) { return k->tcb.state != STATE_CLOSED; }
struct model_link *model_link_live(struct model *, const struct pair *);
struct model_link *model_link_held(struct model *, const struct pair *);
struct model_listener *model_listener(struct model *, uint16_t port);
/* How many connections wait on PORT, and the one that has waited longest (may be NULL). */
unsigned model_accept_queue(struct model *, uint16_t port, struct model_link **first);
/* Whether a request may go on to repeat its SYN,ACK hangs on how many others there are. */
void model_count_requests(struct model *, struct model_link *);
bool model_accept_full(struct model *, const struct model_listener *);
/* The ISN for a connection that opens now. */
seq_t model_isn(struct model *);
/* The machine has processed an event of K's: its segments leave, its streams and its descriptor follow. */
void model_settle(struct model *, struct model_link *, const struct tcp_verdict *);
/* Segments leave that belong to no stream. */
void model_emit(struct model *, const struct pair *, const struct tcp_verdict *);
/* The link is no more, without a word. */
void model_link_vanish(struct model *, struct model_link *);
void model_sweep(struct model *);
/* cookie: what the one that belongs to the segment must look like, for the TCB that will judge it. */
struct tcp_cookie model_cookie(const struct model *, const struct pair *, const struct segment *);
/* Fast Open's: of the two addresses alone. */
void model_fast_cookie(const struct model *, struct tcp_fast_open *);

/* arrive */
void model_arrive(struct model *, const uint8_t *octets, size_t len);

/* socket. Each returns NULL, or the name of the errno; MODEL_AGAIN: it would block. */
extern const char model_again[];
const char *model_socket_connect(struct model *, uint16_t to, struct model_link **);
/* *TAKEN octets were queued; at least one unless it fails. */
const char *model_socket_send(struct model *, struct model_link *, const uint8_t *, size_t len,
                              size_t *taken);
/* *LEN octets, at most MAX, in m->input; 0: end of file. */
const char *model_socket_read(struct model *, struct model_link *, size_t max, size_t *len);
const char *model_socket_shutdown(struct model *, struct model_link *);
/* Lets the descriptor go; true: octets were left unread. */
bool model_socket_close(struct model *, struct model_link *, bool abort);
bool model_socket_readable(const struct model_link *);
bool model_socket_writable(const struct model_link *);
bool model_socket_broken(const struct model_link *);
/* connect() has come to its end. */
bool model_socket_connected(const struct model_link *);

/* call */
bool model_call(struct peer *, const struct peer_request *, struct peer_event *, struct err *);
struct peer_event model_event(const struct model *, enum peer_verb, const struct pair *);
void model_fail(struct peer_event *, const char *error);
/* For peer_next_event() to find. */
void model_queue_event(struct model *, const struct peer_event *);
/* The head of PORT's accept queue, now the program's; NULL: the queue is empty. */
struct model_link *model_accept(struct model *, uint16_t port);
void model_accepted(struct model *, const struct model_link *, bool by_app);
/* Accepts until PAIR is there (each a queued event, PAIR's too when REPORT). NULL: it is not in the accept
 * queue. */
struct model_link *model_take(struct model *, const struct pair *, bool report);
/* One attempt at the call; EVENT says how it went, PEER_PENDING when it would block. */
void model_try_read(struct model *, struct model_link *, size_t max, struct peer_event *);
void model_try_send(struct model *, struct model_link *, struct peer_event *);
/* The program lets the descriptor go; pending calls end as ECANCELED events. */
void model_let_go(struct model *, struct model_link *, bool abort, struct peer_event *);
/* The same, and nobody hears of it. */
void model_cancel(struct model *, struct model_link *);
void model_app_start(struct model *, struct model_link *);

/* event */
bool model_next_event(struct peer *, struct peer_event *);
/* Whether model_next_event() would say something. */
bool model_stirs(struct model *);

/* set */
bool model_set(struct model *, const struct peer_request *, struct peer_event *, struct err *);
/* The numbers have changed: every socket's profile follows. */
void model_renew_profiles(struct model *);

/* truth */
bool model_truth(struct peer *, const struct pair *, struct peer_truth *, struct err *);
void model_status(struct model *, const struct pair *, struct peer_event *);

#endif
