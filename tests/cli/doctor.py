# SPDX-License-Identifier: GPL-3.0-or-later
"""`doctor` proves by use what this kernel has, and tells beforehand what a session then says: nobody is surprised."""
import re

from taplib import done, equal, need_lab, ok, run

need_lab()

for columns in (80, 60):
    result = run("doctor", env={"COLUMNS": str(columns), "LC_ALL": "C.UTF-8"})
    equal(result.returncode, 0, f"at {columns} columns: the lab works here", result.all)
    ok(all(len(line) <= columns for line in result.stdout.splitlines()), f"every line fits {columns} columns", result.all)
plain = run("doctor", env={"COLUMNS": "200", "LC_ALL": "C"}).stdout
found = {name.strip(): (mark, text) for mark, name, text in re.findall(r"^  ([-+!]) (.*?)  +(\S.*)$", plain, re.M)}
for name in ("namespaces", "destroying sockets", "choosing the ISN", "settings", "measured"):
    ok(found.get(name, "?")[0] in "+!", f"{name} are looked at", plain)

rule = run("--wire", "model", "-c", "rules time-wait.linux.syn-to-listener").stdout
kernels = re.search(r"rows are measured on ([0-9., ]+);", found["measured"][1])[1].split(", ")
ok(len(kernels) >= 5 and "6.18" in kernels, "it tells on which kernels the rows were measured", plain)
ok(re.search(r"measured on 5\.10, 6\.1\b", rule) and "before 6.10" in rule, "a row tells on which it was, and when it ended", rule)
yours = re.search(r"yours is ([0-9.]+)", found["measured"][1])[1]
equal(found["measured"][0] == "!", yours not in kernels, "and whether yours is one of them", plain)

session = run("-c", "peer isn 7; send SYN; expect SYN,ACK seq=7").stdout
equal(found["choosing the ISN"][0] == "!", "renumbers" in session, "what is said of the ISN holds", plain, session)

missing = re.sub(".*:", "", found["settings"][1]).replace(",", " ").split() if found["settings"][0] == "!" else []
for name, value in (("tcp_rto_max_ms", "1000"), ("somaxconn", "5"), ("tcp_syn_linear_timeouts", "2"),
                    ("tcp_rto_min_us", "5000"), ("tcp_rfc1337", "1")):
    works = run("-c", f"peer set {name} {value}").returncode == 0
    equal(works, name not in missing, f"peer set {name}: as told", plain)
ok("tcp_rto_min_us" not in missing, "every kernel has tcp_rto_min_us, or the route's metric", plain)
done()
