/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/course/coverage.h"

#include "engine/base/buf.h"

static void add_rule(struct coverage *c, const struct tcp_rule *rule)
{
  size_t count;
  const struct tcp_rule *rules = tcp_rules(&count);
  if (rule >= rules && rule < rules + count && (size_t)(rule - rules) < COVERAGE_RULES_MAX)
    c->fired[rule - rules] = true;
}

static void add_verdict(struct coverage *c, const struct record_verdict *v)
{
  for (unsigned i = 0; i < v->fired_count; i++) add_rule(c, v->fired[i]);
}

void coverage_add(struct coverage *c, const struct trace *trace)
{
  for (size_t i = 0; i < trace_count(trace); i++) {
    const struct record *r = trace_at(trace, i);
    if (r->rule) add_rule(c, r->rule);
    if (r->kind == RECORD_SEGMENT) {
      add_verdict(c, &r->sender);
      add_verdict(c, &r->receiver);
    } else if (r->kind == RECORD_STATE && r->confirmed != TRUTH_DENIED) {
      c->walked[r->from][r->to] = true;
    }
  }
}

void coverage_tell(const struct coverage *c, struct buf *out)
{
  size_t count, fired = 0, arrows = 0;
  const struct tcp_rule *rules = tcp_rules(&count);
  for (size_t i = 0; i < count && i < COVERAGE_RULES_MAX; i++) fired += c->fired[i];
  for (size_t from = 0; from < STATE_COUNT; from++)
    for (size_t to = 0; to < STATE_COUNT; to++) {
      if (!c->walked[from][to]) continue;
      arrows++;
      buf_printf(out, "# walked %s to %s\n", tcp_state_name((enum tcp_state)from),
                 tcp_state_name((enum tcp_state)to));
    }
  for (size_t i = 0; i < count && i < COVERAGE_RULES_MAX; i++)
    if (!c->fired[i]) buf_printf(out, "# never fired: %s\n", rules[i].id);
  buf_printf(out, "# %zu changes of state were walked, %zu of %zu rules fired\n", arrows, fired, count);
}
