/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random segments for property tests: any field given or not, wrong ones too. The payload
   lives in STORE (RANDOM_DATA octets, the caller's). */
#ifndef TCPTUTOR_TESTS_RANDOM_SEGMENT_H
#define TCPTUTOR_TESTS_RANDOM_SEGMENT_H

#include "engine/base/rng.h"
#include "engine/segment/option.h"
#include "engine/segment/text.h"

#include <string.h>

#define RANDOM_DATA 100u

static inline uint32_t random_bits(struct rng *r) { return (uint32_t)rng_next(r); }

/* Half the time a well-formed option, else octets that may be anything. */
static inline void random_option(struct rng *r, struct segment *s)
{
  uint8_t octets[SEGMENT_OPTIONS_MAX];
  struct sack_block blocks[OPTION_SACK_MAX];
  for (size_t i = 0; i < sizeof octets; i += sizeof(uint64_t))
    memcpy(octets + i, &(uint64_t){rng_next(r)}, sizeof(uint64_t));
  switch (rng_below(r, 12)) {
  case 0:
    option_put_mss(s, (uint16_t)rng_next(r));
    break;
  case 1:
    option_put_wscale(s, (uint8_t)rng_next(r));
    break;
  case 2:
    option_put(s, OPTION_SACKOK, NULL, 0);
    break;
  case 3:
    memcpy(blocks, octets, sizeof blocks);
    option_put_sack(s, blocks, 1 + rng_below(r, OPTION_SACK_MAX));
    break;
  case 4:
    option_put_ts(s, random_bits(r), random_bits(r));
    break;
  case 5:
    option_put(s, OPTION_FASTOPEN, octets, 2 * (size_t)rng_below(r, 9));
    break;
  case 6:
    option_put(s, OPTION_NOP, NULL, 0);
    break;
  case 7:
    option_put(s, OPTION_EOL, NULL, 0);
    break;
  case 8:
    option_put(s, octets[0], octets + 1, rng_below(r, 10));
    break;
  case 9:
    option_put(s, (uint8_t)rng_below(r, 9), octets, rng_below(r, 12));
    break;
  default:
    option_put_octets(s, octets, rng_below(r, 6));
    break;
  }
}

static inline void random_payload(struct rng *r, struct segment *s, uint8_t *store)
{
  uint32_t kind = rng_below(r, 4);
  s->data_len = rng_below(r, rng_below(r, 4) == 0 ? RANDOM_DATA : 30);
  for (size_t i = 0; i < s->data_len; i++)
    store[i] = kind == 0   ? segment_filler(i)
               : kind == 1 ? (uint8_t)rng_next(r)
               : kind == 2 ? (uint8_t)(' ' + rng_below(r, 95))
                           : (uint8_t)("\"\\ax0\n\r\t{}u\xc3\xa9\xe2\x80\xae"[rng_below(r, 16)]);
  s->data = store;
}

static inline struct addr random_addr(struct rng *r)
{
  struct addr a = {.family = ADDR_IP4};
  for (size_t i = 0; i < 4; i++) a.octet[i] = (uint8_t)rng_next(r);
  return a;
}

static inline struct segment random_segment(struct rng *r, uint8_t store[RANDOM_DATA])
{
  struct segment s = {.src = random_addr(r), .dst = random_addr(r)};
  uint64_t bits = rng_next(r), more = rng_next(r);
  s.sport = (uint16_t)bits;
  s.dport = (uint16_t)(bits >> 16);
  s.win = (uint16_t)(bits >> 32);
  s.urg = (uint16_t)(bits >> 48);
  s.seq = (seq_t)more;
  s.ack = (seq_t)(more >> 32);
  bits = rng_next(r);
  s.id = (uint16_t)bits;
  s.sum = (uint16_t)(bits >> 16);
  s.flags = (uint8_t)(bits >> 32);
  s.ttl = (uint8_t)(bits >> 40);
  s.tos = (uint8_t)(bits >> 48);
  s.doff = (uint8_t)(bits >> 56 & 15);
  s.rsv = (uint8_t)(bits >> 60);
  s.given = random_bits(r) & (SEG_BIT(SEG_FIELD_COUNT) - 1);
  s.sum_bad = segment_has(&s, SEG_SUM) && rng_below(r, 4) == 0;
  if (segment_has(&s, SEG_OPTIONS))
    for (uint32_t n = rng_below(r, 6); n > 0; n--) random_option(r, &s);
  if (segment_has(&s, SEG_DATA)) random_payload(r, &s, store);
  return s;
}

#endif
