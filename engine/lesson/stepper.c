/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lesson/stepper.h"

#include <string.h>

void stepper_init(struct stepper *s, const struct lesson *lesson, enum lesson_wire wire)
{
  *s = (struct stepper){.lesson = lesson, .wire = wire};
}

static const struct lesson_script *script_of(const struct block *b)
{
  switch (b->kind) {
  case BLOCK_SETUP:
  case BLOCK_PLAY:
    return &b->script;
  case BLOCK_TRY:
    return &b->attempt->solve;
  case BLOCK_QUIZ:
    return &b->quiz->then;
  default:
    return NULL;
  }
}

static void leave(struct stepper *s)
{
  s->inside = false;
  s->place = (struct script_place){0};
  s->block++;
}

bool script_next(const struct lesson_script *script, struct script_place *place, struct lesson_step *step)
{
  if (script->len == 0 || command_parse(script->text, script->len, &place->at, &step->call, NULL) < 1)
    return false;
  for (; place->counted < step->call.at; place->counted++)
    place->lines += script->text[place->counted] == '\n';
  step->script = script;
  step->line = script->line + place->lines;
  return true;
}

/* The next command of the block the stepper is in; false when there is none left. */
static bool next_call(struct stepper *s, struct lesson_step *step)
{
  const struct block *b = &s->lesson->block[s->block];
  if (!script_next(script_of(b), &s->place, step)) return false;
  step->act = b->kind == BLOCK_SETUP ? ACT_RUN : ACT_TYPE;
  step->block = b;
  return true;
}

void stepper_next(struct stepper *s, struct lesson_step *step)
{
  while (s->block < s->lesson->block_count) {
    const struct block *b = &s->lesson->block[s->block];
    *step = (struct lesson_step){.block = b, .line = b->line};
    if (s->inside) {
      if (next_call(s, step)) return;
      leave(s);
    } else if (b->on != ON_ANY && b->on != s->wire) {
      s->block++;
    } else if (!script_of(b)) {
      step->act = ACT_SAY;
      s->block++;
      return;
    } else if (b->kind == BLOCK_SETUP && s->begun) {
      s->scene = s->block;
      s->begun = false;
      step->act = ACT_SCENE;
      return;
    } else {
      s->inside = true;
      s->begun = s->begun || b->kind != BLOCK_SETUP;
      if (b->kind != BLOCK_TRY && b->kind != BLOCK_QUIZ) continue;
      step->act = ACT_POSE;
      return;
    }
  }
  *step = (struct lesson_step){.act = ACT_END};
}

void stepper_skip(struct stepper *s)
{
  if (s->inside) leave(s);
}

void stepper_seek(struct stepper *s, const struct lesson *l, enum lesson_wire wire, size_t block)
{
  struct lesson_step step;
  stepper_init(s, l, wire);
  while (s->block < block) {
    stepper_next(s, &step);
    if (step.act == ACT_END) break;
    if (s->inside && s->block < block) leave(s);
  }
}

void stepper_begin_scene(struct stepper *s, const struct lesson *l, enum lesson_wire wire, size_t block)
{
  stepper_init(s, l, wire);
  s->block = s->scene = block;
}

void lesson_scenes(const struct lesson *l, enum lesson_wire wire, size_t scene[])
{
  struct stepper s;
  struct lesson_step step;
  stepper_init(&s, l, wire);
  for (size_t next = 0;; stepper_next(&s, &step)) {
    if (s.inside) leave(&s);
    while (next <= s.block) scene[next++] = s.scene;
    if (s.block >= l->block_count) return;
  }
}

size_t lesson_page(const struct lesson *l, size_t block)
{
  while (block > 0) {
    const struct block *before = &l->block[block - 1];
    if (before->kind == BLOCK_TRY || before->kind == BLOCK_QUIZ) return block;
    block--;
    if (before->kind == BLOCK_HEADING) return block;
  }
  return 0;
}

size_t lesson_step_find(const struct lesson *l, const char *id)
{
  size_t i = 0;
  while (i < l->block_count && strcmp(l->block[i].id, id) != 0) i++;
  return i;
}
