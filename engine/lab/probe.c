/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `doctor` asks: each thing the lab is made of, tried one after another in a fork that is thrown away.
 */
#include "engine/base/err.h"
#include "engine/lab/build.h"
#include "engine/lab/diag.h"
#include "engine/lab/lab.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

/* Carried from one probe to the next. */
struct rehearsal {
  struct lab lab;
  bool user;
};

struct probe {
  const char *what, *seen; /* SEEN: what a success says */
  bool (*act)(struct rehearsal *, struct err *);
  bool optional; /* a refusal costs only what the remedy names */
};

static bool probe_namespaces(struct rehearsal *r, struct err *err)
{
  return namespaces_make(&r->lab.namespaces, r->user, err);
}

static bool probe_network(struct rehearsal *r, struct err *err) { return lab_build(&r->lab, err); }

static bool probe_packets(struct rehearsal *r, struct err *err)
{
  (void)r;
  if (socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0) < 0) return refused(err, "socket(AF_PACKET)", errno);
  return true;
}

static bool probe_repair(struct rehearsal *r, struct err *err)
{
  int one = 1;
  int fd = lab_peer_socket(&r->lab, AF_INET, SOCK_STREAM, 0);

  if (fd < 0) return refused(err, "socket(AF_INET)", errno);
  if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &one, sizeof one) == 0) return true;
  refused(err, "setsockopt(TCP_REPAIR)", errno);
  return err_hint(
      err, "`peer isn` before `peer connect` needs CONFIG_CHECKPOINT_RESTORE in the kernel; all else works");
}

static const struct pair nobody = {
    .you = {ADDR_IP4, {10, 9, 0, 1}}, .peer = {ADDR_IP4, {10, 9, 0, 2}}, .you_port = 1, .peer_port = 1};

static bool probe_states(struct rehearsal *r, struct err *err)
{
  struct diag_truth truth;
  struct diag *diag = diag_new(&r->lab, err);

  return diag && diag_look(diag, &nobody, &truth, err);
}

static const struct probe probes[] = {
    {"namespaces", "a user and two network namespaces were made", probe_namespaces, false},
    {"private network", "a veth pair was set up between them", probe_network, false},
    {"packet sockets", "libnet and libpcap may send and see every octet", probe_packets, false},
    {"kernel states", "sock_diag tells the state of each connection", probe_states, false},
    {"repairing sockets", "`peer isn` and `peer crash` have what they need", probe_repair, true},
};
enum { PROBE_COUNT = sizeof probes / sizeof *probes };

/* Set in the child, read by the parent. */
struct report {
  size_t index;
  struct err err; /* ERR_NONE: it works */
};

static void child(int out, bool user)
{
  struct rehearsal r = {.lab = {.namespaces = {-1, -1, -1}}, .user = user};

  for (size_t i = 0; i < PROBE_COUNT; i++) {
    struct report report = {.index = i};
    bool ok = probes[i].act(&r, &report.err);
    if (write(out, &report, sizeof report) != (ssize_t)sizeof report) break;
    if (!ok && i < 2) break; /* nothing beyond can be tried */
  }
}

static void find(struct lab_finding *f, const struct report *report)
{
  const struct probe *probe = &probes[report->index];

  memset(f, 0, sizeof *f);
  f->what = probe->what;
  const bool had = report->err.code == ERR_NONE;
  f->ok = had || probe->optional;
  f->limited = f->ok && !had;
  snprintf(f->detail, sizeof f->detail, "%s", had ? probe->seen : report->err.message);
  snprintf(f->remedy, sizeof f->remedy, "%s", had ? "" : report->err.hint);
}

static size_t probe_in_fork(bool user, struct lab_finding *findings, size_t cap)
{
  struct report report;
  size_t n = 0;
  int ends[2];

  if (pipe(ends) < 0) return 0;
  pid_t pid = fork();
  if (pid == 0) {
    child(ends[1], user);
    _exit(0);
  }
  close(ends[1]);
  while (n < cap && pid > 0 && read(ends[0], &report, sizeof report) == (ssize_t)sizeof report)
    find(&findings[n++], &report);
  close(ends[0]);
  while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
  return n;
}

size_t lab_probe(struct lab_finding *findings, size_t cap)
{
  size_t n = probe_in_fork(true, findings, cap);

  if (n == 0 || findings[0].ok || geteuid() != 0) return n;
  struct lab_finding with_user = findings[0];
  n = probe_in_fork(false, findings, cap);
  if (n > 0 && findings[0].ok) return n;
  findings[0] = with_user; /* what would have to be allowed */
  return 1;
}
