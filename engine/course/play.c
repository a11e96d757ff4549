/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/course/play.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/course/run.h"
#include "engine/course/show.h"
#include "engine/course/text.h"
#include "engine/trace/heap_buf.h"

#include <stdlib.h>
#include <string.h>

#define LONG_WAIT (3 * USEC_S) /* real time that is spared */

/* Waits for its turn. */
struct piece {
  struct play_piece is;
  struct piece *next;
  char text[];
};

struct player {
  struct desk *desk;
  const struct lesson_text *file;
  struct lesson_run run;
  struct desk_aside aside; /* what commands show becomes pieces */
  bool ahead, spares;
  struct stepper stepper;
  struct lesson_step step; /* the one being done */
  bool waits;              /* it has begun, and goes on once all before it has been shown */
  struct play_place place; /* of what is run next */
  bool shows;              /* what is in line comes first */
  struct piece *first, **end;
  struct piece *shown;          /* handed out last */
  unsigned words;               /* put since the last hold */
  const struct block *previous; /* put last */
  bool typed;                   /* and it was a command */
  bool begins;                  /* not at the beginning */
  bool over, failed, told;
  struct err err; /* why it failed */
};

static void fail(struct player *p, const struct err *err)
{
  if (!p->failed && err) p->err = *err;
  p->over = p->failed = true;
}

static void put(struct player *p, enum play_kind kind, const char *text, size_t len)
{
  struct piece *piece = malloc(sizeof *piece + len);
  if (!piece) {
    struct err err;
    err_clear(&err);
    err_set(&err, ERR_MEMORY, "out of memory");
    fail(p, &err);
    return;
  }
  *piece = (struct piece){.is = {kind, piece->text, len, p->words, p->place, NULL}};
  if (len) memcpy(piece->text, text, len);
  p->words = kind == PLAY_HOLD ? 0 : p->words + lesson_show_words(text, len);
  *p->end = piece;
  p->end = &piece->next;
}

static void put_buf(struct player *p, enum play_kind kind, struct buf *text)
{
  if (text->len) put(p, kind, text->data, text->len);
  heap_buf_free(text);
}

static void hold(struct player *p)
{
  if (p->words) put(p, PLAY_HOLD, NULL, 0);
}

static void put_shown(void *ctx, const char *text, size_t len) { put(ctx, PLAY_PRINT, text, len); }

/* The session is at PLACE. */
static bool go_to(struct player *p, struct play_place place, struct err *err)
{
  if (lesson_run_is_slow(&p->run, place.block, place.at)) p->run.virtual = true;
  return lesson_run_to(&p->run, place.block, place.at, true, err);
}

static void say(struct player *p, const struct block *b)
{
  struct buf out;
  if (p->desk->json) return;
  heap_buf_init(&out);
  lesson_show_block(b, p->previous, session_env(p->desk->session), &p->desk->view, &out);
  if (b->kind == BLOCK_HEADING && p->previous) hold(p);
  p->previous = b;
  p->typed = false;
  put_buf(p, PLAY_PRINT, &out);
}

/* A line of the program's own, between the lesson's. */
static void remark(struct player *p, const char *text)
{
  struct buf out;
  if (p->desk->json) return;
  heap_buf_init(&out);
  if (p->previous) buf_putc(&out, '\n');
  lesson_show_paragraph("", text, NULL, &p->desk->view, &out);
  put_buf(p, PLAY_PRINT, &out);
  p->typed = false;
}

/* The prompt, and the command as a person would type it. */
static void type(struct player *p, const struct lesson_step *step)
{
  struct session *s = p->desk->session;
  struct buf prompt, typed;
  if (p->desk->json) return;
  hold(p);
  heap_buf_init(&prompt);
  heap_buf_init(&typed);
  if (p->previous && !p->typed) buf_putc(&prompt, '\n');
  size_t begin = prompt.len;
  view_prompt(session_trace(s), session_current(s), session_tcb(s), &p->desk->view, &prompt);
  buf_puts(&prompt, "> ");
  size_t columns = prompt.truncated ? 0 : view_width(prompt.data + begin, prompt.len - begin);
  lesson_show_typed(step->script->text + step->call.at, step->call.len, columns, &p->desk->view, &typed);
  put_buf(p, PLAY_PRINT, &prompt);
  put_buf(p, PLAY_TYPE, &typed);
  put(p, PLAY_PRINT, "\n", 1);
  p->previous = step->block;
  p->typed = true;
}

/* A step is posed, held, and then solved: a try by its commands, which come next. */
static void pose(struct player *p, const struct block *b)
{
  struct buf out;
  const struct lesson_quiz *q = b->quiz;
  if (p->desk->json) return;
  heap_buf_init(&out);
  if (p->previous) buf_putc(&out, '\n');
  if (q && q->option_count)
    lesson_show_quiz(q, &p->desk->view, &out);
  else
    buf_puts(&out, q ? "Which number?\n" : "Your turn.\n");
  put_buf(p, PLAY_PRINT, &out);
  hold(p);
  if (q) {
    heap_buf_init(&out);
    buf_putc(&out, '\n');
    lesson_show_answer(q, session_env(p->desk->session), &p->desk->view, &out);
    put_buf(p, PLAY_PRINT, &out);
  }
  p->previous = b;
  p->typed = false;
}

/* Real time is not sat through: the scene goes on with the model. */
static bool spare_wait(struct player *p, struct err *err)
{
  if (!p->spares || lesson_run_wait(&p->run, &p->step.call) <= LONG_WAIT) return true;
  remark(p, "What comes next takes real time. The other end is from here on the model, in virtual time, up "
            "to the next "
            "scene.");
  lesson_run_remember(&p->run);
  p->run.virtual = true;
  return go_to(p, p->place, err);
}

/* All that is in line is shown first; then the step goes on. */
static void wait_for_screen(struct player *p) { p->waits = p->shows = true; }

static void run(struct player *p)
{
  struct desk *d = p->desk;
  struct err err;
  d->quiet = p->step.act == ACT_RUN;
  if (!d->json)
    d->aside = &p->aside; /* with --json only the records are shown, and they go their usual way */
  bool ok = lesson_run_call(&p->run, &p->step, &err);
  d->aside = NULL;
  d->quiet = false;
  p->place.at = p->step.call.at + 1;
  if (!ok) fail(p, &err);
}

static void begin_command(struct player *p)
{
  struct err err;
  p->place = (struct play_place){(size_t)(p->step.block - p->file->lesson->block), p->step.call.at};
  if (!spare_wait(p, &err)) {
    fail(p, &err);
    return;
  }
  if (p->step.act == ACT_TYPE) type(p, &p->step);
  if (p->failed) return;
  if (lesson_run_wait(&p->run, &p->step.call) > 0)
    wait_for_screen(p);
  else
    run(p);
}

static void begin_scene(struct player *p)
{
  struct err err;
  if (!lesson_run_fresh(&p->run, &err)) fail(p, &err);
}

static void begin_step(struct player *p)
{
  const struct lesson_step *step = &p->step;
  stepper_next(&p->stepper, &p->step);
  if (step->act != ACT_RUN && step->act != ACT_TYPE && step->act != ACT_END)
    p->place = (struct play_place){(size_t)(step->block - p->file->lesson->block), 0};
  switch (step->act) {
  case ACT_SAY:
    say(p, step->block);
    break;
  case ACT_SCENE:
    wait_for_screen(p);
    break;
  case ACT_POSE:
    pose(p, step->block);
    break;
  case ACT_RUN:
  case ACT_TYPE:
    begin_command(p);
    break;
  case ACT_END:
    hold(p);
    p->over = true;
    break;
  }
}

static void begin_there(struct player *p)
{
  struct err err;
  p->begins = false;
  if (!go_to(p, p->place, &err)) fail(p, &err);
}

static void advance(struct player *p)
{
  if (p->begins) {
    begin_there(p);
  } else if (!p->waits) {
    begin_step(p);
  } else {
    p->waits = false;
    if (p->step.act == ACT_SCENE)
      begin_scene(p);
    else
      run(p);
  }
  if (!p->ahead || p->over) p->shows = true;
}

/* The next in line. */
static bool take(struct player *p, struct play_piece *piece)
{
  free(p->shown);
  p->shown = p->first;
  if (!p->first) {
    p->end = &p->first;
    p->shows = false;
    return false;
  }
  p->first = p->shown->next;
  if (!p->first) p->end = &p->first;
  *piece = p->shown->is;
  return true;
}

bool play_next(struct player *p, struct play_piece *piece)
{
  for (;;) {
    if (p->shows && take(p, piece)) return true;
    if (p->over && p->failed && !p->told) {
      p->told = true;
      *piece = (struct play_piece){.kind = PLAY_ERROR, .err = &p->err};
      return true;
    }
    if (p->over) return false;
    advance(p);
  }
}

struct player *play_new(struct course *course, const struct lesson_text *file, bool ahead, bool spares)
{
  struct player *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  *p =
      (struct player){.desk = course->desk, .file = file, .ahead = ahead, .spares = spares, .end = &p->first};
  p->aside = (struct desk_aside){put_shown, p};
  lesson_run_begin(&p->run, course->desk, &course->asked, file);
  return p;
}

void play_free(struct player *p)
{
  struct play_piece piece;
  if (!p) return;
  while (take(p, &piece)) continue;
  lesson_run_end(&p->run);
  free(p);
}

bool play_begin(struct player *p, struct err *err)
{
  const struct lesson *l = p->file->lesson;
  size_t from = p->file->step < l->block_count ? lesson_page(l, p->file->step) : 0;
  stepper_seek(&p->stepper, l, p->run.wire, from);
  p->place.block = from;
  p->begins = from > 0;
  return lesson_run_fresh(&p->run, err);
}

bool play_failed(const struct player *p) { return p->failed; }

static bool visit(struct player *p, struct play_place place, struct err *err)
{
  if (go_to(p, place, err)) return true;
  fail(p, NULL);
  p->told = true; /* by whoever asked */
  return false;
}

bool play_visit(struct player *p, struct play_place place, struct err *err)
{
  lesson_run_remember(&p->run);
  return visit(p, place, err);
}

bool play_return(struct player *p, struct err *err) { return visit(p, p->place, err); }

void play_tell(struct player *p, const struct err *err)
{
  const struct lesson_text *f = p->file;
  bool placed = err->len > 0;
  desk_error(p->desk, err, placed ? f->path : NULL, placed ? f->text : NULL, f->len);
}
