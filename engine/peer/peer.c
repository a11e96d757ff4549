/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/peer/peer.h"

#include <string.h>
#include <strings.h>

struct verb {
  const char *name, *args, *help;
};

static const struct verb verbs[PEER_VERB_COUNT] = {
#define X(id, name, args, help) [PEER_##id] = {name, args, help},
    PEER_VERBS(X)
#undef X
};

static const char *const apps[] = {
    [APP_NONE] = "none",       [APP_DISCARD] = "discard", [APP_ECHO] = "echo",
    [APP_DAYTIME] = "daytime", [APP_HTTP] = "http",
};

static bool same(const char *name, const char *text, size_t len)
{
  return strlen(name) == len && strncasecmp(name, text, len) == 0;
}

const char *peer_verb_args(enum peer_verb v) { return verbs[v].args; }
const char *peer_verb_help(enum peer_verb v) { return verbs[v].help; }

bool peer_verb_parse(const char *text, size_t len, enum peer_verb *out)
{
  for (int v = 0; v < PEER_VERB_COUNT; v++) {
    if (!same(verbs[v].name, text, len)) continue;
    *out = (enum peer_verb)v;
    return true;
  }
  return false;
}

const char *peer_app_name(enum peer_app app) { return apps[app]; }

bool peer_app_parse(const char *text, size_t len, enum peer_app *out)
{
  for (size_t a = 0; a < sizeof apps / sizeof *apps; a++) {
    if (!same(apps[a], text, len)) continue;
    *out = (enum peer_app)a;
    return true;
  }
  return false;
}
