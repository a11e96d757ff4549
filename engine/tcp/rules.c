/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table: RFC 9293 3.10, row by row, in the RFC's order, then what systems do otherwise. The rows are in the
   .def files; this file only says how they are written. */
#include "engine/tcp/machine.h"

#include <string.h>

// clang-format off
#define AT(name, proc, number, letter) \
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
#define OF(p) .system = PROFILE_##p
#define BEFORE(name) .before = name
#define INSTEAD(...) .instead = {__VA_ARGS__}
#define AFTER(name) .after = name
#define SINCE(change) .since = CHANGE_##change
#define UNTIL(change) .until = CHANGE_##change
#define CITE(text) .cite = text
#define TITLE(text) .title = text
#define WHY(text) .why = text

static const struct tcp_rule rules[] = {
#define ROW(...) AT(__VA_ARGS__)
#include "engine/tcp/rules_call.def"
#include "engine/tcp/rules_open.def"
#include "engine/tcp/rules_sequence.def"
#include "engine/tcp/rules_otherwise.def"
#include "engine/tcp/rules_timeout.def"
#include "engine/tcp/rules_intent.def"
#include "engine/tcp/counterfactual/rows.def"
#undef ROW
#define ROW(...) OF(LINUX), AT(__VA_ARGS__)
#include "engine/tcp/linux/rows_call.def"
#include "engine/tcp/linux/rows_open.def"
#include "engine/tcp/linux/rows_sequence.def"
#include "engine/tcp/linux/rows_otherwise.def"
#include "engine/tcp/linux/rows_timeout.def"
#include "engine/tcp/linux/rows_intent.def"
};

static const struct tcp_variation variations[] = {
#define WITHOUT(name, reason) {PROFILE_LINUX, true, name, reason},
#define WITH(name, way) {PROFILE_LINUX, false, name, way},
#include "engine/tcp/linux/variations.def"
};
// clang-format on

const struct tcp_rule *tcp_rules(size_t *count)
{
  *count = sizeof rules / sizeof rules[0];
  return rules;
}

const struct tcp_variation *tcp_variation_at(size_t i)
{
  return i < sizeof variations / sizeof variations[0] ? &variations[i] : NULL;
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
