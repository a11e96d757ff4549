/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the running kernel is like, where its TCP shows it. */
#include "engine/lab/lab.h"

#include <sys/utsname.h>

uint32_t lab_kernel(void)
{
  struct utsname u;

  return uname(&u) == 0 ? tcp_kernel_read(u.release, u.version) : 0;
}

void lab_describe(struct tcp_profile *p)
{
  uint32_t kernel = lab_kernel();

  if (kernel) tcp_profile_be_kernel(p, kernel);
  p->tick = lab_tick();
  p->signature = lab_signature();
}
