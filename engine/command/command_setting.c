/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/command/setting.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/base/usec.h"
#include "engine/base/utf8.h"
#include "engine/base/words.h"

#include <string.h>

static const struct setting settings[] = {
#define X(name, values, owner, help) {name, values, SETTING_##owner, help},
    SETTINGS(X)
#undef X
};
#define COUNT (sizeof settings / sizeof settings[0])

const struct setting *setting_at(size_t index) { return index < COUNT ? &settings[index] : NULL; }

static bool same(const char *word, const char *text, size_t len)
{
  return strlen(word) == len && memcmp(word, text, len) == 0;
}

const struct setting *setting_find(const char *name, size_t len, struct err *err)
{
  const char *names[COUNT];
  char shown[48];
  for (size_t i = 0; i < COUNT; i++) {
    if (same(settings[i].name, name, len)) return &settings[i];
    names[i] = settings[i].name;
  }
  err_at(err, ERR_UNKNOWN, 0, len, "'%s' is not a setting", buf_show(shown, sizeof shown, name, len));
  const char *nearest = words_nearest(name, len, names, COUNT);
  if (nearest)
    err_hint(err, "did you mean '%s'?", nearest);
  else
    err_hint(err, "'set' alone lists them");
  return NULL;
}

static bool is_number(const char *value, size_t len)
{
  for (size_t i = 0; i < len; i++)
    if (value[i] < '0' || value[i] > '9') return false;
  return len > 0 && len < 10;
}

/* Does VALUE fit one of the alternatives' words? */
static bool fits(const char *word, size_t word_len, const char *value, size_t len)
{
  usec_t d;
  if (word_len == 8 && memcmp(word, "DURATION", 8) == 0) return usec_parse(value, len, &d, NULL);
  if (word_len == 1 && *word == 'N') return is_number(value, len);
  return word_len == len && memcmp(word, value, len) == 0;
}

/* How many words VALUE has, and whether one is longer than a name on the screen may be. */
static size_t count_words(const char *value, size_t len, bool *too_long)
{
  size_t words = 0, run = 0;
  for (size_t i = 0; i <= len; i++) {
    bool blank = i == len || value[i] == ' ' || value[i] == '\t';
    if (blank && run > 0) words++;
    if (run > 12) *too_long = true;
    run = blank ? 0 : run + 1;
  }
  return words;
}

/* Names stand on the screen: no character of theirs may do anything else there. */
static bool is_harmless(const char *value, size_t len)
{
  for (size_t i = 0; i < len;) {
    uint32_t rune;
    size_t n = utf8_next(value + i, len - i, &rune);
    if (n == 0 || (rune != '\t' && !utf8_harmless(rune))) return false;
    i += n;
  }
  return true;
}

static bool check_names(const char *value, size_t len, struct err *err)
{
  bool too_long = false;
  if (count_words(value, len, &too_long) == 2 && !too_long && is_harmless(value, len)) return true;
  char shown[48];
  err_at(err, too_long ? ERR_LIMIT : ERR_SYNTAX, 0, len,
         "found '%s', expected two names of at most 12 octets", buf_show(shown, sizeof shown, value, len));
  return err_hint(err, "for example 'set names svr4 bsdi'");
}

bool setting_check(const struct setting *s, const char *value, size_t len, struct err *err)
{
  if (strcmp(s->values, "NAME NAME") == 0) return check_names(value, len, err);
  const char *words[8], *at = s->values;
  char space[8][24], shown[48];
  size_t n = 0;
  while (*at && n < 8) {
    size_t word_len = strcspn(at, "|");
    if (fits(at, word_len, value, len)) return true;
    if (word_len < sizeof space[0]) {
      memcpy(space[n], at, word_len);
      space[n][word_len] = '\0';
      words[n] = space[n];
      n++;
    }
    at += word_len + (at[word_len] == '|');
  }
  const char *nearest = words_nearest(value, len, words, n);
  err_at(err, ERR_SYNTAX, 0, len, "found '%s', expected %s", buf_show(shown, sizeof shown, value, len),
         s->values);
  if (nearest) return err_hint(err, "did you mean '%s'?", nearest);
  return err_hint(err, "%s: %s", s->name, s->help);
}
