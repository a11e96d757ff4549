/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All lessons, what has been done of them, which comes next. */
#include "cli/learn_own.h"

#include "engine/base/buf.h"

#include <stdlib.h>
#include <string.h>

struct progress *learn_progress(struct app *app)
{
  if (!app->progress) app->progress = progress_load(app);
  return app->progress;
}

void learn_free_progress(struct app *app)
{
  progress_free(app->progress);
  app->progress = NULL;
}

static void close_all(struct lesson_file *all, size_t count)
{
  for (size_t i = 0; i < count; i++) lesson_file_close(&all[i]);
  free(all);
}

bool learn_next(struct app *app, const char *other_than, char id[LESSON_ID_MAX + 1], char title[128])
{
  size_t count, wrong, next = 0;
  struct lesson_file *all = lesson_file_all(NULL, &count, &wrong);
  const struct progress *p = learn_progress(app);
  while (next < count &&
         (progress_finished(p, all[next].lesson->id) || strcmp(all[next].lesson->id, other_than) == 0))
    next++;
  bool found = next < count;
  if (found) {
    snprintf(id, LESSON_ID_MAX + 1, "%s", all[next].lesson->id);
    buf_show(title, 128, all[next].lesson->title, strlen(all[next].lesson->title));
  }
  close_all(all, count);
  return found;
}

/* "✓ handshake     The three-way handshake (12 min), 3 of 7 steps". */
static void put_lesson(struct app *app, const struct lesson *l, struct buf *out)
{
  const struct progress *p = learn_progress(app);
  unsigned steps = 0, done = 0;
  for (size_t i = 0; i < l->block_count; i++) {
    if (!*l->block[i].id) continue;
    steps++;
    done += progress_step(p, l->id, l->block[i].id) >= STEP_SHOWN;
  }
  bool finished = progress_finished(p, l->id);
  buf_printf(out, "%s %-15s ", finished ? (app->desk.view.utf8 ? "✓" : "*") : " ", l->id);
  buf_put_visible(out, l->title, strlen(l->title), false);
  if (l->minutes) buf_printf(out, " (%u min)", l->minutes);
  if (done && !finished) buf_printf(out, ", %u of %u steps", done, steps);
  buf_putc(out, '\n');
}

/* Figure 5 and its notes have so many arrows for an end to walk. */
static void put_arrows(struct app *app, struct buf *out)
{
  unsigned walked = 0;
  for (size_t from = 0; from < STATE_COUNT; from++)
    for (size_t to = 0; to < STATE_COUNT; to++)
      walked += progress_walked(learn_progress(app), (enum tcp_state)from, (enum tcp_state)to);
  if (walked)
    buf_printf(out, "\nYou have walked %u of the ways from one state to another by hand.\n", walked);
}

bool learn_list(struct app *app, struct err *err)
{
  size_t count, wrong;
  struct lesson_file *all = lesson_file_all(app, &count, &wrong);
  struct buf out;
  heap_buf_init(&out);
  for (size_t i = 0; i < count; i++) put_lesson(app, all[i].lesson, &out);
  put_arrows(app, &out);
  app_put(app, out.data ? out.data : "", out.len);
  heap_buf_free(&out);
  close_all(all, count);
  return count || err_set(err, ERR_UNKNOWN, "no lesson was found");
}

void learn_questions(struct app *app, struct buf *out)
{
  size_t count, wrong;
  struct lesson_file *all = lesson_file_all(app, &count, &wrong);
  for (size_t i = 0; i < count; i++) {
    const struct lesson *l = all[i].lesson;
    for (size_t k = 0; k < l->question_count; k++) {
      buf_putc(out, '\n');
      view_wrap(l->question[k].text, 0, &app->desk.view, out);
      buf_printf(out, "    lesson %s#%s\n", l->id, l->question[k].step);
    }
  }
  close_all(all, count);
}

const bool (*learn_ways(struct app *app))[STATE_COUNT]
{
  return app->interactive ? progress_ways(learn_progress(app)) : NULL;
}

void learn_offer(struct app *app, struct buf *out)
{
  char id[LESSON_ID_MAX + 1], title[128];
  bool first = progress_is_empty(learn_progress(app));
  if (!learn_next(app, "", id, title)) return;
  if (first)
    buf_puts(out, "New here? Enter starts the first lesson. 'send SYN' starts without.");
  else
    buf_printf(out, "Enter goes on with the lesson \"%s\". 'send SYN' starts without.", title);
}
