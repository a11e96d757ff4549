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
tests = [re.fullmatch(r"ok (\d+) - handshake\.md:(\d+) (setup: |(?:try|quiz) \S+: )?(.+)", line)
         for line in result.stdout.splitlines()[:-1]]
ok(tests and all(tests), "one line a command and some a step, each ok", result.stdout)
equal(result.stdout.splitlines()[-1], f"1..{len(tests)}", "and the plan")
commands = [m for m in tests if m and m.group(3) in (None, "setup: ")]
ok(all(m.group(4) in lines[int(m.group(2)) - 1] for m in commands), "each names the line of the file it is on")
ok(any("try " in line and line.endswith(": not solved before") for line in result.stdout.splitlines())
   and any("try " in line and line.endswith(": solved") for line in result.stdout.splitlines())
   and "a wrong turn, " in result.stdout, "tries are proved unsolved before, solved after, and their wrong turns taken")

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

    # A step of each kind; the second scene begins anew.
    STEPS = HEAD + ("```setup\npeer app none\nsend SYN; expect SYN,ACK\n```\n"
                    "```try ack by-hand=ack\ngoal: sent ACK seq=snd.nxt ack=rcv.nxt\ngoal: peer ESTABLISHED\nhint: h\n"
                    "wrong: sent ACK ack=rcv.nxt-1\n  by: send ACK ack=rcv.nxt-1\n  say: the SYN takes a number\n"
                    "solve: send ACK ack=rcv.nxt\n```\n"
                    "```quiz who\n[ ] a\n  no\n[x] b\n  yes\n```\n"
                    "```quiz seq\nanswer: snd.nxt\nhint: h\nwrong: iss\n  say: s\nthen: send \"a\"; expect ACK\n```\n"
                    "```setup\nsend SYN; expect SYN,ACK\n```\n```play slow\nexpect SYN,ACK within 2s\n```\n"
                    "```play\nsend\n```\n")
    result = run("check", lesson(STEPS))
    equal(result.returncode, 0, "tries, quizzes and a second scene", result.all)
    result = run("check", "--skip", "slow", lesson(STEPS))
    ok(result.returncode == 0 and "# SKIP slow" in result.stdout and "within 2s" not in result.stdout
       and "more not run" not in result.stdout, "--skip slow leaves out the block and the rest of its scene", result.all)
    result = run("check", lesson(STEPS) + "#seq")
    ok(result.returncode == 0 and "quiz seq" in result.stdout and "try ack" not in result.stdout,
       "LESSON#STEP checks one step", result.all)
    result = run("check", lesson(STEPS) + "#sqe")
    ok(result.returncode == 2 and "'seq'" in result.stderr, "an unknown step: exit 2 and the nearest", result.all)
    result = run("check", "--coverage", lesson(STEPS))
    ok(result.returncode == 0 and "# walked LISTEN to SYN-RECEIVED\n" in result.stdout
       and re.search(r"^# \d+ changes of state were walked, \d+ of \d+ rules fired$", result.stdout, re.M)
       and "# never fired: " in result.stdout, "--coverage says what was walked", result.all)

    def grades(text, *words, status=1, name):
        result = run("check", lesson(STEPS), "--answers", lesson(text, "answers.txt"))
        ok(result.returncode == status and all(word in result.stdout + result.stderr for word in words), name, result.all)

    grades("# mine\nack:\n  state\n  send ACK ack=rcv.nxt\nwho: b\nseq: snd.nxt\n", "ok 1 - tiny.md:7 try ack", "ok 2", "ok 3",
           "1..3", status=0, name="--answers: right ones, a test a step")
    grades("ack: send ACK ack=rcv.nxt-1\nwho: 1\nseq: iss\n", "not ok 1", "the SYN takes a number", "not ok 2",
           "not the right answer", "not ok 3", "#   s\n", name="--answers: wrong ones, and why")
    grades("ack: send\nwho: 9\n", "yours to forge", "none of the answers", "no answer", name="--answers: bare send, no option, nothing")
    grades("ack: source x\nwho: 2\nseq: snd.nxt", "not ok 1", "may not use", name="--answers: what a lesson may not, they may not")
    grades("akc: send\n", "'akc'", status=2, name="--answers: a step there is not")
    result = run("check", lesson(STEPS), "--answers", os.path.join(directory, "none"))
    equal(result.returncode, 1, "--answers: a file that is not there", result.all)
    equal(run("check", "--answers", "x").returncode, 2, "--answers is for one lesson")

    def fails(text, words, name):
        result = run("check", lesson(text))
        ok(result.returncode == 1 and re.search(words, result.stdout, re.M), name, result.all)

    result = run("check", lesson(""))
    ok(result.returncode == 2 and "an empty file is no lesson" in result.stderr, "an empty file: exit 2", result.all)

    TRY = HEAD + "```try a\ngoal: %s\nhint: h\n%ssolve: %s\n```\n"
    fails(TRY % ("you CLOSED", "", "send SYN"), "^not ok 1 - tiny.md:3 try a: not solved before$", "a goal already met fails")
    fails(TRY % ("you ESTABLISHED", "", "send SYN lost"), "^#   this meets no goal", "a command of the solution that leads nowhere fails")
    fails(TRY % ("you ESTABLISHED", "", "peer isn 7"), "does not reach this goal: you ESTABLISHED", "a solution that stops short fails")
    fails(TRY % ("sent SYN", "wrong: sent FIN\n  by: send RST\n  say: s\n", "send SYN"), "^not ok .* a wrong turn, sent FIN$",
          "a wrong turn not taken fails")

    for name in ("a.md", "b.md"):
        lesson(PLAY.replace("tiny", name[0]), name)
    os.remove(os.path.join(directory, "tiny.md"))
    os.remove(os.path.join(directory, "again.md"))
    os.remove(os.path.join(directory, "answers.txt"))
    lesson(HEAD.replace("tiny", "c").replace("id=c", "id=c after=d"), "c.md")
    lesson(HEAD.replace("tiny", "d"), "d.md")
    env = {"TCPTUTOR_LESSONS": directory}
    listed = [line.split()[0] for line in run("play", env=env).stdout.splitlines()]
    equal([i for i in listed if len(i) == 1], list("abdc"), "listed in the order to be taken", listed)
    result = run("--wire", "model", "check", env=env)
    ok(result.returncode == 0 and "a.md:4 " in result.stdout and "b.md:4 " in result.stdout,
       "check without a name checks every lesson there is", result.all)

done()
