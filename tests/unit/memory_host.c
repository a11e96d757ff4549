/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/memory_host.h"

#include "engine/course/learn.h"
#include "engine/peer/model.h"
#include "engine/trace/heap_buf.h"

#include <stdlib.h>
#include <string.h>

static void put(void *ctx, const char *text, size_t len, bool record)
{
  struct memory_host *m = ctx;
  (void)record;
  buf_put(&m->shown, text, len);
}

static void put_error(void *ctx, const struct err *err, const char *name, const char *text, size_t len)
{
  struct memory_host *m = ctx;
  (void)text;
  (void)len;
  buf_printf(&m->wrong, "%s: %s\n", name ? name : "", err->message);
}

static void on_records(void *ctx) { desk_show_records(&((struct memory_host *)ctx)->desk); }

static bool open_world(void *ctx, const struct world *world, struct err *err)
{
  struct memory_host *m = ctx;
  const struct tcp_profile *profile = tcp_profile_find(world->profile ? world->profile : "rfc9293");
  struct model_config model = {.profile = profile, .seed = ~world->seed};
  struct session_config config = {.your_profile = &tcp_profile_rfc9293,
                                  .peer_profile = profile,
                                  .seed = world->seed,
                                  .sees_truth = true,
                                  .on_records = on_records,
                                  .ctx = m,
                                  .wake_fd = -1,
                                  .world = model_world,
                                  .set_msl = model_set_msl};
  addr_parse("10.9.0.1", 8, &model.you, NULL);
  addr_parse("10.9.0.2", 8, &model.peer, NULL);
  config.your_address = model.you;
  config.peer_address = model.peer;
  session_free(m->desk.session);
  m->desk.session = NULL;
  m->desk.printed = 0;
  m->opened++;
  if (!model_new(&model, &config.wire, &config.peer, err)) return false;
  config.world_ctx = config.peer;
  m->desk.session = session_new(&config, err);
  return m->desk.session != NULL;
}

static uint64_t seed(void *ctx) { return ((struct memory_host *)ctx)->opened + 7; }

static bool read_lesson(const char *text, struct lesson_text *f)
{
  struct err err;
  if (lesson_text_read(f, strdup("memory"), strdup(text), strlen(text), &err)) return true;
  lesson_text_close(f);
  return false;
}

static struct lesson_text *all_lessons(void *ctx, bool tell, size_t *count)
{
  struct memory_host *m = ctx;
  struct lesson_text *all = calloc(m->lesson_count + 1, sizeof *all);
  (void)tell;
  *count = 0;
  for (size_t i = 0; i < m->lesson_count; i++) *count += read_lesson(m->lesson[i], &all[*count]);
  lesson_text_order(all, *count);
  return all;
}

static bool find_lesson(void *ctx, const char *name, struct lesson_text *out)
{
  size_t count;
  bool found = false;
  struct lesson_text *all = all_lessons(ctx, false, &count);
  for (size_t i = 0; i < count; i++) {
    bool it = !found && strcmp(all[i].lesson->id, name) == 0;
    if (it) *out = all[i];
    if (!it) lesson_text_close(&all[i]);
    found |= it;
  }
  free(all);
  return found;
}

static enum note_found fetch(void *ctx, const char *name, struct buf *text, struct err *err)
{
  struct memory_host *m = ctx;
  (void)name;
  (void)err;
  buf_put(text, m->note.data ? m->note.data : "", m->note.len);
  return m->note.len ? NOTE_FOUND : NOTE_NONE;
}

static bool keep(void *ctx, const char *name, const char *text, size_t len, struct err *err)
{
  struct memory_host *m = ctx;
  (void)name;
  (void)err;
  buf_reset(&m->note);
  buf_put(&m->note, text, len);
  m->kept++;
  return true;
}

static bool set_aside(void *ctx, const char *name, struct err *err)
{
  struct memory_host *m = ctx;
  buf_reset(&m->note);
  m->aside++;
  return !err_set(err, ERR_SYSTEM, "the note %s is not ours", name);
}

static const struct host host = {.put = put,
                                 .error = put_error,
                                 .open = open_world,
                                 .seed = seed,
                                 .lesson = find_lesson,
                                 .lessons = all_lessons,
                                 .fetch = fetch,
                                 .keep = keep,
                                 .set_aside = set_aside};

void memory_host_begin(struct memory_host *m)
{
  heap_buf_init(&m->shown);
  heap_buf_init(&m->wrong);
  heap_buf_init(&m->note);
  m->opened = m->kept = m->aside = 0;
  desk_init(&m->desk, &host, m);
  m->course = (struct course){.desk = &m->desk, .asked.wire = ON_MODEL, .keeps = true};
}

void memory_host_end(struct memory_host *m)
{
  course_end(&m->course);
  session_free(m->desk.session);
  heap_buf_free(&m->shown);
  heap_buf_free(&m->wrong);
  heap_buf_free(&m->note);
}

void memory_host_type(struct memory_host *m, const char *line)
{
  struct command_call call;
  struct err err;
  size_t at = 0, len = strlen(line);
  bool ran = true;
  if (learn_line(&m->course, line)) return;
  while (ran && command_parse(line, len, &at, &call, &err) > 0) ran = desk_run(&m->desk, &call, &err);
  learn_ran(&m->course, line, ran);
}
