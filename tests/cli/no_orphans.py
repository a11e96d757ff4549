# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever state the peer is in when the program ends, or is killed, the kernel lets go of everything within seconds.

An orphan of the peer's (a connection that no program holds and whose FIN nobody acknowledges) would keep its network
namespace for up to two minutes, and /proc could not show it. So the kernel itself counts: the test runs in a user
namespace and asks whether a network namespace can be made where only one is allowed.
"""
import os
import signal
import subprocess
import sys

from taplib import PROGRAM, done, eventually, need_lab, ok, run, skip_all

ONE_LAB = 2
SOON = 3

if "inside" not in sys.argv:
    need_lab()
    if subprocess.run(["unshare", "-Ur", "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        skip_all("unshare(1) is refused: nobody counts")
    os.execvp("unshare", ["unshare", "-Ur", sys.executable, "-B", __file__, "inside"])


def allow(namespaces):
    """How many network namespaces this user namespace may hold from now on."""
    with open("/proc/sys/user/max_net_namespaces", "w", encoding="ascii") as file:
        file.write(str(namespaces))


def none_left():
    """Where one is allowed, one can be made only when there is none."""
    return subprocess.run(["unshare", "-n", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


OPEN = "peer app none; send SYN; expect SYN,ACK; send; peer accept; "
# The peer's state, how it gets there, and whether its program has let go by then: what is closed in order goes on by
# itself after a kill -9, as long as its timer lets it, and a program cannot help that any more.
STATES = [
    ("LISTEN", "send SYN lost", False),
    ("SYN-SENT", "peer connect", False),
    ("SYN-RECEIVED", "send SYN", False),
    ("ESTABLISHED", OPEN + 'peer send "unanswered"', False),
    ("ESTABLISHED", "peer app none; send SYN; expect SYN,ACK; send", False),
    ("FIN-WAIT-1", OPEN + "peer shutdown", False),
    ("FIN-WAIT-1", OPEN + "peer close", True),
    ("FIN-WAIT-2", OPEN + "peer shutdown; send ACK", False),
    ("FIN-WAIT-2", OPEN + "peer close; send ACK", True),
    ("CLOSING", OPEN + "peer shutdown; send FIN,ACK ack=irs+1", False),
    ("CLOSING", OPEN + "peer close; send FIN,ACK ack=irs+1", True),
    ("TIME-WAIT", OPEN + "peer close; send FIN,ACK", False),
    ("CLOSE-WAIT", OPEN + "send FIN,ACK", False),
    ("LAST-ACK", OPEN + "send FIN,ACK; peer shutdown", False),
    ("LAST-ACK", OPEN + "send FIN,ACK; peer close", True),
]


def all_gone(name):
    """Nothing is left soon. (The one that was made to see it may take another moment to go.)"""
    allow(1)
    if not ok(eventually(none_left, SOON), name):
        eventually(none_left)
    allow(ONE_LAB + 1)


def killed_in(state, script):
    """Kills the session once the kernel has said that the peer is in STATE."""
    process = subprocess.Popen([PROGRAM, "-c", f"{script}; expect peer {state}; wait 60s"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    seen = []
    for line in process.stdout:
        seen.append(line)
        if f"expected peer {state}" in line:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return "".join(seen)


all_gone("nothing is there before")
for state, script, orphan in STATES:
    how = script.removeprefix(OPEN)
    result = run("-c", f"{script}; expect peer {state}")
    if result.returncode != 0:
        ok(False, f"{state} is reached by {how}", result.all)
    all_gone(f"the program ends, the peer in {state} by {how}: nothing is left {SOON} s later")
    if not orphan:
        seen = killed_in(state, script)
        if f"expected peer {state}" not in seen:
            ok(False, f"{state} is reached by {how}, to be killed there", seen)
        all_gone(f"it is killed, the peer in {state} by {how}: nothing is left {SOON} s later")

done()
