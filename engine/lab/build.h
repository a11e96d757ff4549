/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a lab consists of; shared by lab.c, which keeps one, and probe.c, which tries one out. */
#ifndef TCPTUTOR_LAB_BUILD_H
#define TCPTUTOR_LAB_BUILD_H

#include "engine/lab/lab.h"
#include "engine/lab/namespace.h"
#include "engine/lab/netlink.h"

struct mnl_socket;

struct lab {
  struct namespaces namespaces;
  struct mnl_socket *your_netlink, *peer_netlink; /* rtnetlink in each namespace */
  int your_interface, peer_interface;             /* indexes */
  struct netlink_metrics peer_metrics;            /* of the peer's route */
};

/* Brings up both ends between namespaces that exist. The caller is, and stays, in yours. */
bool lab_build(struct lab *, struct err *);
/* Closes what a lab holds; safe on one half built. */
void lab_close(struct lab *);

/* The peer's shortest retransmission timeout, as the route's metric rto_min. */
bool lab_rto_min(struct lab *, unsigned milliseconds, struct err *);

/* Makes a lab in a child, which hands it over: a refusal, at whatever point, leaves this process as it was. On
   success the caller is in your namespace. */
bool lab_make(struct lab *, struct err *);

#endif
