/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options the machine itself understands: MSS, window scale, SACK permitted, timestamps (RFC 9293 3.2,
   RFC 7323, RFC 2018). */
#include "engine/segment/option.h"
#include "engine/tcp/machine.h"

#include <string.h>

/* Linux, told not to use timestamps, still reads those of a connection that has agreed to them. */
static bool reads_timestamps(const struct tcp_step *s)
{
  bool linux_rows = (s->profile->rows & PROFILE_LINUX) != 0;
  bool agreed = s->tcb->ts.on && full_socket(s) && s->tcb->state != STATE_TIME_WAIT;
  return !linux_rows || s->profile->timestamps || agreed;
}

void options_read(struct tcp_step *s)
{
  struct option o;
  size_t at = 0;
  while (option_next(s->segment, &at, &o, NULL)) {
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

/* A SYN,ACK answers only what the SYN offered (RFC 7323 2.2, 3.2; RFC 2018 2). */
static void put_syn(const struct tcb *t, struct tcp_emit *e, usec_t now)
{
  bool answer = (e->flags & ACK) != 0;
  uint8_t mss[4] = {OPTION_MSS, 4, (uint8_t)(t->ours.mss >> 8), (uint8_t)t->ours.mss};
  if (t->ours.mss) put(e, mss, sizeof mss);
  if (t->ours.sack && (!answer || t->theirs.sack))
    put(e, (const uint8_t[]){OPTION_NOP, OPTION_NOP, OPTION_SACKOK, 2}, 4);
  if (t->ours.ts && (!answer || t->theirs.ts)) put_ts(t, e, now);
  if (t->ours.wscale && (!answer || t->theirs.wscale))
    put(e, (const uint8_t[]){OPTION_NOP, OPTION_WSCALE, 3, t->ours.shift}, 4);
}

void options_write(const struct tcb *t, struct tcp_emit *e, usec_t now)
{
  e->options_len = 0;
  if (e->flags & RST) return;
  if (e->flags & SYN)
    put_syn(t, e, now);
  else if (t->ts.on)
    put_ts(t, e, now);
}

void options_stamp(struct tcp_emit *e, uint32_t ts_val)
{
  for (unsigned at = 0; at + 10 <= e->options_len;
       at += e->options[at] == OPTION_NOP ? 1 : e->options[at + 1])
    if (e->options[at] == OPTION_TS) put32(e->options + at + 2, ts_val);
}

void options_settle(struct tcb *t)
{
  if (!t->ours.known || !t->theirs.known) return;
  t->ts.on = t->ours.ts && t->theirs.ts;
  t->sack_ok = t->ours.sack && t->theirs.sack;
  bool scaled = t->ours.wscale && t->theirs.wscale;
  t->snd.wscale = scaled ? t->theirs.shift : 0;
  t->rcv.wscale = scaled ? t->ours.shift : 0;
}
