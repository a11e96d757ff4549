# SPDX-License-Identifier: GPL-3.0-or-later
"""measured.py FILE FIRED...: notes in FILE (engine/tcp/measured.def) what the fidelity driver has written to FIRED: the
kernel, then the rows of Linux's, marked `fired` where they fired and the kernel agreed, `never` where they are not of this
kernel. What FILE tells already stays, but for these and for rows that the table has no more."""
import re
import sys


def numbers(version):
    return tuple(int(n) for n in version.split("."))


def read(path):
    kernels, rows = {}, {}
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for n in re.findall(r"^MEASURED_KERNEL\((\d+), (\d+), (\d+)\)", text, re.MULTILINE):
        kernels[".".join(n[:2])] = ".".join(n)
    for name, lines in re.findall(r'^MEASURED_ROW\("([^"]+)", "([^"]*)"\)', text, re.MULTILINE):
        rows[name] = set(lines.split())
    return kernels, rows


def note(fired, kernels, rows):
    """The first line is the kernel, the others are rows in the table's order, marked."""
    with open(fired, encoding="utf-8") as file:
        lines = file.read().splitlines()
    version = lines[0].split()[1]
    line = ".".join(version.split(".")[:2])
    kernels[line] = version
    order = []
    for mark, name in (entry.split() for entry in lines[1:]):
        order.append(name)
        if mark == "fired":
            rows.setdefault(name, set()).add(line)
        if mark == "never":
            rows.get(name, set()).discard(line)
    return order


def write(path, kernels, rows, order):
    with open(path, "w", encoding="utf-8") as file:
        file.write("/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
                   "/* Written by tests/kernels/measured.py: which rows of Linux's have fired in the fidelity "
                   "driver, and\n   under which kernels these agreed. */\n")
        for line in sorted(kernels, key=numbers):
            file.write(f"MEASURED_KERNEL({kernels[line].replace('.', ', ')})\n")
        for name in order:
            if rows.get(name):
                file.write(f'MEASURED_ROW("{name}", "{" ".join(sorted(rows[name], key=numbers))}")\n')


def main():
    path, *fired = sys.argv[1:]
    kernels, rows = read(path)
    order = []
    for name in fired:
        order = note(name, kernels, rows)
    write(path, kernels, rows, order)
    print(f"{path}: rows measured on {', '.join(kernels[k] for k in sorted(kernels, key=numbers))}")


main()
