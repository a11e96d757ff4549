/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TCP_DEFER_ACCEPT: a listener whose callers speak first need not be woken before they do. Linux then puts a
   bare third ACK aside and leaves the request as it is, until text comes or so many timeouts of the SYN,ACK
   are over as make up the seconds asked for. With the ACK there it keeps silent at these timeouts, but for
   the last: a SYN,ACK then asks for one more ACK, which counts. */
#include "engine/tcp/machine.h"

/* -- conditions -- */
/* Anything with a number is good enough. */
bool ack_deferred(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return request(s) && t->retransmits < s->profile->defer_accept && s->seq == t->rcv.nxt &&
         step_seg_len(s) == 0;
}

bool text_awaited(const struct tcp_step *s)
{
  return request(s) && s->tcb->deferred && s->tcb->retransmits + 1 < s->profile->defer_accept;
}

/* -- what rows do -- */
void put_ack_aside(struct tcp_step *s) { s->tcb->deferred = true; }

void wait_for_text(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  timer_gone_again(t, s->now);
}

/* A SYN,ACK has been seen: its owner's silent timeouts are over. */
void defer_over(struct tcp_step *s)
{
  while (text_awaited(s)) wait_for_text(s);
}
