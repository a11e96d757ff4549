/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segment <-> octets of an IP datagram. The only place besides addr.c that knows IPv4. */
#ifndef TCPTUTOR_SEGMENT_CODEC_H
#define TCPTUTOR_SEGMENT_CODEC_H

#include "engine/segment/segment.h"

struct err;

/* What decoding found odd. Never a reason to reject: a decoded segment goes as far as it can. */
struct decode_notes {
  bool sum_ok; /* the TCP checksum is right (of a cut datagram it can only be wrong) */
  bool ip_sum_ok;
  bool cut;                 /* the datagram ends before its headers say it does, or goes on in a fragment */
  bool options_broken;      /* option_next() does not reach the end; */
  size_t options_broken_at; /* octet offset in the options where it stops (their length when not broken) */
};

/* Octets enough for any segment: IP and TCP headers, 40 octets of options, payload. */
#define SEGMENT_OCTETS_MAX 65535u

/* Fields not given are computed: doff from the options, checksum, ttl 64, id 0; all others as they
   stand in the struct. Options are padded with EOL to a multiple of four octets. A given doff is
   written as it is, and options and payload follow all the same. The IP header has no options and
   neither DF nor MF. Returns the octets written; 0 when CAP or a datagram is too small, or an
   address has no family. */
size_t segment_encode(const struct segment *, uint8_t *out, size_t cap);

/* Reads one IP datagram (octets after it, such as Ethernet's padding, are ignored). On success every
   field of the segment is set and given, and `data` points into OCTETS; IP options, DF and MF have no
   place there. A doff below 5 is read as 5, one beyond the end as the end. False only when there is no TCP
   segment to speak of (not IPv4, not TCP, shorter than the fixed headers, a fragment other than the first).
   NOTES and ERR may be NULL. */
bool segment_decode(const uint8_t *octets, size_t len, struct segment *, struct decode_notes *, struct err *);

/* Whether IP and TCP would read it: its checksums are right, its headers are whole (RFC 9293 3.1). */
bool segment_sound(const struct segment *, const struct decode_notes *);

/* The right TCP checksum for the segment as it would be encoded (given sum or not). */
uint16_t segment_checksum(const struct segment *);

#endif
