/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One JSON object a line (DESIGN: --json). Fixed keys: t event; segments dir fate flags seq ack win len
   options rules predicted; states end from to rule cite; expectations ok text found; rules id procedure step
   states next profile cite title why. */
#ifndef TCPTUTOR_VIEW_JSON_H
#define TCPTUTOR_VIEW_JSON_H

#include "engine/trace/trace.h"

struct buf;

void json_record(const struct record *, struct buf *);
void json_rule(const struct tcp_rule *, struct buf *);

#endif
