/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the session makes of the same exchange: `exchange` is from a SYN handed to session_send() to its
   SYN,ACK decoded, both shadows moved and the kernel's state read; `enter` is from the line `send SYN` to the
   text of its records. The wires are made as the program makes them. */
#include "engine/base/err.h"
#include "engine/command/command.h"
#include "engine/lab/lab.h"
#include "engine/peer/peer_lab.h"
#include "engine/session/session.h"
#include "engine/trace/heap_buf.h"
#include "engine/view/view.h"
#include "engine/wire/wire_lab.h"
#include "engine/wire/wire_shift.h"
#include "tests/bench/turns.h"

#include <string.h>

struct bench {
  struct lab *lab;
  struct session *session;
  size_t shown; /* records of the trace */
  bool renders;
  struct buf screen;
};

static void on_records(void *ctx)
{
  struct bench *b = ctx;
  const struct trace *t = session_trace(b->session);
  for (; b->shown < trace_count(t); b->shown++)
    if (b->renders) view_record(t, b->shown, &view_default, &b->screen);
}

static bool up(struct bench *b, struct err *err)
{
  b->lab = lab_up(err);
  if (!b->lab) return false;
  struct session_config config = {.your_address = *lab_you(b->lab),
                                  .peer_address = *lab_peer(b->lab),
                                  .your_profile = &tcp_profile_rfc9293,
                                  .peer_profile = &tcp_profile_linux,
                                  .sees_truth = true,
                                  .on_records = on_records,
                                  .ctx = b,
                                  .wake_fd = -1,
                                  .seed = 9293};
  config.wire = wire_shift_new(wire_lab_new(b->lab, err), err);
  config.peer = config.wire ? peer_lab_new(b->lab, config.wire, err) : NULL;
  b->session = config.peer ? session_new(&config, err) : NULL;
  return b->session != NULL;
}

static bool send_flags(struct bench *b, uint8_t flags, struct err *err)
{
  const struct session_send what = {.fate = FATE_SENT,
                                    .segment = {.given = SEG_BIT(SEG_FLAGS), .flags = flags}};
  return session_send(b->session, &what, err);
}

/* As the prompt does it: parsed, its segment valued, sent. */
static bool run_line(struct bench *b, const char *line, struct err *err)
{
  static uint8_t store[SEGMENT_DATA_MAX];
  struct command_call call;
  size_t at = 0;
  if (command_parse(line, strlen(line), &at, &call, err) != 1) return false;
  struct session_send what = {.fate = call.fate};
  if (!segment_parse(call.segment, call.segment_len, session_env(b->session), store, sizeof store,
                     &what.segment, err))
    return false;
  return session_send(b->session, &what, err);
}

/* Whether all that is measured has happened. */
static bool happened(const struct bench *b)
{
  const struct trace *t = session_trace(b->session);
  const struct tcb *end = session_tcb(b->session);
  bool confirmed = false;
  for (size_t i = b->shown; i-- > 0 && trace_at(t, i)->step == trace_at(t, b->shown - 1)->step;)
    confirmed |= trace_at(t, i)->confirmed == TRUTH_CONFIRMED;
  return confirmed && end[END_YOU].state == STATE_ESTABLISHED && end[END_PEER].state == STATE_SYN_RECEIVED &&
         (!b->renders || strstr(b->screen.data, "SYN,ACK") != NULL);
}

static bool round_of(void *ctx, int64_t *took, struct err *err)
{
  struct bench *b = ctx;
  buf_reset(&b->screen);
  int64_t began = turns_now();
  bool ok = b->renders ? run_line(b, "send SYN", err) : send_flags(b, SYN, err);
  *took = turns_now() - began;
  if (ok && !happened(b)) return err_set(err, ERR_MISMATCH, "the handshake has not come as far as it should");
  if (!ok || !send_flags(b, RST, err)) return false;
  session_pump(b->session); /* as the prompt does between commands */
  return true;
}

int main(int argc, char **argv)
{
  static struct bench b;
  struct err err = {.code = ERR_NONE};
  b.renders = argc > 1 && strcmp(argv[1], "enter") == 0;
  heap_buf_init(&b.screen);
  int status = up(&b, &err) ? turns_serve(round_of, &b) : turns_refused(&err);
  session_free(b.session);
  lab_free(b.lab);
  heap_buf_free(&b.screen);
  return status;
}
