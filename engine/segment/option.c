/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/segment/option.h"

#include "engine/base/err.h"

#include <string.h>

static uint32_t get16(const uint8_t *p) { return (uint32_t)p[0] << 8 | p[1]; }
static uint32_t get32(const uint8_t *p) { return get16(p) << 16 | get16(p + 2); }

static void put32(uint8_t *p, uint32_t v)
{
  for (size_t i = 0; i < 4; i++) p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* Reads what lies between kind and length octets and the end, if its length is that of its kind. */
static void read_body(struct option *o)
{
  const uint8_t *body = o->octet + 2;
  switch (o->kind) {
  case OPTION_MSS: /* RFC 9293 §3.7.1 */
    if (o->len != 4) return;
    o->mss = (uint16_t)get16(body);
    break;
  case OPTION_WSCALE: /* RFC 7323 §2.2 */
    if (o->len != 3) return;
    o->wscale = body[0];
    break;
  case OPTION_SACKOK: /* RFC 2018 §2 */
    if (o->len != 2) return;
    break;
  case OPTION_SACK: /* RFC 2018 §3 */
    if (o->len < 10 || (o->len - 2) % 8 != 0) return;
    o->sack_count = (o->len - 2u) / 8;
    for (unsigned i = 0; i < o->sack_count; i++) {
      o->sack[i].left = get32(body + 8 * i);
      o->sack[i].right = get32(body + 8 * i + 4);
    }
    break;
  case OPTION_TS: /* RFC 7323 §3.2 */
    if (o->len != 10) return;
    o->ts_val = get32(body);
    o->ts_ecr = get32(body + 4);
    break;
  case OPTION_FASTOPEN: /* RFC 7413 §4.1.1: no cookie (a request), or 4 to 16 octets, an even number */
    if (o->len != 2 && (o->len < 6 || o->len > 18 || o->len % 2 != 0)) return;
    break;
  default:
    return;
  }
  o->well_formed = true;
}

static bool breaks(struct err *broken, size_t at, size_t len, const char *why)
{
  return err_at(broken, ERR_SYNTAX, at, len, "the options break at octet %zu: %s", at, why);
}

bool option_next(const struct segment *s, size_t *at, struct option *out, struct err *broken)
{
  size_t left = *at < s->options_len ? s->options_len - *at : 0;
  err_clear(broken);
  if (left == 0) return false;
  const uint8_t *p = s->options + *at;
  *out = (struct option){.kind = p[0], .octet = p, .len = 1, .well_formed = true};
  if (p[0] == OPTION_EOL) {
    out->len = (uint8_t)left;
  } else if (p[0] != OPTION_NOP) {
    if (left < 2) return breaks(broken, *at, left, "the length octet is missing");
    if (p[1] < 2) return breaks(broken, *at, left, "the length does not even count kind and length");
    if (p[1] > left) return breaks(broken, *at, left, "the length reaches beyond the end of the list");
    out->len = p[1];
    out->well_formed = false;
    read_body(out);
  }
  *at += out->len;
  return true;
}

bool option_find(const struct segment *s, enum option_kind kind, struct option *out)
{
  struct option o;
  for (size_t at = 0; option_next(s, &at, &o, NULL);) {
    if (o.kind != kind || !o.well_formed) continue;
    *out = o;
    return true;
  }
  return false;
}

bool option_put_octets(struct segment *s, const uint8_t *octets, size_t len)
{
  if (len > SEGMENT_OPTIONS_MAX - s->options_len) return false;
  if (len > 0) memcpy(s->options + s->options_len, octets, len);
  s->options_len = (uint8_t)(s->options_len + len);
  s->given |= SEG_BIT(SEG_OPTIONS);
  return true;
}

bool option_put(struct segment *s, uint8_t kind, const uint8_t *body, size_t body_len)
{
  uint8_t octets[SEGMENT_OPTIONS_MAX] = {kind, (uint8_t)(body_len + 2)};
  if (kind == OPTION_EOL || kind == OPTION_NOP) return body_len == 0 && option_put_octets(s, octets, 1);
  if (body_len > sizeof octets - 2) return false;
  if (body_len > 0) memcpy(octets + 2, body, body_len);
  return option_put_octets(s, octets, body_len + 2);
}

bool option_put_mss(struct segment *s, uint16_t mss)
{
  return option_put(s, OPTION_MSS, (const uint8_t[]){(uint8_t)(mss >> 8), (uint8_t)mss}, 2);
}

bool option_put_wscale(struct segment *s, uint8_t shift) { return option_put(s, OPTION_WSCALE, &shift, 1); }

bool option_put_ts(struct segment *s, uint32_t val, uint32_t ecr)
{
  uint8_t body[8];
  put32(body, val);
  put32(body + 4, ecr);
  return option_put(s, OPTION_TS, body, sizeof body);
}

bool option_put_sack(struct segment *s, const struct sack_block *blocks, unsigned count)
{
  uint8_t body[8 * OPTION_SACK_MAX];
  if (count == 0 || count > OPTION_SACK_MAX) return false;
  for (unsigned i = 0; i < count; i++) {
    put32(body + 8 * i, blocks[i].left);
    put32(body + 8 * i + 4, blocks[i].right);
  }
  return option_put(s, OPTION_SACK, body, 8 * (size_t)count);
}

void option_pad(struct segment *s)
{
  while (s->options_len % 4 != 0) option_put(s, OPTION_NOP, NULL, 0);
}
