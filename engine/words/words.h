/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts -> words: the one place where sentences about events are made, when they are shown and not before.
   The sentences are in english.def.

   Nothing here is to be parsed back: who wants to know what happened asks the record. What came from
   outside is made visible (buf_put_visible); the result is harmless for a terminal. */
#ifndef TCPTUTOR_WORDS_WORDS_H
#define TCPTUTOR_WORDS_WORDS_H

#include "engine/trace/trace.h"

struct buf;

/* Each sentence there is, by its id in english.def. */
// clang-format off
enum saying {
#define SAY(id, text) SAY_##id,
#include "engine/words/english.def"
#undef SAY
  SAY_COUNT
};
// clang-format on

/* What a CALL was and what came of it, what was EXPECTED (as it was written), what was SET, what a NOTE
   remarks; nothing for other records. RELATIVE: sequence numbers as `iss+1` and `irs+1`. */
void words_record(struct buf *, const struct record *, bool relative);
/* What there was instead of what was EXPECTED; nothing when it was met, or nothing came. */
void words_found(struct buf *, const struct record *, bool relative);
/* A message that is in no record (yet), and tells no rule. */
void words_message(struct buf *, enum message, const struct facts *);

/* What a rule says, in one line, and its reason. The table of rules has them in English; another language has
   them by the rule's id, and gives them here. */
const char *words_title(const struct tcp_rule *);
const char *words_why(const struct tcp_rule *);

/* What a view fills in when it tells an event in its own way: in a line of its transcript, in a sentence for a
   screen reader, in a comment of a file. */
struct words_args {
  const char *who, *whom;  /* ends, as they are called */
  bool you;                /* WHO is the reader: "you send", not "peer sends" */
  const char *text, *more; /* as they stand */
  size_t number;
};
/* A sentence of the part of english.def that is for views; ARGS may be NULL when it has none. */
void words_say(struct buf *, enum saying, const struct words_args *args);

#endif
