/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/utf8.h"

/* The length the first octet announces and the bits of the code point it carries. */
static size_t lead_length(unsigned char lead, uint32_t *bits)
{
  if (lead < 0x80) return *bits = lead, 1;
  if (lead >= 0xc2 && lead < 0xe0) return *bits = lead & 0x1fu, 2;
  if (lead >= 0xe0 && lead < 0xf0) return *bits = lead & 0x0fu, 3;
  if (lead >= 0xf0 && lead < 0xf5) return *bits = lead & 0x07u, 4;
  return 0;
}

static bool is_scalar(uint32_t rune) { return rune <= 0x10ffff && (rune < 0xd800 || rune > 0xdfff); }

size_t utf8_next(const char *text, size_t len, uint32_t *rune)
{
  static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  uint32_t bits = 0;
  if (len == 0) return 0;
  size_t n = lead_length((unsigned char)text[0], &bits);
  if (n == 0 || n > len) return 0;
  for (size_t i = 1; i < n; i++) {
    unsigned char c = (unsigned char)text[i];
    if ((c & 0xc0) != 0x80) return 0;
    bits = bits << 6 | (c & 0x3fu);
  }
  if (bits < smallest[n] || !is_scalar(bits)) return 0;
  *rune = bits;
  return n;
}

size_t utf8_octets(uint32_t rune, char out[4])
{
  static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
  if (!is_scalar(rune)) return 0;
  if (rune < 0x80) return out[0] = (char)rune, 1;
  size_t n = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
  for (size_t i = n - 1; i > 0; i--, rune >>= 6) out[i] = (char)(0x80u | (rune & 0x3fu));
  out[0] = (char)(lead[n] | rune);
  return n;
}

/* Unicode's general categories Cc, Cf, Zl, Zp, what else is Default_Ignorable and draws nothing, and
   the noncharacters but those at the end of each plane. In order, for the search below. */
static const struct {
  uint32_t first, last;
} harmful[] = {
    {0x0000, 0x001f},   {0x007f, 0x009f},   {0x00ad, 0x00ad},   {0x034f, 0x034f},   {0x0600, 0x0605},
    {0x061c, 0x061c},   {0x06dd, 0x06dd},   {0x070f, 0x070f},   {0x0890, 0x0891},   {0x08e2, 0x08e2},
    {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e},
    {0x2060, 0x206f},   {0x3164, 0x3164},   {0xfdd0, 0xfdef},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
    {0xfff0, 0xfffb},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

bool utf8_harmless(uint32_t rune)
{
  if (rune < 0x7f) return rune >= 0x20;
  if ((rune & 0xfffe) == 0xfffe || !is_scalar(rune)) return false;
  size_t low = 0, high = sizeof harmful / sizeof harmful[0];
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (rune > harmful[middle].last)
      low = middle + 1;
    else
      high = middle;
  }
  return low == sizeof harmful / sizeof harmful[0] || rune < harmful[low].first;
}
