/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conditions that only rows of Linux ask for. Nothing here changes anything. */
#include "engine/tcp/machine.h"

#include <string.h>

/* As it arrived: records do not trim. */
static seq_t whole_end(const struct tcp_step *s) { return s->segment->seq + segment_len(s->segment); }

/* From RCV.NXT on, the right edge included. */
static bool linux_in_window(const struct tcp_step *s, uint32_t wnd)
{
  seq_t left = s->tcb->rcv.nxt, right = left + wnd, end = step_end(s);
  if (s->seq == left) return true;
  if (seq_gt(end, left) && seq_lt(s->seq, right)) return true;
  return s->seq == right && s->seq == end;
}

/* Linux looks for a signature before all else, in what could still hold one: 18 octets (RFC 2385), or 5 where
   it was built with TCP-AO (RFC 5925). A list that breaks on the way is not trusted. */
bool options_broken_early(const struct tcp_step *s)
{
  const struct segment *g = s->segment;
  if (!tcp_profile_has(s->profile, CHANGE_OPTIONS_CHECKED)) return false;
  unsigned length = (g->options_len + 3u) & ~3u, at = 0; /* padded, as it came */
  while (length - at >= s->profile->signature) {
    uint8_t kind = at < g->options_len ? g->options[at] : 0;
    if (kind == 0) return false;
    if (kind == 1) {
      at++;
      continue;
    }
    unsigned len = at + 1 < g->options_len ? g->options[at + 1] : 0;
    if (len < 2 || len > length - at) return true;
    at += len;
  }
  return false;
}

bool socket_options_broken(const struct tcp_step *s) { return !linux_orphan(s) && options_broken_early(s); }

bool bare_and_left(const struct tcp_step *s)
{
  return full_socket(s) && step_seg_len(s) == 0 && seq_lt(s->seq, s->tcb->rcv.nxt);
}

bool timestamp_old_in_mini(const struct tcp_step *s)
{
  return (s->tcb->state == STATE_TIME_WAIT || with_request(s)) && timestamp_old(s);
}

/* Linux: an echo of a value that no SYN,ACK carried. */
bool request_echo_wrong(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return request(s) && t->ts.on && s->has_ts && s->ts_ecr != 0 &&
         s->ts_ecr - t->ts.first > t->ts.last - t->ts.first;
}

/* Linux, in SYN-SENT: an echo of what no SYN of ours carried. Its clock since then is known roughly only. */
bool syn_echo_wrong(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  if (!t->ours.ts || !s->has_ts || s->ts_ecr == 0) return false;
  usec_t since = t->rtt.on ? s->now - t->rtt.since : t->rto;
  return s->ts_ecr - t->ts.first > t->ts.last - t->ts.first + (uint32_t)(since / USEC_MS) + 1;
}

bool request_outside(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return with_request(s) && !linux_in_window(s, t->fast.taken ? t->fast.wnd : t->rcv.wnd);
}

bool orphan_outside(const struct tcp_step *s)
{
  return linux_orphan(s) && (timestamp_old(s) || !linux_in_window(s, s->tcb->rcv.wnd));
}

bool request_syn_again(const struct tcp_step *s)
{
  return with_request(s) && s->seq == s->tcb->irs && !timestamp_old(s);
}

bool request_ack_wrong(const struct tcp_step *s) { return request(s) && s->ack != s->tcb->iss + 1; }

bool linux_outside(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  seq_t right = t->rcv.nxt + t->rcv.wnd;
  if (request(s) || linux_orphan(s) || (t->fast.taken && !fast_open_passes(s))) return false;
  if (seq_lt(step_end(s), t->rcv.last_ack) || seq_gt(s->seq, right)) return true;
  return tcp_profile_has(s->profile, CHANGE_EDGE_CHECKED) && (t->unread > 0 || t->fin_unread) &&
         seq_gt(step_end(s) - ((s->flags & FIN) != 0), right);
}

bool rst_at_minus_one(const struct tcp_step *s)
{
  return s->seq == s->tcb->rcv.nxt - 1 &&
         state_in(s->tcb->state,
                  STATE_BIT(STATE_CLOSE_WAIT) | STATE_BIT(STATE_LAST_ACK) | STATE_BIT(STATE_CLOSING));
}

bool linux_outside_rst(const struct tcp_step *s) { return linux_outside(s) && !rst_at_minus_one(s); }

bool rst_at_held_edge(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  if (!t->sack_ok || (t->held_count == 0 && !t->held_fin)) return false;
  seq_t edge = t->held_count ? t->held[t->held_count - 1].right : t->rcv.nxt;
  return s->seq == (t->held_fin ? seq_max(edge, t->held_fin_seq + 1) : edge);
}

bool crossing_syn_ack(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return t->crossed && s->segment->seq == t->irs && whole_end(s) == t->rcv.nxt && s->ack == t->snd.nxt;
}

bool linux_ack_of_iss(const struct tcp_step *s) { return !with_request(s) && s->ack == s->tcb->snd.una; }

/* Linux's header prediction: exactly the header that is expected next, nothing held, urgent or shut. */
bool header_predicted(const struct tcp_step *s)
{
  static const uint8_t aligned[] = {1, 1, 8, 10}; /* NOP, NOP, timestamps */
  const struct tcb *t = s->tcb;
  const struct segment *g = s->segment;
  bool options = t->ts.on ? g->options_len == 12 && memcmp(g->options, aligned, 4) == 0 : g->options_len == 0;
  bool usual = t->held_count == 0 && !t->held_fin && t->rcv.up == t->irs + 1 && t->rcv.wnd > 0;
  if (s->has_ts && (int32_t)(s->ts_val - t->ts.recent) < 0) return false;
  if (seq_lt(s->ack, t->snd.una) && tcp_profile_has(s->profile, CHANGE_OLD_ACKS_SLOW)) return false;
  return (s->flags & (FIN | SYN | RST | URG | ACK | ECE | CWR)) == ACK && g->seq == t->rcv.nxt &&
         s->wnd == t->snd.wnd && options && usual && !ack_of_the_future(s);
}

static bool memory_at_hand(const struct tcb *t)
{
  return t->unread > 0 || t->queued > 0 || t->snd.una != t->snd.nxt;
}

bool linux_fast_path(const struct tcp_step *s)
{
  return s->len > 0 && memory_at_hand(s->tcb) && header_predicted(s);
}

bool linux_fast_timestamp(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return s->has_ts && seq_lt(s->ack, t->snd.una) && t->rcv.last_ack == t->rcv.nxt &&
         (s->len == 0 || memory_at_hand(t)) && header_predicted(s);
}

bool linux_text_old(const struct tcp_step *s)
{
  return step_seg_len(s) > 0 && seq_le(step_end(s), s->tcb->rcv.nxt);
}

bool linux_text_no_room(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  if (t->rcv.wnd == 0) { /* a bare FIN exactly at RCV.NXT needs no room */
    bool odd = s->segment->seq != t->rcv.nxt || !tcp_profile_has(s->profile, CHANGE_FIN_NEEDS_NO_ROOM);
    return s->len > 0 || ((s->flags & FIN) && odd);
  }
  return step_seg_len(s) > 0 && seq_ge(s->seq, t->rcv.nxt + t->rcv.wnd);
}

bool late_no_room(const struct tcp_step *s)
{
  const struct tcb *t = s->tcb;
  return t->rcv.wnd == 0 && seq_lt(s->segment->seq, t->rcv.nxt) && seq_gt(step_end(s), t->rcv.nxt);
}

bool listener_drops(const struct tcp_step *s) { return s->tcb->accept_full || options_broken_early(s); }

/* In the window of a request, and no later than what it waits for. */
bool stamps_request(const struct tcp_step *s)
{
  return request(s) && s->tcb->ts.on && s->has_ts && seq_le(s->segment->seq, s->tcb->rcv.nxt);
}

bool syn_finds_nobody(const struct tcp_step *s) { return !s->tcb->passive && s->profile->manner->syn_new(s); }
