/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fidelity/tally.h"

#include "engine/base/buf.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct tally *tally_new(void)
{
  size_t rows;
  struct tally *y = calloc(1, sizeof *y);

  tcp_rules(&rows);
  if (y) {
    y->fired = calloc(rows, sizeof *y->fired);
    y->of_trial = calloc(rows, sizeof *y->of_trial);
    y->held = calloc(rows, sizeof *y->held);
    y->blamed = calloc(rows, sizeof *y->blamed);
  }
  if (y && y->fired && y->of_trial && y->held && y->blamed) return y;
  tally_free(y);
  return NULL;
}

void tally_free(struct tally *y)
{
  if (!y) return;
  for (unsigned i = 0; i < y->bucket_count; i++) {
    free(y->bucket[i].script);
    free(y->bucket[i].detail);
  }
  free(y->fired);
  free(y->of_trial);
  free(y->held);
  free(y->blamed);
  free(y);
}

static void name_bucket(const struct trial *t, struct buf *out)
{
  trial_name(t, false, out);
  buf_printf(out, " | %s%s | ", t->difference.on_the_way ? "on the way: " : "", t->difference.where);
  trial_difference(t, false, out);
}

static void open_bucket(struct bucket *b, const char *name, const struct trial *t)
{
  char script[8192], detail[2048];
  struct buf s, d;

  snprintf(b->name, sizeof b->name, "%s", name);
  b->first = t->number;
  buf_init(&s, script, sizeof script);
  trial_script(t, &s);
  buf_init(&d, detail, sizeof detail);
  trial_difference(t, true, &d);
  b->script = strdup(script);
  b->detail = strdup(detail);
}

static void add_difference(struct tally *y, const struct trial *t)
{
  char name[sizeof y->bucket[0].name];
  struct buf out;
  unsigned i = 0;

  buf_init(&out, name, sizeof name);
  name_bucket(t, &out);
  while (i < y->bucket_count && strcmp(y->bucket[i].name, name) != 0) i++;
  if (i == BUCKETS_MAX) {
    y->unlisted++;
    return;
  }
  if (i == y->bucket_count) open_bucket(&y->bucket[y->bucket_count++], name, t);
  y->bucket[i].count++;
}

static void add_rows(struct tally *y, const struct trial *t)
{
  const struct tcp_verdict *v = &t->verdict;
  size_t count;
  const struct tcp_rule *rules = tcp_rules(&count);

  for (size_t i = 0; i < count; i++) {
    y->fired[i] += y->of_trial[i];
    if (!t->difference.found) y->held[i] += y->of_trial[i];
  }
  if (t->difference.found && v->fired_count > 0) y->blamed[v->fired[v->fired_count - 1] - rules] = true;
}

void tally_begin(struct tally *y)
{
  size_t count;

  tcp_rules(&count);
  memset(y->of_trial, 0, count * sizeof *y->of_trial);
}

void tally_add(struct tally *y, const struct trial *t, enum tcp_state reached)
{
  add_rows(y, t);
  y->trials++;
  y->segments += t->segments;
  y->timed += t->timed;
  y->waited += t->waited;
  if (t->latest > y->latest) y->latest = t->latest;
  if (!t->difference.found || !t->difference.on_the_way) y->reached[reached]++;
  if (t->difference.found) {
    y->differed++;
    add_difference(y, t);
  } else {
    y->agreed++;
  }
}

static int by_count(const void *a, const void *b)
{
  const struct bucket *x = *(const struct bucket *const *)a, *y = *(const struct bucket *const *)b;

  return x->count == y->count ? (x->first > y->first) - (x->first < y->first) : x->count < y->count ? 1 : -1;
}

static void indented(const char *text, const char *prefix, FILE *out)
{
  while (*text) {
    size_t n = strcspn(text, "\n");
    fprintf(out, "%s    %.*s\n", prefix, (int)n, text);
    text += n + (text[n] == '\n');
  }
}

void tally_disagreements(const struct tally *y, unsigned show, const char *prefix, FILE *out)
{
  static const struct bucket *order[BUCKETS_MAX];

  for (unsigned i = 0; i < y->bucket_count; i++) order[i] = &y->bucket[i];
  qsort(order, y->bucket_count, sizeof order[0], by_count);
  for (unsigned i = 0; i < y->bucket_count; i++) {
    const struct bucket *b = order[i];
    fprintf(out, "%s%" PRIu64 " x %s\n", prefix, b->count, b->name);
    if (i >= show) continue;
    fprintf(out, "%s    --case %" PRIu64 ": %s\n", prefix, b->first, b->detail ? b->detail : "");
    if (b->script) indented(b->script, prefix, out);
  }
  if (y->unlisted) fprintf(out, "%s%" PRIu64 " more, of kinds there was no room for\n", prefix, y->unlisted);
}

/* Rows of arrivals that this kernel's linux profile has. */
static bool counts(const struct tcp_rule *r, const struct tcp_profile *p)
{
  bool arrival = r->procedure == PROCEDURE_CLOSED || r->procedure == PROCEDURE_LISTEN ||
                 r->procedure == PROCEDURE_SYN_SENT || r->procedure == PROCEDURE_OTHERWISE;

  return arrival && tcp_rule_holds(r, p);
}

void tally_coverage(const struct tally *y, const struct tcp_profile *p, unsigned *fired, unsigned *rows)
{
  size_t count;
  const struct tcp_rule *rules = tcp_rules(&count);

  *fired = *rows = 0;
  for (size_t i = 0; i < count; i++) {
    if (!counts(&rules[i], p)) continue;
    ++*rows;
    if (y->fired[i]) ++*fired;
  }
}

void tally_rules(const struct tally *y, const struct tcp_profile *p, bool all, const char *prefix, FILE *out)
{
  size_t count;
  const struct tcp_rule *rules = tcp_rules(&count);

  for (size_t i = 0; all && i < count; i++)
    if (y->fired[i]) fprintf(out, "%s%10" PRIu32 "  %s\n", prefix, y->fired[i], rules[i].id);
  for (size_t i = 0; i < count; i++)
    if (counts(&rules[i], p) && !y->fired[i]) fprintf(out, "%s     never  %s\n", prefix, rules[i].id);
}

void tally_write(const struct tally *y, const struct tcp_profile *p, FILE *out)
{
  size_t count;
  const struct tcp_rule *rules = tcp_rules(&count);

  fprintf(out, "kernel %u.%u.%u\n", tcp_kernel_major(p->kernel), tcp_kernel_minor(p->kernel),
          (unsigned)(p->kernel & 0xffff));
  for (size_t i = 0; i < count; i++)
    if (tcp_rule_profiles(&rules[i]) & PROFILE_LINUX)
      fprintf(out, "%s %s\n",
              y->held[i] && !y->blamed[i]    ? "fired"
              : tcp_rule_holds(&rules[i], p) ? "not"
                                             : "never",
              rules[i].id);
}
