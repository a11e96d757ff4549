/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson: a Markdown file that runs (DESIGN §7). This module reads the octets of a file into blocks; it
   does no I/O and runs nothing. How a lesson is walked is stepper.h.

   Lessons are data from strangers. What may be run is the commands lesson_allows() names, parsed when the
   file is read, so that a file with one wrong command runs not at all; a wait without an end, or a longer one
   than LESSON_WAIT_MAX, is refused. Texts are UTF-8 without NUL, but may hold control characters: show them
   with buf_put_visible() or view_wrap().

   A lesson owns every text it points to; lines count from 1. */
#ifndef TCPTUTOR_LESSON_LESSON_H
#define TCPTUTOR_LESSON_LESSON_H

#include "engine/command/command.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct segment_env;

#define LESSON_SIZE_MAX ((size_t)1 << 20) /* octets of a file */
#define LESSON_LINE_MAX 4096u             /* octets of a line */
#define LESSON_BLOCKS_MAX 4096u
#define LESSON_WAIT_MAX (600 * USEC_S)
#define LESSON_ID_MAX 32u
#define LESSON_GOALS_MAX 32u /* of a try */
#define QUIZ_OPTIONS_MAX 26u /* each has a letter */

enum block_kind { BLOCK_PROSE, BLOCK_HEADING, BLOCK_CODE, BLOCK_SETUP, BLOCK_PLAY, BLOCK_TRY, BLOCK_QUIZ };

/* The wires a block runs on. */
enum lesson_wire { ON_ANY, ON_LAB, ON_MODEL };

/* Commands; line N of the text is the file's line LINE + N - 1. */
struct lesson_script {
  const char *text;
  size_t len;
  unsigned line;
};

/* What must have happened since a step began. */
enum condition_kind {
  CONDITION_SENT,        /* sent SEGMENT */
  CONDITION_GOT,         /* got SEGMENT */
  CONDITION_GOT_NOTHING, /* got nothing for D */
  CONDITION_STATE,       /* you|peer STATE [timer>D] */
  CONDITION_PEER_READ,   /* peer read TEXT */
  CONDITION_PEER_ERROR,  /* peer error NAME */
};

struct condition {
  enum condition_kind kind;
  unsigned line;
  const char *text; /* as written, "sent FIN,ACK seq=snd.nxt" */
  size_t text_len;
  const char *segment; /* SENT, GOT: its text, valued just before the segment it is matched with */
  size_t segment_len;
  enum end end; /* STATE */
  enum tcp_state state;
  usec_t duration;     /* GOT_NOTHING; STATE: the timer has more than this left, -1 when not asked */
  const uint8_t *data; /* PEER_READ: the octets; PEER_ERROR: the errno's name */
  size_t data_len;
};

/* A wrong turn foreseen: SAY is told when WHEN holds; BY is an example that leads there. */
struct lesson_wrong {
  struct condition when;
  struct lesson_script by;
  const char *say;
};

struct lesson_try {
  uint32_t by_hand; /* SEG_BIT()s of the fields the reader must give */
  size_t goal_count, hint_count, wrong_count;
  struct condition *goal; /* `sent` and `got` in this order */
  const char **hint;
  struct lesson_wrong *wrong; /* the first that holds is told */
  struct lesson_script solve;
};

struct quiz_option {
  bool right;
  unsigned line;
  const char *text, *explanation; /* the explanation may be "" */
};

/* A foreseen wrong number. */
struct quiz_wrong {
  const char *value;
  unsigned line;
  const char *say;
};

/* Either options, of which at least one is right, or an answer: a value as in segment_parse_value(). */
struct lesson_quiz {
  size_t option_count, hint_count, wrong_count;
  struct quiz_option *option;
  const char *answer; /* NULL: options */
  const char **hint;
  struct quiz_wrong *wrong;
  struct lesson_script then; /* lets the wire judge; len 0: none */
};

struct block {
  enum block_kind kind;
  unsigned line;    /* where it begins */
  unsigned level;   /* HEADING: 1 … 6 */
  unsigned indent;  /* PROSE, CODE: columns it stands in, for lists and quotations */
  char marker[12];  /* PROSE: "- " or "12. ", which ends at column INDENT; or "" */
  const char *text; /* PROSE, HEADING: one paragraph, newlines only where the author broke the line, code
                       spans between backticks (and no other backtick); CODE: lines */
  size_t text_len;
  enum lesson_wire on;              /* SETUP, PLAY, TRY, QUIZ */
  bool slow;                        /* the same: takes real time that `check --skip slow` may spare */
  char id[LESSON_ID_MAX + 1];       /* TRY, QUIZ: the step's id */
  struct lesson_script script;      /* SETUP, PLAY */
  const struct lesson_try *attempt; /* TRY */
  const struct lesson_quiz *quiz;   /* QUIZ */
};

/* A question people are asked in interviews, and the step that answers it. */
struct lesson_question {
  unsigned line;
  char step[LESSON_ID_MAX + 1];
  const char *text; /* one paragraph */
};

struct lesson {
  char id[LESSON_ID_MAX + 1];
  char title[121];  /* of the first heading, no markup */
  char after[121];  /* prerequisite ids separated by blanks */
  unsigned minutes; /* 0: not said */
  size_t block_count;
  struct block *block;
  size_t question_count;
  struct lesson_question *question;
  struct lesson_pool *pool; /* the memory of all this */
};

/* Reads a lesson from the octets of a file. NULL with *ERR, whose place is in TEXT. */
struct lesson *lesson_parse(const char *text, size_t len, struct err *);
void lesson_free(struct lesson *);

/* An id: lower-case letters, digits and hyphens, at most LESSON_ID_MAX. */
bool lesson_id_valid(const char *id, size_t len);
/* The commands a lesson may use. */
bool lesson_allows(enum command_id);
/* The same of a call: what it sets and how long it may wait counts. False: *ERR is placed in the script. */
bool lesson_allows_call(const struct command_call *, struct err *);

/* TEXT of a block with each `{VALUE}` in a code span replaced by what it is worth in ENV ("?" when that is
   not known yet), so that numbers quoted are this run's. */
void lesson_fill(const char *text, const struct segment_env *, struct buf *);

#endif
