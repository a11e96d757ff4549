/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The other end, driven by socket calls on demand. None blocks: each is done, failed with an errno by
   name, or pending; whatever a peer does, asked for or by its app, is reported as an event, in the order
   it happened, and nothing else tells the session what the peer's user did. Implementations: peer_lab.c (the
   kernel's sockets), model.c (TCBs and streams). The little apps are in app.c, above these verbs.

   `pair` names the connection; the peer finds its socket by it. A verb that needs a connected socket
   accepts it first when it is still in the accept queue. That is an event of its own: it is waiting for
   peer_next_event() when peer_call() returns, and its `when` is not later than the call's. */
#ifndef TCPTUTOR_PEER_PEER_H
#define TCPTUTOR_PEER_PEER_H

#include "engine/base/usec.h"
#include "engine/segment/segment.h"
#include "engine/tcp/state.h"
#include "engine/trace/call.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct peer;
struct pollfd;

enum peer_app { APP_NONE, APP_DISCARD, APP_ECHO, APP_DAYTIME, APP_HTTP };

struct peer_request {
  enum peer_verb verb;
  struct pair pair;    /* the current connection */
  uint16_t port;       /* listen: 0 is the default port 9; connect: your port, 0 is pair.you_port */
  int backlog;         /* listen; -1: default */
  const uint8_t *data; /* send; borrowed for the call; NULL: LEN octets of filler (segment_filler) */
  size_t len;          /* send: octets; read: at most, 0 is all there is */
  enum peer_app app;
  bool close_on_eof;
  const char *key, *value; /* set: a name of peer_setting_name(), and a number, "on" or "off" */
  uint32_t isn;
};

/* A call and its result; an event has the same form. */
struct peer_event {
  enum peer_verb verb;
  enum peer_outcome outcome;
  bool by_app;     /* the app did it, nobody asked */
  bool completion; /* the end of a call reported as pending before */
  struct pair pair;
  usec_t when;
  const char *error;   /* the errno's name ("ECONNRESET"), static; NULL unless failed */
  const uint8_t *data; /* read: what was read (valid until the next call into the peer) */
  size_t len;          /* octets sent or read; 0 on a DONE read is end of file */
  size_t taken;        /* send: octets its system has taken over since the last event of this call; a PENDING
                          completion tells of nothing else */
  bool listener;       /* close, abort: of the listener on the pair's port, for there was no connection */
  bool unread;         /* close: octets were left unread (Linux answers RST) */
  bool stale; /* close, abort: of a socket whose connection was over; the pair may have another by now */
  struct peer_truth truth; /* status */
  bool held;               /* status: by the program's socket */
  char detail[120];        /* set: for people; else empty */
};

struct peer_ops {
  const char *name; /* for people: "Linux 6.18" or "tcptutor's own machine" */
  uint32_t kernel;  /* the Linux it is, KERNEL(6, 18, 44); 0: our own machine */
  bool (*call)(struct peer *, const struct peer_request *, struct peer_event *result, struct err *);
  /* The next thing that happened at the peer since the last call; false: nothing more. Runs the app: one
     of its calls at most, so that whoever drains the wire after each event sees what it caused in its place.
   */
  bool (*event)(struct peer *, struct peer_event *);
  bool (*truth)(struct peer *, const struct pair *, struct peer_truth *, struct err *);
  /* A segment for PAIR is about to be sent (the ISN trick needs to know). False: the ISN asked for cannot be
     had, *ERR says why; the segment may go out all the same. Nothing but the sending may come between this
     and the next call into the peer. May be NULL. */
  bool (*before_send)(struct peer *, const struct pair *, const struct segment *, struct err *);
  /* The ISN the peer's system took on PAIR, where the wire has put the one asked for in its place; false: it is
     the system's own that is seen. May be NULL. */
  bool (*taken_isn)(struct peer *, const struct pair *, uint32_t *isn);
  /* Makes the peer forget PAIR without a word, whatever its state. */
  void (*forget)(struct peer *, const struct pair *);
  /* Descriptors that become readable or writable when peer_next_event() has something to do. */
  size_t (*pollfds)(struct peer *, struct pollfd *, size_t cap);
  void (*free)(struct peer *);
};

struct peer {
  const struct peer_ops *ops;
};

const char *peer_verb_args(enum peer_verb);
const char *peer_verb_help(enum peer_verb);
bool peer_verb_parse(const char *text, size_t len, enum peer_verb *);
const char *peer_app_name(enum peer_app);
bool peer_app_parse(const char *text, size_t len, enum peer_app *);

/* The names `peer set` takes, for help and completion. Index until NULL. */
const char *peer_setting_name(size_t i);
const char *peer_setting_help(size_t i);

/* False when the request itself is impossible (*ERR: no such setting, no connection to act on …); a call the
   peer's system refused is DONE as far as we are concerned: true, with outcome PEER_FAILED and `error`. */
static inline bool peer_call(struct peer *p, const struct peer_request *r, struct peer_event *e,
                             struct err *err)
{
  return p->ops->call(p, r, e, err);
}
static inline bool peer_next_event(struct peer *p, struct peer_event *e) { return p->ops->event(p, e); }
static inline bool peer_truth(struct peer *p, const struct pair *pair, struct peer_truth *t, struct err *err)
{
  return p->ops->truth(p, pair, t, err);
}
static inline bool peer_before_send(struct peer *p, const struct pair *pair, const struct segment *s,
                                    struct err *err)
{
  return !p->ops->before_send || p->ops->before_send(p, pair, s, err);
}
static inline bool peer_taken_isn(struct peer *p, const struct pair *pair, uint32_t *isn)
{
  return p->ops->taken_isn && p->ops->taken_isn(p, pair, isn);
}
static inline void peer_forget(struct peer *p, const struct pair *pair) { p->ops->forget(p, pair); }
static inline size_t peer_pollfds(struct peer *p, struct pollfd *fds, size_t cap)
{
  return p->ops->pollfds(p, fds, cap);
}
static inline void peer_free(struct peer *p)
{
  if (p) p->ops->free(p);
}

#endif
