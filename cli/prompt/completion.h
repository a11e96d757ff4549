/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tab: readline asks, the command table answers. */
#ifndef TCPTUTOR_CLI_PROMPT_COMPLETION_H
#define TCPTUTOR_CLI_PROMPT_COMPLETION_H

void completion_begin(void);

#endif
