/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tcp/kernel.h"

#include <string.h>

#define PORTS_MAX 4

static const struct {
  uint32_t main, ports[PORTS_MAX];
  const char *text;
} changes[CHANGE_COUNT] = {
#define X(id, main, what, ...) [CHANGE_##id] = {main, {__VA_ARGS__}, what},
    TCP_CHANGES(X)
#undef X
};
_Static_assert(CHANGE_COUNT <= 32, "changes are bits of a number");

/* The line of 6.12.117 is 6.12. */
static uint32_t line_of(uint32_t kernel) { return kernel >> 16; }

static bool has(uint32_t kernel, enum tcp_change c)
{
  for (unsigned i = 0; i < PORTS_MAX; i++)
    if (changes[c].ports[i] && line_of(changes[c].ports[i]) == line_of(kernel))
      return kernel >= changes[c].ports[i];
  return kernel >= changes[c].main;
}

uint32_t tcp_kernel_changes(uint32_t kernel)
{
  uint32_t bits = 0;

  for (enum tcp_change c = CHANGE_NONE + 1; c < CHANGE_COUNT; c++)
    if (has(kernel, c)) bits |= CHANGE_BIT(c);
  return bits;
}

const char *tcp_change_text(enum tcp_change c)
{
  return c > CHANGE_NONE && c < CHANGE_COUNT ? changes[c].text : "";
}
uint32_t tcp_change_main(enum tcp_change c) { return c < CHANGE_COUNT ? changes[c].main : 0; }

/* "6.12.117+deb13-amd64": up to three numbers with dots between. How many there are. */
static unsigned numbers(const char *text, unsigned number[3])
{
  unsigned n = 0;

  while (n < 3 && *text >= '0' && *text <= '9') {
    for (number[n] = 0; *text >= '0' && *text <= '9'; text++)
      number[n] = number[n] * 10 + (unsigned)(*text - '0');
    n++;
    if (*text++ != '.') break;
  }
  return n;
}

uint32_t tcp_kernel_read(const char *release, const char *version)
{
  static const char debian[] = " Debian ";
  unsigned n[3] = {0, 0, 0}, of_debian[3] = {0, 0, 0};

  if (numbers(release, n) < 2 || n[0] > 255 || n[1] > 255) return 0;
  const char *at = strstr(version, debian);
  if (at && numbers(at + sizeof debian - 1, of_debian) == 3 && of_debian[0] == n[0] && of_debian[1] == n[1])
    n[2] = of_debian[2];
  return KERNEL(n[0], n[1], n[2] < 0xffff ? n[2] : 0xffff);
}
