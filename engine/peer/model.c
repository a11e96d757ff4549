/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/peer/model.h"

#include "engine/base/err.h"
#include "engine/peer/model_own.h"
#include "engine/segment/codec.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define START (1000 * USEC_S) /* the clock's first reading: no timestamp of the model's is 0 */

struct model *model_of_wire(struct wire *w)
{
  return (struct model *)((char *)w - offsetof(struct model, wire));
}
struct model *model_of_peer(struct peer *p)
{
  return (struct model *)((char *)p - offsetof(struct model, peer));
}

/* The wire. */

static bool send_octets(struct wire *wire, const uint8_t *octets, size_t len, struct err *err)
{
  struct model *m = model_of_wire(wire);

  if (len == 0) return err_set(err, ERR_RANGE, "an empty datagram cannot be sent");
  if (len > MODEL_MTU)
    return err_set(err, ERR_LIMIT, "%zu octets with headers; the model carries %d at most", len, MODEL_MTU);
  model_arrive(m, octets, len);
  model_sweep(m);
  return true;
}

/* The oldest datagram for you, which is the caller's to free; NULL: there is none. */
static struct model_datagram *take(struct model *m)
{
  struct model_datagram *d = m->out;

  if (!d) return NULL;
  m->octets -= d->len;
  m->out = d->next;
  if (!m->out) m->out_end = &m->out;
  return d;
}

static size_t receive_octets(struct wire *wire, uint8_t *out, size_t cap, usec_t *when)
{
  struct model_datagram *d = take(model_of_wire(wire));

  if (!d) return 0;
  size_t len = d->len < cap ? d->len : cap;
  memcpy(out, d->octets, len);
  *when = d->when;
  free(d);
  return len;
}

static void drain(struct wire *wire, wire_arrival *arrival, void *ctx)
{
  struct model_datagram *d;

  while ((d = take(model_of_wire(wire)))) {
    arrival(ctx, d->octets, d->len, d->when);
    free(d);
  }
}

static usec_t now(struct wire *wire) { return model_of_wire(wire)->now; }

static size_t no_descriptors(struct wire *wire, struct pollfd *fds, size_t cap)
{
  (void)wire, (void)fds, (void)cap;
  return 0;
}

static usec_t deadline(struct wire *wire)
{
  const struct model *m = model_of_wire(wire);
  usec_t first = USEC_NEVER;

  for (size_t i = 0; i < m->link_count; i++) {
    usec_t due = model_link_lives(m->links[i]) ? tcp_deadline(&m->links[i]->tcb) : USEC_NEVER;
    if (due < first) first = due;
  }
  return first;
}

/* What is due now. A timer of a connection may set another that is due at once, but not for ever. */
static void run_timers(struct model *m)
{
  enum { AT_ONCE_MAX = 64 };

  for (size_t i = 0; i < m->link_count; i++) {
    struct model_link *k = m->links[i];
    for (int n = 0; n < AT_ONCE_MAX && model_link_lives(k) && tcp_deadline(&k->tcb) <= m->now; n++) {
      struct tcp_verdict v;
      model_count_requests(m, k);
      tcp_timeout(&k->tcb, m->now, &v);
      model_settle(m, k, &v);
    }
  }
  model_sweep(m);
}

static bool woken(int fd)
{
  struct pollfd p = {.fd = fd, .events = POLLIN};

  return fd >= 0 && poll(&p, 1, 0) > 0;
}

static bool wait_until(struct wire *wire, usec_t until, int wake_fd)
{
  struct model *m = model_of_wire(wire);

  if (woken(wake_fd)) return true;
  if (m->out || model_stirs(m)) return false;
  usec_t next = deadline(wire);
  if (until < next) next = until;
  if (next == USEC_NEVER) return false;
  if (next > m->now) m->now = next;
  run_timers(m);
  return false;
}

/* Both faces are gone: so is the model. */
static void release(struct model *m)
{
  if (!m->wire_freed || !m->peer_freed) return;
  for (size_t i = 0; i < m->link_count; i++) model_link_vanish(m, m->links[i]);
  model_sweep(m);
  while (m->out) {
    struct model_datagram *d = m->out;
    m->out = d->next;
    free(d);
  }
  free(m->links);
  free(m->events);
  free(m);
}

static void free_wire(struct wire *wire)
{
  struct model *m = model_of_wire(wire);

  m->wire_freed = true;
  release(m);
}

static const struct wire_ops wire_ops = {
    .name = "model",
    .send = send_octets,
    .recv = receive_octets,
    .drain = drain,
    .now = now,
    .pollfds = no_descriptors,
    .wait = wait_until,
    .deadline = deadline,
    .free = free_wire,
};

/* The peer. */

static void free_peer(struct peer *peer)
{
  struct model *m = model_of_peer(peer);

  m->peer_freed = true;
  release(m);
}

static void forget(struct peer *peer, const struct pair *pair)
{
  struct model *m = model_of_peer(peer);

  for (size_t i = 0; i < m->link_count; i++)
    if (pair_equal(&m->links[i]->pair, pair)) model_link_vanish(m, m->links[i]);
  model_sweep(m);
}

static size_t no_events(struct peer *peer, struct pollfd *fds, size_t cap)
{
  (void)peer, (void)fds, (void)cap;
  return 0;
}

/* A SYN uses the ISN up even where it cannot be had: `next` means next. */
static bool before_send(struct peer *peer, const struct pair *pair, const struct segment *s, struct err *err)
{
  struct model *m = model_of_peer(peer);
  struct model_link *k = model_link_live(m, pair);
  bool bad_sum = segment_has(s, SEG_SUM) && (s->sum_bad || s->sum != segment_checksum(s));

  if (!m->isn_armed || (s->flags & (SYN | ACK | RST)) != SYN || bad_sum) return true;
  if (k && k->tcb.state == STATE_TIME_WAIT) return true;
  bool cookie = m->numbers.profile.syn_cookies == 2;
  if (!k && !cookie && model_listener(m, pair->peer_port)) return true;
  m->isn_armed = false;
  if (!k && cookie) return err_set(err, ERR_STATE, "no ISN to choose: with tcp_syncookies 2 it is a cookie");
  if (!k) return err_set(err, ERR_STATE, "no ISN to choose: nothing listens on port %u", pair->peer_port);
  return err_set(err, ERR_STATE, "the ISN can be chosen for a free pair only; the peer is in %s",
                 tcp_state_name(k->tcb.state));
}

static const struct peer_ops peer_ops = {
    .name = "tcptutor's own machine",
    .call = model_call,
    .event = model_next_event,
    .truth = model_truth,
    .before_send = before_send,
    .forget = forget,
    .pollfds = no_events,
    .free = free_peer,
};

bool model_world(void *ctx, const char *setting, bool on, struct err *err)
{
  struct model *m = model_of_peer(ctx);

  if (strcmp(setting, "quickack") != 0)
    return err_set(err, ERR_UNAVAILABLE, "the model wire has no `%s`", setting);
  m->numbers.profile.delay_acks = !on;
  model_renew_profiles(m);
  return true;
}

void model_set_msl(struct peer *peer, usec_t msl)
{
  struct model *m = model_of_peer(peer);

  m->numbers.profile.msl = msl;
  m->numbers.profile.time_wait = 2 * msl;
  model_renew_profiles(m);
}

bool model_new(const struct model_config *config, struct wire **wire, struct peer **peer, struct err *err)
{
  struct model *m = calloc(1, sizeof *m);

  if (!m) return err_set(err, ERR_MEMORY, "no memory for the model");
  m->wire.ops = &wire_ops;
  m->peer.ops = &peer_ops;
  m->you = config->you;
  m->here = config->peer;
  m->now = START;
  m->calendar = config->calendar - START / USEC_S;
  m->rng.state = config->seed;
  m->secret = ~config->seed; /* so that the ISNs of a seed are the same with cookies and without */
  m->out_end = &m->out;
  m->app = APP_DISCARD;
  m->listeners[0] = (struct model_listener){.port = MODEL_PORT, .backlog = MODEL_BACKLOG};
  peer_numbers_init(&m->numbers, config->profile ? config->profile : &tcp_profile_rfc9293);
  made_listener(&m->made, MODEL_PORT, m->numbers.profile.rto_max);
  *wire = &m->wire;
  *peer = &m->peer;
  return true;
}
