/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/course/answers.h"

#include "engine/base/buf.h"
#include "engine/lesson/quiz.h"

#include <stdio.h>
#include <string.h>

struct answers {
  const char *text;
  size_t len;
};

/* Does a line begin a step's answer? Its id is LEN long. */
static bool begins_answer(const char *line, size_t line_len, size_t *len)
{
  const char *colon = memchr(line, ':', line_len);
  *len = colon ? (size_t)(colon - line) : 0;
  return colon && lesson_id_valid(line, *len);
}

/* The text behind `ID:` up to the next such line. False: there is none. */
static bool find_answer(const struct answers *a, const char *id, struct lesson_script *out)
{
  bool found = false;
  unsigned number = 1;
  for (size_t at = 0; at < a->len; number++) {
    const char *line = a->text + at, *newline = memchr(line, '\n', a->len - at);
    size_t len = newline ? (size_t)(newline - line) : a->len - at, id_len;
    if (begins_answer(line, len, &id_len)) {
      if (found) return true;
      found = strlen(id) == id_len && memcmp(line, id, id_len) == 0;
      if (found) *out = (struct lesson_script){line + id_len + 1, 0, number};
    }
    at += len + (newline != NULL);
    if (found) out->len = (size_t)(a->text + at - out->text);
  }
  return found;
}

/* An answer to a step there is not is a slip worth knowing of. */
static bool check_ids(const struct answers *a, const struct lesson *l, struct err *err)
{
  for (size_t at = 0; at < a->len;) {
    const char *line = a->text + at, *newline = memchr(line, '\n', a->len - at);
    size_t len = newline ? (size_t)(newline - line) : a->len - at, id_len;
    char id[LESSON_ID_MAX + 1];
    if (begins_answer(line, len, &id_len)) {
      snprintf(id, sizeof id, "%.*s", (int)id_len, line);
      if (lesson_step_find(l, id) == l->block_count)
        return err_set(err, ERR_UNKNOWN, "the answers name a step '%s', which %s has not", id, l->id);
    }
    at += len + (newline != NULL);
  }
  return true;
}

/* *ERR says why the commands do not solve the step. */
static bool grade_try(struct prover *p, const struct block *b, const struct lesson_script *script,
                      struct err *err)
{
  struct command_call call;
  struct goal_result goals;
  size_t at = 0;
  int found;
  enum lesson_turn turn = lesson_run_turn(&p->run, b->attempt, &goals);
  while (turn != TURN_SOLVED && (found = command_parse(script->text, script->len, &at, &call, err)) != 0) {
    if (found < 0 || !lesson_allows_call(&call, err) || !goal_by_hand(b->attempt, &call, err)) return false;
    if (!desk_run(p->run.desk, &call, err)) return false;
    turn = lesson_run_turn(&p->run, b->attempt, &goals);
    if (turn != TURN_WRONG) continue;
    char shown[80];
    return err_set(err, ERR_MISMATCH, "%s: %s",
                   buf_show(shown, sizeof shown, script->text + call.at, call.len),
                   goals.wrong ? goals.wrong->say : "a wrong turn");
  }
  char shown[120];
  return turn == TURN_SOLVED ||
         err_set(err, ERR_MISMATCH, "not reached: %s",
                 buf_show(shown, sizeof shown, goals.unmet->text, goals.unmet->text_len));
}

static bool grade_quiz(struct prover *p, const struct block *b, const struct lesson_script *script,
                       struct err *err)
{
  struct quiz_verdict v;
  size_t len = script->len;
  while (len && strchr(" \t\r\n", script->text[len - 1])) len--;
  if (!quiz_judge(b->quiz, script->text, len, session_env(p->run.desk->session), &v, err)) return false;
  return v.right || err_set(err, ERR_MISMATCH, "%s", v.say ? v.say : "not the right answer");
}

static bool grade(struct prover *p, size_t block, const struct answers *a)
{
  const struct block *b = &p->run.file->lesson->block[block];
  struct lesson_script script;
  struct err err;
  char what[LESSON_ID_MAX + 8];
  snprintf(what, sizeof what, "%s %s", b->kind == BLOCK_TRY ? "try" : "quiz", b->id);
  bool ok = lesson_run_to(&p->run, block, 0, false, &err);
  if (!ok && err.code == ERR_UNAVAILABLE) {
    p->err = err;
    return false;
  }
  if (ok && !find_answer(a, b->id, &script))
    ok = err_set(&err, ERR_MISMATCH, "no answer");
  else if (ok)
    ok = b->kind == BLOCK_TRY ? grade_try(p, b, &script, &err) : grade_quiz(p, b, &script, &err);
  const struct proof proof = {.ok = ok, .line = b->line, .what = what, .what_len = strlen(what), .err = &err};
  p->tell(p, &proof);
  return true;
}

bool answers_prove(struct prover *p, const char *text, size_t len)
{
  const struct lesson *l = p->run.file->lesson;
  const struct answers a = {text, len};
  bool done = check_ids(&a, l, &p->err);
  for (size_t i = 0; done && i < l->block_count; i++) {
    const struct block *b = &l->block[i];
    bool step = b->kind == BLOCK_TRY || b->kind == BLOCK_QUIZ;
    bool ours = b->on == ON_ANY || b->on == p->run.wire;
    bool asked = p->run.file->step == l->block_count || p->run.file->step == i;
    if (step && ours && asked) done = grade(p, i, &a);
  }
  return done;
}
