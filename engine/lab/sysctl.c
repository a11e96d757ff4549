/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lab/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int sysctl_open(const char *key, int flags, int *fd)
{
  char path[128];
  int n = snprintf(path, sizeof path, "/proc/sys/%s", key);

  if (n < 0 || (size_t)n >= sizeof path) return ENAMETOOLONG;
  *fd = open(path, flags | O_CLOEXEC);
  return *fd < 0 ? errno : 0;
}

int sysctl_write(const char *key, const char *value)
{
  int fd;
  int error = sysctl_open(key, O_WRONLY, &fd);

  if (error) return error;
  if (write(fd, value, strlen(value)) < 0) error = errno;
  close(fd);
  return error;
}

int sysctl_read(const char *key, char *value, size_t cap)
{
  int fd;
  int error = sysctl_open(key, O_RDONLY, &fd);

  if (error) return error;
  ssize_t n = read(fd, value, cap - 1);
  if (n < 0) error = errno;
  close(fd);
  if (error) return error;
  value[n] = '\0';
  value[strcspn(value, "\n")] = '\0';
  return 0;
}
