/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reverse question: what a segment means, coming from the TCP that holds a TCB; what that TCP would send
   next; and what its segments tell that was not known before. The rows are in rules_intent.def. */
#include "engine/tcp/machine.h"

static const char *const intent_texts[] = {
    [INTENT_NONE] = "no conforming TCP would send it here",
    [INTENT_OPEN] = "active OPEN",
    [INTENT_SEND] = "SEND",
    [INTENT_CLOSE] = "CLOSE",
    [INTENT_ABORT] = "ABORT",
    [INTENT_ACK] = "acknowledgment",
    [INTENT_RETRANSMIT] = "retransmission",
    [INTENT_PROBE] = "probe",
    [INTENT_RESET] = "RST owed",
};

const char *tcp_intent_text(enum tcp_intent i)
{
  return i < sizeof intent_texts / sizeof intent_texts[0] ? intent_texts[i] : "?";
}

static bool pays(const struct tcb *t, const struct tcp_debt *d, const struct segment *g)
{
  if (d->flags & RST) return (g->flags & RST) && g->seq == d->seq;
  if (g->flags & RST) return false;
  if (d->flags & SYN) return (g->flags & (SYN | ACK)) == (d->flags & (SYN | ACK));
  if (d->len || (d->flags & FIN)) return seq_le(g->seq, d->seq) && seq_gt(g->seq + segment_len(g), d->seq);
  return (g->flags & ACK) && g->ack == t->rcv.nxt;
}

static void pay(struct tcb *t, const struct segment *g)
{
  unsigned kept = 0;
  for (unsigned i = 0; i < t->debt_count; i++)
    if (!pays(t, &t->debt[i], g)) t->debt[kept++] = t->debt[i];
  t->debt_count = kept;
}

/* What a segment tells of our own end: the window it announces, what it acknowledges. */
static void note_sent(struct tcb *t, const struct segment *g)
{
  if (g->flags & RST) return;
  uint32_t wnd = (g->flags & SYN) ? g->win : (uint32_t)g->win << t->rcv.wscale;
  bool behind = (g->flags & ACK) && seq_lt(g->ack, t->rcv.nxt);
  uint32_t passed = behind ? t->rcv.nxt - g->ack : 0;
  wnd = wnd > passed ? wnd - passed : 0;
  /* A kernel never takes back a right edge it has announced; scaling only makes it look so, or a SYN,ACK that
     is repeated when text has gone out already. */
  bool first = (g->flags & SYN) && !t->fast.taken;
  if (!t->shadow || wnd > t->rcv.wnd || first) t->rcv.wnd = wnd;
  if (t->shadow && passed == 0) t->window.told = t->rcv.wnd;
  if ((g->flags & ACK) && seq_ge(g->ack, t->rcv.last_ack) && seq_le(g->ack, t->rcv.nxt))
    t->rcv.last_ack = g->ack;
}

static void note_timestamp(const struct tcp_step *s, enum tcp_intent intent)
{
  struct tcb *t = s->tcb;
  if (!t->shadow)
    t->ts.offset = s->ts_val - (uint32_t)(s->now / USEC_MS); /* a shadow's owner stamped it earlier */
  if (!(s->flags & SYN)) return;
  t->ts.last = s->ts_val;
  if (intent != INTENT_RETRANSMIT) t->ts.first = s->ts_val;
}

static void begin(struct tcp_step *s, struct tcb *t, const struct segment *g, usec_t now,
                  struct tcp_verdict *v)
{
  *s = (struct tcp_step){.tcb = t,
                         .profile = t->profile,
                         .now = now,
                         .verdict = v,
                         .segment = g,
                         .seq = g->seq,
                         .ack = g->ack,
                         .len = (uint32_t)g->data_len,
                         .wnd = g->win,
                         .flags = g->flags};
  v->from = v->to = t->state;
  v->fired_count = v->emit_count = 0;
  v->signals = v->delivered = v->acked = 0;
  v->counted = false;
  if (g->options_len) options_read(s);
}

enum tcp_intent tcp_sends(struct tcb *t, const struct segment *g, usec_t now, struct tcp_verdict *v)
{
  struct tcp_step s;
  begin(&s, t, g, now, v);
  machine_walk(&s, PROCEDURE_INTENT, 0);
  if (v->fired_count == 0) return INTENT_NONE;
  enum tcp_intent intent = (enum tcp_intent)v->fired[v->fired_count - 1]->intent;
  if (intent == INTENT_NONE) return intent;
  if (t->state != STATE_CLOSED) note_sent(t, g);
  if (s.has_ts) note_timestamp(&s, intent);
  pay(t, g);
  timer_update(t, now);
  v->to = t->state;
  return intent;
}

static void shift_numbers(struct tcb *t, uint32_t by)
{
  t->iss += by;
  t->snd.una += by;
  t->snd.nxt += by;
  t->snd.up += by;
  t->snd.sml += by;
  for (unsigned i = 0; i < t->flight.count; i++) t->flight.end[i] += by;
  t->snd.wl2 += by;
  t->fin_seq += by;
  t->rtt.seq += by;
}

/* A stamp cannot be older than the event that asked for it, so the earliest is right. */
static void learn_offset(struct tcb *t, const struct tcp_emit *e, const struct segment *g)
{
  uint32_t predicted, seen;
  if (t->state == STATE_LISTEN || !options_tsval(e->options, e->options_len, &predicted) ||
      !options_tsval(g->options, g->options_len, &seen))
    return;
  uint32_t offset = seen - (predicted - e->ts_offset);
  if (t->ts.offset_known && (int32_t)(offset - t->ts.offset) >= 0) return;
  t->ts.offset = offset;
  t->ts.offset_known = true;
}

void tcp_bind(struct tcb *t, const struct tcp_emit *e, const struct segment *g)
{
  if (t->shadow) learn_offset(t, e, g);
  if ((e->wild & SEG_BIT(SEG_SEQ)) && !t->iss_known) {
    shift_numbers(t, g->seq - e->seq);
    t->iss_known = true;
  }
  if (g->flags & SYN) {
    struct tcp_verdict v;
    struct tcp_step s;
    begin(&s, t, g, 0, &v);
    t->ours = s.offer;
    t->ours.known = true;
    if (s.has_ts) t->ts.last = s.ts_val;
    if (s.has_ts && !e->retransmission) t->ts.first = s.ts_val;
    options_settle(t);
    if (t->state == STATE_LISTEN) cookie_seen(t, &s);
    fast_open_sent(t, e, &s);
  }
  if (e->retransmission && t->ts.on) {
    struct tcp_verdict v;
    struct tcp_step s;
    begin(&s, t, g, 0, &v);
    if (s.has_ts) loss_stamp(t, s.ts_val);
  }
  if (t->shadow) note_sent(t, g);
}

/* -- what would be sent -- */
static const struct tcp_debt *urgent_debt(const struct tcb *t)
{
  for (unsigned i = 0; i < t->debt_count; i++)
    if ((t->debt[i].flags & (SYN | FIN | RST)) || t->debt[i].len) return &t->debt[i];
  return NULL;
}

bool tcp_would_send(const struct tcb *t, usec_t now, struct tcp_emit *e)
{
  const struct tcp_debt *d = urgent_debt(t);
  if (!d && output_next(t, false, e)) {
    const struct tcp_rule *why =
        tcp_rule_find(e->flags & FIN ? "sent.close" : "sent.send", e->flags & FIN ? 10 : 9);
    e->rule = t->debt_count ? t->debt[0].rule : why;
  } else {
    if (!d && t->debt_count) d = &t->debt[0];
    if (!d) return false;
    *e = (struct tcp_emit){.flags = d->flags,
                           .seq = d->seq,
                           .ack = d->ack,
                           .len = d->len,
                           .retransmission = d->retransmission,
                           .rule = d->rule};
    if ((d->flags & ACK) && !(d->flags & RST)) e->ack = t->rcv.nxt;
    if (d->flags == ACK && !d->len) e->seq = output_seq(t);
  }
  output_fill(t, e, false, now);
  return true;
}

static const struct tcp_debt *reset_debt(const struct tcb *t, uint8_t flags)
{
  for (unsigned i = 0; i < t->debt_count; i++)
    if ((t->debt[i].flags & RST) && (flags & RST) && (t->debt[i].flags & ACK) == (flags & ACK))
      return &t->debt[i];
  return NULL;
}

static uint32_t default_seq(const struct tcb *t, uint8_t flags)
{
  const struct tcp_debt *d = reset_debt(t, flags);
  if (d) return d->seq;
  bool opening = t->state <= STATE_SYN_RECEIVED; /* CLOSED, LISTEN, SYN-SENT, SYN-RECEIVED */
  if ((flags & SYN) && opening) return t->iss;
  if (t->state == STATE_CLOSED || t->state == STATE_LISTEN) return t->iss;
  if ((flags & FIN) && t->fin_sent && !tcb_fin_acked(t)) return t->fin_seq;
  return t->snd.nxt;
}

uint32_t tcp_default(const struct tcb *t, uint8_t flags, enum segment_field field)
{
  const struct tcp_debt *d;
  switch (field) {
  case SEG_SEQ:
    return default_seq(t, flags);
  case SEG_ACKNO:
    if (!(flags & ACK)) return 0;
    d = reset_debt(t, flags);
    return d ? d->ack : t->irs_known ? t->rcv.nxt : 0;
  case SEG_WIN:
    if (flags & RST) return 0;
    if (flags & SYN) return t->rcv.wnd > 65535 ? 65535 : t->rcv.wnd;
    return output_window(t, t->rcv.wnd);
  case SEG_TTL:
    return 64;
  default:
    return 0;
  }
}
