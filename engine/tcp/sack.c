/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SACK blocks of what we send (RFC 2018 4): what has come past a gap, the block that the last segment
   changed first, four at most or three beside timestamps. What came twice is told before them, once (RFC
   2883), where the profile does that.

   The blocks are those of the ranges held (tcb.held[]), in the order in which they were touched; a FIN past a
   gap has a number like an octet. One that is forgotten because four are newer stays forgotten, as in Linux.
 */
#include "engine/segment/option.h"
#include "engine/tcp/machine.h"

#include <string.h>

static bool touches(const struct seq_range *a, seq_t left, seq_t right)
{
  return seq_le(left, a->right) && seq_le(a->left, right);
}

static void widen(struct seq_range *a, seq_t left, seq_t right)
{
  a->left = seq_min(a->left, left);
  a->right = seq_max(a->right, right);
}

static void drop(struct tcp_sack *k, unsigned i)
{
  k->count--;
  memmove(&k->block[i], &k->block[i + 1], (k->count - i) * sizeof k->block[0]);
}

/* What is held, in order, a FIN among it. */
unsigned sack_ranges(const struct tcb *t, struct seq_range *to)
{
  unsigned n = 0;
  bool fin = t->held_fin;
  for (unsigned i = 0; i < t->held_count; i++) {
    if (fin && seq_lt(t->held_fin_seq, t->held[i].left)) {
      to[n++] = (struct seq_range){t->held_fin_seq, t->held_fin_seq + 1};
      fin = false;
    }
    to[n] = t->held[i];
    if (fin && touches(&to[n], t->held_fin_seq, t->held_fin_seq + 1)) {
      widen(&to[n], t->held_fin_seq, t->held_fin_seq + 1);
      fin = false;
    }
    n++;
  }
  if (fin) to[n++] = (struct seq_range){t->held_fin_seq, t->held_fin_seq + 1};
  return n;
}

/* -- what changes -- */
void sack_hold(struct tcb *t, seq_t left, seq_t right)
{
  struct tcp_sack *k = &t->sack;
  struct seq_range newest = {left, right};
  unsigned i = 0;
  while (i < k->count && !touches(&k->block[i], left, right)) i++;
  if (i < k->count) {
    newest = k->block[i];
    widen(&newest, left, right);
    drop(k, i);
  }
  if (k->count == TCP_SACK_BLOCKS) k->count--;
  memmove(&k->block[1], &k->block[0], k->count * sizeof k->block[0]);
  k->block[0] = newest;
  k->count++;
  for (i = 1; i < k->count;) {
    if (!touches(&k->block[0], k->block[i].left, k->block[i].right)) {
      i++;
      continue;
    }
    widen(&k->block[0], k->block[i].left, k->block[i].right);
    drop(k, i);
  }
}

void sack_advance(struct tcb *t)
{
  struct tcp_sack *k = &t->sack;
  if (t->held_count == 0 && !t->held_fin) k->count = 0;
  for (unsigned i = 0; i < k->count;)
    if (seq_ge(t->rcv.nxt, k->block[i].left))
      drop(k, i);
    else
      i++;
}

void sack_forget(struct tcb *t)
{
  t->sack.count = 0;
  t->sack.twice = false;
}

void sack_twice(struct tcb *t, seq_t left, seq_t right)
{
  if (!t->profile->dsack || !t->sack_ok || t->manual) return;
  t->sack.twice = true;
  t->sack.joined = false;
  t->sack.again = (struct seq_range){left, right};
}

void sack_came_before(const struct tcp_step *s)
{
  const struct segment *g = s->segment;
  seq_t nxt = s->tcb->rcv.nxt;
  if (seq_lt(g->seq, nxt)) sack_twice(s->tcb, g->seq, seq_min(g->seq + segment_len(g), nxt));
}

void sack_twice_also(struct tcb *t, seq_t left, seq_t right)
{
  if (!t->sack.twice)
    sack_twice(t, left, right);
  else if (touches(&t->sack.again, left, right))
    widen(&t->sack.again, left, right);
}

/* -- what is told -- */
unsigned sack_blocks(const struct tcb *t)
{
  unsigned n = t->sack.count + t->sack.twice, most = t->ts.on ? 3 : 4;
  return !t->sack_ok || t->manual ? 0 : n < most ? n : most;
}

static void put32(uint8_t *to, uint32_t v)
{
  for (int i = 0; i < 4; i++) to[i] = (uint8_t)(v >> (24 - 8 * i));
}

unsigned sack_write(const struct tcb *t, uint8_t *to)
{
  unsigned n = sack_blocks(t), twice = t->sack.twice;
  if (n == 0) return 0;
  to[0] = to[1] = OPTION_NOP;
  to[2] = OPTION_SACK;
  to[3] = (uint8_t)(2 + 8 * n);
  for (unsigned i = 0; i < n; i++) {
    const struct seq_range *r = twice && i == 0 ? &t->sack.again : &t->sack.block[i - twice];
    put32(to + 4 + 8 * i, r->left);
    put32(to + 8 + 8 * i, r->right);
  }
  return 4 + 8 * n;
}

void sack_told(struct tcb *t) { t->sack.told = sack_blocks(t) > 0; }

/* What has been told was so in all segments of the last packet. */
void sack_next_packet(struct tcb *t)
{
  if (t->sack.told) t->sack.twice = false;
  t->sack.told = false;
}
