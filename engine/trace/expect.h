/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expectations matched against segments: a field not given is a wildcard. */
#ifndef TCPTUTOR_TRACE_EXPECT_H
#define TCPTUTOR_TRACE_EXPECT_H

#include "engine/segment/option.h"
#include "engine/trace/trace.h"

struct err;

/* PATTERN, as it was typed, with its names worth what they were just before SEGMENT (a record of that
   kind). Bare offsets count from what the peer is predicted to send when that is `expecting`. False: one
   of them had no value then, or the payload does not fit into STORE; *ERR says which. */
bool expect_parse(const struct octets *pattern, const struct record *segment, bool expecting,
                  uint8_t store[SEGMENT_DATA_MAX], struct segment *out, struct err *err);

/* The fields of ACTUAL that are not as the pattern has them, SEG_BIT()s; 0: it matches. SYN, FIN, RST and
   ACK must agree exactly when FLAGS is given; the other bits only where the pattern has them set. Given
   options: each one of the pattern must be there with the same value (kinds 0 and 1 are ignored). Given
   data: equal. */
uint32_t expect_differs(const struct segment *pattern, const struct segment *actual);

/* Which bits of FLAGS are missing in FOUND, and which too many. */
uint8_t expect_missing(uint8_t expected, uint8_t found);
uint8_t expect_surplus(uint8_t expected, uint8_t found);
/* Whether the option is there, value and all; else *SAME_KIND is the last one of its kind, of length 0
   when there is none. */
bool expect_option(const struct segment *, const struct option *wanted, struct option *same_kind);

#endif
