/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/app.h"

#include "cli/save.h"
#include "cli/terminal.h"
#include "cli/wait_bar.h"
#include "cli/wires.h"
#include "engine/base/buf.h"
#include "engine/lab/lab.h"
#include "engine/trace/heap_buf.h"
#include "engine/view/json.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif

void app_init(struct app *app, const struct options *options)
{
  *app = (struct app){.options = *options, .view = view_default, .wake_fd = -1};
  app->view.columns = terminal_columns();
  app->view.utf8 = !options->ascii && terminal_utf8();
  app->view.color = terminal_color(options->color);
  for (size_t e = 0; e < END_COUNT; e++) {
    snprintf(app->names[e], sizeof app->names[e], "%s", view_default.name[e]);
    app->view.name[e] = app->names[e];
  }
}

static void on_records(void *ctx) { app_show_records(ctx); }

bool app_start(struct app *app, struct err *err)
{
  struct session_config config = {.on_records = on_records, .ctx = app, .wake_fd = app->wake_fd};
  app->printed = 0;
  if (wait_bar_possible(app)) config.on_wait = wait_bar_show;
  if (!wires_open(app, &config, err)) {
    app_stop(app);
    return false;
  }
  save_session_began(app);
  return true;
}

bool app_restart(struct app *app, struct err *err)
{
  app_stop(app);
  return app_start(app, err);
}

void app_stop(struct app *app)
{
  save_session_ends(app);
  session_free(app->session);
  app->session = NULL;
  app->printed = 0;
  lab_free(app->lab);
  app->lab = NULL;
}

/* Whether standard output took all of it. A reader who has left ends the program as SIGPIPE would, were it
 * not ignored. */
static bool output_written(int error)
{
  if (fflush(stdout) != 0 && error == 0) error = errno;
  if (error == 0 && !ferror(stdout)) return true;
  if (error == EPIPE) {
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
  }
  fprintf(stderr, "tcptutor: standard output: %s\n", strerror(error ? error : EIO));
  return false;
}

_Noreturn void app_exit(struct app *app, int status)
{
  if (app && !save_end(app) && status == EXIT_OK) status = EXIT_EXPECTATION;
  if (!output_written(app ? app->write_error : 0) && status == EXIT_OK) status = EXIT_EXPECTATION;
  fflush(stderr);
  if (app && app->lab) {
    lab_hasten_exit();
    app_stop(app);
  }
#ifdef SANITIZED
  exit(status); /* leaks are looked for at exit */
#else
  _exit(status);
#endif
}

static void write_text(struct app *app, FILE *to, const char *text, size_t len)
{
  if (len == 0) return;
  wait_bar_erase(app);
  if (app->emit) {
    app->emit(app, text, len);
    return;
  }
  if ((fwrite(text, 1, len, to) < len || fflush(to) != 0) && to == stdout && app->write_error == 0)
    app->write_error = errno;
}

void app_put(struct app *app, const char *text, size_t len)
{
  write_text(app, app->options.json ? stderr : stdout, text, len);
}

void app_put_record(struct app *app, const char *text, size_t len) { write_text(app, stdout, text, len); }

void app_printf(struct app *app, const char *format, ...)
{
  struct buf b;
  va_list args;
  heap_buf_init(&b);
  va_start(args, format);
  buf_vprintf(&b, format, args);
  va_end(args);
  app_put(app, b.data, b.len);
  heap_buf_free(&b);
}

void app_show_records(struct app *app)
{
  if (!app->session) return;
  struct trace *trace = session_trace(app->session);
  struct buf b;
  save_follow(app);
  heap_buf_init(&b);
  for (; app->printed < trace_count(trace); app->printed++) {
    if (app->quiet) continue;
    if (app->options.json)
      json_record(trace_at(trace, app->printed), &b);
    else
      view_record(trace, app->printed, &app->view, &b);
  }
  write_text(app, stdout, b.data, b.len);
  heap_buf_free(&b);
}

int app_status(const struct err *err)
{
  switch (err->code) {
  case ERR_NONE:
    return EXIT_OK;
  case ERR_MISMATCH:
  case ERR_MEMORY:
  case ERR_SYSTEM:
    return EXIT_EXPECTATION;
  case ERR_UNAVAILABLE:
    return EXIT_WIRE;
  default:
    return EXIT_USAGE;
  }
}
