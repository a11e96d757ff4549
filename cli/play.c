/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `tcptutor play`: a lesson that types by itself.

   On a terminal the commands run ahead of what is shown, and what they led to is shown when its turn comes:
   the kernel's timers would not wait for a reader (a SYN,ACK is repeated after one second), and what such a
   repeat adds to the story is not in the lesson. Only before a command that waits by itself the screen
   catches up. Elsewhere there is no pace and nothing to catch up with. */
#include "cli/app.h"
#include "cli/lesson_file.h"
#include "cli/lesson_pace.h"
#include "cli/lesson_run.h"
#include "cli/lesson_show.h"

#include "engine/base/err.h"
#include "engine/lesson/stepper.h"
#include "engine/trace/heap_buf.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Something to show, when its turn comes. */
struct piece {
  enum piece_kind { PIECE_PRINT, PIECE_TYPE, PIECE_HOLD } kind;
  unsigned words; /* HOLD: to be read meanwhile */
  size_t len;
  struct piece *next;
  char text[];
};

struct player {
  struct app *app;
  const struct lesson_file *file;
  struct pace pace;
  bool paced, out_of_memory;
  struct piece *first, **end;   /* shown from the front */
  unsigned words;               /* put since the last hold */
  const struct block *previous; /* shown last */
  bool typed;                   /* and it was a command */
};

static void show(struct player *p, const struct piece *piece)
{
  if (!p->paced)
    fwrite(piece->text, 1, piece->len, stdout);
  else if (p->pace.left)
    return;
  else if (piece->kind == PIECE_TYPE)
    pace_type(&p->pace, piece->text, piece->len);
  else if (piece->kind == PIECE_PRINT)
    pace_print(&p->pace, piece->text, piece->len);
  else
    pace_hold(&p->pace, piece->words);
}

/* Shows what is waiting. */
static void catch_up(struct player *p)
{
  while (p->first) {
    struct piece *piece = p->first;
    p->first = piece->next;
    show(p, piece);
    free(piece);
  }
  p->end = &p->first;
}

static void put(struct player *p, enum piece_kind kind, const char *text, size_t len)
{
  struct piece *piece = malloc(sizeof *piece + len);
  if (!piece) {
    p->out_of_memory = true;
    return;
  }
  *piece = (struct piece){.kind = kind, .words = p->words, .len = len};
  if (len) memcpy(piece->text, text, len);
  p->words = kind == PIECE_HOLD ? 0 : p->words + lesson_show_words(text, len);
  *p->end = piece;
  p->end = &piece->next;
  if (!p->paced) catch_up(p);
}

static void put_buf(struct player *p, enum piece_kind kind, struct buf *text)
{
  if (text->truncated)
    p->out_of_memory = true;
  else if (text->len)
    put(p, kind, text->data, text->len);
  heap_buf_free(text);
}

static void hold(struct player *p)
{
  if (p->words) put(p, PIECE_HOLD, NULL, 0);
}

static void emit(struct app *app, const char *text, size_t len)
{
  if (len) put(app->emit_ctx, PIECE_PRINT, text, len);
}

static void say(struct player *p, const struct block *b)
{
  struct buf out;
  if (p->app->options.json) return;
  heap_buf_init(&out);
  lesson_show_block(b, p->previous, session_env(p->app->session), &p->app->view, &out);
  if (b->kind == BLOCK_HEADING && p->previous) hold(p);
  p->previous = b;
  p->typed = false;
  put_buf(p, PIECE_PRINT, &out);
}

/* The prompt, and the command as a person would type it. */
static void type(struct player *p, const struct lesson_step *step)
{
  struct session *s = p->app->session;
  struct buf prompt, typed;
  if (p->app->options.json) return;
  hold(p);
  heap_buf_init(&prompt);
  heap_buf_init(&typed);
  if (p->previous && !p->typed) buf_putc(&prompt, '\n');
  size_t begin = prompt.len;
  view_prompt(session_trace(s), session_current(s), session_tcb(s), &p->app->view, &prompt);
  buf_puts(&prompt, "> ");
  size_t columns = prompt.truncated ? 0 : view_width(prompt.data + begin, prompt.len - begin);
  lesson_show_typed(step->script->text + step->call.at, step->call.len, columns, &p->app->view, &typed);
  put_buf(p, PIECE_PRINT, &prompt);
  put_buf(p, PIECE_TYPE, &typed);
  put(p, PIECE_PRINT, "\n", 1);
  p->previous = step->block;
  p->typed = true;
}

/* A quiz is posed and then answered; a try is posed by the prose before it. */
static void pose(struct player *p, const struct block *b)
{
  struct buf out;
  const struct lesson_quiz *q = b->quiz;
  if (p->app->options.json) return;
  if (q) {
    heap_buf_init(&out);
    if (p->previous) buf_putc(&out, '\n');
    lesson_show_quiz(q, &p->app->view, &out);
    put_buf(p, PIECE_PRINT, &out);
  }
  hold(p);
  if (q) {
    heap_buf_init(&out);
    if (q->option_count) buf_putc(&out, '\n');
    lesson_show_answer(q, session_env(p->app->session), &p->app->view, &out);
    put_buf(p, PIECE_PRINT, &out);
  }
  p->previous = b;
  p->typed = false;
}

static bool takes_time(const struct command_call *call)
{
  return call->command->id == COMMAND_WAIT || (call->command->id == COMMAND_EXPECT && call->duration > 0);
}

/* Runs a command of the lesson. False: it failed, and that has been shown. */
static bool perform(struct player *p, const struct lesson_step *step)
{
  struct app *app = p->app;
  struct err err;
  err_clear(&err);
  if (step->act == ACT_TYPE) type(p, step);
  if (takes_time(&step->call)) catch_up(p);
  if (p->paced && p->pace.left) return true;
  app->quiet = step->act == ACT_RUN;
  bool ok = run_command(app, &step->call, &err);
  app_show_records(app);
  app->quiet = false;
  if (ok || (p->paced && pace_interrupted(&p->pace))) return true;
  catch_up(p);
  fflush(stdout);
  lesson_file_place(p->file, step->script, &step->call, &err);
  app_error(app, &err, p->file->path, p->file->text, p->file->len);
  return false;
}

static bool begin_scene(struct player *p)
{
  struct err err;
  catch_up(p);
  if (app_restart(p->app, &err)) return true;
  app_error(p->app, &err, NULL, NULL, 0);
  return false;
}

static int play(struct player *p)
{
  struct stepper stepper;
  struct lesson_step step;
  bool ok = true;
  stepper_init(&stepper, p->file->lesson, p->app->options.wire == WIRE_MODEL ? ON_MODEL : ON_LAB);
  do {
    stepper_next(&stepper, &step);
    if (step.act == ACT_SAY)
      say(p, step.block);
    else if (step.act == ACT_SCENE)
      ok = begin_scene(p);
    else if (step.act == ACT_POSE)
      pose(p, step.block);
    else if (step.act != ACT_END)
      ok = perform(p, &step);
  } while (ok && step.act != ACT_END && !p->out_of_memory && !(p->paced && p->pace.left));
  catch_up(p);
  if (p->out_of_memory) {
    struct err err;
    err_clear(&err);
    err_set(&err, ERR_MEMORY, "out of memory");
    app_error(p->app, &err, NULL, NULL, 0);
  }
  return ok && !p->out_of_memory ? EXIT_OK : EXIT_EXPECTATION;
}

static int play_file(struct app *app, const struct lesson_file *file)
{
  struct err err;
  struct player player = {.app = app, .file = file, .end = &player.first};
  int status = EXIT_OK;
  err_clear(&err);
  player.paced = !app->options.json && app->options.speed > 0 && isatty(STDOUT_FILENO);
  if (player.paced) {
    pace_begin(&player.pace, app->options.speed);
    app->wake_fd = player.pace.wake_fd;
  }
  bool started = app_start(app, &err);
  if (started) {
    /* With --json only the records are shown, and they go their usual way. */
    app->emit = app->options.json ? NULL : emit;
    app->emit_ctx = &player;
    status = play(&player);
    app->emit = NULL;
  }
  if (player.paced) pace_end(&player.pace);
  if (!started) {
    app_error(app, &err, NULL, NULL, 0);
    return app_status(&err);
  }
  if (player.pace.interrupted) {
    /* Whoever started us sees that it was Ctrl-C. */
    putchar('\n');
    fflush(stdout);
    raise(SIGINT);
  }
  return status;
}

static int list(struct app *app)
{
  size_t count, wrong;
  struct lesson_file *all = lesson_file_all(app, &count, &wrong);
  for (size_t i = 0; i < count; i++) {
    struct buf line;
    heap_buf_init(&line);
    buf_printf(&line, "%-16s", all[i].lesson->id);
    buf_put_visible(&line, all[i].lesson->title, strlen(all[i].lesson->title), false);
    if (all[i].lesson->minutes) buf_printf(&line, " (%u min)", all[i].lesson->minutes);
    buf_putc(&line, '\n');
    app_put(app, line.data, line.len);
    heap_buf_free(&line);
    lesson_file_close(&all[i]);
  }
  free(all);
  if (count == 0) fputs("tcptutor: no lesson found; 'tcptutor play FILE' plays a file\n", stderr);
  return count == 0 || wrong ? EXIT_USAGE : EXIT_OK;
}

int play_run(struct app *app)
{
  struct lesson_file file;
  if (app->options.argument_count == 0) return list(app);
  if (app->options.argument_count > 1) {
    fputs("tcptutor: play takes one lesson\n", stderr);
    return EXIT_USAGE;
  }
  if (!lesson_file_open(app, app->options.argument[0], &file)) return EXIT_USAGE;
  lesson_run_wire(app);
  int status = play_file(app, &file);
  lesson_file_close(&file);
  return status;
}
