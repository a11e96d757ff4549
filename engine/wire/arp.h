/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question that the other end's system answers at once, itself, and in its turn: an ARP probe, by which a
   host asks whether an address is taken (RFC 826; RFC 5227, 1.1 and 2.1.1). The sender's protocol address is
   0, so that nothing is learnt from it; the sender's hardware address, which comes back as the target's,
   carries a number. Frames are Ethernet's, without padding. */
#ifndef TCPTUTOR_WIRE_ARP_H
#define TCPTUTOR_WIRE_ARP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARP_FRAME = 42 }; /* octets of either */

/* The host of the Ethernet address TO is asked for ADDRESS (4 octets), in the name of NUMBER. */
void arp_ask(uint8_t frame[ARP_FRAME], const uint8_t to[6], const uint8_t address[4], uint32_t number);
/* Whether the frame is the answer to such a question for ADDRESS; in whose name it was asked. */
bool arp_answers(const uint8_t *frame, size_t len, const uint8_t address[4], uint32_t *number);

#endif
