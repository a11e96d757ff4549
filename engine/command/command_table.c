/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one table of commands. Texts are plain ASCII; 'x' is something to type; UPPER CASE stands for an
 * argument. */
#include "engine/command/grammar.h"

#include "engine/base/buf.h"
#include "engine/base/words.h"

#include <stdio.h>
#include <string.h>

/* Short for the tables below: an argument, an argument that may be left out, the first of COUNT that may be
 * left out together. */
#define A(kind, help)                                                                                        \
  {                                                                                                          \
    ARG_##kind, 0, NULL, help                                                                                \
  }
#define MAY(kind, help)                                                                                      \
  {                                                                                                          \
    ARG_##kind, 1, NULL, help                                                                                \
  }
#define MAYS(count, word, help)                                                                              \
  {                                                                                                          \
    ARG_WORD, count, word, help                                                                              \
  }
#define W(word, help)                                                                                        \
  {                                                                                                          \
    ARG_WORD, 0, word, help                                                                                  \
  }

#define SEGMENT_HELP "the segment: flags, fields, \"payload\" ('help segment')"
#define WITHIN_SEGMENT MAYS(2, "within", "waits at most so long for it"), A(DURATION, NULL)

// clang-format off
static const struct command_form send_forms[] = {
  {FATE_SENT, {MAY(SEGMENT, SEGMENT_HELP)}, "sends it; alone: what a TCP would send now"},
  {FATE_LOST, {A(SEGMENT, SEGMENT_HELP), W("lost", "the network loses it: drawn, never sent")},
   "it is lost on its way"},
  {FATE_HELD, {A(SEGMENT, SEGMENT_HELP), A(HOLD, "the network keeps it until 'release NAME'")},
   "it is held up until 'release NAME'"},
  {FATE_STRAY, {A(SEGMENT, SEGMENT_HELP), W("stray",
    "an old duplicate, or somebody else's: your TCP did not send it")},
   "an old duplicate or a forgery: your TCP knows nothing of it"},
};
static const struct command_form release_forms[] = {{0, {A(NAME, "as given to 'hold='")}, NULL}};
static const struct command_form number_forms[] =
  {{0, {MAY(NUMBER, "the segment's number; the last one when left out")}, NULL}};
static const struct command_form resend_forms[] =
  {{0, {MAY(NUMBER, "the segment's number; your last one when left out")}, NULL}};
static const struct command_form lose_forms[] =
  {{0, {MAY(NUMBER, "how many arrivals; 1 when left out")}, NULL}};
static const struct command_form use_forms[] = {{0, {A(NUMBER, "the connection's number")}, NULL}};
static const struct command_form auto_forms[] =
  {{0, {MAY(SWITCH, "on: what is owed is sent by itself")}, NULL}};
static const struct command_form open_forms[] =
  {{0, {MAY(PORT, "the peer's port; 9 when left out")}, NULL}};
static const struct command_form listen_forms[] =
  {{0, {MAY(PORT, "yours; the connection's own when left out")}, NULL}};
static const struct command_form new_forms[] = {{0, {MAY(PORT, "yours; a fresh one when left out")}, NULL}};
static const struct command_form plain_forms[] = {{0, {A(NONE, NULL)}, NULL}};
static const struct command_form help_forms[] = {{0, {MAY(TOPIC, "what about")}, NULL}};
static const struct command_form set_forms[] = {
  {0, {A(SETTING, "which setting"), A(VALUE, "its new value")}, "changes a setting"},
  {0, {MAY(SETTING, "which setting")}, "shows one setting, or all of them"},
};

static const struct command_form rules_forms[] = {
  {0, {A(STATE, "the rules of this state")}, "the rules that can apply in a state"},
  {0, {A(RULE, "one rule in full")}, "one rule, by its id"},
  {1, {W("differences", "the RFC's rules, and what Linux does instead"), MAY(STATE, "of this state only")},
   "what Linux does otherwise than the RFC"},
  {0, {A(NONE, NULL)}, "all of them"},
};
static const struct command_form save_forms[] =
  {{0, {A(FILE, "a name that ends in .pcap, .pcapng, .txt, .svg, .html or .json")}, NULL}};
static const struct command_form lesson_forms[] =
  {{0, {MAY(LESSON, "its name, or a file's; NAME#STEP begins at a step")}, NULL}};
static const struct command_form skip_forms[] = {
  {1, {W("wait", "real time need not be waited for")}, "goes on in virtual time"},
  {0, {A(NONE, NULL)}, "goes on without solving the step"},
};
static const struct command_form source_forms[] =
  {{0, {A(FILE, "a script; a name with blanks stands between quotes")}, NULL}};

static const struct command_form wait_forms[] = {
  {WAIT_TIME, {A(DURATION, "like 2s, 200ms or 1m")}, "lets this much time pass"},
  {WAIT_2MSL, {W("2msl", "until the 2MSL timer that runs has run out")},
   "waits for the 2MSL timer that runs, at either end"},
  {WAIT_STATE, {A(WHOSE, "whose state"), A(STATE, "until the state is this"), WITHIN_SEGMENT},
   "waits for a state of either end"},
  {WAIT_SEGMENT, {A(SEGMENT, SEGMENT_HELP), WITHIN_SEGMENT},
   "waits for an arrival that is like this; others pass by"},
};

static const struct command_form expect_forms[] = {
  {WAIT_NOTHING, {W("nothing", "no segment arrives"), MAYS(2, "for",
    "nothing comes for so long; without it: nothing has come by now"), A(DURATION, NULL)},
   "no segment arrives"},
  {WAIT_PEER_READ, {W("peer", NULL), W("read", "the peer's program reads"), A(TEXT, "what it reads")},
   "the peer's program reads TEXT"},
  {WAIT_PEER_ERROR, {W("peer", NULL), W("error", "a call of the peer's fails"), A(ERROR,
    "as errno(3) names it")},
   "a call of the peer's has failed so"},
  {WAIT_STATE, {A(WHOSE, "whose state"), A(STATE, "it is in this state"), WITHIN_SEGMENT},
   "an end is, or comes to be, in this state"},
  {WAIT_SEGMENT, {A(SEGMENT, SEGMENT_HELP), WITHIN_SEGMENT},
   "the oldest arrival not yet looked at is like this"},
};

static const struct command_form peer_forms[] = {
  {PEER_LISTEN, {A(VERB, NULL), MAY(PORT, "9 when left out"), MAY(BACKLOG, "how many connections may wait")},
   NULL},
  {PEER_ACCEPT, {A(VERB, NULL)}, NULL},
  {PEER_CONNECT, {A(VERB, NULL), MAY(PORT, "yours; the connection's own when left out")}, NULL},
  {PEER_SEND, {A(VERB, NULL), A(OCTETS, "a word, a \"quoted text\", or how many octets of filler")}, NULL},
  {PEER_READ, {A(VERB, NULL), MAY(NUMBER, "at most so many octets; all there are when left out")}, NULL},
  {PEER_SHUTDOWN, {A(VERB, NULL)}, NULL},
  {PEER_CLOSE, {A(VERB, NULL)}, NULL},
  {PEER_ABORT, {A(VERB, NULL)}, NULL},
  {PEER_CRASH, {A(VERB, NULL)}, NULL},
  {PEER_APP, {A(VERB, NULL), A(APP, "the program that serves connections"),
    MAY(AT_EOF, "it closes at end of file")},
   NULL},
  {PEER_SET, {A(VERB, NULL), A(PEER_KEY, "a socket option or a sysctl"), A(PEER_VALUE, NULL)}, NULL},
  {PEER_STATUS, {A(VERB, NULL)}, NULL},
  {PEER_ISN, {A(VERB, NULL), A(SEQ, "like 1823083521")}, NULL},
};

// clang-format on

/* What the X-macro says of each command, so that a row can take it. */
#define X(id, name, alias, group, whose) static const char name_of_##id[] = #name, alias_of_##id[] = alias;
COMMANDS(X)
#undef X
enum {
#define X(id, name, alias, group, whose) group_of_##id = GROUP_##group,
  COMMANDS(X)
#undef X
};
enum {
#define X(id, name, alias, group, whose) whose_is_##id = COMMAND_OF_##whose,
  COMMANDS(X)
#undef X
};

// clang-format off
#define ROW(command, array)                                                        \
  .id = COMMAND_##command, .name = name_of_##command, .alias = alias_of_##command, \
  .group = (enum command_group)group_of_##command, .whose = (enum command_whose)whose_is_##command, .form = array, .form_count = sizeof array / sizeof array[0]
#define EXAMPLES(...) (const char *const[]){__VA_ARGS__, NULL}

/* The common beginning of the examples. */
#define HANDSHAKE "send SYN; expect SYN,ACK; send; "

static const struct command table[COMMAND_COUNT] = {
[COMMAND_SEND] = {ROW(SEND, send_forms),
  .summary = "send a segment you forged, or the one you owe",
  .text = "Builds the segment and sends it to the peer. A field you do not give is filled in from your "
    "connection, as a TCP would: seq is "
    "SND.NXT, ack is RCV.NXT when ACK is set, win is RCV.WND. A field you give is sent as you gave it, "
    "even when it is nonsense.\n\n"
    "'send' alone sends what a TCP would send now: the SYN,ACK, ACK or RST you owe.\n\n"
    "After each 'send' you see both ends' states move, the peer's answer, and what no TCP would have sent.",
  .examples = EXAMPLES("send SYN",
    "send SYN seq=1415531521 win=4096 mss=1024; expect SYN,ACK ack=1415531522",
    HANDSHAKE "send PSH,ACK \"hello\"; expect ACK ack=+0; expect peer ESTABLISHED",
    HANDSHAKE "send FIN,ACK; expect ACK",
    "send SYN sum=bad; expect nothing", "send SYN lost; expect nothing; resend; expect SYN,ACK",
    HANDSHAKE "send ACK \"b\" seq=+1 hold=late; send ACK \"a\"; release late; expect ACK")},
[COMMAND_RELEASE] = {ROW(RELEASE, release_forms),
  .summary = "let a segment go on that 'send ... hold=NAME' held up",
  .text = "The segment arrives at the peer now, octet for octet as it was forged.",
  .examples = EXAMPLES("send SYN hold=first; expect nothing; release first; expect SYN,ACK")},
[COMMAND_RESEND] = {ROW(RESEND, resend_forms),
  .summary = "send a segment once more, octet for octet",
  .text = "A retransmission as the network sees it: the same octets again. N is a segment's number as "
    "'show' and 'ladder' print it.",
  .examples = EXAMPLES("send SYN lost; resend; expect SYN,ACK")},
[COMMAND_LOSE] = {ROW(LOSE, lose_forms),
  .summary = "the next arrivals are lost to you",
  .text = "The peer sends them, the network loses them: they are drawn, and your TCP never sees them.",
  .examples = EXAMPLES("lose; send SYN; expect nothing for 100ms; wait SYN,ACK within 3s")},
[COMMAND_AUTO] = {ROW(AUTO, auto_forms),
  .summary = "send by itself what you owe, or leave it to you",
  .text = "With 'auto on' your end acknowledges and answers by itself, as its TCP would. 'auto' alone "
    "says whether it is on.",
  .examples = EXAMPLES("auto on; send SYN; expect peer ESTABLISHED",
    "auto on; open; expect you ESTABLISHED; close; expect you FIN-WAIT-2")},
[COMMAND_OPEN] = {ROW(OPEN, open_forms),
  .summary = "your OPEN call: your TCP sends a SYN",
  .text = "The active OPEN of RFC 9293 3.9.1, made by your own user: your TCP sends the SYN. 'send SYN' "
    "does the same by hand.",
  .examples = EXAMPLES("open; expect SYN,ACK; send; expect you ESTABLISHED")},
[COMMAND_LISTEN] = {ROW(LISTEN, listen_forms),
  .summary = "your passive OPEN: wait for the peer to connect",
  .text = "You are the server now: your TCB is in LISTEN until a SYN arrives ('peer connect' sends one).",
  .examples = EXAMPLES("listen; peer connect; expect SYN; send; expect you ESTABLISHED")},
[COMMAND_CLOSE] = {ROW(CLOSE, plain_forms),
  .summary = "your CLOSE call: your TCP sends a FIN",
  .text = "You have nothing more to send. Your TCP sends a FIN in its turn and goes to FIN-WAIT-1 or "
    "LAST-ACK; receiving goes on.",
  .examples = EXAMPLES(HANDSHAKE "close; expect ACK; expect you FIN-WAIT-2")},
[COMMAND_ABORT] = {ROW(ABORT, plain_forms),
  .summary = "your ABORT call: your TCP sends a RST",
  .text = "The connection is over at once, at both ends; what was on its way is lost.",
  .examples = EXAMPLES(HANDSHAKE "abort; expect peer CLOSED")},
[COMMAND_CRASH] = {ROW(CRASH, plain_forms),
  .summary = "your TCP vanishes without a word",
  .text = "As if your machine had lost its power: your TCB is gone and nothing is sent. The peer does not "
    "know.",
  .examples = EXAMPLES(HANDSHAKE "crash; expect you CLOSED; expect peer ESTABLISHED")},
[COMMAND_NEW] = {ROW(NEW, new_forms),
  .summary = "begin another connection, from another port of yours",
  .text = "The connection you had stays as it is; 'use N' goes back to it, 'connections' lists them.",
  .examples = EXAMPLES("send SYN; new; send SYN; expect SYN,ACK",
    "new 40000; send SYN; expect SYN,ACK dport=40000")},
[COMMAND_CONNECTIONS] = {ROW(CONNECTIONS, plain_forms),
  .summary = "list the connections and their states",
  .text = "The one you are on is marked. Numbers are those 'use' takes.",
  .examples = EXAMPLES("send SYN; new; connections")},
[COMMAND_USE] = {ROW(USE, use_forms),
  .summary = "go to another connection",
  .text = "What you send, expect and look at is about that connection then.",
  .examples = EXAMPLES("send SYN; new; use 1; expect SYN,ACK")},
[COMMAND_PEER] = {ROW(PEER, peer_forms),
  .summary = "make the program at the other end do something",
  .text = "The peer is a program with a socket; these are the socket calls it makes, on the connection "
    "you are on. None waits: a call that cannot "
    "finish yet is pending, and you see it finish. 'peer close' and the like accept the connection first. "
    "At first the peer listens on port 9 "
    "and discards what it reads ('peer app discard'). "
    "'peer isn' makes its next connection begin with the number you name, whichever end opens it. A kernel older "
    "than Linux 6.10 takes one of its own when you open: the lab's wire then renumbers on the way, and says so.",
  .examples = EXAMPLES(HANDSHAKE "peer close; expect FIN,ACK",
    "peer app none; " HANDSHAKE "peer send \"hello\"; expect PSH,ACK \"hello\"",
    "peer isn 1823083521; send SYN; expect SYN,ACK seq=1823083521",
    "peer app echo; " HANDSHAKE "send ACK \"hi\"; wait ACK \"hi\" within 1s",
    "peer set tcp_sack 0; send SYN sackok mss=1460; expect SYN,ACK",
    "listen 40001; peer connect 40001; expect SYN",
    "listen 40001; peer isn 5; peer connect 40001; expect SYN seq=5", HANDSHAKE "peer status")},
[COMMAND_WAIT] = {ROW(WAIT, wait_forms),
  .summary = "let time pass, or wait for something to happen",
  .text = "What arrives meanwhile is shown as it comes. Ctrl-C ends the wait and nothing else. Without "
    "'within' it waits as long as it takes; "
    "with it, it fails when the time is over. 'wait' looks at arrivals that no expectation has matched yet and lets other "
    "segments pass by; 'expect' looks at the "
    "oldest arrival you have not expected yet.",
  .examples = EXAMPLES("wait 200ms", "send SYN; wait SYN,ACK within 3s",
    HANDSHAKE "wait peer ESTABLISHED within 1s")},
[COMMAND_EXPECT] = {ROW(EXPECT, expect_forms),
  .summary = "check what arrived, a state, or what the peer's program saw",
  .text = "A segment is compared with the oldest arrival that has not been expected yet. SYN, FIN, RST "
    "and ACK must be as written, other flags "
    "only if you name them; a field you do not give may be anything. It waits 1 s for it unless 'within' "
    "says otherwise. The peer's state is the "
    "one its own kernel tells.\n\nIn a script an expectation that is not met ends it with status 1 (see "
    "'set keep-going').",
  .examples = EXAMPLES("send SYN seq=1415531521; expect SYN,ACK ack=1415531522; expect peer SYN-RECEIVED",
    "send SYN sum=bad; expect nothing for 300ms",
    "peer app none; " HANDSHAKE "send ACK \"hello\"; expect peer read \"hello\"",

    "peer app none; " HANDSHAKE "peer accept; send RST seq=snd.nxt; expect peer CLOSED; "
    "peer read; expect peer error ECONNRESET")},
[COMMAND_STATE] = {ROW(STATE, plain_forms),
  .summary = "both ends' variables, what you owe, and what the kernel says",
  .text = "The transmission control blocks of both ends side by side, with the names of RFC 9293 3.3.1. "
    "Yours is a shadow, kept from what you send "
    "and receive; the peer's is predicted, and compared with what its own system says.",
  .examples = EXAMPLES(HANDSHAKE "state")},
[COMMAND_LADDER] = {ROW(LADDER, plain_forms),
  .summary = "draw the exchange, with both ends' states",
  .text = "Time runs down; a line is a segment; states stand at the side where they change.",
  .examples = EXAMPLES(HANDSHAKE "ladder")},
[COMMAND_SHOW] = {ROW(SHOW, number_forms),
  .summary = "show a segment's header, field by field",
  .text = "The header as RFC 9293 3.1 draws it, with each field named, options and payload.",
  .examples = EXAMPLES("send SYN; show; show 1")},
[COMMAND_WHY] = {ROW(WHY, number_forms),
  .summary = "why a segment led where it led: the rules and their sections",
  .text = "The rules of RFC 9293 3.10 that decided, in their order, each with its section and its reason.",
  .examples = EXAMPLES("send SYN; why; why 1")},
[COMMAND_DIAGRAM] = {ROW(DIAGRAM, plain_forms),
  .summary = "draw the states, with the way you have come",
  .text = "The state diagram of RFC 9293, Figure 5. Your state and the peer's are marked, and the transitions "
    "this connection has made stand out.",
  .examples = EXAMPLES(HANDSHAKE "diagram")},
[COMMAND_SPACE] = {ROW(SPACE, plain_forms),
  .summary = "draw the sequence numbers: acknowledged, in flight, allowed",
  .text = "What you send and the peer receives, and the other way round, as Figures 3 and 4 of RFC 9293 draw it, "
    "with this run's numbers: where SND.UNA, SND.NXT and the window's end are, what is in flight, what may be "
    "sent, what is held past a gap.",
  .examples = EXAMPLES(HANDSHAKE "send ACK \"b\" seq=+1; space", HANDSHAKE "peer send 100; space")},
[COMMAND_TIMERS] = {ROW(TIMERS, plain_forms),
  .summary = "list the timers that run, and what will happen",
  .text = "The timers of both ends, the next to expire first: how much time is left, and what a TCP does then. "
    "The last line is what the peer's own system says.",
  .examples = EXAMPLES("send SYN; timers", HANDSHAKE "close; expect ACK; peer close; expect FIN,ACK; send; timers")},
[COMMAND_RULES] = {ROW(RULES, rules_forms),
  .summary = "list the rules of RFC 9293 that decide, or explain one",
  .text = "The rules are those 'why' names, in the order in which they are looked at; the first that applies in "
    "each step wins. First come the RFC's own, then what Linux does otherwise; 'rules differences' puts each of these "
    "beside the rule that it stands before, after or instead of, with the kernels on which it was measured.",
  .examples = EXAMPLES("rules LISTEN", "rules listen.syn", "rules differences TIME-WAIT")},
[COMMAND_SAVE] = {ROW(SAVE, save_forms),
  .summary = "write what has happened to a file",
  .text = "The ending of FILE says what is written: .pcap, the segments, octet for octet as they crossed the wire; "
    ".pcapng, with each event a comment of a packet, so that Wireshark shows the states and the reasons; .txt, "
    "what was shown, 80 columns wide; .svg, ladder and diagram of each connection as a picture, the reasons under the mouse; .html, a page with the same pictures, the transcript and the rules; "
    ".json, an object a line as with --json.\n\n"
    "A file that exists is replaced once the new one is complete. What you sent and the network lost or holds "
    "back was never on the wire: it is a comment of the next packet. To write while it happens there is "
    "the option --save.",
  .examples = EXAMPLES("send SYN; expect SYN,ACK; save handshake.pcapng", "send SYN; send; save handshake.svg")},
[COMMAND_LESSON] = {ROW(LESSON, lesson_forms),
  .summary = "take a lesson; alone: which there are, and how far you have come",
  .text = "A lesson goes on where it was left. Where it pauses, Enter goes on; where it is your turn, everything the "
    "prompt has is yours, and what you do is held against what is asked for. A wrong turn is explained, and the step "
    "begins again on a fresh connection. What you have done is kept in $XDG_STATE_HOME/tcptutor/progress, or else "
    "below ~/.local/state.\n\n"
    "A name with a '/' or a '.' in it is a file's: tcptutor-lesson(5) says how to write one.",
  .examples = EXAMPLES("lesson", "lesson handshake", "lesson handshake#third")},
[COMMAND_HINT] = {ROW(HINT, plain_forms),
  .summary = "what to do next",
  .text = "In a lesson, a hint for the step you are at, one at a time; when there are no more, 'solve' shows how it is "
    "done. Elsewhere what you owe, or else what may sensibly come next, and what the other end waits for.",
  .examples = EXAMPLES("hint; send SYN; hint", "lesson handshake#third; skip; hint")},
[COMMAND_SOLVE] = {ROW(SOLVE, plain_forms),
  .summary = "see the step of the lesson solved",
  .text = "Its solution is typed and run, and the lesson goes on behind it. 'back' gives you another try.",
  .examples = EXAMPLES("lesson handshake#third; skip; solve")},
[COMMAND_SKIP] = {ROW(SKIP, skip_forms),
  .summary = "go on with the lesson without this step, or without waiting",
  .text = "At a pause it goes on to the next step without more pauses.\n\n"
    "'skip wait', where a wait takes real time, goes on in virtual time: the other end is from there on the model, up "
    "to the lesson's next scene. After Ctrl-C has ended a wait of your own, it does the same for that one.",
  .examples = EXAMPLES("lesson handshake#third; skip; skip")},
[COMMAND_BACK] = {ROW(BACK, plain_forms),
  .summary = "go back to the step before",
  .text = "The lesson goes on from there; what you have done is kept.",
  .examples = EXAMPLES("lesson handshake#whole; back")},
[COMMAND_AGAIN] = {ROW(AGAIN, plain_forms),
  .summary = "begin the step, or the page, once more",
  .text = "On a fresh connection, with the same numbers.",
  .examples = EXAMPLES("lesson handshake#third; again")},
[COMMAND_LEAVE] = {ROW(LEAVE, plain_forms),
  .summary = "leave the lesson; the prompt is yours",
  .text = "'lesson' and its name goes on with it where you were.",
  .examples = EXAMPLES("lesson handshake; leave")},
[COMMAND_SET] = {ROW(SET, set_forms),
  .summary = "show or change settings",
  .text = "'set' alone lists all settings and their values; 'help settings' says what they mean.",
  .examples = EXAMPLES("set", "set names svr4 bsdi; send SYN", "set explain off; set explain")},
[COMMAND_SOURCE] = {ROW(SOURCE, source_forms),
  .summary = "run the commands of a file",
  .text = "As if its lines stood here. The file is checked from end to end before anything of it is sent, and "
    "whatever it sources itself is checked with it; what is wrong is told with file, line and column. A file "
    "cannot source itself. A name that begins with '~/' is in your home.\n\n"
    "A session that begins at a terminal runs the file rc in $XDG_CONFIG_HOME/tcptutor, or else in "
    "~/.config/tcptutor, before the first prompt, if there is one: the place for a line like "
    "'set explain full'. Scripts and '-c' do not; '--no-rc' keeps the prompt from it too.",
  .examples = EXAMPLES("source /dev/null")},
[COMMAND_HELP] = {ROW(HELP, help_forms),
  .summary = "help on everything, on a command, or on a topic",
  .text = "Tab completes commands, flags, fields, names, settings and states.",
  .examples = EXAMPLES("help", "help send", "help fields")},
[COMMAND_HISTORY] = {ROW(HISTORY, plain_forms),
  .summary = "list what you have typed",
  .text = "The lines of this session and of earlier ones. The arrow keys and Ctrl-R go through them.",
  .examples = EXAMPLES("history")},
[COMMAND_QUIT] = {ROW(QUIT, plain_forms),
  .summary = "leave",
  .text = "So does Ctrl-D. The lab is gone with the program.",
  .examples = EXAMPLES("quit")},
};
// clang-format on

static const char *const group_titles[GROUP_COUNT] = {
#define X(id, title) title,
    COMMAND_GROUPS(X)
#undef X
};

const struct command *command_table(enum command_id id) { return &table[id]; }
const char *command_group_name(enum command_group g) { return group_titles[g]; }

/* What people type who come from elsewhere. */
static const struct {
  const char *word, *meant;
} strangers[] = {
    {"connect", "'open', your TCP's call, or 'peer connect'"},
    {"exit", "'quit'"},
    {"bye", "'quit'"},
    {"logout", "'quit'"},
    {"telnet", "'open'"},
    {"nc", "'open'"},
    {"ss", "'connections', or 'peer status'"},
    {"netstat", "'connections', or 'peer status'"},
    {"clear", "Ctrl-L"},
};

static bool is_stranger(const char *name, size_t len, char *meant, size_t cap)
{
  enum peer_verb verb;
  for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++)
    if (word_is(strangers[i].word, name, len)) return snprintf(meant, cap, "%s", strangers[i].meant) > 0;
  if (peer_verb_parse(name, len, &verb) && word_is(peer_verb_name(verb), name, len))
    return snprintf(meant, cap, "'peer %s'", peer_verb_name(verb)) > 0;
  return false;
}

static const struct command *not_found(const char *name, size_t len, struct err *err)
{
  const char *words[COMMAND_COUNT];
  char shown[48], meant[80];
  for (size_t i = 0; i < COMMAND_COUNT; i++) words[i] = table[i].name;
  buf_show(shown, sizeof shown, name, len);
  err_at(err, ERR_UNKNOWN, 0, len, "'%s' is not a command", shown);
  const char *nearest = words_nearest(name, len, words, COMMAND_COUNT);
  if (is_stranger(name, len, meant, sizeof meant))
    err_hint(err, "did you mean %s?", meant);
  else if (segment_check(name, len, NULL))
    err_hint(err, "did you mean 'send %s'?", shown);
  else if (nearest)
    err_hint(err, "did you mean '%s'?", nearest);
  else
    err_hint(err, "'help' lists the commands");
  return NULL;
}

const struct command *command_find(const char *name, size_t len, struct err *err)
{
  const struct command *begun[COMMAND_COUNT];
  char meant[80];
  size_t n = 0;
  for (size_t i = 0; i < COMMAND_COUNT; i++) {
    const struct command *c = &table[i];
    if (word_is(c->name, name, len) || (c->alias[0] && word_is(c->alias, name, len))) return c;
    if (word_begins(c->name, name, len)) begun[n++] = c;
  }
  if (n > 0 && is_stranger(name, len, meant, sizeof meant)) return not_found(name, len, err);
  if (n == 1) return begun[0];
  if (n == 0) return not_found(name, len, err);
  char list[160], shown[48];
  struct buf b;
  buf_init(&b, list, sizeof list);
  for (size_t i = 0; i < n; i++)
    buf_printf(&b, "%s'%s'", i == 0 ? "" : i + 1 < n ? ", " : " or ", begun[i]->name);
  err_at(err, ERR_UNKNOWN, 0, len, "'%s' could be %s", buf_show(shown, sizeof shown, name, len), list);
  err_hint(err, "a few more letters will do");
  return NULL;
}
