# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole connection from one command line: opened, closed by the peer, closed by us, the kernel agreeing."""
import json

from taplib import done, equal, need_lab, ok, run

need_lab()

HANDSHAKE = ("send SYN seq=1415531521; expect SYN,ACK ack=1415531522; expect peer SYN-RECEIVED; send; "
             "expect peer ESTABLISHED; peer close; expect FIN,ACK; send ACK; send FIN,ACK; expect ACK; "
             "expect you CLOSED")

result = run("-c", HANDSHAKE)
equal(result.returncode, 0, "the one-shot session exits 0", result.all)
ok("\x1b" not in result.stdout, "no colour into a pipe", result.stdout)
ok(all(len(line) <= 80 for line in result.stdout.splitlines()), "every line fits 80 columns", result.stdout)
ok(run("--ascii", "-c", HANDSHAKE).stdout.isascii(), "--ascii prints ASCII only")
ok("\x1b[" in run("--color=always", "-c", HANDSHAKE).stdout, "--color=always colours")
ok(run("-c", HANDSHAKE, env={"LC_ALL": "C"}).stdout.isascii(), "a locale without UTF-8 gets ASCII")

result = run("--json", "-c", HANDSHAKE)
equal(result.returncode, 0, "with --json it exits 0 as well", result.all)
events = []
try:
    events = [json.loads(line) for line in result.stdout.splitlines()]
except ValueError as problem:
    ok(False, "every line is a JSON object", str(problem), result.stdout)
else:
    ok(events and all(isinstance(event, dict) for event in events), "every line is a JSON object", result.stdout)

KEYS = {
    "segment": {"dir", "fate", "flags", "seq", "ack", "win", "len", "options", "rules", "predicted"},
    "state": {"end", "from", "to", "rule", "cite"},
    "expect": {"ok", "text", "found"},
}
for kind, keys in KEYS.items():
    seen = [event for event in events if event.get("event") == kind]
    ok(seen and all(keys | {"t", "event"} <= set(event) for event in seen),
       f"{kind}: t, event, {', '.join(sorted(keys))}", *(json.dumps(event) for event in seen))
ok(all("t" in event and "event" in event for event in events), "every event has t and event")

segments = [event for event in events if event["event"] == "segment"]
states = [event for event in events if event["event"] == "state"]
equal([(s["dir"], "".join(f[0] for f in s["flags"])) for s in segments],
      [("out", "S"), ("in", "SA"), ("out", "A"), ("in", "FA"), ("out", "A"), ("out", "FA"), ("in", "A")],
      "seven segments, none of them an RST", result.stdout)
ok(all(s["predicted"] is True for s in segments if s["dir"] == "in"), "each answer was the one predicted",
   *(json.dumps(s) for s in segments))
ok(all(s["predicted"] is None for s in segments if s["dir"] == "out"), "what we send is nobody's prediction")
equal(segments[0]["seq"] if segments else None, 1415531521, "numbers are numbers")
equal([s["to"] for s in states if s["end"] == "you"],
      ["SYN-SENT", "ESTABLISHED", "CLOSE-WAIT", "LAST-ACK", "CLOSED"], "our states, one after the other", result.stdout)
equal([s["to"] for s in states if s["end"] == "peer"],
      ["SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"], "the peer's states", result.stdout)
ok(all(e["ok"] is True for e in events if e["event"] == "expect"), "every expectation is recorded as met")
times = [event["t"] for event in events]
ok(times == sorted(times) and all(isinstance(t, (int, float)) and 0 <= t < 60 for t in times),
   "time runs forward, in seconds since the session began", times)

result = run("-c", "send SYN; expect RST; send ACK")
equal(result.returncode, 1, "a failed expectation exits 1", result.all)
ok("RST" in result.all and "SYN,ACK" in result.all, "it says what was expected and what was found", result.all)
result = run("--json", "-c", "send SYN; expect RST; send ACK")
kinds = [json.loads(line) for line in result.stdout.splitlines()]
equal([e["dir"] for e in kinds if e["event"] == "segment"], ["out", "in"], "and stops the script there", result.stdout)
equal([e["ok"] for e in kinds if e["event"] == "expect"], [False], "and is recorded as not met", result.stdout)

equal(run(text="send SYN\nexpect SYN,ACK\n", timeout=60).returncode, 0, "a script on standard input, not a terminal")
equal(run("-", text="send SYN\nexpect SYN,ACK\n").returncode, 0, "`-` is standard input")

done()
