/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send and its kin, the user calls, connections, the peer, time and expectations. */
#include "cli/handlers.h"

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

bool handle_send(struct app *app, const struct command_call *call, struct err *err)
{
  if (call->segment_len == 0) return session_send_owed(app->session, err);
  uint8_t store[SEGMENT_DATA_MAX];
  struct session_send send = {.fate = call->fate, .hold_name = call->name};
  if (!segment_parse(call->segment, call->segment_len, session_env(app->session), store, sizeof store,
                     &send.segment, err))
    return in_segment(call, err);
  return session_send(app->session, &send, err);
}

bool handle_release(struct app *app, const struct command_call *call, struct err *err)
{
  return session_release(app->session, call->name, err);
}

bool handle_resend(struct app *app, const struct command_call *call, struct err *err)
{
  return session_resend(app->session, call->number, err);
}

bool handle_lose(struct app *app, const struct command_call *call, struct err *err)
{
  (void)err;
  session_lose(app->session, call->number ? call->number : 1);
  return true;
}

bool handle_auto(struct app *app, const struct command_call *call, struct err *err)
{
  (void)err;
  if (call->show_only)
    app_printf(app, "auto is %s\n", session_is_auto(app->session) ? "on" : "off");
  else
    session_auto(app->session, call->on);
  return true;
}

bool handle_open(struct app *app, const struct command_call *call, struct err *err)
{
  return session_call(app->session, CALL_OPEN_ACTIVE, call->port, err);
}

bool handle_listen(struct app *app, const struct command_call *call, struct err *err)
{
  return session_call(app->session, CALL_OPEN_PASSIVE, call->port, err);
}

bool handle_close(struct app *app, const struct command_call *call, struct err *err)
{
  (void)call;
  return session_call(app->session, CALL_CLOSE, 0, err);
}

bool handle_abort(struct app *app, const struct command_call *call, struct err *err)
{
  (void)call;
  return session_call(app->session, CALL_ABORT, 0, err);
}

bool handle_crash(struct app *app, const struct command_call *call, struct err *err)
{
  (void)call;
  (void)err;
  session_crash(app->session);
  return true;
}

bool handle_new(struct app *app, const struct command_call *call, struct err *err)
{
  return session_new_connection(app->session, call->port, err);
}

bool handle_use(struct app *app, const struct command_call *call, struct err *err)
{
  return session_use(app->session, call->number, err);
}

/* Beside the shadow, where a record would say in a line what the peer says of itself. */
static bool show_status(struct app *app, struct err *err)
{
  struct session *s = app->session;
  struct peer_truth truth;
  struct buf b;
  if (!session_truth(s, &truth, err)) return false;
  if (!truth.known) return err_set(err, ERR_UNAVAILABLE, "nobody knows what is so at this peer");
  app_show_records(app);
  heap_buf_init(&b);
  view_status(&session_tcb(s)[END_PEER], &truth, session_peer(s)->ops->name, session_now(s), &app->view, &b);
  if (!b.truncated) app_put(app, b.data, b.len);
  heap_buf_free(&b);
  return true;
}

bool handle_peer(struct app *app, const struct command_call *call, struct err *err)
{
  struct peer_request request = call->peer;
  uint8_t *filler = NULL;
  if (request.verb == PEER_STATUS && !app->options.json) return show_status(app, err);
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
  bool done = session_peer_call(app->session, &request, NULL, err);
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

bool handle_wait(struct app *app, const struct command_call *call, struct err *err)
{
  struct session_wait wait;
  make_wait(call, &wait);
  return session_wait(app->session, &wait, err);
}

bool handle_expect(struct app *app, const struct command_call *call, struct err *err)
{
  struct session_wait wait;
  make_wait(call, &wait);
  return session_expect(app->session, &wait, err);
}
