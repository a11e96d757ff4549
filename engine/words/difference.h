/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In what a segment differs from a pattern. Internal to words/. */
#ifndef TCPTUTOR_WORDS_DIFFERENCE_H
#define TCPTUTOR_WORDS_DIFFERENCE_H

#include "engine/trace/expect.h"

struct buf;

/* "ack is 1415531523, expected 1415531522 (1 too high); FIN is not set"; nothing when it matches. */
void difference_put(struct buf *, const struct segment *pattern, const struct segment *actual);
/* The same for a pattern as it was typed and the record of an arrival; why the pattern had no value then. */
void difference_put_typed(struct buf *, const struct octets *pattern, const struct record *segment);

#endif
