# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast it is, beside what it could be held against, measured by turns in one run: medians and ratios.

A turn is short, and whatever else the machine does falls on all who take part in it: a ratio is the median over the
turns of the ratio in a turn. Prints a table and asserts nothing: how fast a machine is is not ours to judge.
BENCH_TURNS (default 25) says how many turns there are.
"""
import fcntl
import os
import pty
import re
import select
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

BUILD = os.environ.get("top_builddir", ".")
SOURCE = os.environ.get("top_srcdir", ".")
PROGRAM = os.path.join(BUILD, "tcptutor")
TURNS = max(1, int(os.environ.get("BENCH_TURNS", "25")))
ONE_SHOT = "send SYN; expect S."
SCAPY = ("from scapy.all import IP, TCP, conf, sr1\n"
         "from scapy.supersocket import L3RawSocket\n"
         "conf.verb = 0; conf.L3socket = L3RawSocket\n"
         "sr1(IP(dst='127.0.0.1') / TCP(dport=9, flags='S'), timeout=2, iface='lo')\n")
HOME = tempfile.TemporaryDirectory()  # nobody's own settings, and nobody's own history
os.environ.update({"TCPTUTOR_LESSONS": os.path.join(SOURCE, "lessons"), "LC_ALL": "C.UTF-8", "TERM": "xterm-256color",
                   "HOME": HOME.name})
for name in [name for name in os.environ if name.startswith("XDG_")] + ["NO_COLOR", "INPUTRC", "COLUMNS", "LINES"]:
    os.environ.pop(name, None)


class Unavailable(Exception):
    pass


class Contestant:
    """One that does rounds when told to, and remembers how long each took, in seconds."""
    at_most = None  # turns it takes part in; None: all

    def __init__(self):
        self.turns = []  # the times of each
        self.why_not = None

    def turn(self):
        try:
            if not self.why_not and (self.at_most is None or len(self.turns) < self.at_most):
                self.turns.append(self.rounds())
        except (Unavailable, OSError) as error:
            self.why_not = str(error)

    @property
    def times(self):
        return [] if self.why_not else [took for turn in self.turns for took in turn]

    @property
    def median(self):
        return statistics.median(self.times) if self.times else None

    def beside(self, other):
        """The ratio to the other; None where there is none."""
        if other is None or self.median is None or other.median is None:
            return None
        return statistics.median(statistics.median(mine) / statistics.median(theirs)
                                 for mine, theirs in zip(self.turns, other.turns))

    def rounds(self):
        raise NotImplementedError

    def end(self):
        pass


class Turns(Contestant):
    """A program of tests/bench, which speaks as turns.h says."""

    def __init__(self, program, argument, count):
        super().__init__()
        self.count = count
        self.process = subprocess.Popen([os.path.join(BUILD, "tests", "bench", program), argument], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def rounds(self):
        try:
            self.process.stdin.write(f"{self.count}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.process.stdout.readline()
        if not line.endswith("\n"):
            raise Unavailable(self.process.stderr.read().strip())
        return [int(word) * 1e-9 for word in line.split()]

    def end(self):
        self.process.communicate()


class Process(Contestant):
    """A whole process, from fork to exit."""

    def __init__(self, *command, at_most=None):
        super().__init__()
        self.command = command
        self.at_most = at_most
        self.output = ""
        if not shutil.which(command[0]):
            self.why_not = f"{command[0]} is not there"

    def rounds(self):
        began = time.perf_counter()
        done = subprocess.run(self.command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        took = time.perf_counter() - began
        self.output = done.stdout
        if done.returncode != 0:
            raise Unavailable((done.stderr or done.stdout).strip().split("\n")[-1] or f"exit status {done.returncode}")
        return [took]


class Terminal(Contestant):
    """The program at a terminal: from the Enter that ends `send SYN` to the prompt that follows."""

    def __init__(self, count):
        super().__init__()
        self.count = count
        self.process, self.master = pty.fork()
        if self.process == 0:
            os.execv(PROGRAM, [PROGRAM, "--wire", "lab"])
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.began = False

    def until(self, ending, sent=""):
        """Reads until what is shown ends like ENDING; the time since SENT was typed."""
        shown = b""
        began = time.perf_counter()
        os.write(self.master, sent.encode())
        while True:
            if not select.select([self.master], [], [], 10)[0]:
                raise Unavailable("the prompt does not come")
            shown += os.read(self.master, 65536)
            plain = re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]|[\r\x01\x02]", b"", shown).decode(errors="ignore")
            if re.search(ending + r" ?\Z", plain):
                return time.perf_counter() - began

    def rounds(self):
        if not self.began:
            self.until("LISTEN>")
            self.began = True
        times = []
        for _ in range(self.count):
            self.until("send SYN", "send SYN")
            times.append(self.until("SYN-RECEIVED>", "\r"))
            self.until("(LISTEN|CLOSED)>", "send RST\r")
        return times

    def end(self):
        os.close(self.master)
        os.waitpid(self.process, 0)


class Fidelity(Process):
    """How long the driver needs for a segment, by its own account."""
    at_most = 3

    def __init__(self):
        super().__init__(os.path.join(BUILD, "tests", "fidelity", "fidelity"), "N=20000", at_most=self.at_most)

    def rounds(self):
        super().rounds()
        return [1 / float(re.search(r"segments, (\d+) a second", self.output).group(1))]


def scapy():
    contestant = Process("/usr/bin/python3", "-c", SCAPY, at_most=max(3, TURNS // 8))
    if subprocess.run(["/usr/bin/python3", "-c", "import scapy"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        contestant.why_not = "python3-scapy is not installed"
    elif os.geteuid() != 0:
        contestant.why_not = "scapy's raw sockets need root"
    return contestant


def duration(seconds):
    for unit, scale in (("ns", 1e9), ("µs", 1e6), ("ms", 1e3)):
        if seconds * scale < 1000:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds:.3g} s"


def rate(seconds):
    each = 1 / seconds
    return f"{each / 1e6:.3g} million/s" if each >= 1e6 else f"{each:,.0f}/s"


ARRIVALS = 100000  # in a batch of tests/bench/arrives
exchange, enter = Turns("exchange", "exchange", 20), Turns("exchange", "enter", 20)
bare, bare_state = Turns("bare", "exchange", 20), Turns("bare", "state", 20)
ack, text = Turns("arrives", "ack", 10), Turns("arrives", "text", 10)
terminal, one_shot = Terminal(4), Process(PROGRAM, "-c", ONE_SHOT)
true, unshare = Process("true"), Process("unshare", "-Urn", "unshare", "-n", "true")
scapys, fidelity = scapy(), Fidelity()
curriculum = Process(PROGRAM, "--wire", "model", "check")
everybody = [bare, exchange, bare_state, enter, ack, text, terminal, one_shot, true, unshare, scapys, fidelity, curriculum]
for _ in range(TURNS):
    for contestant in everybody:
        contestant.turn()
for contestant in everybody:
    contestant.end()

# what, whose figure, how it is shown and per how many, beside whom, the goal: a ratio to the one beside, or a time.
ROWS = [
    ("SYN to SYN,ACK, shadows moved, kernel asked", exchange, duration, 1, bare, "bare sockets, SYN to SYN,ACK", 3, None),
    ("", exchange, duration, 1, bare_state, "bare sockets, kernel asked too", None, None),
    ("the same from the line to its text", enter, duration, 1, bare, "bare sockets, SYN to SYN,ACK", None, 1e-3),
    ("Enter to the next prompt, at a terminal", terminal, duration, 1, None, "", None, 1e-3),
    (f"tcptutor -c '{ONE_SHOT}'", one_shot, duration, 1, scapys, "python3, scapy's sr1", 0.1, 40e-3),
    ("", one_shot, duration, 1, unshare, "unshare(1) twice", None, None),
    ("", one_shot, duration, 1, true, "true(1)", None, None),
    ("the whole curriculum on the model", curriculum, duration, 1, None, "", None, 1),
    ("SEGMENT ARRIVES in ESTABLISHED, bare ACK", ack, rate, ARRIVALS, None, "", None, 1e-7),
    ("SEGMENT ARRIVES in ESTABLISHED, text", text, rate, ARRIVALS, None, "", None, 1e-7),
    ("fidelity: segments to the kernel and judged", fidelity, rate, 1, None, "", None, 1e-4),
]


def goal_of(shown, ratio_goal, time_goal):
    goals = []
    if time_goal:
        goals.append(f"≤ {duration(time_goal)}" if shown is duration else f"≥ {rate(time_goal)}")
    if ratio_goal:
        goals.append(f"≤ {ratio_goal:g} ×")
    return ", ".join(goals)


table = [("", "this run", "beside", "", "ratio", "goal", "")]
for what, who, shown, per, beside, name, ratio_goal, time_goal in ROWS:
    mine, ratio = who.median, who.beside(beside)
    goal = goal_of(shown, ratio_goal, time_goal)
    if mine is None:
        table.append((what, "-", who.why_not or "not measured", "", "", goal, ""))
        continue
    mine /= per
    best = rate(min(who.times) / per) if shown is rate else ""
    missed = (time_goal and mine > time_goal) or (ratio_goal and ratio and ratio > ratio_goal)
    table.append((what, shown(mine), beside.why_not if beside and not ratio else name or (best and "its fastest"),
                  duration(beside.median) if ratio else best, f"{ratio:.3g} ×" if ratio else "", goal,
                  "missed" if missed else ""))
widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
print(f"medians over {TURNS} turns")
for row in table:
    cells = [cell.rjust(width) if i in (1, 3, 4) else cell.ljust(width) for i, (cell, width) in enumerate(zip(row, widths))]
    sys.stdout.buffer.write(("  ".join(cells).rstrip() + "\n").encode())
    sys.stdout.flush()
