/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options the machine itself understands: MSS, window scale, SACK permitted, timestamps (RFC 9293 3.2,
   RFC 7323, RFC 2018). */
#include "engine/segment/option.h"
#include "engine/tcp/machine.h"

#include <string.h>

/* Linux, told not to use timestamps, still reads those of a connection that has agreed to them. */
static bool reads_timestamps(const struct tcp_step *s)
{
  bool agreed = s->tcb->ts.on && full_socket(s) && s->tcb->state != STATE_TIME_WAIT;
  return !s->profile->manner->stamps_agreed || s->profile->timestamps || agreed;
}

/* RFC 7413 4.1.1: no cookie, or 4 to 16 octets. Other even lengths count as if nothing had come, and undo
   what did; odd ones are not looked at. */
static void read_fast_open(struct tcp_step *s, const struct option *o)
{
  unsigned head = o->kind == OPTION_FASTOPEN ? 2 : 4, len = o->len - head;
  if (o->kind == OPTION_EXPERIMENT &&
      (o->len < 4 || (o->octet[2] << 8 | o->octet[3]) != (int)OPTION_FASTOPEN_EXID))
    return;
  if (!(s->flags & SYN) || len % 2 != 0) return;
  s->fast.on = len == 0 || (len >= 4 && len <= TCP_FAST_COOKIE_MAX);
  s->fast.experimental = o->kind == OPTION_EXPERIMENT;
  s->fast.len = (uint8_t)len;
  s->fast.cookie = o->octet + head;
}

void options_read(struct tcp_step *s)
{
  struct option o;
  size_t at = 0;
  while (option_next(s->segment, &at, &o, NULL)) {
    if (o.kind == OPTION_FASTOPEN || o.kind == OPTION_EXPERIMENT) read_fast_open(s, &o);
    if (!o.well_formed) continue;
    switch (o.kind) {
    case OPTION_MSS:
      s->offer.mss = o.mss;
      break;
    case OPTION_WSCALE:
      s->offer.wscale = true;
      s->offer.shift = o.wscale > 14 ? 14 : o.wscale; /* RFC 7323 2.3 */
      break;
    case OPTION_SACKOK:
      s->offer.sack = true;
      break;
    case OPTION_TS:
      if (!reads_timestamps(s)) break;
      s->has_ts = s->offer.ts = true;
      s->ts_val = o.ts_val;
      s->ts_ecr = o.ts_ecr;
      break;
    default:
      break;
    }
  }
}

static void put(struct tcp_emit *e, const uint8_t *octets, size_t n)
{
  if (e->options_len + n > SEGMENT_OPTIONS_MAX) return;
  memcpy(e->options + e->options_len, octets, n);
  e->options_len = (uint8_t)(e->options_len + n);
}

static void put32(uint8_t *to, uint32_t v)
{
  for (int i = 0; i < 4; i++) to[i] = (uint8_t)(v >> (24 - 8 * i));
}

static void put_ts(const struct tcb *t, struct tcp_emit *e, usec_t now)
{
  uint8_t o[12] = {OPTION_NOP, OPTION_NOP, OPTION_TS, 10};
  put32(o + 4, (uint32_t)(now / USEC_MS) + t->ts.offset);
  put32(o + 8, (e->flags & ACK) ? t->ts.recent : 0);
  put(e, o, sizeof o);
}

/* A SYN,ACK answers only what the SYN offered (RFC 7323 2.2, 3.2; RFC 2018 2). Where both SYNs crossed, Linux
   sends what it offered itself. In its SYNs SACK permitted stands in the place of the timestamps' two NOPs.
 */
static void put_syn(const struct tcb *t, struct tcp_emit *e, usec_t now)
{
  bool in_stamp = t->profile->manner->sack_in_stamp;
  bool answer = (e->flags & ACK) != 0 && !(t->profile->manner->crossing_is_first && t->crossed);
  bool sack = t->ours.sack && (!answer || t->theirs.sack), ts = t->ours.ts && (!answer || t->theirs.ts);
  uint8_t mss[4] = {OPTION_MSS, 4, (uint8_t)(t->ours.mss >> 8), (uint8_t)t->ours.mss};
  if (t->ours.mss) put(e, mss, sizeof mss);
  if (sack && !(ts && in_stamp)) put(e, (const uint8_t[]){OPTION_NOP, OPTION_NOP, OPTION_SACKOK, 2}, 4);
  unsigned at = e->options_len;
  if (ts) put_ts(t, e, now);
  if (sack && ts && in_stamp) memcpy(e->options + at, (const uint8_t[]){OPTION_SACKOK, 2}, 2);
  if (t->ours.wscale && (!answer || t->theirs.wscale))
    put(e, (const uint8_t[]){OPTION_NOP, OPTION_WSCALE, 3, t->ours.shift}, 4);
}

static void put_sack(const struct tcb *t, struct tcp_emit *e)
{
  uint8_t blocks[SEGMENT_OPTIONS_MAX];
  put(e, blocks, sack_write(t, blocks));
}

/* A record of Linux's has no blocks, and no timestamp of theirs that was 0. */
void options_write(const struct tcb *t, struct tcp_emit *e, bool record, usec_t now)
{
  e->options_len = 0;
  if (e->flags & RST) return;
  if (e->flags & SYN) {
    put_syn(t, e, now);
    return;
  }
  if (t->ts.on && !(record && t->ts.recent == 0)) put_ts(t, e, now);
  if (!record) put_sack(t, e);
}

static unsigned stamp_at(const uint8_t *o, unsigned len)
{
  unsigned at = 0;
  while (at + 10 <= len && o[at] != OPTION_TS) at += o[at] == OPTION_NOP || o[at + 1] == 0 ? 1 : o[at + 1];
  return at + 10 <= len ? at + 2 : 0;
}

bool options_tsval(const uint8_t *o, unsigned len, uint32_t *ts_val)
{
  unsigned at = stamp_at(o, len);
  if (at == 0) return false;
  *ts_val = (uint32_t)o[at] << 24 | (uint32_t)o[at + 1] << 16 | (uint32_t)o[at + 2] << 8 | o[at + 3];
  return true;
}

void options_stamp(struct tcp_emit *e, uint32_t ts_val)
{
  unsigned at = stamp_at(e->options, e->options_len);
  if (at > 0) put32(e->options + at, ts_val);
}

void options_put_cookie(struct tcp_emit *e, const struct tcp_step *s)
{
  const struct tcp_fast_open *f = &s->tcb->fast;
  uint8_t o[4 + TCP_FAST_COOKIE_MAX + 3];
  size_t n = 0;
  e->cookie_behind = f->cookie_len == 0;
  if (e->cookie_behind) return;
  o[n++] = s->fast.experimental ? OPTION_EXPERIMENT : OPTION_FASTOPEN;
  o[n++] = (uint8_t)(f->cookie_len + (s->fast.experimental ? 4 : 2));
  if (s->fast.experimental) {
    o[n++] = OPTION_FASTOPEN_EXID >> 8;
    o[n++] = OPTION_FASTOPEN_EXID & 0xff;
  }
  memcpy(o + n, f->cookie, f->cookie_len);
  n += f->cookie_len;
  while (n % 4) o[n++] = OPTION_NOP;
  put(e, o, n);
}

void options_settle(struct tcb *t)
{
  if (!t->ours.known || !t->theirs.known) return;
  t->ts.on = t->ours.ts && t->theirs.ts;
  t->sack_ok = t->ours.sack && t->theirs.sack;
  bool scaled = t->ours.wscale && t->theirs.wscale;
  bool anyway = t->profile->manner->crossing_is_first && t->crossed && t->ours.wscale; /* agreed or not */
  t->snd.wscale = scaled ? t->theirs.shift : 0;
  t->rcv.wscale = scaled || anyway ? t->ours.shift : 0;
}
