/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/app.h"
#include "cli/files/lesson_file.h"
#include "cli/files/save.h"
#include "cli/files/source.h"
#include "cli/options.h"
#include "engine/base/words.h"
#include "engine/trace/heap_buf.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A descriptor that is closed would be given to the next socket opened, and be printed to. Fills the place
   with one on which reading and writing fail. */
static bool hold_descriptor(int fd)
{
  if (fcntl(fd, F_GETFD) >= 0) return true;
  int held = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  if (held >= 0 && held != fd) {
    dup2(held, fd);
    close(held);
  }
  return false;
}

/* NAME is no file. What may have been meant: a verb, a command of the prompt, a lesson. */
static bool hint_file(const char *name, struct err *err)
{
  const char *verbs[16];
  struct verb_row verb;
  size_t n = 0;
  while (n < 16 && options_verb(n, &verb)) verbs[n++] = verb.name;
  if (options_command(name)) return err_hint(err, "it is a command of the prompt: tcptutor -c '%s'", name);
  if (lesson_file_known(name)) return err_hint(err, "did you mean 'tcptutor learn %s'?", name);
  const char *nearest = words_nearest(name, strlen(name), verbs, n);
  return nearest ? err_hint(err, "did you mean 'tcptutor %s'?", nearest) : false;
}

static bool read_file(const char *name, struct buf *script, struct err *err)
{
  if (source_read(name, script, err)) return true;
  return access(name, F_OK) < 0 ? hint_file(name, err) : false;
}

/* FILE, or standard input when there is none or it is `-`. */
static int run_file(struct app *app, const char *file, bool input_open)
{
  struct buf script;
  struct err err;
  bool done;
  heap_buf_init(&script);
  err_clear(&err);
  bool input = !file || strcmp(file, "-") == 0;
  if (input && !input_open) {
    done = err_set(&err, ERR_SYSTEM, "standard input is closed: there is nothing to run");
    err_hint(&err, "give commands with -c, a FILE, or a terminal");
  } else {
    done = input ? source_read_fd(STDIN_FILENO, "standard input", &script, &err)
                 : read_file(file, &script, &err);
  }
  int status = EXIT_USAGE;
  if (done)
    status = run_script(app, input ? "stdin" : file, script.data ? script.data : "", script.len);
  else
    app_error(app, &err, NULL, NULL, 0);
  heap_buf_free(&script);
  return status;
}

static int run(struct app *app, bool input_open)
{
  const struct options *o = &app->options;
  if (o->verb && strcmp(o->verb, "learn") == 0) return learn_run(app);
  if (o->verb && strcmp(o->verb, "play") == 0) return play_run(app);
  if (o->verb && strcmp(o->verb, "check") == 0) return check_run(app);
  if (o->verb && strcmp(o->verb, "lint") == 0) return lint_run(app);
  if (o->verb) return doctor_run(app);
  if (o->script) return run_script(app, "-c", o->script, strlen(o->script));
  if (o->argument_count > 0 || !isatty(STDIN_FILENO))
    return run_file(app, o->argument_count > 0 ? o->argument[0] : NULL, input_open);
  return repl_run(app);
}

int main(int argc, char **argv)
{
  static struct app app;
  struct options options;
  bool input_open = hold_descriptor(STDIN_FILENO);
  hold_descriptor(STDOUT_FILENO);
  hold_descriptor(STDERR_FILENO);
  signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of write(), to be told like any other */
  setlocale(LC_ALL, "");
  int status = options_parse(argc, argv, &options);
  if (status >= 0) app_exit(NULL, status);
  app_init(&app, &options);
  struct err err;
  err_clear(&err);
  if (options.save && !save_begin(&app, options.save, &err)) {
    app_error(&app, &err, NULL, NULL, 0);
    app_exit(&app, app_status(&err));
  }
  app_exit(&app, run(&app, input_open));
}
