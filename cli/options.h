/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line: one table of options and one of verbs, from which parsing, --help and the manual come. */
#ifndef TCPTUTOR_CLI_OPTIONS_H
#define TCPTUTOR_CLI_OPTIONS_H

#include "cli/app.h"

/* Fills OPTIONS; -1: go on; otherwise the exit status (--help and --version have been answered, a mistake has
 * been shown). */
int options_parse(int argc, char **argv, struct options *);

/* The tables, for the manual page and the shell's completion. False: no row I. */
struct option_row {
  const char *name, *argument, *help; /* argument: NULL none; in brackets: may be left out */
  int letter;                         /* 0: none */
};
struct verb_row {
  const char *name, *arguments, *help;
};
bool options_option(size_t i, struct option_row *);
bool options_verb(size_t i, struct verb_row *);
/* Is WORD, whole, a command of the prompt (and so no verb of the command line)? */
bool options_command(const char *word);

#endif
