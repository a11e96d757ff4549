/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/trace/trace.h"

#include <stdlib.h>
#include <string.h>

/* Whatever records point to is written into chunks one behind the other, never moved, and freed with the
   trace: a step makes many small things, and fresh memory is what costs most about them. */
enum { CHUNK_OCTETS = 32 << 10, READY_OCTETS = 16 << 10, PAGE_OCTETS = 4 << 10 };

struct chunk {
  struct chunk *next;
  size_t used, size; /* of octets[] */
  max_align_t octets[];
};

struct trace {
  struct chunk *chunk; /* the newest */
  struct chunk *spare; /* for when it is full; or NULL */
  struct record **record;
  size_t count, cap;
  struct record **segment; /* those of kind SEGMENT, in order */
  size_t segments, segment_cap;
  struct trace_connection *connection;
  size_t connections, connection_cap;
  const struct tcb *last[END_COUNT]; /* the TCBs stored last */
};

static const struct tcb unknown;

struct trace *trace_new(void)
{
  struct trace *t = calloc(1, sizeof *t);
  for (int e = 0; t != NULL && e < END_COUNT; e++) t->last[e] = &unknown;
  return t;
}

void trace_free(struct trace *t)
{
  if (t == NULL) return;
  free(t->spare);
  while (t->chunk != NULL) {
    struct chunk *next = t->chunk->next;
    free(t->chunk);
    t->chunk = next;
  }
  free(t->record);
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

static struct chunk *chunk_new(size_t octets)
{
  struct chunk *c = malloc(sizeof *c + octets);
  if (c != NULL) *c = (struct chunk){.size = octets};
  return c;
}

static size_t room_left(const struct trace *t)
{
  return t->chunk != NULL ? t->chunk->size - t->chunk->used : 0;
}

void trace_make_ready(struct trace *t)
{
  if (t->spare != NULL || room_left(t) >= READY_OCTETS) return;
  t->spare = chunk_new(CHUNK_OCTETS);
  /* The system gives a page of memory when it is first written to. */
  for (size_t i = 0; t->spare != NULL && i < CHUNK_OCTETS; i += PAGE_OCTETS)
    ((volatile char *)t->spare->octets)[i] = 0;
}

/* Room for SIZE octets, aligned for anything; NULL: no memory. */
static void *room(struct trace *t, size_t size)
{
  const size_t align = sizeof(max_align_t);
  if (size > SIZE_MAX / 2) return NULL;
  size = (size + align - 1) / align * align;
  if (room_left(t) < size) {
    struct chunk *fresh = size <= CHUNK_OCTETS ? t->spare : NULL;
    if (fresh != NULL)
      t->spare = NULL;
    else
      fresh = chunk_new(size > CHUNK_OCTETS ? size : CHUNK_OCTETS);
    if (fresh == NULL) return NULL;
    fresh->next = t->chunk;
    t->chunk = fresh;
  }
  void *at = (char *)t->chunk->octets + t->chunk->used;
  t->chunk->used += size;
  return at;
}

static void *copy_of(struct trace *t, const void *octets, size_t len)
{
  void *copy = room(t, len);
  return copy != NULL ? memcpy(copy, octets, len) : NULL;
}

/* False: no memory. */
static bool own_text(struct trace *t, struct octets *text)
{
  text->at = text->len > 0 ? copy_of(t, text->at, text->len) : NULL;
  return text->at != NULL || text->len == 0;
}

/* A payload that lies in the datagram it came in lies in the copy of it from now on. */
static bool own_octets(struct trace *t, struct record *r)
{
  struct segment *s = &r->segment;
  const bool has_data = s->data_len > 0;
  const bool has_octets = r->octets != NULL && r->octets_len > 0;
  const size_t at = (size_t)((uintptr_t)s->data - (uintptr_t)r->octets);
  const bool within = has_octets && at <= r->octets_len && s->data_len <= r->octets_len - at;
  r->octets = has_octets ? copy_of(t, r->octets, r->octets_len) : NULL;
  if (has_octets && r->octets == NULL) return false;
  if (!has_octets) r->octets_len = 0;
  if (!has_data) {
    s->data = NULL;
    s->data_len = 0;
    return true;
  }
  s->data = within ? r->octets + at : copy_of(t, s->data, s->data_len);
  return s->data != NULL;
}

/* The rows of a table live for ever; the list of them is copied. */
static bool own_rows(struct trace *t, struct record_verdict *v)
{
  if (v->fired_count == 0) {
    v->fired = NULL;
    return true;
  }
  v->fired = copy_of(t, v->fired, v->fired_count * sizeof *v->fired);
  return v->fired != NULL;
}

static const struct tcb *own_tcb(struct trace *t, int end, const struct tcb *given)
{
  if (given == NULL) return &unknown;
  if (memcmp(given, t->last[end], sizeof *given) == 0) return t->last[end];
  const struct tcb *copy = copy_of(t, given, sizeof *given);
  if (copy != NULL) t->last[end] = copy;
  return copy;
}

static bool own_tcbs(struct trace *t, struct record *r)
{
  for (int e = 0; e < END_COUNT; e++) {
    const bool same = r->after[e] == r->before[e];
    r->before[e] = own_tcb(t, e, r->before[e]);
    r->after[e] = same ? r->before[e] : own_tcb(t, e, r->after[e]);
    if (r->before[e] == NULL || r->after[e] == NULL) return false;
  }
  return true;
}

static bool own_facts(struct trace *t, struct record *r)
{
  const uint32_t told = message_facts(r->message);
  return ((told & FACT_BIT(FACT_DATA)) == 0 || own_text(t, &r->facts.data)) &&
         ((told & FACT_BIT(FACT_PATTERN)) == 0 || own_text(t, &r->facts.pattern));
}

/* What R's kind alone has. */
static bool own_part(struct trace *t, struct record *r)
{
  switch (r->kind) {
  case RECORD_SEGMENT:
    return own_octets(t, r) && own_rows(t, &r->sender) && own_rows(t, &r->receiver);
  case RECORD_CALL:
    return own_text(t, &r->call.data);
  case RECORD_SETTING:
    return own_text(t, &r->set.name) && own_text(t, &r->set.value);
  case RECORD_EXPECT:
    return own_text(t, &r->written) && own_facts(t, r);
  case RECORD_NOTE:
    r->note = message_kind(r->message);
    return own_facts(t, r);
  default:
    return true;
  }
}

/* Gives R its own copies of what it borrows. */
static bool own(struct trace *t, struct record *r)
{
  return own_tcbs(t, r) && own_part(t, r);
}

void trace_before(struct trace *t, struct record *r, const struct tcb both[END_COUNT])
{
  for (int e = 0; e < END_COUNT; e++) {
    if (memcmp(&both[e], r->before[e], sizeof both[e]) == 0) continue;
    const struct tcb *copy = own_tcb(t, e, &both[e]);
    if (copy != NULL) r->before[e] = copy;
  }
}

void trace_after(struct trace *t, struct record *r, const struct tcb both[END_COUNT])
{
  for (int e = 0; e < END_COUNT; e++) {
    const struct tcb *copy = own_tcb(t, e, &both[e]);
    if (copy != NULL) r->after[e] = copy;
  }
}

void trace_verdict(struct trace *t, struct record *segment, enum end end, const struct tcp_verdict *verdict)
{
  struct record_verdict v = {verdict->from, verdict->to, verdict->fired_count, verdict->fired};
  if (!own_rows(t, &v)) return;
  if (end == segment->end)
    segment->sender = v;
  else
    segment->receiver = v;
}

/* Numbers a segment and notes when its connection began. */
static void enter_segment(struct trace *t, struct record *r)
{
  t->segment[t->segments++] = r;
  r->segment_number = (unsigned)t->segments;
  if (r->connection < 1 || r->connection > t->connections) return;
  struct trace_connection *c = &t->connection[r->connection - 1];
  if (c->first == USEC_NEVER) c->first = r->t;
}

struct record *trace_add(struct trace *t, const struct record *record)
{
  struct record **all = with_room(t->record, t->count, &t->cap, sizeof(struct record *));
  if (all == NULL) return NULL;
  t->record = all;
  struct record **segments = with_room(t->segment, t->segments, &t->segment_cap, sizeof(struct record *));
  if (segments == NULL) return NULL;
  t->segment = segments;
  struct record *r = copy_of(t, record, sizeof *r);
  if (r == NULL || !own(t, r)) return NULL;
  t->record[t->count++] = r;
  r->number = (unsigned)t->count;
  if (r->kind == RECORD_SEGMENT) enter_segment(t, r);
  return r;
}

size_t trace_count(const struct trace *t) { return t->count; }

const struct record *trace_at(const struct trace *t, size_t index)
{
  return index < t->count ? t->record[index] : NULL;
}

const struct record *trace_segment(const struct trace *t, unsigned n)
{
  return n >= 1 && n <= t->segments ? t->segment[n - 1] : NULL;
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
