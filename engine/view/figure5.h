/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RFC 9293 Figure 5 as a table: where its states stand and its arrows run, in rows and columns of letters.
   Whoever draws it, of letters or of lines, goes through it. Internal to view/. */
#ifndef TCPTUTOR_VIEW_FIGURE5_H
#define TCPTUTOR_VIEW_FIGURE5_H

#include "engine/trace/trace.h"

struct buf;

#define FIGURE5_ROWS 20
#define FIGURE5_COLUMNS 79
#define FIGURE5_ARROWS 20
#define FIGURE5_BESIDE (-1) /* the column next to the node an arrow leads to, however wide that is now */

/* Where a state stands: row, and the column of its middle. */
struct figure5_place {
  int row, middle;
};
extern const struct figure5_place figure5_place[STATE_COUNT];
/* CLOSED stands twice, at the beginning and at the end. */
extern const struct figure5_place figure5_end;

enum figure5_weight { WEIGHT_LIGHT, WEIGHT_HEAVY, WEIGHT_DASHED, WEIGHT_COUNT };

/* An arrow: its corners from the node it leaves to its head, and where its words stand. */
struct figure5_arrow {
  enum tcp_state from, to;
  enum figure5_weight weight; /* the client's usual way heavy, the server's dashed */
  int points;
  struct {
    int row, column;
  } at[4];
  int row, column;   /* of the first letter */
  bool on_line;      /* the words lie on the line, not beside it */
  const char *words; /* what happens / what is done */
  const char *mark;  /* which segment of an ordinary opening (1-3) or closing (I-IV) goes there; or "" */
};
extern const struct figure5_arrow figure5_arrow[FIGURE5_ARROWS];

/* Where the node is that the arrow leads to. */
struct figure5_place figure5_target(const struct figure5_arrow *);
/* Its words and its mark. */
void figure5_put_words(struct buf *, const struct figure5_arrow *);

/* How lit an arrow is. */
enum figure5_light { LIGHT_DARK, LIGHT_BEFORE, LIGHT_WALKED, LIGHT_LAST };
struct figure5_walk {
  enum figure5_light light;
  const struct record *by[END_COUNT]; /* the last time each end went there; or NULL */
};
/* Which arrows were walked in earlier sessions (WALKED [from][to], or NULL), and which the connection has
   walked, each end's last one apart. */
void figure5_light_up(struct figure5_walk walk[FIGURE5_ARROWS], const struct trace *, unsigned connection,
                      const bool (*walked)[STATE_COUNT]);
/* Where END, which is in STATE, stands: CLOSED is the figure's end when its last step was an arrow that leads
   there. */
struct figure5_place figure5_stands(const struct trace *, unsigned connection, enum end, enum tcp_state);
static inline bool figure5_same(struct figure5_place a, struct figure5_place b)
{
  return a.row == b.row && a.middle == b.middle;
}

#endif
