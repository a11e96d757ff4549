/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/segment/text_read.h"

#include "engine/base/buf.h"
#include "engine/base/utf8.h"
#include "engine/base/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct {
  const char *text, *help;
} names[] = {
#define X(id, name, help) {name, help},
    SEGMENT_NAMES(X)
#undef X
};

/* Yours, then the peer's in the same order. */
static const char *const every_name[] = {
#define X(id, name, help) name,
    SEGMENT_NAMES(X)
#undef X
#define X(id, name, help) "peer." name,
        SEGMENT_NAMES(X)
#undef X
};

/* In the order of the bits. */
static const char *const flag_words[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "none"};
#define FLAG_BITS 8u

/* What someone who mistyped FLAGS is likely to have meant. */
const char *const likely_flags[LIKELY_FLAGS] = {"FIN",     "SYN", "RST",  "PSH",     "ACK",     "URG",
                                                "ECE",     "CWR", "none", "SYN,ACK", "FIN,ACK", "RST,ACK",
                                                "PSH,ACK", "S.",  "F.",   "R.",      "P."};

const char *segment_name_text(enum segment_name n) { return names[n].text; }
const char *segment_name_help(enum segment_name n) { return names[n].help; }
const char *segment_flag_word(size_t i) { return i < COUNT(flag_words) ? flag_words[i] : NULL; }

const char *text_show(const struct text *t, struct span s, char shown[SHOWN])
{
  return buf_show(shown, SHOWN, t->at + s.from, s.to - s.from);
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

bool text_is(const struct text *t, struct span s, const char *word)
{
  size_t i = s.from;
  for (; i < s.to && *word != '\0' && lower(t->at[i]) == lower(*word); i++) word++;
  return i == s.to && *word == '\0';
}

bool text_error(const struct text *t, struct span s, enum err_code code, const char *format, ...)
{
  char message[sizeof t->err->message];
  va_list args;
  if (t->err == NULL) return false;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  return err_at(t->err, code, s.from, s.to - s.from, "%s", message);
}

/* ---- numbers ---- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* -1: not a hexadecimal digit. */
static int hex_digit(char c)
{
  if (is_digit(c)) return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_hex_literal(const struct text *t, struct span s)
{
  return s.to - s.from > 2 && t->at[s.from] == '0' && lower(t->at[s.from + 1]) == 'x';
}

/* Where the digits that begin at FROM end: FROM when there are none. */
static size_t digits_end(const struct text *t, size_t from, size_t to)
{
  size_t i = from;
  if (is_hex_literal(t, (struct span){from, to}) && hex_digit(t->at[from + 2]) >= 0) {
    for (i = from + 2; i < to && hex_digit(t->at[i]) >= 0;) i++;
    return i;
  }
  while (i < to && is_digit(t->at[i])) i++;
  return i;
}

static size_t name_end(const struct text *t, size_t from, size_t to)
{
  size_t i = from;
  while (i < to && ((lower(t->at[i]) >= 'a' && lower(t->at[i]) <= 'z') || t->at[i] == '.')) i++;
  return i;
}

/* A number taken apart; parts that are not there are empty. */
struct number_parts {
  struct span literal, name, offset; /* offset without its sign */
  bool minus;
};

static bool is_there(struct span s) { return s.to > s.from; }

static bool take_apart(const struct text *t, struct span s, struct number_parts *out)
{
  struct number_parts p = {.literal = {s.from, digits_end(t, s.from, s.to)}};
  size_t i = p.literal.to;
  if (!is_there(p.literal)) {
    p.name = (struct span){s.from, name_end(t, s.from, s.to)};
    i = p.name.to;
    if (i < s.to && (t->at[i] == '+' || t->at[i] == '-')) {
      p.minus = t->at[i++] == '-';
      p.offset = (struct span){i, digits_end(t, i, s.to)};
      if (!is_there(p.offset)) return false;
      i = p.offset.to;
    }
  }
  *out = p;
  return i == s.to && is_there(s);
}

bool looks_like_number(const struct text *t, struct span s)
{
  struct number_parts p;
  return take_apart(t, s, &p) && (is_there(p.literal) || is_there(p.name));
}

/* Digits as digits_end() found them; UINT32_MAX + 1 for all that is more than UINT32_MAX. */
static int64_t digits_value(const struct text *t, struct span s)
{
  const int64_t limit = (int64_t)UINT32_MAX + 1;
  bool hex = is_hex_literal(t, s);
  int64_t value = 0;
  for (size_t i = hex ? s.from + 2 : s.from; i < s.to && value < limit; i++)
    value = value * (hex ? 16 : 10) + hex_digit(t->at[i]);
  return value < limit ? value : limit;
}

static bool not_a_number(const struct text *t, struct span s, struct span name,
                         const struct number_rule *rule)
{
  char shown[SHOWN];
  const char *near = words_nearest(t->at + name.from, name.to - name.from, every_name, COUNT(every_name));
  text_error(t, s, is_there(name) ? ERR_UNKNOWN : ERR_SYNTAX, "%s wants a number, found '%s'", rule->what,
             text_show(t, s, shown));
  if (near != NULL) return err_hint(t->err, "did you mean %s?", near);
  return err_hint(t->err,
                  "a number (7, 0x1f), a name (snd.nxt), a name with an offset (rcv.nxt-1) or an offset "
                  "from the default (+1)");
}

static bool out_of_range(const struct text *t, struct span s, const struct number_rule *rule)
{
  char shown[SHOWN];
  return text_error(t, s, ERR_RANGE, "%s is out of range: %s is 0 to %u", text_show(t, s, shown), rule->what,
                    rule->max);
}

/* The value a name stands for. */
static bool read_name(const struct text *t, struct span s, struct span name, const struct number_rule *rule,
                      uint32_t *out)
{
  size_t i = 0;
  while (i < COUNT(every_name) && !text_is(t, name, every_name[i])) i++;
  if (i == COUNT(every_name)) return not_a_number(t, s, name, rule);
  *out = 0;
  if (t->env == NULL) return true;
  enum segment_name known = (enum segment_name)(i % NAME_COUNT);
  if (t->env->name != NULL && t->env->name(t->env->ctx, known, i >= NAME_COUNT, out)) return true;
  text_error(t, name, ERR_STATE, "%s is not known yet", every_name[i]);
  return err_hint(t->err, "%s is the %s's %s; give a number until there is one", every_name[i],
                  i >= NAME_COUNT ? "other end" : "own end", names[known].help);
}

bool read_number(const struct text *t, struct span s, const struct number_rule *rule, uint32_t *out)
{
  struct number_parts p;
  if (!take_apart(t, s, &p))
    return not_a_number(t, s, (struct span){s.from, name_end(t, s.from, s.to)}, rule);
  uint32_t start = 0;
  if (is_there(p.name)) {
    if (!read_name(t, s, p.name, rule, &start)) return false;
  } else if (!is_there(p.literal)) {
    if (rule->base == NULL) {
      text_error(t, s, ERR_STATE, "%s has no default to count an offset from", rule->what);
      return err_hint(t->err,
                      "give a number (7, 0x1f), a name (snd.nxt) or a name with an offset (rcv.nxt-1)");
    }
    start = *rule->base;
  }
  int64_t offset = digits_value(t, is_there(p.literal) ? p.literal : p.offset);
  if (offset > UINT32_MAX) return out_of_range(t, s, rule);
  int64_t value = (int64_t)start + (p.minus ? -offset : offset);
  if (rule->wraps) value = (uint32_t)value;
  if (value < 0 || value > rule->max) {
    if (t->env != NULL || is_there(p.literal)) return out_of_range(t, s, rule);
    value = 0; /* a check only: START means nothing */
  }
  *out = (uint32_t)value;
  return true;
}

bool segment_parse_value(const char *text, size_t len, const struct segment_env *env, const uint32_t *base,
                         uint32_t *out, struct err *err)
{
  static const uint32_t zero = 0;
  struct text t = {text, env, err};
  struct number_rule rule = {"the value", UINT32_MAX, true, env == NULL && base == NULL ? &zero : base};
  if (len == 0) return err_set(err, ERR_SYNTAX, "a number is missing");
  return read_number(&t, (struct span){0, len}, &rule, out);
}

/* ---- octets ---- */

static bool too_long(const struct text *t, struct span s, const char *what, size_t cap)
{
  return text_error(t, s, ERR_LIMIT, "%s is too long: there is room for %zu octets", what, cap);
}

bool read_hex(const struct text *t, struct span s, const char *what, uint8_t *out, size_t cap, size_t *len)
{
  char shown[SHOWN];
  for (size_t i = s.from; i < s.to; i++) {
    if (hex_digit(t->at[i]) >= 0) continue;
    text_error(t, (struct span){i, i + 1}, ERR_SYNTAX, "%s wants hexadecimal digits, found '%s'", what,
               text_show(t, (struct span){i, s.to}, shown));
    return err_hint(t->err, "two digits an octet, nothing between or before them, like 0103ff");
  }
  if ((s.to - s.from) % 2 != 0) {
    text_error(t, s, ERR_SYNTAX, "%s has an odd number of hexadecimal digits", what);
    return err_hint(t->err, "two digits an octet: 0103ff");
  }
  *len = (s.to - s.from) / 2;
  if (*len > cap) return too_long(t, s, what, cap);
  for (size_t i = 0; out != NULL && i < *len; i++)
    out[i] = (uint8_t)(hex_digit(t->at[s.from + 2 * i]) << 4 | hex_digit(t->at[s.from + 2 * i + 1]));
  return true;
}

/* The octet a one-letter escape stands for, -1: none. */
static int escaped(char letter)
{
  switch (letter) {
  case 'n':
    return '\n';
  case 'r':
    return '\r';
  case 't':
    return '\t';
  case '0':
    return '\0';
  case '\\':
  case '"':
    return letter;
  default:
    return -1;
  }
}

/* The character \u{…} stands for; AT is the brace. Returns the octets of the text read, 0: none such. */
static size_t read_rune(const char *at, size_t left, char octets[4], size_t *len)
{
  uint32_t rune = 0;
  size_t i = 1;
  if (left == 0 || at[0] != '{') return 0;
  for (; i < left && i <= 6 && hex_digit(at[i]) >= 0; i++) rune = rune << 4 | (uint32_t)hex_digit(at[i]);
  if (i == 1 || i >= left || at[i] != '}') return 0;
  *len = utf8_octets(rune, octets);
  return *len > 0 ? i + 1 : 0;
}

/* One character or escape at AT[LEFT]; returns the octets of the text read, 0: no such escape. */
static size_t read_char(const char *at, size_t left, char octets[4], size_t *len)
{
  *len = 1;
  octets[0] = at[0];
  if (at[0] != '\\') return 1;
  if (left < 2) return 0;
  if (at[1] == 'x' && left >= 4 && hex_digit(at[2]) >= 0 && hex_digit(at[3]) >= 0) {
    octets[0] = (char)(hex_digit(at[2]) << 4 | hex_digit(at[3]));
    return 4;
  }
  if (at[1] == 'u') {
    size_t n = read_rune(at + 2, left - 2, octets, len);
    return n > 0 ? n + 2 : 0;
  }
  if (escaped(at[1]) < 0) return 0;
  octets[0] = (char)escaped(at[1]);
  return 2;
}

bool read_quoted(const struct text *t, struct span s, uint8_t *out, size_t cap, size_t *len)
{
  size_t n = 0, to = s.to - 1;
  for (size_t i = s.from + 1; i < to;) {
    char octets[4], shown[SHOWN];
    size_t width = 0;
    size_t read = read_char(t->at + i, to - i, octets, &width);
    if (read == 0) {
      struct span escape = {i, i + 2 < to ? i + 2 : to};
      text_error(t, escape, ERR_SYNTAX, "'%s' begins no escape", text_show(t, escape, shown));
      return err_hint(t->err,
                      "escapes are \\n \\r \\t \\0 \\\\ \\\" \\xNN (an octet) and \\u{NNNN} (a character)");
    }
    if (width > cap - n) return too_long(t, s, "the payload", cap);
    if (out != NULL) memcpy(out + n, octets, width);
    n += width;
    i += read;
  }
  *len = n;
  return true;
}

/* ---- flags ---- */

/* tcpdump's letters, capitals and "."; each at most once. */
static bool read_letters(const struct text *t, struct span s, uint8_t *out)
{
  static const char letters[] = "FSRP.UEW";
  uint8_t flags = 0;
  for (size_t i = s.from; i < s.to; i++) {
    const char *letter = t->at[i] != '\0' ? strchr(letters, t->at[i]) : NULL;
    if (letter == NULL || (flags & 1u << (letter - letters)) != 0) return false;
    flags = (uint8_t)(flags | 1u << (letter - letters));
  }
  *out = flags;
  return is_there(s);
}

static bool not_a_flag(const struct text *t, struct span s)
{
  char shown[SHOWN];
  if (t->err == NULL) return false;
  if (!is_there(s)) {
    text_error(t, s, ERR_SYNTAX, "a flag is missing");
  } else {
    const char *near = words_nearest(t->at + s.from, s.to - s.from, likely_flags, LIKELY_FLAGS);
    text_error(t, s, ERR_UNKNOWN, "'%s' is not a flag", text_show(t, s, shown));
    if (near != NULL) return err_hint(t->err, "did you mean %s?", near);
  }
  return err_hint(t->err, "flags are FIN SYN RST PSH ACK URG ECE CWR, joined by commas, or none");
}

/* One of the words between commas. */
static bool read_flag(const struct text *t, struct span s, uint8_t *flags)
{
  for (unsigned i = 0; i < FLAG_BITS; i++) {
    if (!text_is(t, s, flag_words[i])) continue;
    if ((*flags & 1u << i) != 0) return text_error(t, s, ERR_SYNTAX, "%s is named twice", flag_words[i]);
    *flags = (uint8_t)(*flags | 1u << i);
    return true;
  }
  if (text_is(t, s, flag_words[FLAG_BITS]))
    return text_error(t, s, ERR_SYNTAX, "none stands alone: it says there is no flag");
  return not_a_flag(t, s);
}

bool read_flags(const struct text *t, struct span s, uint8_t *out)
{
  uint8_t flags = 0;
  if (text_is(t, s, flag_words[FLAG_BITS])) return *out = 0, true;
  if (read_letters(t, s, out)) return true;
  for (size_t from = s.from; from <= s.to;) {
    size_t to = from;
    while (to < s.to && t->at[to] != ',') to++;
    if (!read_flag(t, (struct span){from, to}, &flags)) return false;
    from = to + 1;
  }
  *out = flags;
  return true;
}

bool segment_parse_flags(const char *text, size_t len, uint8_t *out, struct err *err)
{
  struct text t = {text, NULL, err};
  return read_flags(&t, (struct span){0, len}, out);
}
