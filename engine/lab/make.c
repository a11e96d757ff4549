/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process that has entered a user namespace cannot go back, and some systems let it enter and then refuse
   what follows. So a child makes the lab and hands it over, a message with descriptors; where it fails, nothing
   has happened to us. Whoever made a user namespace, or has its maker's uid, may enter it (user_namespaces(7)).
 */
#include "engine/base/err.h"
#include "engine/lab/build.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { YOUR_NETLINK, PEER_NETLINK, YOURS, PEERS, USER, DESCRIPTORS }; /* the last only with a user namespace */

struct parcel {
  struct err err; /* ERR_NONE: the lab is made */
  struct lab lab; /* its descriptors and sockets are the child's */
};

union rights {
  char octets[CMSG_SPACE(DESCRIPTORS * sizeof(int))];
  struct cmsghdr header;
};

/* The child's part: 0 when all was handed over. */
static int make_and_send(int to, bool user)
{
  struct parcel p = {.err = {.code = ERR_NONE}, .lab = {.namespaces = {-1, -1, -1}}};
  struct iovec whole = {&p, sizeof p};
  union rights rights;
  struct msghdr message = {.msg_iov = &whole, .msg_iovlen = 1};

  memset(&rights, 0, sizeof rights);
  if (namespaces_make(&p.lab.namespaces, user, &p.err) && lab_build(&p.lab, &p.err)) {
    int fd[DESCRIPTORS] = {
        [YOUR_NETLINK] = netlink_descriptor(p.lab.your_netlink),
        [PEER_NETLINK] = netlink_descriptor(p.lab.peer_netlink),
        [YOURS] = p.lab.namespaces.yours,
        [PEERS] = p.lab.namespaces.peers,
        [USER] = p.lab.namespaces.user,
    };
    size_t len = sizeof fd - (user ? 0 : sizeof(int));
    message.msg_control = rights.octets;
    message.msg_controllen = CMSG_SPACE(len);
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    *c = (struct cmsghdr){.cmsg_len = CMSG_LEN(len), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(c), fd, len);
  }
  return sendmsg(to, &message, 0) == (ssize_t)sizeof p ? 0 : 1;
}

/* What came with the parcel, as ours. */
static bool unpack(const struct parcel *p, const struct msghdr *message, struct lab *lab, struct err *err)
{
  const struct cmsghdr *c = CMSG_FIRSTHDR(message);
  int fd[DESCRIPTORS] = {-1, -1, -1, -1, -1};
  size_t count = c ? (c->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;

  if (count < USER || (message->msg_flags & MSG_CTRUNC))
    return err_set(err, ERR_SYSTEM, "the lab was made, but its descriptors did not arrive");
  memcpy(fd, CMSG_DATA(c), count * sizeof(int));
  *lab = p->lab;
  lab->namespaces = (struct namespaces){.user = fd[USER], .yours = fd[YOURS], .peers = fd[PEERS]};
  lab->your_netlink = netlink_adopt(fd[YOUR_NETLINK]);
  lab->peer_netlink = netlink_adopt(fd[PEER_NETLINK]);
  if (!lab->your_netlink || !lab->peer_netlink) return refused(err, "rtnetlink", errno);
  return namespaces_join(&lab->namespaces, err);
}

static bool receive(int from, struct lab *lab, struct err *err)
{
  struct parcel p;
  struct iovec whole = {&p, sizeof p};
  union rights rights;
  struct msghdr message = {.msg_iov = &whole,
                           .msg_iovlen = 1,
                           .msg_control = rights.octets,
                           .msg_controllen = sizeof rights.octets};
  ssize_t n;

  do n = recvmsg(from, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n != (ssize_t)sizeof p) return err_set(err, ERR_UNAVAILABLE, "who made the lab was killed");
  if (p.err.code != ERR_NONE) {
    if (err) *err = p.err;
    return false;
  }
  if (unpack(&p, &message, lab, err)) return true;
  lab_close(lab);
  return false;
}

static bool make(struct lab *lab, bool user, struct err *err)
{
  int ends[2];
  pid_t parent = getpid();

  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
    return refused(err, "socketpair()", errno);
  pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    _exit(getppid() == parent ? make_and_send(ends[1], user) : 1);
  }
  int error = errno;
  close(ends[1]);
  bool ok = child < 0 ? refused(err, "fork()", error) : receive(ends[0], lab, err);
  close(ends[0]);
  while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
  return ok;
}

bool lab_make(struct lab *lab, struct err *err)
{
  *lab = (struct lab){.namespaces = {-1, -1, -1}};
  if (make(lab, true, err)) return true;
  return geteuid() == 0 && make(lab, false, NULL);
}
