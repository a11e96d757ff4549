/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SYN cookies as Linux has them (RFC 4987 3.6). What a listener need not remember is in the ISN of its
   SYN,ACK: a secret number of the pair of sockets and the minute, plus the SYN's number, plus which of four
   sizes the MSS was. So an ACK is the cookie's when SEG.ACK - SEG.SEQ is right; the two may be off together.
   Window scale and SACK are in the low bits of the timestamp that the SYN,ACK carries, if it carries one, and
   come back as its echo.

   Who owns the TCB knows the secret; here it is the distance from SEQ to ACK, which a shadow learns from the
   SYN,ACK. */
#include "engine/tcp/machine.h"

enum { OPTIONS = 31, NO_SCALE = 15, SACK = 16, ECN = 32, STAMPED = 64 };
#define MINUTE (60 * USEC_S)

static const uint16_t sizes[] = {536, 1300, 1440, 1460};
#define SIZES (sizeof sizes / sizeof sizes[0])

static uint32_t size_place(const struct tcb *t)
{
  uint32_t place = SIZES - 1, mss = t->theirs.mss ? t->theirs.mss : t->profile->mss_default;
  while (place > 0 && sizes[place] > mss) place--;
  return place;
}

static uint32_t options_in(const struct tcb *t)
{
  const struct tcp_offer *o = &t->theirs;
  return (o->wscale ? o->shift : NO_SCALE) | (o->sack ? SACK : 0u) | (t->ecn ? ECN : 0u);
}

/* -- conditions -- */
bool cookie_asked(const struct tcp_step *s)
{
  return s->profile->syn_cookies == 2 || (s->profile->syn_cookies == 1 && s->tcb->syns_full);
}
bool syns_too_many(const struct tcp_step *s) { return s->profile->syn_cookies == 0 && s->tcb->syns_full; }
bool syns_for_the_known(const struct tcp_step *s)
{
  return s->profile->syn_cookies == 0 && s->tcb->syns_many;
}

/* The secret changes every minute, and the last one is still good. */
bool cookie_comes_back(const struct tcp_step *s)
{
  const struct tcp_cookie *c = &s->tcb->cookie;
  return s->profile->syn_cookies > 0 && c->known && s->now / MINUTE - c->since / MINUTE < 2 &&
         s->ack - s->seq - c->apart < SIZES;
}

/* -- what is done -- */
/* Where no timestamp can carry them, options are as if they had not been offered. */
void answer_syn_cookie(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  struct tcp_cookie *c = &t->cookie;
  if (!s->has_ts) s->offer.wscale = s->offer.sack = false;
  t->theirs = s->offer;
  if (c->known && !t->shadow) t->iss = s->seq + c->apart + size_place(t);
  if (t->shadow) t->iss_known = false;
  answer_syn(s);
  c->known = !t->shadow; /* a shadow will see it */
  c->apart = t->iss - t->irs - size_place(t);
  c->since = s->now;
  c->ts = (uint32_t)(s->now / USEC_MS) & ~(STAMPED - 1u);
  t->ecn = t->ecn && s->has_ts;
  if (t->ecn == false) s->verdict->emit[s->verdict->emit_count - 1].flags &= (uint8_t)~ECE;
  uint32_t options = options_in(t);
  if (c->ts + options > (uint32_t)(s->now / USEC_MS))
    c->ts -= STAMPED; /* it must not be ahead of the clock */
  options_stamp(&s->verdict->emit[s->verdict->emit_count - 1], c->ts + options + t->ts.offset);
}

void cookie_seen(struct tcb *t, const struct tcp_step *syn_ack)
{
  t->cookie.known = true;
  t->cookie.apart = t->iss - t->irs - size_place(t);
  if (syn_ack->offer.wscale) t->cookie.shift = syn_ack->offer.shift;
  if (syn_ack->has_ts) t->cookie.ts = syn_ack->ts_val - options_in(t);
}

/* What the SYN offered, as far as its ACK tells. */
static void remember_offer(struct tcp_step *s)
{
  const struct tcp_cookie *c = &s->tcb->cookie;
  struct tcp_offer *o = &s->offer;
  *o = (struct tcp_offer){.known = true, .mss = sizes[s->ack - s->seq - c->apart]};
  if (!s->has_ts) return;
  uint32_t options = s->ts_ecr ? (s->ts_ecr - c->ts) & OPTIONS : 0;
  o->ts = true;
  o->shift = options & NO_SCALE;
  o->wscale = o->shift != NO_SCALE;
  o->sack = (options & SACK) != 0;
}

/* The echo tells when the SYN,ACK left, but for the time that the options in it take; nothing else does. */
static void measure_echo(struct tcp_step *s)
{
  const struct tcp_cookie *c = &s->tcb->cookie;
  if (!s->has_ts || !s->ts_ecr) return;
  usec_t rtt = s->now - c->since + (int32_t)(c->ts + STAMPED - s->ts_ecr) * USEC_MS;
  if (rtt >= 0 && rtt < INT32_MAX / 1000 * USEC_MS) timer_rto_sample(s->tcb, rtt);
}

/* A connection made from nothing but this ACK, which is then looked at like any other. */
void take_cookie(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  remember_offer(s);
  tcb_delete(t);
  t->passive = t->iss_known = true;
  t->iss = s->ack - 1;
  tcb_open(t);
  if (t->cookie.shift) t->ours.shift = t->cookie.shift;
  t->snd.nxt = s->ack;
  s->seq--;
  tcb_receive_syn(s);
  s->seq++;
  s->wnd = (uint32_t)s->segment->win << t->snd.wscale;
  linux_window_open(t, t->theirs.mss); /* Linux makes it a multiple of that MSS, whatever it had told */
  measure_echo(s);
  establish(s);
}
