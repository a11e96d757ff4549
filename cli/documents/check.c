/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `tcptutor check`: lessons as tests, in TAP. */
#include "engine/course/check.h"

#include "cli/app.h"
#include "cli/files/file.h"
#include "cli/files/lesson_file.h"
#include "engine/trace/heap_buf.h"

#include <stdlib.h>

static int check(struct app *app, const struct check_options *options, const struct lesson_text *files,
                 size_t count)
{
  unsigned failed;
  struct err err;
  if (check_lessons(&app->course, options, files, count, &failed, &err))
    return failed ? EXIT_EXPECTATION : EXIT_OK;
  app_error(app, &err, NULL, NULL, 0);
  return app_status(&err);
}

static int check_files(struct app *app, const struct lesson_text *files, size_t count)
{
  struct check_options options = {.skip_slow = app->options.skip_slow, .coverage = app->options.coverage};
  struct buf answers;
  struct err err;
  if (!app->options.answers) return check(app, &options, files, count);
  heap_buf_init(&answers);
  err_clear(&err);
  int status = EXIT_OK;
  if (!file_read(app->options.answers, LESSON_SIZE_MAX, &answers, &err) ||
      (answers.len > LESSON_SIZE_MAX &&
       !err_set(&err, ERR_LIMIT, "answers have at most %zu octets", LESSON_SIZE_MAX))) {
    printf("Bail out! %s\n", err.message);
    app_error(app, &err, NULL, NULL, 0);
    status = app_status(&err);
  } else {
    options.answers = answers.data ? answers.data : "";
    options.answers_len = answers.len;
    status = check(app, &options, files, count);
  }
  heap_buf_free(&answers);
  return status;
}

int check_run(struct app *app)
{
  size_t count = 0;
  if (app->options.answers && app->options.argument_count != 1) {
    fputs("tcptutor: --answers is for one LESSON\n", stderr);
    return EXIT_USAGE;
  }
  struct lesson_text *files = lesson_file_named(app, &count);
  if (!files) return EXIT_USAGE;
  int status = check_files(app, files, count);
  lesson_text_close_all(files, count);
  return status;
}
