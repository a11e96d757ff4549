/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A course: the lessons a host has, one of them perhaps being taken, and how far the reader has come. A host
   has one, and one desk for it.

   Reading order: host.h (what a host does), desk.h (commands), text.h and run.h (a lesson, and its run in
   sessions of its own), learn.h (taken), play.h (shown), prove.h and check.h (tested), progress.h. */
#ifndef TCPTUTOR_COURSE_COURSE_H
#define TCPTUTOR_COURSE_COURSE_H

#include "engine/course/desk.h"

struct learn;
struct progress;

struct course {
  struct desk *desk;
  struct world asked;        /* where lessons are to run, unless they go on in virtual time */
  bool keeps;                /* progress is kept: somebody is there to make some */
  struct learn *learn;       /* the lesson being taken; NULL: none */
  struct progress *progress; /* NULL until it is asked for */
};

/* Lets go of all that it has. */
void course_end(struct course *);

#endif
