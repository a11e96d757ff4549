/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pcap.h wants the BSD type names, which -D_GNU_SOURCE gives. */
#include "engine/wire/own.h"

#include "engine/base/err.h"
#include "engine/lab/lab.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>

#define MARK 0x7463u
enum { PREFIX = 5, INSTRUCTIONS_MAX = 64 };

bool own_mark(int fd)
{
  const uint32_t mark = MARK;

  return setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark) == 0;
}

/* Outgoing and marked: no. All else is for WANTED to say. */
static const struct sock_filter prefix[PREFIX] = {
    {BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)SKF_AD_OFF + SKF_AD_PKTTYPE},
    {BPF_JMP | BPF_JEQ | BPF_K, 0, 3, PACKET_OUTGOING},
    {BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)SKF_AD_OFF + SKF_AD_MARK},
    {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, MARK},
    {BPF_RET | BPF_K, 0, 0, 0},
};

/* pcap would try the prefix on octets of its own: it goes to the kernel past it. */
static bool filter_own(pcap_t *pcap, const struct bpf_program *wanted, struct err *err)
{
  struct sock_filter code[INSTRUCTIONS_MAX];
  const unsigned n = wanted->bf_len;

  if (n > INSTRUCTIONS_MAX - PREFIX) return err_set(err, ERR_LIMIT, "the capture's filter is too long");
  memcpy(code, prefix, sizeof prefix);
  for (unsigned i = 0; i < n; i++)
    code[PREFIX + i] = (struct sock_filter){wanted->bf_insns[i].code, wanted->bf_insns[i].jt,
                                            wanted->bf_insns[i].jf, wanted->bf_insns[i].k};
  struct sock_fprog program = {(unsigned short)(PREFIX + n), code};
  if (setsockopt(pcap_fileno(pcap), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0) return true;
  return err_set(err, ERR_SYSTEM, "the capture's filter: %s", lab_error_name(errno));
}

static bool filter(pcap_t *pcap, const char *wanted, bool others, struct err *err)
{
  struct bpf_program program;

  if (pcap_compile(pcap, &program, wanted, 1, PCAP_NETMASK_UNKNOWN) < 0)
    return err_set(err, ERR_UNAVAILABLE, "libpcap: %s", pcap_geterr(pcap));
  bool ok =
      pcap_setfilter(pcap, &program) == 0 || err_set(err, ERR_UNAVAILABLE, "libpcap: %s", pcap_geterr(pcap));
  ok = ok && (!others || filter_own(pcap, &program, err));
  pcap_freecode(&program);
  return ok;
}

bool own_watch(pcap_t *pcap, const char *wanted, bool others, struct err *err)
{
  if (!filter(pcap, wanted, others, err)) return false;
#ifdef PACKET_IGNORE_OUTGOING
  /* Spares the ring our own frames, which PCAP_D_IN would drop one by one; older kernels know no such option.
   */
  const int ignore = !others;
  setsockopt(pcap_fileno(pcap), SOL_PACKET, PACKET_IGNORE_OUTGOING, &ignore, sizeof ignore);
#endif
  if (pcap_setdirection(pcap, others ? PCAP_D_INOUT : PCAP_D_IN) == 0) return true;
  return err_set(err, ERR_UNAVAILABLE, "libpcap: %s", pcap_geterr(pcap));
}
