/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/words/sentence.h"

#include "engine/base/buf.h"

#include <string.h>

static const char *const english[SAY_COUNT] = {
#define SAY(id, text) [SAY_##id] = text,
#include "engine/words/english.def"
#undef SAY
};

/* Which of the forms of a word N asks for, counted from 0: English has two. */
static unsigned english_form(size_t n) { return n == 1 ? 0 : 1; }

/* -- arguments -- */

static void put_verb(const struct telling *t) { buf_puts(t->out, peer_verb_name(t->facts->verb)); }

static void put_error(const struct telling *t)
{
  const char *name = call_error_name(t->facts->error);
  if (name != NULL)
    buf_puts(t->out, name);
  else
    sentence_put(t, SAY_ERROR_OTHER);
}

static void put_octets(const struct telling *t) { buf_printf(t->out, "%zu", t->facts->octets); }

static void put_data(const struct telling *t)
{
  buf_put_visible(t->out, (const char *)t->facts->data.at, t->facts->data.len, true);
}

static void put_result(const struct telling *t) { sentence_put(t, t->result); }

/* Names in braces beside the ones that have no form of their own here. X(name, function) */
#define PIECES(X)                                                                                            \
  X("verb", put_verb)                                                                                        \
  X("error", put_error)                                                                                      \
  X("octets", put_octets)                                                                                    \
  X("data", put_data)                                                                                        \
  X("result", put_result)

struct piece {
  const char *name;
  void (*put)(const struct telling *);
};

static const struct piece pieces[] = {
#define X(name, put) {name, put},
    PIECES(X)
#undef X
};

static const struct piece *piece_find(const char *name, size_t len)
{
  for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
    if (strlen(pieces[i].name) == len && memcmp(pieces[i].name, name, len) == 0) return &pieces[i];
  return NULL;
}

bool sentence_knows(const char *name, size_t len) { return piece_find(name, len) != NULL; }

/* -- sentences -- */

/* The form that the number asks for of "# octet|# octets", with the number for #. */
static void put_form(const struct telling *t, const struct piece *number, const char *forms, size_t len)
{
  const char *end = forms + len;
  for (unsigned n = english_form(t->facts->octets); n > 0; n--) {
    const char *bar = memchr(forms, '|', (size_t)(end - forms));
    if (bar == NULL) break;
    forms = bar + 1;
  }
  for (; forms < end && *forms != '|'; forms++) {
    if (*forms == '#')
      number->put(t);
    else
      buf_putc(t->out, *forms);
  }
}

static void put_argument(const struct telling *t, const char *inside, size_t len)
{
  const char *bar = memchr(inside, '|', len);
  const size_t name = bar != NULL ? (size_t)(bar - inside) : len;
  const struct piece *piece = piece_find(inside, name);
  if (piece == NULL) return;
  if (bar != NULL)
    put_form(t, piece, bar + 1, len - name - 1);
  else
    piece->put(t);
}

void sentence_put(const struct telling *t, enum saying saying)
{
  for (const char *at = english[saying]; *at != '\0';) {
    const size_t plain = strcspn(at, "{");
    buf_put(t->out, at, plain);
    at += plain;
    if (*at == '\0') return;
    const size_t inside = strcspn(at + 1, "}");
    put_argument(t, at + 1, inside);
    at += inside + 2;
  }
}

const char *sentence_text(enum saying saying) { return english[saying]; }
