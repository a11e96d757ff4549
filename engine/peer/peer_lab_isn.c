/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making the kernel answer the next SYN with an ISN of our choice.

   Linux, when a SYN reopens a pair in TIME-WAIT, takes ISN = old SND.NXT + 65537, or 1 where that is 0 (RFC
   6191 lets it). So the pair is given an old connection that never was: a socket in TCP_REPAIR is told its
   sequence numbers, then closed in the ordinary way, your side's part of the close being played here, out of
   sight.

   Kernels before 6.10 compute that number and forget it before it is used (their tcp_v4_rcv() clears it).
   Which of the two this one is, is tried once, at the first need, on a pair of nobody's. Where it takes an ISN
   of its own, the wire around the lab's renumbers (wire_shift.h). A socket that connect()s can be told its ISN
   on every kernel. */
#include "engine/base/err.h"
#include "engine/peer/peer_lab_own.h"
#include "engine/segment/codec.h"
#include "engine/wire/wire_lab.h"
#include "engine/wire/wire_shift.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  REOPEN_DISTANCE = 65537, /* the kernel's: tcp_timewait_state_process() */
  SYN_DISTANCE = 1000,     /* the SYN must lie beyond the old RCV.NXT */
  WINDOW = 60000,
  NOBODYS_PORT = 1,
};

static int set(int fd, int option, uint32_t value)
{
  return setsockopt(fd, IPPROTO_TCP, option, &value, sizeof value) < 0 ? errno : 0;
}

/* A socket in ESTABLISHED on PAIR with these sequence numbers. 0 or errno. */
static int conjure(int fd, const struct pair *pair, uint32_t snd_nxt, uint32_t rcv_nxt)
{
  struct sockaddr_storage here, there;
  socklen_t here_len = lab_sockaddr(&pair->peer, pair->peer_port, &here);
  socklen_t there_len = lab_sockaddr(&pair->you, pair->you_port, &there);
  struct tcp_repair_window window = {
      .snd_wl1 = rcv_nxt, .snd_wnd = WINDOW, .max_window = WINDOW, .rcv_wnd = WINDOW, .rcv_wup = rcv_nxt};
  int error;

  if ((error = set(fd, TCP_REPAIR, TCP_REPAIR_ON))) return error;
  if ((error = set(fd, TCP_REPAIR_QUEUE, TCP_SEND_QUEUE)) || (error = set(fd, TCP_QUEUE_SEQ, snd_nxt)))
    return error;
  if ((error = set(fd, TCP_REPAIR_QUEUE, TCP_RECV_QUEUE)) || (error = set(fd, TCP_QUEUE_SEQ, rcv_nxt)))
    return error;
  if ((error = set(fd, TCP_REPAIR_QUEUE, TCP_NO_QUEUE))) return error;
  if (bind(fd, (struct sockaddr *)&here, here_len) < 0) return errno;
  if (connect(fd, (struct sockaddr *)&there, there_len) < 0) return errno;
  if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_WINDOW, &window, sizeof window) < 0) return errno;
  return set(fd, TCP_REPAIR, (uint32_t)TCP_REPAIR_OFF_NO_WP);
}

static bool of_pair(void *ctx, const uint8_t *octets, size_t len)
{
  const struct pair *pair = ctx;
  struct segment s;

  return segment_decode(octets, len, &s, NULL, NULL) && s.sport == pair->peer_port &&
         s.dport == pair->you_port;
}

static bool time_wait(struct peer_lab *p, const struct pair *pair)
{
  struct diag_truth t;

  return diag_look(p->diag, pair, &t, NULL) && t.state == STATE_TIME_WAIT;
}

static bool leave_time_wait(struct peer_lab *p, int fd, const struct pair *pair, uint32_t snd_nxt,
                            uint32_t rcv_nxt, struct err *err)
{
  int one = 1;
  int error = conjure(fd, pair, snd_nxt, rcv_nxt);

  if (!error && shutdown(fd, SHUT_WR) < 0) error = errno;
  if (error)
    return err_set(err, ERR_SYSTEM, "the ISN cannot be had, the kernel says %s", lab_error_name(error));
  /* Your FIN, which also acknowledges the peer's. */
  if (!peer_lab_put(p, pair, FIN | ACK, rcv_nxt, snd_nxt + 1, 0, err) || !wire_settle(p->wire, err))
    return false;
  if (time_wait(p, pair)) return true;
  /* Whatever became of it: without a word. */
  setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &one, sizeof one);
  return err_set(err, ERR_SYSTEM, "the ISN cannot be had: this kernel did not enter TIME-WAIT");
}

/* The pair must be one the kernel knows nothing of but a listener; and with SYN cookies the ISN is the
   cookie. */
static bool possible(struct peer_lab *p, const struct pair *pair, struct err *err)
{
  struct diag_truth t;
  char cookies[8];

  if (lab_peer_sysctl_read(p->lab, "net/ipv4/tcp_syncookies", cookies, sizeof cookies, NULL) &&
      cookies[0] == '2')
    return err_set(err, ERR_STATE, "no ISN to choose: with tcp_syncookies 2 it is a cookie");
  if (!diag_look(p->diag, pair, &t, err)) return false;
  if (t.listener) return true;
  if (t.state == STATE_CLOSED)
    return err_set(err, ERR_STATE, "no ISN to choose: nothing listens on port %u", pair->peer_port);
  return err_set(err, ERR_STATE, "the ISN can be chosen for a free pair only; the peer is in %s",
                 tcp_state_name(t.state));
}

static bool takes_it(const struct segment *s)
{
  if ((s->flags & (SYN | ACK | RST | FIN)) != SYN) return false; /* a listener drops SYN,FIN */
  return !segment_has(s, SEG_SUM) || (!s->sum_bad && s->sum == segment_checksum(s));
}

/* Whatever comes of it is for the caller to swallow. */
static bool prepare(struct peer_lab *p, const struct pair *pair, seq_t isn, seq_t syn, struct err *err)
{
  int fd = lab_peer_tcp_socket(p->lab);

  if (fd < 0) return err_set(err, ERR_SYSTEM, "socket(): %s", lab_error_name(errno));
  /* The FIN takes one number: SND.NXT will be one more when TIME-WAIT begins. */
  bool ok = leave_time_wait(p, fd, pair, isn - REOPEN_DISTANCE - 1, syn - SYN_DISTANCE, err);
  close(fd);
  return ok;
}

bool peer_lab_leave(struct peer_lab *p, const struct pair *pair, enum tcp_state state, struct err *err)
{
  enum { SND_NXT = 1000, RCV_NXT = 5000 };

  if (state == STATE_TIME_WAIT) return prepare(p, pair, SND_NXT, RCV_NXT, err);
  int fd = lab_peer_tcp_socket(p->lab);
  int error = fd < 0 ? errno : conjure(fd, pair, SND_NXT, RCV_NXT);
  if (fd >= 0) close(fd);
  return !error || err_set(err, ERR_SYSTEM, "TCP_REPAIR: %s", lab_error_name(error));
}

/* -- does this kernel take it? -- */
struct syn_ack {
  struct pair pair;
  bool heard;
  seq_t isn;
};

static bool hears(void *ctx, const uint8_t *octets, size_t len)
{
  struct syn_ack *a = ctx;
  struct segment s;

  if (!of_pair(&a->pair, octets, len) || !segment_decode(octets, len, &s, NULL, NULL)) return false;
  if ((s.flags & (SYN | ACK | RST)) != (SYN | ACK)) return true;
  a->heard = true;
  a->isn = s.seq;
  return true;
}

/* False: it could not be tried this time. A kernel without TCP_REPAIR cannot be told. */
static bool try_isn(struct peer_lab *p, struct syn_ack *a, bool *obeyed)
{
  enum { SYN_NUMBER = 1 << 20 };
  const seq_t wanted = 0x01020304;

  *obeyed = false;
  if (!wire_lab_keep(p->wire, NULL)) return false;
  if (!prepare(p, &a->pair, wanted, SYN_NUMBER, NULL))
    return wire_lab_swallow(p->wire, of_pair, &a->pair, NULL);
  if (!peer_lab_put(p, &a->pair, SYN, SYN_NUMBER, 0, 0, NULL)) return false;
  if (!wire_lab_swallow(p->wire, hears, a, NULL) || !a->heard) return false;
  *obeyed = a->isn == wanted;
  return true;
}

/* A listener on a port that the kernel chooses. -1: none. */
static int listen_anywhere(struct peer_lab *p, uint16_t *port)
{
  struct sockaddr_storage at;
  struct addr own;
  socklen_t len = lab_sockaddr(lab_peer(p->lab), 0, &at);
  int fd = lab_peer_tcp_socket(p->lab);

  if (fd < 0) return -1;
  if (bind(fd, (struct sockaddr *)&at, len) == 0 && listen(fd, 1) == 0 &&
      getsockname(fd, (struct sockaddr *)&at, &len) == 0 && lab_sockaddr_read(&at, &own, port))
    return fd;
  close(fd);
  return -1;
}

bool peer_lab_isn_obeyed(struct peer_lab *p)
{
  struct syn_ack a = {.pair = {*lab_you(p->lab), *lab_peer(p->lab), NOBODYS_PORT, 0}};

  if (p->lacks_repair) return false;
  if (p->isn_tried) return p->isn_obeyed;
  int fd = listen_anywhere(p, &a.pair.peer_port);
  if (fd < 0) return false;
  p->isn_tried = try_isn(p, &a, &p->isn_obeyed);
  peer_lab_forget(&p->peer, &a.pair);
  close(fd);
  return p->isn_obeyed;
}

/* -- the two ways -- */
static bool by_the_kernel(struct peer_lab *p, const struct pair *pair, seq_t syn, struct err *err)
{
  struct pair mine = *pair;

  if (!wire_lab_keep(p->wire, err)) return false;
  bool ok = prepare(p, pair, p->isn, syn, err);
  if (!wire_lab_swallow(p->wire, of_pair, &mine, ok ? err : NULL)) ok = false;
  p->isn_unsettled = ok;
  p->isn_pair = *pair;
  return ok;
}

static bool by_the_wire(struct peer_lab *p, const struct pair *pair, struct err *err)
{
  if (!addr_equal(&pair->you, lab_you(p->lab)))
    return err_set(err, ERR_STATE,
                   "no ISN to choose: this kernel takes its own, and its answer goes to another host");
  return wire_shift_arm(p->outer, pair, p->isn ? p->isn : 1, err); /* 0 gives 1, as above */
}

bool peer_lab_before_send(struct peer *peer, const struct pair *pair, const struct segment *s,
                          struct err *err)
{
  struct peer_lab *p = peer_lab_of(peer);

  if (!p->isn_armed || !takes_it(s)) return true;
  p->isn_armed = false;
  if (!possible(p, pair, err)) return false;
  return peer_lab_isn_obeyed(p) ? by_the_kernel(p, pair, s->seq, err) : by_the_wire(p, pair, err);
}

bool peer_lab_isn_taken(struct peer *peer, const struct pair *pair, seq_t *isn)
{
  return wire_shift_taken(peer_lab_of(peer)->outer, pair, isn);
}

int peer_lab_isn_connect(struct peer_lab *p, int fd)
{
  int error;

  if (!p->isn_armed) return 0;
  p->isn_armed = false;
  if (p->lacks_repair) return EPERM;
  if ((error = set(fd, TCP_REPAIR, TCP_REPAIR_ON)) || (error = set(fd, TCP_REPAIR_QUEUE, TCP_SEND_QUEUE)) ||
      (error = set(fd, TCP_QUEUE_SEQ, p->isn ? p->isn : 1)))
    return error;
  return set(fd, TCP_REPAIR, (uint32_t)TCP_REPAIR_OFF_NO_WP);
}

void peer_lab_isn_settle(struct peer_lab *p)
{
  if (!p->isn_unsettled) return;
  p->isn_unsettled = false;
  if (time_wait(p, &p->isn_pair)) peer_lab_forget(&p->peer, &p->isn_pair);
}
