/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text under construction.

   Invariants: data[len] is NUL whenever cap > 0; len < cap; after an append that
   did not fit, `truncated` is true, what did fit is there, and nothing more is appended until
   buf_reset().  A buf never allocates by itself: it writes into memory its owner
   gave it, and asks `grow` for more when one was given (see trace/heap_buf.h for
   the growing kind).  Text is octets; UTF-8 by convention. */
#ifndef TCPTUTOR_BASE_BUF_H
#define TCPTUTOR_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
  char *data;
  size_t len, cap; /* octets */
  bool truncated;
  /* Makes room for `need` octets in all (NUL included); false: no. May be NULL. */
  bool (*grow)(struct buf *, size_t need);
};

/* A buf over MEM, which the caller owns and which must outlive it. */
void buf_init(struct buf *, char *mem, size_t cap);
void buf_reset(struct buf *);
void buf_put(struct buf *, const char *text, size_t len);
void buf_puts(struct buf *, const char *text);
void buf_putc(struct buf *, char);
void buf_fill(struct buf *, const char *text, size_t times);
void buf_printf(struct buf *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *, const char *format, va_list);

/* TEXT made harmless for a terminal that expects UTF-8: control characters (C0, DEL, C1), invalid
   UTF-8, bidirectional overrides and other format or invisible characters (utf8_harmless())
   become \n \r \t \xNN \u{NNNN}; `"` and `\` are escaped as well when QUOTED, and then the
   result reads back octet for octet (segment/text.h). Never half a character or half an escape. */
void buf_put_visible(struct buf *, const char *text, size_t len, bool quoted);

/* TEXT as buf_put_visible() shows it, in MEM[CAP] (CAP at least 8), for messages: what does not fit
   is cut and "..." ends it. Returns MEM. */
const char *buf_show(char *mem, size_t cap, const char *text, size_t len);

#endif
