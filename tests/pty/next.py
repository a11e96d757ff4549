# SPDX-License-Identifier: GPL-3.0-or-later
"""After a step the obvious next thing, in half a line, once; and never where nothing is obvious or asked for."""
import re

from ptylib import ENTER, Terminal
from taplib import done, equal, ok

t = Terminal("--wire", "model", "--profile", "linux", "--no-rc", lines=150)
t.prompts(r"LISTEN> *$")


def types(line):
    """What typing LINE has brought."""
    before = t.text.count("\n")
    t.type(line + ENTER)
    t.settle()
    t.prompts(r"> *$")
    return "\n".join(t.text.splitlines()[before + 1:])


ok("next:" not in types("send SYN"), "where something is owed that is enough", t.text)
ok("next: `send PSH,ACK \"hello\"`" in types("send"), "an open connection asks for data", t.text)
ok("next:" not in types("state"), "nothing is said twice", t.text)
ok("next:" not in types('send PSH,ACK "hello"'), "nor where there is a choice", t.text)
types("peer close")
ok("next: `close` ends your half as well" in types("send"), "a peer that has closed waits for you", t.text)
ok("next: `wait 2msl`" in types("close"), "2MSL is to be waited for", t.text)
ok("next: `new` begins" in types("wait 2msl"), "and then another connection begun", t.text)
types("new; set explain off")
types("send SYN; send; close")
ok(t.text.count("next:") == 4, "who wants no explanation gets none", t.text)
types("set explain short")
ok(t.text.count("next:") == 5, "who wants it again does", t.text)
t.leave()
equal(t.ends(), 0, "the session ends")
t.close()

t = Terminal("--wire", "model", "--no-rc", "--json", columns=80)
t.prompts(r"> *$")
t.type("send SYN; send" + ENTER)
t.settle()
ok("next:" not in t.text, "nor with --json", t.text)
t.leave()
t.ends()
t.close()

t = Terminal("--wire", "model", "--no-rc", columns=40)
t.prompts(r"> *$")
t.type("set plain on; send SYN; send" + ENTER)
ok(t.shows(r"^Next: `send PSH,ACK \"hello\"` sends"), "in plain mode it is a sentence", t.text)
ok(all(len(line.rstrip()) < 40 for line in t.screen.display), "and fits")
t.leave()
t.ends()
t.close()

done()
