/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks the forms over the words that are complete, and offers what may stand in place of the last one. */
#include "engine/command/grammar.h"

#include <stdio.h>
#include <string.h>

#define SEEN_MAX 400

struct completion {
  const char *text;
  size_t cursor;
  size_t start, prefix_len; /* the word begun is TEXT[START…CURSOR) */
  command_candidate *candidate;
  void *ctx;
  bool file; /* a file's name may stand there */
  size_t seen_count;
  char seen[SEEN_MAX][40];
};

static void offer(struct completion *c, const char *word, const char *help)
{
  if (!word_begins(word, c->text + c->start, c->cursor - c->start)) return;
  for (size_t i = 0; i < c->seen_count; i++)
    if (strcmp(c->seen[i], word) == 0) return;
  if (c->seen_count == SEEN_MAX || strlen(word) >= sizeof c->seen[0]) return;
  strcpy(c->seen[c->seen_count++], word);
  c->candidate(c->ctx, word, help);
}

static void offer_commands(struct completion *c)
{
  for (size_t i = 0; i < COMMAND_COUNT; i++) {
    const struct command *command = command_table((enum command_id)i);
    offer(c, command->name, command->summary);
  }
}

/* Where the last of the characters in MARKS ends in TEXT[AT…END), or AT. */
static size_t behind_last(const char *text, size_t at, size_t end, const char *marks)
{
  for (size_t i = end; i > at; i--)
    if (text[i - 1] && strchr(marks, text[i - 1])) return i;
  return at;
}

static bool has_flag(const char *text, size_t at, size_t end, const char *flag)
{
  while (at < end) {
    const char *comma = memchr(text + at, ',', end - at);
    size_t to = comma ? (size_t)(comma - text) : end;
    if (word_is(flag, text + at, to - at)) return true;
    at = to + 1;
  }
  return false;
}

/* Flags behind the commas of the word that begins at WORD; those written already are not offered again. */
static void offer_flags(struct completion *c, size_t word)
{
  const char *flag;
  c->start = behind_last(c->text, word, c->cursor, ",");
  for (size_t i = 0; (flag = segment_flag_word(i)) != NULL; i++) {
    if (c->start > word && (strcmp(flag, "none") == 0 || has_flag(c->text, word, c->start - 1, flag)))
      continue;
    offer(c, flag, NULL);
  }
}

/* The value of `field=`: a name of either end, behind an assignment at VALUE. */
static void offer_values(struct completion *c, size_t word, size_t value)
{
  char name[32];
  c->start = value;
  if (value - word == 4 && word_begins("sum=", c->text + word, 4)) offer(c, "bad", "a wrong checksum");
  for (size_t peer = 0; peer < 2; peer++)
    for (size_t i = 0; i < NAME_COUNT; i++) {
      snprintf(name, sizeof name, "%s%s", peer ? "peer." : "", segment_name_text((enum segment_name)i));
      offer(c, name, segment_name_help((enum segment_name)i));
    }
}

/* Is the field named in TEXT[AT…END) a number, for which names of variables make sense? */
static bool takes_names(const char *text, size_t at, size_t end)
{
  struct segment_word w;
  for (size_t i = 0; segment_word(i, &w); i++)
    if (word_is(w.name, text + at, end - at)) return w.value && *w.value == 'N';
  return false;
}

/* Is a field written already in the segment that begins at SEGMENT? (Options may repeat, but rarely should.)
 */
static bool has_field(const struct completion *c, size_t segment, const char *field)
{
  struct cursor words = {c->text, segment, c->start};
  struct token t;
  size_t n = strlen(field);
  while (lex_token(&words, &t))
    if (t.len >= n && word_begins(c->text + t.at, field, n) && (t.len == n || c->text[t.at + n] == '='))
      return true;
  return false;
}

static void offer_segment(struct completion *c, size_t segment)
{
  size_t word = c->start;
  const char *equals = memchr(c->text + word, '=', c->cursor - word);
  if (equals) {
    size_t value = (size_t)(equals - c->text) + 1;
    if (takes_names(c->text, word, value - 1)) offer_values(c, word, value);
    return;
  }
  bool first = word == segment;
  if (first && memchr(c->text + word, ',', c->cursor - word)) {
    offer_flags(c, word);
    return;
  }
  if (first) offer_flags(c, word);
  struct segment_word w;
  for (size_t i = 0; segment_word(i, &w); i++) {
    char field[40];
    if (has_field(c, segment, w.name)) continue;
    bool assigned = w.value && *w.value != '[';
    snprintf(field, sizeof field, "%s%s", w.name, assigned ? "=" : "");
    offer(c, field, w.help);
  }
}

static void offer_arg(struct completion *c, const struct command_form *f, const struct command_arg *a,
                      const struct command_call *call)
{
  struct arg_word w;
  const char *key = call->key[0] ? call->key : NULL;
  if (a->kind == ARG_FILE || a->kind == ARG_LESSON) c->file = true;
  for (size_t i = 0; arg_word(f, a, key, i, &w); i++) offer(c, w.word, w.help);
}

/* Is what stands between SEGMENT and the word begun the beginning of a segment? */
static bool in_segment(const struct completion *c, size_t segment)
{
  size_t end = c->start;
  while (end > segment && (c->text[end - 1] == ' ' || c->text[end - 1] == '\t')) end--;
  return segment_check(c->text + segment, end - segment, NULL);
}

static void complete_form(struct completion *c, const struct command_form *f, struct cursor words,
                          struct command_call *call)
{
  struct token t;
  for (const struct command_arg *a = f->arg; a->kind != ARG_NONE;) {
    struct cursor ahead = words;
    bool here =
        !lex_token(&ahead, &t); /* all words before the one begun are read: it is A's, or a later one's */
    if (a->kind == ARG_SEGMENT && in_segment(c, here ? c->start : t.at)) {
      size_t start = c->start;
      offer_segment(c, here ? c->start : t.at);
      if (c->start == start && a[1].kind != ARG_NONE && !here) offer_arg(c, f, a + 1, call);
      return;
    }
    if (here) {
      offer_arg(c, f, a, call);
      if (!a->optional) return;
      a += a->optional;
    } else if (arg_read(f, a, &words, call, NULL)) {
      a++;
    } else if (a->optional) {
      a += a->optional;
    } else {
      return;
    }
  }
}

bool command_complete(const char *text, size_t cursor, size_t *start, command_candidate *candidate, void *ctx)
{
  struct completion c = {.text = text, .cursor = cursor, .start = cursor, .candidate = candidate, .ctx = ctx};
  struct cursor words;
  struct token name;
  *start = cursor;
  if (!lex_unfinished(text, cursor, &words)) return false;
  c.start = behind_last(text, words.at, cursor, " \t\n;");
  size_t begun = c.start;
  words.end = c.start; /* what is complete */
  if (!lex_token(&words, &name)) {
    offer_commands(&c);
  } else {
    const struct command *command = command_find(text + name.at, name.len, NULL);
    struct command_call call;
    /* Within a word like `seq=` or `SYN,` only a segment can go on. */
    for (size_t i = 0; command && i < command->form_count && c.start == begun; i++) {
      call_init(&call);
      call.command = command;
      complete_form(&c, &command->form[i], words, &call);
    }
  }
  *start = c.start;
  return c.file;
}
