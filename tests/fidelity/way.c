/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fidelity/way.h"

#include "engine/base/err.h"
#include "engine/segment/option.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  TEXT_MAX = 1400,  /* fits a datagram with any options */
  SEND_MOST = 2400, /* ten segments of the smallest MSS */
};

/* -- your segments -- */
static void put_syn_options(const struct trial *t, struct segment *s)
{
  if (t->you.mss) option_put_mss(s, t->you.mss);
  if (t->you.wscale) option_put_wscale(s, t->you.shift);
  if (t->you.sack) option_put(s, OPTION_SACKOK, NULL, 0);
}

/* Seq, ack and window as a TCP would set them, after OFF octets left out. */
struct segment way_plain(const struct trial *t, uint8_t flags, uint32_t off, uint32_t len)
{
  struct segment s = {.flags = flags,
                      .seq = t->tcb.irs_known ? t->tcb.rcv.nxt + off : t->you.iss,
                      .ack = (flags & ACK) ? t->tcb.snd.nxt : 0,
                      .win = t->you.win,
                      .data_len = len};
  if (flags & SYN) put_syn_options(t, &s);
  /* An echo of 0 is no echo; the prompt could not repeat another. */
  if (t->you.ts && ((flags & SYN) || t->tcb.ts.on)) trial_put_ts(&s, t->you.ts_val, 0);
  return s;
}

bool way_say(struct trial *t, uint8_t flags)
{
  struct segment s = way_plain(t, flags, 0, 0);
  return trial_send(t, &s);
}

bool way_say_text(struct trial *t, uint8_t flags, uint32_t off, uint32_t len)
{
  struct segment s = way_plain(t, flags, off, len);
  return trial_send(t, &s);
}

bool way_say_ack(struct trial *t, uint8_t flags, seq_t ack)
{
  struct segment s = way_plain(t, flags, 0, 0);
  s.ack = ack;
  return trial_send(t, &s);
}

/* -- the peer's user -- */
bool way_passive_on(struct trial *t, uint16_t port)
{
  t->pair.peer_port = port;
  t->listening = port != PORT_CLOSED;
  tcb_init(&t->tcb, ground_profile(t->ground, t->climate, port), false, 0, false);
  t->tcb.fast = t->ground->cookie;
  if (t->listening) trial_call(t, &(struct tcp_call){.kind = CALL_OPEN_PASSIVE});
  return true;
}

bool way_connects(struct trial *t)
{
  tcb_init(&t->tcb, &t->ground->profile[t->climate], false, 0, false);
  trial_call(t, &(struct tcp_call){.kind = CALL_OPEN_ACTIVE});
  t->fd = ground_connect(t->ground, t->pair.you_port, &t->pair.peer_port);
  if (t->fd < 0) return trial_broken(t, "connect(): %s", lab_error_name(errno));
  trial_note_number(t, "connect", t->pair.you_port);
  return trial_settle(t);
}

bool way_accepts(struct trial *t)
{
  t->fd = ground_accept(t->ground, t->pair.peer_port);
  if (t->fd < 0) return trial_broken(t, "accept(): %s", lab_error_name(errno));
  trial_note(t, "accept");
  return true;
}

bool way_sends(struct trial *t, uint32_t len)
{
  uint8_t octets[8192];

  memset(octets, 'x', sizeof octets);
  trial_call(t, &(struct tcp_call){.kind = CALL_SEND, .len = len});
  if (send(t->fd, octets, len, MSG_NOSIGNAL) != (ssize_t)len)
    return trial_broken(t, "send(): %s", lab_error_name(errno));
  trial_note_number(t, "send", len);
  return trial_settle(t);
}

bool way_reads(struct trial *t)
{
  uint8_t octets[4096];
  ssize_t n = recv(t->fd, octets, sizeof octets, 0);

  if (n <= 0) return trial_broken(t, "recv() gave %zd", n);
  trial_call(t, &(struct tcp_call){.kind = CALL_RECEIVE, .len = (uint32_t)n});
  trial_note(t, "read");
  return trial_settle(t);
}

bool way_shuts_down(struct trial *t)
{
  trial_call(t, &(struct tcp_call){.kind = CALL_CLOSE});
  if (shutdown(t->fd, SHUT_WR) < 0) return trial_broken(t, "shutdown(): %s", lab_error_name(errno));
  trial_note(t, "shutdown");
  return trial_settle(t);
}

bool way_closes(struct trial *t)
{
  trial_call(t, &(struct tcp_call){.kind = CALL_CLOSE, .release = true});
  close(t->fd);
  t->fd = -1;
  trial_note(t, "close");
  return trial_settle(t);
}

bool way_aborts(struct trial *t)
{
  struct linger now = {.l_onoff = 1, .l_linger = 0};

  trial_call(t, &(struct tcp_call){.kind = CALL_ABORT});
  setsockopt(t->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close(t->fd);
  t->fd = -1;
  trial_note(t, "abort");
  return trial_settle(t);
}

bool way_hopes_to_answer(struct trial *t)
{
  if (!ground_wait_with_acks(t->fd)) return trial_broken(t, "TCP_QUICKACK: %s", lab_error_name(errno));
  t->tcb.delay.pingpong = true;
  trial_note(t, "set quickack 0");
  return true;
}

/* -- openings -- */
/* The kernel's ISS where numbers wrap, at times. */
static bool draw_isn(struct trial *t)
{
  struct peer_request r = {.verb = PEER_ISN, .pair = t->pair};
  struct peer_event e;

  bool free = t->pair.peer_port == PORT_OPEN && t->climate != CLIMATE_COOKIES;

  if (!free || !trial_one_in(t, 24)) return true;
  r.isn = (trial_one_in(t, 2) ? 0u : 1u << 31) - 1 - rng_below(&t->rng, 8);
  trial_note_number(t, "isn", r.isn);
  return peer_call(t->ground->peer, &r, &e, NULL) || trial_broken(t, "the ISN cannot be chosen");
}

bool way_syn_received_on(struct trial *t, uint16_t port)
{
  return way_passive_on(t, port) && draw_isn(t) && way_say(t, SYN);
}

bool way_established(struct trial *t) { return way_syn_received_on(t, PORT_OPEN) && way_say(t, ACK); }
bool way_accepted(struct trial *t) { return way_established(t) && way_accepts(t); }
bool way_connected(struct trial *t) { return way_connects(t) && way_say(t, SYN | ACK); }
bool way_crossing(struct trial *t) { return way_connects(t) && way_say(t, SYN); }
bool way_crossed(struct trial *t)
{
  return way_crossing(t) && (trial_one_in(t, 2) ? way_say(t, ACK) : way_say_ack(t, ACK, t->tcb.snd.nxt));
}
bool way_held(struct trial *t)
{
  switch (rng_below(&t->rng, 6)) {
  case 0:
    return way_connected(t);
  case 1:
    return way_crossed(t);
  default:
    return way_accepted(t);
  }
}

/* -- what a connection may carry along -- */
bool way_leaves_unread(struct trial *t)
{
  trial_vary(t, VARIANT_UNREAD);
  if (!way_say_text(t, ACK | PSH, 0, 1 + rng_below(&t->rng, 200))) return false;
  return !trial_one_in(t, 3) || way_say_text(t, ACK, 0, 1 + rng_below(&t->rng, TEXT_MAX));
}

static bool has_read(struct trial *t)
{
  return way_say_text(t, ACK | PSH, 0, 1 + rng_below(&t->rng, 200)) && way_reads(t);
}

static bool leaves_gaps(struct trial *t)
{
  uint32_t off = 1 + rng_below(&t->rng, 40), len = 1 + rng_below(&t->rng, 40);

  trial_vary(t, VARIANT_GAP);
  if (!way_say_text(t, ACK, off, len)) return false;
  off += len;
  if (trial_one_in(t, 3)) {
    off += 1 + rng_below(&t->rng, 40);
    if (!way_say_text(t, ACK, off, 20)) return false;
    off += 20;
  }
  if (!trial_one_in(t, 4)) return true;
  trial_vary(t, VARIANT_GAP_FIN);
  return way_say_text(t, FIN | ACK, off + rng_below(&t->rng, 2), trial_one_in(t, 2) ? 10 : 0);
}

/* Text is never cut by your window, nor near to it, nor by the congestion window (ten segments): when the
   rest follows depends on round-trip times then (TSO deferral), which is a clock's business and not TCP's. */
static bool leaves_flight(struct trial *t)
{
  static const uint32_t sizes[] = {1, 10, 100, 536, 1460, SEND_MOST};
  uint32_t n = sizes[rng_below(&t->rng, 6)];

  trial_vary(t, VARIANT_FLIGHT);
  if (!way_sends(t, n < t->tcb.snd.wnd / 2 ? n : t->tcb.snd.wnd / 2)) return false;
  uint32_t out = t->tcb.snd.nxt - t->tcb.snd.una;
  if (out < 2 || !trial_one_in(t, 3)) return true;
  return way_say_ack(t, ACK, t->tcb.snd.una + 1 + rng_below(&t->rng, out - 1));
}

/* Your window is closed, then the peer's user sends. */
static bool leaves_queued(struct trial *t)
{
  trial_vary(t, VARIANT_SHUT);
  t->you.win = 0;
  if (!way_say(t, ACK)) return false;
  if (trial_one_in(t, 3)) return true;
  if (t->tcb.snd.wnd > 0)
    return true; /* older than the window it knows: a gap's text came with a later number */
  trial_vary(t, VARIANT_QUEUED);
  return way_sends(t, 1 + rng_below(&t->rng, trial_varies(t, VARIANT_FLIGHT) ? 200 : SEND_MOST));
}

bool way_enrich(struct trial *t, unsigned may)
{
  bool may_read = t->fd >= 0 && !t->tcb.fin_received && !trial_varies(t, VARIANT_UNREAD) &&
                  !trial_varies(t, VARIANT_TIGHT); /* or the window update is the kernel's to decide */
  if (may_read && trial_one_in(t, 6) && !has_read(t)) return false;
  if ((may & MAY_UNREAD) && trial_one_in(t, 4) && !way_leaves_unread(t)) return false;
  if ((may & MAY_GAP) && trial_one_in(t, 4) && !leaves_gaps(t)) return false;
  if ((may & MAY_FLIGHT) && t->fd >= 0 && trial_one_in(t, 4) && !leaves_flight(t)) return false;
  if ((may & MAY_QUEUE) && t->fd >= 0 && trial_one_in(t, 8)) return leaves_queued(t);
  return true;
}

/* A small receive buffer, filled: to the brim, so that the window is 0, or not quite. */
bool way_fill(struct trial *t)
{
  trial_vary(t, VARIANT_TIGHT);
  for (unsigned i = 0; i < 8 && t->tcb.rcv.wnd > 0; i++) {
    uint32_t n = t->tcb.rcv.wnd < TEXT_MAX ? t->tcb.rcv.wnd : TEXT_MAX;
    if (i > 0 && trial_one_in(t, 8)) break;
    if (!way_say_text(t, ACK | PSH, 0, n)) return false;
  }
  if (t->tcb.rcv.wnd == 0) trial_vary(t, VARIANT_FULL);
  return true;
}

/* -- the listener's queues -- */
bool way_full(struct trial *t)
{
  struct err err;

  if (!ground_fill(t->ground, false, &err)) return trial_broken(t, "%s", err.message);
  trial_note_lines(t, "new\nsend SYN\nsend\nuse 1\n");
  t->tcb.accept_full = true;
  return true;
}

bool way_flooded(struct trial *t)
{
  struct err err;

  if (!ground_fill(t->ground, true, &err)) return trial_broken(t, "%s", err.message);
  trial_note_lines(t, "new\nsend SYN\nuse 1\n");
  t->tcb.syns_full = true;
  return true;
}

bool way_crowded(struct trial *t)
{
  struct err err;

  if (!ground_crowd(t->ground, &err)) return trial_broken(t, "%s", err.message);
  trial_note_lines(t, "peer set tcp_syncookies 0\nnew\nsend SYN\nnew\nsend SYN\nuse 1\n");
  t->tcb.syns_many = true;
  return true;
}

/* -- the last of the text -- */
/* All is sent and acknowledged but the FIN: more may be under way than the first window let go. */
bool way_text_goes(struct trial *t)
{
  for (unsigned i = 0; i < 4 && !t->tcb.fin_sent; i++)
    if (!way_say(t, ACK)) return false;
  return true;
}
bool way_all_goes(struct trial *t) { return way_text_goes(t) && way_say(t, ACK); }
