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

static void tell(struct model *m, const struct pair *pair, struct peer_truth *out)
{
  struct model_link *k = model_link_live(m, pair);
  struct model_listener *l = model_listener(m, pair->peer_port);

  *out = (struct peer_truth){.known = true, .state = STATE_CLOSED};
  if (k) {
    const struct tcb *t = &k->tcb;
    out->state = t->state;
    out->owned = k->held;
    out->recv_queue = k->rx_end - k->rx.base;
    out->send_queue = (uint32_t)model_stream_len(&k->tx);
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
    buf_puts(&out, t.owned ? ", held by the program" : ", held by no program");
  }
  if (t.timer) {
    buf_printf(&out, ", %s timer ", t.timer);
    usec_print(&out, t.timer_left);
  }
  if (t.retransmits) buf_printf(&out, ", %u retransmitted", t.retransmits);
}
