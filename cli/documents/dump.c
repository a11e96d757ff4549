/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/documents/dump.h"

#include "cli/options.h"
#include "engine/base/buf.h"
#include "engine/command/manual.h"
#include "engine/command/roff.h"
#include "engine/tcp/profile.h"
#include "engine/trace/heap_buf.h"

#include <string.h>

#include "config.h"

/* The keys of the objects that --json prints. X(key, in which events, meaning); tests/cli/manual.py compares
   them with those the program prints. */
// clang-format off
#define JSON_KEYS(X)                                                                                               \
  X("t", "all but rule", "seconds since the session began")                                                        \
  X("event", "all", "'segment', 'state', 'call', 'timer', 'truth', 'expect', 'setting', 'note' or 'rule'")         \
  X("connection", "all but rule", "the connection's number, from 1; none where it concerns them all")              \
  X("n", "segment", "its number, from 1, as 'show' and 'why' take it")                                             \
  X("dir", "segment", "'out', sent by you, or 'in', sent by the peer")                                             \
  X("fate", "segment", "'sent', 'lost', 'held', 'stray' or 'kernel'")                                                      \
  X("src", "segment", "the address it says it comes from")                                                         \
  X("sport", "segment", "and the port")                                                                            \
  X("dst", "segment", "the address it goes to")                                                                    \
  X("dport", "segment", "and the port")                                                                            \
  X("flags", "segment", "a list of the control bits that are set: 'SYN', 'ACK', ...")                              \
  X("seq", "segment", "the sequence number")                                                                       \
  X("ack", "segment", "the acknowledgment number, 0 without ACK")                                                  \
  X("win", "segment", "the window, as in the header, not scaled")                                                  \
  X("len", "segment", "octets of payload")                                                                         \
  X("options", "segment", "a list of the options, each as it is typed: 'mss=1460', 'sackok', ...")                 \
  X("rules", "segment", "a list of the rules that fired, at its sender and then at its receiver")                  \
  X("predicted", "segment", "of an arrival: true when the peer's shadow said so before, false when not; else null") \
  X("end", "state, call, timer, truth, note", "'you' or 'peer'")                                                   \
  X("from", "state", "the state before")                                                                           \
  X("to", "state", "the state after")                                                                              \
  X("truth", "state", "'confirmed' or 'denied' by the end's own system, or 'unasked'")                             \
  X("rule", "state, timer, note", "the rule that led there, or null")                                              \
  X("cite", "state, timer, note, rule", "RFC and section, or null")                                                \
  X("state", "truth", "the state as the peer's own system tells it")                                               \
  X("timer", "timer", "which timer ran out")                                                                       \
  X("ok", "call, truth, expect", "whether the call succeeded (null: pending), the states agree, it was as expected") \
  X("text", "call, expect, setting, note", "what was called, expected, set or remarked, in words")                 \
  X("code", "call, expect, setting, note", "a name for it that stays, whatever the words: the verb that was called, "\
    "what there was instead of what was expected, which setting, which remark; null: nothing")                     \
  X("args", "call, expect, setting, note", "the facts the words are made of, an object; see below")                \
  X("found", "expect", "what there was instead, or null")                                                          \
  X("note", "note", "'plain', 'owed', 'wrong', 'explained', 'unexplained', 'signal' or 'silence'")                 \
  X("id", "rule", "the rule's name, which does not change from version to version")                                \
  X("procedure", "rule", "the procedure of RFC 9293 3.10 it belongs to")                                           \
  X("step", "rule", "its check within the procedure")                                                              \
  X("states", "rule", "a list of the states in which it applies")                                                  \
  X("next", "rule", "the state it leads to; null: the same")                                                       \
  X("profile", "rule", "'rfc9293', 'linux', 'both', or a profile that leaves a rule out")                          \
  X("stands", "rule", "'before', 'after' or 'instead': where a rule of Linux's stands; null: it is the RFC's")              \
  X("amends", "rule", "a list of the RFC's rules that it does so with")                                            \
  X("title", "rule", "what it says, in one line")                                                                  \
  X("why", "rule", "its reason, in words")

/* The arguments among them. X(key, meaning); tests/cli/manual.py likewise. */
#define JSON_ARGUMENTS(X)                                                                                          \
  X("outcome", "of a call: 'done', 'pending' or 'failed'")                                                         \
  X("error", "the error's name, 'ECONNRESET' for one, or null")                                                    \
  X("returns", "whether it is the end of a call that was pending before")                                          \
  X("by_app", "whether the peer's little program called by itself")                                                \
  X("octets", "how many")                                                                                          \
  X("wanted", "how many there should be")                                                                          \
  X("data", "the octets, as a quoted text of a segment has them")                                                  \
  X("unread", "close: whether octets were left unread")                                                            \
  X("stale", "close, abort: whether the connection was over before")                                               \
  X("state", "a state")                                                                                            \
  X("predicted", "the state the shadow is in")                                                                     \
  X("listening", "status: a listener covers the pair, and nothing more is there")                                  \
  X("held", "status: a process has the socket")                                                                    \
  X("received", "status: octets to be read, or connections to be accepted")                                        \
  X("sent", "status: octets not acknowledged, or how many connections may wait")                                   \
  X("timer", "status: the timer that runs, or null")                                                               \
  X("left", "and the seconds left")                                                                                \
  X("retransmits", "status: how often it has sent again")                                                          \
  X("name", "'peer set': of what")                                                                                 \
  X("value", "of a setting: what it is now")                                                                       \
  X("number", "'peer isn': the ISN")                                                                               \
  X("flags", "a list of control bits")                                                                             \
  X("signal", "what a user is told, by RFC 9293's event: 'RESET', 'REFUSED' or 'ABORTED_TIMEOUT'")                 \
  X("connection", "a connection, by its number")                                                                   \
  X("address", "a host")                                                                                           \
  X("port", "a port")                                                                                              \
  X("system", "the kernel the peer is, '6.18' for one; null: tcptutor's own machine")                              \
  X("taken", "the ISN that the kernel took")                                                                       \
  X("shift", "what the wire adds to the peer's numbers")                                                           \
  X("answer", "what a TCP answers, or would: an object of kind ('segment', 'taken', 'counted', 'dropped' "         \
    "or 'silence'), from and to (states), flags, seq and ack (null: none, or not foretold)")                       \
  X("by_rfc", "the same, had it gone by RFC 9293 alone")                                                           \
  X("segment", "a segment, by its number")                                                                         \
  X("later", "another, that was as expected")                                                                      \
  X("pattern", "what it was held against, as it was typed")

/* X(name, meaning) */
#define ENVIRONMENT(X)                                                                                             \
  X("TCPTUTOR_LESSONS", "folders, parted by colons, in which lessons are looked for first")                        \
  X("XDG_DATA_HOME", "tcptutor/lessons below it (~/.local/share) is looked through next")                          \
  X("XDG_DATA_DIRS", "and then below each of these")                                                               \
  X("XDG_CONFIG_HOME", "tcptutor/rc below it (~/.config) is the rc file")                                          \
  X("XDG_STATE_HOME", "tcptutor/history below it (~/.local/state) is the history")                                 \
  X("HOME", "where the folders above are when they are not set")                                                   \
  X("NO_COLOR", "when set and not empty, no colours unless '--color' asks for them")                               \
  X("TERM", "'dumb': no colours, nothing erased or redrawn")                                                       \
  X("COLUMNS", "how wide to write where standard output is no terminal; 80 when not set")                          \
  X("LC_ALL, LC_CTYPE, LANG", "whether UTF-8 can be shown; else everything is drawn in ASCII")                     \
  X("INPUTRC", "readline's settings, see readline(3); the application is called tcptutor there")

/* X(name, meaning) */
#define FILES(X)                                                                                                   \
  X("~/.config/tcptutor/rc", "commands run when a session at the prompt begins; see 'source' above. A file that "  \
    "is wrong is reported and not run")                                                                            \
  X("~/.local/state/tcptutor/history", "what was typed at the prompt, the last 1000 lines and more; sessions side " \
    "by side share it")

/* X(shell command, meaning). Run by the tests. */
#define SHELL_EXAMPLES(X)                                                                                          \
  X("tcptutor -c 'send SYN; expect SYN,ACK; send; expect peer ESTABLISHED'",                                       \
    "Open a connection by hand, and check that the kernel at the other end agrees:")                               \
  X("tcptutor --json -c 'send SYN; expect SYN,ACK' | grep '\"event\":\"state\"'",                                  \
    "The changes of state, for a program to read:")                                                                \
  X("tcptutor --wire model -c 'auto on; open; close; peer close; wait 2msl; expect you CLOSED'",                   \
    "A whole connection with its 2MSL, in no time, in virtual time:")                                              \
  X("echo 'send RST; expect nothing' | tcptutor",                                                                  \
    "A script from standard input:")
// clang-format on

/* A table of NAME, MEANING, a row an item; EVENTS may be NULL. */
static void put_item(const char *name, const char *events, const char *meaning, struct buf *b)
{
  buf_printf(b, ".TP\n\\fB");
  roff_line(name, strlen(name), b);
  buf_puts(b, "\\fP");
  if (events) buf_printf(b, " (%s)", events);
  buf_putc(b, '\n');
  roff_line(meaning, strlen(meaning), b);
  buf_puts(b, ".\n");
}

static void put_synopsis(struct buf *b)
{
  struct verb_row verb;
  buf_puts(b, ".SH SYNOPSIS\n\\fBtcptutor\\fP [\\fIOPTION\\fP]... [\\fIFILE\\fP|\\fB\\-\\fP]\n");
  for (size_t i = 0; options_verb(i, &verb); i++) {
    buf_printf(b, ".br\n\\fBtcptutor\\fP [\\fIOPTION\\fP]... \\fB%s\\fP ", verb.name);
    roff_usage(verb.arguments, strlen(verb.arguments), b);
    buf_putc(b, '\n');
  }
}

static void put_options(struct buf *b)
{
  struct option_row o;
  struct verb_row verb;
  buf_puts(b, ".SH OPTIONS\n");
  for (size_t i = 0; options_option(i, &o); i++) {
    const char *a = o.argument;
    buf_puts(b, ".TP\n");
    if (o.letter) buf_printf(b, "\\fB\\-%c\\fP, ", o.letter);
    buf_puts(b, "\\fB\\-\\-");
    roff_line(o.name, strlen(o.name), b);
    buf_puts(b, a && *a == '[' ? "\\fP[=" : a ? "\\fP=" : "\\fP");
    if (a) roff_usage(*a == '[' ? a + 1 : a, strlen(a) - (*a == '['), b);
    buf_putc(b, '\n');
    roff_line(o.help, strlen(o.help), b);
    buf_puts(b, ".\n");
  }
  buf_puts(b, ".PP\nA word in place of \\fIFILE\\fP:\n");
  for (size_t i = 0; options_verb(i, &verb); i++) {
    buf_printf(b, ".TP\n\\fB%s\\fP ", verb.name);
    roff_usage(verb.arguments, strlen(verb.arguments), b);
    buf_putc(b, '\n');
    roff_line(verb.help, strlen(verb.help), b);
    buf_puts(b, ".\n");
  }
}

static void put_json(struct buf *b)
{
  buf_puts(
      b, ".SH JSON OUTPUT\nWhat happens, with \\fB\\-\\-json\\fP and in a file called "
         "\\fINAME\\fP.json, is an object a line, in UTF\\-8, each with those of these keys that make sense "
         "for it; with \\fB\\-\\-json\\fP \\fBwhy\\fP and \\fBrules\\fP print rules:\n");
#define X(key, events, meaning) put_item(key, events, meaning, b);
  JSON_KEYS(X)
#undef X
  buf_puts(b, ".PP\nKeys of \\fBargs\\fP, of which each code has some:\n");
#define X(key, meaning) put_item(key, NULL, meaning, b);
  JSON_ARGUMENTS(X)
#undef X
}

static void put_rest(struct buf *b)
{
  buf_puts(b, ".SH EXIT STATUS\n");
  put_item("0", NULL, "all is well", b);
  put_item("1", NULL, "an expectation, a wait, a lesson or a check failed, or output could not be written",
           b);
  put_item("2", NULL, "the command line, a line of a script or a lesson was wrong; nothing has been sent", b);
  put_item("3", NULL, "the wire asked for is not to be had here; 'tcptutor doctor' says why", b);
  buf_puts(b, ".SH ENVIRONMENT\n");
#define X(name, meaning) put_item(name, NULL, meaning, b);
  ENVIRONMENT(X)
#undef X
  buf_puts(b, ".SH FILES\n");
#define X(name, meaning) put_item(name, NULL, meaning, b);
  FILES(X)
#undef X
  buf_puts(b, ".SH EXAMPLES\n");
#define X(command, meaning)                                                                                  \
  buf_puts(b, ".PP\n" meaning "\n");                                                                         \
  roff_text("> " command, strlen("> " command), ".PP", 0, b);
  SHELL_EXAMPLES(X)
#undef X
  buf_puts(b, ".SH SEE ALSO\n\\fBtcp\\fP(7), \\fBnetwork_namespaces\\fP(7), \\fBtcpdump\\fP(1), "
              "\\fBwireshark\\fP(1)\n.PP\nRFC 9293, Transmission Control Protocol (TCP)\n");
}

static void dump_man(struct buf *b)
{
  buf_puts(b, ".\\\" SPDX-License-Identifier: GPL-3.0-or-later\n"
              ".\\\" Made by tcptutor --dump=man.\n"
              ".TH TCPTUTOR 1 \"\" \"tcptutor " PACKAGE_VERSION "\" \"User Commands\"\n"
              ".SH NAME\ntcptutor \\- forge TCP segments by hand and watch a living TCP answer\n");
  put_synopsis(b);
  buf_puts(
      b,
      ".SH DESCRIPTION\n"
      "A prompt at which one forges a TCP segment at a time, sends it to a living TCP, and sees on both ends "
      "which state it led to and which rule of RFC\\ 9293 says so. The other end is the running Linux "
      "kernel, in a private network that no segment leaves and for which no privilege is needed "
      "(\\fB\\-\\-wire lab\\fP), or a machine of tcptutor's own in virtual time (\\fB\\-\\-wire "
      "model\\fP).\n.PP\n"
      "Without \\fIFILE\\fP, at a terminal, a prompt; with \\fIFILE\\fP, or with standard input that is no "
      "terminal, a script. At the prompt Tab completes and \\fBhelp\\fP explains.\n");
  put_options(b);
  manual_commands(b);
  manual_topics(b);
  put_json(b);
  put_rest(b);
}

/* The words a value may be; nothing when it is not one of a list. */
static void put_words(const struct option_row *o, struct buf *b)
{
  if (strcmp(o->name, "profile") == 0) {
    const struct tcp_profile *p;
    for (size_t i = 0; (p = tcp_profile_at(i)) != NULL; i++) buf_printf(b, "%s%s", i ? " " : "", p->name);
    return;
  }
  const char *a = o->argument ? o->argument : "";
  a += *a == '[';
  if (*a < 'a' || *a > 'z') return;
  for (; *a && *a != ']'; a++) buf_putc(b, *a == '|' ? ' ' : *a);
}

/* A case of the completion's switch over options with a value. */
static void put_case(const struct option_row *o, struct buf *b)
{
  if (!o->argument) return;
  buf_printf(b, "    --%s", o->name);
  if (o->letter) buf_printf(b, " | -%c", o->letter);
  buf_puts(b, ")\n");
  struct buf words;
  heap_buf_init(&words);
  put_words(o, &words);
  if (strcmp(o->argument, "FILE") == 0)
    buf_puts(
        b,
        "      compopt -o filenames 2>/dev/null\n      mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n");
  else if (strcmp(o->argument, "COMMANDS") == 0)
    buf_puts(b, "      mapfile -t COMPREPLY < <(compgen -W \"$commands\" -- \"$cur\")\n");
  else if (words.len > 0)
    buf_printf(b, "      mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\")\n", words.data);
  buf_puts(b, "      return\n      ;;\n");
  heap_buf_free(&words);
}

static void dump_bash(struct buf *b)
{
  struct option_row o;
  struct verb_row verb;
  buf_puts(b, "# SPDX-License-Identifier: GPL-3.0-or-later\n"
              "# bash completion for tcptutor. Made by tcptutor --dump=bash-completion.\n"
              "_tcptutor()\n{\n"
              "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} option= verb= word\n"
              "  local commands='");
  for (size_t i = 0; i < COMMAND_COUNT; i++)
    buf_printf(b, "%s%s", i ? " " : "", command_table((enum command_id)i)->name);
  buf_puts(b, "' verbs='");
  for (size_t i = 0; options_verb(i, &verb); i++) buf_printf(b, "%s%s", i ? " " : "", verb.name);
  buf_puts(b, "' lessons='");
  for (size_t i = 0, n = 0; options_verb(i, &verb); i++)
    if (strstr(verb.arguments, "LESSON")) buf_printf(b, "%s%s", n++ ? " " : "", verb.name);
  buf_puts(b, "'\n  COMPREPLY=()\n"
              "  # '=' is a word of its own in COMP_WORDS\n"
              "  if [[ $cur == = ]]; then\n    option=$prev cur=\n"
              "  elif [[ $prev == = ]]; then\n    option=${COMP_WORDS[COMP_CWORD - 2]}\n"
              "  else\n    case $prev in\n      ");
  for (size_t i = 0, n = 0; options_option(i, &o); i++) {
    if (!o.argument || *o.argument == '[') continue;
    buf_printf(b, "%s--%s", n++ ? " | " : "", o.name);
    if (o.letter) buf_printf(b, " | -%c", o.letter);
  }
  buf_puts(b, ") option=$prev ;;\n    esac\n  fi\n  case $option in\n");
  for (size_t i = 0; options_option(i, &o); i++) put_case(&o, b);
  buf_puts(b, "  esac\n  if [[ $cur == -* ]]; then\n    mapfile -t COMPREPLY < <(compgen -W '");
  for (size_t i = 0; options_option(i, &o); i++)
    buf_printf(b, "%s--%s%s", i ? " " : "", o.name, o.argument && *o.argument != '[' ? "=" : "");
  buf_puts(b, "' -- \"$cur\")\n"
              "    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null\n"
              "    return\n  fi\n"
              "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
              "    [[ \" $verbs \" == *\" $word \"* ]] && verb=$word\n  done\n"
              "  if [[ $verb && \" $lessons \" != *\" $verb \"* ]]; then\n    return\n  fi\n"
              "  local words=$verbs\n"
              "  if [[ $verb ]]; then\n"
              "    words=$(\"${COMP_WORDS[0]}\" play 2>/dev/null </dev/null | while read -r word _; do echo "
              "\"$word\"; "
              "done)\n  fi\n"
              "  compopt -o filenames 2>/dev/null\n"
              "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\"; compgen -f -- \"$cur\")\n"
              "}\ncomplete -F _tcptutor tcptutor\n");
}

bool dump(const char *what, struct buf *b)
{
  if (strcmp(what, "man") == 0)
    dump_man(b);
  else if (strcmp(what, "bash-completion") == 0)
    dump_bash(b);
  else
    return false;
  return true;
}
