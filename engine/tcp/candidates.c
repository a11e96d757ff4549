/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The readable table made short: for each set of profile bits, each state and each class of event, what there
   is to look at, without the words. A list is made at its first use, in static storage; making it again gives
   the same list, so a thread that finds another one at work makes its own and goes on. */
#include "engine/tcp/machine.h"

#include <stdatomic.h>

enum { NOT_MADE, BEING_MADE, MADE };
#define PROFILE_SETS (1u << PROFILE_BITS)

/* Most segments of a connection have ACK, perhaps PSH, and nothing else, and find nothing unusual in the TCB.
   Of these most are as expected: the next in order, fitting into the window, acknowledging what is out or
   nothing new. To explain (tcp_explain()), the numbers of those, too, are looked at. */
enum event_class { ANY, TEXT, BARE, EXPECTED_TEXT, EXPECTED_BARE, CLASSES };

static struct {
  atomic_int made;
  struct candidates candidates;
} lists[PROFILE_SETS][STATE_COUNT][CLASSES];

static enum event_class class_of(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  const struct tcp_profile *p = s->profile;
  if ((s->flags & (FIN | SYN | RST | ACK | URG)) != ACK || t->ts.on || t->held_count > 0 || t->held_fin ||
      t->rcv.wnd == 0 || p->challenge_interval > 0 || p->delay_acks || t->delay.due || t->fast.taken ||
      t->loss.phase != LOSS_NONE || (s->ack == t->snd.una && s->ack != t->snd.nxt))
    return ANY;
  const bool expected = s->seq == t->rcv.nxt && s->len <= t->rcv.wnd && t->snd.wnd > 0 &&
                        s->ack - t->snd.una <= t->snd.nxt - t->snd.una && !s->looked;
  if (s->len > 0) return expected ? EXPECTED_TEXT : TEXT;
  return expected ? EXPECTED_BARE : BARE;
}

typedef bool guard(const struct tcp_step *);

static bool is_one_of(guard *g, guard *const list[], size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (g == list[i]) return true;
  return false;
}

/* The class makes the condition false, whatever the numbers. */
static bool never_holds(guard *g, enum event_class class)
{
  static guard *const unusual[] = {timestamp_missing,
                                   timestamp_old,
                                   timestamp_news,
                                   throttled,
                                   answer_throttled,
                                   zero_window_in_order,
                                   fin_in_order,
                                   text_ack_can_wait,
                                   linux_text_ack_waits,
                                   linux_fin_ack_waits,
                                   late_fin_ack_waits,
                                   ack_finds_occasion,
                                   ack_partial,
                                   ack_partial_late,
                                   ack_after_timeout,
                                   recovering,
                                   duplicate_without_blocks,
                                   duplicate_too_many,
                                   duplicate_means_loss,
                                   duplicate_of_few};
  static guard *const of_text[] = {has_text,      begins_left,    text_in_order,
                                   text_past_gap, linux_text_old, linux_text_no_room};
  static guard *const unexpected[] = {not_acceptable,    begins_left,      ends_right,  text_past_gap,
                                      ack_of_the_future, ack_not_in_range, ack_too_old, probe_refused};
  const bool bare = class == BARE || class == EXPECTED_BARE;
  const bool expected = class == EXPECTED_TEXT || class == EXPECTED_BARE;
  if (is_one_of(g, unusual, sizeof unusual / sizeof unusual[0])) return true;
  if (expected && is_one_of(g, unexpected, sizeof unexpected / sizeof unexpected[0])) return true;
  return bare && is_one_of(g, of_text, sizeof of_text / sizeof of_text[0]);
}

static bool can_hold(const struct tcp_rule *r, unsigned rows, enum tcp_state state, enum event_class class)
{
  if (!(tcp_rule_profiles(r) & rows) || !state_in(state, r->states)) return false;
  if (class == ANY) return true;
  if ((r->off & ACK) || (r->on & (FIN | SYN | RST | URG))) return false;
  return !never_holds(r->guard, class) && !never_holds(r->also, class);
}

static void make(struct candidates *c, unsigned rows, enum tcp_state state, enum event_class class)
{
  size_t count;
  const struct tcp_rule *const *table = rules_in_order(&count);
  uint16_t n = 0;
  for (unsigned p = 0; p < PROCEDURE_COUNT; p++) {
    c->start[p] = n;
    for (size_t i = 0; i < count && n < ROWS_MAX; i++) {
      const struct tcp_rule *r = table[i];
      if (r->procedure != p || !can_hold(r, rows, state, class)) continue;
      c->row[n++] = (struct candidate){.rule = r,
                                       .guard = r->guard,
                                       .also = r->also,
                                       .place = rule_place(r->step, r->part),
                                       .mask = r->on | r->off,
                                       .on = r->on,
                                       .dated = r->since || r->until,
                                       .remark = !r->effect && r->then == THEN_GO_ON && r->next == NEXT_SAME};
    }
  }
  c->start[PROCEDURE_COUNT] = n;
}

const struct candidates *candidates_of(const struct tcp_step *s, struct candidates *scratch)
{
  unsigned rows = s->profile->rows & (PROFILE_SETS - 1);
  enum tcp_state state = s->tcb->state;
  enum event_class class = class_of(s);
  struct candidates *c = &lists[rows][state][class].candidates;
  atomic_int *m = &lists[rows][state][class].made;
  if (atomic_load_explicit(m, memory_order_acquire) == MADE) return c;
  int expected = NOT_MADE;
  if (!atomic_compare_exchange_strong(m, &expected, BEING_MADE)) {
    make(scratch, rows, state, class);
    return scratch;
  }
  make(c, rows, state, class);
  atomic_store_explicit(m, MADE, memory_order_release);
  return c;
}
