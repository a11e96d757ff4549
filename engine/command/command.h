/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The prompt's language: one parser for the prompt, -c, files, standard input, the rc file and lessons.

   One table of commands (command_table.c: names, typed arguments each with its help, texts, examples) yields
   parsing, completion, help and the manual; what a command *does* is the program's business (cli/). Parsing
   touches no wire: a whole script is parsed before anything of it is sent. Segments stay text here, checked
   with no environment, and are valued when the command runs.

   A script is octets: commands separated by `;` or newlines outside quotes; `#` where a word could begin
   starts a comment that ends with the line. Nothing here keeps state; a parsed call borrows from the script.
 */
#ifndef TCPTUTOR_COMMAND_COMMAND_H
#define TCPTUTOR_COMMAND_COMMAND_H

#include "engine/command/setting.h"
#include "engine/peer/peer.h"
#include "engine/segment/text.h"
#include "engine/trace/trace.h"

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;

/* X(id, name, alias or "", group, whose) -- only what works is in the table. A command is the DESK's when
   it is about the session (then lessons may use it, and any host has it), or the HOST's own. */
// clang-format off
#define COMMANDS(X)                              \
  X(SEND, send, "s", FORGE, DESK)                \
  X(RELEASE, release, "", FORGE, DESK)           \
  X(RESEND, resend, "", FORGE, DESK)             \
  X(LOSE, lose, "", FORGE, DESK)                 \
  X(AUTO, auto, "", FORGE, DESK)                 \
  X(OPEN, open, "", FORGE, DESK)                 \
  X(LISTEN, listen, "", FORGE, DESK)             \
  X(CLOSE, close, "", FORGE, DESK)               \
  X(ABORT, abort, "", FORGE, DESK)               \
  X(CRASH, crash, "", FORGE, DESK)               \
  X(NEW, new, "", FORGE, DESK)                   \
  X(CONNECTIONS, connections, "", FORGE, DESK)   \
  X(USE, use, "", FORGE, DESK)                   \
  X(PEER, peer, "p", PEER, DESK)                 \
  X(WAIT, wait, "w", TIME, DESK)                 \
  X(EXPECT, expect, "e", CHECK, DESK)            \
  X(STATE, state, "st", LOOK, DESK)              \
  X(LADDER, ladder, "", LOOK, DESK)              \
  X(SHOW, show, "", LOOK, DESK)                  \
  X(WHY, why, "", LOOK, DESK)                    \
  X(DIAGRAM, diagram, "", LOOK, DESK)            \
  X(SPACE, space, "", LOOK, DESK)                \
  X(TIMERS, timers, "", LOOK, DESK)              \
  X(RULES, rules, "", LOOK, DESK)                \
  X(SAVE, save, "", KEEP, HOST)                  \
  X(LESSON, lesson, "", LEARN, HOST)             \
  X(HINT, hint, "", LEARN, HOST)                 \
  X(SOLVE, solve, "", LEARN, HOST)               \
  X(SKIP, skip, "", LEARN, HOST)                 \
  X(BACK, back, "", LEARN, HOST)                 \
  X(AGAIN, again, "", LEARN, HOST)               \
  X(LEAVE, leave, "", LEARN, HOST)               \
  X(SET, set, "", SELF, DESK)                    \
  X(SOURCE, source, "", KEEP, HOST)              \
  X(HELP, help, "?", SELF, DESK)                 \
  X(HISTORY, history, "", SELF, HOST)            \
  X(QUIT, quit, "q", SELF, HOST)

/* X(id, title in the overview) */
#define COMMAND_GROUPS(X)                    \
  X(FORGE, "Forge segments")                 \
  X(PEER, "Drive the peer")                  \
  X(TIME, "Let time pass")                   \
  X(CHECK, "Check")                          \
  X(LOOK, "Look and understand")             \
  X(KEEP, "Keep and run again")              \
  X(LEARN, "Take lessons")                   \
  X(SELF, "The program itself")
// clang-format on

enum command_id {
#define X(id, name, alias, group, whose) COMMAND_##id,
  COMMANDS(X)
#undef X
      COMMAND_COUNT
};

enum command_group {
#define X(id, title) GROUP_##id,
  COMMAND_GROUPS(X)
#undef X
      GROUP_COUNT
};

struct command_form; /* the ways its arguments may be written: grammar.h */

struct command {
  enum command_id id;
  const char *name, *alias;
  enum command_group group;
  enum command_whose { COMMAND_OF_DESK, COMMAND_OF_HOST } whose;
  const char *summary; /* one line, no full stop */
  const char *text;    /* paragraphs parted by blank lines, for `help COMMAND` and the manual; NULL:
                          the summary says it all */
  const struct command_form *form; /* FORM_COUNT of them */
  size_t form_count;
  const char *const
      *examples; /* scripts that run by themselves from a fresh session and succeed; NULL ends */
};

const struct command *command_table(enum command_id);
const char *command_group_name(enum command_group);
/* By name, alias or unambiguous beginning. NULL: *ERR says nearest or ambiguous, its place is the whole name.
 */
const struct command *command_find(const char *name, size_t len, struct err *);

/* One command of a script, parsed. Texts point into the script, never into the call: a call may be copied. */
struct command_call {
  const struct command *command;
  const char *script; /* the script it stands in, borrowed */
  size_t at, len;     /* the whole command in the script, octets */
  /* What its arguments say; which fields count depends on the command. */
  const char *segment; /* SEND, WAIT, EXPECT: segment text; SEND with segment_len 0: a bare `send` */
  size_t segment_len;
  enum segment_fate fate; /* SEND */
  char name[33];          /* SEND with FATE_HELD, RELEASE; WAIT_PEER_ERROR: "ECONNRESET" */
  bool on;                /* AUTO; SKIP: it is the wait that is skipped; RULES: the differences */
  bool show_only;         /* SET, AUTO without a value: print what is set */
  uint16_t port;          /* OPEN, LISTEN, NEW: 0 none given */
  unsigned number;        /* SHOW, WHY, USE, RESEND, LOSE: 0 none given */
  usec_t duration;        /* WAIT, EXPECT: -1 none given */
  enum wait_kind {
    WAIT_TIME,
    WAIT_2MSL,
    WAIT_SEGMENT,
    WAIT_NOTHING,
    WAIT_STATE,
    WAIT_PEER_READ,
    WAIT_PEER_ERROR
  } wait;
  enum end end;         /* WAIT_STATE */
  enum tcp_state state; /* WAIT_STATE; RULES: STATE_COUNT none given */
  struct peer_request
      peer;          /* PEER, without pair, data and value: those are STORE (or, with `send N`, LEN octets of
                        segment_filler()) and PEER_VALUE, to be set by whoever makes the call */
  char key[48];      /* SET, PEER set: the setting; HELP: topic; RULES: a rule's id; "" none given */
  const char *value; /* SET: the value, blanks cut off; NULL: none given */
  size_t value_len;
  char peer_value[64]; /* PEER set */
  uint8_t store[2048]; /* decoded text: peer send, expect peer read; the name of a FILE, which leaves room for
                          a NUL */
  size_t store_len;
};

/* Parses the command at *AT of SCRIPT[LEN] and moves *AT past it (and its `;` or newline). Blank lines and #
   comments are skipped. Returns 1: one parsed; 0: the end; -1: wrong, *ERR has place (offset in the script),
   found, expected, nearest word, and *AT is past the wrong command. */
int command_parse(const char *script, size_t len, size_t *at, struct command_call *, struct err *);
/* Line and column (from 1, columns in characters) of octet AT. It counts from the beginning of the script:
   ask for the places that are shown, not for every command's. */
void command_place(const char *script, size_t len, size_t at, unsigned *line, unsigned *column);

/* The line of its script that a call begins in, from 1; counted likewise. */
unsigned command_line(const struct command_call *);

/* Completion: calls CANDIDATE with every word that may stand where TEXT[0…CURSOR) ends, once each. The word
   begun is TEXT[*START…CURSOR). HELP is a line about the candidate, may be NULL. WORD and HELP are valid
   during the call. A word that ends in `=` wants a value behind it. True: a file's name may stand there as
   well, which only the caller can complete. */
typedef void command_candidate(void *ctx, const char *word, const char *help);
bool command_complete(const char *text, size_t cursor, size_t *start, command_candidate *, void *ctx);

/* Help, laid out for COLUMNS: the overview; one command or topic (segment, fields, values, flags, states,
   peer, settings, …). False: no such topic, *ERR says the nearest. */
void command_help_overview(unsigned columns, struct buf *);
bool command_help(const char *topic, size_t len, unsigned columns, struct buf *, struct err *);
/* How it is written, a line a form: "wait D\nwait 2msl\n…". */
void command_usage(const struct command *, struct buf *);
/* Topic INDEX of `help` besides the commands, or NULL. */
const char *command_topic_name(size_t index);
#define TOPIC_INTERVIEW "interview" /* whose questions are the lessons' */
/* The topic `help NAME` explains, in full; NULL: none, but perhaps a command. */
const char *command_topic_find(const char *name, size_t len);
const char *command_topic_summary(size_t index);

#endif
