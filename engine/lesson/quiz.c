/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lesson/quiz.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/segment/text.h"

#include <stdlib.h>
#include <string.h>

static bool is_blank(char c) { return strchr(" \t,", c) != NULL; }

/* "2", "b" or "B" as 1; -1: neither. */
static int option_index(const char *word, size_t len)
{
  char text[8];
  if (len == 1 && *word >= 'a' && *word <= 'z') return *word - 'a';
  if (len == 1 && *word >= 'A' && *word <= 'Z') return *word - 'A';
  if (len == 0 || len > 2 || strspn(word, "0123456789") < len) return -1;
  memcpy(text, word, len);
  text[len] = '\0';
  return atoi(text) - 1;
}

static bool pick(const struct lesson_quiz *q, const char *text, size_t len, struct quiz_verdict *out,
                 struct err *err)
{
  uint32_t right = 0;
  for (size_t at = 0; at < len;) {
    size_t word = 0;
    while (at < len && is_blank(text[at])) at++;
    while (at + word < len && !is_blank(text[at + word])) word++;
    if (word == 0) break;
    int index = option_index(text + at, word);
    if (index < 0 || (size_t)index >= q->option_count) {
      char shown[40];
      err_at(err, ERR_UNKNOWN, at, word, "`%s` is none of the answers",
             buf_show(shown, sizeof shown, text + at, word));
      return err_hint(err, "a number from 1 to %zu, or its letter", q->option_count);
    }
    out->picked |= 1u << index;
    at += word;
  }
  if (!out->picked) return err_set(err, ERR_SYNTAX, "a number from 1 to %zu, or its letter", q->option_count);
  for (size_t i = 0; i < q->option_count; i++)
    if (q->option[i].right) right |= 1u << i;
  out->right = out->picked == right;
  return true;
}

bool quiz_judge(const struct lesson_quiz *q, const char *text, size_t len, const struct segment_env *env,
                struct quiz_verdict *out, struct err *err)
{
  *out = (struct quiz_verdict){0};
  while (len && is_blank(*text)) {
    text++;
    len--;
  }
  while (len && is_blank(text[len - 1])) len--;
  if (!q->answer) return pick(q, text, len, out, err);
  if (len == 0) return err_set(err, ERR_SYNTAX, "a number, or a name like snd.nxt");
  if (!segment_parse_value(q->answer, strlen(q->answer), env, NULL, &out->answer, err)) {
    if (err) err->at = err->len = 0;
    return false;
  }
  if (!segment_parse_value(text, len, env, NULL, &out->value, err)) return false;
  out->right = out->value == out->answer;
  for (size_t i = 0; i < q->wrong_count && !out->right && !out->say; i++) {
    uint32_t wrong;
    const char *value = q->wrong[i].value;
    if (segment_parse_value(value, strlen(value), env, NULL, &wrong, NULL) && wrong == out->value)
      out->say = q->wrong[i].say;
  }
  return true;
}
