/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/trace/call.h"

#include <string.h>

static const char *const names[CALL_ERROR_COUNT] = {
#define X(id) [ERROR_##id] = #id,
    CALL_ERRORS(X)
#undef X
};

const char *peer_timer_name(enum peer_timer timer)
{
  static const char *const timers[PEER_TIMER_COUNT] = {
#define X(id, name) [PEER_TIMER_##id] = name,
      PEER_TIMERS(X)
#undef X
  };
  return timers[timer];
}

const char *call_error_name(enum call_error error) { return names[error]; }

enum call_error call_error_find(const char *name, size_t len)
{
  if (len == 0) return ERROR_NONE;
  for (enum call_error e = ERROR_NONE; e < CALL_ERROR_COUNT; e++)
    if (names[e] != NULL && strlen(names[e]) == len && memcmp(names[e], name, len) == 0) return e;
  return ERROR_OTHER;
}
