# SPDX-License-Identifier: GPL-3.0-or-later
"""`lint`: what it finds in a lesson, and where; a lesson without fault passes in silence."""
import os
import re
import tempfile

from taplib import SOURCE, done, equal, ok, run

HEAD = "# A title\n<!-- lesson id=tiny -->\n\n"
GOOD = HEAD + ('''\
Words, RFC 9293, section 3.5 for opening, 3.6.1 for half of it, or A.3. The rule is `synced.rst.in-window`. See `{snd.nxt}`.

```setup
peer app none
send SYN; expect SYN,ACK
```
```try ack by-hand=seq,ack
goal: sent ACK seq=snd.nxt ack=rcv.nxt
goal: peer ESTABLISHED
hint: Count.
wrong: sent SYN
  by:  send SYN seq=iss ack=0
  say: That was sent.
solve: send ACK seq=snd.nxt ack=rcv.nxt
```
```play slow
wait 5s
```
```quiz who
[ ] A.
  No.
[x] B.
  Yes.
```
''')

with tempfile.TemporaryDirectory() as directory:
    def lesson(text, name="tiny.md"):
        path = os.path.join(directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(text if isinstance(text, bytes) else text.encode())
        return path

    result = run("lint", lesson(GOOD))
    ok(result.returncode == 0 and not result.stdout and not result.stderr, "a lesson without fault: nothing to say", result.all)

    def finds(old, new, place, words, name):
        """GOOD with OLD made NEW is found wrong at PLACE, with WORDS; and only there."""
        text = GOOD.replace(old, new)
        assert text != GOOD
        path = lesson(text)
        result = run("lint", path)
        found = re.findall(r"^(\S+:\d+:\d+): ", result.stderr, re.M)
        ok(result.returncode in (1, 2) and found == [f"{path}:{place}"] and words in result.stderr, name, found, result.all)

    finds("goal: sent ACK seq=snd.nxt ack=rcv.nxt\ngoal: peer ESTABLISHED", "goal: you ESTABLISHED", "10:1", "before the reader",
          "a goal already met")
    finds("goal: peer ESTABLISHED", "goal: peer ESTABLISHED\ngoal: you CLOSED", "13:1", "does not reach this goal: you CLOSED",
          "a solution that does not reach its goal")
    finds("solve: ", "solve: send RST seq=snd.nxt ack=rcv.nxt\n  ", "17:8", "this meets no goal", "a command of the solution that leads nowhere")
    finds("hint: Count.\n", "", "10:1", "no hint", "a missing hint")
    finds("by:  send SYN seq=iss ack=0", "by:  send PSH seq=1 ack=1", "14:1", "does not trigger it", "a wrong turn that its by: does not take")
    finds("by:  send SYN seq=iss ack=0", "by:  send SYN seq=iss", "14:1", "ack= yourself", "a by: that is refused in a step by hand")
    finds("wrong: sent SYN", "wrong: peer ESTABLISHED\n  by: send ACK seq=iss ack=0\n  say: s\nwrong: sent SYN", "14:1",
          "does not trigger it", "of two, the one that is wrong")
    finds("send SYN; expect", "sned SYN; expect", "8:1", "sned", "an unknown command")
    finds("3.6.1", "3.6.2", "4:43", "no section 3.6.2", "a section there is not")
    finds("section 3.5", "section 9.5", "4:26", "no section 9.5", "another")
    finds("synced.rst.in-window", "synced.rst.in-widow", "4:86", "no rule is called", "a rule there is not")
    finds("quiz who", "quiz ack", "22:1", "two steps are called", "two steps with one id")
    path = lesson(GOOD.encode().replace(b"Count", b"Co\xffnt"))
    result = run("lint", path)
    ok(result.returncode == 2 and f"{path}:13:9: " in result.stderr and "UTF-8" in result.stderr, "bad UTF-8", result.all)
    finds("  Yes.\n```\n", "  Yes.\n", "22:1", "never closed", "a block left open")
    finds("  Yes.\n", "", "25:1", "not explained", "an answer without a word of explanation")
    finds("play slow", "play", "19:1", "5s of real time", "what takes long and is not marked slow")
    finds("```quiz who", "```try late\ngoal: sent FIN,ACK\nhint: h\nsolve: send FIN,ACK\n```\n```quiz who", "22:1",
          "behind a real wait", "a try behind a real wait without a setup")
    finds("Words, RFC", "<!-- interview step=what Why? -->\nWords, RFC", "4:1", "no step `what`", "an interview's question without its step")
    finds("Words, RFC", "<!-- interview step=who -->\nWords, RFC", "4:1", "question is missing", "a step without its question")
    finds("id=tiny", "id=tiny after=none", "2:1", "no such lesson", "a prerequisite there is not")
    path = lesson(GOOD.replace("id=tiny", "id=small"), "d/tiny.md")
    result = run("lint", env={"TCPTUTOR_LESSONS": os.path.join(directory, "d")})
    ok(result.returncode == 1 and f"{path}:2:1: " in result.stderr and "small.md" in result.stderr,
       "a lesson that its id would not find", result.all)
    equal(run("lint", path).returncode, 0, "which is no fault of one given by its path")
    for name in ("my-own.md", "Other"):
        path = os.path.join(directory, name)
        result = run("learn", "--new", path)
        ok(result.returncode == 0 and path in result.stdout, f"learn --new {name}", result.all)
        result = run("lint", path)
        ok(result.returncode == 0 and not result.stderr, "writes a lesson that has no fault", result.all)
    equal(run("--wire", "model", "check", os.path.join(directory, "my-own.md")).returncode, 0, "and that can be taken")
    equal(run("learn", "--new", path).returncode, 2, "but never over a file that is there")

    a, b = lesson(GOOD, "a/tiny.md"), lesson(GOOD, "b/tiny.md")
    result = run("lint", a, b)
    ok(result.returncode == 1 and re.findall(r"^\S+:\d+:\d+: .*", result.stderr, re.M) == [f"{b}:2:1: {a} is called tiny, too"],
       "two lessons with one id", result.all)

    lesson(GOOD, "c/tiny.md")
    german = GOOD.replace("A title", "Ein Titel").replace("Words, RFC", "Worte, RFC").replace("Count.", "Zaehle.").replace(
        "That was sent.", "War schon.").replace("] A.", "] Nein.")
    path = lesson(german, "c/de/tiny.md")
    result = run("lint", path)
    equal(result.returncode, 0, "a translation with other words", result.all)
    for old, new, place, words, name in (
            ("peer app none", "peer app echo", "6:1", "a command", "a command"),
            ("goal: peer ESTABLISHED", "goal: you ESTABLISHED", "10:1", "a goal:", "a goal"),
            ("by-hand=seq,ack", "by-hand=seq", "10:1", "by-hand=", "by-hand fields"),
            ("[ ] Nein.", "[x] Nein.", "22:1", "which answers are right", "the right answer"),
            ("try ack", "try akc", "10:1", "the step's id", "a step's id"),
            ("```play slow\nwait 5s\n```\n", "", "19:1", "what kind of block", "a block")):
        path = lesson(german.replace(old, new), "c/de/tiny.md")
        result = run("lint", path)
        ok(result.returncode == 1 and f"{path}:{place}: the original" in result.stderr and words in result.stderr,
           f"a translation that differs in {name}", result.all)

result = run("lint", env={"TCPTUTOR_LESSONS": os.path.abspath(os.path.join(SOURCE, "lessons"))})
equal(result.returncode, 0, "the lessons here have no fault", result.all)
done()
