/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libnet.h and pcap.h want the BSD type names, which -D_GNU_SOURCE gives. */
#include "engine/wire/wire_lab.h"

#include "engine/base/err.h"
#include "engine/lab/lab.h"
#include "engine/wire/arp.h"
#include "engine/wire/own.h"
#include "engine/wire/processor.h"

#include <errno.h>
#include <inttypes.h>
#include <libnet.h>
#include <limits.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

enum {
  LINK_HEADER = 14, /* Ethernet: two addresses and a type */
  MTU = 1500,       /* what a veth pair starts with */
  SNAPLEN = LINK_HEADER + MTU,
  RING_OCTETS = 2 << 20,   /* about a thousand frames */
  KEEP_FRAMES = 4096,      /* bound of what may be set aside */
  PAGE_OCTETS = 4096,      /* or a part of a page, where they are larger */
  READY_OCTETS = 16 << 10, /* eight frames */
};

static const char wanted[] = "tcp or (arp and arp[7] = 2)"; /* 2: a reply */

struct kept {
  struct kept *next;
  usec_t when;
  size_t len;
  uint8_t octets[];
};

struct wire_lab {
  struct wire wire;
  libnet_t *net;
  struct sockaddr_ll interface; /* where its frames go out */
  pcap_t *pcap;
  int fd;                /* pcap's, for poll() */
  char *cold, *ring_end; /* what of the ring in memory is still untouched; NULL: not known */
  const char *reached;   /* the last frame in it */
  usec_t last_send, last_arrival;
  int64_t offset; /* of the two clocks, in nanoseconds, as of OFFSET_AT */
  usec_t offset_at;
  struct kept *first, **last; /* arrivals taken off the ring and not yet received */
  size_t kept, spared;        /* of those, how many wire_lab_swallow() does not look at */
  struct processor *processor;
  uint32_t asked, answered; /* numbers of the last question, and of the last one answered */
  bool marked;              /* what we send can be told from what your own kernel sends */
  bool settled; /* what had come when silence was last known is all kept: nobody has looked since */
  uint8_t header[LINK_HEADER];
  uint8_t peer_address[4];
};

#define OFFSET_HOLDS (100 * USEC_MS)
#define PATIENCE (5 * USEC_S) /* with an answer that always comes */

static struct wire_lab *self(struct wire *w) { return (struct wire_lab *)w; }

static int64_t nanoseconds(clockid_t clock)
{
  struct timespec t;

  clock_gettime(clock, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static usec_t now(void) { return nanoseconds(CLOCK_MONOTONIC) / 1000; }

/* Whoever does something looks at the clock before, so that all of it is done on one processor. */
static usec_t lab_now(struct wire *w)
{
  processor_resume(self(w)->processor);
  return now();
}

/* What to add to CLOCK_REALTIME to get CLOCK_MONOTONIC, in nanoseconds. Both clocks cannot be read at once:
   the reading with the least time in between counts. */
static int64_t clock_offset(void)
{
  int64_t best = 0, best_gap = INT64_MAX;

  for (int i = 0; i < 4 && best_gap > 500; i++) {
    int64_t before = nanoseconds(CLOCK_MONOTONIC);
    int64_t real = nanoseconds(CLOCK_REALTIME);
    int64_t after = nanoseconds(CLOCK_MONOTONIC);
    if (after - before >= best_gap) continue;
    best_gap = after - before;
    best = before + best_gap / 2 - real;
  }
  return best;
}

/* The kernel's stamp (CLOCK_REALTIME, nanoseconds in tv_usec) on our clock. */
static usec_t arrival_time(struct wire_lab *w, const struct timeval *stamp)
{
  enum { SKEW = 50 }; /* microseconds the two clocks' readings may differ by */
  usec_t latest = now();

  if (w->offset_at == 0 || latest - w->offset_at > OFFSET_HOLDS) {
    w->offset = clock_offset();
    w->offset_at = latest;
  }
  usec_t when = ((int64_t)stamp->tv_sec * 1000000000 + stamp->tv_usec + w->offset) / 1000;
  if (when < w->last_send && w->last_send - when <= SKEW) when = w->last_send;
  if (when > latest) when = latest;
  if (when < w->last_arrival) when = w->last_arrival;
  w->last_arrival = when;
  return when;
}

/* As libnet_adv_write_link() would, but that asks the kernel for the interface's number each time. */
static bool put_frame(struct wire_lab *w, const uint8_t *frame, size_t len, struct err *err)
{
  if (sendto(libnet_getfd(w->net), frame, len, 0, (struct sockaddr *)&w->interface, sizeof w->interface) >= 0)
    return true;
  return err_set(err, ERR_SYSTEM, "send: %s", lab_error_name(errno));
}

static bool lab_send(struct wire *wire, const uint8_t *octets, size_t len, struct err *err)
{
  struct wire_lab *w = self(wire);
  uint8_t frame[LINK_HEADER + MTU];

  if (len == 0) return err_set(err, ERR_RANGE, "an empty datagram cannot be sent");
  if (len > MTU)
    return err_set(err, ERR_LIMIT, "%zu octets with headers; the lab carries %d at most", len, MTU);
  memcpy(frame, w->header, LINK_HEADER);
  memcpy(frame + LINK_HEADER, octets, len);
  w->last_send = lab_now(wire); /* before it goes, and so on the processor */
  w->settled = false;
  return put_frame(w, frame, LINK_HEADER + len, err);
}

/* The datagram in a frame of LEN octets: its length, 0 when there is none. Padding of the link is cut off. */
static size_t datagram(const uint8_t *frame, size_t len)
{
  if (len < LINK_HEADER + 20 || frame[12] != 0x08 || frame[13] != 0x00) return 0;
  const uint8_t *ip = frame + LINK_HEADER;
  size_t there = len - LINK_HEADER;
  size_t told = (size_t)ip[2] << 8 | ip[3];
  return told >= 20 && told < there ? told : there;
}

/* Who takes what is on the ring. */
struct taking {
  struct wire_lab *w;
  wire_arrival *arrival;
  void *ctx;
};

static void on_frame(u_char *user, const struct pcap_pkthdr *header, const u_char *frame)
{
  const struct taking *t = (const void *)user;
  size_t len = datagram(frame, header->caplen);
  uint32_t number;

  t->w->reached = (const char *)frame;
  if (len > 0)
    t->arrival(t->ctx, frame + LINK_HEADER, len, arrival_time(t->w, &header->ts));
  else if (arp_answers(frame, header->caplen, t->w->peer_address, &number))
    t->w->answered = number;
}

/* Hands over at most MOST frames of the ring (-1: all that are there), in the ring's memory; returns how
   many, 0 or less when there were none. To find the ring empty takes a system call, the dearest part of an
   arrival: so nobody asks again after the last one when all can be had at once. */
static int from_ring(struct wire_lab *w, int most, wire_arrival *arrival, void *ctx)
{
  struct taking t = {w, arrival, ctx};

  return pcap_dispatch(w->pcap, most, on_frame, (u_char *)&t);
}

/* The oldest of those kept, which is the caller's to free. */
static struct kept *take_kept(struct wire_lab *w)
{
  struct kept *k = w->first;

  if (!k) return NULL;
  w->first = k->next;
  if (!w->first) w->last = &w->first;
  w->kept--;
  if (w->spared > 0) w->spared--;
  return k;
}

/* True, once, when the ring has just been read for what is kept: then nobody looks again. */
static bool looked(struct wire_lab *w)
{
  bool settled = w->settled;

  w->settled = false;
  return settled;
}

struct copy {
  uint8_t *out;
  size_t cap, len;
  usec_t *when;
};

static void copy_one(void *ctx, const uint8_t *octets, size_t len, usec_t when)
{
  struct copy *c = ctx;

  c->len = len < c->cap ? len : c->cap;
  memcpy(c->out, octets, c->len);
  *c->when = when;
}

static size_t lab_recv(struct wire *wire, uint8_t *out, size_t cap, usec_t *when)
{
  struct wire_lab *w = self(wire);
  struct copy c = {out, cap, 0, when};
  struct kept *k = take_kept(w);

  if (k) {
    copy_one(&c, k->octets, k->len, k->when);
    free(k);
    return c.len;
  }
  if (looked(w)) return 0;
  while (c.len == 0 && from_ring(w, 1, copy_one, &c) == 1) continue;
  return c.len;
}

static void lab_drain(struct wire *wire, wire_arrival *arrival, void *ctx)
{
  struct wire_lab *w = self(wire);
  struct kept *k;

  while ((k = take_kept(w))) {
    arrival(ctx, k->octets, k->len, k->when);
    free(k);
  }
  if (!looked(w)) from_ring(w, -1, arrival, ctx);
}

static bool keep(struct wire_lab *w, const uint8_t *octets, size_t len, usec_t when)
{
  struct kept *k = malloc(sizeof *k + len);

  if (!k) return false;
  k->next = NULL;
  k->when = when;
  k->len = len;
  memcpy(k->octets, octets, len);
  *w->last = k;
  w->last = &k->next;
  w->kept++;
  return true;
}

/* Who keeps what is on the ring. */
struct keeping {
  struct wire_lab *w;
  bool memory_out;
};

static void keep_one(void *ctx, const uint8_t *octets, size_t len, usec_t when)
{
  struct keeping *k = ctx;

  if (!keep(k->w, octets, len, when)) k->memory_out = true;
}

/* Keeps all that is on the ring. */
static bool keep_all(struct wire_lab *w, struct err *err)
{
  struct keeping k = {.w = w};

  while (w->kept < KEEP_FRAMES) {
    int room = KEEP_FRAMES - (int)w->kept;
    int n = from_ring(w, room, keep_one, &k);
    if (k.memory_out) return err_set(err, ERR_MEMORY, "no memory to keep an arrival");
    if (n < room) return true;
  }
  return err_set(err, ERR_LIMIT, "more than %d arrivals wait to be received", KEEP_FRAMES);
}

/* Waits for something on the ring, or for WAKE_FD, until UNTIL. True when WAKE_FD is readable. */
static bool wait_for_ring(struct wire_lab *w, usec_t until, int wake_fd)
{
  struct pollfd fds[2] = {{.fd = w->fd, .events = POLLIN}, {.fd = wake_fd, .events = POLLIN}};
  struct timespec left, *timeout = until == USEC_NEVER ? NULL : &left;
  usec_t from = now();
  usec_t rest = until <= from ? 0 : until - from;

  left.tv_sec = (time_t)(rest / USEC_S);
  left.tv_nsec = (long)(rest % USEC_S) * 1000;
  if (ppoll(fds, 2, timeout, NULL) <= 0)
    return false; /* time is up, or a signal: something may have happened */
  return fds[1].revents != 0;
}

/* -- silence -- */
static bool ask(struct wire_lab *w, struct err *err)
{
  uint8_t frame[ARP_FRAME];

  arp_ask(frame, w->header, w->peer_address, ++w->asked);
  return put_frame(w, frame, sizeof frame, err);
}

/* Asks, and keeps what arrives up to the answer; asks again each time AGAIN has passed without one, for the
   system drops frames when it is short of memory. */
static bool hear(struct wire_lab *w, usec_t again, struct err *err)
{
  const uint32_t first = w->asked + 1;

  if (!ask(w, err) || !keep_all(w, err)) return false;
  usec_t next = 0, end = 0;
  while (w->answered - first > w->asked - first) {
    usec_t at = now();
    if (!end) end = at + PATIENCE;
    if (at >= end) return err_set(err, ERR_UNAVAILABLE, "nothing comes back from the peer's namespace");
    if (next && at >= next && !ask(w, err)) return false;
    if (at >= next) next = at + again;
    wait_for_ring(w, next, -1);
    if (!keep_all(w, err)) return false;
  }
  return true;
}

static bool settle(struct wire_lab *w, struct err *err)
{
  bool there = processor_kept(w->processor);

  if (!hear(w, 100 * USEC_MS, err)) return false;
  return (processor_kept(w->processor) && there) ||
         err_set(err, ERR_STATE,
                 "the program was moved to another processor: what is under way is not known");
}

static bool lab_settle(struct wire *wire, struct err *err)
{
  struct wire_lab *w = self(wire);

  return w->settled = settle(w, err);
}

bool wire_lab_keep(struct wire *wire, struct err *err)
{
  struct wire_lab *w = self(wire);
  bool known = settle(w, err);

  w->spared = w->kept;
  return known;
}

bool wire_lab_swallow(struct wire *wire, bool (*mine)(void *ctx, const uint8_t *octets, size_t len),
                      void *ctx, struct err *err)
{
  struct wire_lab *w = self(wire);
  struct kept **at = &w->first;
  bool known = settle(w, err);

  for (size_t i = 0; i < w->spared && *at; i++) at = &(*at)->next;
  while (*at) {
    struct kept *k = *at;
    if (!mine(ctx, k->octets, k->len)) {
      at = &k->next;
      continue;
    }
    *at = k->next;
    w->kept--;
    free(k);
  }
  w->last = at;
  return known;
}

static size_t lab_pollfds(struct wire *wire, struct pollfd *fds, size_t cap)
{
  processor_rest(self(wire)->processor);
  if (cap == 0) return 0;
  fds[0] = (struct pollfd){.fd = self(wire)->fd, .events = POLLIN};
  return 1;
}

static bool lab_wait(struct wire *wire, usec_t until, int wake_fd)
{
  struct wire_lab *w = self(wire);

  w->settled = false;
  processor_rest(w->processor);
  bool woken = wait_for_ring(w, w->first ? 0 : until, wake_fd);
  processor_resume(w->processor);
  return woken;
}

static usec_t lab_deadline(struct wire *wire)
{
  (void)wire;
  return USEC_NEVER; /* the kernel's timers are its own: what they do, arrives */
}

static void lab_wire_free(struct wire *wire)
{
  struct wire_lab *w = self(wire);
  struct kept *k;

  while ((k = take_kept(w))) free(k);
  if (w->pcap) pcap_close(w->pcap);
  if (w->net) libnet_destroy(w->net);
  processor_free(w->processor);
  free(w);
}

/* A write that changes nothing, whatever the kernel writes there meanwhile. */
static void touch(char *octet)
{
  char same = 0;

  __atomic_compare_exchange_n(octet, &same, 0, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

/* Under some hypervisors, those that keep the page tables themselves, the first write to a page of the ring
   costs as much as all else in an arrival: the pages that come next are written to when there is time. */
static void lab_make_ready(struct wire *wire)
{
  struct wire_lab *w = self(wire);

  for (; w->cold < w->ring_end && w->cold - w->reached < READY_OCTETS; w->cold += PAGE_OCTETS) touch(w->cold);
}

static const struct wire_ops lab_ops = {
    .name = "lab",
    .send = lab_send,
    .recv = lab_recv,
    .drain = lab_drain,
    .settle = lab_settle,
    .now = lab_now,
    .pollfds = lab_pollfds,
    .wait = lab_wait,
    .make_ready = lab_make_ready,
    .deadline = lab_deadline,
    .free = lab_wire_free,
};

static bool open_sender(struct wire_lab *w, struct lab *lab, struct err *err)
{
  char why[LIBNET_ERRBUF_SIZE];

  w->net = libnet_init(LIBNET_NONE, lab_interface(lab), why);
  if (!w->net) return err_set(err, ERR_UNAVAILABLE, "libnet: %s", why);
  /* A socket of libnet's own would hear every frame as well, which nobody reads but costs as much as to listen. Of
     no protocol it hears none. */
  w->net->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (w->net->fd < 0) return err_set(err, ERR_UNAVAILABLE, "socket(AF_PACKET): %s", lab_error_name(errno));
  w->interface = (struct sockaddr_ll){
      .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = lab_interface_index(lab)};
  w->marked = own_mark(libnet_getfd(w->net));
  memcpy(w->header, lab_peer_mac(lab), 6);
  memcpy(w->header + 6, lab_your_mac(lab), 6);
  w->header[12] = 0x08; /* IPv4 */
  memcpy(w->peer_address, lab_peer(lab)->octet, sizeof w->peer_address);
  return true;
}

static bool pcap_failed(struct wire_lab *w, int status, struct err *err)
{
  const char *why = pcap_geterr(w->pcap);

  return err_set(err, ERR_UNAVAILABLE, "libpcap: %s", *why ? why : pcap_statustostr(status));
}

/* Where libpcap has the ring in memory, which only the kernel's list of mappings tells. */
static void find_ring(struct wire_lab *w)
{
  struct stat s;
  char line[256], name[64];
  uintptr_t from, to;

  if (fstat(w->fd, &s) < 0) return;
  FILE *maps = fopen("/proc/self/maps", "re");
  if (!maps) return;
  snprintf(name, sizeof name, "socket:[%ju]", (uintmax_t)s.st_ino);
  while (!w->cold && fgets(line, sizeof line, maps))
    if (strstr(line, name) && sscanf(line, "%" SCNxPTR "-%" SCNxPTR, &from, &to) == 2) {
      w->reached = w->cold = (char *)from;
      w->ring_end = (char *)to;
    }
  fclose(maps);
}

static bool open_receiver(struct wire_lab *w, struct lab *lab, struct err *err)
{
  char why[PCAP_ERRBUF_SIZE] = "";

  w->pcap = pcap_create(lab_interface(lab), why);
  if (!w->pcap) return err_set(err, ERR_UNAVAILABLE, "libpcap: %s", why);
  pcap_set_snaplen(w->pcap, SNAPLEN);
  pcap_set_immediate_mode(w->pcap, 1);
  pcap_set_buffer_size(w->pcap, RING_OCTETS);
  pcap_set_timeout(w->pcap, 1000);
  pcap_set_tstamp_precision(w->pcap, PCAP_TSTAMP_PRECISION_NANO);
  int status = pcap_activate(w->pcap);
  if (status < 0) return pcap_failed(w, status, err);
  if (!own_watch(w->pcap, wanted, false, err)) return false;
  if (pcap_setnonblock(w->pcap, 1, why) < 0) return err_set(err, ERR_UNAVAILABLE, "libpcap: %s", why);
  w->fd = pcap_get_selectable_fd(w->pcap);
  find_ring(w);
  return true;
}

struct wire *wire_lab_new(struct lab *lab, struct err *err)
{
  struct wire_lab *w = calloc(1, sizeof *w);

  if (!w) {
    err_set(err, ERR_MEMORY, "no memory for the wire");
    return NULL;
  }
  w->wire.ops = &lab_ops;
  w->last = &w->first;
  w->processor = processor_keep(err);
  /* The kernel switches a new interface's queue on in its own time, and until then drops what is sent: the
     wire is ready when an answer has come. */
  if (w->processor && open_sender(w, lab, err) && open_receiver(w, lab, err) && hear(w, USEC_MS, err))
    return &w->wire;
  lab_wire_free(&w->wire);
  return NULL;
}

bool wire_lab_own_kernel(struct wire *wire, bool on, struct err *err)
{
  struct wire_lab *w = self(wire);

  if (on && !w->marked)
    return err_set(err, ERR_UNAVAILABLE,
                   "this kernel does not let your segments be told from its own (SO_MARK)");
  return own_watch(w->pcap, wanted, on, err);
}
