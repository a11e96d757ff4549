/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/course/learn_own.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_WAIT (3 * USEC_S) /* real time that a reader is asked about */
#define LINES_LEFT 3           /* of the screen, for the prompt */

void learn_say(struct learn *l, const char *mark, const char *text)
{
  struct buf out;
  heap_buf_init(&out);
  lesson_show_paragraph(mark, text, session_env(l->desk->session), &l->desk->view, &out);
  desk_put(l->desk, out.data ? out.data : "", out.len);
  heap_buf_free(&out);
}

bool learn_is_at_rest(const struct learn *l)
{
  return trace_count(session_trace(l->desk->session)) == l->mark;
}

void learn_rests(struct learn *l)
{
  desk_show_records(l->desk);
  lesson_run_remember(&l->run);
  l->mark = trace_count(session_trace(l->desk->session));
}

void learn_set_quiet(struct learn *l) { l->desk->quiet = l->state != LEARN_OVER && !l->touched; }

static void pause_at(struct learn *l, const struct lesson_step *step)
{
  l->held = *step;
  l->holding = true;
  l->state = LEARN_PAUSE;
  l->touched = false;
  l->moves++;
  learn_set_quiet(l);
  desk_put(l->desk, "\n", 1);
  l->previous = NULL;
}

void learn_place(const struct learn *l, size_t *block, size_t *at)
{
  const struct lesson *lesson = l->file.lesson;
  *at = 0;
  if (l->state == LEARN_TRY || l->state == LEARN_QUIZ) {
    *block = (size_t)(l->step - lesson->block);
  } else if (l->holding) {
    *block = l->held.block ? (size_t)(l->held.block - lesson->block) : lesson->block_count;
    if (l->held.act == ACT_TYPE || l->held.act == ACT_RUN) *at = l->held.call.at;
  } else {
    *block = l->stepper.block;
  }
}

static void show_error(struct learn *l, const struct err *err)
{
  bool placed = err->len > 0;
  desk_error(l->desk, err, placed ? l->file.path : NULL, placed ? l->file.text : NULL, l->file.len);
}

bool learn_restore(struct learn *l)
{
  struct err err;
  size_t block, at;
  learn_place(l, &block, &at);
  if (lesson_run_is_slow(&l->run, block, at)) {
    l->run.virtual = true;
    learn_say(
        l, "",
        "What came before took real time. So that it need not be sat through again, the other end is from "
        "here on the model, in virtual time, up to the next scene.");
  }
  bool done = lesson_run_to(&l->run, block, at, true, &err);
  if (!done) {
    /* The reader's own way may be what cannot be gone again. */
    lesson_run_forget_own(&l->run);
    done = lesson_run_to(&l->run, block, at, true, &err);
  }
  if (!done) show_error(l, &err);
  if (l->desk->session) learn_rests(l);
  return done;
}

/* The prompt and the command, as if typed. */
static void show_command(struct learn *l, const struct lesson_step *step)
{
  struct session *s = l->desk->session;
  struct buf out;
  heap_buf_init(&out);
  if (l->previous && l->previous->kind < BLOCK_SETUP) buf_putc(&out, '\n');
  size_t begin = out.len;
  view_prompt(session_trace(s), session_current(s), session_tcb(s), &l->desk->view, &out);
  buf_puts(&out, "> ");
  size_t columns = out.truncated ? 0 : view_width(out.data + begin, out.len - begin);
  lesson_show_typed(step->script->text + step->call.at, step->call.len, columns, &l->desk->view, &out);
  buf_putc(&out, '\n');
  desk_put(l->desk, out.data ? out.data : "", out.len);
  heap_buf_free(&out);
  l->previous = step->block;
  l->lines = 0;
}

bool learn_type(struct learn *l, const struct lesson_step *step)
{
  struct err err;
  show_command(l, step);
  l->desk->quiet = false;
  bool done = lesson_run_call(&l->run, step, &err);
  learn_rests(l);
  learn_set_quiet(l);
  if (!done) show_error(l, &err);
  return done;
}

/* A command of the lesson has failed: Enter tries it on a fresh connection. */
static void pause_after_failure(struct learn *l, const struct lesson_step *step)
{
  pause_at(l, step);
  l->retries = true;
  l->mark = SIZE_MAX;
  learn_say(l, "",
            "Here the lesson cannot go on as it was written. Enter tries once more, `skip` passes over it, "
            "`leave` leaves the lesson.");
}

static bool perform(struct learn *l, const struct lesson_step *step)
{
  struct err err;
  if (!learn_is_at_rest(l)) {
    /* The place is this command, not the next. */
    l->held = *step;
    l->holding = true;
    l->state = LEARN_PAUSE;
    bool done = learn_restore(l);
    l->holding = false;
    if (!done) {
      pause_after_failure(l, step);
      return false;
    }
  }
  if (step->act == ACT_TYPE) {
    if (learn_type(l, step)) return true;
  } else {
    l->desk->quiet = true;
    bool done = lesson_run_call(&l->run, step, &err);
    learn_rests(l);
    learn_set_quiet(l);
    if (done) return true;
    show_error(l, &err);
  }
  pause_after_failure(l, step);
  return false;
}

static bool begin_scene(struct learn *l, const struct lesson_step *step)
{
  struct err err;
  if (lesson_run_fresh(&l->run, &err)) {
    learn_rests(l);
    return true;
  }
  show_error(l, &err);
  pause_after_failure(l, step);
  return false;
}

static void offer_virtual_time(struct learn *l, usec_t time)
{
  char text[200], length[40];
  struct buf out;
  buf_init(&out, length, sizeof length);
  usec_print(&out, (time + USEC_S - 1) / USEC_S * USEC_S);
  snprintf(text, sizeof text,
           "What comes next takes %s of real time, at most. Enter waits, and Ctrl-C ends the waiting; `skip "
           "wait` goes "
           "on in virtual time.",
           length);
  desk_put(l->desk, "\n", 1);
  learn_say(l, "", text);
  l->waits = true;
}

static unsigned lines_in(const struct buf *text)
{
  unsigned n = 0;
  for (size_t i = 0; i < text->len; i++) n += text->data[i] == '\n';
  return n;
}

static void render(struct learn *l, const struct block *b, struct buf *out)
{
  heap_buf_init(out);
  lesson_show_block(b, l->previous, session_env(l->desk->session), &l->desk->view, out);
}

/* One idea a screen: a page ends before a heading, before what would not fit, and before something is done.
 */
static bool ends_page(struct learn *l, const struct lesson_step *step)
{
  struct buf text;
  if (l->lines == 0) return false;
  if (step->act == ACT_TYPE) return step->block->kind == BLOCK_PLAY;
  if (step->act != ACT_SAY) return false;
  if (step->block->kind == BLOCK_HEADING) return step->block->level <= 2;
  render(l, step->block, &text);
  size_t lines = l->lines + lines_in(&text);
  heap_buf_free(&text);
  return lines > l->desk->lines - LINES_LEFT;
}

static bool must_pause(struct learn *l, const struct lesson_step *step)
{
  usec_t time = step->act == ACT_TYPE ? lesson_run_wait(&l->run, &step->call) : 0;
  if (time > LONG_WAIT) {
    offer_virtual_time(l, time);
    return true;
  }
  return !l->hurries && ends_page(l, step);
}

static void say_block(struct learn *l, const struct block *b)
{
  struct buf text;
  render(l, b, &text);
  if (l->lines == 0) l->page = (size_t)(b - l->file.lesson->block);
  if (b->kind != BLOCK_HEADING) l->lines += lines_in(&text);
  l->previous = b;
  desk_put(l->desk, text.data ? text.data : "", text.len);
  heap_buf_free(&text);
}

static void finish(struct learn *l)
{
  char text[300], next[LESSON_ID_MAX + 1], title[128];
  const struct lesson *lesson = l->file.lesson;
  struct progress *p = learn_progress(l->course);
  unsigned steps = 0, solved = 0;
  for (size_t i = 0; i < lesson->block_count; i++) {
    if (!*lesson->block[i].id) continue;
    steps++;
    solved += progress_step(p, lesson->id, lesson->block[i].id) == STEP_SOLVED;
  }
  progress_set_finished(p, lesson->id);
  if (l->course->keeps) progress_save(l->desk, p);
  l->state = LEARN_OVER;
  l->moves++;
  learn_set_quiet(l);
  desk_put(l->desk, "\n", 1);
  snprintf(text, sizeof text, "This was the lesson \"%.100s\". You have solved %u of its %u steps.",
           lesson->title, solved, steps);
  learn_say(l, "", text);
  if (learn_next(l->course, lesson->id, next, title))
    snprintf(text, sizeof text,
             "Enter begins the next, \"%s\". `lesson` lists them all; the prompt is yours.", title);
  else
    snprintf(text, sizeof text, "`lesson` lists them all; the prompt is yours.");
  learn_say(l, "", text);
}

void learn_go_on(struct learn *l)
{
  l->state = LEARN_PAUSE;
  l->waits = l->retries = false;
  l->moves++;
  for (;;) {
    struct lesson_step step = l->held;
    bool paused = l->holding;
    l->holding = false;
    if (!paused) stepper_next(&l->stepper, &step);
    if (!paused && must_pause(l, &step)) {
      pause_at(l, &step);
      return;
    }
    if (paused) l->lines = 0;
    switch (step.act) {
    case ACT_SAY:
      say_block(l, step.block);
      break;
    case ACT_SCENE:
      if (!begin_scene(l, &step)) return;
      break;
    case ACT_RUN:
    case ACT_TYPE:
      if (!perform(l, &step)) return;
      break;
    case ACT_POSE:
      l->hurries = false;
      learn_pose(l, step.block);
      return;
    case ACT_END:
      finish(l);
      return;
    }
  }
}

void learn_pass_step(struct learn *l, enum step_fate fate)
{
  const char *id = l->step->id;
  struct progress *p = learn_progress(l->course);
  if (fate == STEP_SOLVED) progress_walk(p, session_trace(l->desk->session), l->run.start);
  progress_set_step(p, l->file.lesson->id, id, fate);
  if (l->course->keeps) progress_save(l->desk, p);
  l->lines = 0;
  learn_go_on(l);
}

/* What is done next begins a scene of its own, so that nothing before it need be replayed. */
static bool scene_begins_next(struct learn *l)
{
  struct stepper ahead = l->stepper;
  struct lesson_step step;
  do stepper_next(&ahead, &step);
  while (step.act == ACT_SAY);
  return step.act == ACT_SCENE || step.act == ACT_END;
}

void learn_go_to(struct learn *l, size_t block)
{
  struct err err;
  stepper_seek(&l->stepper, l->file.lesson, l->run.wire, block);
  l->holding = l->hurries = false;
  l->state = LEARN_PAUSE;
  l->touched = false;
  l->lines = 0;
  l->previous = NULL;
  learn_set_quiet(l);
  if (scene_begins_next(l)) {
    if (!lesson_run_fresh(&l->run, &err)) show_error(l, &err);
    if (l->desk->session) learn_rests(l);
  } else if (!learn_restore(l)) {
    return;
  }
  learn_go_on(l);
}

static struct learn *begin(struct course *c, struct lesson_text *file)
{
  struct learn *l = calloc(1, sizeof *l);
  if (!l) {
    lesson_text_close(file);
    return NULL;
  }
  l->course = c;
  l->desk = c->desk;
  l->file = *file;
  heap_buf_init(&l->log);
  lesson_run_begin(&l->run, c->desk, &c->asked, &l->file);
  l->moves = c->learn ? c->learn->moves + 2 : 2;
  learn_end(c);
  c->learn = l;
  return l;
}

/* The reader goes on where they were, unless they say where. */
static size_t place_to_begin(struct learn *l)
{
  const struct lesson *lesson = l->file.lesson;
  const char *place = progress_place(learn_progress(l->course), lesson->id);
  size_t step = l->file.step;
  if (step == lesson->block_count && *place) {
    step = lesson_step_find(lesson, place);
    if (step < lesson->block_count)
      learn_say(l, "", "You have been here before: the lesson goes on where you left it. `back` goes back.");
  }
  return step < lesson->block_count ? lesson_page(lesson, step) : 0;
}

bool learn_begin(struct course *c, const char *name)
{
  struct lesson_text file;
  char next[LESSON_ID_MAX + 1], title[128];
  if (!name && !learn_next(c, "", next, title)) {
    desk_printf(c->desk, "There is no lesson left to begin with; `lesson` lists them all.\n");
    return false;
  }
  if (!c->desk->host->lesson(c->desk->ctx, name ? name : next, &file)) return false;
  struct learn *l = begin(c, &file);
  if (!l) return false;
  learn_go_to(l, place_to_begin(l));
  return true;
}

void course_end(struct course *c)
{
  learn_end(c);
  progress_free(c->progress);
  c->progress = NULL;
}

void learn_end(struct course *c)
{
  struct learn *l = c->learn;
  if (!l) return;
  c->learn = NULL;
  c->desk->quiet = false;
  lesson_run_end(&l->run);
  lesson_text_close(&l->file);
  heap_buf_free(&l->log);
  free(l);
}

bool learn_prompt(struct course *c, struct buf *out)
{
  const struct learn *l = c->learn;
  if (!l || l->state == LEARN_TRY || l->state == LEARN_OVER) return false;
  if (l->touched && l->state == LEARN_PAUSE) {
    struct session *s = c->desk->session;
    view_prompt(session_trace(s), session_current(s), session_tcb(s), &c->desk->view, out);
    buf_puts(out, " (Enter goes on)> ");
  } else if (l->state == LEARN_QUIZ) {
    buf_puts(out, "your answer> ");
  } else {
    buf_puts(out, l->waits ? "Enter waits> " : l->retries ? "Enter tries again> " : "Enter goes on> ");
  }
  return true;
}

static bool is_blank(const char *line) { return line[strspn(line, " \t")] == '\0'; }

enum learn_wants learn_wants(const struct course *c, const struct block **step)
{
  const struct learn *l = c->learn;
  bool asks = l && (l->state == LEARN_TRY || l->state == LEARN_QUIZ);
  if (step) *step = asks ? l->step : NULL;
  return l ? l->state : LEARN_NONE;
}

static bool blank_line(struct learn *l)
{
  struct course *c = l->course;
  if (l->state == LEARN_OVER) return learn_begin(c, NULL), true;
  if (l->state != LEARN_PAUSE) return true;
  if (l->touched) {
    desk_put(c->desk, "\n", 1);
    l->touched = false;
    learn_set_quiet(l);
  }
  learn_go_on(l);
  return true;
}

bool learn_line(struct course *c, const char *line)
{
  struct learn *l = c->learn;
  if (!l) return false;
  l->line = l->moves;
  l->counts = true;
  if (is_blank(line)) return blank_line(l);
  if (l->state == LEARN_QUIZ && learn_answer(l, line)) return true;
  if (l->state == LEARN_TRY && !learn_by_hand(l, line)) return true;
  if (l->state == LEARN_PAUSE && learn_acts(line, false)) {
    l->touched = true;
    l->desk->quiet = false;
  }
  return false;
}

void learn_ran(struct course *c, const char *line, bool ran)
{
  struct learn *l = c->learn;
  if (!l || l->state != LEARN_TRY || (l->line != l->moves && !l->touched)) return;
  if (ran && l->counts && l->line == l->moves) {
    buf_puts(&l->log, line);
    buf_putc(&l->log, '\n');
  }
  learn_judge(l);
}

void learn_idle(struct course *c)
{
  struct learn *l = c->learn;
  if (l && l->state == LEARN_TRY && l->touched && trace_count(session_trace(c->desk->session)) != l->run.seen)
    learn_judge(l);
}
