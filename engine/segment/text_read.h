/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small pieces a segment's text is made of, shared by text_read.c and text_parse.c only. Each
   read_ function reads one SPAN of the text; when it fails it returns false and the err says where and why.
 */
#ifndef TCPTUTOR_SEGMENT_TEXT_READ_H
#define TCPTUTOR_SEGMENT_TEXT_READ_H

#include "engine/base/err.h"
#include "engine/segment/text.h"

/* Octets FROM to TO (not included) of the text. */
struct span {
  size_t from, to;
};

struct text {
  const char *at; /* the whole text: places in errors count from here */
  const struct segment_env *env;
  struct err *err;
};

/* How a number is bounded, and what it is called when it is not. */
struct number_rule {
  const char *what;     /* "win" */
  uint32_t max;         /* the largest value */
  bool wraps;           /* offsets wrap modulo 2^32; MAX is UINT32_MAX then */
  const uint32_t *base; /* what a bare offset counts from; NULL: nothing */
};

#define SHOWN 48 /* octets for what a message quotes */
const char *text_show(const struct text *, struct span, char shown[SHOWN]);
bool text_is(const struct text *, struct span, const char *word); /* in either case */
bool text_error(const struct text *, struct span, enum err_code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

bool read_number(const struct text *, struct span, const struct number_rule *, uint32_t *out);
/* Has it the form of a number, a name, or a name with an offset? Names are not looked up. */
bool looks_like_number(const struct text *, struct span);
/* WHAT names the value in errors; more than CAP octets are an error. OUT, here and below: NULL to count only.
 */
bool read_hex(const struct text *, struct span, const char *what, uint8_t *out, size_t cap, size_t *len);
/* SPAN begins and ends with a quote. */
bool read_quoted(const struct text *, struct span, uint8_t *out, size_t cap, size_t *len);
bool read_flags(const struct text *, struct span, uint8_t *out);

#define LIKELY_FLAGS 17
extern const char *const likely_flags[LIKELY_FLAGS];

#endif
