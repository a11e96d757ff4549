/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `tcptutor play`: a lesson that types by itself.

   On a terminal the commands run ahead of what is shown, and what they led to is shown when its turn comes:
   the kernel's timers would not wait for a reader (a SYN,ACK is repeated after one second), and what such a
   repeat adds to the story is not in the lesson. Only before a command that waits by itself the screen
   catches up. Elsewhere there is no pace and nothing to catch up with.

   Who wants the prompt gets it where the screen is: on a session in which the scene has been replayed up to
   there. Back from it, the scene is replayed up to where the commands had got. */
#include "cli/app.h"
#include "cli/learn.h"
#include "cli/lesson_file.h"
#include "cli/lesson_pace.h"
#include "cli/lesson_run.h"
#include "cli/lesson_show.h"

#include "engine/base/err.h"
#include "engine/trace/heap_buf.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LONG_WAIT (3 * USEC_S) /* real time that a chosen speed does not sit through */

/* A place in the lesson: all before octet AT of the script of BLOCK has been run. */
struct place {
  size_t block, at;
};

/* Something to show, when its turn comes. */
struct piece {
  enum piece_kind { PIECE_PRINT, PIECE_TYPE, PIECE_HOLD } kind;
  unsigned words;     /* HOLD: to be read meanwhile */
  struct place place; /* HOLD: where the lesson is */
  size_t len;
  struct piece *next;
  char text[];
};

struct player {
  struct app *app;
  const struct lesson_file *file;
  struct lesson_run run;
  struct pace pace;
  bool paced, out_of_memory;
  struct piece *first, **end;   /* shown from the front */
  unsigned words;               /* put since the last hold */
  const struct block *previous; /* shown last */
  bool typed;                   /* and it was a command */
  struct place place;           /* of what is run next */
};

static void emit(struct app *app, const char *text, size_t len);

static void show_error(struct player *p, const struct err *err)
{
  bool placed = err->len > 0;
  fflush(stdout);
  app_error(p->app, err, placed ? p->file->path : NULL, placed ? p->file->text : NULL, p->file->len);
}

/* The session is at PLACE; false: it cannot be had, and that has been said. */
static bool replay(struct player *p, struct place place)
{
  struct err err;
  if (lesson_run_is_slow(&p->run, place.block, place.at)) p->run.virtual = true;
  if (lesson_run_to(&p->run, place.block, place.at, true, &err)) return true;
  show_error(p, &err);
  p->pace.left = true;
  return false;
}

/* A live "what if" in the middle of the lesson. */
static void open_prompt(struct player *p, struct place place)
{
  struct app *app = p->app;
  lesson_run_remember(&p->run);
  pace_suspend(&p->pace);
  app->emit = NULL;
  if (replay(p, place)) {
    printf("The prompt is yours; `leave` goes back to the lesson.\n");
    repl_visit(app);
    replay(p, p->place);
    printf("\n");
  }
  app->emit = emit;
  pace_resume(&p->pace);
}

static void show(struct player *p, const struct piece *piece)
{
  if (!p->paced) {
    fwrite(piece->text, 1, piece->len, stdout);
  } else if (p->pace.left) {
    return;
  } else if (piece->kind == PIECE_TYPE) {
    pace_type(&p->pace, piece->text, piece->len);
  } else if (piece->kind == PIECE_PRINT) {
    pace_print(&p->pace, piece->text, piece->len);
  } else {
    while (pace_hold(&p->pace, piece->words) == PACE_PROMPT) open_prompt(p, piece->place);
  }
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
  *piece = (struct piece){.kind = kind, .words = p->words, .place = p->place, .len = len};
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
  lesson_show_block(b, p->previous, session_env(p->app->desk.session), &p->app->desk.view, &out);
  if (b->kind == BLOCK_HEADING && p->previous) hold(p);
  p->previous = b;
  p->typed = false;
  put_buf(p, PIECE_PRINT, &out);
}

/* A line of the program's own, between the lesson's. */
static void remark(struct player *p, const char *text)
{
  struct buf out;
  if (p->app->options.json) return;
  heap_buf_init(&out);
  if (p->previous) buf_putc(&out, '\n');
  lesson_show_paragraph("", text, NULL, &p->app->desk.view, &out);
  put_buf(p, PIECE_PRINT, &out);
  p->typed = false;
}

/* The prompt, and the command as a person would type it. */
static void type(struct player *p, const struct lesson_step *step)
{
  struct session *s = p->app->desk.session;
  struct buf prompt, typed;
  if (p->app->options.json) return;
  hold(p);
  heap_buf_init(&prompt);
  heap_buf_init(&typed);
  if (p->previous && !p->typed) buf_putc(&prompt, '\n');
  size_t begin = prompt.len;
  view_prompt(session_trace(s), session_current(s), session_tcb(s), &p->app->desk.view, &prompt);
  buf_puts(&prompt, "> ");
  size_t columns = prompt.truncated ? 0 : view_width(prompt.data + begin, prompt.len - begin);
  lesson_show_typed(step->script->text + step->call.at, step->call.len, columns, &p->app->desk.view, &typed);
  put_buf(p, PIECE_PRINT, &prompt);
  put_buf(p, PIECE_TYPE, &typed);
  put(p, PIECE_PRINT, "\n", 1);
  p->previous = step->block;
  p->typed = true;
}

/* A step is posed, held, and then solved: a try by its commands, which come next. */
static void pose(struct player *p, const struct block *b)
{
  struct buf out;
  const struct lesson_quiz *q = b->quiz;
  if (p->app->options.json) return;
  heap_buf_init(&out);
  if (p->previous) buf_putc(&out, '\n');
  if (q && q->option_count)
    lesson_show_quiz(q, &p->app->desk.view, &out);
  else
    buf_puts(&out, q ? "Which number?\n" : "Your turn.\n");
  put_buf(p, PIECE_PRINT, &out);
  hold(p);
  if (q) {
    heap_buf_init(&out);
    buf_putc(&out, '\n');
    lesson_show_answer(q, session_env(p->app->desk.session), &p->app->desk.view, &out);
    put_buf(p, PIECE_PRINT, &out);
  }
  p->previous = b;
  p->typed = false;
}

/* Real time is not sat through at a speed somebody chose: the scene goes on with the model. */
static bool skip_wait(struct player *p, const struct lesson_step *step)
{
  if (!p->app->options.have_speed || lesson_run_wait(&p->run, &step->call) <= LONG_WAIT) return true;
  remark(p, "What comes next takes real time. The other end is from here on the model, in virtual time, up "
            "to the next "
            "scene.");
  lesson_run_remember(&p->run);
  p->run.virtual = true;
  return replay(p, p->place);
}

/* Runs a command of the lesson. False: it failed, and that has been shown. */
static bool perform(struct player *p, const struct lesson_step *step)
{
  struct app *app = p->app;
  struct err err;
  err_clear(&err);
  p->place = (struct place){(size_t)(step->block - p->file->lesson->block), step->call.at};
  if (!skip_wait(p, step)) return false;
  if (step->act == ACT_TYPE) type(p, step);
  if (lesson_run_wait(&p->run, &step->call) > 0) catch_up(p);
  if (p->paced && p->pace.left) return true;
  app->desk.quiet = step->act == ACT_RUN;
  bool ok = lesson_run_call(&p->run, step, &err);
  app_show_records(app);
  app->desk.quiet = false;
  p->place.at = step->call.at + 1;
  if (ok || (p->paced && pace_interrupted(&p->pace))) return true;
  catch_up(p);
  show_error(p, &err);
  return false;
}

static bool begin_scene(struct player *p)
{
  struct err err;
  catch_up(p);
  if (p->paced && p->pace.left) return true;
  if (lesson_run_fresh(&p->run, &err)) return true;
  show_error(p, &err);
  return false;
}

static bool act(struct player *p, const struct lesson_step *step)
{
  if (step->act != ACT_RUN && step->act != ACT_TYPE && step->act != ACT_END)
    p->place = (struct place){(size_t)(step->block - p->file->lesson->block), 0};
  switch (step->act) {
  case ACT_SAY:
    say(p, step->block);
    return true;
  case ACT_SCENE:
    return begin_scene(p);
  case ACT_POSE:
    pose(p, step->block);
    return true;
  case ACT_RUN:
  case ACT_TYPE:
    return perform(p, step);
  case ACT_END:
    break;
  }
  return true;
}

static int play(struct player *p)
{
  struct stepper stepper;
  struct lesson_step step;
  bool ok = true;
  size_t from =
      p->file->step < p->file->lesson->block_count ? lesson_page(p->file->lesson, p->file->step) : 0;
  stepper_seek(&stepper, p->file->lesson, p->run.wire, from);
  if (from && !replay(p, (struct place){from, 0})) return EXIT_EXPECTATION;
  do {
    stepper_next(&stepper, &step);
    ok = act(p, &step);
  } while (ok && step.act != ACT_END && !p->out_of_memory && !(p->paced && p->pace.left));
  if (step.act == ACT_END && p->paced) hold(p);
  catch_up(p);
  if (p->out_of_memory) {
    struct err err;
    err_clear(&err);
    err_set(&err, ERR_MEMORY, "out of memory");
    app_error(p->app, &err, NULL, NULL, 0);
  }
  return ok && !p->out_of_memory ? EXIT_OK : EXIT_EXPECTATION;
}

/* A class at a projector is better served by the model than by nothing; what is piped is not. */
static bool begin_session(struct player *p, struct err *err)
{
  struct app *app = p->app;
  if (lesson_run_fresh(&p->run, err)) return true;
  if (!p->paced || err->code != ERR_UNAVAILABLE || app->options.wire != WIRE_DEFAULT) return false;
  app_error(app, err, NULL, NULL, 0);
  printf("Going on with the model instead, tcptutor's own machine.\n\n");
  app->options.wire = WIRE_MODEL;
  lesson_run_wire(app);
  lesson_run_end(&p->run);
  lesson_run_begin(&p->run, app, p->file);
  return lesson_run_fresh(&p->run, err);
}

static int play_file(struct app *app, const struct lesson_file *file)
{
  struct err err;
  struct player player = {.app = app, .file = file, .end = &player.first};
  int status = EXIT_OK;
  err_clear(&err);
  app->paced = player.paced = !app->options.json && app->options.speed > 0 && isatty(STDOUT_FILENO);
  if (player.paced) {
    pace_begin(&player.pace, app->options.speed);
    app->wake_fd = player.pace.wake_fd;
  }
  lesson_run_begin(&player.run, app, file);
  bool started = begin_session(&player, &err);
  if (started) {
    /* With --json only the records are shown, and they go their usual way. */
    app->emit = app->options.json ? NULL : emit;
    app->emit_ctx = &player;
    status = play(&player);
    app->emit = NULL;
  }
  lesson_run_end(&player.run);
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

int play_run(struct app *app)
{
  struct lesson_file file;
  struct err err;
  err_clear(&err);
  if (app->options.argument_count == 0) {
    if (learn_list(app, &err)) return EXIT_OK;
    app_error(app, &err, NULL, NULL, 0);
    return EXIT_USAGE;
  }
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
