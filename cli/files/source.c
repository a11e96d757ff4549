/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/files/source.h"

#include "cli/files/file.h"
#include "cli/handlers/handlers.h"
#include "engine/trace/heap_buf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCRIPT_MAX (16u << 20) /* octets: more is a mistake, not a script */
#define DEPTH_MAX 16

/* The files being read, each because a line of its OUTER says so. */
struct sourced {
  dev_t device;
  ino_t inode;
  unsigned depth;
  const struct sourced *outer;
};

static bool read_all(int fd, const char *name, int wake_fd, struct buf *script, struct err *err)
{
  return file_read_fd(fd, name, SCRIPT_MAX, wake_fd, script, err) &&
         (script->len <= SCRIPT_MAX ||
          err_set(err, ERR_LIMIT, "%s is longer than any script, %u octets", name, SCRIPT_MAX));
}

bool source_read_fd(int fd, const char *name, struct buf *script, struct err *err)
{
  return read_all(fd, name, -1, script, err);
}

bool source_read(const char *file, struct buf *script, struct err *err)
{
  int fd = open(file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return err_set(err, ERR_SYSTEM, "cannot read %s: %s", file, strerror(errno));
  bool done = read_all(fd, file, -1, script, err);
  close(fd);
  return done;
}

bool app_file_name(const uint8_t *text, size_t len, char *name, size_t cap)
{
  const char *home = len >= 2 && memcmp(text, "~/", 2) == 0 ? getenv("HOME") : NULL;
  int n = home ? snprintf(name, cap, "%s/%.*s", home, (int)(len - 2), (const char *)text + 2)
               : snprintf(name, cap, "%.*s", (int)len, (const char *)text);
  return n >= 0 && (size_t)n < cap;
}

/* Opens the file and enters it at the top of app->sourced. -1: *ERR. */
static int begin(struct app *app, const char *name, struct sourced *own, struct stat *is, struct err *err)
{
  /* A FIFO nobody writes to must not hold up a person who cannot even interrupt open(). */
  int fd = open(name, O_RDONLY | O_CLOEXEC | (app->wake_fd >= 0 ? O_NONBLOCK : 0));
  if (fd < 0 || fstat(fd, is) < 0) {
    err_set(err, ERR_SYSTEM, "cannot read %s: %s", name, strerror(errno));
    if (fd >= 0) close(fd);
    return -1;
  }
  *own = (struct sourced){is->st_dev, is->st_ino, 1, app->sourced};
  if (own->outer) own->depth = own->outer->depth + 1;
  bool again = false;
  for (const struct sourced *s = own->outer; s; s = s->outer)
    again |= s->device == is->st_dev && s->inode == is->st_ino && S_ISREG(is->st_mode);
  if (again)
    err_set(err, ERR_LIMIT, "%s sources itself: it would never end", name);
  else if (own->depth > DEPTH_MAX)
    err_set(err, ERR_LIMIT, "%s would be the %uth file in a row that another sources", name, own->depth);
  else if (S_ISDIR(is->st_mode))
    err_set(err, ERR_SYSTEM, "cannot read %s: %s", name, strerror(EISDIR));
  if (err->code == ERR_NONE) {
    app->sourced = own;
    return fd;
  }
  close(fd);
  return -1;
}

static bool name_of(const struct command_call *call, char *name, size_t cap, struct err *err)
{
  err_clear(err);
  return app_file_name(call->store, call->store_len, name, cap) ||
         err_set(err, ERR_LIMIT, "the file's name is too long");
}

bool source_check(struct app *app, const struct command_call *call, bool *needs, struct err *err)
{
  char name[PATH_MAX];
  struct sourced own;
  struct stat is;
  struct buf script;
  if (!name_of(call, name, sizeof name, err)) return false;
  /* What comes through a pipe can be read only once, when it is run. */
  if (stat(name, &is) == 0 && !S_ISREG(is.st_mode) && !S_ISDIR(is.st_mode)) return true;
  int fd = begin(app, name, &own, &is, err);
  if (fd < 0) return false;
  heap_buf_init(&script);
  bool ok = read_all(fd, name, app->wake_fd, &script, err);
  if (ok && script.len > 0 && !run_check(app, name, script.data, script.len, needs)) {
    ok = false;
    err->code = ERR_SYNTAX;
  }
  app->sourced = own.outer;
  heap_buf_free(&script);
  close(fd);
  return ok;
}

/* The status of a script that has told what was wrong, as an error that has. */
static bool fail_silently(int status, struct err *err)
{
  err_clear(err);
  if (status == EXIT_OK) return true;
  err->code = status == EXIT_USAGE ? ERR_SYNTAX : status == EXIT_WIRE ? ERR_UNAVAILABLE : ERR_MISMATCH;
  return false;
}

static bool run_file(struct app *app, const char *name, struct err *err)
{
  struct sourced own;
  struct stat is;
  struct buf script;
  int status = EXIT_OK;
  int fd = begin(app, name, &own, &is, err);
  if (fd < 0) return false;
  heap_buf_init(&script);
  bool done = read_all(fd, name, app->wake_fd, &script, err);
  close(fd);
  if (done && script.len > 0) status = run_script(app, name, script.data, script.len);
  app->sourced = own.outer;
  heap_buf_free(&script);
  return done && fail_silently(status, err);
}

bool handle_source(struct app *app, const struct command_call *call, struct err *err)
{
  char name[PATH_MAX];
  return name_of(call, name, sizeof name, err) && run_file(app, name, err);
}

void source_rc(struct app *app)
{
  char path[PATH_MAX];
  if (!file_own(FILE_CONFIG, "tcptutor/rc", path, sizeof path)) return;
  if (access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR)) return;
  struct err err;
  err_clear(&err);
  if (!run_file(app, path, &err) && err.message[0]) app_error(app, &err, NULL, NULL, 0);
}
