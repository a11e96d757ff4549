/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lab/lab.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif

void lab_hasten_exit(void)
{
#ifndef SANITIZED
  int ends[2];
  char nothing;

  if (pipe2(ends, O_CLOEXEC) < 0) return;
  if (fork() == 0) {
    /* Standard streams first: whoever reads our output must not wait for this child. Then hold the rest until
       the parent is gone, for the last one to close the ring is the one who waits. */
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    close(ends[1]);
    while (read(ends[0], &nothing, 1) > 0) continue;
    _exit(0);
  }
#endif
}
