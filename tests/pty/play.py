# SPDX-License-Identifier: GPL-3.0-or-later
"""`play` on a terminal: it types, holds for a key, and leaves the terminal as it was however it is left."""
import os
import signal
import tempfile

from ptylib import CTRL_C, Terminal
from taplib import SOURCE, done, need_lab, ok

need_lab()
LESSON = os.path.join(SOURCE, "lessons", "handshake.md")
HOLD = r"^-- any key goes on"

t = Terminal("play", "--speed", "4", LESSON, lines=100)
ok(t.shows(HOLD), "it holds for the reader", t.text)
t.type("q")
ok(t.ends() == 0 and t.as_it_was, "q leaves, the terminal as it was", t.text)
ok("-- any" not in t.text, "the question is gone", t.text)
t.close()

t = Terminal("play", "--speed", "4", LESSON, lines=100)
t.shows(HOLD)
t.type(CTRL_C)
ok(t.ends() == -signal.SIGINT and t.as_it_was, "Ctrl-C leaves, the terminal as it was", t.process.poll(), t.text)
t.close()

t = Terminal("play", "--speed", "200", LESSON, lines=300)
ok(t.ends() == 0 and t.as_it_was, "left alone it goes on by itself to the end", t.text)
ok("-- any" not in t.text and t.text.count("\n    7  svr4 > bsdi ") == 1, "and nothing of its questions stays", t.text)
t.close()

t = Terminal("play", "--speed", "4", LESSON, lines=100)
for _ in range(6):
    t.shows(HOLD)
    t.type("x")
    t.until(lambda: "-- any" not in t.text)
ok(t.shows(r"LISTEN> send SYN seq="), "a key goes on; commands stand at the prompt", t.text)
t.process.send_signal(signal.SIGTERM)
ok(t.ends() not in (None, 0) and t.as_it_was, "SIGTERM ends it, the terminal as it was", t.text)
t.close()

# A live "what if" in the middle, and back.
t = Terminal("play", "--speed", "4", LESSON + "#third", lines=100)
t.shows(HOLD)
t.type("p")
ok(t.prompts(r"^you CLOSED . peer LISTEN>$"), "p opens the prompt where the screen is", t.text)
t.type("send RST\r")
ok(t.shows(r"RST seq=") and t.prompts(">$"), "what is typed there is sent", t.text)
t.type("lesson close\r")
ok(t.shows("A lesson is being played"), "no lesson within a lesson", t.text)
t.type("leave\r")
ok(t.shows(HOLD), "leave goes back to the lesson", t.text)
t.type(" ")
t.settle(1.0)
ok(t.line.startswith("-- any"), "space stays", t.text)
for _ in range(30):
    t.type("x")
    t.settle(0.1)
    if "Solved" in t.text or "ACK seq=snd.nxt ack=rcv.nxt" in t.text:
        break
ok(t.shows(r"peer SYN-RECEIVED> send ACK seq=snd.nxt ack=rcv.nxt") and t.shows(r"SYN-RECEIVED ▶ ESTABLISHED"),
   "which goes on as if nothing had been", t.text)
t.type(CTRL_C)
t.ends()
t.close()

with tempfile.TemporaryDirectory() as directory:
    path = os.path.join(directory, "wait.md")
    with open(path, "w", encoding="utf-8") as file:
        file.write("# A wait\n<!-- lesson id=wait -->\n```play\nwait 9m\n```\n")
    t = Terminal("play", path)
    t.shows("wait 9m")
    t.settle()
    t.type(CTRL_C)
    ok(t.ends(20) == -signal.SIGINT and t.as_it_was, "Ctrl-C ends a wait too", t.process.poll(), t.text)
    t.close()

done()
