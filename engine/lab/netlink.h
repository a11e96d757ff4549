/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interfaces, addresses, routes and neighbours, by rtnetlink(7) over libmnl. A socket acts in the network
   namespace in which it was opened, wherever its process goes later. Functions return 0 or the errno the
   kernel answered. IPv4 addresses are 4 octets in network order, hardware addresses 6. */
#ifndef TCPTUTOR_LAB_NETLINK_H
#define TCPTUTOR_LAB_NETLINK_H

#include <stdbool.h>
#include <stdint.h>

struct mnl_socket;

struct netlink_end {
  const char *name;
  const uint8_t *mac;
};

/* NULL and errno. Close with netlink_close(). */
struct mnl_socket *netlink_open(void);
/* One that another process has opened, by its descriptor, which it takes over. NULL and errno. */
struct mnl_socket *netlink_adopt(int fd);
int netlink_descriptor(const struct mnl_socket *);
void netlink_close(struct mnl_socket *);

/* A pair of joined interfaces: HERE in the socket's namespace, THERE in the one NAMESPACE_FD names. */
int netlink_veth(struct mnl_socket *, const struct netlink_end *here, const struct netlink_end *there,
                 int namespace_fd);
int netlink_up(struct mnl_socket *, int interface);
/* Adds (ON) or removes an address, /32. Adding one that is there, or removing one that is not, is no error.
 */
int netlink_address(struct mnl_socket *, int interface, const uint8_t *address, bool on);
/* Metrics of a route, ip-route(8). */
struct netlink_metrics {
  bool quickack;
  unsigned rto_min_ms; /* 0: none */
  unsigned window;     /* the widest that may be offered; 0: any */
};
/* Adds or replaces a route by INTERFACE. */
int netlink_route(struct mnl_socket *, int interface, const uint8_t *to, unsigned prefix,
                  const struct netlink_metrics *);
/* A permanent neighbour entry: no ARP, ever. */
int netlink_neighbour(struct mnl_socket *, int interface, const uint8_t *address, const uint8_t *mac);
/* Switches off what would alter segments on their way: checksum offload, segmentation and coalescing. Acts in
   the caller's namespace. */
int netlink_offload_off(const char *interface);

#endif
