/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/picture.h"

#include "engine/trace/heap_buf.h"
#include "engine/view/drawing.h"
#include "engine/view/markup.h"
#include "engine/view/page.h"

#include <inttypes.h>

#define MARGIN 24
#define BETWEEN 40 /* one connection and the next */

/* Whatever the terminal can show, a picture has all glyphs; colours are the style sheet's. */
static struct view_options for_pictures(const struct view_options *o)
{
  struct view_options all = view_default;
  for (enum end e = END_YOU; e < END_COUNT; e++) all.name[e] = o->name[e];
  all.relative = o->relative;
  return all;
}

/* The exchange in sentences, for who cannot see it. */
static void put_description(const struct picture *p, struct buf *b, const struct trace *t,
                            unsigned connection, const struct view_options *o)
{
  struct view_options plain = *o;
  struct buf text;
  plain.plain = true;
  plain.columns = 200;
  heap_buf_init(&text);
  view_ladder(t, connection, &plain, &text);
  buf_printf(b, "<desc id=\"told-%u\">", p->connections);
  if (text.len > 0) markup_put_lines(b, text.data);
  buf_puts(b, "</desc>\n");
  heap_buf_free(&text);
}

/* "tcptutor 0.1, wire lab, Linux 6.18, seed 7" */
void picture_put_source(const struct picture *p, struct buf *b)
{
  markup_put(b, p->application != NULL ? p->application : "tcptutor");
  if (p->wire == NULL) return;
  markup_printf(b, ", wire %s, %s, seed %" PRIu64, p->wire, p->system != NULL ? p->system : "", p->seed);
}

static void put_connection(struct picture *p, bool first, const struct trace *t, unsigned connection,
                           const struct view_options *o, struct buf *b)
{
  p->connections++;
  if (!first) {
    drawing_line(b, INK_DIM, STROKE_DOTTED, MARGIN, p->height + BETWEEN / 2, DRAWING_WIDTH - MARGIN,
                 p->height + BETWEEN / 2);
    p->height += BETWEEN;
  }
  buf_puts(b, "<g>\n");
  put_description(p, b, t, connection, o);
  p->height += drawing_ladder(b, t, connection, o, p->height) + BETWEEN;
  p->height += drawing_diagram(b, t, connection, o, p->height);
  buf_puts(b, "</g>\n");
}

void picture_session(struct picture *p, const struct trace *t, const struct view_options *o, struct buf *body)
{
  const struct view_options all = for_pictures(o);
  if (p->format == PICTURE_HTML) {
    page_session(p, t, &all, body);
    return;
  }
  if (trace_segments(t) == 0) return;
  p->height += p->height == 0 ? MARGIN : BETWEEN;
  drawing_text_begin(body, INK_DIM, ANCHOR_MIDDLE, DRAWING_WIDTH / 2, p->height + 4);
  picture_put_source(p, body);
  drawing_text_end(body);
  p->height += DRAWING_LINE;
  bool first = true;
  for (unsigned n = 1; n <= trace_connections(t); n++) {
    if (trace_connection(t, n)->first == USEC_NEVER) continue;
    put_connection(p, first, t, n, &all, body);
    first = false;
  }
}

void picture_file(const struct picture *p, const struct buf *body, struct buf *out)
{
  if (p->format == PICTURE_HTML) {
    page_file(p, body, out);
    return;
  }
  const int height = p->connections > 0 ? p->height + MARGIN : 2 * MARGIN + DRAWING_LINE;
  buf_printf(out,
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
             "role=\"img\" aria-labelledby=\"title\"",
             DRAWING_WIDTH, height, DRAWING_WIDTH, height);
  for (unsigned n = 1; n <= p->connections; n++)
    buf_printf(out, "%stold-%u", n == 1 ? " aria-describedby=\"" : " ", n);
  buf_puts(out, p->connections > 0 ? "\">\n<title id=\"title\">" : ">\n<title id=\"title\">");
  picture_put_source(p, out);
  buf_puts(out, "</title>\n<style>\n");
  drawing_style(out);
  buf_printf(out, "</style>\n<rect width=\"%d\" height=\"%d\" class=\"paper\"/>\n", DRAWING_WIDTH, height);
  if (p->connections == 0)
    drawing_text(out, INK_DIM, ANCHOR_MIDDLE, DRAWING_WIDTH / 2, MARGIN + DRAWING_LINE - 4,
                 "Nothing has been sent yet.");
  if (body->truncated) out->truncated = true;
  if (body->len > 0) buf_put(out, body->data, body->len);
  buf_puts(out, "</svg>\n");
}
