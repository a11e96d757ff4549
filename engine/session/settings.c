/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the session's settings do; their names, values and help are in command/setting.h. */
#include "engine/session/session_private.h"

#include "engine/base/buf.h"

#include <stdlib.h>
#include <string.h>

struct behaviour {
  const char *name;
  bool (*set)(struct session *, const char *value, struct err *);
  void (*get)(const struct session *, struct buf *);
};

static bool parse_switch(const char *value, const char *on, const char *off, bool *out, struct err *err)
{
  if (strcmp(value, on) == 0 || strcmp(value, off) == 0) {
    *out = strcmp(value, on) == 0;
    return true;
  }
  return err_at(err, ERR_SYNTAX, 0, strlen(value), "found `%s`, expected %s or %s", value, on, off);
}

/* The wire's world is asked first: what it refuses does not change. */
static bool set_world(struct session *s, const char *setting, bool on, bool *kept, struct err *err)
{
  if (!s->config.world)
    return err_set(err, ERR_UNAVAILABLE, "the %s wire has no `%s`", s->config.wire->ops->name, setting);
  if (!s->config.world(s->config.world_ctx, setting, on, err)) return false;
  *kept = on;
  return true;
}

static bool set_quickack(struct session *s, const char *value, struct err *err)
{
  bool on;
  if (!parse_switch(value, "on", "off", &on, err) || !set_world(s, "quickack", on, &s->quickack, err))
    return false;
  s->peer_numbers.profile.delay_acks = !on;
  session_peer_told(s);
  return true;
}

static void get_quickack(const struct session *s, struct buf *out)
{
  buf_puts(out, s->quickack ? "on" : "off");
}

static bool set_address(struct session *s, const char *value, struct err *err)
{
  bool kernel;
  return parse_switch(value, "kernel", "none", &kernel, err) &&
         set_world(s, "address", kernel, &s->address_kernel, err);
}

static void get_address(const struct session *s, struct buf *out)
{
  buf_puts(out, s->address_kernel ? "kernel" : "none");
}

static bool set_msl(struct session *s, const char *value, struct err *err)
{
  usec_t msl;
  if (!usec_parse(value, strlen(value), &msl, err)) return false;
  if (msl <= 0 || msl > 3600 * USEC_S)
    return err_set(err, ERR_RANGE, "an MSL is more than nothing and at most one hour");
  s->your_profile.msl = msl;
  s->your_profile.time_wait = 2 * msl;
  if (!s->config.set_msl) return true;
  s->config.set_msl(s->config.peer, msl);
  s->peer_numbers.profile.msl = msl;
  s->peer_numbers.profile.time_wait = 2 * msl;
  session_peer_told(s);
  return true;
}

static void get_msl(const struct session *s, struct buf *out) { usec_print(out, s->your_profile.msl); }

static bool set_auto(struct session *s, const char *value, struct err *err)
{
  bool on;
  if (!parse_switch(value, "on", "off", &on, err)) return false;
  session_auto(s, on);
  return true;
}

static void get_auto(const struct session *s, struct buf *out) { buf_puts(out, s->automatic ? "on" : "off"); }

static const struct behaviour settings[] = {
    {"address", set_address, get_address},
    {"auto", set_auto, get_auto},
    {"msl", set_msl, get_msl},
    {"quickack", set_quickack, get_quickack},
};

static const struct behaviour *find(const char *name)
{
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
    if (strcmp(settings[i].name, name) == 0) return &settings[i];
  return NULL;
}

bool session_set(struct session *s, const char *name, const char *value, struct err *err)
{
  const struct behaviour *setting = find(name);
  if (!setting) return err_set(err, ERR_UNKNOWN, "no setting is called `%s`", name);
  if (!setting->set(s, value, err)) return false;
  char text[96];
  struct buf buf;
  buf_init(&buf, text, sizeof text);
  setting->get(s, &buf);
  struct record r = {.kind = RECORD_SETTING, .end = END_YOU};
  r.set.name = (struct octets){(const uint8_t *)setting->name, strlen(setting->name)};
  r.set.value = (struct octets){(const uint8_t *)text, buf.len};
  step_begin(s);
  record_put(s, session_connection(s), &r);
  step_end(s);
  return true;
}

bool session_get(struct session *s, const char *name, char *value, size_t cap)
{
  const struct behaviour *setting = find(name);
  if (!setting) return false;
  struct buf buf;
  buf_init(&buf, value, cap);
  setting->get(s, &buf);
  return true;
}
