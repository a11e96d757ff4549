/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/capture.h"

#include "engine/base/buf.h"
#include "engine/segment/text.h"
#include "engine/trace/heap_buf.h"
#include "engine/view/label.h"

#include <string.h>

#define LINKTYPE_RAW 101u
#define SNAPLEN 65535u
#define COMMENT_MAX 4096u /* octets; more is a payload nobody reads in a comment */

/* Block types and option codes of pcapng. */
enum { BLOCK_INTERFACE = 1, BLOCK_STATISTICS = 5, BLOCK_PACKET = 6 };
#define BLOCK_SECTION 0x0a0d0d0au
enum { OPTION_END = 0, OPTION_COMMENT = 1 };
enum { SECTION_APPLICATION = 4, INTERFACE_NAME = 2, INTERFACE_RESOLUTION = 9, PACKET_FLAGS = 2 };
enum { STATISTICS_RECEIVED = 4 };
enum { INBOUND = 1, OUTBOUND = 2 };
#define MICROSECONDS 6 /* a negative power of ten */

static void put16(struct buf *b, uint32_t v)
{
  buf_putc(b, (char)(v & 0xff));
  buf_putc(b, (char)(v >> 8 & 0xff));
}

static void put32(struct buf *b, uint32_t v)
{
  put16(b, v & 0xffff);
  put16(b, v >> 16);
}

static void put64(struct buf *b, uint64_t v)
{
  put32(b, (uint32_t)v);
  put32(b, (uint32_t)(v >> 32));
}

/* A pcapng time stamp: the two halves change places. */
static void put_stamp(struct buf *b, uint64_t v)
{
  put32(b, (uint32_t)(v >> 32));
  put32(b, (uint32_t)v);
}

static void put_padding(struct buf *b, size_t len)
{
  static const char zeros[4];
  buf_put(b, zeros, (4 - len % 4) % 4);
}

static void put_option(struct buf *b, uint32_t code, const void *value, size_t len)
{
  put16(b, code);
  put16(b, (uint32_t)len);
  buf_put(b, value, len);
  put_padding(b, len);
}

static void put_text_option(struct buf *b, uint32_t code, const char *text)
{
  if (text != NULL) put_option(b, code, text, strlen(text) < UINT16_MAX ? strlen(text) : UINT16_MAX);
}

static void put_block(struct buf *out, uint32_t type, const struct buf *body)
{
  const uint32_t len = (uint32_t)body->len + 12;
  put32(out, type);
  put32(out, len);
  buf_put(out, body->data, body->len);
  put32(out, len);
}

static void put_section(const struct capture *c, struct buf *out)
{
  struct buf body;
  heap_buf_init(&body);
  put32(&body, 0x1a2b3c4d);
  put16(&body, 1);
  put16(&body, 0);
  put64(&body, UINT64_MAX); /* how long the section is, is not known when it begins */
  put_text_option(&body, SECTION_APPLICATION, c->application);
  put_option(&body, OPTION_END, NULL, 0);
  put_block(out, BLOCK_SECTION, &body);
  heap_buf_free(&body);
}

static void put_interface(const struct capture *c, struct buf *out)
{
  static const uint8_t resolution = MICROSECONDS;
  struct buf body;
  heap_buf_init(&body);
  put16(&body, LINKTYPE_RAW);
  put16(&body, 0);
  put32(&body, SNAPLEN);
  put_text_option(&body, INTERFACE_NAME, c->interface);
  put_option(&body, INTERFACE_RESOLUTION, &resolution, sizeof resolution);
  put_option(&body, OPTION_END, NULL, 0);
  put_block(out, BLOCK_INTERFACE, &body);
  heap_buf_free(&body);
}

void capture_begin(const struct capture *c, struct buf *out)
{
  if (c->format == CAPTURE_PCAPNG) {
    put_section(c, out);
    put_interface(c, out);
    return;
  }
  put32(out, 0xa1b2c3d4);
  put16(out, 2);
  put16(out, 4);
  put64(out, 0); /* two fields of old that nobody uses */
  put32(out, SNAPLEN);
  put32(out, LINKTYPE_RAW);
}

/* Whether it was on the wire. */
static bool crossed(const struct record *r)
{
  if (r->kind != RECORD_SEGMENT) return false;
  return r->end == END_PEER || r->fate == FATE_SENT || r->fate == FATE_STRAY || r->fate == FATE_KERNEL;
}

/* -- comments -- */

static const char *name(const struct capture *c, enum end e) { return c->name[e] != NULL ? c->name[e] : "?"; }

static void say(struct buf *b, enum saying saying) { words_say(b, saying, NULL); }

static void say_text(struct buf *b, enum saying saying, const char *text)
{
  words_say(b, saying, &(struct words_args){.text = text});
}

/* What an end does. */
static void say_of(const struct capture *c, const struct record *r, enum saying saying, const char *text,
                   const char *more, struct buf *b)
{
  words_say(b, saying,
            &(struct words_args){.who = name(c, r->end),
                                 .whom = name(c, other_end(r->end)),
                                 .text = text,
                                 .more = more,
                                 .number = r->kind == RECORD_SEGMENT ? r->segment_number : 0});
}

static void put_rule(struct buf *b, const struct tcp_rule *rule)
{
  if (rule != NULL) words_say(b, SAY_FILE_RULE, &(struct words_args){.text = rule->cite, .more = rule->id});
}

/* "SYN,ACK seq=1 ack=2": what never crossed the wire has no packet that tells. */
static void put_content(struct buf *b, const struct record *r)
{
  struct buf words;
  heap_buf_init(&words);
  segment_print_short(&words, &r->segment, SEG_BIT(SEG_WIN));
  say_text(b, SAY_FILE_CONTENT, words.data);
  heap_buf_free(&words);
}

static void put_fate(struct buf *b, const struct record *r)
{
  switch (r->fate) {
  case FATE_LOST:
    say(b, r->end == END_YOU ? SAY_FILE_LOST_HERE : SAY_FILE_LOST_THERE);
    break;
  case FATE_HELD:
    say(b, SAY_FILE_HELD);
    break;
  case FATE_STRAY:
    say(b, r->released ? SAY_FILE_RELEASED : SAY_FILE_STRAY);
    break;
  case FATE_KERNEL:
    say(b, SAY_FILE_KERNEL);
    break;
  default:
    break;
  }
}

static void segment_comment(const struct capture *c, const struct record *r, struct buf *b)
{
  say_of(c, r, SAY_FILE_SEGMENT, NULL, NULL, b);
  if (!crossed(r)) put_content(b, r);
  if (r->intent == INTENT_RETRANSMIT) say(b, SAY_FILE_AGAIN);
  if (r->intent == INTENT_PROBE) say(b, SAY_FILE_PROBE);
  put_fate(b, r);
  if (r->predicted == PREDICTION_MET) say(b, SAY_FILE_PREDICTED);
  if (r->predicted == PREDICTION_MISSED) say(b, SAY_FILE_UNPREDICTED);
  if (label_bad_sum(r)) say(b, SAY_FILE_BAD_SUM);
}

static void state_comment(const struct capture *c, const struct record *r, struct buf *b)
{
  say_of(c, r, SAY_FILE_STATE, tcp_state_name(r->from), tcp_state_name(r->to), b);
  if (r->rule != NULL) say_text(b, SAY_FILE_BECAUSE, words_title(r->rule));
  put_rule(b, r->rule);
  if (r->confirmed == TRUTH_CONFIRMED) say(b, SAY_FILE_CONFIRMED);
  if (r->confirmed == TRUTH_DENIED) say_text(b, SAY_FILE_DENIED, tcp_state_name(r->truth));
  if (r->confirmed == TRUTH_UNASKED && r->end == END_PEER) say(b, SAY_FILE_UNASKED);
}

static void truth_comment(const struct capture *c, const struct record *r, struct buf *b)
{
  if (r->confirmed == TRUTH_DENIED)
    say_of(c, r, SAY_FILE_TRUTH, tcp_state_name(r->truth), tcp_state_name(r->after[r->end]->state), b);
}

static void call_comment(const struct capture *c, const struct record *r, struct buf *b)
{
  struct buf words;
  heap_buf_init(&words);
  words_record(&words, r, false);
  say_of(c, r, r->call.by_app ? SAY_FILE_CALL_BY_PROGRAM : SAY_FILE_CALL, words.data, NULL, b);
  heap_buf_free(&words);
  if (label_failed(r)) say(b, SAY_FILE_FAILED);
  if (r->call.outcome == PEER_PENDING) say(b, SAY_FILE_PENDING);
}

static void timer_comment(const struct capture *c, const struct record *r, struct buf *b)
{
  say_of(c, r, SAY_FILE_TIMER, tcp_timer_name(r->timer),
         r->rule != NULL ? words_title(r->rule) : tcp_timer_help(r->timer), b);
  put_rule(b, r->rule);
}

static void note_comment(const struct capture *c, const struct record *r, struct buf *b)
{
  if (r->note == NOTE_SIGNAL) say_of(c, r, SAY_FILE_SIGNAL, NULL, NULL, b);
  if (r->note == NOTE_WRONG) say(b, SAY_FILE_WRONG);
  if (r->note == NOTE_EXPLAINED || r->note == NOTE_UNKNOWN) say(b, SAY_FILE_DIFFERENCE);
  words_record(b, r, false);
  put_rule(b, r->rule);
}

/* What R says, "" if nothing that belongs into a capture. */
static void comment(const struct capture *c, const struct record *r, struct buf *b)
{
  switch (r->kind) {
  case RECORD_SEGMENT:
    segment_comment(c, r, b);
    break;
  case RECORD_STATE:
    state_comment(c, r, b);
    break;
  case RECORD_CALL:
    call_comment(c, r, b);
    break;
  case RECORD_TIMER:
    timer_comment(c, r, b);
    break;
  case RECORD_TRUTH:
    truth_comment(c, r, b);
    break;
  case RECORD_NOTE:
    note_comment(c, r, b);
    break;
  default:
    break;
  }
}

/* The records FROM … TO-1 as comments of a packet of CONNECTION. */
static void put_comments(const struct capture *c, const struct trace *t, size_t from, size_t to,
                         unsigned connection, struct buf *body)
{
  struct buf said;
  heap_buf_init(&said);
  for (size_t i = from; i < to; i++) {
    char mem[COMMENT_MAX];
    struct buf visible;
    const struct record *r = trace_at(t, i);
    buf_reset(&said);
    comment(c, r, &said);
    if (said.len == 0) continue;
    buf_init(&visible, mem, sizeof mem);
    if (trace_connections(t) > 1 && r->connection != connection && r->connection != 0)
      words_say(&visible, SAY_FILE_CONNECTION, &(struct words_args){.number = r->connection});
    buf_put_visible(&visible, said.data, said.len, false);
    put_text_option(body, OPTION_COMMENT, visible.data);
  }
  heap_buf_free(&said);
}

/* -- packets -- */

static uint64_t stamp(const struct capture *c, usec_t t)
{
  const usec_t at = c->epoch + t;
  return at > 0 ? (uint64_t)at : 0;
}

static void put_pcap_packet(const struct capture *c, const struct record *r, const uint8_t *octets,
                            size_t len, struct buf *out)
{
  const uint64_t at = stamp(c, r->t);
  put32(out, (uint32_t)(at / USEC_S));
  put32(out, (uint32_t)(at % USEC_S));
  put32(out, (uint32_t)len);
  put32(out, (uint32_t)len);
  buf_put(out, (const char *)octets, len);
}

/* Record AT, with the comments of all from c->told to END-1. */
static void put_pcapng_packet(const struct capture *c, const struct trace *t, size_t at, size_t end,
                              const uint8_t *octets, size_t len, struct buf *out)
{
  const struct record *r = trace_at(t, at);
  const uint8_t flags[4] = {r->end == END_YOU ? OUTBOUND : INBOUND};
  struct buf body;
  heap_buf_init(&body);
  put32(&body, 0); /* the interface */
  put_stamp(&body, stamp(c, r->t));
  put32(&body, (uint32_t)len);
  put32(&body, (uint32_t)len);
  buf_put(&body, (const char *)octets, len);
  put_padding(&body, len);
  put_comments(c, t, c->told, end, r->connection, &body);
  put_option(&body, PACKET_FLAGS, flags, sizeof flags);
  put_option(&body, OPTION_END, NULL, 0);
  put_block(out, BLOCK_PACKET, &body);
  heap_buf_free(&body);
}

/* The next record from I on that is a packet; the count when there is none. */
static size_t next_packet(const struct trace *t, size_t i)
{
  while (i < trace_count(t) && !crossed(trace_at(t, i))) i++;
  return i;
}

/* One past the last record that follows from packet AT. What a call or a timer begins belongs to the packet
   that follows in the same step, if one does. */
static size_t end_of_group(const struct trace *t, size_t at)
{
  const size_t next = next_packet(t, at + 1), count = trace_count(t);
  const unsigned step = trace_at(t, at)->step;
  const bool more = next < count && trace_at(t, next)->step == step;
  size_t end = at + 1;
  for (; end < next && trace_at(t, end)->step == step; end++) {
    const enum record_kind kind = trace_at(t, end)->kind;
    if (more && (kind == RECORD_CALL || kind == RECORD_TIMER)) break;
  }
  return end;
}

static void put_packet(const struct capture *c, const struct trace *t, size_t at, size_t end, struct buf *out)
{
  const struct record *r = trace_at(t, at);
  struct buf encoded;
  const uint8_t *octets = r->octets;
  size_t len = r->octets_len;
  heap_buf_init(&encoded);
  if (octets == NULL) {
    buf_fill(&encoded, " ", SEGMENT_OCTETS_MAX);
    len = encoded.truncated ? 0 : segment_encode(&r->segment, (uint8_t *)encoded.data, encoded.len);
    octets = (const uint8_t *)encoded.data;
  }
  if (c->format == CAPTURE_PCAP)
    put_pcap_packet(c, r, octets, len, out);
  else
    put_pcapng_packet(c, t, at, end, octets, len, out);
  heap_buf_free(&encoded);
}

void capture_records(struct capture *c, const struct trace *t, struct buf *out)
{
  for (size_t at; (at = next_packet(t, c->told)) < trace_count(t);) {
    const size_t end = end_of_group(t, at);
    put_packet(c, t, at, end, out);
    c->packets++;
    c->told = end;
  }
}

void capture_end(struct capture *c, const struct trace *t, struct buf *out)
{
  capture_records(c, t, out);
  if (c->format == CAPTURE_PCAPNG) {
    const size_t count = trace_count(t);
    const usec_t last = count > 0 ? trace_at(t, count - 1)->t : 0;
    struct buf body, received;
    char mem[9];
    heap_buf_init(&body);
    buf_init(&received, mem, sizeof mem);
    put64(&received, c->packets);
    put32(&body, 0);
    put_stamp(&body, stamp(c, last));
    put_comments(c, t, c->told, count, 0, &body);
    put_option(&body, STATISTICS_RECEIVED, mem, 8);
    put_option(&body, OPTION_END, NULL, 0);
    put_block(out, BLOCK_STATISTICS, &body);
    heap_buf_free(&body);
  }
  c->told = trace_count(t);
}
