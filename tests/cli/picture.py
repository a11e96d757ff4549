# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of what happened (.svg, .html): well-formed, the same for the same session, text that can be selected, a reason
behind everything, nothing from elsewhere, nothing outside the picture; and how they are written to files."""
import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time
import xml.etree.ElementTree as ET

import taplib
from taplib import PATIENCE, done, equal, eventually, ok, run

taplib.PROGRAM = os.path.abspath(taplib.PROGRAM)
PROGRAM = taplib.PROGRAM
SVG = "{http://www.w3.org/2000/svg}"
MODEL = ("--wire", "model", "--profile", "linux", "--seed", "7")

OPEN = "peer app none; send SYN; expect SYN,ACK; send; peer accept; "
SCRIPTS = {
    "handshake": "send SYN; expect SYN,ACK; send; expect peer ESTABLISHED",
    "long": OPEN + 'send PSH,ACK "hello"; wait 60s; peer read; peer send "good bye"; send; send FIN,ACK; peer close; send; wait 2msl',
    "fates": OPEN + 'send ACK "a" lost; send ACK "b" doff=15; send ACK "x" sum=bad rsv=5 urg=7; send ACK "late" hold=h; '
                    'send ACK "a" seq=1415531522 stray; release h; send ACK ack=+1000; lose 1; resend; peer close; wait 3s',
    "crossed": "lose 1; peer connect; send SYN; peer close; send FIN,ACK ack=irs+1; send ACK ack=+1",
    "several": "send SYN; send; new; send SYN; send; send RST; new; send ACK",
    "odd": "set names abcdefghijkl <b>&lt'; set numbers relative; send SYN mss=1460 wscale=14 ts=123456:0 "
           "opt=fe14" + "5c" * 18 + '; send SYN,FIN,PSH,URG,ECE,CWR,RST,ACK seq=0 win=0 urg=5 rsv=3 '
           '"<script>&\\x1b[31m\\xff\\u{202e}]]>"',
    "nothing": "state",
}


def saved(name, script, *args):
    result = run(*MODEL, *args, "-c", f"{script}; save {name}")
    equal(result.returncode, 0, f"{name} is saved", result.all)
    with open(name, encoding="utf-8") as file:
        return file.read()


def texts(root):
    return ["".join(text.itertext()) for text in root.iter(SVG + "text")]


def is_harmless(name, text):
    ok(not re.search("[^\t\n\x20-\x7e\xa0-\U0010ffff]|[\u202a-\u202e\ufffe\uffff]", text), f"{name}: no control characters")
    ok(not re.search(r"<script|\bon\w+=|javascript:|@import|url\(", text), f"{name}: no scripts")
    found = set(re.findall(r"https?://[^\s\"<]*", text)) - {"http://www.w3.org/2000/svg"}
    equal(found, set(), f"{name}: nothing from elsewhere")


def numbers(element, *names):
    return [int(element.get(name)) for name in names]


def is_within(name, root):
    """Letters and lines stay on the paper, letters taken to be 8 wide."""
    _, _, width, height = map(int, root.get("viewBox").split())
    outside = []
    for text in root.iter(SVG + "text"):
        x, y = numbers(text, "x", "y")
        columns = 8 * len("".join(text.itertext()))
        left = x - {"middle": columns // 2, "end": columns}.get(text.get("text-anchor"), 0)
        if left < 0 or left + columns > width or not 10 <= y <= height:
            outside.append("".join(text.itertext()))
    for line in root.iter(SVG + "line"):
        x1, y1, x2, y2 = numbers(line, "x1", "y1", "x2", "y2")
        if not (0 <= min(x1, x2) and max(x1, x2) <= width and 0 <= min(y1, y2) and max(y1, y2) <= height):
            outside.append(line.attrib)
    equal(outside, [], f"{name}: everything is on the paper")


def is_apart(name, root):
    """No letters on letters."""
    boxes, hits = [], []
    for text in root.iter(SVG + "text"):
        said = "".join(text.itertext())
        x, y = numbers(text, "x", "y")
        columns = 8 * len(said)
        left = x - {"middle": columns // 2, "end": columns}.get(text.get("text-anchor"), 0)
        boxes.append((left, y - 10, left + columns, y + 2, said))
    boxes.sort(key=lambda box: box[1])
    for i, a in enumerate(boxes):
        for b in boxes[i + 1:]:
            if b[1] >= a[3]:
                break
            if a[0] < b[2] and b[0] < a[2]:
                hits.append((a[4], b[4]))
    equal(hits, [], f"{name}: no letters on letters")


def pictures():
    for name, script in SCRIPTS.items():
        file = f"{name}.svg"
        text = saved(file, script)
        root = ET.fromstring(text)
        equal((root.tag, root.get("role"), root[0].tag), (SVG + "svg", "img", SVG + "title"), f"{file}: an image with a title")
        is_harmless(file, text)
        is_within(file, root)
        is_apart(file, root)
        equal(saved(file, script), text, f"{file}: the same session is the same picture")


def pages():
    for name, script in SCRIPTS.items():
        file = f"{name}.html"
        text = saved(file, script)
        ok(text.startswith('<!DOCTYPE html>\n<html lang="en">') and '<meta charset="utf-8"/>' in text, f"{file}: a page of HTML")
        root = ET.fromstring(text)
        is_harmless(file, text)
        for number, picture in enumerate(root.iter(SVG + "svg")):
            is_within(f"{file}, picture {number + 1}", picture)
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        equal(len(ids), len(set(ids)), f"{file}: every id once", ids)
        wanted = {element.get("href")[1:] for element in root.iter("a")} | {
            element.get("aria-labelledby") for element in root.iter(SVG + "svg")}
        ok(wanted <= set(ids), f"{file}: what is pointed to is there", wanted - set(ids))
        equal(saved(file, script), text, f"{file}: the same session is the same page")
        if shutil.which("tidy"):
            result = subprocess.run(["tidy", "-q", "-e", file], capture_output=True, encoding="utf-8", check=False)
            equal((result.returncode, result.stderr), (0, ""), f"{file}: tidy has no complaint")


def page_shown():
    root = ET.parse("handshake.html").getroot()
    whole = " ".join(" ".join(root.itertext()).split())
    for words in ("tcptutor 0.1", "Wire model", "Seed 7", "you.1037 (10.9.0.1) and peer.9 (10.9.0.2)", "SYN-SENT ▶ ESTABLISHED",
                  "✓ expected SYN,ACK", "The rules", "RFC 9293 3.10.7.2"):
        ok(words in whole, f"the page says: {words}", whole)
    equal(len(list(root.iter(SVG + "svg"))), 2, "and holds both pictures")
    rows = [" ".join(" ".join(row.itertext()).split()) for row in root.iter("tr")]
    ok(any(row.startswith("0.000000 you.1037 ▶ peer.9 SYN seq=") for row in rows), "a segment has its row", rows)
    ok(any(row.startswith("peer LISTEN ▶ SYN-RECEIVED ✓ a SYN arrives") for row in rows), "so has a change of state", rows)
    reasons = ["".join(reason.itertext()) for reason in root.iter("details")]
    ok(len(reasons) == 3 and all("RFC 9293" in reason for reason in reasons), "a segment opens, and tells its reasons", reasons)
    ok(all(link.get("title") for link in root.iter("a")), "a rule says why when it is pointed at")
    whole = "".join(ET.parse("odd.html").getroot().itertext())
    ok('"<script>&\\x1B[31m\\xFF\\u{202E}]]>"' in whole and "<b>&lt'.9" in whole, "hostile text is text", whole)


def shown():
    root = ET.parse("handshake.svg").getroot()
    said = texts(root)
    for words in ("you.1037", "10.9.0.2", "CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED ✓", "ESTABLISHED", "ESTABLISHED ✓"):
        ok(words in said, f"the ladder shows {words}", said)
    segments = [words for words in said if " seq=" in words]
    equal([words.split()[0] for words in segments], ["SYN", "SYN,ACK", "ACK"], "and each segment with its words")
    for words in ("FIN-WAIT-1", "CLOSING", "TIME-WAIT", "active OPEN / snd SYN", "2MSL", "IV", "you, peer"):
        ok(words in said, f"the diagram shows {words}", said)
    glows = [path.get("class").split() for path in root.iter(SVG + "path") if "glow" in path.get("class")]
    equal([sum(word in glow for glow in glows) for word in ("unlit", "lit", "last")], [16, 6, 3],
          "all its arrows, and the legend's: those walked lit, the last ones brightest")
    titles = ["".join(title.itertext()) for title in root.iter(SVG + "title")]
    for words in ("Segment 1, from you: SYN seq=", "a SYN arrives: answer SYN,ACK", "RFC 9293 3.10.7.2", "its own system says so",
                  "CLOSE-WAIT ▶ LAST-ACK: CLOSE / snd FIN", "CLOSE: the second FIN (RFC 9293 3.10.4)", "here: peer"):
        ok(any(words in title for title in titles), f"behind it stands: {words}", titles)
    ok("\\n" not in read("handshake.svg") + read("handshake.html"), "lines are lines")
    described = "".join(desc.text for desc in root.iter(SVG + "desc"))
    ok("You send SYN, seq" in described and "Peer goes from LISTEN to SYN-RECEIVED" in described, "and all of it in sentences",
       described)

    said = texts(ET.parse("fates.svg").getroot())
    for words in ("lost", "held", "accept()", "retransmission timer"):
        ok(words in said, f"what became of a segment: {words}", said)
    for words in (" stray", " again", "sum=bad", "doff=15"):
        ok(any(words in text for text in said), f"what it was: {words}", said)
    said = texts(ET.parse("long.svg").getroot())
    ok("1m later" in said, "pauses are told", said)
    said = texts(ET.parse("several.svg").getroot())
    equal(sum(words.startswith("you.") for words in said), 3, "every connection has its ladder", said)
    said = texts(ET.parse("odd.svg").getroot())
    ok(any("irs" in words for words in said), "numbers are relative when they are asked to be", said)
    ok(any('"<script>&\\x1B[31m\\xFF\\u{202E}]]>"' in words for words in said), "hostile text is text", said)


def luminance(color):
    parts = [int(color[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def legible():
    """Letters stand out from their paper as WCAG 2.1, 1.4.3 asks for, 4.5 to 1."""
    style = ET.parse("handshake.svg").getroot().find(SVG + "style").text
    for name, rules in zip(("light", "dark"), style.split("@media (prefers-color-scheme:dark)")):
        paper = luminance(re.search(r"\.paper\{fill:(#\w{6})", rules)[1])
        inks = dict(re.findall(r"^\.(\w+)\{color:(#\w{6})\}", rules, re.MULTILINE))
        ratios = {ink: (max(luminance(color), paper) + 0.05) / (min(luminance(color), paper) + 0.05) for ink, color in inks.items()}
        ok(len(ratios) == 7 and min(ratios.values()) >= 4.5, f"all inks are legible on {name} paper", ratios)


def limited():
    """A disk as full as can be arranged without one."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


def start(*args, **options):
    return subprocess.Popen([PROGRAM, *MODEL, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            encoding="utf-8", **options)


def read(name):
    with open(name, encoding="utf-8") as file:
        return file.read()


def followed():
    result = run(*MODEL, "--save", "follow.svg", "-c", SCRIPTS["long"])
    equal(result.returncode, 0, "--save draws while it happens", result.all)
    equal(read("follow.svg"), read("long.svg"), "and ends as `save` would have drawn it")
    run(*MODEL, "--save", "follow.html", "-c", SCRIPTS["fates"])
    equal(read("follow.html"), read("fates.html"), "a page likewise")
    with subprocess.Popen([PROGRAM, *MODEL, "--save", "step.svg", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          encoding="utf-8") as program:
        ok(eventually(lambda: os.path.exists("step.svg")), "the picture is there from the beginning")
        ET.parse("step.svg")
        program.stdin.write(SCRIPTS["handshake"])
        program.stdin.close()
    equal(read("step.svg"), read("handshake.svg"), "and whole at the end")

    os.mkfifo("fifo.svg")
    data = []
    reader = threading.Thread(target=lambda: data.append(read("fifo.svg")))
    reader.start()
    result = run(*MODEL, "--save", "fifo.svg", "-c", SCRIPTS["handshake"])
    reader.join(PATIENCE)
    equal(result.returncode, 0, "a FIFO is written to", result.all)
    equal(data, [read("handshake.svg")], "once, at the end")
    ok(stat.S_ISFIFO(os.stat("fifo.svg").st_mode), "and stays a FIFO")

    result = run("--wire", "model", "--save", "lesson.svg", "check", "handshake")
    equal(result.returncode, 0, "sessions follow each other", result.all)
    root = ET.parse("lesson.svg").getroot()
    ok(sum(words.startswith("you.") for words in texts(root)) > 1, "in one picture", texts(root))
    is_within("lesson.svg", root)
    run("--wire", "model", "--save", "lesson.html", "check", "handshake")
    root = ET.parse("lesson.html").getroot()
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    ok(len(list(root.iter("table"))) > 1 and len(ids) == len(set(ids)), "or on one page", ids)


def refused():
    with open("kept.svg", "w", encoding="utf-8") as file:
        file.write("an older picture")
    program = start("-c", SCRIPTS["long"] + "; save kept.svg", preexec_fn=limited)
    out, err = program.communicate(timeout=PATIENCE)
    equal((program.returncode, read("kept.svg")), (1, "an older picture"), "`save` that fails leaves the old file", out, err)
    program = start("--save", "kept.svg", "-c", SCRIPTS["handshake"], preexec_fn=limited)
    out, err = program.communicate(timeout=PATIENCE)
    equal((program.returncode, read("kept.svg")), (1, "an older picture"), "so does --save", out, err)
    ok("kept.svg: File too large" in err, "and says why", err)
    os.symlink("/dev/full", "full.svg")
    result = run(*MODEL, "--save", "full.svg", "-c", SCRIPTS["handshake"])
    ok(result.returncode == 1 and result.stderr.count("full.svg: No space left on device") == 1, "a full disk is told once",
       result.all)
    os.mkdir("folder.svg")
    for args, said in ((("--save", "nowhere/a.svg", "-c", "send SYN"), "nowhere/a.svg: No such file or directory"),
                       (("--save", "folder.svg", "-c", "send SYN"), "folder.svg: Is a directory"),
                       (("-c", "send SYN; save folder.svg"), "folder.svg: Is a directory")):
        result = run(*MODEL, *args)
        ok(result.returncode == 1 and said in result.stderr, said, result.all)
    if os.getuid() != 0:
        os.mkdir("closed", 0o555)
        result = run(*MODEL, "--save", "closed/a.svg", "-c", "send SYN")
        ok(result.returncode == 1 and "closed/a.svg: Permission denied" in result.stderr, "no right to write", result.all)
    equal([name for name in os.listdir() if "tcptutor" in name], [], "nothing else is left behind")


def quick():
    began = time.monotonic()
    result = run(*MODEL, "--save", "many.svg", "-c", OPEN + "send ACK \"x\"; expect ACK; " * 2000)
    took = time.monotonic() - began
    equal(result.returncode, 0, "a session of thousands of segments is drawn as it goes on", result.stderr)
    print(f"# in {took:.1f} s")
    ok(len(texts(ET.parse("many.svg").getroot())) > 8000, "to its end")


with tempfile.TemporaryDirectory() as here:
    os.chdir(here)
    pictures()
    pages()
    shown()
    page_shown()
    legible()
    followed()
    refused()
    quick()
    os.chdir("/")

done()
