/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/page.h"

#include "engine/segment/addr.h"
#include "engine/trace/heap_buf.h"
#include "engine/view/drawing.h"
#include "engine/view/label.h"
#include "engine/view/markup.h"
#include "engine/view/transcript.h"

#include <inttypes.h>
#include <stdio.h>

#define MARGIN 12 /* of a picture in the page */

static const char style[] =
    "html{color-scheme:light dark}\n"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}\n"
    "h1{font-size:1.6rem}\n"
    "h2{font-size:1.3rem;margin-top:3rem}\n"
    "h3{font-size:1rem;margin-top:2rem}\n"
    "figure{margin:2rem 0;overflow-x:auto}\n"
    "figcaption{font-weight:bold}\n"
    "svg{display:block;margin:0 auto;max-width:100%;min-width:40rem;height:auto}\n"
    "table{border-collapse:collapse;font:13px/1.5 monospace}\n"
    "th,td{text-align:left;vertical-align:top;padding:.1rem 1rem .1rem 0}\n"
    "td:last-child{font-family:system-ui,sans-serif}\n"
    "td.time{text-align:right;white-space:nowrap}\n"
    "tr.step td{border-top:1px solid #8884}\n"
    "td:nth-child(2){white-space:nowrap}\n"
    "td:nth-child(3){overflow-wrap:anywhere}\n"
    "summary{cursor:pointer}\n"
    ".lines{white-space:pre-line;margin:.3rem 0 .8rem 1rem}\n"
    "dt{margin-top:1rem}\n"
    "dd{margin:0}\n"
    "dl.source{display:grid;grid-template-columns:max-content 1fr;column-gap:1rem}\n"
    "dl.source dt{margin:0}\n"
    "a{color:inherit;text-decoration-color:#8888}\n"
    ":target{outline:2px solid;outline-offset:.3rem}\n"
    "@media (max-width:48rem){table,tbody,tr,td{display:block}thead,td:empty{display:none}"
    "td.time{text-align:left;margin-top:.5rem}td{border:0!important}}\n"
    "@media print{body{margin:0;max-width:none}svg{min-width:0}"
    "figure,dd,tr{break-inside:avoid}}\n";

/* -- a connection -- */

typedef int drawing(struct buf *, const struct trace *, unsigned connection, const struct view_options *,
                    int top);

/* A picture of its own; its caption is its name for who cannot see it. */
static void put_figure(drawing *draw, unsigned number, const char *what, const char *caption,
                       const struct trace *t, unsigned connection, const struct view_options *o,
                       struct buf *b)
{
  struct buf inside;
  heap_buf_init(&inside);
  const int height = draw(&inside, t, connection, o, MARGIN) + 2 * MARGIN;
  buf_printf(b,
             "<figure>\n<figcaption id=\"%s-%u\">%s</figcaption>\n"
             "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"%s-%u\" width=\"%d\" "
             "height=\"%d\" viewBox=\"0 0 %d %d\">\n",
             what, number, caption, what, number, DRAWING_WIDTH, height, DRAWING_WIDTH, height);
  if (inside.truncated)
    b->truncated = true;
  else
    buf_put(b, inside.data, inside.len);
  buf_puts(b, "</svg>\n</figure>\n");
  heap_buf_free(&inside);
}

/* "you.1037 and peer.9", and where they are. */
static void put_ends(const struct pair *p, const struct view_options *o, struct buf *b)
{
  char mem[END_COUNT][2][80];
  for (enum end e = END_YOU; e < END_COUNT; e++) {
    struct buf text;
    buf_init(&text, mem[e][0], sizeof mem[e][0]);
    label_end(&text, o, e, e == END_YOU ? p->you_port : p->peer_port);
    buf_init(&text, mem[e][1], sizeof mem[e][1]);
    addr_print(&text, e == END_YOU ? &p->you : &p->peer);
  }
  markup_printf(b, "%s (%s) and %s (%s)", mem[END_YOU][0], mem[END_YOU][1], mem[END_PEER][0],
                mem[END_PEER][1]);
}

static void put_connection(struct transcript *s, unsigned number, unsigned connection, struct buf *b)
{
  buf_puts(b, "<section>\n<h2>");
  put_ends(&trace_connection(s->trace, connection)->pair, s->o, b);
  buf_puts(b, "</h2>\n");
  put_figure(drawing_diagram, number, "states", "The states, as RFC 9293 draws them in Figure 5", s->trace,
             connection, s->o, b);
  put_figure(drawing_ladder, number, "exchange", "The exchange", s->trace, connection, s->o, b);
  buf_puts(b, "<h3>The transcript</h3>\n");
  transcript_table(s, connection, b);
  buf_puts(b, "</section>\n");
}

/* -- a session -- */

static void put_fact(struct buf *b, const char *name, const char *value)
{
  if (value == NULL) return;
  buf_printf(b, "<dt>%s</dt><dd>", name);
  markup_put(b, value);
  buf_puts(b, "</dd>\n");
}

static void put_source(const struct picture *p, const struct trace *t, struct buf *b)
{
  char mem[48];
  buf_puts(b, "<dl class=\"source\">\n");
  put_fact(b, "Made by", p->application);
  put_fact(b, "Wire", p->wire);
  put_fact(b, "The peer\xe2\x80\x99s system", p->system);
  snprintf(mem, sizeof mem, "%" PRIu64, p->seed);
  put_fact(b, "Seed", mem);
  snprintf(mem, sizeof mem, "%u", trace_segments(t));
  put_fact(b, "Segments", mem);
  buf_puts(b, "</dl>\n");
}

void page_session(struct picture *p, const struct trace *t, const struct view_options *o, struct buf *body)
{
  struct transcript s = {.trace = t, .o = o, .session = ++p->sessions};
  if (p->sessions > 1) buf_puts(body, "<hr/>\n");
  put_source(p, t, body);
  for (unsigned n = 1; n <= trace_connections(t); n++)
    if (trace_connection(t, n)->first != USEC_NEVER) put_connection(&s, ++p->connections, n, body);
  transcript_rules(&s, body);
}

/* -- the page -- */

void page_file(const struct picture *p, const struct buf *body, struct buf *out)
{
  buf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                "<meta name=\"viewport\" content=\"width=device-width\"/>\n<title>");
  picture_put_source(p, out);
  buf_puts(out, "</title>\n<style>\n");
  buf_puts(out, style);
  drawing_style(out);
  buf_puts(out, "</style>\n</head>\n<body>\n<h1>TCP, by hand</h1>\n");
  if (p->connections == 0) buf_puts(out, "<p>Nothing has been sent yet.</p>\n");
  if (body->truncated) out->truncated = true;
  if (body->len > 0) buf_put(out, body->data, body->len);
  buf_puts(out, "</body>\n</html>\n");
}
