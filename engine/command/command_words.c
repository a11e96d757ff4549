/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words an argument may be: completion offers them, errors look for the nearest. */
#include "engine/command/grammar.h"

#include <string.h>

/* What a socket call of the peer may fail with. */
static const char *const error_names[] = {
    "ECONNRESET",    "ECONNREFUSED", "ECONNABORTED", "EPIPE",   "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH",
    "EADDRNOTAVAIL", "EADDRINUSE",   "ENOTCONN",     "EISCONN", "EALREADY",  "EINPROGRESS",  "EAGAIN",
    "EINVAL",        "EOPNOTSUPP",   "EDESTADDRREQ", "EPROTO",  "ENOBUFS",   "ENOMEM",       "EMSGSIZE",
    "EBADF",         "ENOTSOCK",     "EPERM",        "EACCES",  "EINTR",     "EMFILE",
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const struct {
  const char *shown, *called;
} kinds[ARG_KIND_COUNT] = {
#define X(id, shown, called) {shown, called},
    ARG_KINDS(X)
#undef X
};

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

bool word_begins(const char *word, const char *text, size_t len)
{
  for (size_t i = 0; i < len; i++)
    if (word[i] == '\0' || lower(word[i]) != lower(text[i])) return false;
  return true;
}

bool word_is(const char *word, const char *text, size_t len)
{
  return strlen(word) == len && word_begins(word, text, len);
}

const char *arg_shown(const struct command_form *f, const struct command_arg *a)
{
  if (a->kind == ARG_WORD) return a->word;
  if (a->kind == ARG_VERB) return peer_verb_name((enum peer_verb)f->what);
  return kinds[a->kind].shown;
}

const char *arg_called(const struct command_form *f, const struct command_arg *a)
{
  (void)f;
  return a->kind == ARG_WORD ? a->word : kinds[a->kind].called;
}

size_t arg_value_at(const struct command_arg *a)
{
  return a->kind == ARG_HOLD ? strlen("hold=") : a->kind == ARG_BACKLOG ? strlen("backlog=") : 0;
}

/* The alternatives of a setting's values that are words, not D, N or NAME. */
static bool value_word(const char *key, size_t i, struct arg_word *w)
{
  const struct setting *s = key ? setting_find(key, strlen(key), NULL) : NULL;
  for (const char *at = s ? s->values : ""; *at;) {
    size_t len = strcspn(at, "|");
    if ((*at < 'A' || *at > 'Z') && len < sizeof w->space && i-- == 0) {
      memcpy(w->space, at, len);
      w->space[len] = '\0';
      w->word = w->space;
      return true;
    }
    at += len + (at[len] == '|');
  }
  return false;
}

static bool topic_word(size_t i, struct arg_word *w)
{
  if (i < COMMAND_COUNT) {
    const struct command *c = command_table((enum command_id)i);
    w->word = c->name;
    w->help = c->summary;
    return true;
  }
  w->word = command_topic_name(i - COMMAND_COUNT);
  if (!w->word) return false;
  w->help = command_topic_summary(i - COMMAND_COUNT);
  return true;
}

static bool rule_word(size_t i, struct arg_word *w)
{
  size_t count;
  const struct tcp_rule *rule = tcp_rules(&count);
  if (i >= count) return false;
  w->word = rule[i].id;
  w->help = rule[i].title;
  return true;
}

static bool listed(const char *const *list, size_t n, size_t i, struct arg_word *w)
{
  if (i < n) w->word = list[i];
  return i < n;
}

bool arg_word(const struct command_form *f, const struct command_arg *a, const char *key, size_t i,
              struct arg_word *w)
{
  static const char *const ends[] = {"you", "peer"}, *const switches[] = {"on", "off"};
  static const char *const hold[] = {"hold="}, *const backlog[] = {"backlog="},
                           *const at_eof[] = {"close=eof"};
  const struct setting *setting;
  w->help = a->help;
  switch (a->kind) {
  case ARG_WORD:
    return listed(&a->word, 1, i, w);
  case ARG_VERB:
    w->word = peer_verb_name((enum peer_verb)f->what);
    w->help = peer_verb_help((enum peer_verb)f->what);
    return i == 0;
  case ARG_WHOSE:
    return listed(ends, COUNT(ends), i, w);
  case ARG_SWITCH:
    return listed(switches, COUNT(switches), i, w);
  case ARG_HOLD:
    return listed(hold, 1, i, w);
  case ARG_BACKLOG:
    return listed(backlog, 1, i, w);
  case ARG_AT_EOF:
    return listed(at_eof, 1, i, w);
  case ARG_APP:
    if (i <= APP_HTTP) w->word = peer_app_name((enum peer_app)i);
    return i <= APP_HTTP;
  case ARG_ERROR:
    return listed(error_names, COUNT(error_names), i, w);
  case ARG_STATE:
    if (i < STATE_COUNT) w->word = tcp_state_name((enum tcp_state)i);
    return i < STATE_COUNT;
  case ARG_PEER_KEY:
    w->word = peer_setting_name(i);
    if (w->word) w->help = peer_setting_help(i);
    return w->word != NULL;
  case ARG_SETTING:
    setting = setting_at(i);
    if (setting) w->word = setting->name, w->help = setting->help;
    return setting != NULL;
  case ARG_VALUE:
    return value_word(key, i, w);
  case ARG_RULE:
    return rule_word(i, w);
  case ARG_TOPIC:
    return topic_word(i, w);
  default:
    return false;
  }
}
