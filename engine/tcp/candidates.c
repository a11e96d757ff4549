/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The readable table made short: for each set of profile bits and each state, the rows that can hold there. A
   list is made at its first use, in static storage; making it again gives the same list, so a thread that
   finds another one at work makes its own and goes on. */
#include "engine/tcp/machine.h"

#include <stdatomic.h>

enum { NOT_MADE, BEING_MADE, MADE };

static struct candidates lists[1 << PROFILE_BITS][STATE_COUNT];
static atomic_int made[1 << PROFILE_BITS][STATE_COUNT];

static void make(struct candidates *c, unsigned rows, enum tcp_state state)
{
  size_t count;
  const struct tcp_rule *table = tcp_rules(&count);
  uint16_t n = 0;
  for (unsigned p = 0; p < PROCEDURE_COUNT; p++) {
    c->start[p] = n;
    for (size_t i = 0; i < count && n < ROWS_MAX; i++)
      if (table[i].procedure == p && (table[i].profiles & rows) && state_in(state, table[i].states))
        c->row[n++] = &table[i];
  }
  c->start[PROCEDURE_COUNT] = n;
}

const struct candidates *candidates_of(const struct tcp_profile *p, enum tcp_state state,
                                       struct candidates *scratch)
{
  unsigned rows = p->rows & ((1u << PROFILE_BITS) - 1);
  struct candidates *c = &lists[rows][state];
  atomic_int *m = &made[rows][state];
  if (atomic_load_explicit(m, memory_order_acquire) == MADE) return c;
  int expected = NOT_MADE;
  if (!atomic_compare_exchange_strong(m, &expected, BEING_MADE)) {
    make(scratch, rows, state);
    return scratch;
  }
  make(c, rows, state);
  atomic_store_explicit(m, MADE, memory_order_release);
  return c;
}
