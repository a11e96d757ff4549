/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Transmission Control Block (RFC 9293 §3.3.1), with the RFC's names. It holds sequence ranges, never
   octets. An open value: copy it to remember it. Durations and times are microseconds; windows are octets,
   already scaled.

   Three kinds of end use one:
     a machine that runs by itself (the model's peer): manual false, ISS known;
     a person (`you`): manual. Arrivals move the state; what the machine would send becomes a debt, and
       SND.NXT moves when tcp_sends() sees the segment. A person reads at once (nothing stays unread) and is
       never timed out for being slow: only 2MSL ends by itself;
     a shadow of somebody else's TCP (the kernel's): ISS not known until seen. Its retransmission, persist,
       keepalive and delayed-ACK timers show what runs; the segments they cause are seen on the wire and told
       by tcp_sends(). */
#ifndef TCPTUTOR_TCP_TCB_H
#define TCPTUTOR_TCP_TCB_H

#include "engine/base/seq.h"
#include "engine/base/usec.h"
#include "engine/tcp/profile.h"
#include "engine/tcp/state.h"

/* X(id, name, what runs down) */
#define TCP_TIMERS(X)                                                                                        \
  X(RETRANSMISSION, "retransmission", "the oldest unacknowledged segment is sent again")                     \
  X(PERSIST, "persist", "a zero window is probed")                                                           \
  X(KEEPALIVE, "keepalive", "an idle connection is probed")                                                  \
  X(TIME_WAIT, "2MSL", "TIME-WAIT ends")                                                                     \
  X(FIN_WAIT_2, "FIN-WAIT-2", "an orphan in FIN-WAIT-2 is given up (Linux)")                                 \
  X(DELAYED_ACK, "delayed ACK", "an ACK held back goes out")                                                 \
  X(USER, "user timeout", "the connection is given up")

enum tcp_timer {
#define X(id, name, help) TIMER_##id,
  TCP_TIMERS(X)
#undef X
      TIMER_COUNT
};
const char *tcp_timer_name(enum tcp_timer);
const char *tcp_timer_help(enum tcp_timer);

#define TCP_HELD_MAX 8

/* Left edge and one past the right edge. */
struct seq_range {
  seq_t left, right;
};

/* An answer a person owes because nobody sends for this TCB. */
struct tcp_debt {
  uint8_t flags;
  seq_t seq;
  seq_t ack;    /* when flags has ACK */
  uint32_t len; /* octets of text (a retransmission) */
  bool retransmission;
  const struct tcp_rule *rule; /* the row that asks for it */
};
#define TCP_DEBTS_MAX 4

/* What an end offers in its SYN. */
struct tcp_offer {
  bool known; /* its SYN has been seen */
  bool ts, wscale, sack;
  uint8_t shift;
  uint16_t mss; /* 0: none offered */
};

/* What the owner of a TCB, or a shadow, knows of a listener's SYN cookies for this pair (RFC 4987 3.6; see
   linux/cookie.c). It belongs to the pair, not to a connection: LISTEN itself remembers nothing. */
struct tcp_cookie {
  bool known;
  seq_t apart;   /* the cookie less the SYN's number, less the place of its MSS in the table */
  uint32_t ts;   /* the timestamp that went with it, less the options in its low bits */
  usec_t since;  /* when it was made */
  uint8_t shift; /* a shadow's window scale, as seen in such a SYN,ACK; 0: not yet */
};

#define TCP_FAST_COOKIE_MAX 16

/* Fast Open (RFC 7413): see fast_open.c. The cookie belongs to the two addresses, not to a connection: the
   owner of the TCB tells it, a shadow and a person learn it from a SYN,ACK. */
struct tcp_fast_open {
  uint8_t cookie_len; /* octets; 0: not known */
  uint8_t cookie[TCP_FAST_COOKIE_MAX];
  bool full;    /* as many as the listener allows are not acknowledged yet; the owner of the TCB says so */
  bool taken;   /* the SYN opened this connection to its user at once, and ours is not acknowledged yet */
  uint32_t wnd; /* what the SYN,ACK offered then: a request of Linux's looks at nothing later */
  bool tried;   /* our own SYN carried a cookie, and text that is owed if it was not taken */
};

/* What Linux goes by when it delays ACKs: see linux/delay.c. */
struct tcp_delay {
  uint16_t mss;  /* what it takes to be a full segment of the other end's */
  uint16_t last; /* the last that may have been a full one, though shorter; 0: it was not */
  uint8_t quick; /* ACKs that will not wait, unless in pingpong mode */
  uint8_t small; /* short segments that wait for their ACK: none, 1, or 2 for more */
  usec_t ato;    /* how long an ACK may wait, as it is learned; 0: no text has come yet */
  usec_t heard;  /* when text came last */
  bool pingpong; /* text of our own is hoped for, to carry the ACK */
  bool due;      /* something waits for its ACK */
};

/* What Linux goes by when it chooses its window: see linux/window.c. Octets. */
struct tcp_window {
  uint32_t buffer;              /* memory there is for what comes, its overhead included */
  uint32_t space;               /* so much text within a round trip makes it larger */
  uint32_t copied;              /* text that has been read */
  uint32_t clamp;               /* no window is wider */
  uint32_t threshold;           /* nor than this, for now */
  uint32_t told;                /* the last one told, as it was then */
  uint32_t memory, memory_most; /* what the text unread or held takes, usually and at most */
  uint16_t mss, last;           /* a full segment of the other end's, as tcp_delay has it */
  uint8_t ratio;                /* the share of memory that is text, in 256ths */
  bool vague;                   /* a shadow: how much that is has become its owner's secret */
};

/* The SACK blocks we send: see sack.c. */
#define TCP_SACK_BLOCKS 4
struct tcp_sack {
  uint8_t count;
  bool told;                               /* this packet tells of it already: */
  bool twice;                              /* something came twice, */
  bool joined;                             /* unless it was joined to what it follows: then nobody looked, */
  struct seq_range again;                  /* this, */
  struct seq_range block[TCP_SACK_BLOCKS]; /* and what is held, the newest first */
};

/* What is under way, in packets of one segment or more: see flight.c. */
#define TCP_PACKETS_MAX 32
struct tcp_flight {
  uint8_t count;
  seq_t begin;                    /* of the oldest: SND.UNA, or before it */
  bool joins;                     /* the next segment belongs to the last packet */
  seq_t end[TCP_PACKETS_MAX];     /* oldest first */
  uint32_t sent[TCP_PACKETS_MAX]; /* when, the last time: microseconds, the low 32 bits */
  uint32_t again;                 /* more than once: a bit each */
};

/* What Linux's timers go by: see linux/time.c. */
struct tcp_pace {
  usec_t srtt8, mdev4, mdev4_max, rttvar4; /* SRTT eightfold, deviations fourfold */
  seq_t rtt_seq;                           /* when this is acknowledged the deviation may fall */
  uint8_t backoff;                         /* doublings since something was measured */
  usec_t again_since, probing_since;       /* the first repetition, the first probe; -1: there was none */
  usec_t heard;                            /* the other end's last ACK */
  usec_t sent;                             /* our last text */
  uint8_t syns;                            /* repetitions of our SYN */
};

/* How a TCP that has no SACK blocks to go by finds out what is lost: see loss.c. Counts are segments. */
enum tcp_loss_phase {
  LOSS_NONE,
  LOSS_FAST,    /* duplicate ACKs told of it */
  LOSS_TIMEOUT, /* the retransmission timer did */
};
struct tcp_loss {
  uint8_t phase;         /* enum tcp_loss_phase */
  bool pushes;           /* Linux, while an event lasts: Nagle's algorithm is off */
  bool spurious;         /* Linux: perhaps the timeout came too early (RFC 5682) */
  uint16_t dups, enough; /* duplicate ACKs, each a segment that has arrived past the gap; so many mean loss */
  uint16_t lost, again;  /* Linux: taken for lost; of these sent again */
  seq_t next;            /* Linux, after a timeout: what goes again next */
  seq_t recover;         /* where SND.NXT was: once all before it is acknowledged, the loss is made good */
  uint16_t cwnd, delivered, sent; /* Linux: before the loss; arrived and sent since (RFC 6937) */
  uint32_t ssthresh;              /* before the loss, octets */
  bool undone;                    /* Linux: it had only been late */
  bool stamped;                   /* Linux: the first repetition carried a timestamp, */
  uint32_t stamp;                 /* this one */
  uint16_t credit;                /* Linux: towards the next segment of the congestion window */
  bool limited;                   /* Linux: the congestion window was full, */
  uint16_t most;                  /* or how much of it was used, */
  seq_t used_to;                  /* up to here */
};

struct tcb {
  const struct tcp_profile *profile; /* borrowed */
  enum tcp_state state;
  bool passive;     /* came from LISTEN: a RST in SYN-RECEIVED leads back there */
  bool crossed;     /* both ends opened at once */
  bool manual;      /* a person sends for it */
  bool shadow;      /* somebody else's TCP sends for it */
  bool orphan;      /* no process holds it */
  bool record;      /* Linux keeps a small record of it only (an orphan in FIN-WAIT-2) */
  bool deferred;    /* Linux: our SYN,ACK is acknowledged, and text is awaited (see linux/defer.c) */
  bool accept_full; /* the listener's accept queue is full (Linux); the owner of the TCB says so; */
  bool syns_full;   /* and so many connections are half open that one more is too many, */
  bool syns_many;   /* or that only callers known from before are let in (tcp_max_syn_backlog) */
  struct tcp_cookie cookie;
  struct tcp_fast_open fast;
  seq_t iss, irs;
  bool iss_known, irs_known;
  struct {
    seq_t una, nxt, up;
    seq_t wl1, wl2;
    seq_t sml;             /* end of the last segment sent that was not full (Nagle) */
    uint32_t wnd, max_wnd; /* octets, scaled */
    uint32_t cwnd, ssthresh;
    uint8_t wscale; /* what the other end's window is shifted by */
    uint16_t mss;   /* the largest segment we may send */
  } snd;
  struct {
    seq_t nxt, up;
    seq_t last_ack;   /* the last acknowledgment sent (Last.ACK.sent, RFC 7323) */
    uint32_t wnd;     /* octets from nxt, scaled */
    uint32_t pending; /* octets taken and not yet acknowledged (delayed ACK) */
    uint8_t wscale;   /* what our window is shifted by */
  } rcv;
  struct tcp_flight flight;
  struct tcp_pace pace;
  struct tcp_loss loss;
  uint32_t queued; /* octets given to SEND and not yet sent */
  uint32_t unread; /* octets received in order and not yet RECEIVEd */
  bool fin_queued, fin_sent, fin_received;
  bool fin_unread;     /* their FIN has come and the user has not met the end of the stream */
  seq_t fin_seq;       /* where our FIN is, when fin_sent */
  unsigned held_count; /* ranges past a gap, and what came with a SYN; sorted, disjoint */
  struct seq_range held[TCP_HELD_MAX];
  bool held_fin;
  seq_t held_fin_seq;
  bool fin_odd; /* text or another FIN has come behind a FIN that is held: how a TCP keeps these, only it
                   knows */
  struct tcp_delay delay;
  struct tcp_offer ours, theirs;
  struct {
    bool on;              /* negotiated */
    uint32_t recent;      /* TS.Recent */
    uint32_t first, last; /* the TSvals of our first and our last SYN */
    uint32_t offset;      /* from our milliseconds to our TSvals: a person may begin anywhere, */
    bool offset_known;    /* and a shadow's is seen */
  } ts;
  bool sack_ok; /* negotiated */
  bool ecn;     /* their SYN asked for ECN, and our SYN,ACK agrees (RFC 3168 6.1.1) */
  struct tcp_sack sack;
  struct tcp_window window;
  struct {
    bool on; /* this connection reopened a pair in TIME-WAIT, and may have to go back (MAY-2) */
    seq_t snd_nxt, rcv_nxt;
  } reopened;
  usec_t timer[TIMER_COUNT]; /* when it expires; USEC_NEVER: off */
  usec_t rto, srtt, rttvar;  /* srtt 0: no sample yet */
  struct {
    bool on;
    seq_t seq; /* the acknowledgment that ends the measurement */
    usec_t since;
  } rtt;
  usec_t challenged_at; /* the last challenge or duplicate ACK; -1: never */
  unsigned retransmits, probes;
  unsigned debt_count;
  struct tcp_debt debt[TCP_DEBTS_MAX]; /* oldest first */
};

/* CLOSED, nothing known. ISS is what the TCB will use when it needs one; ISS_KNOWN false: it is the kernel's
   business and bound on sight (a shadow, unless manual). The profile must outlive the TCB. */
void tcb_init(struct tcb *, const struct tcp_profile *, bool manual, seq_t iss, bool iss_known);

/* The listener takes over where a connection of the pair has ended: CLOSED again, with PROFILE. */
void tcb_renew(struct tcb *, const struct tcp_profile *);

/* Our FIN has been acknowledged. */
bool tcb_fin_acked(const struct tcb *);

#endif
