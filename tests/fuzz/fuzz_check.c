/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/fuzz_check.h"

#include "engine/base/err.h"
#include "engine/base/utf8.h"

#include <stdlib.h>
#include <string.h>

void check(bool holds)
{
  if (!holds) abort();
}

void is_safe(const char *text)
{
  for (size_t len = strlen(text), i = 0; i < len;) {
    uint32_t rune = 0;
    size_t n = utf8_next(text + i, len - i, &rune);
    check(n > 0 && utf8_harmless(rune));
    i += n;
  }
}

void is_explained(const struct err *e, size_t size)
{
  check(e->code != ERR_NONE && e->message[0] != '\0');
  check(e->at <= size && e->len <= size - e->at);
  is_safe(e->message);
  is_safe(e->hint);
}
