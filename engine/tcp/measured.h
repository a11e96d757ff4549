/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Under which kernels Linux's rows were seen to hold. The list is measured.def, which tests/kernels/measured.py
   writes from runs of the fidelity driver in which the row fired and the kernel agreed. */
#ifndef TCPTUTOR_TCP_MEASURED_H
#define TCPTUTOR_TCP_MEASURED_H

#include "engine/tcp/rule.h"

struct buf;

/* The kernels measured, from old to new; 0: no more. */
uint32_t tcp_measured_at(size_t i);
/* One of them is of the same line: 6.12.3 of that of 6.12.117. */
bool tcp_measured_kernel(uint32_t kernel);
/* The row held under such a one. */
bool tcp_measured_rule(const struct tcp_rule *, uint32_t kernel);
/* "measured on 6.12, 6.18; yours is 6.8" where KERNEL is not one of these; 0: nobody's. Of rows that are
   not Linux's alone, nothing. */
void tcp_measured_put(struct buf *, const struct tcp_rule *, uint32_t kernel);
/* "up to 7.2, the last measured" or "on 6.1 and 6.12, the nearest measured": kernels next to KERNEL, which is
   not measured. */
void tcp_measured_put_nearest(struct buf *, uint32_t kernel);

#endif
