/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/course/desk.h"

#include "engine/base/buf.h"
#include "engine/trace/heap_buf.h"
#include "engine/view/json.h"

#include <stdarg.h>
#include <stdio.h>

static desk_command *const commands[COMMAND_COUNT] = {
#define DESK(name) desk_##name
#define HOST(name) NULL
#define X(id, name, alias, group, whose) [COMMAND_##id] = whose(name),
    COMMANDS(X)
#undef X
#undef DESK
#undef HOST
};

static void forget(void *ctx, const char *text, size_t len)
{
  (void)ctx;
  (void)text;
  (void)len;
}

const struct desk_aside desk_nowhere = {forget, NULL};

void desk_init(struct desk *d, const struct host *host, void *ctx)
{
  *d = (struct desk){.host = host, .ctx = ctx, .view = view_default, .lines = 24, .color = -1};
  for (size_t e = 0; e < END_COUNT; e++) {
    snprintf(d->names[e], sizeof d->names[e], "%s", view_default.name[e]);
    d->view.name[e] = d->names[e];
  }
  desk_dress(d);
}

void desk_dress(struct desk *d)
{
  d->view.utf8 = !d->ascii && d->shows_utf8;
  d->view.color = d->color < 0 ? d->shows_color : d->color > 0;
}

static void put(struct desk *d, const char *text, size_t len, bool record)
{
  if (len == 0) return;
  if (d->aside)
    d->aside->put(d->aside->ctx, text, len);
  else
    d->host->put(d->ctx, text, len, record);
}

void desk_put(struct desk *d, const char *text, size_t len) { put(d, text, len, false); }
void desk_vprintf(struct desk *d, const char *format, va_list args)
{
  struct buf b;
  heap_buf_init(&b);
  buf_vprintf(&b, format, args);
  desk_put(d, b.data, b.len);
  heap_buf_free(&b);
}

void desk_printf(struct desk *d, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  desk_vprintf(d, format, args);
  va_end(args);
}

void desk_put_record(struct desk *d, const char *text, size_t len) { put(d, text, len, true); }

void desk_error(struct desk *d, const struct err *err, const char *name, const char *text, size_t len)
{
  d->host->error(d->ctx, err, name, text, len);
}

void desk_show_records(struct desk *d)
{
  if (!d->session) return;
  struct trace *trace = session_trace(d->session);
  struct buf b;
  if (d->host->follow) d->host->follow(d->ctx);
  heap_buf_init(&b);
  for (; d->printed < trace_count(trace); d->printed++) {
    if (d->quiet) continue;
    if (d->json)
      json_record(trace_at(trace, d->printed), &b);
    else
      view_record(trace, d->printed, &d->view, &b);
  }
  put(d, b.data, b.len, true);
  heap_buf_free(&b);
}

bool desk_run(struct desk *d, const struct command_call *call, struct err *err)
{
  enum command_id id = call->command->id;
  err_clear(err);
  bool done = commands[id] ? commands[id](d, call, err)
              : d->host->command
                  ? d->host->command(d->ctx, call, err)
                  : err_set(err, ERR_UNAVAILABLE, "`%s` is not to be had here", call->command->name);
  desk_show_records(d);
  if (!done && err->len == 0 && err->at == 0) {
    err->at = call->at;
    err->len = call->len;
  }
  return done;
}
