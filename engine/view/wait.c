/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A wait that goes on, in one line: how much of it is over, and the timers that run meanwhile. */
#include "engine/view/paint.h"

#include <string.h>

#define NARROW 60u /* columns */
#define BAR_MIN 6u
#define BAR_MAX 30u

/* Tenths of a second, which change visibly and can still be read. */
static void put_tenths(struct buf *b, usec_t d)
{
  usec_t tenths = d > 0 ? (d + 50 * USEC_MS) / (100 * USEC_MS) : 0;
  buf_printf(b, "%lld.%llds", (long long)(tenths / 10), (long long)(tenths % 10));
}

/* "1.2s of 3.0s", on a narrow screen "1.2s/3.0s", or "1.2s" alone when nobody knows how long it will be. */
static void put_elapsed(const struct view_wait *w, const struct view_options *o, struct buf *b)
{
  put_tenths(b, w->now - w->began);
  if (w->until == USEC_NEVER) return;
  buf_puts(b, paint_columns(o) < NARROW ? "/" : " of ");
  put_tenths(b, w->until - w->began);
}

static void put_timer(struct buf *b, const char *before, const char *name, usec_t left)
{
  buf_printf(b, "%s %s ", before, name);
  put_tenths(b, left);
}

/* The timer that expires first of those behind BEFORE (TIMER_COUNT: of all); TIMER_COUNT: there is none. */
static unsigned next_timer(const struct tcb *t, unsigned before)
{
  unsigned found = TIMER_COUNT;
  for (unsigned i = 0; i < TIMER_COUNT; i++) {
    if (t->timer[i] == USEC_NEVER) continue;
    if (before < TIMER_COUNT &&
        (t->timer[i] < t->timer[before] || (t->timer[i] == t->timer[before] && i <= before)))
      continue;
    if (found == TIMER_COUNT || t->timer[i] < t->timer[found]) found = i;
  }
  return found;
}

/* "you 2MSL 58.8s, retransmission 60.3s": as many as fit ROOM columns, the first to expire first. */
static void put_yours(const struct view_wait *w, const struct view_options *o, size_t room, struct buf *b)
{
  for (unsigned i = next_timer(w->you, TIMER_COUNT); i < TIMER_COUNT; i = next_timer(w->you, i)) {
    size_t before = b->len;
    put_timer(b, before > 0 ? "," : paint_name(o, END_YOU), tcp_timer_name((enum tcp_timer)i),
              w->you->timer[i] - w->now);
    if (view_width(b->data, b->len) <= room) continue;
    b->len = before;
    b->data[before] = '\0';
    return;
  }
}

static void put_peers(const struct view_wait *w, const struct view_options *o, size_t room, struct buf *b)
{
  if (!w->peer_timer) return;
  put_timer(b, paint_name(o, END_PEER), w->peer_timer, w->peer_left);
  if (view_width(b->data, b->len) > room) buf_reset(b);
}

/* The part that is over and the part to come. */
static void put_bar(const struct view_wait *w, const struct view_options *o, size_t width, struct buf *b)
{
  usec_t whole = w->until - w->began, over = w->now - w->began;
  size_t filled = over <= 0       ? 0
                  : over >= whole ? width
                                  : (size_t)((double)over / (double)whole * (double)width);
  paint_glyphs(b, o, INK_BRIGHT, GLYPH_SHAFT, filled);
  paint_glyphs(b, o, INK_DIM, GLYPH_DOTTED, width - filled);
  buf_putc(b, ' ');
}

void view_wait(const struct view_wait *w, const struct view_options *o, struct buf *b)
{
  char mem[3][160];
  struct buf elapsed, yours, peers;
  buf_init(&elapsed, mem[0], sizeof mem[0]);
  buf_init(&yours, mem[1], sizeof mem[1]);
  buf_init(&peers, mem[2], sizeof mem[2]);
  put_elapsed(w, o, &elapsed);
  size_t limit = paint_columns(o), used = 2 + elapsed.len;
  if (used + 2 < limit) put_peers(w, o, limit - used - 2, &peers);
  if (peers.len > 0) used += 2 + view_width(peers.data, peers.len);
  if (used + 2 < limit) put_yours(w, o, limit - used - 2, &yours);
  if (yours.len > 0) used += 2 + view_width(yours.data, yours.len);
  size_t bar =
      w->until == USEC_NEVER || w->until <= w->began || used + 1 + BAR_MIN > limit ? 0 : limit - used - 1;
  buf_puts(b, "  ");
  if (bar > 0) put_bar(w, o, bar < BAR_MAX ? bar : BAR_MAX, b);
  buf_puts(b, elapsed.data);
  if (yours.len > 0) paintf(b, o, INK_DIM, "  %s", yours.data);
  if (peers.len > 0) paintf(b, o, INK_DIM, "  %s", peers.data);
}
