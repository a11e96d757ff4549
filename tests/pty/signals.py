# SPDX-License-Identifier: GPL-3.0-or-later
"""A signal ends the program, at its prompt or in a wait, and the terminal is as it was."""
import os
import signal
import tempfile

import ptylib
from ptylib import ENTER, Terminal
from taplib import PROGRAM, done, eventually, need_lab, ok, session_members

need_lab()

# A shell that runs the tests in the background has them ignore SIGINT, and so would what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

for name in ("SIGTERM", "SIGHUP", "SIGINT"):
    for place in ("at the prompt", "in a line begun", "in a wait"):
        t = Terminal()
        t.prompts(r"LISTEN> *$")
        if place == "in a line begun":
            t.type("send SY")
            t.prompts("SY$")
        elif place == "in a wait":
            t.type("wait 60s" + ENTER)
            t.settle()
        t.process.send_signal(getattr(signal, name))
        if name == "SIGINT":
            # What Ctrl-C sends: it clears the line or ends the wait, and the prompt is there again.
            ok(t.prompts(r"LISTEN>$"), f"SIGINT {place}: the prompt again", t.text)
            t.leave()
            ok(t.ends() == 0, f"SIGINT {place}: Ctrl-D leaves", t.text)
        else:
            status = t.ends()
            ok(status not in (None, 0), f"{name} {place}: it ends", status, t.text)
        ok(t.as_it_was, f"{name} {place}: the terminal is as it was")
        ok(eventually(lambda: not session_members(t.process.pid), 10), f"{name} {place}: no process is left")
        t.close()

# Asked for, or a mistake: whatever ends it, it gives the terminal back first.
for name in ("SIGQUIT", "SIGPIPE", "SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL", "SIGFPE", "SIGALRM", "SIGUSR1", "SIGXCPU"):
    t = Terminal("--wire", "model")
    t.prompts(r"LISTEN> *$")
    ok(not t.as_it_was, "at the prompt the terminal is not as it was")
    t.process.send_signal(getattr(signal, name))
    status = t.ends()
    ok(status not in (None, 0), f"{name}: it ends", status, t.text)
    ok(t.as_it_was, f"{name}: the terminal is as it was")
    t.close()

# Whoever reads its output leaves; then something is to be shown, at last by itself, while a line is edited.
with tempfile.TemporaryDirectory() as folder:
    ptylib.PROGRAM = os.path.join(folder, "pipeline")
    with open(ptylib.PROGRAM, "w", encoding="utf-8") as file:
        file.write('#!/bin/sh\n"$TCPTUTOR" | head -$LINES_READ\n')
    os.chmod(ptylib.PROGRAM, 0o755)
    for lines in (1, 8, 10, 12):
        t = Terminal(env={"TCPTUTOR": PROGRAM, "XDG_STATE_HOME": folder, "LINES_READ": str(lines)})
        t.shows("LISTEN>")  # which does not go through the pipe
        t.type("send SYN" + ENTER)
        ok(t.ends() is not None, f"an output of which {lines} lines are read ends it", t.text)
        ok(t.as_it_was, "with the terminal as it was")
        t.close()
ptylib.PROGRAM = PROGRAM

# A script keeps the system's ways: the signal ends it, whoever was to clear up.
t = Terminal("-c", "send SYN; wait 60s")
t.shows("ESTABLISHED")
t.process.send_signal(signal.SIGINT)
ok(t.ends() == -signal.SIGINT, "SIGINT in a script: it ends by it", t.text)
ok(eventually(lambda: not session_members(t.process.pid), 10), "SIGINT in a script: no process is left")
t.close()

done()
