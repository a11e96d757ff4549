/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program itself: set, help, history, quit. */
#include "cli/handlers.h"

#include "cli/history.h"
#include "cli/learn.h"
#include "cli/terminal.h"
#include "engine/base/buf.h"
#include "engine/trace/heap_buf.h"

#include <string.h>

#define VALUE_MAX 128

/* A setting of the program's: its meaning, beside its name in SETTINGS. Values have been checked by the
 * parser. */
struct program_setting {
  const char *name;
  void (*set)(struct app *, const char *value);
  void (*get)(const struct app *, struct buf *);
};

static void set_color(struct app *app, const char *value)
{
  app->options.color = strcmp(value, "auto") == 0 ? -1 : strcmp(value, "always") == 0;
  app->view.color = terminal_color(app->options.color);
}

static void get_color(const struct app *app, struct buf *b)
{
  buf_puts(b, app->options.color < 0 ? "auto" : app->options.color ? "always" : "never");
}

static void set_ascii(struct app *app, const char *value)
{
  app->options.ascii = strcmp(value, "on") == 0;
  app->view.utf8 = !app->options.ascii && terminal_utf8();
}

static void get_ascii(const struct app *app, struct buf *b)
{
  buf_puts(b, app->options.ascii ? "on" : "off");
}

static void set_plain(struct app *app, const char *value) { app->view.plain = strcmp(value, "on") == 0; }
static void get_plain(const struct app *app, struct buf *b) { buf_puts(b, app->view.plain ? "on" : "off"); }

static void set_names(struct app *app, const char *value)
{
  for (size_t e = 0; e < END_COUNT; e++) {
    value += strspn(value, " \t");
    size_t len = strcspn(value, " \t");
    snprintf(app->names[e], sizeof app->names[e], "%.*s", (int)len, value);
    value += len;
  }
}

static void get_names(const struct app *app, struct buf *b)
{
  buf_printf(b, "%s %s", app->names[END_YOU], app->names[END_PEER]);
}

static const char *const explain_words[] = {
    [EXPLAIN_OFF] = "off", [EXPLAIN_SHORT] = "short", [EXPLAIN_FULL] = "full"};

static void set_explain(struct app *app, const char *value)
{
  for (size_t i = 0; i <= EXPLAIN_FULL; i++)
    if (strcmp(explain_words[i], value) == 0) app->view.explain = (enum view_explain)i;
}

static void get_explain(const struct app *app, struct buf *b)
{
  buf_puts(b, explain_words[app->view.explain]);
}

static void set_numbers(struct app *app, const char *value)
{
  app->view.relative = strcmp(value, "relative") == 0;
}
static void get_numbers(const struct app *app, struct buf *b)
{
  buf_puts(b, app->view.relative ? "relative" : "absolute");
}

static void set_keep_going(struct app *app, const char *value) { app->keep_going = strcmp(value, "on") == 0; }
static void get_keep_going(const struct app *app, struct buf *b)
{
  buf_puts(b, app->keep_going ? "on" : "off");
}

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

static void put_setting(struct app *app, const struct setting *s, struct buf *b)
{
  char value[VALUE_MAX] = "";
  const struct program_setting *own = program_setting(s->name);
  buf_printf(b, "%-12s ", s->name);
  if (own)
    own->get(app, b);
  else if (session_get(app->session, s->name, value, sizeof value))
    buf_puts(b, value);
  buf_putc(b, '\n');
}

static void show_settings(struct app *app, const char *key)
{
  const struct setting *s;
  struct buf b;
  heap_buf_init(&b);
  for (size_t i = 0; (s = setting_at(i)) != NULL; i++)
    if (!*key || strcmp(s->name, key) == 0) put_setting(app, s, &b);
  app_put(app, b.data, b.len);
  heap_buf_free(&b);
}

bool handle_set(struct app *app, const struct command_call *call, struct err *err)
{
  char value[VALUE_MAX];
  const struct program_setting *own = program_setting(call->key);
  if (call->show_only) {
    show_settings(app, call->key);
    return true;
  }
  if (call->value_len >= sizeof value) return err_set(err, ERR_LIMIT, "the value is too long");
  memcpy(value, call->value, call->value_len);
  value[call->value_len] = '\0';
  if (own) {
    own->set(app, value);
    return true;
  }
  if (session_set(app->session, call->key, value, err)) return true;
  err->at += (size_t)(call->value - call->script);
  if (err->len == 0) err->len = call->value_len;
  return false;
}

bool handle_help(struct app *app, const struct command_call *call, struct err *err)
{
  const char *topic = call->key[0] ? command_topic_find(call->key, strlen(call->key)) : NULL;
  struct buf b;
  bool done = true;
  heap_buf_init(&b);
  if (!call->key[0])
    command_help_overview(app->view.columns, &b);
  else
    done = command_help(call->key, strlen(call->key), app->view.columns, &b, err);
  if (topic && strcmp(topic, TOPIC_INTERVIEW) == 0) learn_questions(app, &b);
  if (done) app_put(app, b.data, b.len);
  heap_buf_free(&b);
  return done;
}

bool handle_history(struct app *app, const struct command_call *call, struct err *err)
{
  struct buf b;
  (void)call;
  (void)err;
  heap_buf_init(&b);
  history_print(&b);
  app_put(app, b.data ? b.data : "", b.len);
  heap_buf_free(&b);
  return true;
}

bool handle_quit(struct app *app, const struct command_call *call, struct err *err)
{
  (void)call;
  (void)err;
  app->quit = true;
  return true;
}
