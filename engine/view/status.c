/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The peer's shadow beside what its own system says. */
#include "engine/peer/peer.h"
#include "engine/view/paint.h"

#include <string.h>

#define NAME_WIDTH 10u
#define VALUE_WIDTH_MAX 30u

/* Two columns: predicted, and so. */
enum { SHADOW, SYSTEM, SIDES };

struct sheet {
  const struct view_options *o;
  struct buf *out;
  const char *system; /* "Linux 6.18" */
  size_t width;
};

struct row {
  char mem[SIDES][96];
  struct buf value[SIDES];
};

static void begin(struct row *r)
{
  for (size_t i = 0; i < SIDES; i++) buf_init(&r->value[i], r->mem[i], sizeof r->mem[i]);
}

/* NAME, what both say; DIFFER: they cannot both be right. */
static void put_row(const struct sheet *s, const char *name, struct row *r, bool differ)
{
  const struct view_options *o = s->o;
  if (r->value[SHADOW].len == 0 && r->value[SYSTEM].len == 0) return;
  for (size_t i = 0; i < SIDES; i++)
    if (r->value[i].len == 0) buf_puts(&r->value[i], o->plain ? "none" : glyph(o, GLYPH_DOT));
  if (o->plain) {
    char mem[400];
    struct buf line;
    buf_init(&line, mem, sizeof mem);
    buf_printf(&line, "%s: the shadow says %s, %s says %s%s.", name, r->mem[SHADOW], s->system,
               r->mem[SYSTEM], differ ? "; they differ" : "");
    view_wrap(mem, 0, o, s->out);
    return;
  }
  size_t line = s->out->len;
  buf_puts(s->out, "  ");
  paint_cut(s->out, o, INK_DIM, name, NAME_WIDTH - 1);
  paint_past(s->out, line, NAME_WIDTH + 2);
  paint_cut(s->out, o, INK_PLAIN, r->mem[SHADOW], s->width);
  paint_past(s->out, line, NAME_WIDTH + 2 + s->width + 2);
  paint_cut(s->out, o, differ ? INK_BAD : INK_PLAIN, r->mem[SYSTEM], differ ? s->width - 2 : s->width);
  if (differ) paintf(s->out, o, INK_BAD, " %s", glyph(o, GLYPH_DIFFERS));
  buf_putc(s->out, '\n');
}

static void put_heading(const struct sheet *s)
{
  if (s->o->plain) return;
  size_t line = s->out->len;
  paint_to(s->out, line, NAME_WIDTH + 2);
  paint_cut(s->out, s->o, INK_BRIGHT, "shadow", s->width);
  paint_past(s->out, line, NAME_WIDTH + 2 + s->width + 2);
  paint_cut(s->out, s->o, INK_BRIGHT, s->system, s->width);
  buf_putc(s->out, '\n');
}

/* The state the system tells is the shadow's, for a listener covers a pair that is not there. */
static bool states_agree(enum tcp_state shadow, const struct peer_truth *t)
{
  bool nothing = shadow == STATE_CLOSED || shadow == STATE_LISTEN;
  return t->state == shadow || (nothing && (t->listening || t->state == STATE_CLOSED));
}

static void put_state(const struct sheet *s, const struct tcb *shadow, const struct peer_truth *t)
{
  struct row r;
  begin(&r);
  buf_puts(&r.value[SHADOW], tcp_state_name(shadow->state));
  buf_puts(&r.value[SYSTEM], tcp_state_name(t->listening ? STATE_LISTEN : t->state));
  if (t->listening && s->width >= sizeof "LISTEN, for any") buf_puts(&r.value[SYSTEM], ", for any");
  put_row(s, "state", &r, !states_agree(shadow->state, t));
}

static void put_octets(const struct sheet *s, const char *name, uint32_t shadow, uint32_t system)
{
  struct row r;
  begin(&r);
  buf_printf(&r.value[SHADOW], "%u", (unsigned)shadow);
  buf_printf(&r.value[SYSTEM], "%u", (unsigned)system);
  put_row(s, name, &r, false);
}

static void put_left(struct buf *b, usec_t left)
{
  if (left < 0) left = 0;
  usec_print(b, left >= USEC_MS ? left - left % USEC_MS : left);
}

/* The system tells one timer, by sock_diag's names; of the shadow's, the one that expires first. */
static void put_timer(const struct sheet *s, const struct tcb *shadow, const struct peer_truth *t, usec_t now)
{
  struct row name, left;
  unsigned first = TIMER_COUNT;
  begin(&name);
  begin(&left);
  for (unsigned i = 0; i < TIMER_COUNT; i++)
    if (shadow->timer[i] != USEC_NEVER && (first == TIMER_COUNT || shadow->timer[i] < shadow->timer[first]))
      first = i;
  if (first < TIMER_COUNT) {
    buf_puts(&name.value[SHADOW], tcp_timer_name((enum tcp_timer)first));
    put_left(&left.value[SHADOW], shadow->timer[first] - now);
  }
  if (t->timer) {
    buf_puts(&name.value[SYSTEM], peer_timer_name(t->timer));
    put_left(&left.value[SYSTEM], t->timer_left);
  }
  put_row(s, "timer", &name, false);
  put_row(s, "left", &left, false);
}

static void put_owner(const struct sheet *s, const struct tcb *shadow, const struct peer_truth *t)
{
  struct row r;
  begin(&r);
  if (shadow->orphan)
    buf_puts(&r.value[SHADOW], "nobody"); /* whether accept() was called is not the shadow's business */
  buf_puts(&r.value[SYSTEM], t->owned ? "a process" : "nobody");
  put_row(s, "held by", &r, false);
}

void view_status(const struct tcb *shadow, const struct peer_truth *t, const char *system, usec_t now,
                 const struct view_options *o, struct buf *b)
{
  struct sheet s = {.o = o, .out = b, .system = system};
  s.width = (paint_columns(o) - NAME_WIDTH - 4) / 2;
  if (s.width > VALUE_WIDTH_MAX) s.width = VALUE_WIDTH_MAX;
  put_heading(&s);
  put_state(&s, shadow, t);
  if (t->listening) {
    struct row r;
    begin(&r);
    buf_printf(&r.value[SYSTEM], "%u of %u", (unsigned)t->recv_queue, (unsigned)t->send_queue);
    put_row(&s, "to accept", &r, false);
    return;
  }
  if (t->state == STATE_CLOSED) return;
  put_octets(&s, "unread", shadow->unread + shadow->fin_unread, t->recv_queue);
  put_octets(&s, "unacked", shadow->snd.nxt - shadow->snd.una + shadow->queued, t->send_queue);
  put_timer(&s, shadow, t, now);
  if (shadow->retransmits || t->retransmits) put_octets(&s, "repeated", shadow->retransmits, t->retransmits);
  put_owner(&s, shadow, t);
}
