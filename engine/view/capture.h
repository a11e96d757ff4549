/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trace -> octets of a capture file: pcap (microseconds), or pcapng with every event as a comment of a
   packet. Pure, as all views: whoever calls writes the octets somewhere. Formats: draft-ietf-opsawg-pcap and
   draft-ietf-opsawg-pcapng; integers are little-endian on every machine, the link type is LINKTYPE_RAW.

   A packet is a datagram that crossed the wire, octet for octet: what was sent, what was sent as a stray or
   released later, what the peer sent, even if it was lost before it reached you. What you sent and the
   network lost, and what it still holds back, never crossed it: that is a comment only. Changes of state,
   calls, timers, notes are comments too: of the segment they follow from, else of the next packet, and what
   comes after the last packet is in the interface statistics at the end of the file. A comment says `you
   SYN-SENT -> ESTABLISHED: …`, on one line, harmless for a terminal. Expectations and settings concern the
   prompt and are left out.

   A file can grow as the session does: begin, then records after every step, then end. What has been put is
   complete blocks at any time, so that a reader can follow and a session that is killed leaves a file that
   reads. */
#ifndef TCPTUTOR_VIEW_CAPTURE_H
#define TCPTUTOR_VIEW_CAPTURE_H

#include "engine/trace/trace.h"

struct buf;

enum capture_format { CAPTURE_PCAP, CAPTURE_PCAPNG };

/* What is being written, and how far it has come. Fill in the first part; texts are borrowed. */
struct capture {
  enum capture_format format;
  usec_t epoch;                /* when the session began, since 1970-01-01 00:00 UTC; not negative */
  const char *application;     /* "tcptutor 0.1" */
  const char *interface;       /* the wire's name, "lab" */
  const char *name[END_COUNT]; /* "you", "peer" */

  size_t told;      /* index of the first record that is in no packet yet; 0 at first */
  unsigned packets; /* how many have been put */
};

/* The file's header. */
void capture_begin(const struct capture *, struct buf *);
/* The packets of the records added since; steps must be over. */
void capture_records(struct capture *, const struct trace *, struct buf *);
/* What is left to be said. Records of another trace may follow (set told to 0 and epoch anew). */
void capture_end(struct capture *, const struct trace *, struct buf *);

#endif
