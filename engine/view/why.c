/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules: those that fired, the whole table, one in full. */
#include "engine/segment/text.h"
#include "engine/tcp/measured.h"
#include "engine/trace/heap_buf.h"
#include "engine/view/label.h"
#include "engine/view/paint.h"

#include <string.h>

#define ID_WIDTH_MAX 34u
#define TITLE_WIDTH_MIN 26u /* a narrower column is no place for a sentence */

static void wrapped_line(struct buf *b, const struct view_options *o, enum ink ink, size_t indent,
                         const char *text)
{
  size_t line = b->len;
  if (o->plain) indent = 0;
  paint_to(b, line, indent);
  paint_wrapped(b, o, ink, line, indent, text);
  buf_putc(b, '\n');
}

static void say_line(struct buf *b, const struct view_options *o, enum ink ink, size_t indent,
                     enum saying saying, unsigned number)
{
  char mem[120];
  struct buf words;
  buf_init(&words, mem, sizeof mem);
  words_say(&words, saying, &(struct words_args){.number = number});
  wrapped_line(b, o, ink, indent, mem);
}

/* Where a rule leads, if anywhere and if its title does not say so: " ▶ ESTABLISHED". */
static void put_next(struct buf *b, const struct view_options *o, const struct tcp_rule *rule)
{
  if (rule->next == NEXT_SAME ||
      strstr(words_title(rule), tcp_state_name((enum tcp_state)rule->next)) != NULL)
    return;
  buf_printf(b, o->plain ? ", then %s%s" : " %s %s", o->plain ? "" : glyph(o, GLYPH_TO),
             tcp_state_name((enum tcp_state)rule->next));
}

/* One rule that fired: number, title, reason, and what to quote. */
static void put_fired(struct buf *b, const struct view_options *o, unsigned number,
                      const struct tcp_rule *rule)
{
  const size_t indent = 5;
  size_t line = b->len;
  struct buf title;
  heap_buf_init(&title);
  buf_puts(&title, words_title(rule));
  put_next(&title, o, rule);
  if (o->plain)
    buf_printf(b, "%u. ", number);
  else
    paintf(b, o, INK_DIM, "%3u  ", number);
  paint_wrapped(b, o, INK_BRIGHT, line, o->plain ? 0 : indent, title.data);
  buf_puts(b, o->plain ? ".\n" : "\n");
  heap_buf_free(&title);
  wrapped_line(b, o, INK_PLAIN, indent, words_why(rule));
  char quote[200];
  struct buf q;
  buf_init(&q, quote, sizeof quote);
  buf_printf(&q, "%s %s %s", rule->id, o->plain ? "is from" : glyph(o, GLYPH_DOT), rule->cite);
  if (o->plain) buf_putc(&q, '.');
  wrapped_line(b, o, INK_DIM, indent, quote);
  buf_reset(&q);
  tcp_measured_put(&q, rule, o->kernel);
  if (q.len > 0 && o->plain) buf_putc(&q, '.');
  if (q.len > 0) wrapped_line(b, o, INK_DIM, indent, quote);
}

/* Rows that were looked at and did not match, a line for each step they belong to. */
struct passed {
  struct buf *out; /* lines, each ended by a newline, the last one not */
  enum tcp_procedure procedure;
  unsigned step, count;
};

static void note_row(void *ctx, const struct tcp_rule *rule, bool matched)
{
  struct passed *p = ctx;
  if (matched) return;
  if (p->count == 0 || rule->procedure != p->procedure || rule->step != p->step) {
    const char *step = tcp_step_name(rule->procedure, rule->step);
    if (p->count > 0) buf_putc(p->out, '\n');
    buf_printf(p->out, "%s: %s", step != NULL && step[0] != '\0' ? step : tcp_procedure_name(rule->procedure),
               rule->id);
  } else {
    buf_printf(p->out, ", %s", rule->id);
  }
  p->procedure = rule->procedure;
  p->step = rule->step;
  p->count++;
}

static void put_passed(struct buf *b, const struct view_options *o, const struct record *r)
{
  struct buf lines;
  heap_buf_init(&lines);
  struct passed p = {.out = &lines};
  tcp_explain(r->before[other_end(r->end)], &r->segment, r->t, note_row, &p);
  if (p.count > 0) {
    if (!o->plain) buf_putc(b, '\n');
    say_line(b, o, INK_DIM, 2, SAY_WHY_PASSED, 0);
    for (char *line = lines.data; *line != '\0';) {
      size_t len = strcspn(line, "\n");
      bool last = line[len] == '\0';
      line[len] = '\0';
      const size_t begin = b->len;
      if (!o->plain) buf_puts(b, "     ");
      paint_wrapped(b, o, INK_DIM, begin, o->plain ? 0 : 7, line);
      buf_putc(b, '\n');
      line += len + (last ? 0 : 1);
    }
  }
  heap_buf_free(&lines);
}

static void put_heading(struct buf *b, const struct view_options *o, const struct record *r)
{
  char mem[160], flags[48];
  struct buf text, set;
  buf_init(&set, flags, sizeof flags);
  segment_print_flags(&set, r->segment.flags);
  struct words_args args = label_who(o, r->end);
  args.number = r->segment_number;
  args.text = flags;
  buf_init(&text, mem, sizeof mem);
  words_say(&text, SAY_WHY_SEGMENT, &args);
  wrapped_line(b, o, INK_BRIGHT, 0, mem);
}

/* "you send it, in SYN-SENT: an acknowledgment owed". */
static void put_role(struct buf *b, const struct view_options *o, enum end e, enum saying role,
                     enum tcp_state state, const char *meaning)
{
  char mem[240];
  struct buf text;
  buf_init(&text, mem, sizeof mem);
  struct words_args args = label_who(o, e);
  args.text = tcp_state_name(state);
  words_say(&text, role, &args);
  if (meaning[0] != '\0') words_say(&text, SAY_WHY_MEANING, &(struct words_args){.text = meaning});
  if (!o->plain) buf_putc(b, '\n');
  wrapped_line(b, o, INK_PLAIN, 2, mem);
}

static enum saying not_arrived(const struct record *r)
{
  if (r->fate == FATE_SENT && label_bad_sum(r)) return SAY_WHY_BAD_SUM;
  switch (r->fate) {
  case FATE_LOST:
    return SAY_WHY_LOST;
  case FATE_HELD:
    return SAY_WHY_HELD;
  default:
    return SAY_WHY_UNSEEN;
  }
}

static void why_segment(const struct trace *t, const struct record *r, const struct view_options *o,
                        struct buf *b)
{
  const enum end receiver = other_end(r->end);
  unsigned number = 0;
  put_heading(b, o, r);
  if (r->sender.fired_count > 0 && r->fate != FATE_STRAY && r->fate != FATE_KERNEL) {
    put_role(b, o, r->end, SAY_WHY_SENDS, r->sender.from, tcp_intent_text(r->intent));
    for (unsigned i = 0; i < r->sender.fired_count; i++) put_fired(b, o, ++number, r->sender.fired[i]);
  }
  if (r->receiver.fired_count > 0) {
    put_role(b, o, receiver, SAY_WHY_RECEIVES, r->receiver.from, "");
    for (unsigned i = 0; i < r->receiver.fired_count; i++) put_fired(b, o, ++number, r->receiver.fired[i]);
    put_passed(b, o, r);
  } else {
    if (!o->plain) buf_putc(b, '\n');
    say_line(b, o, INK_PLAIN, 2, not_arrived(r), 0);
  }
  const struct record *next = trace_segment(t, r->segment_number + 1);
  if (next == NULL || next->step != r->step || next->connection != r->connection) return;
  if (!o->plain) buf_putc(b, '\n');
  say_line(b, o, INK_DIM, 2, SAY_WHY_GOES_ON, next->segment_number);
}

static bool told(const struct tcp_rule *const rule[], unsigned count, const struct tcp_rule *wanted)
{
  for (unsigned i = 0; i < count; i++)
    if (rule[i] == wanted) return true;
  return false;
}

/* The rules of R's step that are no segment's: calls and timers. */
static void why_step(const struct trace *t, const struct record *r, const struct view_options *o,
                     struct buf *b)
{
  const struct tcp_rule *rule[TCP_FIRED_MAX];
  unsigned count = 0, segment = 0;
  for (size_t i = 0; i < trace_count(t); i++) {
    const struct record *x = trace_at(t, i);
    if (x->step != r->step) continue;
    if (x->kind == RECORD_SEGMENT && segment == 0) segment = x->segment_number;
    if (x->kind == RECORD_SEGMENT || x->rule == NULL || (r->rule != NULL && x->rule != r->rule)) continue;
    if (count == TCP_FIRED_MAX || told(rule, count, x->rule)) continue;
    rule[count++] = x->rule;
    put_fired(b, o, count, x->rule);
  }
  if (count == 0) say_line(b, o, INK_PLAIN, 0, SAY_WHY_NO_RULE, 0);
  if (segment != 0) say_line(b, o, INK_DIM, 2, SAY_WHY_EXPLAINS, segment);
}

void view_why(const struct trace *t, const struct record *r, const struct view_options *o, struct buf *b)
{
  if (r->kind == RECORD_SEGMENT)
    why_segment(t, r, o, b);
  else
    why_step(t, r, o, b);
}

/* The table. */

/* The table is read in parts: the RFC, then what systems do otherwise. */
static const struct {
  unsigned systems; /* PROFILE_… bits; 0: the RFC */
  const char *heading;
} table_parts[] = {
    {0, NULL},
    {PROFILE_LINUX, "What Linux does otherwise"},
    {0xff - PROFILE_LINUX, "What would be if a rule were missing"},
};
#define TABLE_PARTS (sizeof table_parts / sizeof table_parts[0])

static bool in_part(const struct tcp_rule *rule, size_t part)
{
  const unsigned systems = table_parts[part].systems;
  return systems != 0 ? (rule->system & systems) != 0 : rule->system == 0;
}

static bool shown(const struct tcp_rule *rule, enum tcp_state state)
{
  return state >= STATE_COUNT || (rule->states & STATE_BIT(state)) != 0;
}

/* "rfc9293 and linux"; the counterfactual profiles only for rows of their own. */
static void put_profiles(struct buf *b, const struct tcp_rule *rule)
{
  const unsigned profiles = tcp_rule_profiles(rule), usual = profiles & (PROFILE_RFC9293 | PROFILE_LINUX);
  const struct tcp_profile *p;
  for (size_t i = 0; (p = tcp_profile_at(i)) != NULL; i++) {
    const bool counterfactual = (p->rows & ~(PROFILE_RFC9293 | PROFILE_LINUX)) != 0;
    if ((p->rows & profiles) == 0 || (usual != 0 && counterfactual)) continue;
    buf_printf(b, "%s%s", b->len > 0 ? " and " : "", p->name);
  }
}

/* "instead of synced.rst", "before closing.ack": what a system's row does to which of the RFC's. */
static void put_amends(struct buf *b, const struct tcp_rule *rule)
{
  buf_puts(b, rule->before ? "before " : rule->after ? "after " : "instead of ");
  buf_puts(b, tcp_rule_amends(rule));
  if (rule->instead[1] != NULL) buf_printf(b, " and %s", rule->instead[1]);
}

/* A row of the table: id and title. */
static void put_row(struct buf *b, const struct view_options *o, const struct tcp_rule *rule, size_t id_width)
{
  struct buf title;
  heap_buf_init(&title);
  buf_puts(&title, words_title(rule));
  put_next(&title, o, rule);
  if (rule->system != 0) {
    buf_puts(&title, " (");
    put_amends(&title, rule);
    buf_putc(&title, ')');
  }
  size_t line = b->len, column = 4 + id_width + 2;
  if (o->plain) {
    buf_printf(&title, ", %s.", rule->id);
    wrapped_line(b, o, INK_PLAIN, 0, title.data);
    heap_buf_free(&title);
    return;
  }
  /* An id is to be typed: it is not cut, and long ones begin further left on a narrow screen. */
  const size_t room = paint_columns(o) - paint_width(rule->id);
  buf_fill(b, " ", paint_width(rule->id) + 4 <= paint_columns(o) ? 4 : room <= 4 ? room : 0);
  paint(b, o, INK_BRIGHT, rule->id);
  if (column + TITLE_WIDTH_MIN > paint_columns(o) || paint_column(b, line) + 1 > column) {
    buf_putc(b, '\n');
    line = b->len;
    column = 8;
  }
  paint_to(b, line, column);
  paint_wrapped(b, o, INK_PLAIN, line, column, title.data);
  buf_putc(b, '\n');
  heap_buf_free(&title);
}

static void put_procedure(struct buf *b, const struct view_options *o, const struct tcp_rule *rule,
                          bool first)
{
  char heading[120];
  struct buf text;
  if (!first && !o->plain) buf_putc(b, '\n');
  buf_init(&text, heading, sizeof heading);
  buf_printf(&text, "%s, RFC 9293 %s", tcp_procedure_name(rule->procedure),
             tcp_procedure_section(rule->procedure));
  wrapped_line(b, o, INK_BRIGHT, 0, heading);
}

static void put_part(struct buf *b, const struct view_options *o, size_t part, enum tcp_state state,
                     size_t id_width)
{
  size_t count;
  const struct tcp_rule *rule = tcp_rules(&count), *before = NULL;
  for (size_t i = 0; i < count; i++) {
    if (!shown(&rule[i], state) || !in_part(&rule[i], part)) continue;
    const char *heading = table_parts[part].heading;
    if (before == NULL && heading != NULL) {
      if (b->len > 0 && !o->plain) buf_putc(b, '\n');
      wrapped_line(b, o, INK_BRIGHT, 0, heading);
    }
    const bool new_procedure = before == NULL || before->procedure != rule[i].procedure;
    if (new_procedure) put_procedure(b, o, &rule[i], b->len == 0);
    const char *step = tcp_step_name(rule[i].procedure, rule[i].step);
    if ((new_procedure || before->step != rule[i].step) && step != NULL && step[0] != '\0')
      wrapped_line(b, o, INK_DIM, 2, step);
    put_row(b, o, &rule[i], id_width);
    before = &rule[i];
  }
}

void view_rules(enum tcp_state state, const struct view_options *o, struct buf *b)
{
  size_t count, id_width = 0;
  const struct tcp_rule *rule = tcp_rules(&count);
  for (size_t i = 0; i < count; i++)
    if (shown(&rule[i], state) && paint_width(rule[i].id) > id_width) id_width = paint_width(rule[i].id);
  if (id_width > ID_WIDTH_MAX) id_width = ID_WIDTH_MAX;
  for (size_t part = 0; part < TABLE_PARTS; part++) put_part(b, o, part, state, id_width);
}

static void put_property(struct buf *b, const struct view_options *o, const char *name, const char *value)
{
  size_t line = b->len;
  if (o->plain) {
    buf_printf(b, "%s: ", name);
    paint_wrapped(b, o, INK_PLAIN, line, 0, value);
    buf_puts(b, ".\n");
    return;
  }
  buf_puts(b, "  ");
  paint(b, o, INK_DIM, name);
  paint_to(b, line, 11);
  paint_wrapped(b, o, INK_PLAIN, line, 11, value);
  buf_putc(b, '\n');
}

/* The main line's kernel; older lines may have it, too. */
static void put_change(struct buf *b, const char *how, enum tcp_change c)
{
  const uint32_t first = tcp_change_main(c);
  buf_printf(b, "%s%s %u.%u (%s)", b->len > 0 ? "; " : "", how, tcp_kernel_major(first), tcp_kernel_minor(first),
             tcp_change_text(c));
}

static void put_change_short(struct buf *b, const char *how, enum tcp_change c)
{
  const uint32_t first = tcp_change_main(c);
  buf_printf(b, "%s %u.%u", how, tcp_kernel_major(first), tcp_kernel_minor(first));
}

static bool names(const struct tcp_rule *rule, const char *id)
{
  return strcmp(tcp_rule_amends(rule), id) == 0 ||
         (rule->instead[1] != NULL && strcmp(rule->instead[1], id) == 0);
}

/* What Linux does about a rule of the RFC's: "first closing.ack.linux". */
static void put_amended(struct buf *b, const struct tcp_rule *rule)
{
  size_t count;
  const struct tcp_rule *row = tcp_rules(&count);
  const struct tcp_variation *v;
  const char *how = "";
  for (size_t i = 0; i < count; i++) {
    if (row[i].system != PROFILE_LINUX || !names(&row[i], rule->id)) continue;
    const char *here = row[i].before ? "before it " : row[i].after ? "after it " : "instead of it ";
    buf_printf(b, "%s%s%s", b->len > 0 ? ", " : "", strcmp(here, how) == 0 ? "" : here, row[i].id);
    how = here;
  }
  for (size_t i = 0; (v = tcp_variation_at(i)) != NULL; i++)
    if (strcmp(v->id, rule->id) == 0)
      buf_printf(b, "%s%s%s", b->len > 0 ? "; " : "", v->without ? "does without it: " : "", v->text);
}

void view_rule(const struct tcp_rule *rule, const struct view_options *o, struct buf *b)
{
  char mem[800];
  struct buf text;
  wrapped_line(b, o, INK_BRIGHT, 0, rule->id);
  wrapped_line(b, o, INK_PLAIN, 2, words_title(rule));
  buf_init(&text, mem, sizeof mem);
  const char *step = tcp_step_name(rule->procedure, rule->step);
  buf_puts(&text, tcp_procedure_name(rule->procedure));
  if (step != NULL && step[0] != '\0') buf_printf(&text, ", step %u: %s", rule->step, step);
  put_property(b, o, "where", mem);
  buf_reset(&text);
  for (unsigned s = 0; s < STATE_COUNT; s++)
    if ((rule->states & STATE_BIT(s)) != 0)
      buf_printf(&text, "%s%s", text.len > 0 ? " " : "", tcp_state_name((enum tcp_state)s));
  put_property(b, o, "states", mem);
  put_property(b, o, "next",
               rule->next == NEXT_SAME ? "the same state" : tcp_state_name((enum tcp_state)rule->next));
  put_property(b, o, "then",
               rule->then == THEN_STOP     ? "stop: the event is dealt with"
               : rule->then == THEN_AT_SYN ? "go on at the check of the SYN bit, in LISTEN"
               : rule->then == THEN_AT_ACK ? "go on at the check of the ACK field"
               : rule->then == THEN_AT_URG ? "go on at the check of the URG bit"
                                           : "go on to the next step");
  buf_reset(&text);
  put_profiles(&text, rule);
  put_property(b, o, "profile", mem);
  buf_reset(&text);
  if (rule->system != 0)
    put_amends(&text, rule);
  else
    put_amended(&text, rule);
  if (text.len > 0) put_property(b, o, rule->system != 0 ? "stands" : "Linux", mem);
  put_property(b, o, "from", rule->cite);
  buf_reset(&text);
  if (rule->since) put_change(&text, "since", (enum tcp_change)rule->since);
  if (rule->until) put_change(&text, "before", (enum tcp_change)rule->until);
  if (text.len > 0) put_property(b, o, "kernels", mem);
  buf_reset(&text);
  tcp_measured_put(&text, rule, o->kernel);
  if (text.len > 0) put_property(b, o, "seen", mem);
  if (!o->plain) buf_putc(b, '\n');
  wrapped_line(b, o, INK_PLAIN, 2, words_why(rule));
}

/* -- what a system does otherwise -- */
/* One row of Linux's beside the RFC's: "instead  closing.ack.linux: our FIN is acknowledged (measured on 6.18)". */
static void put_difference(struct buf *b, const struct view_options *o, const struct tcp_rule *row)
{
  char mem[800];
  struct buf text;
  buf_init(&text, mem, sizeof mem);
  buf_printf(&text, "%s: %s", row->id, words_title(row));
  put_next(&text, o, row);
  const size_t title_end = text.len;
  buf_puts(&text, " (");
  const size_t inside = text.len;
  tcp_measured_put(&text, row, o->kernel);
  if (row->since && text.len > inside) buf_puts(&text, "; ");
  if (row->since) put_change_short(&text, "since", (enum tcp_change)row->since);
  if (row->until && text.len > inside) buf_puts(&text, "; ");
  if (row->until) put_change_short(&text, "before", (enum tcp_change)row->until);
  if (text.len > inside)
    buf_putc(&text, ')');
  else
    mem[title_end] = '\0';
  put_property(b, o, row->before ? "before" : row->after ? "after" : "instead", mem);
}

static bool differs(const struct tcp_rule *rule, enum tcp_state state)
{
  size_t count;
  const struct tcp_rule *row = tcp_rules(&count);
  const struct tcp_variation *v;
  for (size_t i = 0; i < count; i++)
    if (row[i].system == PROFILE_LINUX && names(&row[i], rule->id) && shown(&row[i], state)) return true;
  for (size_t i = 0; (v = tcp_variation_at(i)) != NULL; i++)
    if (strcmp(v->id, rule->id) == 0) return shown(rule, state);
  return false;
}

static void put_rule_differences(struct buf *b, const struct view_options *o, const struct tcp_rule *rule,
                                 enum tcp_state state)
{
  size_t count;
  const struct tcp_rule *row = tcp_rules(&count);
  const struct tcp_variation *v;
  char heading[200];
  struct buf text;
  buf_init(&text, heading, sizeof heading);
  buf_printf(&text, "%s: %s", rule->id, words_title(rule));
  put_next(&text, o, rule);
  wrapped_line(b, o, INK_BRIGHT, 0, heading);
  for (size_t i = 0; i < count; i++)
    if (row[i].system == PROFILE_LINUX && names(&row[i], rule->id) && shown(&row[i], state))
      put_difference(b, o, &row[i]);
  for (size_t i = 0; (v = tcp_variation_at(i)) != NULL; i++)
    if (strcmp(v->id, rule->id) == 0 && shown(rule, state))
      put_property(b, o, v->without ? "without" : "with", v->text);
}

void view_differences(enum tcp_state state, const struct view_options *o, struct buf *b)
{
  size_t count;
  const struct tcp_rule *rule = tcp_rules(&count);
  wrapped_line(b, o, INK_PLAIN, 0,
               "Where Linux differs from RFC 9293. Under each of the RFC's rules stands what Linux does: a rule of its own "
               "that comes before it, after it or instead of it; `with`: the same rule, with the numbers or the setting named; "
               "`without`: Linux has no such rule, and what it does without.");
  for (size_t i = 0; i < count && rule[i].system == 0; i++)
    if (differs(&rule[i], state)) put_rule_differences(b, o, &rule[i], state);
}
