/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/peer/fast_queue.h"

void fast_queue_reset(struct fast_queue *q, uint16_t port, usec_t now)
{
  q->reset[q->next].port = port;
  q->reset[q->next].until = now + 60 * USEC_S;
  q->next = (q->next + 1) % FAST_QUEUE_MAX;
}

unsigned fast_queue_count(const struct fast_queue *q, uint16_t port, usec_t now)
{
  unsigned n = 0;

  for (unsigned i = 0; i < FAST_QUEUE_MAX; i++) n += q->reset[i].port == port && q->reset[i].until > now;
  return n;
}
