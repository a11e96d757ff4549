# SPDX-License-Identifier: GPL-3.0-or-later
"""What README.md shows is what happens: its screen, its commands, its script, its lesson.

Numbers differ from run to run, and with them the length of the arrows. TCPTUTOR_GOLDEN=write puts this
run's screen into README.md: read the difference before you commit it.
"""
import os
import re
import shlex
import tempfile

import taplib
from ptylib import ENTER, Terminal
from taplib import SOURCE, done, equal, need_lab, ok, run

need_lab()

README = os.path.join(SOURCE, "README.md")
with open(README, encoding="utf-8") as file:
    text = file.read()

fences = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
screen = next(body for language, body in fences if not language)


def alike(shown):
    """SHOWN without what differs from run to run: numbers, where lines break because of them, the fields that only
    short numbers leave room for; and a SYN,ACK repeated because we were slow."""
    lines = [line for line in shown.splitlines() if " again " not in line]
    text = re.sub(r"\d+", "N", " ".join(lines))
    return re.sub(r"[─\s]+", " ", re.sub(r" (win|mss)=N", "", text)).strip()


def replay(commands):
    t = Terminal(lines=100, env={"NO_COLOR": "1"})
    t.prompts(r"LISTEN> *$")
    for command in commands:
        t.type(command + ENTER)
        t.until(lambda: t.line.endswith(">") and t.text.count("> " + command + "\n"))
        t.settle(0.05)
    shown = t.text.rsplit("\n", 1)[0] + "\n"
    t.leave()
    t.ends()
    t.close()
    return shown


commands = re.findall(r"^you .*> (.+)$", screen, re.MULTILINE)
shown = replay(commands)
if os.environ.get("TCPTUTOR_GOLDEN") == "write":
    with open(README, "w", encoding="utf-8") as file:
        file.write(text.replace(screen, shown, 1))
    screen = shown
ok(commands, "the screen has commands")
equal(alike(shown), alike(screen), "the screen is what these commands show", shown)
ok(all(len(line) <= 80 for line in screen.splitlines()), "in 80 columns")

indented = re.findall(r"((?:^ {4}.+\n)+)", text, re.MULTILINE)
script = next(block for block in indented if block.startswith("    send "))
script = "".join(re.split(r"\s{2,}", line.strip())[0] + "\n" for line in script.splitlines())
taplib.PROGRAM = os.path.abspath(taplib.PROGRAM)
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)  # it saves a file
    result = run("-", text=script)
    equal(result.returncode, 0, "its session runs as a script", script, result.all)
    ok(os.listdir() == ["hello.html"], "and saves what it says", os.listdir())
    os.chdir("/")

one_liners = [line.strip() for block in indented for line in block.splitlines() if " -c '" in line]
ok(one_liners, "it has one-liners")
for line in one_liners:
    result = run(*shlex.split(line.split(" | ")[0])[1:])
    equal(result.returncode, 0, line, result.all)

lesson = next(block for block in re.findall(r"((?:^(?: {4}.*)?\n)+)", text, re.MULTILINE) if "<!-- lesson" in block)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "readme.md")
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(line[4:] for line in lesson.strip("\n").splitlines(keepends=True)))
    result = run("check", path)
    equal(result.returncode, 0, "its lesson holds", result.all)

done()
