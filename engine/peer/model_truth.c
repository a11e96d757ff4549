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
    const char *name;
  } told[] = {
      {TIMER_RETRANSMISSION, "retransmission"}, {TIMER_PERSIST, "persist"},
      {TIMER_KEEPALIVE, "keepalive"},           {TIMER_FIN_WAIT_2, "FIN-WAIT-2"},
      {TIMER_TIME_WAIT, "TIME-WAIT"},
  };

  for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
    usec_t when = t->timer[told[i].timer];
    if (when == USEC_NEVER) continue;
    out->timer = told[i].name;
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
  struct peer_truth t;
  struct buf out;

  tell(m, pair, &t);
  buf_init(&out, e->detail, sizeof e->detail);
  buf_puts(&out, tcp_state_name(t.state));
  if (t.listening) {
    buf_printf(&out, ", %u of %u wait to be accepted", t.recv_queue, t.send_queue);
  } else if (t.state != STATE_CLOSED) {
    buf_printf(&out, ", %u unread, %u unacknowledged", t.recv_queue, t.send_queue);
    buf_puts(&out, model_link_held(m, pair) ? ", held by the program" : ", held by no program");
  }
  if (t.timer) {
    buf_printf(&out, ", %s timer ", t.timer);
    usec_print(&out, t.timer_left);
  }
  if (t.retransmits) buf_printf(&out, ", %u retransmitted", t.retransmits);
}
