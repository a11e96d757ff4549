/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pictures are made of: text that is let in, Figure 5's table, rungs; and that a picture is the same
   each time. What they look like is tests/cli/picture.py's. */
#include "view_scene.h"

#include "engine/trace/heap_buf.h"
#include "engine/view/figure5.h"
#include "engine/view/markup.h"
#include "engine/view/picture.h"
#include "engine/view/rung.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void text_is_escaped(void **state)
{
  (void)state;
  static const struct {
    const char *text, *markup;
  } of[] = {
      {"", ""},
      {"plain", "plain"},
      {"a<b>&\"c'", "a&lt;b&gt;&amp;&quot;c&#39;"},
      {"]]>", "]]&gt;"},
      {"one\ntwo\ttabs\r", "one\\ntwo\\ttabs\\r"},
      {"\033[31m\x01\x7f", "\\x1B[31m\\x01\\x7F"},
      {"\xff\xc3", "\\xFF\\xC3"},
      {"\xc2\x80\xe2\x80\xae\xef\xbf\xbe", "\\u{0080}\\u{202E}\\u{FFFE}"},
      {"\xe2\x96\xb6 \xe4\xb8\xad", "\xe2\x96\xb6 \xe4\xb8\xad"},
      {"&amp;", "&amp;amp;"},
  };
  struct buf b;
  heap_buf_init(&b);
  for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
    buf_reset(&b);
    markup_put(&b, of[i].text);
    assert_string_equal(b.data ? b.data : "", of[i].markup);
  }
  buf_reset(&b);
  markup_put_lines(&b, "one\n<two>\n");
  assert_string_equal(b.data, "one\n&lt;two&gt;\n");
  buf_reset(&b);
  markup_printf(&b, "<%s>", "&");
  assert_string_equal(b.data, "&lt;&amp;&gt;");
  heap_buf_free(&b);
}

/* One row beside the node, or within it. */
static bool touches(int row, struct figure5_place p) { return row >= p.row - 1 && row <= p.row + 1; }

static void figure5_holds_together(void **state)
{
  (void)state;
  bool reached[STATE_COUNT] = {false};
  for (size_t i = 0; i < FIGURE5_ARROWS; i++) {
    const struct figure5_arrow *a = &figure5_arrow[i];
    const int last = a->points - 1;
    assert_true(last >= 1 && last < 4);
    assert_true(touches(a->at[0].row, figure5_place[a->from]));
    assert_true(touches(a->at[last].row, figure5_target(a)));
    for (int k = 1; k <= last; k++) { /* level or upright */
      const bool level = a->at[k].row == a->at[k - 1].row;
      assert_true(level != (a->at[k].column == a->at[k - 1].column) || a->at[k].column == FIGURE5_BESIDE);
      assert_true(a->at[k].row >= 0 && a->at[k].row < FIGURE5_ROWS && a->at[k].column < FIGURE5_COLUMNS);
    }
    assert_true(a->column + (int)strlen(a->words) + (int)strlen(a->mark) + 1 <= FIGURE5_COLUMNS);
    for (size_t k = 0; k < i; k++)
      assert_false(figure5_arrow[k].from == a->from && figure5_arrow[k].to == a->to);
    reached[a->to] = true;
  }
  for (size_t s = 0; s < STATE_COUNT; s++) assert_true(reached[s]);
}

static void walked_arrows_are_lit(void **state)
{
  (void)state;
  struct scene s;
  struct figure5_walk walk[FIGURE5_ARROWS];
  static const bool before[STATE_COUNT][STATE_COUNT] = {
      [STATE_ESTABLISHED][STATE_FIN_WAIT_1] = true, [STATE_CLOSED][STATE_LISTEN] = true};
  unsigned count[4] = {0};
  scene_begin(&s);
  scene_play_stevens(&s);
  figure5_light_up(walk, s.trace, s.connection, before);
  for (size_t i = 0; i < FIGURE5_ARROWS; i++) {
    count[walk[i].light]++;
    assert_int_equal(walk[i].by[END_YOU] || walk[i].by[END_PEER], walk[i].light >= LIGHT_WALKED);
  }
  assert_int_equal(count[LIGHT_BEFORE], 1);
  assert_int_equal(count[LIGHT_WALKED], 8);
  assert_int_equal(count[LIGHT_LAST], 2);
  scene_end(&s);
}

static void rungs_take_every_event_once(void **state)
{
  (void)state;
  struct scene s;
  struct rung rung;
  unsigned events = 0, wanted = 0;
  scene_begin(&s);
  scene_play_trouble(&s);
  for (size_t i = 0; i < trace_count(s.trace); i++) {
    const enum record_kind kind = trace_at(s.trace, i)->kind;
    wanted += kind == RECORD_SEGMENT || kind == RECORD_CALL || kind == RECORD_TIMER;
  }
  for (size_t at = 0, before = 0; rung_next(s.trace, s.connection, &at, &rung); before = rung.to) {
    assert_true(rung.from >= before && rung.to > rung.from && at == rung.to);
    events += rung.event != NULL;
  }
  assert_int_equal(events, wanted);
  assert_int_equal(rung_first_state(s.trace, s.connection, END_PEER), STATE_LISTEN);
  assert_int_equal(rung_last_state(s.trace, s.connection, END_PEER),
                   STATE_CLOSED); /* its own system says so */
  scene_end(&s);
}

static void put_picture(struct buf *b, enum picture_format format, void (*play)(struct scene *),
                        unsigned sessions)
{
  struct picture p = {
      .format = format, .application = "tcptutor", .wire = "model", .system = "<none>", .seed = 7};
  struct scene s;
  struct buf body;
  scene_begin(&s);
  heap_buf_init(&body);
  play(&s);
  for (unsigned i = 0; i < sessions; i++) picture_session(&p, s.trace, &view_default, &body);
  picture_file(&p, &body, b);
  heap_buf_free(&body);
  scene_end(&s);
}

static void a_trace_is_one_picture(void **state)
{
  (void)state;
  struct buf one, two;
  heap_buf_init(&one);
  heap_buf_init(&two);
  for (enum picture_format f = PICTURE_SVG; f <= PICTURE_HTML; f++) {
    buf_reset(&one);
    buf_reset(&two);
    put_picture(&one, f, scene_play_trouble, 2);
    put_picture(&two, f, scene_play_trouble, 2);
    assert_string_equal(one.data, two.data);
    assert_non_null(strstr(one.data, "&lt;none&gt;"));
    assert_non_null(strstr(one.data, "a remark with \\x1B[31ma colour"));
    buf_reset(&one);
    put_picture(&one, f, scene_play_stevens, 0);
    assert_non_null(strstr(one.data, "Nothing has been sent yet."));
  }
  heap_buf_free(&one);
  heap_buf_free(&two);
}

int main(void)
{
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_is_escaped),        cmocka_unit_test(figure5_holds_together),
      cmocka_unit_test(walked_arrows_are_lit),  cmocka_unit_test(rungs_take_every_event_once),
      cmocka_unit_test(a_trace_is_one_picture),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
