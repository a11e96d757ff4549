/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/trace/names.h"

#include <string.h>

static bool value(void *ctx, enum segment_name name, bool of_peer, uint32_t *out)
{
  const struct trace_names *names = ctx;
  const struct tcb *t = names->tcb[of_peer ? END_PEER : END_YOU];
  switch (name) {
  case NAME_ISS:
    *out = t->iss;
    return !of_peer || t->iss_known;
  case NAME_IRS:
    *out = t->irs;
    return t->irs_known;
  case NAME_SND_UNA:
    *out = t->snd.una;
    return !of_peer || t->iss_known;
  case NAME_SND_NXT:
    *out = t->snd.nxt;
    return !of_peer || t->iss_known;
  case NAME_SND_WND:
    *out = t->snd.wnd;
    return t->irs_known;
  case NAME_RCV_NXT:
    *out = t->rcv.nxt;
    return t->irs_known;
  case NAME_RCV_WND:
    *out = t->rcv.wnd;
    return true;
  case NAME_COUNT:
    break;
  }
  return false;
}

static bool base(void *ctx, enum segment_field field, uint8_t flags, uint32_t *out)
{
  const struct trace_names *names = ctx;
  const struct tcb *you = names->tcb[END_YOU];
  if (!names->expecting) {
    *out = tcp_default(you, flags, field);
    return true;
  }
  if (field == SEG_SEQ) {
    *out = you->rcv.nxt;
    return you->irs_known;
  }
  if (field == SEG_ACKNO) {
    *out = you->snd.nxt;
    return true;
  }
  return false;
}

static bool cookie(void *ctx, uint8_t *out, size_t *len)
{
  const struct trace_names *names = ctx;
  const struct tcp_fast_open *f = &names->tcb[END_YOU]->fast;
  memcpy(out, f->cookie, f->cookie_len);
  *len = f->cookie_len;
  return f->cookie_len > 0;
}

void trace_names_env(const struct trace_names *names, struct segment_env *env)
{
  *env = (struct segment_env){(void *)(uintptr_t)names, value, base, cookie};
}
