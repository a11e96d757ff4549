/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lab/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Large enough for each request made here, and for an acknowledgment that quotes it. */
union message {
  char octets[2048];
  struct nlmsghdr header;
};

struct mnl_socket *netlink_open(void)
{
  struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);

  if (!nl) return NULL;
  if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0) {
    int error = errno;
    mnl_socket_close(nl);
    errno = error;
    return NULL;
  }
  return nl;
}

struct mnl_socket *netlink_adopt(int fd) { return mnl_socket_fdopen(fd); }
int netlink_descriptor(const struct mnl_socket *nl) { return mnl_socket_get_fd(nl); }

void netlink_close(struct mnl_socket *nl)
{
  if (nl) mnl_socket_close(nl);
}

static struct nlmsghdr *request(union message *m, uint16_t type, uint16_t flags)
{
  memset(m, 0, sizeof *m);
  struct nlmsghdr *h = mnl_nlmsg_put_header(m->octets);
  h->nlmsg_type = type;
  h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
  return h;
}

/* Sends the request and reads its acknowledgment: rtnetlink acts, and answers, within the call. */
static int talk(struct mnl_socket *nl, struct nlmsghdr *h)
{
  union message answer;

  if (mnl_socket_sendto(nl, h, h->nlmsg_len) < 0) return errno;
  ssize_t n = mnl_socket_recvfrom(nl, &answer, sizeof answer);
  if (n < 0) return errno;
  int result = mnl_cb_run(&answer, (size_t)n, 0, mnl_socket_get_portid(nl), NULL, NULL);
  return result < 0 ? errno : 0;
}

static void put_end(struct nlmsghdr *h, const struct netlink_end *end)
{
  mnl_attr_put_strz(h, IFLA_IFNAME, end->name);
  mnl_attr_put(h, IFLA_ADDRESS, 6, end->mac);
}

int netlink_veth(struct mnl_socket *nl, const struct netlink_end *here, const struct netlink_end *there,
                 int namespace_fd)
{
  union message m;
  struct nlmsghdr *h = request(&m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);

  mnl_nlmsg_put_extra_header(h, sizeof(struct ifinfomsg));
  put_end(h, here);
  struct nlattr *info = mnl_attr_nest_start(h, IFLA_LINKINFO);
  mnl_attr_put_strz(h, IFLA_INFO_KIND, "veth");
  struct nlattr *data = mnl_attr_nest_start(h, IFLA_INFO_DATA);
  struct nlattr *other = mnl_attr_nest_start(h, VETH_INFO_PEER);
  mnl_nlmsg_put_extra_header(h, sizeof(struct ifinfomsg));
  put_end(h, there);
  mnl_attr_put_u32(h, IFLA_NET_NS_FD, (uint32_t)namespace_fd);
  mnl_attr_nest_end(h, other);
  mnl_attr_nest_end(h, data);
  mnl_attr_nest_end(h, info);
  return talk(nl, h);
}

int netlink_up(struct mnl_socket *nl, int interface)
{
  union message m;
  struct nlmsghdr *h = request(&m, RTM_NEWLINK, 0);
  struct ifinfomsg *i = mnl_nlmsg_put_extra_header(h, sizeof *i);

  i->ifi_index = interface;
  i->ifi_flags = i->ifi_change = IFF_UP;
  return talk(nl, h);
}

int netlink_address(struct mnl_socket *nl, int interface, const uint8_t *address, bool on)
{
  union message m;
  struct nlmsghdr *h = request(&m, on ? RTM_NEWADDR : RTM_DELADDR, on ? NLM_F_CREATE : 0);
  struct ifaddrmsg *a = mnl_nlmsg_put_extra_header(h, sizeof *a);

  a->ifa_family = AF_INET;
  a->ifa_prefixlen = 32;
  a->ifa_index = (uint32_t)interface;
  mnl_attr_put(h, IFA_LOCAL, 4, address);
  mnl_attr_put(h, IFA_ADDRESS, 4, address);
  int error = talk(nl, h);
  if (on ? error == EEXIST : error == EADDRNOTAVAIL) error = 0;
  return error;
}

static void put_metrics(struct nlmsghdr *h, const struct netlink_metrics *m)
{
  if (!m->quickack && !m->rto_min_ms && !m->window) return;
  struct nlattr *metrics = mnl_attr_nest_start(h, RTA_METRICS);
  if (m->rto_min_ms) {
    mnl_attr_put_u32(h, RTAX_LOCK, 1u << RTAX_RTO_MIN); /* TCP looks at it only so */
    mnl_attr_put_u32(h, RTAX_RTO_MIN, m->rto_min_ms);
  }
  if (m->quickack) mnl_attr_put_u32(h, RTAX_QUICKACK, 1);
  if (m->window) mnl_attr_put_u32(h, RTAX_WINDOW, m->window);
  mnl_attr_nest_end(h, metrics);
}

int netlink_route(struct mnl_socket *nl, int interface, const uint8_t *to, unsigned prefix,
                  const struct netlink_metrics *metrics)
{
  union message m;
  struct nlmsghdr *h = request(&m, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE);
  struct rtmsg *r = mnl_nlmsg_put_extra_header(h, sizeof *r);

  r->rtm_family = AF_INET;
  r->rtm_dst_len = (uint8_t)prefix;
  r->rtm_table = RT_TABLE_MAIN;
  r->rtm_protocol = RTPROT_STATIC;
  r->rtm_scope = RT_SCOPE_LINK;
  r->rtm_type = RTN_UNICAST;
  mnl_attr_put(h, RTA_DST, 4, to);
  mnl_attr_put_u32(h, RTA_OIF, (uint32_t)interface);
  put_metrics(h, metrics);
  return talk(nl, h);
}

int netlink_neighbour(struct mnl_socket *nl, int interface, const uint8_t *address, const uint8_t *mac)
{
  union message m;
  struct nlmsghdr *h = request(&m, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE);
  struct ndmsg *n = mnl_nlmsg_put_extra_header(h, sizeof *n);

  n->ndm_family = AF_INET;
  n->ndm_ifindex = interface;
  n->ndm_state = NUD_PERMANENT;
  mnl_attr_put(h, NDA_DST, 4, address);
  mnl_attr_put(h, NDA_LLADDR, 6, mac);
  return talk(nl, h);
}

int netlink_offload_off(const char *interface)
{
  /* Transmit checksums last: the kernel switches segmentation off with them anyway. */
  static const uint32_t commands[] = {ETHTOOL_SGRO, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SRXCSUM,
                                      ETHTOOL_STXCSUM};
  struct ifreq request = {0};
  int error = 0;
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  if (fd < 0) return errno;
  strncpy(request.ifr_name, interface, sizeof request.ifr_name - 1);
  for (size_t i = 0; i < sizeof commands / sizeof *commands && !error; i++) {
    struct ethtool_value value = {.cmd = commands[i], .data = 0};
    request.ifr_data = (char *)&value;
    if (ioctl(fd, SIOCETHTOOL, &request) < 0 && errno != EOPNOTSUPP) error = errno;
  }
  close(fd);
  return error;
}
