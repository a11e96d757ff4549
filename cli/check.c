/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `tcptutor check`: lessons as tests, in TAP (testanything.org). One test a command and some a step: see
 * lesson_prove.h. */
#include "cli/answers.h"
#include "cli/app.h"
#include "cli/coverage.h"
#include "cli/lesson_file.h"
#include "cli/lesson_prove.h"

#include "engine/base/err.h"
#include "engine/trace/heap_buf.h"

#include <stdlib.h>
#include <string.h>

struct check {
  struct app *app;
  struct prover prover;
  unsigned tests, failed;
  struct buf shown; /* what the program showed since the last test */
  struct coverage coverage;
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
static void tell_proof(struct prover *p, const struct proof *proof)
{
  struct check *c = p->ctx;
  struct buf line;
  heap_buf_init(&line);
  buf_put_visible(&line, p->run.file->name, strlen(p->run.file->name), false);
  buf_printf(&line, ":%u ", proof->line);
  put_description(&line, proof->what, proof->what_len);
  if (proof->left_out) buf_printf(&line, " # SKIP %s", proof->left_out);
  printf("%sok %u - %s\n", proof->ok ? "" : "not ", ++c->tests, line.truncated ? "" : line.data);
  heap_buf_free(&line);
  if (!proof->ok) {
    c->failed++;
    tell_lines(proof->err->message);
    tell_lines(proof->err->hint);
    if (!c->shown.truncated && c->shown.len) tell_lines(c->shown.data);
  }
  buf_reset(&c->shown);
  fflush(stdout);
}

static void look_at(void *ctx, const struct trace *trace) { coverage_add(ctx, trace); }

static bool check_file(struct check *c, const struct lesson_file *file)
{
  struct prover *p = &c->prover;
  *p = (struct prover){.tell = tell_proof, .ctx = c, .skip_slow = c->app->options.skip_slow};
  lesson_run_begin(&p->run, c->app, file);
  p->run.over = look_at;
  p->run.ctx = &c->coverage;
  bool done = c->app->options.answers ? answers_prove(p) : lesson_prove(p, file->step);
  lesson_run_end(&p->run);
  if (done && p->left_out) printf("# %s: %u more not run\n", file->lesson->id, p->left_out);
  return done;
}

static int check_files(struct app *app, const struct lesson_file *files, size_t count)
{
  struct check c = {.app = app};
  int status = EXIT_OK;
  heap_buf_init(&c.shown);
  app->emit = keep;
  app->emit_ctx = &c;
  for (size_t i = 0; i < count && status == EXIT_OK; i++)
    if (!check_file(&c, &files[i])) {
      app->emit = NULL;
      printf("Bail out! %s\n", c.prover.err.message);
      app_error(app, &c.prover.err, NULL, NULL, 0);
      status = app_status(&c.prover.err);
    }
  app->emit = NULL;
  heap_buf_free(&c.shown);
  if (status != EXIT_OK) return status;
  if (app->options.coverage) coverage_tell(&c.coverage);
  printf("1..%u\n", c.tests);
  return c.failed ? EXIT_EXPECTATION : EXIT_OK;
}

int check_run(struct app *app)
{
  size_t count = 0;
  if (app->options.answers && app->options.argument_count != 1) {
    fputs("tcptutor: --answers is for one LESSON\n", stderr);
    return EXIT_USAGE;
  }
  struct lesson_file *files = lesson_file_named(app, &count);
  if (!files) return EXIT_USAGE;
  lesson_run_wire(app);
  int status = check_files(app, files, count);
  for (size_t i = 0; i < count; i++) lesson_file_close(&files[i]);
  free(files);
  return status;
}
