/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/peer/fast_queue.h"

void fast_queue_reset(struct fast_queue *q, uint16_t port, usec_t now)
{
  q->reset[q->next].port = port;
  q->reset[q->next].until = now + 60 * USEC_S;
  q->next = (q->next + 1) % FAST_QUEUE_MAX;
  if (q->resets < FAST_QUEUE_MAX) q->resets++;
}

unsigned fast_queue_count(const struct fast_queue *q, uint16_t port, usec_t now)
{
  unsigned n = 0;

  for (unsigned i = 0; i < q->resets; i++) n += q->reset[i].port == port && q->reset[i].until > now;
  return n;
}

void fast_queue_unsaid(struct fast_queue *q, uint16_t port, unsigned most)
{
  unsigned free = FAST_QUEUE_MAX;

  for (unsigned i = 0; i < FAST_QUEUE_MAX; i++) {
    if (port == 0 || q->unsaid[i].port == port) q->unsaid[i].port = 0;
    if (q->unsaid[i].port == 0) free = i;
  }
  if (most == 0 || free == FAST_QUEUE_MAX) return;
  q->unsaid[free].port = port;
  q->unsaid[free].most = most;
  if (free >= q->listeners) q->listeners = free + 1;
}

unsigned fast_queue_most(const struct fast_queue *q, uint16_t port)
{
  for (unsigned i = 0; i < q->listeners; i++)
    if (q->unsaid[i].port == port) return q->unsaid[i].most;
  return 0;
}
