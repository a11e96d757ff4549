/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A segment in as few words as fit: what is written on its arrow. Internal to view/. */
#ifndef TCPTUTOR_VIEW_LABEL_H
#define TCPTUTOR_VIEW_LABEL_H

#include "engine/view/paint.h"
#include "engine/words/words.h"

/* In the order they are written. */
enum label_part {
  PART_FLAGS,
  PART_SEQ,
  PART_ACK,
  PART_WIN,
  PART_OPTIONS,
  PART_OPTION, /* in their place: the first, and that there are more */
  PART_ODD, /* what is not as a TCP would send it: sum=bad, doff, rsv, foreign addresses and ports; the urgent
               pointer */
  PART_DATA, /* the payload in quotes when short */
  PART_LEN,  /* how long it is, in its place */
  PART_TAG,  /* "again", "probe", "stray", "released" */
  PART_COUNT
};

struct label {
  char text[PART_COUNT][256]; /* "": the segment has no such part */
  bool window_matters;        /* a closed window is news and is not left out */
};

/* TRACE tells which ports and addresses are the connection's own; may be NULL. */
void label_make(struct label *, const struct trace *, const struct record *, const struct view_options *);

/* A set of parts (1u << PART_…) that fits in COLUMNS, the less telling left out first; 0: not even the flags,
   numbers and payload length fit. label_rest(): all that is not flags, for a line of its own. */
unsigned label_fit(const struct label *, size_t columns);
unsigned label_rest(const struct label *, size_t columns);
size_t label_width(const struct label *, unsigned parts);
/* Cuts the flags to COLUMNS (at least 3): with all eight set they are wider than a narrow screen. */
void label_cut_flags(struct label *, size_t columns);
/* The ink of a part. */
enum ink label_ink(enum label_part);
/* Flags bright, the rest plain, the tag in the ink of things to notice; no blank at either end. */
void label_paint(struct buf *, const struct view_options *, const struct label *, unsigned parts);

/* "seq" or "ack" as a number, or as `iss+1` and `irs+1` when the options ask for relative ones: yours count
   from your ISS, the peer's from your IRS. OF: whose sequence space. */
void label_seq(struct buf *, const struct record *, enum end of, seq_t, const struct view_options *);
/* The same by a TCB alone, END's: a number of its OWN space or of the other's. */
void label_tcb_seq(struct buf *, const struct tcb *, enum end, bool own, seq_t, const struct view_options *);
/* The options of a segment, padding left out, as they are typed: "mss=1024 wscale=7". */
void label_options(struct buf *, const struct segment *);
/* Whether the checksum is not the right one, or could not be checked because the segment was cut. */
bool label_bad_sum(const struct record *);
/* " of connection 2", where there are several. */
void label_connection(struct buf *, const struct trace *, const struct record *);
/* An end by its name, for a sentence (words.h). */
struct words_args label_who(const struct view_options *, enum end);
/* A CALL with the marks for one that failed or has not returned: "✗ connect(): ECONNREFUSED". */
void label_call(struct buf *, const struct record *, const struct view_options *);
static inline bool label_failed(const struct record *r)
{
  return r->kind == RECORD_CALL && r->call.outcome == PEER_FAILED;
}
/* "you.1037": the end's name and its port in the segment. */
void label_end(struct buf *, const struct view_options *, enum end, uint16_t port);
static inline uint16_t label_port(const struct segment *s, enum end sender, enum end e)
{
  return e == sender ? s->sport : s->dport;
}

#endif
