/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenes that wait for timers of the kernel's, whose time is compared. They take milliseconds, where a scene
   takes a tenth of one: so they are rare, and those that take longer wait now and then only. */
#ifndef TCPTUTOR_TESTS_FIDELITY_SCENE_TIME_H
#define TCPTUTOR_TESTS_FIDELITY_SCENE_TIME_H

#include "tests/fidelity/trial.h"

/* CLIMATE_HASTY: text, or a FIN, goes again, once or a few times. */
bool play_established_again(struct trial *);
bool play_fin_wait_1_again(struct trial *);
bool play_closing_again(struct trial *);
bool play_last_ack_again(struct trial *);
/* CLIMATE_LATE: the ACK that waits goes. */
bool play_close_wait_next_tick(struct trial *);
bool play_established_late_handshake(struct trial *);
/* Any climate: the window is probed; the SYN,ACK goes again. */
bool play_established_probed(struct trial *);
bool play_syn_received_again(struct trial *);

#endif
