/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/err.h"
#include "engine/peer/peer_lab_own.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const struct {
  int level, name;
} options[PEER_OPTION_COUNT] = {
    [PEER_OPTION_CORK] = {IPPROTO_TCP, TCP_CORK},
    [PEER_OPTION_DEFER_ACCEPT] = {IPPROTO_TCP, TCP_DEFER_ACCEPT},
    [PEER_OPTION_FASTOPEN] = {IPPROTO_TCP, TCP_FASTOPEN},
    [PEER_OPTION_KEEPALIVE] = {SOL_SOCKET, SO_KEEPALIVE},
    [PEER_OPTION_KEEPCNT] = {IPPROTO_TCP, TCP_KEEPCNT},
    [PEER_OPTION_KEEPIDLE] = {IPPROTO_TCP, TCP_KEEPIDLE},
    [PEER_OPTION_KEEPINTVL] = {IPPROTO_TCP, TCP_KEEPINTVL},
    [PEER_OPTION_MSS] = {IPPROTO_TCP, TCP_MAXSEG},
    [PEER_OPTION_NODELAY] = {IPPROTO_TCP, TCP_NODELAY},
    [PEER_OPTION_OOBINLINE] = {SOL_SOCKET, SO_OOBINLINE},
    [PEER_OPTION_QUICKACK] = {IPPROTO_TCP, TCP_QUICKACK},
    [PEER_OPTION_RCVBUF] = {SOL_SOCKET, SO_RCVBUF},
    [PEER_OPTION_SNDBUF] = {SOL_SOCKET, SO_SNDBUF},
    [PEER_OPTION_SYNCNT] = {IPPROTO_TCP, TCP_SYNCNT},
    [PEER_OPTION_TOS] = {IPPROTO_IP, IP_TOS},
    [PEER_OPTION_TTL] = {IPPROTO_IP, IP_TTL},
    [PEER_OPTION_USER_TIMEOUT] = {IPPROTO_TCP, TCP_USER_TIMEOUT},
    [PEER_OPTION_WINDOW_CLAMP] = {IPPROTO_TCP, TCP_WINDOW_CLAMP},
};

/* 0 or errno. */
static int option_set(int fd, enum peer_option o, int value)
{
  /* A lingering close() blocks even on a socket that does not; hence 0 or nothing. */
  if (o == PEER_OPTION_LINGER) return peer_lab_linger(fd, value >= 0);
  return setsockopt(fd, options[o].level, options[o].name, &value, sizeof value) < 0 ? errno : 0;
}

void peer_lab_options(struct peer_lab *p, int fd)
{
  for (int o = 0; o < PEER_OPTION_COUNT; o++)
    if (p->option_set[o]) option_set(fd, (enum peer_option)o, p->option[o]);
}

/* On listeners, whose connections to come inherit it, on the current connection, and on sockets to come. The
   first refusal counts. */
static void set_option(struct peer_lab *p, const struct pair *pair, enum peer_option o, int value,
                       struct peer_event *e)
{
  struct connection *c = connection_find(p, pair);
  int error = 0;

  for (int i = 0; i < LISTENERS_MAX; i++)
    if (p->listeners[i].fd >= 0 && !error) error = option_set(p->listeners[i].fd, o, value);
  if (c && !error && o != PEER_OPTION_FASTOPEN) error = option_set(c->fd, o, value);
  if (error) {
    peer_lab_fail(e, error);
    return;
  }
  p->option_set[o] = true;
  p->option[o] = value;
}

bool peer_lab_set(struct peer_lab *p, const struct peer_request *r, struct peer_event *e, struct err *err)
{
  const struct peer_setting *s;
  char was[32] = "", text[16];
  int value;

  if (!r->key || !r->value) return err_set(err, ERR_SYNTAX, "peer set takes a name and a value");
  if (!peer_setting_parse(r->key, r->value, &s, &value, err)) return false;
  snprintf(text, sizeof text, "%d", value);
  if (!s->sysctl) {
    set_option(p, &r->pair, s->option, value, e);
    snprintf(e->detail, sizeof e->detail, "%s %s", s->name, value < s->off ? "off" : text);
    return true;
  }
  if (!lab_peer_sysctl_read(p->lab, s->sysctl, was, sizeof was, err)) return false;
  if (!lab_peer_sysctl_write(p->lab, s->sysctl, text, err)) return false;
  snprintf(e->detail, sizeof e->detail, "%s %s (was %s)", s->name, text, was);
  return true;
}
