/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/prompt/terminal.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_LEAST 40
#define COLUMNS_MOST 200

unsigned terminal_columns(void)
{
  struct winsize size = {0};
  long columns = 0;
  if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) columns = size.ws_col;
  const char *said = getenv("COLUMNS");
  if (columns == 0 && said) columns = strtol(said, NULL, 10);
  if (columns <= 0) columns = 80;
  return (unsigned)(columns < COLUMNS_LEAST  ? COLUMNS_LEAST
                    : columns > COLUMNS_MOST ? COLUMNS_MOST
                                             : columns);
}

unsigned terminal_lines(void)
{
  struct winsize size = {0};
  if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return 24;
  return size.ws_row < 10 ? 10 : size.ws_row > 200 ? 200 : size.ws_row;
}

bool terminal_utf8(void)
{
  const char *codeset = nl_langinfo(CODESET);
  return strcmp(codeset, "UTF-8") == 0 || strcmp(codeset, "utf8") == 0;
}

bool terminal_erases(void)
{
  const char *term = getenv("TERM");
  return isatty(STDOUT_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

bool terminal_color(int choice)
{
  const char *none = getenv("NO_COLOR");
  if (choice >= 0) return choice > 0;
  return terminal_erases() && !(none && *none);
}
