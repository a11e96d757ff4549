/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What leaves by your interface and is not yours: your own kernel's segments, once it owns your address. What
   you send bears a mark (SO_MARK, which no frame carries), so that the capture can tell. */
#ifndef TCPTUTOR_WIRE_OWN_H
#define TCPTUTOR_WIRE_OWN_H

#include <pcap/pcap.h>
#include <stdbool.h>

struct err;

/* What the socket FD sends is yours. False: the kernel does not let us say so. */
bool own_mark(int fd);
/* The capture lets through what WANTED says (in pcap's language), and of what leaves only what your kernel
   sends, or (OTHERS false) nothing. */
bool own_watch(pcap_t *, const char *wanted, bool others, struct err *);

#endif
