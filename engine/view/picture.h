/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trace -> a picture file, text as text, a reason behind everything for whoever points at it: SVG, the ladder
   and the diagram of every connection one under the other; or a page of HTML around the same pictures, with
   the transcript and the rules that decided. No scripts, nothing from elsewhere, no time of day: the same
   trace is the same file. Colours for light and dark paper; they never say anything alone. Lines and letters
   are pixels of the user space, all integers. Pure, as all views.

   The size of a picture stands in its first line and is known last, so a file is made in two parts: the
   sessions, one after the other, then the file around them. */
#ifndef TCPTUTOR_VIEW_PICTURE_H
#define TCPTUTOR_VIEW_PICTURE_H

#include "engine/view/view.h"

enum picture_format { PICTURE_SVG, PICTURE_HTML };

/* What is being made, and how far it has come. Fill in the first part; texts are borrowed. */
struct picture {
  enum picture_format format;
  const char *application; /* "tcptutor 0.1" */
  const char *wire;        /* "lab" */
  const char *system;      /* the peer's, "Linux 6.18" */
  uint64_t seed;           /* of the session */

  int height;                     /* SVG: of the sessions put so far */
  unsigned sessions, connections; /* put so far */
};

/* A session is added to BODY. Of the options, names and relative numbers count. */
void picture_session(struct picture *, const struct trace *, const struct view_options *, struct buf *body);
/* The whole file around what picture_session() has put. */
void picture_file(const struct picture *, const struct buf *body, struct buf *);

#endif
