/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manner of RFC 9293, and of those it refers to: RFC 5681, 6191, 6298, 7323. */
#include "engine/tcp/machine.h"

static uint32_t min32(uint32_t a, uint32_t b) { return a < b ? a : b; }
static usec_t clamped(usec_t x, usec_t low, usec_t high) { return x < low ? low : x > high ? high : x; }
/* RFC 7323 5.2: s < t when 0 < t - s < 2^31. */
static bool older(uint32_t val, uint32_t than) { return (int32_t)(than - val) > 0; }

/* -- conditions -- */
/* RFC 6191: in TIME-WAIT a SYN has its own rule. */
static bool timestamp_is_old(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  if (!t->ts.on || !s->has_ts) return false;
  if (t->state == STATE_TIME_WAIT && (s->flags & (SYN | ACK)) == SYN) return false;
  return older(s->ts_val, t->ts.recent);
}

static bool timestamp_is_news(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return t->ts.on && s->has_ts && seq_le(s->segment->seq, t->rcv.last_ack) && !older(s->ts_val, t->ts.recent);
}

static bool syn_is_new(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  bool later = seq_gt(s->seq, t->rcv.nxt);
  if (!s->has_ts || !s->profile->timestamps) return later;
  if (!t->ts.on) return true;
  return older(t->ts.recent, s->ts_val) || (s->ts_val == t->ts.recent && later);
}

/* RFC 5961 5.2 */
static bool ack_is_too_old(const struct tcp_step *s)
{
  return seq_lt(s->ack, s->tcb->snd.una - s->tcb->snd.max_wnd);
}

static bool window_is_news(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  if (seq_lt(s->ack, t->snd.una)) return false;
  return seq_lt(t->snd.wl1, s->seq) || (t->snd.wl1 == s->seq && seq_le(t->snd.wl2, s->ack));
}

static unsigned retries_limit(const struct tcp_step *s)
{
  const struct tcp_profile *p = s->profile;
  if (s->tcb->state == STATE_SYN_SENT) return p->syn_retries;
  if (s->tcb->state == STATE_SYN_RECEIVED || s->tcb->fast.taken) return p->synack_retries;
  return s->tcb->orphan ? p->orphan_retries : p->retries2;
}

static bool repeated_enough(const struct tcp_step *s) { return s->tcb->retransmits >= retries_limit(s); }
static bool probed_enough(const struct tcp_step *s) { return s->tcb->probes >= s->profile->keepalive_probes; }

/* -- time -- */
/* RFC 6298 section 2 */
static void rto_sample(struct tcb *t, usec_t rtt)
{
  const struct tcp_profile *p = t->profile;
  if (rtt < 1) rtt = 1;
  if (t->srtt == 0) {
    t->srtt = rtt;
    t->rttvar = rtt / 2;
  } else {
    usec_t off = t->srtt > rtt ? t->srtt - rtt : rtt - t->srtt;
    t->rttvar += (off - t->rttvar) / 4;
    t->srtt += (rtt - t->srtt) / 8;
  }
  t->rto = clamped(t->srtt + 4 * t->rttvar, p->rto_min, p->rto_max);
}

/* One segment at a time is measured. */
static void acked(struct tcp_step *s, usec_t rtt)
{
  struct tcb *t = s->tcb;
  (void)rtt;
  if (t->rtt.on && seq_ge(s->ack, t->rtt.seq)) rto_sample(t, s->now - t->rtt.since);
}

static void gone_again(struct tcb *t, usec_t now)
{
  (void)now;
  t->retransmits++;
}

static void probed(struct tcb *t, usec_t now)
{
  usec_t wait = t->rto << t->probes, most = t->profile->rto_max;
  timer_set(t, TIMER_PERSIST, now + (wait < most ? wait : most));
}

static usec_t probe_first(const struct tcb *t) { return t->rto; }
static usec_t user_timeout(const struct tcb *t, usec_t now) { return now + t->profile->user_timeout; }

static void alive(struct tcb *t)
{
  t->probes = 0;
  timer_stop(t, TIMER_KEEPALIVE);
}

/* -- the window offered: what there is room for; see tcb_update_window() -- */
static uint32_t window_read(struct tcb *t, uint32_t n)
{
  (void)n;
  return t->rcv.wnd;
}

static void syn_text_taken(struct tcp_step *s)
{
  struct tcb *t = s->tcb;
  t->rcv.wnd -= min32(s->len, t->rcv.wnd);
  t->fast.wnd = t->rcv.wnd;
}

/* -- what goes -- */
/* RFC 5681 3.1; it matters to how much may be sent at once, and to nothing else here. */
static void grow(struct tcb *t, uint32_t n)
{
  t->probes = 0;
  n = min32(n, t->snd.mss);
  if (t->profile->initial_cwnd == 0 || t->snd.cwnd > (1u << 30)) return;
  if (t->snd.cwnd < t->snd.ssthresh)
    t->snd.cwnd += n;
  else
    t->snd.cwnd += (uint32_t)t->snd.mss * t->snd.mss / t->snd.cwnd + 1;
}

static seq_t number(const struct tcb *t) { return t->snd.nxt; }

static uint32_t segment_size(const struct tcb *t, uint32_t full)
{
  (void)t;
  return full;
}

static uint32_t usable_window(const struct tcb *t)
{
  uint32_t flight = t->snd.nxt - fast_open_left(t), limit = t->snd.wnd;
  if (t->profile->initial_cwnd) limit = min32(limit, t->snd.cwnd);
  return limit > flight ? limit - flight : 0;
}

/* RFC 9293 3.8.6.2.1, 3.7.4 */
static bool may_send_small(const struct tcb *t, uint32_t n, bool with_fin, bool in_packet)
{
  const bool idle = seq_le(t->snd.nxt, fast_open_left(t));
  (void)in_packet;
  if (n == t->queued) return with_fin || !t->profile->nagle || t->loss.pushes || idle;
  return 2 * (uint64_t)n >= t->snd.max_wnd || fast_open_left(t) == t->snd.nxt;
}

static uint32_t packet_segments(const struct tcp_step *s)
{
  (void)s;
  return 1;
}

/* -- what is no business of the RFC's -- */
static void no_step(struct tcp_step *s) { (void)s; }
static void no_tcb(struct tcb *t) { (void)t; }
static void no_heard(const struct tcp_step *s, seq_t una, seq_t nxt) { (void)s, (void)una, (void)nxt; }
static void no_open(struct tcb *t, uint32_t mss) { (void)t, (void)mss; }
static void no_choice(struct tcb *t, struct tcp_emit *e) { (void)t, (void)e; }
static void no_gap(struct tcp_step *s, seq_t end) { (void)s, (void)end; }

const struct tcp_manner tcp_manner_rfc9293 = {
    .loss = &loss_by_duplicates,
    .timestamp_old = timestamp_is_old,
    .timestamp_news = timestamp_is_news,
    .syn_new = syn_is_new,
    .ack_too_old = ack_is_too_old,
    .syn_acked = ack_of_our_syn,
    .window_news = window_is_news,
    .retries_spent = repeated_enough,
    .probes_spent = probed_enough,
    .rto_sample = rto_sample,
    .acked = acked,
    .unmeasured = no_tcb,
    .gone_again = gone_again,
    .probed = probed,
    .probe_first = probe_first,
    .user_timeout = user_timeout,
    .alive = alive,
    .heard = no_heard,
    .window_open = no_open,
    .window_open_passive = no_tcb,
    .window_established = no_tcb,
    .window_read = window_read,
    .window_choose = no_choice,
    .text_comes = no_step,
    .gap_comes = no_gap,
    .fin_comes = no_step,
    .syn_text_taken = syn_text_taken,
    .socket_made = no_step,
    .grow = grow,
    .number = number,
    .segment_size = segment_size,
    .usable_window = usable_window,
    .may_send_small = may_send_small,
    .packet_segments = packet_segments,
};
