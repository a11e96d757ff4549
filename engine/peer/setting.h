/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `peer set` can set: one table, from which names, ranges, help and completion come. A name stands for a
   sysctl of the peer's network namespace or for a socket option; no path and no option number comes from a
   user. Which of them a peer honours is its own affair. Values are whole numbers; `on` and `off` are accepted
   where they mean one. */
#ifndef TCPTUTOR_PEER_SETTING_H
#define TCPTUTOR_PEER_SETTING_H

#include <stdbool.h>
#include <stddef.h>

struct err;

/* X(name below net/, smallest, largest, help). The last component is the name a user types. */
#define PEER_SYSCTLS(X)                                                                                      \
  X("ipv4/ip_default_ttl", 1, 255, "IP time to live of what the peer sends")                                 \
  X("ipv4/tcp_abort_on_overflow", 0, 1, "1: a full accept queue answers RST, not silence")                   \
  X("ipv4/tcp_adv_win_scale", -31, 31, "share of the receive buffer that is offered as window")              \
  X("ipv4/tcp_autocorking", 0, 1, "small writes are gathered while a segment is under way")                  \
  X("ipv4/tcp_base_mss", 48, 65535, "where MTU probing starts")                                              \
  X("ipv4/tcp_challenge_ack_limit", 0, 2147483647, "challenge ACKs a second, RFC 5961")                      \
  X("ipv4/tcp_dsack", 0, 1, "duplicate SACK, RFC 2883")                                                      \
  X("ipv4/tcp_early_retrans", 0, 4, "tail loss probe: 0 off, 3 on")                                          \
  X("ipv4/tcp_ecn", 0, 5, "ECN: 0 never, 1 asks and answers, 2 answers when asked")                          \
  X("ipv4/tcp_fastopen", 0, 1551, "Fast Open, RFC 7413: 1 as client, 2 as server, 3 both; 512: no cookie")   \
  X("ipv4/tcp_fin_timeout", 1, 300, "seconds an orphan stays in FIN-WAIT-2")                                 \
  X("ipv4/tcp_frto", 0, 2, "forward RTO recovery, RFC 5682")                                                 \
  X("ipv4/tcp_invalid_ratelimit", 0, 60000,                                                                  \
    "milliseconds between ACKs that answer invalid segments; 0: all")                                        \
  X("ipv4/tcp_keepalive_intvl", 1, 32767, "seconds between keepalive probes")                                \
  X("ipv4/tcp_keepalive_probes", 1, 127, "keepalive probes without an answer until the connection is reset") \
  X("ipv4/tcp_keepalive_time", 1, 32767, "seconds of silence before the first keepalive probe")              \
  X("ipv4/tcp_max_syn_backlog", 1, 2147483647, "connections in SYN-RECEIVED a listener remembers")           \
  X("ipv4/tcp_max_tw_buckets", 0, 2147483647, "connections in TIME-WAIT; more are forgotten at once")        \
  X("ipv4/tcp_min_snd_mss", 48, 65535, "smallest MSS taken from the other end")                              \
  X("ipv4/tcp_moderate_rcvbuf", 0, 1, "the receive buffer grows with the traffic")                           \
  X("ipv4/tcp_mtu_probing", 0, 2, "path MTU discovery by probing, RFC 4821")                                 \
  X("ipv4/tcp_orphan_retries", 0, 255, "retransmissions of an orphan's segment; 0 means 8")                  \
  X("ipv4/tcp_recovery", 0, 7, "RACK loss detection, RFC 8985")                                              \
  X("ipv4/tcp_reordering", 1, 300, "duplicate ACKs that mean loss")                                          \
  X("ipv4/tcp_retries1", 0, 255, "retransmissions before the route is doubted: R1 of RFC 9293")              \
  X("ipv4/tcp_retries2", 0, 255, "retransmissions before the connection is given up: R2 of RFC 9293")        \
  X("ipv4/tcp_rfc1337", 0, 1, "1: a RST does not end TIME-WAIT")                                             \
  X("ipv4/tcp_rto_max_ms", 1000, 120000, "longest retransmission timeout, milliseconds")                     \
  X("ipv4/tcp_rto_min_us", 1, 10000000, "shortest retransmission timeout, microseconds")                     \
  X("ipv4/tcp_sack", 0, 1, "selective acknowledgment, RFC 2018")                                             \
  X("ipv4/tcp_shrink_window", 0, 1, "1: the window's right edge may move left")                              \
  X("ipv4/tcp_slow_start_after_idle", 0, 1, "congestion window falls back after idling")                     \
  X("ipv4/tcp_syn_linear_timeouts", 0, 127, "repetitions of a SYN at even distance before they double")      \
  X("ipv4/tcp_syn_retries", 1, 127, "repetitions of a SYN")                                                  \
  X("ipv4/tcp_synack_retries", 0, 255, "repetitions of a SYN,ACK")                                           \
  X("ipv4/tcp_syncookies", 0, 2, "SYN cookies, RFC 4987: 0 never, 1 when the queue is full, 2 always; four neighbouring ACKs fit one")       \
  X("ipv4/tcp_thin_linear_timeouts", 0, 1, "no doubling for streams with little under way")                  \
  X("ipv4/tcp_timestamps", 0, 2, "timestamps, RFC 7323: 0 never, 1 with random offsets, 2 without")          \
  X("ipv4/tcp_tw_reuse", 0, 2, "active OPEN may reuse a pair in TIME-WAIT: 0 no, 1 yes, 2 on loopback")      \
  X("ipv4/tcp_window_scaling", 0, 1, "window scale, RFC 7323")                                               \
  X("core/somaxconn", 1, 2147483647, "largest backlog a listener is granted")

/* X(id, name, smallest, largest, what `off` means, help) */
#define PEER_OPTIONS(X)                                                                                      \
  X(CORK, "cork", 0, 1, 0, "TCP_CORK: hold back segments that are not full")                                 \
  X(DEFER_ACCEPT, "defer_accept", 0, 600, 0, "TCP_DEFER_ACCEPT: seconds a listener waits for data")          \
  X(FASTOPEN, "fastopen", 0, 4096, 0, "TCP_FASTOPEN: length of a listener's Fast Open queue")                \
  X(KEEPALIVE, "keepalive", 0, 1, 0, "SO_KEEPALIVE: probe a silent connection")                              \
  X(KEEPCNT, "keepcnt", 1, 127, 1, "TCP_KEEPCNT: probes before giving up")                                   \
  X(KEEPIDLE, "keepidle", 1, 32767, 1, "TCP_KEEPIDLE: seconds of silence before the first probe")            \
  X(KEEPINTVL, "keepintvl", 1, 32767, 1, "TCP_KEEPINTVL: seconds between probes")                            \
  X(LINGER, "linger", -1, 0, -1, "SO_LINGER: 0 makes close() send RST; off: an orderly close")               \
  X(MSS, "mss", 88, 32767, 88, "TCP_MAXSEG: the MSS offered and sent at most")                               \
  X(NODELAY, "nodelay", 0, 1, 0, "TCP_NODELAY: small segments do not wait for ACKs (no Nagle)")              \
  X(OOBINLINE, "oobinline", 0, 1, 0, "SO_OOBINLINE: urgent octets stay in the stream")                       \
  X(QUICKACK, "quickack", 0, 1, 0, "TCP_QUICKACK: ACK at once, until the kernel thinks better of it")        \
  X(RCVBUF, "rcvbuf", 256, 4194304, 256, "SO_RCVBUF: octets; the kernel doubles it")                         \
  X(SNDBUF, "sndbuf", 256, 4194304, 256, "SO_SNDBUF: octets; the kernel doubles it")                         \
  X(SYNCNT, "syncnt", 1, 127, 1, "TCP_SYNCNT: repetitions of a SYN")                                         \
  X(TOS, "tos", 0, 255, 0, "IP_TOS: type of service of what the peer sends")                                 \
  X(TTL, "ttl", 1, 255, 1, "IP_TTL: time to live of what the peer sends")                                    \
  X(USER_TIMEOUT, "user_timeout", 0, 86400000, 0, "TCP_USER_TIMEOUT: milliseconds, RFC 5482; 0: default")    \
  X(WINDOW_CLAMP, "window_clamp", 0, 1073741824, 0, "TCP_WINDOW_CLAMP: largest window offered, octets")

enum peer_option {
#define X(id, name, smallest, largest, off, help) PEER_OPTION_##id,
  PEER_OPTIONS(X)
#undef X
      PEER_OPTION_COUNT
};

struct peer_setting {
  const char *name;
  const char *sysctl; /* "net/ipv4/…", or NULL: a socket option */
  enum peer_option option;
  int smallest, largest, off;
  const char *help;
};

/* The I-th setting; NULL past the last. */
const struct peer_setting *peer_setting(size_t i);
/* KEY and VALUE as a user wrote them; false with *ERR (unknown name and the nearest, no number, out of
 * range). */
bool peer_setting_parse(const char *key, const char *value, const struct peer_setting **, int *number,
                        struct err *);

#endif
