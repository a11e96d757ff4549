# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures 6 to 13 of RFC 9293 3.5 and 3.6 (RFC 793 numbers them 7 to 14), line by line: against the running kernel, the
model of it, and the model that keeps to the RFC. Where these differ from the figure the script says so."""
import glob
import json
import os
import re

from taplib import SOURCE, done, equal, need_lab, ok, run

need_lab()

LINES = {6: 5, 7: 7, 8: 8, 9: 7, 10: 3, 11: 5, 12: 6, 13: 4}
WIRES = {"the kernel": (), "the model as Linux": ("--wire", "model", "--profile", "linux"),
         "the model as the RFC": ("--wire", "model", "--profile", "rfc9293")}

scripts = {int(re.search(r"fig(\d+)\.tcp$", path).group(1)): path
           for path in glob.glob(os.path.join(SOURCE, "tests", "figures", "fig*.tcp"))}
equal(sorted(scripts), sorted(LINES), "there is a script for each figure")
for figure, path in sorted(scripts.items()):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    ok(text.startswith(f"# RFC 9293, Figure {figure}: "), f"Figure {figure}: the script is named after it")
    equal(sorted({int(n) for n in re.findall(r"# (\d+)\. ?", text)}), list(range(1, LINES[figure] + 1)),
          f"Figure {figure}: no line is left out")
    for wire, options in WIRES.items():
        result = run(*options, path)
        equal(result.returncode, 0, f"Figure {figure}, {wire}", result.all)
    events = [json.loads(line) for line in run("--json", path).stdout.splitlines()]
    strange = [e for e in events if e["event"] == "note" and e["note"] == "unexplained" or e.get("truth") == "denied"]
    ok(not strange, f"Figure {figure}: the kernel did nothing that is not understood", *map(str, strange))

done()
