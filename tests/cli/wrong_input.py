# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong is refused before anything is sent: place, what was found, what was expected, the nearest word."""
import os
import subprocess
import tempfile

from taplib import PROGRAM, done, equal, ok, run


def wrong(name, args, *words, status=2, **how):
    result = run(*args, **how)
    equal(result.returncode, status, f"{name}: exit status {status}", result.all)
    for word in words:
        ok(word in result.stderr, f"{name}: the message has {word!r}", result.all)
    equal(result.stdout, "", f"{name}: nothing on standard output")


wrong("a flag misspelt", ["-c", "send SYM"], "1:6", "SYM", "SYN")
wrong("a value that is none", ["-c", "send SYN seq=abc"], "1:14", "abc")
wrong("a command misspelt", ["-c", "sned SYN"], "1:1", "sned", "send")
wrong("the second command of a line", ["-c", "send SYN; expct SYN,ACK"], "1:11", "expct", "expect")
wrong("a state misspelt", ["-c", "expect peer ESTABLISHD"], "ESTABLISHD", "ESTABLISHED")
wrong("a field misspelt", ["-c", "send SYN sqe=1"], "1:10", "sqe", "seq")
wrong("a peer verb misspelt", ["-c", "peer clsoe"], "clsoe", "close")
wrong("flags for a command", ["-c", "SYN"], "'SYN'", "did you mean 'send SYN'?")
wrong("flags parted by a blank", ["-c", "send SYN ACK"], "1:10", "flags are joined by a comma")
wrong("a verb without its peer", ["-c", "accept"], "did you mean 'peer accept'?")
wrong("a word from elsewhere", ["-c", "exit"], "did you mean 'quit'?")
wrong("what may be several calls", ["-c", "connect"], "'open'", "'peer connect'")
wrong("a program the peer has not", ["-c", "peer app web"], "discard, echo, daytime or http")
wrong("an unknown option", ["--jsno"], "--jsno", "--json")
wrong("a wire that is none", ["--wire", "lob"], "lob", "lab")
wrong("an option without its value", ["-c"], "-c")
wrong("a file that is not there", ["/nowhere/at/all"], "/nowhere/at/all", "No such file")
wrong("a command of the prompt for a file", ["help"], "No such file", "tcptutor -c 'help'")
wrong("a whole line of the prompt for a file", ["send", "SYN"], "'send' is a command of the prompt", "after -c")
wrong("a lesson for a file", ["handshake"], "did you mean 'tcptutor learn handshake'?")
wrong("a verb misspelt", ["leran"], "did you mean 'tcptutor learn'?")
wrong("standard input closed", [], prefix=["sh", "-c", 'exec "$@" <&-', "sh"])

with tempfile.TemporaryDirectory() as folder:
    script = os.path.join(folder, "three.tcp")
    with open(script, "w", encoding="utf-8") as file:
        file.write("send SYN\nexpect SYN,ACK\nsend ACK seq=rcv.nxt ack=rvc.nxt\nsend\n")
    wrong("a script wrong in line 3", [script], f"{script}:3:", "rvc.nxt", "rcv.nxt")
    result = run("--json", script)
    equal((result.returncode, result.stdout), (2, ""), "nothing of a script with an error is sent", result.all)

    binary = os.path.join(folder, "binary")
    with open(binary, "wb") as file:
        file.write(b"\x1b[2Jsend\0\xff\n")
    result = run(binary)
    equal(result.returncode, 2, "a file of octets that are no text: exit status 2", result.all)
    ok("\x1b" not in result.stderr, "control octets are shown, not sent to the terminal", repr(result.stderr))
    wrong("a folder for a script", [folder], folder)

    if os.geteuid() != 0:
        hidden = os.path.join(folder, "hidden")
        open(hidden, "w", encoding="utf-8").close()
        os.chmod(hidden, 0)
        wrong("a file we may not read", [hidden], hidden, "Permission denied")

result = run("--wire", "model", "-c", "send SYN; expect SYN,ACK; send; close; peer close; expect FIN,ACK")
equal(result.returncode, 1, "an expectation that is not met: exit status 1", result.all)
ok("found segment 5, ACK: FIN is not set; segment 6 is as expected, but comes later" in result.stderr,
   "what was found is told, and that what was expected came later", result.all)

for option in ("--help", "--version"):
    result = run(option)
    equal((result.returncode, result.stderr), (0, ""), f"{option} exits 0", result.all)
    ok("tcptutor" in result.stdout, f"{option} speaks on standard output", result.all)

with open("/dev/full", "w", encoding="utf-8") as full:
    result = subprocess.run([PROGRAM, "--help"], stdout=full, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
ok(result.returncode != 0, "output that cannot be written is not success", result.stderr.decode())

done()
