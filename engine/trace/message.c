/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/trace/message.h"

struct message_row {
  const char *name;
  enum note_kind kind;
  uint32_t facts;
};

static const struct message_row messages[MESSAGE_COUNT] = {
#define X(id, name, kind, facts) [MESSAGE_##id] = {name, NOTE_##kind, facts},
    NOTES(X)
#undef X
#define X(id, name, facts) [MESSAGE_##id] = {name, NOTE_PLAIN, facts},
        FINDINGS(X)
#undef X
};

enum note_kind message_kind(enum message m) { return messages[m].kind; }
uint32_t message_facts(enum message m) { return messages[m].facts; }
const char *message_name(enum message m) { return messages[m].name; }

const char *note_kind_name(enum note_kind kind)
{
  static const char *const names[] = {
#define X(id, name) [NOTE_##id] = name,
      NOTE_KINDS(X)
#undef X
  };
  return names[kind];
}

const char *fact_name(enum fact_id fact)
{
  static const char *const names[] = {
#define X(id, name, type, member) [FACT_##id] = name,
      FACTS(X)
#undef X
  };
  return names[fact];
}

const char *answer_kind_name(enum answer_kind kind)
{
  static const char *const names[] = {
#define X(id, name) [ANSWER_##id] = name,
      ANSWER_KINDS(X)
#undef X
  };
  return names[kind];
}
