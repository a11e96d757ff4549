/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/wire/arp.h"

#include <string.h>

enum {
  ETHER_TYPE = 12,
  OPERATION = 20, /* 1: a request, 2: a reply */
  SENDER_HARDWARE = 22,
  SENDER_ADDRESS = 28,
  TARGET_HARDWARE = 32,
  TARGET_ADDRESS = 38,
};

/* From the type up to the operation: ARP; Ethernet and IPv4, addresses of 6 and 4 octets. */
static const uint8_t fixed[] = {0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0};
enum { REQUEST = 1, REPLY = 2 };

/* Locally administered, and none of the lab's: the number follows. */
static const uint8_t asker[] = {6, 0};

static void write_asker(uint8_t *out, uint32_t number)
{
  memcpy(out, asker, sizeof asker);
  for (int i = 0; i < 4; i++) out[2 + i] = (uint8_t)(number >> (24 - 8 * i));
}

void arp_ask(uint8_t frame[ARP_FRAME], const uint8_t to[6], const uint8_t address[4], uint32_t number)
{
  memset(frame, 0, ARP_FRAME);
  memcpy(frame, to, 6);
  write_asker(frame + 6, number);
  memcpy(frame + ETHER_TYPE, fixed, sizeof fixed);
  frame[OPERATION + 1] = REQUEST;
  write_asker(frame + SENDER_HARDWARE, number);
  memcpy(frame + TARGET_ADDRESS, address, 4);
}

bool arp_answers(const uint8_t *frame, size_t len, const uint8_t address[4], uint32_t *number)
{
  const uint8_t *to = frame + TARGET_HARDWARE;

  if (len < ARP_FRAME || memcmp(frame + ETHER_TYPE, fixed, sizeof fixed) != 0) return false;
  if (frame[OPERATION + 1] != REPLY || memcmp(frame + SENDER_ADDRESS, address, 4) != 0) return false;
  if (memcmp(to, asker, sizeof asker) != 0) return false;
  *number = (uint32_t)to[2] << 24 | (uint32_t)to[3] << 16 | (uint32_t)to[4] << 8 | to[5];
  return true;
}
