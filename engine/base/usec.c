/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/usec.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"

#include <inttypes.h>
#include <string.h>

#define MINUTE (60 * USEC_S)
#define HOUR (60 * MINUTE)
#define LONGEST (30 * 24 * HOUR)
#define DECIMALS_MAX 9 /* so that decimals times HOUR fits 63 bits */

static const struct {
  const char *name;
  usec_t length;
} units[] = {{"us", 1}, {"ms", USEC_MS}, {"s", USEC_S}, {"m", MINUTE}, {"h", HOUR}};

static const char forms[] = "write it like 2m, 1.5s, 200ms, 10us or 1h; without a unit it is seconds";

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* 0: no such unit. */
static usec_t unit_length(const char *text, size_t len)
{
  if (len == 0) return USEC_S;
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
    if (strlen(units[i].name) == len && memcmp(units[i].name, text, len) == 0) return units[i].length;
  return 0;
}

/* The number before the unit: WHOLE + PARTS / SCALE. */
struct number {
  int64_t whole, parts, scale;
  bool too_fine;
  size_t digits;
};

/* Returns where the number ends. WHOLE stops growing beyond LONGEST. */
static size_t read_number(const char *text, size_t len, struct number *n)
{
  size_t i = 0, decimals = 0;
  *n = (struct number){.scale = 1};
  for (; i < len && is_digit(text[i]); i++, n->digits++)
    if (n->whole <= LONGEST) n->whole = n->whole * 10 + (text[i] - '0');
  if (i + 1 >= len || text[i] != '.' || !is_digit(text[i + 1])) return i;
  for (i++; i < len && is_digit(text[i]); i++, n->digits++) {
    if (decimals++ < DECIMALS_MAX) {
      n->parts = n->parts * 10 + (text[i] - '0');
      n->scale *= 10;
    } else if (text[i] != '0') {
      n->too_fine = true;
    }
  }
  return i;
}

bool usec_parse(const char *text, size_t len, usec_t *out, struct err *err)
{
  char shown[48];
  struct number n;
  size_t end = read_number(text, len, &n);
  if (n.digits == 0) {
    if (len == 0)
      err_set(err, ERR_SYNTAX, "a duration is missing");
    else
      err_at(err, ERR_SYNTAX, 0, len, "'%s' is not a duration", buf_show(shown, sizeof shown, text, len));
    return err_hint(err, forms);
  }
  usec_t unit = unit_length(text + end, len - end);
  if (unit == 0) {
    err_at(err, ERR_SYNTAX, end, len - end, "'%s' is not a unit of time",
           buf_show(shown, sizeof shown, text + end, len - end));
    return err_hint(err, forms);
  }
  if (n.whole > LONGEST / unit || n.whole * unit + n.parts * unit / n.scale > LONGEST) {
    err_at(err, ERR_RANGE, 0, len, "'%s' is longer than 30 days", buf_show(shown, sizeof shown, text, len));
    return err_hint(err, "the longest duration is 720h");
  }
  if (n.too_fine || n.parts * unit % n.scale != 0)
    return err_at(err, ERR_RANGE, 0, len, "'%s' is finer than a microsecond",
                  buf_show(shown, sizeof shown, text, len));
  *out = n.whole * unit + n.parts * unit / n.scale;
  return true;
}

/* U in units of 10^PLACES microseconds, no more decimals than it needs. */
static void print_decimal(struct buf *b, uint64_t u, size_t places)
{
  char decimals[6];
  for (size_t i = places; i-- > 0; u /= 10) decimals[i] = (char)('0' + u % 10);
  while (places > 0 && decimals[places - 1] == '0') places--;
  buf_printf(b, "%" PRIu64, u);
  if (places > 0) buf_putc(b, '.');
  buf_put(b, decimals, places);
}

static uint64_t magnitude(usec_t t) { return t < 0 ? -(uint64_t)t : (uint64_t)t; }

void usec_print(struct buf *b, usec_t d)
{
  uint64_t u = magnitude(d);
  if (d < 0) buf_putc(b, '-');
  if (d == USEC_NEVER) {
    buf_puts(b, "never");
  } else if (u > 0 && u % HOUR == 0) {
    buf_printf(b, "%" PRIu64 "h", u / HOUR);
  } else if (u > 0 && u % MINUTE == 0) {
    buf_printf(b, "%" PRIu64 "m", u / MINUTE);
  } else if (u == 0 || u >= USEC_S) {
    print_decimal(b, u, 6);
    buf_putc(b, 's');
  } else {
    print_decimal(b, u, u < USEC_MS ? 0 : 3);
    buf_puts(b, u < USEC_MS ? "us" : "ms");
  }
}

void usec_print_stamp(struct buf *b, usec_t t)
{
  uint64_t u = magnitude(t);
  if (t == USEC_NEVER)
    buf_puts(b, "never");
  else
    buf_printf(b, "%s%" PRIu64 ".%06" PRIu64, t < 0 ? "-" : "", u / USEC_S, u % USEC_S);
}
