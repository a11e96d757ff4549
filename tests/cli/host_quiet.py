# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of a session is on any interface of the host.

As root every frame on every interface is watched for the lab's addresses; an ordinary user may not watch, and
looks for the lab's interfaces and addresses in the host's tables instead. The names of the tests say which.
"""
import os
import select
import socket
import struct
import subprocess

from taplib import PATIENCE, PROGRAM, done, equal, interfaces, need_lab, ok

need_lab()

LAB = {socket.inet_aton("10.9.0.1"), socket.inet_aton("10.9.0.2")}
SESSION = ("send SYN; expect SYN,ACK; send; send PSH,ACK \"out\"; expect ACK; peer send hello; expect \"hello\"; send; "
           "peer close; expect FIN,ACK; send; send FIN,ACK; expect ACK; wait 200ms")
ETH_P_ALL, ETH_P_IP, ETH_P_ARP = 3, 0x0800, 0x0806


def of_the_lab(protocol, octets):
    if protocol == ETH_P_IP and len(octets) >= 20:
        return {octets[12:16], octets[16:20]} <= LAB
    if protocol == ETH_P_ARP and len(octets) >= 28:
        return bool({octets[14:18], octets[24:28]} & LAB)
    return False


class Watch:
    """Every frame that any interface sends or receives, from its network header on."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.found, self.controls = [], 0

    def look(self, marker):
        while True:
            try:
                octets, (interface, protocol, *_) = self.socket.recvfrom(65536)
            except BlockingIOError:
                return
            if marker in octets:
                self.controls += 1
            elif of_the_lab(protocol, octets):
                self.found.append(f"{interface}: {octets[:64].hex()}")

    def lost(self):
        return struct.unpack("II", self.socket.getsockopt(263, 6, 8))[1]  # SOL_PACKET, PACKET_STATISTICS


def tables():
    """What the host's tables say of the lab's network."""
    found = []
    for name in ("arp", "fib_trie", "tcp"):
        try:
            with open(f"/proc/net/{name}", encoding="ascii") as file:
                found += [f"{name}: {line.strip()}" for line in file
                          if any(a in line for a in ("10.9.0.1", "10.9.0.2", "0100090A", "0200090A"))]
        except FileNotFoundError:
            continue
    return found


root = os.geteuid() == 0
watch, marker = None, os.urandom(16)
if root:
    try:
        watch = Watch()
    except PermissionError:
        root = False

names, entries = interfaces(), tables()
seen, seen_entries = set(), set()
process = subprocess.Popen([PROGRAM, "-c", SESSION], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT)
os.set_blocking(process.stdout.fileno(), False)
output = b""
while process.poll() is None:
    select.select([process.stdout], [], [], 0.005)
    output += process.stdout.read() or b""
    seen |= set(interfaces())
    seen_entries |= set(tables())
    if watch:
        watch.look(marker)
output += process.stdout.read() or b""
equal(process.wait(PATIENCE), 0, "a session with data both ways runs", output.decode(errors="backslashreplace"))
equal(sorted(seen - set(names)), [], "no new interface is seen on the host meanwhile")
equal(sorted(seen_entries - set(entries)), [], "nor the lab's addresses in its tables")

if watch:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        control.bind(("127.0.0.1", 0))
        control.sendto(marker, control.getsockname())
    select.select([watch.socket], [], [], 5)
    watch.look(marker)
    ok(watch.controls > 0, "as root: the watcher sees what the host does send")
    equal(watch.lost(), 0, "as root: and missed nothing")
    equal(watch.found, [], "as root: no frame on any interface of the host carries the lab's addresses")

done()
