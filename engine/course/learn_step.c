/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tries and quizzes: posed, judged, begun again, solved. */
#include "engine/course/learn_own.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/lesson/quiz.h"

#include <string.h>

static const char *good(const struct learn *l) { return l->desk->view.utf8 ? "✓ " : "* "; }
static const char *bad(const struct learn *l) { return l->desk->view.utf8 ? "✗ " : "! "; }

/* What the reader may do, the first time in full. */
static void say_turn(struct learn *l)
{
  char text[300], fields[160];
  struct buf out, by_hand;
  buf_init(&out, text, sizeof text);
  buf_init(&by_hand, fields, sizeof fields);
  if (l->step->attempt) goal_put_by_hand(l->step->attempt, &by_hand);
  buf_puts(&out, "Your turn.");
  if (by_hand.len) buf_printf(&out, " Write %s yourself.", fields);
  if (!l->explained) buf_puts(&out, " `hint` helps, `solve` shows how it is done, `skip` goes on without.");
  l->explained = true;
  if (l->previous) desk_put(l->desk, "\n", 1);
  learn_say(l, "", text);
}

static void show_quiz(struct learn *l)
{
  struct buf out;
  heap_buf_init(&out);
  if (l->previous) buf_putc(&out, '\n');
  lesson_show_quiz(l->step->quiz, &l->desk->view, &out);
  desk_put(l->desk, out.data ? out.data : "", out.len);
  heap_buf_free(&out);
}

void learn_pose(struct learn *l, const struct block *b)
{
  struct progress *p = learn_progress(l->course);
  /* What came before the step is done with, whoever did it. */
  bool moved = !learn_is_at_rest(l);
  l->step = b;
  l->state = b->kind == BLOCK_TRY ? LEARN_TRY : LEARN_QUIZ;
  l->touched = false;
  l->hints = 0;
  l->moves++;
  l->desk->quiet = true;
  buf_reset(&l->log);
  if (moved) learn_restore(l);
  learn_rests(l);
  session_pass_arrivals(l->desk->session);
  lesson_run_pose(&l->run);
  progress_set_place(p, l->file.lesson->id, b->id);
  if (l->course->keeps) progress_save(l->desk, p);
  if (b->kind == BLOCK_TRY)
    say_turn(l);
  else
    show_quiz(l);
  l->previous = b;
  l->lines = 0;
}

/* The step anew, on a fresh connection with the same numbers. */
static bool start_over(struct learn *l)
{
  l->touched = false;
  l->desk->quiet = true;
  l->moves++;
  buf_reset(&l->log);
  return learn_restore(l);
}

void learn_begin_again(struct learn *l)
{
  if (!start_over(l)) return;
  learn_say(l, "", "Once more, from the beginning of the step: everything is as it was.");
  if (l->state == LEARN_QUIZ) show_quiz(l);
}

bool learn_acts(const char *line, bool or_looks)
{
  struct command_call call;
  size_t at = 0, len = strlen(line);
  for (int found; (found = command_parse(line, len, &at, &call, NULL)) != 0;) {
    if (found < 0) return false; /* nothing of the line will run */
    enum command_group g = call.command->group;
    bool looks = g == GROUP_LOOK || g == GROUP_KEEP;
    if (g != GROUP_SELF && g != GROUP_LEARN && (or_looks || !looks)) return true;
  }
  return false;
}

/* Does the step let each command of the line pass? */
static bool is_by_hand(struct learn *l, const char *line)
{
  struct command_call call;
  struct err err;
  size_t at = 0, len = strlen(line);
  err_clear(&err);
  for (int found; (found = command_parse(line, len, &at, &call, NULL)) != 0;) {
    if (found < 0) return true; /* whoever runs it says what is wrong */
    if (!goal_by_hand(l->step->attempt, &call, &err)) {
      desk_error(l->desk, &err, NULL, line, len);
      return false;
    }
    if (call.command->group == GROUP_LEARN) l->counts = false;
  }
  return true;
}

bool learn_by_hand(struct learn *l, const char *line)
{
  if (!is_by_hand(l, line)) return false;
  /* The first command finds everything as it was when the step was posed. */
  if (!l->touched && learn_acts(line, true)) {
    if (!learn_is_at_rest(l)) learn_restore(l);
    l->touched = true;
    l->desk->quiet = false;
  }
  return true;
}

/* Why what the reader has sent led where it led. */
static const char *machines_why(const struct learn *l)
{
  const struct trace *trace = session_trace(l->desk->session);
  for (size_t i = trace_count(trace); i-- > l->run.start;) {
    const struct record *r = trace_at(trace, i);
    if (r->kind != RECORD_SEGMENT || r->end != END_YOU) continue;
    const struct record_verdict *v = r->intent == INTENT_NONE && r->sender.fired_count ? &r->sender
                                     : r->receiver.fired_count                         ? &r->receiver
                                                                                       : &r->sender;
    return v->fired_count ? v->fired[v->fired_count - 1]->why : NULL;
  }
  return NULL;
}

static void wrong_turn(struct learn *l, const struct goal_result *goals)
{
  const char *why = goals->wrong ? goals->wrong->say : machines_why(l);
  if (goals->wrong)
    learn_say(l, bad(l), why);
  else
    learn_say(l, bad(l), "That is not what is asked for here.");
  if (!goals->wrong && why) learn_say(l, "  ", why);
  if (!start_over(l)) return;
  learn_say(l, "  ", "Everything is again as it was before the step. `hint` helps.");
}

static void solved(struct learn *l)
{
  size_t block = (size_t)(l->step - l->file.lesson->block);
  lesson_run_own(&l->run, block, l->log.data);
  session_pass_arrivals(l->desk->session);
  stepper_skip(&l->stepper);
  l->touched = false;
  learn_rests(l);
  l->desk->quiet = true;
  learn_say(l, good(l), "Solved.");
  learn_pass_step(l, STEP_SOLVED);
}

void learn_judge(struct learn *l)
{
  struct goal_result goals;
  switch (lesson_run_turn(&l->run, l->step->attempt, &goals)) {
  case TURN_SOLVED:
    solved(l);
    break;
  case TURN_WRONG:
    wrong_turn(l, &goals);
    break;
  case TURN_ON:
  case TURN_NOTHING:
    break;
  }
}

static void right_answer(struct learn *l, const char *line)
{
  struct buf out;
  (void)line;
  heap_buf_init(&out);
  lesson_show_answer(l->step->quiz, session_env(l->desk->session), &l->desk->view, &out);
  learn_say(l, good(l), "Right.");
  desk_put(l->desk, out.data ? out.data : "", out.len);
  heap_buf_free(&out);
  l->touched = false;
  learn_pass_step(l, STEP_SOLVED);
}

static void wrong_answer(struct learn *l, const struct quiz_verdict *v)
{
  const struct lesson_quiz *q = l->step->quiz;
  size_t right = 0;
  for (size_t i = 0; i < q->option_count; i++) {
    right += q->option[i].right;
    if (!q->option[i].right && (v->picked & 1u << i))
      learn_say(l, bad(l), *q->option[i].explanation ? q->option[i].explanation : "No.");
  }
  if (q->answer)
    learn_say(l, bad(l), v->say ? v->say : "No, that is not the number.");
  else if (right > 1)
    learn_say(l, "  ", "More than one answer is right: name them all.");
  learn_say(l, "  ", q->hint_count ? "Once more; `hint` helps." : "Once more?");
}

/* The first word of a line is a command's. */
static bool is_command(const char *line)
{
  line += strspn(line, " \t");
  return command_find(line, strcspn(line, " \t;"), NULL) != NULL;
}

bool learn_answer(struct learn *l, const char *line)
{
  struct quiz_verdict v;
  struct err err;
  size_t len = strlen(line);
  err_clear(&err);
  if (quiz_judge(l->step->quiz, line, len, session_env(l->desk->session), &v, &err)) {
    if (v.right)
      right_answer(l, line);
    else
      wrong_answer(l, &v);
    return true;
  }
  if (is_command(line)) {
    l->touched = true;
    l->desk->quiet = false;
    return false;
  }
  desk_error(l->desk, &err, NULL, NULL, 0);
  return true;
}

bool learn_hint(struct course *c, struct err *err)
{
  struct learn *l = c->learn;
  if (!l) return err_set(err, ERR_STATE, "no lesson is being taken");
  if (l->state != LEARN_TRY && l->state != LEARN_QUIZ)
    return err_set(err, ERR_STATE, "nothing is asked here: Enter goes on");
  const struct lesson_quiz *q = l->step->quiz;
  size_t count = q ? q->hint_count : l->step->attempt->hint_count;
  const char **hints = q ? q->hint : l->step->attempt->hint;
  if (l->hints == count) {
    learn_say(l, "",
              count ? "There are no more hints; `solve` shows how it is done."
                    : "There is no hint; `solve` shows how it is done.");
    return true;
  }
  learn_say(l, "", hints[l->hints++]);
  return true;
}

static void solve_quiz(struct learn *l)
{
  struct buf out;
  heap_buf_init(&out);
  lesson_show_answer(l->step->quiz, session_env(l->desk->session), &l->desk->view, &out);
  desk_put(l->desk, out.data ? out.data : "", out.len);
  heap_buf_free(&out);
  l->touched = false;
  learn_pass_step(l, STEP_SHOWN);
}

bool learn_solve(struct course *c, struct err *err)
{
  struct learn *l = c->learn;
  if (!l) return err_set(err, ERR_STATE, "no lesson is being taken");
  if (l->state != LEARN_TRY && l->state != LEARN_QUIZ)
    return err_set(err, ERR_STATE, "nothing is asked here: Enter goes on");
  if (l->step->quiz) {
    solve_quiz(l);
    return true;
  }
  const struct lesson_script *script = &l->step->attempt->solve;
  struct lesson_step step = {.act = ACT_TYPE, .block = l->step, .script = script};
  size_t at = 0;
  if (!start_over(l)) return true;
  while (command_parse(script->text, script->len, &at, &step.call, NULL) > 0)
    if (!learn_type(l, &step)) return true;
  lesson_run_own(&l->run, (size_t)(l->step - l->file.lesson->block), NULL);
  stepper_skip(&l->stepper);
  learn_pass_step(l, STEP_SHOWN);
  return true;
}
