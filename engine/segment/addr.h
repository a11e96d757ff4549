/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network address. Only this module, the codec and lab/ know how many octets it has. */
#ifndef TCPTUTOR_SEGMENT_ADDR_H
#define TCPTUTOR_SEGMENT_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

enum addr_family { ADDR_NONE, ADDR_IP4 };

struct addr {
  enum addr_family family;
  uint8_t octet[16]; /* network order; the rest zero */
};

/* The two sockets of a connection, as `you` see it. */
struct pair {
  struct addr you, peer;
  uint16_t you_port, peer_port;
};

/* How many leading bits the addresses of the network between the two ends share. */
#define ADDR_LINK_PREFIX 24

bool addr_equal(const struct addr *, const struct addr *);
/* Is A the address of another host in HOST's network? */
bool addr_is_neighbour(const struct addr *a, const struct addr *host);
bool addr_parse(const char *text, size_t len, struct addr *, struct err *);
void addr_print(struct buf *, const struct addr *);
bool pair_equal(const struct pair *, const struct pair *);

#endif
