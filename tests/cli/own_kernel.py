# SPDX-License-Identifier: GPL-3.0-or-later
"""`set address kernel`: your own kernel owns your address and answers behind your back. What it sends is seen, told as
its own, taken by the peer's shadow, and saved; and the address can be given and taken back as often as one likes."""
import json
import os
import tempfile

from taplib import done, equal, need_lab, ok, run

need_lab()

TRY = "send SYN; expect SYN,ACK; "


def story(script, *more):
    """Segments as (connection, direction, fate, flags); states of the peer; what is unexplained."""
    result = run("--json", "--seed", "7", *more, "-c", script)
    events = [json.loads(line) for line in result.stdout.splitlines()]
    segments = [(e["connection"], e["dir"], e["fate"], ",".join(e["flags"])) for e in events if e["event"] == "segment"]
    states = [e["to"] for e in events if e["event"] == "state" and e["end"] == "peer"]
    riddles = [e["text"] for e in events if e["event"] == "note" and e.get("note") == "unexplained"]
    told = [e["text"] for e in events if e["event"] == "note" and "your own kernel" in e["text"]]
    return segments, states, riddles, told, result


segments, states, riddles, told, result = story("set address kernel; " + TRY + "expect peer LISTEN")
equal(result.returncode, 0, "a handshake your own kernel breaks off", result.all)
equal(segments, [(1, "out", "sent", "SYN"), (1, "in", "sent", "SYN,ACK"), (1, "out", "kernel", "RST")],
      "its RST is seen, and is not yours")
equal(states, ["SYN-RECEIVED", "LISTEN"], "the peer's shadow takes it")
equal(riddles, [], "nothing is unexplained")
equal(len(told), 1, "it is said whose it is", result.all)

segments, _, riddles, _, result = story(
    "set address kernel; " + TRY + "set address none; new; " + TRY + "set address kernel; new; " + TRY
    + "set address none; new; " + TRY)
equal([s[0] for s in segments if s[2] == "kernel"], [1, 3], "given, taken back, given, taken back: each time it counts",
      result.all)
equal(riddles, [], "still nothing is unexplained")

segments, states, riddles, _, result = story("set address kernel; listen 8080; peer connect 8080; expect peer error ECONNREFUSED")
equal(result.returncode, 0, "who calls you is refused by your kernel", result.all)
equal([s[1:] for s in segments], [("in", "sent", "SYN"), ("out", "kernel", "RST,ACK")], "with RST,ACK")
equal(riddles, [], "and that is no riddle")

segments, _, riddles, _, result = story("set address kernel; " + TRY + "resend; send RST stray")
equal([s[2:] for s in segments if s[1] == "out"],
      [("sent", "SYN"), ("kernel", "RST"), ("sent", "SYN"), ("kernel", "RST"), ("stray", "RST")],
      "`resend` repeats your segment, not your kernel's; what you send is never taken for your kernel's", result.all)

with tempfile.TemporaryDirectory() as directory:
    path = os.path.join(directory, "own.pcapng")
    result = run("-c", f"set address kernel; {TRY}save {path}; ladder; why 3; show 3")
    with open(path, "rb") as file:
        saved = file.read()
    ok("3 packets" in result.stdout and b"sent by your own kernel" in saved, "a capture has it, with a word on it",
       result.all)
    ok("your kernel" in result.stdout and "sent by your own kernel" in result.stdout, "so do the ladder and `show`",
       result.all)

done()
