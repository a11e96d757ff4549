/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ten thousand random and mutated command lines and scripts, through the whole program on the model wire: no
   crash, no leak (under the sanitizers), no octet passed through that a terminal would obey, and for
   everything that is refused a message with a place.

   tcptutor's own parts are linked in, but for main(). RANDOM_SEED and RANDOM_LINES in the environment choose
   what and how many; a failure prints the line that shows it. */
#include "cli/app.h"
#include "cli/prompt/advice.h"
#include "engine/base/rng.h"
#include "engine/base/utf8.h"
#include "engine/course/learn.h"
#include "engine/trace/heap_buf.h"

#include <ctype.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINES 10000
#define FRESH_EVERY 40 /* lines of one session */
#define LINE_MAX_OCTETS 3000
#define SECONDS_A_LINE 60 /* and then it hangs */

static struct rng rng;
static struct app app;
static struct buf shown; /* what the program printed for the line */
static char line[LINE_MAX_OCTETS + 1];
static size_t line_len;
static unsigned tests, failed;

static uint32_t below(uint32_t n) { return (uint32_t)(rng_next(&rng) % n); }

static void catch (struct app *a, const char *text, size_t len)
{
  (void)a;
  buf_put(&shown, text, len);
}

/* ---- making lines ---- */

static void put(const char *text, size_t len)
{
  if (len > LINE_MAX_OCTETS - line_len) len = LINE_MAX_OCTETS - line_len;
  memcpy(line + line_len, text, len);
  line_len += len;
}

static void puts_line(const char *text) { put(text, strlen(text)); }

/* An example of the table: all of them are right. */
static void put_example(void)
{
  const struct command *c = command_table((enum command_id)below(COMMAND_COUNT));
  size_t n = 0;
  while (c->examples[n]) n++;
  puts_line(c->examples[below((uint32_t)n)]);
}

static const char *const strange[] = {
    "\x1b[2J",
    "\x1b]0;title\a",
    "\x9b"
    "31m",
    "\xc2\x9b"
    "2J",
    "\xff\xfe",
    "\xe2\x80\xae",
    "\xf0\x9f\x98\x80",
    "e\xcc\x81",
    "\b\b",
    "\r",
    "\v\f",
    "\t",
    "\\",
    "\"",
    "\"\"",
    "'",
    "`",
    "$HOME",
    "%s%n",
    "#",
    "; ;",
    "=",
    "==",
    ",",
    ",,",
    "+1",
    "-1",
    "4294967295",
    "4294967296",
    "99999999999999999999",
    "0x",
    "0xfffffffff",
    "-0",
    "1e9",
    "0",
    "iss",
    "peer.irs",
    "snd.nxt+",
    "rcv.nxt-4294967295",
    "none",
    "SYN,SYN",
    "S.",
    "FSRPUEW.",
    "seq=",
    "mss=0",
    "wscale=255",
    "sack=1-2,3-4",
    "opt=0",
    "opt=0204",
    "opt=02ff",
    "data=zz",
    "data=00ff",
    "len=70000",
    "len=65455",
    "doff=0",
    "doff=15",
    "rsv=15",
    "sum=bad",
    "src=::1",
    "src=1.2.3.4",
    "dport=0",
    "hold=",
    "hold=a",
    "lost",
    "stray",
    "within",
    "within 1us",
    "2msl",
    "nothing",
    "for 0s",
    "you",
    "peer",
    "ESTABLISHED",
    "ESTAB",
    "TIME_WAIT",
    "on",
    "off",
    "eof",
    "close=eof",
    "backlog=0",
    "30d",
    "1us",
    "0s",
    "\"\\x00\\x1b\"",
    "\"\\u{202e}\"",
    "\"\\u{110000}\"",
    "\"\xff\"",
    "\"unfinished",
};

static void put_strange(void) { puts_line(strange[below(sizeof strange / sizeof strange[0])]); }

/* A word some table knows. */
static void put_word(void)
{
  struct segment_word w;
  size_t n = 0;
  switch (below(5)) {
  case 0:
    puts_line(command_table((enum command_id)below(COMMAND_COUNT))->name);
    return;
  case 1:
    while (segment_word(n, &w)) n++;
    segment_word(below((uint32_t)n), &w);
    puts_line(w.name);
    if (below(2)) puts_line("=");
    return;
  case 2:
    puts_line(peer_verb_name((enum peer_verb)below(PEER_VERB_COUNT)));
    return;
  case 3:
    while (setting_at(n)) n++;
    puts_line(setting_at(below((uint32_t)n))->name);
    return;
  default:
    puts_line(tcp_state_name((enum tcp_state)below(STATE_COUNT)));
  }
}

static void put_random(void)
{
  for (uint32_t n = 1 + below(12); n > 0; n--) {
    if (below(3) == 0)
      put_strange();
    else if (below(8) == 0)
      for (uint32_t k = below(20); k > 0; k--) put((const char[]){(char)below(256)}, 1);
    else
      put_word();
    if (below(6)) puts_line(" ");
  }
}

/* One change somewhere in the line. */
static void mutate(void)
{
  char tail[LINE_MAX_OCTETS + 1];
  size_t at = below((uint32_t)line_len + 1), cut = below(4) ? 0 : below(12);
  if (cut > line_len - at) cut = line_len - at;
  size_t tail_len = line_len - at - cut;
  memcpy(tail, line + at + cut, tail_len);
  line_len = at;
  switch (below(6)) {
  case 0:
    put_strange();
    break;
  case 1:
    put((const char[]){(char)below(256)}, 1);
    break;
  case 2:
    put_word();
    break;
  case 3: /* twice */
    put(tail, tail_len < 20 ? tail_len : 20);
    break;
  case 4:
    puts_line(below(2) ? " " : "; ");
    break;
  default: /* the cut alone */
    break;
  }
  put(tail, tail_len);
}

static void make_line(void)
{
  line_len = 0;
  uint32_t commands = below(4) ? 1 : 1 + below(20);
  for (uint32_t i = 0; i < commands; i++) {
    if (i > 0) puts_line(below(2) ? "\n" : "; ");
    if (below(4))
      put_example();
    else
      put_random();
  }
  for (uint32_t n = below(5); n > 0; n--) mutate();
}

/* Does the line write or read files outside the folder made for it? The examples do not; a mutation might. */
static bool is_harmful(void)
{
  struct command_call call;
  size_t at = 0;
  for (int found; (found = command_parse(line, line_len, &at, &call, NULL)) != 0;) {
    bool file = found > 0 && (call.command->id == COMMAND_SAVE || call.command->id == COMMAND_SOURCE);
    if (file && (memchr(call.store, '/', call.store_len) || memchr(call.store, '~', call.store_len)))
      return true;
  }
  return false;
}

/* ---- judging what came of them ---- */

static void complain(const char *what)
{
  struct buf text;
  failed++;
  heap_buf_init(&text);
  buf_put_visible(&text, line, line_len, true);
  printf("not ok %u - %s\n#   the line: \"%s\"\n", ++tests, what, text.data ? text.data : "");
  buf_reset(&text);
  buf_put_visible(&text, shown.data ? shown.data : "", shown.len < 2000 ? shown.len : 2000, false);
  printf("#   shown: %s\n", text.data ? text.data : "");
  heap_buf_free(&text);
  fflush(stdout);
}

static bool is_harmless(void)
{
  for (size_t i = 0; i < shown.len;) {
    uint32_t rune;
    size_t n = utf8_next(shown.data + i, shown.len - i, &rune);
    if (n == 0 || (rune != '\n' && !utf8_harmless(rune))) return false;
    i += n;
  }
  return true;
}

/* "random:LINE:COLUMN: " and something after it. */
static bool has_place(void)
{
  for (const char *at = shown.data; at && (at = strstr(at, "random:")); at++) {
    unsigned row, column;
    int read = 0;
    if (sscanf(at, "random:%u:%u: %n", &row, &column, &read) == 2 && read > 0 && row > 0 && column > 0 &&
        isgraph((unsigned char)at[read]))
      return true;
  }
  return false;
}

static void on_alarm(int sig)
{
  (void)sig;
  complain("a line takes no end");
  _exit(1);
}

/* As the REPL does it; a lesson takes what is its own. */
static int type(void)
{
  line[line_len] = '\0';
  if (learn_line(&app.course, line)) return EXIT_OK;
  int status = run_script(&app, NULL, line, strlen(line));
  learn_ran(&app.course, line, status == EXIT_OK);
  advice_next(&app);
  return app.course.learn ? EXIT_OK : status; /* what is wrong in a lesson is the lesson's business */
}

/* Named, as a file's would be, or typed at the prompt: then the place is where it was typed. */
static void run(bool named)
{
  buf_reset(&shown);
  alarm(SECONDS_A_LINE);
  if (named) learn_end(&app.course);
  int status = named ? run_script(&app, "random", line, line_len) : type();
  alarm(0);
  app.quit = false;
  if (shown.truncated)
    complain("memory ran out");
  else if (!is_harmless())
    complain("something a terminal would obey was printed");
  else if (status < EXIT_OK || status > EXIT_WIRE)
    complain("the status is none");
  else if (named && status != EXIT_OK && !has_place())
    complain("a failure was not told with its place");
  else if (status != EXIT_OK && shown.len == 0)
    complain("a failure was not told");
}

static void begin(void)
{
  struct err err;
  struct options options = {
      .wire = WIRE_MODEL, .color = 0, .have_seed = true, .seed = rng_next(&rng), .speed = 1};
  options.profile = below(2) ? "linux" : "rfc9293";
  app_init(&app, &options);
  app.course.keeps = true;
  app.interactive = true; /* errors go where everything goes */
  app.emit = catch;
  app.desk.view.utf8 = below(2);
  app.desk.view.columns = 40 + below(160);
  app.prompt_columns = below(60);
  if (!app_start(&app, &app.course.asked, &err)) {
    printf("Bail out! %s\n", err.message);
    exit(1);
  }
}

static void end(void)
{
  course_end(&app.course);
  app_stop(&app);
}

static unsigned long from_environment(const char *name, unsigned long otherwise)
{
  const char *value = getenv(name);
  return value ? strtoul(value, NULL, 0) : otherwise;
}

/* A folder of its own: what is saved goes there. */
static bool go_away(char *folder)
{
  return mkdtemp(folder) && chdir(folder) == 0 && setenv("XDG_STATE_HOME", folder, 1) == 0 &&
         setenv("HOME", folder, 1) == 0;
}

static void clear_away(const char *folder)
{
  pid_t child = fork();
  if (child == 0) {
    execlp("rm", "rm", "-rf", "--", folder, (char *)NULL);
    _exit(127);
  }
  if (child > 0) waitpid(child, NULL, 0);
}

int main(void)
{
  unsigned long lines = from_environment("RANDOM_LINES", LINES), wrong = 0;
  char folder[] = "/tmp/tcptutor-random.XXXXXX";
  setlocale(LC_ALL, "");
  if (getenv("top_srcdir")) {
    char lessons[4096];
    snprintf(lessons, sizeof lessons, "%s/lessons", getenv("top_srcdir"));
    setenv("TCPTUTOR_LESSONS", lessons, 1);
  }
  rng.state = from_environment("RANDOM_SEED", 20261122);
  if (!go_away(folder)) {
    puts("Bail out! no folder of its own");
    return 1;
  }
  signal(SIGALRM, on_alarm);
  heap_buf_init(&shown);
  for (unsigned long i = 0; i < lines && failed < 10; i++) {
    if (i % FRESH_EVERY == 0) {
      if (i > 0) end();
      begin();
    }
    make_line();
    if (is_harmful()) continue;
    run(below(4) > 0);
    wrong += shown.data && strstr(shown.data, "random:") != NULL;
  }
  end();
  heap_buf_free(&shown);
  printf("%sok %u - %lu random lines: each runs, or is refused with its place\n", failed ? "not " : "",
         tests + 1, lines);
  printf("%sok %u - some of each\n", wrong > lines / 20 && wrong < lines * 19 / 20 ? "" : "not ", tests + 2);
  printf("1..%u\n", tests + 2);
  clear_away(folder);
  return failed ? 1 : 0;
}
