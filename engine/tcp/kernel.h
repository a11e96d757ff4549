/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which Linux, and what changed in it. A kernel is a number: KERNEL(6, 12, 117) is 6.12.117; 0 is none.

   A change of Linux's behaviour comes with one release of the main line and, often, is ported to the older
   lines that are still maintained. So a row of the table does not name a kernel that it begins or ends with,
   but a change; and CHANGES says which kernels have it. */
#ifndef TCPTUTOR_TCP_KERNEL_H
#define TCPTUTOR_TCP_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KERNEL(major, minor, patch) ((uint32_t)(major) << 24 | (uint32_t)(minor) << 16 | (uint32_t)(patch))

static inline unsigned tcp_kernel_major(uint32_t kernel) { return kernel >> 24; }
static inline unsigned tcp_kernel_minor(uint32_t kernel) { return kernel >> 16 & 0xff; }

/* X(id, first kernel of the main line, what has changed, where it was ported to), in the order in which they
   came. Lines of Debian's were measured (tests/kernels/) and their patch levels read in its changelogs; what
   lies between, and the other lines, is not known to have it. */
#define TCP_CHANGES(X)                                                                                       \
  X(ONE_MORE_HALF_OPEN, KERNEL(6, 1, 0),                                                                     \
    "a listener lets as many as its backlog, and one more, be half open", 0)                                 \
  X(OPTIONS_CHECKED, KERNEL(6, 7, 0), "a broken list of options is not trusted", 0)                          \
  X(ACKS_SENT_ONLY, KERNEL(6, 7, 0), "an ACK from before the first octet sent is too old",                   \
    KERNEL(5, 10, 204), KERNEL(6, 1, 68))                                                                    \
  X(TIME_WAIT_ISN, KERNEL(6, 10, 0), "a reopened TIME-WAIT chooses the ISN", 0)                              \
  X(PACKETS_AS_WRITTEN, KERNEL(6, 10, 0), "packets are as large as cwnd lets them be later on", 0)           \
  X(CROSSING_SYN_ACK, KERNEL(6, 11, 0), "a SYN,ACK completes a simultaneous open", KERNEL(6, 1, 110))        \
  X(RATIO_LEARNED, KERNEL(6, 12, 0), "long segments tell which share of memory is text", 0)                  \
  X(OLD_SYN_CHALLENGED, KERNEL(6, 12, 0), "a SYN with an old timestamp is challenged like any other", 0)     \
  X(OLD_ACKS_WHILE_CLOSING, KERNEL(6, 12, 0),                                                                \
    "an old ACK is accepted in other states than ESTABLISHED, too", KERNEL(6, 1, 167))                       \
  X(ZERO_WINDOW_NEWS, KERNEL(6, 12, 0), "a window of 0 is taken from a segment that is no newer", 0)         \
  X(FIN_KEEPS_TO_CWND, KERNEL(6, 12, 0), "a FIN waits for room in the congestion window, as text does", 0)   \
  X(FIN_NEEDS_NO_ROOM, KERNEL(6, 12, 0), "a bare FIN is taken into a window of 0", 0)                        \
  X(PAWS_ACK_SILENT, KERNEL(6, 14, 0), "an overtaken ACK with an old timestamp is not answered", 0)          \
  X(ECHO_CHECKED, KERNEL(6, 15, 0), "a request looks at the timestamp that is echoed", 0)                    \
  X(FUTURE_CHALLENGED, KERNEL(6, 16, 0), "an ACK of what was never sent is answered in ESTABLISHED", 0)      \
  X(BUFFER_GROWS_FOR_GAPS, KERNEL(6, 16, 0), "the receive buffer grows for text far past a gap", 0)          \
  X(EDGE_CHECKED, KERNEL(6, 17, 0), "what ends beyond a window that is partly used is outside", 0)           \
  X(CWR_NEEDS_ECN, KERNEL(6, 18, 0), "CWR on text means nothing where ECN was not agreed", 0)                \
  X(REQUEST_KEEPS_STAMP, KERNEL(6, 18, 0), "a request echoes the timestamp of its SYN until its ACK comes",  \
    KERNEL(6, 1, 130), KERNEL(6, 12, 18))                                                                    \
  X(DSACK_CUT, KERNEL(6, 18, 0), "of text that came twice no more than that is told", KERNEL(6, 1, 148),     \
    KERNEL(6, 12, 42))                                                                                       \
  X(REQUEST_CHALLENGES, KERNEL(7, 2, 0), "a RST for a request must be exactly at RCV.NXT",                   \
    KERNEL(6, 12, 105), KERNEL(6, 18, 44))                                                                   \
  X(OLD_ACKS_SLOW, KERNEL(7, 3, 0), "header prediction expects no old ACK", KERNEL(6, 12, 112),              \
    KERNEL(7, 2, 8))                                                                                         \
  X(OLD_ACKS_STAMP, KERNEL(7, 3, 0), "the timestamp of an old ACK counts", KERNEL(6, 12, 113),               \
    KERNEL(7, 2, 10))

enum tcp_change {
  CHANGE_NONE,
#define X(id, main, what, ...) CHANGE_##id,
  TCP_CHANGES(X)
#undef X
      CHANGE_COUNT
};
#define CHANGE_BIT(c) (1u << (c))

/* The changes that KERNEL has, CHANGE_BIT()s. */
uint32_t tcp_kernel_changes(uint32_t kernel);
const char *tcp_change_text(enum tcp_change); /* "a request looks at …" */
uint32_t tcp_change_main(enum tcp_change);    /* the first kernel of the main line that has it */

/* The kernel that calls itself RELEASE and VERSION (uname -r, uname -v); 0: not to be understood. Debian's and
   Ubuntu's releases do not tell the patch level, but Debian's versions do. */
uint32_t tcp_kernel_read(const char *release, const char *version);

#endif
