/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/app.h"

#include "cli/files/lesson_file.h"
#include "cli/files/notes.h"
#include "cli/files/save.h"
#include "cli/handlers/handlers.h"
#include "cli/prompt/terminal.h"
#include "cli/prompt/wait_bar.h"
#include "cli/wires.h"
#include "engine/base/buf.h"
#include "engine/course/learn.h"
#include "engine/lab/lab.h"

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

/* Records are about to be shown: what --save writes keeps up with them, and a wait's bar makes room. */
static void follow(void *ctx)
{
  struct app *app = ctx;
  if (app->desk.printed < trace_count(session_trace(app->desk.session))) wait_bar_erase(app);
  save_follow(app);
}

static void put_text(void *ctx, const char *text, size_t len, bool record);
static void put_error(void *ctx, const struct err *err, const char *name, const char *text, size_t len)
{
  app_error(ctx, err, name, text, len);
}

static bool run_own(void *ctx, const struct command_call *call, struct err *err)
{
  return handle_command(ctx, call, err);
}

static const bool (*walked(void *ctx))[STATE_COUNT]
{
  struct app *app = ctx;
  return learn_ways(&app->course);
}

/* Every run of a lesson begins anew: a fresh session on a fresh wire. */
static bool open_world(void *ctx, const struct world *world, struct err *err)
{
  app_stop(ctx);
  return app_start(ctx, world, err);
}

static uint64_t random_seed(void *ctx)
{
  (void)ctx;
  return wires_random_seed();
}

static bool open_lesson(void *ctx, const char *name, struct lesson_text *f)
{
  return lesson_file_open(ctx, name, f);
}

static struct lesson_text *all_lessons(void *ctx, bool tell, size_t *count)
{
  size_t wrong;
  return lesson_file_all(tell ? ctx : NULL, count, &wrong);
}

static const struct host host = {
    .put = put_text,
    .error = put_error,
    .follow = follow,
    .command = run_own,
    .walked = walked,
    .open = open_world,
    .seed = random_seed,
    .lesson = open_lesson,
    .lessons = all_lessons,
    .fetch = notes_fetch,
    .keep = notes_keep,
    .set_aside = notes_set_aside,
};

void app_init(struct app *app, const struct options *options)
{
  *app = (struct app){.options = *options, .wake_fd = -1};
  desk_init(&app->desk, &host, app);
  app->desk.json = options->json;
  app->desk.color = options->color;
  app->desk.ascii = options->ascii;
  app->desk.shows_color = terminal_color(-1);
  app->desk.shows_utf8 = terminal_utf8();
  app->desk.view.columns = terminal_columns();
  app->desk.view.kernel = lab_kernel();
  app->desk.lines = terminal_lines();
  desk_dress(&app->desk);
  app->course.desk = &app->desk;
  app->course.asked = (struct world){.wire = options->wire == WIRE_MODEL ? ON_MODEL : ON_ANY,
                                     .profile = options->profile,
                                     .have_seed = options->have_seed,
                                     .seed = options->seed};
}

static void on_records(void *ctx) { app_show_records(ctx); }

bool app_start(struct app *app, const struct world *world, struct err *err)
{
  struct session_config config = {.on_records = on_records, .ctx = app, .wake_fd = app->wake_fd};
  app->desk.printed = 0;
  if (wait_bar_possible(app)) config.on_wait = wait_bar_show;
  if (!wires_open(app, world, &config, err)) {
    app_stop(app);
    return false;
  }
  save_session_began(app);
  return true;
}

void app_stop(struct app *app)
{
  save_session_ends(app);
  session_free(app->desk.session);
  app->desk.session = NULL;
  app->desk.printed = 0;
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

static void put_text(void *ctx, const char *text, size_t len, bool record)
{
  struct app *app = ctx;
  FILE *to = app->options.json && !record ? stderr : stdout;
  wait_bar_erase(app);
  if (app->emit) {
    app->emit(app, text, len);
    return;
  }
  if ((fwrite(text, 1, len, to) < len || fflush(to) != 0) && to == stdout && app->write_error == 0)
    app->write_error = errno;
}

void app_put(struct app *app, const char *text, size_t len) { desk_put(&app->desk, text, len); }

void app_printf(struct app *app, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  desk_vprintf(&app->desk, format, args);
  va_end(args);
}

void app_show_records(struct app *app) { desk_show_records(&app->desk); }

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
