# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a lesson, in small: each command of it, what a wrong turn does, how progress is kept and not lost. On the model."""
import os
import re
import stat
import tempfile

from ptylib import CTRL_C, Terminal
from taplib import done, equal, ok, run

LESSON = """# A small one
<!-- lesson id=small -->

First words.

```setup
peer app none
send SYN; expect SYN,ACK
```
```play
show 1
```
## The third

Your number was `{iss}`.

```try third by-hand=ack
goal: sent ACK ack=rcv.nxt
goal: peer ESTABLISHED
hint: First hint.
hint: Second hint.
wrong: sent ACK ack=rcv.nxt-1
  by: send ACK ack=rcv.nxt-1
  say: One too few.
solve: send ACK ack=rcv.nxt
```
After the third.

```quiz sum
answer: snd.nxt
hint: Count on.
wrong: iss
  say: That was the SYN.
then: send PSH,ACK "x"; expect ACK
```
After the sum.

## A second scene

```setup
send SYN; expect SYN,ACK; send
```
```play slow
wait 8s
```
All is quiet.
"""

scratch = tempfile.TemporaryDirectory()
PATH = os.path.join(scratch.name, "small.md")
with open(PATH, "w", encoding="utf-8") as out:
    out.write(LESSON)
NUMBER = [0]


def state(content=None):
    """A fresh place for progress, perhaps with a file in it."""
    NUMBER[0] += 1
    folder = os.path.join(scratch.name, str(NUMBER[0]))
    file = os.path.join(folder, "tcptutor", "progress")
    if content is not None:
        os.makedirs(os.path.dirname(file))
        with open(file, "w", encoding="ascii") as out:
            out.write(content)
    return folder, file


def text_of(file):
    with open(file, encoding="ascii") as content:
        return content.read()


def start(folder, *args, wire="model"):
    t = Terminal("--no-rc", "--wire", wire, "learn", *(args or (PATH,)), lines=120, env={"XDG_STATE_HOME": folder})
    t.prompts(">$")
    return t


def pages(t):
    for _ in range(20):
        t.settle(0.15)
        if not t.line.startswith("Enter goes on"):
            return
        t.type("\r")


def types(t, line, pattern, name):
    t.type(line + "\r")
    ok(t.shows(pattern), name, t.text)
    t.settle(0.15)


folder, file = state()
t = start(folder)
ok("First words." in t.text and t.line == "Enter goes on>", "prose, then a pause before what is done", t.text)
types(t, "hint", "nothing is asked here", "no hint where nothing is asked")
types(t, "state", r"^  state +ESTABLISHED +SYN-RECEIVED", "at a pause the prompt is there all the same")
types(t, "send SYN seq=7", r"─── SYN seq=7 (.|\n)*◀── ACK (.|\n)*SYN-RECEIVED \(Enter goes on\)>$", "one may try things at a pause, and sees them")
t.type("\r")
t.shows("^Your turn")
pages(t)
ok("│" in t.text and t.shows(r"^Your turn\. Write ack= yourself\."), "the play, and the step", t.text)
types(t, "hint", "^First hint", "hints one at a time: the first")
types(t, "hint", "^Second hint", "the second")
types(t, "hint", "no more hints", "and no more")
types(t, "help hint", "a hint for the step", "every command of the prompt works")
types(t, "send ACK ack=irs", "^✗ One too few", "a wrong turn foreseen is told in the lesson's words")
types(t, "send RST ack=0", "not what is asked for", "another by the machine's")
types(t, "send ACK ack=irs+1; why", "Solved", "solved")
pages(t)
ok("After the third." in t.text and t.line == "your answer>", "afterword and question", t.text)
types(t, "iss", "^✗ That was the SYN", "a wrong number foreseen")
types(t, "7", "^✗ No, that is not the number", "another")
types(t, "back", "^✗ No, that(.|\\n)*The third(.|\\n)*Your turn", "back goes to the step before")
types(t, "skip", r"your answer>", "skip passes over it") if not t.line.startswith("Enter") else pages(t)
types(t, "again", "Once more, from the beginning of the step", "again begins it again")
types(t, "solve", r"The answer is \d+", "solve shows it")
ok(t.shows('send PSH,ACK "x"') and t.shows("After the sum"), "and lets the wire judge", t.text)
pages(t)
ok(t.shows('This was the lesson "A small one"'), "the end", t.text)
equal(sorted(line for line in text_of(file).splitlines() if " small" in line),
      ["finished small", "shown small sum", "solved small third"], "what is kept", text_of(file))
t.type("lesson seg\t")
ok(t.prompts(r"lesson segment ?$"), "Tab completes a lesson's name", t.text)
t.type(CTRL_C)
t.settle()
types(t, "again", "^First words", "again after the end begins anew")
t.type("\x04")
ok(t.ends() == 0 and t.as_it_was, "Ctrl-D leaves", t.text)
t.close()

t = start(folder, PATH + "#sum")
pages(t)
ok("Your turn" not in t.text and t.line == "your answer>", "LESSON#STEP begins there, all before it done", t.text)
t.type("snd.nxt\r")
ok(t.shows("Right"), "a name is an answer too", t.text)
t.close()

folder, file = state("tcptutor progress 1\nsolved small third\nat small s")
t = start(folder)
ok(t.shows("progress is not a file of progress, or was cut\\s+short: it is now called\\s+progress.old-1"), "a file cut short is reported", t.text)
equal(text_of(file + ".old-1"), "tcptutor progress 1\nsolved small third\nat small s", "and kept as it was")
t.close()

folder, file = state("my shopping list\n")
t = start(folder)
pages(t)
equal(text_of(file + ".old-1"), "my shopping list\n", "so is a foreign one")
ok(text_of(file).endswith("at small third\nend\n"), "and a new one begun", text_of(file))
t.close()

folder, file = state("tcptutor progress 1\nsolved other step-1\nwalked CLOSED SYN-SENT\nend\n")
t = start(folder)
pages(t)
ok("solved other step-1\n" in text_of(file) and "walked CLOSED SYN-SENT\n" in text_of(file) and "old" not in "".join(os.listdir(os.path.dirname(file))),
   "what is not of this lesson stays", text_of(file))
with open(file, encoding="ascii") as content:
    other = content.read().replace("end\n", "finished third-one\nend\n")
with open(file, "w", encoding="ascii") as out:
    out.write(other)
t.type("solve\r")
t.shows("After the third")
t.settle()
ok("finished third-one\n" in text_of(file) and "shown small third\n" in text_of(file), "what another session writes meanwhile, too", text_of(file))
t.close()

t = start("/proc/self/fdinfo")
pages(t)
ok(t.shows("cannot be written: .*; what you do\\s+now is not kept|what you do now is not kept"), "where nothing can be written that is said", t.text)
types(t, "solve", "After the third", "and the lesson goes on")
ok(t.text.count("cannot be written") == 1, "it is said once", t.text)
t.close()

folder, file = state("tcptutor progress 1\nend\n")
if os.geteuid() != 0:
    os.chmod(file, stat.S_IRUSR)
    t = start(folder)
    pages(t)
    ok(t.shows("cannot be written"), "a read-only file is reported", t.text)
    equal(text_of(file), "tcptutor progress 1\nend\n", "and not written")
    t.close()

# What takes real time, on the lab: asked for, and gone on with in virtual time.
WAITS = """# Waits
<!-- lesson id=waits -->

```setup
peer app none
send SYN; expect SYN,ACK; send; expect peer ESTABLISHED
```
```play slow
close; peer close; send
wait 2msl
expect you CLOSED
```
Your number was `{iss}`.

## Then
```setup
send SYN; expect SYN,ACK
```
```try quiet
goal: got nothing for 100s
hint: Wait.
solve: wait 5m
```
The end.
"""
PATH = os.path.join(scratch.name, "waits.md")
with open(PATH, "w", encoding="utf-8") as out:
    out.write(WAITS)
if run("-c", "state").returncode != 3:
    folder, file = state()
    t = start(folder, PATH, wire="lab")
    ok(t.shows(r"takes 4m of real time") and t.prompts(r"^Enter waits>$"), "a long wait is asked about", t.text)
    sent = re.findall(r"you\.\d+ ─── FIN,ACK seq=(\d+)", t.text)
    types(t, "skip wait", "the model, in virtual time, up to the next scene", "skip wait says what it does")
    ok(t.shows(r"2MSL timer +TIME-WAIT ends") and sent and f"Your number was `{int(sent[0]) - 1}`" in t.text,
       "the wait is over at once, with the same numbers", t.text)
    pages(t)
    t.type("wait 5m\r")
    t.settle(0.5)
    t.type(CTRL_C)
    ok(t.shows("the wait was interrupted") and t.prompts(r"SYN-RECEIVED>$"), "Ctrl-C ends a wait of one's own", t.text)
    types(t, "skip wait; wait 5m", "Solved", "and it is done again in virtual time")
    t.close()

for name, args, words in (("an unknown lesson", ("nosuch",), "no lesson is called"), ("an unknown step", (PATH + "#x",), "has no step")):
    t = Terminal("--no-rc", "--wire", "model", "learn", *args, env={"XDG_STATE_HOME": folder})
    ok(t.ends() == 2 and words in t.text and t.as_it_was, f"{name}: exit 2", t.text)
    t.close()
done()
