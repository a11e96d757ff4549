/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/segment/codec.h"

#include "engine/base/err.h"
#include "engine/segment/option.h"

#include <string.h>

/* IPv4 (RFC 791 §3.1) and TCP (RFC 9293 §3.1) headers without options, in octets. */
#define IP_HEADER 20u
#define TCP_HEADER 20u
#define TCP_PROTOCOL 6u
#define TTL_DEFAULT 64u
#define MORE_FRAGMENTS 0x2000u
#define FRAGMENT_OFFSET 0x1fffu

static uint16_t get16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }
static uint32_t get32(const uint8_t *p) { return (uint32_t)get16(p) << 16 | get16(p + 2); }

static void put16(uint8_t *p, uint32_t v)
{
  p[0] = (uint8_t)(v >> 8);
  p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
  put16(p, v >> 16);
  put16(p + 2, v);
}

/* Adds octets to an Internet checksum (RFC 1071) begun at an even octet. */
static uint64_t sum_add(uint64_t sum, const uint8_t *p, size_t len)
{
  for (; len >= 2; p += 2, len -= 2) sum += get16(p);
  return len > 0 ? sum + ((uint32_t)p[0] << 8) : sum;
}

static uint16_t sum_finish(uint64_t sum)
{
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

/* The pseudo-header's share (RFC 9293 §3.1); SRC and DST are four octets each. */
static uint64_t sum_pseudo(const uint8_t *src, const uint8_t *dst, size_t tcp_len)
{
  return sum_add(sum_add(TCP_PROTOCOL + (uint64_t)tcp_len, src, 4), dst, 4);
}

static size_t padded_options(const struct segment *s) { return (s->options_len + 3u) & ~(size_t)3; }

/* The TCP header, its checksum zero, and the options. Returns its octets, at most 60. */
static size_t put_tcp_header(const struct segment *s, uint8_t *p)
{
  size_t options = padded_options(s);
  uint32_t doff = segment_has(s, SEG_DOFF) ? s->doff : (uint32_t)(TCP_HEADER + options) / 4;
  put16(p, s->sport);
  put16(p + 2, s->dport);
  put32(p + 4, s->seq);
  put32(p + 8, s->ack);
  p[12] = (uint8_t)(doff << 4 | (s->rsv & 0x0fu));
  p[13] = s->flags;
  put16(p + 14, s->win);
  put16(p + 16, 0);
  put16(p + 18, s->urg);
  memset(p + TCP_HEADER, OPTION_EOL, options);
  memcpy(p + TCP_HEADER, s->options, s->options_len);
  return TCP_HEADER + options;
}

/* The right checksum, HEADER being what put_tcp_header() wrote. */
static uint16_t tcp_sum(const struct segment *s, const uint8_t *header, size_t header_len)
{
  uint64_t sum = sum_pseudo(s->src.octet, s->dst.octet, header_len + s->data_len);
  return sum_finish(sum_add(sum_add(sum, header, header_len), s->data, s->data_len));
}

uint16_t segment_checksum(const struct segment *s)
{
  uint8_t header[TCP_HEADER + SEGMENT_OPTIONS_MAX];
  size_t header_len = put_tcp_header(s, header);
  return tcp_sum(s, header, header_len);
}

static uint16_t chosen_sum(const struct segment *s, const uint8_t *header, size_t header_len)
{
  if (segment_has(s, SEG_SUM) && !s->sum_bad) return s->sum;
  uint16_t right = tcp_sum(s, header, header_len);
  return segment_has(s, SEG_SUM) ? right ^ 1u : right;
}

static void put_ip_header(const struct segment *s, uint8_t *p, size_t total)
{
  p[0] = 0x40 | IP_HEADER / 4;
  p[1] = s->tos;
  put16(p + 2, (uint32_t)total);
  put16(p + 4, segment_has(s, SEG_ID) ? s->id : 0);
  put16(p + 6, 0);
  p[8] = segment_has(s, SEG_TTL) ? s->ttl : TTL_DEFAULT;
  p[9] = TCP_PROTOCOL;
  put16(p + 10, 0);
  memcpy(p + 12, s->src.octet, 4);
  memcpy(p + 16, s->dst.octet, 4);
  put16(p + 10, sum_finish(sum_add(0, p, IP_HEADER)));
}

size_t segment_encode(const struct segment *s, uint8_t *out, size_t cap)
{
  if (s->src.family != ADDR_IP4 || s->dst.family != ADDR_IP4) return 0;
  size_t headers = IP_HEADER + TCP_HEADER + padded_options(s);
  if (s->data_len > SEGMENT_OCTETS_MAX - headers || headers + s->data_len > cap) return 0;
  uint8_t *tcp = out + IP_HEADER;
  size_t tcp_len = put_tcp_header(s, tcp);
  put16(tcp + 16, chosen_sum(s, tcp, tcp_len));
  if (s->data_len > 0) memcpy(tcp + tcp_len, s->data, s->data_len);
  put_ip_header(s, out, headers + s->data_len);
  return headers + s->data_len;
}

static bool reject(struct err *err, const char *why)
{
  err_set(err, ERR_SYNTAX, "not a TCP segment in an IPv4 datagram: %s", why);
  return false;
}

/* Where the TCP part lies in the octets captured, and whether all of it was. */
struct extent {
  size_t from, to;
  bool cut;
};

static bool find_tcp(const uint8_t *p, size_t len, struct extent *e, struct err *err)
{
  if (len < IP_HEADER) return reject(err, "shorter than an IPv4 header");
  if (p[0] >> 4 != 4) return reject(err, "the version is not 4");
  size_t header = (p[0] & 0x0fu) * 4u;
  if (header < IP_HEADER) return reject(err, "the header length is below 20 octets");
  if (p[9] != TCP_PROTOCOL) return reject(err, "the protocol is not 6");
  if ((get16(p + 6) & FRAGMENT_OFFSET) != 0) return reject(err, "a fragment, and not the first");
  size_t total = get16(p + 2);
  if (total == 0) total = len; /* a capture before segmentation offload */
  e->from = header;
  e->to = total < len ? total : len;
  e->cut = total > len || (get16(p + 6) & MORE_FRAGMENTS) != 0;
  if (e->to < header + TCP_HEADER) return reject(err, "shorter than its headers");
  return true;
}

static struct addr addr_at(const uint8_t *p)
{
  struct addr a = {.family = ADDR_IP4};
  memcpy(a.octet, p, 4);
  return a;
}

static void read_ip_header(const uint8_t *p, struct segment *s)
{
  s->tos = p[1];
  s->id = get16(p + 4);
  s->ttl = p[8];
  s->src = addr_at(p + 12);
  s->dst = addr_at(p + 16);
}

/* LEN octets of TCP, TCP_HEADER at least. True: the data offset points into or at the end of them. */
static bool read_tcp(const uint8_t *p, size_t len, struct segment *s)
{
  s->sport = get16(p);
  s->dport = get16(p + 2);
  s->seq = get32(p + 4);
  s->ack = get32(p + 8);
  s->doff = p[12] >> 4;
  s->rsv = p[12] & 0x0f;
  s->flags = p[13];
  s->win = get16(p + 14);
  s->sum = get16(p + 16);
  s->urg = get16(p + 18);
  size_t header = s->doff * 4u;
  bool fits = header <= len;
  if (header < TCP_HEADER) header = TCP_HEADER;
  if (!fits) header = len;
  s->options_len = (uint8_t)(header - TCP_HEADER);
  memcpy(s->options, p + TCP_HEADER, s->options_len);
  s->data = p + header;
  s->data_len = len - header;
  return fits;
}

static void note_options(const struct segment *s, struct decode_notes *notes)
{
  struct option o;
  size_t at = 0;
  while (option_next(s, &at, &o, NULL)) continue;
  notes->options_broken = at < s->options_len;
  notes->options_broken_at = at;
}

bool segment_sound(const struct segment *s, const struct decode_notes *notes)
{
  return notes->sum_ok && notes->ip_sum_ok && !notes->cut && s->doff >= 5;
}

bool segment_decode(const uint8_t *octets, size_t len, struct segment *out, struct decode_notes *notes,
                    struct err *err)
{
  struct extent e;
  if (!find_tcp(octets, len, &e, err)) return false;
  *out = (struct segment){.given = SEG_BIT(SEG_FIELD_COUNT) - 1};
  read_ip_header(octets, out);
  const uint8_t *tcp = octets + e.from;
  size_t tcp_len = e.to - e.from;
  bool fits = read_tcp(tcp, tcp_len, out);
  if (notes != NULL) {
    uint64_t sum = sum_pseudo(out->src.octet, out->dst.octet, tcp_len);
    notes->sum_ok = sum_finish(sum_add(sum, tcp, tcp_len)) == 0;
    notes->ip_sum_ok = sum_finish(sum_add(0, octets, e.from)) == 0;
    notes->cut = e.cut || !fits;
    note_options(out, notes);
  }
  return true;
}
