/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/picture.h"

#include "engine/trace/heap_buf.h"
#include "engine/view/drawing.h"
#include "engine/view/markup.h"

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
static void put_description(struct buf *b, const struct trace *t, unsigned connection,
                            const struct view_options *o)
{
  struct view_options plain = *o;
  struct buf text;
  plain.plain = true;
  plain.columns = 200;
  heap_buf_init(&text);
  view_ladder(t, connection, &plain, &text);
  buf_puts(b, "<desc>");
  if (text.len > 0) markup_put_lines(b, text.data);
  buf_puts(b, "</desc>\n");
  heap_buf_free(&text);
}

static void put_connection(struct picture *p, const struct trace *t, unsigned connection,
                           const struct view_options *o, struct buf *b)
{
  if (p->connections++ > 0) {
    drawing_line(b, INK_DIM, STROKE_DOTTED, MARGIN, p->height + BETWEEN / 2, DRAWING_WIDTH - MARGIN,
                 p->height + BETWEEN / 2);
    p->height += BETWEEN;
  }
  buf_puts(b, "<g>\n");
  put_description(b, t, connection, o);
  p->height += drawing_ladder(b, t, connection, o, p->height);
  buf_puts(b, "</g>\n");
}

void picture_session(struct picture *p, const struct trace *t, const struct view_options *o, struct buf *body)
{
  const struct view_options all = for_pictures(o);
  if (p->height == 0) p->height = MARGIN;
  for (unsigned n = 1; n <= trace_connections(t); n++)
    if (trace_connection(t, n)->first != USEC_NEVER) put_connection(p, t, n, &all, body);
}

void picture_file(const struct picture *p, const struct buf *body, struct buf *out)
{
  const int height = p->height + MARGIN;
  buf_printf(out,
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
             "role=\"img\" aria-labelledby=\"title\">\n<title id=\"title\">",
             DRAWING_WIDTH, height, DRAWING_WIDTH, height);
  markup_printf(out, "%s: TCP with %s, wire %s, seed %llu", p->application, p->system, p->wire,
                (unsigned long long)p->seed);
  buf_puts(out, "</title>\n<style>\n");
  drawing_style(out);
  buf_printf(out, "</style>\n<rect width=\"%d\" height=\"%d\" class=\"paper\"/>\n", DRAWING_WIDTH, height);
  if (body->truncated) out->truncated = true;
  if (body->len > 0) buf_put(out, body->data, body->len);
  buf_puts(out, "</svg>\n");
}
