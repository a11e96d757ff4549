/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/prompt/history.h"

#include "cli/files/file.h"
#include "cli/prompt/harmless.h"
#include "engine/base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <readline/history.h>

#define LINES_KEPT 1000
#define LINES_TOO_MANY 2000
#define LINE_MAX_OCTETS 4096

static char path[PATH_MAX]; /* "" until history_load(), and when there is no place for it */

/* Others hold the lock for a moment only; one that has been stopped in that moment must not stop us. */
static bool lock_briefly(int fd)
{
  const struct timespec moment = {.tv_nsec = 5000000};
  for (unsigned tries = 0; tries < 40; tries++) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
    nanosleep(&moment, NULL);
  }
  return false;
}

/* Opens the file and waits for its lock. Whoever shortens it puts another in its place: then that one. -1: it
   cannot be had. */
static int open_locked(int flags)
{
  struct stat is, now;
  for (unsigned tries = 0; tries < 3; tries++) {
    int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK, 0600);
    if (fd < 0) return -1;
    bool file = fstat(fd, &is) == 0 && S_ISREG(is.st_mode);
    if (file && lock_briefly(fd) && stat(path, &now) == 0 && now.st_ino == is.st_ino &&
        now.st_dev == is.st_dev)
      return fd;
    close(fd);
    if (!file) return -1;
  }
  return -1;
}

/* The last lines of the file, as it is by now, into a new one that takes its place. */
static void shorten(void)
{
  char fresh[PATH_MAX + 8], line[LINE_MAX_OCTETS + 2];
  int fd = open_locked(O_RDWR);
  FILE *old = fd < 0 ? NULL : fdopen(fd, "r");
  snprintf(fresh, sizeof fresh, "%s.XXXXXX", path);
  int fresh_fd = old ? mkostemp(fresh, O_CLOEXEC) : -1;
  FILE *file = fresh_fd < 0 ? NULL : fdopen(fresh_fd, "w");
  if (file) {
    unsigned long lines = 0, n = 0;
    while (fgets(line, sizeof line, old)) lines++;
    rewind(old);
    while (fgets(line, sizeof line, old))
      if (n++ + LINES_KEPT >= lines) fputs(line, file);
    bool written = !ferror(old) && fflush(file) == 0 && fsync(fresh_fd) == 0 && !ferror(file);
    if (fclose(file) != 0 || !written || rename(fresh, path) < 0) unlink(fresh);
  }
  if (old)
    fclose(old); /* and the lock with it */
  else if (fd >= 0)
    close(fd);
}

/* Others write to the file, too. */
static void remember(const char *line)
{
  char *shown = harmless(line, false);
  add_history(shown ? shown : line);
  free(shown);
}

void history_load(void)
{
  char line[LINE_MAX_OCTETS + 2];
  struct stat is;
  int lines = 0;
  using_history();
  stifle_history(LINES_TOO_MANY);
  /* Room is left for the name of the file that takes its place. */
  if (!file_own(FILE_STATE, "tcptutor/history", path, sizeof path - 8)) {
    path[0] = '\0';
    return;
  }
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  FILE *file = fd >= 0 && fstat(fd, &is) == 0 && S_ISREG(is.st_mode) ? fdopen(fd, "r") : NULL;
  if (!file) {
    if (fd >= 0) close(fd);
    if (fd >= 0 || errno != ENOENT || !file_make_folders(path)) path[0] = '\0'; /* not ours to write to */
    return;
  }
  while (fgets(line, sizeof line, file)) {
    lines++;
    line[strcspn(line, "\n")] = '\0';
    if (*line) remember(line);
  }
  fclose(file);
  if (lines > LINES_TOO_MANY) shorten();
}

void history_keep(const char *line)
{
  char record[LINE_MAX_OCTETS + 2];
  if (line[strspn(line, " \t")] == '\0') return;
  HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
  if (last && strcmp(last->line, line) == 0) return;
  remember(line);
  int len = snprintf(record, sizeof record, "%s\n", line);
  if (!*path || len < 0 || (size_t)len >= sizeof record) return;
  int fd = open_locked(O_WRONLY | O_APPEND | O_CREAT);
  if (fd < 0) return;
  ssize_t written = write(fd, record, (size_t)len);
  (void)written;
  close(fd);
}

void history_print(struct buf *b)
{
  HIST_ENTRY **list = history_list();
  for (int i = 0; list && list[i]; i++) {
    buf_printf(b, "%5d  ", i + history_base);
    buf_put_visible(b, list[i]->line, strlen(list[i]->line), false);
    buf_putc(b, '\n');
  }
}
