/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lesson/proofread.h"

#include "engine/base/err.h"
#include "engine/lesson/cite.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct reader {
  proofread_tell *tell;
  void *ctx;
};

static void say(const struct reader *r, unsigned line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void say(const struct reader *r, unsigned line, const char *format, ...)
{
  char message[200];
  struct err err;
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  err_clear(&err);
  err_set(&err, ERR_STATE, "%s", message);
  r->tell(r->ctx, line, NULL, 0, &err);
}

static void check_cites(const struct reader *r, unsigned line, const char *text)
{
  size_t at = 0, len;
  for (; text && cite_dead(text, &at, &len); at += len) {
    struct err err;
    char word[80];
    bool section = text[at] == 'A' || (text[at] >= '0' && text[at] <= '9');
    snprintf(word, sizeof word, "%.*s", (int)len, text + at);
    err_clear(&err);
    if (section)
      err_set(&err, ERR_UNKNOWN, "RFC 9293 has no section %s", word);
    else
      err_set(&err, ERR_UNKNOWN, "no rule is called %s", word);
    r->tell(r->ctx, line, text + at, len, &err);
  }
}

static void check_try(const struct reader *r, const struct block *b)
{
  const struct lesson_try *t = b->attempt;
  if (t->hint_count == 0) say(r, b->line, "try %s has no hint:", b->id);
  for (size_t i = 0; i < t->hint_count; i++) check_cites(r, b->line, t->hint[i]);
  for (size_t i = 0; i < t->wrong_count; i++) check_cites(r, t->wrong[i].when.line, t->wrong[i].say);
}

static void check_quiz(const struct reader *r, const struct block *b)
{
  const struct lesson_quiz *q = b->quiz;
  if (q->answer && q->hint_count == 0) say(r, b->line, "quiz %s has no hint:", b->id);
  for (size_t i = 0; i < q->hint_count; i++) check_cites(r, b->line, q->hint[i]);
  for (size_t i = 0; i < q->wrong_count; i++) check_cites(r, q->wrong[i].line, q->wrong[i].say);
  for (size_t i = 0; i < q->option_count; i++) {
    if (!*q->option[i].explanation) say(r, q->option[i].line, "this answer is not explained");
    check_cites(r, q->option[i].line, q->option[i].explanation);
  }
}

void proofread(const struct lesson *l, proofread_tell *tell, void *ctx)
{
  const struct reader r = {tell, ctx};
  for (size_t i = 0; i < l->block_count; i++) {
    const struct block *b = &l->block[i];
    if (b->kind == BLOCK_PROSE || b->kind == BLOCK_HEADING) check_cites(&r, b->line, b->text);
    if (b->kind == BLOCK_TRY) check_try(&r, b);
    if (b->kind == BLOCK_QUIZ) check_quiz(&r, b);
  }
}

static bool acts(const struct block *b) { return b->kind >= BLOCK_SETUP; }

static const struct block *next_acting(const struct lesson *l, size_t *at)
{
  while (*at < l->block_count && !acts(&l->block[*at])) ++*at;
  return *at < l->block_count ? &l->block[(*at)++] : NULL;
}

static bool same_text(const char *a, size_t a_len, const char *b, size_t b_len)
{
  return a_len == b_len && (a_len == 0 || memcmp(a, b, a_len) == 0);
}

/* Comments are for people; commands are compared one by one. */
static bool same_script(const struct lesson_script *a, const struct lesson_script *b)
{
  struct command_call x, y;
  size_t i = 0, j = 0;
  for (;;) {
    int more = a->len ? command_parse(a->text, a->len, &i, &x, NULL) : 0;
    if (more != (b->len ? command_parse(b->text, b->len, &j, &y, NULL) : 0)) return false;
    if (more < 1) return true;
    if (!same_text(a->text + x.at, x.len, b->text + y.at, y.len)) return false;
  }
}

static bool same_condition(const struct condition *a, const struct condition *b)
{
  return same_text(a->text, a->text_len, b->text, b->text_len);
}

/* What differs between two blocks of one kind; NULL: nothing that matters. */
static const char *try_difference(const struct lesson_try *a, const struct lesson_try *b)
{
  if (a->by_hand != b->by_hand) return "by-hand=";
  if (a->goal_count != b->goal_count) return "the number of goals";
  for (size_t i = 0; i < a->goal_count; i++)
    if (!same_condition(&a->goal[i], &b->goal[i])) return "a goal:";
  if (a->wrong_count != b->wrong_count) return "the number of wrong turns";
  for (size_t i = 0; i < a->wrong_count; i++) {
    if (!same_condition(&a->wrong[i].when, &b->wrong[i].when)) return "a wrong:";
    if (!same_script(&a->wrong[i].by, &b->wrong[i].by)) return "a by:";
  }
  return same_script(&a->solve, &b->solve) ? NULL : "the solve:";
}

static const char *quiz_difference(const struct lesson_quiz *a, const struct lesson_quiz *b)
{
  if (a->option_count != b->option_count) return "the number of answers";
  for (size_t i = 0; i < a->option_count; i++)
    if (a->option[i].right != b->option[i].right) return "which answers are right";
  if (!a->answer != !b->answer || (a->answer && strcmp(a->answer, b->answer) != 0)) return "the answer:";
  if (a->wrong_count != b->wrong_count) return "the number of wrong answers";
  for (size_t i = 0; i < a->wrong_count; i++)
    if (strcmp(a->wrong[i].value, b->wrong[i].value) != 0) return "a wrong:";
  return same_script(&a->then, &b->then) ? NULL : "the then:";
}

static const char *difference(const struct block *a, const struct block *b)
{
  if (a->kind != b->kind) return "what kind of block it is";
  if (strcmp(a->id, b->id) != 0) return "the step's id";
  if (a->on != b->on) return "on=";
  if (a->slow != b->slow) return "slow";
  if (a->kind == BLOCK_TRY) return try_difference(a->attempt, b->attempt);
  if (a->kind == BLOCK_QUIZ) return quiz_difference(a->quiz, b->quiz);
  return same_script(&a->script, &b->script) ? NULL : "a command";
}

void proofread_translation(const struct lesson *original, const struct lesson *translation,
                           proofread_tell *tell, void *ctx)
{
  const struct reader r = {tell, ctx};
  const struct block *a, *b;
  size_t i = 0, j = 0;
  if (strcmp(original->id, translation->id) != 0)
    say(&r, 1, "a translation keeps the lesson's id, %s", original->id);
  if (strcmp(original->after, translation->after) != 0) say(&r, 1, "after= differs from the original");
  do {
    a = next_acting(original, &i);
    b = next_acting(translation, &j);
    if (a && !b) say(&r, 1, "the original has one more block, in its line %u", a->line);
    if (!a && b) say(&r, b->line, "the original has no such block");
    const char *what = a && b ? difference(a, b) : NULL;
    if (what) say(&r, b->line, "the original, in its line %u, differs in %s", a->line, what);
    if (what && a->kind != b->kind) return; /* what follows would all be told as different */
  } while (a && b);
}
