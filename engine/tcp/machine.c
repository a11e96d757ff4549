/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interpreter: walks the rows of a procedure in order, first match in each part of a step wins.
   Everything TCP knows is in the rows; this file knows only how to walk them. */
#include "engine/tcp/machine.h"

static const char *const signal_texts[SIGNAL_COUNT] = {
#define X(id, text) text,
    TCP_SIGNALS(X)
#undef X
};

const char *tcp_signal_text(enum tcp_signal x) { return x < SIGNAL_COUNT ? signal_texts[x] : "?"; }

static bool of_this_kernel(const struct tcp_rule *r, const struct tcp_profile *p)
{
  return (!r->since || tcp_profile_has(p, r->since)) && (!r->until || !tcp_profile_has(p, r->until));
}

bool tcp_rule_holds(const struct tcp_rule *r, const struct tcp_profile *p)
{
  return (tcp_rule_profiles(r) & p->rows) != 0 && of_this_kernel(r, p);
}

static inline bool fits(const struct tcp_step *s, const struct candidate *r)
{
  return (s->flags & r->mask) == r->on && (!r->dated || of_this_kernel(r->rule, s->profile)) &&
         (!r->guard || r->guard(s)) && (!r->also || r->also(s));
}

static inline void note(struct tcp_step *s, const struct tcp_rule *r)
{
  struct tcp_verdict *v = s->verdict;
  if (v->fired_count < TCP_FIRED_MAX) v->fired[v->fired_count++] = r;
  s->rule = r;
}

static inline void fire(struct tcp_step *s, const struct tcp_rule *r)
{
  note(s, r);
  if (r->effect) r->effect(s);
  if (r->next != NEXT_SAME) s->tcb->state = (enum tcp_state)r->next;
}

/* The first row behind the part DONE. */
static inline const struct candidate *behind(const struct candidate *r, const struct candidate *end,
                                             unsigned done)
{
  while (r < end && r->place <= done) r++;
  return r;
}

/* ONLY_STEP 0: all steps. Guards change nothing; after an effect has changed the state the list is another.
 */
void machine_walk(struct tcp_step *s, enum tcp_procedure procedure, unsigned only_step)
{
  rule_observer *const looked = s->looked;
  struct candidates scratch;
  const struct candidates *c = candidates_of(s, &scratch);
  const struct candidate *r = &c->row[c->start[procedure]], *end = &c->row[c->start[procedure + 1]];
  if (only_step) {
    while (r < end && r->rule->step < only_step) r++;
    for (end = r; end < &c->row[c->start[procedure + 1]] && end->rule->step == only_step;) end++;
  }
  while (r < end) {
    const bool hit = fits(s, r);
    if (looked && (!r->dated || of_this_kernel(r->rule, s->profile))) looked(s->looked_ctx, r->rule, hit);
    if (!hit) {
      r++;
      continue;
    }
    if (r->remark) {
      note(s, r->rule);
      r = behind(r + 1, end, r->place);
      continue;
    }
    const enum tcp_state before = s->tcb->state;
    const struct tcp_rule *rule = r->rule;
    unsigned done = r->place;
    fire(s, rule);
    if (rule->then == THEN_STOP) return;
    if (rule->then == THEN_GO_ON && s->tcb->state == before) {
      r = behind(r + 1, end, done);
      continue;
    }
    if (rule->then != THEN_GO_ON) {
      procedure = rule->then == THEN_AT_SYN ? PROCEDURE_LISTEN : PROCEDURE_OTHERWISE;
      done = rule_place(rule->then == THEN_AT_SYN ? 3 : rule->then == THEN_AT_ACK ? 5 : 6, 0) - 1u;
    }
    c = candidates_of(s, &scratch);
    end = &c->row[c->start[procedure + 1]];
    r = behind(&c->row[c->start[procedure]], end, done);
  }
}

static void begin(struct tcp_step *s, struct tcb *t, usec_t now, struct tcp_verdict *v)
{
  /* Member by member: this is the machine's most frequent act, and to clear the whole costs more. */
  s->tcb = t;
  s->profile = t->profile;
  s->now = now;
  s->verdict = v;
  s->rule = s->ack_wanted = s->repeat_last = NULL;
  s->by_record = false;
  s->segment = NULL;
  s->call = NULL;
  s->timer = TIMER_COUNT;
  s->seq = s->ack = 0;
  s->len = s->wnd = 0;
  s->flags = 0;
  s->has_ts = false;
  s->ts_val = s->ts_ecr = 0;
  s->offer = (struct tcp_offer){.known = false};
  s->fast.on = false;
  s->looked = NULL;
  s->looked_ctx = NULL;
  v->from = v->to = t->state;
  v->fired_count = v->emit_count = 0;
  v->signals = v->delivered = v->acked = 0;
  v->counted = false;
}

static void begin_segment(struct tcp_step *s, const struct segment *g)
{
  s->segment = g;
  s->seq = g->seq;
  s->ack = g->ack;
  s->len = (uint32_t)g->data_len;
  s->flags = g->flags;
  s->wnd = (g->flags & SYN) ? g->win : (uint32_t)g->win << s->tcb->snd.wscale;
  if (g->options_len) options_read(s);
}

static void finish(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  if (t->state != STATE_CLOSED && t->state != STATE_LISTEN) output_flush(s);
  sack_next_packet(t);
  timer_update(t, s->now);
  s->verdict->to = t->state;
}

static enum tcp_procedure procedure_of(enum tcp_state state)
{
  switch (state) {
  case STATE_CLOSED:
    return PROCEDURE_CLOSED;
  case STATE_LISTEN:
    return PROCEDURE_LISTEN;
  case STATE_SYN_SENT:
    return PROCEDURE_SYN_SENT;
  default:
    return PROCEDURE_OTHERWISE;
  }
}

void tcp_arrives(struct tcb *t, const struct segment *g, usec_t now, struct tcp_verdict *v)
{
  struct tcp_step s;
  begin(&s, t, now, v);
  begin_segment(&s, g);
  const seq_t una = t->snd.una, nxt = t->snd.nxt;
  if (t->timer[TIMER_KEEPALIVE] != USEC_NEVER) t->profile->manner->alive(t);
  machine_walk(&s, procedure_of(t->state), 0);
  t->profile->manner->heard(&s, una, nxt);
  finish(&s);
}

void tcp_explain(const struct tcb *before, const struct segment *g, usec_t now,
                 void (*row)(void *ctx, const struct tcp_rule *, bool matched), void *ctx)
{
  struct tcb t = *before;
  struct tcp_verdict v;
  struct tcp_step s;
  begin(&s, &t, now, &v);
  begin_segment(&s, g);
  s.looked = row;
  s.looked_ctx = ctx;
  machine_walk(&s, procedure_of(t.state), 0);
}

void tcp_call(struct tcb *t, const struct tcp_call *call, usec_t now, struct tcp_verdict *v)
{
  struct tcp_step s;
  begin(&s, t, now, v);
  s.call = call;
  machine_walk(&s, PROCEDURE_CALL, 1u + (unsigned)call->kind);
  finish(&s);
}

/* Step numbers of PROCEDURE_TIMEOUT. */
static const uint8_t timer_steps[TIMER_COUNT] = {
    [TIMER_USER] = 1,      [TIMER_RETRANSMISSION] = 2, [TIMER_TIME_WAIT] = 3,  [TIMER_PERSIST] = 4,
    [TIMER_KEEPALIVE] = 5, [TIMER_DELAYED_ACK] = 6,    [TIMER_FIN_WAIT_2] = 7,
};

/* Whose segments are seen on the wire (a shadow's) or made by hand, for those most timers only tell what
   runs; what changes the state counts all the same. */
static bool timer_acts(const struct tcb *t, enum tcp_timer timer)
{
  struct tcp_step s = {.tcb = (struct tcb *)(uintptr_t)t, .profile = t->profile, .now = t->timer[timer]};
  switch (timer) {
  case TIMER_RETRANSMISSION:
    return !t->shadow || retries_spent(&s) || text_awaited(&s);
  case TIMER_PERSIST:
    return !t->manual && (!t->shadow || window_probes_spent(&s));
  case TIMER_KEEPALIVE:
    return !t->manual && (!t->shadow || probes_spent(&s));
  case TIMER_DELAYED_ACK:
    return !t->shadow;
  default:
    return true;
  }
}

static enum tcp_timer first_timer(const struct tcb *t)
{
  enum tcp_timer first = TIMER_COUNT;
  for (unsigned i = 0; i < TIMER_COUNT; i++) {
    if (t->timer[i] == USEC_NEVER || !timer_acts(t, (enum tcp_timer)i)) continue;
    if (first == TIMER_COUNT || t->timer[i] < t->timer[first]) first = (enum tcp_timer)i;
  }
  return first;
}

usec_t tcp_deadline(const struct tcb *t)
{
  enum tcp_timer first = first_timer(t);
  return first == TIMER_COUNT ? USEC_NEVER : t->timer[first];
}

void tcp_timeout(struct tcb *t, usec_t now, struct tcp_verdict *v)
{
  struct tcp_step s;
  begin(&s, t, now, v);
  enum tcp_timer first = first_timer(t);
  if (first == TIMER_COUNT || t->timer[first] > now) return;
  s.timer = first;
  timer_stop(t, first);
  machine_walk(&s, PROCEDURE_TIMEOUT, timer_steps[first]);
  finish(&s);
}

bool tcp_timer_sends(const struct tcb *before, enum tcp_timer timer, usec_t now, struct tcp_emit *e)
{
  struct tcb t = *before;
  struct tcp_verdict v;
  struct tcp_step s;
  begin(&s, &t, now, &v);
  s.timer = timer;
  timer_stop(&t, timer);
  machine_walk(&s, PROCEDURE_TIMEOUT, timer_steps[timer]);
  finish(&s);
  if (v.emit_count == 0) return false;
  *e = v.emit[0];
  return true;
}
