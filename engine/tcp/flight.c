/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is under way, counted in segments as Linux does. It hands several segments over at once, as one
   packet, and what is left of a packet is counted anew when the front of it is acknowledged; a packet of one
   segment counts until all of it is. How long the segments are is the same for all. */
#include "engine/tcp/machine.h"

static uint32_t bit(unsigned packet) { return (uint32_t)1 << packet; }

void flight_sent(struct tcb *t, seq_t end, usec_t now)
{
  struct tcp_flight *f = &t->flight;
  bool joins = f->count > 0 && (f->joins || f->count == TCP_PACKETS_MAX);
  if (f->count == 0) f->begin = fast_open_left(t);
  if (!joins) {
    f->sent[f->count] = (uint32_t)now;
    f->again &= ~bit(f->count);
    f->count++;
  }
  f->end[f->count - 1] = end;
}

void flight_again(struct tcb *t, seq_t from, seq_t end, usec_t now)
{
  struct tcp_flight *f = &t->flight;
  for (unsigned i = 0; i < f->count; i++) {
    seq_t begin = i ? f->end[i - 1] : t->snd.una;
    if (seq_ge(begin, end) || seq_le(f->end[i], from)) continue;
    f->sent[i] = (uint32_t)now;
    f->again |= bit(i);
  }
}

/* Octets of text; a FIN adds none. */
static uint32_t octets(const struct tcb *t, seq_t from, seq_t to)
{
  bool fin = t->fin_sent && seq_gt(to, t->fin_seq);
  return to - from - fin;
}

void flight_trim(struct tcb *t)
{
  struct tcp_flight *f = &t->flight;
  unsigned gone = 0;
  while (gone < f->count && seq_le(f->end[gone], t->snd.una)) gone++;
  if (gone > 0) f->begin = f->end[gone - 1];
  f->count = (uint8_t)(f->count - gone);
  for (unsigned i = 0; i < f->count; i++) {
    f->end[i] = f->end[i + gone];
    f->sent[i] = f->sent[i + gone];
  }
  f->again = gone < TCP_PACKETS_MAX ? f->again >> gone : 0;
  while (f->count > 1 && seq_ge(f->end[f->count - 2], t->snd.nxt)) f->count--;
  if (f->count > 0 && seq_gt(f->end[f->count - 1], t->snd.nxt)) f->end[f->count - 1] = t->snd.nxt;
  /* What is left of several segments is cut free; of one it stays. */
  if (f->count == 0 || octets(t, f->begin, f->end[0]) > output_full_segment(t)) f->begin = fast_open_left(t);
}

uint32_t flight_segments(const struct tcb *t)
{
  const struct tcp_flight *f = &t->flight;
  uint32_t full = output_full_segment(t), n = 0;
  seq_t from = fast_open_left(t);
  for (unsigned i = 0; i < f->count && full > 0; i++) {
    uint32_t len = octets(t, from, f->end[i]);
    n += len > full ? (len + full - 1) / full : 1;
    from = f->end[i];
  }
  return n;
}

usec_t flight_round_trip(const struct tcb *t, seq_t ack, usec_t now)
{
  const struct tcp_flight *f = &t->flight;
  const uint32_t full = output_full_segment(t);
  usec_t rtt = -1;
  for (unsigned i = 0; i < f->count; i++) {
    seq_t from = i ? f->end[i - 1] : t->snd.una;
    bool whole = seq_le(f->end[i], ack);
    /* Of a packet of several segments one at least. */
    if (!whole &&
        (seq_le(ack, from) || full == 0 ||
         (octets(t, from, f->end[i]) + full - 1) / full == (octets(t, ack, f->end[i]) + full - 1) / full))
      break;
    if (f->again & bit(i)) return -1;
    if (rtt < 0) rtt = (uint32_t)now - f->sent[i];
    if (!whole) break;
  }
  return rtt;
}

static unsigned packet_at(const struct tcp_flight *f, seq_t from)
{
  unsigned i = 0;
  while (i < f->count && seq_le(f->end[i], from)) i++;
  return i;
}

void flight_cut(struct tcb *t, seq_t from, uint32_t room)
{
  struct tcp_flight *f = &t->flight;
  unsigned i = packet_at(f, from);
  if (i == f->count || f->count == TCP_PACKETS_MAX || octets(t, from, f->end[i]) <= room) return;
  for (unsigned k = f->count++; k > i; k--) {
    f->end[k] = f->end[k - 1];
    f->sent[k] = f->sent[k - 1];
  }
  f->end[i] = from + room;
  const uint32_t before = f->again & (bit(i) - 1), behind = f->again >> i;
  f->again = before | (behind & 1) << i | behind << (i + 1);
}

uint32_t flight_packet(const struct tcb *t, seq_t from)
{
  unsigned i = packet_at(&t->flight, from);
  return octets(t, from, i < t->flight.count ? t->flight.end[i] : t->snd.nxt);
}

bool flight_has_fin(const struct tcb *t, seq_t from)
{
  unsigned i = packet_at(&t->flight, from);
  return t->fin_sent && (i == t->flight.count || seq_gt(t->flight.end[i], t->fin_seq));
}

uint32_t flight_join(struct tcb *t, seq_t from, uint32_t room)
{
  struct tcp_flight *f = &t->flight;
  unsigned i = packet_at(f, from), joined = 0;
  while (i + joined + 1 < f->count && octets(t, from, f->end[i + joined + 1]) <= room) joined++;
  f->count = (uint8_t)(f->count - joined);
  for (unsigned k = i; joined > 0 && k < f->count; k++) {
    f->end[k] = f->end[k + joined];
    if (k > i) f->sent[k] = f->sent[k + joined];
  }
  for (; joined > 0; joined--) {
    const uint32_t one = (f->again >> i | f->again >> (i + 1)) & 1, behind = f->again >> i >> 2;
    f->again = (f->again & (bit(i) - 1)) | one << i | (i < TCP_PACKETS_MAX - 1 ? behind << (i + 1) : 0);
  }
  return flight_packet(t, from);
}
