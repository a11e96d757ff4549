/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/peer/setting.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/base/words.h"
#include "engine/peer/peer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* `off` of a sysctl is 0, which the range may still refuse. The name is what follows the last slash: five
   octets
   ("ipv4/", "core/") in. */
static const struct peer_setting settings[] = {
#define X(path, smallest, largest, help)                                                                     \
  {(path) + 5, "net/" path, PEER_OPTION_COUNT, smallest, largest, 0, help},
    PEER_SYSCTLS(X)
#undef X
#define X(id, name, smallest, largest, off, help)                                                            \
  {name, NULL, PEER_OPTION_##id, smallest, largest, off, help},
        PEER_OPTIONS(X)
#undef X
};

enum { SETTING_COUNT = sizeof settings / sizeof *settings };

const struct peer_setting *peer_setting(size_t i) { return i < SETTING_COUNT ? &settings[i] : NULL; }
const char *peer_setting_name(size_t i) { return i < SETTING_COUNT ? settings[i].name : NULL; }
const char *peer_setting_help(size_t i) { return i < SETTING_COUNT ? settings[i].help : NULL; }

static const struct peer_setting *find(const char *key, struct err *err)
{
  const char *names[SETTING_COUNT];
  char memory[64];
  struct buf shown;

  for (size_t i = 0; i < SETTING_COUNT; i++) {
    if (strcmp(settings[i].name, key) == 0) return &settings[i];
    names[i] = settings[i].name;
  }
  buf_init(&shown, memory, sizeof memory);
  buf_put_visible(&shown, key, strlen(key), false);
  err_set(err, ERR_UNKNOWN, "the peer has no setting `%s`", memory);
  const char *nearest = words_nearest(key, strlen(key), names, SETTING_COUNT);
  if (nearest) err_hint(err, "did you mean %s?", nearest);
  return NULL;
}

bool peer_setting_parse(const char *key, const char *value, const struct peer_setting **out, int *number,
                        struct err *err)
{
  const struct peer_setting *s = find(key, err);
  char *end;

  if (!s) return false;
  errno = 0;
  long n = strtol(value, &end, 0);
  if (strcmp(value, "off") == 0) {
    n = s->off;
  } else if (strcmp(value, "on") == 0 && s->largest == 1) {
    n = 1;
  } else if (end == value || *end != '\0' || errno == ERANGE) {
    return err_set(err, ERR_SYNTAX, "%s takes a number from %d to %d", s->name, s->smallest, s->largest);
  }
  if (n < s->smallest || n > s->largest)
    return err_set(err, ERR_RANGE, "%s is from %d to %d", s->name, s->smallest, s->largest);
  *out = s;
  *number = (int)n;
  return true;
}
