/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The yardstick: a SYN to the kernel in the lab and its SYN,ACK back, with a packet socket and nothing else.
   `bare state` also asks sock_diag for the state the kernel is in then.

   The segment is written and read octet by octet here, as somebody would who wants this one exchange and no
   more; only the lab, and sock_diag's question, are the project's own. */
#include "engine/base/err.h"
#include "engine/lab/diag.h"
#include "engine/lab/lab.h"
#include "tests/bench/turns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum {
  ETHERNET = 14,
  IP = 20,
  FRAME = ETHERNET + IP + 24, /* an MSS behind the TCP header */
  YOUR_PORT = 1037,
  PEER_PORT = 9,
  FLAG_SYN = 0x02,
  FLAG_RST = 0x04,
  FLAG_ACK = 0x10,
};

struct bare {
  struct lab *lab;
  struct diag *diag; /* NULL: the state is not asked for */
  struct pair pair;
  int fd;
  uint32_t iss;
  uint8_t frame[FRAME], in[2048];
};

static void put16(uint8_t *at, unsigned x)
{
  at[0] = (uint8_t)(x >> 8);
  at[1] = (uint8_t)x;
}

static void put32(uint8_t *at, uint32_t x)
{
  put16(at, x >> 16);
  put16(at + 2, x & 0xffff);
}

static uint32_t get32(const uint8_t *at)
{
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t sum(uint32_t x, const uint8_t *at, size_t len)
{
  for (size_t i = 0; i + 1 < len; i += 2) x += (uint32_t)at[i] << 8 | at[i + 1];
  return x;
}

static unsigned folded(uint32_t x)
{
  while (x >> 16) x = (x & 0xffff) + (x >> 16);
  return ~x & 0xffff;
}

/* What is the same in every segment. */
static void prepare(struct bare *b)
{
  uint8_t *ip = b->frame + ETHERNET, *tcp = ip + IP;
  memcpy(b->frame, lab_peer_mac(b->lab), 6);
  memcpy(b->frame + 6, lab_your_mac(b->lab), 6);
  put16(b->frame + 12, ETHERTYPE_IP);
  ip[0] = 0x45;
  ip[8] = 64;
  ip[9] = IPPROTO_TCP;
  memcpy(ip + 12, b->pair.you.octet, 4);
  memcpy(ip + 16, b->pair.peer.octet, 4);
  put16(tcp, YOUR_PORT);
  put16(tcp + 2, PEER_PORT);
  put16(tcp + 14, 4096);
}

static bool transmit(struct bare *b, unsigned flags, uint32_t seq)
{
  uint8_t *ip = b->frame + ETHERNET, *tcp = ip + IP;
  unsigned header = flags & FLAG_SYN ? 24 : 20;
  static const uint8_t mss[] = {2, 4, 1024 >> 8, 1024 & 0xff};
  put16(ip + 2, IP + header);
  put16(ip + 10, 0);
  put16(ip + 10, folded(sum(0, ip, IP)));
  put32(tcp + 4, seq);
  tcp[12] = (uint8_t)(header / 4 << 4);
  tcp[13] = (uint8_t)flags;
  put16(tcp + 16, 0);
  if (header > 20) memcpy(tcp + 20, mss, sizeof mss);
  put16(tcp + 16, folded(sum(sum(IPPROTO_TCP + header, ip + 12, 8), tcp, header)));
  return send(b->fd, b->frame, ETHERNET + IP + header, 0) > 0;
}

/* The next segment from the peer, its checksum looked at; waits at most a second. False: none, or a broken
 * one. */
static bool receive(struct bare *b, unsigned *flags, uint32_t *seq, uint32_t *ack)
{
  struct pollfd readable = {.fd = b->fd, .events = POLLIN};
  ssize_t n = recv(b->fd, b->in, sizeof b->in, MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN && poll(&readable, 1, 1000) == 1) n = recv(b->fd, b->in, sizeof b->in, 0);
  if (n < ETHERNET + IP + 20) return false;
  const uint8_t *ip = b->in + ETHERNET, *tcp = ip + IP;
  unsigned len = ((unsigned)ip[2] << 8 | ip[3]) - IP;
  if (ip[0] != 0x45 || ip[9] != IPPROTO_TCP || ETHERNET + IP + len > (size_t)n) return false;
  if (folded(sum(sum(IPPROTO_TCP + len, ip + 12, 8), tcp, len)) != 0) return false;
  *flags = tcp[13];
  *seq = get32(tcp + 4);
  *ack = get32(tcp + 8);
  return true;
}

static bool exchange(void *ctx, int64_t *took, struct err *err)
{
  struct bare *b = ctx;
  unsigned flags = 0;
  uint32_t seq, ack = 0;
  struct diag_truth truth = {.state = STATE_SYN_RECEIVED};
  b->iss += 64021;
  int64_t began = turns_now();
  bool ok = transmit(b, FLAG_SYN, b->iss) && receive(b, &flags, &seq, &ack);
  if (ok && b->diag) ok = diag_look(b->diag, &b->pair, &truth, err);
  *took = turns_now() - began;
  if (!ok || flags != (FLAG_SYN | FLAG_ACK) || ack != b->iss + 1 || truth.state != STATE_SYN_RECEIVED)
    return err_set(err, ERR_MISMATCH, "bare sockets: no SYN,ACK");
  return transmit(b, FLAG_RST, b->iss + 1) || err_set(err, ERR_SYSTEM, "send: %s", strerror(errno));
}

/* The kernel switches a new interface on in its own time. */
static bool answers(struct bare *b)
{
  int64_t took;
  for (int i = 0; i < 5; i++)
    if (exchange(b, &took, NULL)) return true;
  return false;
}

static bool listens(struct bare *b)
{
  struct sockaddr_storage at;
  socklen_t len = lab_sockaddr(lab_peer(b->lab), PEER_PORT, &at);
  int fd = lab_peer_tcp_socket(b->lab); /* open as long as the process is */
  return fd >= 0 && bind(fd, (struct sockaddr *)&at, len) == 0 && listen(fd, 16) == 0;
}

static bool opens(struct bare *b)
{
  struct sockaddr_ll at = {.sll_family = AF_PACKET,
                           .sll_protocol = htons(ETHERTYPE_IP),
                           .sll_ifindex = lab_interface_index(b->lab)};
  b->fd = socket(AF_PACKET, SOCK_RAW, 0);
  return b->fd >= 0 && bind(b->fd, (struct sockaddr *)&at, sizeof at) == 0;
}

int main(int argc, char **argv)
{
  static struct bare b;
  struct err err = {.code = ERR_NONE};
  b.lab = lab_up(&err);
  if (!b.lab) return turns_refused(&err);
  b.pair = (struct pair){*lab_you(b.lab), *lab_peer(b.lab), YOUR_PORT, PEER_PORT};
  if (!listens(&b) || !opens(&b)) {
    err_set(&err, ERR_SYSTEM, "bare sockets: %s", strerror(errno));
    return turns_refused(&err);
  }
  if (argc > 1 && strcmp(argv[1], "state") == 0) {
    b.diag = diag_new(b.lab, &err);
    if (!b.diag) return turns_refused(&err);
  }
  prepare(&b);
  err_set(&err, ERR_UNAVAILABLE, "bare sockets: the lab does not answer");
  int status = answers(&b) ? turns_serve(exchange, &b) : turns_refused(&err);
  diag_free(b.diag);
  lab_free(b.lab);
  return status;
}
