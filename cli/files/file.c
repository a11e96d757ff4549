/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/files/file.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nothing is there yet. False: Ctrl-C. */
static bool await_more(int fd, int wake_fd)
{
  struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = wake_fd, .events = POLLIN}};
  return poll(fds, 2, -1) < 0 || fds[1].revents == 0;
}

static bool cannot_read(const char *name, int error, struct err *err)
{
  char shown[200];
  return err_set(err, ERR_SYSTEM, "cannot read %s: %s", buf_show(shown, sizeof shown, name, strlen(name)),
                 strerror(error));
}

bool file_read_fd(int fd, const char *name, size_t most, int wake_fd, struct buf *out, struct err *err)
{
  char part[16384];
  ssize_t n;
  while (out->len <= most && (n = read(fd, part, sizeof part)) != 0) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN && await_more(fd, wake_fd)) continue;
    if (n < 0 && errno == EAGAIN) return err_set(err, ERR_STATE, "reading %s was interrupted", name);
    if (n < 0) return cannot_read(name, errno, err);
    buf_put(out, part, (size_t)n);
    if (out->truncated) return err_set(err, ERR_MEMORY, "no memory for %s", name);
  }
  return true;
}

bool file_read(const char *path, size_t most, struct buf *out, struct err *err)
{
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return cannot_read(path, errno, err);
  bool done = file_read_fd(fd, path, most, -1, out, err);
  close(fd);
  return done;
}

bool file_own(enum file_base base, const char *below, char *path, size_t cap)
{
  static const struct {
    const char *variable, *in_home;
  } bases[] = {
      [FILE_STATE] = {"XDG_STATE_HOME", "/.local/state"},
      [FILE_CONFIG] = {"XDG_CONFIG_HOME", "/.config"},
      [FILE_DATA] = {"XDG_DATA_HOME", "/.local/share"},
  };
  const char *own = getenv(bases[base].variable), *home = getenv("HOME");
  bool given = own && *own == '/'; /* relative ones are not taken */
  if (!given && (!home || *home != '/')) return false;
  int len = snprintf(path, cap, "%s%s/%s", given ? own : home, given ? "" : bases[base].in_home, below);
  return len > 0 && (size_t)len < cap;
}

bool file_make_folders(const char *path)
{
  char folder[PATH_MAX];
  snprintf(folder, sizeof folder, "%s", path);
  for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    if (mkdir(folder, 0700) < 0 && errno != EEXIST) return false;
    *slash = '/';
  }
  return true;
}
