/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The prompt: one poll loop over the keyboard, the wire, the peer and the timers. What arrives while a line
   is being typed is shown above it, and the line stays. */
#include "cli/files/source.h"
#include "cli/prompt/advice.h"
#include "cli/prompt/completion.h"
#include "cli/prompt/harmless.h"
#include "cli/prompt/history.h"
#include "cli/prompt/signals.h"
#include "cli/prompt/terminal.h"

#include "cli/app.h"
#include "engine/base/buf.h"
#include "engine/command/layout.h"
#include "engine/course/learn.h"
#include "engine/trace/heap_buf.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/readline.h>

#include "config.h"

#define FDS_MAX 64
enum { FD_KEYBOARD, FD_INTERRUPT, FD_REDRAW, FD_SESSION };

struct repl {
  struct app *app;
  bool done;
  bool typing; /* a line is on the screen and may be half typed */
  bool fresh;  /* nothing has been typed yet */
  bool erased; /* it has been cleared away for what is shown above it */
  bool echoed; /* the terminal has echoed ^C, which ended a wait, and a new line has been begun behind it */
};
static struct repl *repl; /* readline's callbacks carry no context */

static void put_prompt(struct buf *plain, struct buf *marked)
{
  struct app *app = repl->app;
  if (!learn_prompt(&app->course, plain)) {
    view_prompt(session_trace(app->desk.session), session_current(app->desk.session),
                session_tcb(app->desk.session), &app->desk.view, plain);
    buf_puts(plain, "> ");
  }
  /* Readline wants to know which octets take no room: \001 … \002 around each colour. */
  for (size_t i = 0; i < plain->len; i++) {
    bool escape = plain->data[i] == '\033';
    if (escape) buf_putc(marked, RL_PROMPT_START_IGNORE);
    while (escape && i + 1 < plain->len && plain->data[i] != 'm') buf_putc(marked, plain->data[i++]);
    buf_putc(marked, plain->data[i]);
    if (escape) buf_putc(marked, RL_PROMPT_END_IGNORE);
  }
}

/* With FIRST the prompt appears, otherwise it is what will be shown next. Returns its width. */
static size_t set_prompt(rl_vcpfunc_t *first)
{
  struct buf plain, marked;
  heap_buf_init(&plain);
  heap_buf_init(&marked);
  put_prompt(&plain, &marked);
  const char *prompt = marked.data ? marked.data : "> ";
  size_t width = plain.data ? view_width(plain.data, plain.len) : 2;
  if (first)
    rl_callback_handler_install(prompt, first);
  else
    rl_set_prompt(prompt);
  heap_buf_free(&plain);
  heap_buf_free(&marked);
  return width;
}

static bool is_dumb(void)
{
  const char *term = getenv("TERM");
  return !term || !*term || strcmp(term, "dumb") == 0;
}

static bool is_readable(int fd)
{
  struct pollfd p = {.fd = fd, .events = POLLIN};
  return poll(&p, 1, 0) > 0;
}

/* Everything shown goes through here: first the line being typed makes room. */
static void emit(struct app *app, const char *text, size_t len)
{
  (void)app;
  if (repl->typing && !repl->erased) {
    if (is_dumb())
      rl_crlf();
    else
      rl_clear_visible_line();
    fflush(rl_outstream);
    repl->erased = true;
  } else if (!repl->typing && !repl->echoed && is_readable(signals_interrupt_fd())) {
    fputc('\n', stdout);
    repl->echoed = true;
  }
  fwrite(text, 1, len, stdout);
  fflush(stdout);
}

static void redraw(void)
{
  repl->app->prompt_columns = set_prompt(NULL);
  rl_forced_update_display();
  repl->erased = false;
}

static void leave(void)
{
  repl->done = true;
  repl->typing = false;
  rl_callback_handler_remove();
}

/* Enter at a lesson's pause takes the question with it, where a line can be taken back. */
static void take_prompt_back(struct app *app)
{
  if (learn_wants(&app->course, NULL) == LEARN_PAUSE && terminal_erases() && !app->options.json)
    fputs("\033[A\r\033[K", stdout);
}

/* Enter at a fresh start begins a lesson; later a line is the lesson's, or commands. */
static void take_line(struct app *app, const char *line)
{
  bool blank = line[strspn(line, " \t")] == '\0';
  bool first = repl->fresh && !app->course.learn && blank;
  repl->fresh = false;
  if (blank) take_prompt_back(app);
  if (first) {
    learn_begin(&app->course, NULL);
  } else if (!learn_line(&app->course, line)) {
    int status = run_script(app, NULL, line, strlen(line));
    learn_ran(&app->course, line, status == EXIT_OK);
    advice_next(app);
  }
}

static void on_line(char *line)
{
  struct app *app = repl->app;
  if (!line) {
    leave();
    fputc('\n', rl_outstream);
    fflush(rl_outstream);
    return;
  }
  repl->typing = false;
  history_keep(line);
  take_line(app, line);
  free(line);
  signals_clear_interrupt();
  repl->echoed = false;
  if (app->quit) {
    leave();
    return;
  }
  repl->typing = true;
  app->prompt_columns = set_prompt(NULL);
}

/* Ctrl-C: the line is given up, the prompt comes again. */
static void on_interrupt(void)
{
  rl_callback_sigcleanup();
  rl_free_line_state();
  fputs("^C", rl_outstream);
  rl_crlf();
  rl_replace_line("", 1);
  rl_point = rl_mark = 0;
  rl_on_new_line();
  redraw();
}

static void on_redraw(void)
{
  rl_clear_visible_line();
  rl_reset_screen_size();
  repl->app->desk.view.columns = terminal_columns();
  repl->app->desk.lines = terminal_lines();
  redraw();
}

static void prepare_terminal(int meta)
{
  const char *paste = rl_variable_value("enable-bracketed-paste");
  signals_editing(true, paste && strcmp(paste, "on") == 0 && !is_dumb());
  rl_prep_terminal(meta);
}

static void deprepare_terminal(void)
{
  rl_deprep_terminal();
  signals_editing(false, false);
}

static void begin_readline(struct app *app)
{
  static bool begun;
  if (begun) return;
  begun = true;
  rl_readline_name = "tcptutor";
  rl_catch_signals = 0;
  rl_catch_sigwinch = 0;
  rl_change_environment = 0;
  rl_prep_term_function = prepare_terminal;
  rl_deprep_term_function = deprepare_terminal;
  /* Standard output may go elsewhere, or be for records only. */
  if (app->options.json || !isatty(STDOUT_FILENO)) rl_outstream = stderr;
  completion_begin();
  harmless_begin();
  history_load();
}

static void greet(struct app *app)
{
  const struct pair *pair = session_pair(app->desk.session);
  struct buf raw, b;
  heap_buf_init(&raw);
  heap_buf_init(&b);
  const char *peer = session_peer(app->desk.session)->ops->name;
  bool lab = app->lab != NULL;
  buf_printf(&raw, "tcptutor " PACKAGE_VERSION "   %s: nothing you send leaves this machine\n",
             lab ? "a private lab is up" : "the model, in virtual time");
  buf_printf(&raw, "  %-5s ", app->desk.view.name[END_YOU]);
  addr_print(&raw, &pair->you);
  buf_printf(&raw, "\t%s\n",
             lab ? "no kernel owns this address: every segment from it is yours"
                 : "every segment from this address is yours");
  buf_printf(&raw, "  %-5s ", app->desk.view.name[END_PEER]);
  addr_print(&raw, &pair->peer);
  if (lab)
    buf_printf(&raw, "\t%s TCP in a network namespace of its own, on port %u\n", peer, pair->peer_port);
  else
    buf_printf(&raw, "\t%s in memory, on port %u\n", peer, pair->peer_port);
  if (!app->options.verb) {
    learn_offer(&app->course, &raw);
    buf_puts(&raw, " Tab completes, 'help' helps.\n");
  }
  buf_putc(&raw, '\n');
  layout(raw.data, raw.len, app->desk.view.columns, &b);
  app_put(app, b.data, b.len);
  heap_buf_free(&raw);
  heap_buf_free(&b);
}

/* How long to sleep; NULL: until something comes. On the model time stands while a person types. */
static const struct timespec *sleep_time(struct app *app, struct timespec *t)
{
  usec_t due = session_deadline(app->desk.session), left;
  if (due == USEC_NEVER || !app->lab) return NULL;
  left = due - session_now(app->desk.session);
  if (left < 0) left = 0;
  *t = (struct timespec){left / USEC_S, left % USEC_S * 1000};
  return t;
}

/* False: the terminal is gone. */
static bool turn(struct app *app)
{
  struct pollfd fds[FDS_MAX] = {
      [FD_KEYBOARD] = {.fd = STDIN_FILENO, .events = POLLIN},
      [FD_INTERRUPT] = {.fd = signals_interrupt_fd(), .events = POLLIN},
      [FD_REDRAW] = {.fd = signals_redraw_fd(), .events = POLLIN},
  };
  struct timespec t;
  size_t n = FD_SESSION + session_pollfds(app->desk.session, fds + FD_SESSION, FDS_MAX - FD_SESSION);
  if (ppoll(fds, n, sleep_time(app, &t), NULL) < 0) return errno == EINTR || errno == EAGAIN;
  if (signals_clear_interrupt()) on_interrupt();
  if (signals_clear_redraw()) on_redraw();
  if (fds[FD_KEYBOARD].revents & POLLIN)
    rl_callback_read_char();
  else if (fds[FD_KEYBOARD].revents)
    return false;
  if (repl->done) return true;
  session_pump(app->desk.session);
  app_show_records(app);
  learn_idle(&app->course);
  advice_next(app);
  if (repl->erased) redraw();
  return true;
}

/* There is no such lesson, and that has been said. */
static int stop_early(struct app *app)
{
  app->emit = NULL;
  signals_end();
  return EXIT_USAGE;
}

int repl_run(struct app *app)
{
  struct repl r = {.app = app};
  struct err err;
  int status = EXIT_OK;
  repl = &r;
  app->interactive = app->course.keeps = true;
  err_clear(&err);
  if (!signals_begin()) {
    err_set(&err, ERR_SYSTEM, "the terminal cannot be set up: %s", strerror(errno));
  } else {
    app->wake_fd = signals_interrupt_fd();
    if (!app_start(app, &app->course.asked, &err) && err.code == ERR_UNAVAILABLE &&
        app->options.wire == WIRE_DEFAULT) {
      /* A person at a prompt is better served by the model than by nothing; a script is not. */
      app_error(app, &err, NULL, NULL, 0);
      app_printf(app, "Going on with the model instead, tcptutor's own machine.\n\n");
      app->course.asked.wire = ON_MODEL;
      app_start(app, &app->course.asked, &err);
    }
  }
  if (!app->desk.session) {
    app->interactive = false;
    app_error(app, &err, NULL, NULL, 0);
    return app_status(&err);
  }
  app->emit = emit;
  if (!app->options.no_rc) source_rc(app);
  greet(app);
  begin_readline(app);
  if (app->options.verb) {
    learn_begin(&app->course, app->options.argument_count ? app->options.argument[0] : NULL);
    if (!app->course.learn) return stop_early(app);
  }
  r.fresh = true;
  app->prompt_columns = set_prompt(on_line);
  r.typing = true;
  while (!r.done && turn(app)) continue;
  if (!r.done) leave();
  learn_end(&app->course);
  app->emit = NULL;
  signals_end();
  return status;
}

void repl_visit(struct app *app)
{
  struct repl r = {.app = app}, *outer = repl;
  void (*shown)(struct app *, const char *, size_t) = app->emit;
  repl = &r;
  app->interactive = app->visited = true;
  app->emit = emit;
  begin_readline(app);
  app->prompt_columns = set_prompt(on_line);
  r.typing = true;
  while (!r.done && turn(app)) continue;
  if (!r.done) leave();
  app->interactive = app->visited = app->quit = false;
  app->prompt_columns = 0;
  app->emit = shown;
  repl = outer;
}
