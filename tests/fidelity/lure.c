/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fidelity/lure.h"

#include "engine/segment/option.h"

#define IN(s) (1u << STATE_##s)
#define SYNCHRONIZED (~(IN(CLOSED) | IN(LISTEN) | IN(SYN_SENT)))

static uint32_t below(struct trial *t, uint32_t n) { return rng_below(&t->rng, n); }

/* A list that breaks where a signature (RFC 2385) could still follow, on a segment that would do otherwise.
 */
static void break_options(struct trial *t, struct segment *s)
{
  static const uint8_t list[] = {2, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  (void)t;
  s->options_len = 0;
  option_put_octets(s, list, sizeof list);
}

/* A request for a Fast Open cookie, the cookie, or what is near it, in its form or in the older one. */
static void bring_fast_open(struct trial *t, struct segment *s)
{
  const struct tcp_fast_open *f = &t->ground->cookie;
  uint8_t body[2 + TCP_FAST_COOKIE_MAX] = {OPTION_FASTOPEN_EXID >> 8, OPTION_FASTOPEN_EXID & 0xff};
  bool older = trial_one_in(t, 4);
  unsigned head = older ? 2 : 0, len = f->cookie_len;

  for (unsigned i = 0; i < f->cookie_len; i++) body[head + i] = f->cookie[i];
  switch (below(t, 6)) {
  case 0:
    body[below(t, head + len)] ^= 1;
    break;
  case 1:
    len = below(t, TCP_FAST_COOKIE_MAX + 1);
    break;
  case 2:
    len = 0;
    break;
  default:
    break;
  }
  s->flags = trial_one_in(t, 5) ? SYN | (uint8_t)below(t, 64) : SYN;
  s->data_len = trial_one_in(t, 3) ? 0 : 1 + below(t, 300);
  if (s->options_len > 16) s->options_len = 0;
  option_put(s, older ? OPTION_EXPERIMENT : OPTION_FASTOPEN, body, head + len);
}

/* A cookie and what is near it: the numbers off together, the acknowledgment off alone. */
static void bring_cookie(struct trial *t, struct segment *s)
{
  static const uint8_t usual[] = {ACK, ACK, ACK | PSH, FIN | ACK, ACK | URG, SYN | ACK, RST | ACK};
  const struct tcb *c = &t->tcb;

  if (!c->cookie.known) {
    bring_fast_open(t, s);
    return;
  }
  if (trial_one_in(t, 2)) s->flags = usual[below(t, sizeof usual)];
  s->seq = c->irs + 1 +
           (trial_one_in(t, 2)   ? 0
            : trial_one_in(t, 2) ? below(t, 5) - 2
                                 : below(t, UINT32_MAX));
  s->ack = s->seq + c->iss - c->irs + (trial_one_in(t, 2) ? 0 : below(t, 9) - 4);
}

static void call_again_fast(struct trial *t, struct segment *s)
{
  bring_fast_open(t, s);
  s->seq = t->tcb.rcv.nxt + 1 + below(t, 100000);
}

static void repeat_syn(struct trial *t, struct segment *s)
{
  s->flags = trial_one_in(t, 3) ? SYN | ACK : SYN;
  s->seq = t->tcb.irs;
  s->ack = t->tcb.snd.nxt;
  s->data_len = trial_one_in(t, 3) ? 1 + below(t, 20) : 0;
}

/* An echo of what the kernel never sent, on a segment that is right otherwise. */
static void echo_wrong(struct trial *t, struct segment *s)
{
  static const uint8_t some[] = {ACK, ACK, RST | ACK, RST, FIN | ACK, SYN | ACK};
  uint32_t val = t->tcb.ts.on ? t->tcb.ts.recent : t->you.ts_val;

  s->flags = some[below(t, sizeof some)];
  s->seq = t->tcb.irs_known ? t->tcb.rcv.nxt : t->you.iss;
  s->ack = t->tcb.snd.nxt;
  s->data_len = 0;
  s->options_len = 0;
  trial_put_ts(s, val, t->you.peer_ts - 1000 - below(t, 1u << 30));
}

static void call_again(struct trial *t, struct segment *s)
{
  s->flags = trial_one_in(t, 5) ? SYN | FIN : SYN;
  s->seq = t->tcb.rcv.nxt + 1 + below(t, 100000);
}

static void reset_at_held(struct trial *t, struct segment *s)
{
  const struct tcb *c = &t->tcb;

  s->flags = trial_one_in(t, 2) ? RST : RST | ACK;
  s->seq = c->held_count ? c->held[below(t, c->held_count)].right
           : c->held_fin ? c->held_fin_seq
                         : c->rcv.nxt;
  s->seq += c->held_fin && trial_one_in(t, 2);
}

/* Exactly the header that is expected next, but for an acknowledgment that is old. */
static void acknowledge_old(struct trial *t, struct segment *s)
{
  const struct tcb *c = &t->tcb;

  *s = (struct segment){.flags = ACK, .seq = c->rcv.nxt, .win = t->you.win};
  s->data_len = trial_one_in(t, 2) ? 0 : 1 + below(t, t->climate == CLIMATE_LATE ? 12 : 200);
  s->ack = c->snd.una - 1 - (trial_one_in(t, 2) ? 0 : below(t, 1u << 20));
  if (c->ts.on) trial_put_ts(s, c->ts.recent + below(t, 3), 0);
}

/* Old text to the last octet, and a FIN behind it. */
static void finish_old(struct trial *t, struct segment *s)
{
  s->flags = FIN | ACK;
  s->data_len = 1 + below(t, 12);
  s->seq = t->tcb.rcv.nxt - (seq_t)s->data_len;
  s->ack = t->tcb.snd.nxt;
}

/* A SACK block of what was never sent: an ACK like any other. What true ones make the kernel repeat, and
   when, its clock decides. */
static void select_nothing(struct trial *t, struct segment *s)
{
  const struct tcb *c = &t->tcb;
  struct sack_block beyond = {c->snd.nxt + 10, c->snd.nxt + 20 + below(t, 100)};

  if (!c->sack_ok) return;
  *s = (struct segment){.flags = ACK, .seq = c->rcv.nxt, .ack = c->snd.una, .win = t->you.win};
  if (c->ts.on) trial_put_ts(s, c->ts.recent, 0);
  option_put_sack(s, &beyond, 1);
}

void lure(struct trial *t, struct segment *s)
{
  static const struct {
    unsigned states;
    void (*make)(struct trial *, struct segment *);
  } lures[] = {
      {~0u, break_options},
      {IN(LISTEN), bring_cookie},
      {IN(LISTEN), bring_cookie},
      {IN(LISTEN), bring_cookie},
      {IN(LISTEN), bring_fast_open},
      {IN(SYN_SENT) | IN(SYN_RECEIVED), echo_wrong},
      {IN(SYN_RECEIVED) | IN(FIN_WAIT_1), repeat_syn},
      {IN(ESTABLISHED), acknowledge_old},
      {IN(ESTABLISHED), select_nothing},
      {IN(TIME_WAIT), call_again},
      {IN(TIME_WAIT), call_again_fast},
      {SYNCHRONIZED, reset_at_held},
      {SYNCHRONIZED, finish_old},
  };
  enum { LURES = sizeof lures / sizeof lures[0] };
  unsigned fit[LURES], count = 0;

  for (unsigned i = 0; i < LURES; i++)
    if (lures[i].states >> t->tcb.state & 1) fit[count++] = i;
  lures[fit[below(t, count)]].make(t, s);
}
