/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/peer/number.h"

#include <string.h>

#define AT(member) offsetof(struct tcp_profile, member)

// clang-format off
static const struct number numbers[] = {
    {"tcp_abort_on_overflow", A_SWITCH, AT(abort_on_overflow), 0},
    {"tcp_fin_timeout", A_DURATION, AT(fin_wait_2), USEC_S},
    {"tcp_invalid_ratelimit", A_DURATION, AT(challenge_interval), USEC_MS},
    {"tcp_orphan_retries", A_COUNT, AT(orphan_retries), 0},
    {"tcp_retries2", A_COUNT, AT(retries2), 0},
    {"tcp_rfc1337", A_SWITCH, AT(rfc1337), 0},
    {"tcp_rto_max_ms", A_DURATION, AT(rto_max), USEC_MS},
    {"tcp_rto_min_us", A_DURATION, AT(rto_min), 1},
    {"tcp_sack", A_SWITCH, AT(sack), 0},
    {"tcp_syncookies", A_COUNT, AT(syn_cookies), 0},
    {"tcp_syn_linear_timeouts", A_COUNT, AT(syn_linear_timeouts), 0},
    {"tcp_syn_retries", A_COUNT, AT(syn_retries), 0},
    {"tcp_synack_retries", A_COUNT, AT(synack_retries), 0},
    {"tcp_timestamps", A_SWITCH, AT(timestamps), 0},
    {"tcp_window_scaling", A_SWITCH, AT(window_scaling), 0},
};
// clang-format on

enum { ORPHAN_RETRIES = 8 }; /* what Linux takes 0 for */

const struct number *number_find(const struct number *all, size_t n, const char *name)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp(all[i].name, name) == 0) return &all[i];
  return NULL;
}

const struct number *profile_number(const char *name)
{
  return number_find(numbers, sizeof numbers / sizeof *numbers, name);
}

int number_read(const struct number *n, const void *in)
{
  const char *at = (const char *)in + n->at;

  switch (n->form) {
  case A_SWITCH:
    return *(const bool *)at;
  case A_COUNT:
    return (int)*(const unsigned *)at;
  default:
    return (int)(*(const usec_t *)at / n->unit);
  }
}

void number_write(const struct number *n, void *in, int value)
{
  char *at = (char *)in + n->at;

  switch (n->form) {
  case A_SWITCH:
    *(bool *)at = value != 0;
    break;
  case A_COUNT:
    *(unsigned *)at = (unsigned)value;
    if (value == 0 && strcmp(n->name, "tcp_orphan_retries") == 0) *(unsigned *)at = ORPHAN_RETRIES;
    break;
  default:
    *(usec_t *)at = value * n->unit;
  }
}
