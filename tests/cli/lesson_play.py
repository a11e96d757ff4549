# SPDX-License-Identifier: GPL-3.0-or-later
"""`play` on the lab: the book's seven segments digit for digit; where lessons are found. (lesson_golden.py has the screens.)"""
import json
import os

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


result = run("play", LESSON, env={"COLUMNS": "60", "LC_ALL": "C.UTF-8"}, timeout=240)
equal(result.returncode, 0, "play exits 0", result.all)
ok(all(len(line) <= 60 for line in result.stdout.splitlines()), "every line fits 60 columns", result.stdout)

result = run("--json", "--speed", "0", "play", LESSON)
equal(result.returncode, 0, "with --json it exits 0 too", result.all)
segments = [e for e in map(json.loads, result.stdout.splitlines()) if e["event"] == "segment"]
ok(len(segments) >= len(BOOK), "seven segments and what follows", *map(json.dumps, segments))
for number, (segment, (who, flags, seq, ack)) in enumerate(zip(segments, BOOK), 1):
    found = ("svr4" if segment["dir"] == "out" else "bsdi", ",".join(segment["flags"]), segment["seq"], segment["ack"])
    ok(found[:2] == (who, flags) and seq in (None, found[2]) and ack in (None, found[3]),
       f"segment {number} as the book prints it", found)

result = run("--speed", "0", "play", LESSON, env={"LC_ALL": "C"})
ok(result.returncode == 0 and result.stdout.isascii(), "without UTF-8 the lesson is ASCII",
   *(line for line in result.stdout.splitlines() if not line.isascii()))

result = run("--speed", "0", "play", LESSON + "#third")
ok(result.returncode == 0 and "Now you" in result.stdout and "Segments 1 and 2" not in result.stdout,
   "LESSON#STEP begins on the step's page", result.all)
result = run("--speed", "100", "play", os.path.join(SOURCE, "lessons", "time-wait.md"), timeout=120)
ok(result.returncode == 0 and "from here on the model" in result.stdout, "at a chosen speed real time is not sat through", result.all)
result = run("play")
ok(result.returncode == 0 and "handshake " in result.stdout and "The three-way handshake" in result.stdout,
   "without a lesson, play lists them", result.all)
equal(run("--speed", "0", "play", "handshake#third", env={"TCPTUTOR_LESSONS": os.path.abspath(os.path.join(SOURCE, "lessons"))}).returncode, 0,
      "a lesson is found by its id in $TCPTUTOR_LESSONS")
result = run("play", "handshaek", env={"TCPTUTOR_LESSONS": os.path.abspath(os.path.join(SOURCE, "lessons"))})
ok(result.returncode == 2 and "'handshake'" in result.stderr, "an unknown lesson: exit 2 and the nearest id", result.all)

done()
