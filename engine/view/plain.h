/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened in whole sentences, for screen readers and for who listens: no drawing characters, no
   columns, nothing that only its place on the screen explains. Internal to view/. */
#ifndef TCPTUTOR_VIEW_PLAIN_H
#define TCPTUTOR_VIEW_PLAIN_H

#include "engine/view/view.h"

/* One record, wrapped to the width; nothing for records that are not shown. */
void plain_record(const struct trace *, const struct record *, const struct view_options *, struct buf *);

#endif
