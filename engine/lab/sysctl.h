/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files below /proc/sys, in the network namespace the caller is in. Keys are ours, never a user's.
   Functions return 0 or the errno of what failed. */
#ifndef TCPTUTOR_LAB_SYSCTL_H
#define TCPTUTOR_LAB_SYSCTL_H

#include <stddef.h>

/* KEY as in "net/ipv4/tcp_fin_timeout". */
int sysctl_write(const char *key, const char *value);
/* The value without its newline, cut to CAP - 1 octets, NUL at the end. CAP > 0. */
int sysctl_read(const char *key, char *value, size_t cap);

#endif
