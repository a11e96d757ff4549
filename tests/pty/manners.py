# SPDX-License-Identifier: GPL-3.0-or-later
"""The manners of a good shell: stop and go on, resize, paste, complete, point at what is wrong, remember what was typed."""
import fcntl
import os
import signal
import struct
import tempfile
import termios

import ptylib
from ptylib import CTRL_C, CTRL_P, ENTER, TAB, Terminal
from taplib import PROGRAM, done, equal, need_lab, ok

CTRL_Z = "\x1a"

need_lab()


# A shell with job control, which says when its job has stopped and lets it go on after Enter.
SHELL = '#!/bin/sh\nset -m\n"$TCPTUTOR"\necho STOPPED\nread answer\nfg\n'

with tempfile.TemporaryDirectory() as home:
    shell = os.path.join(home, "shell")
    with open(shell, "w", encoding="utf-8") as file:
        file.write(SHELL)
    os.chmod(shell, 0o755)
    ptylib.PROGRAM = shell
    t = Terminal(env={"XDG_STATE_HOME": home, "TCPTUTOR": PROGRAM})
    t.prompts(r"LISTEN> *$")
    t.type("send SY")
    t.prompts("SY$")
    t.type(CTRL_Z)
    ok(t.shows("STOPPED"), "Ctrl-Z stops it", t.text)
    ok(t.as_it_was, "with the terminal as it was")
    t.type(ENTER)
    ok(t.prompts(r"LISTEN> send SY$"), "going on shows the line begun again", t.text)
    t.type("N" + ENTER)
    ok(t.prompts(r"SYN-RECEIVED>$"), "which can be finished", t.text)
    t.type("quit" + ENTER)
    equal(t.ends(), 0, "and left", t.text)
    t.close()

    ptylib.PROGRAM = PROGRAM
    t = Terminal(env={"XDG_STATE_HOME": home})
    t.prompts(r"LISTEN> *$")
    t.type("send SYN" + ENTER)
    t.prompts(r"SYN-RECEIVED>$")
    t.type("send ACK seq=1 ack=rcv.nxt")
    t.prompts("rcv.nxt$")
    fcntl.ioctl(t.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    t.screen.resize(30, 100)
    t.process.send_signal(signal.SIGWINCH)
    t.settle()
    ok(t.line.endswith("> send ACK seq=1 ack=rcv.nxt"), "a window resized keeps the line", t.text)
    t.type(CTRL_C)
    t.prompts(r">$")

    t.type("\x1b[200~expect SYN,ACK\nsend\nexpect peer ESTABLISHED\x1b[201~")
    t.settle()
    ok(t.text.count("✓ expected") == 0, "what is pasted waits for Enter", t.text)
    t.type(ENTER)
    ok(t.prompts(r"^you ESTABLISHED · peer ESTABLISHED>$"), "several lines pasted are one script", t.text)
    equal(t.text.count("✓ expected"), 2, "all of it has run", t.text)

    t.type("expect peer ESTABLSHED" + ENTER)
    ok(t.shows(r"^ {" + str(len("you ESTABLISHED · peer ESTABLISHED> expect peer ")) + r"}~{10}$"),
       "what is wrong is underlined where it was typed", t.text)
    ok(t.shows(r"did you mean 'ESTABLISHED'\?"), "and the nearest word named", t.text)

    t.type("peer ap" + TAB + "ec" + TAB + "clo" + TAB)
    ok(t.prompts(r"> peer app echo close=eof$"), "Tab completes a peer verb and its arguments", t.text)
    t.type(CTRL_C)
    t.prompts(r">$")
    t.type("send ACK ack=rcv.n" + TAB)
    ok(t.prompts(r"> send ACK ack=rcv.nxt$"), "and a name behind `=`", t.text)
    t.type(CTRL_C)
    t.prompts(r">$")
    t.type("send SYN,A" + TAB)
    ok(t.prompts(r"> send SYN,A") and "ACK" in t.text, "and a flag behind a comma", t.text)
    t.type(CTRL_C)
    t.prompts(r">$")
    t.type("wait 1h; wait 1h" + ENTER)
    t.shows(r" of 3600\.0s")
    t.type(CTRL_C)
    ok(t.prompts(r"ESTABLISHED>$", 20), "Ctrl-C ends the whole line of waits", t.text)
    t.leave()
    equal(t.ends(), 0, "Ctrl-D leaves", t.text)
    t.close()

    path = os.path.join(home, "tcptutor", "history")
    equal(os.stat(path).st_mode & 0o777, 0o600, "the history is its owner's only")
    t = Terminal(env={"XDG_STATE_HOME": home})
    t.prompts(r"LISTEN> *$")
    t.type(CTRL_P)
    ok(t.prompts(r"> wait 1h; wait 1h$"), "the next session remembers what was typed", t.text)
    t.type(CTRL_C)
    t.prompts(r">$")
    t.leave()
    equal(t.ends(), 0, "and ends")
    t.close()

    t = Terminal(env={"XDG_STATE_HOME": "/dev/null/no"})
    t.prompts(r"LISTEN> *$")
    t.type("history" + ENTER)
    ok(t.shows(r"1  history$"), "without a place for the history it is kept in memory", t.text)
    t.leave()
    equal(t.ends(), 0, "and nothing is said of it", t.text)
    t.close()

done()
