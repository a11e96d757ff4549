/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How commands are written, for the parts of this folder: words, typed arguments, forms.

   A command has one form or several; a form is a row of typed arguments. The parser tries the forms in order
   and the first that fits wins; when none does, the place where the one that came furthest failed is the
   error, and what every form could have gone on with there is what was expected. Completion walks the same
   forms. */
#ifndef TCPTUTOR_COMMAND_GRAMMAR_H
#define TCPTUTOR_COMMAND_GRAMMAR_H

#include "engine/base/err.h"
#include "engine/command/command.h"

/* Part of a script: the octets of one command, without its separator and comment. Offsets are the script's.
 */
struct cursor {
  const char *script;
  size_t at, end;
};
struct token {
  size_t at, len;
};

/* The next command from *AT on; *AT moves past its separator. 1: there is one; 0: the end; -1: a quote is not
 * closed (*ERR). */
int lex_command(const char *script, size_t len, size_t *at, struct cursor *, struct err *);
/* The last command of TEXT, which is still being typed, perhaps empty. False: TEXT ends in a comment or an
 * open quote. */
bool lex_unfinished(const char *text, size_t len, struct cursor *);
/* The next word (a quoted text is part of one); false: no more, and TOKEN is the empty place at the end. */
bool lex_token(struct cursor *, struct token *);

/* X(id, how help writes it, what an error message calls it) */
// clang-format off
#define ARG_KINDS(X)                                      \
  X(NONE, "", "the end of the command") /* ends a form */ \
  X(WORD, "", "")                    /* .word itself */   \
  X(VERB, "", "a verb of the peer")  /* peer_verb_name(form->what) */ \
  X(SEGMENT, "SEGMENT", "a segment")                      \
  X(DURATION, "D", "a duration")                          \
  X(WHOSE, "you|peer", "'you' or 'peer'")                 \
  X(STATE, "STATE", "a state")                            \
  X(PORT, "PORT", "a port")                               \
  X(NUMBER, "N", "a number")                              \
  X(SEQ, "N", "a sequence number")                        \
  X(SWITCH, "on|off", "'on' or 'off'")                    \
  X(TEXT, "TEXT", "a text")                               \
  X(OCTETS, "TEXT|N", "a text or a number of octets")     \
  X(ERROR, "ERROR", "the name of an error")               \
  X(HOLD, "hold=NAME", "'hold=NAME'")                     \
  X(NAME, "NAME", "a name")                               \
  X(BACKLOG, "backlog=N", "'backlog=N'")                  \
  X(APP, "APP", "a program of the peer's")                \
  X(AT_EOF, "close=eof", "'close=eof'")                   \
  X(PEER_KEY, "KEY", "a setting of the peer's")           \
  X(PEER_VALUE, "VALUE", "a value")                       \
  X(SETTING, "KEY", "a setting")                          \
  X(VALUE, "VALUE", "a value")                            \
  X(RULE, "ID", "a rule")                                 \
  X(TOPIC, "TOPIC", "a command or a topic")               \
  X(LESSON, "LESSON", "a lesson")    /* its name goes to the call's store */ \
  X(FILE, "FILE", "a file")          /* its name goes to the call's store */
// clang-format on

enum arg_kind {
#define X(id, shown, called) ARG_##id,
  ARG_KINDS(X)
#undef X
      ARG_KIND_COUNT
};

struct command_arg {
  enum arg_kind kind;
  unsigned
      optional; /* this argument and the OPTIONAL - 1 after it may be left out together; 0: must be there */
  const char *word; /* WORD */
  const char *help; /* NULL: the form's summary says it */
};

#define FORM_ARGS_MAX 5

struct command_form {
  int what; /* SEND: enum segment_fate; WAIT, EXPECT: enum wait_kind; PEER: enum peer_verb */
  struct command_arg arg[FORM_ARGS_MAX];
  const char *summary; /* NULL: the command has one form and its summary says it */
};

/* Word I of those ARG may be (of a KEY given before it for values); false: no more, or it is not one of a
   list. WORD may point to SPACE. */
struct arg_word {
  const char *word, *help;
  char space[64];
};
bool arg_word(const struct command_form *, const struct command_arg *, const char *key, size_t i,
              struct arg_word *);
/* "[within D]" without the brackets: one argument as help writes it. */
const char *arg_shown(const struct command_form *, const struct command_arg *);
/* What an error message calls it. */
const char *arg_called(const struct command_form *, const struct command_arg *);
/* Reads ARG (the next ones of the form follow it in memory) at the cursor into the call. False: the cursor is
   where it was, *ERR says what is wrong and where; err.at beyond the first word: part of it was right. */
bool arg_read(const struct command_form *, const struct command_arg *, struct cursor *, struct command_call *,
              struct err *);
/* Where in TOKEN's text an assignment's value begins ("backlog=" 8), or 0. */
size_t arg_value_at(const struct command_arg *);

void call_init(struct command_call *);

/* Words are compared in either case. BEGINS: the first LEN letters of WORD are TEXT. */
bool word_begins(const char *word, const char *text, size_t len);
bool word_is(const char *word, const char *text, size_t len);

#endif
