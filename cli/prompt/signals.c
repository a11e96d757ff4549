/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/prompt/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* What handlers may look at. */
static struct termios original;
static volatile sig_atomic_t editing, pasting;
static int interrupt_pipe[2] = {-1, -1}, redraw_pipe[2] = {-1, -1};
static int screen = STDOUT_FILENO; /* where the terminal is written to: standard output may go elsewhere */

/* All that end a program, and what was to be done then before we came: nothing special, mostly. */
static const int fatal[] = {SIGTERM, SIGHUP,  SIGQUIT, SIGPIPE,   SIGSEGV, SIGBUS,  SIGABRT, SIGILL,  SIGFPE,
                            SIGSYS,  SIGXCPU, SIGALRM, SIGVTALRM, SIGPROF, SIGUSR1, SIGUSR2, SIGTRAP, SIGIO};
#define FATAL_COUNT (sizeof fatal / sizeof *fatal)
static struct sigaction before[FATAL_COUNT];

static void tell(int fd)
{
  int error = errno;
  ssize_t written = write(fd, "", 1); /* a full pipe says it already */
  (void)written;
  errno = error;
}

/* Only what a signal handler may call. */
static void put_terminal_back(void)
{
  static const char paste_off[] = "\033[?2004l\r\n";
  if (!editing) return;
  if (pasting) {
    ssize_t written = write(screen, paste_off, sizeof paste_off - 1);
    (void)written;
  }
  tcsetattr(STDIN_FILENO, TCSANOW, &original);
}

/* As if nobody had been here. */
static void pass_on(int sig, const struct sigaction *then)
{
  sigset_t set;
  sigaction(sig, then, NULL);
  sigemptyset(&set);
  sigaddset(&set, sig);
  raise(sig);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void on_fatal(int sig)
{
  put_terminal_back();
  for (size_t i = 0; i < FATAL_COUNT; i++)
    if (fatal[i] == sig) pass_on(sig, &before[i]);
}

static void on_interrupt(int sig)
{
  (void)sig;
  tell(interrupt_pipe[1]);
}

static void on_resize(int sig)
{
  (void)sig;
  tell(redraw_pipe[1]);
}

static void on_stop(int sig);

/* WAS (NULL: nobody asks): what was done before. */
static bool handle(int sig, void (*handler)(int), struct sigaction *was)
{
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART | SA_ONSTACK}, is;
  sigemptyset(&action.sa_mask);
  if (sigaction(sig, NULL, &is) < 0) return false;
  if (was) *was = is;
  if (is.sa_handler == SIG_IGN && sig != SIGINT) return true; /* nohup and the like */
  return sigaction(sig, &action, NULL) == 0;
}

/* A stack for handlers: the program's own may be what has run out. */
static bool lay_stack(void)
{
  static char room[1 << 16];
  stack_t stack, is;
  if (sigaltstack(NULL, &is) == 0 && !(is.ss_flags & SS_DISABLE)) return true;
  stack = (stack_t){.ss_sp = room, .ss_size = sizeof room};
  return sigaltstack(&stack, NULL) == 0;
}

/* Stops with the terminal as it was; when it goes on, the terminal is as it was set for editing. */
static void on_stop(int sig)
{
  const struct sigaction by_default = {.sa_handler = SIG_DFL};
  struct termios edit;
  int error = errno;
  bool was_editing = editing && tcgetattr(STDIN_FILENO, &edit) == 0;
  put_terminal_back();
  pass_on(sig, &by_default);
  handle(sig, on_stop, NULL);
  if (was_editing) {
    tcsetattr(STDIN_FILENO, TCSANOW, &edit);
    if (pasting) {
      ssize_t written = write(screen, "\033[?2004h", 8);
      (void)written;
    }
    tell(redraw_pipe[1]);
  }
  errno = error;
}

bool signals_begin(void)
{
  if (pipe2(interrupt_pipe, O_CLOEXEC | O_NONBLOCK) < 0 || pipe2(redraw_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
    return false;
  if (tcgetattr(STDIN_FILENO, &original) < 0) return false;
  screen = isatty(STDOUT_FILENO) ? STDOUT_FILENO : STDERR_FILENO;
  if (!lay_stack()) return false;
  for (size_t i = 0; i < FATAL_COUNT; i++)
    if (!handle(fatal[i], on_fatal, &before[i])) return false;
  return handle(SIGINT, on_interrupt, NULL) && handle(SIGWINCH, on_resize, NULL) &&
         handle(SIGTSTP, on_stop, NULL);
}

void signals_end(void)
{
  for (size_t i = 0; i < FATAL_COUNT; i++) sigaction(fatal[i], &before[i], NULL);
  signal(SIGINT, SIG_DFL);
  signal(SIGWINCH, SIG_DFL);
  signal(SIGTSTP, SIG_DFL);
}

static bool clear(int fd)
{
  char octets[64];
  bool any = false;
  while (read(fd, octets, sizeof octets) > 0) any = true;
  return any;
}

int signals_interrupt_fd(void) { return interrupt_pipe[0]; }
bool signals_clear_interrupt(void) { return clear(interrupt_pipe[0]); }
int signals_redraw_fd(void) { return redraw_pipe[0]; }
bool signals_clear_redraw(void) { return clear(redraw_pipe[0]); }

void signals_editing(bool is, bool bracketed_paste)
{
  pasting = bracketed_paste;
  editing = is;
}
