/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/tcp_script.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/segment/option.h"
#include "engine/segment/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RULES_MAX 512
static unsigned fired[RULES_MAX];

unsigned tcp_script_fired(size_t rule) { return rule < RULES_MAX ? fired[rule] : 0; }

void tcp_script_count(const struct tcp_verdict *v)
{
  size_t count;
  const struct tcp_rule *rules = tcp_rules(&count);
  for (unsigned i = 0; i < v->fired_count; i++) fired[v->fired[i] - rules]++;
}

static bool wrong(struct tcp_script *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool wrong(struct tcp_script *s, const char *format, ...)
{
  va_list list;
  va_start(list, format);
  vsnprintf(s->failure, sizeof s->failure, format, list);
  va_end(list);
  return false;
}

/* -- segments -- */
static bool name_value(void *ctx, enum segment_name name, bool of_peer, uint32_t *out)
{
  const struct tcb *t = ctx;
  if (of_peer) return false;
  switch (name) {
  case NAME_ISS:
    *out = t->iss;
    return true;
  case NAME_IRS:
    *out = t->irs;
    return true;
  case NAME_SND_UNA:
    *out = t->snd.una;
    return true;
  case NAME_SND_NXT:
    *out = t->snd.nxt;
    return true;
  case NAME_SND_WND:
    *out = t->snd.wnd;
    return true;
  case NAME_RCV_NXT:
    *out = t->rcv.nxt;
    return true;
  case NAME_RCV_WND:
    *out = t->rcv.wnd;
    return true;
  default:
    return false;
  }
}

static bool read_segment(struct tcp_script *s, const char *text, struct segment *g)
{
  static uint8_t payload[70000];
  struct segment_env env = {.ctx = &s->tcb, .name = name_value};
  struct err err;
  if (segment_parse(text, strlen(text), &env, payload, sizeof payload, g, &err)) return true;
  return wrong(s, "segment `%s`: %s", text, err.message);
}

static bool arrives(struct tcp_script *s, const char *text)
{
  struct segment g;
  if (!read_segment(s, text, &g)) return false;
  if (!segment_has(&g, SEG_SEQ)) g.seq = s->tcb.rcv.nxt;
  if (!segment_has(&g, SEG_ACKNO)) g.ack = (g.flags & ACK) ? s->tcb.snd.nxt : 0;
  if (!segment_has(&g, SEG_WIN)) g.win = 8192;
  tcp_arrives(&s->tcb, &g, s->now, &s->last);
  return true;
}

static bool sends(struct tcp_script *s, const char *text)
{
  struct segment g;
  if (!read_segment(s, text, &g)) return false;
  if (!segment_has(&g, SEG_SEQ)) g.seq = tcp_default(&s->tcb, g.flags, SEG_SEQ);
  if (!segment_has(&g, SEG_ACKNO)) g.ack = tcp_default(&s->tcb, g.flags, SEG_ACKNO);
  if (!segment_has(&g, SEG_WIN)) g.win = (uint16_t)tcp_default(&s->tcb, g.flags, SEG_WIN);
  struct tcb before = s->tcb;
  s->intent = tcp_sends(&s->tcb, &g, s->now, &s->last);
  if (s->intent == INTENT_NONE && memcmp(&before, &s->tcb, sizeof before) != 0)
    return wrong(s, "`> %s` means nothing and yet changed the TCB", text);
  return true;
}

static const char *emit_text(const struct tcp_emit *e)
{
  static char text[128];
  struct buf b;
  buf_init(&b, text, sizeof text);
  segment_print_flags(&b, e->flags);
  buf_printf(&b, " seq=%u ack=%u win=%u len=%u", e->seq, e->ack, e->win, e->len);
  return text;
}

static bool same(struct tcp_script *s, const struct tcp_emit *e, const char *text)
{
  struct segment g;
  if (!read_segment(s, text, &g)) return false;
  uint8_t flags = s->pushes_count ? UINT8_MAX : (uint8_t)~PSH;
  bool ok = (g.flags & flags) == (e->flags & flags);
  if (segment_has(&g, SEG_SEQ)) ok = ok && g.seq == e->seq;
  if (segment_has(&g, SEG_ACKNO)) ok = ok && g.ack == e->ack;
  if (segment_has(&g, SEG_WIN)) ok = ok && g.win == e->win;
  if (segment_has(&g, SEG_OPTIONS))
    ok = ok && g.options_len == e->options_len && memcmp(g.options, e->options, g.options_len) == 0;
  ok = ok && g.data_len == e->len;
  return ok || wrong(s, "expected `%s`, got `%s`", text, emit_text(e));
}

static bool sent(struct tcp_script *s, const char *text)
{
  if (strcmp(text, "nothing") == 0)
    return s->checked == s->last.emit_count ||
           wrong(s, "expected nothing, got `%s`", emit_text(&s->last.emit[s->checked]));
  if (s->checked >= s->last.emit_count) return wrong(s, "expected `%s`, got nothing more", text);
  return same(s, &s->last.emit[s->checked++], text);
}

static bool would(struct tcp_script *s, const char *text)
{
  struct tcp_emit e;
  bool any = tcp_would_send(&s->tcb, s->now, &e);
  if (strcmp(text, "nothing") == 0) return !any || wrong(s, "would send `%s`", emit_text(&e));
  if (!any) return wrong(s, "would send nothing, expected `%s`", text);
  if (!e.rule) return wrong(s, "would send `%s` without a rule", emit_text(&e));
  return same(s, &e, text);
}

/* -- time -- */
static bool timer_runs_out(struct tcp_script *s)
{
  usec_t next = tcp_deadline(&s->tcb);
  if (next == USEC_NEVER) return wrong(s, "no timer runs");
  if (next > s->now) s->now = next;
  tcp_timeout(&s->tcb, s->now, &s->last);
  return true;
}

static bool wait_for(struct tcp_script *s, const char *text)
{
  usec_t d;
  struct err err;
  if (!usec_parse(text, strlen(text), &d, &err)) return wrong(s, "%s", err.message);
  usec_t end = s->now + d;
  memset(&s->last, 0, sizeof s->last);
  while (tcp_deadline(&s->tcb) <= end) {
    if (!timer_runs_out(s)) return false;
    tcp_script_count(&s->last);
  }
  s->now = end;
  return true;
}

/* -- settings and values -- */
static void store(void *at, size_t size, long long n)
{
  const uint8_t one = (uint8_t)n;
  const uint16_t two = (uint16_t)n;
  const uint32_t four = (uint32_t)n;
  memcpy(at,
         size == 1   ? (const void *)&one
         : size == 2 ? (const void *)&two
         : size == 4 ? (const void *)&four
                     : &n,
         size);
}

static bool set(struct tcp_script *s, const char *key, const char *value)
{
  struct tcp_profile *p = &s->profile;
  long long n = *value ? strtoll(value, NULL, 0) : 1;
  struct {
    const char *key;
    void *at;
    size_t size;
  } keys[] = {
      {"rfc1337", &p->rfc1337, sizeof(bool)},
      {"overflow", &p->abort_on_overflow, sizeof(bool)},
      {"cookies", &p->syn_cookies, sizeof(unsigned)},
      {"fast-open", &p->fast_open, sizeof(unsigned)},
      {"fast-open-anyone", &p->fast_open_anyone, sizeof(bool)},
      {"fast-full", &s->tcb.fast.full, sizeof(bool)},
      {"fast-cookie", s->tcb.fast.cookie, 8},
      {"fast-cookie-len", &s->tcb.fast.cookie_len, sizeof(uint8_t)},
      {"defer", &p->defer_accept, sizeof(unsigned)},
      {"cwnd", &p->initial_cwnd, sizeof(unsigned)},
      {"timestamps", &p->timestamps, sizeof(bool)},
      {"signature", &p->signature, sizeof p->signature},
      {"scaling", &p->window_scaling, sizeof(bool)},
      {"wscale", &p->wscale, sizeof(uint8_t)},
      {"sack", &p->sack, sizeof(bool)},
      {"delay-acks", &p->delay_acks, sizeof(bool)},
      {"nagle", &p->nagle, sizeof(bool)},
      {"mss", &p->mss, sizeof(uint16_t)},
      {"buffer", &p->rcv_buf, sizeof(uint32_t)},
      {"dsack", &p->dsack, sizeof(bool)},
      {"pushes-count", &s->pushes_count, sizeof(bool)},
      {"ecn", &p->ecn, sizeof(unsigned)},
      {"cwnd", &p->initial_cwnd, sizeof(unsigned)},
      {"throttle", &p->challenge_interval, sizeof(usec_t)},
      {"user-timeout", &p->user_timeout, sizeof(usec_t)},
      {"rto-max", &p->rto_max, sizeof(usec_t)},
      {"restart-idle", &p->restart_idle, sizeof(bool)},
      {"retries2", &p->retries2, sizeof(unsigned)},
      {"syn-retries", &p->syn_retries, sizeof(unsigned)},
      {"tick", &p->tick, sizeof(usec_t)},
      {"keepalive", &p->keepalive_time, sizeof(usec_t)},
      {"keepalive-intvl", &p->keepalive_intvl, sizeof(usec_t)},
      {"manual", &s->tcb.manual, sizeof(bool)},
      {"shadow", &s->tcb.shadow, sizeof(bool)},
      {"passive", &s->tcb.passive, sizeof(bool)},
      {"full", &s->tcb.accept_full, sizeof(bool)},
      {"syns-full", &s->tcb.syns_full, sizeof(bool)},
      {"syns-many", &s->tcb.syns_many, sizeof(bool)},
      {"pingpong", &s->tcb.delay.pingpong, sizeof(bool)},
      {"quick", &s->tcb.delay.quick, sizeof(uint8_t)},
      {"iss", &s->tcb.iss, sizeof(seq_t)},
      {"probes", &s->tcb.probes, sizeof(unsigned)},
      {"snd.wnd", &s->tcb.snd.wnd, sizeof(uint32_t)},
      {"snd.max-wnd", &s->tcb.snd.max_wnd, sizeof(uint32_t)},
      {"rcv.wnd", &s->tcb.rcv.wnd, sizeof(uint32_t)},
  };
  if (strcmp(key, "kernel") == 0) {
    tcp_profile_be_kernel(p, tcp_kernel_read(value, ""));
    return p->kernel != 0 || wrong(s, "`%s` is no kernel", value);
  }
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
    if (strcmp(key, keys[i].key) == 0) {
      store(keys[i].at, keys[i].size, n);
      return true;
    }
  return wrong(s, "no setting `%s`", key);
}

static bool value(struct tcp_script *s, const char *name, const char *text)
{
  const struct tcb *t = &s->tcb;
  const struct {
    const char *name;
    long long is;
  } values[] = {
      {"queued", t->queued},
      {"unread", t->unread},
      {"held", t->held_count},
      {"held-fin", t->held_fin},
      {"fast-cookie-len", t->fast.cookie_len},
      {"debts", t->debt_count},
      {"delivered", s->last.delivered},
      {"acked", s->last.acked},
      {"snd.wnd", t->snd.wnd},
      {"snd.mss", t->snd.mss},
      {"rcv.wnd", t->rcv.wnd},
      {"rcv.nxt", t->rcv.nxt},
      {"snd.una", t->snd.una},
      {"snd.nxt", t->snd.nxt},
      {"snd.wscale", t->snd.wscale},
      {"rcv.wscale", t->rcv.wscale},
      {"ts.on", t->ts.on},
      {"ts.recent", t->ts.recent},
      {"sack", t->sack_ok},
      {"orphan", t->orphan},
      {"passive", t->passive},
      {"iss", t->iss},
      {"now-ms", s->now / USEC_MS},
      {"rto-ms", t->rto / USEC_MS},
      {"retransmits", t->retransmits},
      {"emits", s->last.emit_count},
      {"2msl", t->timer[TIMER_TIME_WAIT] != USEC_NEVER},
      {"2msl-left-s",
       t->timer[TIMER_TIME_WAIT] == USEC_NEVER ? 0 : (t->timer[TIMER_TIME_WAIT] - s->now) / USEC_S},
      {"retransmission", t->timer[TIMER_RETRANSMISSION] != USEC_NEVER},
      {"persist", t->timer[TIMER_PERSIST] != USEC_NEVER},
      {"delayed-ack", t->timer[TIMER_DELAYED_ACK] != USEC_NEVER},
      {"quick", t->delay.quick},
      {"rcv.mss", t->delay.mss},
      {"their-mss", t->window.mss},
  };
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
    if (strcmp(name, values[i].name) == 0) {
      long long n = strtoll(text, NULL, 0);
      return n == values[i].is || wrong(s, "%s is %lld, not %lld", name, values[i].is, n);
    }
  return wrong(s, "no value `%s`", name);
}

/* -- statements -- */
static const char *const signal_names[] = {
#define X(id, text) #id,
    TCP_SIGNALS(X)
#undef X
};
static const char *const intent_names[] = {"NONE", "OPEN",       "SEND",  "CLOSE", "ABORT",
                                           "ACK",  "RETRANSMIT", "PROBE", "RESET"};

static bool signalled(struct tcp_script *s, const char *name)
{
  for (unsigned i = 0; i < SIGNAL_COUNT; i++)
    if (strcmp(signal_names[i], name) == 0)
      return (s->last.signals & SIGNAL_BIT(i)) != 0 || wrong(s, "the user was not told %s", name);
  return wrong(s, "no signal `%s`", name);
}

static bool meant(struct tcp_script *s, const char *name)
{
  return strcmp(intent_names[s->intent], name) == 0 ||
         wrong(s, "means %s, not %s", intent_names[s->intent], name);
}

static bool fired_rule(struct tcp_script *s, const char *id, bool last_only)
{
  if (!tcp_rule_find(id, strlen(id))) return wrong(s, "no rule `%s`", id);
  const struct tcp_verdict *v = &s->last;
  for (unsigned i = last_only && v->fired_count ? v->fired_count - 1 : 0; i < v->fired_count; i++)
    if (strcmp(v->fired[i]->id, id) == 0) return true;
  return wrong(s, "fired `%s`, not `%s`", v->fired_count ? v->fired[v->fired_count - 1]->id : "nothing", id);
}

static bool in_state(struct tcp_script *s, const char *name)
{
  enum tcp_state state;
  if (!tcp_state_parse(name, strlen(name), &state, NULL)) return wrong(s, "no state `%s`", name);
  return s->tcb.state == state || wrong(s, "in %s, not %s", tcp_state_name(s->tcb.state), name);
}

static bool call(struct tcp_script *s, const char *word, const char *argument)
{
  static const struct {
    const char *word;
    struct tcp_call call;
  } calls[] = {
      {"open", {.kind = CALL_OPEN_ACTIVE}},
      {"unspecified", {.kind = CALL_OPEN_ACTIVE, .unspecified = true}},
      {"listen", {.kind = CALL_OPEN_PASSIVE}},
      {"send", {.kind = CALL_SEND}},
      {"receive", {.kind = CALL_RECEIVE}},
      {"close", {.kind = CALL_CLOSE}},
      {"release", {.kind = CALL_CLOSE, .release = true}},
      {"abort", {.kind = CALL_ABORT}},
      {"status", {.kind = CALL_STATUS}},
  };
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
    if (strcmp(word, calls[i].word) == 0) {
      struct tcp_call c = calls[i].call;
      c.len = (uint32_t)strtoul(argument, NULL, 0);
      tcp_call(&s->tcb, &c, s->now, &s->last);
      return true;
    }
  return wrong(s, "no statement `%s`", word);
}

static bool start(struct tcp_script *s, const char *profile)
{
  const struct tcp_profile *p = tcp_profile_find(profile);
  if (!p) return wrong(s, "no profile `%s`", profile);
  s->profile = *p;
  tcb_init(&s->tcb, &s->profile, false, 1000, true);
  return true;
}

/* Whether WORD is an event: then what it did is what the checks that follow look at. */
static bool event(struct tcp_script *s, const char *word, const char *rest, bool *ok)
{
  if (strcmp(word, "<") == 0)
    *ok = arrives(s, rest);
  else if (strcmp(word, ">") == 0)
    *ok = sends(s, rest);
  else if (strcmp(word, "timeout") == 0)
    *ok = timer_runs_out(s);
  else if (word[0] >= 'a' && word[0] <= 'z')
    *ok = call(s, word, rest);
  else
    return false;
  s->checked = 0;
  if (*ok) tcp_script_count(&s->last);
  return true;
}

static bool statement(struct tcp_script *s, char *line)
{
  char *rest = line + strcspn(line, " ");
  if (*rest) *rest++ = '\0';
  char *second = rest + strcspn(rest, " ");
  bool ok = true;
  if (strcmp(line, "profile") == 0) return start(s, rest);
  if (strcmp(line, "wait") == 0) {
    s->checked = 0;
    return wait_for(s, rest);
  }
  if (strcmp(line, "would") == 0) return would(s, rest);
  if (strcmp(line, "set") == 0 || strcmp(line, "#") == 0) {
    if (*second) *second++ = '\0';
    return line[0] == '#' ? value(s, rest, second) : set(s, rest, second);
  }
  if (event(s, line, rest, &ok)) return ok;
  switch (line[0]) {
  case '!':
    return sent(s, rest);
  case '=':
    return in_state(s, rest);
  case '?':
    return fired_rule(s, rest, true);
  case '~':
    return fired_rule(s, rest, false);
  case '$':
    return signalled(s, rest);
  case '%':
    return meant(s, rest);
  default:
    return wrong(s, "no statement `%s`", line);
  }
}

bool tcp_script_more(struct tcp_script *s, const char *script)
{
  while (*script) {
    script += strspn(script, " ;\n");
    size_t n = strcspn(script, ";\n");
    char line[256];
    if (n >= sizeof line) return wrong(s, "statement too long: %s", script);
    memcpy(line, script, n);
    while (n > 0 && line[n - 1] == ' ') n--;
    line[n] = '\0';
    script += strcspn(script, ";\n");
    if (n == 0) continue;
    char shown[256];
    memcpy(shown, line, sizeof shown);
    if (!statement(s, line)) {
      char why[sizeof s->failure];
      memcpy(why, s->failure, sizeof why);
      return wrong(s, "at `%s`: %.300s", shown, why);
    }
  }
  return true;
}

bool tcp_script_run(struct tcp_script *s, const char *script)
{
  memset(s, 0, sizeof *s);
  if (!start(s, "rfc9293")) return false;
  return tcp_script_more(s, script);
}

void tcp_scripts_check(const char *const scripts[], size_t count)
{
  unsigned failed = 0;
  for (size_t i = 0; i < count; i++) {
    struct tcp_script s;
    if (tcp_script_run(&s, scripts[i])) continue;
    print_error("%s\n  in: %s\n", s.failure, scripts[i]);
    failed++;
  }
  if (failed) fail_msg("%u scripts do not run", failed);
}
