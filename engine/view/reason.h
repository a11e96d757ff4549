/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why something happened, for whoever points at it in a picture: lines of markup (markup.h). Internal to
   view/. */
#ifndef TCPTUTOR_VIEW_REASON_H
#define TCPTUTOR_VIEW_REASON_H

#include "engine/view/view.h"

struct rung;

/* All the fields of a segment, what became of it, what it means coming from its sender and what its receiver
   did with it; each rule with its section. */
void reason_segment(struct buf *, const struct trace *, const struct record *, const struct view_options *);
/* What lies behind an arrow, a call, a timer, and what was noted on it. */
void reason_event(struct buf *, const struct trace *, const struct rung *, const struct view_options *);
/* Why an end changed its state, and who says so. */
void reason_change(struct buf *, const struct record *, const struct view_options *);
/* Title, why and section, a line each. */
void reason_rule(struct buf *, const struct tcp_rule *);

#endif
