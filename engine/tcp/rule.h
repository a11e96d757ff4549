/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rule is a row of one ordered table: RFC 9293 §3.10 as data. The RFC's rows are in rules_*.def, in the RFC's
   order. A system is a list of differences from it, a folder of rows (linux/rows_*.def), each of which says
   which of the RFC's rows it stands before, instead of or after; those of the counterfactual profiles likewise.

   An event runs one procedure. A procedure is a walk over its steps, and over the parts of a step, in order;
   in each part the first row whose state, profile, kernel, flags and guard fit is taken, and no other row of
   that part. Its effect runs, the state becomes `next`, and the walk goes on with the next part or stops. A
   part in which no row fits is passed. */
#ifndef TCPTUTOR_TCP_RULE_H
#define TCPTUTOR_TCP_RULE_H

#include "engine/tcp/profile.h"
#include "engine/tcp/state.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tcp_step; /* tcb, segment or call, now, verdict: see machine.h */

/* X(id, name, section) */
#define TCP_PROCEDURES(X)                                                                                    \
  X(CALL, "user call", "3.10.1-3.10.6")                                                                      \
  X(CLOSED, "SEGMENT ARRIVES in CLOSED", "3.10.7.1")                                                         \
  X(LISTEN, "SEGMENT ARRIVES in LISTEN", "3.10.7.2")                                                         \
  X(SYN_SENT, "SEGMENT ARRIVES in SYN-SENT", "3.10.7.3")                                                     \
  X(OTHERWISE, "SEGMENT ARRIVES otherwise", "3.10.7.4")                                                      \
  X(TIMEOUT, "timeout", "3.10.8")                                                                            \
  X(INTENT, "what a sent segment means", "3.10")

enum tcp_procedure {
#define X(id, name, section) PROCEDURE_##id,
  TCP_PROCEDURES(X)
#undef X
      PROCEDURE_COUNT
};
const char *tcp_procedure_name(enum tcp_procedure);
const char *tcp_procedure_section(enum tcp_procedure);
/* "check the RST bit"; "" for a number that is no step. Steps count from 1. */
const char *tcp_step_name(enum tcp_procedure, unsigned step);

enum tcp_then {
  THEN_GO_ON,  /* with the next part or step */
  THEN_STOP,   /* the event is done: drop and return */
  THEN_AT_ACK, /* with the fifth step of the eight states (from LISTEN: a SYN cookie) */
  THEN_AT_SYN, /* with the third step of LISTEN (from TIME-WAIT) */
  THEN_AT_URG, /* with the sixth (from SYN-SENT) */
};
#define NEXT_SAME STATE_COUNT /* the state does not change, or the effect chose it */
#define STATE_BIT(s) (1u << (s))

struct tcp_rule {
  const char *id; /* "synced.rst.in-window": stable */
  enum tcp_procedure procedure;
  uint8_t step;    /* the RFC's number of the check, 1…; calls: 1 + enum tcp_call_kind */
  uint8_t part;    /* of the step */
  uint16_t states; /* STATE_BIT()s */
  uint8_t on, off; /* control bits that must be set, that must be clear */
  bool (*guard)(const struct tcp_step *); /* NULL: always */
  bool (*also)(const struct tcp_step *);  /* a second condition; NULL: none */
  void (*effect)(struct tcp_step *);      /* NULL: nothing */
  enum tcp_then then;
  uint8_t next;         /* enum tcp_state, or NEXT_SAME */
  uint8_t intent;       /* enum tcp_intent, in rows of PROCEDURE_INTENT */
  /* Whose row it is: 0, the RFC's; else the PROFILE_… bit of the system whose difference it is, and what it amends
     by. A row stands in its own step and part, there where the row named stands; what it is instead of does not
     hold for that system. */
  uint8_t system;
  const char *before, *after, *instead[2];
  uint8_t since, until; /* enum tcp_change (kernel.h) that the row begins with, that ends it; 0: none */
  const char *cite;     /* "RFC 9293 3.10.7.4, second" */
  const char *title;    /* one line */
  const char *why;      /* the reason, for a student */
};

/* The profiles it is a row of, PROFILE_… bits: a system has the RFC's rows but for those it replaces. */
uint8_t tcp_rule_profiles(const struct tcp_rule *);
/* The id of the RFC's row (or the system's) that a system's row amends; "" for the RFC's own. */
const char *tcp_rule_amends(const struct tcp_rule *);
/* The row is one of the profile's, and of its kernel's. */
bool tcp_rule_holds(const struct tcp_rule *, const struct tcp_profile *);

/* All rows: the RFC's in its order, then those of each system. */
const struct tcp_rule *tcp_rules(size_t *count);
/* The RFC's rows that a system does without, and those by which it goes in a way of its own. NULL: no more. */
struct tcp_variation {
  uint8_t system;
  bool without;
  const char *id, *text;
};
const struct tcp_variation *tcp_variation_at(size_t i);
/* By id; NULL: no row is called that. */
const struct tcp_rule *tcp_rule_find(const char *id, size_t len);

#endif
