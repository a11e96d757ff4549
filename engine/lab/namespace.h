/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two network namespaces of the lab, held by one process (see namespaces(7), user_namespaces(7)).
   A namespace is a descriptor; whoever opened it closes it. */
#ifndef TCPTUTOR_LAB_NAMESPACE_H
#define TCPTUTOR_LAB_NAMESPACE_H

#include <stdbool.h>

struct err;

struct namespaces {
  int user;         /* what holds them; descriptors, -1 when not open */
  int yours, peers;
};

/* Moves the process into a new network namespace (yours) and makes a second one (the peer's). With USER a
   user namespace of their own holds both, so that no privilege over the host is needed or kept; the process
   keeps its uid and gid. It cannot be undone: a child does it. On failure nothing is left open and
   *ERR says which call refused. */
bool namespaces_make(struct namespaces *, bool user, struct err *);
/* Moves the process where another has made them: into USER, unless it is -1 or the process's own, and yours. On
   failure the process may be in USER already. */
bool namespaces_join(const struct namespaces *, struct err *);
void namespaces_close(struct namespaces *);
/* Enters one of them; 0 or errno. */
int namespace_enter(int fd);

/* The lab was refused: ERR_UNAVAILABLE with the call and the errno, and what would allow it as the hint.
   Returns false. */
bool refused(struct err *, const char *call, int error);

#endif
