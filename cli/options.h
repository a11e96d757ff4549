/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line: one table of options and one of verbs, from which parsing, --help and the manual come. */
#ifndef TCPTUTOR_CLI_OPTIONS_H
#define TCPTUTOR_CLI_OPTIONS_H

#include "cli/app.h"

/* Fills OPTIONS; -1: go on; otherwise the exit status (--help and --version have been answered, a mistake has
 * been shown). */
int options_parse(int argc, char **argv, struct options *);

#endif
