# SPDX-License-Identifier: GPL-3.0-or-later
"""What arrives while a line is being typed is shown above it, and the line stays.

The arrival is the kernel's own: it repeats its SYN,ACK after a second.
"""
from ptylib import ENTER, Terminal
from taplib import done, equal, need_lab, ok

need_lab()

t = Terminal()
t.prompts(r"LISTEN> *$")
t.type("send SYN" + ENTER)
ok(t.prompts(r"SYN-RECEIVED>$"), "the handshake waits for its third segment", t.text)
first = t.text.count("SYN,ACK")
t.type("send AC")
ok(t.prompts(r"SYN-RECEIVED> send AC$"), "a line is begun", t.text)
ok(t.until(lambda: t.text.count("SYN,ACK") > first), "the kernel repeats its SYN,ACK meanwhile", t.text)
t.settle()
ok(t.line.endswith("> send AC"), "the line begun stands below it, as it was", t.text)
equal(t.text.count("> send AC"), 1, "once", t.text)
t.type("K" + ENTER)
ok(t.prompts(r"you ESTABLISHED · peer ESTABLISHED>$"), "and can be finished", t.text)
t.leave()
equal(t.ends(), 0, "Ctrl-D leaves", t.text)
t.close()

done()
