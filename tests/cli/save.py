# SPDX-License-Identifier: GPL-3.0-or-later
"""What `save` and --save write: captures that tshark reads without complaint and decodes as sent, a transcript, JSON;
a FIFO that can be followed, a session that is killed, a disk that is full, a reader that leaves."""
import json
import os
import resource
import shutil
import signal
import stat
import struct
import subprocess
import tempfile
import threading

import taplib
from taplib import PATIENCE, done, equal, eventually, need_lab, ok, run, skip

need_lab()
TSHARK = shutil.which("tshark")

taplib.PROGRAM = os.path.abspath(taplib.PROGRAM)
PROGRAM = taplib.PROGRAM

HANDSHAKE = "send SYN seq=1415531521 win=4096 mss=1024 wscale=7; expect SYN,ACK; send; expect peer ESTABLISHED; "
SCRIPT = (HANDSHAKE + "send ACK \"lost\" lost; send PSH,ACK \"hello\" doff=15; send ACK \"x\" sum=bad rsv=5 urg=7; "
          "send ACK \"late\" hold=h; send ACK \"a\" seq=1415531522 stray; expect ACK; release h; expect ACK; peer close; expect FIN,ACK")


def tshark(file, *options):
    """Its output, and what it complained about."""
    result = subprocess.run(["tshark", "-n", "-o", "tcp.relative_sequence_numbers:FALSE", "-o", "tcp.check_checksum:TRUE",
                             *options, "-r", file], capture_output=True, encoding="utf-8", timeout=PATIENCE,
                            env={**os.environ, "HOME": os.environ.get("HOME", "/"), "LC_ALL": "C.UTF-8"})
    complaints = [line for line in result.stderr.splitlines() if not line.startswith("Running as user")]
    if result.returncode:
        complaints.append(f"exit status {result.returncode}")
    return result.stdout, complaints


def fields(file, *names):
    """The named fields, a list a packet."""
    text, complaints = tshark(file, "-T", "fields", "-E", "separator=/t", *(arg for name in names for arg in ("-e", name)))
    return [line.split("\t") for line in text.splitlines()], complaints


def is_read(file, name):
    if TSHARK:
        equal(tshark(file)[1], [], name)
    else:
        skip(name, "tshark is not installed")


def blocks(data):
    """The types of the blocks of a pcapng, which must be whole; None: they are not."""
    found, at = [], 0
    while at + 12 <= len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if length < 12 or at + length > len(data) or struct.unpack_from("<I", data, at + length - 4) != (length,):
            return None
        found.append(kind)
        at += length
    return found if at == len(data) else None


def packets(file):
    """How many packets a capture holds, which must be whole; None: it is not."""
    with open(file, "rb") as capture:
        data = capture.read()
    if file.endswith(".pcapng"):
        found = blocks(data)
        return None if found is None else found.count(6)
    at, count = 24, 0
    while at + 16 <= len(data):
        at += 16 + struct.unpack_from("<I", data, at + 8)[0]
        count += 1
    return count if at == len(data) else None


def limited(octets):
    """No file may grow beyond so many octets: a disk as full as can be arranged without one."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))
    return limit


def start(*args, **options):
    return subprocess.Popen([PROGRAM, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            encoding="utf-8", **options)


def as_sent():
    result = run("--save", "follow.pcapng", "-c",
                 SCRIPT + "; save a.pcap; save a.pcapng; save a.txt; save a.json; save \"a name.pcap\"")
    equal(result.returncode, 0, "save and --save in one session", result.all)
    with open("a.json", encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    sent = [e for e in events if e["event"] == "segment" and (e["dir"] == "in" or e["fate"] in ("sent", "stray"))]
    equal([packets(file) for file in ("a.pcap", "a.pcapng", "follow.pcapng")], [len(sent)] * 3, "a packet for each segment that crossed")
    if TSHARK:
        decoded(sent)
    else:
        skip("the captures, decoded", "tshark is not installed")
    as_shown(result.stdout)


def decoded(sent):
    for file in ("a.pcap", "a.pcapng", "follow.pcapng", "a name.pcap"):
        found, complaints = fields(file, "ip.src", "tcp.seq", "tcp.ack_raw", "tcp.window_size_value", "tcp.flags")
        equal(complaints, [], f"tshark reads {file} without complaint")
        equal([f[:4] for f in found],
              [["10.9.0.1" if e["dir"] == "out" else "10.9.0.2", str(e["seq"]), str(e["ack"]), str(e["win"])] for e in sent],
              f"{file}: the segments that crossed the wire, with their numbers")
    raw = {file: tshark(file, "-x")[0] for file in ("a.pcap", "a.pcapng", "follow.pcapng")}
    ok(raw["a.pcap"] == raw["a.pcapng"] == raw["follow.pcapng"], "all captures hold the same octets")
    packet = [p.split() for p in tshark("a.pcap", "-T", "fields", "-e", "tcp.hdr_len", "-e", "tcp.flags.res",
                                        "-e", "tcp.urgent_pointer", "-e", "tcp.checksum.status", "-e", "ip.flags.df")[0]
              .splitlines()]
    ok(any(p[0] == "60" for p in packet), "a data offset that lies is in the capture", packet)
    ok(packet[4][3:4] == ["0"], "a checksum that is wrong is wrong in the capture", packet)
    equal([p[3] for i, p in enumerate(packet) if i not in (3, 4)], ["1"] * (len(packet) - 2), "all others are right")
    ok(all(p[-1] == "1" for p, e in zip(packet, sent) if e["dir"] == "in"), "what the kernel sent has its DF bit", packet)
    comments, _ = fields("a.pcapng", "frame.interface_name", "frame.packet_flags_direction", "frame.comment")
    text = "\n".join(c[-1] for c in comments)
    equal({c[0] for c in comments}, {"lab"}, "the interface is the lab")
    equal([int(c[1], 0) for c in comments], [2 if e["dir"] == "out" else 1 for e in sent], "each packet has its direction")
    for said in ("you SYN-SENT -> ESTABLISHED: ", "peer LISTEN -> SYN-RECEIVED: ", "its own system says so", "RFC 9293 3.10",
                 "peer: close()", "lost before the wire", "held back before the wire", "a stray", "held back until now"):
        ok(said in text, f"the comments say: {said.strip()}", text)
    ok("you SYN-SENT -> ESTABLISHED" in comments[1][-1], "a change of state is with the segment that made it", comments[1])


def as_shown(shown):
    with open("a.txt", encoding="utf-8") as file:
        transcript = file.read()
    ok(shown.startswith(transcript) and "saved a.pcap: " in shown, "the transcript is what was shown", transcript)
    result = run("--json", "--save", "b.json", "-c", HANDSHAKE)
    with open("b.json", encoding="utf-8") as file:
        equal(file.read(), result.stdout, "the JSON file is what --json prints")


def followed():
    os.mkfifo("fifo.pcapng")
    program = start("--save", "fifo.pcapng", "-c", "send SYN; expect SYN,ACK; wait 600s")
    data, both = bytearray(), threading.Event()

    def follow():
        with open("fifo.pcapng", "rb", buffering=0) as fifo:
            while part := fifo.read(65536):
                data.extend(part)
                if (blocks(bytes(data)) or []).count(6) >= 2:
                    both.set()

    reader = threading.Thread(target=follow)
    reader.start()
    ok(both.wait(PATIENCE) and program.poll() is None, "a FIFO has each segment while the session goes on")
    program.kill()
    program.communicate()
    reader.join(PATIENCE)
    with open("fifo-seen.pcapng", "wb") as file:
        file.write(data)
    is_read("fifo-seen.pcapng", "and what was read of it is a capture")

    program = start("--save", "fifo.pcapng", "-c", "send SYN; expect SYN,ACK; wait 1s; send; expect peer ESTABLISHED")
    with open("fifo.pcapng", "rb", buffering=0) as fifo:
        fifo.read(16)
    out, err = program.communicate(timeout=PATIENCE)
    equal(program.returncode, 0, "a reader that leaves does not end the session", out, err)
    ok("fifo.pcapng: its reader has left" in err and "ESTABLISHED" in out.splitlines()[-1], "it is told, once", out, err)
    equal(err.count("reader has left"), 1, "once", err)


def killed():
    for file in ("killed.pcapng", "killed.pcap"):
        program = start("--save", file, "-c", "send SYN; expect SYN,ACK; wait 600s")
        complete = eventually(lambda f=file: os.path.exists(f) and (packets(f) or 0) >= 2)
        program.kill()
        program.communicate()
        ok(complete, f"{file}: a session that is killed keeps its capture")
        is_read(file, "which reads without complaint")


def full():
    os.symlink("/dev/full", "full.pcapng")
    result = run("--save", "full.pcapng", "-c", "send SYN; expect SYN,ACK; send; expect peer ESTABLISHED")
    equal(result.returncode, 1, "a full disk is a failure in the end", result.all)
    ok("full.pcapng: No space left on device" in result.stderr and result.stderr.count("No space") == 1,
       "told once, by the system's own words", result.stderr)
    ok("✓ expected peer ESTABLISHED" in result.stdout, "and the session goes on", result.stdout)
    ok(stat.S_ISCHR(os.stat("/dev/full").st_mode) and os.path.islink("full.pcapng"), "a device stays a device")

    result = run("-c", "send SYN; save full.pcapng; expect SYN,ACK")
    equal(result.returncode, 1, "`save` to a full disk fails", result.all)
    ok("No space left on device" in result.stderr and "save it elsewhere" in result.stderr, "and says so", result.stderr)

    # The disk fills while the session goes on: the file ends with a whole step.
    program = start("--save", "part.pcapng", "-c", SCRIPT, preexec_fn=limited(1000))
    out, err = program.communicate(timeout=PATIENCE)
    ok(program.returncode == 1 and "part.pcapng: File too large" in err and "✓ expected FIN,ACK" in out,
       "a disk that fills up ends the capture and not the session", program.returncode, out, err)
    ok((packets("part.pcapng") or 0) >= 1, "with its last packet whole", packets("part.pcapng"))
    is_read("part.pcapng", "so that tshark has no complaint")

    with open("kept.pcapng", "wb") as file:
        file.write(b"an older capture")
    program = start("-c", SCRIPT + "; save kept.pcapng", preexec_fn=limited(1000))
    out, err = program.communicate(timeout=PATIENCE)
    with open("kept.pcapng", "rb") as file:
        equal((program.returncode, file.read()), (1, b"an older capture"), "`save` that fails leaves the old file", out, err)
    equal([name for name in os.listdir() if "tcptutor" in name], [], "and nothing else")


def files():
    with open("old.pcap", "wb") as file:
        file.write(b"an older capture" * 100)
    os.chmod("old.pcap", 0o604)
    os.symlink("old.pcap", "link.pcap")
    result = run("-c", "send SYN; save link.pcap")
    equal(result.returncode, 0, "an existing file is replaced", result.all)
    ok(os.path.islink("link.pcap") and stat.S_IMODE(os.stat("old.pcap").st_mode) == 0o604,
       "where a link points to, with the mode it had", oct(os.stat("old.pcap").st_mode))
    equal(packets("old.pcap"), 2, "by the new capture")
    run("--save", "old.pcap", "-c", "send SYN lost")
    equal(os.stat("old.pcap").st_size, 24, "--save overwrites it")

    for args, status, said in (
            (("-c", "send SYN; save nowhere/a.pcap"), 1, "nowhere/a.pcap: No such file or directory"),
            (("--save", "nowhere/a.pcap", "-c", "send SYN"), 1, "nowhere/a.pcap: No such file or directory"),
            (("-c", "send SYN; save folder.pcap"), 1, "folder.pcap: Is a directory"),
            (("-c", "send SYN; save fifo.pcapng"), 1, "fifo.pcapng: "),
            (("-c", "send SYN; save a.doc"), 2, "'a.doc' does not end in .pcap, .pcapng, .txt, .svg, .html or .json"),
            (("-c", "send SYN; save .pcap"), 2, "'.pcap' does not end in"),
            (("-c", "send SYN; save"), 2, "a file is missing"),
            (("--save", "a.doc", "-c", "send SYN"), 2, "--save: 'a.doc' does not end in"),
            (("--save", "a.pcap", "--save", "b.pcap"), 2, "--save is given twice")):
        result = run(*args)
        ok(result.returncode == status and said in result.stderr, f"{' '.join(args)}: {said}", result.all)
        if status == 2:
            equal(result.stdout, "", "and nothing has been sent", result.stdout)
    if os.getuid() != 0:
        os.mkdir("closed", 0o555)
        result = run("--save", "closed/a.pcap", "-c", "send SYN")
        ok(result.returncode == 1 and "closed/a.pcap: Permission denied" in result.stderr, "no right to write", result.all)


with tempfile.TemporaryDirectory() as here:
    os.chdir(here)
    os.mkdir("folder.pcap")
    as_sent()
    followed()
    killed()
    full()
    files()
    os.chdir("/")

done()
