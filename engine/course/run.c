/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/course/run.h"

#include <stdlib.h>
#include <string.h>

static void keep_settings(struct lesson_run *r)
{
  r->view = r->desk->view;
  memcpy(r->names, r->desk->names, sizeof r->names);
  r->keep_going = r->desk->keep_going;
}

/* The width may have changed meanwhile: that is the terminal's. */
static void put_settings_back(struct lesson_run *r)
{
  unsigned columns = r->desk->view.columns;
  r->desk->view = r->view;
  r->desk->view.columns = columns;
  memcpy(r->desk->names, r->names, sizeof r->names);
  r->desk->keep_going = r->keep_going;
}

/* What a lesson has set of the program (what the ends are called …) holds for all its scenes. */
static bool is_program_setting(const struct command_call *call)
{
  const struct setting *s = call->command->id == COMMAND_SET && !call->show_only
                                ? setting_find(call->key, strlen(call->key), NULL)
                                : NULL;
  return s && s->owner == SETTING_PROGRAM;
}

static void make_marks(struct lesson_run *r)
{
  const struct lesson *l = r->file->lesson;
  struct stepper s;
  struct lesson_step step;
  size_t *scene = calloc(l->block_count + 1, sizeof *scene);
  r->mark = scene ? calloc(l->block_count + 1, sizeof *r->mark) : NULL;
  if (r->mark) {
    lesson_scenes(l, r->wire, scene);
    for (size_t i = 0; i <= l->block_count; i++) r->mark[i].scene = scene[i];
    stepper_init(&s, l, r->wire);
    for (stepper_next(&s, &step); step.act != ACT_END; stepper_next(&s, &step))
      if (step.act == ACT_RUN || step.act == ACT_TYPE)
        r->mark[step.block - l->block].sets |= is_program_setting(&step.call);
  }
  free(scene);
}

void lesson_run_begin(struct lesson_run *r, struct desk *desk, const struct world *asked,
                      const struct lesson_text *file)
{
  *r = (struct lesson_run){.desk = desk, .file = file, .asked = *asked};
  r->wire = asked->wire == ON_MODEL ? ON_MODEL : ON_LAB;
  make_marks(r);
  keep_settings(r);
}

static void session_over(struct lesson_run *r)
{
  if (r->over && r->desk->session) r->over(r->ctx, session_trace(r->desk->session));
}

void lesson_run_end(struct lesson_run *r)
{
  session_over(r);
  put_settings_back(r);
  lesson_run_forget_own(r);
  free(r->mark);
  r->mark = NULL;
}

void lesson_run_own(struct lesson_run *r, size_t block, const char *text)
{
  if (!r->mark) return;
  free(r->mark[block].own);
  r->mark[block].own = text ? strdup(text) : NULL;
}

void lesson_run_forget_own(struct lesson_run *r)
{
  for (size_t i = 0; r->mark && i < r->file->lesson->block_count; i++) lesson_run_own(r, i, NULL);
}

/* A session with the scene's seed, on its wire. */
static bool restart(struct lesson_run *r, struct err *err)
{
  struct world w = r->asked;
  session_over(r);
  if (!w.have_seed) w.seed = r->seed;
  w.have_seed = true;
  if (r->virtual) {
    w.wire = ON_MODEL;
    w.profile = NULL;
  }
  if (w.wire == ON_MODEL && !w.profile) w.profile = tcp_profile_linux.name;
  if (!r->desk->host->open(r->desk->ctx, &w, err)) return false;
  lesson_run_pose(r);
  return true;
}

bool lesson_run_fresh(struct lesson_run *r, struct err *err)
{
  r->virtual = false;
  r->seed = r->desk->host->seed(r->desk->ctx);
  r->isn_count = 0;
  lesson_run_forget_own(r);
  return restart(r, err);
}

bool lesson_run_call(struct lesson_run *r, const struct lesson_step *step, struct err *err)
{
  if (desk_run(r->desk, &step->call, err)) return true;
  lesson_text_place(r->file, step->script, &step->call, err);
  return false;
}

/* The number the peer began with on connection N, when it answered a SYN of yours. */
static bool peer_isn(const struct trace *trace, unsigned n, seq_t *isn)
{
  bool called = false;
  for (unsigned i = 1; i <= trace_segments(trace); i++) {
    const struct record *r = trace_segment(trace, i);
    if (r->connection != n || !(r->segment.flags & SYN)) continue;
    if (r->end == END_YOU) {
      called = true;
      continue;
    }
    *isn = r->segment.seq;
    return called;
  }
  return false;
}

void lesson_run_remember(struct lesson_run *r)
{
  const struct trace *trace = session_trace(r->desk->session);
  r->isn_count = 0;
  for (unsigned n = 1; n <= trace_connections(trace) && r->isn_count < LESSON_ISNS_MAX; n++)
    if (!peer_isn(trace, n, &r->isn[r->isn_count++])) r->isn[r->isn_count - 1] = 0;
}

/* Before a SYN goes out: the peer is to answer with the number it had. */
static void prime_isn(struct lesson_run *r, const struct command_call *call)
{
  struct session *s = r->desk->session;
  enum command_id id = call->command->id;
  unsigned n = session_current(s) - 1;
  seq_t isn;
  if (id != COMMAND_SEND && id != COMMAND_OPEN) return;
  if (n >= r->isn_count || r->isn[n] == 0 || peer_isn(session_trace(s), n + 1, &isn)) return;
  struct peer_request request = {.verb = PEER_ISN, .isn = r->isn[n]};
  session_peer_call(s, &request, NULL, NULL);
}

/* The reader's own way through a try: what failed for them may fail again. */
static void replay_own(struct lesson_run *r, const char *text)
{
  struct command_call call;
  struct err err;
  size_t at = 0;
  while (command_parse(text, strlen(text), &at, &call, &err) > 0) {
    prime_isn(r, &call);
    desk_run(r->desk, &call, &err);
  }
  session_pass_arrivals(r->desk->session);
}

/* What was set of the program in earlier scenes. */
static bool replay_settings(struct lesson_run *r, size_t scene, struct err *err)
{
  const struct lesson *l = r->file->lesson;
  struct stepper s;
  struct lesson_step step;
  for (size_t i = 0; i < scene; i++) {
    if (!r->mark[i].sets) continue;
    stepper_begin_scene(&s, l, r->wire, i);
    for (stepper_next(&s, &step); step.block == &l->block[i]; stepper_next(&s, &step)) {
      bool call = step.act == ACT_RUN || step.act == ACT_TYPE;
      if (call && is_program_setting(&step.call) && !lesson_run_call(r, &step, err)) return false;
    }
  }
  return true;
}

static bool replay(struct lesson_run *r, size_t block, size_t at, struct err *err)
{
  const struct lesson *l = r->file->lesson;
  struct stepper s;
  struct lesson_step step;
  if (!r->mark) return err_set(err, ERR_MEMORY, "out of memory");
  put_settings_back(r);
  if (!replay_settings(r, r->mark[block].scene, err)) return false;
  stepper_begin_scene(&s, l, r->wire, r->mark[block].scene);
  for (;;) {
    stepper_next(&s, &step);
    if (step.act == ACT_END) return true;
    size_t here = (size_t)(step.block - l->block);
    bool call = step.act == ACT_RUN || step.act == ACT_TYPE;
    if (here > block || (here == block && (call ? step.call.at >= at : at == 0))) return true;
    if (step.act == ACT_POSE && r->mark[here].own) {
      replay_own(r, r->mark[here].own);
      stepper_skip(&s);
    } else if (call) {
      prime_isn(r, &step.call);
      if (!lesson_run_call(r, &step, err)) return false;
    }
  }
}

bool lesson_run_to(struct lesson_run *r, size_t block, size_t at, bool keep, struct err *err)
{
  struct desk *d = r->desk;
  const struct desk_aside *aside = d->aside;
  bool quiet = d->quiet;
  d->quiet = true;
  d->aside = &desk_nowhere; /* a table or a help text in a replay is nothing to look at */
  if (!keep) {
    r->seed = d->host->seed(d->ctx);
    r->isn_count = 0;
  }
  bool done = restart(r, err) && replay(r, block, at, err);
  desk_show_records(d);
  d->aside = aside;
  d->quiet = quiet;
  if (done) lesson_run_pose(r);
  return done;
}

bool lesson_run_is_slow(const struct lesson_run *r, size_t block, size_t at)
{
  const struct lesson *l = r->file->lesson;
  if (r->virtual || r->wire == ON_MODEL || !r->mark) return false;
  for (size_t i = r->mark[block].scene; i < block; i++)
    if (l->block[i].slow) return true;
  return at > 0 && block < l->block_count && l->block[block].slow;
}

usec_t lesson_run_wait(const struct lesson_run *r, const struct command_call *call)
{
  struct session *s = r->desk->session;
  bool waits = call->command->id == COMMAND_WAIT, expects = call->command->id == COMMAND_EXPECT;
  if (!r->desk->real_time || !(waits || expects)) return 0;
  if (!waits || call->wait != WAIT_2MSL) return call->duration > 0 ? call->duration : 0;
  usec_t first = USEC_NEVER;
  for (size_t e = 0; e < END_COUNT; e++) {
    usec_t due = session_tcb(s)[e].timer[TIMER_TIME_WAIT];
    if (due < first) first = due;
  }
  return first == USEC_NEVER ? 0 : first - session_now(s);
}

void lesson_run_pose(struct lesson_run *r)
{
  r->start = r->seen = trace_count(session_trace(r->desk->session));
  r->began = session_now(r->desk->session);
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
  struct session *s = r->desk->session;
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
  /* A look is never a wrong turn, whatever state it finds. */
  if (goals->wrong && !any && goals->wrong->when.kind == CONDITION_STATE) goals->wrong = NULL;
  if (goals->wrong) return TURN_WRONG;
  if (goals->met > met) return TURN_ON;
  return any ? TURN_WRONG : TURN_NOTHING;
}
