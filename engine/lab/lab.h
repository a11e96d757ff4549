/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lab: two private network namespaces of one process, joined by a veth pair.

   `you` have the address 10.9.0.1, which no interface owns, so no kernel answers for it;
   the peer is this kernel's own TCP at 10.9.0.2 in the second namespace. Nothing sent here can
   reach the host. The kernel removes everything when the process ends, however it ends.
   One lab per process. */
#ifndef TCPTUTOR_LAB_LAB_H
#define TCPTUTOR_LAB_LAB_H

#include "engine/segment/addr.h"
#include "engine/tcp/profile.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct err;
struct lab;

/* Builds the lab, or says in *ERR (ERR_UNAVAILABLE) what refused and what would allow it. A child makes it and
   hands it over, so a refusal leaves the process as it was. On success the calling
   process lives in your namespace (uid and gid unchanged where mapped). */
struct lab *lab_up(struct err *);
void lab_free(struct lab *);

const struct addr *lab_you(const struct lab *);
const struct addr *lab_peer(const struct lab *);
const char *lab_interface(const struct lab *); /* yours: the one segments leave by */
int lab_interface_index(const struct lab *);
const uint8_t *lab_your_mac(const struct lab *); /* 6 octets */
const uint8_t *lab_peer_mac(const struct lab *);

/* A socket made in the peer's namespace, close-on-exec and non-blocking; -1 and errno. */
int lab_peer_socket(struct lab *, int domain, int type, int protocol);
/* The same, a TCP socket. */
int lab_peer_tcp_socket(struct lab *);
/* An address and a port as bind() and connect() want them; returns the length. */
socklen_t lab_sockaddr(const struct addr *, uint16_t port, struct sockaddr_storage *);
/* And back, as accept() and getsockname() give them. False: not of a family the lab knows. */
bool lab_sockaddr_read(const struct sockaddr_storage *, struct addr *, uint16_t *port);
/* "ECONNRESET"; never NULL. */
const char *lab_error_name(int error);
/* Reads or writes a sysctl below net/ in the peer's namespace, e.g. "net/ipv4/tcp_fin_timeout". KEY comes
   from a table of ours, never from a user. ERR_UNAVAILABLE: this kernel has no such sysctl (the lab has another
   way to tcp_rto_min_us, which older ones lack). */
bool lab_peer_sysctl_write(struct lab *, const char *key, const char *value, struct err *);
bool lab_peer_sysctl_read(struct lab *, const char *key, char *value, size_t cap, struct err *);
/* A tick of the kernel's clock, which its timers count (1/CONFIG_HZ seconds): 1 to 10 ms; microseconds. */
int64_t lab_tick(void);
/* How many octets of options are enough for this kernel's TCP to look for a signature in them: 18 (RFC 2385),
   or 5 when it was built with TCP-AO (RFC 5925). */
uint8_t lab_signature(void);
/* The running kernel, KERNEL(6, 12, 117); 0: not to be understood. */
uint32_t lab_kernel(void);
/* Tells P what the running kernel is like: its version, its tick, what it was built with. */
void lab_describe(struct tcp_profile *p);
/* The route's quickack metric: every ACK at once (the default) or delayed ACKs. */
bool lab_quickack(struct lab *, bool on, struct err *);
/* Gives your address to the kernel of your namespace (or takes it back), so that it answers RST behind your
   back. */
bool lab_address_kernel(struct lab *, bool on, struct err *);

/* What `doctor` reports: one finding after another, without changing this process. */
struct lab_finding {
  const char *what; /* "user namespaces" */
  bool ok;
  bool limited;     /* ok, but one thing is had in another way, or not at all: DETAIL names it */
  char detail[256]; /* what was seen, or what refused */
  char remedy[192]; /* empty when ok */
};
/* Fills at most CAP findings, returns how many. The lab works when all are ok. */
size_t lab_probe(struct lab_finding *, size_t cap);

/* Lets the process end at once: closing packet sockets takes 20 to 40 ms, which a worker of the kernel's then
   waits for. Call it last, just before _exit. Does nothing where io_uring(7) is forbidden, nor under sanitizers.
 */
void lab_hasten_exit(void);

#endif
