# SPDX-License-Identifier: GPL-3.0-or-later
"""Random sessions at the prompt, as a curious person might type them: segments right and wrong, faults, calls of both
ends, connections side by side. Whatever is done, nothing may be a riddle: the shadow foresees or explains every segment
of the peer's, and its state is the one that the peer's own system tells.

    sessions.py [N [SEED [WIRE]]]      WIRE: lab, linux or rfc9293 (the model), or all three; prints each session that fails

BUSY in the environment says beside how many busy loops they run (default none): what is late then must not be taken for silence.
"""
import json
import os
import random
import re
import subprocess
import sys

from taplib import PATIENCE, PROGRAM, done, need_lab, ok

FLAGS = ("SYN", "SYN,ACK", "ACK", "FIN,ACK", "RST", "RST,ACK", "PSH,ACK", "FIN", "none", "SYN,FIN", "URG,ACK", "FIN,SYN,RST,PSH")
SEQ = ("+1", "-1", "+10", "rcv.nxt", "snd.una", "iss", "snd.nxt", "snd.nxt+65535", "snd.nxt+70000", "+2147483647",
       "peer.rcv.nxt", "peer.rcv.nxt-1", "peer.rcv.nxt+5")
ACKS = ("+1", "-1", "+10", "rcv.nxt", "irs", "irs+1", "peer.snd.nxt", "peer.snd.una", "-2000", "+2147483647", "peer.snd.nxt+1")
OPTIONS = ("mss=100", "mss=1460", "wscale=7", "sackok", "ts=1:0", "ts=100000:0", "mss=0")
ADDRESSES = ("src=10.9.0.3", "src=1.2.3.4", "src=10.9.0.2", "dst=10.9.0.3", "dst=8.8.8.8", "sport=0", "dport=0", "sport=80",
             "dport=22")
ODD = ("doff=4", "doff=15", "doff=6", "rsv=5", "urg=3", "ttl=0", "tos=255", "tos=1", "id=0", "sum=0", "opt=0201", "opt=08", "opt=fd04aabb",
       "sack=1-5", "nop", "eol", "data=00ff", "ts=5:5 ts=6:6", "mss=1 wscale=20")
PAYLOADS = ('"a"', '"hello"', "len=100", "len=1000", "len=1400")
FAULTS = ("",) * 9 + (" lost", " stray", " hold=h")
YOURS = ("open", "close", "abort", "listen", "crash", "new", "use 1", "use 2")
MISHAPS = ("release h", "resend", "resend 1", "resend 3", "lose", "lose 2")
PEERS = ("accept", "read", "read 10", 'send "x"', "send 100", "send 5000", "send 40000", "close", "close", "shutdown", "abort",
         "crash", "listen", "connect 1037", "app echo", "app discard", "app none", "app echo close=eof", "app http",
         "app daytime", "connect", "status", "listen backlog=0", "set nodelay 1", "set rcvbuf 4096", "isn 5", "isn 4294967295",
         "set tcp_rfc1337 1", "set tcp_abort_on_overflow 1", "set defer_accept 1")
WAITS = ("wait 1ms", "wait 15ms", "wait 30ms", "wait 250ms")
LOOKS = ("auto on", "auto off", "state", "why", "hint", "timers", "space", "diagram", "set explain full", "peer status")
SYNS = ("", " mss=1460", " mss=1460 wscale=7", " sackok ts=1:0 mss=500")


def segment(r):
    text = r.choice(FLAGS)
    for chance, words in ((.35, ["seq=" + s for s in SEQ]), (.35, ["ack=" + a for a in ACKS]),
                          (.1, ["win=0", "win=1", "win=100", "win=65535"]), (.1, OPTIONS), (.25, PAYLOADS), (.04, ADDRESSES), (.06, ODD),
                          (.03, ["sum=bad"])):
        if r.random() < chance:
            text += " " + r.choice(words)
    return text


def command(r):
    kind = r.random()
    if kind < .42:
        return "send " + segment(r) + r.choice(FAULTS)
    for below, words in ((.60, ["send"]), (.63, MISHAPS), (.68, YOURS), (.94, ["peer " + p for p in PEERS]), (.97, WAITS)):
        if kind < below:
            return r.choice(words)
    return r.choice(LOOKS)


def opened_fast(r, lines):
    """A session in which the peer does Fast Open: the cookie is known, and SYNs bring it, or something like it."""
    brought = (" fastopen=cookie",) * 3 + (" fastopen", " fastopen=0102030405060708", "")
    for i, line in enumerate(lines):
        if re.fullmatch("send SYN( (mss|wscale|sackok|ts|seq)[^ ]*)*", line):
            lines[i] += r.choice(brought) + r.choice(("", ' "early"', " len=500"))
    first = [f"peer set tcp_fastopen {r.choice((3, 3, 3, 0x203))}", f"peer set fastopen {r.choice((1, 2, 5))}",
             "send SYN fastopen", r.choice(("send RST", "send; send RST")), "new"]
    return lines[:1] + first + lines[1:]


def session(seed, number):
    r = random.Random(f"{seed}/{number}")
    lines = ["set keep-going on"]
    if r.random() < .6:
        lines.append("peer app none")
    if r.random() < .7:
        lines += ["send SYN" + r.choice(SYNS), "send"]
    lines += [command(r) for _ in range(r.randint(3, 25))]
    r = random.Random(f"fast {seed}/{number}")
    return "\n".join(opened_fast(r, lines) if r.random() < .3 else lines)


def riddles(wire, seed, number):
    options = ["--wire", "lab"] if wire == "lab" else ["--wire", "model", "--profile", wire]
    try:
        result = subprocess.run([PROGRAM, *options, "--json", "--seed", str(number), "-c", session(seed, number)], check=False,
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return ["it takes no end"]
    if result.returncode not in (0, 1, 2, 3):
        return [f"exit status {result.returncode}", result.stderr[-500:]]
    return [line for line in result.stdout.splitlines()
            if (event := json.loads(line)).get("note") == "unexplained" or event.get("truth") == "denied"]


for _ in range(int(os.environ.get("BUSY") or 0)):  # each ends with us
    subprocess.Popen([sys.executable, "-c", f"import os\nwhile os.getppid() == {os.getpid()}: pass"])
count, seed, *wires = sys.argv[1:] + ["60", "1"][len(sys.argv) - 1:]
need_lab()
for wire in wires or ("lab", "linux", "rfc9293"):
    failed = []
    for n in range(int(count)):
        found = riddles(wire, seed, n)
        if found:
            failed += [f"session {n} of seed {seed}:", *session(seed, n).splitlines(), *found[:3]]
    ok(not failed, f"{count} random sessions on {wire} without a riddle", *failed)
done()
