/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A buf that grows on the heap. */
#ifndef TCPTUTOR_TRACE_HEAP_BUF_H
#define TCPTUTOR_TRACE_HEAP_BUF_H

#include "engine/base/buf.h"

/* Starts empty. Out of memory shows as `truncated`. Release with heap_buf_free(). */
void heap_buf_init(struct buf *);
void heap_buf_free(struct buf *);
/* What it holds, for free(), with a NUL behind; it is empty again. NULL: memory ran out, now or before. */
char *heap_buf_take(struct buf *);

#endif
