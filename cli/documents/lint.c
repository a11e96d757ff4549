/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `tcptutor lint`: lessons proof-read for their authors, each finding at FILE:LINE:COLUMN. What a lesson
   claims is proved by running it on the model, where time costs nothing. */
#include "cli/app.h"
#include "cli/files/lesson_file.h"
#include "engine/base/err.h"
#include "engine/course/prove.h"
#include "engine/lesson/proofread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct lint {
  struct app *app;
  const struct lesson_text *file;
  unsigned found;
};

static void tell(struct lint *l, const struct err *err)
{
  l->found++;
  app_error(l->app, err, l->file->path, l->file->text, l->file->len);
}

/* PART stands in the file where LINE begins, or below. */
static void tell_part(void *ctx, unsigned line, const char *part, size_t part_len, struct err *err)
{
  struct lint *l = ctx;
  lesson_text_line(l->file, line, err);
  const char *at = part_len ? memmem(l->file->text + err->at, l->file->len - err->at, part, part_len) : NULL;
  if (at) {
    err->at = (size_t)(at - l->file->text);
    err->len = part_len;
  }
  tell(l, err);
}

static void tell_proof(struct prover *p, const struct proof *proof)
{
  if (!proof->ok) tell(p->ctx, proof->err);
}

/* False: not even the model is to be had. */
static bool prove(struct lint *l, struct err *err)
{
  static const struct world model = {.wire = ON_MODEL};
  struct desk *d = &l->app->desk;
  struct prover p = {.tell = tell_proof, .ctx = l, .proof_read = true};
  d->aside = &desk_nowhere;
  lesson_run_begin(&p.run, d, &model, l->file);
  bool done = lesson_prove(&p, l->file->lesson->block_count);
  lesson_run_end(&p.run);
  d->aside = NULL;
  *err = p.err;
  return done;
}

/* The original of DIRECTORY/LANG/ID.md is DIRECTORY/ID.md. NULL: PATH is no translation. */
static char *original_path(const char *path)
{
  const char *name = strrchr(path, '/'), *folder = name;
  while (folder && folder > path && folder[-1] != '/') folder--;
  size_t len = name ? (size_t)(name - folder) : 0;
  bool language = (len == 2 || len == 3 || (len == 5 && folder[2] == '_')) && folder[0] >= 'a' &&
                  folder[0] <= 'z' && folder[1] >= 'a' && folder[1] <= 'z';
  char *out = language ? malloc(strlen(path) + 1) : NULL;
  if (!out) return NULL;
  snprintf(out, strlen(path) + 1, "%.*s%s", (int)(folder - path), path, name + 1);
  if (access(out, F_OK) == 0) return out;
  free(out);
  return NULL;
}

static void compare_with_original(struct lint *l)
{
  struct lesson_text original;
  char *path = original_path(l->file->path);
  if (path && lesson_file_open(l->app, path, &original)) {
    proofread_translation(original.lesson, l->file->lesson, tell_part, l);
    lesson_text_close(&original);
  }
  free(path);
}

/* Where the lesson is named: the line of its comment. */
static void tell_at_name(struct lint *l, struct err *err)
{
  static const char comment[] = "<!-- lesson";
  tell_part(l, 1, comment, sizeof comment - 1, err);
}

static void check_name(struct lint *l, const struct lesson_text *all, size_t self)
{
  const struct lesson *lesson = l->file->lesson;
  struct err err;
  size_t id_len = strlen(lesson->id);
  err_clear(&err);
  /* What is given by its path need not be found by its id. */
  bool by_id = l->app->options.argument_count == 0;
  if (by_id &&
      (strncmp(l->file->name, lesson->id, id_len) != 0 || strcmp(l->file->name + id_len, ".md") != 0)) {
    err_set(&err, ERR_STATE, "%s is not found by its id unless its file is called %s.md", lesson->id,
            lesson->id);
    tell_at_name(l, &err);
  }
  for (size_t i = 0; i < self; i++) {
    if (strcmp(all[i].lesson->id, lesson->id) != 0 || strcmp(all[i].path, l->file->path) == 0) continue;
    char *a = original_path(all[i].path), *b = original_path(l->file->path);
    bool translated = (a && strcmp(a, l->file->path) == 0) || (b && strcmp(b, all[i].path) == 0) || (a && b);
    free(a);
    free(b);
    if (translated) continue;
    err_set(&err, ERR_STATE, "%s is called %s, too", all[i].path, lesson->id);
    tell_at_name(l, &err);
  }
}

/* Prerequisites are looked for among the lessons given and among all there are. */
static void check_after(struct lint *l, const struct lesson_text *given, size_t n,
                        const struct lesson_text *all, size_t count)
{
  for (const char *id = l->file->lesson->after; *id;) {
    size_t len = strcspn(id, " ");
    bool found = false;
    for (size_t i = 0; i < n + count && !found; i++) {
      const char *other = i < n ? given[i].lesson->id : all[i - n].lesson->id;
      found = strlen(other) == len && memcmp(other, id, len) == 0;
    }
    if (!found) {
      struct err err;
      err_clear(&err);
      err_set(&err, ERR_UNKNOWN, "after= names %.*s, and there is no such lesson", (int)len, id);
      tell_at_name(l, &err);
    }
    id += len + (id[len] == ' ');
  }
}

static int lint_files(struct app *app, const struct lesson_text *files, size_t count)
{
  struct lint l = {.app = app};
  size_t known = 0, wrong = 0;
  struct lesson_text *all = app->options.argument_count ? lesson_file_all(NULL, &known, &wrong) : NULL;
  int status = EXIT_OK;
  for (size_t i = 0; i < count && status == EXIT_OK; i++) {
    struct err err;
    err_clear(&err);
    l.file = &files[i];
    check_name(&l, files, i);
    check_after(&l, files, count, all, known);
    proofread(l.file->lesson, tell_part, &l);
    compare_with_original(&l);
    if (prove(&l, &err)) continue;
    app_error(app, &err, NULL, NULL, 0);
    status = app_status(&err);
  }
  lesson_text_close_all(all, known);
  return status != EXIT_OK ? status : l.found ? EXIT_EXPECTATION : EXIT_OK;
}

int lint_run(struct app *app)
{
  size_t count = 0;
  struct lesson_text *files = lesson_file_named(app, &count);
  if (!files) return EXIT_USAGE;
  int status = lint_files(app, files, count);
  lesson_text_close_all(files, count);
  return status;
}
