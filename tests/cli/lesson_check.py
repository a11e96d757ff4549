# SPDX-License-Identifier: GPL-3.0-or-later
"""`check`: lessons as tests; what is said of one that fails, cannot be read, or is hostile."""
import os
import re
import tempfile

from taplib import SOURCE, done, equal, need_lab, ok, run

need_lab()
LESSON = os.path.join(SOURCE, "lessons", "handshake.md")
HEAD = "# A title\n<!-- lesson id=tiny -->\n"
PLAY = HEAD + "```play\nsend SYN; expect SYN,ACK\nexpect you ESTABLISHED\n```\n"

with open(LESSON, encoding="utf-8") as file:
    lines = file.read().splitlines()

result = run("check", LESSON)
equal(result.returncode, 0, "check handshake exits 0", result.all)
tests = [re.fullmatch(r"ok (\d+) - handshake\.md:(\d+) (setup: )?(.+)", line) for line in result.stdout.splitlines()[:-1]]
ok(tests and all(tests), "one line a command, each ok", result.stdout)
equal(result.stdout.splitlines()[-1], f"1..{len(tests)}", "and the plan")
ok(all(m and lines[int(m.group(2)) - 1] == m.group(4) for m in tests), "each names the line of the file it is on")

with tempfile.TemporaryDirectory() as directory:
    def lesson(text, name="tiny.md"):
        path = os.path.join(directory, name)
        with open(path, "wb") as out:
            out.write(text if isinstance(text, bytes) else text.encode())
        return path

    result = run("check", lesson(PLAY), LESSON, lesson(PLAY, "again.md"))
    equal(result.returncode, 0, "several lessons, each in a session of its own", result.all)
    ok("again.md:5 expect you ESTABLISHED\n1.." in result.stdout, "numbered on, with one plan at the end", result.stdout)

    result = run("check", lesson(HEAD + '```play\nsend SYN\n expect RST  # never\nsend "a # b"\n```\n'))
    equal(result.returncode, 1, "a failing expectation exits 1", result.all)
    ok("\nnot ok 2 - tiny.md:5 expect RST\n# " in result.stdout, "says which, and as diagnosis why", result.stdout)
    ok("1 more not run" in result.stdout and result.stdout.endswith("1..2\n"), "counts what was not run", result.stdout)
    result = run("check", lesson(HEAD + '```play\nsend SYN; expect SYN,ACK; send\nsend "a # TODO"\n```\n'))
    ok('send "a \\# TODO"' in result.stdout, "a # begins no directive", result.all)
    result = run("play", os.path.join(directory, "tiny.md"))
    equal(result.returncode, 0, "play runs it as well", result.all)
    path = lesson(HEAD + "Before.\n\n```play\nsend SYN\nexpect RST\n```\nAfter.\n")
    result = run("play", path)
    ok(result.returncode == 1 and f"{path}:7:1: " in result.stderr and "After" not in result.stdout,
       "play stops at what fails and says where", result.all)

    def refused(text, words, name):
        path = lesson(text)
        for verb in ("check", "play"):
            result = run(verb, path)
            ok(result.returncode == 2 and path in result.stderr and words in result.stderr and not result.stdout,
               f"{verb}: {name}", result.all)

    refused(HEAD + "```play\nsend SYN\nsned\n```\n", ":5:1: ", "a wrong command: file:line, nothing is sent")
    refused(HEAD + "```play\nsource /etc/passwd\n```\n", ":4:1: ", "source is refused")
    refused(HEAD + "```play\nsave x.pcap\n```\n", ":4:1: ", "save is refused")
    refused(HEAD + "```setup\nquit\n```\n", ":4:1: ", "quit is refused")
    refused(HEAD + "```setup\npeer set ../x 1\n```\n", ":4:10: ", "a path for a setting is refused")
    refused(HEAD + "```play\nwait 1h\n```\n", ":4:1: ", "an endless wait is refused")
    refused(HEAD + "a" * 1000000 + "\n", ":3:1: ", "a megabyte line is refused")
    refused("a\n" * 600000, ":1:1: ", "a file too large is refused")
    refused((HEAD + "caf\xe9\n").encode("latin-1"), ":3:4: ", "what is not UTF-8 is refused")
    refused(HEAD + "```play\nsend SYN\n", ":3:1: ", "a block left open is refused")
    refused("words\n", ":1:1: ", "a file that is no lesson is refused")
    for verb in ("check", "play"):
        equal(run(verb, os.path.join(directory, "none.md")).returncode, 2, f"{verb}: a file that is not there exits 2")
        equal(run(verb, directory + "/").returncode, 2, f"{verb}: a directory exits 2")

    result = run("play", lesson("# A \x1b]0;x\x07\n<!-- lesson id=e -->\n\x1b[2J `\x9b` \u202eabc\n\n    \x1b[31m\n\n"
                                "```play\nsend SYN\nexpect SYN,ACK\n```\n"))
    bad = [c for c in result.stdout if ord(c) < 32 and c != "\n" or 127 <= ord(c) < 160 or c == "\u202e"]
    ok(result.returncode == 0 and not bad and r"\x1B[2J" in result.stdout, "control characters are shown, not sent", result.all)

    for name in ("a.md", "b.md"):
        lesson(PLAY.replace("tiny", name[0]), name)
    os.remove(os.path.join(directory, "tiny.md"))
    os.remove(os.path.join(directory, "again.md"))
    lesson(HEAD.replace("tiny", "c").replace("id=c", "id=c after=d"), "c.md")
    lesson(HEAD.replace("tiny", "d"), "d.md")
    env = {"TCPTUTOR_LESSONS": directory}
    listed = [line.split()[0] for line in run("play", env=env).stdout.splitlines()]
    equal([i for i in listed if len(i) == 1], list("abdc"), "listed in the order to be taken", listed)
    result = run("check", env=env)
    ok(result.returncode == 0 and "a.md:4 " in result.stdout and "b.md:4 " in result.stdout,
       "check without a name checks every lesson there is", result.all)

done()
