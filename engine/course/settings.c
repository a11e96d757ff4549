/* SPDX-License-Identifier: GPL-3.0-or-later */
/* set, and help. */
#include "engine/course/desk.h"

#include "engine/base/buf.h"
#include "engine/course/learn.h"
#include "engine/trace/heap_buf.h"

#include <stdio.h>
#include <string.h>

#define VALUE_MAX 128

/* A setting of the program's: its meaning, beside its name in SETTINGS. Values have been checked by the
 * parser. */
struct program_setting {
  const char *name;
  void (*set)(struct desk *, const char *value);
  void (*get)(const struct desk *, struct buf *);
};

static void set_color(struct desk *d, const char *value)
{
  d->color = strcmp(value, "auto") == 0 ? -1 : strcmp(value, "always") == 0;
  desk_dress(d);
}

static void get_color(const struct desk *d, struct buf *b)
{
  buf_puts(b, d->color < 0 ? "auto" : d->color ? "always" : "never");
}

static void set_ascii(struct desk *d, const char *value)
{
  d->ascii = strcmp(value, "on") == 0;
  desk_dress(d);
}

static void get_ascii(const struct desk *d, struct buf *b) { buf_puts(b, d->ascii ? "on" : "off"); }

static void set_plain(struct desk *d, const char *value) { d->view.plain = strcmp(value, "on") == 0; }
static void get_plain(const struct desk *d, struct buf *b) { buf_puts(b, d->view.plain ? "on" : "off"); }

static void set_names(struct desk *d, const char *value)
{
  for (size_t e = 0; e < END_COUNT; e++) {
    value += strspn(value, " \t");
    size_t len = strcspn(value, " \t");
    snprintf(d->names[e], sizeof d->names[e], "%.*s", (int)len, value);
    value += len;
  }
}

static void get_names(const struct desk *d, struct buf *b)
{
  buf_printf(b, "%s %s", d->names[END_YOU], d->names[END_PEER]);
}

static const char *const explain_words[] = {
    [EXPLAIN_OFF] = "off", [EXPLAIN_SHORT] = "short", [EXPLAIN_FULL] = "full"};

static void set_explain(struct desk *d, const char *value)
{
  for (size_t i = 0; i <= EXPLAIN_FULL; i++)
    if (strcmp(explain_words[i], value) == 0) d->view.explain = (enum view_explain)i;
}

static void get_explain(const struct desk *d, struct buf *b) { buf_puts(b, explain_words[d->view.explain]); }

static void set_numbers(struct desk *d, const char *value)
{
  d->view.relative = strcmp(value, "relative") == 0;
}
static void get_numbers(const struct desk *d, struct buf *b)
{
  buf_puts(b, d->view.relative ? "relative" : "absolute");
}

static void set_keep_going(struct desk *d, const char *value) { d->keep_going = strcmp(value, "on") == 0; }
static void get_keep_going(const struct desk *d, struct buf *b) { buf_puts(b, d->keep_going ? "on" : "off"); }

static const struct program_setting program_settings[] = {
    {"color", set_color, get_color},       {"ascii", set_ascii, get_ascii},
    {"names", set_names, get_names},       {"explain", set_explain, get_explain},
    {"numbers", set_numbers, get_numbers}, {"keep-going", set_keep_going, get_keep_going},
    {"plain", set_plain, get_plain},
};

static const struct program_setting *program_setting(const char *name)
{
  for (size_t i = 0; i < sizeof program_settings / sizeof program_settings[0]; i++)
    if (strcmp(program_settings[i].name, name) == 0) return &program_settings[i];
  return NULL;
}

static void put_setting(struct desk *d, const struct setting *s, struct buf *b)
{
  char value[VALUE_MAX] = "";
  const struct program_setting *own = program_setting(s->name);
  buf_printf(b, "%-12s ", s->name);
  if (own)
    own->get(d, b);
  else if (session_get(d->session, s->name, value, sizeof value))
    buf_puts(b, value);
  buf_putc(b, '\n');
}

static void show_settings(struct desk *d, const char *key)
{
  const struct setting *s;
  struct buf b;
  heap_buf_init(&b);
  for (size_t i = 0; (s = setting_at(i)) != NULL; i++)
    if (!*key || strcmp(s->name, key) == 0) put_setting(d, s, &b);
  desk_put(d, b.data, b.len);
  heap_buf_free(&b);
}

bool desk_set(struct desk *d, const struct command_call *call, struct err *err)
{
  char value[VALUE_MAX];
  const struct program_setting *own = program_setting(call->key);
  if (call->show_only) {
    show_settings(d, call->key);
    return true;
  }
  if (call->value_len >= sizeof value) return err_set(err, ERR_LIMIT, "the value is too long");
  memcpy(value, call->value, call->value_len);
  value[call->value_len] = '\0';
  if (own) {
    own->set(d, value);
    return true;
  }
  if (session_set(d->session, call->key, value, err)) return true;
  err->at += (size_t)(call->value - call->script);
  if (err->len == 0) err->len = call->value_len;
  return false;
}

bool desk_help(struct desk *d, const struct command_call *call, struct err *err)
{
  const char *topic = call->key[0] ? command_topic_find(call->key, strlen(call->key)) : NULL;
  struct buf b;
  bool done = true;
  heap_buf_init(&b);
  if (!call->key[0])
    command_help_overview(d->view.columns, &b);
  else
    done = command_help(call->key, strlen(call->key), d->view.columns, &b, err);
  if (topic && strcmp(topic, TOPIC_INTERVIEW) == 0) learn_questions(d, &b);
  if (done) desk_put(d, b.data, b.len);
  heap_buf_free(&b);
  return done;
}
