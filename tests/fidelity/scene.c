/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fidelity/scene.h"

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
static struct segment plain(const struct trial *t, uint8_t flags, uint32_t off, uint32_t len)
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

static bool say(struct trial *t, uint8_t flags)
{
  struct segment s = plain(t, flags, 0, 0);
  return trial_send(t, &s);
}

static bool say_text(struct trial *t, uint8_t flags, uint32_t off, uint32_t len)
{
  struct segment s = plain(t, flags, off, len);
  return trial_send(t, &s);
}

static bool say_ack(struct trial *t, uint8_t flags, seq_t ack)
{
  struct segment s = plain(t, flags, 0, 0);
  s.ack = ack;
  return trial_send(t, &s);
}

/* -- the peer's user -- */
static bool passive_on(struct trial *t, uint16_t port)
{
  t->pair.peer_port = port;
  t->listening = port != PORT_CLOSED;
  tcb_init(&t->tcb, &t->ground->profile[t->climate], false, 0, false);
  if (t->listening) trial_call(t, &(struct tcp_call){.kind = CALL_OPEN_PASSIVE});
  return true;
}

static bool connects(struct trial *t)
{
  tcb_init(&t->tcb, &t->ground->profile[t->climate], false, 0, false);
  trial_call(t, &(struct tcp_call){.kind = CALL_OPEN_ACTIVE});
  t->fd = ground_connect(t->ground, t->pair.you_port, &t->pair.peer_port);
  if (t->fd < 0) return trial_broken(t, "connect(): %s", lab_error_name(errno));
  trial_note_number(t, "connect", t->pair.you_port);
  return trial_settle(t);
}

static bool accepts(struct trial *t)
{
  t->fd = ground_accept(t->ground, t->pair.peer_port);
  if (t->fd < 0) return trial_broken(t, "accept(): %s", lab_error_name(errno));
  trial_note(t, "accept");
  return true;
}

static bool sends(struct trial *t, uint32_t len)
{
  uint8_t octets[8192];

  memset(octets, 'x', sizeof octets);
  trial_call(t, &(struct tcp_call){.kind = CALL_SEND, .len = len});
  if (send(t->fd, octets, len, MSG_NOSIGNAL) != (ssize_t)len)
    return trial_broken(t, "send(): %s", lab_error_name(errno));
  trial_note_number(t, "send", len);
  return trial_settle(t);
}

static bool reads(struct trial *t)
{
  uint8_t octets[4096];
  ssize_t n = recv(t->fd, octets, sizeof octets, 0);

  if (n <= 0) return trial_broken(t, "recv() gave %zd", n);
  trial_call(t, &(struct tcp_call){.kind = CALL_RECEIVE, .len = (uint32_t)n});
  trial_note(t, "read");
  return trial_settle(t);
}

static bool shuts_down(struct trial *t)
{
  trial_call(t, &(struct tcp_call){.kind = CALL_CLOSE});
  if (shutdown(t->fd, SHUT_WR) < 0) return trial_broken(t, "shutdown(): %s", lab_error_name(errno));
  trial_note(t, "shutdown");
  return trial_settle(t);
}

static bool closes(struct trial *t)
{
  trial_call(t, &(struct tcp_call){.kind = CALL_CLOSE, .release = true});
  close(t->fd);
  t->fd = -1;
  trial_note(t, "close");
  return trial_settle(t);
}

static bool aborts(struct trial *t)
{
  struct linger now = {.l_onoff = 1, .l_linger = 0};

  trial_call(t, &(struct tcp_call){.kind = CALL_ABORT});
  setsockopt(t->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close(t->fd);
  t->fd = -1;
  trial_note(t, "abort");
  return trial_settle(t);
}

/* -- openings -- */
/* The kernel's ISS where numbers wrap, at times. */
static bool draw_isn(struct trial *t)
{
  struct peer_request r = {.verb = PEER_ISN, .pair = t->pair};
  struct peer_event e;

  if (t->pair.peer_port != PORT_OPEN || !trial_one_in(t, 24)) return true;
  r.isn = (trial_one_in(t, 2) ? 0u : 1u << 31) - 1 - rng_below(&t->rng, 8);
  trial_note_number(t, "isn", r.isn);
  return peer_call(t->ground->peer, &r, &e, NULL) || trial_broken(t, "the ISN cannot be chosen");
}

static bool syn_received_on(struct trial *t, uint16_t port)
{
  return passive_on(t, port) && draw_isn(t) && say(t, SYN);
}

static bool established(struct trial *t) { return syn_received_on(t, PORT_OPEN) && say(t, ACK); }
static bool accepted(struct trial *t) { return established(t) && accepts(t); }
static bool connected(struct trial *t) { return connects(t) && say(t, SYN | ACK); }
static bool crossing(struct trial *t) { return connects(t) && say(t, SYN); }
static bool crossed(struct trial *t)
{
  return crossing(t) && (trial_one_in(t, 2) ? say(t, ACK) : say_ack(t, ACK, t->tcb.snd.nxt));
}
static bool held(struct trial *t)
{
  switch (rng_below(&t->rng, 6)) {
  case 0:
    return connected(t);
  case 1:
    return crossed(t);
  default:
    return accepted(t);
  }
}

/* -- what a connection may carry along -- */
static bool leaves_unread(struct trial *t)
{
  trial_vary(t, VARIANT_UNREAD);
  if (!say_text(t, ACK | PSH, 0, 1 + rng_below(&t->rng, 200))) return false;
  return !trial_one_in(t, 3) || say_text(t, ACK, 0, 1 + rng_below(&t->rng, TEXT_MAX));
}

static bool has_read(struct trial *t)
{
  return say_text(t, ACK | PSH, 0, 1 + rng_below(&t->rng, 200)) && reads(t);
}

static bool leaves_gaps(struct trial *t)
{
  uint32_t off = 1 + rng_below(&t->rng, 40), len = 1 + rng_below(&t->rng, 40);

  trial_vary(t, VARIANT_GAP);
  if (!say_text(t, ACK, off, len)) return false;
  off += len;
  if (trial_one_in(t, 3)) {
    off += 1 + rng_below(&t->rng, 40);
    if (!say_text(t, ACK, off, 20)) return false;
    off += 20;
  }
  if (!trial_one_in(t, 4)) return true;
  trial_vary(t, VARIANT_GAP_FIN);
  return say_text(t, FIN | ACK, off + rng_below(&t->rng, 2), trial_one_in(t, 2) ? 10 : 0);
}

/* Text is never cut by your window, nor near to it, nor by the congestion window (ten segments): when the
   rest follows depends on round-trip times then (TSO deferral), which is a clock's business and not TCP's. */
static bool leaves_flight(struct trial *t)
{
  static const uint32_t sizes[] = {1, 10, 100, 536, 1460, SEND_MOST};
  uint32_t n = sizes[rng_below(&t->rng, 6)];

  trial_vary(t, VARIANT_FLIGHT);
  if (!sends(t, n < t->tcb.snd.wnd / 2 ? n : t->tcb.snd.wnd / 2)) return false;
  uint32_t out = t->tcb.snd.nxt - t->tcb.snd.una;
  if (out < 2 || !trial_one_in(t, 3)) return true;
  return say_ack(t, ACK, t->tcb.snd.una + 1 + rng_below(&t->rng, out - 1));
}

/* Your window is closed, then the peer's user sends. */
static bool leaves_queued(struct trial *t)
{
  trial_vary(t, VARIANT_SHUT);
  t->you.win = 0;
  if (!say(t, ACK)) return false;
  if (trial_one_in(t, 3)) return true;
  if (t->tcb.snd.wnd > 0)
    return true; /* older than the window it knows: a gap's text came with a later number */
  trial_vary(t, VARIANT_QUEUED);
  return sends(t, 1 + rng_below(&t->rng, trial_varies(t, VARIANT_FLIGHT) ? 200 : SEND_MOST));
}

enum { MAY_UNREAD = 1, MAY_GAP = 2, MAY_FLIGHT = 4, MAY_QUEUE = 8 };

static bool enrich(struct trial *t, unsigned may)
{
  bool may_read = t->fd >= 0 && !t->tcb.fin_received && !trial_varies(t, VARIANT_UNREAD) &&
                  !trial_varies(t, VARIANT_TIGHT); /* or the window update is the kernel's to decide */
  if (may_read && trial_one_in(t, 6) && !has_read(t)) return false;
  if ((may & MAY_UNREAD) && trial_one_in(t, 4) && !leaves_unread(t)) return false;
  if ((may & MAY_GAP) && trial_one_in(t, 4) && !leaves_gaps(t)) return false;
  if ((may & MAY_FLIGHT) && t->fd >= 0 && trial_one_in(t, 4) && !leaves_flight(t)) return false;
  if ((may & MAY_QUEUE) && t->fd >= 0 && trial_one_in(t, 8)) return leaves_queued(t);
  return true;
}

/* A small receive buffer, filled: to the brim, so that the window is 0, or not quite. */
static bool fill(struct trial *t)
{
  trial_vary(t, VARIANT_TIGHT);
  for (unsigned i = 0; i < 8 && t->tcb.rcv.wnd > 0; i++) {
    uint32_t n = t->tcb.rcv.wnd < TEXT_MAX ? t->tcb.rcv.wnd : TEXT_MAX;
    if (i > 0 && trial_one_in(t, 8)) break;
    if (!say_text(t, ACK | PSH, 0, n)) return false;
  }
  if (t->tcb.rcv.wnd == 0) trial_vary(t, VARIANT_FULL);
  return true;
}

/* -- the scenes -- */
static bool play_closed(struct trial *t) { return passive_on(t, PORT_CLOSED); }
static bool play_closed_aborted(struct trial *t) { return connected(t) && aborts(t); }
static bool play_listen(struct trial *t) { return passive_on(t, PORT_OPEN); }
static bool play_listen_aborted(struct trial *t)
{
  return accepted(t) && enrich(t, MAY_UNREAD | MAY_FLIGHT | MAY_QUEUE) && aborts(t);
}
static bool play_listen_unread(struct trial *t)
{
  return accepted(t) && leaves_unread(t) && enrich(t, MAY_FLIGHT | MAY_QUEUE) && closes(t);
}

static bool full(struct trial *t)
{
  struct err err;

  if (!ground_fill(t->ground, &err)) return trial_broken(t, "%s", err.message);
  trial_note_lines(t, "new\nsend SYN\nsend\nuse 1\n");
  t->tcb.accept_full = true;
  return true;
}
static bool play_listen_full(struct trial *t) { return passive_on(t, PORT_SHORT) && full(t); }
static bool play_syn_sent(struct trial *t) { return connects(t); }
static bool play_syn_received(struct trial *t) { return syn_received_on(t, PORT_OPEN); }
static bool play_syn_received_tight(struct trial *t) { return syn_received_on(t, PORT_TIGHT); }
static bool play_syn_received_full(struct trial *t) { return syn_received_on(t, PORT_SHORT) && full(t); }
static bool play_syn_received_active(struct trial *t) { return crossing(t); }
static bool play_syn_received_deferred(struct trial *t) { return crossing(t) && shuts_down(t); }

static bool play_established(struct trial *t)
{
  return accepted(t) && enrich(t, MAY_UNREAD | MAY_GAP | MAY_FLIGHT | MAY_QUEUE);
}
static bool play_established_queued(struct trial *t)
{
  return established(t) && enrich(t, MAY_UNREAD | MAY_GAP);
}
static bool play_established_active(struct trial *t)
{
  return connected(t) && enrich(t, MAY_UNREAD | MAY_GAP | MAY_FLIGHT | MAY_QUEUE);
}
static bool play_established_crossed(struct trial *t)
{
  return crossed(t) && enrich(t, MAY_UNREAD | MAY_GAP | MAY_FLIGHT | MAY_QUEUE);
}
static bool tight(struct trial *t)
{
  return syn_received_on(t, PORT_TIGHT) && say(t, ACK) && accepts(t) && fill(t);
}
static bool play_established_tight(struct trial *t) { return tight(t) && enrich(t, MAY_FLIGHT | MAY_QUEUE); }

static bool play_fin_wait_1(struct trial *t)
{
  return held(t) && enrich(t, MAY_UNREAD | MAY_GAP | MAY_FLIGHT | MAY_QUEUE) && shuts_down(t);
}
static bool play_fin_wait_1_tight(struct trial *t)
{
  return tight(t) && enrich(t, MAY_FLIGHT) && shuts_down(t);
}
static bool play_fin_wait_1_orphan(struct trial *t)
{
  return held(t) && enrich(t, MAY_GAP | MAY_FLIGHT | MAY_QUEUE) && closes(t);
}
static bool play_fin_wait_1_released(struct trial *t)
{
  return held(t) && enrich(t, MAY_FLIGHT) && shuts_down(t) && closes(t);
}
static bool play_fin_wait_1_early(struct trial *t) { return crossing(t) && closes(t); }

/* All is sent and acknowledged but the FIN: more may be under way than the first window let go. */
static bool text_goes(struct trial *t)
{
  for (unsigned i = 0; i < 4 && !t->tcb.fin_sent; i++)
    if (!say(t, ACK)) return false;
  return true;
}
static bool all_goes(struct trial *t) { return text_goes(t) && say(t, ACK); }

static bool fin_wait_2(struct trial *t)
{
  return held(t) && enrich(t, MAY_FLIGHT) && shuts_down(t) && all_goes(t);
}
static bool play_fin_wait_2(struct trial *t) { return fin_wait_2(t) && enrich(t, MAY_UNREAD | MAY_GAP); }
static bool play_fin_wait_2_tight(struct trial *t) { return tight(t) && shuts_down(t) && say(t, ACK); }
static bool play_fin_wait_2_orphan(struct trial *t)
{
  return held(t) && enrich(t, MAY_FLIGHT | MAY_GAP) && closes(t) && all_goes(t);
}
static bool play_fin_wait_2_released(struct trial *t) { return fin_wait_2(t) && closes(t); }

static bool close_wait(struct trial *t, unsigned may)
{
  return held(t) && enrich(t, may) && say(t, FIN | ACK);
}
static bool play_close_wait(struct trial *t)
{
  return close_wait(t, MAY_UNREAD) && enrich(t, MAY_FLIGHT | MAY_QUEUE);
}
static bool play_close_wait_queued(struct trial *t)
{
  return established(t) && enrich(t, MAY_UNREAD) && say(t, FIN | ACK);
}
static bool play_close_wait_tight(struct trial *t) { return tight(t) && say(t, FIN | ACK); }

static bool their_fin_only(struct trial *t) { return say_ack(t, FIN | ACK, t->tcb.snd.una); }
static bool play_closing(struct trial *t)
{
  return held(t) && enrich(t, MAY_UNREAD | MAY_FLIGHT) && shuts_down(t) && their_fin_only(t);
}
static bool play_closing_orphan(struct trial *t)
{
  return held(t) && enrich(t, MAY_FLIGHT) && closes(t) && their_fin_only(t);
}

static bool play_last_ack(struct trial *t)
{
  return close_wait(t, MAY_UNREAD) && enrich(t, MAY_FLIGHT | MAY_QUEUE) && shuts_down(t);
}
static bool play_last_ack_orphan(struct trial *t)
{
  return close_wait(t, 0) && enrich(t, MAY_FLIGHT | MAY_QUEUE) && closes(t);
}

static bool play_time_wait(struct trial *t) { return fin_wait_2(t) && say(t, FIN | ACK); }
static bool play_time_wait_at_once(struct trial *t)
{
  return held(t) && enrich(t, MAY_UNREAD | MAY_FLIGHT) && shuts_down(t) && text_goes(t) && say(t, FIN | ACK);
}
static bool play_time_wait_orphan(struct trial *t)
{
  return held(t) && enrich(t, MAY_FLIGHT) && closes(t) && all_goes(t) && say(t, FIN | ACK);
}
static bool play_time_wait_crossed(struct trial *t) { return play_closing(t) && all_goes(t); }
static bool play_time_wait_passive(struct trial *t)
{
  return accepted(t) && closes(t) && say(t, ACK) && say(t, FIN | ACK);
}

/* A SYN beyond RCV.NXT opens the pair again. */
static bool play_syn_received_reopened(struct trial *t)
{
  if (!play_time_wait_passive(t)) return false;
  struct segment s = plain(t, SYN, 1 + rng_below(&t->rng, 100000), 0);
  return trial_send(t, &s);
}

static const struct scene scenes[] = {
    {"CLOSED", STATE_CLOSED, 2, play_closed},
    {"CLOSED/aborted", STATE_CLOSED, 1, play_closed_aborted},
    {"LISTEN", STATE_LISTEN, 2, play_listen},
    {"LISTEN/aborted", STATE_CLOSED, 1, play_listen_aborted},
    {"LISTEN/closed-unread", STATE_CLOSED, 1, play_listen_unread},
    {"LISTEN/queue-full", STATE_LISTEN, 1, play_listen_full},
    {"SYN-SENT", STATE_SYN_SENT, 5, play_syn_sent},
    {"SYN-RECEIVED", STATE_SYN_RECEIVED, 6, play_syn_received},
    {"SYN-RECEIVED/tight", STATE_SYN_RECEIVED, 1, play_syn_received_tight},
    {"SYN-RECEIVED/queue-full", STATE_SYN_RECEIVED, 2, play_syn_received_full},
    {"SYN-RECEIVED/active", STATE_SYN_RECEIVED, 5, play_syn_received_active},
    {"SYN-RECEIVED/active-shut", STATE_SYN_RECEIVED, 2, play_syn_received_deferred},
    {"SYN-RECEIVED/reopened", STATE_SYN_RECEIVED, 2, play_syn_received_reopened},
    {"ESTABLISHED", STATE_ESTABLISHED, 10, play_established},
    {"ESTABLISHED/queued", STATE_ESTABLISHED, 3, play_established_queued},
    {"ESTABLISHED/active", STATE_ESTABLISHED, 5, play_established_active},
    {"ESTABLISHED/crossed", STATE_ESTABLISHED, 3, play_established_crossed},
    {"ESTABLISHED/tight", STATE_ESTABLISHED, 3, play_established_tight},
    {"FIN-WAIT-1", STATE_FIN_WAIT_1, 5, play_fin_wait_1},
    {"FIN-WAIT-1/tight", STATE_FIN_WAIT_1, 2, play_fin_wait_1_tight},
    {"FIN-WAIT-1/orphan", STATE_FIN_WAIT_1, 4, play_fin_wait_1_orphan},
    {"FIN-WAIT-1/released", STATE_FIN_WAIT_1, 2, play_fin_wait_1_released},
    {"FIN-WAIT-1/early", STATE_FIN_WAIT_1, 3, play_fin_wait_1_early},
    {"FIN-WAIT-2", STATE_FIN_WAIT_2, 5, play_fin_wait_2},
    {"FIN-WAIT-2/tight", STATE_FIN_WAIT_2, 2, play_fin_wait_2_tight},
    {"FIN-WAIT-2/orphan", STATE_FIN_WAIT_2, 4, play_fin_wait_2_orphan},
    {"FIN-WAIT-2/released", STATE_FIN_WAIT_2, 2, play_fin_wait_2_released},
    {"CLOSE-WAIT", STATE_CLOSE_WAIT, 5, play_close_wait},
    {"CLOSE-WAIT/queued", STATE_CLOSE_WAIT, 2, play_close_wait_queued},
    {"CLOSE-WAIT/tight", STATE_CLOSE_WAIT, 2, play_close_wait_tight},
    {"CLOSING", STATE_CLOSING, 4, play_closing},
    {"CLOSING/orphan", STATE_CLOSING, 4, play_closing_orphan},
    {"LAST-ACK", STATE_LAST_ACK, 4, play_last_ack},
    {"LAST-ACK/orphan", STATE_LAST_ACK, 4, play_last_ack_orphan},
    {"TIME-WAIT", STATE_TIME_WAIT, 4, play_time_wait},
    {"TIME-WAIT/at-once", STATE_TIME_WAIT, 2, play_time_wait_at_once},
    {"TIME-WAIT/orphan", STATE_TIME_WAIT, 3, play_time_wait_orphan},
    {"TIME-WAIT/crossed", STATE_TIME_WAIT, 2, play_time_wait_crossed},
};

const struct scene *scene_at(size_t i) { return i < sizeof scenes / sizeof *scenes ? &scenes[i] : NULL; }

const struct scene *scene_draw(struct rng *rng)
{
  static uint32_t total;

  if (total == 0)
    for (size_t i = 0; scene_at(i); i++) total += scenes[i].weight;
  uint32_t at = rng_below(rng, total);
  const struct scene *s = scenes;
  while (at >= s->weight) at -= s++->weight;
  return s;
}
