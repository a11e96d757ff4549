# SPDX-License-Identifier: GPL-3.0-or-later
"""The screens of one story, as every command shows it: agreed at 40, 80 and 132 columns, and at any width, in any
manner, nothing wider than the screen or foreign to it. To write the agreed ones anew: TCPTUTOR_GOLDEN=write."""
import os
import re
import unicodedata

from taplib import SOURCE, done, ok, run

STORY = ('send SYN mss=1024; expect SYN,ACK; send; send PSH,ACK "hello"; peer send "good bye"; wait 10ms; '
         'send ACK seq=+100 "x"; send ACK "lost" lost; resend; close; peer close; wait FIN,ACK within 1s')
LOOKS = ("ladder", "state", "show", "diagram", "space", "timers", "peer status", "connections")
MANNERS = {"": "", "plain": "set plain on; ", "relative": "set numbers relative; ", "ascii": "set ascii on; ",
           "full": "set explain full; ", "short": "set explain short; ", "names": "set names svr4 bsdi; "}


def screen(columns, manner, looks=LOOKS, explain="set explain off; "):
    commands = explain + MANNERS[manner] + STORY + "".join("; " + look for look in looks)
    result = run("--wire", "model", "--profile", "linux", "--seed", "7", "-c", commands, env={"COLUMNS": str(columns)})
    if result.returncode != 0:
        ok(False, f"the story at {columns} columns, {manner}", result.all)
    return result.stdout


def width(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


for columns, manner in ((40, ""), (80, ""), (132, ""), (80, "plain"), (80, "relative"), (40, "plain")):
    name = f"screen-{columns}" + (f"-{manner}" if manner else "")
    path = os.path.join(SOURCE, "tests", "golden", name)
    found = screen(columns, manner)
    if os.environ.get("TCPTUTOR_GOLDEN") == "write":
        with open(path, "w", encoding="utf-8") as file:
            file.write(found)
    try:
        with open(path, encoding="utf-8") as file:
            agreed = file.read()
    except OSError as error:
        agreed = str(error)
    differ = [f"- {a}\n+ {b}" for a, b in zip(agreed.splitlines() + [""] * 400, found.splitlines()) if a != b][:12]
    ok(found == agreed, f"{name} is as agreed", *differ)

state = screen(80, "", ("state",))
iss, irs = (int(re.search(rf"^  {name} +(\d+)", state, re.MULTILINE).group(1)) for name in ("ISS", "IRS"))
MORE = LOOKS + ("hint", "why", "why 3", "rules", "rules synced.rst.in-window", "help", "set", "history")
for columns in 40, 47, 60, 80, 132, 200:
    for manner in MANNERS:
        text = screen(columns, manner, MORE, "")
        wide = [line for line in text.splitlines() if width(line) > columns]
        ok(not wide, f"{columns} columns {manner}: every line fits", *wide[:9])
        strange = sorted({c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"})
        ok(not strange, f"{columns} columns {manner}: nothing a terminal would obey", strange)
        if manner == "ascii":
            ok(text.isascii(), f"{columns} columns {manner}: nothing but ASCII", sorted(set(text) - set(map(chr, range(128)))))
        if manner == "plain":
            drawn = sorted({c for c in text if 0x2190 <= ord(c) < 0x2800})
            ok(not drawn, f"{columns} columns {manner}: nothing is drawn", drawn)
        if manner == "relative":
            absolute = [line for line in text.splitlines() for n in re.findall(r"\d{7,}", line)
                        if (-9 < int(n) - iss < 9999 or -9 < int(n) - irs < 9999)
                        and not re.match(r" +(ISS|IRS) ", line)]
            ok(not absolute, f"{columns} columns {manner}: no number is absolute", *absolute[:9])
        if manner == "names":
            ok("peer SYN" not in text and "bsdi" in text, f"{columns} columns {manner}: the ends have their names")

short, full, off = (screen(80, m, (), e) for m, e in (("short", ""), ("full", ""), ("", "set explain off; ")))
ok(len(full) > len(short) > len(off), "explanations are full, short or left out", len(full), len(short), len(off))
ok("RFC 9293" in full or "3.10" in full, "a full one names the section", full[:600])

done()
