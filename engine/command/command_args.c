/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads one typed argument at a time. */
#include "engine/command/grammar.h"

#include "engine/base/buf.h"
#include "engine/base/words.h"
#include "engine/peer/setting.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 400
#define OCTETS_MAX 1048576u /* of one `peer send N` or `peer read N` */

/* The word read; AT is its place in the script, where errors are reported. */
struct place {
  const char *text;
  size_t at, len;
};

/* "discard, echo or none". */
static bool hint_words(const char *const *words, size_t n, struct err *err)
{
  char list[160];
  struct buf b;
  buf_init(&b, list, sizeof list);
  for (size_t i = 0; i < n; i++) buf_printf(&b, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ", words[i]);
  return err_hint(err, "%s", list);
}

static bool wrong(const struct place *p, const struct command_form *f, const struct command_arg *a,
                  struct err *err)
{
  char shown[48];
  err_at(err, ERR_SYNTAX, p->at, p->len, "'%s' is not %s", buf_show(shown, sizeof shown, p->text, p->len),
         arg_called(f, a));
  const char *words[WORDS_MAX];
  struct arg_word w;
  size_t n = 0;
  while (n < WORDS_MAX && arg_word(f, a, NULL, n, &w)) words[n++] = w.word;
  const char *nearest = words_nearest(p->text, p->len, words, n);
  if (nearest) return err_hint(err, "did you mean '%s'?", nearest);
  if (a->kind == ARG_APP) return hint_words(words, n, err);
  if (a->kind == ARG_STATE) return err_hint(err, "'help states' lists them");
  if (a->kind == ARG_RULE)
    return err_hint(err, "'rules' lists them, 'help states' the states; Tab completes");
  if (a->help) return err_hint(err, "expected %s: %s", arg_shown(f, a), a->help);
  return false;
}

/* An error of another module's parser, whose place counts from P. */
static bool moved(const struct place *p, struct err *err)
{
  if (!err) return false;
  if (err->len == 0 && err->at == 0) err->len = p->len;
  err->at += p->at;
  return false;
}

static bool read_count(const struct place *p, const char *what, uint32_t least, uint32_t most, uint32_t *out,
                       struct err *err)
{
  uint64_t n = 0;
  char shown[48];
  bool digits = p->len > 0;
  for (size_t i = 0; i < p->len && digits; i++) {
    digits = p->text[i] >= '0' && p->text[i] <= '9';
    if (n <= UINT32_MAX) n = n * 10 + (uint64_t)(p->text[i] - '0');
  }
  buf_show(shown, sizeof shown, p->text, p->len);
  if (!digits)
    return err_at(err, ERR_SYNTAX, p->at, p->len, "'%s' is not %s: expected %u to %u", shown, what, least,
                  most);
  if (n < least || n > most)
    return err_at(err, ERR_RANGE, p->at, p->len, "%s is out of range: expected %s from %u to %u", shown, what,
                  least, most);
  *out = (uint32_t)n;
  return true;
}

static bool read_port(const struct place *p, uint16_t *port, struct err *err)
{
  uint32_t n;
  if (!read_count(p, "a port", 1, 65535, &n, err)) return false;
  *port = (uint16_t)n;
  return true;
}

/* A name of one's own: it may stand on a command line unquoted. */
static bool read_name(const struct place *p, struct command_call *call, struct err *err)
{
  if (p->len == 0) return err_at(err, ERR_SYNTAX, p->at, 0, "a name is missing");
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  char shown[48];
  size_t good = 0;
  while (good < p->len && p->text[good] && strchr(allowed, p->text[good])) good++;
  if (p->len >= sizeof call->name || good < p->len) {
    err_at(err, ERR_SYNTAX, p->at, p->len, "'%s' cannot be a name",
           buf_show(shown, sizeof shown, p->text, p->len));
    return err_hint(err, "a name has 1 to 32 letters, digits, '-', '_' or '.'");
  }
  memcpy(call->name, p->text, p->len);
  call->name[p->len] = '\0';
  return true;
}

/* A bare word, or a quoted text with the escapes of a segment's. */
static bool read_text(const struct place *p, struct command_call *call, struct err *err)
{
  const char *quote = memchr(p->text, '"', p->len);
  if (quote == p->text && p->len >= 2) {
    struct segment s;
    if (!segment_parse(p->text, p->len, NULL, call->store, sizeof call->store, &s, err)) return moved(p, err);
    if (s.data_len > 0 && s.data != call->store) memmove(call->store, s.data, s.data_len);
    call->store_len = s.data_len;
    return true;
  }
  if (quote) {
    size_t at = (size_t)(quote - p->text);
    err_at(err, ERR_SYNTAX, p->at + at, p->len - at, "a quote in the middle of a word");
    return err_hint(err, "put the whole text between quotes; \\\" is a quote inside");
  }
  if (p->len > sizeof call->store)
    return err_at(err, ERR_LIMIT, p->at, p->len, "the text has %zu octets, more than %zu", p->len,
                  sizeof call->store);
  memcpy(call->store, p->text, p->len);
  call->store_len = p->len;
  return true;
}

/* A name of a file: a text that is not empty and has no NUL, which no file's name can have. */
static bool read_file_name(const struct place *p, struct command_call *call, struct err *err)
{
  if (!read_text(p, call, err)) return false;
  if (call->store_len > 0 && call->store_len < sizeof call->store &&
      !memchr(call->store, '\0', call->store_len))
    return true;
  char shown[48];
  err_at(err, ERR_SYNTAX, p->at, p->len, "%s cannot be a file's name",
         buf_show(shown, sizeof shown, p->text, p->len));
  return err_hint(err, "a name with blanks, ';' or '#' in it stands between quotes");
}

static bool read_octets(const struct place *p, struct command_call *call, struct err *err)
{
  uint32_t n;
  if (p->text[0] >= '0' && p->text[0] <= '9') {
    if (!read_count(p, "a number of octets", 1, OCTETS_MAX, &n, err)) {
      if (err && err->code == ERR_SYNTAX) err_hint(err, "a text that begins with a digit needs quotes");
      return false;
    }
    call->peer.len = n;
    return true;
  }
  return read_text(p, call, err);
}

static bool read_seq(const struct place *p, uint32_t *out, struct err *err)
{
  if (p->text[0] < '0' || p->text[0] > '9') {
    char shown[48];
    err_at(err, ERR_SYNTAX, p->at, p->len, "'%s' is not a number",
           buf_show(shown, sizeof shown, p->text, p->len));
    return err_hint(err, "write it like 1415531521 or 0x545f5101");
  }
  return segment_parse_value(p->text, p->len, NULL, NULL, out, err) || moved(p, err);
}

static bool read_state(const struct place *p, enum tcp_state *state, struct err *err)
{
  const char *nearest;
  char shown[48];
  if (tcp_state_parse(p->text, p->len, state, &nearest)) return true;
  err_at(err, ERR_UNKNOWN, p->at, p->len, "'%s' is not a state",
         buf_show(shown, sizeof shown, p->text, p->len));
  return nearest ? err_hint(err, "did you mean '%s'?", nearest) : err_hint(err, "'help states' lists them");
}

/* The verb of the form: by its name, or the beginning of no other verb's. */
static bool read_verb(const struct place *p, const struct command_form *f, struct err *err)
{
  const char *begun[PEER_VERB_COUNT], *names[PEER_VERB_COUNT];
  char shown[48];
  size_t n = 0;
  enum peer_verb exact = PEER_VERB_COUNT, verb = (enum peer_verb)f->what;
  for (size_t v = 0; v < PEER_VERB_COUNT; v++) {
    names[v] = peer_verb_name((enum peer_verb)v);
    if (word_is(names[v], p->text, p->len)) exact = (enum peer_verb)v;
    if (word_begins(names[v], p->text, p->len)) begun[n++] = names[v];
  }
  if (exact < PEER_VERB_COUNT) n = 0; /* nothing else is meant */
  if (exact == verb || (n == 1 && begun[0] == names[verb])) return true;
  buf_show(shown, sizeof shown, p->text, p->len);
  if (n > 1) {
    char list[120];
    struct buf b;
    buf_init(&b, list, sizeof list);
    for (size_t i = 0; i < n; i++)
      buf_printf(&b, "%s'%s'", i == 0 ? "" : i + 1 < n ? ", " : " or ", begun[i]);
    err_at(err, ERR_UNKNOWN, p->at, p->len, "'%s' could be %s", shown, list);
    return err_hint(err, "a few more letters will do");
  }
  err_at(err, ERR_UNKNOWN, p->at, p->len, "'%s' is not a verb of the peer", shown);
  const char *nearest = words_nearest(p->text, p->len, names, PEER_VERB_COUNT);
  return nearest ? err_hint(err, "did you mean '%s'?", nearest) : err_hint(err, "'help peer' lists them");
}

static bool copy_key(const struct place *p, struct command_call *call)
{
  if (p->len >= sizeof call->key) return false;
  memcpy(call->key, p->text, p->len);
  call->key[p->len] = '\0';
  return true;
}

static bool read_peer_key(const struct place *p, const struct command_form *f, const struct command_arg *a,
                          struct command_call *call, struct err *err)
{
  const char *name;
  for (size_t i = 0; (name = peer_setting_name(i)) != NULL; i++)
    if (word_is(name, p->text, p->len) && copy_key(p, call)) {
      call->peer.key = name;
      return true;
    }
  wrong(p, f, a, err);
  if (err && !err->hint[0]) err_hint(err, "'help peer' lists them");
  return false;
}

static bool read_setting(const struct place *p, struct command_call *call, struct err *err)
{
  const struct setting *s = setting_find(p->text, p->len, err);
  if (!s) return moved(p, err);
  call->show_only = true;
  return copy_key(p, call);
}

/* The rest of the command. */
static bool read_value(struct cursor *c, struct command_call *call, struct err *err)
{
  struct place p = {c->script + c->at, c->at, c->end - c->at};
  const struct setting *s = setting_find(call->key, strlen(call->key), err);
  if (!s || !setting_check(s, p.text, p.len, err)) return moved(&p, err);
  call->value = p.text;
  call->value_len = p.len;
  call->show_only = false;
  c->at = c->end;
  return true;
}

static bool read_peer_value(struct cursor *c, struct command_call *call, struct err *err)
{
  struct place p = {c->script + c->at, c->at, c->end - c->at};
  if (p.len >= sizeof call->peer_value || memchr(p.text, '\0', p.len))
    return err_at(err, ERR_LIMIT, p.at, p.len, "the value is longer than any the peer's system knows");
  memcpy(call->peer_value, p.text, p.len);
  call->peer_value[p.len] = '\0';
  c->at = c->end;
  const struct peer_setting *setting;
  int number;
  return peer_setting_parse(call->peer.key, call->peer_value, &setting, &number, err) || moved(&p, err);
}

/* Is the word at T what may follow the segment? */
static bool ends_segment(const struct command_arg *a, const char *text, size_t len)
{
  const struct command_arg *next = a + 1;
  if (next->kind == ARG_WORD) return word_is(next->word, text, len);
  return next->kind == ARG_HOLD && len >= 5 && memcmp(text, "hold=", 5) == 0;
}

static bool read_segment(const struct command_arg *a, struct cursor *c, struct command_call *call,
                         struct err *err)
{
  struct token t;
  struct cursor ahead = *c;
  struct place p = {c->script + c->at, c->at, 0};
  while (lex_token(&ahead, &t) && !ends_segment(a, c->script + t.at, t.len)) {
    c->at = ahead.at;
    p.len = ahead.at - p.at;
  }
  if (p.len == 0) return err_at(err, ERR_SYNTAX, p.at, 0, "a segment is missing");
  if (!segment_check(p.text, p.len, err)) return moved(&p, err);
  call->segment = p.text;
  call->segment_len = p.len;
  return true;
}

static bool read_assigned(const struct place *p, const struct command_form *f, const struct command_arg *a,
                          struct command_call *call, struct err *err)
{
  size_t value = arg_value_at(a);
  uint32_t n;
  if (p->len < value || !word_begins(a->kind == ARG_HOLD ? "hold=" : "backlog=", p->text, value))
    return wrong(p, f, a, err);
  struct place v = {p->text + value, p->at + value, p->len - value};
  if (a->kind == ARG_HOLD) {
    call->fate = FATE_HELD;
    return read_name(&v, call, err);
  }
  if (!read_count(&v, "a backlog", 0, 65535, &n, err)) return false;
  call->peer.backlog = (int)n;
  return true;
}

static bool read_word(const struct command_form *f, const struct command_arg *a, const struct place *p,
                      struct command_call *call, struct err *err)
{
  bool is_peer = call->command && call->command->id == COMMAND_PEER;
  switch (a->kind) {
  case ARG_WORD:
    return word_is(a->word, p->text, p->len) || wrong(p, f, a, err);
  case ARG_VERB:
    return read_verb(p, f, err);
  case ARG_WHOSE:
    call->end = word_is("peer", p->text, p->len) ? END_PEER : END_YOU;
    return call->end == END_PEER || word_is("you", p->text, p->len) || wrong(p, f, a, err);
  case ARG_SWITCH:
    call->on = word_is("on", p->text, p->len);
    call->show_only = false;
    return call->on || word_is("off", p->text, p->len) || wrong(p, f, a, err);
  case ARG_DURATION:
    return usec_parse(p->text, p->len, &call->duration, err) || moved(p, err);
  case ARG_STATE:
    return read_state(p, &call->state, err);
  case ARG_PORT:
    return read_port(p, is_peer ? &call->peer.port : &call->port, err);
  case ARG_SEQ:
    return read_seq(p, &call->peer.isn, err);
  case ARG_TEXT:
    return read_text(p, call, err);
  case ARG_FILE:
  case ARG_LESSON:
    return read_file_name(p, call, err);
  case ARG_OCTETS:
    return read_octets(p, call, err);
  case ARG_NAME:
    return read_name(p, call, err);
  case ARG_HOLD:
  case ARG_BACKLOG:
    return read_assigned(p, f, a, call, err);
  case ARG_APP:
    return peer_app_parse(p->text, p->len, &call->peer.app) || wrong(p, f, a, err);
  case ARG_AT_EOF:
    call->peer.close_on_eof = word_is("close=eof", p->text, p->len);
    return call->peer.close_on_eof || wrong(p, f, a, err);
  case ARG_PEER_KEY:
    return read_peer_key(p, f, a, call, err);
  case ARG_SETTING:
    return read_setting(p, call, err);
  case ARG_RULE:
    return (tcp_rule_find(p->text, p->len) && copy_key(p, call)) || wrong(p, f, a, err);
  case ARG_TOPIC:
    return copy_key(p, call) || wrong(p, f, a, err);
  default:
    return false;
  }
}

static bool read_number(const struct place *p, struct command_call *call, struct err *err)
{
  uint32_t n;
  bool of_peer = call->command && call->command->id == COMMAND_PEER;
  if (!read_count(p, "a number", 1, of_peer ? OCTETS_MAX : 1000000, &n, err)) return false;
  if (of_peer)
    call->peer.len = n;
  else
    call->number = n;
  return true;
}

static bool read_error(const struct place *p, const struct command_form *f, const struct command_arg *a,
                       struct command_call *call, struct err *err)
{
  struct arg_word w;
  for (size_t i = 0; arg_word(f, a, NULL, i, &w); i++)
    if (word_is(w.word, p->text, p->len)) {
      snprintf(call->name, sizeof call->name, "%s", w.word);
      return true;
    }
  return wrong(p, f, a, err);
}

bool arg_read(const struct command_form *f, const struct command_arg *a, struct cursor *c,
              struct command_call *call, struct err *err)
{
  struct cursor before = *c;
  struct token t;
  bool ok;
  lex_token(c, &t);
  struct place p = {c->script + t.at, t.at, t.len};
  if (a->kind == ARG_SEGMENT || a->kind == ARG_VALUE || a->kind == ARG_PEER_VALUE) c->at = t.at;
  if (t.len == 0)
    ok = err_at(err, ERR_SYNTAX, t.at, 0, "%s is missing", arg_called(f, a));
  else if (a->kind == ARG_SEGMENT)
    ok = read_segment(a, c, call, err);
  else if (a->kind == ARG_VALUE)
    ok = read_value(c, call, err);
  else if (a->kind == ARG_PEER_VALUE)
    ok = read_peer_value(c, call, err);
  else if (a->kind == ARG_NUMBER)
    ok = read_number(&p, call, err);
  else if (a->kind == ARG_ERROR)
    ok = read_error(&p, f, a, call, err);
  else
    ok = read_word(f, a, &p, call, err);
  if (!ok) *c = before;
  return ok;
}
