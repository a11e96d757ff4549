/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All lessons, what has been done of them, which comes next. */
#include "engine/course/learn_own.h"

#include "engine/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct progress *learn_progress(struct course *c)
{
  if (!c->progress) c->progress = progress_load(c->desk);
  return c->progress;
}

bool learn_next(struct course *c, const char *other_than, char id[LESSON_ID_MAX + 1], char title[128])
{
  size_t count, next = 0;
  struct lesson_text *all = c->desk->host->lessons(c->desk->ctx, false, &count);
  const struct progress *p = learn_progress(c);
  while (next < count &&
         (progress_finished(p, all[next].lesson->id) || strcmp(all[next].lesson->id, other_than) == 0))
    next++;
  bool found = next < count;
  if (found) {
    snprintf(id, LESSON_ID_MAX + 1, "%s", all[next].lesson->id);
    buf_show(title, 128, all[next].lesson->title, strlen(all[next].lesson->title));
  }
  lesson_text_close_all(all, count);
  return found;
}

/* "✓ handshake     The three-way handshake (12 min), 3 of 7 steps". */
static void put_lesson(struct course *c, const struct lesson *l, struct buf *out)
{
  const struct progress *p = learn_progress(c);
  unsigned steps = 0, done = 0;
  for (size_t i = 0; i < l->block_count; i++) {
    if (!*l->block[i].id) continue;
    steps++;
    done += progress_step(p, l->id, l->block[i].id) >= STEP_SHOWN;
  }
  bool finished = progress_finished(p, l->id);
  buf_printf(out, "%s %-15s ", finished ? (c->desk->view.utf8 ? "✓" : "*") : " ", l->id);
  buf_put_visible(out, l->title, strlen(l->title), false);
  if (l->minutes) buf_printf(out, " (%u min)", l->minutes);
  if (done && !finished) buf_printf(out, ", %u of %u steps", done, steps);
  buf_putc(out, '\n');
}

/* Figure 5 and its notes have so many arrows for an end to walk. */
static void put_arrows(struct course *c, struct buf *out)
{
  unsigned walked = 0;
  for (size_t from = 0; from < STATE_COUNT; from++)
    for (size_t to = 0; to < STATE_COUNT; to++)
      walked += progress_walked(learn_progress(c), (enum tcp_state)from, (enum tcp_state)to);
  if (walked)
    buf_printf(out, "\nYou have walked %u of the ways from one state to another by hand.\n", walked);
}

bool learn_list(struct course *c, struct err *err)
{
  size_t count;
  struct lesson_text *all = c->desk->host->lessons(c->desk->ctx, true, &count);
  struct buf out;
  heap_buf_init(&out);
  for (size_t i = 0; i < count; i++) put_lesson(c, all[i].lesson, &out);
  put_arrows(c, &out);
  desk_put(c->desk, out.data ? out.data : "", out.len);
  heap_buf_free(&out);
  lesson_text_close_all(all, count);
  return count || err_set(err, ERR_UNKNOWN, "no lesson was found");
}

void learn_questions(struct desk *d, struct buf *out)
{
  size_t count;
  struct lesson_text *all = d->host->lessons(d->ctx, true, &count);
  for (size_t i = 0; i < count; i++) {
    const struct lesson *l = all[i].lesson;
    for (size_t k = 0; k < l->question_count; k++) {
      buf_putc(out, '\n');
      view_wrap(l->question[k].text, 0, &d->view, out);
      buf_printf(out, "    lesson %s#%s\n", l->id, l->question[k].step);
    }
  }
  lesson_text_close_all(all, count);
}

const bool (*learn_ways(struct course *c))[STATE_COUNT]
{
  return c->keeps ? progress_ways(learn_progress(c)) : NULL;
}

void learn_offer(struct course *c, struct buf *out)
{
  char id[LESSON_ID_MAX + 1], title[128];
  bool first = progress_is_empty(learn_progress(c));
  if (!learn_next(c, "", id, title)) return;
  if (first)
    buf_puts(out, "New here? Enter starts the first lesson. 'send SYN' starts without.");
  else
    buf_printf(out, "Enter goes on with the lesson \"%s\". 'send SYN' starts without.", title);
}
