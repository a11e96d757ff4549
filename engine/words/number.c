/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/words/number.h"

#include "engine/base/buf.h"

#define NEAR (1 << 24) /* octets: what a connection of a person's may have got to */

/* Where a sequence space begins, if either end knows it. */
static bool space_begin(const struct record *r, enum end of, seq_t *begin)
{
  const struct tcb *own = r->after[of], *other = r->after[other_end(of)];
  if (own->iss_known) {
    *begin = own->iss;
    return true;
  }
  if (other->irs_known) {
    *begin = other->irs;
    return true;
  }
  return false;
}

void number_put_seq(struct buf *b, const struct record *r, enum end of, seq_t value, bool relative)
{
  seq_t begin;
  if (!relative || !space_begin(r, of, &begin)) {
    buf_printf(b, "%u", value);
    return;
  }
  int32_t off = seq_diff(value, begin);
  buf_puts(b, of == END_YOU ? "iss" : "irs");
  if (off != 0) buf_printf(b, "%+d", off);
}

void number_put_near(struct buf *b, const struct record *r, seq_t value, bool relative)
{
  seq_t begin[END_COUNT];
  enum end nearest = END_COUNT;
  for (enum end e = END_YOU; relative && e < END_COUNT; e++) {
    if (!space_begin(r, e, &begin[e])) continue;
    int32_t off = seq_diff(value, begin[e]);
    if (off < -NEAR || off > NEAR) continue;
    if (nearest == END_COUNT ||
        off * (int64_t)off < seq_diff(value, begin[nearest]) * (int64_t)seq_diff(value, begin[nearest]))
      nearest = e;
  }
  if (nearest == END_COUNT)
    buf_printf(b, "%u", value);
  else
    number_put_seq(b, r, nearest, value, relative);
}
