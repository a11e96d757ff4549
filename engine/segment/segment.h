/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The segment as a value (RFC 9293 §3.1, with the IP header fields a person may want to set).

   A segment is allowed to be wrong. `given` says which fields someone chose: a given field
   is kept even when it is nonsense; a field not given is *computed* when sending
   (segment_complete, segment_encode) and a *wildcard* when expecting (trace/expect.h).
   One struct serves craft, expect, trace, print and file.

   A field not given is zero, unless whoever fills the struct says otherwise; a given address has
   a family.

   Ownership: `data` is borrowed and may be NULL when data_len is 0. Everything else is by
   value; copying the struct copies the segment (and shares the payload). */
#ifndef TCPTUTOR_SEGMENT_SEGMENT_H
#define TCPTUTOR_SEGMENT_SEGMENT_H

#include "engine/base/seq.h"
#include "engine/segment/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Control bits, as on the wire (RFC 9293 §3.1, RFC 3168). */
enum {
  FIN = 0x01,
  SYN = 0x02,
  RST = 0x04,
  PSH = 0x08,
  ACK = 0x10,
  URG = 0x20,
  ECE = 0x40,
  CWR = 0x80,
};

/* The fields, in the order they are printed. X(id, name in text, what it is). */
#define SEGMENT_FIELDS(X)                                                                                    \
  X(FLAGS, "flags", "control bits: SYN,ACK or S. ; none for no bit at all")                                  \
  X(SRC, "src", "source address")                                                                            \
  X(SPORT, "sport", "source port")                                                                           \
  X(DST, "dst", "destination address")                                                                       \
  X(DPORT, "dport", "destination port")                                                                      \
  X(SEQ, "seq", "sequence number of the first octet (of the SYN, if there is one)")                          \
  X(ACKNO, "ack", "acknowledgment number: the next octet expected")                                          \
  X(WIN, "win", "window, as on the wire (unscaled)")                                                         \
  X(URGP, "urg", "urgent pointer: offset from seq")                                                          \
  X(DOFF, "doff", "data offset in 32-bit words, 0 to 15; 5 is no options")                                   \
  X(RSV, "rsv", "reserved bits, 0 to 15")                                                                    \
  X(SUM, "sum", "checksum; sum=bad sends a wrong one")                                                       \
  X(TTL, "ttl", "IP time to live")                                                                           \
  X(ID, "id", "IP identification")                                                                           \
  X(TOS, "tos", "IP type of service octet")                                                                  \
  X(OPTIONS, "options", "TCP options, see option.h")                                                         \
  X(DATA, "data", "payload")

enum segment_field {
#define X(id, name, help) SEG_##id,
  SEGMENT_FIELDS(X)
#undef X
      SEG_FIELD_COUNT
};

#define SEG_BIT(field) (1u << (field))
#define SEGMENT_OPTIONS_MAX 40u
#define SEGMENT_DATA_MAX 65455u /* octets: what an IPv4 datagram leaves beside a TCP header of 60 */

struct segment {
  uint32_t given; /* SEG_BIT()s */
  struct addr src, dst;
  uint16_t sport, dport;
  seq_t seq, ack;
  uint16_t win; /* as on the wire */
  uint16_t urg;
  uint8_t flags; /* FIN … CWR */
  uint8_t doff;  /* words */
  uint8_t rsv;   /* 4 bits */
  uint8_t ttl, tos;
  uint16_t id;
  uint16_t sum;
  bool sum_bad;        /* with SUM given: whatever the right sum is, send another */
  uint8_t options_len; /* octets, =< SEGMENT_OPTIONS_MAX; need not be a multiple of 4 */
  uint8_t options[SEGMENT_OPTIONS_MAX];
  const uint8_t *data;
  size_t data_len; /* octets */
};

static inline bool segment_has(const struct segment *s, enum segment_field f)
{
  return (s->given & SEG_BIT(f)) != 0;
}

/* SEG.LEN: payload octets, plus one each for SYN and FIN (RFC 9293 §3.4). */
static inline uint32_t segment_len(const struct segment *s)
{
  return (uint32_t)s->data_len + ((s->flags & SYN) != 0) + ((s->flags & FIN) != 0);
}

/* "seq", "ack", …; never NULL for a field. */
const char *segment_field_name(enum segment_field);
const char *segment_field_help(enum segment_field);

/* Equal in every field given in EITHER, payload by content; `given` itself must be equal. */
bool segment_equal(const struct segment *, const struct segment *);

#endif
