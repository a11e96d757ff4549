/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking: state, ladder, show, why, connections. All text comes from the views. */
#include "engine/course/desk.h"

#include "engine/base/buf.h"
#include "engine/command/layout.h"
#include "engine/trace/heap_buf.h"
#include "engine/view/json.h"

#include <stdio.h>
#include <string.h>

static void put_and_free(struct desk *d, struct buf *b)
{
  desk_put(d, b->data ? b->data : "", b->len);
  heap_buf_free(b);
}

/* What the peer's own system says, beside its shadow. */
static void describe_truth(struct desk *d, const struct peer_truth *t, struct buf *b)
{
  const char *name = d->view.name[END_PEER];
  buf_printf(b, "%s's own system (%s) says: %s", name, session_peer(d->session)->ops->name,
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
    buf_printf(b, ", %s timer ", peer_timer_name(t->timer));
    usec_print(b, t->timer_left);
  }
  if (t->retransmits) buf_printf(b, ", %u retransmissions", t->retransmits);
  buf_putc(b, '\n');
}

static void put_truth(struct desk *d, const struct peer_truth *t, struct buf *b)
{
  struct buf raw;
  if (!t->known) return;
  heap_buf_init(&raw);
  describe_truth(d, t, &raw);
  if (raw.data) layout(raw.data, raw.len, d->view.columns, b);
  heap_buf_free(&raw);
}

bool desk_state(struct desk *d, const struct command_call *call, struct err *err)
{
  struct peer_truth truth;
  struct session *s = d->session;
  struct buf b;
  (void)call;
  if (!session_truth(s, &truth, err)) return false;
  desk_show_records(d);
  heap_buf_init(&b);
  view_state(session_pair(s), session_tcb(s), session_now(s), &d->view, &b);
  put_truth(d, &truth, &b);
  put_and_free(d, &b);
  return true;
}

bool desk_ladder(struct desk *d, const struct command_call *call, struct err *err)
{
  struct buf b;
  (void)call;
  (void)err;
  heap_buf_init(&b);
  view_ladder(session_trace(d->session), session_current(d->session), &d->view, &b);
  put_and_free(d, &b);
  return true;
}

/* The segment asked for, the last one when no number was given; NULL with *ERR. */
static const struct record *find_segment(struct desk *d, const struct command_call *call, struct err *err)
{
  const struct trace *trace = session_trace(d->session);
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

bool desk_show(struct desk *d, const struct command_call *call, struct err *err)
{
  const struct record *r = find_segment(d, call, err);
  struct buf b;
  if (!r) return false;
  heap_buf_init(&b);
  view_header(session_trace(d->session), r, &d->view, &b);
  put_and_free(d, &b);
  return true;
}

/* With --json the rules that fired are records of their own. */
static void put_rules(const struct record_verdict *v, struct buf *b)
{
  for (unsigned i = 0; i < v->fired_count; i++) json_rule(v->fired[i], b);
}

bool desk_why(struct desk *d, const struct command_call *call, struct err *err)
{
  const struct record *r = find_segment(d, call, err);
  struct buf b;
  if (!r) return false;
  heap_buf_init(&b);
  if (d->json) {
    put_rules(&r->sender, &b);
    put_rules(&r->receiver, &b);
    desk_put_record(d, b.data ? b.data : "", b.len);
    heap_buf_free(&b);
    return true;
  }
  view_why(session_trace(d->session), r, &d->view, &b);
  put_and_free(d, &b);
  return true;
}

/* Connection N, which is the session's current one for the moment. */
static void put_connection(struct desk *d, unsigned n, bool marked, struct buf *b)
{
  const struct pair *pair = session_pair(d->session);
  const struct tcb *tcb = session_tcb(d->session);
  const struct pair *own = &trace_connection(session_trace(d->session), 1)->pair;
  const char *const *name = d->view.name;
  char end[END_COUNT][120];
  for (size_t e = 0; e < END_COUNT; e++) {
    const struct addr *address = e == END_YOU ? &pair->you : &pair->peer;
    struct buf text;
    buf_init(&text, end[e], sizeof end[e]);
    buf_printf(&text, d->view.plain ? "%s, port %u, %s" : "%s.%u %s", name[e],
               e == END_YOU ? pair->you_port : pair->peer_port, tcp_state_name(tcb[e].state));
    if (addr_equal(address, e == END_YOU ? &own->you : &own->peer)) continue;
    buf_puts(&text, e == END_YOU ? " src=" : " dst=");
    addr_print(&text, address);
  }
  if (d->view.plain) {
    char sentence[320];
    snprintf(sentence, sizeof sentence, "Connection %u%s: %s; %s.", n, marked ? ", the current one" : "",
             end[END_YOU], end[END_PEER]);
    view_wrap(sentence, 0, &d->view, b);
    return;
  }
  buf_printf(b, "%c %u  %s", marked ? '*' : ' ', n, end[END_YOU]);
  bool narrow = strlen(end[END_YOU]) + strlen(end[END_PEER]) + 12 > d->view.columns;
  buf_printf(b, "%s%s\n", narrow ? "\n     " : "  ", end[END_PEER]);
}

bool desk_connections(struct desk *d, const struct command_call *call, struct err *err)
{
  struct session *s = d->session;
  unsigned current = session_current(s), count = trace_connections(session_trace(s));
  struct buf b;
  (void)call;
  heap_buf_init(&b);
  for (unsigned n = 1; n <= count; n++) {
    if (!session_use(s, n, NULL)) continue;
    put_connection(d, n, n == current, &b);
  }
  put_and_free(d, &b);
  return session_use(s, current, err);
}

bool desk_diagram(struct desk *d, const struct command_call *call, struct err *err)
{
  struct session *s = d->session;
  struct buf b;
  (void)call;
  (void)err;
  struct view_options view = d->view;
  view.walked = d->host->walked ? d->host->walked(d->ctx) : NULL;
  heap_buf_init(&b);
  view_diagram(session_trace(s), session_current(s), session_tcb(s), &view, &b);
  put_and_free(d, &b);
  return true;
}

bool desk_space(struct desk *d, const struct command_call *call, struct err *err)
{
  struct buf b;
  (void)call;
  (void)err;
  heap_buf_init(&b);
  view_space(session_tcb(d->session), &d->view, &b);
  put_and_free(d, &b);
  return true;
}

bool desk_timers(struct desk *d, const struct command_call *call, struct err *err)
{
  struct peer_truth truth;
  struct session *s = d->session;
  struct buf b;
  (void)call;
  if (!session_truth(s, &truth, err)) return false;
  desk_show_records(d);
  heap_buf_init(&b);
  view_timers(session_tcb(s), session_now(s), &d->view, &b);
  put_truth(d, &truth, &b);
  put_and_free(d, &b);
  return true;
}

bool desk_rules(struct desk *d, const struct command_call *call, struct err *err)
{
  const struct tcp_rule *one = call->key[0] ? tcp_rule_find(call->key, strlen(call->key)) : NULL;
  const enum tcp_state state = call->state;
  struct buf b;
  (void)err;
  heap_buf_init(&b);
  if (d->json) {
    size_t count;
    const struct tcp_rule *rule = tcp_rules(&count);
    for (size_t i = 0; i < count; i++)
      if ((!one || one == &rule[i]) && (!call->on || rule[i].system == PROFILE_LINUX) && (state == STATE_COUNT || (rule[i].states & STATE_BIT(state)) != 0))
        json_rule(&rule[i], &b);
    desk_put_record(d, b.data, b.len);
    heap_buf_free(&b);
    return true;
  }
  if (one)
    view_rule(one, &d->view, &b);
  else if (call->on)
    view_differences(state, &d->view, &b);
  else
    view_rules(state, &d->view, &b);
  put_and_free(d, &b);
  return true;
}
