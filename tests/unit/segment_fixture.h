/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of engine/segment share. */
#ifndef TCPTUTOR_TESTS_SEGMENT_FIXTURE_H
#define TCPTUTOR_TESTS_SEGMENT_FIXTURE_H

#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/segment/codec.h"
#include "engine/segment/option.h"
#include "engine/segment/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint8_t store[SEGMENT_DATA_MAX];

/* LINE, which must be right; its payload is in STORE until the next call. */
static inline struct segment parsed_in(const char *line, const struct segment_env *env)
{
  struct segment s = {0};
  struct err e;
  err_clear(&e);
  bool ok = segment_parse(line, strlen(line), env, store, sizeof store, &s, &e);
  assert_string_equal(e.message, "");
  assert_true(ok);
  return s;
}

static inline struct segment parsed(const char *line) { return parsed_in(line, NULL); }

#endif
