/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One trial: a fresh connection of the kernel's, its shadow in step, and what was done to both. Every step
   takes the shadow first, then the kernel, then compares: the answers one by one (all their fields, see
   field.h; the number of them, so silence too) and, where asked, the state that sock_diag reports. The first
   difference ends the trial, for from there on the shadow proves nothing.

   A trial is made of (seed, number) alone, so both numbers repeat it: all but the kernel's ISS, port and
   timestamps, which is why numbers are remembered as distances from the shadow's. */
#ifndef TCPTUTOR_TESTS_FIDELITY_TRIAL_H
#define TCPTUTOR_TESTS_FIDELITY_TRIAL_H

#include "engine/base/rng.h"
#include "engine/tcp/tcp.h"
#include "tests/fidelity/field.h"
#include "tests/fidelity/ground.h"

struct buf;

/* What is special about the connection, for the names of buckets. X(id, name) */
#define VARIANTS(X)                                                                                          \
  X(TS, "timestamps")                                                                                        \
  X(WSCALE, "scaled")                                                                                        \
  X(SACK, "sack")                                                                                            \
  X(UNREAD, "unread")                                                                                        \
  X(GAP, "gap")                                                                                              \
  X(GAP_FIN, "gap-fin")                                                                                      \
  X(FLIGHT, "in-flight")                                                                                     \
  X(QUEUED, "queued")                                                                                        \
  X(SHUT, "your-window-0")                                                                                   \
  X(FULL, "window-0")                                                                                        \
  X(TIGHT, "tight")

enum variant {
#define X(id, name) VARIANT_##id,
  VARIANTS(X)
#undef X
      VARIANT_COUNT
};

#define MOVES_MAX 48
#define ANSWERS_MAX 16

/* What was done, in order: enough to write it down as lines for the prompt. */
struct move {
  const char *lines; /* for the prompt as they stand; NULL: see CALL */
  const char *call;  /* "shutdown"; NULL: a segment of yours */
  uint32_t number;   /* of the call */
  bool has_number;
  bool crafted;           /* not part of the way into the state */
  struct segment segment; /* its data are filler */
  struct {
    bool seq_known, ack_known; /* the shadow's numbers, which those of the segment are near */
    seq_t rcv_nxt, snd_nxt;
  } then;
};

struct difference {
  bool found;
  bool on_the_way; /* while the state was being reached */
  char where[96];  /* the class of the segment, or the call */
  unsigned predicted_count, got_count;
  struct answer predicted[ANSWERS_MAX], got[ANSWERS_MAX];
  bool states_compared;
  enum tcp_state predicted_state, kernel_state;
  char broken[160]; /* no difference but a failure of the driver or the system */
};

struct trial {
  struct ground *ground;
  uint64_t seed, number;
  struct rng rng;
  struct pair pair;
  int fd;           /* the peer's socket; -1 */
  bool listening;   /* a listener covers the pair */
  struct tcb tcb;   /* the shadow */
  unsigned variant; /* 1 << enum variant */
  const char *scene;
  enum climate climate;
  struct {
    seq_t iss;
    uint16_t win; /* in every segment of the way */
    bool ts, wscale, sack;
    uint8_t shift;
    uint16_t mss; /* 0: none */
    uint32_t ts_val;
    uint32_t peer_ts; /* the kernel's last TSval */
  } you;
  bool crafting;
  bool forgone; /* what it would ask next is not asked under this kernel: it does not count */
  unsigned segments; /* yours that were compared */
  unsigned timed;    /* the kernel's that a timer sent, whose time was compared; */
  usec_t latest;     /* the latest of them was so late */
  bool disturbed;    /* one was not in time */
  struct field_counts *fields; /* how the fields compared, counted here; borrowed */
  uint32_t *fired;             /* how often each row fired, likewise */
  struct buf *story;           /* everything, as it happens; NULL: not wanted */
  usec_t began;
  usec_t asked;         /* when the shadow last processed an event */
  uint32_t stamp_doubt; /* so many ticks the kernel's clock may be earlier than the shadow thinks */
  usec_t waited;        /* for what the kernel sends by itself: no disturbance */
  unsigned move_count;
  struct move moves[MOVES_MAX];
  struct tcp_verdict verdict; /* of the last step */
  struct difference difference;
};

/* Draws the connection's own features. FIRED has a slot for every row of tcp_rules(). */
void trial_begin(struct trial *, struct ground *, uint64_t seed, uint64_t number, uint32_t *fired,
                 struct field_counts *, struct buf *story);
/* The system did not do what the driver needs: ends the trial. Returns false. */
bool trial_broken(struct trial *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A segment of yours, complete but for addresses, ports and data (SEGMENT.data_len octets of filler). */
bool trial_send(struct trial *, struct segment *);
/* A user call at the peer: the shadow's part, then WHAT is noted as the prompt has it. The caller makes the
   call to the kernel, then trial_settle(). */
void trial_call(struct trial *, const struct tcp_call *);
void trial_note(struct trial *, const char *what);
void trial_note_number(struct trial *, const char *what, uint32_t number);
void trial_note_lines(struct trial *, const char *lines);
/* Compares what came with what the last call was predicted to send. */
bool trial_settle(struct trial *);
/* Waits for the segment that a timer of the kernel's makes it send, at most WITHIN; what it means must be
   MEANS, and it must come when the shadow's timer runs out (clock.h). */
bool trial_await(struct trial *, usec_t within, enum tcp_intent means);
/* Compares the states. */
bool trial_state(struct trial *);
/* Aligned, as every TCP sends it: NOP, NOP, timestamps. */
void trial_put_ts(struct segment *, uint32_t val, uint32_t echo);
bool trial_one_in(struct trial *, uint32_t n); /* true once in N */
void trial_vary(struct trial *, enum variant);
bool trial_varies(const struct trial *, enum variant);

/* The moves as lines for the prompt. */
void trial_script(const struct trial *, struct buf *);
/* "predicted ACK seq=… ack=…, got silence; predicted ESTABLISHED, is CLOSED" */
void trial_difference(const struct trial *, bool numbers, struct buf *);
/* "TIME-WAIT/crossed in-flight"; what was negotiated in the SYNs only if ALL is wanted. */
void trial_name(const struct trial *, bool all, struct buf *);

#endif
