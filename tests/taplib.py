# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the whole program share: TAP, running the program, what it leaves behind.

A test calls ok() for each thing it shows and done() at the end, which prints the plan. A test of the lab
calls need_lab() first: where the lab is refused the whole file is one SKIP, with the program's own reason.
"""
import os
import subprocess
import sys
import time

PROGRAM = os.environ.get("TCPTUTOR", "./tcptutor")
SOURCE = os.environ.get("top_srcdir", ".")
BUILD = os.environ.get("top_builddir", ".")

# Sanitizers, many tests at once and a slow machine stretch time; nothing here asserts speed.
PATIENCE = 60

_count = 0
_failed = 0


def ok(passed, name, *diagnosis):
    """One line of TAP. What else was seen is printed only when it failed."""
    global _count, _failed
    _count += 1
    print(f"{'ok' if passed else 'not ok'} {_count} - {name}", flush=True)
    if not passed:
        _failed += 1
        for text in diagnosis:
            for line in (text if isinstance(text, str) else repr(text)).splitlines() or [""]:
                print(f"#   {line}", flush=True)
    return bool(passed)


def equal(found, expected, name, *diagnosis):
    return ok(found == expected, name, f"found    {found!r}", f"expected {expected!r}", *diagnosis)


def skip(name, reason):
    """A thing that cannot be shown here."""
    global _count
    _count += 1
    print(f"ok {_count} - {name} # SKIP {reason}", flush=True)


def in_vain(what):
    """What was waited for and did not come: a failure, even where nobody asks for the outcome."""
    ok(False, f"waited {PATIENCE} s in vain for {what}")


def done():
    print(f"1..{_count}", flush=True)
    sys.exit(1 if _failed else 0)


def skip_all(reason):
    print(f"1..0 # SKIP {reason}", flush=True)
    sys.exit(0)


def run(*args, text=None, env=None, prefix=(), timeout=PATIENCE):
    """Runs the program to its end; TEXT is its standard input (none: nothing to read)."""
    result = subprocess.run([*prefix, PROGRAM, *args], input=text, stdin=None if text is not None else subprocess.DEVNULL,
                            capture_output=True, env=None if env is None else {**os.environ, **env},
                            timeout=timeout, encoding="utf-8", errors="backslashreplace")
    result.all = f"exit status {result.returncode}\n{result.stdout}{result.stderr}"
    return result


def need_lab():
    result = run("-c", "state")
    if result.returncode == 3:
        skip_all((result.stderr.strip().splitlines() or ["the lab is refused here"])[0])


def emulated():
    """Whether the processor is made of software: then time means little here, but that nothing comes early."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return "QEMU TCG" in file.read()


def session_members(leader):
    """Living processes of the session LEADER began: whatever it forked, whoever the parent is now."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                state, _, _, session = file.read().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(session) == leader and state != "Z":
            found.append(int(pid))
    return found


def eventually(condition, seconds=PATIENCE):
    """Whether CONDITION() comes true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def interfaces():
    return sorted(os.listdir("/sys/class/net"))
