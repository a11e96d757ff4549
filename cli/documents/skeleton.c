/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `tcptutor learn --new FILE`: a lesson to begin with, which says what goes where and has no fault. */
#include "cli/documents/skeleton.h"

#include "engine/base/buf.h"
#include "engine/lesson/lesson.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* %s is the id. */
static const char skeleton[] =
    "# A lesson of your own\n"
    "<!-- lesson id=%s minutes=5 -->\n"
    "\n"
    "<!-- A comment like the one above names the lesson; others are for authors, as this one. `tcptutor "
    "lint` proof-reads\n"
    "     the file, `tcptutor check` runs it as a test, `tcptutor play` and `tcptutor learn` show it. All of "
    "it is in\n"
    "     tcptutor-lesson(5). The id is the file's name without .md. -->\n"
    "\n"
    "What is between the blocks is prose, in Markdown. Say what will be seen, in short sentences, one idea a "
    "screen.\n"
    "\n"
    "<!-- setup: run out of sight. Each later one begins a scene, on a fresh connection. -->\n"
    "\n"
    "```setup\n"
    "peer app none\n"
    "```\n"
    "\n"
    "## What a SYN does\n"
    "\n"
    "<!-- play: typed for the reader. A line that begins with expect checks what came of it. -->\n"
    "\n"
    "```play\n"
    "send SYN\n"
    "expect SYN,ACK\n"
    "```\n"
    "\n"
    "Your number was `{iss}`, the peer's `{irs}`. Numbers in braces are this run's. Acknowledge the peer's "
    "SYN.\n"
    "\n"
    "<!-- try: the reader's turn. The goals say what must have happened, in this order; fields named by-hand "
    "must be\n"
    "     written. Hints are shown one at a time. A wrong turn is one you foresee: by: is a command that "
    "takes it. -->\n"
    "\n"
    "<details><summary>Your turn, with hints and the answer</summary>\n"
    "\n"
    "```try third by-hand=ack\n"
    "goal: sent ACK seq=snd.nxt ack=rcv.nxt\n"
    "goal: peer ESTABLISHED\n"
    "hint: The peer's SYN has used one number up.\n"
    "hint: `send ACK ack=irs+1`\n"
    "wrong: sent ACK ack=irs\n"
    "  by:  send ACK ack=irs\n"
    "  say: That is the number of the peer's SYN itself. `ack` names the one expected next.\n"
    "solve: send ACK ack=rcv.nxt\n"
    "```\n"
    "\n"
    "</details>\n"
    "\n"
    "What stands behind a step is shown when it is solved: say what has happened, and which section to read "
    "on (here RFC\n"
    "9293, section 3.5).\n"
    "\n"
    "Which end was ESTABLISHED first?\n"
    "\n"
    "<!-- quiz: each answer is followed by its explanation; [x] is right. For a number write answer: "
    "instead. -->\n"
    "\n"
    "```quiz first\n"
    "[x] You.\n"
    "  Your SYN was acknowledged by the second segment, the peer's only by the third.\n"
    "[ ] The peer.\n"
    "  It waited in SYN-RECEIVED until your ACK came.\n"
    "```\n";

/* The name of FILE without .md, when it is an id; else one that says what to do. */
static void choose_id(const char *file, char id[LESSON_ID_MAX + 1])
{
  const char *name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file, *end = strrchr(name, '.');
  size_t len = end ? (size_t)(end - name) : strlen(name);
  bool valid = lesson_id_valid(name, len);
  snprintf(id, LESSON_ID_MAX + 1, "%.*s", valid ? (int)len : 9, valid ? name : "my-lesson");
}

int skeleton_run(struct app *app)
{
  const char *file = app->options.new_file;
  char id[LESSON_ID_MAX + 1], shown[200];
  buf_show(shown, sizeof shown, file, strlen(file));
  choose_id(file, id);
  FILE *out = fopen(file, "wxe"); /* never over another */
  bool done = out != NULL;
  if (out) {
    done = fprintf(out, skeleton, id) > 0;
    done = fclose(out) == 0 && done;
  }
  if (!done) {
    fprintf(stderr, "tcptutor: cannot write %s: %s\n", shown, strerror(errno));
    return EXIT_USAGE;
  }
  printf("%s is a lesson now: change it, and see it with 'tcptutor learn %s'.\n", shown, shown);
  if (strncmp(strrchr(file, '/') ? strrchr(file, '/') + 1 : file, id, strlen(id)) != 0)
    printf("Its id is %s; an id is up to %u lower-case letters, digits and hyphens, as the file is called.\n",
           id, LESSON_ID_MAX);
  return EXIT_OK;
}
