/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last to close a packet socket waits until no processor can be looking at it any more (synchronize_net()).
   A ring's table of registered files holds them beyond the process, and is emptied by a worker. */
#include "engine/lab/lab.h"

#include <dirent.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif

enum { SOCKETS_MAX = 64 };

#ifndef SANITIZED
/* The sockets among the descriptors, the first SOCKETS_MAX of them. */
static unsigned sockets(int *fd)
{
  unsigned count = 0;
  DIR *all = opendir("/proc/self/fd");
  struct dirent *entry;
  struct stat s;

  while (all && count < SOCKETS_MAX && (entry = readdir(all)) != NULL) {
    int n = atoi(entry->d_name);
    if (n > STDERR_FILENO && fstat(n, &s) == 0 && S_ISSOCK(s.st_mode)) fd[count++] = n;
  }
  if (all) closedir(all);
  return count;
}

#endif

void lab_hasten_exit(void)
{
#ifndef SANITIZED
  struct io_uring_params params;
  int fd[SOCKETS_MAX];
  unsigned count = sockets(fd);

  memset(&params, 0, sizeof params);
  int ring = (int)syscall(SYS_io_uring_setup, 1, &params);
  if (ring < 0) return;
  if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, fd, count) < 0) close(ring);
#endif
}
