/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program itself: history, quit. */
#include "cli/handlers/handlers.h"

#include "cli/prompt/history.h"
#include "engine/trace/heap_buf.h"

bool handle_history(struct app *app, const struct command_call *call, struct err *err)
{
  struct buf b;
  (void)call;
  (void)err;
  heap_buf_init(&b);
  history_print(&b);
  app_put(app, b.data ? b.data : "", b.len);
  heap_buf_free(&b);
  return true;
}

bool handle_quit(struct app *app, const struct command_call *call, struct err *err)
{
  (void)call;
  (void)err;
  app->quit = true;
  return true;
}
