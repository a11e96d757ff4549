/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks the forms of a command; makes one error of what every form says. */
#include "engine/command/grammar.h"

#include "engine/base/buf.h"
#include "engine/base/words.h"

#include <stdio.h>
#include <string.h>

#define EXPECTED_MAX 24

/* How far the forms came, and what each of them could have gone on with there. */
struct failure {
  struct cursor args; /* all of them */
  struct token place; /* the word where the furthest failed; of no length at the end */
  size_t count;
  struct {
    const struct command_form *form;
    const struct command_arg *arg; /* kind NONE: the end of the command */
  } expected[EXPECTED_MAX];
  struct err err; /* of those there, the one whose place is furthest to the right … */
  char hint[sizeof((struct err *)NULL)->hint]; /* … and what who knows most of words there advises */
};

void call_init(struct command_call *call)
{
  call->segment = NULL;
  call->segment_len = 0;
  call->fate = FATE_SENT;
  call->name[0] = '\0';
  call->on = false;
  call->show_only = true;
  call->port = 0;
  call->number = 0;
  call->duration = -1;
  call->wait = WAIT_TIME;
  call->end = END_YOU;
  call->state = STATE_COUNT;
  call->peer = (struct peer_request){.backlog = -1};
  call->key[0] = '\0';
  call->value = NULL;
  call->value_len = 0;
  call->peer_value[0] = '\0';
  call->store_len = 0;
}

/* The word that octet AT is in, or the place behind the last. */
static struct token word_at(struct cursor c, size_t at)
{
  struct token t;
  while (lex_token(&c, &t) && at >= t.at + t.len) continue;
  return t;
}

static void expect_arg(struct failure *f, const struct command_form *form, const struct command_arg *arg)
{
  for (size_t i = 0; i < f->count; i++)
    if (f->expected[i].arg->kind == arg->kind && arg->kind != ARG_WORD && arg->kind != ARG_VERB) return;
  if (f->count == EXPECTED_MAX) return;
  f->expected[f->count].form = form;
  f->expected[f->count].arg = arg;
  f->count++;
}

static void fail(struct failure *f, const struct command_form *form, const struct command_arg *arg,
                 const struct err *err)
{
  struct token place = word_at(f->args, err->at);
  if (f->count > 0 && place.at < f->place.at) return;
  if (f->count == 0 || place.at > f->place.at) {
    f->count = 0;
    f->place = place;
    f->err = *err;
    f->hint[0] = '\0';
  }
  bool telling = arg->kind == ARG_RULE || (arg->kind == ARG_STATE && !f->hint[0]);
  if (telling || arg->kind == ARG_SEGMENT) memcpy(f->hint, err->hint, sizeof f->hint);
  bool limit = err->code == ERR_RANGE ||
               err->code == ERR_LIMIT; /* of the right kind, and yet wrong: says more than others */
  if (err->at > f->err.at || limit) f->err = *err;
  expect_arg(f, form, arg);
  /* Within a segment, what may follow it may have been meant. */
  if (arg->kind == ARG_SEGMENT && place.at > word_at(f->args, 0).at && arg[1].kind != ARG_NONE)
    expect_arg(f, form, arg + 1);
}

static bool at_end(struct cursor c)
{
  struct token t;
  return !lex_token(&c, &t);
}

/* What a form alone implies, once its arguments are read. */
static void apply_form(const struct command_form *form, struct command_call *call)
{
  switch (call->command->id) {
  case COMMAND_SEND:
    call->fate = (enum segment_fate)form->what;
    break;
  case COMMAND_WAIT:
  case COMMAND_EXPECT:
    call->wait = (enum wait_kind)form->what;
    break;
  case COMMAND_PEER:
    call->peer.verb = (enum peer_verb)form->what;
    break;
  case COMMAND_SKIP:
  case COMMAND_RULES:
    call->on = form->what != 0;
    break;
  default:
    break;
  }
}

static bool read_form(const struct command_form *form, struct cursor c, struct command_call *call,
                      struct failure *f)
{
  static const struct command_arg end = {.kind = ARG_NONE};
  struct err err;
  for (const struct command_arg *a = form->arg; a->kind != ARG_NONE;) {
    err_clear(&err);
    if (a->optional && at_end(c)) {
      a += a->optional;
      continue;
    }
    bool first = a->optional > 0;
    if (arg_read(form, a, &c, call, &err)) {
      a++;
      continue;
    }
    fail(f, form, a, &err);
    struct cursor ahead = c;
    struct token t;
    lex_token(&ahead, &t);
    /* Something else than the argument that may be left out stands here; half of it right is wrong. */
    if (!first || err.at > t.at) return false;
    a += a->optional;
  }
  struct token t;
  if (lex_token(&c, &t)) {
    char shown[48];
    err_at(&err, ERR_SYNTAX, t.at, t.len, "'%s' is too much here",
           buf_show(shown, sizeof shown, c.script + t.at, t.len));
    err_hint(&err, "the command is complete before it; ';' or a new line begins another");
    fail(f, form, &end, &err);
    return false;
  }
  apply_form(form, call);
  return true;
}

/* The nearest of all the words the forms could have gone on with. */
static const char *nearest_expected(const struct failure *f)
{
  const char *words[96];
  size_t n = 0;
  struct arg_word w;
  for (size_t i = 0; i < f->count; i++)
    for (size_t k = 0; n < sizeof words / sizeof words[0]; k++) {
      if (!arg_word(f->expected[i].form, f->expected[i].arg, NULL, k, &w) || w.word == w.space) break;
      words[n++] = w.word;
    }
  return words_nearest(f->args.script + f->place.at, f->place.len, words, n);
}

struct list {
  size_t n;
  const char *item[EXPECTED_MAX + 1];
};

static void list_add(struct list *l, const char *item)
{
  for (size_t i = 0; i < l->n; i++)
    if (strcmp(l->item[i], item) == 0) return;
  if (l->n <= EXPECTED_MAX) l->item[l->n++] = item;
}

/* What was expected, each once: "'nothing', 'peer', 'you' or a segment". */
static void put_expected(const struct failure *f, struct buf *b)
{
  struct list l = {.n = 0};
  bool inside = f->place.at > word_at(f->args, 0).at;
  for (size_t i = 0; i < f->count; i++) {
    const struct command_arg *a = f->expected[i].arg;
    if (a->kind == ARG_WHOSE) {
      list_add(&l, "you");
      list_add(&l, "peer");
    } else {
      list_add(&l, a->kind == ARG_SEGMENT && inside ? "a field" : arg_called(f->expected[i].form, a));
    }
  }
  for (size_t i = 0; i < l.n; i++) {
    const char *item = l.item[i];
    bool phrase = strchr(item, ' ') != NULL || *item == '\'';
    buf_puts(b, i == 0 ? "" : i + 1 < l.n ? ", " : " or ");
    buf_printf(b, phrase ? "%s" : "'%s'", item);
  }
}

static size_t count_kind(const struct failure *f, enum arg_kind kind)
{
  size_t n = 0;
  for (size_t i = 0; i < f->count; i++) n += f->expected[i].arg->kind == kind;
  return n;
}

/* Does what one of them says stand for all? Not when several things could have stood there. */
static bool one_voice(const struct failure *f)
{
  if (f->count < 2 || f->err.code == ERR_RANGE || f->err.code == ERR_LIMIT) return true;
  if (count_kind(f, ARG_VERB) == f->count) return true;
  if (count_kind(f, ARG_SEGMENT) > 0 && f->place.at > word_at(f->args, 0).at) return true;
  size_t words = count_kind(f, ARG_WORD), ends = count_kind(f, ARG_NONE),
         segments = count_kind(f, ARG_SEGMENT);
  return f->err.at > f->place.at || segments == f->count || segments + ends == f->count ||
         (words == 0 && ends + 1 >= f->count);
}

/* One error of all of them. */
static void report(const struct failure *f, struct err *err)
{
  const char *nearest = count_kind(f, ARG_WORD) || count_kind(f, ARG_HOLD) ? nearest_expected(f) : NULL;
  *err = f->err;
  if (one_voice(f) && !(nearest && f->count > 1)) return;
  char expected[200], shown[48], hint[sizeof err->hint];
  struct buf b;
  buf_init(&b, expected, sizeof expected);
  put_expected(f, &b);
  snprintf(hint, sizeof hint, "%s", f->hint[0] ? f->hint : f->err.hint);
  buf_show(shown, sizeof shown, f->args.script + f->place.at, f->place.len);
  if (f->place.len > 0)
    err_at(err, ERR_SYNTAX, f->place.at, f->place.len, "found '%s', expected %s", shown, expected);
  else
    err_at(err, ERR_SYNTAX, f->place.at, 0, "found the end of the command, expected %s", expected);
  if (nearest)
    err_hint(err, "did you mean '%s'?", nearest);
  else
    err_hint(err, "%s", hint);
}

static bool parse_call(struct cursor *c, struct command_call *call, struct err *err)
{
  struct token name;
  struct cursor args = *c;
  lex_token(&args, &name);
  call->command = command_find(c->script + name.at, name.len, err);
  if (!call->command) {
    if (err) err->at += name.at;
    return false;
  }
  struct failure f = {.args = args};
  for (size_t i = 0; i < call->command->form_count; i++) {
    call_init(call);
    if (read_form(&call->command->form[i], args, call, &f)) return true;
  }
  if (!err) return false;
  report(&f, err);
  return err->hint[0] ? false : err_hint(err, "'help %s' shows how it is written", call->command->name);
}

int command_parse(const char *script, size_t len, size_t *at, struct command_call *call, struct err *err)
{
  struct cursor c = {.script = script};
  int found = lex_command(script, len, at, &c, err);
  if (found <= 0) return found;
  call_init(call);
  call->script = script;
  call->at = c.at;
  call->len = c.end - c.at;
  return parse_call(&c, call, err) ? 1 : -1;
}
