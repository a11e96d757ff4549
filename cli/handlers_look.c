/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking: state, ladder, show, why, connections. All text comes from the views. */
#include "cli/handlers.h"
#include "cli/learn.h"

#include "engine/base/buf.h"
#include "engine/command/layout.h"
#include "engine/trace/heap_buf.h"
#include "engine/view/json.h"

#include <stdio.h>
#include <string.h>

static void put_and_free(struct app *app, struct buf *b)
{
  app_put(app, b->data ? b->data : "", b->len);
  heap_buf_free(b);
}

/* What the peer's own system says, beside its shadow. */
static void describe_truth(struct app *app, const struct peer_truth *t, struct buf *b)
{
  const char *name = app->view.name[END_PEER];
  buf_printf(b, "%s's own system (%s) says: %s", name, session_peer(app->session)->ops->name,
             tcp_state_name(t->listening ? STATE_LISTEN : t->state));
  if (t->listening) {
    buf_puts(b, ", for any connection\n");
    return;
  }
  if (t->state != STATE_CLOSED) {
    buf_puts(b, t->owned ? ", held by a process" : ", held by no process");
    if (t->recv_queue || t->send_queue)
      buf_printf(b, ", %u octets to read, %u unacknowledged", (unsigned)t->recv_queue,
                 (unsigned)t->send_queue);
  }
  if (t->timer) {
    buf_printf(b, ", %s timer ", t->timer);
    usec_print(b, t->timer_left);
  }
  if (t->retransmits) buf_printf(b, ", %u retransmissions", t->retransmits);
  buf_putc(b, '\n');
}

static void put_truth(struct app *app, const struct peer_truth *t, struct buf *b)
{
  struct buf raw;
  if (!t->known) return;
  heap_buf_init(&raw);
  describe_truth(app, t, &raw);
  if (raw.data) layout(raw.data, raw.len, app->view.columns, b);
  heap_buf_free(&raw);
}

bool handle_state(struct app *app, const struct command_call *call, struct err *err)
{
  struct peer_truth truth;
  struct session *s = app->session;
  struct buf b;
  (void)call;
  if (!session_truth(s, &truth, err)) return false;
  app_show_records(app);
  heap_buf_init(&b);
  view_state(session_pair(s), session_tcb(s), session_now(s), &app->view, &b);
  put_truth(app, &truth, &b);
  put_and_free(app, &b);
  return true;
}

bool handle_ladder(struct app *app, const struct command_call *call, struct err *err)
{
  struct buf b;
  (void)call;
  (void)err;
  heap_buf_init(&b);
  view_ladder(session_trace(app->session), session_current(app->session), &app->view, &b);
  put_and_free(app, &b);
  return true;
}

/* The segment asked for, the last one when no number was given; NULL with *ERR. */
static const struct record *find_segment(struct app *app, const struct command_call *call, struct err *err)
{
  const struct trace *trace = session_trace(app->session);
  unsigned count = trace_segments(trace), n = call->number ? call->number : count;
  if (n >= 1 && n <= count) return trace_segment(trace, n);
  if (count == 0) {
    err_set(err, ERR_STATE, "there is no segment yet");
    err_hint(err, "'send SYN' makes the first");
  } else {
    err_set(err, ERR_RANGE, "there is no segment %u", n);
    err_hint(err, "they are numbered from 1 to %u", count);
  }
  return NULL;
}

bool handle_show(struct app *app, const struct command_call *call, struct err *err)
{
  const struct record *r = find_segment(app, call, err);
  struct buf b;
  if (!r) return false;
  heap_buf_init(&b);
  view_header(session_trace(app->session), r, &app->view, &b);
  put_and_free(app, &b);
  return true;
}

/* With --json the rules that fired are records of their own. */
static void put_rules(const struct record_verdict *v, struct buf *b)
{
  for (unsigned i = 0; i < v->fired_count; i++) json_rule(v->fired[i], b);
}

bool handle_why(struct app *app, const struct command_call *call, struct err *err)
{
  const struct record *r = find_segment(app, call, err);
  struct buf b;
  if (!r) return false;
  heap_buf_init(&b);
  if (app->options.json) {
    put_rules(&r->sender, &b);
    put_rules(&r->receiver, &b);
    app_put_record(app, b.data ? b.data : "", b.len);
    heap_buf_free(&b);
    return true;
  }
  view_why(session_trace(app->session), r, &app->view, &b);
  put_and_free(app, &b);
  return true;
}

/* Connection N, which is the session's current one for the moment. */
static void put_connection(struct app *app, unsigned n, bool marked, struct buf *b)
{
  const struct pair *pair = session_pair(app->session);
  const struct tcb *tcb = session_tcb(app->session);
  const struct pair *own = &trace_connection(session_trace(app->session), 1)->pair;
  const char *const *name = app->view.name;
  char end[END_COUNT][120];
  for (size_t e = 0; e < END_COUNT; e++) {
    const struct addr *address = e == END_YOU ? &pair->you : &pair->peer;
    struct buf text;
    buf_init(&text, end[e], sizeof end[e]);
    buf_printf(&text, app->view.plain ? "%s, port %u, %s" : "%s.%u %s", name[e],
               e == END_YOU ? pair->you_port : pair->peer_port, tcp_state_name(tcb[e].state));
    if (addr_equal(address, e == END_YOU ? &own->you : &own->peer)) continue;
    buf_puts(&text, e == END_YOU ? " src=" : " dst=");
    addr_print(&text, address);
  }
  if (app->view.plain) {
    char sentence[320];
    snprintf(sentence, sizeof sentence, "Connection %u%s: %s; %s.", n, marked ? ", the current one" : "",
             end[END_YOU], end[END_PEER]);
    view_wrap(sentence, 0, &app->view, b);
    return;
  }
  buf_printf(b, "%c %u  %s", marked ? '*' : ' ', n, end[END_YOU]);
  bool narrow = strlen(end[END_YOU]) + strlen(end[END_PEER]) + 12 > app->view.columns;
  buf_printf(b, "%s%s\n", narrow ? "\n     " : "  ", end[END_PEER]);
}

bool handle_connections(struct app *app, const struct command_call *call, struct err *err)
{
  struct session *s = app->session;
  unsigned current = session_current(s), count = trace_connections(session_trace(s));
  struct buf b;
  (void)call;
  heap_buf_init(&b);
  for (unsigned n = 1; n <= count; n++) {
    if (!session_use(s, n, NULL)) continue;
    put_connection(app, n, n == current, &b);
  }
  put_and_free(app, &b);
  return session_use(s, current, err);
}

bool handle_diagram(struct app *app, const struct command_call *call, struct err *err)
{
  struct session *s = app->session;
  struct buf b;
  (void)call;
  (void)err;
  struct view_options view = app->view;
  view.walked = learn_ways(app);
  heap_buf_init(&b);
  view_diagram(session_trace(s), session_current(s), session_tcb(s), &view, &b);
  put_and_free(app, &b);
  return true;
}

bool handle_space(struct app *app, const struct command_call *call, struct err *err)
{
  struct buf b;
  (void)call;
  (void)err;
  heap_buf_init(&b);
  view_space(session_tcb(app->session), &app->view, &b);
  put_and_free(app, &b);
  return true;
}

bool handle_timers(struct app *app, const struct command_call *call, struct err *err)
{
  struct peer_truth truth;
  struct session *s = app->session;
  struct buf b;
  (void)call;
  if (!session_truth(s, &truth, err)) return false;
  app_show_records(app);
  heap_buf_init(&b);
  view_timers(session_tcb(s), session_now(s), &app->view, &b);
  put_truth(app, &truth, &b);
  put_and_free(app, &b);
  return true;
}

bool handle_rules(struct app *app, const struct command_call *call, struct err *err)
{
  const struct tcp_rule *one = call->key[0] ? tcp_rule_find(call->key, strlen(call->key)) : NULL;
  const enum tcp_state state = call->state;
  struct buf b;
  (void)err;
  heap_buf_init(&b);
  if (app->options.json) {
    size_t count;
    const struct tcp_rule *rule = tcp_rules(&count);
    for (size_t i = 0; i < count; i++)
      if ((!one || one == &rule[i]) && (state == STATE_COUNT || (rule[i].states & STATE_BIT(state)) != 0))
        json_rule(&rule[i], &b);
    app_put_record(app, b.data, b.len);
    heap_buf_free(&b);
    return true;
  }
  if (one)
    view_rule(one, &app->view, &b);
  else
    view_rules(state, &app->view, &b);
  put_and_free(app, &b);
  return true;
}
