/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A datagram reaches the model: what IP and the TCP header alone can judge, then the connection it belongs
 * to. */
#include "engine/peer/model_own.h"
#include "engine/segment/codec.h"

/* The octets of [FROM, TO) of the segment that are not there yet: the first to come are kept. */
static void take_range(struct model_link *k, const struct tcb *before, const struct segment *s, seq_t from,
                       seq_t to)
{
  seq_t first = s->seq + ((s->flags & SYN) != 0), last = first + (seq_t)s->data_len;

  from = seq_max(from, first);
  to = seq_min(to, last);
  for (unsigned i = 0; i <= before->held_count && seq_lt(from, to); i++) {
    bool more = i < before->held_count;
    seq_t stop = more ? seq_min(to, before->held[i].left) : to;
    if (seq_lt(from, stop)) model_stream_put(&k->rx, from, s->data + (from - first), stop - from);
    if (more) from = seq_max(from, before->held[i].right);
  }
}

/* The TCB says which numbers it has taken: in order, or past a gap. */
static void take_text(struct model_link *k, const struct tcb *before, const struct segment *s,
                      const struct tcp_verdict *v)
{
  const struct tcb *t = &k->tcb;

  if (s->data_len == 0) return;
  take_range(k, before, s, k->rx_end, k->rx_end + v->delivered);
  for (unsigned i = 0; i < t->held_count; i++) take_range(k, before, s, t->held[i].left, t->held[i].right);
}

/* Room for all the TCB may take of the segment; before its SYN, for all its text. */
static bool reserve_text(struct model *m, struct model_link *k, const struct segment *s)
{
  const struct tcb *t = &k->tcb;
  uint32_t window = t->rcv.wnd > k->profile.rcv_buf ? t->rcv.wnd : k->profile.rcv_buf;
  size_t extent = s->data_len;

  if (s->data_len == 0) return true;
  if (t->irs_known && !(s->flags & SYN)) {
    seq_t end = seq_min(s->seq + (seq_t)s->data_len, t->rcv.nxt + window);
    extent = seq_gt(end, k->rx.base) ? end - k->rx.base : 0;
  }
  return model_stream_reserve(m, &k->rx, extent);
}

/* The TCB has a SYN it did not have: the streams begin where the ISNs say. */
static void begin_streams(struct model *m, struct model_link *k, const struct tcb *before)
{
  const struct tcb *t = &k->tcb;

  if (t->irs_known && (!before->irs_known || before->irs != t->irs)) {
    k->rx.base = k->rx_end = t->irs + 1;
    k->rx.head = k->rx.end = 0;
  }
  if (before->iss != t->iss) model_stream_clear(m, &k->tx, t->iss + 1);
}

/* The machine has reopened a pair in TIME-WAIT: a new connection of the listener's, in the old one's place.
 */
static void begin_again(struct model_link *k)
{
  k->half_open = true;
  k->eof = k->eof_read = k->shut = k->served = false;
  k->error = NULL;
}

/* The ISN asked for takes the place of the one that the machine made in reopening the pair. */
static void choose_isn(struct model *m, struct tcb *t, struct tcp_verdict *v)
{
  if (!m->isn_armed) return;
  uint32_t shift = model_isn(m) - t->iss;
  t->iss += shift;
  t->snd.una += shift;
  t->snd.nxt += shift;
  t->snd.up += shift;
  t->snd.sml += shift;
  for (unsigned i = 0; i < t->flight.count; i++) t->flight.end[i] += shift;
  t->rtt.seq += shift;
  for (unsigned i = 0; i < v->emit_count; i++)
    if (v->emit[i].flags & SYN) v->emit[i].seq += shift;
}

/* What the listener knows of Fast Open: its cookie, and whether it has room for one more. */
static void tell_fast_open(const struct model *m, struct model_link *k)
{
  unsigned n = fast_queue_count(&m->fast, k->pair.peer_port, m->now);

  for (size_t i = 0; i < m->link_count; i++)
    n += m->links[i]->tcb.fast.taken && m->links[i]->pair.peer_port == k->pair.peer_port;
  peer_fast_open_allow(&m->numbers, fast_queue_most(&m->fast, k->pair.peer_port), &k->profile);
  k->tcb.fast.full = n >= k->profile.fast_open;
  model_fast_cookie(m, &k->tcb.fast);
}

static void at_link(struct model *m, struct model_link *k, const struct segment *s)
{
  const struct model_listener *l = model_listener(m, k->pair.peer_port);
  struct tcb before = k->tcb;
  struct tcp_verdict v;

  if (!reserve_text(m, k, s)) return;
  k->tcb.accept_full = l && k->half_open && model_accept_full(m, l);
  if (k->tcb.state == STATE_TIME_WAIT) {
    k->tcb.passive = l != NULL; /* only a listener's pair can be reopened */
    tell_fast_open(m, k);
  }
  tcp_arrives(&k->tcb, s, m->now, &v);
  if (before.state == STATE_TIME_WAIT && k->tcb.state == STATE_SYN_RECEIVED) {
    begin_again(k);
    choose_isn(m, &k->tcb, &v);
  }
  if (before.fast.taken && (s->flags & RST) && k->tcb.state == STATE_CLOSED && !k->queued)
    fast_queue_reset(&m->fast, k->pair.peer_port, m->now);
  begin_streams(m, k, &before);
  take_text(k, &before, s, &v);
  model_settle(m, k, &v);
}

static unsigned half_open(const struct model *m, uint16_t port)
{
  unsigned n = 0;

  for (size_t i = 0; i < m->link_count; i++)
    n += m->links[i]->half_open && m->links[i]->pair.peer_port == port;
  return n;
}

void model_count_requests(struct model *m, struct model_link *k)
{
  const struct model_listener *l = k->half_open ? model_listener(m, k->pair.peer_port) : NULL;
  unsigned young = 0;

  if (!l) return;
  for (size_t i = 0; i < m->link_count; i++) {
    const struct model_link *other = m->links[i];
    young += other->half_open && other->pair.peer_port == l->port && other->tcb.retransmits == 0;
  }
  k->profile.synack_retries = peer_synack_retries(&m->numbers, l->backlog, half_open(m, l->port), young);
}

/* The listener's TCB is made for each segment, and stays if the segment opens a connection. */
static void at_listener(struct model *m, const struct model_listener *l, const struct pair *pair,
                        const struct segment *s)
{
  bool asks = (s->flags & (SYN | ACK | RST)) == SYN;
  struct rng rng = m->rng;
  struct tcp_verdict v;

  bool linux_rows = (m->numbers.profile.rows & PROFILE_LINUX) != 0;
  if (asks && !linux_rows && half_open(m, l->port) >= m->numbers.syn_backlog) return;
  struct model_link *k = model_link_new(m, pair);
  if (!k) return;
  tcb_init(&k->tcb, &k->profile, false, m->isn_armed ? m->isn : (seq_t)rng_next(&rng), true);
  k->tcb.accept_full = model_accept_full(m, l);
  k->tcb.syns_full = peer_syns_full(&m->numbers, half_open(m, l->port), l->backlog);
  k->tcb.syns_many = peer_syns_many(&m->numbers, half_open(m, l->port));
  k->tcb.cookie = model_cookie(m, pair, s);
  tell_fast_open(m, k);
  tcp_call(&k->tcb, &(struct tcp_call){.kind = CALL_OPEN_PASSIVE}, m->now, &v);
  struct tcb before = k->tcb;
  if (!reserve_text(m, k, s)) {
    model_link_vanish(m, k);
    return;
  }
  tcp_arrives(&k->tcb, s, m->now, &v);
  if (k->tcb.state != STATE_LISTEN && k->tcb.state != STATE_CLOSED) {
    k->half_open = true;
    model_isn(m);
    k->tx.base = k->tcb.iss + 1;
  }
  begin_streams(m, k, &before);
  take_text(k, &before, s, &v);
  model_settle(m, k, &v);
}

static void at_nobody(struct model *m, const struct pair *pair, const struct segment *s)
{
  struct tcp_verdict v;
  struct tcb closed;

  tcb_init(&closed, &m->numbers.profile, false, 0, true);
  tcp_arrives(&closed, s, m->now, &v);
  model_emit(m, pair, &v);
}

void model_arrive(struct model *m, const uint8_t *octets, size_t len)
{
  struct decode_notes notes;
  struct segment s;

  if (!segment_decode(octets, len, &s, &notes, NULL) || !segment_sound(&s, &notes)) return;
  if (!addr_equal(&s.dst, &m->here) || !addr_is_neighbour(&s.src, &m->here)) return;
  struct pair pair = {.you = s.src, .peer = s.dst, .you_port = s.sport, .peer_port = s.dport};
  struct model_link *k = model_link_live(m, &pair);
  const struct model_listener *l = model_listener(m, pair.peer_port);
  if (k) {
    at_link(m, k, &s);
  } else if (l) {
    at_listener(m, l, &pair, &s);
  } else {
    at_nobody(m, &pair, &s);
  }
}
