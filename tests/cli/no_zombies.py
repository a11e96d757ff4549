# SPDX-License-Identifier: GPL-3.0-or-later
"""In a container whose PID 1 reaps nobody (`sleep infinity`) a child that outlives the program is a zombie for good.
Here this test is PID 1, and reaps only what it has started itself."""
import os
import signal
import subprocess
import sys

from taplib import PROGRAM, done, equal, eventually, need_lab, ok, run, skip_all

if os.getpid() != 1:
    need_lab()
    alone = ["unshare", "-Ur", "--pid", "--fork", "--mount-proc"]
    if subprocess.run([*alone, "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        skip_all("unshare(1) is refused a PID namespace")
    os.execvp("unshare", [*alone, sys.executable, "-B", __file__])


def others():
    """Every process but this one, and its state."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        if int(pid) != os.getpid():
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                found[int(pid)] = file.read().rpartition(")")[2].split()[0]
    return found


for script in ["send SYN; expect SYN,ACK", "send SYN; expect RST within 10ms", "no such command"]:
    run("-c", script)
run("doctor")
equal(others(), {}, "a program that ends leaves neither process nor zombie")

for k in range(10):
    process = subprocess.Popen([PROGRAM, "-c", "send SYN; expect SYN,ACK; wait 60s"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE)
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
ok(eventually(lambda: "S" not in others().values(), 10), "nor does one that is killed: a process", others())
equal(others(), {}, "or a zombie")

done()
