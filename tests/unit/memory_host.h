/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A host without a terminal, keyboard or file: lessons are texts it was given, notes are strings, the
   other end is the model, and what is shown is added to a buffer. All that engine/course wants of one is
   here; it is the least there can be, to begin another from. */
#ifndef TCPTUTOR_TESTS_MEMORY_HOST_H
#define TCPTUTOR_TESTS_MEMORY_HOST_H

#include "engine/base/buf.h"
#include "engine/course/course.h"
#include "engine/course/text.h"

#define LESSONS_MOST 100

struct memory_host {
  struct desk desk;
  struct course course;
  size_t lesson_count;
  const char *lesson[LESSONS_MOST]; /* their texts, borrowed */
  struct buf shown, wrong;          /* what was put; errors */
  struct buf note;                  /* progress */
  unsigned opened, kept, aside;     /* worlds, notes, strangers' notes */
};

void memory_host_begin(struct memory_host *);
void memory_host_end(struct memory_host *);
/* Types a line as a host with a keyboard does. */
void memory_host_type(struct memory_host *, const char *line);

#endif
