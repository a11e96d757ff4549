/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lab/diag.h"

#include "engine/base/err.h"
#include "engine/lab/lab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct diag {
  int fd;
  uint32_t serial;
};

/* The numbers of net/tcp_states.h, which user space is not given whole. */
static const enum tcp_state kernel_states[] = {
    [1] = STATE_ESTABLISHED, [2] = STATE_SYN_SENT,  [3] = STATE_SYN_RECEIVED, [4] = STATE_FIN_WAIT_1,
    [5] = STATE_FIN_WAIT_2,  [6] = STATE_TIME_WAIT, [7] = STATE_CLOSED,       [8] = STATE_CLOSE_WAIT,
    [9] = STATE_LAST_ACK,    [10] = STATE_LISTEN,   [11] = STATE_CLOSING,     [12] = STATE_SYN_RECEIVED,
};
enum { KERNEL_LISTEN = 10 };

struct diag_request {
  struct nlmsghdr header;
  struct inet_diag_req_v2 body;
};

union diag_answer {
  struct nlmsghdr header;
  char octets[4096];
};

struct diag *diag_new(struct lab *lab, struct err *err)
{
  struct diag *diag = calloc(1, sizeof *diag);

  if (!diag) {
    err_set(err, ERR_MEMORY, "no memory for sock_diag");
    return NULL;
  }
  diag->fd = lab_peer_socket(lab, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
  if (diag->fd < 0) {
    err_set(err, ERR_UNAVAILABLE, "socket(NETLINK_SOCK_DIAG) was refused: %s", lab_error_name(errno));
    err_hint(err, "the kernel needs CONFIG_INET_DIAG");
    free(diag);
    return NULL;
  }
  return diag;
}

void diag_free(struct diag *diag)
{
  if (!diag) return;
  close(diag->fd);
  free(diag);
}

static void fill(struct diag *diag, struct diag_request *q, uint16_t type, uint16_t flags,
                 const struct pair *pair)
{
  memset(q, 0, sizeof *q);
  q->header.nlmsg_len = sizeof *q;
  q->header.nlmsg_type = type;
  q->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
  q->header.nlmsg_seq = ++diag->serial;
  q->body.sdiag_family = AF_INET;
  q->body.sdiag_protocol = IPPROTO_TCP;
  q->body.idiag_states = UINT32_MAX;
  q->body.id.idiag_sport = htons(pair->peer_port);
  q->body.id.idiag_dport = htons(pair->you_port);
  memcpy(q->body.id.idiag_src, pair->peer.octet, sizeof q->body.id.idiag_src);
  memcpy(q->body.id.idiag_dst, pair->you.octet, sizeof q->body.id.idiag_dst);
  q->body.id.idiag_cookie[0] = q->body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
}

/* Sends Q and reads the answer to it, which the kernel has made ready by the time send() returns. Answers of
   earlier requests are passed over. 0 or errno. */
static int ask(struct diag *diag, const struct diag_request *q, union diag_answer *answer)
{
  if (send(diag->fd, q, sizeof *q, 0) < 0) return errno;
  for (;;) {
    ssize_t n = recv(diag->fd, answer, sizeof *answer, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    if ((size_t)n < NLMSG_LENGTH(sizeof(int)) || answer->header.nlmsg_len > (size_t)n) return EPROTO;
    if (answer->header.nlmsg_seq == q->header.nlmsg_seq) return 0;
  }
}

static int answered_error(const union diag_answer *answer)
{
  const struct nlmsgerr *e = NLMSG_DATA(&answer->header);

  return answer->header.nlmsg_type == NLMSG_ERROR ? -e->error : EPROTO;
}

/* The kernel's own record of the socket; 0, ENOENT, or another errno. */
static int look(struct diag *diag, const struct pair *pair, struct inet_diag_msg *out)
{
  struct diag_request q;
  union diag_answer answer;

  fill(diag, &q, SOCK_DIAG_BY_FAMILY, 0, pair);
  int error = ask(diag, &q, &answer);
  if (error) return error;
  if (answer.header.nlmsg_type != SOCK_DIAG_BY_FAMILY) return answered_error(&answer);
  if (answer.header.nlmsg_len < NLMSG_LENGTH(sizeof *out)) return EPROTO;
  memcpy(out, NLMSG_DATA(&answer.header), sizeof *out);
  return 0;
}

bool diag_look(struct diag *diag, const struct pair *pair, struct diag_truth *truth, struct err *err)
{
  struct inet_diag_msg m;
  int error = look(diag, pair, &m);

  memset(truth, 0, sizeof *truth);
  truth->state = STATE_CLOSED;
  if (error == ENOENT) return true;
  if (error) return err_set(err, ERR_SYSTEM, "sock_diag: %s", lab_error_name(error));
  if (m.idiag_state == 0 || m.idiag_state >= sizeof kernel_states / sizeof *kernel_states)
    return err_set(err, ERR_SYSTEM, "sock_diag reports the unknown state %u", m.idiag_state);
  truth->state = kernel_states[m.idiag_state];
  truth->listener = m.idiag_state == KERNEL_LISTEN;
  truth->owned = m.idiag_inode != 0;
  truth->recv_queue = m.idiag_rqueue;
  truth->send_queue = m.idiag_wqueue;
  truth->timer = m.idiag_timer;
  truth->timer_ms = m.idiag_timer ? m.idiag_expires : 0;
  truth->retransmits = m.idiag_retrans;
  return true;
}

bool diag_destroy(struct diag *diag, const struct pair *pair, struct err *err)
{
  struct diag_request q;
  union diag_answer answer;
  struct inet_diag_msg m;
  int error = look(diag, pair, &m);

  /* Without this look a listener that covers the pair would be destroyed in its stead. */
  if (!error && m.idiag_state == KERNEL_LISTEN) error = ENOENT;
  if (!error) {
    fill(diag, &q, SOCK_DESTROY, NLM_F_ACK, pair);
    memcpy(q.body.id.idiag_cookie, m.id.idiag_cookie, sizeof q.body.id.idiag_cookie);
    error = ask(diag, &q, &answer);
    if (!error) error = answered_error(&answer);
  }
  if (!error) return true;
  if (error == ENOENT) return err_set(err, ERR_STATE, "no such connection");
  err_set(err, error == EOPNOTSUPP ? ERR_UNAVAILABLE : ERR_SYSTEM, "SOCK_DESTROY: %s", lab_error_name(error));
  if (error == EOPNOTSUPP) err_hint(err, "the kernel needs CONFIG_INET_DIAG_DESTROY");
  return false;
}
