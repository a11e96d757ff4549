/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/files/notes.h"

#include "cli/files/file.h"
#include "engine/base/buf.h"
#include "engine/base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE_MOST (1u << 20) /* octets; a note never comes near */

/* Room is left for what replaces it, or where it is set aside. */
static bool choose_path(const char *name, char path[PATH_MAX - 32])
{
  char below[64];
  snprintf(below, sizeof below, "tcptutor/%s", name);
  return file_own(FILE_STATE, below, path, PATH_MAX - 32);
}

/* The path as people are told of it. */
static const char *shown(const char *path, char out[160]) { return buf_show(out, 160, path, strlen(path)); }

static bool is_text(const struct buf *b)
{
  return b->len <= SIZE_MOST && (!b->len || strlen(b->data) == b->len);
}

enum note_found notes_fetch(void *ctx, const char *name, struct buf *text, struct err *err)
{
  char path[PATH_MAX - 32], where[160];
  struct stat is;
  struct err reading;
  (void)ctx;
  if (!choose_path(name, path)) return NOTE_LOST;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT) return NOTE_NONE;
  if (fd < 0) {
    err_set(err, ERR_SYSTEM, "%s cannot be read: %s", shown(path, where), strerror(errno));
    return NOTE_LOST;
  }
  bool read =
      fstat(fd, &is) == 0 && S_ISREG(is.st_mode) && file_read_fd(fd, path, SIZE_MOST, -1, text, &reading);
  close(fd);
  return read && is_text(text) ? NOTE_FOUND : NOTE_STRANGE;
}

/* A new file takes the old one's place once it is whole and on its disk. */
static bool replace(const char *path, const char *text, size_t len)
{
  char fresh[PATH_MAX];
  /* Who made the file read-only does not want it changed, though rename() would do it. */
  if (access(path, F_OK) == 0 && access(path, W_OK) < 0) return false;
  snprintf(fresh, sizeof fresh, "%s.XXXXXX", path);
  int fd = mkstemp(fresh);
  if (fd < 0) return false;
  bool done = true;
  for (size_t at = 0; at < len && done;) {
    ssize_t n = write(fd, text + at, len - at);
    done = n >= 0 || errno == EINTR;
    at += n > 0 ? (size_t)n : 0;
  }
  done = done && fsync(fd) == 0;
  int error = errno;
  if (close(fd) < 0 && done) {
    error = errno;
    done = false;
  }
  if (done && rename(fresh, path) == 0) return true;
  if (done) error = errno;
  unlink(fresh);
  errno = error;
  return false;
}

bool notes_keep(void *ctx, const char *name, const char *text, size_t len, struct err *err)
{
  char path[PATH_MAX - 32], where[160];
  (void)ctx;
  if (!choose_path(name, path)) return false;
  if (file_make_folders(path) && replace(path, text, len)) return true;
  return err_set(err, ERR_SYSTEM, "%s cannot be written: %s", shown(path, where), strerror(errno));
}

bool notes_set_aside(void *ctx, const char *name, struct err *err)
{
  char path[PATH_MAX - 32], aside[PATH_MAX], where[160];
  (void)ctx;
  if (!choose_path(name, path)) return false;
  for (unsigned n = 1; n < 1000; n++) {
    snprintf(aside, sizeof aside, "%s.old-%u", path, n);
    if (access(aside, F_OK) == 0) continue;
    if (rename(path, aside) < 0) break;
    err_set(err, ERR_SYSTEM, "%s is not a file of %s, or was cut short: it is now called %s.old-%u",
            shown(path, where), name, name, n);
    return true;
  }
  return err_set(err, ERR_SYSTEM, "%s is not a file of %s, or was cut short", shown(path, where), name);
}
