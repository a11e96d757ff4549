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

static const int fatal[] = {SIGTERM, SIGHUP, SIGQUIT};

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
    ssize_t written = write(STDOUT_FILENO, paste_off, sizeof paste_off - 1);
    (void)written;
  }
  tcsetattr(STDIN_FILENO, TCSANOW, &original);
}

static void by_default(int sig)
{
  sigset_t set;
  signal(sig, SIG_DFL);
  sigemptyset(&set);
  sigaddset(&set, sig);
  raise(sig);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void on_fatal(int sig)
{
  put_terminal_back();
  by_default(sig);
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

static bool handle(int sig, void (*handler)(int))
{
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, before;
  sigemptyset(&action.sa_mask);
  if (sigaction(sig, NULL, &before) == 0 && before.sa_handler == SIG_IGN && sig != SIGINT)
    return true; /* nohup and the like */
  return sigaction(sig, &action, NULL) == 0;
}

/* Stops with the terminal as it was; when it goes on, the terminal is as it was set for editing. */
static void on_stop(int sig)
{
  struct termios edit;
  int error = errno;
  bool was_editing = editing && tcgetattr(STDIN_FILENO, &edit) == 0;
  put_terminal_back();
  by_default(sig);
  handle(sig, on_stop);
  if (was_editing) {
    tcsetattr(STDIN_FILENO, TCSANOW, &edit);
    if (pasting) {
      ssize_t written = write(STDOUT_FILENO, "\033[?2004h", 8);
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
  for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
    if (!handle(fatal[i], on_fatal)) return false;
  return handle(SIGINT, on_interrupt) && handle(SIGWINCH, on_resize) && handle(SIGTSTP, on_stop);
}

void signals_end(void)
{
  for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++) signal(fatal[i], SIG_DFL);
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
