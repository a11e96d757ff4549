/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fidelity/ground.h"

#include "engine/base/err.h"
#include "engine/peer/peer_lab.h"
#include "engine/segment/codec.h"
#include "engine/segment/option.h"
#include "engine/wire/wire_lab.h"
#include "engine/wire/wire_shift.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FILLING_PORT = 500, FAST_OPENS = 10000000, USUAL_SOMAXCONN = 4096 };

const struct tcp_profile *ground_profile(const struct ground *g, enum climate c, uint16_t port)
{
  return port == PORT_TIGHT ? &g->tight_profile[c] : &g->profile[c];
}

static const struct {
  const char *command, *on, *off;
} climates[CLIMATE_COUNT] = {{NULL, NULL, NULL},
#define X(id, command, on, off) {command, on, off},
                             CLIMATES(X)
#undef X
};

const char *climate_command(enum climate c) { return climates[c].command; }
const char *climate_value(enum climate c) { return climates[c].on; }

static int listener(struct ground *g, uint16_t port, int rcvbuf, int backlog)
{
  struct sockaddr_storage at;
  socklen_t len = lab_sockaddr(lab_peer(g->lab), port, &at);
  int one = 1, fd = lab_peer_tcp_socket(g->lab);

  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (rcvbuf) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof rcvbuf);
  if (bind(fd, (struct sockaddr *)&at, len) == 0 && listen(fd, backlog) == 0) return fd;
  close(fd);
  return -1;
}

/* The peer has a listener of its own on port 9, with an app that reads; the driver wants the port. */
static bool free_port(struct ground *g, struct err *err)
{
  struct peer_request r = {.verb = PEER_CLOSE};
  struct peer_event e;

  r.pair = (struct pair){*lab_you(g->lab), *lab_peer(g->lab), 1, PORT_OPEN};
  return peer_call(g->peer, &r, &e, err);
}

static void profiles(struct ground *g)
{
  for (unsigned i = 0; i < CLIMATE_COUNT; i++) {
    g->profile[i] = tcp_profile_linux;
    lab_describe(&g->profile[i]);
  }
  g->profile[CLIMATE_RFC1337].rfc1337 = true;
  g->profile[CLIMATE_THROTTLED].challenge_interval = 500 * USEC_MS;
  g->profile[CLIMATE_OVERFLOW].abort_on_overflow = true;
  g->profile[CLIMATE_COOKIES].syn_cookies = 2;
  g->profile[CLIMATE_NO_COOKIES].syn_cookies = g->profile[CLIMATE_CROWDED].syn_cookies = 0;
  g->profile[CLIMATE_DEFER].defer_accept = 1;
  g->profile[CLIMATE_HASTY].rto_min = 4 * USEC_MS;
  g->profile[CLIMATE_LATE].delay_acks = true;
  g->profile[CLIMATE_FAST].fast_open = g->profile[CLIMATE_ANYONE].fast_open = FAST_OPENS;
  g->profile[CLIMATE_ANYONE].fast_open_anyone = true;
  for (unsigned i = 0; i < CLIMATE_COUNT; i++) {
    g->tight_profile[i] = g->profile[i];
    g->tight_profile[i].rcv_buf = GROUND_TIGHT_RCVBUF;
    g->tight_profile[i].rcv_buf_fixed = true;
    g->tight_profile[i].wscale = 0;
  }
}

/* -- another connection than the trial's, from a port of its own -- */
static bool put_segment(struct ground *g, const struct segment *s, struct err *err)
{
  uint8_t octets[100];

  return wire_send(g->wire, octets, segment_encode(s, octets, sizeof octets), err);
}

static struct segment bare(struct ground *g, uint16_t port, uint8_t flags, seq_t seq, seq_t ack)
{
  struct segment s = {.src = *lab_you(g->lab),
                      .dst = *lab_peer(g->lab),
                      .sport = FILLING_PORT,
                      .dport = port,
                      .seq = seq,
                      .ack = ack,
                      .win = 65535,
                      .flags = flags};

  if (flags & SYN) option_put_wscale(&s, 0);
  return s;
}

static bool put_bare(struct ground *g, uint16_t port, uint8_t flags, seq_t seq, seq_t ack, struct err *err)
{
  struct segment s = bare(g, port, flags, seq, ack);

  return put_segment(g, &s, err);
}

static bool put_fast(struct ground *g, uint16_t port, const uint8_t *cookie, size_t len, struct err *err)
{
  struct segment s = bare(g, port, SYN, 1000, 0);

  return option_put(&s, OPTION_FASTOPEN, cookie, len) && put_segment(g, &s, err);
}

static bool hear_syn_ack(struct ground *g, struct segment *s)
{
  static uint8_t octets[SEGMENT_OCTETS_MAX];
  usec_t when;
  size_t len;

  if (!wire_settle(g->wire, NULL)) return false;
  while ((len = wire_recv(g->wire, octets, sizeof octets, &when)) > 0)
    if (segment_decode(octets, len, s, NULL, NULL) &&
        (s->dport == FILLING_PORT || s->dport == FILLING_PORT + 1) && (s->flags & SYN))
      return true;
  return false;
}

static void forget_from(struct ground *g, uint16_t from, uint16_t port)
{
  struct pair it = {*lab_you(g->lab), *lab_peer(g->lab), from, port};

  peer_forget(g->peer, &it);
}

static void forget_it(struct ground *g, uint16_t port) { forget_from(g, FILLING_PORT, port); }

/* It is made from a secret of the namespace's and the two addresses. */
static bool learn_cookie(struct ground *g, struct err *err)
{
  struct segment s;
  struct option o;

  if (!ground_set(g, CLIMATE_FAST, err) || !put_fast(g, PORT_OPEN, NULL, 0, err)) return false;
  if (!hear_syn_ack(g, &s) || !option_find(&s, OPTION_FASTOPEN, &o))
    return err_set(err, ERR_SYSTEM, "the kernel gives no Fast Open cookie");
  g->cookie.cookie_len = (uint8_t)(o.len - 2);
  memcpy(g->cookie.cookie, o.octet + 2, g->cookie.cookie_len);
  forget_it(g, PORT_OPEN);
  return ground_set(g, CLIMATE_PLAIN, err);
}

bool ground_fill_fast(struct ground *g, struct err *err)
{
  struct segment s;

  if (!put_fast(g, PORT_FAST, g->cookie.cookie, g->cookie.cookie_len, err)) return false;
  g->filled = PORT_FAST;
  return hear_syn_ack(g, &s) || err_set(err, ERR_STATE, "no other Fast Open can be left");
}

/* With none older kernels would let nobody be half open. */
static uint16_t short_backlog(const struct ground *g)
{
  return tcp_profile_has(&g->profile[CLIMATE_PLAIN], CHANGE_ONE_MORE_HALF_OPEN) ? 0 : 1;
}

bool ground_fill(struct ground *g, bool flood, struct err *err)
{
  g->filled = flood ? PORT_SHORT : 0;
  /* Its SYN,ACK is no answer to anything asked, and nobody looks at it. */
  if (flood) return put_bare(g, PORT_SHORT, SYN, 1000, 0, err);
  for (uint16_t i = 0; i <= short_backlog(g); i++) {
    struct segment open = bare(g, PORT_SHORT, SYN, 1000, 0), answer;
    open.sport = (uint16_t)(FILLING_PORT + i);
    if (!put_segment(g, &open, err)) return false;
    if (!hear_syn_ack(g, &answer))
      return err_set(err, ERR_STATE, "the accept queue is full before it is filled");
    struct segment third = bare(g, PORT_SHORT, ACK, 1001, answer.seq + 1);
    third.sport = open.sport;
    if (!put_segment(g, &third, err)) return false;
  }
  return true;
}

/* Two, for the last quarter of one is none. */
bool ground_crowd(struct ground *g, struct err *err)
{
  for (uint16_t i = 0; i < 2; i++) {
    struct segment s = bare(g, PORT_OPEN, SYN, 1000, 0);
    s.sport = (uint16_t)(FILLING_PORT + i);
    if (!put_segment(g, &s, err)) return false;
  }
  return g->crowded = true;
}

bool ground_wait_with_acks(int fd)
{
  int off = 0;

  return setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off) == 0;
}

static bool allow_fast(int fd, int most)
{
  return setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &most, sizeof most) == 0;
}

static void stop_listening(struct ground *g)
{
  int *fd[] = {&g->open, &g->tight, &g->scarce, &g->late, &g->fast};

  for (size_t i = 0; i < sizeof fd / sizeof *fd; i++) {
    if (*fd[i] >= 0) close(*fd[i]);
    *fd[i] = -1;
  }
}

static bool listen_all(struct ground *g, struct err *err)
{
  g->open = listener(g, PORT_OPEN, 0, 4096);
  g->tight = listener(g, PORT_TIGHT, GROUND_TIGHT_RCVBUF, 4096);
  g->scarce = listener(g, PORT_SHORT, 0, short_backlog(g));
  g->late = listener(g, PORT_LATE, 0, 4096);
  g->fast = listener(g, PORT_FAST, 0, 4096);
  if (g->open < 0 || g->tight < 0 || g->scarce < 0 || g->late < 0 || g->fast < 0 ||
      !ground_wait_with_acks(g->late))
    return err_set(err, ERR_SYSTEM, "listen(): %s", lab_error_name(errno));
  if (!allow_fast(g->open, FAST_OPENS) || !allow_fast(g->tight, FAST_OPENS) || !allow_fast(g->fast, 1))
    return err_set(err, ERR_SYSTEM, "TCP_FASTOPEN: %s", lab_error_name(errno));
  return true;
}

static bool defer(struct ground *g, int seconds, struct err *err)
{
  if (setsockopt(g->open, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds) == 0) return true;
  return err_set(err, ERR_SYSTEM, "TCP_DEFER_ACCEPT: %s", lab_error_name(errno));
}

static bool put(struct ground *g, enum climate c, bool on, struct err *err)
{
  static const char peer_set[] = "peer set ";
  const char *command = climates[c].command;
  char key[64];

  if (!command) return true;
  if (c == CLIMATE_LATE) return lab_quickack(g->lab, !on, err);
  if (c == CLIMATE_DEFER) return defer(g, on ? 1 : 0, err);
  if (c == CLIMATE_CROWDED && !lab_peer_sysctl_write(g->lab, "net/ipv4/tcp_syncookies", on ? "0" : "1", err))
    return false;
  snprintf(key, sizeof key, "net/ipv4/%s", command + sizeof peer_set - 1);
  return lab_peer_sysctl_write(g->lab, key, on ? climates[c].on : climates[c].off, err);
}

/* A Fast Open that was reset counts for a minute: before so many have been that one is refused for it, the
   listeners are others. */
static bool renew_listeners(struct ground *g, struct err *err)
{
  enum { A_TRIAL_AT_MOST = 8 };

  if (!g->few_fast || ++g->swept < USUAL_SOMAXCONN / A_TRIAL_AT_MOST) return true;
  g->swept = 0;
  stop_listening(g);
  return listen_all(g, err) && put(g, g->climate, true, err);
}

bool ground_up(struct ground *g, struct err *err)
{
  memset(g, 0, sizeof *g);
  g->open = g->tight = g->scarce = g->late = g->fast = -1;
  profiles(g);
  g->lab = lab_up(err);
  if (!g->lab) return false;
  g->wire = wire_shift_new(wire_lab_new(g->lab, err), err);
  if (!g->wire) return false;
  g->diag = diag_new(g->lab, err);
  g->peer = g->diag ? peer_lab_new(g->lab, g->wire, err) : NULL;
  if (!g->peer || !free_port(g, err)) return false;
  /* So many that none is refused. In old kernels (6.1) a namespace of a user's own has no such sysctl. */
  g->few_fast = !lab_peer_sysctl_write(g->lab, "net/core/somaxconn", "10000000", NULL);
  return listen_all(g, err) && learn_cookie(g, err);
}

void ground_down(struct ground *g)
{
  stop_listening(g);
  peer_free(g->peer);
  diag_free(g->diag);
  wire_free(g->wire);
  lab_free(g->lab);
}

bool ground_set(struct ground *g, enum climate c, struct err *err)
{
  if (g->climate == c) return true;
  if (!put(g, g->climate, false, err) || !put(g, c, true, err)) return false;
  g->climate = c;
  return true;
}

int ground_connect(struct ground *g, uint16_t your_port, uint16_t *port)
{
  struct sockaddr_storage to, here;
  socklen_t len = sizeof here;
  socklen_t to_len = lab_sockaddr(lab_you(g->lab), your_port, &to);
  struct addr own;
  int fd = lab_peer_tcp_socket(g->lab);

  if (fd < 0) return -1;
  if ((connect(fd, (struct sockaddr *)&to, to_len) < 0 && errno != EINPROGRESS) ||
      getsockname(fd, (struct sockaddr *)&here, &len) < 0) {
    close(fd);
    return -1;
  }
  lab_sockaddr_read(&here, &own, port);
  return fd;
}

static int listening_on(const struct ground *g, uint16_t port)
{
  switch (port) {
  case PORT_OPEN:
    return g->open;
  case PORT_TIGHT:
    return g->tight;
  case PORT_SHORT:
    return g->scarce;
  case PORT_LATE:
    return g->late;
  case PORT_FAST:
    return g->fast;
  default:
    return -1;
  }
}

int ground_accept(struct ground *g, uint16_t port)
{
  int fd = listening_on(g, port);

  return fd < 0 ? -1 : accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

void ground_vanish(int fd)
{
  int one = 1;

  if (fd < 0) return;
  setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &one, sizeof one);
  close(fd);
}

bool ground_sweep(struct ground *g, const struct pair *pair, int fd, struct err *err)
{
  static uint8_t octets[SEGMENT_OCTETS_MAX];
  struct diag_truth truth;
  usec_t when;
  int waiting;

  ground_vanish(fd);
  if (g->filled) forget_it(g, g->filled);
  for (uint16_t i = 0; g->crowded && i < 2; i++) forget_from(g, (uint16_t)(FILLING_PORT + i), PORT_OPEN);
  g->filled = 0;
  g->crowded = false;
  while ((waiting = ground_accept(g, pair->peer_port)) >= 0) ground_vanish(waiting);
  for (int tries = 0;; tries++) {
    if (!diag_look(g->diag, pair, &truth, err)) return false;
    if (truth.listener || truth.state == STATE_CLOSED) break;
    if (tries == 3) return err_set(err, ERR_SYSTEM, "a connection in %s stays", tcp_state_name(truth.state));
    /* The latter has another way where the kernel does not destroy what is asked for. */
    if (tries > 0 || !diag_destroy(g->diag, pair, NULL)) peer_forget(g->peer, pair);
  }
  while (wire_recv(g->wire, octets, sizeof octets, &when) > 0) continue;
  wire_shift_end(g->wire, pair);
  return renew_listeners(g, err);
}
