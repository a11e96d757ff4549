/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tests of the machine are written as small scripts, so that each reads like the event it is about:

     "listen; < SYN seq=5000; ! SYN,ACK seq=iss ack=5001; = SYN-RECEIVED; ? listen.syn"

   A script drives one TCB (ISS 1000, profile rfc9293 unless set). Statements, separated by `;`:

     profile NAME       before everything else: another profile (a copy, which `set` may change)
     set KEY [VALUE]    a number or switch of the profile, or a property of the TCB (see tcp_script.c)
     open listen send N receive [N] close release abort status unspecified     user calls (release: close())
     < SEGMENT          a segment arrives; not given: seq=rcv.nxt ack=snd.nxt win=8192
     > SEGMENT          this TCP has sent a segment; not given: tcp_default()
     wait DURATION      time passes, and timers run out
     timeout            time passes until the next timer, which runs out
     ! SEGMENT          the last event made the machine send this: flags but PSH, other fields if given;
                        several `!` in a row are several segments; `! nothing`
     = STATE            the state now
     ? RULE             the last event fired this row last; `~ RULE`: it fired it at all
     $ SIGNAL           the user was told this (the enum's name)
     % INTENT           the last `>` meant this (the enum's name)
     # NAME VALUE       a field of the TCB has this value: queued unread held debts …
     would SEGMENT      tcp_would_send() says this; `would nothing`

   Names in segments: iss irs snd.una snd.nxt snd.wnd rcv.nxt rcv.wnd, with offsets. */
#ifndef TCPTUTOR_TESTS_TCP_SCRIPT_H
#define TCPTUTOR_TESTS_TCP_SCRIPT_H

#include "engine/tcp/tcp.h"

#include <stdbool.h>
#include <stddef.h>

/* The way into each state; ISS 1000, IRS 5000. */
#define LISTENING "listen; "
#define SYN_SENT "open; "
#define SYN_RECEIVED LISTENING "< SYN seq=5000; "
#define CROSSED SYN_SENT "< SYN seq=5000; "
#define ESTABLISHED SYN_RECEIVED "< ACK; "
#define FIN_WAIT_1 ESTABLISHED "close; "
#define FIN_WAIT_2 FIN_WAIT_1 "< ACK; "
#define CLOSE_WAIT ESTABLISHED "< FIN,ACK; "
#define CLOSING FIN_WAIT_1 "< FIN,ACK ack=snd.una; "
#define LAST_ACK CLOSE_WAIT "close; "
#define TIME_WAIT FIN_WAIT_2 "< FIN,ACK; "
#define LINUX "profile linux; "
#define ORPHAN LINUX ESTABLISHED "release; < ACK; "

struct tcp_script {
  struct tcb tcb;
  struct tcp_profile profile;
  usec_t now;
  struct tcp_verdict last;
  enum tcp_intent intent;
  unsigned checked;  /* of last.emit[] */
  bool pushes_count; /* `!` looks at PSH, too */
  char failure[512];
};

/* Runs SCRIPT from a fresh TCB. False: the statement that failed and why are in FAILURE. */
bool tcp_script_run(struct tcp_script *, const char *script);
/* Goes on with more statements. */
bool tcp_script_more(struct tcp_script *, const char *script);
/* Fails the cmocka test, naming every script that does not run. */
void tcp_scripts_check(const char *const scripts[], size_t count);

#define TCP_SCRIPTS_CHECK(list) tcp_scripts_check(list, sizeof(list) / sizeof(list)[0])

/* How often each row fired in all scripts so far; index as in tcp_rules(). */
unsigned tcp_script_fired(size_t rule);
void tcp_script_count(const struct tcp_verdict *);

#endif
