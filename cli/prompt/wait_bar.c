/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/prompt/wait_bar.h"

#include "cli/prompt/terminal.h"
#include "engine/trace/heap_buf.h"

#include <poll.h>
#include <stdio.h>
#include <time.h>

#define UNNOTICED (150 * USEC_MS) /* shorter waits show nothing */
#define ERASE_LINE "\r\033[K"

/* A person's time, which is not the session's on the model. */
static usec_t person_now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (usec_t)t.tv_sec * USEC_S + t.tv_nsec / 1000;
}

bool wait_bar_possible(const struct app *app)
{
  return (app->interactive || app->paced) && !app->options.json && terminal_erases();
}

void wait_bar_show(void *ctx, usec_t began, usec_t now, usec_t until)
{
  struct app *app = ctx;
  struct session *s = app->desk.session;
  if (app->bar.wait != began || app->bar.person == 0) {
    app->bar.wait = began;
    app->bar.person = person_now();
  }
  if (app->desk.quiet || app->desk.view.plain || person_now() - app->bar.person < UNNOTICED) return;
  struct peer_truth truth;
  struct view_wait w = {.began = began, .now = now, .until = until, .you = &session_tcb(s)[END_YOU]};
  if (peer_truth(session_peer(s), session_pair(s), &truth, NULL) && truth.known && truth.timer) {
    w.peer_timer = peer_timer_name(truth.timer);
    w.peer_left = truth.timer_left;
  }
  struct buf b;
  heap_buf_init(&b);
  app->desk.view.columns = terminal_columns();
  view_wait(&w, &app->desk.view, &b);
  if (!b.truncated) {
    fputs(ERASE_LINE, stdout);
    fwrite(b.data, 1, b.len, stdout);
    fflush(stdout);
    app->bar.shown = true;
  }
  heap_buf_free(&b);
}

/* Has Ctrl-C been typed? The terminal has then echoed it behind the bar, where it goes with it. */
static bool interrupted(const struct app *app)
{
  struct pollfd p = {.fd = app->wake_fd, .events = POLLIN};
  return app->wake_fd >= 0 && poll(&p, 1, 0) > 0;
}

void wait_bar_erase(struct app *app)
{
  if (!app->bar.shown) return;
  app->bar.shown = false;
  fputs(interrupted(app) ? ERASE_LINE "^C" : ERASE_LINE, stdout);
  fflush(stdout);
}
