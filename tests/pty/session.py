# SPDX-License-Identifier: GPL-3.0-or-later
"""A person at a terminal types a session; the test reads the screen as they would."""
from ptylib import CTRL_C, CTRL_P, ENTER, TAB, Terminal
from taplib import done, equal, need_lab, ok

need_lab()

t = Terminal()
ok(t.prompts(r"^you CLOSED · peer LISTEN> *$"), "the prompt says both states", t.text)
ok("10.9.0.1" in t.text and "10.9.0.2" in t.text, "the greeting names both addresses", t.text)

t.type("sen" + TAB)
ok(t.prompts(r"> send$"), "Tab completes a command", t.text)
t.type("SY" + TAB)
ok(t.prompts(r"> send SYN$"), "Tab completes a flag", t.text)
t.type(ENTER)
ok(t.prompts(r"^you ESTABLISHED · peer SYN-RECEIVED>$"), "the kernel has answered, and the prompt says so", t.text)
ok(t.shows(r"you\.\d+ .*SYN seq=\d+ .*▶ peer\.9$"), "the segment sent is drawn", t.text)
ok(t.shows(r"you\.\d+ ◀.* SYN,ACK seq=\d+ ack=\d+"), "so is the answer", t.text)
ok(t.shows(r"peer +LISTEN ▶ SYN-RECEIVED +✓"), "the peer's state is confirmed", t.text)
ok("you owe an ACK" in t.text, "and what we owe is said", t.text)

t.type("send SYM" + ENTER)
ok(t.shows("SYM.*(?s:.*)SYN") and t.prompts(r"SYN-RECEIVED>$"), "an error says what was found; the prompt is back", t.text)

t.type("send RST,RST nonsense")
t.prompts("nonsense$")
t.type(CTRL_C)
ok(t.prompts(r"SYN-RECEIVED>$"), "Ctrl-C clears the line", t.text)
t.type("send" + ENTER)
ok(t.prompts(r"^you ESTABLISHED · peer ESTABLISHED>$"), "and the session goes on: a bare send acknowledges", t.text)

t.type(CTRL_P)
ok(t.prompts(r"> send$"), "the line before comes back", t.text)
t.type("\x15peer close" + ENTER)
ok(t.prompts(r"^you CLOSE-WAIT · peer FIN-WAIT-1>$"), "the peer closes", t.text)
t.type("wait 30s" + ENTER)
t.settle()
t.type(CTRL_C)
ok(t.prompts(r"CLOSE-WAIT · peer FIN-WAIT-[12]>$", 10), "Ctrl-C ends a wait, and only the wait", t.text)

t.leave()
equal(t.ends(), 0, "Ctrl-D leaves with status 0", t.text)
ok(t.as_it_was, "the terminal is as it was")
ok(b"\x1b[3" in t.raw or b"\x1b[1;3" in t.raw or b"\x1b[9" in t.raw, "a terminal gets colours")
t.close()

t = Terminal(env={"NO_COLOR": "1"})
t.prompts(r"LISTEN> *$")
t.type("send SYN" + ENTER)
t.prompts("SYN-RECEIVED>$")
t.type("quit" + ENTER)
equal(t.ends(), 0, "quit leaves with status 0", t.text)
ok(not any(b"\x1b[" + colour in t.raw for colour in (b"3", b"1;3", b"9", b"0;3")), "NO_COLOR is heard", repr(t.raw))
t.close()

t = Terminal(env={"TERM": "dumb", "LC_ALL": "C"})
ok(t.shows(r"LISTEN>"), "a dumb terminal without UTF-8 works too", t.text)
t.type("send SYN" + ENTER)
ok(t.shows(r"you ESTABLISHED .* peer SYN-RECEIVED>"), "and shows the answer", t.text)
t.leave()
equal(t.ends(), 0, "and ends", t.text)
ok(t.raw.isascii() and b"\x1b[3" not in t.raw, "in plain ASCII, without colours", repr(t.raw))
t.close()

t = Terminal(columns=40, lines=12)
ok(t.shows(r"LISTEN>"), "a small window is no obstacle", t.text)
t.leave()
equal(t.ends(), 0, "nor is leaving it", t.text)
t.close()

done()
