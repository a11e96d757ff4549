/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transcript as a table of HTML, and the rules it names. Internal to view/. */
#ifndef TCPTUTOR_VIEW_TRANSCRIPT_H
#define TCPTUTOR_VIEW_TRANSCRIPT_H

#include "engine/view/view.h"

#define TRANSCRIPT_RULES_MAX 1024

/* What is put goes into one session of a page, where a rule is explained once. */
struct transcript {
  const struct trace *trace;
  const struct view_options *o;
  unsigned session;                 /* tells it from the page's others */
  bool named[TRANSCRIPT_RULES_MAX]; /* rules, as tcp_rules() counts them */
};

void transcript_table(struct transcript *, unsigned connection, struct buf *);
/* The rules named so far, in the RFC's order. */
void transcript_rules(const struct transcript *, struct buf *);

#endif
