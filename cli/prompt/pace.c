/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/prompt/pace.h"

#include "cli/prompt/signals.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CTRL_D 4

void pace_begin(struct pace *p, double speed)
{
  *p = (struct pace){.speed = speed, .wake_fd = -1};
  p->keys = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &p->before) == 0 && signals_begin();
  if (!p->keys) return;
  p->wake_fd = signals_interrupt_fd();
  pace_resume(p);
}

void pace_resume(struct pace *p)
{
  if (!p->keys) return;
  struct termios quiet = p->before;
  quiet.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
  quiet.c_cc[VMIN] = 1;
  quiet.c_cc[VTIME] = 0;
  signals_editing(true, false);
  tcsetattr(STDIN_FILENO, TCSADRAIN, &quiet);
}

void pace_suspend(struct pace *p)
{
  fflush(stdout);
  if (!p->keys) return;
  tcsetattr(STDIN_FILENO, TCSADRAIN, &p->before);
  signals_editing(false, false);
}

void pace_end(struct pace *p)
{
  pace_suspend(p);
  if (p->keys) signals_end();
}

bool pace_interrupted(struct pace *p)
{
  if (p->wake_fd >= 0 && signals_clear_interrupt()) p->left = p->interrupted = true;
  return p->interrupted;
}

/* Lets MS pass, or for ever when negative. A key ends it early: its octet; 0: none came; -1: the reader
 * leaves. */
static int pass(struct pace *p, double ms)
{
  struct pollfd fds[2] = {{.fd = p->wake_fd, .events = POLLIN},
                          {.fd = p->keys ? STDIN_FILENO : -1, .events = POLLIN}};
  unsigned char octet = 0;
  fflush(stdout);
  while (poll(fds, 2, ms < 0 ? -1 : (int)ms) < 0 && errno == EINTR && !pace_interrupted(p)) continue;
  if (pace_interrupted(p)) return -1;
  if (fds[1].revents && read(STDIN_FILENO, &octet, 1) != 1) p->left = true; /* the terminal is gone */
  if (octet == 'q' || octet == 'Q' || octet == CTRL_D) p->left = true;
  return p->left ? -1 : octet;
}

bool pace_show(struct pace *p, const struct play_piece *piece)
{
  size_t at = 0, show;
  double ms;
  for (size_t from = 0; pace_next(piece, &at, &show, &ms); from = at) {
    if (show) fwrite(piece->text + from, 1, show, stdout);
    if (pass(p, ms / p->speed) < 0) return false;
  }
  return true;
}

enum pace_wish pace_hold(struct pace *p, const struct play_piece *piece)
{
  static const char question[] = "-- any key goes on, space stays, p: prompt, q leaves --";
  size_t at = 0, show;
  double ms = 0;
  pace_next(piece, &at, &show, &ms);
  if (p->keys) fputs(question, stdout);
  int key = pass(p, ms / p->speed);
  while (key == ' ' && p->keys) key = pass(p, -1);
  if (p->keys) printf("\r%*s\r", (int)sizeof question - 1, "");
  return key < 0 ? PACE_LEAVE : key == 'p' || key == 'P' ? PACE_PROMPT : PACE_ON;
}
