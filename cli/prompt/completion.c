/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/prompt/completion.h"

#include "cli/files/lesson_file.h"
#include "cli/files/save.h"
#include "engine/command/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#define WORDS_MAX 400

/* What may stand at the cursor. Readline's callbacks carry no context. */
static struct {
  size_t count, next;
  char *word[WORDS_MAX];
} found;

static void gather(void *ctx, const char *word, const char *help)
{
  (void)ctx;
  (void)help;
  if (found.count < WORDS_MAX && (found.word[found.count] = strdup(word)) != NULL) found.count++;
}

/* Readline frees what it is given. */
static char *next_word(const char *text, int state)
{
  (void)text;
  (void)state;
  return found.next < found.count ? found.word[found.next++] : NULL;
}

/* Words begin at START for the language and at READ for readline, which cuts at the same characters but knows
 * no grammar. */
static void fit_words(size_t start, size_t read)
{
  for (size_t i = 0; i < found.count; i++) {
    char *word = found.word[i], *fitted = NULL;
    if (read > start && strlen(word) >= read - start)
      fitted = strdup(word + (read - start));
    else if (start > read &&
             asprintf(&fitted, "%.*s%s", (int)(start - read), rl_line_buffer + read, word) < 0)
      fitted = NULL;
    if (!fitted) continue;
    free(word);
    found.word[i] = fitted;
  }
}

/* The lessons whose names begin with TEXT, behind `lesson`. */
static void gather_lessons(const char *text)
{
  const char *line = rl_line_buffer + strspn(rl_line_buffer, " \t");
  lesson_id ids[LESSON_IDS_MAX];
  if (strncmp(line, "lesson ", 7) != 0) return;
  size_t count = lesson_file_ids(ids);
  for (size_t i = 0; i < count; i++)
    if (strncmp(ids[i], text, strlen(text)) == 0) gather(NULL, ids[i], NULL);
}

/* What the name TEXT may end in, behind `save`, from its dot on. */
static void gather_endings(const char *text)
{
  const char *dot = strrchr(text, '.'), *line = rl_line_buffer, *last = strrchr(line, ';');
  if (last && last < line + rl_point) line = last + 1;
  line += strspn(line, " \t");
  if (strncmp(line, "save ", 5) != 0 || !dot || dot == text || dot[-1] == '/' || strchr(dot, '/')) return;
  for (size_t i = 0; save_ending(i); i++) {
    char *name;
    if (strncmp(save_ending(i), dot, strlen(dot)) != 0) continue;
    if (asprintf(&name, "%.*s%s", (int)(dot - text), text, save_ending(i)) < 0) return;
    gather(NULL, name, NULL);
    free(name);
  }
}

static char **complete(const char *text, int start, int end)
{
  size_t begun;
  (void)end;
  found.count = found.next = 0;
  bool file = command_complete(rl_line_buffer, (size_t)rl_point, &begun, gather, NULL);
  fit_words(begun, (size_t)start);
  if (file) gather_lessons(text);
  if (file) gather_endings(text);
  const char *only = found.count == 1 ? found.word[0] : "";
  rl_completion_append_character = *only && only[strlen(only) - 1] == '=' ? '\0' : ' ';
  rl_attempted_completion_over = !file;
  return found.count > 0 ? rl_completion_matches(text, next_word) : NULL;
}

void completion_begin(void)
{
  rl_attempted_completion_function = complete;
  rl_completer_word_break_characters = " \t\n;=,";
  rl_completer_quote_characters = "";
}
