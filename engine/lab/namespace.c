/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lab/namespace.h"

#include "engine/base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_file(const char *path, const char *text)
{
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  int error = 0;

  if (fd < 0) return errno;
  if (write(fd, text, strlen(text)) < 0) error = errno;
  close(fd);
  return error;
}

/* Maps the one id onto itself, so that files keep their owners and the prompt its user. */
static bool map_id(const char *path, unsigned id, struct err *err)
{
  char text[64];

  snprintf(text, sizeof text, "%u %u 1", id, id);
  int error = write_file(path, text);
  if (error) return refused(err, path, error);
  return true;
}

static ino_t user_namespace(void)
{
  struct stat s;

  return stat("/proc/self/ns/user", &s) == 0 ? s.st_ino : 0;
}

static ino_t entered; /* the lab's user namespace; 0: none yet */

/* Once a process: they nest at most 32 deep, and a second lab is as private in the first one's. */
static bool enter_user_namespace(struct err *err)
{
  unsigned uid = geteuid(), gid = getegid();

  if (entered && entered == user_namespace()) return true;
  if (unshare(CLONE_NEWUSER) < 0) return refused(err, "unshare(CLONE_NEWUSER)", errno);
  int error = write_file("/proc/self/setgroups", "deny"); /* else gid_map is refused, user_namespaces(7) */
  if (error) return refused(err, "/proc/self/setgroups", error);
  if (!map_id("/proc/self/uid_map", uid, err) || !map_id("/proc/self/gid_map", gid, err)) return false;
  entered = user_namespace();
  return true;
}

static bool enter_network_namespace(int *fd, struct err *err)
{
  if (unshare(CLONE_NEWNET) < 0) return refused(err, "unshare(CLONE_NEWNET)", errno);
  *fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (*fd < 0) return refused(err, "/proc/self/ns/net", errno);
  return true;
}

bool namespaces_make(struct namespaces *ns, bool user, struct err *err)
{
  ns->user = ns->yours = ns->peers = -1;
  if (user && !enter_user_namespace(err)) return false;
  ns->user = user ? open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC) : -1;
  if (user && ns->user < 0) return refused(err, "/proc/self/ns/user", errno);
  if (!enter_network_namespace(&ns->yours, err) || !enter_network_namespace(&ns->peers, err)) {
    namespaces_close(ns);
    return false;
  }
  int error = namespace_enter(ns->yours);
  if (error) {
    namespaces_close(ns);
    return refused(err, "setns(CLONE_NEWNET)", error);
  }
  return true;
}

bool namespaces_join(const struct namespaces *ns, struct err *err)
{
  struct stat s;
  bool there = ns->user < 0 || (fstat(ns->user, &s) == 0 && s.st_ino == user_namespace());

  if (!there && setns(ns->user, CLONE_NEWUSER) < 0) return refused(err, "setns(CLONE_NEWUSER)", errno);
  if (ns->user >= 0) entered = user_namespace();
  int error = namespace_enter(ns->yours);
  return !error || refused(err, "setns(CLONE_NEWNET)", error);
}

void namespaces_close(struct namespaces *ns)
{
  if (ns->user >= 0) close(ns->user);
  if (ns->yours >= 0) close(ns->yours);
  if (ns->peers >= 0) close(ns->peers);
  ns->user = ns->yours = ns->peers = -1;
}

int namespace_enter(int fd) { return setns(fd, CLONE_NEWNET) < 0 ? errno : 0; }
