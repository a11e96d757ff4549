/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which window Linux offers (RFC 9293 3.8.6.2.2 leaves much to the receiver). At first as many whole segments
   as fit into its space: half the receive buffer, for the other half is taken to be overhead. Later, with
   each segment it sends, what is free, but no more than a threshold that grows as segments come that are
   worth their memory. The window is told in steps of the scale, or without one in whole segments of the other
   end's, whose length Linux guesses from those that come. The right edge never moves left.

   How much memory a segment takes hangs on how the system lays it out. Here a machine takes what 6.18 takes
   on x86-64; of somebody else's a shadow knows from how little to how much, so that its window may have
   bounds rather than a value. What a long segment tells Linux of the share that is overhead changes the space
   itself; from then on a shadow knows no more than that the edge stays or moves right. From 6.16 on so does
   text far past a gap, for which the buffer is made larger where a program holds the socket. That it also is
   for one who reads much within a round trip is left out. */
#include "engine/tcp/machine.h"

enum {
  HEADER = 20,
  STAMP = 12, /* aligned timestamps */
  MSS_DEFAULT = 536,
  MSS_LEAST = 88,
  GROWS = 128,       /* octets of text from which on a segment may raise the threshold */
  RATIO_ONE = 256,   /* the share of memory that is text, in 256ths, */
  RATIO_FIRST = 128, /* as it is taken to be before a long segment has come */
  FIRST_SEGMENTS = 10,
  BUFFER_LEAST = 2304, /* SOCK_MIN_RCVBUF */
  BUFFER_MOST = 6291456,
  WINDOW_MOST = BUFFER_MOST,
  CONTROL = 256, /* octets that describe a segment in memory, */
  TRAILER = 320, /* that stand behind its octets, */
  AHEAD = 128,   /* and that headers and what they may need take */
};

static uint32_t min32(uint32_t a, uint32_t b) { return a < b ? a : b; }
static uint32_t max32(uint32_t a, uint32_t b) { return a > b ? a : b; }

static uint32_t align(uint32_t n, unsigned shift) { return (n + (1u << shift) - 1) >> shift << shift; }

/* -- memory -- */
/* What a segment of LEN octets takes, as 6.18 lays it out. */
static uint32_t usual_memory(uint32_t len)
{
  uint32_t room = 704; /* for what is short; else the next power of two */
  if (len + AHEAD + TRAILER > room)
    for (room = 1024; room < len + AHEAD + TRAILER;) room *= 2;
  return CONTROL + room;
}

static uint32_t most_memory(uint32_t len)
{
  uint32_t room = 1024;
  while (room < len + AHEAD + 2 * TRAILER) room *= 2;
  return CONTROL + room;
}

static uint32_t text_in(const struct tcb *t, uint32_t memory)
{
  return (uint32_t)((uint64_t)memory * t->window.ratio / RATIO_ONE);
}

static uint32_t whole_space(const struct tcb *t) { return text_in(t, t->window.buffer); }

static uint32_t free_space(const struct tcb *t, uint32_t memory)
{
  uint32_t all = t->window.buffer;
  return text_in(t, all > memory ? all - memory : 0);
}

/* -- the beginning -- */
static uint32_t whole_segments(uint32_t space, uint32_t mss)
{
  return mss > 0 && space > mss ? space - space % mss : space;
}

static uint32_t own_mss(const struct tcb *t) { return t->profile->mss - (t->ts.on ? STAMP : 0u); }

/* Chosen for a SYN or a SYN,ACK, in segments of MSS octets. */
void linux_window_open(struct tcb *t, uint32_t mss)
{
  unsigned shift = t->ours.wscale ? t->ours.shift : 0;
  t->window =
      (struct tcp_window){.ratio = RATIO_FIRST, .clamp = 65535u << shift, .buffer = 2 * t->profile->rcv_buf};
  t->rcv.wnd = t->window.told = t->window.threshold =
      whole_segments(min32(t->window.clamp, t->profile->rcv_buf), mss);
}

void linux_window_open_passive(struct tcb *t)
{
  struct tcp_window *w = &t->window;
  linux_window_open(t, own_mss(t));
  w->clamp = 65535u << t->rcv.wscale;
}

/* When the connection is open one segment's room is set aside. */
void linux_window_established(struct tcb *t)
{
  struct tcp_window *w = &t->window;
  uint32_t space = whole_space(t), mss = own_mss(t);
  if (w->clamp >= space || t->profile->rcv_buf < space) w->clamp = min32(w->clamp, space);
  if (w->clamp > 2 * mss && w->clamp + mss > space) w->clamp = max32(2 * mss, space - mss);
  w->threshold = min32(w->threshold, w->clamp);
  w->space = min32(min32(w->threshold, w->told), FIRST_SEGMENTS * mss);
  uint32_t guess = min32(min32(output_full_segment(t), mss), min32(MSS_DEFAULT, w->told / 2));
  w->mss = (uint16_t)max32(guess, MSS_LEAST);
  w->last = 0;
}

/* -- segments that come -- */
/* Is it a full segment? One as long as any before is. So is a shorter one, when the next is just as long and
   neither looks like the end of something written. */
enum guess linux_guess_mss(const struct tcp_step *s, uint16_t *mss, uint16_t *last)
{
  const struct segment *g = s->segment;
  uint32_t len = (uint32_t)g->data_len, whole = len + HEADER + ((g->options_len + 3u) & ~3u);
  uint16_t before = *last, stamp = s->tcb->ts.on ? STAMP : 0;
  bool no_end = !(g->flags & (FIN | URG | SYN | PSH));
  *last = 0;
  if (len >= *mss) {
    *mss = (uint16_t)min32(len, s->profile->mss - stamp);
    return GUESS_FULL;
  }
  if (whole < MSS_DEFAULT + HEADER && (whole < MSS_LEAST + HEADER || !no_end)) return GUESS_SHORT;
  *last = (uint16_t)(whole - HEADER - stamp);
  if (*last != before) return GUESS_SHORT;
  *mss = before;
  return GUESS_AGAIN;
}

/* A segment longer than any before tells which share of memory is text. */
static void weigh(struct tcb *t, uint32_t len)
{
  struct tcp_window *w = &t->window;
  if (!tcp_profile_has(t->profile, CHANGE_RATIO_LEARNED)) return;
  uint32_t ratio = len * RATIO_ONE / usual_memory(len);
  w->vague = true;
  w->ratio = (uint8_t)(ratio ? ratio : 1);
  uint32_t clamp = max32(whole_space(t), BUFFER_LEAST / 2);
  if (clamp < w->clamp)
    w->threshold = min32(w->threshold, clamp);
  else
    w->threshold = max32(w->threshold, min32(w->told, clamp));
  w->clamp = clamp;
}

static void grow(struct tcb *t, uint32_t len)
{
  struct tcp_window *w = &t->window;
  uint32_t room = min32(w->clamp, free_space(t, w->memory)), memory = usual_memory(len), step = 0;
  if (room <= w->threshold) return;
  if (text_in(t, memory) <= len) {
    step = 2 * own_mss(t);
  } else { /* worth it still, as long as the buffer could become much larger than the threshold asks for */
    uint32_t taken = text_in(t, memory) / 2, space = text_in(t, BUFFER_MOST) / 2;
    for (; w->threshold <= space && step == 0; taken /= 2, space /= 2)
      if (taken <= len) step = 2 * w->mss;
  }
  if (step > 0) w->threshold += min32(room - w->threshold, max32(step, 2 * len));
}

void linux_window_text(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  struct tcp_window *w = &t->window;
  uint32_t len = (uint32_t)s->segment->data_len;
  w->memory += usual_memory(len);
  w->memory_most += most_memory(len);
  if (len == 0) return;
  uint16_t mss = w->mss;
  if (linux_guess_mss(s, &w->mss, &w->last) == GUESS_FULL && len != mss) weigh(t, len);
  if (len >= GROWS) grow(t, len);
}

/* Text up to END is held past a gap. */
void linux_window_gap(struct tcp_step *s, seq_t end)
{
  struct tcb *t = s->tcb;
  struct tcp_window *w = &t->window;
  linux_window_text(s);
  uint64_t wide = 2u * (uint64_t)w->space + (end - t->rcv.nxt), all = wide * RATIO_ONE / w->ratio;
  if (!tcp_profile_has(s->profile, CHANGE_BUFFER_GROWS_FOR_GAPS) || s->profile->rcv_buf_fixed || t->orphan ||
      all <= w->buffer)
    return;
  w->buffer = (uint32_t)(all < BUFFER_MOST ? all : BUFFER_MOST);
  w->clamp = whole_space(t);
  w->vague = true; /* whether a program holds the socket a shadow does not know */
}

/* N octets have been read. Whether memory goes with a part of it hangs on how the segments were laid out. */
void linux_window_read(struct tcb *t, uint32_t n)
{
  struct tcp_window *w = &t->window;
  w->copied += n;
  if (w->copied > w->space) w->vague = true; /* the reader may be fast */
  if (t->unread > 0 || t->held_count > 0 || t->held_fin) return;
  w->memory = w->memory_most = 0;
}

/* -- segments that leave -- */
/* What is offered when FREE octets are. */
static uint32_t offered(const struct tcb *t, uint32_t free)
{
  const struct tcp_window *w = &t->window;
  uint32_t all = whole_space(t), full = min32(w->clamp, all), mss = min32(w->mss, full);
  unsigned shift = t->rcv.wscale;
  if (mss == 0) return 0;
  if (free < full / 2) {
    free = free >> shift << shift;
    if (free < all / 16 || free < mss) return 0;
  }
  free = min32(free, w->threshold);
  if (shift > 0) return align(free, shift);
  if (w->told + mss <= free || w->told > free) return free - free % mss;
  return mss == full && free > w->told + full / 2 ? free : w->told;
}

static uint32_t not_shrunk(const struct tcb *t, uint32_t window)
{
  return window < t->rcv.wnd ? align(t->rcv.wnd, t->rcv.wscale) : window;
}

/* What would be offered now. */
uint32_t linux_window_next(const struct tcb *t) { return offered(t, free_space(t, t->window.memory)); }

/* When the text of this segment is in memory, too, less would be offered than was told last. */
bool linux_window_shrinks(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  uint32_t memory = t->window.memory + usual_memory((uint32_t)s->segment->data_len);
  return offered(t, free_space(t, memory)) < t->window.told;
}

/* Is it certain that this is what is offered? A machine's own is. */
static bool bounds(const struct tcb *t, uint32_t *least, uint32_t *most)
{
  const struct tcp_window *w = &t->window;
  uint32_t held = t->unread;
  *least = *most = not_shrunk(t, linux_window_next(t));
  if (!t->shadow) return true;
  for (unsigned i = 0; i < t->held_count; i++) held += t->held[i].right - t->held[i].left;
  /* Before the share was learned, segments were laid out in memory otherwise than 6.18 does it. */
  bool laid_otherwise = !tcp_profile_has(t->profile, CHANGE_RATIO_LEARNED) && w->memory > 0;
  *least = not_shrunk(t, w->vague || laid_otherwise ? 0 : offered(t, free_space(t, w->memory_most)));
  *most = not_shrunk(t, w->vague ? max32(WINDOW_MOST, *least)
                                 : offered(t, free_space(t, held ? held + CONTROL + TRAILER : 0)));
  return *least == *most;
}

/* A record tells what is left of the last window, cut to the field. Without scaling that may be wider than
   could be told. */
void linux_window_of_record(const struct tcb *t, struct tcp_emit *e)
{
  e->win = e->win_most = (uint16_t)(t->rcv.wnd >> t->rcv.wscale);
  if (!t->shadow || !t->window.vague || t->rcv.wscale > 0 || t->window.told < 65535) return;
  e->wild |= SEG_BIT(SEG_WIN);
  e->win = 0;
  e->win_most = 65535;
}

static uint16_t on_the_wire(const struct tcb *t, uint32_t window)
{
  return (uint16_t)(min32(window, 65535u << t->rcv.wscale) >> t->rcv.wscale);
}

/* A segment leaves, and its window is chosen; what the right edge is from now on. */
void linux_window_choose(struct tcb *t, struct tcp_emit *e)
{
  uint32_t least, most;
  if (!bounds(t, &least, &most)) e->wild |= SEG_BIT(SEG_WIN);
  e->win = on_the_wire(t, least);
  e->win_most = on_the_wire(t, most);
  t->rcv.wnd = t->window.told = least;
}
