# SPDX-License-Identifier: GPL-3.0-or-later
"""--save with a picture, at the prompt: after each step the file is a whole picture of what has happened so far."""
import os
import tempfile
import xml.etree.ElementTree as ET

from ptylib import ENTER, Terminal
from taplib import done, equal, eventually, ok

SVG = "{http://www.w3.org/2000/svg}"


def segments(file):
    """How many its ladder has; it must be well-formed at any time."""
    return sum(" seq=" in "".join(text.itertext()) for text in ET.parse(file).getroot().iter(SVG + "text"))


with tempfile.TemporaryDirectory() as folder:
    for file in ("follow.svg", "follow.html"):
        path = os.path.join(folder, file)
        t = Terminal("--wire", "model", "--no-rc", "--save", path)
        t.prompts(r"LISTEN> *$")
        equal(segments(path), 0, f"{file} is there before anything is sent")
        for command, count in (("send SYN", 2), ("send", 3), ('send PSH,ACK "hello"', 5)):
            t.type(command + ENTER)
            ok(eventually(lambda: segments(path) == count), f"{command}: {count} segments are in it", segments(path))
        os.chmod(folder, 0o500)
        t.type("send FIN,ACK" + ENTER)
        t.prompts(r"FIN-WAIT-2 .*> *$|CLOSE.*> *$")
        # The file takes what the folder does not; to root it makes no difference.
        ok(segments(path) > 5, "in a folder that takes no new file it is written over", segments(path))
        os.chmod(folder, 0o700)
        t.leave()
        equal(t.ends(), 0, "and the session ends as ever", t.text)
        t.close()

done()
