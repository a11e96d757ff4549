# SPDX-License-Identifier: GPL-3.0-or-later
"""`play`: the book's seven segments digit for digit, and the lesson's screens at 80 and 60 columns.

The golden screens are compared after what differs from run to run and from kernel to kernel was made alike: times,
and the window and options the kernel chooses. TCPTUTOR_GOLDEN=write writes them anew: read the difference.
"""
import json
import os
import re

from taplib import SOURCE, done, equal, need_lab, ok, run

need_lab()
LESSON = os.path.join(SOURCE, "lessons", "handshake.md")

# Stevens, TCP/IP Illustrated, volume 1, Figure 18.1: who, flags, and the numbers printed there.
BOOK = [
    ("svr4", "SYN", 1415531521, None),
    ("bsdi", "SYN,ACK", 1823083521, 1415531522),
    ("svr4", "ACK", None, 1823083522),
    ("svr4", "FIN,ACK", 1415531522, 1823083522),
    ("bsdi", "ACK", None, 1415531523),
    ("bsdi", "FIN,ACK", 1823083522, 1415531523),
    ("svr4", "ACK", None, 1823083523),
]


def alike(line):
    """The line with times, and what bsdi's kernel chooses (not our 4096 and 1024), made alike."""
    line = re.sub(r"^( *)(\d+\.\d+)(?= )", lambda m: m.group(1) + re.sub(r"\d", "0", m.group(2)), line)
    kernels = re.sub(r"win=(?!4096\b)\d+", "win=N", re.sub(r"mss=(?!1024\b)\d+", "mss=N", line))
    # An arrow is as long as the numbers leave room for.
    return line if kernels == line else re.sub(r"─+", "─", kernels)


def screen(columns):
    result = run("play", LESSON, env={"COLUMNS": str(columns), "LC_ALL": "C.UTF-8"})
    equal(result.returncode, 0, f"play at {columns} columns exits 0", result.all)
    wide = [line for line in result.stdout.splitlines() if len(line) > columns]
    ok(not wide, f"every line fits {columns} columns", *wide)
    found = [alike(line) for line in result.stdout.splitlines()]
    path = os.path.join(SOURCE, "tests", "golden", f"play-handshake-{columns}.txt")
    if os.environ.get("TCPTUTOR_GOLDEN") == "write":
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(found) + "\n")
    with open(path, encoding="utf-8") as file:
        expected = file.read().splitlines()
    different = [f"{n}: found    {f!r}\n{n}: expected {e!r}" for n, (f, e) in
                 enumerate(zip(found + [None] * len(expected), expected + [None] * len(found)), 1) if f != e]
    ok(not different, f"the screen at {columns} columns", *different[:5])


screen(80)
screen(60)

result = run("--json", "play", LESSON)
equal(result.returncode, 0, "with --json it exits 0 too", result.all)
segments = [e for e in map(json.loads, result.stdout.splitlines()) if e["event"] == "segment"]
equal(len(segments), len(BOOK), "seven segments", *map(json.dumps, segments))
for number, (segment, (who, flags, seq, ack)) in enumerate(zip(segments, BOOK), 1):
    found = ("svr4" if segment["dir"] == "out" else "bsdi", ",".join(segment["flags"]), segment["seq"], segment["ack"])
    ok(found[:2] == (who, flags) and seq in (None, found[2]) and ack in (None, found[3]),
       f"segment {number} as the book prints it", found)

result = run("play", LESSON, env={"LC_ALL": "C"})
ok(result.returncode == 0 and result.stdout.isascii(), "without UTF-8 the lesson is ASCII",
   *(line for line in result.stdout.splitlines() if not line.isascii()))

result = run("play")
ok(result.returncode == 0 and "handshake " in result.stdout and "The three-way handshake" in result.stdout,
   "without a lesson, play lists them", result.all)
equal(run("play", "handshake", env={"TCPTUTOR_LESSONS": os.path.abspath(os.path.join(SOURCE, "lessons"))}).returncode, 0,
      "a lesson is found by its id in $TCPTUTOR_LESSONS")
result = run("play", "handshaek", env={"TCPTUTOR_LESSONS": os.path.abspath(os.path.join(SOURCE, "lessons"))})
ok(result.returncode == 2 and "'handshake'" in result.stderr, "an unknown lesson: exit 2 and the nearest id", result.all)

done()
