# SPDX-License-Identifier: GPL-3.0-or-later
"""Several sessions share one history: nobody's lines are lost, and the file does not grow for ever."""
import os
import re
import tempfile

from ptylib import CTRL_C, CTRL_P, ENTER, TAB, Terminal
from taplib import done, equal, ok


def begin(home):
    t = Terminal("--wire", "model", env={"XDG_STATE_HOME": home})
    t.prompts(r"LISTEN> *$")
    return t


def leave(*terminals):
    statuses = []
    for t in terminals:
        t.type(CTRL_C)
        t.settle(0.1)
        t.prompts("> *$")
        t.leave()
        statuses.append(t.ends())
        t.close()
    return statuses


def lines(path):
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


with tempfile.TemporaryDirectory() as home:
    path = os.path.join(home, "tcptutor", "history")
    one, two = begin(home), begin(home)
    for t, name in ((one, "one"), (two, "two"), (one, "one again")):
        t.type(f"help # {name}" + ENTER)
        t.shows("Tab completes", 20)
        t.settle()
    equal(lines(path), ["help # one", "help # two", "help # one again"], "both sessions' lines are kept as they come")
    one.type(CTRL_P + CTRL_P)
    ok(one.prompts(r"> help # one$"), "in a session its own lines come first", one.text)
    one.process.kill()
    one.process.wait()
    one.close()
    equal(leave(two), [0], "a session that is killed loses nothing of the other's")
    three = begin(home)
    three.type(CTRL_P + CTRL_P)
    ok(three.prompts(r"> help # two$"), "the next session has them all", three.text)
    leave(three)
    equal(len(lines(path)), 3, "and adds nothing by itself")

    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"help # old {i}\n" for i in range(2500))
    many = [begin(home) for _ in range(5)]
    for i in range(4):
        for k, t in enumerate(many):
            t.type(f"help # {k} {i}" + ENTER)
    for t in many:
        t.settle()
    equal(leave(*many), [0] * 5, "five sessions at once")
    kept = lines(path)
    equal(sorted(line for line in kept if "old" not in line), sorted(f"help # {k} {i}" for k in range(5) for i in range(4)),
          "keep every line of each")
    ok(len(kept) <= 1020 and "help # old 2499" in kept, "though the file was cut short meanwhile", len(kept))
    equal(os.stat(path).st_mode & 0o777, 0o600, "which stays its owner's only")
    equal(os.listdir(os.path.dirname(path)), ["history"], "and leaves nothing beside it")

    # Neither what stands in the file nor what files are called reaches the terminal as it is.
    BAD = ("\x9b31m", "\u202e", "\u200b", "\x85")
    with open(path, "wb") as file:
        file.write("".join(f"help # {i} {bad} #\n" for i, bad in enumerate(BAD)).encode() + b"help # raw \x9b31m\n")
    here = os.getcwd()
    os.chdir(home)
    for name in ("bad\u202ename one", "bad\u202ename two", "bad\x9bname", "bad\nname", "good-ä"):
        with open(name, "w", encoding="utf-8"):
            pass
    t = Terminal("--wire", "model", env={"XDG_STATE_HOME": home, "LC_ALL": "C.UTF-8"})
    t.prompts(r"LISTEN> *$")
    t.type(CTRL_P)
    ok(t.prompts(r"> help # raw \\x9B31m$"), "an octet of the history that is no text is shown", t.text)
    for i, seen in ((3, "0085"), (2, "200B"), (1, "202E"), (0, "009B")):
        t.type(CTRL_P)
        ok(t.prompts("> " + re.escape(f"help # {i} \\u{{{seen}}}")), f"so is {seen}", t.text)
    t.type(CTRL_C)
    t.prompts(r"LISTEN>$")
    t.type("\x1b[200~help # \u202epasted\x1b[201~")
    ok(t.prompts(r"> help # \\u{202E}pasted$"), "so is what is pasted", t.text)
    t.type(CTRL_C)
    t.prompts(r"LISTEN>$")
    t.type("source bad" + TAB + TAB + TAB)
    ok(t.shows(r"bad\\u{009B}name") and t.shows(r"bad\\u{202E}name one") and t.shows(r"bad\\nname"),
       "names of files that Tab lists are", t.text)
    t.type("u{2" + TAB)
    ok(t.prompts(r"> source bad\\u{202E}name"), "and those it completes", t.text)
    t.type(CTRL_C)
    t.prompts(r"LISTEN>$")
    t.type("source good" + TAB)
    ok(t.prompts(r"> source good-ä"), "and others are as they are", t.text)
    equal([bad for bad in (*BAD, "\u009b") if bad.encode() in t.raw], [], "nothing of it has been written raw")
    equal(re.findall(rb"[^\xc2-\xf4\x80-\xbf][\x80-\xbf]", t.raw), [], "nor an octet that is no text")
    equal(leave(t), [0], "and it ends")
    os.chdir(here)

    os.remove(path)
    os.mkdir(path)
    t = begin(home)
    t.type("help quit" + ENTER)
    ok(t.shows("leave"), "a history that cannot be written is no reason to fail", t.text)
    equal(leave(t), [0], "nor to say anything")

done()
