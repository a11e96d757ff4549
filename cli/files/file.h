/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files as wholes, and where the user's own are (XDG Base Directory Specification). */
#ifndef TCPTUTOR_CLI_FILES_FILE_H
#define TCPTUTOR_CLI_FILES_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;

/* Reads FD, called NAME in messages, to its end, or until more than MOST octets have come (then OUT, of
   the growing kind, has more: too many is for the caller to say). Where FD does not block, WAKE_FD (-1:
   none) being readable ends the waiting. False with *ERR. */
bool file_read_fd(int fd, const char *name, size_t most, int wake_fd, struct buf *out, struct err *);
/* The same of the file at PATH. */
bool file_read(const char *path, size_t most, struct buf *out, struct err *);

enum file_base { FILE_STATE, FILE_CONFIG, FILE_DATA };
/* "…/BELOW" in the user's folder of that kind: what $XDG_…_HOME names, else the usual one in $HOME. False:
   there is none, or the path is longer than CAP. */
bool file_own(enum file_base, const char *below, char *path, size_t cap);
/* Every folder of PATH there is not yet, for its owner only. False: errno. */
bool file_make_folders(const char *path);

#endif
