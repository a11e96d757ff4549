/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything `help` says is made from the tables. */
#include "engine/command/grammar.h"

#include "engine/base/buf.h"
#include "engine/base/words.h"
#include "engine/command/help.h"
#include "engine/command/layout.h"
#include "engine/command/topic.h"
#include "engine/trace/heap_buf.h"

#include <stdio.h>
#include <string.h>

static void put_arg(const struct command_form *f, const struct command_arg *a, struct buf *b)
{
  buf_putc(b, ' ');
  if (a->optional) buf_putc(b, '[');
  buf_puts(b, arg_shown(f, a));
  for (unsigned i = 1; i < a->optional; i++) {
    buf_putc(b, ' ');
    buf_puts(b, arg_shown(f, a + i));
  }
  if (a->optional) buf_putc(b, ']');
}

static void put_form(const struct command *c, const struct command_form *f, struct buf *b)
{
  buf_puts(b, c->name);
  if (c->id == COMMAND_PEER) {
    const char *args = peer_verb_args((enum peer_verb)f->what);
    buf_printf(b, " %s%s%s", peer_verb_name((enum peer_verb)f->what), *args ? " " : "", args);
    return;
  }
  for (const struct command_arg *a = f->arg; a->kind != ARG_NONE; a += a->optional ? a->optional : 1)
    put_arg(f, a, b);
}

void command_usage(const struct command *c, struct buf *b)
{
  for (size_t i = 0; i < c->form_count; i++) {
    put_form(c, &c->form[i], b);
    buf_putc(b, '\n');
  }
}

static const char *form_summary(const struct command *c, const struct command_form *f)
{
  if (c->id == COMMAND_PEER) return peer_verb_help((enum peer_verb)f->what);
  return f->summary ? f->summary : c->summary;
}

void help_put_forms(const struct command *c, struct buf *b)
{
  for (size_t i = 0; i < c->form_count; i++) {
    buf_puts(b, "  ");
    put_form(c, &c->form[i], b);
    buf_printf(b, "\t%s\n", form_summary(c, &c->form[i]));
  }
}

/* Each argument once, whichever form it stands in; two that go together on one line: "within D". */
void help_put_args(const struct command *c, struct buf *b)
{
  char seen[32][24];
  size_t n = 0;
  for (size_t i = 0; i < c->form_count; i++) {
    const struct command_form *f = &c->form[i];
    for (const struct command_arg *a = f->arg; a->kind != ARG_NONE; a += a->optional ? a->optional : 1) {
      char shown[sizeof seen[0]];
      bool again = a->kind == ARG_VERB || a->help == NULL || n == sizeof seen / sizeof seen[0];
      snprintf(shown, sizeof shown, "%s%s%s", arg_shown(f, a), a->optional == 2 ? " " : "",
               a->optional == 2 ? arg_shown(f, a + 1) : "");
      for (size_t k = 0; k < n; k++) again = again || strcmp(seen[k], shown) == 0;
      if (again) continue;
      if (n == 0) buf_putc(b, '\n');
      memcpy(seen[n++], shown, sizeof shown);
      buf_printf(b, "  %s\t%s\n", shown, a->help);
    }
  }
}

static void put_command(const struct command *c, struct buf *b)
{
  buf_printf(b, "%s: %s\n\n", c->name, c->summary);
  help_put_forms(c, b);
  help_put_args(c, b);
  if (c->text) buf_printf(b, "\n%s\n", c->text);
  buf_puts(b, "\nExamples:\n");
  for (const char *const *e = c->examples; *e; e++) buf_printf(b, ">  %s\n", *e);
  if (c->alias[0]) buf_printf(b, "\n'%s' is short for it.\n", c->alias);
}

static void lay_out(struct buf *raw, unsigned columns, struct buf *b)
{
  layout(raw->data ? raw->data : "", raw->len, columns, b);
  if (raw->truncated) b->truncated = true;
  heap_buf_free(raw);
}

void command_help_overview(unsigned columns, struct buf *b)
{
  struct buf raw;
  heap_buf_init(&raw);
  for (size_t g = 0; g < GROUP_COUNT; g++) {
    buf_printf(&raw, "%s\n", command_group_name((enum command_group)g));
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
      const struct command *c = command_table((enum command_id)i);
      if (c->group == (enum command_group)g) buf_printf(&raw, "  %-12s\t%s\n", c->name, c->summary);
    }
  }
  buf_puts(&raw, "\n'help COMMAND' says how it is written, with examples; 'help TOPIC' is about:\n");
  const char *topic;
  for (size_t i = 0; (topic = command_topic_name(i)) != NULL; i++)
    buf_printf(&raw, "  %-12s\t%s\n", topic, command_topic_summary(i));
  buf_puts(&raw, "\nCommands may be shortened while it is clear which is meant; ';' stands between two on "
                 "one line; Tab completes.\n");
  lay_out(&raw, columns, b);
}

/* By its name or the beginning of no other's. */
static const struct topic *find_topic(const char *name, size_t len)
{
  const struct topic *begun = NULL, *t;
  size_t n = 0;
  for (size_t i = 0; (t = topic_at(i)) != NULL; i++) {
    if (word_is(t->name, name, len)) return t;
    if (word_begins(t->name, name, len)) begun = t, n++;
  }
  return n == 1 ? begun : NULL;
}

const char *command_topic_find(const char *name, size_t len)
{
  const struct topic *t = find_topic(name, len);
  return t && (word_is(t->name, name, len) || !command_find(name, len, NULL)) ? t->name : NULL;
}

static bool no_topic(const char *name, size_t len, struct err *err)
{
  const char *words[COMMAND_COUNT + 16], *topic;
  char shown[48];
  size_t n = 0;
  for (; n < COMMAND_COUNT; n++) words[n] = command_table((enum command_id)n)->name;
  for (size_t i = 0; (topic = command_topic_name(i)) != NULL && n < sizeof words / sizeof words[0]; i++)
    words[n++] = topic;
  err_at(err, ERR_UNKNOWN, 0, len, "there is no help on '%s'", buf_show(shown, sizeof shown, name, len));
  const char *nearest = words_nearest(name, len, words, n);
  return nearest ? err_hint(err, "did you mean '%s'?", nearest)
                 : err_hint(err, "'help' lists commands and topics");
}

bool command_help(const char *name, size_t len, unsigned columns, struct buf *b, struct err *err)
{
  struct buf raw;
  const struct topic *t = command_topic_find(name, len) ? find_topic(name, len) : NULL;
  const struct command *c = t ? NULL : command_find(name, len, NULL);
  if (!t && !c) return no_topic(name, len, err);
  heap_buf_init(&raw);
  if (c)
    put_command(c, &raw);
  else
    topic_put(t, &raw);
  lay_out(&raw, columns, b);
  return true;
}
