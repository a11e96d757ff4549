/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fidelity/trial.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/segment/codec.h"
#include "engine/segment/option.h"
#include "engine/segment/text.h"
#include "tests/fidelity/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_PORT = 1024, PORTS = 60000, DATA_MAX = 1500 };
#define TICK USEC_MS /* of the kernel's timestamps */

bool trial_one_in(struct trial *t, uint32_t n) { return rng_below(&t->rng, n) == 0; }
void trial_vary(struct trial *t, enum variant v) { t->variant |= 1u << v; }
bool trial_varies(const struct trial *t, enum variant v) { return (t->variant >> v & 1) != 0; }

void trial_put_ts(struct segment *s, uint32_t val, uint32_t echo)
{
  option_put(s, OPTION_NOP, NULL, 0);
  option_put(s, OPTION_NOP, NULL, 0);
  option_put_ts(s, val, echo);
}

static const uint8_t *filler(void)
{
  static uint8_t octets[DATA_MAX];

  if (octets[0] == 0)
    for (size_t i = 0; i < sizeof octets; i++) octets[i] = segment_filler(i);
  return octets;
}

/* Your ISS: often where the numbers wrap within a few octets. */
static seq_t draw_iss(struct trial *t)
{
  switch (rng_below(&t->rng, 4)) {
  case 0:
    return 0u - rng_below(&t->rng, 16);
  case 1:
    return (1u << 31) - rng_below(&t->rng, 16);
  default:
    return (seq_t)rng_next(&t->rng);
  }
}

static void draw_yours(struct trial *t)
{
  static const uint16_t sizes[] = {0, 536, 1460, 300, 1024};

  t->you.iss = draw_iss(t);
  t->you.win = trial_one_in(t, 4) ? (uint16_t)(1000 + rng_below(&t->rng, 64000)) : 65535;
  t->you.ts = trial_one_in(t, 2);
  t->you.wscale = trial_one_in(t, 2);
  t->you.sack = trial_one_in(t, 2);
  t->you.shift = (uint8_t)rng_below(&t->rng, 15);
  t->you.mss = sizes[rng_below(&t->rng, 5)];
  t->you.ts_val = trial_one_in(t, 4) ? 0u - rng_below(&t->rng, 4) : (uint32_t)rng_next(&t->rng);
  if (t->you.ts) trial_vary(t, VARIANT_TS);
  if (t->you.wscale) trial_vary(t, VARIANT_WSCALE);
  if (t->you.sack) trial_vary(t, VARIANT_SACK);
}

void trial_begin(struct trial *t, struct ground *g, uint64_t seed, uint64_t number, uint32_t *fired,
                 struct field_counts *fields, struct buf *story)
{
  memset(t, 0, offsetof(struct trial, moves));
  t->difference.found = false;
  t->difference.broken[0] = '\0';
  t->ground = g;
  t->seed = seed;
  t->number = number;
  /* Neighbouring numbers must not give neighbouring streams. */
  struct rng mix = {seed * 0x9e3779b97f4a7c15u + number};
  t->rng.state = rng_next(&mix) ^ number;
  t->pair = (struct pair){*lab_you(g->lab), *lab_peer(g->lab), (uint16_t)(FIRST_PORT + number % PORTS), 0};
  t->fd = -1;
  t->fired = fired;
  t->fields = fields;
  t->story = story;
  t->scene = "";
  t->began = wire_now(g->wire);
  draw_yours(t);
}

bool trial_broken(struct trial *t, const char *format, ...)
{
  va_list args;

  va_start(args, format);
  vsnprintf(t->difference.broken, sizeof t->difference.broken, format, args);
  va_end(args);
  t->difference.found = true;
  t->difference.on_the_way = !t->crafting;
  return false;
}

/* -- what is told as it happens -- */
static void tell_verdict(struct trial *t, const char *what)
{
  const struct tcp_verdict *v = &t->verdict;

  buf_printf(t->story, "  %s: %s", what, tcp_state_name(v->from));
  if (v->to != v->from) buf_printf(t->story, " -> %s", tcp_state_name(v->to));
  buf_puts(t->story, " by");
  for (unsigned i = 0; i < v->fired_count; i++) buf_printf(t->story, " %s", v->fired[i]->id);
  buf_puts(t->story, v->fired_count ? "\n" : " no rule\n");
}

static void tell_answer(struct trial *t, const char *what, const struct answer *a)
{
  buf_printf(t->story, "    %s ", what);
  segment_print_flags(t->story, a->flags);
  buf_printf(t->story, " seq=iss%+d", seq_diff(a->seq, t->tcb.iss));
  if (a->flags & ACK) buf_printf(t->story, " ack=rcv.nxt%+d", seq_diff(a->ack, t->tcb.rcv.nxt));
  buf_printf(t->story, " len=%u win=%u", a->len, a->win);
  if (a->win_most > a->win) buf_printf(t->story, "-%u", a->win_most);
  for (unsigned i = 0; i < a->options_len; i++)
    buf_printf(t->story, "%s%02x", i ? "" : " opt=", a->options[i]);
  buf_putc(t->story, '\n');
}

static void tell_segment(struct trial *t, const struct tcb *before, const struct segment *s)
{
  struct segment shown = *s;

  buf_puts(t->story, t->crafting ? "> " : "  ");
  shown.given = SEG_BIT(SEG_FLAGS) | SEG_BIT(SEG_SEQ) | SEG_BIT(SEG_ACKNO) | SEG_BIT(SEG_WIN) |
                SEG_BIT(SEG_URGP) | SEG_BIT(SEG_OPTIONS) | SEG_BIT(SEG_DATA);
  segment_print_short(t->story, &shown, 0);
  if (before->irs_known)
    buf_printf(t->story, "\n    at rcv.nxt%+d of %u; ack snd.una%+d snd.nxt%+d",
               seq_diff(s->seq, before->rcv.nxt), before->rcv.wnd, seq_diff(s->ack, before->snd.una),
               seq_diff(s->ack, before->snd.nxt));
  buf_putc(t->story, '\n');
}

static void count_rules(struct trial *t)
{
  size_t count;
  const struct tcp_rule *rules = tcp_rules(&count);

  for (unsigned i = 0; i < t->verdict.fired_count; i++) t->fired[t->verdict.fired[i] - rules]++;
}

/* -- comparing -- */
static uint32_t ticks_since(const struct trial *t)
{
  return (uint32_t)((wire_now(t->ground->wire) - t->asked + TICK - 1) / TICK);
}

static bool answers(const struct trial *t, struct answer *predicted, const struct answer *got)
{
  predicted->later = ticks_since(t);
  predicted->earlier = t->stamp_doubt;
  if (field_that_differs(predicted, got) != FIELD_COUNT) return false;
  field_count(predicted, got, t->fields);
  return true;
}

static void remember_answer(struct trial *t, const struct segment *s)
{
  struct option o;

  if (option_find(s, OPTION_TS, &o)) t->you.peer_ts = o.ts_val;
}

static bool receive(struct trial *t, struct segment *s, bool *sound, usec_t *when)
{
  static uint8_t octets[SEGMENT_OCTETS_MAX];
  struct decode_notes notes;
  size_t len;

  while ((len = wire_recv(t->ground->wire, octets, sizeof octets, when)) > 0) {
    if (!segment_decode(octets, len, s, &notes, NULL)) continue;
    if (s->dport != t->pair.you_port || s->sport != t->pair.peer_port) continue;
    *sound = segment_sound(s, &notes);
    return true;
  }
  return false;
}

static void bind_answer(struct trial *t, const struct tcp_emit *e, const struct segment *s)
{
  if (!t->tcb.ts.offset_known) t->stamp_doubt = ticks_since(t);
  tcp_bind(&t->tcb, e, s);
}

/* Takes what came and binds it to what was predicted, one by one in order. */
static bool compare_answers(struct trial *t)
{
  struct difference *d = &t->difference;
  const struct tcp_verdict *v = &t->verdict;
  struct segment s;
  struct err err;
  usec_t when;
  bool sound, ok = true;

  d->predicted_count = v->emit_count < ANSWERS_MAX ? v->emit_count : ANSWERS_MAX;
  d->got_count = 0;
  for (unsigned i = 0; i < d->predicted_count; i++) {
    d->predicted[i] = field_predicted(&v->emit[i]);
    if (t->story) tell_answer(t, "predicted", &d->predicted[i]);
  }
  if (!wire_settle(t->ground->wire, &err)) return trial_broken(t, "%s", err.message);
  while (receive(t, &s, &sound, &when)) {
    unsigned i = d->got_count;
    if (i == ANSWERS_MAX) return trial_broken(t, "more than %d answers", ANSWERS_MAX);
    if (!sound) return trial_broken(t, "an answer with a wrong checksum");
    d->got[i] = field_got(&s);
    d->got_count++;
    if (t->story) tell_answer(t, "got      ", &d->got[i]);
    remember_answer(t, &s);
    ok = ok && i < d->predicted_count && answers(t, &d->predicted[i], &d->got[i]);
    if (ok) bind_answer(t, &v->emit[i], &s);
  }
  return ok && d->got_count == d->predicted_count;
}

bool trial_state(struct trial *t)
{
  struct difference *d = &t->difference;
  struct diag_truth truth;
  struct err err;

  if (!diag_look(t->ground->diag, &t->pair, &truth, &err)) return trial_broken(t, "%s", err.message);
  d->states_compared = true;
  d->predicted_state = t->tcb.state;
  d->kernel_state = truth.state;
  if (t->story) buf_printf(t->story, "    the kernel's state: %s\n", tcp_state_name(truth.state));
  /* Where a listener covers the pair the kernel has nothing of the pair itself: LISTEN is CLOSED there. */
  bool nothing = t->tcb.state == STATE_CLOSED || t->tcb.state == STATE_LISTEN;
  if (truth.state == t->tcb.state || (nothing && (truth.listener || truth.state == STATE_CLOSED)))
    return true;
  d->found = true;
  d->on_the_way = !t->crafting;
  return false;
}

bool trial_settle(struct trial *t)
{
  t->difference.states_compared = false;
  if (compare_answers(t)) return true;
  if (t->difference.broken[0]) return false;
  trial_state(t); /* worth knowing, too */
  t->difference.found = true;
  t->difference.on_the_way = !t->crafting;
  return false;
}

/* -- the class of a segment: where its numbers lie, for buckets -- */
static const char *seq_class(const struct tcb *b, const struct segment *s)
{
  uint32_t len = segment_len(s);
  seq_t left = b->rcv.nxt, right = left + b->rcv.wnd, end = s->seq + len;

  if (!b->irs_known) return "";
  if (s->seq == left) return seq_gt(end, right) ? " seq=rcv.nxt.." : " seq=rcv.nxt";
  if (seq_lt(s->seq, left)) {
    if (seq_gt(end, left)) return " seq<rcv.nxt<end";
    if (s->seq == b->irs) return " seq=irs";
    return s->seq == left - 1 ? " seq=rcv.nxt-1" : end == left ? " end=rcv.nxt" : " seq<rcv.nxt";
  }
  if (s->seq == right) return " seq=right";
  if (seq_gt(s->seq, right)) return " seq>right";
  return seq_gt(end, right) ? " seq<right<end" : " seq-inside";
}

static const char *ack_class(const struct tcb *b, const struct segment *s)
{
  if (!(s->flags & ACK)) return "";
  if (b->state == STATE_LISTEN && b->cookie.known) return s->ack - s->seq == b->iss - b->irs ? " cookie" : "";
  if (b->state == STATE_CLOSED || b->state == STATE_LISTEN) return "";
  if (s->ack == b->snd.nxt) return " ack=snd.nxt";
  if (s->ack == b->snd.una) return " ack=snd.una";
  if (seq_gt(s->ack, b->snd.nxt)) return " ack>snd.nxt";
  if (seq_gt(s->ack, b->snd.una)) return " ack-between";
  if (s->ack == b->iss) return " ack=iss";
  return seq_lt(s->ack, b->snd.una - b->snd.max_wnd) ? " ack-ancient" : " ack<snd.una";
}

static const char *ts_class(const struct tcb *b, const struct segment *s)
{
  struct option o;

  if (!b->ts.on) return "";
  if (!option_find(s, OPTION_TS, &o)) return " no-ts";
  int32_t d = (int32_t)(o.ts_val - b->ts.recent);
  return d < 0 ? " ts-old" : d > 0 ? " ts-new" : "";
}

static void classify(struct trial *t, const struct tcb *before, const struct segment *s)
{
  struct buf out;

  buf_init(&out, t->difference.where, sizeof t->difference.where);
  segment_print_flags(&out, s->flags & (FIN | SYN | RST | ACK | URG));
  buf_puts(&out, seq_class(before, s));
  buf_puts(&out, ack_class(before, s));
  buf_puts(&out, ts_class(before, s));
  buf_puts(&out, s->data_len ? " text" : "");
}

/* -- steps -- */
static struct move *new_move(struct trial *t)
{
  struct move *m = &t->moves[t->move_count < MOVES_MAX ? t->move_count++ : MOVES_MAX - 1];

  memset(m, 0, sizeof *m);
  m->crafted = t->crafting;
  return m;
}

static void remember_segment(struct trial *t, const struct tcb *before, const struct segment *s)
{
  struct move *m = new_move(t);

  m->segment = *s;
  m->then.seq_known = before->irs_known;
  m->then.ack_known = before->iss_known && (before->state >= STATE_SYN_SENT || before->cookie.known);
  m->then.rcv_nxt = before->rcv.nxt;
  m->then.snd_nxt = before->snd.nxt;
}

/* The listener's next connection on this pair. */
static void listen_again(struct trial *t)
{
  struct tcp_verdict v;

  tcb_renew(&t->tcb, ground_profile(t->ground, t->climate, t->pair.peer_port));
  tcp_call(&t->tcb, &(struct tcp_call){.kind = CALL_OPEN_PASSIVE}, t->began, &v);
}

static bool transmit(struct trial *t, const struct segment *s)
{
  uint8_t octets[DATA_MAX + 100];
  struct err err;
  size_t len = segment_encode(s, octets, sizeof octets);

  if (len == 0) return trial_broken(t, "the segment cannot be encoded");
  bool opens = (s->flags & (SYN | ACK | RST)) == SYN;
  if (opens && !peer_before_send(t->ground->peer, &t->pair, s, &err))
    return trial_broken(t, "%s", err.message);
  return wire_send(t->ground->wire, octets, len, &err) || trial_broken(t, "%s", err.message);
}

/* Before Linux learned which share of memory is text, an ACK of more than one full segment did not go at once
   where the window would shrink with it, and of a long one only where it would grow: that hangs on how memory
   is laid out. */
enum { GROWS = 128 };
static bool hangs_on_memory(const struct trial *t, const struct segment *s)
{
  const struct tcb *b = &t->tcb;
  uint32_t len = (uint32_t)s->data_len, full = len > b->delay.mss ? len : b->delay.mss;
  uint32_t most = b->profile->mss - (b->ts.on ? 12u : 0u);

  if (full > most) full = most;

  return b->profile->delay_acks && !tcp_profile_has(b->profile, CHANGE_RATIO_LEARNED) && len > 0 &&
         (b->rcv.nxt - b->rcv.last_ack + len > full || (len >= GROWS && b->delay.quick == 0));
}

/* Requests that note each timestamp note it apart from the socket that a Fast Open has beside them, and where
   none were agreed on, too: which of them an answer echoes is not asked. */
static bool stamps_apart(const struct trial *t, const struct segment *s)
{
  const struct tcb *b = &t->tcb;
  bool request = b->state == STATE_SYN_RECEIVED && b->passive;
  struct option o;

  if (tcp_profile_has(b->profile, CHANGE_REQUEST_KEEPS_STAMP) || !t->crafting) return false;
  return ((b->fast.taken && b->ts.on) || (request && !b->ts.on)) && option_find(s, OPTION_TS, &o);
}

bool trial_send(struct trial *t, struct segment *s)
{
  if (hangs_on_memory(t, s) || stamps_apart(t, s)) {
    t->forgone = true;
    return false;
  }
  s->src = t->pair.you;
  s->dst = t->pair.peer;
  s->sport = t->pair.you_port;
  s->dport = t->pair.peer_port;
  s->data = s->data_len ? filler() : NULL;
  if (t->tcb.state == STATE_CLOSED && t->listening) listen_again(t);
  struct tcb before = t->tcb;
  remember_segment(t, &before, s);
  t->asked = wire_now(t->ground->wire);
  tcp_arrives(&t->tcb, s, t->asked, &t->verdict);
  count_rules(t);
  t->segments++;
  if (t->story) {
    tell_segment(t, &before, s);
    tell_verdict(t, "arrives");
  }
  bool ok = transmit(t, s) && trial_settle(t) && (!t->crafting || trial_state(t));
  if (!ok) classify(t, &before, s);
  return ok;
}

/* What came by itself, at WHEN, is what the shadow's timer would have sent; not before it was due. */
static bool as_timer_sends(struct trial *t, enum tcp_timer timer, usec_t when, const struct segment *s)
{
  usec_t due = t->tcb.timer[timer] < when ? t->tcb.timer[timer] : when;
  struct difference *d = &t->difference;
  struct tcp_emit e;

  t->asked = due;
  d->states_compared = false;
  d->predicted_count = tcp_timer_sends(&t->tcb, timer, due, &e);
  d->got_count = 1;
  d->got[0] = field_got(s);
  if (d->predicted_count) d->predicted[0] = field_predicted(&e);
  if (t->story && d->predicted_count) tell_answer(t, "predicted", &d->predicted[0]);
  if (t->story) tell_answer(t, "got      ", &d->got[0]);
  if (d->predicted_count && answers(t, &d->predicted[0], &d->got[0])) return true;
  snprintf(d->where, sizeof d->where, "a timer");
  d->found = true;
  d->on_the_way = !t->crafting;
  return false;
}

bool trial_await(struct trial *t, usec_t within, enum tcp_intent means)
{
  usec_t from = wire_now(t->ground->wire), until = from + within;
  enum tcp_timer timer = clock_timer(t, means);
  usec_t when, due = t->tcb.timer[timer];
  struct segment s;
  bool sound;

  while (!receive(t, &s, &sound, &when)) {
    if (wire_now(t->ground->wire) >= until) return trial_broken(t, "nothing came by itself");
    wire_wait(t->ground->wire, until, -1);
  }
  if (when > from) t->waited += when - from; /* what is heard of it later is disturbance */
  remember_answer(t, &s);
  if (!as_timer_sends(t, timer, when, &s)) return false;
  enum tcp_intent is = tcp_sends(&t->tcb, &s, when, &t->verdict);
  if (t->story) tell_verdict(t, "sends by itself");
  if (is != means) return trial_broken(t, "what came by itself means %s", tcp_intent_text(is));
  return clock_in_time(t, due, when);
}

void trial_call(struct trial *t, const struct tcp_call *call)
{
  t->asked = wire_now(t->ground->wire);
  tcp_call(&t->tcb, call, t->asked, &t->verdict);
  count_rules(t);
  if (t->story) tell_verdict(t, "call");
}

void trial_note(struct trial *t, const char *what)
{
  new_move(t)->call = what;
  snprintf(t->difference.where, sizeof t->difference.where, "%s", what);
  if (t->story) buf_printf(t->story, "  peer %s\n", what);
}

void trial_note_number(struct trial *t, const char *what, uint32_t number)
{
  struct move *m = new_move(t);

  m->call = what;
  m->number = number;
  m->has_number = true;
  snprintf(t->difference.where, sizeof t->difference.where, "%s", what);
  if (t->story) buf_printf(t->story, "  peer %s %u\n", what, number);
}

void trial_note_lines(struct trial *t, const char *lines) { new_move(t)->lines = lines; }
