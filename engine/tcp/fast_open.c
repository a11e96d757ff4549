/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fast Open (RFC 7413): a SYN that brings the cookie its sender was given before opens the connection to the
   user at once, with the text it carries. The cookie shows that the sender hears what is sent to its address;
   the handshake is finished as always, and until then the state is SYN-RECEIVED.

   Linux makes a socket of such a SYN, yet keeps the request beside it until our SYN is acknowledged: segments
   are judged by both, the request first.

   A shadow cannot make the cookie, but sees it given. Until then one that comes is taken for a wrong one, and
   the SYN,ACK says whether it was. */
#include "engine/tcp/machine.h"

#include <string.h>


/* -- conditions -- */
bool fast_opened(const struct tcp_step *s) { return s->tcb->fast.taken; }

/* The listener does it, has room for one more, and the SYN has to do with it. */
bool fast_open_may(const struct tcp_step *s)
{
  return s->profile->fast_open > 0 && !s->tcb->fast.full && (s->fast.on || s->len > 0);
}

static bool has_cookie(const struct tcp_step *s) { return s->fast.on && s->fast.len > 0; }

bool fast_open_right(const struct tcp_step *s)
{
  const struct tcp_fast_open *f = &s->tcb->fast;
  if (s->profile->fast_open_anyone) return true;
  return has_cookie(s) && s->fast.len == f->cookie_len && memcmp(s->fast.cookie, f->cookie, s->fast.len) == 0;
}
bool fast_open_asked(const struct tcp_step *s) { return s->fast.on && s->fast.len == 0; }
bool fast_open_unseen(const struct tcp_step *s)
{
  return has_cookie(s) && s->tcb->shadow && s->tcb->fast.cookie_len == 0;
}
bool fast_open_wrong(const struct tcp_step *s) { return has_cookie(s); }
bool syn_reopens_fast(const struct tcp_step *s)
{
  return syn_reopens(s) && fast_open_may(s) && fast_open_right(s);
}
bool another_syn(const struct tcp_step *s) { return s->tcb->fast.taken && s->segment->seq != s->tcb->irs; }
/* Of what lies in the window the request leaves to the socket what has an ACK, and no SYN but the one it
 * knows. */
bool fast_open_passes(const struct tcp_step *s)
{
  return (s->flags & (ACK | RST)) == ACK && !((s->flags & SYN) && another_syn(s));
}
bool fast_open_acked(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return t->fast.taken && seq_gt(s->ack, t->iss) && seq_le(s->ack, t->snd.nxt);
}
bool sent_cookie_request(const struct tcp_step *s) { return fast_open_asked(s); }
bool sent_fast_open(const struct tcp_step *s) { return has_cookie(s); }

/* -- what is done -- */
void fast_open_keep(struct tcb *t, const struct tcp_fast_open *from)
{
  t->fast = *from;
  t->fast.taken = t->fast.tried = false;
}

seq_t fast_open_left(const struct tcb *t) { return t->fast.taken ? t->iss + 1 : t->snd.una; }

static void take_octets(struct tcb *t, uint32_t n)
{
  t->fast.taken = true;
  t->rcv.nxt += n;
  t->unread += n;
}

/* The text of the SYN, for the user to read before the handshake is over. */
static void take_syn_text(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  take_octets(t, s->len);
  s->profile->manner->syn_text_taken(s);
  s->verdict->delivered += s->len;
  if (s->len > 0) step_signal(s, SIGNAL_DATA);
  if (!(s->flags & FIN)) return;
  t->held_fin = true;
  t->held_fin_seq = step_fin_seq(s);
}

void take_fast_open(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  t->passive = true;
  tcb_open(t);
  tcb_receive_syn(s);
  take_syn_text(s);
  output_emit(s, SYN | ACK, t->iss, t->rcv.nxt, 0);
}

void answer_syn_give_cookie(struct tcp_step *s)
{
  answer_syn(s);
  options_put_cookie(&s->verdict->emit[s->verdict->emit_count - 1], s);
}

/* What it acknowledges is not to be predicted. */
void answer_syn_cookie_unseen(struct tcp_step *s)
{
  answer_syn(s);
  struct tcp_emit *e = &s->verdict->emit[s->verdict->emit_count - 1];
  e->wild |= SEG_BIT(SEG_ACKNO);
  e->cookie_behind = true;
}

/* Our SYN is acknowledged. With text of ours behind it, that is counted by itself. */
void fast_open_over(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  if (!t->fast.taken) return;
  t->fast.taken = false;
  t->retransmits = 0;
  /* Of a SYN,ACK that was repeated Linux still takes the time that a timestamp's echo tells. */
  if (!t->rtt.on && s->profile->manner->echo_of_repeated && t->ts.on && s->ts_ecr != 0) timer_rto_sample(t, s->now - t->rtt.since);
  if (!seq_gt(s->ack, t->iss + 1)) return;
  t->snd.una = t->iss + 1;
  s->verdict->acked++;
  if (t->rtt.on && t->rtt.seq == t->snd.una) {
    timer_rto_sample(t, s->now - t->rtt.since);
    t->rtt.on = false;
  }
}

void fast_open_seen(struct tcb *t, const struct tcp_step *syn_ack)
{
  struct tcp_fast_open *f = &t->fast;
  if (!has_cookie(syn_ack)) return;
  f->cookie_len = syn_ack->fast.len;
  memcpy(f->cookie, syn_ack->fast.cookie, f->cookie_len);
}

/* A cookie that comes back with a SYN,ACK is not the one that the SYN brought. */
void fast_open_sent(struct tcb *t, const struct tcp_emit *e, const struct tcp_step *syn_ack)
{
  fast_open_seen(t, syn_ack);
  if ((e->wild & SEG_BIT(SEG_ACKNO)) && !syn_ack->fast.on) take_octets(t, syn_ack->ack - e->ack);
  if (t->fast.taken && !e->retransmission) t->fast.wnd = t->rcv.wnd = syn_ack->segment->win;
}

/* RFC 7413 4.2.2: what the SYN,ACK leaves out is sent again at once. */
void fast_open_refused(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  uint32_t n = t->snd.nxt - t->snd.una;
  if (!t->fast.tried || n == 0) return;
  t->fast.tried = false;
  output_emit(s, ACK | PSH, t->snd.una, t->rcv.nxt, n);
}
