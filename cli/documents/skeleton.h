/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TCPTUTOR_CLI_DOCUMENTS_SKELETON_H
#define TCPTUTOR_CLI_DOCUMENTS_SKELETON_H

#include "cli/app.h"

/* Writes a commented lesson to options.new_file, where there must be none yet. */
int skeleton_run(struct app *);

#endif
