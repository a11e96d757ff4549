# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 at many moments of a session: no process, no namespace and no interface is left.

Namespaces are counted by the kernel itself: the test runs in a user namespace that may hold only a few network
namespaces, fewer than would be left if one kill in ten left its own. (The kernel takes its time to clear away what
a dead process held, so a session may have to wait for its place; but never for ever.)
"""
import os
import signal
import subprocess
import sys
import time

from taplib import PROGRAM, done, equal, eventually, interfaces, need_lab, ok, run, session_members

KILLS = 120
LIMIT = 24
SCRIPT = "send SYN; expect SYN,ACK; send; peer close; expect FIN,ACK; send ACK; wait 2s"

# Python must be told by name not to write next to the sources.
if "inside" not in sys.argv:
    need_lab()
    inside = ["unshare", "-Ur", sys.executable, "-B", __file__, "inside"]
    if subprocess.run(["unshare", "-Ur", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
        os.execvp(inside[0], inside)
    limited = False
else:
    with open("/proc/sys/user/max_net_namespaces", "w", encoding="ascii") as file:
        file.write(str(LIMIT))
    limited = True

before = interfaces()
began = time.monotonic()
result = run("-c", SCRIPT.rpartition(";")[0])
whole = time.monotonic() - began
equal(result.returncode, 0, "the session runs when nobody kills it", result.all)

refused, survivors, alive = [], [], 0
for k in range(KILLS):
    process = subprocess.Popen([PROGRAM, "-c", SCRIPT], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, start_new_session=True)
    time.sleep(1.3 * whole * k / KILLS)
    alive += process.poll() is None
    process.send_signal(signal.SIGKILL)
    message = process.communicate()[1].decode(errors="backslashreplace")
    if "ENOSPC" in message and limited:
        if not eventually(lambda: run("-c", "send SYN").returncode == 0):
            break
    elif message:
        refused.append(f"kill {k}: {message}")
    if not eventually(lambda: not session_members(process.pid), 10):
        survivors.append((k, session_members(process.pid)))
ok(alive > KILLS * 3 // 4, "most kills found it alive", f"{alive} of {KILLS}")
ok(not survivors, f"{KILLS} kills leave no process", survivors)
ok(not refused, "none of them has anything to complain of", *refused)
ok(eventually(lambda: run("-c", "send SYN; expect SYN,ACK").returncode == 0),
   "a session runs after them" + (f", where the kernel allows {LIMIT} namespaces" if limited else ""))
equal(interfaces(), before, "no interface of the host came or went")

process = subprocess.Popen([PROGRAM, "-c", "send SYN; expect SYN,ACK"], stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, start_new_session=True)
equal(process.wait(60), 0, "a session that ends by itself")
ok(eventually(lambda: not session_members(process.pid), 10), "leaves no process either", session_members(process.pid))

done()
