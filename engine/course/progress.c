/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/course/progress.h"

#include "engine/base/buf.h"
#include "engine/lesson/lesson.h"
#include "engine/trace/heap_buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTE "progress"
#define FIRST_LINE "tcptutor progress 1"
#define LAST_LINE "end"

/* What is known of a step; or, with step "", of a lesson: its place and whether it is finished. */
struct fact {
  char lesson[LESSON_ID_MAX + 1], step[LESSON_ID_MAX + 1], place[LESSON_ID_MAX + 1];
  enum step_fate fate;
  bool finished;
};

struct progress {
  size_t count;
  struct fact *fact;
  bool walked[STATE_COUNT][STATE_COUNT];
  bool kept;    /* there is a place for it */
  bool refused; /* that it cannot be kept has been said */
};

static const char *const fates[] = {
    [STEP_NEW] = "", [STEP_SKIPPED] = "skipped", [STEP_SHOWN] = "shown", [STEP_SOLVED] = "solved"};

static const struct fact *find(const struct progress *p, const char *lesson, const char *step)
{
  for (size_t i = 0; p && i < p->count; i++)
    if (strcmp(p->fact[i].lesson, lesson) == 0 && strcmp(p->fact[i].step, step) == 0) return &p->fact[i];
  return NULL;
}

/* The fact, made when there is none yet; NULL: no memory. */
static struct fact *fact_of(struct progress *p, const char *lesson, const char *step)
{
  const struct fact *known = find(p, lesson, step);
  if (known) return &p->fact[known - p->fact];
  struct fact *more = p ? realloc(p->fact, (p->count + 1) * sizeof *more) : NULL;
  if (!more) return NULL;
  p->fact = more;
  more[p->count] = (struct fact){.fate = STEP_NEW};
  snprintf(more[p->count].lesson, sizeof more->lesson, "%s", lesson);
  snprintf(more[p->count].step, sizeof more->step, "%s", step);
  return &more[p->count++];
}

enum step_fate progress_step(const struct progress *p, const char *lesson, const char *step)
{
  const struct fact *f = find(p, lesson, step);
  return f ? f->fate : STEP_NEW;
}

const char *progress_place(const struct progress *p, const char *lesson)
{
  const struct fact *f = find(p, lesson, "");
  return f ? f->place : "";
}

bool progress_finished(const struct progress *p, const char *lesson)
{
  const struct fact *f = find(p, lesson, "");
  return f && f->finished;
}

bool progress_walked(const struct progress *p, enum tcp_state from, enum tcp_state to)
{
  return p && p->walked[from][to];
}

const bool (*progress_ways(const struct progress *p))[STATE_COUNT]
{
  for (size_t i = 0; p && i < STATE_COUNT * STATE_COUNT; i++)
    if (p->walked[i / STATE_COUNT][i % STATE_COUNT]) return (const bool(*)[STATE_COUNT])p->walked;
  return NULL;
}

bool progress_is_empty(const struct progress *p) { return !p || p->count == 0; }

void progress_set_step(struct progress *p, const char *lesson, const char *step, enum step_fate fate)
{
  struct fact *f = fact_of(p, lesson, step);
  if (f && fate > f->fate) f->fate = fate;
}

void progress_set_place(struct progress *p, const char *lesson, const char *step)
{
  struct fact *f = fact_of(p, lesson, "");
  if (f) snprintf(f->place, sizeof f->place, "%s", step);
}

void progress_set_finished(struct progress *p, const char *lesson)
{
  struct fact *f = fact_of(p, lesson, "");
  if (!f) return;
  f->finished = true;
  f->place[0] = '\0';
}

void progress_walk(struct progress *p, const struct trace *trace, size_t from)
{
  for (; p && from < trace_count(trace); from++) {
    const struct record *r = trace_at(trace, from);
    if (r->kind == RECORD_STATE && r->end == END_YOU) p->walked[r->from][r->to] = true;
  }
}

/* Reading. */

static bool read_id(const char *word, char out[LESSON_ID_MAX + 1])
{
  if (!word || !lesson_id_valid(word, strlen(word))) return false;
  snprintf(out, LESSON_ID_MAX + 1, "%s", word);
  return true;
}

static bool read_state(const char *word, enum tcp_state *out)
{
  return word && tcp_state_parse(word, strlen(word), out, NULL);
}

/* "solved handshake third", "at handshake whole", "finished segment", "walked CLOSED SYN-SENT". */
static bool read_fact(struct progress *p, char *line)
{
  char *rest = line, *word[4] = {0}, lesson[LESSON_ID_MAX + 1], step[LESSON_ID_MAX + 1];
  enum tcp_state from, to;
  for (size_t i = 0; i < 4; i++) word[i] = strsep(&rest, " ");
  if (!word[0] || word[3]) return false;
  if (strcmp(word[0], "walked") == 0) {
    if (!read_state(word[1], &from) || !read_state(word[2], &to)) return false;
    p->walked[from][to] = true;
    return true;
  }
  if (!read_id(word[1], lesson)) return false;
  if (strcmp(word[0], "finished") == 0 && !word[2]) {
    struct fact *f = fact_of(p, lesson, "");
    if (f) f->finished = true;
    return f != NULL;
  }
  if (!read_id(word[2], step)) return false;
  if (strcmp(word[0], "at") == 0) {
    progress_set_place(p, lesson, step);
    return true;
  }
  for (enum step_fate fate = STEP_SKIPPED; fate <= STEP_SOLVED; fate++)
    if (strcmp(word[0], fates[fate]) == 0) {
      progress_set_step(p, lesson, step, fate);
      return true;
    }
  return false;
}

/* TEXT is consumed. */
static bool read_facts(struct progress *p, char *text)
{
  char *line = strsep(&text, "\n");
  if (!line || strcmp(line, FIRST_LINE) != 0) return false;
  while ((line = strsep(&text, "\n")) && text) {
    if (strcmp(line, LAST_LINE) == 0) return *text == '\0';
    if (!read_fact(p, line)) return false;
  }
  return false;
}

/* What the host says is wrong, and what follows from it. */
static void say(struct desk *d, const struct err *what, const char *so)
{
  struct err err;
  err_clear(&err);
  if (!what->message[0]) return;
  err_set(&err, ERR_SYSTEM, "%s%s", what->message, so);
  desk_error(d, &err, NULL, NULL, 0);
}

/* Whatever it is, it is somebody's. */
static void set_aside(struct desk *d, struct progress *p)
{
  struct err err;
  err_clear(&err);
  p->kept = d->host->set_aside(d->ctx, NOTE, &err);
  say(d, &err, p->kept ? "" : "; nothing is kept in this session");
}

/* The note's text, or NULL. False: there is one, and it is not ours. */
static bool fetch(struct desk *d, struct progress *p, struct buf *text)
{
  struct err err;
  err_clear(&err);
  switch (d->host->fetch(d->ctx, NOTE, text, &err)) {
  case NOTE_FOUND:
    return !text->truncated && text->len && strlen(text->data) == text->len;
  case NOTE_STRANGE:
    return false;
  case NOTE_LOST:
    say(d, &err, "; nothing is kept in this session");
    p->kept = false;
    break;
  case NOTE_NONE:
    break;
  }
  buf_reset(text);
  return true;
}

static void add(struct progress *p, const struct progress *more)
{
  for (size_t i = 0; i < more->count; i++) {
    const struct fact *from = &more->fact[i];
    bool known = find(p, from->lesson, from->step) != NULL;
    struct fact *to = fact_of(p, from->lesson, from->step);
    if (!to) break;
    if (!known) *to = *from;
    if (from->fate > to->fate) to->fate = from->fate;
    to->finished |= from->finished;
  }
  for (size_t f = 0; f < STATE_COUNT; f++)
    for (size_t t = 0; t < STATE_COUNT; t++) p->walked[f][t] |= more->walked[f][t];
}

/* Adds what the note says. */
static void take_in(struct desk *d, struct progress *p)
{
  struct buf text;
  /* A broken note is known to be broken only at its end: what was read of it is not taken. */
  struct progress whole = {0};
  if (!p->kept) return;
  heap_buf_init(&text);
  bool ours = fetch(d, p, &text);
  if (ours && text.len) ours = read_facts(&whole, text.data);
  heap_buf_free(&text);
  if (ours)
    add(p, &whole);
  else
    set_aside(d, p);
  free(whole.fact);
}

struct progress *progress_load(struct desk *d)
{
  struct progress *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  p->kept = true;
  take_in(d, p);
  return p;
}

void progress_free(struct progress *p)
{
  if (p) free(p->fact);
  free(p);
}

/* Writing. */

static void put_facts(const struct progress *p, struct buf *out)
{
  buf_puts(out, FIRST_LINE "\n");
  for (size_t i = 0; i < p->count; i++) {
    const struct fact *f = &p->fact[i];
    if (f->fate != STEP_NEW) buf_printf(out, "%s %s %s\n", fates[f->fate], f->lesson, f->step);
    if (f->place[0]) buf_printf(out, "at %s %s\n", f->lesson, f->place);
    if (f->finished) buf_printf(out, "finished %s\n", f->lesson);
  }
  for (size_t from = 0; from < STATE_COUNT; from++)
    for (size_t to = 0; to < STATE_COUNT; to++)
      if (p->walked[from][to])
        buf_printf(out, "walked %s %s\n", tcp_state_name((enum tcp_state)from),
                   tcp_state_name((enum tcp_state)to));
  buf_puts(out, LAST_LINE "\n");
}

void progress_save(struct desk *d, struct progress *p)
{
  struct buf out;
  struct err err;
  if (!p || !p->kept || p->refused) return;
  take_in(d, p);
  if (!p->kept) return;
  heap_buf_init(&out);
  put_facts(p, &out);
  err_clear(&err);
  if (!out.truncated && !d->host->keep(d->ctx, NOTE, out.data, out.len, &err)) {
    p->refused = true;
    say(d, &err, "; what you do now is not kept");
  }
  heap_buf_free(&out);
}
