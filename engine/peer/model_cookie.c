/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model's cookies. Fast Open's are a hash of the secret: there are no more than two addresses.
   SYN cookies: as Linux makes them, but for the hash. Nothing is kept of a SYN that was answered
   with one; the secret is enough to know its ACK. What a cookie is made of: engine/tcp/cookie.c. */
#include "engine/peer/model_own.h"

#include <string.h>

enum { COUNT_SHIFT = 24 };
#define MINUTE (60 * USEC_S)

/* FNV-1a, then stirred: no defence against a student who does the sums, and none is needed. */
static uint32_t hash(const struct model *m, const struct pair *pair, uint32_t minute)
{
  uint64_t h = 14695981039346656037u ^ m->secret;
  const uint8_t ports[] = {(uint8_t)(pair->you_port >> 8), (uint8_t)pair->you_port,
                           (uint8_t)(pair->peer_port >> 8), (uint8_t)pair->peer_port};
  for (size_t i = 0; i < sizeof ports; i++) h = (h ^ ports[i]) * 1099511628211u;
  struct rng stir = {h ^ (uint64_t)minute << 32};
  return (uint32_t)rng_next(&stir);
}

static seq_t apart_in(const struct model *m, const struct pair *pair, uint32_t minute)
{
  const uint32_t low = (1u << COUNT_SHIFT) - 1;
  return hash(m, pair, 0) + (minute << COUNT_SHIFT) + (hash(m, pair, minute + 1) & low);
}

struct tcp_cookie model_cookie(const struct model *m, const struct pair *pair, const struct segment *s)
{
  enum { SIZES = 4 };
  uint32_t minute = (uint32_t)(m->now / MINUTE);
  struct tcp_cookie c = {.known = true, .apart = apart_in(m, pair, minute), .since = m->now};
  bool last_minutes = (s->flags & (SYN | ACK)) == ACK && s->ack - s->seq - c.apart >= SIZES;
  if (!last_minutes || minute == 0) return c;
  c.apart = apart_in(m, pair, minute - 1);
  c.since -= MINUTE;
  return c;
}

void model_fast_cookie(const struct model *m, struct tcp_fast_open *f)
{
  struct rng stir = {m->secret ^ 0xfa57u};
  uint64_t cookie = rng_next(&stir);

  f->cookie_len = sizeof cookie; /* as Linux's */
  for (size_t i = 0; i < sizeof cookie; i++) f->cookie[i] = (uint8_t)(cookie >> 8 * i);
}
