/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/wire/wire_shift.h"

#include "engine/base/err.h"
#include "engine/segment/segment.h"

#include <stdlib.h>
#include <string.h>

enum { OCTETS_MAX = 65535, TCP_HEADER = 20, OPTION_END = 0, OPTION_FILL = 1, OPTION_BLOCKS = 5, BLOCK = 8 };

/* What becomes of the numbers of a pair. */
struct renumbering {
  struct pair pair;
  bool in_force;
  seq_t by, taken; /* … which is what was added, and the system's own ISN */
  bool armed;
  seq_t wanted;
  bool asked;    /* the SYN has gone: */
  seq_t syn;     /* its number */
  uint32_t text; /* octets it carried */
};

struct wire_shift {
  struct wire wire;
  struct wire_ops ops; /* a copy, with the inner wire's name */
  struct wire *inner;
  struct renumbering *pairs;
  size_t count, room;
  uint8_t sent[OCTETS_MAX], come[OCTETS_MAX];
};

static struct wire_shift *self(struct wire *w) { return (struct wire_shift *)w; }

/* -- a segment in its octets -- */
struct view {
  size_t tcp, options_end, end; /* where they begin and end in the datagram */
};

static uint16_t get16(const uint8_t *o) { return (uint16_t)(o[0] << 8 | o[1]); }
static uint32_t get32(const uint8_t *o) { return (uint32_t)get16(o) << 16 | get16(o + 2); }
static uint8_t flags_of(const uint8_t *tcp) { return tcp[13]; }

/* False: not a whole TCP header over IPv4. */
static bool look(const uint8_t *o, size_t len, struct view *v)
{
  enum { PROTOCOL = 9, TCP = 6, FRAGMENT = 6, OFFSET = 0x1fff };

  if (len < 20 || o[0] >> 4 != 4 || o[PROTOCOL] != TCP || (get16(o + FRAGMENT) & OFFSET)) return false;
  size_t total = get16(o + 2);
  v->tcp = (o[0] & 0x0fu) * 4u;
  v->end = total < len ? total : len;
  if (v->tcp < 20 || v->end < v->tcp + TCP_HEADER) return false;
  v->options_end = v->tcp + (o[v->tcp + 12] >> 4) * 4u;
  if (v->options_end > v->end) v->options_end = v->end;
  return true;
}

/* Adds BY to the number AT in the TCP header, and to DELTA what that means for the sum. A number may begin at
   an odd octet. */
static void add(uint8_t *tcp, size_t at, seq_t by, uint32_t *delta)
{
  const seq_t sum = get32(tcp + at) + by;

  for (size_t i = 0; i < 4; i++) {
    uint8_t *octet = &tcp[at + i], is = (uint8_t)(sum >> (24 - 8 * i));
    unsigned weight = (at + i) % 2 ? 1 : 256;
    *delta += 0xffffu - *octet * weight + is * weight;
    *octet = is;
  }
}

/* RFC 1624, equation 3: HC' = ~(~HC + ~m + m'). */
static void mend_sum(uint8_t *tcp, uint32_t delta)
{
  delta += 0xffffu - get16(tcp + 16);
  while (delta >> 16) delta = (delta & 0xffff) + (delta >> 16);
  tcp[16] = (uint8_t)(~delta >> 8);
  tcp[17] = (uint8_t)~delta;
}

static void add_to_blocks(uint8_t *tcp, size_t options_end, seq_t by, uint32_t *delta)
{
  for (size_t at = TCP_HEADER; at < options_end;) {
    if (tcp[at] == OPTION_END) return;
    if (tcp[at] == OPTION_FILL) {
      at++;
      continue;
    }
    if (at + 1 >= options_end || tcp[at + 1] < 2 || at + tcp[at + 1] > options_end) return;
    size_t len = tcp[at + 1];
    bool blocks = tcp[at] == OPTION_BLOCKS && (len - 2) % BLOCK == 0;
    for (size_t edge = 2; blocks && edge < len; edge += 4) add(tcp, at + edge, by, delta);
    at += len;
  }
}

/* What you send refers to the peer's numbers in SEG.ACK and in SACK blocks; */
static void unshift(uint8_t *o, const struct view *v, seq_t by)
{
  uint8_t *tcp = o + v->tcp;
  uint32_t delta = 0;

  if (flags_of(tcp) & ACK) add(tcp, 8, 0u - by, &delta);
  add_to_blocks(tcp, v->options_end - v->tcp, 0u - by, &delta);
  mend_sum(tcp, delta);
}

/* what the peer sends has them in SEG.SEQ alone. */
static void shift(uint8_t *o, const struct view *v, seq_t by)
{
  uint32_t delta = 0;

  add(o + v->tcp, 4, by, &delta);
  mend_sum(o + v->tcp, delta);
}

/* -- the table -- */
static struct renumbering *find(struct wire_shift *w, const struct pair *pair)
{
  for (size_t i = 0; i < w->count; i++)
    if (pair_equal(&w->pairs[i].pair, pair)) return &w->pairs[i];
  return NULL;
}

/* The pair's of a datagram from you, or to you. */
static struct renumbering *find_by_octets(struct wire_shift *w, const uint8_t *o, const struct view *v,
                                          bool yours)
{
  struct pair pair = {.you = {.family = ADDR_IP4}, .peer = {.family = ADDR_IP4}};
  const uint8_t *source = o + 12, *target = o + 16, *tcp = o + v->tcp;

  memcpy(pair.you.octet, yours ? source : target, 4);
  memcpy(pair.peer.octet, yours ? target : source, 4);
  pair.you_port = get16(yours ? tcp : tcp + 2);
  pair.peer_port = get16(yours ? tcp + 2 : tcp);
  return find(w, &pair);
}

static void drop_idle(struct wire_shift *w, struct renumbering *r)
{
  if (!r->armed && !r->in_force) *r = w->pairs[--w->count];
}

bool wire_shift_arm(struct wire *wire, const struct pair *pair, seq_t isn, struct err *err)
{
  struct wire_shift *w = self(wire);

  if (wire_shift_inner(wire) == wire) return err_set(err, ERR_UNAVAILABLE, "this wire does not renumber");
  struct renumbering *r = find(w, pair);
  if (!r && w->count == w->room) {
    size_t room = w->room ? 2 * w->room : 8;
    void *more = realloc(w->pairs, room * sizeof *w->pairs);
    if (!more) return err_set(err, ERR_MEMORY, "no memory to renumber a connection");
    w->pairs = more;
    w->room = room;
  }
  if (!r) {
    r = &w->pairs[w->count++];
    *r = (struct renumbering){.pair = *pair};
  }
  r->armed = true;
  r->asked = false;
  r->wanted = isn;
  return true;
}

void wire_shift_end(struct wire *wire, const struct pair *pair)
{
  struct wire_shift *w = self(wire);
  struct renumbering *r = wire_shift_inner(wire) == wire ? NULL : find(w, pair);

  if (r) *r = w->pairs[--w->count];
}

bool wire_shift_taken(struct wire *wire, const struct pair *pair, seq_t *isn)
{
  if (wire_shift_inner(wire) == wire) return false;
  const struct renumbering *r = find(self(wire), pair);
  if (!r || !r->in_force) return false;
  *isn = r->taken;
  return true;
}

/* -- both ways -- */
/* The SYN whose answer is to be renumbered, or another after it: that one's is not. */
static void note_syn(struct renumbering *r, const uint8_t *o, const struct view *v)
{
  const uint8_t *tcp = o + v->tcp;

  if (!r->armed || (flags_of(tcp) & (SYN | ACK | RST)) != SYN) return;
  if (r->asked) {
    r->armed = false;
    return;
  }
  r->asked = true;
  r->syn = get32(tcp + 4);
  r->text = (uint32_t)(v->end - v->options_end);
}

static bool answers(const struct renumbering *r, const uint8_t *tcp)
{
  return r->armed && r->asked && (flags_of(tcp) & (SYN | ACK | RST)) == (SYN | ACK) &&
         get32(tcp + 8) - r->syn - 1 <= r->text;
}

static void note_answer(struct renumbering *r, const uint8_t *tcp)
{
  const seq_t seq = get32(tcp + 4);
  const bool another = (flags_of(tcp) & (SYN | RST)) == SYN && seq != r->taken;

  if (answers(r, tcp)) {
    r->armed = false;
    r->taken = seq;
    r->by = r->wanted - seq;
    r->in_force = r->by != 0;
  } else if (another) {
    r->in_force = false;
  }
}

static bool shift_send(struct wire *wire, const uint8_t *octets, size_t len, struct err *err)
{
  struct wire_shift *w = self(wire);
  struct view v;
  struct renumbering *r =
      w->count && len <= OCTETS_MAX && look(octets, len, &v) ? find_by_octets(w, octets, &v, true) : NULL;

  if (!r) return wire_send(w->inner, octets, len, err);
  note_syn(r, octets, &v);
  bool in_force = r->in_force;
  if (in_force) {
    memcpy(w->sent, octets, len);
    unshift(w->sent, &v, r->by);
  }
  drop_idle(w, r);
  return wire_send(w->inner, in_force ? w->sent : octets, len, err);
}

static void from_peer(struct wire_shift *w, uint8_t *octets, const struct view *v, struct renumbering *r)
{
  const uint8_t *tcp = octets + v->tcp;
  const bool of_nobody = (flags_of(tcp) & (RST | ACK)) == (RST | ACK) && get32(tcp + 4) == 0;

  note_answer(r, tcp);
  if (r->in_force && !of_nobody) shift(octets, v, r->by);
  drop_idle(w, r);
}

/* Renumbers in place what has come; also what your own kernel sends of itself, which has the system's numbers. */
static void arrived(struct wire_shift *w, uint8_t *octets, size_t len)
{
  struct view v;
  struct renumbering *r;

  if (!look(octets, len, &v)) return;
  if ((r = find_by_octets(w, octets, &v, false)))
    from_peer(w, octets, &v, r);
  else if ((r = find_by_octets(w, octets, &v, true)) && r->in_force)
    unshift(octets, &v, 0u - r->by);
}

static size_t shift_recv(struct wire *wire, uint8_t *out, size_t cap, usec_t *when)
{
  struct wire_shift *w = self(wire);
  size_t len = wire_recv(w->inner, out, cap, when);

  if (w->count && len > 0) arrived(w, out, len);
  return len;
}

struct passing {
  struct wire_shift *w;
  wire_arrival *arrival;
  void *ctx;
};

static void pass_on(void *ctx, const uint8_t *octets, size_t len, usec_t when)
{
  const struct passing *p = ctx;

  if (len <= OCTETS_MAX) {
    memcpy(p->w->come, octets, len);
    arrived(p->w, p->w->come, len);
    octets = p->w->come;
  }
  p->arrival(p->ctx, octets, len, when);
}

static void shift_drain(struct wire *wire, wire_arrival *arrival, void *ctx)
{
  struct wire_shift *w = self(wire);
  struct passing p = {w, arrival, ctx};

  if (w->count)
    wire_drain(w->inner, pass_on, &p);
  else
    wire_drain(w->inner, arrival, ctx);
}

/* -- all else is the inner wire's -- */
static usec_t shift_now(struct wire *wire) { return wire_now(self(wire)->inner); }
static bool shift_settle(struct wire *wire, struct err *err) { return wire_settle(self(wire)->inner, err); }
static void shift_make_ready(struct wire *wire) { wire_make_ready(self(wire)->inner); }
static usec_t shift_deadline(struct wire *wire) { return wire_deadline(self(wire)->inner); }

static size_t shift_pollfds(struct wire *wire, struct pollfd *fds, size_t cap)
{
  return wire_pollfds(self(wire)->inner, fds, cap);
}

static bool shift_wait(struct wire *wire, usec_t until, int wake_fd)
{
  return wire_wait(self(wire)->inner, until, wake_fd);
}

static void shift_free(struct wire *wire)
{
  wire_free(self(wire)->inner);
  free(self(wire)->pairs);
  free(wire);
}

static const struct wire_ops shift_ops = {
    .send = shift_send,
    .recv = shift_recv,
    .drain = shift_drain,
    .settle = shift_settle,
    .now = shift_now,
    .pollfds = shift_pollfds,
    .wait = shift_wait,
    .make_ready = shift_make_ready,
    .deadline = shift_deadline,
    .free = shift_free,
};

struct wire *wire_shift_new(struct wire *inner, struct err *err)
{
  if (!inner) return NULL;
  struct wire_shift *w = calloc(1, sizeof *w);
  if (!w) {
    wire_free(inner);
    err_set(err, ERR_MEMORY, "no memory for the wire");
    return NULL;
  }
  w->ops = shift_ops;
  w->ops.name = inner->ops->name;
  w->wire.ops = &w->ops;
  w->inner = inner;
  return &w->wire;
}

struct wire *wire_shift_inner(struct wire *wire)
{
  return wire->ops->free == shift_free ? self(wire)->inner : wire;
}
