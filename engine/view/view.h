/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trace -> text. Views are pure: they take a trace and options and append to a buf; they know no terminal. */
#ifndef TCPTUTOR_VIEW_VIEW_H
#define TCPTUTOR_VIEW_VIEW_H

#include "engine/trace/trace.h"

struct buf;
struct peer_truth;

enum view_explain { EXPLAIN_OFF, EXPLAIN_SHORT, EXPLAIN_FULL };

struct view_options {
  unsigned columns; /* 40 … 200 */
  bool utf8;        /* else ASCII arrows and marks */
  bool color;       /* SGR; the 16 basic colours, default background */
  bool plain;       /* for screen readers: no drawing characters, whole sentences */
  bool relative;    /* sequence numbers relative to ISS and IRS */
  uint32_t kernel;  /* the Linux we run on (tcp/kernel.h); 0: nobody asked */
  enum view_explain explain;
  const char *name[END_COUNT]; /* "you", "peer"; at most 12 octets */
  const bool (
      *walked)[STATE_COUNT]; /* diagram: ways [from][to] the reader has walked in earlier sessions; or NULL */
};

extern const struct view_options view_default; /* 80 columns, utf8, no colour, "you" and "peer", short */

/* Display columns of a UTF-8 text, SGR sequences not counted. */
size_t view_width(const char *text, size_t len);

/* Record INDEX (0…) as it is printed when it happens: one line a segment, one a change of state, one of
   consequence; ends with a newline; nothing for records that are not shown. */
void view_record(const struct trace *, size_t index, const struct view_options *, struct buf *);
/* "you ESTABLISHED · peer SYN-RECEIVED" for connection N: the prompt's words, coloured, without "> ". */
void view_prompt(const struct trace *, unsigned connection, const struct tcb tcb[END_COUNT],
                 const struct view_options *, struct buf *);
/* A wait that goes on, for a progress bar: times since the session began. */
struct view_wait {
  usec_t began, now, until; /* UNTIL when at the latest; USEC_NEVER: for ever */
  const struct tcb *you;    /* whose timers run */
  const char *peer_timer;   /* the peer's own system tells one timer; NULL: none runs, or nobody knows */
  usec_t peer_left;
};
/* One line, not ended, that fits: a bar when the end is known, how long it took so far, the timers that run.
 */
void view_wait(const struct view_wait *, const struct view_options *, struct buf *);
/* What is so at this moment, for what to do next. */
struct view_moment {
  const struct tcb *tcb;     /* [END_COUNT], the shadows */
  const struct record *sent; /* your last segment on the connection; NULL: none yet */
  bool used;                 /* something has happened on the connection */
  bool listening;            /* the peer's own system has a listener for it */
  const char *peer_timer;    /* as in view_wait */
  usec_t peer_left;
  uint32_t peer_unread; /* octets its program has not read */
};
/* The obvious next thing in half a line, static; NULL: nothing is obvious, or something is owed, which has
   been told. And the line that shows it. */
const char *view_next(const struct view_moment *);
void view_put_next(const char *next, const struct view_options *, struct buf *);
/* `hint`: what to do next and what the other end waits for, in sentences. */
void view_hint(const struct view_moment *, const struct view_options *, struct buf *);
/* `ladder`: the exchange of connection N with both ends' states at the sides, time running down. */
void view_ladder(const struct trace *, unsigned connection, const struct view_options *, struct buf *);
/* `show [N]`: the segment's header as RFC 9293 §3.1 draws it, fields named and explained, options, payload.
 */
void view_header(const struct trace *, const struct record *segment, const struct view_options *,
                 struct buf *);
/* `state`: both TCBs' variables side by side, debts, timers; TRUTH lines are the caller's. */
void view_state(const struct pair *, const struct tcb tcb[END_COUNT], usec_t now, const struct view_options *,
                struct buf *);
/* `peer status`: the peer's shadow beside what SYSTEM, its own, says of the connection. */
void view_status(const struct tcb *shadow, const struct peer_truth *, const char *system, usec_t now,
                 const struct view_options *, struct buf *);
/* `space`: what both ends may send and receive, as RFC 9293 Figures 3 and 4 draw it, with the numbers. */
void view_space(const struct tcb tcb[END_COUNT], const struct view_options *, struct buf *);
/* `timers`: those that run at both ends, how much time is left, and what happens then. NOW is on the clock of
 * the TCBs' timers. */
void view_timers(const struct tcb tcb[END_COUNT], usec_t now, const struct view_options *, struct buf *);
/* `why [N]`: the rules that fired for the step of RECORD, in order, with section, why, and what made the
 * others pass. */
void view_why(const struct trace *, const struct record *, const struct view_options *, struct buf *);
/* `rules`: the table; STATE (or STATE_COUNT for all) or one rule in full. */
void view_rules(enum tcp_state, const struct view_options *, struct buf *);
void view_differences(enum tcp_state, const struct view_options *, struct buf *);
void view_rule(const struct tcp_rule *, const struct view_options *, struct buf *);
/* `diagram`: Figure 5 whole, your state and the peer's marked, arrows walked lit. */
void view_diagram(const struct trace *, unsigned connection, const struct tcb tcb[END_COUNT],
                  const struct view_options *, struct buf *);
/* A heading of LEVEL 1, 2 … in bright, the first two underlined. */
void view_heading(const char *text, unsigned level, const struct view_options *, struct buf *);
/* Text wrapped to the width, each line after INDENT blanks; `code` spans coloured when colour is on. Hostile
 * text is made visible. */
void view_wrap(const char *text, unsigned indent, const struct view_options *, struct buf *);
/* The same for a lesson's prose: where there are colours, *words* between stars are bright, and the stars
 * gone. */
void view_prose(const char *text, unsigned indent, const struct view_options *, struct buf *);

#endif
