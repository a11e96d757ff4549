/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Screens, as a user sees them: golden files, and what must hold at every width. */
#include "view_golden.h"
#include "view_scene.h"

#include "engine/trace/heap_buf.h"
#include "engine/view/json.h"
#include "engine/view/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

/* How a scene is looked at. */
enum look { LOOK_UTF8, LOOK_ASCII, LOOK_COLOR, LOOK_PLAIN };

static struct view_options look(enum look l, unsigned columns)
{
  struct view_options o = view_default;
  o.columns = columns;
  o.utf8 = l == LOOK_UTF8 || l == LOOK_COLOR;
  o.color = l == LOOK_COLOR;
  o.plain = l == LOOK_PLAIN;
  return o;
}

/* A line of SCREEN wider than COLUMNS, or NULL. */
static const char *too_wide(const char *screen, unsigned columns)
{
  for (const char *line = screen; *line != '\0';) {
    size_t len = strcspn(line, "\n");
    if (view_width(line, len) > columns) return line;
    line += len + (line[len] != '\0');
  }
  return NULL;
}

static bool fits(const char *name, const char *screen, unsigned columns)
{
  const char *wide = too_wide(screen, columns);
  if (wide != NULL)
    fprintf(stderr, "%s is too wide for %u columns: %.*s\n", name, columns, (int)strcspn(wide, "\n"), wide);
  return wide == NULL;
}

/* The views, as functions of a scene. */
typedef void play_fn(struct scene *);
typedef void view_fn(const struct scene *, const struct view_options *, struct buf *);

static void all_records(const struct scene *s, const struct view_options *o, struct buf *b)
{
  for (size_t i = 0; i < trace_count(s->trace); i++) view_record(s->trace, i, o, b);
}

static void ladder(const struct scene *s, const struct view_options *o, struct buf *b)
{
  view_ladder(s->trace, s->connection, o, b);
}

static void all_states(const struct scene *s, const struct view_options *o, struct buf *b)
{
  view_state(&trace_connection(s->trace, s->connection)->pair, s->tcb, s->now, o, b);
}

static void all_headers(const struct scene *s, const struct view_options *o, struct buf *b)
{
  for (unsigned n = 1; n <= trace_segments(s->trace); n++)
    view_header(s->trace, trace_segment(s->trace, n), o, b);
}

static void diagram(const struct scene *s, const struct view_options *o, struct buf *b)
{
  view_diagram(s->trace, s->connection, s->tcb, o, b);
}

/* Of the rows that did not apply the rule table decides, and it grows: they are no part of the golden
 * screens. */
static void cut_rows(struct buf *b)
{
  char *from;
  while ((from = strstr(b->data, "looked at on the way")) != NULL) {
    char *end = b->data + b->len, *to = strstr(from, "`why"), *next = strstr(from, "Segment ");
    if (to == NULL || (next != NULL && next < to)) to = next;
    if (to == NULL) to = end;
    while (from > b->data && from[-1] != '\n') from--;
    while (to < end && to[-1] != '\n') to--;
    memmove(from, to, (size_t)(end - to) + 1);
    b->len -= (size_t)(to - from);
  }
}

static void all_whys(const struct scene *s, const struct view_options *o, struct buf *b)
{
  for (unsigned n = 1; n <= trace_segments(s->trace); n++)
    view_why(s->trace, trace_segment(s->trace, n), o, b);
}

static const struct {
  const char *name;
  play_fn *play;
} scenes[] = {
    {"stevens", scene_play_stevens},
    {"trouble", scene_play_trouble},
};
static const struct {
  const char *name;
  view_fn *view;
} views[] = {
    {"record", all_records}, {"ladder", ladder},   {"state", all_states},
    {"header", all_headers}, {"diagram", diagram}, {"why", all_whys},
};
static const struct {
  const char *name;
  enum look look;
} looks[] = {{"utf8", LOOK_UTF8}, {"ascii", LOOK_ASCII}, {"color", LOOK_COLOR}, {"plain", LOOK_PLAIN}};

#define COUNT(array) (sizeof array / sizeof array[0])

/* One screen: as it was agreed to be if it is one of the golden ones, and never wider than the terminal. */
static void check_screen(size_t scene, size_t view, size_t how, unsigned columns, bool golden)
{
  struct scene s;
  struct buf b;
  char name[80];
  struct view_options o = look(looks[how].look, columns);
  scene_begin(&s);
  heap_buf_init(&b);
  scenes[scene].play(&s);
  views[view].view(&s, &o, &b);
  snprintf(name, sizeof name, "%s-%s-%u-%s", views[view].name, scenes[scene].name, columns, looks[how].name);
  if (views[view].view == all_whys && golden) cut_rows(&b);
  bool same = !golden || golden_matches(name, b.data, b.len);
  bool narrow = fits(name, b.data, columns), ends = b.len > 0 && b.data[b.len - 1] == '\n';
  heap_buf_free(&b);
  scene_end(&s);
  assert_true(same);
  assert_true(narrow);
  assert_true(ends);
}

static void screens_look_as_agreed(void **state)
{
  (void)state;
  for (size_t scene = 0; scene < COUNT(scenes); scene++)
    for (size_t view = 0; view < COUNT(views); view++) {
      for (size_t how = 0; how < COUNT(looks); how++) check_screen(scene, view, how, 80, true);
      check_screen(scene, view, 0, 60, true);
    }
}

static void screens_fit_every_width(void **state)
{
  (void)state;
  for (size_t scene = 0; scene < COUNT(scenes); scene++)
    for (size_t view = 0; view < COUNT(views); view++)
      for (size_t how = 0; how < COUNT(looks); how++)
        for (unsigned columns = 40; columns <= 200; columns += columns < 100 ? 1 : 25)
          check_screen(scene, view, how, columns, false);
}

/* One view's text, for a moment. */
static const char *shown(struct buf *b, view_fn *view, play_fn *play, const struct view_options *o)
{
  struct scene s;
  scene_begin(&s);
  play(&s);
  buf_reset(b);
  view(&s, o, b);
  scene_end(&s);
  return b->data;
}

static void nothing_is_drawn_where_nothing_can_be(void **state)
{
  (void)state;
  struct buf b;
  heap_buf_init(&b);
  for (size_t scene = 0; scene < COUNT(scenes); scene++)
    for (size_t view = 0; view < COUNT(views); view++)
      for (size_t how = 0; how < COUNT(looks); how++) {
        struct view_options o = look(looks[how].look, 80);
        for (const char *c = shown(&b, views[view].view, scenes[scene].play, &o); *c != '\0'; c++) {
          assert_true(*c >= ' ' || *c == '\n' || (o.color && *c == '\033') ||
                      (o.utf8 && (unsigned char)*c >= 0x80));
          assert_true((unsigned char)*c < 0x80 || o.utf8);
        }
      }
  heap_buf_free(&b);
}

static void reasons_are_given_as_wanted(void **state)
{
  (void)state;
  struct buf b;
  struct view_options o = view_default;
  heap_buf_init(&b);
  o.explain = EXPLAIN_OFF;
  assert_null(strstr(shown(&b, all_records, scene_play_stevens, &o), "this is an active OPEN"));
  o.explain = EXPLAIN_SHORT;
  assert_non_null(strstr(shown(&b, all_records, scene_play_stevens, &o), "this is an active OPEN"));
  assert_null(strstr(b.data, "takes one"));
  o.explain = EXPLAIN_FULL;
  assert_non_null(strstr(shown(&b, all_records, scene_play_stevens, &o), "RFC 9293 3.10.7.3, fourth"));
  assert_true(golden_matches("record-stevens-80-full", b.data, b.len));
  heap_buf_free(&b);
}

static void numbers_can_be_relative(void **state)
{
  (void)state;
  struct buf b;
  struct view_options o = view_default;
  heap_buf_init(&b);
  o.relative = true;
  shown(&b, all_records, scene_play_stevens, &o);
  assert_non_null(strstr(b.data, " SYN seq=iss win"));
  assert_non_null(strstr(b.data, " SYN,ACK seq=irs ack=iss+1 "));
  assert_non_null(strstr(b.data, " ACK seq=iss+2 ack=irs+2 "));
  assert_null(strstr(b.data, "1415531522"));
  heap_buf_free(&b);
}

static void ends_have_the_names_given(void **state)
{
  (void)state;
  struct buf b;
  struct view_options o = view_default;
  heap_buf_init(&b);
  o.name[END_YOU] = "svr4";
  o.name[END_PEER] = "bsdi";
  assert_non_null(strstr(shown(&b, all_records, scene_play_stevens, &o), "svr4.1037"));
  assert_null(strstr(b.data, "you.1037"));
  assert_non_null(strstr(shown(&b, ladder, scene_play_stevens, &o), "bsdi.9"));
  o.plain = true;
  assert_non_null(strstr(shown(&b, all_records, scene_play_stevens, &o), "Svr4 sends SYN, seq 1415531521"));
  o.name[END_YOU] = o.name[END_PEER] = "abcdefghijkl";
  for (o.plain = false, o.columns = 40; o.columns < 100; o.columns++)
    for (size_t view = 0; view < COUNT(views); view++)
      assert_true(fits(views[view].name, shown(&b, views[view].view, scene_play_trouble, &o), o.columns));
  heap_buf_free(&b);
}

static void widths_are_columns(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    size_t columns;
  } of[] = {
      {"", 0},
      {"abc", 3},
      {"─▶✓", 3},
      {"\033[1;31mred\033[0m", 3},
      {"\xe4\xb8\xad\xe6\x96\x87", 4}, /* two ideographs */
      {"e\xcc\x81", 1},                /* e and a combining acute */
      {"\xff\xfe", 2},                 /* not UTF-8 */
      {"\033[", 0},
  };
  for (size_t i = 0; i < COUNT(of); i++)
    assert_int_equal(view_width(of[i].text, strlen(of[i].text)), of[i].columns);
}

static void check_wrap(const char *text, unsigned columns, unsigned indent, bool color, const char *wrapped)
{
  struct buf b;
  struct view_options o = view_default;
  o.columns = columns;
  o.color = color;
  heap_buf_init(&b);
  view_wrap(text, indent, &o, &b);
  bool same = strcmp(b.data, wrapped) == 0;
  if (!same) fprintf(stderr, "wrapped: %s\n", b.data);
  heap_buf_free(&b);
  assert_true(same);
}

static void text_is_wrapped(void **state)
{
  (void)state;
  check_wrap("", 40, 2, false, "");
  check_wrap("one", 40, 2, false, "  one\n");
  check_wrap("The client sends a SYN and the server answers it.", 40, 2, false,
             "  The client sends a SYN and the server\n  answers it.\n");
  check_wrap("first\n\nsecond", 40, 2, false, "  first\n\n  second\n");
  check_wrap("a `send SYN` b", 40, 0, false, "a `send SYN` b\n");
  check_wrap("a `send SYN` b", 40, 0, true, "a `\033[1msend SYN\033[0m` b\n");
  check_wrap("\033[31mred\007", 40, 0, false, "\\x1B[31mred\\x07\n");
  check_wrap("0123456789012345678901234567890123456789012345", 40, 2, false,
             "  0123456789012345678901234567890123456\n  789012345\n");
  char big[2000], *end = big + sizeof big - 1;
  memset(big, 'x', sizeof big - 1);
  *end = '\0';
  struct buf b;
  heap_buf_init(&b);
  view_wrap(big, 0, &view_default, &b);
  size_t letters = 0;
  for (const char *c = b.data; *c != '\0'; c++) letters += *c == 'x';
  assert_int_equal(letters, sizeof big - 1);
  assert_null(strchr(b.data, ' '));
  heap_buf_free(&b);
}

static void check_prose(const char *text, bool color, const char *wrapped)
{
  struct buf b;
  struct view_options o = view_default;
  o.columns = 40;
  o.color = color;
  heap_buf_init(&b);
  view_prose(text, 0, &o, &b);
  assert_string_equal(b.data, wrapped);
  heap_buf_free(&b);
}

static void stressed_words_are_bright(void **state)
{
  (void)state;
  check_prose("the *first* one", false, "the *first* one\n");
  check_prose("the *first* one", true, "the \033[1mfirst\033[0m one\n");
  check_prose("(*two words*).", true, "(\033[1mtwo words\033[0m).\n");
  check_prose("2 * 3 * 4, a*b*c, *alone, `*p*`", true, "2 * 3 * 4, a*b*c, *alone, `\033[1m*p*\033[0m`\n");
  check_prose("one that is *stressed goes on in the next* line", true,
              "one that is \033[1mstressed goes on in the\033[0m\n\033[1mnext\033[0m line\n");
}

static void the_prompt_tells_both_states(void **state)
{
  (void)state;
  struct scene s;
  struct buf b;
  struct view_options o = view_default;
  scene_begin(&s);
  heap_buf_init(&b);
  s.tcb[END_YOU].state = STATE_ESTABLISHED;
  s.tcb[END_PEER].state = STATE_SYN_RECEIVED;
  view_prompt(s.trace, 1, s.tcb, &o, &b);
  assert_string_equal(b.data, "you ESTABLISHED · peer SYN-RECEIVED");
  buf_reset(&b);
  o.utf8 = false;
  o.color = true;
  view_prompt(s.trace, 1, s.tcb, &o, &b);
  assert_string_equal(b.data,
                      "you \033[1mESTABLISHED\033[0m\033[2m - \033[0mpeer \033[1mSYN-RECEIVED\033[0m");
  buf_reset(&b);
  o = (struct view_options){.columns = 40, .name = {"you", "peer"}};
  trace_connect(s.trace, &trace_connection(s.trace, 1)->pair);
  view_prompt(s.trace, 2, s.tcb, &o, &b);
  assert_string_equal(b.data, "2: ESTABLISHED - SYN-RECEIVED");
  heap_buf_free(&b);
  scene_end(&s);
}

static json_t *json_of(const struct record *r)
{
  struct buf b;
  heap_buf_init(&b);
  json_record(r, &b);
  assert_true(b.len > 0 && strchr(b.data, '\n') == b.data + b.len - 1);
  json_t *object = json_loads(b.data, 0, NULL);
  heap_buf_free(&b);
  assert_non_null(object);
  return object;
}

static void has_keys(const json_t *object, const char *const keys[])
{
  for (size_t i = 0; keys[i] != NULL; i++)
    if (json_object_get(object, keys[i]) == NULL) fail_msg("no key %s", keys[i]);
}

static void json_has_the_fixed_keys(void **state)
{
  (void)state;
  static const char *const segment[] = {"t",   "event", "dir",     "fate",  "flags",     "seq", "ack",
                                        "win", "len",   "options", "rules", "predicted", NULL};
  static const char *const change[] = {"t", "event", "end", "from", "to", "rule", "cite", NULL};
  static const char *const expect[] = {"t", "event", "ok", "text", "found", "code", "args", NULL};
  static const char *const told[] = {"t", "event", "text", "code", "args", NULL};
  static const char *const other[] = {"t", "event", NULL};
  struct scene s;
  scene_begin(&s);
  scene_play_trouble(&s);
  for (size_t i = 0; i < trace_count(s.trace); i++) {
    const struct record *r = trace_at(s.trace, i);
    json_t *object = json_of(r);
    has_keys(object, r->kind == RECORD_SEGMENT                          ? segment
                     : r->kind == RECORD_STATE                          ? change
                     : r->kind == RECORD_EXPECT                         ? expect
                     : r->kind == RECORD_CALL || r->kind == RECORD_NOTE ? told
                                                                        : other);
    assert_string_equal(json_string_value(json_object_get(object, "event")), record_kind_name(r->kind));
    json_decref(object);
  }
  json_t *lost = json_of(trace_segment(s.trace, 3));
  assert_string_equal(json_string_value(json_object_get(lost, "dir")), "in");
  assert_string_equal(json_string_value(json_object_get(lost, "fate")), "lost");
  assert_int_equal(json_integer_value(json_object_get(lost, "seq")), 1823083521);
  assert_int_equal(json_array_size(json_object_get(lost, "flags")), 2);
  assert_string_equal(json_string_value(json_array_get(json_object_get(lost, "options"), 0)), "mss=1460");
  assert_true(json_is_null(json_object_get(lost, "predicted")));
  json_decref(lost);
  json_t *met = json_of(trace_segment(s.trace, 4));
  assert_true(json_is_true(json_object_get(met, "predicted")));
  assert_string_equal(json_string_value(json_array_get(json_object_get(met, "rules"), 0)),
                      "syn-sent.syn.acked");
  json_decref(met);
  scene_end(&s);
}

/* Code and arguments of a note, as they are printed. */
static void arguments(enum message message, const struct facts *facts, const char *code, const char *args)
{
  struct scene s;
  scene_begin(&s);
  json_t *object = json_of(scene_note(&s, END_YOU, message, NULL, facts));
  char *printed = json_dumps(json_object_get(object, "args"), JSON_COMPACT | JSON_PRESERVE_ORDER);
  assert_string_equal(json_string_value(json_object_get(object, "code")), code);
  assert_string_equal(printed, args);
  free(printed);
  json_decref(object);
  scene_end(&s);
}

static void json_has_the_facts_beside_the_words(void **state)
{
  (void)state;
  struct facts f = {.flags = SYN | ACK,
                    .connection = 2,
                    .octets = 3,
                    .signal = SIGNAL_REFUSED,
                    .system = KERNEL(6, 18, 44)};
  f.predicted = STATE_LISTEN;
  f.state = STATE_SYN_RECEIVED;
  arguments(MESSAGE_OWED_ELSEWHERE, &f, "owed-elsewhere", "{\"flags\":[\"SYN\",\"ACK\"],\"connection\":2}");
  arguments(MESSAGE_HELD_BACK, &f, "held-back", "{\"octets\":3}");
  arguments(MESSAGE_SIGNAL, &f, "signal", "{\"signal\":\"REFUSED\"}");
  arguments(MESSAGE_CRASHED, &f, "crashed", "{}");
  arguments(MESSAGE_DENIED, &f, "denied",
            "{\"state\":\"SYN-RECEIVED\",\"predicted\":\"LISTEN\",\"system\":\"6.18\"}");
  f.system = 0;
  arguments(MESSAGE_UNFORESEEN, &f, "unforeseen", "{\"system\":null}");
  f.answer = (struct answer){
      .kind = ANSWER_SEGMENT, .from = STATE_CLOSED, .flags = RST, .seq = 7, .seq_known = true};
  arguments(
      MESSAGE_STRAY_ANSWERED, &f, "stray-answered",
      "{\"answer\":{\"kind\":\"segment\",\"from\":\"CLOSED\",\"to\":\"CLOSED\",\"flags\":[\"RST\"],\"seq\":7,"
      "\"ack\":null}}");
}

static void every_rule_can_be_shown(void **state)
{
  (void)state;
  static const char *const keys[] = {"id",      "procedure", "step",  "states", "next",
                                     "profile", "cite",      "title", "why",    NULL};
  size_t count;
  const struct tcp_rule *rule = tcp_rules(&count);
  struct buf table, b;
  heap_buf_init(&table);
  heap_buf_init(&b);
  assert_true(count > 0);
  for (unsigned columns = 40; columns <= 120; columns += 20) {
    struct view_options o = look(columns % 40 == 0 ? LOOK_UTF8 : LOOK_ASCII, columns);
    buf_reset(&table);
    view_rules(STATE_COUNT, &o, &table);
    assert_null(too_wide(table.data, columns));
    struct buf differences;
    heap_buf_init(&differences);
    view_differences(STATE_COUNT, &o, &differences);
    assert_null(too_wide(differences.data, columns));
    for (size_t i = 0; i < count; i++)
      if (rule[i].system == PROFILE_LINUX && columns >= 80)
        assert_non_null(strstr(differences.data, rule[i].id));
    heap_buf_free(&differences);
    for (size_t i = 0; i < count; i++) {
      assert_non_null(strstr(table.data, rule[i].id));
      buf_reset(&b);
      view_rule(&rule[i], &o, &b);
      assert_null(too_wide(b.data, columns));
      assert_non_null(strstr(b.data, rule[i].id));
    }
  }
  for (size_t i = 0; i < count; i++) {
    buf_reset(&b);
    json_rule(&rule[i], &b);
    json_t *object = json_loads(b.data, 0, NULL);
    assert_non_null(object);
    has_keys(object, keys);
    json_decref(object);
  }
  heap_buf_free(&table);
  heap_buf_free(&b);
}

static void why_tells_what_was_passed_over(void **state)
{
  (void)state;
  struct buf b;
  heap_buf_init(&b);
  shown(&b, all_whys, scene_play_stevens, &view_default);
  const char *passed = strstr(b.data, "looked at on the way, and did not apply:");
  assert_non_null(passed);
  assert_non_null(strstr(passed, "listen.rst"));
  heap_buf_free(&b);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(screens_look_as_agreed),
      cmocka_unit_test(screens_fit_every_width),
      cmocka_unit_test(nothing_is_drawn_where_nothing_can_be),
      cmocka_unit_test(reasons_are_given_as_wanted),
      cmocka_unit_test(numbers_can_be_relative),
      cmocka_unit_test(ends_have_the_names_given),
      cmocka_unit_test(widths_are_columns),
      cmocka_unit_test(text_is_wrapped),
      cmocka_unit_test(stressed_words_are_bright),
      cmocka_unit_test(the_prompt_tells_both_states),
      cmocka_unit_test(json_has_the_fixed_keys),
      cmocka_unit_test(json_has_the_facts_beside_the_words),
      cmocka_unit_test(every_rule_can_be_shown),
      cmocka_unit_test(why_tells_what_was_passed_over),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
