/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `tcptutor --dump=man` and `--dump=bash-completion`: what the build installs beside the program, made from
   the program's own tables. */
#ifndef TCPTUTOR_CLI_DOCUMENTS_DUMP_H
#define TCPTUTOR_CLI_DOCUMENTS_DUMP_H

#include <stdbool.h>

struct buf;

/* False: there is no dump of that name. */
bool dump(const char *what, struct buf *);

#endif
