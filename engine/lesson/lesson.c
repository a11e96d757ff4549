/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lesson/lesson.h"

#include "engine/base/utf8.h"
#include "engine/lesson/reader.h"
#include "engine/trace/heap_buf.h"

#include <cmark.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INDENT_MAX 40u /* columns */

struct reader {
  struct source source;
  struct lesson *lesson;
  struct err *err;
  unsigned indent; /* of the containers around */
  char marker[12]; /* of a list item none of whose text was read yet */
  struct buf text; /* of the paragraph being read */
};

/* Octets that no lesson has: what is not UTF-8, NUL, a carriage return that ends no line (cmark takes it for
   a line's end, editors do not). Lines are counted. */
static bool check_octets(struct source *src, struct err *err)
{
  size_t line_begin = 0;
  if (src->len > LESSON_SIZE_MAX)
    return err_at(err, ERR_LIMIT, 0, 0, "a lesson has at most %zu octets", LESSON_SIZE_MAX);
  for (size_t at = 0; at < src->len;) {
    uint32_t rune;
    size_t n = utf8_next(src->text + at, src->len - at, &rune);
    bool lone_return = n == 1 && rune == '\r' && (at + 1 == src->len || src->text[at + 1] != '\n');
    if (n == 0) return err_at(err, ERR_SYNTAX, at, 1, "this is not UTF-8");
    if (rune == 0) return err_at(err, ERR_SYNTAX, at, 1, "a NUL octet");
    if (lone_return) return err_at(err, ERR_SYNTAX, at, 1, "a carriage return that ends no line");
    at += n;
    if (at - line_begin > LESSON_LINE_MAX)
      return err_at(err, ERR_LIMIT, line_begin, 0, "a line has at most %u octets", LESSON_LINE_MAX);
    if (rune == '\n' || at == src->len) {
      src->lines++;
      line_begin = at;
    }
  }
  return src->lines > 0 || err_set(err, ERR_SYNTAX, "an empty file is no lesson");
}

static bool index_lines(struct source *src, struct err *err)
{
  size_t n = 1;
  src->line_at = lesson_pool_get(src->pool, ((size_t)src->lines + 1) * sizeof *src->line_at);
  if (!src->line_at) return out_of_memory(err);
  for (size_t at = 0; at < src->len && n <= src->lines; at++)
    if (src->text[at] == '\n') src->line_at[n++] = at + 1;
  src->line_at[src->lines] = src->len;
  return true;
}

static struct block *add_block(struct reader *r, enum block_kind kind, unsigned line)
{
  struct lesson *l = r->lesson;
  if (l->block_count == LESSON_BLOCKS_MAX) {
    source_error(&r->source, line, r->err, ERR_LIMIT, "a lesson has at most %u paragraphs and blocks",
                 LESSON_BLOCKS_MAX);
    return NULL;
  }
  struct block *b = lesson_pool_append(l->pool, &l->block, &l->block_count, sizeof *b);
  if (!b) {
    out_of_memory(r->err);
    return NULL;
  }
  b->kind = kind;
  b->line = line;
  b->indent = r->indent;
  return b;
}

/* The title is the first heading, without markup. */
static void take_title(struct lesson *l, const char *text)
{
  size_t n = 0;
  if (*l->title) return;
  while (*text) {
    uint32_t rune;
    size_t octets = utf8_next(text, strlen(text), &rune);
    if (octets == 0 || n + octets >= sizeof l->title) break;
    if (*text == '\n')
      l->title[n++] = ' ';
    else if (*text != '`' && *text != '*')
      for (size_t i = 0; i < octets; i++) l->title[n++] = text[i];
    text += octets;
  }
  l->title[n] = '\0';
}

static bool end_paragraph(struct reader *r, cmark_node *node)
{
  bool heading = cmark_node_get_type(node) == CMARK_NODE_HEADING;
  if (r->text.truncated) return out_of_memory(r->err);
  if (r->text.len == 0) return true; /* only HTML stood there */
  struct block *b =
      add_block(r, heading ? BLOCK_HEADING : BLOCK_PROSE, (unsigned)cmark_node_get_start_line(node));
  if (!b) return false;
  b->text = lesson_pool_text(r->lesson->pool, r->text.data, r->text.len);
  if (!b->text) return out_of_memory(r->err);
  b->text_len = r->text.len;
  b->level = heading ? (unsigned)cmark_node_get_heading_level(node) : 0;
  memcpy(b->marker, r->marker, sizeof b->marker);
  r->marker[0] = '\0';
  if (heading) take_title(r->lesson, b->text);
  return true;
}

static bool step_known(const struct lesson *l, const struct block *step)
{
  for (size_t i = 0; i < l->block_count; i++)
    if (&l->block[i] != step && *step->id && strcmp(l->block[i].id, step->id) == 0) return true;
  return false;
}

/* The body of one of our blocks. */
static bool read_body(struct reader *r, struct block *b, uint32_t by_hand)
{
  unsigned line = b->line + 1;
  if (b->kind == BLOCK_TRY) {
    struct lesson_try *t = try_parse(&r->source, b->text, line, r->err);
    if (t) t->by_hand = by_hand;
    b->attempt = t;
    return t != NULL;
  }
  if (b->kind == BLOCK_QUIZ) {
    b->quiz = quiz_parse(&r->source, b->text, line, r->err);
    return b->quiz != NULL;
  }
  b->script = (struct lesson_script){b->text, b->text_len, line};
  return lesson_script_check(&r->source, &b->script, r->err);
}

/* LITERAL without carriage returns. */
static bool copy_code(struct reader *r, struct block *b, const char *literal)
{
  size_t len = strlen(literal), n = 0;
  char *copy = lesson_pool_get(r->lesson->pool, len + 1);
  if (!copy) return out_of_memory(r->err);
  for (size_t i = 0; i < len; i++)
    if (literal[i] != '\r') copy[n++] = literal[i];
  b->text = copy;
  b->text_len = n;
  return true;
}

static bool read_code(struct reader *r, cmark_node *node)
{
  const char *info = cmark_node_get_fence_info(node), *literal = cmark_node_get_literal(node);
  unsigned line = (unsigned)cmark_node_get_start_line(node), lines = 0;
  enum block_kind kind = info ? fence_kind(info) : BLOCK_CODE;
  uint32_t by_hand = 0;
  struct block *b = add_block(r, kind, line);
  if (!b || !copy_code(r, b, literal ? literal : "")) return false;
  if (kind == BLOCK_CODE) return true;
  for (size_t i = 0; i < b->text_len; i++) lines += b->text[i] == '\n';
  if ((unsigned)cmark_node_get_end_line(node) <= line + lines)
    return source_error(&r->source, line, r->err, ERR_SYNTAX, "this block is never closed");
  if (!fence_words(&r->source, info, b, &by_hand, r->err)) return false;
  if (step_known(r->lesson, b))
    return source_error(&r->source, line, r->err, ERR_SYNTAX, "two steps are called `%s`", b->id);
  return read_body(r, b, by_hand);
}

/* "- " or "7. ", as it will be shown. An item's number waits in its list's user data, so that nothing is
 * counted twice. */
static void item_marker(cmark_node *item, char *out, size_t cap)
{
  cmark_node *list = cmark_node_parent(item);
  if (cmark_node_get_list_type(list) != CMARK_ORDERED_LIST) {
    snprintf(out, cap, "- ");
    return;
  }
  uintptr_t before = (uintptr_t)cmark_node_get_user_data(list);
  snprintf(out, cap, "%u. ", (unsigned)(((uintptr_t)cmark_node_get_list_start(list) + before) % 1000000000u));
  cmark_node_set_user_data(list, (void *)(before + 1));
}

static bool read_container(struct reader *r, cmark_node *node, bool entering)
{
  char marker[12] = "  "; /* a quotation */
  bool item = cmark_node_get_type(node) == CMARK_NODE_ITEM;
  if (!entering) {
    r->indent -= (unsigned)(uintptr_t)cmark_node_get_user_data(node);
    if (item) r->marker[0] = '\0';
    return true;
  }
  if (item) item_marker(node, marker, sizeof marker);
  cmark_node_set_user_data(node, (void *)(uintptr_t)strlen(marker));
  r->indent += (unsigned)strlen(marker);
  if (item) memcpy(r->marker, marker, sizeof r->marker);
  return r->indent <= INDENT_MAX || source_error(&r->source, (unsigned)cmark_node_get_start_line(node),
                                                 r->err, ERR_LIMIT, "nested too deeply");
}

static bool read_node(struct reader *r, cmark_node *node, bool entering)
{
  unsigned line = (unsigned)cmark_node_get_start_line(node);
  switch (cmark_node_get_type(node)) {
  case CMARK_NODE_BLOCK_QUOTE:
  case CMARK_NODE_ITEM:
    return read_container(r, node, entering);
  case CMARK_NODE_PARAGRAPH:
  case CMARK_NODE_HEADING:
    if (!entering) return end_paragraph(r, node);
    buf_reset(&r->text);
    return true;
  case CMARK_NODE_CODE_BLOCK:
    return read_code(r, node);
  case CMARK_NODE_HTML_BLOCK: {
    const char *html = cmark_node_get_literal(node);
    return comment_words(&r->source, html ? html : "", line, r->lesson, r->err);
  }
  case CMARK_NODE_DOCUMENT:
  case CMARK_NODE_LIST:
  case CMARK_NODE_THEMATIC_BREAK:
  case CMARK_NODE_CUSTOM_BLOCK:
    return true;
  default:
    return inline_text(&r->source, node, entering, &r->text, r->err);
  }
}

static bool read_document(struct reader *r)
{
  cmark_node *document = cmark_parse_document(r->source.text, r->source.len, CMARK_OPT_DEFAULT);
  cmark_iter *iter = document ? cmark_iter_new(document) : NULL;
  cmark_event_type event;
  bool ok = iter || out_of_memory(r->err);
  heap_buf_init(&r->text);
  while (ok && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE)
    ok = read_node(r, cmark_iter_get_node(iter), event == CMARK_EVENT_ENTER);
  heap_buf_free(&r->text);
  if (iter) cmark_iter_free(iter);
  if (document) cmark_node_free(document);
  return ok;
}

static bool complete(struct reader *r)
{
  if (!*r->lesson->id) {
    source_error(&r->source, 1, r->err, ERR_SYNTAX, "this file does not say which lesson it is");
    return err_hint(r->err, "put <!-- lesson id=NAME --> under its title");
  }
  return *r->lesson->title ||
         source_error(&r->source, 1, r->err, ERR_SYNTAX, "the lesson has no heading for a title");
}

struct lesson *lesson_parse(const char *text, size_t len, struct err *err)
{
  struct lesson *l = calloc(1, sizeof *l);
  if (l) l->pool = lesson_pool_new();
  if (!l || !l->pool) {
    free(l);
    out_of_memory(err);
    return NULL;
  }
  struct reader r = {.source = {.text = text, .len = len, .pool = l->pool}, .lesson = l, .err = err};
  if (check_octets(&r.source, err) && index_lines(&r.source, err) && read_document(&r) &&
      comment_steps(&r.source, l, err) && complete(&r))
    return l;
  lesson_free(l);
  return NULL;
}

void lesson_free(struct lesson *l)
{
  if (!l) return;
  lesson_pool_free(l->pool);
  free(l);
}
