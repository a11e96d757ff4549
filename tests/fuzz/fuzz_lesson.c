/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any octets, read as a lesson: either a lesson whose every block and command has a place in the file, is
   allowed and can be walked to its end; or an error with a place in the file and a message that is safe to
   show. */
#include "tests/fuzz/fuzz_check.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/base/utf8.h"
#include "engine/lesson/proofread.h"
#include "engine/lesson/quiz.h"
#include "engine/lesson/stepper.h"
#include "engine/trace/heap_buf.h"

#include <stdlib.h>
#include <string.h>

#define FEW_BLOCKS 200u

static unsigned count_lines(const uint8_t *data, size_t size)
{
  unsigned lines = 1;
  for (size_t i = 0; i < size; i++) lines += data[i] == '\n';
  return lines;
}

static void is_sound(const struct block *b)
{
  check(strlen(b->text) == b->text_len);
  check(strlen(b->marker) <= b->indent);
  check((b->kind == BLOCK_TRY) == (b->attempt != NULL) && (b->kind == BLOCK_QUIZ) == (b->quiz != NULL));
  for (size_t i = 0; b->attempt && i < b->attempt->goal_count; i++) {
    const struct condition *goal = &b->attempt->goal[i];
    bool segment = goal->kind == CONDITION_SENT || goal->kind == CONDITION_GOT;
    check(goal->text != NULL && (goal->segment != NULL) == segment);
  }
  for (size_t i = 0; b->quiz && i < b->quiz->option_count; i++)
    check(b->quiz->option[i].text != NULL && b->quiz->option[i].explanation != NULL);
}

/* Found in one go or by going to each block, the scenes are the same. */
static void find_scenes(const struct lesson *l, enum lesson_wire wire)
{
  size_t scene[FEW_BLOCKS + 1];
  struct stepper s;
  if (l->block_count > FEW_BLOCKS) return;
  lesson_scenes(l, wire, scene);
  for (size_t i = 0; i <= l->block_count; i++) {
    stepper_seek(&s, l, wire, i);
    check(s.scene == scene[i] && scene[i] <= l->block_count);
  }
}

static void walk(const struct lesson *l, enum lesson_wire wire, unsigned lines)
{
  struct stepper s;
  struct lesson_step step;
  struct buf filled;
  unsigned line = 0;
  heap_buf_init(&filled);
  find_scenes(l, wire);
  stepper_init(&s, l, wire);
  for (;;) {
    stepper_next(&s, &step);
    if (step.act == ACT_END) break;
    check(step.line >= 1 && step.line <= lines && step.line >= line);
    line = step.line;
    if (step.act == ACT_SAY || step.act == ACT_POSE) {
      is_sound(step.block);
      buf_reset(&filled);
      lesson_fill(step.block->text, NULL, &filled);
      check(!filled.truncated);
    } else if (step.act == ACT_SCENE) {
      check(step.block->kind == BLOCK_SETUP && s.scene == (size_t)(step.block - l->block));
    } else {
      check(lesson_allows(step.call.command->id));
      check(step.call.at + step.call.len <= step.script->len);
    }
  }
  heap_buf_free(&filled);
}

/* What a proof-reader says has a line of the file, and a part of the text or none. */
static void is_told(void *ctx, unsigned line, const char *part, size_t part_len, struct err *err)
{
  const unsigned *lines = ctx;
  check(line >= 1 && line <= *lines && err->message[0] && (part != NULL || part_len == 0));
  is_safe(err->message);
}

static void is_never_told(void *ctx, unsigned line, const char *part, size_t part_len, struct err *err)
{
  (void)ctx, (void)line, (void)part, (void)part_len, (void)err;
  abort();
}

static void read_proofs(const struct lesson *l, unsigned lines)
{
  struct quiz_verdict verdict;
  struct err err;
  proofread(l, is_told, &lines);
  proofread_translation(l, l, is_never_told, NULL); /* nothing differs from itself */
  for (size_t i = 0; i < l->question_count; i++)
    check(*l->question[i].text && lesson_step_find(l, l->question[i].step) < l->block_count);
  for (size_t i = 0; i < l->block_count; i++) {
    const struct block *b = &l->block[i];
    err_clear(&err);
    if (b->quiz && !quiz_judge(b->quiz, b->text, b->text_len, NULL, &verdict, &err))
      is_explained(&err, b->text_len);
    if (*b->id) check(lesson_step_find(l, b->id) == i && lesson_page(l, i) <= i);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct err err;
  err_clear(&err);
  struct lesson *l = lesson_parse((const char *)data, size, &err);
  if (!l) {
    is_explained(&err, size);
    return 0;
  }
  check(lesson_id_valid(l->id, strlen(l->id)) && *l->title);
  walk(l, ON_LAB, count_lines(data, size));
  walk(l, ON_MODEL, count_lines(data, size));
  read_proofs(l, count_lines(data, size));
  lesson_free(l);
  return 0;
}
