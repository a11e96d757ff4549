/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lab/lab.h"

#include "engine/base/err.h"
#include "engine/lab/build.h"
#include "engine/lab/sysctl.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct lab *lab_up(struct err *err)
{
  struct lab *lab = calloc(1, sizeof *lab);

  if (!lab) {
    err_set(err, ERR_MEMORY, "no memory for the lab");
    return NULL;
  }
  if (lab_make(lab, err)) return lab;
  free(lab);
  return NULL;
}

void lab_free(struct lab *lab)
{
  if (!lab) return;
  lab_close(lab);
  free(lab);
}

int lab_peer_socket(struct lab *lab, int domain, int type, int protocol)
{
  int fd = -1;
  int error = namespace_enter(lab->namespaces.peers);

  if (!error) {
    fd = socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    if (fd < 0) error = errno;
    int back = namespace_enter(lab->namespaces.yours);
    if (back) error = back;
  }
  if (!error) return fd;
  if (fd >= 0) close(fd);
  errno = error;
  return -1;
}

int lab_peer_tcp_socket(struct lab *lab) { return lab_peer_socket(lab, AF_INET, SOCK_STREAM, 0); }

socklen_t lab_sockaddr(const struct addr *a, uint16_t port, struct sockaddr_storage *out)
{
  struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};

  memcpy(&in.sin_addr, a->octet, sizeof in.sin_addr);
  memset(out, 0, sizeof *out);
  memcpy(out, &in, sizeof in);
  return sizeof in;
}

bool lab_sockaddr_read(const struct sockaddr_storage *from, struct addr *a, uint16_t *port)
{
  struct sockaddr_in in;

  if (from->ss_family != AF_INET) return false;
  memcpy(&in, from, sizeof in);
  *a = (struct addr){.family = ADDR_IP4};
  memcpy(a->octet, &in.sin_addr, sizeof in.sin_addr);
  *port = ntohs(in.sin_port);
  return true;
}

const char *lab_error_name(int error)
{
  const char *name = strerrorname_np(error);

  return name ? name : "an unknown error";
}

static const char rto_min_key[] = "net/ipv4/tcp_rto_min_us";

/* Old kernels (6.1) have no such sysctl; the route's metric does the same there, in milliseconds. */
static bool rto_min_by_route(struct lab *lab, const char *write, char *read, size_t cap, struct err *err)
{
  enum { USUAL_MS = 200 };
  unsigned now = lab->peer_metrics.rto_min_ms ? lab->peer_metrics.rto_min_ms : USUAL_MS;

  if (write) return lab_rto_min(lab, (unsigned)((strtoul(write, NULL, 10) + 999) / 1000), err);
  snprintf(read, cap, "%u", now * 1000);
  return true;
}

/* Runs one sysctl access in the peer's namespace: /proc/sys/net shows the caller's. */
static bool peer_sysctl(struct lab *lab, const char *key, const char *write, char *read, size_t cap,
                        struct err *err)
{
  int error = namespace_enter(lab->namespaces.peers);

  if (!error) {
    error = write ? sysctl_write(key, write) : sysctl_read(key, read, cap);
    int back = namespace_enter(lab->namespaces.yours);
    if (back) error = back;
  }
  if (!error) return true;
  if (error == ENOENT && strcmp(key, rto_min_key) == 0) return rto_min_by_route(lab, write, read, cap, err);
  if (error == ENOENT) return err_set(err, ERR_UNAVAILABLE, "this kernel has no %s", key);
  return err_set(err, error == EINVAL ? ERR_RANGE : ERR_SYSTEM, "%s: %s", key, lab_error_name(error));
}

bool lab_peer_sysctl_write(struct lab *lab, const char *key, const char *value, struct err *err)
{
  return peer_sysctl(lab, key, value, NULL, 0, err);
}

bool lab_peer_sysctl_read(struct lab *lab, const char *key, char *value, size_t cap, struct err *err)
{
  return peer_sysctl(lab, key, NULL, value, cap, err);
}

/* What is not built in is no option that could be asked for. */
uint8_t lab_signature(void)
{
  enum { MD5_SIGNATURE = 18, AO_LEAST = 5, AO_INFO = 40 /* TCP_AO_INFO, for older headers */ };
  uint8_t info[256] = {0};
  socklen_t len = sizeof info;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool ao = fd >= 0 && (getsockopt(fd, IPPROTO_TCP, AO_INFO, info, &len) == 0 || errno != ENOPROTOOPT);

  if (fd >= 0) close(fd);
  return ao ? AO_LEAST : MD5_SIGNATURE;
}

/* The coarse clocks go forward once a tick, and tell by how much. */
int64_t lab_tick(void)
{
  struct timespec t;

  if (clock_getres(CLOCK_MONOTONIC_COARSE, &t) < 0) return 4000;
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
