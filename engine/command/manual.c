/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/command/manual.h"

#include "engine/base/buf.h"
#include "engine/command/command.h"
#include "engine/command/help.h"
#include "engine/command/roff.h"
#include "engine/command/topic.h"
#include "engine/trace/heap_buf.h"

#include <ctype.h>
#include <string.h>

/* A sentence of a summary. */
static void put_summary(const char *summary, struct buf *b)
{
  struct buf text;
  heap_buf_init(&text);
  buf_putc(&text, (char)toupper((unsigned char)*summary));
  buf_printf(&text, "%s.", summary + 1);
  if (!text.truncated) roff_line(text.data, text.len, b);
  buf_putc(b, '\n');
  heap_buf_free(&text);
}

/* "send, s" above the ways to write it; when there is only one, that. */
static void put_heading(const struct command *c, struct buf *b)
{
  struct buf usage;
  heap_buf_init(&usage);
  buf_puts(b, ".TP\n");
  if (c->form_count == 1) command_usage(c, &usage);
  if (usage.len > 0)
    roff_usage(usage.data, usage.len - 1, b);
  else
    buf_printf(b, "\\fB%s\\fP", c->name);
  if (c->alias[0]) buf_printf(b, " (\\fB%s\\fP for short)", c->alias);
  buf_putc(b, '\n');
  heap_buf_free(&usage);
}

static void put_rows(struct buf *rows, int usage, struct buf *b)
{
  if (rows->len == 0) return;
  buf_puts(b, ".RS\n");
  roff_text(rows->data, rows->len, ".PP", usage, b);
  buf_puts(b, ".RE\n");
  buf_reset(rows);
}

static void put_command(const struct command *c, struct buf *b)
{
  struct buf rows;
  heap_buf_init(&rows);
  put_heading(c, b);
  put_summary(c->summary, b);
  if (c->text) {
    buf_puts(b, ".IP\n");
    roff_text(c->text, strlen(c->text), ".IP", 0, b);
  }
  if (c->form_count > 1) help_put_forms(c, &rows);
  help_put_args(c, &rows);
  put_rows(&rows, 1, b);
  buf_puts(b, ".IP\nFor example:\n");
  for (const char *const *e = c->examples; *e; e++) buf_printf(&rows, "> %s\n", *e);
  put_rows(&rows, 0, b);
  heap_buf_free(&rows);
}

void manual_commands(struct buf *b)
{
  buf_puts(b, ".SH COMMANDS\n");
  for (size_t g = 0; g < GROUP_COUNT; g++) {
    buf_puts(b, ".SS ");
    roff_line(command_group_name((enum command_group)g), strlen(command_group_name((enum command_group)g)),
              b);
    buf_putc(b, '\n');
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
      const struct command *c = command_table((enum command_id)i);
      if (c->group == (enum command_group)g) put_command(c, b);
    }
  }
}

void manual_topics(struct buf *b)
{
  const struct topic *t;
  for (size_t i = 0; (t = topic_at(i)) != NULL; i++) {
    struct buf text;
    heap_buf_init(&text);
    buf_puts(b, ".SH ");
    for (const char *p = t->name; *p; p++) buf_putc(b, (char)toupper((unsigned char)*p));
    buf_putc(b, '\n');
    topic_put(t, &text);
    if (!text.truncated) roff_text(text.data, text.len, ".PP", 0, b);
    heap_buf_free(&text);
  }
}
