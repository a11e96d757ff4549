/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table: RFC 9293 3.10, row by row, in the RFC's order. The rows are in the .def files, one a procedure
   or two; this file only says how they are written. */
#include "engine/tcp/machine.h"

#include <string.h>

// clang-format off
#define ROW(name, proc, number, letter) \
  .id = name, .procedure = PROCEDURE_##proc, .step = number, .part = letter
#define IN(s) STATE_BIT(STATE_##s)
#define ALL ((1u << STATE_COUNT) - 1)
#define IN_ALL_BUT_CLOSED (ALL & ~IN(CLOSED))
#define SIX (SEVEN & ~IN(TIME_WAIT))
#define SEVEN STATES_SYNCHRONIZED
#define EIGHT (SEVEN | IN(SYN_RECEIVED))
#define FULL_SOCKETS (SIX | IN(SYN_RECEIVED))
#define WITH_REQUEST (IN(SYN_RECEIVED) | IN(FIN_WAIT_1))
#define STOP .then = THEN_STOP, .next = NEXT_SAME
#define STOP_IN(s) .then = THEN_STOP, .next = STATE_##s
#define GO_ON .then = THEN_GO_ON, .next = NEXT_SAME
#define GO_ON_IN(s) .then = THEN_GO_ON, .next = STATE_##s
#define AT_ACK_IN(s) .then = THEN_AT_ACK, .next = STATE_##s
#define AT_SYN_IN(s) .then = THEN_AT_SYN, .next = STATE_##s
#define AT_URG_IN(s) .then = THEN_AT_URG, .next = STATE_##s
#define MEANS(i) .intent = INTENT_##i
#define RFC .profiles = PROFILE_RFC9293
#define LINUX .profiles = PROFILE_LINUX
#define BOTH .profiles = PROFILE_RFC9293 | PROFILE_LINUX
#define ONLY(p) .profiles = PROFILE_##p
#define SINCE(change) .since = CHANGE_##change
#define UNTIL(change) .until = CHANGE_##change
#define CITE(text) .cite = text
#define TITLE(text) .title = text
#define WHY(text) .why = text

static const struct tcp_rule rules[] = {
#include "engine/tcp/rules_call.def"
#include "engine/tcp/rules_open.def"
#include "engine/tcp/rules_sequence.def"
#include "engine/tcp/rules_otherwise.def"
#include "engine/tcp/rules_timeout.def"
#include "engine/tcp/rules_intent.def"
};
// clang-format on

const struct tcp_rule *tcp_rules(size_t *count)
{
  *count = sizeof rules / sizeof rules[0];
  return rules;
}

const struct tcp_rule *tcp_rule_find(const char *id, size_t len)
{
  for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
    if (strlen(rules[i].id) == len && memcmp(rules[i].id, id, len) == 0) return &rules[i];
  return NULL;
}

static const char *const procedure_names[PROCEDURE_COUNT] = {
#define X(id, name, section) name,
    TCP_PROCEDURES(X)
#undef X
};
static const char *const procedure_sections[PROCEDURE_COUNT] = {
#define X(id, name, section) section,
    TCP_PROCEDURES(X)
#undef X
};

const char *tcp_procedure_name(enum tcp_procedure p)
{
  return p < PROCEDURE_COUNT ? procedure_names[p] : "?";
}
const char *tcp_procedure_section(enum tcp_procedure p)
{
  return p < PROCEDURE_COUNT ? procedure_sections[p] : "";
}

#define STEPS_MAX 8
static const char *const step_names[PROCEDURE_COUNT][STEPS_MAX] = {
    [PROCEDURE_CALL] = {"active OPEN", "passive OPEN", "SEND", "RECEIVE", "CLOSE", "ABORT", "STATUS"},
    [PROCEDURE_CLOSED] = {"check for a RST", "without ACK", "with ACK"},
    [PROCEDURE_LISTEN] = {"check for a RST", "check for an ACK", "check for a SYN", "other data or control"},
    [PROCEDURE_SYN_SENT] = {"check the ACK bit", "check the RST bit", "check the security",
                            "check the SYN bit", "neither SYN nor RST"},
    [PROCEDURE_OTHERWISE] = {"check the sequence number", "check the RST bit", "check security",
                             "check the SYN bit", "check the ACK field", "check the URG bit",
                             "process the segment text", "check the FIN bit"},
    [PROCEDURE_TIMEOUT] = {"user timeout", "retransmission timeout", "TIME-WAIT timeout", "persist timeout",
                           "keepalive timeout", "delayed ACK timeout", "FIN-WAIT-2 timeout"},
    [PROCEDURE_INTENT] = {"a RST", "a SYN", "the connection and the ACK flag", "the acknowledgment number",
                          "text and FIN", "a bare ACK"},
};

const char *tcp_step_name(enum tcp_procedure p, unsigned step)
{
  if (p >= PROCEDURE_COUNT || step < 1 || step > STEPS_MAX || !step_names[p][step - 1]) return "";
  return step_names[p][step - 1];
}
