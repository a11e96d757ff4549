/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A wire moves octets between you and the peer, and knows what time it is on it. Nothing else.

   Octets are whole IP datagrams. On the lab wire time is CLOCK_MONOTONIC; on the model wire
   it is virtual and moves only in wire_wait(). Implementations: wire_lab.c, the
   model's in peer/model.c, where wire and peer are one, and wire_shift.c, which goes around another. */
#ifndef TCPTUTOR_WIRE_WIRE_H
#define TCPTUTOR_WIRE_WIRE_H

#include "engine/base/usec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct pollfd;
struct wire;

/* A datagram that has arrived for you, in the wire's memory for the call; WHEN is when it arrived. */
typedef void wire_arrival(void *ctx, const uint8_t *octets, size_t len, usec_t when);

struct wire_ops {
  const char *name; /* "lab", "model" */
  bool (*send)(struct wire *, const uint8_t *octets, size_t len, struct err *);
  /* The next datagram that has arrived for you: its length, copied to OUT (CAP octets, at least
     65535), and when it arrived; 0 when nothing is there. Never blocks. */
  size_t (*recv)(struct wire *, uint8_t *out, size_t cap, usec_t *when);
  /* All that has arrived, one after another, as with recv() until nothing is there, but neither copied nor
     asked for one by one: hands each to ARRIVAL, which may call nothing of the wire but now(). */
  void (*drain)(struct wire *, wire_arrival *, void *ctx);
  /* Makes silence known: true when all that the other end's system does at once, because of what was sent or
     what its user called before, has been done and has arrived. Waits for that event, not for a time; false
     with *ERR when it does not come, and then nothing is known: UNAVAILABLE, nobody answers; LIMIT, MEMORY, too
     much has arrived; STATE, what was under way cannot be told any more; else it could not even be asked. What
     has arrived is to be received next, before anything else is done. May be NULL: it has always arrived. */
  bool (*settle)(struct wire *, struct err *);
  usec_t (*now)(struct wire *);
  /* Descriptors to poll for arrivals and peer events: fills at most CAP entries, returns how many. */
  size_t (*pollfds)(struct wire *, struct pollfd *, size_t cap);
  /* Lets time pass until UNTIL at the latest, or something has arrived (on the model wire, where this moves
     the clock, also until the peer acts), or WAKE_FD (a descriptor, or -1) is readable. True when WAKE_FD is.
     On the lab wire, whoever waits for the peer's events as well polls pollfds() and peer_pollfds() together.
   */
  bool (*wait)(struct wire *, usec_t until, int wake_fd);
  /* When there is time: whatever makes the next arrivals sooner read. May be NULL. */
  void (*make_ready)(struct wire *);
  /* When the other end will act by itself next (model), or USEC_NEVER. */
  usec_t (*deadline)(struct wire *);
  void (*free)(struct wire *);
};

struct wire {
  const struct wire_ops *ops;
};

static inline bool wire_send(struct wire *w, const uint8_t *octets, size_t len, struct err *err)
{
  return w->ops->send(w, octets, len, err);
}
static inline size_t wire_recv(struct wire *w, uint8_t *out, size_t cap, usec_t *when)
{
  return w->ops->recv(w, out, cap, when);
}
static inline void wire_drain(struct wire *w, wire_arrival *arrival, void *ctx)
{
  w->ops->drain(w, arrival, ctx);
}
static inline bool wire_settle(struct wire *w, struct err *err)
{
  return !w->ops->settle || w->ops->settle(w, err);
}
static inline usec_t wire_now(struct wire *w) { return w->ops->now(w); }
static inline size_t wire_pollfds(struct wire *w, struct pollfd *fds, size_t cap)
{
  return w->ops->pollfds(w, fds, cap);
}
static inline bool wire_wait(struct wire *w, usec_t until, int wake_fd)
{
  return w->ops->wait(w, until, wake_fd);
}
static inline usec_t wire_deadline(struct wire *w) { return w->ops->deadline(w); }
static inline void wire_make_ready(struct wire *w)
{
  if (w->ops->make_ready) w->ops->make_ready(w);
}
static inline void wire_free(struct wire *w)
{
  if (w) w->ops->free(w);
}

#endif
