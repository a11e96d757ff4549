/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/segment/addr.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"

#include <string.h>

#define IP4_OCTETS 4u

bool addr_equal(const struct addr *a, const struct addr *b)
{
  return a->family == b->family && (a->family == ADDR_NONE || memcmp(a->octet, b->octet, IP4_OCTETS) == 0);
}

/* One decimal octet from *I on, without superfluous zeros (some programs read those as octal). */
static bool read_octet(const char *text, size_t len, size_t *i, uint8_t *out)
{
  unsigned value = 0;
  size_t from = *i;
  for (; *i < len && *i - from < 3 && text[*i] >= '0' && text[*i] <= '9'; ++*i)
    value = value * 10 + (unsigned)(text[*i] - '0');
  if (*i == from || value > 255 || (*i - from > 1 && text[from] == '0')) return false;
  *out = (uint8_t)value;
  return true;
}

bool addr_is_neighbour(const struct addr *a, const struct addr *host)
{
  return a->family == host->family && !addr_equal(a, host) &&
         memcmp(a->octet, host->octet, ADDR_LINK_PREFIX / 8) == 0;
}

bool addr_parse(const char *text, size_t len, struct addr *out, struct err *err)
{
  struct addr a = {.family = ADDR_IP4};
  size_t i = 0;
  bool ok = true;
  for (size_t n = 0; ok && n < IP4_OCTETS; n++) {
    if (n > 0) ok = i < len && text[i++] == '.';
    ok = ok && read_octet(text, len, &i, &a.octet[n]);
  }
  if (!ok || i != len) {
    char shown[48];
    err_at(err, ERR_SYNTAX, 0, len, "'%s' is not an IPv4 address", buf_show(shown, sizeof shown, text, len));
    return err_hint(err, "four numbers from 0 to 255 with dots between, like 10.9.0.2");
  }
  *out = a;
  return true;
}

void addr_print(struct buf *b, const struct addr *a)
{
  if (a->family == ADDR_NONE)
    buf_puts(b, "none");
  else
    buf_printf(b, "%u.%u.%u.%u", a->octet[0], a->octet[1], a->octet[2], a->octet[3]);
}

bool pair_equal(const struct pair *a, const struct pair *b)
{
  return a->you_port == b->you_port && a->peer_port == b->peer_port && addr_equal(&a->you, &b->you) &&
         addr_equal(&a->peer, &b->peer);
}
