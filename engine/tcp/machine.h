/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the machine: what guards and effects see. Nothing outside engine/tcp includes this.

   A step is one event being processed: the TCB it changes, what arrived (or was called, or expired), the
   verdict being written. Guards read it, effects write to the TCB and ask for segments; the walk itself is in
   machine.c. */
#ifndef TCPTUTOR_TCP_MACHINE_H
#define TCPTUTOR_TCP_MACHINE_H

#include "engine/tcp/tcp.h"

typedef void rule_observer(void *ctx, const struct tcp_rule *, bool matched);

struct tcp_step {
  struct tcb *tcb;
  const struct tcp_profile *profile;
  usec_t now;
  struct tcp_verdict *verdict;
  const struct tcp_rule *rule;   /* the row whose effect runs */
  const struct segment *segment; /* as it arrived or was sent; NULL in calls and timeouts */
  const struct tcp_call *call;
  enum tcp_timer timer;

  /* The segment as the procedure sees it: trimmed to the window on the way. */
  seq_t seq, ack;
  uint32_t len; /* octets of text */
  uint32_t wnd; /* scaled */
  uint8_t flags;
  bool has_ts;
  uint32_t ts_val, ts_ecr;
  struct tcp_offer offer; /* a SYN's options */
  struct {
    bool on, experimental; /* a SYN's Fast Open option, and its older form */
    uint8_t len;           /* octets of the cookie; 0: a request for one */
    const uint8_t *cookie; /* in the segment */
  } fast;

  rule_observer *looked; /* tcp_explain(); NULL otherwise */
  void *looked_ctx;

  const struct tcp_rule *repeat_last; /* the row that asks for a repetition behind the text of this segment */
  const struct tcp_rule *ack_wanted;  /* the row that asks for an ACK; sent when the event is done */
  bool by_record; /* Linux: not the socket answers but the record of the request that there is beside it */
};

#define STATES_SYNCHRONIZED                                                                                  \
  (STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_FIN_WAIT_1) | STATE_BIT(STATE_FIN_WAIT_2) |                \
   STATE_BIT(STATE_CLOSE_WAIT) | STATE_BIT(STATE_CLOSING) | STATE_BIT(STATE_LAST_ACK) |                      \
   STATE_BIT(STATE_TIME_WAIT))

static inline bool state_in(enum tcp_state s, unsigned set) { return (STATE_BIT(s) & set) != 0; }
/* SEG.LEN, and one past the last number the segment occupies. */
static inline uint32_t step_seg_len(const struct tcp_step *s)
{
  return s->len + ((s->flags & SYN) != 0) + ((s->flags & FIN) != 0);
}
static inline seq_t step_end(const struct tcp_step *s) { return s->seq + step_seg_len(s); }
/* Where the segment's FIN is, when it has one. */
static inline seq_t step_fin_seq(const struct tcp_step *s)
{
  return s->seq + s->len + ((s->flags & SYN) != 0);
}
static inline void step_signal(struct tcp_step *s, enum tcp_signal what)
{
  s->verdict->signals |= SIGNAL_BIT(what);
}

/* options.c: the options a segment carries, and those the machine sends. */
void options_read(struct tcp_step *);
/* RECORD: Linux keeps no more than a record of the connection, and tells less. */
void options_write(const struct tcb *, struct tcp_emit *, bool record, usec_t now);
/* The TSval in options, which are well formed; false: there is none. */
bool options_tsval(const uint8_t *octets, unsigned len, uint32_t *ts_val);
void options_settle(struct tcb *);                      /* what both ends offered is on from now */
void options_stamp(struct tcp_emit *, uint32_t ts_val); /* another TSval than the clock's */
/* The Fast Open cookie, in the form the step's SYN asked in. */
void options_put_cookie(struct tcp_emit *, const struct tcp_step *);

/* output.c: segments leaving. A small record does for such a TCB, where records are kept. */
bool output_is_record(const struct tcb *);
struct tcp_emit *output_emit(struct tcp_step *, uint8_t flags, seq_t seq, seq_t ack, uint32_t len);
/* RST,ACK for a connection that is given up; BEFORE: its TCB. */
struct tcp_emit *output_give_up(struct tcp_step *, struct tcb *before, seq_t seq, seq_t ack);
bool output_push(struct tcp_step *);  /* text and FIN that may go; true: something went */
void output_flush(struct tcp_step *); /* text and FIN that may go, else the ACK that is wanted */
/* The next text or FIN that may go now. IN_PACKET: right behind another, as one packet (Linux). */
bool output_next(const struct tcb *, bool in_packet, struct tcp_emit *);
/* Window, options, what is wild. RECORD: see options_write(). */
void output_fill(const struct tcb *, struct tcp_emit *, bool record, usec_t now);
void output_sent(struct tcb *, uint8_t flags, seq_t seq, uint32_t len,
                 usec_t now);                     /* SND.NXT and timers move */
seq_t output_seq(const struct tcb *);             /* the sequence number of a segment without text */
uint32_t output_full_segment(const struct tcb *); /* octets of text in the largest segment */
uint32_t output_segments(const struct tcb *, uint32_t octets); /* how many hold that much text */
uint32_t output_window(const struct tcb *, uint32_t octets);   /* as on the wire, not in a SYN */

/* flight.c: numbers from SND.NXT up to END have been sent; those from FROM up to END again; SND.UNA has moved,
   or SND.NXT back. */
void flight_sent(struct tcb *, seq_t end, usec_t now);
void flight_again(struct tcb *, seq_t from, seq_t end, usec_t now);
void flight_trim(struct tcb *);
uint32_t flight_segments(const struct tcb *); /* sent and not acknowledged */
/* How long ago the oldest that ACK acknowledges was sent; -1: something that it acknowledges went twice. */
usec_t flight_round_trip(const struct tcb *, seq_t ack, usec_t now);
/* The packet, or the rest of it, that begins at FROM: its octets. It ends after ROOM octets from now; or
   takes in those behind it that fit in whole. */
uint32_t flight_packet(const struct tcb *, seq_t from);
bool flight_has_fin(const struct tcb *, seq_t from);
void flight_cut(struct tcb *, seq_t from, uint32_t room);
uint32_t flight_join(struct tcb *, seq_t from, uint32_t room);

/* loss.c: segments that Linux takes to be on the way; SEGMENTS more are acknowledged; the retransmission
   timer has made the oldest go again, up to END; new text goes. */
uint32_t loss_in_flight(const struct tcb *);
void loss_acked(struct tcp_step *, uint32_t segments);
void loss_timed_out(struct tcp_step *, seq_t end);
void loss_text_goes(struct tcb *);
void loss_after_idle(struct tcb *, usec_t now); /* text may go, and perhaps none has for long */
void loss_opening_repeated(
    const struct tcp_step *);                   /* the connection opens, and its SYN may have been lost */
void loss_stamp(struct tcb *, uint32_t ts_val); /* of the first repetition */
bool loss_held_back(struct tcb *, const struct tcp_emit *); /* a repetition; false: not for loss to say */
bool loss_repeat_last(struct tcp_step *);          /* what was to go again behind the text; true: it went */
bool loss_repeats_oldest(const struct tcp_step *); /* what was sent is the repetition that loss asks for */

/* linux/cookie.c: the SYN,ACK that tells a shadow the cookie. */
void cookie_seen(struct tcb *, const struct tcp_step *);

/* fast_open.c: what outlives a connection; our SYN is acknowledged; theirs left text of our SYN out; the
   SYN,ACK that tells the cookie, to a shadow that sent it or to the end it came to; the first number of ours
   that is no SYN and may be out. */
void fast_open_keep(struct tcb *, const struct tcp_fast_open *);
void fast_open_over(struct tcp_step *);
void fast_open_refused(struct tcp_step *);
void fast_open_seen(struct tcb *, const struct tcp_step *);
void fast_open_sent(struct tcb *, const struct tcp_emit *, const struct tcp_step *);
seq_t fast_open_left(const struct tcb *);

/* linux/defer.c: the SYN,ACK has been repeated. */
void defer_over(struct tcp_step *);

/* linux/delay.c: text in order has come; past a gap; something is to be acknowledged at once, and so for a while;
   an ACK has gone; text of ours has gone; the delayed ACK's timer has run out. */
void delay_begin(struct tcp_step *);
void delay_note_text(struct tcp_step *);
void delay_note_gap(struct tcp_step *);
void delay_quickly(struct tcp_step *);
void delay_acked(struct tcb *);
void delay_answered(struct tcb *, usec_t now);
void delay_ran_out(struct tcb *);

/* linux/time.c: a round trip took RTT; the echo of a timestamp tells one, or -1; something is acknowledged; the
   connection is open and no round trip was measured. */
void linux_rto_sample(struct tcb *, usec_t rtt);
usec_t linux_echo(const struct tcp_step *);
void linux_acked(struct tcp_step *, usec_t rtt);
void linux_unmeasured(struct tcb *);
/* Something went again because its timer ran out; shall it be given up now; when the user gives it up. */
void linux_gone_again(struct tcb *, usec_t now);
bool linux_gives_up(const struct tcp_step *);
usec_t linux_user_timeout(const struct tcb *, usec_t now);
/* The wait for the first probe of a shut window; one has gone; a segment has been looked at, UNA and NXT are
   SND.UNA and SND.NXT before it. */
usec_t linux_probe_first(const struct tcb *);
void linux_probed(struct tcb *, usec_t now);
void linux_heard(const struct tcp_step *, seq_t una, seq_t nxt);

/* linux/window.c: a SYN goes out, or answers another; the connection is open; text has come, to be read or
   past a gap; some has been read; a segment leaves. What it would offer now. */
void linux_window_open(struct tcb *, uint32_t mss);
void linux_window_open_passive(struct tcb *);
void linux_window_established(struct tcb *);
void linux_window_text(struct tcp_step *);
void linux_window_gap(struct tcp_step *, seq_t end);
void linux_window_read(struct tcb *, uint32_t n);
void linux_window_choose(struct tcb *, struct tcp_emit *);
void linux_window_of_record(const struct tcb *, struct tcp_emit *); /* that there is instead of a socket */
uint32_t linux_window_next(const struct tcb *);
bool linux_window_shrinks(const struct tcp_step *);
enum guess { GUESS_FULL, GUESS_AGAIN, GUESS_SHORT };
enum guess linux_guess_mss(const struct tcp_step *, uint16_t *mss, uint16_t *last);

/* sack.c: a range has come past a gap; RCV.NXT has moved; nothing is held any more; something came twice, and
   in the same segment something more. How many blocks there are to tell; they are put there (the octets), and
   have been told. */
unsigned sack_ranges(const struct tcb *, struct seq_range *to); /* TCP_HELD_MAX + 1 of them at most */
void sack_hold(struct tcb *, seq_t left, seq_t right);
void sack_advance(struct tcb *);
void sack_forget(struct tcb *);
void sack_twice(struct tcb *, seq_t left, seq_t right);
void sack_came_before(const struct tcp_step *); /* so much of a segment that is left of RCV.NXT */
void sack_twice_also(struct tcb *, seq_t left, seq_t right);
unsigned sack_blocks(const struct tcb *);
unsigned sack_write(const struct tcb *, uint8_t *to);
void sack_told(struct tcb *);
void sack_next_packet(struct tcb *); /* the segments of one tell the same */

/* timer.c */
void timer_set(struct tcb *, enum tcp_timer, usec_t when);
void timer_stop(struct tcb *, enum tcp_timer);
void timer_stop_all(struct tcb *);
void timer_rto_sample(struct tcb *, usec_t rtt);
void timer_gone_again(struct tcb *, usec_t now); /* it ran out: the wait doubles */
void timer_restart_retransmission(struct tcb *, usec_t now);
void timer_update(struct tcb *,
                  usec_t now); /* retransmission, persist, keepalive as the TCB now needs them */

/* tcb.c */
void tcb_delete(struct tcb *);           /* connection variables back to nothing; the state is the rule's */
void tcb_open(struct tcb *);             /* SND.UNA = SND.NXT = ISS, windows and RTO from the profile */
void tcb_receive_syn(struct tcp_step *); /* IRS, RCV.NXT, window, options of the SYN */
void tcb_hold(struct tcb *, seq_t left, seq_t right);
uint32_t tcb_unhold(struct tcb *);    /* advances RCV.NXT over held text that is now in order, to the FIN */
void tcb_update_window(struct tcb *); /* RCV.WND from what is unread */

/* merge.c: the rows of the RFC with those of the systems between them, in the order in which they are looked at. */
const struct tcp_rule *const *rules_in_order(size_t *count);

/* candidates.c: the rows that can hold for this profile, state and segment, in the order of the
 * table. */
#define ROWS_MAX 128
struct candidate {
  const struct tcp_rule *rule;
  bool (*guard)(const struct tcp_step *);
  bool (*also)(const struct tcp_step *);
  uint16_t place;
  bool dated;       /* has since or until */
  bool remark;      /* changes nothing and goes on */
  uint8_t mask, on; /* of the control bits in mask those in on are set */
};
struct candidates {
  uint16_t start[PROCEDURE_COUNT + 1]; /* procedure p has row[start[p]] up to row[start[p + 1]] */
  struct candidate row[ROWS_MAX];
};
static inline uint16_t rule_place(unsigned step, unsigned part) { return (uint16_t)(step * 16 + part); }
/* SCRATCH is used when another thread is just making the list. */
const struct candidates *candidates_of(const struct tcp_step *, struct candidates *scratch);

/* machine.c */
void machine_walk(struct tcp_step *, enum tcp_procedure, unsigned only_step);

/* guards.c and effects.c declare theirs here. */
#include "engine/tcp/guards.h"

#endif
