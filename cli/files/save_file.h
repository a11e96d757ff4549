/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Octets into files: whole or not at all where that can be had, and what the system says when not. Results
   are 0 or an errno. */
#ifndef TCPTUTOR_CLI_FILES_SAVE_FILE_H
#define TCPTUTOR_CLI_FILES_SAVE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* FILE is DATA. A regular file is replaced when the new one is complete, where a link points to, with the
   mode it had; what cannot be replaced (a device, a FIFO, a file in a folder that takes no new one) is
   written in place. DURABLE: when this returns, a power cut does not take it back. */
int save_file_replace(const char *file, const char *data, size_t len, bool durable);
/* To follow as it grows: emptied, or made. A FIFO that nobody reads yet is waited for. -1: errno. */
int save_file_open(const char *file);
/* Is FILE, where a link points to, there and no regular file? */
bool save_file_special(const char *file);

#endif
