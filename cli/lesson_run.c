/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/lesson_run.h"

#include <string.h>

void lesson_run_wire(struct app *app)
{
  if (app->options.wire == WIRE_MODEL && !app->options.profile) app->options.profile = tcp_profile_linux.name;
}

static void keep_settings(struct lesson_run *r)
{
  r->view = r->app->view;
  memcpy(r->names, r->app->names, sizeof r->names);
  r->keep_going = r->app->keep_going;
}

/* The width may have changed meanwhile: that is the terminal's. */
static void put_settings_back(struct lesson_run *r)
{
  unsigned columns = r->app->view.columns;
  r->app->view = r->view;
  r->app->view.columns = columns;
  memcpy(r->app->names, r->names, sizeof r->names);
  r->app->keep_going = r->keep_going;
}

void lesson_run_begin(struct lesson_run *r, struct app *app, const struct lesson_file *file)
{
  *r = (struct lesson_run){.app = app, .file = file};
  r->wire = app->options.wire == WIRE_MODEL ? ON_MODEL : ON_LAB;
  keep_settings(r);
}

static void session_over(struct lesson_run *r)
{
  if (r->over && r->app->session) r->over(r->ctx, session_trace(r->app->session));
}

void lesson_run_end(struct lesson_run *r)
{
  session_over(r);
  put_settings_back(r);
}

bool lesson_run_fresh(struct lesson_run *r, struct err *err)
{
  session_over(r);
  if (!app_restart(r->app, err)) return false;
  lesson_run_pose(r);
  return true;
}

bool lesson_run_call(struct lesson_run *r, const struct lesson_step *step, struct err *err)
{
  if (run_command(r->app, &step->call, err)) return true;
  lesson_file_place(r->file, step->script, &step->call, err);
  return false;
}

/* What a lesson has set of the program (what the ends are called …) holds for all its scenes. */
static bool is_program_setting(const struct command_call *call)
{
  const struct setting *s =
      call->command->id == COMMAND_SET && !call->show_only ? setting_find(call->key, strlen(call->key), NULL) : NULL;
  return s && s->owner == SETTING_PROGRAM;
}

static bool replay(struct lesson_run *r, size_t block, struct err *err)
{
  size_t scene = lesson_scene(r->file->lesson, r->wire, block);
  struct stepper s;
  struct lesson_step step;
  put_settings_back(r);
  stepper_init(&s, r->file->lesson, r->wire);
  for (;;) {
    stepper_next(&s, &step);
    if (step.act == ACT_END || (size_t)(step.block - r->file->lesson->block) >= block) return true;
    if (step.act != ACT_RUN && step.act != ACT_TYPE) continue;
    bool before = (size_t)(step.block - r->file->lesson->block) < scene;
    if (before && !is_program_setting(&step.call)) continue;
    if (!lesson_run_call(r, &step, err)) return false;
  }
}

/* A pause, a table or a help text in a replay is nothing to look at. */
static void swallow(struct app *app, const char *text, size_t len)
{
  (void)app;
  (void)text;
  (void)len;
}

bool lesson_run_to(struct lesson_run *r, size_t block, struct err *err)
{
  struct app *app = r->app;
  void (*emit)(struct app *, const char *, size_t) = app->emit;
  bool quiet = app->quiet;
  app->quiet = true;
  app->emit = swallow;
  bool done = lesson_run_fresh(r, err) && replay(r, block, err);
  if (app->session) app_show_records(app);
  app->emit = emit;
  app->quiet = quiet;
  if (done) lesson_run_pose(r);
  return done;
}

void lesson_run_pose(struct lesson_run *r)
{
  r->start = r->seen = trace_count(session_trace(r->app->session));
  r->began = session_now(r->app->session);
  r->met = 0;
}

/* Has a segment of yours gone out, or an end changed its state, since the last turn? */
static bool moved(struct lesson_run *r, const struct trace *trace)
{
  bool any = false;
  for (; r->seen < trace_count(trace); r->seen++) {
    const struct record *it = trace_at(trace, r->seen);
    any |= it->kind == RECORD_STATE || (it->kind == RECORD_SEGMENT && it->end == END_YOU);
  }
  return any;
}

enum lesson_turn lesson_run_turn(struct lesson_run *r, const struct lesson_try *t, struct goal_result *goals)
{
  struct session *s = r->app->session;
  const struct goal_scope scope = {.trace = session_trace(s),
                                   .start = r->start,
                                   .began = r->began,
                                   .connection = session_current(s),
                                   .tcb = session_tcb(s),
                                   .now = session_now(s)};
  size_t met = r->met;
  goal_check(t, &scope, goals);
  r->met = goals->met;
  bool any = moved(r, scope.trace);
  if (!goals->unmet) return TURN_SOLVED;
  if (goals->wrong) return TURN_WRONG;
  if (goals->met > met) return TURN_ON;
  return any ? TURN_WRONG : TURN_NOTHING;
}
