/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/command/grammar.h"

#include "engine/base/utf8.h"

#include <string.h>

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

/* From the quote at AT to behind the closing one; 0: it is not closed on its line. */
static size_t quote_end(const char *script, size_t end, size_t at)
{
  for (size_t i = at + 1; i < end && script[i] != '\n'; i++) {
    if (script[i] == '"') return i + 1;
    if (script[i] == '\\' && i + 1 < end && script[i + 1] != '\n') i++;
  }
  return 0;
}

static size_t line_end(const char *script, size_t len, size_t at)
{
  while (at < len && script[at] != '\n') at++;
  return at;
}

/* Moves over what may stand between commands. */
static size_t skip_between(const char *script, size_t len, size_t at)
{
  for (; at < len; at++) {
    if (script[at] == '#') at = line_end(script, len, at);
    if (at < len && !is_blank(script[at]) && script[at] != '\n' && script[at] != ';') break;
  }
  return at < len ? at : len;
}

int lex_command(const char *script, size_t len, size_t *at, struct cursor *c, struct err *err)
{
  size_t i = skip_between(script, len, *at);
  *at = i;
  if (i >= len) return 0;
  c->script = script;
  c->at = i;
  while (i < len && script[i] != '\n' && script[i] != ';') {
    if (script[i] == '#' && i > 0 && is_blank(script[i - 1])) break;
    size_t next = script[i] == '"' ? quote_end(script, len, i) : i + 1;
    if (next == 0) {
      size_t end = line_end(script, len, i);
      err_at(err, ERR_SYNTAX, i, end - i, "the text that begins here does not end");
      err_hint(err, "close it with \" on the same line; \\\" is a quote inside");
      *at = end;
      return -1;
    }
    i = next;
  }
  c->end = i;
  while (c->end > c->at && is_blank(script[c->end - 1])) c->end--;
  *at = i < len && script[i] != '#' ? i + 1 : i;
  return 1;
}

bool lex_unfinished(const char *text, size_t len, struct cursor *c)
{
  bool comment = false;
  *c = (struct cursor){text, 0, len};
  for (size_t i = 0; i < len;) {
    size_t next = i + 1;
    if (text[i] == '\n' || (text[i] == ';' && !comment)) {
      comment = false;
      c->at = next;
    } else if (text[i] == '"' && !comment) {
      next = quote_end(text, len, i);
      if (next == 0) return false;
    } else if (text[i] == '#' && (i == c->at || is_blank(text[i - 1]))) {
      comment = true;
    }
    i = next;
  }
  return !comment;
}

bool lex_token(struct cursor *c, struct token *t)
{
  while (c->at < c->end && is_blank(c->script[c->at])) c->at++;
  t->at = c->at;
  while (c->at < c->end && !is_blank(c->script[c->at])) {
    size_t next = c->script[c->at] == '"' ? quote_end(c->script, c->end, c->at) : c->at + 1;
    c->at = next ? next : c->end;
  }
  t->len = c->at - t->at;
  return t->len > 0;
}

void command_place(const char *script, size_t len, size_t at, unsigned *line, unsigned *column)
{
  if (at > len) at = len;
  *line = *column = 1;
  size_t begin = 0;
  for (const char *end; begin < at && (end = memchr(script + begin, '\n', at - begin)) != NULL; *line += 1)
    begin = (size_t)(end - script) + 1;
  for (uint32_t rune; begin < at; *column += 1) {
    size_t octets = utf8_next(script + begin, len - begin, &rune);
    begin += octets ? octets : 1;
  }
}

unsigned command_line(const struct command_call *call)
{
  unsigned line, column;
  command_place(call->script, call->at + call->len, call->at, &line, &column);
  return line;
}
