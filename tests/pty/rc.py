# SPDX-License-Identifier: GPL-3.0-or-later
"""The rc file: read when a session at the prompt begins; missing it is fine, a wrong one is told and no more."""
import os
import tempfile

from ptylib import ENTER, TAB, Terminal
from taplib import done, equal, ok


def session(*args, **env):
    t = Terminal("--wire", "model", *args, env=env)
    t.prompts(r"> *$")
    return t


def leave(t):
    t.leave()
    status = t.ends()
    t.close()
    return status


with tempfile.TemporaryDirectory() as home:
    t = session(XDG_CONFIG_HOME=home)
    ok(t.text.startswith("tcptutor "), "without one nothing is said", t.text)
    equal(leave(t), 0, "and nothing fails", t.text)

    os.mkdir(os.path.join(home, "tcptutor"))
    rc = os.path.join(home, "tcptutor", "rc")
    with open(rc, "w", encoding="utf-8") as file:
        file.write("# how I like it\nset names svr4 bsdi\nset explain off\n")
    t = session(XDG_CONFIG_HOME=home)
    ok(t.shows(r"^  svr4  10\.9\.0\.1"), "it works before the greeting", t.text)
    ok(t.prompts(r"^svr4 CLOSED · bsdi LISTEN>$"), "and at the prompt", t.text)
    leave(t)
    t = session("--no-rc", XDG_CONFIG_HOME=home)
    ok(t.prompts(r"^you CLOSED · peer LISTEN>$"), "--no-rc leaves it alone", t.text)
    leave(t)
    os.makedirs(os.path.join(home, ".config"))
    os.rename(os.path.join(home, "tcptutor"), os.path.join(home, ".config", "tcptutor"))
    t = session(HOME=home, XDG_CONFIG_HOME="")
    ok(t.prompts(r"^svr4 CLOSED"), "without XDG_CONFIG_HOME it is below ~/.config", t.text)
    leave(t)
    rc = os.path.join(home, ".config", "tcptutor", "rc")

    with open(rc, "w", encoding="utf-8") as file:
        file.write("set names svr4 bsdi\nset exlpain off\n")
    t = session(HOME=home)
    ok(t.shows(r"rc:2:5: 'exlpain' is not a setting"), "a wrong one is told with its place", t.text)
    ok(t.shows(r"did you mean 'explain'\?"), "and what may have been meant", t.text)
    ok(t.prompts(r"^you CLOSED"), "nothing of it has run", t.text)
    t.type("send SYN" + ENTER)
    ok(t.shows("SYN-SENT ▶ ESTABLISHED"), "and the session goes on", t.text)
    equal(leave(t), 0, "as if nothing had been", t.text)

    os.remove(rc)
    os.mkdir(rc)
    t = session(HOME=home)
    ok(t.shows(r"cannot read .*rc"), "one that cannot be read is told too", t.text)
    os.rmdir(rc)
    with open(os.path.join(home, "hello.tcp"), "w", encoding="utf-8") as file:
        file.write("send SYN\nexpect SYN,ACK\nexpect RST within 1ms\n")
    t.type(f"source {home}/hel" + TAB)
    ok(t.prompts(r"hello\.tcp$"), "Tab completes the name of a file", t.text)
    t.type(ENTER)
    ok(t.shows(r"hello\.tcp:3:1: "), "and what fails in a file is told with its place", t.text)
    equal(leave(t), 0, "and the session goes on", t.text)

done()
