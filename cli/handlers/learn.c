/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lessons: lesson, hint, solve, skip, back, again, leave. */
#include "cli/handlers/handlers.h"

#include "cli/prompt/advice.h"
#include "engine/course/learn.h"

#include <string.h>

bool handle_lesson(struct app *app, const struct command_call *call, struct err *err)
{
  char name[sizeof call->store];
  if (call->store_len == 0) return learn_list(&app->course, err);
  if (!app_file_name(call->store, call->store_len, name, sizeof name))
    return err_set(err, ERR_LIMIT, "the name is too long");
  if (app->visited)
    app_printf(app, "A lesson is being played; `leave` goes back to it.\n");
  else if (learn_begin(&app->course, name))
    return true;
  err->code = ERR_UNKNOWN; /* what is wrong has been shown */
  return false;
}

bool handle_hint(struct app *app, const struct command_call *call, struct err *err)
{
  (void)call;
  return app->course.learn ? learn_hint(&app->course, err) : advice_hint(app, err);
}

bool handle_solve(struct app *app, const struct command_call *call, struct err *err)
{
  (void)call;
  return learn_solve(&app->course, err);
}

bool handle_skip(struct app *app, const struct command_call *call, struct err *err)
{
  return call->on ? learn_skip_wait(&app->course, err) : learn_skip(&app->course, err);
}

bool handle_back(struct app *app, const struct command_call *call, struct err *err)
{
  (void)call;
  return learn_back(&app->course, err);
}

bool handle_again(struct app *app, const struct command_call *call, struct err *err)
{
  (void)call;
  return learn_again(&app->course, err);
}

bool handle_leave(struct app *app, const struct command_call *call, struct err *err)
{
  (void)call;
  if (app->course.learn || !app->visited) return learn_leave(&app->course, err);
  app->quit = true;
  return true;
}
