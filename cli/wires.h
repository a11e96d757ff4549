/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wires and their peers, made as the options say. */
#ifndef TCPTUTOR_CLI_WIRES_H
#define TCPTUTOR_CLI_WIRES_H

#include <stdbool.h>
#include <stdint.h>

struct app;
struct err;
struct session_config;
struct world;

/* Sets app->desk.session (and app->lab, to be freed by app_stop() even after a failure) on the
   wire asked for. CONFIG has what the host wants of a session; the rest is filled in. False with *ERR
   (ERR_UNAVAILABLE: not to be had here). */
bool wires_open(struct app *, const struct world *, struct session_config *, struct err *);

/* A seed nobody can foresee. */
uint64_t wires_random_seed(void);

#endif
