# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a whole one-shot session takes, beside other whole processes measured in the same run, by turns.

Prints medians and ratios; asserts nothing. scapy is measured where it is installed and we may open raw sockets.
"""
import os
import shutil
import statistics
import subprocess
import sys
import time

PROGRAM = os.environ.get("TCPTUTOR", "./tcptutor")
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "25"))
HANDSHAKE = ("send SYN seq=1415531521; expect SYN,ACK ack=1415531522; expect peer SYN-RECEIVED; send; "
             "expect peer ESTABLISHED; peer close; expect FIN,ACK; send ACK; send FIN,ACK; expect ACK; expect you CLOSED")
SCAPY = ("from scapy.all import IP, TCP, conf, sr1\n"
         "from scapy.supersocket import L3RawSocket\n"
         "conf.verb = 0; conf.L3socket = L3RawSocket\n"
         "sr1(IP(dst='127.0.0.1') / TCP(dport=9, flags='S'), timeout=2, iface='lo')\n")


def milliseconds(command):
    began = time.perf_counter()
    status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            check=False)
    took = (time.perf_counter() - began) * 1000
    if status.returncode != 0:
        sys.exit(f"{command[0]}: exit status {status.returncode}: {status.stderr.decode(errors='replace')}")
    return took


contestants = {
    "nothing at all (true)": (["true"], ROUNDS),
    "two network namespaces (unshare -Urn twice)": (["unshare", "-Urn", "unshare", "-n", "true"], ROUNDS),
    "tcptutor -c 'send SYN; expect S.'": ([PROGRAM, "-c", "send SYN; expect S."], ROUNDS),
    "tcptutor -c, opened and closed": ([PROGRAM, "-c", HANDSHAKE], ROUNDS),
}
if os.geteuid() == 0 and subprocess.run(["python3", "-c", "import scapy"], stderr=subprocess.DEVNULL,
                                        check=False).returncode == 0:
    contestants["scapy sr1, on lo"] = (["python3", "-c", SCAPY], max(3, ROUNDS // 8))
if not shutil.which("unshare"):
    contestants = {name: what for name, what in contestants.items() if what[0][0] != "unshare"}

times = {name: [] for name in contestants}
for turn in range(ROUNDS):
    for name, (command, rounds) in contestants.items():
        if turn < rounds:
            times[name].append(milliseconds(command))
medians = {name: statistics.median(values) for name, values in times.items()}
yardstick = medians["tcptutor -c 'send SYN; expect S.'"]
print(f"{'median':>10}  {'worst':>10}  {'beside one-shot':>15}")
for name, median in medians.items():
    print(f"{median:7.1f} ms  {max(times[name]):7.1f} ms  {median / yardstick:13.2f} ×  {name}")
