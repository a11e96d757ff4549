# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts in files that run other files: checked as a whole first, told apart in messages, never without end."""
import os
import tempfile

from taplib import done, equal, ok, run


def write(name, text):
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)
    return name


def model(*args, **more):
    return run("--wire", "model", *args, **more)


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    write("open.tcp", "send SYN; expect SYN,ACK\nsend\n")
    result = model("-c", "source open.tcp; expect peer ESTABLISHED")
    equal(result.returncode, 0, "a file's commands run in place of `source`", result.all)
    os.mkdir("a folder")
    write("a folder/b.tcp", "source open.tcp\nclose\n")
    result = model("-c", 'source "a folder/b.tcp"; expect you FIN-WAIT-2')
    equal(result.returncode, 0, "a name with blanks stands between quotes, and a file may source another", result.all)
    result = model("-c", "source ~/open.tcp; expect peer ESTABLISHED", env={"HOME": folder})
    equal(result.returncode, 0, "~/ is the home", result.all)

    write("wrong.tcp", "# fine so far\nsend SYN\nsend SYM\n")
    write("outer.tcp", "send SYN\nsource wrong.tcp\n")
    result = model("outer.tcp")
    equal(result.returncode, 2, "a mistake in it", result.all)
    ok("wrong.tcp:3:6: " in result.stderr and "outer.tcp:" not in result.stderr, "is told once, with its own place",
       result.all)
    equal(result.stdout, "", "before anything is sent")
    write("failing.tcp", "send SYN\n\n  expect RST\n")
    result = model("-c", "source failing.tcp; state")
    equal(result.returncode, 1, "an expectation of it that fails", result.all)
    ok("failing.tcp:3:3: " in result.stderr and result.stderr.count("expected") == 1, "is told once, with its place",
       result.all)
    ok("profile" not in result.stdout, "and ends the outer script too")
    result = model("-c", "set keep-going on; source failing.tcp; state")
    equal(result.returncode, 1, "unless it keeps going,", result.all)
    ok("profile" in result.stdout, "when the rest runs and the status tells all the same", result.all)

    for name, text in (("missing.tcp", None), ("a folder", None), ("me.tcp", "source me.tcp"),
                       ("ping.tcp", "source pong.tcp"), ("pong.tcp", "send SYN\nsource ping.tcp")):
        if text:
            write(name, text + "\n")
        result = model("-c", f'send SYN; source "{name}"', timeout=20)
        equal(result.returncode, 2, f"{name} is refused", result.all)
        equal(result.stdout, "", "before anything is sent", result.all)
    ok("ping.tcp:1:1: pong.tcp sources itself" in result.stderr, "with the place where it would begin anew", result.all)

    for i in range(20):
        write(f"deep{i}.tcp", f"source deep{i + 1}.tcp\n")
    write("deep20.tcp", "send SYN\n")
    result = model("-c", "source deep5.tcp; expect SYN,ACK")
    equal(result.returncode, 0, "sixteen files deep is deep enough", result.all)
    result = model("-c", "source deep4.tcp")
    equal(result.returncode, 2, "seventeen are refused", result.all)
    ok("deep19.tcp:1:1: " in result.stderr, "in their place", result.all)
    write("many.tcp", "source open2.tcp\n" * 200)
    write("open2.tcp", "new; send SYN\n" * 3)
    result = model("many.tcp", timeout=60)
    equal(result.returncode, 0, "the same file may be sourced again and again", result.all[:2000])

    for name in ("x" * 3000, "bad\\x00name", ""):
        result = model("-c", f'source "{name}"')
        equal(result.returncode, 2, f"no file is called {name[:12]!r}", result.all)
    os.mkfifo("pipe")
    result = run("-c", f"source {folder}/pipe", prefix=("sh", "-c", "echo 'help quit' >pipe & exec \"$@\"", "sh"),
                 timeout=20)
    ok("quit: leave" in result.stdout, "a pipe is read when its turn comes", result.all)

    home = os.path.join(folder, "home")
    os.makedirs(os.path.join(home, "tcptutor"))
    write(os.path.join(home, "tcptutor", "rc"), "set names svr4 bsdi\nnonsense\n")
    result = model("-c", "send SYN", env={"XDG_CONFIG_HOME": home})
    ok(result.returncode == 0 and "svr4" not in result.stdout, "a script does not read the rc file", result.all)

done()
