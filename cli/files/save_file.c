/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/files/save_file.h"

#include "engine/base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/* All of DATA, or errno. */
static int write_data(int fd, const char *data, size_t len)
{
  while (len > 0) {
    const ssize_t n = write(fd, data, len);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    data += n;
    len -= (size_t)n;
  }
  return 0;
}

/* Over what is there: a device, a FIFO, a file in a folder that takes no new one. */
static int write_in_place(const char *file, const char *data, size_t len)
{
  const int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
  if (fd < 0) return errno == ENXIO ? EPIPE : errno;
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  int error = write_data(fd, data, len);
  if (close(fd) < 0 && error == 0) error = errno;
  return error;
}

static mode_t new_file_mode(void)
{
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

/* A new file beside PATH that takes its place when it is complete. IS: what PATH was, or NULL. */
static int write_and_rename(const char *path, const struct stat *is, const char *data, size_t len,
                            bool durable)
{
  const char *slash = strrchr(path, '/');
  char temporary[PATH_MAX];
  const int n = snprintf(temporary, sizeof temporary, "%.*s.tcptutor-XXXXXX",
                         slash ? (int)(slash - path) + 1 : 0, path);
  if (n < 0 || (size_t)n >= sizeof temporary) return ENAMETOOLONG;
  const int fd = mkostemp(temporary, O_CLOEXEC);
  if (fd < 0) return errno;
  int error = write_data(fd, data, len);
  if (error == 0 && fchmod(fd, is ? is->st_mode & 07777 : new_file_mode()) < 0) error = errno;
  if (error == 0 && durable && fsync(fd) < 0 && errno != EINVAL) error = errno;
  if (close(fd) < 0 && error == 0) error = errno;
  if (error == 0 && rename(temporary, path) < 0) error = errno;
  if (error != 0) unlink(temporary);
  return error;
}

int save_file_replace(const char *file, const char *data, size_t len, bool durable)
{
  struct stat is;
  char path[PATH_MAX];
  if (lstat(file, &is) < 0) return errno == ENOENT ? write_and_rename(file, NULL, data, len, durable) : errno;
  if (stat(file, &is) < 0 || !S_ISREG(is.st_mode) || !realpath(file, path))
    return write_in_place(file, data, len);
  if (access(path, W_OK) < 0) return errno;
  const int error = write_and_rename(path, &is, data, len, durable);
  return error == EACCES || error == EPERM ? write_in_place(path, data, len) : error;
}

int save_file_open(const char *file)
{
  struct stat is;
  const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY;
  const bool fifo = stat(file, &is) == 0 && S_ISFIFO(is.st_mode);
  int fd = open(file, flags | (fifo ? O_NONBLOCK : 0), 0666);
  if (fd >= 0 || !fifo || errno != ENXIO) return fd;
  char shown[160];
  fprintf(stderr, "tcptutor: waiting for somebody to read %s; Ctrl-C gives up\n",
          buf_show(shown, sizeof shown, file, strlen(file)));
  fd = open(file, flags, 0666);
  if (fd >= 0) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

bool save_file_special(const char *file)
{
  struct stat is;
  return stat(file, &is) == 0 && !S_ISREG(is.st_mode);
}
