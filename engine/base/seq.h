/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sequence numbers: arithmetic modulo 2^32 (RFC 9293 §3.4). Nothing compares sequence
   numbers except through this header. "Less" means: at most 2^31 - 1 ahead. Of two numbers exactly 2^31
   apart, about which the RFC says nothing, each is less than the other and greater, as in Linux. */
#ifndef TCPTUTOR_BASE_SEQ_H
#define TCPTUTOR_BASE_SEQ_H

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t seq_t;

static inline int32_t seq_diff(seq_t a, seq_t b) { return (int32_t)(a - b); } /* a - b */
static inline bool seq_lt(seq_t a, seq_t b) { return seq_diff(a, b) < 0; }
static inline bool seq_le(seq_t a, seq_t b) { return seq_diff(b, a) >= 0; }
static inline bool seq_gt(seq_t a, seq_t b) { return seq_diff(b, a) < 0; }
static inline bool seq_ge(seq_t a, seq_t b) { return seq_diff(a, b) >= 0; }
/* LEFT =< x < LEFT + SIZE, SIZE in octets. */
static inline bool seq_in(seq_t x, seq_t left, uint32_t size) { return x - left < size; }
static inline seq_t seq_max(seq_t a, seq_t b) { return seq_lt(a, b) ? b : a; }
static inline seq_t seq_min(seq_t a, seq_t b) { return seq_lt(a, b) ? a : b; }

#endif
