/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sequence numbers as they are shown: whole, or from the beginning of their space: `iss+1`, `irs+1`. Yours
   count from your ISS, the peer's from your IRS. */
#ifndef TCPTUTOR_WORDS_NUMBER_H
#define TCPTUTOR_WORDS_NUMBER_H

#include "engine/trace/trace.h"

struct buf;

/* OF: whose sequence space; the TCBs are the record's. */
void number_put_seq(struct buf *, const struct record *, enum end of, seq_t, bool relative);
/* One that may be of either space, since it was answered to whatever a person had written: of the one in
   which it is near the beginning. */
void number_put_near(struct buf *, const struct record *, seq_t, bool relative);

#endif
