/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `help` explains besides the commands. */
#ifndef TCPTUTOR_COMMAND_TOPIC_H
#define TCPTUTOR_COMMAND_TOPIC_H

#include <stddef.h>

struct buf;

struct topic {
  const char *name, *summary;
  void (*put)(struct buf *); /* in the form layout.h lays out */
};

/* Topic INDEX (0…), or NULL. */
const struct topic *topic_at(size_t index);
void topic_put(const struct topic *, struct buf *);

#endif
