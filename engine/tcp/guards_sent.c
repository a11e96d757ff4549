/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conditions of the intent rows: S holds the segment this TCP has sent. */
#include "engine/tcp/machine.h"

bool sent_occupies(const struct tcp_step *s) { return step_seg_len(s) > 0; }
bool sent_text(const struct tcp_step *s) { return s->len > 0; }
bool sent_at_snd_nxt(const struct tcp_step *s)
{
  return s->seq == s->tcb->snd.nxt || s->seq == output_seq(s->tcb);
}
bool sent_at_iss(const struct tcp_step *s) { return !s->tcb->iss_known || s->seq == s->tcb->iss; }
bool sent_syn_unanswered(const struct tcp_step *s)
{
  return sent_at_iss(s) && s->tcb->snd.una == s->tcb->iss;
}
bool syn_not_sent(const struct tcp_step *s) { return s->tcb->snd.nxt == s->tcb->iss; }

bool reset_owed(const struct tcp_step *s)
{
  for (unsigned i = 0; i < s->tcb->debt_count; i++) {
    const struct tcp_debt *d = &s->tcb->debt[i];
    if ((d->flags & RST) && d->seq == s->seq && (!(d->flags & ACK) || d->ack == s->ack)) return true;
  }
  return false;
}
static bool owes(const struct tcb *t, uint8_t flags)
{
  for (unsigned i = 0; i < t->debt_count; i++)
    if ((t->debt[i].flags & (SYN | FIN | RST | ACK)) == flags && t->debt[i].len == 0) return true;
  return false;
}
bool sent_at_iss_owed(const struct tcp_step *s) { return sent_at_iss(s) && owes(s->tcb, SYN | ACK); }
bool ack_owed(const struct tcp_step *s)
{
  return s->tcb->manual ? owes(s->tcb, ACK) : s->tcb->rcv.last_ack != s->tcb->rcv.nxt;
}

bool sent_ack_is_rcv_nxt(const struct tcp_step *s) { return s->ack == s->tcb->rcv.nxt; }
bool sent_ack_beyond(const struct tcp_step *s) { return seq_gt(s->ack, s->tcb->rcv.nxt); }
bool sent_ack_behind(const struct tcp_step *s)
{
  return seq_lt(s->ack, s->tcb->rcv.nxt) && sent_at_snd_nxt(s);
}
bool sent_ack_ancient(const struct tcp_step *s)
{
  uint32_t most = s->profile->rcv_buf > 65535 ? s->profile->rcv_buf : 65535;
  return seq_lt(s->ack, s->tcb->rcv.nxt - (most << s->tcb->rcv.wscale));
}

bool sent_beyond_fin(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  if (!t->fin_sent || !sent_occupies(s)) return false;
  if (s->flags & FIN) return step_fin_seq(s) != t->fin_seq;
  return seq_gt(step_end(s), t->fin_seq);
}
bool sent_unacknowledged(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return sent_occupies(s) && seq_ge(s->seq, t->iss) && seq_gt(step_end(s), t->snd.una) &&
         seq_le(step_end(s), t->snd.nxt);
}
bool sent_acknowledged(const struct tcp_step *s)
{
  return sent_occupies(s) && seq_le(step_end(s), s->tcb->snd.una);
}
bool sent_past_gap(const struct tcp_step *s) { return sent_occupies(s) && seq_gt(s->seq, s->tcb->snd.nxt); }
bool sent_beyond_window(const struct tcp_step *s)
{
  return s->len > 0 && seq_gt(s->seq + s->len, s->tcb->snd.una + s->tcb->snd.wnd);
}
bool sent_window_probe(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  bool may = t->state == STATE_ESTABLISHED || t->state == STATE_CLOSE_WAIT || fin_waits(s);
  return may && t->snd.wnd == 0 && s->len == 1 && s->seq == t->snd.nxt && t->snd.nxt == t->snd.una;
}
bool sent_window_probe_again(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return t->snd.wnd == 0 && s->len == 1 && !(s->flags & FIN) && s->seq == t->snd.una &&
         t->snd.nxt == t->snd.una + 1;
}
bool sent_keepalive_octet(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return s->len == 1 && !(s->flags & FIN) && t->snd.una == t->snd.nxt && s->seq == t->snd.nxt - 1;
}
bool sent_empty_probe(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return s->ack == t->rcv.nxt && (s->seq == t->snd.nxt - 1 || s->seq == t->snd.una - 1);
}
bool sent_bare_ack(const struct tcp_step *s) { return sent_at_snd_nxt(s) && sent_ack_is_rcv_nxt(s); }
bool fin_waits(const struct tcp_step *s) { return s->tcb->fin_queued && !s->tcb->fin_sent; }
