# SPDX-License-Identifier: GPL-3.0-or-later
"""The program in a terminal of 80 columns and 24 lines: type, wait, read the screen."""
import fcntl
import os
import re
import select
import struct
import subprocess
import termios
import time

from taplib import PATIENCE, PROGRAM, in_vain, skip_all

try:
    import pyte
except ImportError:
    skip_all("python3's pyte, which reads the screen, is missing")

CTRL_C, CTRL_D, CTRL_P, ENTER, TAB = "\x03", "\x04", "\x10", "\r", "\t"


class Terminal:
    def __init__(self, *args, columns=80, lines=24, env=None):
        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.settings_before = termios.tcgetattr(self.slave)
        self.screen = pyte.Screen(columns, lines)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.process = subprocess.Popen([PROGRAM, *args], stdin=self.slave, stdout=self.slave, stderr=self.slave,
                                        env={**os.environ, **(env or {})}, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))

    def read(self, seconds=0.0):
        """Takes in what the program has written, waiting at most SECONDS for the first of it."""
        while select.select([self.master], [], [], seconds)[0]:
            octets = os.read(self.master, 65536)
            self.raw += octets
            self.stream.feed(octets)
            seconds = 0

    def type(self, text):
        os.write(self.master, text.encode())

    @property
    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip("\n")

    @property
    def line(self):
        """The line the cursor is in."""
        return self.screen.display[self.screen.cursor.y].rstrip()

    def until(self, condition, what="it", seconds=PATIENCE):
        """Waits until CONDITION() holds for what the screen shows; says whether it came to hold."""
        end = time.monotonic() + seconds
        while True:
            self.read(0.02)
            if condition():
                return True
            if time.monotonic() > end:
                if seconds == PATIENCE:
                    in_vain(what)
                return False

    def shows(self, pattern, seconds=PATIENCE):
        return self.until(lambda: re.search(pattern, self.text, re.MULTILINE), pattern, seconds)

    def prompts(self, pattern, seconds=PATIENCE):
        """Waits until the cursor stands in a line like PATTERN."""
        return self.until(lambda: re.search(pattern, self.line), pattern, seconds)

    def settle(self, seconds=0.3):
        """Waits until nothing has been written for SECONDS; not for ever, since a wait's bar never rests."""
        size, end = -1, time.monotonic() + 10 * seconds
        while size != len(self.raw) and time.monotonic() < end:
            size = len(self.raw)
            self.read(seconds)

    def ends(self, seconds=PATIENCE):
        """Waits for the program's end; its status, or None if it goes on."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.02)
        self.read()
        if self.process.poll() is None and seconds == PATIENCE:
            in_vain("the program's end")
        return self.process.poll()

    def leave(self):
        """Ctrl-D, until it counts: typed while a command's output is still coming it ends nothing, as in a shell."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < end:
            self.type(CTRL_D)
            self.until(lambda: self.process.poll() is not None, seconds=1)

    @property
    def as_it_was(self):
        """Whether the terminal is set as before, bracketed paste and cursor included."""
        return (termios.tcgetattr(self.slave) == self.settings_before
                and self.raw.rfind(b"\x1b[?2004h") <= self.raw.rfind(b"\x1b[?2004l")
                and self.raw.rfind(b"\x1b[?25l") <= self.raw.rfind(b"\x1b[?25h"))

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)
