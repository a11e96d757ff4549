/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lab/build.h"

#include "engine/base/err.h"
#include "engine/lab/netlink.h"
#include "engine/lab/sysctl.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

static const struct addr your_address = {.family = ADDR_IP4, .octet = {10, 9, 0, 1}};
static const struct addr peer_address = {.family = ADDR_IP4, .octet = {10, 9, 0, 2}};
static const uint8_t network[4] = {10, 9, 0, 0};
enum { NETWORK_PREFIX = ADDR_LINK_PREFIX, HOST_PREFIX = 32 };
/* The widest window the peer may ever offer: what can be told with a shift of 7. Without it the shift would
   follow from the host's rmem_max, which no namespace has for itself. */
enum { WINDOW_MOST = 65535 << 7 };

/* Locally administered (the 2 in the first octet), so nobody's. */
static const uint8_t your_mac[6] = {2, 0, 0, 0, 0, 1};
static const uint8_t peer_mac[6] = {2, 0, 0, 0, 0, 2};
static const struct netlink_end your_end = {.name = "you", .mac = your_mac};
static const struct netlink_end peer_end = {.name = "peer", .mac = peer_mac};

struct setting {
  const char *key, *value;
  bool optional; /* the kernel may have been built without */
};

/* Forwarding is inherited from the host (devconf_inherit_init_net), where containers often switch it on: your
   kernel would answer what is addressed to you with ICMP. */
static const struct setting your_settings[] = {
    {"net/ipv4/ip_forward", "0", false},
    {"net/ipv6/conf/default/disable_ipv6", "1", true},
};
static const struct setting peer_settings[] = {
    {"net/ipv4/ip_forward", "0", false},
    {"net/ipv6/conf/default/disable_ipv6", "1", true},
    {"net/ipv4/tcp_no_metrics_save", "1", false},
    /* Challenge and duplicate ACKs are otherwise one per 500 ms: silence would not mean silence. */
    {"net/ipv4/tcp_invalid_ratelimit", "0", false},
    /* Otherwise by the machine's memory. */
    {"net/ipv4/tcp_max_syn_backlog", "4096", false},
    /* What the RFCs describe and every kernel has, whatever the host has chosen. */
    {"net/ipv4/tcp_congestion_control", "reno", false},
    /* Buffers: from them follow the first window and its shift. Linux's defaults for long; 6.16 has others.
     */
    {"net/ipv4/tcp_rmem", "4096 131072 6291456", false},
    {"net/ipv4/tcp_wmem", "4096 16384 4194304", false},
};

static bool done(int error, const char *call, struct err *err)
{
  if (error) return refused(err, call, error);
  return true;
}

static bool apply(const struct setting *settings, size_t n, struct err *err)
{
  for (size_t i = 0; i < n; i++) {
    int error = sysctl_write(settings[i].key, settings[i].value);
    if (error == ENOENT && settings[i].optional) continue;
    if (!done(error, settings[i].key, err)) return false;
  }
  return true;
}

static bool reach_peer(struct lab *lab, struct err *err)
{
  static const struct netlink_metrics none;
  struct mnl_socket *nl = lab->your_netlink;
  int i = lab->your_interface;

  return done(netlink_route(nl, i, peer_address.octet, HOST_PREFIX, &none), "adding your route", err) &&
         done(netlink_neighbour(nl, i, peer_address.octet, peer_mac), "adding the peer as neighbour", err);
}

static bool build_your_end(struct lab *lab, struct err *err)
{
  struct mnl_socket *nl = lab->your_netlink = netlink_open();

  if (!nl) return refused(err, "socket(NETLINK_ROUTE)", errno);
  if (!apply(your_settings, sizeof your_settings / sizeof *your_settings, err)) return false;
  if (!done(netlink_veth(nl, &your_end, &peer_end, lab->namespaces.peers), "making a veth pair", err))
    return false;
  lab->your_interface = (int)if_nametoindex(your_end.name);
  int i = lab->your_interface;
  return done(netlink_offload_off(your_end.name), "ioctl(SIOCETHTOOL)", err) &&
         done(netlink_up(nl, i), "setting your interface up", err) && reach_peer(lab, err);
}

/* In the peer's namespace, before the interface comes into being there: settings that new interfaces inherit.
 */
static bool prepare_peer(struct lab *lab, struct err *err)
{
  lab->peer_netlink = netlink_open();
  if (!lab->peer_netlink) return refused(err, "socket(NETLINK_ROUTE)", errno);
  return apply(peer_settings, sizeof peer_settings / sizeof *peer_settings, err);
}

static bool build_peer_end(struct lab *lab, struct err *err)
{
  struct mnl_socket *nl = lab->peer_netlink;
  int i = lab->peer_interface = (int)if_nametoindex(peer_end.name);

  lab->peer_metrics = (struct netlink_metrics){.quickack = true, .window = WINDOW_MOST};
  return done(netlink_offload_off(peer_end.name), "ioctl(SIOCETHTOOL)", err) &&
         done(netlink_address(nl, i, peer_address.octet, true), "adding the peer's address", err) &&
         done(netlink_up(nl, i), "setting the peer's interface up", err) &&
         done(netlink_route(nl, i, network, NETWORK_PREFIX, &lab->peer_metrics), "adding the peer's route",
              err) &&
         done(netlink_neighbour(nl, i, your_address.octet, your_mac), "adding you as neighbour", err);
}

static bool in_peers(struct lab *lab, bool (*act)(struct lab *, struct err *), struct err *err)
{
  if (!done(namespace_enter(lab->namespaces.peers), "setns(CLONE_NEWNET)", err)) return false;
  bool ok = act(lab, err);
  return done(namespace_enter(lab->namespaces.yours), "setns(CLONE_NEWNET)", ok ? err : NULL) && ok;
}

bool lab_build(struct lab *lab, struct err *err)
{
  return in_peers(lab, prepare_peer, err) && build_your_end(lab, err) && in_peers(lab, build_peer_end, err);
}

void lab_close(struct lab *lab)
{
  netlink_close(lab->your_netlink);
  netlink_close(lab->peer_netlink);
  lab->your_netlink = lab->peer_netlink = NULL;
  namespaces_close(&lab->namespaces);
}

const struct addr *lab_you(const struct lab *lab)
{
  (void)lab;
  return &your_address;
}

const struct addr *lab_peer(const struct lab *lab)
{
  (void)lab;
  return &peer_address;
}

const char *lab_interface(const struct lab *lab)
{
  (void)lab;
  return your_end.name;
}

int lab_interface_index(const struct lab *lab) { return lab->your_interface; }

const uint8_t *lab_your_mac(const struct lab *lab)
{
  (void)lab;
  return your_mac;
}

const uint8_t *lab_peer_mac(const struct lab *lab)
{
  (void)lab;
  return peer_mac;
}

static bool peer_route(struct lab *lab, struct err *err)
{
  int error =
      netlink_route(lab->peer_netlink, lab->peer_interface, network, NETWORK_PREFIX, &lab->peer_metrics);

  if (error) return err_set(err, ERR_SYSTEM, "the peer's route: %s", lab_error_name(error));
  return true;
}

bool lab_quickack(struct lab *lab, bool on, struct err *err)
{
  lab->peer_metrics.quickack = on;
  return peer_route(lab, err);
}

bool lab_rto_min(struct lab *lab, unsigned milliseconds, struct err *err)
{
  lab->peer_metrics.rto_min_ms = milliseconds;
  return peer_route(lab, err);
}

bool lab_address_kernel(struct lab *lab, bool on, struct err *err)
{
  int error = netlink_address(lab->your_netlink, lab->your_interface, your_address.octet, on);

  if (error) return err_set(err, ERR_SYSTEM, "your address: %s", lab_error_name(error));
  return reach_peer(lab, err); /* an interface that loses its last address loses these, too */
}
