# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example that `help` gives runs as it stands, each in a fresh session, and every command has one."""
import os
import tempfile

import taplib
from taplib import done, equal, need_lab, ok, run

need_lab()
taplib.PROGRAM = os.path.abspath(taplib.PROGRAM)
here = tempfile.TemporaryDirectory()
os.chdir(here.name)  # an example may save a file


def commands():
    """The names in the overview, which ends with a blank line."""
    overview = run("-c", "help").stdout.partition("\n\n")[0]
    return [line.split()[0] for line in overview.splitlines() if line.startswith("  ") and line[2] != " "]


def examples(command):
    text = run("-c", f"help {command}").stdout.partition("\nExamples:\n")[2].partition("\n\n")[0]
    return [line.strip() for line in text.splitlines()]


names = commands()
ok({"send", "expect", "quit"} <= set(names), "the overview lists the commands", names)
for name in names:
    found = examples(name)
    ok(found, f"{name} has examples")
    for script in found:
        result = run("-c", script)
        equal(result.returncode, 0, script, result.all)

settings = run("-c", "set").stdout.splitlines()
ok(len(settings) > 5 and all(len(line.split()) >= 2 for line in settings), "every setting has a value", settings)

os.chdir("/")
here.cleanup()
done()
