/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/wire/processor.h"

#include "engine/base/err.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

/* As many processors as Linux can be built for: a mask too small is refused. */
enum { PROCESSORS_MAX = 8192, SETS = PROCESSORS_MAX / CPU_SETSIZE };

struct processor {
  cpu_set_t before[SETS];
  int number;
  bool rests;
};

/* 0 or errno. */
static int stay(struct processor *p)
{
  enum { TRIES = 100 }; /* it may be moved, or its processor be taken, between the two calls */
  int error = 0;

  for (int i = 0; i < TRIES; i++) {
    cpu_set_t one[SETS];
    memset(one, 0, sizeof one);
    int here = sched_getcpu();
    if (here < 0) return errno;
    CPU_SET_S((size_t)here, sizeof one, one);
    if (sched_setaffinity(0, sizeof one, one) == 0) {
      p->number = here;
      return 0;
    }
    error = errno;
    if (error != EINVAL) break;
  }
  return error;
}

struct processor *processor_keep(struct err *err)
{
  struct processor *p = calloc(1, sizeof *p);

  if (!p) {
    err_set(err, ERR_MEMORY, "no memory for the wire");
    return NULL;
  }
  int error = sched_getaffinity(0, sizeof p->before, p->before) < 0 ? errno : stay(p);
  if (!error) return p;
  free(p);
  err_set(err, ERR_UNAVAILABLE, "sched_setaffinity() was refused: %s", strerrorname_np(error));
  err_hint(err, "what is sent from several processors is in no order: the lab stays on one");
  return NULL;
}

void processor_rest(struct processor *p)
{
  if (!p->rests) p->rests = sched_setaffinity(0, sizeof p->before, p->before) == 0;
}

void processor_resume(struct processor *p)
{
  if (p->rests) p->rests = stay(p) != 0;
}

void processor_free(struct processor *p)
{
  if (p) processor_rest(p);
  free(p);
}

bool processor_kept(struct processor *p)
{
  if (!p->rests && sched_getcpu() == p->number) return true;
  p->rests = stay(p) != 0;
  return false;
}
