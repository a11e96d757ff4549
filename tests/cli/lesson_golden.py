# SPDX-License-Identifier: GPL-3.0-or-later
"""`play`: every lesson's screens at 80 and 60 columns, on the model, whose numbers a seed repeats.

TCPTUTOR_GOLDEN=write writes them anew: read the difference before you commit it.
"""
import glob
import os

from taplib import SOURCE, done, equal, ok, run

LESSONS = sorted(glob.glob(os.path.join(SOURCE, "lessons", "*.md")))


def screen(lesson, columns):
    name = os.path.basename(lesson)[:-3]
    result = run("--wire", "model", "--seed", "1", "play", lesson,
                 env={"COLUMNS": str(columns), "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"})
    equal(result.returncode, 0, f"{name} at {columns} columns plays to its end", result.stderr, result.stdout[-2000:])
    found = result.stdout.splitlines()
    wide = [line for line in found if len(line) > columns]
    ok(not wide, f"{name}: every line fits {columns} columns", *wide)
    path = os.path.join(SOURCE, "tests", "golden", f"play-{name}-{columns}.txt")
    if os.environ.get("TCPTUTOR_GOLDEN") == "write":
        with open(path, "w", encoding="utf-8") as file:
            file.write(result.stdout)
    with open(path, encoding="utf-8") as file:
        expected = file.read().splitlines()
    different = [f"{n}: found    {f!r}\n{n}: expected {e!r}" for n, (f, e) in
                 enumerate(zip(found + [None] * len(expected), expected + [None] * len(found)), 1) if f != e]
    ok(not different, f"{name}: the screens at {columns} columns", *different[:5])


ok(len(LESSONS) >= 6, "the lessons are found", LESSONS)
for path in LESSONS:
    screen(path, 80)
    screen(path, 60)
done()
