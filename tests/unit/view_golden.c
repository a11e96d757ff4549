/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view_golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void golden_path(const char *name, char *path, size_t cap)
{
  const char *top = getenv("top_srcdir");
  snprintf(path, cap, "%s/tests/golden/%s", top != NULL ? top : ".", name);
}

static bool write_golden(const char *path, const char *screen, size_t len)
{
  FILE *f = fopen(path, "w");
  if (f == NULL) return false;
  bool ok = fwrite(screen, 1, len, f) == len;
  return fclose(f) == 0 && ok;
}

static char *read_golden(const char *path)
{
  FILE *f = fopen(path, "r");
  if (f == NULL) return NULL;
  size_t cap = 1 << 20;
  char *text = calloc(1, cap);
  if (text != NULL) text[fread(text, 1, cap - 1, f)] = '\0';
  fclose(f);
  return text;
}

static void show_line(char mark, const char *line, size_t len)
{
  fprintf(stderr, "%c ", mark);
  for (size_t i = 0; i < len; i++) {
    if (line[i] == '\033')
      fputs("\\e", stderr);
    else
      fputc(line[i], stderr);
  }
  fputc('\n', stderr);
}

/* Line by line: enough for screens, whose lines keep their places. */
static void show_difference(const char *name, const char *golden, const char *screen)
{
  fprintf(stderr, "--- tests/golden/%s\n+++ as it is now\n", name);
  while (*golden != '\0' || *screen != '\0') {
    size_t old = strcspn(golden, "\n"), new = strcspn(screen, "\n");
    bool same = old == new &&memcmp(golden, screen, old) == 0;
    if (same) {
      show_line(' ', golden, old);
    } else {
      if (*golden != '\0') show_line('-', golden, old);
      if (*screen != '\0') show_line('+', screen, new);
    }
    golden += old + (golden[old] != '\0');
    screen += new + (screen[new] != '\0');
  }
}

bool golden_matches(const char *name, const char *screen, size_t len)
{
  char path[4096];
  golden_path(name, path, sizeof path);
  const char *mode = getenv("TCPTUTOR_GOLDEN");
  if (mode != NULL && strcmp(mode, "write") == 0) return write_golden(path, screen, len);
  char *golden = read_golden(path);
  bool same = golden != NULL && strlen(golden) == len && memcmp(golden, screen, len) == 0;
  if (!same) show_difference(name, golden != NULL ? golden : "", screen);
  free(golden);
  return same;
}
