/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened, in files. The end of a file's name says what it is: .pcap, .pcapng, .txt (the transcript, 80
   columns, no colour), .svg (ladders and diagrams), .html (the same and the transcript) or .json (the lines
   of --json).

   `save FILE` writes everything so far, whole or not at all: an existing file is replaced when the new one is
   complete. `--save FILE` grows with the session: every step is written when it is over, with nothing kept
   back, so that a reader of a FIFO can follow and a session that is killed keeps its capture. As with
   tcpdump, an existing file is overwritten. When writing fails, the file ends with the last step that was
   written whole, one message says so, and the session goes on.

   A picture has an end tag: nothing can be added to it. It is made anew after every step and replaces the
   file, so that whoever opens it sees a whole one, of before the step or of after it; where that becomes dear
   (a long session in a script) less often than at every step, but always at the end. What cannot be replaced
   (a FIFO, a device) gets the picture once, at the end. */
#ifndef TCPTUTOR_CLI_FILES_SAVE_H
#define TCPTUTOR_CLI_FILES_SAVE_H

#include <stdbool.h>
#include <stddef.h>

struct app;
struct command_call;
struct err;

/* The endings there are; NULL: no more. Is the name's one of them? */
const char *save_ending(size_t i);
bool save_name_ok(const char *file, struct err *);
/* A `save` in a script that is being checked: could its file be written, by its name? */
bool save_check(const struct command_call *, struct err *);

/* --save FILE: opens it. Before the first session; a FIFO is waited for until somebody reads. */
bool save_begin(struct app *, const char *file, struct err *);
/* A session has begun: its clock is known. */
void save_session_began(struct app *);
/* Steps are over: what is new is written. */
void save_follow(struct app *);
/* The session will be gone: says the rest of it. */
void save_session_ends(struct app *);
/* False: not everything could be written (a reader that left is no failure). */
bool save_end(struct app *);

#endif
