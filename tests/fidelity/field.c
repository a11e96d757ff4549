/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fidelity/field.h"

#include "engine/segment/option.h"

#include <string.h>

static const char *const names[FIELD_COUNT] = {
#define X(id, name) [FIELD_##id] = name,
    FIELDS(X)
#undef X
};

const char *field_name(enum field f) { return f < FIELD_COUNT ? names[f] : "nothing"; }

static bool wild(const struct answer *a, enum segment_field f) { return (a->wild & SEG_BIT(f)) != 0; }

/* The options are the kernel's own, so well formed. */
static void find_tsval(struct answer *a)
{
  unsigned at = 0;

  while (at + 10 <= a->options_len && a->options[at] != OPTION_TS)
    at += a->options[at] == OPTION_NOP || a->options[at + 1] == 0 ? 1 : a->options[at + 1];
  a->ts_at = (uint8_t)(at + 10 <= a->options_len ? at + 2 : 0);
}

struct answer field_predicted(const struct tcp_emit *e)
{
  struct answer a = {.flags = e->flags,
                     .seq = e->seq,
                     .ack = e->ack,
                     .len = e->len,
                     .win = e->win,
                     .win_most = (e->wild & SEG_BIT(SEG_WIN)) ? e->win_most : e->win,
                     .wild = e->wild,
                     .twice_unsure = e->twice_unsure,
                     .cookie_behind = e->cookie_behind,
                     .options_len = e->options_len};

  memcpy(a.options, e->options, e->options_len);
  find_tsval(&a);
  return a;
}

struct answer field_got(const struct segment *s)
{
  struct answer a = {.flags = s->flags,
                     .seq = s->seq,
                     .ack = s->ack,
                     .len = (uint32_t)s->data_len,
                     .win = s->win,
                     .win_most = s->win,
                     .urg = s->urg,
                     .options_len = s->options_len};

  memcpy(a.options, s->options, s->options_len);
  find_tsval(&a);
  return a;
}

uint32_t field_tsval(const struct answer *a)
{
  const uint8_t *o = a->options + a->ts_at;

  return (uint32_t)o[0] << 24 | (uint32_t)o[1] << 16 | (uint32_t)o[2] << 8 | o[3];
}

/* Whether the listener takes the cookie that the SYN brought may not be known; if not, it tells the right
   one, and nothing but the SYN is acknowledged. */
static bool cookie_behind(const struct answer *p, const struct answer *got)
{
  uint8_t kind = got->options_len > p->options_len ? got->options[p->options_len] : OPTION_EOL;

  return p->cookie_behind && (kind == OPTION_FASTOPEN || kind == OPTION_EXPERIMENT) && got->ack == p->ack;
}

/* The same without the first SACK block. */
static bool twice_untold(const struct answer *p, const struct answer *got)
{
  enum { BLOCK = 8, BEFORE = 4 }; /* two NOPs, kind and length */
  unsigned at = p->ts_at ? p->ts_at + 8u : 0; /* behind TSval and TSecr */

  if (!p->twice_unsure || got->options_len + BLOCK != p->options_len || p->options_len < at + BEFORE + 2 * BLOCK)
    return false;
  const uint8_t *told = p->options + at, *here = got->options + at;
  return here[3] + BLOCK == told[3] && memcmp(here, told, 3) == 0 &&
         memcmp(here + BEFORE, told + BEFORE + BLOCK, p->options_len - at - BEFORE - BLOCK) == 0;
}

static bool options_differ(const struct answer *p, const struct answer *got)
{
  unsigned at = p->ts_at, behind = at ? at + 4u : 0;

  if (p->ts_at == got->ts_at && twice_untold(p, got)) return false;
  bool as_long = p->options_len == got->options_len && (!p->cookie_behind || wild(p, SEG_ACKNO));
  if ((!as_long && !cookie_behind(p, got)) || p->ts_at != got->ts_at) return true;
  return memcmp(p->options, got->options, at) != 0 ||
         memcmp(p->options + behind, got->options + behind, p->options_len - behind) != 0;
}

/* The clock of the kernel is ours, its tick a millisecond: what leaves cannot be stamped before it was asked
   for, nor after it has come. Its offset is known from the first stamp on, as exactly as that one's time. */
static bool tsval_differs(const struct answer *p, const struct answer *got)
{
  int32_t later = (int32_t)(field_tsval(got) - field_tsval(p));

  return p->ts_at != 0 && !wild(p, SEG_OPTIONS) &&
         (later < -1 - (int32_t)p->earlier || later > (int32_t)p->later + 1);
}

enum field field_that_differs(const struct answer *p, const struct answer *got)
{
  if ((p->flags ^ got->flags) & (uint8_t) ~(wild(p, SEG_FLAGS) ? PSH : 0)) return FIELD_FLAGS;
  if (!wild(p, SEG_SEQ) && p->seq != got->seq) return FIELD_SEQ;
  if (!wild(p, SEG_ACKNO) && p->ack != got->ack) return FIELD_ACK;
  if (p->len != got->len) return FIELD_LENGTH;
  if (got->win < p->win || got->win > p->win_most) return FIELD_WINDOW;
  if (p->urg != got->urg) return FIELD_URGENT;
  if (options_differ(p, got)) return FIELD_OPTIONS;
  return tsval_differs(p, got) ? FIELD_TSVAL : FIELD_COUNT;
}

void field_count(const struct answer *p, const struct answer *got, struct field_counts *n)
{
  const bool exact[FIELD_COUNT] = {
      [FIELD_FLAGS] = !wild(p, SEG_FLAGS),
      [FIELD_SEQ] = !wild(p, SEG_SEQ),
      [FIELD_ACK] = !wild(p, SEG_ACKNO),
      [FIELD_LENGTH] = true,
      [FIELD_WINDOW] = p->win == p->win_most,
      [FIELD_URGENT] = true,
      [FIELD_OPTIONS] = p->options_len == got->options_len,
      [FIELD_TSVAL] = p->ts_at != 0 && !wild(p, SEG_OPTIONS) && field_tsval(p) == field_tsval(got),
  };

  for (unsigned i = 0; i < FIELD_COUNT; i++) {
    if (i == FIELD_TSVAL && p->ts_at == 0) continue;
    n->compared[i]++;
    n->exact[i] += exact[i];
  }
}
