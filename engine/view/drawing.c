/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/view/drawing.h"

#include "engine/view/markup.h"

#include <string.h>

/* On light and on dark paper; all are legible on both (contrast of 4.5 at least). */
static const struct {
  const char *class, *light, *dark;
} colors[INK_COUNT] = {
    [INK_PLAIN] = {"plain", "#2b323b", "#ccd3dc"}, [INK_BRIGHT] = {"bright", "#0b1017", "#ffffff"},
    [INK_DIM] = {"dim", "#667080", "#8e99a8"},     [INK_GOOD] = {"good", "#187a35", "#4fc46a"},
    [INK_BAD] = {"bad", "#c22a20", "#ff7a70"},     [INK_DUE] = {"due", "#8a5a00", "#e0ae3c"},
    [INK_CODE] = {"code", "#0b1017", "#ffffff"},
};

/* The paper itself. */
static const char *const paper[] = {"#ffffff", "#12161c"};

const char *drawing_ink(enum ink ink) { return colors[ink].class; }

static void put_colors(struct buf *b, bool dark)
{
  buf_printf(b, "html{background:%s}\n.paper{fill:%s;stroke:none}\n", paper[dark], paper[dark]);
  buf_printf(b, "body{color:%s}\n", dark ? colors[INK_PLAIN].dark : colors[INK_PLAIN].light);
  for (size_t i = 0; i < INK_COUNT; i++)
    buf_printf(b, ".%s{color:%s}\n", colors[i].class, dark ? colors[i].dark : colors[i].light);
}

void drawing_style(struct buf *b)
{
  buf_puts(b, "text,tspan{fill:currentColor}\n"
              "text{font:13px monospace;white-space:pre}\n"
              "line,path{stroke:currentColor;fill:none}\n"
              ".solid{fill:currentColor;stroke:none}\n"
              ".thin,.dashed,.dotted{stroke-width:1.25}\n"
              ".heavy{stroke-width:2.5}\n"
              ".dashed{stroke-dasharray:6 4}\n"
              ".dotted{stroke-dasharray:2 4}\n"
              ".target{fill:none;pointer-events:all}\n"
              ".frame{fill:none;stroke:currentColor;stroke-width:1.25}\n"
              ".here{stroke-width:2.5}\n"
              ".glow{stroke-width:9;stroke-linejoin:round;pointer-events:stroke}\n"
              ".unlit{stroke-opacity:0}\n"
              ".lit{stroke-opacity:.2}\n"
              ".last{stroke-width:13;stroke-opacity:.45}\n"
              ".bright,.code{font-weight:bold}\n");
  put_colors(b, false);
  buf_puts(b, "@media (prefers-color-scheme:dark){\n");
  put_colors(b, true);
  buf_puts(b, "}\n");
}

void drawing_text_begin(struct buf *b, enum ink ink, enum anchor anchor, int x, int y)
{
  static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
  buf_printf(b, "<text x=\"%d\" y=\"%d\"%s class=\"%s\">", x, y, anchors[anchor], colors[ink].class);
}

void drawing_span(struct buf *b, enum ink ink, const char *text, size_t len)
{
  if (ink != INK_PLAIN) buf_printf(b, "<tspan class=\"%s\">", colors[ink].class);
  markup_put_octets(b, text, len);
  if (ink != INK_PLAIN) buf_puts(b, "</tspan>");
}

void drawing_text_end(struct buf *b) { buf_puts(b, "</text>\n"); }

void drawing_text(struct buf *b, enum ink ink, enum anchor anchor, int x, int y, const char *text)
{
  if (text[0] == '\0') return;
  drawing_text_begin(b, ink, anchor, x, y);
  markup_put(b, text);
  drawing_text_end(b);
}

void drawing_line(struct buf *b, enum ink ink, enum stroke stroke, int x1, int y1, int x2, int y2)
{
  static const char *const strokes[] = {"thin", "heavy", "dashed", "dotted"};
  buf_printf(b, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" class=\"%s %s\"/>\n", x1, y1, x2, y2,
             strokes[stroke], colors[ink].class);
}

void drawing_head(struct buf *b, enum ink ink, int x, int y, int run, int rise)
{
  /* A shaft of a ladder is nearly level: what it falls within a head is next to nothing. */
  const int level = run != 0;
  const int back = level ? (run > 0 ? 10 : -10) : (rise > 0 ? 10 : -10);
  const int fall = level ? rise * 10 / (run > 0 ? run : -run) : 0;
  if (level)
    buf_printf(b, "<path d=\"M%d %dl%d %dv-8z\" class=\"solid %s\"/>\n", x, y, back, fall + 4,
               colors[ink].class);
  else
    buf_printf(b, "<path d=\"M%d %dl4 %dh-8z\" class=\"solid %s\"/>\n", x, y, back, colors[ink].class);
}

void drawing_cross(struct buf *b, enum ink ink, int x, int y)
{
  buf_printf(b, "<path d=\"M%d %dl10 10m0-10l-10 10\" class=\"heavy %s\"/>\n", x - 5, y - 5,
             colors[ink].class);
}

void drawing_group(struct buf *b) { buf_puts(b, "<g><title>"); }

void drawing_title_end(struct buf *b)
{
  while (b->len > 0 && b->data[b->len - 1] == '\n') b->data[--b->len] = '\0';
  buf_puts(b, "</title>\n");
}

void drawing_group_end(struct buf *b) { buf_puts(b, "</g>\n"); }

void drawing_target(struct buf *b, int x, int y, int width, int height)
{
  buf_printf(b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"target\"/>\n", x, y, width,
             height);
}
