/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a system refuses the lab, in words that help. The kernel says only EPERM or the like, so the switches
   known to withhold namespaces are read. */
#include "engine/base/err.h"
#include "engine/lab/lab.h"
#include "engine/lab/namespace.h"
#include "engine/lab/sysctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A switch that withholds namespaces while it has this value. */
struct withholding {
  const char *key;
  long value;
  const char *remedy;
};

static const struct withholding withholdings[] = {
    {"user/max_user_namespaces", 0,
     "user namespaces are switched off: sudo sysctl user.max_user_namespaces=15000"},
    {"user/max_net_namespaces", 0,
     "network namespaces are switched off: sudo sysctl user.max_net_namespaces=15000"},
    {"kernel/unprivileged_userns_clone", 0,
     "user namespaces are kept for root: sudo sysctl kernel.unprivileged_userns_clone=1"},
    {"kernel/apparmor_restrict_unprivileged_userns", 1,
     "AppArmor withholds user namespaces from unknown programs: ./bootstrap.sh --apparmor installs a profile "
     "for this "
     "one"},
};

static const char *remedy_by_switch(void)
{
  for (size_t i = 0; i < sizeof withholdings / sizeof *withholdings; i++) {
    char text[32];
    char *end;
    if (sysctl_read(withholdings[i].key, text, sizeof text) != 0) continue;
    long value = strtol(text, &end, 10);
    if (end != text && value == withholdings[i].value) return withholdings[i].remedy;
  }
  return NULL;
}

static const char *remedy_by_error(const char *call, int error)
{
  switch (error) {
  case EPERM:
  case EACCES: {
    const char *remedy = remedy_by_switch();
    return remedy ? remedy
                  : "something forbids it: in a container, its seccomp profile (--security-opt "
                    "seccomp=unconfined); "
                    "or a security module";
  }
  case ENOSPC:
  case EUSERS: {
    const char *remedy = remedy_by_switch();
    return remedy ? remedy
                  : "too many namespaces: raise user.max_user_namespaces and user.max_net_namespaces";
  }
  case EINVAL:
    if (strncmp(call, "unshare", 7) == 0)
      return "the kernel lacks it (CONFIG_USER_NS, CONFIG_NET_NS), or the process has several threads";
    return "the kernel lacks what this call asks for";
  case EROFS:
    return "/proc/sys is read-only here: a container must make it writable (systempaths=unconfined)";
  case EOPNOTSUPP:
  case ENODEV:
    return "the kernel lacks the driver: CONFIG_VETH, CONFIG_PACKET (sudo modprobe veth)";
  case EAFNOSUPPORT:
    return "the kernel lacks the address family: CONFIG_PACKET, CONFIG_INET";
  case ENOENT:
    return "/proc is not mounted, or the kernel lacks the setting";
  default:
    return NULL;
  }
}

bool refused(struct err *err, const char *call, int error)
{
  const char *remedy = remedy_by_error(call, error);

  err_set(err, ERR_UNAVAILABLE, "%s was refused: %s (%s)", call, lab_error_name(error),
          strerrordesc_np(error));
  if (remedy) err_hint(err, "%s", remedy);
  return false;
}
