/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a kernel lacks, found by trying: each finding is something the lab's peer does, done in a fork of its own.
   A lack costs no more than the finding names; the lab works all the same. */
#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/peer/peer_lab.h"
#include "engine/peer/peer_lab_own.h"
#include "engine/wire/wire_lab.h"
#include "engine/wire/wire_shift.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool any(void *ctx, const uint8_t *octets, size_t len)
{
  (void)ctx;
  (void)octets;
  (void)len;
  return true;
}

static bool vanishes(struct peer_lab *p, enum tcp_state state, bool *tried, struct err *err)
{
  const struct pair pair = {*lab_you(p->lab), *lab_peer(p->lab), 1, DEFAULT_PORT};

  *tried = peer_lab_leave(p, &pair, state, NULL);
  return !*tried || (peer_lab_crash(p, &pair, err) && wire_lab_swallow(p->wire, any, NULL, err));
}

static bool find_destroying(struct peer_lab *p, struct lab_finding *f, struct err *err)
{
  bool orphan, time_wait;
  const char *seen = "connections nobody holds can be made to vanish";

  f->what = "destroying sockets";
  if (!vanishes(p, STATE_FIN_WAIT_1, &orphan, err) || !vanishes(p, STATE_TIME_WAIT, &time_wait, err))
    return false;
  if (!orphan || !time_wait)
    seen = "not tried: without TCP_REPAIR there is nothing to try it on";
  else if (p->by_reset)
    seen = "this kernel keeps what nobody holds; a RST in your name, out of sight, makes it vanish";
  snprintf(f->detail, sizeof f->detail, "%s", seen);
  f->limited = p->by_reset || !orphan || !time_wait;
  return true;
}

static bool find_isn(struct peer_lab *p, struct lab_finding *f, struct err *err)
{
  (void)err;
  f->what = "choosing the ISN";
  f->limited = !peer_lab_isn_obeyed(p);
  snprintf(f->detail, sizeof f->detail, "%s",
           f->limited
               ? "this kernel (as all before Linux 6.10) takes an ISN of its own: after `peer isn` the wire "
                 "renumbers, and says so"
               : "the kernel takes the one of `peer isn`");
  return true;
}

/* The lab has another way to one of them (lab.h). */
static bool find_settings(struct peer_lab *p, struct lab_finding *f, struct err *err)
{
  const struct peer_setting *s;
  struct buf lacking;
  char value[64];

  (void)err;
  f->what = "settings";
  buf_init(&lacking, f->detail, sizeof f->detail);
  for (size_t i = 0; (s = peer_setting(i)); i++) {
    if (!s->sysctl || lab_peer_sysctl_read(p->lab, s->sysctl, value, sizeof value, NULL)) continue;
    buf_printf(&lacking, "%s %s",
               f->limited ? "," : "`peer set` cannot set what this kernel has not:", s->name);
    f->limited = true;
  }
  if (!f->limited) buf_puts(&lacking, "this kernel has all that `peer set` can set");
  return true;
}

static bool (*const finders[])(struct peer_lab *, struct lab_finding *,
                               struct err *) = {find_destroying, find_isn, find_settings};
enum { FINDER_COUNT = sizeof finders / sizeof *finders };

/* WHAT of a finding is a pointer to a constant, so it is the same on both ends of the pipe. */
static void child(int out)
{
  struct err err = {.code = ERR_NONE};
  struct lab_finding f = {.what = "the lab"};
  struct lab *lab = lab_up(&err);
  struct wire *wire = lab ? wire_shift_new(wire_lab_new(lab, &err), &err) : NULL;
  struct peer *peer = wire ? peer_lab_new(lab, wire, &err) : NULL;

  for (size_t i = 0; i < FINDER_COUNT && (peer || i == 0); i++) {
    if (peer) memset(&f, 0, sizeof f);
    f.ok = peer && finders[i](peer_lab_of(peer), &f, &err);
    if (!f.ok) {
      snprintf(f.detail, sizeof f.detail, "%s", err.message);
      snprintf(f.remedy, sizeof f.remedy, "%s", err.hint);
    }
    if (write(out, &f, sizeof f) != (ssize_t)sizeof f) break;
  }
}

size_t peer_lab_probe(struct lab_finding *findings, size_t cap)
{
  struct lab_finding f;
  size_t n = 0;
  int ends[2];

  if (pipe(ends) < 0) return 0;
  pid_t pid = fork();
  if (pid == 0) {
    child(ends[1]);
    _exit(0);
  }
  close(ends[1]);
  while (n < cap && pid > 0 && read(ends[0], &f, sizeof f) == (ssize_t)sizeof f) findings[n++] = f;
  close(ends[0]);
  while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
  return n;
}
