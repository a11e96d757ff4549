/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 (RFC 3629), one character at a time, and which characters a terminal may be shown. */
#ifndef TCPTUTOR_BASE_UTF8_H
#define TCPTUTOR_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The octets of the character TEXT[LEN] begins with, 1 to 4, and its code point in *RUNE. 0: what
   stands there is not UTF-8 (or LEN is 0); overlong forms and surrogates are not. */
size_t utf8_next(const char *text, size_t len, uint32_t *rune);

/* RUNE as octets; returns how many, 0 when no such character exists (surrogates, above 10FFFF). */
size_t utf8_octets(uint32_t rune, char out[4]);

/* True: showing it changes nothing but the cells it occupies. False for controls (C0, DEL, C1),
   line and paragraph separators, bidirectional and other format characters, invisible fillers,
   tags and noncharacters. */
bool utf8_harmless(uint32_t rune);

#endif
