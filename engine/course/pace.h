/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pace at which a played lesson is shown: typing one can follow, pauses one can read in. */
#ifndef TCPTUTOR_COURSE_PACE_H
#define TCPTUTOR_COURSE_PACE_H

#include "engine/course/play.h"

/* The next portion of a piece, from octet *AT of its text on (0 at first): *SHOW octets are shown, then *MS
   milliseconds pass (at natural speed), and *AT has gone on. False: that was all. */
bool pace_next(const struct play_piece *, size_t *at, size_t *show, double *ms);

#endif
