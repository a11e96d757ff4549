# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions in which the shadow once knew less than the kernel: on either wire nothing is a riddle now, and both ends
stand where the peer's own system says."""
import json

from taplib import done, need_lab, ok, run

need_lab()

OPEN = "send SYN mss=1460 wscale=7; send; "
SESSIONS = {
    "text that the congestion window holds back": OPEN + "peer send 40000; send; send; send",
    "the same, acknowledged at once": OPEN + "auto on; peer send 40000",
    "a challenge ACK while text waits": "send SYN; send; peer send 5000; send; peer send 40000; send PSH,ACK seq=rcv.nxt",
    "text after a retransmission": "send SYN; send; peer send x; wait 250ms; peer send 5000",
    "shutdown() while a send() waits": "send SYN sackok mss=500; send; peer send 40000; peer shutdown; send; send",
    "an urgent octet and close()": OPEN + "send URG,ACK win=0 len=100; peer close",
    "an urgent octet, then a FIN": "peer app none; " + OPEN + "send URG,ACK len=1000; send FIN,ACK len=100; "
                                   "peer app echo close=eof",
    "accept() of what was reset, another SYN out": "peer app none; " + OPEN + "send RST; new 1037; use 1; send SYN; "
                                                   "peer app discard",
    "abort() of the same": "peer app none; " + OPEN + "send RST; send SYN; peer abort",
    "crash of the same": "peer app none; " + OPEN + "send RST; send SYN; peer crash",
    "a listener that closes": "peer app none; send SYN; new; send SYN; send; new; peer close; use 1; send; use 2; send SYN",
    "its requests": "peer app none; send SYN; new; peer close; wait 1100ms",
    "a backlog of none, full": "peer app none; send SYN; send; peer listen backlog=0; send RST; send SYN; send SYN",
    "a call on a listening port of one who has crashed": OPEN + "crash; listen; peer connect; peer app daytime",
    "a SYN,ACK repeated after close()": "peer connect 1037; send SYN,ACK ack=0; send SYN; peer close; wait 250ms",
    "the same after an ACK of ISS": "peer connect 1037; send SYN; send ACK seq=iss+1 ack=irs stray; wait 1100ms",
    "an ISN chosen for a pair in TIME-WAIT": "peer app none; " + OPEN + "peer close; send FIN,ACK; send SYN seq=+70000",
    "timestamps begun anywhere": "send SYN ts=3000000000:0; send; expect peer ESTABLISHED",
    "a listener that waits for text": "peer set defer_accept 5; send SYN; send; expect peer SYN-RECEIVED; "
                                      "send PSH,ACK len=1; expect peer ESTABLISHED",
    "in vain": "peer set defer_accept 3; send SYN; expect SYN,ACK; send; wait SYN,ACK within 5s; expect peer SYN-RECEIVED; send; "
               "expect peer ESTABLISHED",
    "a caller that does": "peer set defer_accept 1; listen; peer connect; send; wait ACK within 1s",
    "timestamps switched off under way": "send SYN sackok ts=1000:0; peer set tcp_timestamps 0; send ACK ts=999:0; "
                                         "expect peer ESTABLISHED",
}
DUPLICATE = "send ACK ack=peer.snd.una; "
LOSSY = "peer app none; send SYN mss=1000 win=30000; send ACK win=30000; peer accept; "
SESSIONS |= {
    "three duplicate ACKs": LOSSY.replace("win=30000", "") + "peer send 4000; " + 4 * DUPLICATE + "send",
    "a loss while more text waits": LOSSY + "peer send 40000; " + 6 * DUPLICATE.replace(";", " win=30000;") +
                                    "send ACK ack=peer.snd.una+1000 win=30000; send ACK win=30000; send ACK win=30000",
    "a loss, and text in the ACK of a part": LOSSY + "peer send 9000; " + 4 * DUPLICATE.replace(";", " win=30000;") +
                                             "send PSH,ACK ack=peer.snd.una+1000 win=30000 len=5; send ACK win=30000",
    "ACKs after a timeout": LOSSY + "peer send 4000; wait 300ms; send ACK ack=peer.snd.una+1000 win=30000; send ACK win=30000",
    "the same while more text waits": LOSSY + "peer send 40000; wait 300ms; send ACK ack=peer.snd.una+1000 win=30000; "
                                      "send ACK ack=peer.snd.una win=30000; send ACK ack=peer.snd.una+1000 win=30000",
    "SACK blocks": "peer isn 5000; " + LOSSY.replace("mss=1000", "mss=1000 sackok") + "peer send 20000; " +
                   "send ACK ack=peer.snd.una win=30000 sack=6001-9001; wait 30ms; send ACK win=30000",
    "a tail that is not acknowledged, with SACK": LOSSY.replace("mss=1000", "mss=1000 sackok") + "peer send 3000; wait 400ms; send",
}
for name, script in SESSIONS.items():
    for wire in (), ("--wire", "model", "--profile", "linux"):
        result = run(*wire, "--seed", "7", "--json", "-c", "set keep-going on; " + script)
        events = [json.loads(line) for line in result.stdout.splitlines()]
        riddles = [e for e in events if e.get("note") == "unexplained" or e.get("truth") == "denied"]
        failed = [e for e in events if e["event"] == "expect" and not e["ok"]]
        ok(events and not riddles and not failed, f"{name}, {'the model' if wire else 'the kernel'}", *map(str, riddles + failed), result.stderr)

done()
