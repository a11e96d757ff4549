/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands about a lesson that is being taken: skip, back, again, leave. */
#include "engine/course/learn_own.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"

#include <stdio.h>

static struct learn *taken(struct course *c, struct err *err)
{
  if (c->learn) return c->learn;
  err_set(err, ERR_STATE, "no lesson is being taken");
  err_hint(err, "`lesson` lists them, `lesson ID` begins one");
  return NULL;
}

bool learn_skip(struct course *c, struct err *err)
{
  struct learn *l = taken(c, err);
  if (!l) return false;
  if (l->state == LEARN_OVER) return err_set(err, ERR_STATE, "the lesson is over");
  if (l->state == LEARN_PAUSE) {
    /* What cannot be run is passed over with its block. */
    if (l->retries) {
      l->holding = false;
      stepper_skip(&l->stepper);
    }
    l->hurries = true;
    l->touched = false;
    learn_go_on(l);
    return true;
  }
  stepper_skip(&l->stepper);
  lesson_run_own(&l->run, (size_t)(l->step - l->file.lesson->block), NULL);
  l->state = LEARN_PAUSE;
  l->mark = SIZE_MAX; /* as after its solution */
  l->touched = false;
  learn_pass_step(l, STEP_SKIPPED);
  return true;
}

bool learn_skip_wait(struct course *c, struct err *err)
{
  struct learn *l = taken(c, err);
  if (!l) return false;
  if (l->state == LEARN_OVER || l->run.virtual || !c->desk->real_time)
    return err_set(err, ERR_STATE, "there is no real time to skip: the other end is the model");
  l->run.virtual = true;
  learn_say(l, "", "The other end is from here on the model, in virtual time, up to the next scene.");
  bool trying = l->state == LEARN_TRY;
  if (!learn_restore(l)) return true;
  if (!trying) {
    learn_go_on(l);
    return true;
  }
  /* What the reader has done at this step is done again. */
  struct command_call call;
  size_t at = 0;
  l->touched = true;
  c->desk->quiet = true;
  while (l->log.len && command_parse(l->log.data, l->log.len, &at, &call, err) > 0)
    desk_run(c->desk, &call, err);
  desk_show_records(c->desk);
  err_clear(err);
  l->moves++;
  learn_set_quiet(l);
  learn_judge(l);
  return true;
}

bool learn_back(struct course *c, struct err *err)
{
  struct learn *l = taken(c, err);
  if (!l) return false;
  const struct lesson *lesson = l->file.lesson;
  size_t at, offset;
  learn_place(l, &at, &offset);
  if (l->state == LEARN_OVER) at = lesson->block_count;
  while (at > 0 && !*lesson->block[at - 1].id) at--;
  learn_go_to(l, at > 0 ? lesson_page(lesson, at - 1) : 0);
  return true;
}

bool learn_again(struct course *c, struct err *err)
{
  struct learn *l = taken(c, err);
  if (!l) return false;
  if (l->state == LEARN_TRY || l->state == LEARN_QUIZ)
    learn_begin_again(l);
  else
    learn_go_to(l, l->state == LEARN_OVER ? 0 : l->page);
  return true;
}

bool learn_leave(struct course *c, struct err *err)
{
  struct learn *l = c->learn;
  if (!l) return taken(c, err) != NULL;
  char text[160];
  snprintf(text, sizeof text, "You have left the lesson; `lesson %s` %s. The prompt is yours.",
           l->file.lesson->id, l->state == LEARN_OVER ? "begins it again" : "goes on with it");
  learn_say(l, "", text);
  learn_end(c);
  return true;
}
