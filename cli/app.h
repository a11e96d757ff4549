/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program: what its parts share. Only cli/ prints, reads keys, the environment and files.

   Reading order: main.c (what is asked for), app.c (the session, and the host of a course), handlers/
   (scripts, and the commands that are not the desk's), prompt/ (repl.c, and the terminal's manners),
   files/ (what is read and kept), documents/ (lessons shown, checked and proof-read; the manual). */
#ifndef TCPTUTOR_CLI_APP_H
#define TCPTUTOR_CLI_APP_H

#include "engine/base/err.h"
#include "engine/command/command.h"
#include "engine/course/course.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Exit statuses, as documented in the manual. */
enum { EXIT_OK = 0, EXIT_EXPECTATION = 1, EXIT_USAGE = 2, EXIT_WIRE = 3 };

enum wire_choice { WIRE_DEFAULT, WIRE_LAB, WIRE_MODEL };

/* The command line. */
struct options {
  enum wire_choice wire;
  const char *profile; /* the model peer's; NULL: none chosen */
  bool json;
  bool no_rc;
  int color; /* -1 auto, 0 never, 1 always */
  bool ascii;
  bool have_seed;
  uint64_t seed;
  double speed; /* play: 1 as it comes */
  bool have_speed;
  bool skip_slow;       /* check: leave out what is marked slow */
  bool coverage;        /* check: say what was walked */
  const char *answers;  /* check: a student's answers to grade; or NULL */
  const char *new_file; /* learn: write a skeleton of a lesson here; or NULL */
  const char *script;   /* -c */
  const char *save;     /* --save; NULL: none */
  const char *verb;     /* learn, play, check, lint, doctor; or NULL */
  char **argument;      /* the rest */
  int argument_count;
};

struct save;

struct app {
  struct options options;
  struct desk desk; /* its session: NULL until app_start() */
  struct course course;
  struct lab *lab;
  struct wire *lab_wire; /* the lab's own, whatever is around it */
  usec_t epoch;          /* when the session began, since 1970 */
  uint64_t seed;         /* of the session: the one asked for, or one that was drawn */
  struct save *save;     /* of --save; NULL: none */
  bool interactive;      /* a person at a terminal */
  bool paced;            /* a lesson plays itself on a terminal: waits show a bar there too */
  bool visited; /* the prompt has been opened within a lesson that plays itself: `leave` goes back to it */
  bool quit;
  int write_error; /* errno of the first write to standard output that failed */
  int wake_fd;     /* Ctrl-C makes it readable; -1: it does not */
  struct {
    bool shown;    /* a wait's progress is on the screen, where the cursor is */
    usec_t wait;   /* when that wait began, for the session … */
    usec_t person; /* … and for the person, who has a clock of their own on the model */
  } bar;
  const char *advised;           /* the obvious next thing as it was told last (advice.c); NULL: none */
  const struct sourced *sourced; /* the files `source` is reading, the innermost first (source.c) */
  size_t prompt_columns; /* of the prompt the command was typed behind; 0: no command line above the cursor */
  /* Where records and texts go; NULL: standard output. Used by the REPL, which prints above the prompt. */
  void (*emit)(struct app *, const char *text, size_t len);
};

/* No session yet; shows things as options and terminal say. */
void app_init(struct app *, const struct options *);
/* Builds wire, peer and session as they are asked for. False with *ERR (ERR_UNAVAILABLE: EXIT_WIRE). */
bool app_start(struct app *, const struct world *, struct err *);
void app_stop(struct app *);
/* Flushes, lets go of the lab at once, and ends the process. Output that could not be written is a failure.
 */
_Noreturn void app_exit(struct app *, int status);

/* Shows the records not shown yet. */
void app_show_records(struct app *);
/* Prints text through app->emit, or to standard output; with --json, where only records may be, to standard
 * error. */
void app_put(struct app *, const char *text, size_t len);
void app_printf(struct app *, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* An error the way every error is shown: place, found, expected, hint. NAME of the script, or NULL at the
   prompt; SCRIPT is where err->at counts from, NULL when the error has no place. On standard error, at the
   prompt inline. */
void app_error(struct app *, const struct err *, const char *name, const char *script, size_t len);
/* The exit status for a command that failed. */
int app_status(const struct err *);

/* Runs one parsed command. False: it failed (*ERR, its place in the script; ERR_MISMATCH is a failed
 * expectation). */
bool run_command(struct app *, const struct command_call *, struct err *);
/* Parses the whole script, then runs it, starting the session when there is none; stops at the first failure
   unless keep_going. Returns an exit status. Commands that are about the program alone (help, quit) start no
   session. */
int run_script(struct app *, const char *name, const char *script, size_t len);

/* Checks a script, and what it sources, from end to end, and shows what is wrong. Sets *NEEDS when some
   command of it is for a session. */
bool run_check(struct app *, const char *name, const char *script, size_t len, bool *needs);
/* The name a FILE argument means: `~/` is the home. False: it is longer than CAP. */
bool app_file_name(const uint8_t *text, size_t len, char *name, size_t cap);

int repl_run(struct app *);
/* The prompt for a while, on the session there is, until `leave`, `quit` or Ctrl-D. The terminal's signals
   are handled already. */
void repl_visit(struct app *);
int learn_run(struct app *);
int play_run(struct app *);
int check_run(struct app *);
int lint_run(struct app *);
int doctor_run(struct app *);

#endif
