/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Traces written by hand, so that the screens depend on nothing but the views: Stevens' Figure 18.1 from the
   SYN to the last ACK, and a collection of everything that can go wrong. Their rules are the scene's own. */
#ifndef TCPTUTOR_TESTS_VIEW_SCENE_H
#define TCPTUTOR_TESTS_VIEW_SCENE_H

#include "engine/trace/trace.h"

struct scene {
  struct trace *trace;
  struct tcb tcb[END_COUNT];
  usec_t now;
  unsigned step, connection;
  struct record *segment; /* the last one: the rules of the states that follow it fired for it */
};

void scene_begin(struct scene *);
void scene_end(struct scene *);

/* The next step, DT after the last. */
void scene_step(struct scene *, usec_t dt);
/* A segment from END, written as a user would; what is not given is right and the connection's. */
struct record *scene_segment(struct scene *, enum end, const char *text);
/* END goes to STATE because of RULE; the TCB's state follows. */
struct record *scene_state(struct scene *, enum end, enum tcp_state, enum confirmation,
                           const struct tcp_rule *);
struct record *scene_call(struct scene *, enum end, enum peer_verb);
struct record *scene_note(struct scene *, enum end, enum message, const struct tcp_rule *,
                          const struct facts *);

extern const struct tcp_rule scene_open, scene_listen_syn, scene_syn_acked, scene_ack_of_syn,
    scene_future_ack, scene_close, scene_fin, scene_ack_of_fin, scene_peer_fin, scene_last_ack, scene_timeout;

/* Figure 18.1: seven segments, states confirmed by the peer's system. */
void scene_play_stevens(struct scene *);
/* Lost, held and stray segments, retransmissions, payload, a bad checksum, denials, timers, calls,
 * expectations. */
void scene_play_trouble(struct scene *);

#endif
