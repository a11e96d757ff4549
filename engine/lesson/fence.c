/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words behind ``` and those of the comments that name the lesson and its questions. */
#include "engine/lesson/reader.h"

#include "engine/base/words.h"

#include <stdlib.h>
#include <string.h>

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* Cuts the next word off *TEXT. */
static struct span next_word(struct span *text)
{
  while (text->len && is_blank(*text->text)) {
    text->text++;
    text->len--;
  }
  struct span word = {text->text, 0};
  while (word.len < text->len && !is_blank(text->text[word.len])) word.len++;
  text->text += word.len;
  text->len -= word.len;
  return word;
}

/* WORD is "KEY=VALUE": the value. */
static bool value_of(struct span word, const char *key, struct span *value)
{
  size_t n = strlen(key);
  if (word.len <= n || memcmp(word.text, key, n) != 0 || word.text[n] != '=') return false;
  *value = (struct span){word.text + n + 1, word.len - n - 1};
  return true;
}

bool lesson_id_valid(const char *id, size_t len)
{
  if (len == 0 || len > LESSON_ID_MAX || *id == '-') return false;
  for (size_t i = 0; i < len; i++)
    if (!((id[i] >= 'a' && id[i] <= 'z') || (id[i] >= '0' && id[i] <= '9') || id[i] == '-')) return false;
  return true;
}

static bool take_id(const struct source *src, unsigned line, struct span word, char id[LESSON_ID_MAX + 1],
                    struct err *err)
{
  if (lesson_id_valid(word.text, word.len)) {
    memcpy(id, word.text, word.len);
    id[word.len] = '\0';
    return true;
  }
  char shown[64];
  source_error(src, line, err, ERR_SYNTAX, "`%s` is no id",
               buf_show(shown, sizeof shown, word.text, word.len));
  return err_hint(err, "an id is up to %u lower-case letters, digits and hyphens", LESSON_ID_MAX);
}

static bool unknown_word(const struct source *src, unsigned line, struct span word, const char *const *words,
                         size_t n, struct err *err)
{
  char shown[64];
  size_t key = 0;
  while (key < word.len && word.text[key] != '=') key++;
  source_error(src, line, err, ERR_UNKNOWN, "`%s` is not known here",
               buf_show(shown, sizeof shown, word.text, word.len));
  const char *nearest = words_nearest(word.text, key, words, n);
  if (nearest) err_hint(err, "%s?", nearest);
  return false;
}

static bool take_by_hand(const struct source *src, unsigned line, struct span list, uint32_t *fields,
                         struct err *err)
{
  while (list.len) {
    struct span name = {list.text, 0};
    while (name.len < list.len && name.text[name.len] != ',') name.len++;
    enum segment_field f = 0;
    while (f < SEG_FIELD_COUNT && !span_is(name, segment_field_name(f))) f++;
    if (f == SEG_FIELD_COUNT) {
      char shown[64];
      source_error(src, line, err, ERR_UNKNOWN, "by-hand: `%s` is no field of a segment",
                   buf_show(shown, sizeof shown, name.text, name.len));
      return err_hint(err, "flags, seq, ack, win …, parted by commas");
    }
    *fields |= SEG_BIT(f);
    list.text += name.len < list.len ? name.len + 1 : name.len;
    list.len -= name.len < list.len ? name.len + 1 : name.len;
  }
  return *fields != 0 || source_error(src, line, err, ERR_SYNTAX, "by-hand= names no field");
}

enum block_kind fence_kind(const char *info)
{
  static const char *const kinds[] = {
      [BLOCK_SETUP] = "setup", [BLOCK_PLAY] = "play", [BLOCK_TRY] = "try", [BLOCK_QUIZ] = "quiz"};
  struct span rest = {info, strlen(info)}, word = next_word(&rest);
  for (enum block_kind k = BLOCK_SETUP; k <= BLOCK_QUIZ; k++)
    if (span_is(word, kinds[k])) return k;
  return BLOCK_CODE;
}

bool fence_words(const struct source *src, const char *info, struct block *b, uint32_t *by_hand,
                 struct err *err)
{
  static const char *const words[] = {"on", "slow", "by-hand"};
  struct span rest = {info, strlen(info)}, word, value;
  bool step = b->kind == BLOCK_TRY || b->kind == BLOCK_QUIZ;
  next_word(&rest);
  while ((word = next_word(&rest)).len) {
    if (value_of(word, "on", &value)) {
      b->on = span_is(value, "lab") ? ON_LAB : span_is(value, "model") ? ON_MODEL : ON_ANY;
      if (b->on == ON_ANY) return source_error(src, b->line, err, ERR_SYNTAX, "on= is lab or model");
    } else if (b->kind == BLOCK_TRY && value_of(word, "by-hand", &value)) {
      if (!take_by_hand(src, b->line, value, by_hand, err)) return false;
    } else if (span_is(word, "slow")) {
      b->slow = true;
    } else if (step && !*b->id) {
      if (!take_id(src, b->line, word, b->id, err)) return false;
    } else {
      return unknown_word(src, b->line, word, words, sizeof words / sizeof *words, err);
    }
  }
  if (!step || *b->id) return true;
  source_error(src, b->line, err, ERR_SYNTAX, "this step has no id");
  return err_hint(err, "progress and answers hang on it: ```%s the-id",
                  b->kind == BLOCK_TRY ? "try" : "quiz");
}

/* "close,data" -> "close data". */
static bool take_after(const struct source *src, unsigned line, struct span list, struct lesson *l,
                       struct err *err)
{
  size_t used = 0;
  while (list.len) {
    char id[LESSON_ID_MAX + 1];
    struct span name = {list.text, 0};
    while (name.len < list.len && name.text[name.len] != ',') name.len++;
    if (!take_id(src, line, name, id, err)) return false;
    if (used + name.len + 2 > sizeof l->after)
      return source_error(src, line, err, ERR_LIMIT, "after= is too long");
    if (used) l->after[used++] = ' ';
    memcpy(l->after + used, id, name.len + 1);
    used += name.len;
    list.text += name.len < list.len ? name.len + 1 : name.len;
    list.len -= name.len < list.len ? name.len + 1 : name.len;
  }
  return used || source_error(src, line, err, ERR_SYNTAX, "after= names no lesson");
}

static bool take_minutes(const struct source *src, unsigned line, struct span value, struct lesson *l,
                         struct err *err)
{
  unsigned n = 0;
  for (size_t i = 0; i < value.len && n < 1000; i++) {
    if (value.text[i] < '0' || value.text[i] > '9')
      n = 1000;
    else
      n = n * 10 + (unsigned)(value.text[i] - '0');
  }
  if (n == 0 || n >= 1000)
    return source_error(src, line, err, ERR_RANGE, "minutes= is a number from 1 to 999");
  l->minutes = n;
  return true;
}

/* The question as one line: its words with a blank between two. */
static const char *question_text(struct lesson *l, struct span words)
{
  char *text = lesson_pool_get(l->pool, words.len + 1);
  size_t n = 0;
  struct span word;
  while (text && (word = next_word(&words)).len) {
    if (n) text[n++] = ' ';
    memcpy(text + n, word.text, word.len);
    n += word.len;
  }
  return text;
}

static bool question_words(const struct source *src, struct span rest, unsigned line, struct lesson *l,
                           struct err *err)
{
  const char *end = memmem(rest.text, rest.len, "-->", 3);
  if (!end) return source_error(src, line, err, ERR_SYNTAX, "this comment does not end with -->");
  rest.len = (size_t)(end - rest.text);
  struct lesson_question *q =
      lesson_pool_append(l->pool, &l->question, &l->question_count, sizeof *l->question);
  if (!q) return out_of_memory(err);
  q->line = line;
  struct span ahead = rest, value;
  if (value_of(next_word(&ahead), "step", &value)) {
    if (!take_id(src, line, value, q->step, err)) return false;
    rest = ahead;
  }
  q->text = question_text(l, rest);
  if (!q->text) return out_of_memory(err);
  if (*q->text) return true;
  source_error(src, line, err, ERR_SYNTAX, "the interview's question is missing");
  return err_hint(err, "<!-- interview Why does the end that closes first wait? -->");
}

bool comment_steps(const struct source *src, struct lesson *l, struct err *err)
{
  for (size_t i = 0; i < l->question_count; i++) {
    struct lesson_question *q = &l->question[i];
    const struct block *step = NULL;
    for (size_t k = 0; k < l->block_count && !step; k++) {
      const struct block *b = &l->block[k];
      if (*b->id && (*q->step ? strcmp(b->id, q->step) == 0 : b->line > q->line)) step = b;
    }
    if (!step && *q->step)
      return source_error(src, q->line, err, ERR_UNKNOWN, "there is no step `%s`", q->step);
    if (!step) {
      source_error(src, q->line, err, ERR_SYNTAX, "no step follows that could answer this question");
      return err_hint(err, "step=ID names one that stands before it");
    }
    memcpy(q->step, step->id, sizeof q->step);
  }
  return true;
}

bool comment_words(const struct source *src, const char *html, unsigned line, struct lesson *l,
                   struct err *err)
{
  static const char *const words[] = {"id", "after", "minutes"};
  struct span rest = {html, strlen(html)}, word, value;
  if (!span_is(next_word(&rest), "<!--")) return true;
  word = next_word(&rest);
  if (span_is(word, "interview")) return question_words(src, rest, line, l, err);
  if (!span_is(word, "lesson")) return true;
  if (*l->id) return source_error(src, line, err, ERR_SYNTAX, "the lesson is named twice");
  while ((word = next_word(&rest)).len && !span_is(word, "-->")) {
    bool ok = value_of(word, "id", &value)        ? take_id(src, line, value, l->id, err)
              : value_of(word, "after", &value)   ? take_after(src, line, value, l, err)
              : value_of(word, "minutes", &value) ? take_minutes(src, line, value, l, err)
                                                  : unknown_word(src, line, word, words, 3, err);
    if (!ok) return false;
  }
  if (word.len == 0)
    return source_error(src, line, err, ERR_SYNTAX, "this comment does not end with a blank and -->");
  return *l->id || source_error(src, line, err, ERR_SYNTAX, "the lesson has no id=");
}
