# SPDX-License-Identifier: GPL-3.0-or-later
"""tcptutor-lesson(5): its lesson has no fault and runs, its fragments and its answers are right."""
import os
import re
import tempfile

from taplib import SOURCE, done, equal, ok, run

with open(os.path.join(SOURCE, "man", "tcptutor-lesson.5"), encoding="utf-8") as file:
    page = file.read()
examples = [text.replace("\\(ga", "`").replace("\\-", "-") for text in re.findall(r"^\.EX\n(.*?)^\.EE$", page, re.M | re.S)]
lessons = [text for text in examples if text.startswith("# ")]
answers = [text for text in examples if re.match(r"[a-z-]+: ", text)]
others = [text for text in examples if text not in lessons + answers]
equal((len(lessons), len(answers), len(others)), (1, 1, 3), "the page has a lesson, answers, and three fragments", examples)

with tempfile.TemporaryDirectory() as directory:
    path = os.path.join(directory, "syn-number.md")

    def write(text, name=path):
        with open(name, "w", encoding="utf-8") as out:
            out.write(text)

    write(lessons[0])
    result = run("lint", path)
    ok(result.returncode == 0 and not result.stderr, "the lesson has no fault", result.all)
    equal(run("--wire", "model", "check", path).returncode, 0, "and runs")
    given = os.path.join(directory, "answers")
    write(answers[0], given)
    result = run("--wire", "model", "check", path, "--answers", given)
    equal(result.returncode, 0, "the answers are right", result.all)
    for name in ("time-wait.md",):
        write("# T\n" + "\n".join(text for text in others if text.startswith("<!--")).replace("after=close,data ", "")
              + "".join(text for text in others if not text.startswith("<!--")), os.path.join(directory, name))
    result = run("lint", os.path.join(directory, "time-wait.md"))
    equal(result.returncode, 0, "the fragments have no fault", result.all)

    # The questions of interviews, each with the step that answers it.
    questions = re.findall(r"^(\S.*\?.*)\n    lesson (\S+#\S+)$", run("-c", "help interview",
                           env={"TCPTUTOR_LESSONS": os.path.join(os.path.abspath(SOURCE), "lessons")}).stdout, re.M)
    ok(len(questions) >= 7 and ("Why does TIME-WAIT last twice the MSL?", "time-wait#twice") in questions,
       "`help interview` lists the lessons' questions", questions)
    fragment = run("-c", "help inter", env={"TCPTUTOR_LESSONS": directory}).stdout
    ok("When does connect() return?\n    lesson time-wait#returns\n" in fragment, "and those of one's own lesson", fragment)

    # A translation is found by the locale of the messages, its original otherwise.
    os.mkdir(os.path.join(directory, "de"))
    write(lessons[0].replace("The number of a SYN", "Die Nummer eines SYN"), os.path.join(directory, "de", "syn-number.md"))
    env = {"TCPTUTOR_LESSONS": directory, "LC_ALL": "de_DE.UTF-8"}
    german = run("--wire", "model", "play", "syn-number", env=env).stdout
    original = run("--wire", "model", "play", "syn-number", env={**env, "LC_ALL": "C.UTF-8"}).stdout
    ok("Die Nummer eines SYN" in german, "a translation is shown where its language is the locale's", german)
    ok("The number of a SYN" in original, "the original elsewhere", original)

commands = set(re.findall(r"^\.SS (\w+)$", page, re.M))
equal(commands, {"setup", "play", "try", "quiz"}, "every kind of block has its section")
done()
