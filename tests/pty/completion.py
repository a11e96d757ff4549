# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command is typed once with Tab, and run."""
import re

from ptylib import CTRL_C, CTRL_D, ENTER, TAB, Terminal
from taplib import done, equal, ok, run

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
                    ("rules synced.r" + TAB, "rules synced.r")):
    t.type(typed)
    ok(t.prompts("> " + re.escape(made)), f"Tab makes: {made}", t.text)
    t.type(CTRL_C)
    t.prompts(r"[A-Z]> *$")
t.type(CTRL_D)
equal(t.ends(), 0, "and nothing of it was run", t.text)
t.close()

done()
