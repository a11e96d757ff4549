/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a system does by the same rules, but in a way of its own: how it counts, measures, chooses a window. A row says
   what is done; its guard or effect asks the profile's manner where systems differ in how. manner.c has the RFC's,
   linux/manner.c has Linux's. Nothing here is NULL. */
#ifndef TCPTUTOR_TCP_MANNER_H
#define TCPTUTOR_TCP_MANNER_H

#include "engine/base/seq.h"
#include "engine/base/usec.h"

#include <stdbool.h>
#include <stdint.h>

struct tcb;
struct tcp_emit;
struct tcp_step;

/* How loss is found and made good: loss.c. */
struct tcp_loss_manner {
  bool blocks_only;     /* where SACK was agreed to, duplicates tell nothing */
  bool after_timeout;   /* duplicates of what was sent since a timeout count */
  bool slow_after_syn;  /* a SYN sent again leaves a congestion window of one segment */
  bool keeps_to_window; /* what goes again keeps to a window that has become smaller, and goes in packets */
  bool predicts;        /* text that is as expected is taken before the ACK has its repetitions sent */
  bool (*same_window)(const struct tcp_step *); /* of a duplicate ACK */
  unsigned (*enough)(const struct tcb *);       /* so many duplicates mean loss */
  bool (*due)(const struct tcb *);              /* more is to go again */
  uint32_t (*half)(const struct tcb *);         /* the threshold after a loss, in segments */
  void (*text_goes)(struct tcb *);
  void (*counted)(struct tcb *); /* one duplicate more */
  void (*repeat)(struct tcp_step *);
  void (*found)(struct tcb *, uint32_t arrived);
  void (*recover_on)(struct tcp_step *);
  void (*acked)(struct tcp_step *, uint32_t segments);
};
extern const struct tcp_loss_manner loss_by_duplicates, loss_by_arrivals;

struct tcp_manner {
  bool records;             /* small records do where no program holds a socket: of requests, orphans, TIME-WAIT */
  bool answers_text;        /* no limit on the ACKs that answer text */
  bool forgets_syn_text;    /* text and FIN of a SYN are not kept */
  bool crossing_is_first;   /* a crossing SYN's answer counts as the SYN's first sending, with all that was offered */
  bool reset_stamps;        /* the timestamp of a RST that TIME-WAIT ignores counts */
  bool fin_ack_from_socket; /* the ACK of the last FIN goes before the socket does */
  bool urgent_apart;        /* the urgent octet is no part of the stream */
  bool window_of_whole;     /* SND.WL1 is the number a segment came with, not what is left of it */
  bool push_by_packet;      /* PSH ends what was written at once, not each repetition */
  bool reset_acknowledges;  /* a RST that gives up is numbered, and acknowledges, as any segment */
  bool echo_of_repeated;    /* a timestamp's echo measures a SYN,ACK that was repeated */
  bool chooses_window;      /* the window is chosen when a segment leaves */
  bool sack_in_stamp;       /* SACK permitted stands in the place of the timestamps' two NOPs */
  bool stamps_agreed;       /* timestamps not agreed to are not read */
  bool orphans_unprobed;    /* nobody's connection is not kept alive */
  bool learns_delay;        /* how long an ACK may wait is learned: linux/delay.c */
  uint16_t mss_least;       /* no smaller one is believed */

  const struct tcp_loss_manner *loss;

  /* Conditions. */
  bool (*timestamp_old)(const struct tcp_step *);
  bool (*timestamp_news)(const struct tcp_step *);
  bool (*syn_new)(const struct tcp_step *); /* a SYN in TIME-WAIT is no old duplicate */
  bool (*ack_too_old)(const struct tcp_step *);
  bool (*syn_acked)(const struct tcp_step *);
  bool (*window_news)(const struct tcp_step *);
  bool (*retries_spent)(const struct tcp_step *);
  bool (*probes_spent)(const struct tcp_step *);

  /* Time. */
  void (*rto_sample)(struct tcb *, usec_t rtt);
  void (*acked)(struct tcp_step *, usec_t rtt); /* RTT -1: it was not measured */
  void (*unmeasured)(struct tcb *);             /* the connection is open, and no round trip was measured */
  void (*gone_again)(struct tcb *, usec_t now);
  void (*probed)(struct tcb *, usec_t now);
  usec_t (*probe_first)(const struct tcb *);
  usec_t (*user_timeout)(const struct tcb *, usec_t now); /* when; USEC_NEVER: not yet known */
  void (*alive)(struct tcb *);                            /* a segment has come while the connection idled */
  void (*heard)(const struct tcp_step *, seq_t una, seq_t nxt);

  /* The window offered. */
  void (*window_open)(struct tcb *, uint32_t mss);
  void (*window_open_passive)(struct tcb *);
  void (*window_established)(struct tcb *);
  uint32_t (*window_read)(struct tcb *, uint32_t n); /* what it is worth telling now */
  void (*window_choose)(struct tcb *, struct tcp_emit *);
  void (*text_comes)(struct tcp_step *);
  void (*gap_comes)(struct tcp_step *, seq_t end);
  void (*fin_comes)(struct tcp_step *);
  void (*syn_text_taken)(struct tcp_step *); /* of a Fast Open */

  /* What goes. */
  void (*socket_made)(struct tcp_step *); /* of what a SYN had begun */
  void (*grow)(struct tcb *, uint32_t acked);
  seq_t (*number)(const struct tcb *); /* of a segment that takes none */
  uint32_t (*segment_size)(const struct tcb *, uint32_t full);
  uint32_t (*usable_window)(const struct tcb *);
  bool (*may_send_small)(const struct tcb *, uint32_t n, bool with_fin, bool in_packet);
  uint32_t (*packet_segments)(const struct tcp_step *);
};

extern const struct tcp_manner tcp_manner_rfc9293, tcp_manner_linux;

#endif
