/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a segment gets whose addresses or ports were made up. The network has two hosts. What is sent to a
   third nobody reads; what comes from a third the peer takes for that one's, and answers it, not you. */
#include "engine/session/session_private.h"

void reach_set(const struct session *s, struct connection *c)
{
  const struct addr *you = &s->config.your_address, *peer = &s->config.peer_address;
  const bool forged = !addr_equal(&c->pair.you, you);
  if (!addr_equal(&c->pair.peer, peer) || (forged && !addr_is_neighbour(&c->pair.you, peer)))
    c->reach = REACH_NOBODY;
  else
    c->reach = forged ? REACH_PEER : REACH_BOTH;
  c->untold = c->pair.you_port == 0;
}

void reach_begin(struct session *s, struct connection *c)
{
  if (c->untold && c->reach != REACH_NOBODY && !c->used)
    record_note(s, c, END_PEER, MESSAGE_PORT_0, NULL, NULL);
}

bool reach_nobody(struct session *s, struct connection *c)
{
  if (c->reach != REACH_NOBODY) return false;
  const bool lost = !addr_equal(&c->pair.peer, &s->config.peer_address);
  record_note(s, c, END_PEER, lost ? MESSAGE_NO_HOST : MESSAGE_NO_WAY_BACK, NULL,
              &(struct facts){.address = lost ? c->pair.peer : c->pair.you});
  return true;
}

/* The peer's ISN is known to whoever chose it. */
static void bind_unseen(const struct session *s, struct connection *c, const struct tcp_emit *e)
{
  struct segment seg = {
      .flags = e->flags, .seq = e->seq, .ack = e->ack, .win = e->win, .options_len = e->options_len};
  if ((e->flags & SYN) && (e->wild & SEG_BIT(SEG_SEQ))) seg.seq = s->isn;
  tcp_bind(&c->tcb[END_PEER], e, &seg);
}

/* One number in four thousand million: what is guessed of it is taken for wrong. */
static void make_up_iss(struct session *s, struct tcb *peer)
{
  peer->iss = peer->snd.una = (seq_t)rng_next(&s->rng);
  peer->snd.nxt = peer->iss + 1;
}

void reach_elsewhere(struct session *s, struct connection *c)
{
  for (unsigned i = 0; i < c->expected_count; i++) {
    const struct tcp_emit *e = &c->expected[i];
    const bool guess = (e->flags & SYN) && (e->wild & SEG_BIT(SEG_SEQ)) && !s->isn_chosen;
    if (guess)
      make_up_iss(s, &c->tcb[END_PEER]);
    else
      bind_unseen(s, c, e);
    if (e->flags & SYN) s->isn_chosen = false;
    record_note(s, c, END_PEER, MESSAGE_ANSWER_ELSEWHERE, e->rule,
                &(struct facts){.flags = e->flags, .address = c->pair.you});
  }
  c->expected_count = 0;
}
