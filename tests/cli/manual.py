# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual page and the shell's completion say everything there is, and what they say works."""
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile

from taplib import BUILD, PROGRAM, SOURCE, done, equal, need_lab, ok, run

need_lab()

page = run("--dump=man").stdout


def plain(line):
    """A line of man(7) source as the reader sees it."""
    line = re.sub(r"\\f[BIPR]", "", line)
    for roff, seen in (("\\(aq", "'"), ("\\(ga", "`"), ("\\(ha", "^"), ("\\(ti", "~"), ("\\(dq", '"'), ("\\-", "-"),
                       ("\\&", ""), ("\\e", "\\")):
        line = line.replace(roff, seen)
    return line


def section(name):
    return page.partition(f"\n.SH {name}\n")[2].partition("\n.SH ")[0].splitlines()


def items(lines):
    return [plain(lines[i + 1]) for i, line in enumerate(lines[:-1]) if line == ".TP"]


def examples(lines):
    found, inside = [], False
    for line in lines:
        if line == ".EX":
            inside = True
        elif line == ".EE":
            inside = False
        elif inside:
            found.append(plain(line))
    return found


def overview(*args):
    return [line for line in run(*args).stdout.partition("\n\n")[0].splitlines()]


names = [line.split()[0] for line in overview("-c", "help") if line.startswith("  ") and line[2] != " "]
commands = section("COMMANDS")
ok(len(names) > 25, "the overview lists the commands", names)
described = {item.split()[0] for item in items(commands)}
for name in names:
    ok(name in described, f"{name} is in the manual")
    with_usage = run("-c", f"help {name}").stdout
    shown = [line.strip() for line in with_usage.partition("\nExamples:\n")[2].partition("\n\n")[0].splitlines()]
    ok(shown and set(shown) <= set(examples(commands)), f"with the examples of `help {name}`", shown)

options = re.findall(r"^ {2,6}(?:-\w, )?--([\w-]+)", run("--help").stdout, re.MULTILINE)
option_items = " ".join(items(section("OPTIONS")))
ok(len(options) > 8, "--help lists the options", options)
for option in options:
    ok(f"--{option}" in option_items, f"--{option} is in the manual")

def source(*path):
    with open(os.path.join(SOURCE, "engine", *path), encoding="utf-8") as file:
        return file.read()


told = section("JSON OUTPUT")
below = next(i for i, line in enumerate(told) if line.startswith("Keys of"))
keys_told, args_told = told[:below], told[below:]
printed = set(re.findall(r'put\(\w+, "(\w+)"', source("view", "json.c")))
equal({item.split()[0] for item in items(keys_told)}, printed, "every key of --json is in the manual")
facts = source("trace", "message.h").partition("#define FACTS(X)")[2].partition("enum fact_id")[0]
args = set(re.findall(r'put\(args, "(\w+)"', source("view", "json_args.c"))) | set(re.findall(r'X\(\w+, "(\w+)"', facts)) - {"verb"}
equal({item.split()[0] for item in items(args_told)}, args, "and every argument")
lines = run("--json", "-c", "send SYN; expect SYN,ACK; why; send; send ACK ack=+1; peer status; peer send x; peer close; "
            "set msl 2m; state; expect RST").stdout
objects = [json.loads(line) for line in lines.splitlines()]
keys = {key for o in objects for key in o}
ok(keys <= printed and {"t", "event", "flags", "why"} <= keys, "and no other is printed", keys - printed)
used = {key for o in objects for key in o.get("args") or {}}
ok(used <= args and {"outcome", "answer", "flags", "octets", "retransmits", "value", "pattern"} <= used, "nor argument", used)
ok(all(set(o) >= {"code", "args"} for o in objects if "text" in o), "where there are words, there are facts")

environment = " ".join(items(section("ENVIRONMENT")))
for path in glob.glob(os.path.join(SOURCE, "cli", "*.c")):
    with open(path, encoding="utf-8") as file:
        for name in re.findall(r'getenv\("(\w+)"\)', file.read()):
            ok(name in environment, f"{os.path.basename(path)} reads {name}, which is in the manual", environment)
equal(sorted(item.split()[0] for item in items(section("EXIT STATUS"))), ["0", "1", "2", "3"], "so are the exit statuses")

with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for script in examples(commands):
        result = run("--wire", "model", "--profile", "linux", "-c", script)
        equal(result.returncode, 0, f"on the model: {script}", result.all)
    os.symlink(PROGRAM, os.path.join(folder, "tcptutor"))
    shell = examples(section("EXAMPLES"))
    ok(len(shell) > 2, "there are examples for the shell", shell)
    for line in shell:
        result = subprocess.run(["sh", "-c", line], env={**os.environ, "PATH": folder + ":" + os.environ["PATH"]},
                                capture_output=True, text=True, timeout=60, check=False)
        equal(result.returncode, 0, line, result.stdout, result.stderr)

    if shutil.which("man") and shutil.which("groff"):
        path = os.path.join(folder, "tcptutor.1")
        with open(path, "w", encoding="utf-8") as file:
            file.write(page)
        for columns in 60, 80, 120:
            result = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", path], capture_output=True,
                                    text=True, env={**os.environ, "MANWIDTH": str(columns)}, check=False)
            equal(result.stderr, "", f"man has nothing to say against it at {columns} columns")
        ok("tcptutor - forge TCP segments by hand" in result.stdout, "and shows it", result.stdout[:300])
    else:
        print("# man or groff is missing: the page is not formatted")

    completion = run("--dump=bash-completion").stdout
    with open("completion", "w", encoding="utf-8") as file:
        file.write(completion)

    def completes(*words):
        """What bash offers for the last of WORDS."""
        script = ('source ./completion; COMP_WORDS=(tcptutor "$@"); COMP_CWORD=$#; _tcptutor; '
                  '((${#COMPREPLY[@]})) && printf "%s\\n" "${COMPREPLY[@]}"')
        result = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, text=True, check=False,
                                env={**os.environ, "PATH": folder + ":" + os.environ["PATH"]})
        if result.stderr:
            print("# " + result.stderr)
        return result.stdout.splitlines()

    if shutil.which("bash"):
        offered = {word.rstrip("=") for word in completes("--")}
        equal(offered, {f"--{option}" for option in options}, "bash completes every option")
        equal(set(completes("-c", "")), set(names), "and every command behind -c")
        equal(completes("--wire", "m"), ["model"], "a value of an option")
        equal(completes("--wire", "=", "l"), ["lab"], "behind `=` too, which bash makes a word of its own")
        equal(completes("--color", "=", "a"), ["auto", "always"], "one of an option that may do without")
        with open("two words.tcp", "w", encoding="utf-8"):
            pass
        equal(completes("two"), ["two words.tcp"], "a file with a blank in its name")
        equal(completes("--save", "comp"), ["completion"], "a file an option names")
        ok("handshake" in completes("play", "hand"), "a lesson", completes("play", "hand"))
        equal(completes("doctor", ""), [], "nothing where nothing may follow")
    for kind, name in (("man", "tcptutor.1"), ("bash-completion", os.path.join("completion", "tcptutor"))):
        with open(os.path.join(BUILD, "cli", name), encoding="utf-8") as file:
            ok(file.read() == run(f"--dump={kind}").stdout, f"the build has made {name} of it")

result = run("--dump=nonsense")
ok(result.returncode == 2 and "man" in result.stderr, "there is no other dump", result.all)

done()
