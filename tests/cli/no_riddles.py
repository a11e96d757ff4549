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
    "a FIN behind an urgent octet alone": "peer app discard close=eof; " + OPEN + "send URG,ACK; send FIN,ACK len=1",
    "close() after an urgent octet was passed over": 'peer app none; ' + OPEN + 'send URG,ACK "a"; peer read 10; peer close',
    "accept() of what was reset, another SYN out": "peer app none; " + OPEN + "send RST; new 1037; use 1; send SYN; "
                                                   "peer app discard",
    "abort() of the same": "peer app none; " + OPEN + "send RST; send SYN; peer abort",
    "abort() with the FIN behind text": "peer app none; send SYN mss=500; send; send FIN,ACK; peer send 8000; peer shutdown; peer abort; "
                                        "expect peer CLOSED",
    "crash of the same": "peer app none; " + OPEN + "send RST; send SYN; peer crash",
    "a listener that closes": "peer app none; send SYN; new; send SYN; send; new; peer close; use 1; send; use 2; send SYN",
    "its requests": "peer app none; send SYN; new; peer close; wait 1100ms",
    "a backlog of none, full": "peer app none; send SYN; send; peer listen backlog=0; send RST; send SYN; send SYN",
    "a call on a listening port of one who has crashed": OPEN + "crash; listen; peer connect; peer app daytime",
    "a SYN,ACK repeated after close()": "peer connect 1037; send SYN,ACK ack=0; send SYN; peer close; wait 250ms",
    "the same after an ACK of ISS": "peer connect 1037; send SYN; send ACK seq=iss+1 ack=irs stray; wait 1100ms",
    "an ISN chosen for a pair in TIME-WAIT": "peer app none; " + OPEN + "peer close; send FIN,ACK; send SYN seq=+70000",
    "from another host's address": "send SYN src=10.9.0.3; expect nothing; expect peer SYN-RECEIVED; send RST ack=1; peer send x",
    "the same, its ISN known": "peer isn 1000; send SYN src=10.9.0.3; send ACK ack=1001; send PSH,ACK ack=1001 len=5; "
                               "expect peer ESTABLISHED; peer send hello; peer close; peer status; wait 250ms",
    "from an address without a way back": "send SYN src=1.2.3.4; expect nothing; expect peer LISTEN; peer isn 5; send SYN src=127.0.0.1; "
                                          "send ACK src=10.9.0.2",
    "to an address of nobody's": "send SYN dst=8.8.8.8; expect nothing; peer status; send ACK; send RST dst=10.9.0.3",
    "from port 0": "send SYN sport=0; send; wait 10ms; peer status; peer read; peer close; send RST",
    "a connection beside one that was never used": "send RST,ACK dport=0; new; use 1; send ACK; expect RST; connections",
    "two ends that answer each other's ACKs": OPEN + "send PSH,ACK len=100 stray; auto on; peer send 100; send ACK; state; send FIN,ACK",
    "a data offset of no header's": "send SYN doff=4; expect nothing; " + OPEN + "send SYN,ACK doff=0; send FIN,ACK doff=15",
    "challenge ACKs that are rationed": "peer set tcp_challenge_ack_limit 1; " + OPEN + "send SYN; send SYN; send SYN; send ACK ack=+9",
    "two FINs past a gap": OPEN + "send FIN,ACK seq=+100; send FIN,ACK seq=peer.rcv.nxt+50; send ACK seq=peer.rcv.nxt len=70; "
                           "send ACK seq=peer.rcv.nxt len=30; send RST seq=peer.rcv.nxt",
    "text behind a FIN past a gap": OPEN + 'send FIN,ACK seq=+100; send ACK seq=peer.rcv.nxt+101 "hello"; send ACK seq=peer.rcv.nxt len=100; '
                                    "send ACK; peer send 5; send RST seq=peer.rcv.nxt",
    "to port 0": "send SYN dport=0; expect RST,ACK; send FIN dport=0",
    "a Fast Open answered with more than a window": "peer app none; peer set tcp_fastopen 0x203; peer set fastopen 5; "
        'send SYN mss=1460 "get"; peer send 40000; send; send; send',
    "the same into a small window, not answered for long": "peer app none; peer set tcp_fastopen 0x203; peer set fastopen 5; "
        'send SYN win=100 "get"; peer send 5000; wait 1100ms; send; send; expect peer ESTABLISHED',
    "a Fast Open whose user closes behind a long answer": "peer app http; peer set tcp_fastopen 0x203; peer set fastopen 5; "
        'send SYN win=1 "GET / HTTP/1.0\\r\\n\\r\\n"; wait 1100ms; send ACK win=4096; send; send FIN,ACK; send',
    "Fast Opens that nobody accepts, and their listener goes": "peer app none; peer set tcp_fastopen 0x203; peer set fastopen 5; "
        'send SYN "a"; new; send SYN "b"; send; new; send SYN "c"; send FIN,ACK; new; peer close; use 1; send; use 3; send ACK',
    "a Fast Open on a small buffer, where ACKs may wait": "set quickack off; peer app none; peer set rcvbuf 256; "
        'peer set tcp_fastopen 0x203; peer set fastopen 5; send SYN len=1400; send ACK len=1400; peer read; send ACK len=1400',
    "a cookie given in one connection, lost to you in the next": "peer app none; peer set tcp_fastopen 3; peer set fastopen 5; "
        'lose 1; send SYN fastopen; new; send SYN fastopen; send; new; send SYN fastopen=cookie "x"; send; expect peer read "x"',
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
    "an ACK of a SYN,ACK that another host has seen": "send SYN src=10.9.0.3; send ACK ack=1 src=10.9.0.3; send ACK ack=irs+1 src=10.9.0.3",
    "a tail that is not acknowledged, with SACK": LOSSY.replace("mss=1000", "mss=1000 sackok") + "peer send 3000; wait 400ms; send",
}
for name, script in SESSIONS.items():
    for wire in (), ("--wire", "model", "--profile", "linux"):
        result = run(*wire, "--seed", "7", "--json", "-c", "set keep-going on; " + script)
        events = [json.loads(line) for line in result.stdout.splitlines()]
        riddles = [e for e in events if e.get("note") == "unexplained" or e.get("truth") == "denied"]
        failed = [e for e in events if e["event"] == "expect" and not e["ok"]]
        ok(events and not riddles and not failed, f"{name}, {'the model' if wire else 'the kernel'}", *map(str, riddles + failed), result.stderr)

for wire in (), ("--wire", "model"):
    result = run(*wire, "-c", OPEN + "send PSH,ACK len=100 stray; peer send 100; auto on; send ACK")
    ok(sum("you.1037" in line for line in result.stdout.splitlines()) < 20 and "each end answers the other's ACK" in " ".join(result.stdout.split()),
       f"`auto on` gives up an ACK storm, {'the model' if wire else 'the kernel'}", result.all)

result = run("--wire", "model", "-c", "send SYN src=10.9.0.3; send SYN dst=8.8.8.8 src=10.9.0.1; connections")
for line in "you.1037 SYN-SENT src=10.9.0.3  peer.9 SYN-RECEIVED", "you.1037 SYN-SENT  peer.9 CLOSED dst=8.8.8.8":
    ok(line in result.stdout, f"`connections` tells {line}", result.all)

done()
