/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Helping with names a person mistyped. */
#ifndef TCPTUTOR_BASE_WORDS_H
#define TCPTUTOR_BASE_WORDS_H

#include <stddef.h>

/* The entry of WORDS[N] nearest to WORD (Damerau-Levenshtein, case ignored), or NULL when
   none is near enough to be meant: at most a third of the letters (of the longer word) may differ.
   The first of equals; words above 40 letters are near to none. */
const char *words_nearest(const char *word, size_t len, const char *const words[], size_t n);

#endif
