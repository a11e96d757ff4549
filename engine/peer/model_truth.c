/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model's TCBs are what is so; told in the words of the lab's sock_diag. */
#include "engine/base/buf.h"
#include "engine/peer/model_own.h"

#include <string.h>

/* Delayed ACK and user timeout are running too, but no kernel tells them. */
static void tell_timer(const struct tcb *t, usec_t now, struct peer_truth *out)
{
  static const struct {
    enum tcp_timer timer;
    enum peer_timer as;
  } told[] = {
      {TIMER_RETRANSMISSION, PEER_TIMER_RETRANSMISSION}, {TIMER_PERSIST, PEER_TIMER_PERSIST},
      {TIMER_KEEPALIVE, PEER_TIMER_KEEPALIVE},           {TIMER_FIN_WAIT_2, PEER_TIMER_FIN_WAIT_2},
      {TIMER_TIME_WAIT, PEER_TIMER_TIME_WAIT},
  };

  for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
    usec_t when = t->timer[told[i].timer];
    if (when == USEC_NEVER) continue;
    out->timer = told[i].as;
    out->timer_left = when > now ? when - now : 0;
    return;
  }
}

/* In numbers of the sequence space, as Linux counts: a SYN or FIN that is unacknowledged or not yet read is
   one of them. What is no full socket there, a request or TIME-WAIT, has no queues. */
static void tell_queues(const struct model_link *k, struct peer_truth *out)
{
  const struct tcb *t = &k->tcb;

  if (k->half_open || t->state == STATE_TIME_WAIT) return;
  out->recv_queue = k->rx_end - k->rx.base + (k->eof && !k->eof_read && (k->held || k->queued));
  out->send_queue = t->snd.nxt - t->snd.una + t->queued + (t->fin_queued && !t->fin_sent);
}

static void tell(struct model *m, const struct pair *pair, struct peer_truth *out)
{
  struct model_link *k = model_link_live(m, pair);
  struct model_listener *l = model_listener(m, pair->peer_port);

  *out = (struct peer_truth){.known = true, .state = STATE_CLOSED};
  if (k) {
    const struct tcb *t = &k->tcb;
    out->state = t->state;
    out->owned = k->held;
    tell_queues(k, out);
    out->retransmits = t->retransmits + t->probes;
    tell_timer(t, m->now, out);
  } else if (l) {
    out->state = STATE_LISTEN;
    out->listening = true;
    out->owned = true;
    out->recv_queue = model_accept_queue(m, l->port, NULL);
    out->send_queue = l->backlog;
  }
}

bool model_truth(struct peer *peer, const struct pair *pair, struct peer_truth *out, struct err *err)
{
  (void)err;
  tell(model_of_peer(peer), pair, out);
  return true;
}

void model_status(struct model *m, const struct pair *pair, struct peer_event *e)
{
  tell(m, pair, &e->truth);
  e->held = model_link_held(m, pair);
}
