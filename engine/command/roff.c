/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/command/roff.h"

#include "engine/base/buf.h"

#include <ctype.h>
#include <string.h>

static void put_char(char c, struct buf *b)
{
  static const struct {
    char c;
    const char *roff;
  } special[] = {{'\\', "\\e"},  {'-', "\\-"},   {'\'', "\\(aq"}, {'`', "\\(ga"},
                 {'^', "\\(ha"}, {'~', "\\(ti"}, {'"', "\\(dq"}};
  for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
    if (special[i].c == c) {
      buf_puts(b, special[i].roff);
      return;
    }
  buf_putc(b, c);
}

static void put_all(const char *text, size_t len, struct buf *b)
{
  for (size_t i = 0; i < len; i++) put_char(text[i], b);
}

/* TEXT[0] is a quote and begins something to type: where that ends, or 0. */
static size_t typed_end(const char *text, size_t len, size_t at)
{
  if (at > 0 && text[at - 1] != ' ' && text[at - 1] != '(' && text[at - 1] != '"') return 0;
  for (size_t i = at + 2; i < len; i++)
    if (text[i] == '\'' && (i + 1 == len || !isalnum((unsigned char)text[i + 1]))) return i;
  return 0;
}

void roff_line(const char *text, size_t len, struct buf *b)
{
  if (len > 0 && (text[0] == '.' || text[0] == '\'')) buf_puts(b, "\\&");
  for (size_t i = 0; i < len; i++) {
    size_t end = text[i] == '\'' ? typed_end(text, len, i) : 0;
    if (end) {
      buf_puts(b, "\\fB");
      put_all(text + i + 1, end - i - 1, b);
      buf_puts(b, "\\fP");
      i = end;
    } else {
      put_char(text[i], b);
    }
  }
}

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '-' || c == '.'; }

void roff_usage(const char *usage, size_t len, struct buf *b)
{
  if (len > 0 && usage[0] == '.') buf_puts(b, "\\&");
  for (size_t i = 0; i < len;) {
    size_t end = i;
    bool lower = false, upper = false;
    while (end < len && is_word(usage[end])) {
      lower |= islower((unsigned char)usage[end]) || isdigit((unsigned char)usage[end]);
      upper |= isupper((unsigned char)usage[end]) != 0;
      end++;
    }
    if (end > i) {
      buf_puts(b, upper && !lower ? "\\fI" : "\\fB");
      put_all(usage + i, end - i, b);
      buf_puts(b, "\\fP");
    } else {
      put_char(usage[end++], b);
    }
    i = end;
  }
}

enum kind { NOTHING, PARAGRAPH, ROW, EXAMPLE };

static void put_row(const char *text, size_t len, int usage, struct buf *b)
{
  size_t left = strcspn(text, "\t"), from = strspn(text, " "), end = left;
  while (end > from && text[end - 1] == ' ') end--;
  buf_puts(b, ".TP\n");
  if (usage) {
    roff_usage(text + from, end - from, b);
  } else {
    buf_puts(b, "\\fB");
    put_all(text + from, end - from, b);
    buf_puts(b, "\\fP");
  }
  buf_putc(b, '\n');
  while (left + 1 < len && text[left + 1] == ' ') left++;
  roff_line(text + left + 1, len - left - 1, b);
  buf_putc(b, '\n');
}

void roff_text(const char *text, size_t len, const char *paragraph, int usage, struct buf *b)
{
  enum kind before = NOTHING;
  for (size_t at = 0, end; at < len; at = end + 1) {
    const char *newline = memchr(text + at, '\n', len - at);
    end = newline ? (size_t)(newline - text) : len;
    const char *line = text + at;
    size_t n = end - at;
    enum kind kind = n == 0 ? NOTHING : *line == '>' ? EXAMPLE : memchr(line, '\t', n) ? ROW : PARAGRAPH;
    if (before == EXAMPLE && kind != EXAMPLE) buf_puts(b, ".EE\n.RE\n");
    if (kind == ROW) {
      put_row(line, n, usage, b);
    } else if (kind == EXAMPLE) {
      if (before != EXAMPLE) buf_puts(b, ".RS 4\n.EX\n");
      size_t skip = 1 + strspn(line + 1, " ");
      put_all(line + skip, n - skip, b);
      buf_putc(b, '\n');
    } else if (kind == PARAGRAPH) {
      if (at > 0) buf_printf(b, "%s\n", paragraph);
      size_t skip = strspn(line, " ");
      roff_line(line + skip, n - skip, b);
      buf_putc(b, '\n');
    }
    before = kind;
  }
  if (before == EXAMPLE) buf_puts(b, ".EE\n.RE\n");
}
