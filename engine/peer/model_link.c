/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/peer/model_own.h"
#include "engine/segment/codec.h"

#include <stdlib.h>
#include <string.h>

/* The table. */

struct model_link *model_link_new(struct model *m, const struct pair *pair)
{
  if (m->link_count == MODEL_LINKS_MAX) return NULL;
  if (m->link_count == m->link_cap) {
    size_t cap = m->link_cap ? 2 * m->link_cap : 16;
    struct model_link **grown = realloc(m->links, cap * sizeof *grown);
    if (!grown) return NULL;
    m->links = grown;
    m->link_cap = cap;
  }
  struct model_link *k = calloc(1, sizeof *k);
  if (!k) return NULL;
  k->pair = *pair;
  k->options = m->options;
  k->options.rto_max = made_rto_max(&m->made, pair->peer_port, m->numbers.profile.rto_max);
  peer_compose(&m->numbers, &k->options, &k->profile);
  tcb_init(&k->tcb, &k->profile, false, 0, true);
  m->links[m->link_count++] = k;
  return k;
}

struct model_link *model_link_live(struct model *m, const struct pair *pair)
{
  for (size_t i = 0; i < m->link_count; i++)
    if (model_link_lives(m->links[i]) && pair_equal(&m->links[i]->pair, pair)) return m->links[i];
  return NULL;
}

struct model_link *model_link_held(struct model *m, const struct pair *pair)
{
  for (size_t i = 0; i < m->link_count; i++)
    if (m->links[i]->held && pair_equal(&m->links[i]->pair, pair)) return m->links[i];
  return NULL;
}

struct model_listener *model_listener(struct model *m, uint16_t port)
{
  for (int i = 0; i < MODEL_LISTENERS_MAX; i++)
    if (port != 0 && m->listeners[i].port == port) return &m->listeners[i];
  return NULL;
}

unsigned model_accept_queue(struct model *m, uint16_t port, struct model_link **first)
{
  unsigned n = 0;

  if (first) *first = NULL;
  for (size_t i = 0; i < m->link_count; i++) {
    struct model_link *k = m->links[i];
    if (!k->queued || k->pair.peer_port != port) continue;
    n++;
    if (first && (!*first || k->queued < (*first)->queued)) *first = k;
  }
  return n;
}

/* Linux's reckoning: a backlog of N admits N + 1. */
bool model_accept_full(struct model *m, const struct model_listener *l)
{
  return model_accept_queue(m, l->port, NULL) > l->backlog;
}

static void stop(struct model_link *k)
{
  tcb_init(&k->tcb, &k->profile, false, 0, true);
  k->half_open = false;
}

void model_link_vanish(struct model *m, struct model_link *k)
{
  stop(k);
  model_cancel(m, k);
  k->held = false;
  k->queued = 0;
}

void model_sweep(struct model *m)
{
  size_t kept = 0;

  for (size_t i = 0; i < m->link_count; i++) {
    struct model_link *k = m->links[i];
    if (model_link_lives(k) || k->held || k->queued) {
      m->links[kept++] = k;
      continue;
    }
    model_stream_clear(m, &k->tx, 0);
    model_stream_clear(m, &k->rx, 0);
    free(k->unsent);
    free(k);
  }
  m->link_count = kept;
}

seq_t model_isn(struct model *m)
{
  bool chosen = m->isn_armed;

  m->isn_armed = false;
  return chosen ? m->isn : (seq_t)rng_next(&m->rng);
}

/* What leaves. */

static void put_on_wire(struct model *m, const struct segment *s)
{
  size_t room = 120 + s->data_len; /* two headers of 60 octets at most */
  struct model_datagram *d;

  if (!addr_equal(&s->dst, &m->you)) return;                                          /* another host's */
  if (m->octets + room > MODEL_OCTETS_MAX || !(d = malloc(sizeof *d + room))) return; /* lost */
  d->len = segment_encode(s, d->octets, room);
  if (d->len == 0) {
    free(d);
    return;
  }
  d->next = NULL;
  d->when = m->now;
  m->octets += d->len;
  *m->out_end = d;
  m->out_end = &d->next;
}

static bool option(const struct model_link *k, enum peer_option o, uint8_t *out)
{
  if (!k || !k->options.set[o]) return false;
  *out = (uint8_t)k->options.value[o];
  return true;
}

/* K is NULL where nobody has a connection. */
static void emit(struct model *m, const struct pair *pair, const struct model_link *k,
                 const struct tcp_emit *e)
{
  uint8_t data[MODEL_MTU];
  struct segment s = {.given = SEG_BIT(SEG_TTL) | SEG_BIT(SEG_TOS) | SEG_BIT(SEG_OPTIONS),
                      .src = pair->peer,
                      .dst = pair->you,
                      .sport = pair->peer_port,
                      .dport = pair->you_port,
                      .seq = e->seq,
                      .ack = e->ack,
                      .win = e->win,
                      .ttl = (uint8_t)m->numbers.ttl,
                      .data = data};
  uint32_t left = e->len;

  option(k, PEER_OPTION_TTL, &s.ttl);
  option(k, PEER_OPTION_TOS, &s.tos);
  s.options_len = e->options_len;
  memcpy(s.options, e->options, e->options_len);
  do {
    uint32_t most = k && k->tcb.snd.mss > 0 && k->tcb.snd.mss < sizeof data ? k->tcb.snd.mss : sizeof data;
    s.data_len = left < most ? left : most;
    left -= (uint32_t)s.data_len;
    s.flags = left > 0 ? e->flags & (uint8_t) ~(FIN | PSH) : e->flags;
    if (s.data_len > 0 && k) model_stream_get(&k->tx, s.seq + ((e->flags & SYN) != 0), data, s.data_len);
    put_on_wire(m, &s);
    s.seq += (seq_t)s.data_len;
  } while (left > 0);
}

void model_emit(struct model *m, const struct pair *pair, const struct tcp_verdict *v)
{
  for (unsigned i = 0; i < v->emit_count; i++) emit(m, pair, NULL, &v->emit[i]);
}

/* What an event leads to. */

/* What the RFC calls a reset connection in SYN-SENT, sockets call refused. */
static const char *error_of(const struct tcp_verdict *v)
{
  if (v->signals & SIGNAL_BIT(SIGNAL_PIPE)) return "EPIPE";
  if (v->signals & SIGNAL_BIT(SIGNAL_RESET)) return v->from == STATE_SYN_SENT ? "ECONNREFUSED" : "ECONNRESET";
  if (v->signals & SIGNAL_BIT(SIGNAL_REFUSED)) return "ECONNREFUSED";
  if (v->signals & SIGNAL_BIT(SIGNAL_ABORTED_TIMEOUT)) return "ETIMEDOUT";
  return NULL;
}

/* The text that was taken is in the stream already; how much of it is in order, the TCB says. */
static void follow_streams(struct model *m, struct model_link *k, const struct tcp_verdict *v)
{
  const struct tcb *t = &k->tcb;
  bool gone = t->state == STATE_CLOSED || t->state == STATE_LISTEN;
  bool flushed = v->signals & (SIGNAL_BIT(SIGNAL_RESET) | SIGNAL_BIT(SIGNAL_REFUSED));

  if (gone) {
    k->rx_end += v->delivered;
    /* RFC 9293 3.10.7.4, second: all queues are flushed. Linux still gives the reader what had come. */
    if (flushed && !(k->profile.rows & PROFILE_LINUX)) model_stream_clear(m, &k->rx, k->rx_end);
    model_stream_clear(m, &k->tx, 0);
    return;
  }
  if (t->irs_known && !k->eof) k->rx_end = t->rcv.nxt - t->fin_received;
  if (t->fin_received) k->eof = true;
  if (seq_gt(t->snd.una, k->tx.base)) {
    size_t acked = t->snd.una - k->tx.base, there = model_stream_len(&k->tx);
    model_stream_drop(&k->tx, acked < there ? acked : there); /* the SYN and the FIN are no octets of it */
  }
}

/* The TCB goes on without the descriptor, which stays behind dead. */
static void part(struct model *m, struct model_link *k)
{
  struct model_link *rest = model_link_new(m, &k->pair);

  if (!rest) return; /* no room: the descriptor stays where it is */
  rest->tcb = k->tcb;
  rest->profile = k->profile;
  rest->options = k->options;
  rest->tcb.profile = &rest->profile;
  rest->rx.base = rest->rx_end = k->rx_end;
  stop(k);
  model_stream_clear(m, &k->tx, 0);
}

static void pass_on(struct model *m, struct model_link *k)
{
  enum tcp_state state = k->tcb.state;

  if (state == STATE_CLOSED || state == STATE_LISTEN) {
    stop(k);
  } else if (state == STATE_TIME_WAIT) {
    k->half_open = false;
    if (k->held) {
      part(m, k);
    } else {
      model_stream_clear(m, &k->rx, k->rx_end);
      model_stream_clear(m, &k->tx, k->tcb.snd.nxt);
    }
  } else if (k->half_open && (state != STATE_SYN_RECEIVED || k->tcb.fast.taken)) {
    k->half_open = false;
    k->queued = ++m->queued_last;
  }
}

static void settle(struct model *m, struct model_link *k, const struct tcp_verdict *v)
{
  for (unsigned i = 0; i < v->emit_count; i++) emit(m, &k->pair, k, &v->emit[i]);
  follow_streams(m, k, v);
  if (k->tcb.state == STATE_CLOSED) {
    if (v->signals & SIGNAL_BIT(SIGNAL_CLOSING)) k->eof = true;
    const char *error = error_of(v);
    if (error) k->error = error;
  }
  pass_on(m, k);
}

/* More may go at once than one verdict holds. */
void model_settle(struct model *m, struct model_link *k, const struct tcp_verdict *v)
{
  struct tcp_verdict more;

  settle(m, k, v);
  for (unsigned sent = v->emit_count; sent == TCP_EMITS_MAX; sent = more.emit_count) {
    tcp_call(&k->tcb, &(struct tcp_call){.kind = CALL_STATUS}, m->now, &more);
    settle(m, k, &more);
  }
}
