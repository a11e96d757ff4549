/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Both TCBs side by side, and the prompt's words. */
#include "engine/segment/text.h"
#include "engine/view/label.h"
#include "engine/view/paint.h"

#include <string.h>

#define PROMPT_NAMES_MIN 60u /* columns under which the prompt leaves the ends' names out */

void view_prompt(const struct trace *t, unsigned connection, const struct tcb tcb[END_COUNT],
                 const struct view_options *o, struct buf *b)
{
  if (t != NULL && trace_connections(t) > 1) paintf(b, o, INK_DIM, "%u: ", connection);
  for (enum end e = END_YOU; e < END_COUNT; e++) {
    if (e == END_PEER) {
      if (o->plain)
        buf_puts(b, ", ");
      else
        paintf(b, o, INK_DIM, " %s ", glyph(o, GLYPH_DOT));
    }
    if (o->columns >= PROMPT_NAMES_MIN || o->plain) buf_printf(b, "%s ", paint_name(o, e));
    paint(b, o, INK_BRIGHT, tcp_state_name(tcb[e].state));
  }
}

/* Two columns of values under the ends' names. */
struct sheet {
  const struct view_options *o;
  struct buf *out;
  const struct tcb *tcb;
  usec_t now;
  size_t value[END_COUNT]; /* where they begin */
  size_t width;            /* of one */
};

#define NAME_WIDTH 17u /* "retransmission" and margins; less where the screen is narrow */
#define NAME_WIDTH_NARROW 11u
#define SEQ_WIDTH 18u /* a number and how far it is from the beginning of its space */
#define VALUE_WIDTH_MAX 32u

/* One variable of one end; nothing for an end that has no such thing. */
typedef void value_fn(const struct sheet *, enum end, struct buf *);

static void put_plain(const struct sheet *s, enum end e, const char *name, const char *value)
{
  char mem[256];
  struct buf sentence;
  buf_init(&sentence, mem, sizeof mem);
  paint_capital(&sentence, s->o, e);
  buf_printf(&sentence, ", %s: %s.", name, value);
  view_wrap(mem, 0, s->o, s->out);
}

/* NAME and what both ends have under it; nothing if neither has anything. */
static void put_values(const struct sheet *s, const char *name, enum ink ink,
                       const struct buf value[END_COUNT])
{
  if (value[END_YOU].len == 0 && value[END_PEER].len == 0) return;
  if (s->o->plain) {
    for (enum end e = END_YOU; e < END_COUNT; e++)
      if (value[e].len > 0) put_plain(s, e, name, value[e].data);
    return;
  }
  size_t line = s->out->len;
  buf_puts(s->out, "  ");
  paint_cut(s->out, s->o, INK_DIM, name, s->value[END_YOU] - 3);
  for (enum end e = END_YOU; e < END_COUNT; e++) {
    paint_past(s->out, line, s->value[e]);
    paint_cut(s->out, s->o, ink, value[e].len > 0 ? value[e].data : glyph(s->o, GLYPH_DOT), s->width);
  }
  buf_putc(s->out, '\n');
}

static void row(const struct sheet *s, const char *name, enum ink ink, value_fn *value)
{
  char mem[END_COUNT][160];
  struct buf text[END_COUNT];
  for (enum end e = END_YOU; e < END_COUNT; e++) {
    buf_init(&text[e], mem[e], sizeof mem[e]);
    value(s, e, &text[e]);
  }
  put_values(s, name, ink, text);
}

static void gap(const struct sheet *s)
{
  const struct buf *b = s->out;
  bool twice = b->len >= 2 && b->data[b->len - 1] == '\n' && b->data[b->len - 2] == '\n';
  if (!s->o->plain && !twice) buf_putc(s->out, '\n');
}

static void put_state_name(const struct sheet *s, enum end e, struct buf *b)
{
  buf_puts(b, tcp_state_name(s->tcb[e].state));
}

/* VALUE, and how far it is from the beginning of its space: "1415531522  ISS+1". */
static void put_seq(const struct sheet *s, struct buf *b, seq_t value, bool known, seq_t begin,
                    const char *begin_name)
{
  if (!known) return;
  int32_t off = seq_diff(value, begin);
  if (!s->o->relative) buf_printf(b, "%u", value);
  if (!s->o->relative && s->width < SEQ_WIDTH) return;
  if (s->o->plain && !s->o->relative)
    buf_puts(b, ", ");
  else if (!s->o->relative)
    paint_to(b, 0, 12);
  buf_puts(b, begin_name);
  if (off != 0) buf_printf(b, "%+d", off);
}

static bool has_tcb(const struct tcb *t) { return t->state != STATE_CLOSED && t->state != STATE_LISTEN; }
static bool sends(const struct tcb *t) { return has_tcb(t) && t->iss_known; }
static bool receives(const struct tcb *t) { return has_tcb(t) && t->irs_known; }

static void put_iss(const struct sheet *s, enum end e, struct buf *b)
{
  if (sends(&s->tcb[e])) buf_printf(b, "%u", s->tcb[e].iss);
}

static void put_una(const struct sheet *s, enum end e, struct buf *b)
{
  const struct tcb *t = &s->tcb[e];
  put_seq(s, b, t->snd.una, sends(t), t->iss, "ISS");
}

static void put_nxt(const struct sheet *s, enum end e, struct buf *b)
{
  const struct tcb *t = &s->tcb[e];
  put_seq(s, b, t->snd.nxt, sends(t), t->iss, "ISS");
}

static void put_scale(struct buf *b, uint8_t shift)
{
  if (shift > 0) buf_printf(b, "  scaled by 2^%u", shift);
}

static void put_snd_wnd(const struct sheet *s, enum end e, struct buf *b)
{
  const struct tcb *t = &s->tcb[e];
  if (!receives(t)) return;
  buf_printf(b, "%u", t->snd.wnd);
  put_scale(b, t->snd.wscale);
}

static void put_irs(const struct sheet *s, enum end e, struct buf *b)
{
  if (receives(&s->tcb[e])) buf_printf(b, "%u", s->tcb[e].irs);
}

static void put_rcv_nxt(const struct sheet *s, enum end e, struct buf *b)
{
  const struct tcb *t = &s->tcb[e];
  put_seq(s, b, t->rcv.nxt, receives(t), t->irs, "IRS");
}

static void put_rcv_wnd(const struct sheet *s, enum end e, struct buf *b)
{
  const struct tcb *t = &s->tcb[e];
  if (!has_tcb(t)) return;
  buf_printf(b, "%u", t->rcv.wnd);
  put_scale(b, t->rcv.wscale);
}

/* What was sent and is not acknowledged: "SYN", "5 octets + FIN". */
static void put_unacked(const struct sheet *s, enum end e, struct buf *b)
{
  const struct tcb *t = &s->tcb[e];
  if (!sends(t) || t->snd.una == t->snd.nxt) return;
  paint_sent(b, t, t->snd.una, t->snd.nxt);
}

static void put_queued(const struct sheet *s, enum end e, struct buf *b)
{
  const struct tcb *t = &s->tcb[e];
  if (t->queued > 0) buf_printf(b, "%u octet%s", t->queued, t->queued == 1 ? "" : "s");
  if (t->fin_queued && !t->fin_sent) buf_puts(b, t->queued > 0 ? ", then FIN" : "FIN");
}

static void put_unread(const struct sheet *s, enum end e, struct buf *b)
{
  const struct tcb *t = &s->tcb[e];
  if (t->unread > 0) buf_printf(b, "%u octet%s", t->unread, t->unread == 1 ? "" : "s");
}

static void put_held(const struct sheet *s, enum end e, struct buf *b)
{
  const struct tcb *t = &s->tcb[e];
  for (unsigned i = 0; i < t->held_count && i < TCP_HELD_MAX; i++) {
    if (i > 0) buf_puts(b, s->o->relative ? ", " : " ");
    label_tcb_seq(b, t, e, false, t->held[i].left, s->o);
    buf_puts(b, s->o->relative ? " to " : "-");
    label_tcb_seq(b, t, e, false, t->held[i].right, s->o);
  }
  if (!t->held_fin) return;
  buf_puts(b, t->held_count > 0 ? ", FIN at " : "FIN at ");
  label_tcb_seq(b, t, e, false, t->held_fin_seq, s->o);
}

static void put_timers(const struct sheet *s)
{
  for (unsigned i = 0; i < TIMER_COUNT; i++) {
    char mem[END_COUNT][64];
    struct buf text[END_COUNT];
    for (enum end e = END_YOU; e < END_COUNT; e++) {
      buf_init(&text[e], mem[e], sizeof mem[e]);
      if (s->tcb[e].timer[i] != USEC_NEVER) paint_left(&text[e], s->tcb[e].timer[i], s->now);
    }
    put_values(s, tcp_timer_name((enum tcp_timer)i), INK_PLAIN, text);
  }
}

/* What a person owes, an answer a row: what kind, and the number that tells it from others. */
static void put_owed(const struct sheet *s)
{
  for (unsigned i = 0; i < TCP_DEBTS_MAX; i++) {
    char mem[END_COUNT][96];
    struct buf text[END_COUNT];
    for (enum end e = END_YOU; e < END_COUNT; e++) {
      buf_init(&text[e], mem[e], sizeof mem[e]);
      if (i >= s->tcb[e].debt_count) continue;
      const struct tcp_debt *debt = &s->tcb[e].debt[i];
      const bool bare_ack = debt->flags == ACK && debt->len == 0;
      segment_print_flags(&text[e], debt->flags);
      buf_puts(&text[e], bare_ack ? " ack=" : " seq=");
      label_tcb_seq(&text[e], &s->tcb[e], e, !bare_ack, bare_ack ? debt->ack : debt->seq, s->o);
      if (debt->len > 0) buf_printf(&text[e], " len=%u", debt->len);
      if (debt->retransmission) buf_puts(&text[e], " again");
    }
    put_values(s, i == 0 || s->o->plain ? "owed" : "", INK_DUE, text);
  }
}

static void put_profile(const struct sheet *s, enum end e, struct buf *b)
{
  if (s->tcb[e].profile != NULL) buf_puts(b, s->tcb[e].profile->name);
}

static void heading(const struct sheet *s, const struct pair *pair)
{
  char mem[END_COUNT][96];
  struct buf b;
  for (enum end e = END_YOU; e < END_COUNT; e++) {
    buf_init(&b, mem[e], sizeof mem[e]);
    addr_print(&b, e == END_YOU ? &pair->you : &pair->peer);
    buf_printf(&b, ".%u", e == END_YOU ? pair->you_port : pair->peer_port);
  }
  if (s->o->plain) {
    for (enum end e = END_YOU; e < END_COUNT; e++) put_plain(s, e, "address and port", mem[e]);
    return;
  }
  for (unsigned line_of = 0; line_of < 2; line_of++) {
    size_t line = s->out->len;
    for (enum end e = END_YOU; e < END_COUNT; e++) {
      paint_to(s->out, line, s->value[e]);
      paint_cut(s->out, s->o, line_of == 0 ? INK_PLAIN : INK_DIM, line_of == 0 ? paint_name(s->o, e) : mem[e],
                s->width);
    }
    buf_putc(s->out, '\n');
  }
}

void view_state(const struct pair *pair, const struct tcb tcb[END_COUNT], usec_t now,
                const struct view_options *o, struct buf *b)
{
  struct sheet s = {.o = o, .out = b, .tcb = tcb, .now = now};
  s.value[END_YOU] = paint_columns(o) >= NAME_WIDTH + 2 * (SEQ_WIDTH + 1) ? NAME_WIDTH : NAME_WIDTH_NARROW;
  s.width = (paint_columns(o) - s.value[END_YOU] - 1) / 2;
  if (s.width > VALUE_WIDTH_MAX) s.width = VALUE_WIDTH_MAX;
  s.value[END_PEER] = s.value[END_YOU] + s.width + 1;
  heading(&s, pair);
  row(&s, "state", INK_BRIGHT, put_state_name);
  gap(&s);
  row(&s, "ISS", INK_PLAIN, put_iss);
  row(&s, "SND.UNA", INK_PLAIN, put_una);
  row(&s, "SND.NXT", INK_PLAIN, put_nxt);
  row(&s, "SND.WND", INK_PLAIN, put_snd_wnd);
  row(&s, "in flight", INK_DUE, put_unacked);
  row(&s, "to send", INK_DUE, put_queued);
  gap(&s);
  row(&s, "IRS", INK_PLAIN, put_irs);
  row(&s, "RCV.NXT", INK_PLAIN, put_rcv_nxt);
  row(&s, "RCV.WND", INK_PLAIN, put_rcv_wnd);
  row(&s, "past a gap", INK_DUE, put_held);
  row(&s, "unread", INK_PLAIN, put_unread);
  gap(&s);
  put_timers(&s);
  put_owed(&s);
  row(&s, "profile", INK_PLAIN, put_profile);
}
