/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/err.h"

#include "engine/base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

/* Formats and makes the result harmless: a message may quote what came from the wire. */
static void put_message(char *out, size_t cap, const char *format, va_list args)
{
  char raw[sizeof((struct err *)NULL)->message];
  struct buf b;
  buf_init(&b, raw, sizeof raw);
  buf_vprintf(&b, format, args);
  buf_show(out, cap, raw, b.len);
}

static void put_err(struct err *e, enum err_code code, size_t at, size_t len, const char *format,
                    va_list args)
{
  e->code = code;
  e->at = at;
  e->len = len;
  e->hint[0] = '\0';
  put_message(e->message, sizeof e->message, format, args);
}

bool err_set(struct err *e, enum err_code code, const char *format, ...)
{
  if (e == NULL) return false;
  va_list args;
  va_start(args, format);
  put_err(e, code, 0, 0, format, args);
  va_end(args);
  return false;
}

bool err_at(struct err *e, enum err_code code, size_t at, size_t len, const char *format, ...)
{
  if (e == NULL) return false;
  va_list args;
  va_start(args, format);
  put_err(e, code, at, len, format, args);
  va_end(args);
  return false;
}

bool err_hint(struct err *e, const char *format, ...)
{
  if (e == NULL) return false;
  va_list args;
  va_start(args, format);
  put_message(e->hint, sizeof e->hint, format, args);
  va_end(args);
  return false;
}

void err_clear(struct err *e)
{
  if (e == NULL) return;
  e->code = ERR_NONE;
  e->at = e->len = 0;
  e->message[0] = e->hint[0] = '\0';
}
