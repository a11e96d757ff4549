/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/prompt/harmless.h"

#include "cli/prompt/terminal.h"
#include "engine/base/utf8.h"
#include "engine/trace/heap_buf.h"

#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

/* The octets of the character at the head of TEXT[LEN]; *GOOD: it may be shown as it is. */
static size_t character(const char *text, size_t len, bool c0, bool *good)
{
  const unsigned char octet = (unsigned char)*text;
  uint32_t rune = octet;
  size_t n = 1;
  if (octet < 0x20 || octet == 0x7f) {
    *good = !c0;
  } else if (terminal_utf8()) {
    n = utf8_next(text, len, &rune);
    *good = n > 0 && utf8_harmless(rune);
  } else {
    *good = octet < 0x80 || octet >= 0xa0; /* ISO 8859, and what is sent to a terminal octet by octet */
  }
  return n > 0 ? n : 1;
}

static bool all_good(const char *text, bool c0)
{
  bool good = true;
  for (size_t len = strlen(text), n; len > 0 && good; text += n, len -= n)
    n = character(text, len, c0, &good);
  return good;
}

char *harmless(const char *text, bool c0)
{
  struct buf out;
  bool good;
  if (all_good(text, c0)) return NULL;
  heap_buf_init(&out);
  for (size_t len = strlen(text), n; len > 0; text += n, len -= n) {
    n = character(text, len, c0, &good);
    if (good)
      buf_put(&out, text, n);
    else
      buf_put_visible(&out, text, n, false);
  }
  return heap_buf_take(&out);
}

/* The line is what will be run, too: it is changed, not only shown otherwise. */
static void redisplay(void)
{
  char *line = harmless(rl_line_buffer, false);
  if (line) {
    char octet = rl_line_buffer[rl_point];
    rl_line_buffer[rl_point] = '\0';
    char *head = harmless(rl_line_buffer, false);
    const int point = head ? (int)strlen(head) : rl_point;
    rl_line_buffer[rl_point] = octet;
    free(head);
    rl_replace_line(line, 1);
    rl_point = point < rl_end ? point : rl_end;
    rl_mark = 0;
  }
  free(line);
  rl_redisplay();
}

/* Readline frees what it did not bring itself. */
static char *rewrite(char *name, int len)
{
  (void)len;
  char *shown = harmless(name, true);
  return shown ? shown : name;
}

void harmless_begin(void)
{
  rl_redisplay_function = redisplay;
  rl_filename_rewrite_hook = rewrite;
}

/* Readline (8.2) forgets a rewritten name that does not fit what is completed. */
#ifdef __SANITIZE_ADDRESS__
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:rl_filename_completion_function\n"; }
#endif
