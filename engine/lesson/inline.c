/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text within a paragraph: cmark's inline nodes as plain text, and the live values in it. */
#include "engine/lesson/reader.h"

#include "engine/segment/text.h"

#include <cmark.h>
#include <string.h>

/* Only code spans have backticks in a block's text, so that they are found without doubt. */
static void put_without_backticks(struct buf *out, const char *text)
{
  for (; *text; text++) buf_putc(out, *text == '`' ? '\'' : *text);
}

/* Each `{…}` must be a value; else an author's slip would be printed as "?". */
static bool check_values(const struct source *src, unsigned line, const char *code, struct err *err)
{
  for (const char *open = strchr(code, '{'); open; open = strchr(open + 1, '{')) {
    struct err why;
    uint32_t value;
    char shown[64];
    const char *close = strchr(open, '}');
    if (!close) return source_error(src, line, err, ERR_SYNTAX, "a code span has { without }");
    size_t n = (size_t)(close - open) - 1;
    if (segment_parse_value(open + 1, n, NULL, NULL, &value, &why)) continue;
    source_error(src, line, err, ERR_SYNTAX, "`{%s}` is no live value: %s",
                 buf_show(shown, sizeof shown, open + 1, n), why.message);
    return err_hint(
        err, "in a code span {snd.nxt} prints a number; braces for their own sake go into a code block");
  }
  return true;
}

/* A link is shown with its address where that is one a reader could follow from a terminal. */
static void put_address(struct buf *out, cmark_node *link)
{
  const char *url = cmark_node_get_url(link);
  cmark_node *first = cmark_node_first_child(link);
  const char *text =
      first && cmark_node_get_type(first) == CMARK_NODE_TEXT ? cmark_node_get_literal(first) : NULL;
  if (!url || !strstr(url, "://") || (text && strcmp(text, url) == 0)) return;
  buf_puts(out, " <");
  put_without_backticks(out, url);
  buf_putc(out, '>');
}

bool inline_text(const struct source *src, cmark_node *node, bool entering, struct buf *out, struct err *err)
{
  const char *literal = cmark_node_get_literal(node);
  unsigned line = (unsigned)cmark_node_get_start_line(node);
  switch (cmark_node_get_type(node)) {
  case CMARK_NODE_TEXT:
    put_without_backticks(out, literal ? literal : "");
    break;
  case CMARK_NODE_SOFTBREAK:
    buf_putc(out, ' ');
    break;
  case CMARK_NODE_LINEBREAK:
    buf_putc(out, '\n');
    break;
  case CMARK_NODE_CODE:
    if (!check_values(src, line, literal ? literal : "", err)) return false;
    buf_putc(out, '`');
    put_without_backticks(out, literal ? literal : "");
    buf_putc(out, '`');
    break;
  case CMARK_NODE_EMPH:
  case CMARK_NODE_STRONG:
    buf_putc(out, '*');
    break;
  case CMARK_NODE_LINK:
    if (!entering) put_address(out, node);
    break;
  default:
    break; /* HTML is for the page; of an image the words in its place remain */
  }
  return !out->truncated || out_of_memory(err);
}

void lesson_fill(const char *text, const struct segment_env *env, struct buf *out)
{
  bool code = false;
  while (*text) {
    const char *close = code && *text == '{' ? strchr(text, '}') : NULL;
    uint32_t value;
    if (close) {
      if (segment_parse_value(text + 1, (size_t)(close - text) - 1, env, NULL, &value, NULL))
        buf_printf(out, "%u", value);
      else
        buf_putc(out, '?');
      text = close + 1;
      continue;
    }
    if (*text == '`') code = !code;
    buf_putc(out, *text++);
  }
}
