/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The facts that a record's text is made of, for programs: a code, and arguments by name. Internal to view/. */
#ifndef TCPTUTOR_VIEW_JSON_ARGS_H
#define TCPTUTOR_VIEW_JSON_ARGS_H

#include "engine/trace/trace.h"

#include <jansson.h>

/* A call's verb, a note's message, what was found instead of what was expected, a setting's name; null when there
   is nothing to tell. */
json_t *json_code(const struct record *);
json_t *json_args(const struct record *);
json_t *json_flags(uint8_t); /* ["SYN","ACK"] */
json_t *json_addr(const struct addr *);

#endif
