/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `tcptutor learn`. */
#include "cli/app.h"
#include "cli/documents/skeleton.h"

#include <unistd.h>

int learn_run(struct app *app)
{
  if (app->options.new_file) return skeleton_run(app);
  if (app->options.argument_count > 1) {
    fputs("tcptutor: learn takes one lesson\n", stderr);
    return EXIT_USAGE;
  }
  if (!isatty(STDIN_FILENO)) {
    fputs(
        "tcptutor: a lesson is taken at a terminal\n  'tcptutor play' shows it, 'tcptutor check' tests it\n",
        stderr);
    return EXIT_USAGE;
  }
  return repl_run(app);
}
