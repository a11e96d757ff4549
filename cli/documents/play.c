/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `tcptutor play`: a lesson that types by itself, at a pace on a terminal, else all at once. Who wants the prompt
   gets it where the screen is. */
#include "engine/course/play.h"

#include "cli/app.h"
#include "cli/files/lesson_file.h"
#include "cli/prompt/pace.h"
#include "engine/course/learn.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

struct show {
  struct app *app;
  struct player *player;
  struct pace pace;
};

static void tell(struct show *s, const struct err *err)
{
  fflush(stdout);
  play_tell(s->player, err);
}

/* A live "what if" in the middle of the lesson. */
static void open_prompt(struct show *s, struct play_place place)
{
  struct err err;
  pace_suspend(&s->pace);
  bool done = play_visit(s->player, place, &err);
  if (done) {
    printf("The prompt is yours; `leave` goes back to the lesson.\n");
    repl_visit(s->app);
    done = play_return(s->player, &err);
    printf("\n");
  }
  if (!done) tell(s, &err);
  pace_resume(&s->pace);
}

static void show_piece(struct show *s, const struct play_piece *piece)
{
  if (piece->kind == PLAY_ERROR) {
    if (!s->app->paced || !pace_interrupted(&s->pace)) tell(s, piece->err);
  } else if (!s->app->paced) {
    fwrite(piece->text, 1, piece->len, stdout);
  } else if (piece->kind == PLAY_HOLD) {
    while (pace_hold(&s->pace, piece) == PACE_PROMPT) open_prompt(s, piece->place);
  } else {
    pace_show(&s->pace, piece);
  }
}

static bool begin(struct show *s, const struct lesson_text *file, struct err *err)
{
  struct app *app = s->app;
  s->player = play_new(&app->course, file, app->paced, app->options.have_speed);
  return s->player ? play_begin(s->player, err) : err_set(err, ERR_MEMORY, "out of memory");
}

/* A class at a projector is better served by the model than by nothing; what is piped is not. */
static bool begin_somewhere(struct show *s, const struct lesson_text *file, struct err *err)
{
  struct app *app = s->app;
  if (begin(s, file, err)) return true;
  if (!app->paced || err->code != ERR_UNAVAILABLE || app->options.wire != WIRE_DEFAULT) return false;
  app_error(app, err, NULL, NULL, 0);
  printf("Going on with the model instead, tcptutor's own machine.\n\n");
  app->course.asked.wire = ON_MODEL;
  play_free(s->player);
  return begin(s, file, err);
}

static int show(struct show *s, const struct lesson_text *file)
{
  struct play_piece piece;
  struct err err;
  err_clear(&err);
  if (!begin_somewhere(s, file, &err)) {
    app_error(s->app, &err, NULL, NULL, 0);
    return app_status(&err);
  }
  while (!s->pace.left && play_next(s->player, &piece)) show_piece(s, &piece);
  return play_failed(s->player) && !s->pace.interrupted ? EXIT_EXPECTATION : EXIT_OK;
}

static int play_file(struct app *app, const struct lesson_text *file)
{
  struct show s = {.app = app};
  app->paced = !app->options.json && app->options.speed > 0 && isatty(STDOUT_FILENO);
  if (app->paced) {
    pace_begin(&s.pace, app->options.speed);
    app->wake_fd = s.pace.wake_fd;
  }
  int status = show(&s, file);
  play_free(s.player);
  if (app->paced) pace_end(&s.pace);
  if (s.pace.interrupted) {
    /* Whoever started us sees that it was Ctrl-C. */
    putchar('\n');
    fflush(stdout);
    raise(SIGINT);
  }
  return status;
}

int play_run(struct app *app)
{
  struct lesson_text file;
  struct err err;
  err_clear(&err);
  if (app->options.argument_count == 0) {
    if (learn_list(&app->course, &err)) return EXIT_OK;
    app_error(app, &err, NULL, NULL, 0);
    return EXIT_USAGE;
  }
  if (app->options.argument_count > 1) {
    fputs("tcptutor: play takes one lesson\n", stderr);
    return EXIT_USAGE;
  }
  if (!lesson_file_open(app, app->options.argument[0], &file)) return EXIT_USAGE;
  int status = play_file(app, &file);
  lesson_text_close(&file);
  return status;
}
