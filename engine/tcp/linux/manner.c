/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manner of Linux: what it does by the RFC's rules, but in a way of its own. Time is in time.c, the window in
   window.c. */
#include "engine/tcp/machine.h"

static uint32_t min32(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* -- conditions -- */
/* The window of a segment that is neither newer nor acknowledges more. */
static bool takes_window(const struct tcp_step *s)
{
  return s->wnd > s->tcb->snd.wnd || (s->wnd == 0 && tcp_profile_has(s->profile, CHANGE_ZERO_WINDOW_NEWS));
}

/* A bare duplicate ACK that another one overtook is taken when it is not much older. */
static bool overtaken(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  if (!(s->flags & ACK) || step_seg_len(s) > 0 || s->seq != t->rcv.nxt || s->ack != t->snd.una) return false;
  bool window = seq_gt(s->seq, t->snd.wl1) || (s->seq == t->snd.wl1 && takes_window(s));
  return !window && (int64_t)(int32_t)(t->ts.recent - s->ts_val) * USEC_MS <= t->rto * 12 / 10;
}

/* A full socket lets one tick pass. */
static bool timestamp_is_old(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  if (!t->ts.on || !s->has_ts) return false;
  bool mini = t->state == STATE_TIME_WAIT || with_request(s) || linux_orphan(s);
  if (!mini && overtaken(s)) return false;
  if (t->ts.recent == 0) return false; /* some ends begin with 0, then tell the time */
  return (int32_t)(t->ts.recent - s->ts_val) > (mini ? 0 : 1);
}

/* An old ACK told older kernels nothing. */
static bool timestamp_is_news(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  if (seq_lt(s->ack, t->snd.una) && !tcp_profile_has(s->profile, CHANGE_OLD_ACKS_STAMP)) return false;
  if (!t->ts.on || !s->has_ts || seq_gt(s->segment->seq, t->rcv.last_ack)) return false;
  return (int32_t)(t->ts.recent - s->ts_val) <= 0 || t->ts.recent == 0;
}

static bool syn_is_new(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return seq_gt(s->seq, t->rcv.nxt) || (t->ts.on && s->has_ts && (int32_t)(t->ts.recent - s->ts_val) < 0);
}

/* From 6.7 on it does not look back further than to the first octet that was acknowledged. */
static bool ack_is_too_old(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  seq_t una = fast_open_left(t);
  uint32_t most = t->snd.max_wnd, acked = una - t->iss - (t->passive ? 1 : 0);
  if (tcp_profile_has(s->profile, CHANGE_ACKS_SENT_ONLY) && acked < most) most = acked;
  return seq_lt(s->ack, una - most) && seq_lt(s->ack, una);
}

static bool syn_is_acked(const struct tcp_step *s) { return ack_of_our_syn(s) || linux_ack_of_iss(s); }

static bool window_is_news(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  seq_t seq = s->segment->seq;
  if (seq_lt(s->ack, t->snd.una)) return false;
  if (s->verdict->acked > 0 || seq_lt(t->snd.wl1, seq)) return true;
  return t->snd.wl1 == seq && takes_window(s);
}

/* Of a request, and of what was opened fast, repetitions are counted; of all else it is the clock that counts. */
static bool repeated_enough(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  const struct tcp_profile *p = s->profile;
  if (t->fast.taken) return t->retransmits >= p->synack_retries + 1;
  if (!request(s)) return linux_gives_up(s);
  bool waits = t->deferred && p->defer_accept > p->synack_retries;
  return t->retransmits >= (waits ? p->defer_accept : p->synack_retries);
}

static bool probed_enough(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  if (s->profile->user_timeout > 0)
    return t->probes > 0 && s->now - t->pace.heard >= s->profile->user_timeout;
  return t->probes >= s->profile->keepalive_probes;
}

/* -- the window offered -- */
/* A shadow that does not know says nothing. */
static uint32_t window_read(struct tcb *t, uint32_t n)
{
  linux_window_read(t, n);
  if (2 * t->rcv.wnd > t->window.clamp || (t->shadow && t->window.vague)) return 0;
  return linux_window_next(t);
}

static void text_comes(struct tcp_step *s)
{
  if (s->len == 0) return;
  sack_came_before(s);
  linux_window_text(s);
}

/* A FIN takes memory, too, but otherwise needs no room: the window's right edge stays. */
static void fin_comes(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  if (s->len == 0 && (s->flags & FIN)) {
    sack_came_before(s);
    linux_window_text(s);
  }
  if (!t->record && t->rcv.wnd > 0) t->rcv.wnd--;
}

/* The whole window is offered behind the text of a SYN. */
static void syn_text_taken(struct tcp_step *s)
{
  s->tcb->fast.wnd = s->tcb->rcv.wnd;
  linux_window_established(s->tcb);
  if (s->len > 0) linux_window_text(s);
}

/* -- what goes -- */
/* A socket takes the request's place, or had done so already: challenge_as_socket(). */
static void socket_made(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  if (t->passive && !t->fast.taken) t->snd.max_wnd = s->wnd; /* a request has none */
  if (t->passive) t->challenged_at = -1;
  if (t->snd.una == t->iss + 1) t->passive = true;
  if (!t->fast.taken) linux_window_established(t);
}

static void nobody_hears(struct tcb *t) { (void)t; } /* but linux_heard() */

static void grows_by_arrivals(struct tcb *t, uint32_t n) { (void)t, (void)n; } /* loss.c */

/* Never beyond the other end's window. */
static seq_t number(const struct tcb *t)
{
  seq_t edge = fast_open_left(t) + t->snd.wnd;
  if (t->state < STATE_SYN_RECEIVED || output_is_record(t)) return t->snd.nxt;
  if (seq_ge(edge, t->snd.nxt)) return t->snd.nxt;
  bool scaled = t->ours.wscale && t->theirs.wscale;
  if (scaled && t->snd.nxt - edge < (1u << t->rcv.wscale)) return t->snd.nxt;
  return edge;
}

static uint32_t snd_mss(const struct tcb *t) { return t->snd.mss ? t->snd.mss : t->profile->mss_default; }

/* At least two segments should fit into the largest window seen; and the SACK blocks of an ACK take room. */
static uint32_t segment_size(const struct tcb *t, uint32_t full)
{
  uint32_t half = t->snd.max_wnd > 536 ? t->snd.max_wnd / 2 : t->snd.max_wnd;
  if (half && full > half) full = half > 48 ? half : 48;
  uint32_t blocks = sack_blocks(t), sack = blocks ? 4 + 8 * blocks : 0;
  return full > sack ? full - sack : full;
}

/* Older kernels let go what fits into one segment with the FIN, whatever the congestion window. */
static bool minds_cwnd(const struct tcb *t)
{
  bool fin = t->fin_queued && t->queued <= output_full_segment(t);
  return !fin || tcp_profile_has(t->profile, CHANGE_FIN_KEEPS_TO_CWND);
}

/* The congestion window counts segments, whole or not. */
static uint32_t usable_window(const struct tcb *t)
{
  uint32_t flight = t->snd.nxt - fast_open_left(t), limit = t->snd.wnd;
  if (minds_cwnd(t)) {
    uint32_t most = t->snd.cwnd / snd_mss(t), out = loss_in_flight(t);
    limit = most > out ? min32(limit, flight + (most - out) * output_full_segment(t)) : 0;
  }
  return limit > flight ? limit - flight : 0;
}

/* IN_PACKET: behind full ones. */
static bool may_send_small(const struct tcb *t, uint32_t n, bool with_fin, bool in_packet)
{
  const bool small_outstanding = seq_gt(t->snd.sml, fast_open_left(t));
  if (n == t->queued) return with_fin || !t->profile->nagle || t->loss.pushes || !small_outstanding;
  return in_packet && !small_outstanding;
}

/* Text is gathered in packets of several segments, and the window's edge may cut the last segment of a packet, but
   not the first: as many as half the congestion window, at first no more than half the largest window. */
static uint32_t packet_segments(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  uint32_t wnd = t->snd.max_wnd / 2 / output_full_segment(t), n = t->snd.cwnd / snd_mss(t) / 2;
  bool as_written = s->call || !tcp_profile_has(s->profile, CHANGE_PACKETS_AS_WRITTEN);
  if (as_written && wnd < n) n = wnd;
  return n ? n : 1;
}

const struct tcp_manner tcp_manner_linux = {
    .records = true,
    .answers_text = true,
    .forgets_syn_text = true,
    .crossing_is_first = true,
    .reset_stamps = true,
    .fin_ack_from_socket = true,
    .urgent_apart = true,
    .window_of_whole = true,
    .push_by_packet = true,
    .reset_acknowledges = true,
    .echo_of_repeated = true,
    .chooses_window = true,
    .sack_in_stamp = true,
    .stamps_agreed = true,
    .orphans_unprobed = true,
    .learns_delay = true,
    .mss_least = 48, /* tcp_min_snd_mss */
    .loss = &loss_by_arrivals,
    .timestamp_old = timestamp_is_old,
    .timestamp_news = timestamp_is_news,
    .syn_new = syn_is_new,
    .ack_too_old = ack_is_too_old,
    .syn_acked = syn_is_acked,
    .window_news = window_is_news,
    .retries_spent = repeated_enough,
    .probes_spent = probed_enough,
    .rto_sample = linux_rto_sample,
    .acked = linux_acked,
    .unmeasured = linux_unmeasured,
    .gone_again = linux_gone_again,
    .probed = linux_probed,
    .probe_first = linux_probe_first,
    .user_timeout = linux_user_timeout,
    .alive = nobody_hears,
    .heard = linux_heard,
    .window_open = linux_window_open,
    .window_open_passive = linux_window_open_passive,
    .window_established = linux_window_established,
    .window_read = window_read,
    .window_choose = linux_window_choose,
    .text_comes = text_comes,
    .gap_comes = linux_window_gap,
    .fin_comes = fin_comes,
    .syn_text_taken = syn_text_taken,
    .socket_made = socket_made,
    .grow = grows_by_arrivals,
    .number = number,
    .segment_size = segment_size,
    .usable_window = usable_window,
    .may_send_small = may_send_small,
    .packet_segments = packet_segments,
};
