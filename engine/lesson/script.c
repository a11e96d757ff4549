/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands and conditions of a lesson: checked when the file is read. */
#include "engine/lesson/parts.h"

#include "engine/base/usec.h"
#include "engine/base/words.h"

#include <stdlib.h>
#include <string.h>

bool lesson_allows(enum command_id id) { return command_table(id)->whose == COMMAND_OF_DESK; }

/* The settings that belong to a story and not to its reader, let in by name. */
static bool setting_allowed(const char *name)
{
  static const char *const settings[] = {"names", "explain", "numbers", "auto", "msl", "quickack", "address"};
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
    if (strcmp(name, settings[i]) == 0) return true;
  return false;
}

bool lesson_allows_call(const struct command_call *call, struct err *err)
{
  enum command_id id = call->command->id;
  if (!lesson_allows(id))
    return err_at(err, ERR_STATE, call->at, call->len, "a lesson may not use `%s`", call->command->name);
  if (id == COMMAND_SET && *call->key && !setting_allowed(call->key))
    return err_at(err, ERR_STATE, call->at, call->len, "a lesson may not set `%s`", call->key);
  if (id != COMMAND_WAIT && id != COMMAND_EXPECT) return true;
  if (call->duration > LESSON_WAIT_MAX) {
    err_at(err, ERR_RANGE, call->at, call->len, "this waits longer than a lesson may");
    return err_hint(err, "10m is the most");
  }
  if (id == COMMAND_WAIT && call->wait != WAIT_2MSL && call->duration < 0) {
    err_at(err, ERR_RANGE, call->at, call->len, "this may wait for ever, which a lesson may not");
    return err_hint(err, "say how long at most: `within 5s`");
  }
  return true;
}

/* *ERR was placed in SCRIPT: moves it to the file. */
static bool move_from_script(const struct source *src, const struct lesson_script *script, struct err *err)
{
  if (!err) return false;
  size_t begin = 0, at = err->at < script->len ? err->at : script->len;
  unsigned line = script->line;
  for (size_t i = 0; i < at; i++) {
    if (script->text[i] != '\n') continue;
    line++;
    begin = i + 1;
  }
  size_t end = begin;
  while (end < script->len && script->text[end] != '\n') end++;
  while (end > begin && strchr(" \t\r", script->text[end - 1])) end--;
  return source_move_error(src, line, end - begin, at - begin, err);
}

bool lesson_script_check(const struct source *src, const struct lesson_script *script, struct err *err)
{
  struct command_call call;
  size_t at = 0;
  unsigned found = 0;
  for (;; found++) {
    int r = command_parse(script->text, script->len, &at, &call, err);
    if (r == 0) break;
    if (r < 0 || !lesson_allows_call(&call, err)) return move_from_script(src, script, err);
  }
  return found || source_error(src, script->line - (script->len == 0), err, ERR_SYNTAX, "no command here");
}

/* Does the rest of TEXT begin with WORD and a blank, or is it WORD? Then cuts it off. */
static bool take_word(struct span *text, const char *word)
{
  size_t n = strlen(word);
  if (text->len < n || memcmp(text->text, word, n) != 0) return false;
  if (text->len > n && text->text[n] != ' ' && text->text[n] != '\t') return false;
  while (n < text->len && (text->text[n] == ' ' || text->text[n] == '\t')) n++;
  text->text += n;
  text->len -= n;
  return true;
}

/* The part of a condition being read, so that errors find their place. */
struct condition_reader {
  const struct source *src;
  struct span whole;
  unsigned line;
  struct err *err;
};

/* *ERR was placed in PART, a part of the whole. */
static bool wrong_part(const struct condition_reader *r, struct span part)
{
  size_t before = (size_t)(part.text - r->whole.text);
  if (!r->err) return false;
  if (r->err->len == 0) r->err->len = part.len - (r->err->at < part.len ? r->err->at : 0);
  return source_move_error(r->src, r->line, r->whole.len, before + r->err->at, r->err);
}

static bool read_segment(const struct condition_reader *r, struct span text, struct condition *out)
{
  struct segment segment;
  if (text.len == 0)
    return source_error(r->src, r->line, r->err, ERR_SYNTAX, "which segment? `sent FIN,ACK`");
  uint8_t *store = malloc(SEGMENT_DATA_MAX);
  if (!store) return out_of_memory(r->err);
  bool ok = segment_parse(text.text, text.len, NULL, store, SEGMENT_DATA_MAX, &segment, r->err);
  free(store);
  if (!ok) return wrong_part(r, text);
  out->segment = lesson_pool_text(r->src->pool, text.text, text.len);
  out->segment_len = text.len;
  return out->segment || out_of_memory(r->err);
}

static bool read_duration(const struct condition_reader *r, struct span text, struct condition *out)
{
  if (!usec_parse(text.text, text.len, &out->duration, r->err)) return wrong_part(r, text);
  if (out->duration <= LESSON_WAIT_MAX) return true;
  return source_error(r->src, r->line, r->err, ERR_RANGE, "longer than 10m");
}

static bool read_state(const struct condition_reader *r, struct span text, struct condition *out)
{
  const char *nearest = NULL;
  size_t word = 0;
  while (word < text.len && text.text[word] != ' ' && text.text[word] != '\t') word++;
  struct span name = {text.text, word}, rest = {text.text + word, text.len - word};
  if (!tcp_state_parse(name.text, name.len, &out->state, &nearest)) {
    char shown[64];
    err_at(r->err, ERR_UNKNOWN, 0, name.len, "`%s` is no state",
           buf_show(shown, sizeof shown, name.text, name.len));
    if (nearest) err_hint(r->err, "%s?", nearest);
    return wrong_part(r, name);
  }
  out->duration = -1;
  while (rest.len && (*rest.text == ' ' || *rest.text == '\t')) {
    rest.text++;
    rest.len--;
  }
  if (rest.len == 0) return true;
  static const char timer[] = "timer>";
  size_t n = sizeof timer - 1;
  if (rest.len > n && memcmp(rest.text, timer, n) == 0)
    return read_duration(r, (struct span){rest.text + n, rest.len - n}, out);
  err_at(r->err, ERR_SYNTAX, 0, rest.len, "after the state only timer>DURATION may follow");
  return wrong_part(r, rest);
}

/* `peer read TEXT` and `peer error NAME` are read as `expect` reads them. */
static bool read_peer(const struct condition_reader *r, struct span text, struct condition *out)
{
  static const char verb[] = "expect ";
  char script[LESSON_LINE_MAX + sizeof verb];
  struct command_call call;
  size_t at = 0, n = sizeof verb - 1;
  if (text.len > LESSON_LINE_MAX) return source_error(r->src, r->line, r->err, ERR_LIMIT, "too long");
  memcpy(script, verb, n);
  memcpy(script + n, text.text, text.len);
  if (command_parse(script, n + text.len, &at, &call, r->err) < 1) {
    if (r->err) r->err->at = r->err->at > n ? r->err->at - n : 0;
    return wrong_part(r, text);
  }
  if (at < n + text.len || (call.wait != WAIT_PEER_READ && call.wait != WAIT_PEER_ERROR) ||
      call.duration >= 0)
    return source_error(r->src, r->line, r->err, ERR_SYNTAX,
                        "expected `peer read TEXT` or `peer error NAME`");
  bool read = call.wait == WAIT_PEER_READ;
  const char *data = read ? (const char *)call.store : call.name;
  out->kind = read ? CONDITION_PEER_READ : CONDITION_PEER_ERROR;
  out->data_len = read ? call.store_len : strlen(call.name);
  out->data = (const uint8_t *)lesson_pool_text(r->src->pool, data, out->data_len);
  return out->data || out_of_memory(r->err);
}

static bool unknown_condition(const struct condition_reader *r)
{
  static const char *const words[] = {"sent", "got", "you", "peer"};
  char shown[64];
  size_t n = 0;
  while (n < r->whole.len && r->whole.text[n] != ' ' && r->whole.text[n] != '\t') n++;
  err_at(r->err, ERR_UNKNOWN, 0, n, "`%s` begins no condition; expected sent, got, you or peer",
         buf_show(shown, sizeof shown, r->whole.text, n));
  const char *nearest = words_nearest(r->whole.text, n, words, sizeof words / sizeof *words);
  if (nearest) err_hint(r->err, "%s?", nearest);
  return wrong_part(r, r->whole);
}

bool condition_parse(const struct source *src, struct span text, unsigned line, struct condition *out,
                     struct err *err)
{
  struct condition_reader r = {src, text, line, err};
  struct span rest = text, after_end;
  *out = (struct condition){.line = line, .text_len = text.len, .duration = -1};
  out->text = lesson_pool_text(src->pool, text.text, text.len);
  if (!out->text) return out_of_memory(err);
  out->kind = CONDITION_SENT;
  if (take_word(&rest, "sent")) return read_segment(&r, rest, out);
  if (take_word(&rest, "got")) {
    struct span silence = rest;
    out->kind = CONDITION_GOT;
    if (!take_word(&silence, "nothing")) return read_segment(&r, rest, out);
    out->kind = CONDITION_GOT_NOTHING;
    if (take_word(&silence, "for")) return read_duration(&r, silence, out);
    return source_error(src, line, err, ERR_SYNTAX, "for how long? `got nothing for 1s`");
  }
  out->kind = CONDITION_STATE;
  out->end = END_YOU;
  if (take_word(&rest, "you")) return read_state(&r, rest, out);
  out->end = END_PEER;
  if (!take_word(&rest, "peer")) return unknown_condition(&r);
  after_end = rest;
  if (take_word(&after_end, "read") || take_word(&after_end, "error")) return read_peer(&r, text, out);
  return read_state(&r, rest, out);
}
