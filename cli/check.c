/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `tcptutor check`: lessons as tests, in TAP (testanything.org). One test a command of a play or of a
 * solution, one a setup. */
#include "cli/app.h"
#include "cli/lesson_file.h"

#include "engine/base/err.h"
#include "engine/lesson/stepper.h"
#include "engine/trace/heap_buf.h"

#include <stdlib.h>
#include <string.h>

struct check {
  struct app *app;
  const struct lesson_file *file;
  unsigned tests, failed;
  struct buf shown; /* what the program showed since the last test */
};

/* What the program would show is kept: it is told only of a test that fails. */
static void keep(struct app *app, const char *text, size_t len)
{
  struct check *c = app->emit_ctx;
  buf_put(&c->shown, text, len);
}

static void tell_lines(const char *text)
{
  while (*text) {
    size_t len = strcspn(text, "\n");
    printf("#   %.*s\n", (int)len, text);
    text += len + (text[len] == '\n');
  }
}

/* In TAP a # would begin a directive. */
static void put_description(struct buf *out, const char *text, size_t len)
{
  for (size_t i = 0, from = 0; i <= len; i++) {
    if (i < len && text[i] != '#' && text[i] != '\n') continue;
    buf_put_visible(out, text + from, i - from, false);
    if (i < len) buf_puts(out, text[i] == '#' ? "\\#" : " ");
    from = i + 1;
  }
}

/* "ok 3 - handshake.md:27 expect SYN,ACK". */
static void tell_test(struct check *c, bool ok, const struct lesson_step *step, const struct err *err)
{
  struct buf line;
  heap_buf_init(&line);
  buf_put_visible(&line, c->file->name, strlen(c->file->name), false);
  buf_printf(&line, ":%u ", step->line);
  if (step->act == ACT_RUN) buf_puts(&line, "setup: ");
  put_description(&line, step->script->text + step->call.at, step->call.len);
  printf("%sok %u - %s\n", ok ? "" : "not ", ++c->tests, line.truncated ? "" : line.data);
  heap_buf_free(&line);
  if (!ok) {
    c->failed++;
    tell_lines(err->message);
    tell_lines(err->hint);
    if (!c->shown.truncated && c->shown.len) tell_lines(c->shown.data);
  }
  fflush(stdout);
}

/* A try's solution is run; that it reaches the goals is not proved, and a test that does not test says so. */
static void tell_unproven(struct check *c, const struct lesson_step *step)
{
  struct buf line;
  heap_buf_init(&line);
  buf_put_visible(&line, c->file->name, strlen(c->file->name), false);
  if (!line.truncated)
    printf("ok %u - %s:%u try %s: goals # SKIP goals are not evaluated\n", ++c->tests, line.data, step->line,
           step->block->id);
  heap_buf_free(&line);
}

static bool perform(struct check *c, const struct lesson_step *step)
{
  struct err err;
  err_clear(&err);
  buf_reset(&c->shown);
  bool ok = run_command(c->app, &step->call, &err);
  app_show_records(c->app);
  tell_test(c, ok, step, &err);
  return ok;
}

/* After a failure the rest of the lesson has nothing to stand on: it is counted, not run. */
static void check_lesson(struct check *c)
{
  struct stepper stepper;
  struct lesson_step step;
  bool ok = true;
  unsigned left_out = 0;
  stepper_init(&stepper, c->file->lesson, ON_LAB);
  do {
    stepper_next(&stepper, &step);
    bool command = step.act == ACT_RUN || step.act == ACT_TYPE;
    if (command && ok)
      ok = perform(c, &step);
    else if (command)
      left_out++;
    else if (step.act == ACT_POSE && step.block->kind == BLOCK_TRY)
      tell_unproven(c, &step);
  } while (step.act != ACT_END);
  if (left_out) printf("# %s: %u more not run\n", c->file->lesson->id, left_out);
}

static int check_files(struct app *app, const struct lesson_file *files, size_t count)
{
  struct check c = {.app = app};
  const struct view_options view = app->view;
  struct err err;
  char names[END_COUNT][sizeof app->names[0]];
  memcpy(names, app->names, sizeof names);
  heap_buf_init(&c.shown);
  app->emit = keep;
  app->emit_ctx = &c;
  for (size_t i = 0; i < count; i++) {
    err_clear(&err);
    c.file = &files[i];
    app->view = view; /* what the last lesson set is over */
    memcpy(app->names, names, sizeof names);
    if (!(app->session ? app_restart(app, &err) : app_start(app, &err))) {
      app->emit = NULL;
      heap_buf_free(&c.shown);
      printf("Bail out! %s\n", err.message);
      app_error(app, &err, NULL, NULL, 0);
      return app_status(&err);
    }
    check_lesson(&c);
  }
  app->emit = NULL;
  heap_buf_free(&c.shown);
  printf("1..%u\n", c.tests);
  return c.failed ? EXIT_EXPECTATION : EXIT_OK;
}

/* The lessons named, or all there are. NULL: there is none, or one is wrong, and that has been shown. */
static struct lesson_file *open_files(struct app *app, size_t *count)
{
  size_t n = (size_t)app->options.argument_count, wrong = 0;
  struct lesson_file *files;
  if (n == 0) {
    files = lesson_file_all(app, count, &wrong);
    if (!files && !wrong) fputs("tcptutor: no lesson found; 'tcptutor check FILE' checks a file\n", stderr);
  } else {
    files = calloc(n, sizeof *files);
    *count = 0;
    for (size_t i = 0; files && i < n; i++) {
      if (lesson_file_open(app, app->options.argument[i], &files[*count]))
        ++*count;
      else
        wrong++;
    }
  }
  if (!wrong) return files;
  for (size_t i = 0; i < *count; i++) lesson_file_close(&files[i]);
  free(files);
  return NULL;
}

int check_run(struct app *app)
{
  size_t count = 0;
  struct lesson_file *files = open_files(app, &count);
  if (!files) return EXIT_USAGE;
  int status = check_files(app, files, count);
  for (size_t i = 0; i < count; i++) lesson_file_close(&files[i]);
  free(files);
  return status;
}
