/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model: the engine's own machine (engine/tcp) as the other end, in memory and in virtual time. No
   privilege, no system call but a poll() with timeout zero on the descriptor that wakes a wait.

   One object, two faces: a wire (segments go in as octets, replies come out as octets) and a peer (the verbs,
   apps, events and truth of engine/peer/peer.h). Replies are immediate: the clock moves only in wire_wait(),
   to `until` or to the next timer of a connection of the model's, whichever is earlier. Where both are
   USEC_NEVER it cannot move and wire_wait() returns at once: nothing will ever happen.

   What RFC 9293 leaves to the system is as Linux has it: descriptors, errno, the accept queue, in every
   profile. The model listens on port 9 with app discard. It keeps at most MODEL_LINKS_MAX connections and 64
   MiB of octets; what would be more is a segment lost.

   ISNs and ephemeral ports come from the seed: the same calls give the same octets. `peer isn N` holds for
   the next connection opened, by the answer to your SYN or by `peer connect` (the lab: by an answer only). */
#ifndef TCPTUTOR_PEER_MODEL_H
#define TCPTUTOR_PEER_MODEL_H

#include "engine/base/usec.h"
#include "engine/segment/addr.h"

#include <stdbool.h>
#include <stdint.h>

struct err;
struct peer;
struct tcp_profile;
struct wire;

enum { MODEL_LINKS_MAX = 4096 };

struct model_config {
  struct addr you, peer;
  const struct tcp_profile *profile; /* the model's; copied. NULL: rfc9293 */
  uint64_t seed;
  int64_t calendar; /* what app daytime takes the clock's start for: seconds since 1970 UTC */
};

/* Both are the caller's, to be freed in any order with wire_free() and peer_free(); each works only while
   both live. False with *ERR: no memory. */
bool model_new(const struct model_config *, struct wire **, struct peer **, struct err *);

/* For struct session_config.world, CTX being the struct peer: "quickack" turns delayed ACKs off or on; the
   model has no other. */
bool model_world(void *ctx, const char *setting, bool on, struct err *);

/* The maximum segment lifetime of the model, and twice that for its TIME-WAIT, from now on; more than 0. A
   wait that runs is not changed. */
void model_set_msl(struct peer *, usec_t msl);

#endif
