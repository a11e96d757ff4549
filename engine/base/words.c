/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/words.h"

#include <string.h>

#define LETTERS_MAX 40u

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Insertions, deletions, replacements and swaps of neighbours that make A into B; no letter is
   touched twice ("optimal string alignment"). Three rows of the table are enough. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
  size_t rows[3][LETTERS_MAX + 1];
  size_t *older = rows[0], *old = rows[1], *row = rows[2];
  for (size_t j = 0; j <= b_len; j++) old[j] = j;
  for (size_t i = 1; i <= a_len; i++) {
    row[0] = i;
    for (size_t j = 1; j <= b_len; j++) {
      char x = lower(a[i - 1]), y = lower(b[j - 1]);
      row[j] = least(old[j - 1] + (x != y), least(old[j], row[j - 1]) + 1);
      if (i > 1 && j > 1 && x == lower(b[j - 2]) && y == lower(a[i - 2]))
        row[j] = least(row[j], older[j - 2] + 1);
    }
    size_t *oldest = older;
    older = old;
    old = row;
    row = oldest;
  }
  return old[b_len];
}

const char *words_nearest(const char *word, size_t len, const char *const words[], size_t n)
{
  const char *nearest = NULL;
  size_t nearest_distance = LETTERS_MAX;
  if (len == 0 || len > LETTERS_MAX) return NULL;
  for (size_t i = 0; i < n; i++) {
    size_t letters = strlen(words[i]);
    size_t longer = len > letters ? len : letters, shorter = len + letters - longer;
    if (longer > LETTERS_MAX || longer - shorter > longer / 3) continue;
    size_t d = distance(word, len, words[i], letters);
    if (d < nearest_distance && d <= longer / 3) {
      nearest = words[i];
      nearest_distance = d;
    }
  }
  return nearest;
}
