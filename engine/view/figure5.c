/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/figure5.h"

#include "engine/base/buf.h"

const struct figure5_place figure5_place[STATE_COUNT] = {
    [STATE_CLOSED] = {0, 39},       [STATE_LISTEN] = {4, 39},       [STATE_SYN_SENT] = {7, 67},
    [STATE_SYN_RECEIVED] = {7, 11}, [STATE_ESTABLISHED] = {10, 39}, [STATE_FIN_WAIT_1] = {13, 11},
    [STATE_FIN_WAIT_2] = {16, 11},  [STATE_CLOSE_WAIT] = {13, 67},  [STATE_CLOSING] = {16, 39},
    [STATE_LAST_ACK] = {16, 67},    [STATE_TIME_WAIT] = {19, 39},
};
const struct figure5_place figure5_end = {19, 67};

#define ARROW(a, b) STATE_##a, STATE_##b
// clang-format off
const struct figure5_arrow figure5_arrow[FIGURE5_ARROWS] = {
    {ARROW(CLOSED, LISTEN), WEIGHT_DASHED, 2, {{1, 37}, {3, 37}}, 1, 11, false, "passive OPEN / create TCB", ""},
    {ARROW(LISTEN, CLOSED), WEIGHT_LIGHT, 2, {{3, 41}, {1, 41}}, 3, 43, false, "CLOSE / delete TCB", ""},
    {ARROW(CLOSED, SYN_SENT), WEIGHT_HEAVY, 3, {{0, 39}, {0, 70}, {6, 70}}, 1, 45, false, "active OPEN / snd SYN", "1"},
    {ARROW(SYN_SENT, CLOSED), WEIGHT_LIGHT, 4, {{6, 66}, {2, 66}, {2, 43}, {1, 43}}, 2, 46, true, "CLOSE / delete TCB", ""},
    {ARROW(LISTEN, SYN_RECEIVED), WEIGHT_DASHED, 3, {{4, 39}, {4, 15}, {6, 15}}, 5, 17, false, "rcv SYN / snd SYN,ACK", "2"},
    {ARROW(LISTEN, SYN_SENT), WEIGHT_LIGHT, 3, {{4, 39}, {4, 62}, {6, 62}}, 5, 47, false, "SEND / snd SYN", ""},
    {ARROW(SYN_RECEIVED, LISTEN), WEIGHT_LIGHT, 4, {{6, 7}, {2, 7}, {2, 35}, {3, 35}}, 2, 12, true, "rcv RST (note 1)", ""},
    {ARROW(SYN_SENT, SYN_RECEIVED), WEIGHT_LIGHT, 2, {{7, 67}, {7, FIGURE5_BESIDE}}, 7, 29, true, "rcv SYN / snd SYN,ACK", ""},
    {ARROW(SYN_RECEIVED, ESTABLISHED), WEIGHT_DASHED, 4, {{7, 15}, {8, 15}, {8, 36}, {9, 36}}, 8, 19, true, "rcv ACK of SYN", ""},
    {ARROW(SYN_SENT, ESTABLISHED), WEIGHT_HEAVY, 4, {{7, 70}, {8, 70}, {8, 42}, {9, 42}}, 8, 45, true, "rcv SYN,ACK / snd ACK", "3"},
    {ARROW(SYN_RECEIVED, FIN_WAIT_1), WEIGHT_LIGHT, 2, {{8, 7}, {12, 7}}, 10, 9, false, "CLOSE / snd FIN", ""},
    {ARROW(ESTABLISHED, FIN_WAIT_1), WEIGHT_HEAVY, 4, {{10, 36}, {11, 36}, {11, 14}, {12, 14}}, 11, 17, true, "CLOSE / snd FIN", "I"},
    {ARROW(ESTABLISHED, CLOSE_WAIT), WEIGHT_DASHED, 4, {{10, 42}, {11, 42}, {11, 67}, {12, 67}}, 11, 44, true, "rcv FIN / snd ACK", "II"},
    {ARROW(FIN_WAIT_1, CLOSING), WEIGHT_LIGHT, 3, {{13, 11}, {13, 39}, {15, 39}}, 14, 20, false, "rcv FIN / snd ACK", ""},
    {ARROW(FIN_WAIT_1, FIN_WAIT_2), WEIGHT_HEAVY, 2, {{14, 11}, {15, 11}}, 15, 13, false, "rcv ACK of FIN", ""},
    {ARROW(CLOSE_WAIT, LAST_ACK), WEIGHT_DASHED, 2, {{14, 67}, {15, 67}}, 14, 47, false, "CLOSE / snd FIN", "III"},
    {ARROW(FIN_WAIT_2, TIME_WAIT), WEIGHT_HEAVY, 3, {{17, 11}, {19, 11}, {19, FIGURE5_BESIDE}}, 18, 13, false, "rcv FIN / snd ACK", "IV"},
    {ARROW(CLOSING, TIME_WAIT), WEIGHT_LIGHT, 2, {{17, 39}, {18, 39}}, 17, 41, false, "rcv ACK of FIN", ""},
    {ARROW(LAST_ACK, CLOSED), WEIGHT_DASHED, 2, {{17, 67}, {18, 67}}, 18, 51, false, "rcv ACK of FIN", ""},
    {ARROW(TIME_WAIT, CLOSED), WEIGHT_HEAVY, 2, {{19, 39}, {19, FIGURE5_BESIDE}}, 19, 51, true, "2MSL", ""},
};
// clang-format on

struct figure5_place figure5_target(const struct figure5_arrow *a)
{
  const bool ends = a->to == STATE_CLOSED && a->at[0].row > FIGURE5_ROWS / 2;
  return ends ? figure5_end : figure5_place[a->to];
}

void figure5_put_words(struct buf *b, const struct figure5_arrow *a)
{
  buf_printf(b, "%s%s%s", a->words, a->mark[0] != '\0' ? " " : "", a->mark);
}

void figure5_light_up(struct figure5_walk walk[FIGURE5_ARROWS], const struct trace *t, unsigned connection,
                      const bool (*walked)[STATE_COUNT])
{
  size_t last[END_COUNT] = {FIGURE5_ARROWS, FIGURE5_ARROWS};
  for (size_t k = 0; k < FIGURE5_ARROWS; k++) {
    const bool before = walked != NULL && walked[figure5_arrow[k].from][figure5_arrow[k].to];
    walk[k] = (struct figure5_walk){.light = before ? LIGHT_BEFORE : LIGHT_DARK};
  }
  for (size_t i = 0; t != NULL && i < trace_count(t); i++) {
    const struct record *r = trace_at(t, i);
    if (r->kind != RECORD_STATE || r->connection != connection) continue;
    last[r->end] = FIGURE5_ARROWS;
    for (size_t k = 0; k < FIGURE5_ARROWS; k++) {
      if (figure5_arrow[k].from != r->from || figure5_arrow[k].to != r->to) continue;
      walk[k].light = LIGHT_WALKED;
      walk[k].by[r->end] = r;
      last[r->end] = k;
    }
  }
  for (enum end e = END_YOU; e < END_COUNT; e++)
    if (last[e] < FIGURE5_ARROWS) walk[last[e]].light = LIGHT_LAST;
}

struct figure5_place figure5_stands(const struct trace *t, unsigned connection, enum end e,
                                    enum tcp_state state)
{
  const struct record *last = NULL;
  for (size_t i = t != NULL ? trace_count(t) : 0; i-- > 0 && last == NULL;) {
    const struct record *r = trace_at(t, i);
    if (r->kind == RECORD_STATE && r->connection == connection && r->end == e) last = r;
  }
  for (size_t k = 0; last != NULL && last->to == state && k < FIGURE5_ARROWS; k++)
    if (figure5_arrow[k].from == last->from && figure5_arrow[k].to == state)
      return figure5_target(&figure5_arrow[k]);
  return figure5_place[state];
}
