/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/course/prove.h"

#include "engine/base/buf.h"
#include "engine/segment/text.h"

#include <stdlib.h>
#include <string.h>

#define REAL_WAIT USEC_S /* what a replay may cost; more is a wait */

static void tell(struct prover *p, bool ok, unsigned line, const char *what, size_t len, struct err *err)
{
  const struct proof proof = {.ok = ok, .line = line, .what = what, .what_len = len, .err = ok ? NULL : err};
  p->tell(p, &proof);
}

/* "try fin: solved"; *ERR is placed at LINE. */
static void tell_step(struct prover *p, bool ok, const struct block *b, unsigned line, const char *what,
                      struct err *err)
{
  char text[200];
  struct buf out;
  buf_init(&out, text, sizeof text);
  buf_printf(&out, "%s %s: %s", b->kind == BLOCK_TRY ? "try" : "quiz", b->id, what);
  if (!ok) lesson_text_line(p->run.file, line, err);
  tell(p, ok, line, text, strlen(text), err);
}

static void tell_left_out(struct prover *p, const struct block *b, const char *why)
{
  const struct proof proof = {
      .ok = true, .left_out = why, .line = b->line, .what = why, .what_len = strlen(why)};
  p->tell(p, &proof);
}

/* Runs a command and tells of it. */
static bool perform(struct prover *p, const struct lesson_step *step)
{
  char text[LESSON_LINE_MAX];
  struct buf what;
  struct err err;
  buf_init(&what, text, sizeof text);
  if (step->act == ACT_RUN) buf_puts(&what, "setup: ");
  buf_put(&what, step->script->text + step->call.at, step->call.len);
  bool ok = lesson_run_call(&p->run, step, &err);
  tell(p, ok, step->line, text, what.len, &err);
  return ok;
}

/* The next command of SCRIPT, or false at its end. */
static bool next_call(const struct lesson_script *script, struct script_place *at, struct lesson_step *step)
{
  step->act = ACT_TYPE;
  return script_next(script, at, step);
}

/* A command that the reader would have been sent back for is no part of a solution. */
static bool leads_on(struct prover *p, const struct lesson_step *step, enum lesson_turn turn,
                     const struct goal_result *goals)
{
  struct err err;
  if (turn != TURN_WRONG) return true;
  if (goals->wrong)
    err_set(&err, ERR_MISMATCH, "the solution takes the wrong turn foreseen in line %u",
            goals->wrong->when.line);
  else
    err_set(&err, ERR_MISMATCH, "this meets no goal, so that a reader who does it is sent back");
  err_hint(&err, goals->wrong ? "narrow that condition" : "add a goal for it: %s",
           "sent …, got …, you|peer STATE");
  lesson_text_place(p->run.file, step->script, &step->call, &err);
  tell(p, false, step->line, step->script->text + step->call.at, step->call.len, &err);
  return false;
}

static bool is_by_hand(struct prover *p, const struct lesson_try *t, const struct lesson_step *step)
{
  struct err err;
  if (goal_by_hand(t, &step->call, &err)) return true;
  lesson_text_place(p->run.file, step->script, &step->call, &err);
  tell(p, false, step->line, step->script->text + step->call.at, step->call.len, &err);
  return false;
}

static bool prove_try(struct prover *p, const struct block *b)
{
  const struct lesson_try *t = b->attempt;
  struct lesson_step step = {.block = b};
  struct goal_result goals;
  struct err err;
  struct script_place at = {0};
  lesson_run_pose(&p->run);
  enum lesson_turn turn = lesson_run_turn(&p->run, t, &goals);
  err_set(&err, ERR_MISMATCH, "its goals are met before the reader has done anything");
  tell_step(p, turn != TURN_SOLVED, b, b->line, "not solved before", &err);
  if (turn == TURN_SOLVED) return false;
  while (turn != TURN_SOLVED && next_call(&t->solve, &at, &step)) {
    if (!is_by_hand(p, t, &step) || !perform(p, &step)) return false;
    turn = lesson_run_turn(&p->run, t, &goals);
    if (!leads_on(p, &step, turn, &goals)) return false;
  }
  if (turn != TURN_SOLVED) {
    char shown[120];
    err_set(&err, ERR_MISMATCH, "the solution does not reach this goal: %s",
            buf_show(shown, sizeof shown, goals.unmet->text, goals.unmet->text_len));
    tell_step(p, false, b, goals.unmet->line, "solved", &err);
    return false;
  }
  tell_step(p, true, b, b->line, "solved", NULL);
  p->solved[b - p->run.file->lesson->block] = true;
  /* What it does for show comes behind. */
  while (next_call(&t->solve, &at, &step))
    if (!perform(p, &step)) return false;
  return true;
}

/* Does the example under WRONG lead to it, and to it first? *ERR says why not. */
static bool takes_the_turn(struct prover *p, const struct lesson_try *t, const struct lesson_wrong *wrong,
                           struct err *err)
{
  struct lesson_step step = {0};
  struct script_place at = {0};
  while (next_call(&wrong->by, &at, &step)) {
    struct goal_result goals;
    if (!goal_by_hand(t, &step.call, err)) return false;
    if (!desk_run(p->run.desk, &step.call, err)) return false;
    enum lesson_turn turn = lesson_run_turn(&p->run, t, &goals);
    if (goals.wrong == wrong) return true;
    if (turn == TURN_SOLVED) return err_set(err, ERR_MISMATCH, "its by: solves the step");
    if (goals.wrong)
      return err_set(err, ERR_MISMATCH, "its by: takes the wrong turn foreseen in line %u",
                     goals.wrong->when.line);
    if (turn == TURN_WRONG) break;
  }
  return err_set(err, ERR_MISMATCH, "its by: does not trigger it");
}

/* Of a try whose solution was proved. */
static void prove_wrongs(struct prover *p, size_t block)
{
  const struct block *b = &p->run.file->lesson->block[block];
  for (size_t i = 0; i < b->attempt->wrong_count && !p->wire_lost; i++) {
    const struct lesson_wrong *wrong = &b->attempt->wrong[i];
    char what[120], shown[80];
    struct err err;
    if (!lesson_run_to(&p->run, block, 0, false, &err)) {
      p->wire_lost = err.code == ERR_UNAVAILABLE;
      p->err = err;
      return; /* that what comes before fails has been told */
    }
    bool ok = takes_the_turn(p, b->attempt, wrong, &err);
    struct buf out;
    buf_init(&out, what, sizeof what);
    buf_printf(&out, "a wrong turn, %s",
               buf_show(shown, sizeof shown, wrong->when.text, wrong->when.text_len));
    tell_step(p, ok, b, wrong->when.line, what, &err);
  }
}

static bool value_of(struct prover *p, const char *text, uint32_t *value, struct err *err)
{
  return segment_parse_value(text, strlen(text), session_env(p->run.desk->session), NULL, value, err);
}

static bool prove_answer(struct prover *p, const struct block *b)
{
  const struct lesson_quiz *q = b->quiz;
  uint32_t right, wrong;
  struct err err;
  if (!q->answer) return true;
  if (!value_of(p, q->answer, &right, &err)) {
    tell_step(p, false, b, b->line, "its answer", &err);
    return false;
  }
  for (size_t i = 0; i < q->wrong_count; i++) {
    bool ok = value_of(p, q->wrong[i].value, &wrong, &err);
    if (ok && wrong != right) continue;
    if (ok) err_set(&err, ERR_MISMATCH, "this number, %u, is the right answer", right);
    tell_step(p, false, b, q->wrong[i].line, "a wrong answer", &err);
    return false;
  }
  tell_step(p, true, b, b->line, "its answer", NULL);
  return true;
}

static bool prove_quiz(struct prover *p, const struct block *b)
{
  struct lesson_step step = {.block = b};
  struct script_place at = {0};
  if (!prove_answer(p, b)) return false;
  while (next_call(&b->quiz->then, &at, &step))
    if (!perform(p, &step)) return false;
  return true;
}

/* On the model a wait costs nothing, and the session's clock says what it would have cost. */
static void proof_read_time(struct prover *p, const struct block *b, usec_t before)
{
  struct err err;
  char text[40];
  struct buf out;
  usec_t now = session_now(p->run.desk->session);
  if (!p->proof_read || b->slow || now - before <= REAL_WAIT) return;
  buf_init(&out, text, sizeof text);
  usec_print(&out, now - before);
  err_set(&err, ERR_STATE, "this block takes %s of real time on the lab", text);
  err_hint(&err, "mark it slow: ```play slow, ```try ID slow");
  lesson_text_line(p->run.file, b->line, &err);
  tell(p, false, b->line, "its time", strlen("its time"), &err);
}

static void proof_read_scene(struct prover *p, const struct block *b)
{
  struct err err;
  if (!p->proof_read || b->kind != BLOCK_TRY || session_now(p->run.desk->session) <= REAL_WAIT) return;
  err_set(&err, ERR_STATE,
          "this try stands behind a real wait, which a reader would sit through at each attempt");
  err_hint(&err, "a setup between the two begins a new scene");
  tell_step(p, false, b, b->line, "its place", &err);
}

static void prove_pose(struct prover *p, struct stepper *s, const struct block *b)
{
  usec_t before = session_now(p->run.desk->session);
  proof_read_scene(p, b);
  p->alive = b->kind == BLOCK_TRY ? prove_try(p, b) : prove_quiz(p, b);
  proof_read_time(p, b, before);
  stepper_skip(s);
}

/* Is BLOCK, and with it the rest of the scene, to be left out? */
static bool leaves_out(struct prover *p, const struct block *b)
{
  if (!p->alive || !b->slow || !p->skip_slow) return false;
  p->alive = false;
  tell_left_out(p, b, "slow");
  return true;
}

static bool prove_scenes(struct prover *p)
{
  struct stepper s;
  struct lesson_step step;
  const struct block *in = NULL;
  usec_t began = 0;
  bool skipped = false;
  if (!lesson_run_fresh(&p->run, &p->err)) return false;
  p->alive = true;
  stepper_init(&s, p->run.file->lesson, p->run.wire);
  for (;;) {
    stepper_next(&s, &step);
    if (in && step.block != in && p->alive) proof_read_time(p, in, began);
    if (step.act == ACT_END) return true;
    if (step.act == ACT_SCENE) {
      if (!lesson_run_fresh(&p->run, &p->err)) return false;
      p->alive = true;
      skipped = false;
    }
    if (step.act == ACT_SAY || step.act == ACT_SCENE) {
      in = NULL;
      continue;
    }
    if (leaves_out(p, step.block)) skipped = true;
    if (!p->alive) {
      p->left_out += !skipped && step.act != ACT_POSE;
      in = NULL;
    } else if (step.act == ACT_POSE) {
      prove_pose(p, &s, step.block);
      in = NULL;
    } else {
      if (step.block != in) began = session_now(p->run.desk->session);
      in = step.block;
      p->alive = perform(p, &step);
    }
  }
}

static bool prove_one(struct prover *p, size_t only)
{
  const struct block *b = &p->run.file->lesson->block[only];
  if (b->on != ON_ANY && b->on != p->run.wire) {
    tell_left_out(p, b, b->on == ON_LAB ? "runs on the lab only" : "runs on the model only");
    return true;
  }
  if (!lesson_run_to(&p->run, only, 0, false, &p->err)) {
    if (p->err.code == ERR_UNAVAILABLE) return false;
    tell(p, false, b->line, b->id, strlen(b->id), &p->err);
    return true;
  }
  struct stepper none = {0};
  p->alive = true;
  prove_pose(p, &none, b);
  if (p->solved[only]) prove_wrongs(p, only);
  return !p->wire_lost;
}

static bool prove(struct prover *p, size_t only)
{
  const struct lesson *l = p->run.file->lesson;
  if (only < l->block_count) return prove_one(p, only);
  if (!prove_scenes(p)) return false;
  for (size_t i = 0; i < l->block_count && !p->wire_lost; i++)
    if (p->solved[i]) prove_wrongs(p, i);
  return !p->wire_lost;
}

bool lesson_prove(struct prover *p, size_t only)
{
  p->left_out = 0;
  p->wire_lost = false;
  p->solved = calloc(p->run.file->lesson->block_count + 1, sizeof *p->solved);
  bool done = p->solved ? prove(p, only) : err_set(&p->err, ERR_MEMORY, "out of memory");
  free(p->solved);
  p->solved = NULL;
  return done;
}
