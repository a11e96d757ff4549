# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command is typed with Tab, and the first of its examples is typed and run."""
import os
import re
import tempfile

import ptylib
from ptylib import CTRL_C, ENTER, TAB, Terminal
from taplib import PROGRAM, SOURCE, done, equal, ok, run

ptylib.PROGRAM = os.path.abspath(PROGRAM)
os.environ["TCPTUTOR_LESSONS"] = os.path.join(os.path.abspath(SOURCE), "lessons")

names = [line.split()[0] for line in run("-c", "help").stdout.partition("\n\n")[0].splitlines()
         if line.startswith("  ") and line[2] != " "]
ok(len(names) > 25, "the overview lists the commands", names)


def shortest(name):
    """As few letters as tell it from the others."""
    for n in range(1, len(name) + 1):
        if [other for other in names if other.startswith(name[:n])] == [name]:
            return name[:n]
    return name


t = Terminal("--wire", "model", "--no-rc")
t.prompts(r"LISTEN> *$")
for name in names:
    t.type(shortest(name) + TAB)
    ok(t.prompts(rf"> {name} *$"), f"Tab makes {name} of {shortest(name)}", t.text)
    t.type(CTRL_C)
    t.prompts(r"[A-Z]> *$")

for typed, made in (("sen" + TAB + "SYN," + TAB + TAB, "send SYN,"),
                    ("send SYN se" + TAB + "is" + TAB, "send SYN seq=iss"),
                    ("send ACK ack=peer.snd.n" + TAB, "send ACK ack=peer.snd.nxt"),
                    ("pe" + TAB + "set tcp_sack" + TAB, "peer set tcp_sack"),
                    ("pe" + TAB + "ap" + TAB + "day" + TAB, "peer app daytime"),
                    ("wait pe" + TAB + "ESTA" + TAB + "with" + TAB, "wait peer ESTABLISHED within"),
                    ("expect peer er" + TAB + "ECONNRE" + TAB, "expect peer error ECONNRE"),
                    ("set expl" + TAB + "fu" + TAB, "set explain full"),
                    ("help fie" + TAB, "help fields"),
                    ("rules synced.r" + TAB, "rules synced.r"), ("save mine.s" + TAB, "save mine.svg"),
                    ("send SYN; save mine.ht" + TAB, "send SYN; save mine.html")):
    t.type(typed)
    ok(t.prompts("> " + re.escape(made)), f"Tab makes: {made}", t.text)
    t.type(CTRL_C)
    t.prompts(r"[A-Z]> *$")
t.leave()
equal(t.ends(), 0, "and nothing of it was run", t.text)
t.close()

# What a command that does something is seen to have done.
SHOWN = {"send": "SYN-RECEIVED +✓", "release": "✓ expected SYN,ACK", "wait": r"LISTEN>$", "connections": r"^\* 2  you",
         "peer": "✓ expected FIN,ACK", "state": "RCV.NXT", "ladder": "│◀─ SYN,ACK", "show": "sequence number", "why": "3.10.7.2",
         "diagram": r"\[ CLOSE-WAIT \]", "space": "SND.UNA", "timers": "retransmission", "rules": "listen.syn",
         "save": "handshake.pcapng", "lesson": "The three-way handshake", "set": "explain +short", "help": "Forge segments",
         "history": r"^ +\d+  history$", "leave": "You have left the lesson", "quit": ""}
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for name in names:
        example = run("-c", f"help {name}").stdout.partition("\nExamples:\n")[2].splitlines()[0].strip()
        t = Terminal("--wire", "model", "--profile", "linux", "--no-rc", lines=120, env={"XDG_STATE_HOME": folder})
        t.prompts(r"LISTEN> *$")
        t.type(example + ENTER)
        ok(t.shows(SHOWN.get(name, r"[A-Z0-9]> *$|goes on> *$|your answer> *$")), f"{name}: its example shows what it does", t.text)
        t.settle(0.1)
        ok("~~~" not in t.text and "✗ expected" not in t.text, f"{name}: and nothing of it is wrong", t.text)
        if name == "quit":
            equal(t.ends(), 0, "quit ends it", t.text)
        t.close()
    os.chdir("/")

done()
