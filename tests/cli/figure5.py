# SPDX-License-Identifier: GPL-3.0-or-later
"""RFC 9293, Figure 5: every arrow of the diagram and its notes walked, by you and by the peer, on the lab wherever the
kernel can walk it, with what the kernel itself says equal to the shadow at each step; on the model by both ends."""
import json

from taplib import done, need_lab, ok, run

need_lab()

OPEN = "peer app none; send SYN; expect SYN,ACK; send; peer accept; "
YOU, PEER = "you", "peer"

# (who, from, to, note), a script that walks it last, and the wires where that end can.
ARROWS = [
    (YOU, "CLOSED", "LISTEN", "passive OPEN", "listen", "both"),
    (PEER, "CLOSED", "LISTEN", "passive OPEN", "peer close; peer listen", "both"),
    (YOU, "CLOSED", "SYN-SENT", "active OPEN", "send SYN", "both"),
    (PEER, "CLOSED", "SYN-SENT", "active OPEN", "peer connect", "both"),
    (YOU, "LISTEN", "CLOSED", "CLOSE", "listen; close", "both"),
    (PEER, "LISTEN", "CLOSED", "CLOSE", "peer close", "both"),
    (YOU, "LISTEN", "SYN-RECEIVED", "rcv SYN", "listen; peer connect", "both"),
    (PEER, "LISTEN", "SYN-RECEIVED", "rcv SYN", "send SYN", "both"),
    (YOU, "LISTEN", "SYN-SENT", "SEND", "listen; send SYN", "both"),
    # LISTEN to SYN-SENT: connect() on a listening socket is EISCONN; only your own end walks it.
    (YOU, "SYN-SENT", "CLOSED", "CLOSE", "send SYN lost; close", "both"),
    (PEER, "SYN-SENT", "CLOSED", "CLOSE", "peer connect; peer close", "both"),
    (YOU, "SYN-SENT", "SYN-RECEIVED", "rcv SYN", "lose 1; peer connect; send SYN lost; wait SYN within 9s", "both"),
    (PEER, "SYN-SENT", "SYN-RECEIVED", "rcv SYN", "lose 1; peer connect; send SYN", "both"),
    (YOU, "SYN-SENT", "ESTABLISHED", "rcv SYN,ACK", "send SYN", "both"),
    (PEER, "SYN-SENT", "ESTABLISHED", "rcv SYN,ACK", "listen; peer connect; send", "both"),
    (YOU, "SYN-RECEIVED", "ESTABLISHED", "rcv ACK of SYN", "listen; peer connect; send", "both"),
    (PEER, "SYN-RECEIVED", "ESTABLISHED", "rcv ACK of SYN", "peer app none; send SYN; send", "both"),
    (YOU, "SYN-RECEIVED", "FIN-WAIT-1", "CLOSE", "listen; peer connect; send SYN,ACK lost; send FIN,ACK lost", "both"),
    (PEER, "SYN-RECEIVED", "FIN-WAIT-1", "CLOSE", "lose 1; peer connect; send SYN; peer close", "both"),
    (YOU, "SYN-RECEIVED", "LISTEN", "note 1: rcv RST after a passive OPEN", "listen; peer connect; peer crash; send", "both"),
    (PEER, "SYN-RECEIVED", "LISTEN", "note 1: rcv RST after a passive OPEN", "send SYN; send RST seq=snd.nxt", "both"),
    (YOU, "ESTABLISHED", "FIN-WAIT-1", "CLOSE", OPEN + "send FIN,ACK lost", "both"),
    (PEER, "ESTABLISHED", "FIN-WAIT-1", "CLOSE", OPEN + "peer close", "both"),
    (YOU, "ESTABLISHED", "CLOSE-WAIT", "rcv FIN", OPEN + "peer close", "both"),
    (PEER, "ESTABLISHED", "CLOSE-WAIT", "rcv FIN", OPEN + "send FIN,ACK", "both"),
    (YOU, "FIN-WAIT-1", "FIN-WAIT-2", "rcv ACK of FIN", OPEN + "send FIN,ACK", "both"),
    (PEER, "FIN-WAIT-1", "FIN-WAIT-2", "rcv ACK of FIN", OPEN + "peer close; send ACK", "both"),
    (YOU, "FIN-WAIT-1", "CLOSING", "rcv FIN", OPEN + "send FIN,ACK lost; peer close", "both"),
    (PEER, "FIN-WAIT-1", "CLOSING", "rcv FIN", OPEN + "peer close; send FIN,ACK ack=irs+1", "both"),
    (YOU, "FIN-WAIT-1", "TIME-WAIT", "note 2: rcv FIN and ACK of FIN",
     "peer app discard close=eof; send SYN; send; lose 1; send FIN,ACK", "both"),
    (PEER, "FIN-WAIT-1", "TIME-WAIT", "note 2: rcv FIN and ACK of FIN", OPEN + "peer close; send FIN,ACK", "both"),
    (YOU, "FIN-WAIT-2", "TIME-WAIT", "rcv FIN", OPEN + "send FIN,ACK; peer close", "both"),
    (PEER, "FIN-WAIT-2", "TIME-WAIT", "rcv FIN", OPEN + "peer close; send ACK; send FIN,ACK", "both"),
    (YOU, "CLOSE-WAIT", "LAST-ACK", "CLOSE", OPEN + "peer close; send ACK; send FIN,ACK", "both"),
    (PEER, "CLOSE-WAIT", "LAST-ACK", "CLOSE", OPEN + "send FIN,ACK; peer close", "both"),
    (YOU, "LAST-ACK", "CLOSED", "rcv ACK of FIN", OPEN + "peer close; send ACK; send FIN,ACK", "both"),
    (PEER, "LAST-ACK", "CLOSED", "rcv ACK of FIN", OPEN + "send FIN,ACK; peer close; send", "both"),
    (YOU, "CLOSING", "TIME-WAIT", "rcv ACK of FIN", OPEN + "send FIN,ACK lost; peer close; resend", "both"),
    (PEER, "CLOSING", "TIME-WAIT", "rcv ACK of FIN", OPEN + "lose 1; peer close; send FIN,ACK; send ACK ack=+1", "both"),
    (YOU, "TIME-WAIT", "CLOSED", "2MSL", "set msl 50ms; " + OPEN + "send FIN,ACK; peer close; send; wait 2msl", "both"),
    (PEER, "TIME-WAIT", "CLOSED", "2MSL", OPEN + "peer close; send ACK; send FIN,ACK; wait 2msl", "model"),
    (PEER, "ESTABLISHED", "CLOSED", "note 3: RST may be sent from any state", OPEN + "peer abort", "both"),
    (YOU, "ESTABLISHED", "CLOSED", "note 3: RST may be sent from any state", OPEN + "abort", "both"),
    (PEER, "CLOSE-WAIT", "CLOSED", "note 3: RST may be sent from any state", OPEN + "send FIN,ACK; peer abort", "both"),
    (YOU, "FIN-WAIT-2", "CLOSED", "note 3: RST may be sent from any state", OPEN + "send FIN,ACK; abort", "both"),
]


def walk(wire, script):
    result = run("--json", *wire, "-c", script)
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")], result


WIRES = {"lab": [], "model": ["--wire", "model", "--profile", "linux"], "model, rfc9293": ["--wire", "model"]}
for who, begin, end, note, script, where in ARROWS:
    for name, wire in WIRES.items():
        if where == "model" and name == "lab":
            continue
        events, result = walk(wire, script)
        states = [e for e in events if e["event"] == "state"]
        walked = [e for e in states if e["end"] == who and e["from"] == begin and e["to"] == end]
        truth = [e for e in states if e["end"] == "peer" and e.get("truth") == "denied"]
        riddles = [e for e in events if e["event"] == "note" and e.get("note") == "unexplained"]
        confirmed = who == YOU or any(e.get("truth") == "confirmed" for e in walked)
        ok(result.returncode == 0 and walked and not truth and not riddles and confirmed,
           f"{name}: {who} {begin} > {end}: {note}", script, result.all)

done()
