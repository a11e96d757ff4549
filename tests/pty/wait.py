# SPDX-License-Identifier: GPL-3.0-or-later
"""A wait shows how long it takes and the timers that run meanwhile, and leaves nothing of that behind."""
import os
import pty
import re

from ptylib import CTRL_C, ENTER, Terminal
from taplib import PROGRAM, done, equal, need_lab, ok, run

need_lab()

BAR = r"^  [─┄]{6,} \d\.\ds of 2\.0s"

t = Terminal()
t.prompts(r"LISTEN> *$")
t.type("send SYN" + ENTER)
t.prompts(r"SYN-RECEIVED>$")
t.type("wait 2s" + ENTER)
ok(t.prompts(BAR + r".*  peer retransmission \d\.\ds$"), "a wait shows its progress and the peer's timer", t.text)
first = t.line
ok(t.until(lambda: re.search(BAR, t.line) and t.line != first), "which runs down", first, t.text)
ok(t.shows(r"◀── SYN,ACK .* again "), "what arrives is shown as it comes", t.text)
ok(t.prompts(BAR), "and the progress again below it", t.text)
ok(t.prompts(r"SYN-RECEIVED>$"), "the wait ends", t.text)
ok(not re.search("┄| of 2.0s", t.text), "nothing of the progress is left", t.text)

t.type("send; peer close; send FIN,ACK; wait 2msl" + ENTER)
ok(t.prompts(r"of (60|59|61)\.\ds.*  peer TIME-WAIT \d\d\.\ds$"), "of 2MSL the end is known", t.text)
t.type(CTRL_C)
ok(t.prompts(r"TIME-WAIT>$"), "Ctrl-C ends the wait", t.text)
ok(re.search(r"^\^C\nthe wait was interrupted$", t.text, re.MULTILINE), "says so in its place", t.text)
ok("┄" not in t.text, "and takes the progress away", t.text)
t.type("new; send SYN; wait RST" + ENTER)
ok(t.prompts(r"^  \d\.\ds  .*peer retransmission \d\.\ds$"), "a wait without an end has no bar", t.text)
t.type(CTRL_C)
t.prompts(r">$")
t.type("set plain on; wait 500ms" + ENTER)
t.prompts(r"> *$")
size = len(t.raw)
t.type("wait 500ms" + ENTER)
t.settle(1)
ok(b"0.2s" not in t.raw[size:], "a screen reader is spared it", t.raw[size:])
t.leave()
equal(t.ends(), 0, "and the session ends", t.text)
t.close()

t = Terminal(columns=40)
t.prompts(r"LISTEN> *$")
t.type("send SYN" + ENTER)
t.prompts(r"SYN-RECEIVED>$")
t.type("wait 5s" + ENTER)
ok(t.prompts(r"^  \d\.\ds/5\.0s  peer retransmission \d\.\ds$"), "it fits 40 columns", t.text)
t.until(lambda: re.search(r"1\.\ds/5\.0s", t.text))
equal(sum("/5.0s" in line for line in t.screen.display), 1, "in one line", t.text)
t.type(CTRL_C)
t.prompts(r">$")
t.leave()
t.ends()
t.close()

t = Terminal(env={"TERM": "dumb"})
t.prompts(r"> *$")
t.type("wait 500ms; state" + ENTER)
ok(t.shows("profile"), "a dumb terminal", t.text)
ok(b"0.2s" not in t.raw, "has no bar", t.text)
t.leave()
t.ends()
t.close()

equal(run("-c", "wait 400ms").all, "exit status 0\n", "a script says nothing of it")
master, slave = pty.openpty()
pid = os.fork()
if pid == 0:
    for fd in 0, 1, 2:
        os.dup2(slave, fd)
    os.execv(PROGRAM, [PROGRAM, "-c", "wait 400ms"])
equal(os.waitpid(pid, 0)[1], 0, "nor at a terminal")
os.set_blocking(master, False)
try:
    left = os.read(master, 100)
except OSError:
    left = b""
equal(left, b"", "where it is a script all the same")

done()
