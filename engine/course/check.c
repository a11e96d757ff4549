/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/course/check.h"

#include "engine/base/buf.h"
#include "engine/course/answers.h"
#include "engine/course/coverage.h"
#include "engine/course/prove.h"
#include "engine/course/text.h"
#include "engine/trace/heap_buf.h"

#include <string.h>

struct check {
  struct course *course;
  const struct check_options *options;
  struct prover prover;
  unsigned tests, failed;
  struct buf shown; /* what the program showed since the last test */
  struct coverage coverage;
};

/* What the program would show is kept: it is told only of a test that fails. */
static void keep(void *ctx, const char *text, size_t len)
{
  struct check *c = ctx;
  buf_put(&c->shown, text, len);
}

static void put_lines(struct buf *out, const char *text)
{
  while (*text) {
    size_t len = strcspn(text, "\n");
    buf_puts(out, "#   ");
    buf_put(out, text, len);
    buf_putc(out, '\n');
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

/* Puts the lines, past what is kept, and frees them. */
static void put_tap(struct check *c, struct buf *lines)
{
  const struct desk *d = c->course->desk;
  if (lines->len) d->host->put(d->ctx, lines->data, lines->len, true);
  heap_buf_free(lines);
}

/* "ok 3 - handshake.md:27 expect SYN,ACK". */
static void tell_proof(struct prover *p, const struct proof *proof)
{
  struct check *c = p->ctx;
  struct buf out;
  heap_buf_init(&out);
  buf_printf(&out, "%sok %u - ", proof->ok ? "" : "not ", ++c->tests);
  buf_put_visible(&out, p->run.file->name, strlen(p->run.file->name), false);
  buf_printf(&out, ":%u ", proof->line);
  put_description(&out, proof->what, proof->what_len);
  if (proof->left_out) buf_printf(&out, " # SKIP %s", proof->left_out);
  buf_putc(&out, '\n');
  if (!proof->ok) {
    c->failed++;
    put_lines(&out, proof->err->message);
    put_lines(&out, proof->err->hint);
    if (!c->shown.truncated && c->shown.len) put_lines(&out, c->shown.data);
  }
  buf_reset(&c->shown);
  put_tap(c, &out);
}

static void look_at(void *ctx, const struct trace *trace) { coverage_add(ctx, trace); }

static bool check_lesson(struct check *c, const struct lesson_text *file)
{
  struct prover *p = &c->prover;
  const struct check_options *o = c->options;
  *p = (struct prover){.tell = tell_proof, .ctx = c, .skip_slow = o->skip_slow};
  lesson_run_begin(&p->run, c->course->desk, &c->course->asked, file);
  p->run.over = look_at;
  p->run.ctx = &c->coverage;
  bool done = o->answers ? answers_prove(p, o->answers, o->answers_len) : lesson_prove(p, file->step);
  lesson_run_end(&p->run);
  struct buf out;
  heap_buf_init(&out);
  if (done && p->left_out) buf_printf(&out, "# %s: %u more not run\n", file->lesson->id, p->left_out);
  if (!done) buf_printf(&out, "Bail out! %s\n", p->err.message);
  put_tap(c, &out);
  return done;
}

bool check_lessons(struct course *course, const struct check_options *options,
                   const struct lesson_text *files, size_t count, unsigned *failed, struct err *err)
{
  struct check c = {.course = course, .options = options};
  const struct desk_aside aside = {keep, &c};
  struct buf out;
  bool done = true;
  heap_buf_init(&c.shown);
  course->desk->aside = &aside;
  for (size_t i = 0; i < count && done; i++) done = check_lesson(&c, &files[i]);
  course->desk->aside = NULL;
  heap_buf_free(&c.shown);
  *failed = c.failed;
  if (!done) {
    *err = c.prover.err;
    return false;
  }
  heap_buf_init(&out);
  if (options->coverage) coverage_tell(&c.coverage, &out);
  buf_printf(&out, "1..%u\n", c.tests);
  put_tap(&c, &out);
  return true;
}
