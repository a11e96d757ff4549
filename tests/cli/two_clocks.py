# SPDX-License-Identifier: GPL-3.0-or-later
"""What timers send, and when: the lab and the model tell one story, and its times.

The kernel's timers count ticks of its clock, and its timer wheel is the coarser the longer it waits, so that a
timer runs out late by at most one notch of the wheel; never early. Who is disturbed on a busy machine may be
later than that: such a script is run again. All scripts run side by side, for they mostly wait.
"""
import json
import time
from concurrent.futures import ThreadPoolExecutor

from taplib import done, emulated, need_lab, ok, run, skip

need_lab()

TICK = time.clock_getres(6)  # CLOCK_MONOTONIC_COARSE
SLACK = 0.005  # for the way from the timer to us
TRIES = 5
PATIENCE = 300

OPEN = "peer app none; send SYN; expect SYN,ACK; send; peer accept; "
LATE = "set quickack off; peer app none; send SYN; expect SYN,ACK; send; peer accept; "
NEW = "peer app none; peer listen 80; send SYN dport=80; expect SYN,ACK; send; peer accept; "
GROWN = "peer app none; send SYN win=65535 mss=1000; send ACK win=65535; peer accept; peer send 30000; " \
    "send ACK win=65535; send ACK win=65535; "
MANY = "peer set tcp_syncookies 0; peer set tcp_max_syn_backlog 4; peer listen 80 backlog=10; "
SCRIPTS = {
    "the SYN at 1, 2, 3, 4, 5, 7 and 11 seconds": "listen 8080; peer connect 8080; wait 12s",
    "FIN-WAIT-2 of an orphan": "peer set tcp_fin_timeout 2; " + OPEN + "peer close; send; wait 3s; send FIN,ACK",
    "TIME-WAIT lasts a minute": OPEN + "peer close; send; send FIN,ACK; wait 59s; expect peer TIME-WAIT; wait 5s; "
        "expect peer CLOSED",
    "a RST for another SYN makes Linux repeat its own soon":
        "listen 8080; peer connect 8080; expect SYN; send RST,ACK seq=0 ack=irs; expect SYN within 100ms; "
        "send RST,ACK seq=0 ack=irs; expect SYN within 1500ms",
    "so does an ACK, which it answers":
        "listen 8080; peer connect 8080; expect SYN; send ACK seq=0 ack=irs; expect RST; expect SYN within 100ms",
    "tcp_rto_max_ms is not for requests":
        "peer set tcp_rto_max_ms 1000; send SYN; expect SYN,ACK; expect SYN,ACK within 1200ms; expect nothing for 1500ms",
    "the SYN,ACK at 1 and 3 seconds": "send SYN; expect SYN,ACK; wait SYN,ACK within 2s; wait SYN,ACK within 3s",
    "a FIN before any text is acknowledged at the next tick": LATE + "send FIN,ACK; wait ACK within 1s",
    "after text it waits longer": LATE + "peer set quickack 0; send PSH,ACK len=3; send FIN,ACK; wait ACK within 1s",
    "who waited in vain waits longer":
        LATE + 17 * "send PSH,ACK len=3; " + "wait ACK ack=snd.nxt within 1s; "
        "send PSH,ACK len=3; wait ACK ack=snd.nxt within 1s; send PSH,ACK len=3; wait ACK ack=snd.nxt within 1s",
    "but no longer than a round trip":
        "set quickack off; peer app none; send SYN; expect SYN,ACK; wait 100ms; send; peer accept; "
        + 17 * "send PSH,ACK len=3; " + 4 * "wait ACK ack=snd.nxt within 1s; send PSH,ACK len=3; "
        + "wait ACK ack=snd.nxt within 1s",
    "tcp_rto_max_ms is for sockets that are made from then on":
        "peer set tcp_rto_max_ms 1000; peer set tcp_retries2 5; " + NEW + "peer send x; wait 6300ms",
    "not for those that are there": "peer set tcp_rto_max_ms 1000; " + OPEN + "peer send x; wait 3500ms",
    "not for a request's SYN,ACK": "peer set tcp_rto_max_ms 1000; peer listen 80; send SYN dport=80; wait 3500ms",
    "but for a Fast Open's": "peer set tcp_rto_max_ms 1000; peer set tcp_fastopen 0x203; peer set fastopen 5; "
        'peer app none; peer listen 80; send SYN dport=80 "early"; wait 3500ms',
    "text is given up by the clock": "peer set tcp_retries2 2; " + OPEN + "peer send x; wait 4s",
    "an orphan, too": "peer set tcp_orphan_retries 1; " + OPEN + "peer close; wait 2200ms",
    "a SYN": "peer set tcp_syn_retries 1; listen 8080; peer connect 8080; wait 4s",
    "a SYN,ACK of who called": "peer set tcp_syn_retries 1; listen 8080; peer connect 8080; send SYN; wait 4s",
    "a user timeout counts from the first repetition": "peer set user_timeout 1000; " + OPEN + "peer send x; wait 2s",
    "probes of a shut window are given up": "peer set tcp_retries2 3; " + OPEN + "send ACK win=0; peer send x; wait 4s",
    "not when they are answered":
        "peer set tcp_retries2 3; " + OPEN + "send ACK win=0; peer send x; wait 1s; send ACK win=0; wait 4s",
    "a user timeout, too": "peer set user_timeout 1000; " + OPEN + "send ACK win=0; peer send x; wait 2s",
    "text under way when the window shuts":
        "peer set tcp_retries2 1; " + OPEN + "peer send x; send ACK win=0 ack=peer.snd.una stray; wait 3500ms",
    "a shut window after a repetition":
        OPEN + "peer send x; wait 500ms; send ACK win=0; peer send y; wait 100ms; send ACK win=0; wait 4s",
    "the handshake was not measured": "peer app none; send SYN; expect SYN,ACK; expect SYN,ACK within 2s; send; "
        "peer accept; peer send x; wait 4s",
    "nor that of a cookie": "peer set tcp_syncookies 2; " + OPEN + "peer send x; wait 4s",
    "a long round trip": "peer app none; send SYN; wait 300ms; send; peer accept; peer send x; wait 1100ms",
    "after it shorter ones": "peer app none; send SYN; wait 300ms; send; peer accept; "
        + 5 * "peer send x; wait 20ms; send; " + "peer send x; wait 1s",
    "each ACK is measured": OPEN + "peer set nodelay 1; peer send x; wait 100ms; peer send y; wait 50ms; "
        "send ACK ack=peer.snd.una+1; wait 200ms; send; peer send z; wait 1s",
    "a FIN, doubled and doubled": OPEN + "peer close; wait 7s",
    "keepalive, answered and not": "peer set keepalive 1; peer set keepidle 1; peer set keepintvl 3; "
        "peer set keepcnt 2; " + OPEN + "wait 1200ms; send; wait 11s",
    "a SYN,ACK repeated twice opens the congestion window for one segment": "peer app none; send SYN win=65535 mss=1000; "
        "expect SYN,ACK; wait SYN,ACK within 2s; wait SYN,ACK within 3s; send ACK win=65535; peer accept; "
        "peer send 5000; wait 100ms; send ACK ack=irs+1001 win=65535; wait 50ms",
    "so does a SYN": "listen 8080; peer connect 8080; expect SYN; wait SYN within 2s; wait SYN within 2s; "
        "send SYN,ACK win=65535 mss=1000; peer send 5000; wait 100ms; send ACK ack=irs+1001 win=65535; wait 50ms",
    "one repetition does not": "peer app none; send SYN win=65535 mss=1000; expect SYN,ACK; wait SYN,ACK within 2s; "
        "send ACK win=65535; peer accept; peer send 5000; wait 100ms",
    "the congestion window falls back in silence": GROWN + "wait 1s; peer send 20000; wait 100ms",
    "by half for each timeout": GROWN.replace("30000", "60000") + "send ACK win=65535; wait 300ms; peer send 60000; "
        "wait 100ms",
    "not if it is told not to": "peer set tcp_slow_start_after_idle 0; " + GROWN + "wait 1s; peer send 20000; wait 100ms",
    "eighty segments at once": "peer app none; send SYN win=65535 mss=100; send; peer accept; peer send 20000; "
        + 5 * "send ACK win=65535; " + "wait 50ms",
    "twenty segments at once after a long round trip":
        "peer app none; send SYN seq=0 win=32792 mss=1000 sackok nop nop nop wscale=7; expect SYN,ACK; wait 200ms; "
        "send ACK seq=1 win=257; peer accept; peer send 30000; wait 200ms; send ACK seq=1 ack=irs+10001 win=257; "
        "wait ACK seq=irs+29001 within 50ms",
    "keepalive ends with the socket":
        "peer set keepalive 1; peer set keepidle 1; " + OPEN + "wait ACK within 2s; send; peer close; send; wait 1500ms",
    "the last quarter of the SYN queue": MANY + "".join(f"new {port}; send SYN dport=80; " for port in range(2001, 2006)),
}


def story(wire, script):
    """What happened, and when each segment came that nobody had caused: (time, what) a line."""
    result = run("--json", "--seed", "7", *wire, "-c", script, timeout=PATIENCE)
    told, isn = [], {}
    for line in result.stdout.splitlines():
        e = json.loads(line)
        if e["event"] == "segment":
            ends = ("you", "peer") if e["dir"] == "out" else ("peer", "you")
            me, other = ((e["connection"], end) for end in ends)
            if "SYN" in e["flags"]:
                isn.setdefault(me, e["seq"])
            seq = 0 if "RST" in e["flags"] and e["seq"] == 0 else (e["seq"] - isn.get(me, 0)) % 2**32
            ack = (e["ack"] - isn.get(other, 0)) % 2**32 if "ACK" in e["flags"] else None
            flags = ",".join(f for f in e["flags"] if f != "PSH")
            itself = e["dir"] == "in" and e["predicted"] is not True
            told.append((e["t"], f"{e['connection']} {e['dir']} {flags} seq={seq} ack={ack} len={e['len']}", itself))
            if e["predicted"] is False:
                told.append((e["t"], "NOT PREDICTED", False))
        elif e["event"] == "state":
            told.append((e["t"], f"{e['end']} {e['from']} > {e['to']} ({e['rule']}) {e.get('truth')}", False))
        elif e["event"] == "note" and e.get("note") == "unexplained":
            told.append((e["t"], f"UNEXPLAINED {e['text']}", False))
    return told, result


def notch(seconds):
    """Of the timer wheel, for a timer of so many SECONDS."""
    ticks, width = seconds / TICK, 1
    while ticks >= 63 * width and width < 4096:
        width *= 8
    return width * TICK


def compare(script):
    """None, or what differs (in one line: what the kernel lacks); and whether only lateness does."""
    lab, lab_run = story([], script)
    model, model_run = story(["--wire", "model", "--profile", "linux"], script)
    seen = ["lab:", *(f"{t:9.4f} {what}" for t, what, _ in lab), lab_run.stderr,
            "model:", *(f"{t:9.4f} {what}" for t, what, _ in model), model_run.stderr]
    if "this kernel has no" in lab_run.stderr:
        return lab_run.stderr.strip().splitlines()[0], False
    if [what for _, what, _ in lab] != [what for _, what, _ in model] or lab_run.returncode or model_run.returncode:
        return ["the stories differ", *seen], False
    if any(what.startswith(("NOT", "UNEXPLAINED")) for _, what, _ in lab) or not lab:
        return ["a riddle", *seen], False
    for i in range(1, len(lab)):
        if not lab[i][2]:
            continue
        meant = model[i][0] - model[i - 1][0]
        took = lab[i][0] - lab[i - 1][0]
        if took < meant - TICK - 0.001:
            return [f"early: {lab[i][1]} after {took:.4f} s, not {meant:.4f}", *seen], False
        if took > meant + notch(meant) + TICK + SLACK and not emulated():
            return [f"late: {lab[i][1]} after {took:.4f} s, not {meant:.4f}", *seen], True
    return None, False


def judge(script):
    for _ in range(TRIES):
        difference, late = compare(script)
        if not late:
            break
    return difference


with ThreadPoolExecutor(len(SCRIPTS)) as pool:
    for name, difference in zip(SCRIPTS, pool.map(judge, SCRIPTS.values())):
        if isinstance(difference, str):
            skip(name, difference)
        else:
            ok(difference is None, name, SCRIPTS[name], *(difference or []))

done()
