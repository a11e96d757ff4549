/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tcp/tcb.h"

#include "engine/tcp/machine.h"

#include <string.h>

static const char *const timer_names[TIMER_COUNT] = {
#define X(id, name, help) name,
    TCP_TIMERS(X)
#undef X
};
static const char *const timer_helps[TIMER_COUNT] = {
#define X(id, name, help) help,
    TCP_TIMERS(X)
#undef X
};

const char *tcp_timer_name(enum tcp_timer t) { return t < TIMER_COUNT ? timer_names[t] : "?"; }
const char *tcp_timer_help(enum tcp_timer t) { return t < TIMER_COUNT ? timer_helps[t] : ""; }

void tcb_init(struct tcb *t, const struct tcp_profile *profile, bool manual, seq_t iss, bool iss_known)
{
  memset(t, 0, sizeof *t);
  t->profile = profile;
  t->manual = manual;
  t->shadow = !manual && !iss_known;
  t->iss = iss;
  t->iss_known = iss_known;
  tcb_delete(t);
}

void tcb_renew(struct tcb *t, const struct tcp_profile *profile)
{
  const struct tcp_cookie cookie = t->cookie;
  const struct tcp_fast_open fast = t->fast;
  tcb_init(t, profile, false, 0, false);
  t->cookie = cookie;
  fast_open_keep(t, &fast);
}

/* What belongs to the end and not to the connection survives: who sends, the profile, the ISS to use next. */
void tcb_delete(struct tcb *t)
{
  struct tcb fresh = {.profile = t->profile,
                      .state = t->state,
                      .passive = t->passive,
                      .manual = t->manual,
                      .shadow = t->shadow,
                      .orphan = t->orphan,
                      .accept_full = t->accept_full,
                      .syns_full = t->syns_full,
                      .syns_many = t->syns_many,
                      .cookie = t->cookie,
                      .loss.enough = (uint16_t)t->profile->reordering,
                      .delay.pingpong = t->profile->pingpong,
                      .pace.again_since = -1,
                      .pace.probing_since = -1,
                      .iss = t->iss,
                      .iss_known = t->iss_known && !t->shadow};
  fast_open_keep(&fresh, &t->fast);
  *t = fresh;
  t->rcv.wnd = t->profile->rcv_buf;
  t->rto = t->profile->rto_initial;
  t->challenged_at = -1;
  timer_stop_all(t);
}

void tcb_open(struct tcb *t)
{
  t->snd.una = t->snd.nxt = t->snd.up = t->snd.sml = t->loss.used_to = t->iss;
  t->snd.mss = t->profile->mss_default < t->profile->mss ? t->profile->mss_default : t->profile->mss;
  t->snd.cwnd = t->profile->initial_cwnd * t->snd.mss;
  t->snd.ssthresh = UINT32_MAX;
  t->ours = (struct tcp_offer){.known = true,
                               .ts = t->profile->timestamps,
                               .wscale = t->profile->window_scaling,
                               .sack = t->profile->sack,
                               .shift = t->profile->wscale,
                               .mss = t->profile->mss};
  if (!t->manual) t->profile->manner->window_open(t, t->profile->mss);
}

void tcb_receive_syn(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  t->irs = s->seq;
  t->irs_known = true;
  t->rcv.nxt = t->rcv.last_ack = t->rcv.up = s->seq + 1;
  t->theirs = s->offer;
  t->theirs.known = true;
  uint16_t mss = t->theirs.mss ? t->theirs.mss : t->profile->mss_default;
  if (mss < t->profile->manner->mss_least) mss = t->profile->manner->mss_least;
  t->snd.mss = mss < t->profile->mss ? mss : t->profile->mss;
  t->snd.cwnd = t->profile->initial_cwnd * t->snd.mss;
  options_settle(t);
  if (s->has_ts) t->ts.recent = s->ts_val;
  /* The window of a SYN is never scaled (RFC 7323 2.2). */
  t->snd.wnd = s->segment->win;
  if (t->snd.max_wnd < t->snd.wnd) t->snd.max_wnd = t->snd.wnd;
  t->snd.wl1 = s->seq;
  t->snd.wl2 = s->ack;
  bool asks = (s->flags & (SYN | ACK | ECE | CWR)) == (SYN | ECE | CWR);
  t->ecn = asks && t->passive && t->profile->ecn > 0;
  if (t->passive && !t->manual) t->profile->manner->window_open_passive(t);
}

bool tcb_fin_acked(const struct tcb *t) { return t->fin_sent && seq_gt(t->snd.una, t->fin_seq); }

/* Ranges stay sorted and disjoint; one that no slot is left for is forgotten: the other end sends it again.
 */
void tcb_hold(struct tcb *t, seq_t left, seq_t right)
{
  unsigned n = 0;
  struct seq_range kept[TCP_HELD_MAX + 1];
  for (unsigned i = 0; i < t->held_count; i++) {
    struct seq_range h = t->held[i];
    if (seq_lt(h.right, left) || seq_gt(h.left, right)) {
      kept[n++] = h;
    } else {
      left = seq_min(left, h.left);
      right = seq_max(right, h.right);
    }
  }
  unsigned at = n;
  while (at > 0 && seq_gt(kept[at - 1].left, left)) {
    kept[at] = kept[at - 1];
    at--;
  }
  kept[at] = (struct seq_range){left, right};
  n++;
  t->held_count = n < TCP_HELD_MAX ? n : TCP_HELD_MAX;
  memcpy(t->held, kept, t->held_count * sizeof kept[0]);
}

uint32_t tcb_unhold(struct tcb *t)
{
  uint32_t advanced = 0;
  unsigned gone = 0;
  if (t->held_count == 0) return 0;
  while (gone < t->held_count && seq_le(t->held[gone].left, t->rcv.nxt)) {
    seq_t right = t->held[gone].right;
    if (t->held_fin && seq_ge(t->held_fin_seq, t->rcv.nxt)) right = seq_min(right, t->held_fin_seq);
    if (seq_gt(right, t->rcv.nxt)) {
      advanced += right - t->rcv.nxt;
      t->rcv.nxt = right;
    }
    gone++;
  }
  t->held_count -= gone;
  memmove(t->held, t->held + gone, t->held_count * sizeof t->held[0]);
  return advanced;
}

/* RFC 9293 3.8.6.2.2: the right edge moves only by a segment or half the buffer, never back. Linux looks at
   it when a segment leaves: linux/window.c. */
void tcb_update_window(struct tcb *t)
{
  if (t->profile->manner->chooses_window && !t->manual) return;
  uint32_t buffer = t->profile->rcv_buf;
  uint32_t room = t->unread < buffer ? buffer - t->unread : 0;
  uint32_t step = t->snd.mss < buffer / 2 ? t->snd.mss : buffer / 2;
  if (room > t->rcv.wnd && (t->manual || room - t->rcv.wnd >= step)) t->rcv.wnd = room;
}
