/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TCP options (RFC 9293 §3.1-3.2; kinds 2018, 7323, 7413). A segment keeps its options as
   octets, so that any list, however cut short or lying, survives; this module reads and
   writes them one at a time. */
#ifndef TCPTUTOR_SEGMENT_OPTION_H
#define TCPTUTOR_SEGMENT_OPTION_H

#include "engine/segment/segment.h"

struct err;

enum option_kind {
  OPTION_EOL = 0,
  OPTION_NOP = 1,
  OPTION_MSS = 2,
  OPTION_WSCALE = 3,
  OPTION_SACKOK = 4,
  OPTION_SACK = 5,
  OPTION_TS = 8,
  OPTION_FASTOPEN = 34,
};

#define OPTION_SACK_MAX 4u
/* Of no length of its own (RFC 6994): two octets tell whose experiment it is, Fast Open's older form for one
   (RFC 7413 §7). */
#define OPTION_EXPERIMENT 254u
#define OPTION_FASTOPEN_EXID 0xf989u

/* Octets received: left is the first, right the one after the last. */
struct sack_block {
  seq_t left, right;
};

/* The body of an option (a Fast Open cookie, say) is octet[2] to octet[len - 1]. */
struct option {
  uint8_t kind;
  uint8_t len;          /* octets in the list, kind and length octets included; EOL: and all after it */
  const uint8_t *octet; /* where it begins, in the segment's options */
  bool well_formed;     /* of a kind in enum option_kind and of that kind's length */
  uint16_t mss;         /* OPTION_MSS */
  uint8_t wscale;       /* OPTION_WSCALE; as it stands, above 14 too */
  uint32_t ts_val, ts_ecr;
  unsigned sack_count; /* =< OPTION_SACK_MAX */
  struct sack_block sack[OPTION_SACK_MAX];
};

/* Reads the option at *AT (start with 0) and moves *AT past it. False at the end of the list, and
   where the list breaks: then *AT stays there, short of options_len. *BROKEN (may be NULL) is set when
   false: why and where the list breaks (at, len: octets of the list), ERR_NONE when it does not.
   EOL takes the rest of the list with it: that is padding and not read. */
bool option_next(const struct segment *, size_t *at, struct option *, struct err *broken);

/* The first well-formed option of KIND; false: none. */
bool option_find(const struct segment *, enum option_kind, struct option *);

/* Appends one option and marks OPTIONS given. False (nothing changed) when 40 octets do not hold it,
   EOL or NOP are to have a body, or SACK no block or more than OPTION_SACK_MAX. */
bool option_put(struct segment *, uint8_t kind, const uint8_t *body, size_t body_len);
bool option_put_mss(struct segment *, uint16_t mss);
bool option_put_wscale(struct segment *, uint8_t shift);
bool option_put_ts(struct segment *, uint32_t val, uint32_t ecr);
bool option_put_sack(struct segment *, const struct sack_block *, unsigned count);
/* Appends octets as they are, whatever they mean. */
bool option_put_octets(struct segment *, const uint8_t *octets, size_t len);
/* NOPs up to a multiple of four octets. */
void option_pad(struct segment *);

#endif
