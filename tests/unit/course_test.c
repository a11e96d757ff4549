/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every lesson taken, played and checked by a host that has no terminal. This program is made of the pure
   part alone, by a compiler that finds no header of libnet, libpcap, libmnl or readline (tests/pure/), and
   linked with nothing but the C library, jansson and cmark: so it speaks TAP by itself. */
#include "tests/unit/memory_host.h"

#include "engine/course/check.h"
#include "engine/course/learn.h"
#include "engine/course/play.h"
#include "engine/lesson/stepper.h"
#include "engine/trace/heap_buf.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TURNS_MOST 1000 /* of a lesson: more would be a circle */

static struct memory_host m;
static unsigned count, failed;

static bool ok(bool passed, const char *what, const char *of)
{
  printf("%sok %u - %s: %s\n", passed ? "" : "not ", ++count, of, what);
  if (!passed && m.wrong.len) printf("# %s", m.wrong.data);
  failed += !passed;
  return passed;
}

static bool shows(const char *text) { return m.shown.len && strstr(m.shown.data, text) != NULL; }

static bool notes(const char *fact, const char *lesson, const char *step)
{
  char line[160];
  snprintf(line, sizeof line, "\n%s %s%s%s\n", fact, lesson, *step ? " " : "", step);
  return m.note.len && strstr(m.note.data, line) != NULL;
}

/* -- taken -- */

/* What meets no goal, whatever fields are to be written by hand; then what solves the step. */
static bool take_try(const struct block *b)
{
  const struct block *step;
  unsigned worlds = m.opened;
  buf_reset(&m.shown);
  memory_host_type(&m, "send none seq=1 ack=1 win=1 urg=0 mss=9 len=0 stray");
  bool back = learn_wants(&m.course, &step) == LEARN_TRY && step == b && m.opened == worlds + 1 &&
              shows("Everything is again as it was before the step");
  memory_host_type(&m, b->attempt->solve.text);
  return back;
}

/* A number that is none of the answers', or the first option that is wrong. */
static bool take_wrong_answer(const struct lesson_quiz *q)
{
  char line[32];
  size_t i = 0;
  while (i < q->option_count && q->option[i].right) i++;
  snprintf(line, sizeof line, "%zu", q->answer ? 77 : i + 1);
  buf_reset(&m.shown);
  memory_host_type(&m, line);
  return learn_wants(&m.course, NULL) == LEARN_QUIZ && shows("Once more");
}

static bool take_quiz(const struct block *b)
{
  const struct lesson_quiz *q = b->quiz;
  char line[4 * QUIZ_OPTIONS_MAX] = "";
  bool back = take_wrong_answer(q);
  for (size_t i = 0, at = 0; i < q->option_count; i++)
    if (q->option[i].right) at += (size_t)snprintf(line + at, sizeof line - at, "%zu ", i + 1);
  memory_host_type(&m, q->answer ? q->answer : line);
  return back;
}

static void take(const char *id)
{
  const struct block *step;
  bool back = true, solved = true;
  memory_host_begin(&m);
  ok(learn_begin(&m.course, id), "begins", id);
  for (unsigned turn = 0; turn < TURNS_MOST && learn_wants(&m.course, &step) != LEARN_OVER; turn++) {
    if (!step) {
      memory_host_type(&m, "");
      continue;
    }
    char name[LESSON_ID_MAX + 1];
    snprintf(name, sizeof name, "%s", step->id);
    back &= step->attempt ? take_try(step) : take_quiz(step);
    solved &= notes("solved", id, name) && shows(step->attempt ? "Solved." : "Right.");
  }
  ok(back, "a wrong answer leaves the step as it was", id);
  ok(solved, "each step solved is noted", id);
  ok(learn_wants(&m.course, NULL) == LEARN_OVER && notes("finished", id, ""),
     "comes to its end, which is noted", id);
  ok(m.wrong.len == 0, "nothing goes wrong", id);
  memory_host_end(&m);
}

/* -- played -- */

/* All that is shown; the commands that were typed are counted. */
static bool play(const struct lesson_text *f, bool ahead, struct buf *out, size_t *typed, size_t *held)
{
  struct play_piece piece;
  struct err err;
  bool right = true;
  struct player *p = play_new(&m.course, f, ahead, false);
  *typed = *held = 0;
  right = play_begin(p, &err);
  while (right && play_next(p, &piece)) {
    right = piece.kind != PLAY_ERROR;
    *typed += piece.kind == PLAY_TYPE;
    *held += piece.kind == PLAY_HOLD;
    if (piece.len) buf_put(out, piece.text, piece.len);
  }
  right = right && !play_failed(p);
  play_free(p);
  return right;
}

/* The commands the lesson types on the model. */
static size_t commands(const struct lesson *l)
{
  struct stepper s;
  struct lesson_step step;
  size_t n = 0;
  stepper_init(&s, l, ON_MODEL);
  do {
    stepper_next(&s, &step);
    n += step.act == ACT_TYPE;
  } while (step.act != ACT_END);
  return n;
}

/* At every pause somebody has the prompt and spoils the connection; what is shown is the same all the
   same. */
static bool visit(const struct lesson_text *f, struct buf *out)
{
  struct play_piece piece;
  struct err err;
  struct player *p = play_new(&m.course, f, false, false);
  bool right = play_begin(p, &err);
  while (right && play_next(p, &piece)) {
    right = piece.kind != PLAY_ERROR;
    if (piece.len) buf_put(out, piece.text, piece.len);
    if (piece.kind != PLAY_HOLD) continue;
    buf_reset(&m.shown);
    right = play_visit(p, piece.place, &err);
    memory_host_type(&m, "send RST; state");
    right = right && shows("RST") && play_return(p, &err);
  }
  play_free(p);
  return right;
}

static void played(const struct lesson_text *f)
{
  const char *id = f->lesson->id;
  struct buf ahead, along;
  size_t typed, held;
  memory_host_begin(&m);
  m.course.asked.have_seed = true;
  heap_buf_init(&ahead);
  heap_buf_init(&along);
  ok(play(f, true, &ahead, &typed, &held), "plays to its end", id);
  ok(typed == commands(f->lesson) && held > 0, "types every command, and leaves time to read", id);
  ok(strstr(ahead.data, f->lesson->title) != NULL, "begins with its title", id);
  ok(play(f, false, &along, &typed, &held) && strcmp(ahead.data, along.data) == 0,
     "shows the same where nothing runs ahead", id);
  ok(m.shown.len == 0, "shows nothing but its pieces", id);
  buf_reset(&along);
  ok(visit(f, &along) && strcmp(ahead.data, along.data) == 0, "goes on after somebody had the prompt", id);
  heap_buf_free(&ahead);
  heap_buf_free(&along);
  memory_host_end(&m);
}

/* -- checked -- */

static void checked(const struct lesson_text *f)
{
  static const struct check_options options;
  unsigned wrong = 1;
  struct err err;
  memory_host_begin(&m);
  ok(check_lessons(&m.course, &options, f, 1, &wrong, &err) && wrong == 0, "checks without a fault",
     f->lesson->id);
  ok(shows("ok 1 - ") && shows("\n1..") && !shows("not ok"), "in TAP", f->lesson->id);
  memory_host_end(&m);
}

/* A note that somebody else wrote is not written over in silence. */
static void foreign_note(void)
{
  memory_host_begin(&m);
  buf_puts(&m.note, "a shopping list\n");
  learn_begin(&m.course, "tour");
  ok(m.aside == 1 && m.wrong.len > 0, "is set aside, and that is said", "a strange note");
  memory_host_end(&m);
}

/* -- the lessons' texts -- */

static char *read_text(const char *directory, const char *name)
{
  char path[4400];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  FILE *file = fopen(path, "r");
  char *text = file ? calloc(1, LESSON_SIZE_MAX + 2) : NULL;
  if (text && fread(text, 1, LESSON_SIZE_MAX + 1, file) == 0) {
    free(text);
    text = NULL;
  }
  if (file) fclose(file);
  return text;
}

static void read_lessons(void)
{
  const char *source = getenv("top_srcdir");
  char directory[4000];
  snprintf(directory, sizeof directory, "%s/lessons", source ? source : ".");
  DIR *dir = opendir(directory);
  for (struct dirent *entry; dir && m.lesson_count < LESSONS_MOST && (entry = readdir(dir));) {
    size_t len = strlen(entry->d_name);
    if (len > 3 && strcmp(entry->d_name + len - 3, ".md") == 0)
      m.lesson[m.lesson_count++] = read_text(directory, entry->d_name);
  }
  if (dir) closedir(dir);
}

int main(void)
{
  size_t found;
  read_lessons();
  memory_host_begin(&m);
  struct lesson_text *all = m.desk.host->lessons(&m, false, &found);
  ok(found > 0 && found == m.lesson_count, "every file of lessons/ is one", "lessons");
  memory_host_end(&m);
  for (size_t i = 0; i < found; i++) {
    take(all[i].lesson->id);
    played(&all[i]);
    checked(&all[i]);
  }
  foreign_note();
  lesson_text_close_all(all, found);
  for (size_t i = 0; i < m.lesson_count; i++) free((void *)(uintptr_t)m.lesson[i]);
  printf("1..%u\n", count);
  return failed > 0;
}
