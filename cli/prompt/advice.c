/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/prompt/advice.h"

#include "engine/trace/heap_buf.h"

#define LOOK_BACK 1000 /* records: who has sent nothing for so long has other things to do */

static const struct record *last_sent(struct session *s)
{
  const struct trace *t = session_trace(s);
  size_t n = trace_count(t);
  for (size_t i = n; i-- > 0 && n - i < LOOK_BACK;) {
    const struct record *r = trace_at(t, i);
    if (r->kind == RECORD_SEGMENT && r->end == END_YOU && r->connection == session_current(s)) return r;
  }
  return NULL;
}

static void take(struct session *s, struct view_moment *m)
{
  *m = (struct view_moment){.tcb = session_tcb(s), .sent = last_sent(s)};
  m->used = trace_connection(session_trace(s), session_current(s))->first != USEC_NEVER;
}

bool advice_hint(struct app *app, struct err *err)
{
  struct view_moment m;
  struct peer_truth truth;
  struct buf b;
  if (!session_truth(app->desk.session, &truth, err)) return false;
  app_show_records(app);
  take(app->desk.session, &m);
  m.listening = truth.known && truth.listening;
  if (truth.known && !truth.listening) {
    m.peer_timer = peer_timer_name(truth.timer);
    m.peer_left = truth.timer_left;
    m.peer_unread = truth.recv_queue;
  }
  heap_buf_init(&b);
  view_hint(&m, &app->desk.view, &b);
  if (!b.truncated) app_put(app, b.data, b.len);
  heap_buf_free(&b);
  return true;
}

void advice_next(struct app *app)
{
  struct view_moment m;
  struct buf b;
  if (!app->desk.session || !app->interactive || app->course.learn || app->options.json || app->quit) return;
  take(app->desk.session, &m);
  m.listening = m.used; /* only a fresh look would tell; nothing said then is wrong */
  const char *next = app->desk.view.explain == EXPLAIN_OFF ? NULL : view_next(&m);
  bool news = next && next != app->advised;
  app->advised = next;
  if (!news) return;
  heap_buf_init(&b);
  view_put_next(next, &app->desk.view, &b);
  if (!b.truncated) app_put(app, b.data, b.len);
  heap_buf_free(&b);
}
