/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a lesson's prose refers to: sections of RFC 9293 and rules of the machine. Pure. */
#ifndef TCPTUTOR_LESSON_CITE_H
#define TCPTUTOR_LESSON_CITE_H

#include <stdbool.h>
#include <stddef.h>

/* "3.10.7.4", "A.2": does RFC 9293 have such a section? */
bool cite_section_exists(const char *number, size_t len);

/* The next reference from *AT on in TEXT, a paragraph as a block has it, to something there is not: *AT and
   *LEN become its place. Sections are looked for behind "RFC 9293" and behind "section" (as long as no other
   RFC was named last); rules in code spans, where a word begins as one of the table's ids does:
   `synced.rst.in-window`. False: there is none. */
bool cite_dead(const char *text, size_t *at, size_t *len);

#endif
