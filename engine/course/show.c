/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/course/show.h"

#include "engine/base/buf.h"
#include "engine/segment/text.h"
#include "engine/trace/heap_buf.h"

#include <stdio.h>
#include <string.h>

#define CODE_INDENT 4u
#define TYPED_INDENT 4u

/* Wrapped, with MARKER in the blanks before its first line. */
static void put_paragraph(const char *text, unsigned indent, const char *marker,
                          const struct view_options *view, struct buf *out)
{
  size_t begin = out->len, marker_len = strlen(marker);
  view_prose(text, indent, view, out);
  if (marker_len == 0 || marker_len > indent || out->truncated || begin + indent > out->len) return;
  for (size_t i = begin; i < begin + indent; i++)
    if (out->data[i] != ' ') return;
  memcpy(out->data + begin + indent - marker_len, marker, marker_len);
}

static void put_code(const struct block *b, struct buf *out)
{
  for (const char *at = b->text, *end = b->text + b->text_len; at < end;) {
    size_t len = strcspn(at, "\n");
    if (len) buf_fill(out, " ", b->indent + CODE_INDENT);
    for (size_t i = 0, from = 0; i <= len; i++) {
      if (i < len && at[i] != '\t') continue;
      buf_put_visible(out, at + from, i - from, false);
      if (i < len) buf_fill(out, " ", CODE_INDENT);
      from = i + 1;
    }
    buf_putc(out, '\n');
    at += len + (at[len] == '\n');
  }
}

void lesson_show_block(const struct block *b, const struct block *previous, const struct segment_env *env,
                       const struct view_options *view, struct buf *out)
{
  bool items = previous && previous->kind == BLOCK_PROSE && *previous->marker && *b->marker;
  if (previous && !items) buf_putc(out, '\n');
  if (b->kind == BLOCK_CODE) {
    put_code(b, out);
    return;
  }
  struct buf text;
  heap_buf_init(&text);
  lesson_fill(b->text, env, &text);
  if (!text.truncated && text.len) {
    if (b->kind == BLOCK_HEADING)
      view_heading(text.data, b->level, view, out);
    else
      put_paragraph(text.data, b->indent, b->marker, view, out);
  }
  heap_buf_free(&text);
}

void lesson_show_paragraph(const char *mark, const char *text, const struct segment_env *env,
                           const struct view_options *view, struct buf *out)
{
  struct buf filled;
  size_t indent = view_width(mark, strlen(mark));
  heap_buf_init(&filled);
  lesson_fill(text, env, &filled);
  if (!filled.truncated && filled.len) {
    struct buf lines;
    heap_buf_init(&lines);
    view_prose(filled.data, (unsigned)indent, view, &lines);
    if (!lines.truncated && lines.len >= indent) {
      buf_puts(out, mark);
      buf_put(out, lines.data + indent, lines.len - indent);
    }
    heap_buf_free(&lines);
  }
  heap_buf_free(&filled);
}

void lesson_show_quiz(const struct lesson_quiz *q, const struct view_options *view, struct buf *out)
{
  for (size_t i = 0; i < q->option_count; i++) {
    char marker[16];
    int n = snprintf(marker, sizeof marker, "%zu. ", i + 1);
    put_paragraph(q->option[i].text, (unsigned)n, marker, view, out);
  }
}

void lesson_show_answer(const struct lesson_quiz *q, const struct segment_env *env,
                        const struct view_options *view, struct buf *out)
{
  for (size_t i = 0; i < q->option_count; i++) {
    char marker[32];
    int n = snprintf(marker, sizeof marker, "%zu. %s: ", i + 1, q->option[i].right ? "yes" : "no");
    put_paragraph(*q->option[i].explanation ? q->option[i].explanation : q->option[i].text, (unsigned)n,
                  marker, view, out);
  }
  uint32_t value;
  if (q->answer && segment_parse_value(q->answer, strlen(q->answer), env, NULL, &value, NULL))
    buf_printf(out, "The answer is %u.\n", value);
}

void lesson_show_typed(const char *command, size_t len, size_t prompt_columns,
                       const struct view_options *view, struct buf *out)
{
  size_t column = prompt_columns;
  for (size_t at = 0; at < len;) {
    size_t blanks = 0, word = 0, begin = out->len;
    while (at + blanks < len && strchr(" \t\n", command[at + blanks])) blanks++;
    at += blanks;
    while (at + word < len && !strchr(" \t\n", command[at + word])) word++;
    if (blanks) buf_putc(out, ' ');
    buf_put_visible(out, command + at, word, false);
    if (out->truncated) return;
    size_t columns = view_width(out->data + begin, out->len - begin);
    if (column + columns >= view->columns && column > TYPED_INDENT) {
      /* Once more, on a line of its own. */
      out->len = begin;
      out->data[begin] = '\0';
      buf_putc(out, '\n');
      buf_fill(out, " ", TYPED_INDENT);
      buf_put_visible(out, command + at, word, false);
      column = TYPED_INDENT;
      columns -= blanks > 0;
    }
    column += columns;
    at += word;
  }
}

unsigned lesson_show_words(const char *text, size_t len)
{
  unsigned words = 0;
  bool inside = false;
  for (size_t i = 0; i < len; i++) {
    bool blank = strchr(" \t\n", text[i]) != NULL;
    words += inside && blank;
    inside = !blank;
  }
  return words + inside;
}
