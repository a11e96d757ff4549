/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conditions of the rows, one short function each. Nothing here changes anything. */
#include "engine/tcp/machine.h"

#include <string.h>

/* As it arrived: Linux's records do not trim. */
static seq_t whole_end(const struct tcp_step *s) { return s->segment->seq + segment_len(s->segment); }

/* -- calls -- */
bool call_unspecified(const struct tcp_step *s) { return s->call->unspecified; }
bool released(const struct tcp_step *s) { return s->call->release; }
bool text_unread(const struct tcp_step *s) { return s->tcb->unread > 0; }
bool released_unread(const struct tcp_step *s) { return s->call->release && s->tcb->unread > 0; }
bool nothing_queued(const struct tcp_step *s) { return s->tcb->queued == 0; }

/* -- who we are -- */
/* After a Fast Open a user has the connection already. */
bool passive(const struct tcp_step *s) { return s->tcb->passive && !s->tcb->fast.taken; }
bool was_time_wait(const struct tcp_step *s) { return s->tcb->reopened.on; }
bool accept_queue_full(const struct tcp_step *s) { return s->tcb->accept_full && !s->tcb->fast.taken; }
bool overflow_aborts(const struct tcp_step *s)
{
  return accept_queue_full(s) && s->profile->abort_on_overflow;
}
bool rfc1337(const struct tcp_step *s) { return s->profile->rfc1337; }
bool not_by_hand(const struct tcp_step *s) { return !s->tcb->manual; }
/* Linux keeps a connection that a SYN has begun as a request, until the ACK; */
bool request(const struct tcp_step *s)
{
  return s->tcb->state == STATE_SYN_RECEIVED && s->tcb->passive && !s->tcb->fast.taken &&
         s->profile->manner->records;
}
/* after a Fast Open beside the socket; */
bool with_request(const struct tcp_step *s)
{
  return request(s) || (s->tcb->fast.taken && s->profile->manner->records);
}
/* and of an orphan in FIN-WAIT-2 only a record, like TIME-WAIT's. */
bool linux_orphan(const struct tcp_step *s) { return s->tcb->record; }
bool full_socket(const struct tcp_step *s) { return !with_request(s) && !linux_orphan(s); }

bool throttled(const struct tcp_step *s)
{
  usec_t last = s->tcb->challenged_at, interval = s->profile->challenge_interval;
  return interval > 0 && last >= 0 && s->now - last < interval;
}
/* Text is no part of an endless exchange of ACKs: Linux always answers it. */
bool answer_throttled(const struct tcp_step *s)
{
  bool text = segment_len(s->segment) > 0 && !(s->segment->flags & SYN);
  return throttled(s) && !(s->profile->manner->answers_text && text);
}

/* -- timestamps (RFC 7323) -- */
bool timestamp_missing(const struct tcp_step *s) { return s->tcb->ts.on && !s->has_ts; }
bool timestamp_old(const struct tcp_step *s) { return s->profile->manner->timestamp_old(s); }
bool timestamp_news(const struct tcp_step *s) { return s->profile->manner->timestamp_news(s); }

/* -- the sequence number -- */
bool at_rcv_nxt(const struct tcp_step *s) { return s->seq == s->tcb->rcv.nxt; }
bool not_at_rcv_nxt(const struct tcp_step *s) { return s->seq != s->tcb->rcv.nxt; }
/* Table 6. */
bool not_acceptable(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  uint32_t len = step_seg_len(s), wnd = t->rcv.wnd;
  if (len == 0) return wnd == 0 ? s->seq != t->rcv.nxt : !seq_in(s->seq, t->rcv.nxt, wnd);
  return !seq_in(s->seq, t->rcv.nxt, wnd) && !seq_in(s->seq + len - 1, t->rcv.nxt, wnd);
}
bool zero_window_in_order(const struct tcp_step *s)
{
  return s->tcb->rcv.wnd == 0 && step_seg_len(s) > 0 && at_rcv_nxt(s) && !(s->flags & SYN);
}
bool began_left(const struct tcp_step *s) { return seq_lt(s->segment->seq, s->tcb->rcv.nxt); }
bool begins_left(const struct tcp_step *s)
{
  return seq_lt(s->seq, s->tcb->rcv.nxt) && seq_gt(step_end(s), s->tcb->rcv.nxt);
}
bool ends_right(const struct tcp_step *s) { return seq_gt(step_end(s), s->tcb->rcv.nxt + s->tcb->rcv.wnd); }

bool rst_not_inside(const struct tcp_step *s)
{
  return !at_rcv_nxt(s) && !seq_in(s->seq, s->tcb->rcv.nxt, s->tcb->rcv.wnd);
}
bool rst_inside_not_at_edge(const struct tcp_step *s) { return !at_rcv_nxt(s) && !rst_not_inside(s); }

/* -- TIME-WAIT -- */
bool fin_repeated(const struct tcp_step *s) { return step_end(s) == s->tcb->rcv.nxt; }
bool not_bare_in_order(const struct tcp_step *s) { return !at_rcv_nxt(s) || step_seg_len(s) > 0; }
static bool syn_new(const struct tcp_step *s) { return s->profile->manner->syn_new(s); }
bool syn_reopens(const struct tcp_step *s) { return s->tcb->passive && syn_new(s); }

/* -- SYN -- */
bool carried_syn(const struct tcp_step *s)
{
  return (s->segment->flags & SYN) && !(s->flags & SYN) && !s->tcb->accept_full;
}

/* -- the acknowledgment number -- */
bool ack_not_of_our_syn(const struct tcp_step *s)
{
  return seq_le(s->ack, s->tcb->iss) || seq_gt(s->ack, s->tcb->snd.nxt);
}
bool ack_not_of_our_syn_first(const struct tcp_step *s)
{
  return ack_not_of_our_syn(s) && s->tcb->retransmits == 0;
}
bool ack_of_the_future(const struct tcp_step *s) { return seq_gt(s->ack, s->tcb->snd.nxt); }
bool ack_too_old(const struct tcp_step *s) { return s->profile->manner->ack_too_old(s); }
bool ack_old(const struct tcp_step *s) { return full_socket(s) && seq_lt(s->ack, s->tcb->snd.una); }
bool ack_not_in_range(const struct tcp_step *s) { return ack_of_the_future(s) || ack_too_old(s); }
bool ack_of_our_syn(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  bool known = t->snd.una == t->iss + 1 && s->ack == t->snd.una; /* Linux, from a request */
  return (known || seq_gt(s->ack, t->snd.una)) && seq_le(s->ack, t->snd.nxt);
}
bool ack_of_our_syn_fin_waits(const struct tcp_step *s)
{
  return s->tcb->fin_queued && s->profile->manner->syn_acked(s);
}
bool fin_waited_for_established(const struct tcp_step *s)
{
  return s->verdict->from == STATE_SYN_RECEIVED && s->tcb->fin_queued;
}
bool ack_new(const struct tcp_step *s) { return seq_gt(s->ack, s->tcb->snd.una); }
bool ack_duplicate(const struct tcp_step *s) { return seq_le(s->ack, s->tcb->snd.una); }
bool window_news(const struct tcp_step *s) { return s->profile->manner->window_news(s); }
/* The octet that probed a zero window is still out, and this segment does not acknowledge it. */
bool probe_refused(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return t->snd.wnd == 0 && s->wnd > 0 && t->probes > 0 && t->snd.nxt - t->snd.una == 1 && !t->fin_sent &&
         !t->manual;
}
bool our_fin_acked(const struct tcp_step *s) { return tcb_fin_acked(s->tcb); }
bool fin_acked_orphan(const struct tcp_step *s) { return our_fin_acked(s) && s->tcb->orphan; }
bool fin_acked_orphan_text(const struct tcp_step *s) { return fin_acked_orphan(s) && text_for_an_orphan(s); }
bool fin_may_go(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return t->fin_queued && t->snd.nxt - t->snd.una + t->queued < t->snd.wnd;
}
bool nothing_new(const struct tcp_step *s)
{
  return !(s->flags & ACK) || segment_len(s->segment) == 0 || seq_le(whole_end(s), s->tcb->rcv.nxt);
}
bool more_than_fin(const struct tcp_step *s)
{
  return !(s->flags & FIN) || whole_end(s) != s->tcb->rcv.nxt + 1;
}

/* -- text and FIN -- */
bool has_text(const struct tcp_step *s) { return s->len > 0; }
bool text_in_order(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return (s->len > 0 && at_rcv_nxt(s)) || (t->held_count > 0 && seq_le(t->held[0].left, t->rcv.nxt));
}
/* At most one full segment's worth is left unacknowledged, and nothing that fills or leaves a gap. */
bool text_ack_can_wait(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return s->profile->delay_acks && text_in_order(s) && t->held_count == 0 && !t->held_fin &&
         t->rcv.pending == 0 && !s->ack_wanted;
}
bool text_past_gap(const struct tcp_step *s) { return s->len > 0 && seq_gt(s->seq, s->tcb->rcv.nxt); }
bool text_for_an_orphan(const struct tcp_step *s)
{
  return s->tcb->orphan && step_seg_len(s) > 0 && seq_gt(s->seq + s->len, s->tcb->rcv.nxt);
}
bool text_straddles_their_fin(const struct tcp_step *s)
{
  return seq_lt(s->segment->seq, s->tcb->rcv.nxt) && seq_gt(s->seq + s->len, s->tcb->rcv.nxt);
}
bool fin_beyond_their_fin(const struct tcp_step *s) { return seq_ge(s->segment->seq, s->tcb->rcv.nxt); }
bool fin_in_order(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return ((s->flags & FIN) && step_fin_seq(s) == t->rcv.nxt) ||
         (t->held_fin && t->held_fin_seq == t->rcv.nxt);
}
bool fin_past_gap(const struct tcp_step *s) { return seq_gt(step_fin_seq(s), s->tcb->rcv.nxt); }

/* -- timeouts -- */
bool retries_spent(const struct tcp_step *s)
{
  return !s->tcb->manual && s->profile->manner->retries_spent(s);
}
bool request_retries_spent(const struct tcp_step *s) { return request(s) && retries_spent(s); }
bool some_window(const struct tcp_step *s) { return s->tcb->snd.wnd > 0 && s->tcb->queued > 0; }
bool probes_spent(const struct tcp_step *s) { return s->profile->manner->probes_spent(s); }
