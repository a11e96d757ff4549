/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection that is gone and says nothing. A socket in TCP_REPAIR closes without a segment (where a kernel was
   built without that, it aborts, and the RST is kept from you); what no
   program holds (SYN-RECEIVED, TIME-WAIT, orphans) is destroyed through sock_diag, and the RST that this
   makes of an orphan in FIN-WAIT-1 never reaches you.

   Old kernels (5.10) refuse to destroy TIME-WAIT, and say of an orphan that they did and keep it: there a RST
   in your name ends it, out of sight. The number it needs is told by the peer itself, which in each of these
   states answers text outside its window with an ACK of RCV.NXT. */
#include "engine/base/err.h"
#include "engine/peer/peer_lab_own.h"
#include "engine/segment/codec.h"
#include "engine/wire/wire_lab.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

enum { WINDOW = 60000 };

bool peer_lab_put(struct peer_lab *p, const struct pair *pair, uint8_t flags, seq_t seq, seq_t ack,
                  uint32_t text, struct err *err)
{
  static const uint8_t filler[8];
  struct segment s = {.src = pair->you,
                      .dst = pair->peer,
                      .sport = pair->you_port,
                      .dport = pair->peer_port,
                      .seq = seq,
                      .ack = ack,
                      .win = WINDOW,
                      .flags = flags,
                      .data = filler,
                      .data_len = text};
  uint8_t octets[64];
  size_t len = segment_encode(&s, octets, sizeof octets);

  return wire_send(p->wire, octets, len, err);
}

static bool is_reset_of(void *ctx, const uint8_t *octets, size_t len)
{
  const struct pair *pair = ctx;
  struct segment s;

  return segment_decode(octets, len, &s, NULL, NULL) && (s.flags & RST) && s.sport == pair->peer_port &&
         s.dport == pair->you_port;
}

static bool vanish_socket(struct peer_lab *p, struct connection *c, struct err *err)
{
  struct pair mine = c->pair;
  int one = 1;
  bool silent = !p->lacks_repair && setsockopt(c->fd, IPPROTO_TCP, TCP_REPAIR, &one, sizeof one) == 0;

  if (!silent && !wire_lab_keep(p->wire, err)) return false;
  connection_close(p, c);
  return silent || wire_lab_swallow(p->wire, is_reset_of, &mine, err);
}

static bool gone(const struct diag_truth *t) { return t->listener || t->state == STATE_CLOSED; }

struct telling {
  struct pair pair;
  bool told;
  seq_t rcv_nxt;
};

static bool tells(void *ctx, const uint8_t *octets, size_t len)
{
  struct telling *t = ctx;
  struct segment s;

  if (!segment_decode(octets, len, &s, NULL, NULL) || s.sport != t->pair.peer_port ||
      s.dport != t->pair.you_port)
    return false;
  if (s.flags & ACK) {
    t->told = true;
    t->rcv_nxt = s.ack;
  }
  return true;
}

/* The window is less than half of all numbers, so one of two octets that far apart lies outside. Text, since
   the answer to it is never rationed. A request looks at the ACK first, others ask for one. */
static bool ask_rcv_nxt(struct peer_lab *p, struct telling *t, struct diag_truth *truth, struct err *err)
{
  const seq_t half = 1u << 31;
  const uint8_t flags = truth->state == STATE_SYN_RECEIVED ? 0 : ACK;

  if (!peer_lab_put(p, &t->pair, flags, 0, 0, 1, err) || !peer_lab_put(p, &t->pair, flags, half, 0, 1, err))
    return false;
  if (!wire_lab_swallow(p->wire, tells, t, err) || !diag_look(p->diag, &t->pair, truth, err)) return false;
  return t->told || gone(truth) ||
         err_set(err, ERR_SYSTEM, "a connection in %s does not tell its RCV.NXT",
                 tcp_state_name(truth->state));
}

static bool end_by_reset(struct peer_lab *p, const struct pair *pair, struct diag_truth truth,
                         struct err *err)
{
  struct telling t = {.pair = *pair};

  if (!ask_rcv_nxt(p, &t, &truth, err) || gone(&truth)) return gone(&truth);
  if (!peer_lab_put(p, pair, RST, t.rcv_nxt, 0, 0, err) || !wire_lab_swallow(p->wire, tells, &t, err) ||
      !diag_look(p->diag, pair, &truth, err))
    return false;
  p->by_reset = true;
  if (gone(&truth)) return true;
  return err_set(err, ERR_UNAVAILABLE, "this kernel does not let go of a connection in %s",
                 tcp_state_name(truth.state));
}

/* With tcp_rfc1337 TIME-WAIT is protected from RSTs. */
static bool end_unprotected(struct peer_lab *p, const struct pair *pair, const struct diag_truth *truth,
                            struct err *err)
{
  static const char key[] = "net/ipv4/tcp_rfc1337";
  char was[16];

  if (!lab_peer_sysctl_read(p->lab, key, was, sizeof was, err)) return false;
  bool protected = strcmp(was, "0") != 0;
  if (protected && !lab_peer_sysctl_write(p->lab, key, "0", err)) return false;
  bool ok = end_by_reset(p, pair, *truth, err);
  return (!protected || lab_peer_sysctl_write(p->lab, key, was, ok ? err : NULL)) && ok;
}

static bool vanish_orphan(struct peer_lab *p, const struct pair *pair, struct err *err)
{
  struct pair mine = *pair;
  struct diag_truth truth;
  struct err refusal = {.code = ERR_NONE};

  if (!wire_lab_keep(p->wire, err)) return false;
  if (!p->lacks_destroy && !diag_destroy(p->diag, pair, &refusal) && refusal.code == ERR_SYSTEM) {
    if (err) *err = refusal;
    return false;
  }
  if (!wire_lab_swallow(p->wire, is_reset_of, &mine, err) || !diag_look(p->diag, pair, &truth, err))
    return false;
  return gone(&truth) || end_unprotected(p, pair, &truth, err);
}

/* Whether the pair's connection waits in an accept queue: only there is a live connection nobody's. */
static bool queued(const struct diag_truth *t)
{
  return !t->owned && (t->state == STATE_ESTABLISHED || t->state == STATE_CLOSE_WAIT);
}

static bool vanish(struct peer_lab *p, const struct pair *pair, bool report, struct err *err)
{
  struct connection *c = connection_find(p, pair);
  struct diag_truth truth;

  if (!c) {
    if (!diag_look(p->diag, pair, &truth, err)) return false;
    if (queued(&truth)) c = connection_take(p, pair, report);
  }
  if (c) {
    /* A socket we held may have been dead already, and the pair live on: as a TIME-WAIT of the kernel's, or
       with another connection. */
    return vanish_socket(p, c, err) && diag_look(p->diag, pair, &truth, err) &&
           (gone(&truth) || vanish_orphan(p, pair, err));
  }
  if (gone(&truth))
    return err_set(err, ERR_STATE, "there is no connection that could crash: the peer is in %s",
                   tcp_state_name(truth.state));
  return vanish_orphan(p, pair, err);
}

bool peer_lab_crash(struct peer_lab *p, const struct pair *pair, struct err *err)
{
  return vanish(p, pair, true, err);
}

void peer_lab_forget(struct peer *peer, const struct pair *pair)
{
  vanish(peer_lab_of(peer), pair, false, NULL);
}
