/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sentence of a language's table, with its arguments put in. Internal to words/. */
#ifndef TCPTUTOR_WORDS_SENTENCE_H
#define TCPTUTOR_WORDS_SENTENCE_H

#include "engine/trace/trace.h"

struct buf;

// clang-format off
enum saying {
#define SAY(id, text) SAY_##id,
#include "engine/words/english.def"
#undef SAY
  SAY_COUNT
};
// clang-format on

/* What the arguments are taken from. */
struct telling {
  struct buf *out;
  const struct facts *facts;
  const struct record *record; /* whose TCBs tell where sequence spaces begin; may be NULL */
  bool relative;
  enum saying result; /* of a call: the sentence for {result} */
};

void sentence_put(const struct telling *, enum saying);

/* For the tests: the text of a saying, and whether NAME may stand in braces. */
const char *sentence_text(enum saying);
bool sentence_knows(const char *name, size_t len);

#endif
