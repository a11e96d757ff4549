/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tcp/state.h"

#include "engine/base/words.h"

#include <string.h>

static const char *const names[STATE_COUNT] = {
#define X(id, name, others) name,
    TCP_STATES(X)
#undef X
};
static const char *const spellings[STATE_COUNT] = {
#define X(id, name, others) others,
    TCP_STATES(X)
#undef X
};

const char *tcp_state_name(enum tcp_state s) { return s < STATE_COUNT ? names[s] : "?"; }

static char folded(char c)
{
  if (c >= 'a' && c <= 'z') return (char)(c - 'a' + 'A');
  return c == '_' ? '-' : c;
}

static bool same(const char *text, size_t len, const char *name, size_t name_len)
{
  if (len != name_len) return false;
  for (size_t i = 0; i < len; i++)
    if (folded(text[i]) != name[i]) return false;
  return true;
}

static bool one_of(const char *text, size_t len, const char *list)
{
  while (*list) {
    size_t n = strcspn(list, " ");
    if (same(text, len, list, n)) return true;
    list += n;
    while (*list == ' ') list++;
  }
  return false;
}

bool tcp_state_parse(const char *text, size_t len, enum tcp_state *state, const char **nearest)
{
  for (unsigned s = 0; s < STATE_COUNT; s++)
    if (same(text, len, names[s], strlen(names[s])) || one_of(text, len, spellings[s])) {
      *state = (enum tcp_state)s;
      return true;
    }
  if (nearest) *nearest = words_nearest(text, len, names, STATE_COUNT);
  return false;
}
