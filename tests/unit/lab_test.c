/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lab: private, quiet, honest about a refusal, and gone with its process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/lab_fixture.h"

#include "engine/lab/build.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- a witness that stays on the host -------------------------------------------------- */

/* Two pipes to a child forked before the lab came up: an octet asks it, an octet is its verdict. */
static int ask_host = -1, told_by_host = -1;
static pid_t host;

static bool is_lab_address(const uint8_t *a)
{
  return a[0] == 10 && a[1] == 9 && a[2] == 0 && (a[3] == 1 || a[3] == 2);
}

static bool host_interfaces_clean(void)
{
  struct ifaddrs *all, *i;
  bool clean = true;

  if (getifaddrs(&all) < 0) return false;
  for (i = all; i; i = i->ifa_next) {
    if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET) continue;
    const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)i->ifa_addr;
    if (is_lab_address((const uint8_t *)&in->sin_addr)) clean = false;
  }
  freeifaddrs(all);
  return clean;
}

/* Whatever passed any interface of the host since, as far as we may look (root may). */
static bool host_traffic_clean(int packets)
{
  uint8_t ip[20];
  ssize_t n;
  bool clean = true;

  while (packets >= 0 && (n = recv(packets, ip, sizeof ip, MSG_DONTWAIT)) >= 0)
    if (n == (ssize_t)sizeof ip && (is_lab_address(ip + 12) || is_lab_address(ip + 16))) clean = false;
  return clean;
}

static void host_witness(int question, int answer)
{
  char octet;
  int packets = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP)); /* refused to ordinary users */

  while (read(question, &octet, 1) == 1) {
    bool clean = host_interfaces_clean();
    octet = clean && host_traffic_clean(packets) ? 'y' : 'n';
    if (write(answer, &octet, 1) != 1) break;
  }
}

static void post_witness(void)
{
  int down[2], up[2];

  if (pipe2(down, O_CLOEXEC) < 0 || pipe2(up, O_CLOEXEC) < 0) exit(99);
  host = fork();
  if (host == 0) {
    close(down[1]);
    close(up[0]);
    host_witness(down[0], up[1]);
    _exit(0);
  }
  close(down[0]);
  close(up[1]);
  ask_host = down[1];
  told_by_host = up[0];
}

static void host_is_clean(void)
{
  char octet = '?';

  assert_int_equal(write(ask_host, &octet, 1), 1);
  assert_int_equal(read(told_by_host, &octet, 1), 1);
  assert_int_equal(octet, 'y');
}

static void nothing_reaches_the_host(void **state)
{
  (void)state;
  host_is_clean();
  for (uint16_t port = 2000; port < 2100; port++) {
    fresh(port, 9);
    handshake();
    put(ACK | PSH, "private");
    got(ACK);
    peer_forget(peer, &you.pair);
  }
  host_is_clean();
}

/* --- quiet ----------------------------------------------------------------------------- */

static void your_address_is_on_no_interface(void **state)
{
  struct ifaddrs *all, *i;

  (void)state;
  assert_int_equal(getifaddrs(&all), 0);
  for (i = all; i; i = i->ifa_next)
    if (i->ifa_addr) assert_int_not_equal(i->ifa_addr->sa_family, AF_INET);
  freeifaddrs(all);
  FILE *f = fopen("/proc/net/if_inet6", "r");
  if (!f) return; /* a kernel without IPv6 */
  assert_int_equal(fgetc(f), EOF);
  fclose(f);
}

static void nothing_alters_segments(void **state)
{
  static const uint32_t questions[] = {ETHTOOL_GTXCSUM, ETHTOOL_GRXCSUM, ETHTOOL_GTSO, ETHTOOL_GGSO,
                                       ETHTOOL_GGRO};
  static const char *const names[] = {"you", "peer"};

  (void)state;
  for (size_t i = 0; i < 2; i++) {
    int fd = i ? lab_peer_socket(lab, AF_INET, SOCK_DGRAM, 0) : socket(AF_INET, SOCK_DGRAM, 0);
    assert_true(fd >= 0);
    for (size_t q = 0; q < sizeof questions / sizeof *questions; q++) {
      struct ifreq r = {0};
      struct ethtool_value v = {.cmd = questions[q], .data = 1};
      strcpy(r.ifr_name, names[i]);
      r.ifr_data = (char *)&v;
      assert_int_equal(ioctl(fd, SIOCETHTOOL, &r), 0);
      assert_int_equal(v.data, 0);
    }
    close(fd);
  }
}

static void peer_setting_is(const char *key, const char *value)
{
  char found[32];
  struct err err = {.code = ERR_NONE};

  check(lab_peer_sysctl_read(lab, key, found, sizeof found, &err), &err);
  assert_string_equal(found, value);
}

static void settings_of_the_peer(void **state)
{
  struct err err = {.code = ERR_NONE};
  char text[8];

  (void)state;
  peer_setting_is("net/ipv4/tcp_invalid_ratelimit", "0");
  peer_setting_is("net/ipv4/tcp_no_metrics_save", "1");
  peer_setting_is("net/ipv4/ip_forward", "0");
  check(lab_peer_sysctl_write(lab, "net/ipv4/tcp_fin_timeout", "17", &err), &err);
  peer_setting_is("net/ipv4/tcp_fin_timeout", "17");
  check(lab_peer_sysctl_write(lab, "net/ipv4/tcp_fin_timeout", "60", &err), &err);
  assert_false(lab_peer_sysctl_read(lab, "net/ipv4/no_such_thing", text, sizeof text, &err));
  assert_int_equal(err.code, ERR_UNAVAILABLE);
  assert_false(lab_peer_sysctl_write(lab, "net/ipv4/tcp_syncookies", "many", &err));
}

/* --- quickack, your address -------------------------------------------------------------- */

/* How many of 60 small segments were acknowledged at once. */
static int acknowledged_at_once(uint16_t port)
{
  int at_once = 0;

  fresh(port, 9);
  handshake();
  for (int i = 0; i < 60; i++) {
    put(ACK | PSH, "x");
    settle();
    if (arrived()) {
      at_once++;
    } else {
      await_any(); /* the delayed one */
    }
    assert_int_equal(arrival.ack, you.snd_nxt);
  }
  peer_forget(peer, &you.pair);
  return at_once;
}

static void acknowledgments_may_be_delayed(void **state)
{
  struct err err = {.code = ERR_NONE};

  (void)state;
  assert_int_equal(acknowledged_at_once(2200), 60);
  check(lab_quickack(lab, false, &err), &err);
  assert_true(acknowledged_at_once(2201) < 60);
  check(lab_quickack(lab, true, &err), &err);
  assert_int_equal(acknowledged_at_once(2202), 60);
}

/* When text of the peer's that nobody acknowledges comes again. */
static usec_t repeated_after(uint16_t port)
{
  fresh(port, 9);
  app(APP_NONE, false);
  handshake();
  done(PEER_ACCEPT);
  call_request((struct peer_request){.verb = PEER_SEND, .len = 1});
  got(ACK);
  usec_t first = arrival_when;
  await_any();
  peer_forget(peer, &you.pair);
  return arrival_when - first;
}

/* Without a tail loss probe, which would come before it. */
static void the_route_sets_the_shortest_timeout(void **state)
{
  struct err err = {.code = ERR_NONE};

  (void)state;
  check(lab_peer_sysctl_write(lab, "net/ipv4/tcp_early_retrans", "0", &err), &err);
  assert_true(repeated_after(2250) >= 200 * USEC_MS);
  check(lab_rto_min(lab, 1000, &err), &err);
  assert_true(repeated_after(2251) >= USEC_S);
  check(lab_quickack(lab, true, &err), &err); /* the other metric, which leaves this one alone */
  assert_true(repeated_after(2252) >= USEC_S);
  check(lab_rto_min(lab, 0, &err), &err);
  assert_true(repeated_after(2253) < USEC_S);
  check(lab_peer_sysctl_write(lab, "net/ipv4/tcp_early_retrans", "3", &err), &err);
}

static void the_kernel_may_have_your_address(void **state)
{
  struct err err = {.code = ERR_NONE};

  (void)state;
  check(lab_address_kernel(lab, true, &err), &err);
  check(lab_address_kernel(lab, true, &err), &err); /* twice is no error */
  fresh(2300, 9);
  put(SYN, NULL);
  got(SYN | ACK);
  peer_is(STATE_LISTEN); /* reset behind your back */
  check(lab_address_kernel(lab, false, &err), &err);
  check(lab_address_kernel(lab, false, &err), &err);
  fresh(2301, 9);
  put(SYN, NULL);
  got(SYN | ACK);
  peer_is(STATE_SYN_RECEIVED);
  peer_forget(peer, &you.pair);
}

/* --- sock_diag ---------------------------------------------------------------------------- */

static void destroying_spares_the_listener(void **state)
{
  struct err err = {.code = ERR_NONE};
  struct diag_truth t;
  struct diag *diag = diag_new(lab, &err);

  (void)state;
  assert_non_null(diag);
  fresh(2400, 9);
  check(diag_look(diag, &you.pair, &t, &err), &err);
  assert_true(t.listener && t.owned && t.state == STATE_LISTEN);
  assert_false(diag_destroy(diag, &you.pair, &err));
  assert_int_equal(err.code, ERR_STATE);
  put(SYN, NULL);
  got(SYN | ACK);
  check(diag_look(diag, &you.pair, &t, &err), &err);
  assert_true(!t.listener && !t.owned && t.state == STATE_SYN_RECEIVED);
  assert_true(t.timer == 1 && t.timer_ms > 0 && t.timer_ms <= 1000);
  check(diag_destroy(diag, &you.pair, &err), &err);
  silence();
  check(diag_look(diag, &you.pair, &t, &err), &err);
  assert_true(t.listener);
  you.pair.peer_port = 1;
  check(diag_look(diag, &you.pair, &t, &err), &err);
  assert_true(!t.listener && t.state == STATE_CLOSED);
  diag_free(diag);
}

/* --- refusal, in children ------------------------------------------------------------------ */

/* Makes the system call CALL fail with EPERM where its argument passes TEST against VALUE. */
static void forbid(uint32_t call, uint32_t argument, uint16_t test, uint32_t value)
{
  struct sock_filter program[] = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 3, call},
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, args) + 8 * argument},
      {(uint16_t)(BPF_JMP | test | BPF_K), 0, 1, value},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
  struct sock_fprog filter = {.len = sizeof program / sizeof *program, .filter = program};

  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0)
    _exit(77);
}

/* Where its flags have one of MASK, as containers do. */
static void forbid_unshare(uint32_t mask) { forbid(__NR_unshare, 0, BPF_JSET, mask); }

static void where(char *text, size_t cap)
{
  ssize_t a = readlink("/proc/self/ns/net", text, cap / 2);
  ssize_t b = readlink("/proc/self/ns/user", text + cap / 2, cap / 2);

  if (a <= 0 || b <= 0) _exit(78);
}

/* 0: refused as it should be, and the process is where it was. */
static int refused_in_place(const char *call, const char *hint)
{
  struct err err = {.code = ERR_NONE};
  char before[128] = "", after[128] = "";

  where(before, sizeof before);
  if (lab_up(&err)) return 1;
  where(after, sizeof after);
  if (memcmp(before, after, sizeof before) != 0) return 2;
  if (err.code != ERR_UNAVAILABLE) return 3;
  if (!strstr(err.message, call)) return 4;
  if (hint ? !strstr(err.hint, hint) : err.hint[0] == '\0') return 5;
  struct lab_finding findings[8];
  size_t n = lab_probe(findings, 8);
  return n == 1 && !findings[0].ok && strstr(findings[0].detail, call) && findings[0].remedy[0] ? 0 : 6;
}

static int exit_status(pid_t pid)
{
  int status;

  while (waitpid(pid, &status, 0) < 0) assert_int_equal(errno, EINTR);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void a_refusal_says_what_refused(void **state)
{
  (void)state;
  pid_t pid = fork();
  if (pid == 0) {
    if (unshare(CLONE_NEWUSER) < 0) _exit(77); /* out of the one this process has made for its lab */
    forbid_unshare(CLONE_NEWUSER | CLONE_NEWNET);
    _exit(refused_in_place("unshare(CLONE_NEWUSER)", NULL));
  }
  assert_int_equal(exit_status(pid), 0);
}

static void a_refusal_says_what_would_allow_it(void **state)
{
  (void)state;
  pid_t pid = fork();
  if (pid == 0) {
    /* A user namespace of its own, in which the limit may be lowered. */
    if (unshare(CLONE_NEWUSER) < 0) _exit(77);
    int fd = open("/proc/sys/user/max_user_namespaces", O_WRONLY);
    if (fd < 0 || write(fd, "0", 1) != 1) _exit(79);
    _exit(refused_in_place("unshare(CLONE_NEWUSER) was refused: ENOSPC", "max_user_namespaces"));
  }
  assert_int_equal(exit_status(pid), 0);
}

/* Where user namespaces alone are forbidden, root gets by without and others are refused. */
static void only_root_gets_by_without_user_namespaces(void **state)
{
  (void)state;
  pid_t pid = fork();
  if (pid == 0) {
    struct err err = {.code = ERR_NONE};
    struct lab_finding findings[8];
    if (geteuid() != 0 && unshare(CLONE_NEWUSER) < 0) _exit(77); /* out of this process's own */
    forbid_unshare(CLONE_NEWUSER);
    if (geteuid() != 0) _exit(refused_in_place("unshare(CLONE_NEWUSER)", NULL));
    if (lab_probe(findings, 8) < 5 || !findings[0].ok) _exit(2);
    _exit(lab_up(&err) ? 0 : 1);
  }
  assert_int_equal(exit_status(pid), 0);
}

/* That each finding is ok; how many say that something is had in another way. -1: one is not. */
static int limited(const struct lab_finding *f, size_t n)
{
  int count = 0;

  for (size_t i = 0; i < n; i++) {
    if (!f[i].ok) return -1;
    count += f[i].limited;
  }
  return count;
}

/* A kernel built without CONFIG_CHECKPOINT_RESTORE: a warning, and the lab works. */
static void without_repair_the_lab_works(void **state)
{
  (void)state;
  pid_t pid = fork();
  if (pid == 0) {
    struct lab_finding findings[8];
    struct err err = {.code = ERR_NONE};
    forbid(__NR_setsockopt, 2, BPF_JEQ, TCP_REPAIR);
    if (lab_probe(findings, 8) != 5 || limited(findings, 5) != 1) _exit(2);
    if (!findings[4].limited || !strstr(findings[4].remedy, "CONFIG_CHECKPOINT_RESTORE")) _exit(3);
    if (peer_lab_probe(findings, 8) != 3 || limited(findings, 2) != 2) _exit(4);
    _exit(lab_up(&err) ? 0 : 1);
  }
  assert_int_equal(exit_status(pid), 0);
}

static void the_doctor_finds_all_well(void **state)
{
  struct lab_finding findings[8];
  char before[128] = "", after[128] = "";

  (void)state;
  where(before, sizeof before);
  size_t n = lab_probe(findings, 8);
  where(after, sizeof after);
  assert_memory_equal(before, after, sizeof before);
  assert_int_equal(n, 5);
  for (size_t i = 0; i < n; i++) {
    if (!findings[i].ok) fail_msg("%s: %s", findings[i].what, findings[i].detail);
    assert_true(findings[i].what[0] && findings[i].detail[0] && !findings[i].remedy[0]);
  }
  assert_int_equal(lab_probe(findings, 2), 2);
  n = peer_lab_probe(findings, 8);
  where(after, sizeof after);
  assert_memory_equal(before, after, sizeof before);
  assert_int_equal(n, 3);
  assert_true(limited(findings, n) >= 0);
}

/* --- the end --------------------------------------------------------------------------------- */

/* A child with a lab of its own, which says so on OUT and then does THEN. */
static pid_t child_with_lab(int out, void (*then)(void))
{
  pid_t pid = fork();

  if (pid == 0) {
    struct err err;
    struct lab *own = lab_up(&err);
    struct wire *w = own ? wire_lab_new(own, &err) : NULL;
    if (!w || write(out, "u", 1) != 1) _exit(1);
    then();
    _exit(0);
  }
  return pid;
}

static void linger(void)
{
  for (;;) pause();
}

static void a_killed_lab_leaves_nothing(void **state)
{
  char octet, path[64], children[64] = "";
  int ends[2];

  (void)state;
  assert_int_equal(pipe(ends), 0);
  pid_t pid = child_with_lab(ends[1], linger);
  assert_int_equal(read(ends[0], &octet, 1), 1);
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
  FILE *f = fopen(path, "r");
  if (f) {
    assert_null(fgets(children, sizeof children, f)); /* nothing would outlive it */
    fclose(f);
  }
  kill(pid, SIGKILL);
  assert_int_equal(exit_status(pid), 128 + SIGKILL);
  close(ends[0]);
  close(ends[1]);
  host_is_clean();
}

/* Whoever reads the program's output must see its end, though a child may hold the ring a little longer. */
static void leaving_in_haste(void **state)
{
  int ends[2];
  char octets[8];

  (void)state;
  assert_int_equal(pipe(ends), 0);
  fflush(stdout);
  int kept = dup(STDOUT_FILENO);
  dup2(ends[1], STDOUT_FILENO);
  close(ends[1]);
  pid_t pid = child_with_lab(STDOUT_FILENO, lab_hasten_exit);
  dup2(kept, STDOUT_FILENO);
  close(kept);
  assert_int_equal(exit_status(pid), 0);
  assert_int_equal(read(ends[0], octets, sizeof octets), 1);
  assert_int_equal(read(ends[0], octets, sizeof octets), 0);
  close(ends[0]);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_reaches_the_host),
      cmocka_unit_test(your_address_is_on_no_interface),
      cmocka_unit_test(nothing_alters_segments),
      cmocka_unit_test(settings_of_the_peer),
      cmocka_unit_test(acknowledgments_may_be_delayed),
      cmocka_unit_test(the_route_sets_the_shortest_timeout),
      cmocka_unit_test(the_kernel_may_have_your_address),
      cmocka_unit_test(destroying_spares_the_listener),
      cmocka_unit_test(a_refusal_says_what_refused),
      cmocka_unit_test(a_refusal_says_what_would_allow_it),
      cmocka_unit_test(only_root_gets_by_without_user_namespaces),
      cmocka_unit_test(without_repair_the_lab_works),
      cmocka_unit_test(the_doctor_finds_all_well),
      cmocka_unit_test(a_killed_lab_leaves_nothing),
      cmocka_unit_test(leaving_in_haste),
  };

  post_witness();
  if (!fixture_up()) return 0;
  call_request((struct peer_request){.verb = PEER_APP, .app = APP_NONE, .pair = {.peer_port = 9}});
  int failed = cmocka_run_group_tests_name("lab", tests, NULL, NULL);
  fixture_down();
  close(ask_host);
  exit_status(host);
  return failed;
}
