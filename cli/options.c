/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/options.h"

#include "cli/documents/dump.h"
#include "cli/files/save.h"
#include "cli/prompt/terminal.h"
#include "engine/base/buf.h"
#include "engine/base/words.h"
#include "engine/command/command.h"
#include "engine/command/layout.h"
#include "engine/trace/heap_buf.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

/* X(id, name, letter or 0, argument or NULL, help). An argument in brackets may be left out. */
// clang-format off
#define OPTIONS(X)                                                                                              \
  X(COMMAND, "command", 'c', "COMMANDS", "run COMMANDS and exit; ';' or a new line stands between two")         \
  X(WIRE, "wire", 0, "lab|model", "where segments go: lab, the Linux kernel's own TCP in a private network; model, tcptutor's own machine in virtual time") \
  X(PROFILE, "profile", 0, "NAME", "whose rules the model follows: rfc9293, linux, or without one of them: two-way, no-time-wait, no-challenge-ack") \
  X(JSON, "json", 0, NULL, "print what happens as JSON, an object a line, and nothing else on standard output") \
  X(COLOR, "color", 0, "[auto|always|never]", "colours: auto is on a terminal unless NO_COLOR is set")         \
  X(ASCII, "ascii", 0, NULL, "draw with ASCII characters only")                                                 \
  X(SEED, "seed", 0, "N", "choose initial sequence numbers by this seed, the same every time")                  \
  X(SAVE, "save", 0, "FILE", "write what happens to FILE while it happens, for Wireshark (.pcap, .pcapng), to look at (.svg, .html) or to read (.txt, .json); what FILE held is overwritten, and a FIFO can be followed (one gets a picture at the end)") \
  X(SPEED, "speed", 0, "X", "with play: X times as fast; 0 does not wait at all")                               \
  X(NO_RC, "no-rc", 0, NULL, "do not run the file rc at the start of a session at the prompt")                  \
  X(NEW, "new", 0, "FILE", "with learn: write a lesson to begin with to FILE, commented")                        \
  X(SKIP, "skip", 0, "slow", "with check: leave out what takes real time, the blocks marked slow")              \
  X(ANSWERS, "answers", 0, "FILE", "with check: grade a student's commands in FILE, step by step")              \
  X(COVERAGE, "coverage", 0, NULL, "with check: say which rules and which changes of state were walked")        \
  X(HELP, "help", 'h', NULL, "print this and exit")                                                             \
  X(VERSION, "version", 'V', NULL, "print the version and exit")

/* X(name, arguments, help) */
#define VERBS(X)                                                                       \
  X("learn", "[LESSON]", "take a lesson; without LESSON: the next that is not finished") \
  X("play", "[LESSON]", "watch a lesson type itself; without LESSON: which there are") \
  X("check", "[LESSON]...", "run lessons, or all of them, as tests, reported in TAP")  \
  X("lint", "[LESSON]...", "proof-read lessons, or all of them, for their authors")    \
  X("doctor", "", "say what works here, what is missing and how to get it")
// clang-format on

enum option_id {
#define X(id, name, letter, argument, help) OPTION_##id,
  OPTIONS(X)
#undef X
      OPTION_COUNT
};

static const struct option_row table[OPTION_COUNT] = {
#define X(id, name, letter, argument, help) {name, argument, help, letter},
    OPTIONS(X)
#undef X
};

static const struct verb_row verbs[] = {
#define X(name, arguments, help) {name, arguments, help},
    VERBS(X)
#undef X
};
#define VERB_COUNT (sizeof verbs / sizeof verbs[0])

bool options_option(size_t i, struct option_row *row)
{
  if (i < OPTION_COUNT) *row = table[i];
  return i < OPTION_COUNT;
}

bool options_verb(size_t i, struct verb_row *row)
{
  if (i < VERB_COUNT) *row = verbs[i];
  return i < VERB_COUNT;
}

#define FIRST_LONG 256 /* what getopt_long() returns for option 0 */

static int mistake(const char *hint, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int mistake(const char *hint, const char *format, ...)
{
  char text[300], shown[200];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  fprintf(stderr, "tcptutor: %s\n", buf_show(shown, sizeof shown, text, strlen(text)));
  fprintf(stderr, "  %s\n", hint);
  return EXIT_USAGE;
}

static void print_help(void)
{
  struct buf raw, out;
  heap_buf_init(&raw);
  heap_buf_init(&out);
  buf_puts(&raw, "Usage: tcptutor [OPTION]... [FILE|-]\n");
  for (size_t i = 0; i < VERB_COUNT; i++)
    buf_printf(&raw, "       tcptutor %s%s%s\n", verbs[i].name, *verbs[i].arguments ? " " : "",
               verbs[i].arguments);
  buf_puts(&raw,
           "\nForge TCP segments by hand and watch a living TCP answer. Without FILE a prompt; with FILE, or "
           "standard input that is no terminal, a script.\n\n");
  for (size_t i = 0; i < VERB_COUNT; i++) buf_printf(&raw, "  %s\t%s\n", verbs[i].name, verbs[i].help);
  buf_puts(&raw, "\nOptions:\n");
  for (size_t i = 0; i < OPTION_COUNT; i++) {
    const char *a = table[i].argument;
    if (table[i].letter)
      buf_printf(&raw, "  -%c, ", table[i].letter);
    else
      buf_puts(&raw, "      ");
    buf_printf(&raw, "--%s", table[i].name);
    if (a && *a == '[') buf_printf(&raw, "[=%s", a + 1);
    if (a && *a != '[') buf_printf(&raw, "=%s", a);
    buf_printf(&raw, "\t%s\n", table[i].help);
  }
  buf_puts(&raw, "\nExit status: 0 all is well; 1 an expectation, a lesson or a check failed; 2 the command "
                 "line or a line "
                 "of the script is wrong; 3 the wire is not to be had here (tcptutor doctor says why).\n"
                 "\nAt the prompt 'help' explains the commands. For example:\n"
                 ">  tcptutor -c 'send SYN; expect SYN,ACK; send; expect peer ESTABLISHED'\n");
  layout(raw.data, raw.len, terminal_columns(), &out);
  fwrite(out.data, 1, out.len, stdout);
  heap_buf_free(&raw);
  heap_buf_free(&out);
}

static void print_version(void)
{
  puts("tcptutor " PACKAGE_VERSION "\n"
       "License GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.\n"
       "This is free software: you are free to change and redistribute it. There is NO WARRANTY.");
}

static const char *nearest(const char *word, const char *const *words, size_t n, char *hint, size_t cap,
                           const char *otherwise)
{
  const char *found = words_nearest(word, strlen(word), words, n);
  if (found)
    snprintf(hint, cap, "did you mean '%s'?", found);
  else
    snprintf(hint, cap, "%s", otherwise);
  return hint;
}

/* getopt_long() refused ARGUMENT. */
static int unknown_option(const char *argument, int letter)
{
  char names[OPTION_COUNT][24], hint[96], word[48];
  const char *words[OPTION_COUNT];
  for (size_t i = 0; i < OPTION_COUNT; i++) {
    snprintf(names[i], sizeof names[i], "--%s", table[i].name);
    words[i] = names[i];
  }
  if (argument[0] == '-' && argument[1] != '-' && letter)
    return mistake("'tcptutor --help' lists the options", "unknown option '-%c'", letter);
  snprintf(word, sizeof word, "%.*s", (int)strcspn(argument, "="), argument);
  for (size_t i = 0; i < OPTION_COUNT; i++)
    if (strcmp(word, words[i]) == 0)
      return mistake("'tcptutor --help' shows how it is written", "option '%s' takes no value", word);
  size_t begun = 0;
  for (size_t i = 0; i < OPTION_COUNT; i++) begun += strncmp(word, words[i], strlen(word)) == 0;
  if (begun > 1) return mistake("'tcptutor --help' lists the options", "option '%s' could be several", word);
  return mistake(nearest(word, words, OPTION_COUNT, hint, sizeof hint, "'tcptutor --help' lists the options"),
                 "unknown option '%s'", word);
}

static int choose(const char *option, const char *value, const char *const *words, size_t n, int *choice)
{
  char hint[128], list[96] = "";
  for (size_t i = 0; i < n; i++) {
    if (strcmp(words[i], value) == 0) {
      *choice = (int)i;
      return -1;
    }
    size_t used = strlen(list);
    snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ", words[i]);
  }
  char otherwise[128];
  snprintf(otherwise, sizeof otherwise, "expected %s", list);
  return mistake(nearest(value, words, n, hint, sizeof hint, otherwise), "--%s has no value '%s'", option,
                 value);
}

static int read_seed(const char *value, struct options *o)
{
  char *end;
  errno = 0;
  unsigned long long n = strtoull(value, &end, 0);
  if (*value < '0' || *value > '9' || *end || errno)
    return mistake("a number like 7 or 0x1f, at most 18446744073709551615", "--seed: '%s' is not a seed",
                   value);
  o->seed = n;
  o->have_seed = true;
  return -1;
}

static int read_save(const char *value, struct options *o)
{
  struct err err;
  if (o->save) return mistake("one FILE at a time", "--save is given twice");
  if (!save_name_ok(value, &err)) return mistake(err.hint, "--save: %s", err.message);
  o->save = value;
  return -1;
}

static int read_speed(const char *value, struct options *o)
{
  char *end;
  double x = strtod(value, &end);
  if (*value < '0' || *value > '9' || *end || !isfinite(x) || x > 1000)
    return mistake("a number from 0 to 1000: 2 is twice as fast, 0.5 half as fast",
                   "--speed: '%s' is not a speed", value);
  o->speed = x;
  o->have_speed = true;
  return -1;
}

static int read_profile(const char *value, struct options *o)
{
  const char *names[16];
  size_t n = 0;
  for (const struct tcp_profile *p; n < 16 && (p = tcp_profile_at(n)); n++) names[n] = p->name;
  int choice;
  o->profile = value;
  return choose("profile", value, names, n, &choice);
}

static int apply(enum option_id id, const char *value, struct options *o)
{
  static const char *const wires[] = {"lab", "model"}, *const whens[] = {"never", "always", "auto"};
  int choice = 0, status;
  switch (id) {
  case OPTION_COMMAND:
    if (o->script) return mistake("put ';' between commands", "-c is given twice");
    o->script = value;
    return -1;
  case OPTION_WIRE:
    status = choose("wire", value, wires, 2, &choice);
    o->wire = choice == 1 ? WIRE_MODEL : WIRE_LAB;
    return status;
  case OPTION_PROFILE:
    return read_profile(value, o);
  case OPTION_JSON:
    o->json = true;
    return -1;
  case OPTION_COLOR:
    status = value ? choose("color", value, whens, 3, &choice) : -1;
    o->color = !value ? 1 : choice == 2 ? -1 : choice;
    return status;
  case OPTION_ASCII:
    o->ascii = true;
    return -1;
  case OPTION_SEED:
    return read_seed(value, o);
  case OPTION_SAVE:
    return read_save(value, o);
  case OPTION_SPEED:
    return read_speed(value, o);
  case OPTION_NO_RC:
    o->no_rc = true;
    return -1;
  case OPTION_NEW:
    o->new_file = value;
    return -1;
  case OPTION_SKIP:
    o->skip_slow = true;
    return choose("skip", value, (const char *const[]){"slow"}, 1, &choice);
  case OPTION_ANSWERS:
    o->answers = value;
    return -1;
  case OPTION_COVERAGE:
    o->coverage = true;
    return -1;
  case OPTION_HELP:
    print_help();
    return EXIT_OK;
  case OPTION_VERSION:
    print_version();
    return EXIT_OK;
  case OPTION_COUNT:
    break;
  }
  return EXIT_USAGE;
}

bool options_command(const char *word)
{
  struct err unused;
  err_clear(&unused);
  const struct command *command = command_find(word, strlen(word), &unused);
  return command && strcmp(command->name, word) == 0;
}

/* What is left after the options: a verb and its arguments, or one FILE. */
static int read_rest(char **rest, int count, struct options *o)
{
  o->argument = rest;
  o->argument_count = count;
  if (count == 0) return -1;
  for (size_t i = 0; i < VERB_COUNT && !o->script; i++)
    if (strcmp(rest[0], verbs[i].name) == 0) {
      o->verb = verbs[i].name;
      o->argument++;
      o->argument_count--;
      if (!*verbs[i].arguments && o->argument_count > 0)
        return mistake("it takes no argument", "%s: '%s' is too much", verbs[i].name, o->argument[0]);
      return -1;
    }
  if (o->script)
    return mistake("a script comes from one place", "-c and the file '%s' are both given", rest[0]);
  if (count > 1 && options_command(rest[0]) && access(rest[0], F_OK) < 0)
    return mistake("type it there, or between quotes after -c", "'%s' is a command of the prompt", rest[0]);
  if (count > 1) return mistake("one FILE at a time; '-' is standard input", "'%s' is too much", rest[1]);
  return -1;
}

/* `--dump=WHAT` alone: for the build, and not among the options. */
static int print_dump(const char *what)
{
  struct buf b;
  heap_buf_init(&b);
  bool done = dump(what, &b) && !b.truncated;
  if (done) fwrite(b.data, 1, b.len, stdout);
  heap_buf_free(&b);
  return done ? EXIT_OK : mistake("'man' or 'bash-completion'", "--dump: there is no '%s'", what);
}

int options_parse(int argc, char **argv, struct options *o)
{
  if (argc == 2 && strncmp(argv[1], "--dump=", 7) == 0) return print_dump(argv[1] + 7);
  struct option longs[OPTION_COUNT + 1] = {{0}};
  char shorts[2 * OPTION_COUNT + 2] = ":";
  *o = (struct options){.color = -1, .speed = 1};
  for (int i = 0; i < OPTION_COUNT; i++) {
    const char *a = table[i].argument;
    longs[i] = (struct option){table[i].name,
                               !a          ? no_argument
                               : *a == '[' ? optional_argument
                                           : required_argument,
                               NULL, FIRST_LONG + i};
    char letter[3] = {(char)table[i].letter, a ? ':' : '\0', '\0'};
    strcat(shorts, letter);
  }
  opterr = 0;
  for (;;) {
    int before = optind, status;
    int found = getopt_long(argc, argv, shorts, longs, NULL);
    if (found == -1) break;
    const char *argument = argv[before < argc ? optind - 1 : argc - 1];
    if (found == ':')
      return mistake("'tcptutor --help' shows how it is written", "option '%s' lacks its value", argument);
    if (found == '?') return unknown_option(argument, optopt < FIRST_LONG ? optopt : 0);
    int id = found >= FIRST_LONG ? found - FIRST_LONG : -1;
    for (int i = 0; id < 0 && i < OPTION_COUNT; i++)
      if (table[i].letter == found) id = i;
    if ((status = apply((enum option_id)id, optarg, o)) >= 0) return status;
  }
  if (o->profile && o->wire != WIRE_MODEL)
    return mistake("'--wire model' has a machine that can follow it",
                   "--profile: the lab's peer is the running kernel");
  return read_rest(argv + optind, argc - optind, o);
}
