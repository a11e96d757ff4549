/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segment <-> text: `FLAGS [field=value]... ["payload"]`, separated by blanks.

   FLAGS come first or not at all: the RFC's words joined by commas (SYN,ACK), in either case; `none`;
   or tcpdump's letters (S F P R U E W . as in `S.` `.` `R.`), capitals. Then, in any order and either case:
   the fields of SEGMENT_FIELDS (but flags, options and data), each once;
   options, each as often as wanted, in the order of the header:
     mss=N wscale=N sackok sack=L-R[,L-R…] ts=VAL:ECR nop eol fastopen[=HEX|cookie] opt=HEX; opt=none: no
     options;
   at most one payload: "text" (escapes \n \r \t \0 \\ \" \xNN \u{NNNN}), data=HEX, len=N (octets of filler).
   Numbers: 1415531521, 0x545f5101, a name (`snd.nxt`, `peer.iss`), a name with an offset
   (`rcv.nxt-1`), a bare offset from the default (`+1`), `sum=bad`. Offsets in seq, ack, sack and ts wrap
   modulo 2^32; elsewhere the result must be in range. Printing and parsing are inverse: parse(print(s)) == s
   for every segment with a payload up to SEGMENT_DATA_MAX. */
#ifndef TCPTUTOR_SEGMENT_TEXT_H
#define TCPTUTOR_SEGMENT_TEXT_H

#include "engine/segment/segment.h"

struct buf;
struct err;

/* The names a value may use: iss irs snd.una snd.nxt snd.wnd rcv.nxt rcv.wnd, each also with
   `peer.` before it. X(id, name, meaning). */
#define SEGMENT_NAMES(X)                                                                                     \
  X(ISS, "iss", "initial send sequence number")                                                              \
  X(IRS, "irs", "initial receive sequence number")                                                           \
  X(SND_UNA, "snd.una", "oldest octet sent and not acknowledged")                                            \
  X(SND_NXT, "snd.nxt", "next sequence number to send")                                                      \
  X(SND_WND, "snd.wnd", "send window")                                                                       \
  X(RCV_NXT, "rcv.nxt", "next sequence number expected")                                                     \
  X(RCV_WND, "rcv.wnd", "receive window")

enum segment_name {
#define X(id, name, help) NAME_##id,
  SEGMENT_NAMES(X)
#undef X
      NAME_COUNT
};

const char *segment_name_text(enum segment_name);
const char *segment_name_help(enum segment_name);

/* The words that may follow FLAGS, for help and completion. */
struct segment_word {
  const char *name;  /* "seq" */
  const char *value; /* after "name=": "N", "HEX"; "[HEX]" may be left out; NULL: the word stands alone */
  const char *help;
};
/* Word I, counted from 0; false after the last. */
bool segment_word(size_t i, struct segment_word *out);
/* Flag word I: "FIN", …, "none"; NULL after the last. */
const char *segment_flag_word(size_t i);

/* What names and bare offsets are worth now. A NULL environment checks only: every known name and
   every default is 0, and no result that depends on one is out of range. */
struct segment_env {
  void *ctx;
  /* False: this value is not known yet (then the parse fails, saying so). */
  bool (*name)(void *ctx, enum segment_name, bool of_peer, uint32_t *out);
  /* The default (sending) or predicted (expecting) value of a numeric field. False: there is none. */
  bool (*base)(void *ctx, enum segment_field, uint8_t flags, uint32_t *out);
  /* The Fast Open cookie that `fastopen=cookie` stands for: at most 16 octets. False: none is known yet. May
     be NULL. */
  bool (*cookie)(void *ctx, uint8_t *out, size_t *len);
};

/* Parses TEXT[LEN]. Payload octets are written to STORE (CAP octets, caller's; may be NULL
   when payload is not allowed), which must outlive *OUT. `given` is exactly what was written.
   An empty text gives a segment with nothing given. On failure *OUT is as it was and *ERR has place, what
   was found, what was expected and the nearest word. */
bool segment_parse(const char *text, size_t len, const struct segment_env *, uint8_t *store, size_t cap,
                   struct segment *out, struct err *);
/* Would segment_parse() take it, in some environment and with room enough? Nothing is kept. */
bool segment_check(const char *text, size_t len, struct err *);
/* One numeric value by the same rules ("snd.nxt+1", "0x10"); BASE for bare offsets, may be NULL. */
bool segment_parse_value(const char *text, size_t len, const struct segment_env *, const uint32_t *base,
                         uint32_t *out, struct err *);
/* "SYN,ACK", "S.", "none". */
bool segment_parse_flags(const char *text, size_t len, uint8_t *out, struct err *);

/* Every given field, in a form segment_parse() reads back as an equal segment. */
void segment_print(struct buf *, const struct segment *);
/* What a reader needs to see of it and no more, of what is given: flags, seq, ack and urg when their bit is
   set (or they are not 0), win, doff, rsv and sum when they are not what they should be, options, payload.
   Never addresses, ports, ttl, id, tos. MASK: SEG_BIT()s not to show. Reads back, with one exception: a
   payload above 64 octets is shown as len=N although it is not the filler. */
void segment_print_short(struct buf *, const struct segment *, uint32_t mask);
void segment_print_flags(struct buf *, uint8_t flags); /* "SYN,ACK"; "none" */

/* Octet I of len=N filler: a visible pattern that repeats. */
uint8_t segment_filler(size_t i);

#endif
