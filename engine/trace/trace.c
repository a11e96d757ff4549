/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/trace/trace.h"

#include <stdlib.h>
#include <string.h>

/* A record and the memory its pointers point into. Each is allocated by itself, so that none ever moves. */
struct owned {
  struct record record;
  char *text, *found;
  uint8_t *octets, *data;
};

struct trace {
  struct owned **owned;
  size_t count, cap;
  struct owned **segment; /* those of kind SEGMENT, in order */
  size_t segments, segment_cap;
  struct trace_connection *connection;
  size_t connections, connection_cap;
};

struct trace *trace_new(void) { return calloc(1, sizeof(struct trace)); }

static void owned_free(struct owned *o)
{
  if (o == NULL) return;
  free(o->text);
  free(o->found);
  free(o->octets);
  free(o->data);
  free(o);
}

void trace_free(struct trace *t)
{
  if (t == NULL) return;
  for (size_t i = 0; i < t->count; i++) owned_free(t->owned[i]);
  free(t->owned);
  free(t->segment);
  free(t->connection);
  free(t);
}

/* ARRAY, moved if it must be, with room for one more element of SIZE octets; NULL: no memory (ARRAY is as it
 * was). */
static void *with_room(void *array, size_t count, size_t *cap, size_t size)
{
  if (count < *cap) return array;
  size_t more = *cap == 0 ? 32 : *cap * 2;
  if (more > SIZE_MAX / size) return NULL;
  void *moved = realloc(array, more * size);
  if (moved != NULL) *cap = more;
  return moved;
}

static uint8_t *copy_of(const uint8_t *octets, size_t len)
{
  uint8_t *copy = malloc(len);
  return copy != NULL ? memcpy(copy, octets, len) : NULL;
}

/* A payload that lies in the datagram it came in lies in the copy of it from now on. */
static bool own_octets(struct owned *o)
{
  struct record *r = &o->record;
  struct segment *s = &r->segment;
  const bool has_data = r->kind == RECORD_SEGMENT && s->data_len > 0;
  const bool has_octets = r->kind == RECORD_SEGMENT && r->octets != NULL && r->octets_len > 0;
  const size_t at = (size_t)((uintptr_t)s->data - (uintptr_t)r->octets);
  const bool within = has_octets && at <= r->octets_len && s->data_len <= r->octets_len - at;
  if (has_octets && (o->octets = copy_of(r->octets, r->octets_len)) == NULL) return false;
  if (has_data && !within && (o->data = copy_of(s->data, s->data_len)) == NULL) return false;
  r->octets = o->octets;
  if (!has_octets) r->octets_len = 0;
  s->data = !has_data ? NULL : within ? o->octets + at : o->data;
  if (!has_data) s->data_len = 0;
  return true;
}

/* Gives O its own copies of what the record borrows. */
static bool own(struct owned *o)
{
  struct record *r = &o->record;
  o->text = strdup(r->text != NULL ? r->text : "");
  if (o->text == NULL) return false;
  r->text = o->text;
  if (r->found != NULL) {
    o->found = strdup(r->found);
    if (o->found == NULL) return false;
    r->found = o->found;
  }
  return own_octets(o);
}

static struct owned *owned_new(const struct record *r)
{
  struct owned *o = calloc(1, sizeof *o);
  if (o == NULL) return NULL;
  o->record = *r;
  if (own(o)) return o;
  owned_free(o);
  return NULL;
}

/* Numbers a segment and notes when its connection began. */
static void enter_segment(struct trace *t, struct owned *o)
{
  struct record *r = &o->record;
  t->segment[t->segments++] = o;
  r->segment_number = (unsigned)t->segments;
  if (r->connection < 1 || r->connection > t->connections) return;
  struct trace_connection *c = &t->connection[r->connection - 1];
  if (c->first == USEC_NEVER) c->first = r->t;
}

struct record *trace_add(struct trace *t, const struct record *r)
{
  struct owned **all = with_room(t->owned, t->count, &t->cap, sizeof(struct owned *));
  if (all == NULL) return NULL;
  t->owned = all;
  struct owned **segments = with_room(t->segment, t->segments, &t->segment_cap, sizeof(struct owned *));
  if (segments == NULL) return NULL;
  t->segment = segments;
  struct owned *o = owned_new(r);
  if (o == NULL) return NULL;
  t->owned[t->count++] = o;
  o->record.number = (unsigned)t->count;
  if (r->kind == RECORD_SEGMENT) enter_segment(t, o);
  return &o->record;
}

size_t trace_count(const struct trace *t) { return t->count; }

const struct record *trace_at(const struct trace *t, size_t index)
{
  return index < t->count ? &t->owned[index]->record : NULL;
}

const struct record *trace_segment(const struct trace *t, unsigned n)
{
  return n >= 1 && n <= t->segments ? &t->segment[n - 1]->record : NULL;
}

unsigned trace_segments(const struct trace *t) { return (unsigned)t->segments; }

unsigned trace_connect(struct trace *t, const struct pair *pair)
{
  struct trace_connection *all =
      with_room(t->connection, t->connections, &t->connection_cap, sizeof(struct trace_connection));
  if (all == NULL) return 0;
  t->connection = all;
  t->connection[t->connections++] = (struct trace_connection){.pair = *pair, .first = USEC_NEVER};
  return (unsigned)t->connections;
}

void trace_connection_set(struct trace *t, unsigned n, const struct pair *pair)
{
  if (n >= 1 && n <= t->connections) t->connection[n - 1].pair = *pair;
}

const struct trace_connection *trace_connection(const struct trace *t, unsigned n)
{
  return n >= 1 && n <= t->connections ? &t->connection[n - 1] : NULL;
}

unsigned trace_connections(const struct trace *t) { return (unsigned)t->connections; }

const char *record_kind_name(enum record_kind kind)
{
  static const char *const name[] = {
#define X(id, text) text,
      RECORD_KINDS(X)
#undef X
  };
  return (unsigned)kind < RECORD_KIND_COUNT ? name[kind] : "?";
}

const char *segment_fate_name(enum segment_fate fate)
{
  static const char *const name[] = {
#define X(id, text) text,
      SEGMENT_FATES(X)
#undef X
  };
  return (unsigned)fate < FATE_COUNT ? name[fate] : "?";
}
