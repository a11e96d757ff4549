# SPDX-License-Identifier: GPL-3.0-or-later
"""A lesson taken by typing, from Enter at a fresh start to its end, against the living kernel: with wrong answers, an
interruption, a kill and a resume. The numbers typed are read off the screen."""
import os
import re
import tempfile

from ptylib import CTRL_C, Terminal
from taplib import SOURCE, done, equal, need_lab, ok

need_lab()
state = tempfile.TemporaryDirectory()
ENV = {"XDG_STATE_HOME": state.name, "TCPTUTOR_LESSONS": os.path.abspath(os.path.join(SOURCE, "lessons"))}
PROGRESS = os.path.join(state.name, "tcptutor", "progress")
PAUSE = r"^Enter goes on>$"


def progress():
    try:
        with open(PROGRESS, encoding="ascii") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


def turn_pages(t, most=40):
    """Enter at every pause, up to a step or the end."""
    for _ in range(most):
        t.settle(0.2)
        t.prompts(r">$")  # a wait in real time may be going on
        if not t.line.startswith("Enter "):
            return
        t.type("\r")


def numbers(t):
    """The two ISNs the text has named last."""
    return [int(n) for n in re.findall(r"`(\d+)`", t.text)[-2:]]


t = Terminal("--no-rc", lines=200, env=ENV)
ok(t.shows("New here\\? Enter starts the first lesson\\. 'send SYN' starts without\\."), "who is new is told what Enter does", t.text)
t.prompts(">$")
t.type("\r")
ok(t.shows("^The three-way handshake$") and t.prompts(PAUSE), "Enter begins the first lesson", t.text)
ok("peer accept" not in t.text, "and it pauses before anything is done", t.text)
t.type("\r")
ok(t.shows(r"^Two ends, two states$"), "Enter turns the page", t.text)
turn_pages(t)
ok(t.shows(r"^Your turn\. Write seq= and ack= yourself\.") and "at handshake third" in progress(),
   "the first step is posed, and the place is kept", progress(), t.text)

iss, irs = numbers(t)
t.type("send\r")
ok(t.shows("this segment is yours to forge"), "a bare send is refused in a step by hand", t.text)
t.type(f"send ACK seq={iss + 1} ack={irs}\r")
ok(t.shows("not the last one you got") and t.shows("as it was before the step"), "a wrong turn is explained", t.text)
t.prompts(r"^you ESTABLISHED . peer SYN-RECEIVED>$")
t.type("send ACK seq=")
t.type(CTRL_C)
ok(t.prompts(r"^you ESTABLISHED . peer SYN-RECEIVED>$"), "Ctrl-C gives the line up, and nothing else", t.text)
t.type("hint\r")
ok(t.shows("A SYN uses up one number"), "a hint", t.text)
t.process.kill()
t.process.wait()
t.close()

t = Terminal("--no-rc", "learn", "handshake", lines=200, env=ENV)
ok(t.shows("the lesson goes on where you left it"), "after a kill it goes on where it was", t.text)
turn_pages(t)
ok("Segments 1 and 2" not in t.text and t.prompts(r"^you ESTABLISHED . peer SYN-RECEIVED>$"), "at the same step", t.text)
iss, irs = numbers(t)
t.type(f"send ACK seq={iss + 1} ack={irs + 1}\r")
ok(t.shows("Solved\\.") and t.shows("common mistake"), "solved with numbers of one's own; the afterword is shown", t.text)
ok("solved handshake third" in progress(), "and that is kept at once", progress())

turn_pages(t)
t.prompts(r"^you CLOSED . peer LISTEN>$")
t.type("send SYN seq=5000\r")
t.prompts(r"^you ESTABLISHED . peer SYN-RECEIVED>$")
t.type("send ACK seq=5001\r")
ok(t.until(lambda: "solved handshake whole" in progress()), "one's own way through a step is as good as the lesson's", t.text)

turn_pages(t)
ok(t.prompts(r"^your answer>$"), "a question", t.text)
t.type("five\r")
ok(t.shows("`five` is none of the answers"), "what is no answer is not judged", t.text)
t.type("1\r")
ok(t.shows("Sending is not arriving") and t.prompts(r"^your answer>$"), "a wrong answer is explained", t.text)
t.type("b\r")
ok(t.shows("Right\\.") and t.shows("Each end goes by what it has seen"), "so is the right one", t.text)

turn_pages(t)
ok(t.prompts(r"^you ESTABLISHED . peer SYN-RECEIVED>$"), "a step after a wait in real time", t.text)
iss, irs = numbers(t)
t.settle(1.6)  # meanwhile the kernel repeats its SYN,ACK: out of sight
equal(t.line.rstrip(), "you ESTABLISHED · peer SYN-RECEIVED>", "what happens while one thinks does not disturb", t.text)
t.type(f'send PSH,ACK seq={iss + 1} ack={irs + 1} "hello"\r')
ok(t.until(lambda: "solved handshake cure" in progress()), "and the numbers shown are still good", t.text)
turn_pages(t)
t.type("3\r")
turn_pages(t)
ok(t.shows('This was the lesson "The three-way handshake"\\. You have solved 5 of its 5\\s+steps') and
   "finished handshake" in progress(), "the end, and what has been done", progress(), t.text)
t.type("lesson\r")
ok(t.shows(r"^✓ handshake +The three-way handshake"), "`lesson` ticks it off", t.text)
t.type("\r")
ok(t.shows("^Anatomy of a segment$"), "Enter begins the next", t.text)
t.type("leave\r")
ok(t.shows("You have left the lesson") and t.prompts(r"^you \S+ . peer \S+>$"), "leave leaves it", t.text)
t.type("send SYN\r")
ok(t.shows("this is an active OPEN|SYN seq="), "the prompt is one's own again", t.text)
t.type("quit\r")
ok(t.ends() == 0 and t.as_it_was, "quit, and the terminal is as it was", t.text)
t.close()

t = Terminal("--no-rc", lines=60, env=ENV)
ok(t.shows('Enter goes on with the lesson "Anatomy of a segment"\\.'), "the next start offers the next lesson", t.text)
t.close()
done()
