/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send and its kin, the user calls, connections, the peer, time and expectations. */
#include "engine/course/desk.h"

#include "engine/base/buf.h"
#include "engine/trace/heap_buf.h"

#include <stdlib.h>
#include <string.h>

/* *ERR was placed in the call's segment text: makes it a place in the script. */
static bool in_segment(const struct command_call *call, struct err *err)
{
  if (err->len == 0 && err->at == 0) err->len = call->segment_len;
  err->at += (size_t)(call->segment - call->script);
  return false;
}

bool desk_send(struct desk *d, const struct command_call *call, struct err *err)
{
  if (call->segment_len == 0) return session_send_owed(d->session, err);
  uint8_t store[SEGMENT_DATA_MAX];
  struct session_send send = {.fate = call->fate, .hold_name = call->name};
  if (!segment_parse(call->segment, call->segment_len, session_env(d->session), store, sizeof store,
                     &send.segment, err))
    return in_segment(call, err);
  return session_send(d->session, &send, err);
}

bool desk_release(struct desk *d, const struct command_call *call, struct err *err)
{
  return session_release(d->session, call->name, err);
}

bool desk_resend(struct desk *d, const struct command_call *call, struct err *err)
{
  return session_resend(d->session, call->number, err);
}

bool desk_lose(struct desk *d, const struct command_call *call, struct err *err)
{
  (void)err;
  session_lose(d->session, call->number ? call->number : 1);
  return true;
}

bool desk_auto(struct desk *d, const struct command_call *call, struct err *err)
{
  (void)err;
  if (call->show_only)
    desk_printf(d, "auto is %s\n", session_is_auto(d->session) ? "on" : "off");
  else
    session_auto(d->session, call->on);
  return true;
}

bool desk_open(struct desk *d, const struct command_call *call, struct err *err)
{
  return session_call(d->session, CALL_OPEN_ACTIVE, call->port, err);
}

bool desk_listen(struct desk *d, const struct command_call *call, struct err *err)
{
  return session_call(d->session, CALL_OPEN_PASSIVE, call->port, err);
}

bool desk_close(struct desk *d, const struct command_call *call, struct err *err)
{
  (void)call;
  return session_call(d->session, CALL_CLOSE, 0, err);
}

bool desk_abort(struct desk *d, const struct command_call *call, struct err *err)
{
  (void)call;
  return session_call(d->session, CALL_ABORT, 0, err);
}

bool desk_crash(struct desk *d, const struct command_call *call, struct err *err)
{
  (void)call;
  (void)err;
  session_crash(d->session);
  return true;
}

bool desk_new(struct desk *d, const struct command_call *call, struct err *err)
{
  return session_new_connection(d->session, call->port, err);
}

bool desk_use(struct desk *d, const struct command_call *call, struct err *err)
{
  return session_use(d->session, call->number, err);
}

/* Beside the shadow, where a record would say in a line what the peer says of itself. */
static bool show_status(struct desk *d, struct err *err)
{
  struct session *s = d->session;
  struct peer_truth truth;
  struct buf b;
  if (!session_truth(s, &truth, err)) return false;
  if (!truth.known) return err_set(err, ERR_UNAVAILABLE, "nobody knows what is so at this peer");
  desk_show_records(d);
  heap_buf_init(&b);
  view_status(&session_tcb(s)[END_PEER], &truth, session_peer(s)->ops->name, session_now(s), &d->view, &b);
  if (!b.truncated) desk_put(d, b.data, b.len);
  heap_buf_free(&b);
  return true;
}

bool desk_peer(struct desk *d, const struct command_call *call, struct err *err)
{
  struct peer_request request = call->peer;
  uint8_t *filler = NULL;
  if (request.verb == PEER_STATUS && !d->json) return show_status(d, err);
  request.value = call->peer_value;
  if (request.verb == PEER_SEND) {
    request.data = call->store;
    if (call->store_len > 0 || request.len == 0) {
      request.len = call->store_len;
    } else {
      request.data = filler = malloc(request.len);
      if (!filler) return err_set(err, ERR_MEMORY, "no memory for %zu octets", request.len);
      for (size_t i = 0; i < request.len; i++) filler[i] = segment_filler(i);
    }
  }
  bool done = session_peer_call(d->session, &request, NULL, err);
  free(filler);
  return done;
}

static void make_wait(const struct command_call *call, struct session_wait *wait)
{
  static const enum session_goal goals[] = {[WAIT_TIME] = GOAL_TIME,
                                            [WAIT_2MSL] = GOAL_2MSL,
                                            [WAIT_SEGMENT] = GOAL_SEGMENT,
                                            [WAIT_NOTHING] = GOAL_NOTHING,
                                            [WAIT_STATE] = GOAL_STATE,
                                            [WAIT_PEER_READ] = GOAL_PEER_READ,
                                            [WAIT_PEER_ERROR] = GOAL_PEER_ERROR};
  bool error = call->wait == WAIT_PEER_ERROR;
  const char *written = call->script + call->at;
  size_t name = strcspn(written, " \t"),
         blanks = strspn(written + name, " \t"); /* every form has arguments */
  *wait = (struct session_wait){
      .goal = goals[call->wait],
      .within = call->duration,
      .pattern = call->segment,
      .pattern_len = call->segment_len,
      .end = call->end,
      .state = call->state,
      .text = error ? call->name : (const char *)call->store,
      .text_len = error ? strlen(call->name) : call->store_len,
      .as_written = written + name + blanks,
      .as_written_len = call->len - name - blanks,
  };
}

bool desk_wait(struct desk *d, const struct command_call *call, struct err *err)
{
  struct session_wait wait;
  make_wait(call, &wait);
  return session_wait(d->session, &wait, err);
}

bool desk_expect(struct desk *d, const struct command_call *call, struct err *err)
{
  struct session_wait wait;
  make_wait(call, &wait);
  return session_expect(d->session, &wait, err);
}
