/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The timers that run, the next one first, and what will happen: the machine is asked, on a copy of the TCB,
   what it does when the timer expires. */
#include "engine/segment/text.h"
#include "engine/view/label.h"
#include "engine/view/paint.h"

#include <string.h>

#define TIMER_WIDTH 14u /* "retransmission" */
#define LEFT_WIDTH 13u  /* "239.977s left" */
#define TEXT_MIN 24u    /* fewer columns are no place for a sentence beside the times */

struct running {
  enum end end;
  enum tcp_timer timer;
  usec_t due;
};

/* All that run, in the order in which they expire; returns how many. */
static size_t find_running(const struct tcb tcb[END_COUNT], struct running *out)
{
  size_t n = 0;
  for (enum end e = END_YOU; e < END_COUNT; e++)
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
      const usec_t due = tcb[e].timer[i];
      if (due == USEC_NEVER) continue;
      size_t at = n++;
      for (; at > 0 && out[at - 1].due > due; at--) out[at] = out[at - 1];
      out[at] = (struct running){e, (enum tcp_timer)i, due};
    }
  return n;
}

/* What the machine does when R expires; AFTER is the TCB then. */
static void expire(const struct tcb *t, const struct running *r, struct tcb *after, struct tcp_verdict *v)
{
  *after = *t;
  /* Whoever sends for this TCB, what is asked is what a machine would do. */
  after->manual = after->shadow = false;
  for (unsigned i = 0; i < TIMER_COUNT; i++)
    if (i != (unsigned)r->timer) after->timer[i] = USEC_NEVER;
  tcp_timeout(after, r->due, v);
}

static void put_emit(struct buf *b, const struct tcb *t, enum end end, const struct tcp_emit *e,
                     const struct view_options *o)
{
  segment_print_flags(b, e->flags);
  if ((e->wild & SEG_BIT(SEG_SEQ)) == 0) {
    buf_puts(b, " seq=");
    label_tcb_seq(b, t, end, true, e->seq, o);
  }
  if ((e->flags & ACK) != 0 && (e->wild & SEG_BIT(SEG_ACKNO)) == 0) {
    buf_puts(b, " ack=");
    label_tcb_seq(b, t, end, false, e->ack, o);
  }
  if (e->len > 0) buf_printf(b, " len=%u", e->len);
}

/* How often it has happened before. */
static void put_times(struct buf *b, unsigned times, const char *what)
{
  if (times > 0) buf_printf(b, "; %s %u time%s", what, times, times == 1 ? "" : "s");
}

/* "RETRANSMISSION: the SYN,ACK again; sends SYN,ACK seq=1 ack=2; then after 2s" */
static void put_consequence(const struct tcb *t, const struct running *r, const struct view_options *o,
                            struct buf *b)
{
  struct tcb after;
  struct tcp_verdict v;
  expire(t, r, &after, &v);
  const struct tcp_rule *rule = v.fired_count > 0 ? v.fired[v.fired_count - 1] : NULL;
  buf_puts(b, rule != NULL ? words_title(rule) : tcp_timer_help(r->timer));
  if (v.to != v.from)
    buf_printf(b, "; %s %s %s", tcp_state_name(v.from), o->plain ? "becomes" : glyph(o, GLYPH_TO),
               tcp_state_name(v.to));
  if (v.emit_count > 0) {
    buf_puts(b, t->manual ? "; then you owe " : "; sends ");
    put_emit(b, t, r->end, &v.emit[0], o);
  }
  const usec_t next = after.timer[r->timer];
  if (v.to == v.from && next != USEC_NEVER && next > r->due) {
    buf_puts(b, "; the next wait is ");
    usec_print(b, next - r->due);
  }
  if (r->timer == TIMER_RETRANSMISSION) put_times(b, t->retransmits, "already sent again");
  if (r->timer == TIMER_PERSIST || r->timer == TIMER_KEEPALIVE) put_times(b, t->probes, "already probed");
}

static void put_plain(const struct running *r, const char *left, const char *text,
                      const struct view_options *o, struct buf *b)
{
  char mem[800];
  struct buf sentence;
  buf_init(&sentence, mem, sizeof mem);
  paint_capital(&sentence, o, r->end);
  buf_puts(&sentence, ": the ");
  paint_timer(&sentence, r->timer);
  buf_printf(&sentence, ", %s. When it expires: %s.", left, text);
  view_wrap(mem, 0, o, b);
}

static void put_running(const struct running *r, const char *left, const char *text,
                        const struct view_options *o, struct buf *b)
{
  const size_t timer = paint_name_width(o) + 2, time = timer + TIMER_WIDTH + 2;
  size_t indent = time + LEFT_WIDTH + 2, line = b->len;
  const bool narrow = indent + TEXT_MIN > paint_columns(o);
  buf_puts(b, paint_name(o, r->end));
  if (narrow)
    buf_putc(b, ' ');
  else
    paint_to(b, line, timer);
  paint(b, o, INK_BRIGHT, tcp_timer_name(r->timer));
  paint_past(b, line, narrow ? 0 : time);
  paint(b, o, INK_DUE, left);
  if (narrow) {
    indent = 2;
    buf_putc(b, '\n');
    line = b->len;
  }
  paint_to(b, line, indent);
  paint_wrapped(b, o, INK_DIM, line, indent, text);
  buf_putc(b, '\n');
}

void view_timers(const struct tcb tcb[END_COUNT], usec_t now, const struct view_options *o, struct buf *b)
{
  struct running running[END_COUNT * TIMER_COUNT];
  const size_t n = find_running(tcb, running);
  for (size_t i = 0; i < n; i++) {
    const struct running *r = &running[i];
    char left_mem[64], text_mem[512];
    struct buf left, text;
    buf_init(&left, left_mem, sizeof left_mem);
    buf_init(&text, text_mem, sizeof text_mem);
    if (r->due > now)
      paint_left(&left, r->due, now);
    else
      buf_puts(&left, "due now");
    put_consequence(&tcb[r->end], r, o, &text);
    if (o->plain)
      put_plain(r, left_mem, text_mem, o, b);
    else
      put_running(r, left_mem, text_mem, o, b);
  }
  if (n == 0)
    view_wrap("No timer runs at either end: without a segment or a call nothing will change.", 0, o, b);
}
