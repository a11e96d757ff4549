/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/app.h"
#include "cli/options.h"
#include "engine/base/words.h"
#include "engine/trace/heap_buf.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCRIPT_MAX (16u << 20) /* octets: more is a mistake, not a script */

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

/* The whole file; false: *ERR, the script is to be freed all the same. */
static bool read_all(int fd, const char *name, struct buf *script, struct err *err)
{
  char part[16384];
  ssize_t n;
  while ((n = read(fd, part, sizeof part)) != 0) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return err_set(err, ERR_SYSTEM, "cannot read %s: %s", name, strerror(errno));
    if (script->len + (size_t)n > SCRIPT_MAX)
      return err_set(err, ERR_LIMIT, "%s is longer than any script, %u octets", name, SCRIPT_MAX);
    buf_put(script, part, (size_t)n);
    if (script->truncated) return err_set(err, ERR_MEMORY, "no memory for %s", name);
  }
  return true;
}

static bool read_file(const char *name, struct buf *script, struct err *err)
{
  static const char *const verbs[] = {"play", "check", "doctor"};
  int fd = open(name, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    err_set(err, ERR_SYSTEM, "cannot read %s: %s", name, strerror(errno));
    const char *nearest = errno == ENOENT ? words_nearest(name, strlen(name), verbs, 3) : NULL;
    return nearest ? err_hint(err, "did you mean 'tcptutor %s'?", nearest) : false;
  }
  bool done = read_all(fd, name, script, err);
  close(fd);
  return done;
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
    done = input ? read_all(STDIN_FILENO, "standard input", &script, &err) : read_file(file, &script, &err);
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
  if (o->verb && strcmp(o->verb, "play") == 0) return play_run(app);
  if (o->verb && strcmp(o->verb, "check") == 0) return check_run(app);
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
  setlocale(LC_ALL, "");
  int status = options_parse(argc, argv, &options);
  if (status >= 0) app_exit(NULL, status);
  app_init(&app, &options);
  app_exit(&app, run(&app, input_open));
}
