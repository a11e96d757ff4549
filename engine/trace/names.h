/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the names of a segment's text (`snd.nxt`, `peer.iss`) and its bare offsets (`+1`) are worth, between a
   pair of TCBs: those of now, or those a record keeps of just before its segment. */
#ifndef TCPTUTOR_TRACE_NAMES_H
#define TCPTUTOR_TRACE_NAMES_H

#include "engine/segment/text.h"
#include "engine/trace/trace.h"

struct trace_names {
  const struct tcb *tcb[END_COUNT]; /* borrowed */
  bool expecting;                   /* bare offsets count from what the peer is predicted to send */
};

/* *ENV points to *NAMES, which must outlive it. */
void trace_names_env(const struct trace_names *, struct segment_env *env);

#endif
