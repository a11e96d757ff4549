/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lesson/cite.h"

#include "engine/tcp/rule.h"

#include <string.h>

/* RFC 9293's table of contents, and what of it is too deep to stand there. */
static const char *const sections[] = {
    "1",        "2",         "2.1",       "2.2",      "3",       "3.1",     "3.2",     "3.2.1",   "3.2.2",
    "3.3",      "3.3.1",     "3.3.2",     "3.4",      "3.4.1",   "3.4.2",   "3.4.3",   "3.5",     "3.5.1",
    "3.5.2",    "3.5.3",     "3.6",       "3.6.1",    "3.7",     "3.7.1",   "3.7.2",   "3.7.3",   "3.7.4",
    "3.7.5",    "3.8",       "3.8.1",     "3.8.2",    "3.8.3",   "3.8.4",   "3.8.5",   "3.8.6",   "3.8.6.1",
    "3.8.6.2",  "3.8.6.2.1", "3.8.6.2.2", "3.8.6.3",  "3.9",     "3.9.1",   "3.9.1.1", "3.9.1.2", "3.9.1.3",
    "3.9.1.4",  "3.9.1.5",   "3.9.1.6",   "3.9.1.7",  "3.9.1.8", "3.9.1.9", "3.9.2",   "3.9.2.1", "3.9.2.2",
    "3.9.2.3",  "3.10",      "3.10.1",    "3.10.2",   "3.10.3",  "3.10.4",  "3.10.5",  "3.10.6",  "3.10.7",
    "3.10.7.1", "3.10.7.2",  "3.10.7.3",  "3.10.7.4", "3.10.8",  "4",       "5",       "6",       "7",
    "8",        "8.1",       "8.2",       "A",        "A.1",     "A.1.1",   "A.1.2",   "A.2",     "A.3",
    "A.4",
};

bool cite_section_exists(const char *number, size_t len)
{
  for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
    if (strlen(sections[i]) == len && memcmp(sections[i], number, len) == 0) return true;
  return false;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_word(char c)
{
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

/* "3.10.7.4" of "3.10.7.4, fifth." */
static size_t number_len(const char *text)
{
  size_t n = 0;
  if (*text == 'A' && text[1] == '.')
    n = 1;
  else
    while (is_digit(text[n])) n++;
  while (n && text[n] == '.' && is_digit(text[n + 1]))
    for (n++; is_digit(text[n]);) n++;
  return n;
}

static bool begins(const char *text, const char *word) { return strncmp(text, word, strlen(word)) == 0; }

/* How far a word reaches that announces a section: "section ", "sections ", "§"; 0: it is none. */
static size_t announces(const char *text)
{
  static const char *const words[] = {"section ", "sections ", "Section ", "Sections ", "§ ", "§"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (begins(text, words[i])) return strlen(words[i]);
  return 0;
}

/* Does a number that stands here go on a list of sections: "3.5 for opening, 3.6 for closing"? */
static bool goes_on(const char *text, const char *at)
{
  static const char *const before[] = {", ", "; ", " and ", " or ", " to "};
  for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
    size_t n = strlen(before[i]);
    if ((size_t)(at - text) >= n && memcmp(at - n, before[i], n) == 0)
      return strchr("0123456789A", *at) != NULL;
  }
  return false;
}

struct reading {
  const char *text;
  bool other;   /* the RFC named last is not 9293 */
  bool listing; /* a section was named in this sentence: numbers with points in them may be more of them */
  bool code;
};

/* At a word that begins here: the section number it brings, or NULL. */
static const char *section_at(struct reading *r, const char *at)
{
  if (begins(at, "RFC ")) {
    r->other = strncmp(at + 4, "9293", 4) != 0 || is_digit(at[8]);
    r->listing = false;
    const char *behind = at + 8 + strspn(r->other ? "" : at + 8, ", ");
    return !r->other && behind > at + 8 && number_len(behind) > 1 ? behind : NULL;
  }
  if (r->other) return NULL;
  size_t n = announces(at);
  if (n && number_len(at + n)) return at + n;
  return r->listing && goes_on(r->text, at) && memchr(at, '.', number_len(at)) ? at : NULL;
}

/* The first part of an id: "synced" of "synced.rst.in-window". Is there a rule that begins so? */
static bool is_family(const char *word, size_t len)
{
  size_t count;
  const struct tcp_rule *rules = tcp_rules(&count);
  for (size_t i = 0; i < count; i++)
    if (strncmp(rules[i].id, word, len) == 0 && rules[i].id[len] == '.') return true;
  return false;
}

static size_t id_len(const char *text)
{
  size_t n = 0;
  while (is_word(text[n]) || (text[n] == '.' && is_word(text[n + 1]))) n++;
  return n;
}

static bool is_dead_rule(const char *word, size_t len)
{
  const char *point = memchr(word, '.', len);
  return point && is_family(word, (size_t)(point - word)) && !tcp_rule_find(word, len);
}

bool cite_dead(const char *text, size_t *at, size_t *len)
{
  struct reading r = {.text = text};
  for (const char *p = text; *p; p++) {
    bool first = p == text || !is_word(p[-1]);
    if (*p == '`') r.code = !r.code;
    if (begins(p, ". ")) r.listing = false;
    if (!first || (p > text && p[-1] == '.')) continue;
    if (r.code) {
      *len = id_len(p);
      *at = (size_t)(p - text) < *at ? *at : (size_t)(p - text);
      if (*len && *at == (size_t)(p - text) && is_dead_rule(p, *len)) return true;
      continue;
    }
    const char *number = section_at(&r, p);
    if (!number) continue;
    r.listing = true;
    *len = number_len(number);
    if ((size_t)(number - text) >= *at && !cite_section_exists(number, *len)) {
      *at = (size_t)(number - text);
      return true;
    }
    p = number + *len - 1;
  }
  return false;
}
