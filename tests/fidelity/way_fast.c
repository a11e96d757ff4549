/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fidelity/way.h"

#include "engine/base/err.h"
#include "engine/segment/option.h"

static bool brings_cookie(struct trial *t, uint32_t beyond)
{
  static const uint32_t lengths[] = {0, 1, 5, 200, 536, 1300};
  const struct tcp_fast_open *f = &t->ground->cookie;
  struct segment s = way_plain(t, SYN, beyond, 0);

  s.data_len = lengths[rng_below(&t->rng, 6)];
  if (s.data_len) trial_vary(t, VARIANT_UNREAD);
  if (t->climate != CLIMATE_ANYONE)
    option_put(&s, OPTION_FASTOPEN, f->cookie, f->cookie_len);
  else if (s.data_len == 0 || trial_one_in(t, 2)) /* where none is needed the request is as good */
    option_put(&s, OPTION_FASTOPEN, NULL, 0);
  return trial_send(t, &s);
}

bool way_opened_fast(struct trial *t, uint16_t port)
{
  return way_passive_on(t, port) && brings_cookie(t, 0);
}
bool way_reopened_fast(struct trial *t) { return brings_cookie(t, 1 + rng_below(&t->rng, 100000)); }

bool way_held_fast(struct trial *t)
{
  if (!way_opened_fast(t, PORT_OPEN) || !way_accepts(t)) return false;
  if (t->tcb.unread && trial_one_in(t, 2) && !way_reads(t)) return false;
  uint32_t most = t->tcb.snd.wnd / 2 < 2000 ? t->tcb.snd.wnd / 2 : 2000;
  if (most == 0 || !trial_one_in(t, 2)) return true;
  trial_vary(t, VARIANT_FLIGHT);
  return way_sends(t, 1 + rng_below(&t->rng, most));
}

bool way_full_fast(struct trial *t)
{
  struct err err;

  if (!ground_fill_fast(t->ground, &err)) return trial_broken(t, "%s", err.message);
  trial_note_lines(t, "new 500\nsend SYN fastopen=cookie\nuse 1\n");
  t->tcb.fast.full = true;
  return true;
}
