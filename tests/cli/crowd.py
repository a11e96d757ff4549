# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole class begins at once on one machine: sixty labs where the kernel allows 130 network namespaces, two a lab and
ten to spare."""
import os
import subprocess
import sys

from taplib import PROGRAM, done, equal, need_lab, skip_all

LABS, LIMIT = 60, 130

if "inside" not in sys.argv:
    need_lab()
    if subprocess.run(["unshare", "-Ur", "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        skip_all("unshare(1) is refused: there is no limit to set")
    os.execvp("unshare", ["unshare", "-Ur", sys.executable, "-B", __file__, "inside"])
with open("/proc/sys/user/max_net_namespaces", "w", encoding="ascii") as file:
    file.write(str(LIMIT))

SAID = "expected peer SYN-RECEIVED"
crowd = [subprocess.Popen([PROGRAM, "-c", "send SYN; expect peer SYN-RECEIVED; wait 10m"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8") for _ in range(LABS)]
seen = []
for process in crowd:
    text = ""
    for line in process.stdout:
        text += line
        if SAID in line:
            break
    seen.append(text)
for process in crowd:
    process.kill()
    process.communicate()
equal(sum(SAID in text for text in seen), LABS, f"{LABS} labs at once where {LIMIT} network namespaces are allowed",
      *[text for text in seen if SAID not in text][:3])

done()
