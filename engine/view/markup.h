/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text inside XML and HTML. Everything that is not written here in the source goes through these. Internal to
   view/. */
#ifndef TCPTUTOR_VIEW_MARKUP_H
#define TCPTUTOR_VIEW_MARKUP_H

#include "engine/base/buf.h"
#include "engine/words/words.h"

/* TEXT as content or in an attribute's quotes: made visible (buf_put_visible: XML 1.0 has no control octets,
   not even as references, and no octets that are not UTF-8), then & < > " ' as references. */
void markup_put(struct buf *, const char *text);
void markup_put_octets(struct buf *, const char *text, size_t len);
/* The same, but newlines stay what they are. */
void markup_put_lines(struct buf *, const char *text);
void markup_say(struct buf *, enum saying, const struct words_args *); /* words_say() */
void markup_printf(struct buf *, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
