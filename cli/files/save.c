/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/files/save.h"

#include "cli/app.h"
#include "cli/files/save_file.h"
#include "cli/handlers/handlers.h"
#include "engine/base/buf.h"
#include "engine/trace/heap_buf.h"
#include "engine/view/capture.h"
#include "engine/view/json.h"
#include "engine/view/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "config.h"

/* How a file becomes longer. */
enum growth {
  GROWS_PACKETS, /* a capture: what has been put is whole */
  GROWS_RECORDS, /* so are lines */
  ANEW           /* a picture has an end that stays at its end: all of it is made again */
};

/* X(id, ending, what a message counts, how it grows) */
#define SAVE_FORMATS(X)                                                                                      \
  X(PCAP, ".pcap", "packet", GROWS_PACKETS)                                                                  \
  X(PCAPNG, ".pcapng", "packet", GROWS_PACKETS)                                                              \
  X(TXT, ".txt", "record", GROWS_RECORDS)                                                                    \
  X(SVG, ".svg", "segment", ANEW)                                                                            \
  X(HTML, ".html", "segment", ANEW)                                                                          \
  X(JSON, ".json", "record", GROWS_RECORDS)

// clang-format off
enum save_format {
#define X(id, ending, counted, growth) SAVE_##id,
  SAVE_FORMATS(X)
#undef X
  SAVE_FORMAT_COUNT
};
// clang-format on

static const struct {
  const char *ending, *counted;
  enum growth growth;
} formats[] = {
#define X(id, ending, counted, growth) {ending, counted, growth},
    SAVE_FORMATS(X)
#undef X
};

/* A trace becoming octets, all at once or step by step. */
struct writer {
  enum save_format format;
  struct capture capture; /* PCAP, PCAPNG */
  struct picture picture; /* SVG, HTML: of the sessions that are over */
  struct buf past;        /* what they look like */
  size_t next;            /* the index of the first record that has not been put; not of captures */
};

/* The file of --save. */
struct save {
  char *file;
  int fd;        /* -1: not open: it is replaced by another at each step */
  bool pipe;     /* a slow reader must not stop the session */
  bool given_up; /* writing has failed, and that has been told */
  bool failed;
  bool begun; /* a session has */
  struct writer writer;
  struct buf queue; /* what a slow reader has not taken yet */
  off_t whole;      /* octets up to the end of the last step */
  usec_t idle;      /* ANEW: not again before this time */
};

const char *save_ending(size_t i) { return i < SAVE_FORMAT_COUNT ? formats[i].ending : NULL; }

/* ".pcap, .pcapng, .txt or .json" */
static void put_endings(struct buf *b)
{
  for (size_t i = 0; i < SAVE_FORMAT_COUNT; i++)
    buf_printf(b, "%s%s", i == 0 ? "" : i + 1 < SAVE_FORMAT_COUNT ? ", " : " or ", formats[i].ending);
}

static bool find_format(const char *file, enum save_format *format, struct err *err)
{
  const char *dot = strrchr(file, '.');
  char shown[80], all[80];
  struct buf endings;
  for (size_t i = 0; dot && i < SAVE_FORMAT_COUNT; i++)
    if (strcmp(dot, formats[i].ending) == 0 && dot > file && dot[-1] != '/') {
      *format = (enum save_format)i;
      return true;
    }
  buf_init(&endings, all, sizeof all);
  put_endings(&endings);
  err_set(err, ERR_SYNTAX, "'%s' does not end in %s", buf_show(shown, sizeof shown, file, strlen(file)), all);
  return err_hint(err, "the ending says what is written");
}

bool save_name_ok(const char *file, struct err *err)
{
  enum save_format format;
  return find_format(file, &format, err);
}

static usec_t clock_now(clockid_t clock)
{
  struct timespec t;
  clock_gettime(clock, &t);
  return (usec_t)t.tv_sec * USEC_S + t.tv_nsec / 1000;
}

/* -- octets -- */

static enum growth growth(const struct writer *w) { return formats[w->format].growth; }

static void writer_begin(struct writer *w, enum save_format format)
{
  *w = (struct writer){.format = format, .picture.format = format == SAVE_HTML ? PICTURE_HTML : PICTURE_SVG};
  heap_buf_init(&w->past);
}

static void writer_end(struct writer *w) { heap_buf_free(&w->past); }

static void writer_of_session(struct writer *w, const struct app *app)
{
  const unsigned packets = w->capture.packets;
  static const char application[] = "tcptutor " PACKAGE_VERSION;
  w->next = 0;
  w->capture = (struct capture){.format = w->format == SAVE_PCAP ? CAPTURE_PCAP : CAPTURE_PCAPNG,
                                .epoch = app->epoch,
                                .application = application,
                                .packets = packets};
  if (app->desk.session) w->capture.interface = session_wire(app->desk.session)->ops->name;
  for (size_t e = 0; e < END_COUNT; e++) w->capture.name[e] = app->desk.view.name[e];
  w->picture.application = application;
  w->picture.seed = app->seed;
  if (app->desk.session) w->picture.wire = session_wire(app->desk.session)->ops->name;
  if (app->desk.session) w->picture.system = session_peer(app->desk.session)->ops->name;
}

static void put_records(struct writer *w, const struct app *app, struct buf *out)
{
  const struct trace *trace = session_trace(app->desk.session);
  struct view_options o = app->desk.view;
  o.columns = view_default.columns;
  o.color = false;
  if (growth(w) == GROWS_PACKETS) {
    capture_records(&w->capture, trace, out);
    return;
  }
  for (; w->next < trace_count(trace); w->next++) {
    if (w->format == SAVE_JSON)
      json_record(trace_at(trace, w->next), out);
    else
      view_record(trace, w->next, &o, out);
  }
}

/* The picture of the sessions that are over and of the one that goes on; OVER: that one is, too. */
static void put_picture(struct writer *w, const struct app *app, bool over, struct buf *out)
{
  struct picture all = w->picture;
  const size_t past = w->past.len;
  if (app->desk.session) {
    picture_session(&all, session_trace(app->desk.session), &app->desk.view, &w->past);
    w->next = trace_count(session_trace(app->desk.session));
  }
  if (out) picture_file(&all, &w->past, out);
  if (over) {
    w->picture = all;
  } else if (w->past.len > past) {
    w->past.len = past;
    w->past.data[past] = '\0';
  }
}

static bool put_all(struct app *app, struct writer *w, struct buf *out, struct err *err)
{
  writer_of_session(w, app);
  if (growth(w) == GROWS_PACKETS) capture_begin(&w->capture, out);
  if (growth(w) == ANEW)
    put_picture(w, app, true, out);
  else
    put_records(w, app, out);
  if (growth(w) == GROWS_PACKETS) capture_end(&w->capture, session_trace(app->desk.session), out);
  return !out->truncated || err_set(err, ERR_MEMORY, "no memory for the file");
}

/* -- files -- */

static bool cannot(struct err *err, const char *file, int error)
{
  char shown[160];
  return err_set(err, ERR_SYSTEM, "%s: %s", buf_show(shown, sizeof shown, file, strlen(file)),
                 strerror(error));
}

static int replace(const char *file, const struct buf *data, bool durable)
{
  void (*before)(int) = signal(SIGPIPE, SIG_IGN);
  const int error = save_file_replace(file, data->data, data->len, durable);
  signal(SIGPIPE, before);
  return error;
}

/* What a message counts. */
static size_t counted(const struct writer *w, struct app *app)
{
  if (growth(w) == GROWS_PACKETS) return w->capture.packets;
  return growth(w) == ANEW ? trace_segments(session_trace(app->desk.session)) : w->next;
}

static bool save_all(struct app *app, const char *file, struct err *err)
{
  enum save_format format;
  struct writer w;
  struct buf out;
  char shown[160];
  if (!find_format(file, &format, err)) return false;
  writer_begin(&w, format);
  heap_buf_init(&out);
  bool done = put_all(app, &w, &out, err);
  if (done) {
    const int error = replace(file, &out, true);
    done = error == 0 || cannot(err, file, error);
    if (!done) err_hint(err, "nothing is lost: save it elsewhere");
  }
  heap_buf_free(&out);
  writer_end(&w);
  if (!done) return false;
  const size_t count = counted(&w, app);
  app_printf(app, "saved %s: %zu %s%s\n", buf_show(shown, sizeof shown, file, strlen(file)), count,
             formats[w.format].counted, count == 1 ? "" : "s");
  return true;
}

static bool name_of(const struct command_call *call, char *name, size_t cap, struct err *err)
{
  err_clear(err);
  return app_file_name(call->store, call->store_len, name, cap) ||
         err_set(err, ERR_LIMIT, "the file's name is too long");
}

bool save_check(const struct command_call *call, struct err *err)
{
  char name[PATH_MAX];
  return name_of(call, name, sizeof name, err) && save_name_ok(name, err);
}

bool handle_save(struct app *app, const struct command_call *call, struct err *err)
{
  char name[PATH_MAX];
  return name_of(call, name, sizeof name, err) && save_all(app, name, err);
}

/* -- growing with the session -- */

/* A picture that can be replaced is there from the beginning, so that it is known at once whether it can be
   written; one that cannot (a FIFO, a device) is written once, at the end. */
static int open_file(struct save *s)
{
  struct buf empty;
  int error;
  if (growth(&s->writer) != ANEW || save_file_special(s->file)) {
    s->fd = save_file_open(s->file);
    return s->fd < 0 ? errno : 0;
  }
  heap_buf_init(&empty);
  picture_file(&s->writer.picture, &s->writer.past, &empty);
  error = empty.truncated ? ENOMEM : replace(s->file, &empty, false);
  heap_buf_free(&empty);
  return error;
}

bool save_begin(struct app *app, const char *file, struct err *err)
{
  struct stat is;
  enum save_format format;
  if (!find_format(file, &format, err)) return false;
  struct save *s = calloc(1, sizeof *s);
  char *name = strdup(file);
  if (!s || !name) {
    free(s);
    free(name);
    return err_set(err, ERR_MEMORY, "no memory for --save");
  }
  *s = (struct save){.file = name, .fd = -1};
  writer_begin(&s->writer, format);
  const int error = open_file(s);
  if (error != 0) {
    cannot(err, file, error);
    writer_end(&s->writer);
    free(name);
    free(s);
    return false;
  }
  s->pipe = s->fd >= 0 && fstat(s->fd, &is) == 0 && S_ISFIFO(is.st_mode);
  heap_buf_init(&s->queue);
  app->save = s;
  return true;
}

/* Told once; the session goes on without it. */
static void give_up(struct app *app, int error)
{
  struct save *s = app->save;
  struct err err;
  char shown[120];
  buf_show(shown, sizeof shown, s->file, strlen(s->file));
  err_clear(&err);
  if (error == EPIPE)
    err_set(&err, ERR_SYSTEM, "%s: its reader has left; nothing more is written to it", shown);
  else
    err_set(&err, ERR_SYSTEM,
            s->fd >= 0 ? "%s: %s; it ends with what came before" : "%s: %s; it stays as it was", shown,
            strerror(error));
  err_hint(&err, "the session goes on: `save FILE` writes all of it elsewhere");
  s->given_up = true;
  s->failed = error != EPIPE;
  if (s->fd >= 0) {
    /* Half a packet would spoil what came before it. */
    if (!s->pipe && ftruncate(s->fd, s->whole) < 0 && errno != EINVAL) s->failed = true;
    close(s->fd);
    s->fd = -1;
  }
  heap_buf_free(&s->queue);
  app_error(app, &err, NULL, NULL, 0);
}

/* Writes what is queued, as much as the file takes now. */
static void flush_queue(struct app *app)
{
  struct save *s = app->save;
  size_t done = 0;
  int error = 0;
  void (*before)(int) = s->pipe ? signal(SIGPIPE, SIG_IGN) : SIG_DFL;
  while (done < s->queue.len && error == 0) {
    const ssize_t n = write(s->fd, s->queue.data + done, s->queue.len - done);
    if (n >= 0)
      done += (size_t)n;
    else if (errno != EINTR)
      error = errno;
  }
  if (s->pipe) signal(SIGPIPE, before);
  if (error != 0 && error != EAGAIN) {
    give_up(app, error);
    return;
  }
  if (done == 0) return;
  s->whole += (off_t)done;
  memmove(s->queue.data, s->queue.data + done, s->queue.len - done);
  s->queue.len -= done;
}

/* All of it anew; a long session takes no more than a fifth of the time for it, unless a person sits there
   and would wait to see it. */
static void follow_picture(struct app *app, bool over)
{
  struct save *s = app->save;
  struct buf out;
  const usec_t began = clock_now(CLOCK_MONOTONIC);
  const bool shown = s->fd < 0; /* else it is written at the end */
  if (!over && (!shown || s->writer.next == trace_count(session_trace(app->desk.session)))) return;
  if (!over && !app->interactive && began < s->idle) return;
  heap_buf_init(&out);
  put_picture(&s->writer, app, over, shown ? &out : NULL);
  const int error = out.truncated || s->writer.past.truncated ? ENOMEM
                    : shown                                   ? replace(s->file, &out, false)
                                                              : 0;
  heap_buf_free(&out);
  if (error != 0) give_up(app, error);
  const usec_t now = clock_now(CLOCK_MONOTONIC);
  s->idle = now - began < 2 * USEC_MS ? 0 : now + 4 * (now - began);
}

static void follow(struct app *app, bool last)
{
  struct save *s = app->save;
  if (!s || s->given_up || !app->desk.session) return;
  struct writer *w = &s->writer;
  if (growth(w) == ANEW) {
    follow_picture(app, last);
    return;
  }
  put_records(w, app, &s->queue);
  if (last && growth(w) == GROWS_PACKETS)
    capture_end(&w->capture, session_trace(app->desk.session), &s->queue);
  if (s->queue.truncated)
    give_up(app, ENOMEM);
  else
    flush_queue(app);
}

/* The header comes first, whether or not anything follows. */
static void put_header(struct app *app)
{
  struct save *s = app->save;
  if (!s || s->given_up) return;
  const bool first = !s->begun;
  s->begun = true;
  writer_of_session(&s->writer, app);
  if (growth(&s->writer) == ANEW) return;
  if (first && growth(&s->writer) == GROWS_PACKETS) capture_begin(&s->writer.capture, &s->queue);
  flush_queue(app);
}

void save_session_began(struct app *app)
{
  app->epoch = clock_now(CLOCK_REALTIME) - session_now(app->desk.session);
  put_header(app);
}

void save_follow(struct app *app) { follow(app, false); }

void save_session_ends(struct app *app) { follow(app, true); }

bool save_end(struct app *app)
{
  struct save *s = app->save;
  if (!s) return true;
  save_session_ends(app);
  if (!s->begun) put_header(app);
  if (s->fd >= 0) {
    if (growth(&s->writer) == ANEW) picture_file(&s->writer.picture, &s->writer.past, &s->queue);
    fcntl(s->fd, F_SETFL, fcntl(s->fd, F_GETFL) & ~O_NONBLOCK); /* a slow reader gets the rest */
    flush_queue(app);
  }
  if (s->fd >= 0 && close(s->fd) < 0) {
    struct err err;
    err_clear(&err);
    cannot(&err, s->file, errno);
    app_error(app, &err, NULL, NULL, 0);
    s->failed = true;
  }
  const bool written = !s->failed;
  heap_buf_free(&s->queue);
  writer_end(&s->writer);
  free(s->file);
  free(s);
  app->save = NULL;
  return written;
}
