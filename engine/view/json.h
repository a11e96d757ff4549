/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One JSON object a line. Fixed keys: t event; segments dir fate flags seq ack win len options rules predicted;
   states end from to rule cite; expectations ok text found; rules id procedure step states next profile cite
   title why. Where there is a text, in words that may change or be another language's, there are code and args
   as well: the facts that it is made of (json_args.c). All keys are listed for the manual in cli/documents/dump.c. */
#ifndef TCPTUTOR_VIEW_JSON_H
#define TCPTUTOR_VIEW_JSON_H

#include "engine/trace/trace.h"

struct buf;

void json_record(const struct record *, struct buf *);
void json_rule(const struct tcp_rule *, struct buf *);

#endif
