/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fidelity/scene_time.h"

#include "tests/fidelity/way.h"

#include <time.h>

/* A connection that was called keeps its listener's timeouts; and where SACK is agreed on, a timer for the tail of
   the text comes first (RFC 8985), which is not foreseen. */
static bool hasty(struct trial *t)
{
  t->you.sack = false;
  t->variant &= ~(1u << VARIANT_SACK);
  t->you.win = 65535;
  return way_connected(t);
}

static bool goes_again(struct trial *t)
{
  for (unsigned n = 1 + rng_below(&t->rng, 3); n > 0; n--) {
    trial_note_lines(t, "wait ACK within 1s\n");
    if (!trial_await(t, USEC_S, INTENT_RETRANSMIT)) return false;
  }
  return true;
}

static bool sends(struct trial *t)
{
  trial_vary(t, VARIANT_FLIGHT);
  return way_sends(t, 1 + rng_below(&t->rng, 400));
}

bool play_established_again(struct trial *t) { return hasty(t) && sends(t) && goes_again(t); }
bool play_fin_wait_1_again(struct trial *t)
{
  return hasty(t) && (trial_one_in(t, 2) || sends(t)) &&
         (trial_one_in(t, 2) ? way_closes(t) : way_shuts_down(t)) && goes_again(t);
}
bool play_closing_again(struct trial *t)
{
  return hasty(t) && way_shuts_down(t) && way_say_ack(t, FIN | ACK, t->tcb.snd.una) && goes_again(t);
}
bool play_last_ack_again(struct trial *t)
{
  return hasty(t) && way_say(t, FIN | ACK) && way_closes(t) && goes_again(t);
}

/* The kernel's clock ticks when the coarse clocks go forward. */
static void at_next_tick(void)
{
  struct timespec then, now;

  clock_gettime(CLOCK_MONOTONIC_COARSE, &then);
  do clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  while (now.tv_sec == then.tv_sec && now.tv_nsec == then.tv_nsec);
}

static bool waits_for_ack(struct trial *t)
{
  trial_note_lines(t, "wait ACK within 1s\n");
  return trial_await(t, USEC_S, INTENT_ACK);
}

bool play_close_wait_next_tick(struct trial *t)
{
  if (!(trial_one_in(t, 2) ? way_connected(t) : way_accepted(t))) return false;
  at_next_tick();
  return way_say(t, FIN | ACK) && waits_for_ack(t);
}

bool play_established_late_handshake(struct trial *t)
{
  return way_connects(t) && way_hopes_to_answer(t) && way_say(t, SYN | ACK) &&
         (!trial_one_in(t, 4) || waits_for_ack(t));
}

bool play_established_probed(struct trial *t)
{
  if (!way_held(t)) return false;
  trial_vary(t, VARIANT_SHUT);
  trial_vary(t, VARIANT_QUEUED);
  t->you.win = 0;
  if (!way_say(t, ACK) || !way_sends(t, 1 + rng_below(&t->rng, 400))) return false;
  if (!trial_one_in(t, 4)) return true;
  trial_note_lines(t, "wait ACK within 1s\n");
  return trial_await(t, USEC_S, INTENT_PROBE);
}

bool play_syn_received_again(struct trial *t)
{
  if (!way_syn_received_on(t, PORT_OPEN) || !trial_one_in(t, 8)) return !t->difference.found;
  trial_note_lines(t, "wait SYN,ACK within 3s\n");
  return trial_await(t, 3 * USEC_S, INTENT_RETRANSMIT);
}
