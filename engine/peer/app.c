/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/peer/app.h"

#include "engine/base/buf.h"

#include <string.h>

/* The Gregorian date of a day counted from 1970-01-01, by whole cycles of 400 years; no call on the C
   library, whose answer would be in the user's language. */
static void put_date(struct buf *out, int64_t day)
{
  static const char *const weekdays[] = {"Thursday", "Friday",  "Saturday", "Sunday",
                                         "Monday",   "Tuesday", "Wednesday"};
  static const char *const months[] = {"March",     "April",   "May",      "June",     "July",    "August",
                                       "September", "October", "November", "December", "January", "February"};
  int64_t since = day + 719468; /* from 0000-03-01, so that the leap day is a year's last */
  int64_t era = since / 146097;
  int64_t of_era = since % 146097;
  int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  int64_t month = (5 * of_year + 2) / 153; /* 0 is March */

  year += era * 400 + (month >= 10);
  buf_printf(out, "%s, %s %d, %d", weekdays[day % 7], months[month],
             (int)(of_year - (153 * month + 2) / 5 + 1), (int)year);
}

static void daytime(struct app *a, int64_t now)
{
  struct buf out;
  int second = (int)(now % 86400);

  buf_init(&out, (char *)a->output, sizeof a->output);
  put_date(&out, now / 86400);
  buf_printf(&out, " %02d:%02d:%02d-UTC\r\n", second / 3600, second / 60 % 60, second % 60);
  a->output_len = out.len;
  a->greeted = true;
}

void app_begin(struct app *a, enum peer_app kind, bool close_on_eof, int64_t now)
{
  memset(a, 0, sizeof *a);
  a->kind = kind;
  a->close_on_eof = close_on_eof;
  if (kind == APP_DAYTIME) daytime(a, now < 0 ? 0 : now);
}

/* One segment's worth even where the MSS is the default 536. */
static void answer(struct app *a, const char *status, const char *text)
{
  struct buf out, page;
  char memory[256];

  buf_init(&page, memory, sizeof memory);
  buf_printf(&page, "<!DOCTYPE html>\r\n<title>tcptutor</title>\r\n<p>%s</p>\r\n", text);
  buf_init(&out, (char *)a->output, sizeof a->output);
  buf_printf(&out, "HTTP/1.0 %s\r\nContent-Type: text/html\r\nContent-Length: %zu\r\n\r\n%s", status,
             page.len, memory);
  a->output_len = out.len;
  a->greeted = true;
}

/* The request head ends with an empty line; a bare LF will do. What follows is not read for meaning. */
static void http(struct app *a, const uint8_t *data, size_t len)
{
  enum { HEAD_MAX = 8192 };

  for (size_t i = 0; i < len && !a->greeted; i++) {
    if (a->head_len < sizeof a->head) a->head[a->head_len] = (char)data[i];
    a->head_len++;
    if (data[i] == '\n') {
      a->newlines++;
    } else if (data[i] != '\r') {
      a->newlines = 0;
    }
    if (a->head_len > HEAD_MAX) {
      answer(a, "400 Bad Request", "That request has no end.");
    } else if (a->newlines == 2) {
      if (a->head_len > 5 && memcmp(a->head, "GET /", 5) == 0) {
        answer(a, "200 OK", "You fetched this page with segments made by hand.");
      } else {
        answer(a, "501 Not Implemented", "Only GET is known here.");
      }
    }
  }
}

static bool idle(const struct app *a) { return a->kind == APP_NONE; }

bool app_wants_send(const struct app *a) { return !idle(a) && !a->failed && a->output_len > 0; }

bool app_wants_read(const struct app *a)
{
  /* Echo reads on when it has written what it read: the window closes if the other end does not read. */
  return !idle(a) && !a->failed && !a->eof && !(a->kind == APP_ECHO && a->output_len > 0);
}

bool app_next(struct app *a, bool readable, bool writable, struct peer_request *r)
{
  memset(r, 0, sizeof *r);
  if (idle(a)) return false;
  if (a->failed || (a->eof && a->close_on_eof && a->output_len == 0)) {
    r->verb = PEER_CLOSE;
    return true;
  }
  if (app_wants_send(a) && writable) {
    r->verb = PEER_SEND;
    r->data = a->output;
    r->len = a->output_len;
    return true;
  }
  if (app_wants_read(a) && readable) {
    r->verb = PEER_READ;
    r->len = a->kind == APP_ECHO ? sizeof a->output : 0;
    return true;
  }
  return false;
}

void app_done(struct app *a, const struct peer_event *e)
{
  if (e->outcome == PEER_FAILED) {
    a->failed = true;
  } else if (e->verb == PEER_SEND) {
    size_t sent = e->len < a->output_len ? e->len : a->output_len;
    memmove(a->output, a->output + sent, a->output_len - sent);
    a->output_len -= sent;
  } else if (e->verb == PEER_READ) {
    if (e->len == 0) {
      a->eof = true;
    } else if (a->kind == APP_ECHO) {
      a->output_len = e->len < sizeof a->output ? e->len : sizeof a->output;
      memcpy(a->output, e->data, a->output_len);
    } else if (a->kind == APP_HTTP) {
      http(a, e->data, e->len);
    }
  }
}
