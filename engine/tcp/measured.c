/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tcp/measured.h"

#include "engine/base/buf.h"

#include <string.h>

static const uint32_t kernels[] = {
#define MEASURED_KERNEL(major, minor, patch) KERNEL(major, minor, patch),
#define MEASURED_ROW(id, lines)
#include "engine/tcp/measured.def"
#undef MEASURED_KERNEL
#undef MEASURED_ROW
    0};

static const struct {
  const char *id, *lines; /* "5.10 6.1" */
} rows[] = {
#define MEASURED_KERNEL(major, minor, patch)
#define MEASURED_ROW(id, lines) {id, lines},
#include "engine/tcp/measured.def"
#undef MEASURED_KERNEL
#undef MEASURED_ROW
};

uint32_t tcp_measured_at(size_t i) { return i < sizeof kernels / sizeof kernels[0] ? kernels[i] : 0; }

static bool same_line(uint32_t a, uint32_t b) { return a >> 16 == b >> 16; }

bool tcp_measured_kernel(uint32_t kernel)
{
  for (size_t i = 0; kernels[i]; i++)
    if (same_line(kernels[i], kernel)) return true;
  return false;
}

static const char *lines_of(const struct tcp_rule *r)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (strcmp(rows[i].id, r->id) == 0) return rows[i].lines;
  return "";
}

static void put_line(struct buf *b, uint32_t kernel)
{
  buf_printf(b, "%u.%u", tcp_kernel_major(kernel), tcp_kernel_minor(kernel));
}

bool tcp_measured_rule(const struct tcp_rule *r, uint32_t kernel)
{
  for (const char *p = lines_of(r); *p; p += strcspn(p, " "), p += *p == ' ')
    if (same_line(tcp_kernel_read(p, ""), kernel)) return true;
  return false;
}

void tcp_measured_put(struct buf *b, const struct tcp_rule *r, uint32_t kernel)
{
  const char *p = lines_of(r);

  if (r->system != PROFILE_LINUX || !*p) return;
  buf_puts(b, "measured on ");
  for (; *p; p++) buf_puts(b, *p == ' ' ? ", " : (char[]){*p, '\0'});
  if (kernel == 0 || tcp_measured_rule(r, kernel)) return;
  buf_puts(b, "; yours is ");
  put_line(b, kernel);
}

void tcp_measured_put_nearest(struct buf *b, uint32_t kernel)
{
  size_t i = 0;

  while (kernels[i] && kernels[i] < kernel) i++;
  if (i > 0 && kernels[i]) {
    buf_puts(b, "on ");
    put_line(b, kernels[i - 1]);
    buf_puts(b, " and ");
    put_line(b, kernels[i]);
    buf_puts(b, ", the nearest measured");
    return;
  }
  buf_puts(b, i > 0 ? "up to " : "from ");
  put_line(b, kernels[i > 0 ? i - 1 : 0]);
  buf_puts(b, i > 0 ? ", the last measured" : ", the first measured, on");
}
