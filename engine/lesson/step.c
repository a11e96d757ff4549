/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bodies of ```try and ```quiz. */
#include "engine/lesson/parts.h"

#include "engine/base/words.h"
#include "engine/segment/text.h"

#include <string.h>

enum { TRY_GOAL, TRY_HINT, TRY_WRONG, TRY_BY, TRY_SAY, TRY_SOLVE, TRY_KEYS };
static const char *const try_keys[] = {"goal", "hint", "wrong", "by", "say", "solve", NULL};
enum { QUIZ_ANSWER, QUIZ_HINT, QUIZ_WRONG, QUIZ_SAY, QUIZ_THEN, QUIZ_KEYS };
static const char *const quiz_keys[] = {"answer", "hint", "wrong", "say", "then", NULL};

static int key_index(const struct body_line *line, const char *const *keys, int none)
{
  for (int i = 0; keys[i]; i++)
    if (span_is(line->key, keys[i])) return i;
  return none;
}

static bool unknown_key(const struct source *src, const struct body_line *line, const char *const *keys,
                        const char *expected, struct err *err)
{
  size_t n = 0, count = 0;
  while (n < line->text.len && line->text.text[n] != ':' && line->text.text[n] != ' ') n++;
  while (keys[count]) count++;
  source_error(src, line->line, err, ERR_SYNTAX, "expected %s", expected);
  const char *nearest = words_nearest(line->text.text, n, keys, count);
  if (nearest) err_hint(err, "%s: ?", nearest);
  return false;
}

static bool no_value(const struct source *src, const struct body_line *line, struct err *err)
{
  return source_error(src, line->line, err, ERR_SYNTAX, "nothing stands behind the colon");
}

static bool add_hint(const struct source *src, const char ***hints, size_t *count,
                     const struct body_line *line, struct err *err)
{
  const char **hint = lesson_pool_append(src->pool, hints, count, sizeof *hint);
  if (!hint) return out_of_memory(err);
  return text_add(src, hint, line->value, err);
}

/* The line of a try that began with KEY, or goes on with it. */
static bool try_line(const struct source *src, struct lesson_try *t, int key, const struct body_line *line,
                     struct err *err)
{
  bool first = line->key.len > 0;
  struct lesson_wrong *wrong = t->wrong_count ? &t->wrong[t->wrong_count - 1] : NULL;
  switch (key) {
  case TRY_GOAL:
    if (!first) break;
    if (t->goal_count == LESSON_GOALS_MAX)
      return source_error(src, line->line, err, ERR_LIMIT, "a try has at most %u goals", LESSON_GOALS_MAX);
    struct condition *goal = lesson_pool_append(src->pool, &t->goal, &t->goal_count, sizeof *goal);
    return goal ? condition_parse(src, line->value, line->line, goal, err) : out_of_memory(err);
  case TRY_HINT:
    if (first) return add_hint(src, &t->hint, &t->hint_count, line, err);
    return text_add(src, &t->hint[t->hint_count - 1], line->value, err);
  case TRY_WRONG:
    if (!first) break;
    wrong = lesson_pool_append(src->pool, &t->wrong, &t->wrong_count, sizeof *wrong);
    return wrong ? condition_parse(src, line->value, line->line, &wrong->when, err) : out_of_memory(err);
  case TRY_BY:
    if (!wrong) return source_error(src, line->line, err, ERR_SYNTAX, "by: belongs under a wrong:");
    return script_add(src, &wrong->by, line, line->value, err);
  case TRY_SAY:
    if (!wrong) return source_error(src, line->line, err, ERR_SYNTAX, "say: belongs under a wrong:");
    return text_add(src, &wrong->say, line->value, err);
  case TRY_SOLVE:
    return script_add(src, &t->solve, line, line->value, err);
  default:
    break;
  }
  return source_error(src, line->line, err, ERR_SYNTAX,
                      "a condition is one line; each begins with goal: or wrong:");
}

static bool try_complete(const struct source *src, const struct lesson_try *t, unsigned block_line,
                         struct err *err)
{
  if (t->goal_count == 0) return source_error(src, block_line, err, ERR_SYNTAX, "a try needs a goal:");
  if (t->solve.len == 0) return source_error(src, block_line, err, ERR_SYNTAX, "a try needs a solve:");
  if (!lesson_script_check(src, &t->solve, err)) return false;
  for (size_t i = 0; i < t->wrong_count; i++) {
    const struct lesson_wrong *w = &t->wrong[i];
    if (w->by.len == 0 || !w->say)
      return source_error(src, w->when.line, err, ERR_SYNTAX, "a wrong: needs a by: and a say: under it");
    if (!lesson_script_check(src, &w->by, err)) return false;
  }
  return true;
}

struct lesson_try *try_parse(const struct source *src, const char *text, unsigned line, struct err *err)
{
  unsigned block_line = line - 1;
  struct body_line l;
  struct lesson_try *t = lesson_pool_get(src->pool, sizeof *t);
  if (!t) {
    out_of_memory(err);
    return NULL;
  }
  for (int key = TRY_KEYS; body_next(&text, &line, try_keys, &l);) {
    key = key_index(&l, try_keys, l.indented ? key : TRY_KEYS);
    if (key == TRY_KEYS) {
      unknown_key(src, &l, try_keys, "goal:, hint:, wrong:, by:, say: or solve:", err);
      return NULL;
    }
    if (l.value.len == 0) no_value(src, &l, err);
    if (l.value.len == 0 || !try_line(src, t, key, &l, err)) return NULL;
  }
  return try_complete(src, t, block_line, err) ? t : NULL;
}

/* "[ ] text" or "[x] text". */
static bool option_line(const struct source *src, struct lesson_quiz *q, const struct body_line *line,
                        struct err *err)
{
  if (q->option_count == QUIZ_OPTIONS_MAX)
    return source_error(src, line->line, err, ERR_LIMIT, "a quiz has at most %u answers", QUIZ_OPTIONS_MAX);
  struct quiz_option *option = lesson_pool_append(src->pool, &q->option, &q->option_count, sizeof *option);
  struct span text = {line->text.text + 3, line->text.len - 3};
  if (!option) return out_of_memory(err);
  while (text.len && *text.text == ' ') {
    text.text++;
    text.len--;
  }
  if (text.len == 0) return source_error(src, line->line, err, ERR_SYNTAX, "an answer without words");
  option->right = line->text.text[1] != ' ';
  option->line = line->line;
  option->explanation = "";
  return text_add(src, &option->text, text, err);
}

static bool is_option(const struct body_line *line)
{
  const char *t = line->text.text;
  return !line->indented && line->text.len >= 3 && t[0] == '[' && strchr(" xX", t[1]) && t[2] == ']';
}

static bool explain(const struct source *src, struct quiz_option *option, const struct body_line *line,
                    struct err *err)
{
  const char *text = *option->explanation ? option->explanation : NULL;
  if (!text_add(src, &text, line->text, err)) return false;
  option->explanation = text;
  return true;
}

/* A value, checked without an environment. */
static bool quiz_value(const struct source *src, const struct body_line *line, const char **out,
                       struct err *err)
{
  uint32_t value;
  if (!segment_parse_value(line->value.text, line->value.len, NULL, NULL, &value, err))
    return source_move_error(src, line->line, line->value.len, err ? err->at : 0, err);
  *out = NULL;
  return text_add(src, out, line->value, err);
}

static bool quiz_line(const struct source *src, struct lesson_quiz *q, int key, const struct body_line *line,
                      struct err *err)
{
  bool first = line->key.len > 0;
  struct quiz_wrong *wrong = q->wrong_count ? &q->wrong[q->wrong_count - 1] : NULL;
  switch (key) {
  case QUIZ_ANSWER:
    if (q->answer)
      return source_error(src, line->line, err, ERR_SYNTAX, "a quiz has one answer:, on one line");
    return quiz_value(src, line, &q->answer, err);
  case QUIZ_HINT:
    if (first) return add_hint(src, &q->hint, &q->hint_count, line, err);
    return text_add(src, &q->hint[q->hint_count - 1], line->value, err);
  case QUIZ_WRONG:
    if (!first)
      return source_error(src, line->line, err, ERR_SYNTAX, "a wrong: is one value; say: explains it");
    wrong = lesson_pool_append(src->pool, &q->wrong, &q->wrong_count, sizeof *wrong);
    if (!wrong) return out_of_memory(err);
    wrong->line = line->line;
    return quiz_value(src, line, &wrong->value, err);
  case QUIZ_SAY:
    if (!wrong) return source_error(src, line->line, err, ERR_SYNTAX, "say: belongs under a wrong:");
    return text_add(src, &wrong->say, line->value, err);
  default:
    return script_add(src, &q->then, line, line->value, err);
  }
}

static bool quiz_complete(const struct source *src, const struct lesson_quiz *q, unsigned line,
                          struct err *err)
{
  size_t right = 0;
  for (size_t i = 0; i < q->option_count; i++) right += q->option[i].right;
  if (q->answer && q->option_count)
    return source_error(src, line, err, ERR_SYNTAX, "a quiz has either [ ] answers or one answer:, not both");
  if (!q->answer && q->option_count < 2)
    return source_error(src, line, err, ERR_SYNTAX, "a quiz needs at least two [ ] answers, or an answer:");
  if (!q->answer && !right) return source_error(src, line, err, ERR_SYNTAX, "no answer is marked [x]");
  if (q->wrong_count && !q->answer)
    return source_error(src, q->wrong[0].line, err, ERR_SYNTAX,
                        "wrong: goes with answer:; an option is explained under it");
  for (size_t i = 0; i < q->wrong_count; i++)
    if (!q->wrong[i].say)
      return source_error(src, q->wrong[i].line, err, ERR_SYNTAX, "a wrong: needs a say: under it");
  return q->then.len == 0 || lesson_script_check(src, &q->then, err);
}

struct lesson_quiz *quiz_parse(const struct source *src, const char *text, unsigned line, struct err *err)
{
  unsigned block_line = line - 1;
  struct body_line l;
  struct lesson_quiz *q = lesson_pool_get(src->pool, sizeof *q);
  bool in_option = false, ok = q || out_of_memory(err);
  for (int key = QUIZ_KEYS; ok && body_next(&text, &line, quiz_keys, &l);) {
    if (is_option(&l)) {
      in_option = true;
      ok = option_line(src, q, &l, err);
    } else if (in_option && l.indented) {
      ok = explain(src, &q->option[q->option_count - 1], &l, err);
    } else {
      in_option = false;
      key = key_index(&l, quiz_keys, l.indented ? key : QUIZ_KEYS);
      if (key == QUIZ_KEYS)
        ok = unknown_key(src, &l, quiz_keys, "[ ], [x], answer:, hint:, wrong:, say: or then:", err);
      else
        ok = l.value.len ? quiz_line(src, q, key, &l, err) : no_value(src, &l, err);
    }
  }
  return ok && quiz_complete(src, q, block_line, err) ? q : NULL;
}
