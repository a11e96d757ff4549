/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page around the pictures: HTML that is well-formed XML as well, read without a style sheet as with one,
   printed as on a screen. Internal to view/; picture.h is its door. */
#ifndef TCPTUTOR_VIEW_PAGE_H
#define TCPTUTOR_VIEW_PAGE_H

#include "engine/view/picture.h"

void page_session(struct picture *, const struct trace *, const struct view_options *, struct buf *body);
void page_file(const struct picture *, const struct buf *body, struct buf *);
/* "tcptutor 0.1, wire lab, Linux 6.18, seed 7", as markup. */
void picture_put_source(const struct picture *, struct buf *);

#endif
