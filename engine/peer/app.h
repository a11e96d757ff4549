/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The little programs that serve connections at the peer: discard (RFC 863), echo (RFC 862), daytime (RFC
   867) and http (one GET answered in the manner of RFC 1945). Pure: an app says which verb it would call next
   and is told how that went; the peer, kernel's or model, makes the call and reports it as an event with
   `by_app`.

   An app closes by itself only when it was told to at end of file, or when a call of its failed. */
#ifndef TCPTUTOR_PEER_APP_H
#define TCPTUTOR_PEER_APP_H

#include "engine/peer/peer.h"

enum { APP_OUTPUT_MAX = 1024 };

/* One connection's. */
struct app {
  enum peer_app kind;
  bool close_on_eof;
  bool greeted; /* daytime has written its line, http its page */
  bool eof, failed;
  int newlines;    /* http: of the blank line that ends the request head */
  size_t head_len; /* http: octets of the head so far; the first few are kept */
  char head[8];
  uint8_t output[APP_OUTPUT_MAX]; /* to be sent */
  size_t output_len;
};

/* A connection was accepted, or the app has been exchanged. NOW is calendar time, seconds since 1970 UTC
   (daytime tells it). */
void app_begin(struct app *, enum peer_app, bool close_on_eof, int64_t now);
/* What it waits for, for poll(). Neither: it does nothing until exchanged. */
bool app_wants_read(const struct app *);
bool app_wants_send(const struct app *);
/* The call it makes, given what is possible now (an error counts as both); false: none. Of the request only
   verb, data (the app's own) and len are set. */
bool app_next(struct app *, bool readable, bool writable, struct peer_request *);
/* How it went. A send may have taken less than was offered. */
void app_done(struct app *, const struct peer_event *);

#endif
