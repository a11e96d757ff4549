/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection that is gone and says nothing. A socket in TCP_REPAIR closes without a segment; what no
   program holds (SYN-RECEIVED, TIME-WAIT, orphans) is destroyed through sock_diag, and the RST that this
   makes of an orphan in FIN-WAIT-1 never reaches you. */
#include "engine/base/err.h"
#include "engine/peer/peer_lab_own.h"
#include "engine/segment/codec.h"
#include "engine/wire/wire_lab.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

static bool is_reset_of(void *ctx, const uint8_t *octets, size_t len)
{
  const struct pair *pair = ctx;
  struct segment s;

  return segment_decode(octets, len, &s, NULL, NULL) && (s.flags & RST) && s.sport == pair->peer_port &&
         s.dport == pair->you_port;
}

static bool vanish_socket(struct peer_lab *p, struct connection *c, struct err *err)
{
  int one = 1;

  if (setsockopt(c->fd, IPPROTO_TCP, TCP_REPAIR, &one, sizeof one) < 0)
    return err_set(err, ERR_UNAVAILABLE,
                   "TCP_REPAIR was refused: the kernel needs CONFIG_CHECKPOINT_RESTORE");
  connection_close(p, c);
  return true;
}

static bool vanish_orphan(struct peer_lab *p, const struct pair *pair, struct err *err)
{
  struct pair mine = *pair;

  return wire_lab_keep(p->wire, err) && diag_destroy(p->diag, pair, err) &&
         wire_lab_swallow(p->wire, is_reset_of, &mine, err);
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
           (truth.listener || truth.state == STATE_CLOSED || vanish_orphan(p, pair, err));
  }
  if (truth.listener || truth.state == STATE_CLOSED)
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
