/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a segment gets whose addresses or ports were made up. The network has two hosts. What is sent to a
   third nobody reads; what comes from a third the peer takes for that one's, and answers it, not you. */
#include "engine/session/session_private.h"

#include "engine/base/buf.h"

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
    record_note(s, c, END_PEER, NOTE_PLAIN, NULL,
                "port 0 is nobody's (RFC 6335, 6): what a system makes of it is not foretold");
}

bool reach_nobody(struct session *s, struct connection *c)
{
  if (c->reach != REACH_NOBODY) return false;
  const bool lost = !addr_equal(&c->pair.peer, &s->config.peer_address);
  char address[48];
  struct buf buf;
  buf_init(&buf, address, sizeof address);
  addr_print(&buf, lost ? &c->pair.peer : &c->pair.you);
  record_note(s, c, END_PEER, NOTE_SILENCE, NULL,
              lost ? "%s is no host of this network: nobody reads it"
                   : "the peer knows no way back to %s: it drops it unread",
              address);
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

void reach_elsewhere(struct session *s, struct connection *c)
{
  for (unsigned i = 0; i < c->expected_count; i++) {
    const struct tcp_emit *e = &c->expected[i];
    const bool guess = (e->flags & SYN) && (e->wild & SEG_BIT(SEG_SEQ)) && !s->isn_chosen;
    char flags[48], address[48];
    struct buf buf, to;
    buf_init(&buf, flags, sizeof flags);
    buf_init(&to, address, sizeof address);
    segment_print_flags(&buf, e->flags);
    addr_print(&to, &c->pair.you);
    if (!guess) bind_unseen(s, c, e);
    if (e->flags & SYN) s->isn_chosen = false;
    record_note(s, c, END_PEER, NOTE_SILENCE, e->rule, "the answer, %s, goes to %s: you do not see it", flags,
                address);
  }
  c->expected_count = 0;
}
