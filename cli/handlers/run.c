/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scripts: parsed from end to end before anything of them is sent, then run command by command. */
#include "cli/files/save.h"
#include "cli/files/source.h"
#include "cli/handlers/handlers.h"
#include "cli/prompt/wait_bar.h"

#include <string.h>

#define ERRORS_MAX 10 /* shown of one script */

static command_handler *const handlers[COMMAND_COUNT] = {
#define HOST(name) handle_##name
#define DESK(name) NULL
#define X(id, name, alias, group, whose) [COMMAND_##id] = whose(name),
    COMMANDS(X)
#undef X
#undef DESK
#undef HOST
};

bool handle_command(struct app *app, const struct command_call *call, struct err *err)
{
  return handlers[call->command->id](app, call, err);
}

bool run_command(struct app *app, const struct command_call *call, struct err *err)
{
  bool done = desk_run(&app->desk, call, err);
  wait_bar_erase(app);
  return done;
}

static bool needs_session(enum command_id id)
{
  return id != COMMAND_SOURCE && id != COMMAND_RULES && id != COMMAND_HELP && id != COMMAND_HISTORY &&
         id != COMMAND_QUIT;
}

/* Is the command in order as far as can be told before it runs? */
static bool check_command(struct app *app, const struct command_call *call, bool *needs, struct err *err)
{
  *needs = *needs || needs_session(call->command->id);
  const bool ok = call->command->id == COMMAND_SAVE     ? save_check(call, err)
                  : call->command->id == COMMAND_SOURCE ? source_check(app, call, needs, err)
                                                        : true;
  if (ok) return true;
  err->at = call->at;
  err->len = call->len;
  return false;
}

bool run_check(struct app *app, const char *name, const char *script, size_t len, bool *needs)
{
  struct command_call call;
  struct err err;
  size_t at = 0;
  unsigned wrong = 0;
  for (int found; (found = command_parse(script, len, &at, &call, &err)) != 0;) {
    if (found > 0 && check_command(app, &call, needs, &err)) continue;
    if (wrong++ < ERRORS_MAX && err.message[0]) app_error(app, &err, name, script, len);
  }
  if (wrong > ERRORS_MAX) {
    err_set(&err, ERR_SYNTAX, "and %u more", wrong - ERRORS_MAX);
    app_error(app, &err, NULL, NULL, 0);
  }
  return wrong == 0;
}

/* What was typed at the prompt is still on the screen: the record of a failed expectation says it all there,
   and the whole command need not be pointed at. A command without a message has told what failed in it. */
static void show_failure(struct app *app, const struct command_call *call, const struct err *err,
                         const char *name, const char *script, size_t len)
{
  if (!err->message[0] && (!name || call->command->id == COMMAND_SOURCE)) return;
  if (!err->message[0]) {
    struct err here;
    err_at(&here, err->code, call->at, call->len, "this failed, for the reason above");
    app_error(app, &here, name, script, len);
    return;
  }
  if (!app->interactive || name)
    app_error(app, err, name, script, len);
  else if (err->code == ERR_MISMATCH && call->command->id == COMMAND_EXPECT)
    return;
  else if (err->at == call->at && err->len == call->len)
    app_error(app, err, NULL, NULL, 0);
  else
    app_error(app, err, name, script, len);
}

int run_script(struct app *app, const char *name, const char *script, size_t len)
{
  struct command_call call;
  struct err err;
  size_t at = 0;
  int status = EXIT_OK;
  bool needs = false;
  if (!run_check(app, name, script, len, &needs)) return EXIT_USAGE;
  if (needs && !app->desk.session && !app_start(app, &app->course.asked, &err)) {
    app_error(app, &err, NULL, NULL, 0);
    return app_status(&err);
  }
  while (!app->quit && command_parse(script, len, &at, &call, &err) > 0) {
    if (run_command(app, &call, &err)) continue;
    show_failure(app, &call, &err, name, script, len);
    if (status == EXIT_OK) status = app_status(&err);
    if (!app->desk.keep_going) break;
  }
  return status;
}
