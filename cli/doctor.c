/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `tcptutor doctor`: what works here, what is missing, and how to get it. */
#include "cli/app.h"

#include "engine/base/buf.h"
#include "engine/lab/lab.h"
#include "engine/peer/peer_lab.h"
#include "engine/tcp/measured.h"
#include "engine/trace/heap_buf.h"

#include <stdio.h>
#include <string.h>

#define FINDINGS_MAX 32

static size_t name_width(const struct lab_finding *f, size_t n)
{
  size_t width = 0;
  for (size_t i = 0; i < n; i++)
    if (strlen(f[i].what) > width) width = strlen(f[i].what);
  return width;
}

/* TEXT wrapped behind the names; its first line goes behind what stands there already. */
static void put_column(const struct app *app, const char *text, size_t indent, struct buf *b)
{
  struct buf wrapped;
  heap_buf_init(&wrapped);
  view_wrap(text, (unsigned)indent, &app->desk.view, &wrapped);
  if (wrapped.data && wrapped.len > indent) buf_put(b, wrapped.data + indent, wrapped.len - indent);
  heap_buf_free(&wrapped);
}

static void put_finding(const struct app *app, const struct lab_finding *f, size_t width, struct buf *b)
{
  const bool utf8 = app->desk.view.utf8;
  const char *mark = f->limited ? "!" : f->ok ? utf8 ? "✓" : "+" : utf8 ? "✗" : "-";
  const char *color = !app->desk.view.color ? "" : f->limited ? "\033[33m" : f->ok ? "\033[32m" : "\033[31m";
  buf_printf(b, "  %s%s%s %-*s  ", color, mark, app->desk.view.color ? "\033[0m" : "", (int)width, f->what);
  if (width + 26 < app->desk.view.columns) {
    put_column(app, f->detail, width + 6, b);
  } else {
    buf_puts(b, "\n      ");
    put_column(app, f->detail, 6, b);
  }
  if (!f->remedy[0]) return;
  buf_puts(b, "      ");
  put_column(app, f->remedy, 6, b);
}

static bool all_ok(const struct lab_finding *f, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (!f[i].ok) return false;
  return n > 0;
}

/* What the shadow predicts was measured: on this kernel, too? */
static void put_kernel(const struct app *app, size_t width, struct buf *b)
{
  struct lab_finding f = {.what = "measured", .ok = true};
  uint32_t kernel = lab_kernel();
  struct buf text;

  buf_init(&text, f.detail, sizeof f.detail);
  buf_puts(&text, "Linux's own rows are measured on ");
  for (size_t i = 0; tcp_measured_at(i); i++)
    buf_printf(&text, "%s%u.%u", i ? ", " : "", tcp_kernel_major(tcp_measured_at(i)),
               tcp_kernel_minor(tcp_measured_at(i)));
  f.limited = !tcp_measured_kernel(kernel);
  if (kernel) buf_printf(&text, "; yours is %u.%u", tcp_kernel_major(kernel), tcp_kernel_minor(kernel));
  if (f.limited) snprintf(f.remedy, sizeof f.remedy, "`make fidelity` in the sources measures yours.");
  put_finding(app, &f, width, b);
}

int doctor_run(struct app *app)
{
  struct lab_finding finding[FINDINGS_MAX];
  size_t n = lab_probe(finding, FINDINGS_MAX);
  if (all_ok(finding, n)) n += peer_lab_probe(finding + n, FINDINGS_MAX - n);
  size_t width = name_width(finding, n);
  bool works = all_ok(finding, n);
  struct buf b;
  heap_buf_init(&b);
  buf_puts(&b, "lab: the running kernel's own TCP in a private network\n");
  for (size_t i = 0; i < n; i++) put_finding(app, &finding[i], width, &b);
  put_kernel(app, width, &b);
  buf_puts(&b, works ? "The lab works here.\n" : "The lab cannot be had here as it is.\n");
  app_put(app, b.data, b.len);
  heap_buf_free(&b);
  return works ? EXIT_OK : EXIT_WIRE;
}
