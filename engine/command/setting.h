/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `set` sets: names, values and help, for parsing, completion and help. Whoever OWNS a setting gives
   it its meaning: the program (how things are shown and when a script stops) or the session (how it behaves).
 */
#ifndef TCPTUTOR_COMMAND_SETTING_H
#define TCPTUTOR_COMMAND_SETTING_H

#include <stdbool.h>
#include <stddef.h>

struct err;

/* X(name, values, owner, help). Values: words parted by `|`; DURATION, N (a number) and NAME NAME (two words)
 * stand for what they say. */
// clang-format off
#define SETTINGS(X)                                                                                                 \
  X("color", "auto|always|never", PROGRAM, "colours: auto is on a terminal unless NO_COLOR is set")                 \
  X("ascii", "on|off", PROGRAM, "draw with ASCII characters only")                                                  \
  X("plain", "on|off", PROGRAM, "whole sentences and no drawing, for screen readers")                               \
  X("names", "NAME NAME", PROGRAM, "what the two ends are called on the screen; 'you peer' at first")               \
  X("explain", "off|short|full", PROGRAM, "how much is said about each segment and state")                          \
  X("numbers", "absolute|relative", PROGRAM, "sequence numbers as they are, or counted from the ISNs")              \
  X("keep-going", "on|off", PROGRAM, "a script goes on after a failed expectation")                                 \
  X("address", "none|kernel", SESSION, "who answers for your address: nobody, or your own kernel behind your back") \
  X("auto", "on|off", SESSION, "send what is owed by itself")                                                       \
  X("msl", "DURATION", SESSION, "the maximum segment lifetime of your end; TIME-WAIT lasts twice as long")          \
  X("quickack", "on|off", SESSION, "the peer acknowledges at once, or may delay")
// clang-format on

enum setting_owner { SETTING_PROGRAM, SETTING_SESSION };

struct setting {
  const char *name, *values;
  enum setting_owner owner;
  const char *help;
};

/* Setting INDEX (0…), or NULL. */
const struct setting *setting_at(size_t index);
/* By its whole name; NULL: *ERR says the nearest, its place is the whole name. */
const struct setting *setting_find(const char *name, size_t len, struct err *);
/* Is VALUE one of the setting's? The places in *ERR count from VALUE. */
bool setting_check(const struct setting *, const char *value, size_t len, struct err *);

#endif
