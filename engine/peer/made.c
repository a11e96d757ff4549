/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/peer/made.h"

/* The slot of PORT, or MADE_MAX. */
static unsigned slot(const struct made *m, uint16_t port)
{
  unsigned i = 0;

  while (i < MADE_MAX && m->listener[i].port != port) i++;
  return i;
}

void made_listener(struct made *m, uint16_t port, usec_t rto_max)
{
  unsigned i = slot(m, port);

  if (i == MADE_MAX) i = slot(m, 0);
  if (i == MADE_MAX) return;
  m->listener[i].port = port;
  m->listener[i].rto_max = rto_max;
}

void made_closed(struct made *m, uint16_t port)
{
  unsigned i = slot(m, port);

  if (i < MADE_MAX) m->listener[i].port = 0;
}

usec_t made_rto_max(const struct made *m, uint16_t port, usec_t now)
{
  unsigned i = port ? slot(m, port) : MADE_MAX;

  return i < MADE_MAX ? m->listener[i].rto_max : now;
}
