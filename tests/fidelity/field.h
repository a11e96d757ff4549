/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer of the kernel's, field by field: what was predicted and what came. Where state of the protocol
   decides a field, it is compared exactly. Where memory decides the window, or a clock's tick the TSval, the
   prediction has bounds, and what lies outside them differs like anything else. How often a field was
   compared exactly is counted. */
#ifndef TCPTUTOR_TESTS_FIDELITY_FIELD_H
#define TCPTUTOR_TESTS_FIDELITY_FIELD_H

#include "engine/segment/segment.h"
#include "engine/tcp/tcp.h"

/* X(id, name) */
#define FIELDS(X)                                                                                            \
  X(FLAGS, "flags")                                                                                          \
  X(SEQ, "seq")                                                                                              \
  X(ACK, "ack")                                                                                              \
  X(LENGTH, "length")                                                                                        \
  X(WINDOW, "window")                                                                                        \
  X(URGENT, "urgent pointer")                                                                                \
  X(OPTIONS, "options")                                                                                      \
  X(TSVAL, "TSval")

enum field {
#define X(id, name) FIELD_##id,
  FIELDS(X)
#undef X
      FIELD_COUNT
};
const char *field_name(enum field);

struct field_counts {
  uint64_t compared[FIELD_COUNT], exact[FIELD_COUNT];
};

struct answer {
  uint8_t flags;
  seq_t seq, ack;
  uint32_t len;
  uint16_t win, win_most; /* win_most > win: anything from one to the other */
  uint16_t urg;
  uint32_t wild;           /* SEG_BIT()s: predicted, but not this field */
  uint32_t later, earlier; /* so many ticks the TSval may be */
  bool twice_unsure;       /* as in tcp_emit, */
  bool cookie_behind;      /* and this */
  uint8_t ts_at;           /* where the TSval is among the options; 0: nowhere */
  uint8_t options_len;
  uint8_t options[SEGMENT_OPTIONS_MAX];
};

struct answer field_predicted(const struct tcp_emit *);
struct answer field_got(const struct segment *);
/* The first field of GOT that is not as PREDICTED, else FIELD_COUNT. */
enum field field_that_differs(const struct answer *predicted, const struct answer *got);
/* GOT is as PREDICTED: how exactly that was said. */
void field_count(const struct answer *predicted, const struct answer *got, struct field_counts *);
uint32_t field_tsval(const struct answer *);

#endif
