/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expectations matched against segments: a field not given is a wildcard. */
#ifndef TCPTUTOR_TRACE_EXPECT_H
#define TCPTUTOR_TRACE_EXPECT_H

#include "engine/segment/segment.h"

struct buf;

/* SYN, FIN, RST and ACK must agree exactly when FLAGS is given; the other bits only where the pattern has
   them set. Given options: each one of the pattern must be there with the same value (kinds 0 and 1 are
   ignored). Given data: equal. On a mismatch says why in DIFFERENCE (may be NULL): "ack is 1415531523,
   expected 1415531522 (1 too high); FIN is not set". */
bool expect_segment(const struct segment *pattern, const struct segment *actual, struct buf *difference);

#endif
