/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of the RFC and those of the systems made one list, once, before main(): each row of a system stands where
   the row it amends stands. Steps and parts stay in order, so a row named need not be of the same part. */
#include "engine/tcp/machine.h"

#include <string.h>

enum { RULES_MAX = 400, NOWHERE = RULES_MAX };

static const struct tcp_rule *order[RULES_MAX];
static size_t ordered;
static uint8_t profiles[RULES_MAX];

const char *tcp_rule_amends(const struct tcp_rule *r)
{
  return r->before ? r->before : r->after ? r->after : r->instead[0] ? r->instead[0] : "";
}

static uint16_t place_of(const struct tcp_rule *table, const char *id)
{
  const struct tcp_rule *r = id ? tcp_rule_find(id, strlen(id)) : NULL;
  return r ? (uint16_t)(r - table) : NOWHERE;
}

/* The row I with all that amends it around it. ANCHOR: the place of the row that each row amends. */
static void put(const struct tcp_rule *table, const uint16_t *anchor, size_t count, size_t i)
{
  for (size_t k = 0; k < count; k++)
    if (anchor[k] == i && table[k].before) put(table, anchor, count, k);
  for (size_t k = 0; k < count; k++)
    if (anchor[k] == i && table[k].instead[0]) put(table, anchor, count, k);
  order[ordered++] = &table[i];
  for (size_t k = 0; k < count; k++)
    if (anchor[k] == i && table[k].after) put(table, anchor, count, k);
}

static unsigned place(const struct tcp_rule *r)
{
  return (unsigned)r->procedure << 16 | rule_place(r->step, r->part);
}

static void keep_steps_in_order(void)
{
  for (size_t i = 1; i < ordered; i++)
    for (size_t k = i; k > 0 && place(order[k - 1]) > place(order[k]); k--) {
      const struct tcp_rule *behind = order[k - 1];
      order[k - 1] = order[k];
      order[k] = behind;
    }
}

static void take_from(const struct tcp_rule *table, const char *id, uint8_t system)
{
  const uint16_t i = place_of(table, id);
  if (i != NOWHERE) profiles[i] &= (uint8_t)~system;
}

static void whose_rows(const struct tcp_rule *table, size_t count)
{
  for (size_t i = 0; i < count; i++)
    profiles[i] = table[i].system ? table[i].system : (uint8_t)(PROFILE_RFC9293 | PROFILE_LINUX);
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < 2; k++) take_from(table, table[i].instead[k], table[i].system);
  const struct tcp_variation *v;
  for (size_t i = 0; (v = tcp_variation_at(i)) != NULL; i++)
    if (v->without) take_from(table, v->id, v->system);
}

__attribute__((constructor)) static void merge(void)
{
  static uint16_t anchor[RULES_MAX];
  size_t count;
  const struct tcp_rule *table = tcp_rules(&count);
  if (count > RULES_MAX) return; /* a test says so */
  for (size_t i = 0; i < count; i++)
    anchor[i] = table[i].system ? place_of(table, tcp_rule_amends(&table[i])) : NOWHERE;
  for (size_t i = 0; i < count; i++)
    if (!table[i].system) put(table, anchor, count, i);
  keep_steps_in_order();
  whose_rows(table, count);
}

uint8_t tcp_rule_profiles(const struct tcp_rule *r)
{
  size_t count;
  const struct tcp_rule *table = tcp_rules(&count);
  if (r < table || r >= table + count) return r->system ? r->system : PROFILE_RFC9293; /* nobody amends it */
  return profiles[r - table];
}

const struct tcp_rule *const *rules_in_order(size_t *count)
{
  *count = ordered;
  return order;
}
