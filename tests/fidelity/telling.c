/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trial in words: as a script for the prompt, and what differed. */
#include "engine/base/buf.h"
#include "engine/segment/text.h"
#include "tests/fidelity/trial.h"

#include <stdio.h>
#include <string.h>

static const char *const variants[VARIANT_COUNT] = {
#define X(id, name) name,
    VARIANTS(X)
#undef X
};

void trial_name(const struct trial *t, bool all, struct buf *out)
{
  buf_puts(out, t->scene);
  for (unsigned i = all ? 0 : VARIANT_UNREAD; i < VARIANT_COUNT; i++)
    if (trial_varies(t, (enum variant)i)) buf_printf(out, " %s", variants[i]);
  if (climate_command(t->climate))
    buf_printf(out, " (%s %s)", climate_command(t->climate), climate_value(t->climate));
}

/* Distances are given where they are short enough to mean something. */
static void number(struct buf *out, const char *field, uint32_t value, bool known, const char *name,
                   seq_t base)
{
  int32_t off = seq_diff(value, base);

  if (!known)
    buf_printf(out, " %s=%u", field, value);
  else if (off == 0)
    buf_printf(out, " %s=%s", field, name);
  else
    buf_printf(out, " %s=%s%+d", field, name, off);
}

/* The Fast Open cookie is another one in each lab. */
static void put_rest(const struct trial *t, const struct segment *rest, struct buf *out)
{
  char text[4096], digits[2 * TCP_FAST_COOKIE_MAX + 1] = "";
  const struct tcp_fast_open *f = &t->ground->cookie;
  struct buf shown;

  buf_init(&shown, text, sizeof text);
  segment_print(&shown, rest);
  for (unsigned i = 0; i < f->cookie_len; i++) snprintf(digits + 2 * i, 3, "%02x", f->cookie[i]);
  char *at = strstr(text, digits);
  if (!at || at == text || at[-1] != '=') {
    buf_puts(out, text);
    return;
  }
  *at = '\0';
  buf_printf(out, "%scookie%s", text, at + 2 * f->cookie_len);
}

/* `stray`: the prompt's own machine has no say in what is sent here. */
static void segment_line(const struct trial *t, const struct move *m, struct buf *out)
{
  struct segment rest = m->segment;

  buf_puts(out, "send ");
  segment_print_flags(out, rest.flags);
  number(out, "seq", rest.seq, m->then.seq_known, "peer.rcv.nxt", m->then.rcv_nxt);
  number(out, "ack", rest.ack, m->then.ack_known, "peer.snd.nxt", m->then.snd_nxt);
  rest.given = SEG_BIT(SEG_WIN) | SEG_BIT(SEG_OPTIONS);
  if (rest.urg) rest.given |= SEG_BIT(SEG_URGP);
  if (rest.data_len) rest.given |= SEG_BIT(SEG_DATA);
  buf_putc(out, ' ');
  put_rest(t, &rest, out);
  buf_puts(out, " stray\n");
}

void trial_script(const struct trial *t, struct buf *out)
{
  bool told = false;

  buf_puts(out, "peer app none\n");
  if (climate_command(t->climate))
    buf_printf(out, "%s %s\n", climate_command(t->climate), climate_value(t->climate));
  if (t->climate == CLIMATE_FAST || t->climate == CLIMATE_ANYONE)
    buf_printf(out, "peer set fastopen %d\nnew 500\nsend SYN fastopen\nsend RST seq=+1 stray\nnew\n",
               t->pair.peer_port == PORT_FAST ? 1 : 4096);
  if (t->pair.peer_port == PORT_CLOSED) buf_printf(out, "new %u\n", PORT_CLOSED);
  if (t->pair.peer_port == PORT_SHORT) buf_puts(out, "peer listen backlog=0\n");
  if (t->pair.peer_port == PORT_LATE) buf_puts(out, "peer set quickack 0\n");
  if (t->pair.peer_port == PORT_TIGHT) buf_printf(out, "peer set rcvbuf %d\n", GROUND_TIGHT_RCVBUF);
  for (unsigned i = 0; i < t->move_count; i++) {
    const struct move *m = &t->moves[i];
    if (m->crafted && !told) buf_puts(out, "# the state is reached; now\n");
    told = told || m->crafted;
    if (m->lines)
      buf_puts(out, m->lines);
    else if (!m->call)
      segment_line(t, m, out);
    else if (m->has_number)
      buf_printf(out, "peer %s %u\n", m->call, m->number);
    else
      buf_printf(out, "peer %s\n", m->call);
  }
}

static bool alike(const struct answer *a, const struct answer *b)
{
  return ((a->flags ^ b->flags) & (FIN | SYN | RST | ACK)) == 0 && !a->len == !b->len;
}

/* In short, so that trials of a kind give the same text: equals that follow each other are counted. */
static void answers_in_short(const struct answer *a, unsigned count, struct buf *out)
{
  if (count == 0) buf_puts(out, "silence");
  for (unsigned i = 0, n; i < count; i += n) {
    for (n = 1; i + n < count && alike(&a[i], &a[i + n]);) n++;
    buf_puts(out, i ? " and " : "");
    if (n > 1) buf_printf(out, "%u ", n);
    segment_print_flags(out, a[i].flags & (FIN | SYN | RST | ACK));
    if (a[i].len) buf_puts(out, " text");
  }
}

static void answers(const struct answer *a, unsigned count, bool numbers, struct buf *out)
{
  if (!numbers || count == 0) {
    answers_in_short(a, count, out);
    return;
  }
  for (unsigned i = 0; i < count; i++) {
    buf_puts(out, i ? " and " : "");
    segment_print_flags(out, a[i].flags);
    if (!(a[i].wild & SEG_BIT(SEG_SEQ))) buf_printf(out, " seq=%u", a[i].seq);
    if ((a[i].flags & ACK) && !(a[i].wild & SEG_BIT(SEG_ACKNO))) buf_printf(out, " ack=%u", a[i].ack);
    if (a[i].len) buf_printf(out, " len=%u", a[i].len);
    buf_printf(out, " win=%u", a[i].win);
    if (a[i].win_most > a[i].win) buf_printf(out, "-%u", a[i].win_most);
    if (a[i].ts_at) buf_printf(out, " (%u ticks earlier to %u later)", a[i].earlier, a[i].later);
    if (a[i].urg) buf_printf(out, " urg=%u", a[i].urg);
    for (unsigned k = 0; k < a[i].options_len; k++)
      buf_printf(out, "%s%02x", k ? "" : " opt=", a[i].options[k]);
  }
}

/* The field of the first answer that differs, when their number and the flags of all agree. */
static const char *field_of(const struct difference *d)
{
  enum field field = FIELD_COUNT;

  if (d->predicted_count != d->got_count) return NULL;
  for (unsigned i = 0; i < d->got_count; i++)
    if ((d->predicted[i].flags ^ d->got[i].flags) & (FIN | SYN | RST | ACK)) return NULL;
  for (unsigned i = 0; i < d->got_count && field == FIELD_COUNT; i++)
    field = field_that_differs(&d->predicted[i], &d->got[i]);
  return field == FIELD_COUNT ? NULL : field_name(field);
}

void trial_difference(const struct trial *t, bool numbers, struct buf *out)
{
  const struct difference *d = &t->difference;
  const char *field = field_of(d);

  if (d->broken[0]) {
    buf_printf(out, "the driver failed: %s", d->broken);
    return;
  }
  buf_puts(out, "predicted ");
  answers(d->predicted, d->predicted_count, numbers, out);
  if (numbers || !field) {
    buf_puts(out, ", got ");
    answers(d->got, d->got_count, numbers, out);
  }
  if (field) buf_printf(out, ", got another %s", field);
  if (d->states_compared && d->predicted_state != d->kernel_state)
    buf_printf(out, "; predicted %s, is %s", tcp_state_name(d->predicted_state),
               tcp_state_name(d->kernel_state));
}
