/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/words.h"
#include "engine/segment/option.h"
#include "engine/segment/text_read.h"

#include <string.h>

/* One parse under way. */
struct parse {
  struct text t;
  uint8_t *store; /* NULL: no payload, unless it … */
  bool counts;    /* … is counted and not kept */
  size_t cap;
  struct segment s;
  bool no_options; /* opt=none was said */
};

/* A word with its value; VALUE is empty when the word stands alone. */
struct item {
  const char *name;
  struct span all, value;
};

typedef bool item_reader(struct parse *, const struct item *, enum segment_field);

static bool read_address(struct parse *p, const struct item *item, enum segment_field f)
{
  struct addr *to = f == SEG_SRC ? &p->s.src : &p->s.dst;
  if (addr_parse(p->t.at + item->value.from, item->value.to - item->value.from, to, p->t.err)) return true;
  if (p->t.err != NULL) p->t.err->at += item->value.from;
  return false;
}

static void set_number(struct segment *s, enum segment_field f, uint32_t n)
{
  switch (f) {
  case SEG_SPORT:
    s->sport = (uint16_t)n;
    break;
  case SEG_DPORT:
    s->dport = (uint16_t)n;
    break;
  case SEG_SEQ:
    s->seq = n;
    break;
  case SEG_ACKNO:
    s->ack = n;
    break;
  case SEG_WIN:
    s->win = (uint16_t)n;
    break;
  case SEG_URGP:
    s->urg = (uint16_t)n;
    break;
  case SEG_DOFF:
    s->doff = (uint8_t)n;
    break;
  case SEG_RSV:
    s->rsv = (uint8_t)n;
    break;
  case SEG_SUM:
    s->sum = (uint16_t)n;
    break;
  case SEG_TTL:
    s->ttl = (uint8_t)n;
    break;
  case SEG_ID:
    s->id = (uint16_t)n;
    break;
  case SEG_TOS:
    s->tos = (uint8_t)n;
    break;
  default:
    break;
  }
}

static uint32_t largest(enum segment_field f)
{
  switch (f) {
  case SEG_SEQ:
  case SEG_ACKNO:
    return UINT32_MAX;
  case SEG_DOFF:
  case SEG_RSV:
    return 15;
  case SEG_TTL:
  case SEG_TOS:
    return 255;
  default:
    return 65535;
  }
}

static bool read_field(struct parse *p, const struct item *item, enum segment_field f)
{
  const struct segment_env *env = p->t.env;
  struct number_rule rule = {item->name, largest(f), f == SEG_SEQ || f == SEG_ACKNO, NULL};
  char sign = p->t.at[item->value.from];
  uint32_t base = 0, n = 0;
  if ((sign == '+' || sign == '-') &&
      (env == NULL || (env->base != NULL && env->base(env->ctx, f, p->s.flags, &base))))
    rule.base = &base;
  if (!read_number(&p->t, item->value, &rule, &n)) return false;
  set_number(&p->s, f, n);
  return true;
}

static bool read_sum(struct parse *p, const struct item *item, enum segment_field f)
{
  p->s.sum_bad = text_is(&p->t, item->value, "bad");
  if (p->s.sum_bad || read_field(p, item, f)) return true;
  if (p->t.err == NULL || p->t.err->code != ERR_UNKNOWN) return false;
  return err_hint(p->t.err, "a number (0xbeef), or sum=bad for any wrong one");
}

/* ---- options ---- */

/* DONE: the option found room. */
static bool option_added(struct parse *p, const struct item *item, bool done)
{
  if (p->no_options)
    return text_error(&p->t, item->all, ERR_SYNTAX, "an option and opt=none contradict each other");
  if (done) return true;
  text_error(&p->t, item->all, ERR_LIMIT, "the options are longer than %u octets with %s",
             SEGMENT_OPTIONS_MAX, item->name);
  return err_hint(p->t.err, "a TCP header has room for %u octets of options", SEGMENT_OPTIONS_MAX);
}

static bool read_small(struct parse *p, const struct item *item, uint32_t max, uint32_t *out)
{
  struct number_rule rule = {item->name, max, false, NULL};
  return read_number(&p->t, item->value, &rule, out);
}

static bool read_mss(struct parse *p, const struct item *item, enum segment_field f)
{
  uint32_t n;
  (void)f;
  return read_small(p, item, 65535, &n) && option_added(p, item, option_put_mss(&p->s, (uint16_t)n));
}

static bool read_wscale(struct parse *p, const struct item *item, enum segment_field f)
{
  uint32_t n;
  (void)f;
  return read_small(p, item, 255, &n) && option_added(p, item, option_put_wscale(&p->s, (uint8_t)n));
}

static bool read_lone(struct parse *p, const struct item *item, enum segment_field f)
{
  (void)f;
  uint8_t kind = text_is(&p->t, item->all, "sackok") ? OPTION_SACKOK
                 : text_is(&p->t, item->all, "nop")  ? OPTION_NOP
                                                     : OPTION_EOL;
  return option_added(p, item, option_put(&p->s, kind, NULL, 0));
}

/* Two numbers with MARK between. A minus may also belong to an offset: the first that leaves a
   number on both sides is the mark. */
static bool read_two(struct parse *p, const struct item *item, struct span s, char mark, const char *form,
                     uint32_t *first, uint32_t *second)
{
  struct number_rule rule = {item->name, UINT32_MAX, true, NULL};
  char shown[SHOWN];
  for (size_t i = s.from; i < s.to; i++) {
    struct span left = {s.from, i}, right = {i + 1, s.to};
    if (p->t.at[i] != mark || !looks_like_number(&p->t, left) || !looks_like_number(&p->t, right)) continue;
    return read_number(&p->t, left, &rule, first) && read_number(&p->t, right, &rule, second);
  }
  return text_error(&p->t, s, ERR_SYNTAX, "%s wants %s, found '%s'", item->name, form,
                    text_show(&p->t, s, shown));
}

static bool read_ts(struct parse *p, const struct item *item, enum segment_field f)
{
  uint32_t val, ecr;
  (void)f;
  return read_two(p, item, item->value, ':', "VAL:ECR", &val, &ecr) &&
         option_added(p, item, option_put_ts(&p->s, val, ecr));
}

static bool read_sack(struct parse *p, const struct item *item, enum segment_field f)
{
  struct sack_block blocks[OPTION_SACK_MAX];
  unsigned n = 0;
  (void)f;
  for (size_t from = item->value.from; from <= item->value.to; n++) {
    size_t to = from;
    while (to < item->value.to && p->t.at[to] != ',') to++;
    struct span one = {from, to};
    if (n == OPTION_SACK_MAX)
      return text_error(&p->t, one, ERR_LIMIT, "sack holds at most %u blocks", OPTION_SACK_MAX);
    if (!read_two(p, item, one, '-', "L-R (first octet received, octet after the last)", &blocks[n].left,
                  &blocks[n].right))
      return false;
    from = to + 1;
  }
  return option_added(p, item, option_put_sack(&p->s, blocks, n));
}

static bool cookie_known(struct parse *p, const struct item *item, uint8_t *cookie, size_t *len)
{
  const struct segment_env *env = p->t.env;
  *len = 8;
  if (!env) return true;
  if (env->cookie && env->cookie(env->ctx, cookie, len)) return true;
  text_error(&p->t, item->value, ERR_STATE, "no cookie is known yet");
  return err_hint(p->t.err, "`send SYN fastopen` asks a listener that does Fast Open for one");
}

static bool read_fastopen(struct parse *p, const struct item *item, enum segment_field f)
{
  uint8_t cookie[SEGMENT_OPTIONS_MAX] = {0};
  size_t len = 0;
  (void)f;
  if (text_is(&p->t, item->value, "cookie"))
    return cookie_known(p, item, cookie, &len) &&
           option_added(p, item, option_put(&p->s, OPTION_FASTOPEN, cookie, len));
  if (!read_hex(&p->t, item->value, item->name, cookie, sizeof cookie, &len)) return false;
  if (len != 0 && (len < 4 || len > 16 || len % 2 != 0)) {
    text_error(&p->t, item->value, ERR_RANGE, "a cookie of %zu octets: it has 4 to 16, an even number", len);
    return err_hint(p->t.err, "opt=22LL… writes any other (RFC 7413 §4.1.1)");
  }
  return option_added(p, item, option_put(&p->s, OPTION_FASTOPEN, cookie, len));
}

static bool read_opt(struct parse *p, const struct item *item, enum segment_field f)
{
  uint8_t octets[SEGMENT_OPTIONS_MAX];
  size_t len = 0;
  (void)f;
  if (text_is(&p->t, item->value, "none")) {
    if (!option_added(p, item, true)) return false;
    if (p->s.options_len > 0)
      return text_error(&p->t, item->all, ERR_SYNTAX, "an option and opt=none contradict each other");
    p->no_options = true;
    return option_put_octets(&p->s, NULL, 0);
  }
  if ((item->value.to - item->value.from) / 2 > sizeof octets) return option_added(p, item, false);
  return read_hex(&p->t, item->value, item->name, octets, sizeof octets, &len) &&
         option_added(p, item, option_put_octets(&p->s, octets, len));
}

/* ---- payload ---- */

static bool payload_allowed(struct parse *p, struct span all)
{
  if (segment_has(&p->s, SEG_DATA)) {
    text_error(&p->t, all, ERR_SYNTAX, "a second payload");
    return err_hint(p->t.err, "a segment has one: \"text\", data=HEX or len=N");
  }
  if (p->store == NULL && !p->counts)
    return text_error(&p->t, all, ERR_SYNTAX, "there can be no payload here");
  return true;
}

static bool payload_done(struct parse *p, size_t len)
{
  p->s.data = len > 0 ? p->store : NULL;
  p->s.data_len = len;
  p->s.given |= SEG_BIT(SEG_DATA);
  return true;
}

static bool read_data(struct parse *p, const struct item *item, enum segment_field f)
{
  size_t len = 0;
  (void)f;
  return payload_allowed(p, item->all) && read_hex(&p->t, item->value, item->name, p->store, p->cap, &len) &&
         payload_done(p, len);
}

static bool read_len(struct parse *p, const struct item *item, enum segment_field f)
{
  uint32_t n = 0;
  (void)f;
  if (!payload_allowed(p, item->all) || !read_small(p, item, SEGMENT_DATA_MAX, &n)) return false;
  if (n > p->cap)
    return text_error(&p->t, item->all, ERR_LIMIT, "the payload is too long: there is room for %zu octets",
                      p->cap);
  for (size_t i = 0; p->store != NULL && i < n; i++) p->store[i] = segment_filler(i);
  return payload_done(p, n);
}

static bool read_payload_text(struct parse *p, struct span all)
{
  size_t len = 0;
  return payload_allowed(p, all) && read_quoted(&p->t, all, p->store, p->cap, &len) && payload_done(p, len);
}

/* ---- words ---- */

/* What may stand after FLAGS. Name and help NULL: those of the field. */
static const struct word {
  const char *name, *value, *help;
  enum segment_field field; /* SEG_OPTIONS, SEG_DATA: may come more than once, or is checked by the reader */
  item_reader *read;
} words[] = {
    // clang-format off
    {NULL, "ADDRESS", NULL, SEG_SRC, read_address},
    {NULL, "N", NULL, SEG_SPORT, read_field},
    {NULL, "ADDRESS", NULL, SEG_DST, read_address},
    {NULL, "N", NULL, SEG_DPORT, read_field},
    {NULL, "N", NULL, SEG_SEQ, read_field},
    {NULL, "N", NULL, SEG_ACKNO, read_field},
    {NULL, "N", NULL, SEG_WIN, read_field},
    {NULL, "N", NULL, SEG_URGP, read_field},
    {NULL, "N", NULL, SEG_DOFF, read_field},
    {NULL, "N", NULL, SEG_RSV, read_field},
    {NULL, "N|bad", NULL, SEG_SUM, read_sum},
    {NULL, "N", NULL, SEG_TTL, read_field},
    {NULL, "N", NULL, SEG_ID, read_field},
    {NULL, "N", NULL, SEG_TOS, read_field},
    {"mss", "N", "option: maximum segment size", SEG_OPTIONS, read_mss},
    {"wscale", "N", "option: window scale, the shift count", SEG_OPTIONS, read_wscale},
    {"sackok", NULL, "option: selective acknowledgment permitted", SEG_OPTIONS, read_lone},
    {"sack", "L-R[,L-R]", "option: blocks of octets received", SEG_OPTIONS, read_sack},
    {"ts", "VAL:ECR", "option: timestamp value and echo reply", SEG_OPTIONS, read_ts},
    {"nop", NULL, "option: no operation", SEG_OPTIONS, read_lone},
    {"eol", NULL, "option: end of the list", SEG_OPTIONS, read_lone},
    {"fastopen", "[HEX|cookie]", "option: Fast Open cookie, the one you were given, or a request", SEG_OPTIONS, read_fastopen},
    {"opt", "HEX|none", "option octets as they are; none: no options at all", SEG_OPTIONS, read_opt},
    {"data", "HEX", "payload in hexadecimal", SEG_DATA, read_data},
    {"len", "N", "payload: N octets of filler", SEG_DATA, read_len},
    // clang-format on
};

#define WORD_COUNT (sizeof words / sizeof words[0])

static const char *word_name(const struct word *w)
{
  return w->name != NULL ? w->name : segment_field_name(w->field);
}

bool segment_word(size_t i, struct segment_word *out)
{
  if (i >= WORD_COUNT) return false;
  out->name = word_name(&words[i]);
  out->value = words[i].value;
  out->help = words[i].help != NULL ? words[i].help : segment_field_help(words[i].field);
  return true;
}

static const struct word *find_word(const struct text *t, struct span name)
{
  for (size_t i = 0; i < WORD_COUNT; i++)
    if (text_is(t, name, word_name(&words[i]))) return &words[i];
  return NULL;
}

/* NAME is neither; WITH_FLAGS: a flag might have been meant. */
static bool unknown_word(const struct parse *p, struct span name, bool with_flags)
{
  const char *all[LIKELY_FLAGS + WORD_COUNT];
  char shown[SHOWN];
  size_t n = 0;
  for (size_t i = 0; with_flags && i < LIKELY_FLAGS; i++) all[n++] = likely_flags[i];
  for (size_t i = 0; i < WORD_COUNT; i++) all[n++] = word_name(&words[i]);
  const char *near = words_nearest(p->t.at + name.from, name.to - name.from, all, n);
  text_error(&p->t, name, ERR_UNKNOWN,
             with_flags ? "'%s' is neither a flag nor a field" : "no field is called '%s'",
             text_show(&p->t, name, shown));
  if (near != NULL) return err_hint(p->t.err, "did you mean %s?", near);
  return err_hint(p->t.err, "FLAGS [field=value]... [\"payload\"], as in SYN,ACK seq=1 win=4096 mss=1460");
}

/* NAME=VALUE, or a word alone when EQUALS is false. */
static bool read_item(struct parse *p, struct span name, struct span value, bool equals)
{
  const struct word *w = find_word(&p->t, name);
  if (w == NULL) return unknown_word(p, name, !equals);
  struct item item = {word_name(w), {name.from, value.to}, value};
  bool alone_ok = w->value == NULL || w->value[0] == '[';
  if (equals && w->value == NULL)
    return text_error(&p->t, item.all, ERR_SYNTAX, "%s takes no value", item.name);
  if (value.from == value.to && (equals || !alone_ok)) {
    text_error(&p->t, item.all, ERR_SYNTAX, "%s has no value", item.name);
    return err_hint(p->t.err, "write %s=%s", item.name, w->value);
  }
  if (w->field < SEG_OPTIONS && segment_has(&p->s, w->field))
    return text_error(&p->t, item.all, ERR_SYNTAX, "%s is given twice", item.name);
  if (!w->read(p, &item, w->field)) return false;
  p->s.given |= SEG_BIT(w->field);
  return true;
}

/* Flags not at the head of the text. */
static bool late_flags(struct parse *p, struct span word)
{
  const struct word *field = find_word(&p->t, word);
  char shown[SHOWN];
  if (segment_has(&p->s, SEG_FLAGS)) {
    text_error(&p->t, word, ERR_SYNTAX, "flags are given twice: '%s'", text_show(&p->t, word, shown));
    err_hint(p->t.err, "join them by a comma: SYN,ACK");
  } else {
    text_error(&p->t, word, ERR_SYNTAX, "flags come first: '%s' is late", text_show(&p->t, word, shown));
    err_hint(p->t.err, "FLAGS [field=value]... [\"payload\"]");
  }
  if (field != NULL)
    err_hint(p->t.err, "flags are joined by a comma, as in SYN,ACK; the field is written %s=%s",
             word_name(field), field->value);
  return false;
}

/* A word without "=": ACK and URG are flags, though fields are called so too. */
static bool read_word(struct parse *p, struct span word, bool first)
{
  struct text quiet = {p->t.at, NULL, NULL};
  uint8_t flags = 0;
  if (!read_flags(&quiet, word, &flags)) {
    bool list = first && memchr(p->t.at + word.from, ',', word.to - word.from) != NULL;
    if (list) return read_flags(&p->t, word, &flags);
    return read_item(p, word, (struct span){word.to, word.to}, false);
  }
  if (!first) return late_flags(p, word);
  p->s.flags = flags;
  p->s.given |= SEG_BIT(SEG_FLAGS);
  return true;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* The octet after the closing quote; LEN when there is none. */
static size_t quoted_end(const char *text, size_t from, size_t len, bool *closed)
{
  for (size_t i = from + 1; i < len; i++) {
    if (text[i] == '\\') {
      i++;
    } else if (text[i] == '"') {
      *closed = true;
      return i + 1;
    }
  }
  *closed = false;
  return len;
}

/* What stands at FROM; *END is the octet after it. */
static bool read_next(struct parse *p, size_t from, size_t len, bool first, size_t *end)
{
  const char *text = p->t.at;
  size_t to = from;
  if (text[from] == '"') {
    bool closed;
    to = *end = quoted_end(text, from, len, &closed);
    if (!closed) {
      text_error(&p->t, (struct span){from, len}, ERR_SYNTAX, "the quote is not closed");
      return err_hint(p->t.err, "end the payload with \"; a quote inside it is written \\\"");
    }
    if (to < len && !is_blank(text[to]))
      return text_error(&p->t, (struct span){to, to + 1}, ERR_SYNTAX, "a blank is missing after the payload");
    return read_payload_text(p, (struct span){from, to});
  }
  while (to < len && !is_blank(text[to])) to++;
  *end = to;
  const char *equals = memchr(text + from, '=', to - from);
  if (equals == NULL) return read_word(p, (struct span){from, to}, first);
  size_t at = (size_t)(equals - text);
  return read_item(p, (struct span){from, at}, (struct span){at + 1, to}, true);
}

static bool parse_all(struct parse *p, const char *text, size_t len)
{
  bool first = true;
  for (size_t at = 0; at < len;) {
    if (is_blank(text[at])) {
      at++;
      continue;
    }
    if (!read_next(p, at, len, first, &at)) return false;
    first = false;
  }
  return true;
}

bool segment_parse(const char *text, size_t len, const struct segment_env *env, uint8_t *store, size_t cap,
                   struct segment *out, struct err *err)
{
  struct parse p = {
      .t = {text, env, err}, .store = store, .cap = cap < SEGMENT_DATA_MAX ? cap : SEGMENT_DATA_MAX};
  if (!parse_all(&p, text, len)) return false;
  *out = p.s;
  return true;
}

bool segment_check(const char *text, size_t len, struct err *err)
{
  struct parse p = {.t = {text, NULL, err}, .counts = true, .cap = SEGMENT_DATA_MAX};
  return parse_all(&p, text, len);
}
