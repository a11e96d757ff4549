# SPDX-License-Identifier: GPL-3.0-or-later
"""The layers hold: includes go down or sideways; the engine neither prints nor exits nor asks the environment;
the lowest layers do not allocate; only the outermost make system calls, and only the wire has a clock."""
import glob
import os
import re
import shutil
import subprocess

from taplib import BUILD, SOURCE, done, ok

RANKS = [["base"], ["segment"], ["tcp", "tcp/linux", "tcp/counterfactual"], ["trace"], ["words"], ["lab"], ["wire"], ["peer"], ["command", "view"], ["session"], ["lesson"], ["course"]]
RANK = {f"engine/{name}": rank for rank, names in enumerate(RANKS) for name in names}
CLI = {"cli", "cli/prompt", "cli/handlers", "cli/files", "cli/documents"}
RANK.update({name: len(RANKS) for name in CLI})

# What each library needs is between it and the outermost layers.
FOREIGN = {
    "libnet.h": {"engine/wire"},
    "pcap.h": {"engine/wire"}, "pcap/pcap.h": {"engine/wire"},
    "libmnl/libmnl.h": {"engine/lab", "engine/peer"},
    "cmark.h": {"engine/lesson"},
    "jansson.h": {"engine/view"},
    "readline/readline.h": {"cli/prompt"}, "readline/history.h": {"cli/prompt"},
    "sys/socket.h": {"engine/wire", "engine/lab", "engine/peer"},
    "unistd.h": {"engine/wire", "engine/lab", "engine/peer"} | CLI,
    "stdlib.h": set(RANK) - {"engine/base", "engine/segment", "engine/tcp", "engine/tcp/linux", "engine/words"},
}

folders = {}
for folder in RANK:
    for path in sorted(glob.glob(os.path.join(SOURCE, folder, "*.[ch]")) + glob.glob(os.path.join(SOURCE, folder, "*.def"))):
        with open(path, encoding="utf-8") as file:
            folders.setdefault(folder, []).append((os.path.relpath(path, SOURCE), file.read()))
ok(set(folders) == set(RANK), "every folder of the plan is there", sorted(set(RANK) - set(folders)))
on_disk = {os.path.relpath(os.path.dirname(path), SOURCE) for top in ("engine", "cli")
           for path in glob.glob(os.path.join(SOURCE, top, "**", "*.[ch]"), recursive=True)}
ok(on_disk <= set(RANK), "and no other", sorted(on_disk - set(RANK)))

up, foreign, unmarked = [], [], []
for folder, files in folders.items():
    for path, text in files:
        if "SPDX-License-Identifier: GPL-3.0-or-later" not in text.split("\n", 1)[0]:
            unmarked.append(path)
        for quoted, system in re.findall(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', text, re.MULTILINE):
            target = os.path.dirname(quoted)
            if quoted and quoted != "config.h" and RANK.get(target, 99) > RANK[folder]:
                up.append(f"{path} includes {quoted}")
            if system in FOREIGN and folder not in FOREIGN[system]:
                foreign.append(f"{path} includes <{system}>")
ok(not up, "includes go down or sideways, never up", *up)
strangers = [path for one, other in (("command", "view"), ("view", "command"))
             for path, text in folders[f"engine/{one}"] if f'#include "engine/{other}/' in text]
ok(not strangers, "command and view do not know each other", *strangers)
ok(not foreign, "each library is known to its own layer only", *foreign)
ok(not unmarked, "every file names its licence in its first line", *unmarked)

# Guards, effects and what they call differ by row and by manner; only what makes and tells the lists knows whose a row is.
LISTS = {f"engine/tcp/{name}" for name in ("rules.c", "merge.c", "candidates.c", "measured.c", "profile.c", "profile.h")}
asking = [path for folder, files in folders.items() if folder.startswith("engine/tcp") for path, text in files
          if path not in LISTS and re.search(r"is_linux|PROFILE_LINUX|profile->rows\s*[&=]|profile->name", text)]
ok(not asking, "no guard and no effect asks which profile it is", *asking)

# Sentences are made in words/, from facts: the types of a record leave no room for one, and nothing below makes any.
wordy = []
for name in ("call", "message", "trace"):
    with open(os.path.join(SOURCE, "engine", "trace", name + ".h"), encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.DOTALL)
    for struct in re.findall(r"^(struct \w+ \{.*?^\};|#define FACTS.*?[^\\]$)", text, re.MULTILINE | re.DOTALL):
        wordy += [f"{name}.h: {line.strip()}" for line in struct.splitlines() if re.search(r"\bchar\b|\bbuf\b", line)]
ok(not wordy, "a record holds facts and no sentence", *wordy)

PRINTS = "printf vprintf puts putchar perror fprintf vfprintf fputs fputc putc fwrite stdout stderr __printf_chk __fprintf_chk " \
         "__vfprintf_chk".split()
ENDS = "exit abort quick_exit longjmp _longjmp __longjmp_chk __assert_fail err errx".split()
ENVIRONMENT = "getenv secure_getenv environ __environ setenv setlocale getopt_long".split()
ALLOCATES = "malloc calloc realloc reallocarray free strdup __strdup strndup asprintf vasprintf open_memstream".split()
CLOCK = "time gettimeofday clock_gettime clock timespec_get".split()
SYSTEM = "open open64 openat close read write pread pwrite socket bind connect listen accept accept4 send sendto sendmsg recv " \
         "recvfrom recvmsg ioctl fork vfork execve execvp system popen poll ppoll select epoll_wait nanosleep usleep sleep " \
         "signal sigaction kill setns unshare mmap fopen fopen64 fdopen rand srand random getrandom".split()
# Of the peer, only peer_lab may ask the system for anything; the verbs and the little apps are pure.
PURE = ["base", "segment", "tcp", "trace", "words", "command", "view", "lesson", "course", "peer"]
LIBRARIES = [name for names in RANKS for name in names if "/" not in name]
ENGINE = [*LIBRARIES, "peer_lab"]
RULES = [
    ("the engine prints nothing", ENGINE, PRINTS),
    ("the engine never exits or aborts", ENGINE, ENDS),
    ("the engine does not look at the environment", ENGINE, ENVIRONMENT),
    ("base, segment, tcp and words allocate nothing", ["base", "segment", "tcp", "words"], ALLOCATES),
    ("the pure layers make no system call", PURE, SYSTEM),
    ("the session makes none but waiting", ["session"], sorted(set(SYSTEM) - {"poll", "ppoll"})),
    ("only the wire, the lab and the peer in it have a clock", sorted(set(ENGINE) - {"wire", "lab", "peer_lab"}), CLOCK),
]


def undefined(library):
    """(object, symbol) for what the library's objects take from elsewhere."""
    archive = os.path.join(BUILD, "engine", library, f"lib{library}.a")
    listing = subprocess.run(["nm", "-A", "-u", archive], capture_output=True, encoding="utf-8", check=True).stdout
    for line in listing.splitlines():
        words = line.split()
        yield words[0].rsplit(":", 2)[-2], words[-1].split("@")[0]


if shutil.which("nm"):
    symbols = {name: list(undefined(name)) for name in LIBRARIES}
    ok(all(symbols.values()), "nm reads every library", [name for name in LIBRARIES if not symbols[name]])
    symbols["peer_lab"] = [pair for pair in symbols["peer"] if "peer_lab" in pair[0].replace("libpeer", "")]
    symbols["peer"] = [pair for pair in symbols["peer"] if pair not in symbols["peer_lab"]]
    ok(symbols["peer"] and symbols["peer_lab"], "the peer's verbs and the lab's peer are objects of their own")
    for title, names, forbidden in RULES:
        found = [f"{where} uses {symbol}" for name in names for where, symbol in symbols[name] if symbol in forbidden]
        ok(not found, title, *found)

done()
