/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sentence of a language's table, with its arguments put in. Internal to words/. */
#ifndef TCPTUTOR_WORDS_SENTENCE_H
#define TCPTUTOR_WORDS_SENTENCE_H

#include "engine/words/words.h"

/* What the arguments are taken from; a sentence needs those that stand in it. */
struct telling {
  struct buf *out;
  const struct facts *facts;
  const struct record
      *record; /* whose TCBs tell where sequence spaces begin; NULL: nobody's, numbers are whole */
  const struct tcp_rule *rule;    /* {title} */
  const struct record_call *call; /* {status} and what is in it */
  const struct answer *answer;    /* {from} {to} {reply} {reply flags} */
  const struct words_args *args;  /* of a view */
  enum saying result;             /* {result} of a call */
  bool relative;
  const char *field, *found, *expected; /* {field} {found} {expected} of a difference */
  uint32_t distance;
};

void sentence_put(const struct telling *, enum saying);

/* For the tests: the text of a saying; whether NAME may stand in braces, and which facts it tells
   (FACT_BIT()s). */
const char *sentence_text(enum saying);
bool sentence_knows(const char *name, size_t len, uint32_t *facts);

#endif
