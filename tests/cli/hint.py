# SPDX-License-Identifier: GPL-3.0-or-later
"""`hint` without a lesson: what is owed or sensible now, and what it names works."""
import re

from taplib import done, equal, ok, run

OPEN = "send SYN; expect SYN,ACK; send; "
SITUATIONS = (
    ("", "`send SYN` opens a connection by hand", "send SYN; expect SYN,ACK"),
    ("send SYN lost", "lost on its way", "resend; expect SYN,ACK"),
    ("send SYN hold=a", "held up on its way", "release a; expect SYN,ACK"),
    ("send SYN", "You owe an ACK. ", "send; expect peer ESTABLISHED"),
    ("listen", "`peer connect` makes the other end send a SYN", "peer connect; expect SYN"),
    ("listen; peer connect", "You owe a SYN,ACK. ", "send; expect peer ESTABLISHED"),
    (OPEN, "The connection is open. ", 'send PSH,ACK "hello"; expect ACK'),
    (OPEN + 'send PSH,ACK "hello"', "nobody owes anything", "close; expect you FIN-WAIT-2"),
    (OPEN + "peer close; send", "The peer has closed its half", "close; expect you CLOSED"),
    (OPEN + "close", "its half open", "peer close; wait FIN,ACK within 1s"),
    (OPEN + "close; peer close; send", "`wait 2msl` lets that time pass", "wait 2msl; expect you CLOSED"),
    (OPEN + "abort", "`new` begins another", "new; send SYN; expect SYN,ACK"),
    (OPEN + "crash", "half-open", "send SYN; expect ACK"),
    (OPEN + "crash; send SYN; send", "`send SYN` sends it again", "send SYN; wait SYN,ACK within 1s"),
    ("send SYN sum=bad", "your SYN was not taken", "send SYN; expect SYN,ACK"),
    (OPEN + "peer crash", "knows nothing of this connection any more", "send ACK; expect RST"),
    ("peer app none; peer set rcvbuf 2304; " + OPEN + "send ACK len=1460; send ACK len=844", "The peer's window is closed",
     "peer read; send ACK len=1; expect ACK"),
)

for before, words, then in SITUATIONS:
    script = "; ".join(part for part in (before.rstrip("; "), "hint") if part)
    result = run("--wire", "model", "--profile", "linux", "-c", script)
    equal(result.returncode, 0, script, result.all)
    told = " ".join(result.stdout.split())
    ok(words in told, f"tells: {words}", result.stdout[-600:])
    ok(re.search(r"The peer [a-z]+", result.stdout), "and what the peer waits for", result.stdout[-300:])
    if then:
        result = run("--wire", "model", "--profile", "linux", "-c", f"{script}; {then}")
        equal(result.returncode, 0, f"which works: {then}", result.all)

result = run("--wire", "model", "-c", OPEN + "close; state")
ok("next:" not in result.stdout, "a script is not told what to do next", result.stdout)

result = run("--wire", "model", "-c", "send SYN src=10.9.0.77; new; send SYN; wait 1100ms")
told = " ".join(result.stdout.split())
for words in "retransmission timer of connection 2 RETRANSMISSION", "you owe a SYN on connection 2: `use 2`, and `send` alone sends it":
    ok(words in told, "of another connection than the current it is said which", result.stdout)

done()
