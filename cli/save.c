/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/save.h"

#include "cli/app.h"
#include "cli/handlers.h"
#include "engine/base/buf.h"
#include "engine/trace/heap_buf.h"
#include "engine/view/capture.h"
#include "engine/view/json.h"

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

/* X(id, ending, what a message counts) */
#define SAVE_FORMATS(X)                                                                                      \
  X(PCAP, ".pcap", "packet")                                                                                 \
  X(PCAPNG, ".pcapng", "packet")                                                                             \
  X(TXT, ".txt", "record")                                                                                   \
  X(JSON, ".json", "record")

// clang-format off
enum save_format {
#define X(id, ending, counted) SAVE_##id,
  SAVE_FORMATS(X)
#undef X
  SAVE_FORMAT_COUNT
};
// clang-format on

static const struct {
  const char *ending, *counted;
} formats[] = {
#define X(id, ending, counted) {ending, counted},
    SAVE_FORMATS(X)
#undef X
};

/* A trace becoming octets, all at once or step by step. */
struct writer {
  enum save_format format;
  struct capture capture; /* PCAP, PCAPNG */
  size_t next;            /* TXT, JSON: the index of the first record that has not been put */
};

/* The file of --save. */
struct save {
  char *file;
  int fd; /* -1: writing has failed, and that has been told */
  bool pipe;
  bool failed;
  struct writer writer;
  struct buf queue; /* what a slow reader has not taken yet */
  off_t whole;      /* octets up to the end of the last step */
};

static bool find_format(const char *file, enum save_format *format, struct err *err)
{
  const char *dot = strrchr(file, '.');
  char shown[80];
  for (size_t i = 0; dot && i < SAVE_FORMAT_COUNT; i++)
    if (strcmp(dot, formats[i].ending) == 0 && dot > file && dot[-1] != '/') {
      *format = (enum save_format)i;
      return true;
    }
  err_set(err, ERR_SYNTAX, "'%s' does not end in .pcap, .pcapng, .txt or .json",
          buf_show(shown, sizeof shown, file, strlen(file)));
  return err_hint(err, "the ending says what is written");
}

bool save_name_ok(const char *file, struct err *err)
{
  enum save_format format;
  return find_format(file, &format, err);
}

static usec_t calendar_now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (usec_t)t.tv_sec * USEC_S + t.tv_nsec / 1000;
}

/* -- octets -- */

static void writer_of_session(struct writer *w, const struct app *app)
{
  const unsigned packets = w->capture.packets;
  w->next = 0;
  w->capture = (struct capture){.format = w->format == SAVE_PCAP ? CAPTURE_PCAP : CAPTURE_PCAPNG,
                                .epoch = app->epoch,
                                .application = "tcptutor " PACKAGE_VERSION,
                                .packets = packets};
  if (app->session) w->capture.interface = session_wire(app->session)->ops->name;
  for (size_t e = 0; e < END_COUNT; e++) w->capture.name[e] = app->view.name[e];
}

static bool is_capture(const struct writer *w) { return w->format == SAVE_PCAP || w->format == SAVE_PCAPNG; }

static void put_records(struct writer *w, const struct app *app, struct buf *out)
{
  const struct trace *trace = session_trace(app->session);
  struct view_options o = app->view;
  o.columns = view_default.columns;
  o.color = false;
  if (is_capture(w)) {
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

static bool put_all(struct app *app, struct writer *w, struct buf *out, struct err *err)
{
  writer_of_session(w, app);
  if (is_capture(w)) capture_begin(&w->capture, out);
  put_records(w, app, out);
  if (is_capture(w)) capture_end(&w->capture, session_trace(app->session), out);
  return !out->truncated || err_set(err, ERR_MEMORY, "no memory for the file");
}

/* -- files -- */

static bool cannot(struct err *err, const char *file, int error)
{
  char shown[160];
  return err_set(err, ERR_SYSTEM, "%s: %s", buf_show(shown, sizeof shown, file, strlen(file)),
                 strerror(error));
}

/* All of DATA, or errno. */
static int write_data(int fd, const char *data, size_t len)
{
  while (len > 0) {
    const ssize_t n = write(fd, data, len);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    data += n;
    len -= (size_t)n;
  }
  return 0;
}

/* Over what is there: a device, a FIFO, a file in a folder that takes no new one. */
static int write_in_place(const char *file, const char *data, size_t len)
{
  const int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
  if (fd < 0) return errno == ENXIO ? EPIPE : errno;
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  int error = write_data(fd, data, len);
  if (close(fd) < 0 && error == 0) error = errno;
  return error;
}

static mode_t new_file_mode(void)
{
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

/* A new file beside PATH that takes its place when it is complete. IS: what PATH was, or NULL. */
static int write_and_rename(const char *path, const struct stat *is, const char *data, size_t len)
{
  const char *slash = strrchr(path, '/');
  char temporary[PATH_MAX];
  const int n = snprintf(temporary, sizeof temporary, "%.*s.tcptutor-XXXXXX",
                         slash ? (int)(slash - path) + 1 : 0, path);
  if (n < 0 || (size_t)n >= sizeof temporary) return ENAMETOOLONG;
  const int fd = mkostemp(temporary, O_CLOEXEC);
  if (fd < 0) return errno;
  int error = write_data(fd, data, len);
  if (error == 0 && fchmod(fd, is ? is->st_mode & 07777 : new_file_mode()) < 0) error = errno;
  if (error == 0 && fsync(fd) < 0 && errno != EINVAL) error = errno;
  if (close(fd) < 0 && error == 0) error = errno;
  if (error == 0 && rename(temporary, path) < 0) error = errno;
  if (error != 0) unlink(temporary);
  return error;
}

static int write_file(const char *file, const char *data, size_t len)
{
  struct stat is;
  char path[PATH_MAX];
  if (lstat(file, &is) < 0) return errno == ENOENT ? write_and_rename(file, NULL, data, len) : errno;
  if (stat(file, &is) < 0 || !S_ISREG(is.st_mode) || !realpath(file, path))
    return write_in_place(file, data, len);
  if (access(path, W_OK) < 0) return errno;
  const int error = write_and_rename(path, &is, data, len);
  return error == EACCES || error == EPERM ? write_in_place(path, data, len) : error;
}

static bool save_all(struct app *app, const char *file, struct err *err)
{
  struct writer w = {0};
  struct buf out;
  char shown[160];
  if (!find_format(file, &w.format, err)) return false;
  heap_buf_init(&out);
  bool done = put_all(app, &w, &out, err);
  if (done) {
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    const int error = write_file(file, out.data, out.len);
    signal(SIGPIPE, before);
    done = error == 0 || cannot(err, file, error);
    if (!done) err_hint(err, "nothing is lost: save it elsewhere");
  }
  heap_buf_free(&out);
  if (!done) return false;
  const size_t count = is_capture(&w) ? w.capture.packets : w.next;
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

/* A FIFO that nobody reads yet is waited for. */
static int open_followed(const char *file)
{
  struct stat is;
  const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY;
  const bool fifo = stat(file, &is) == 0 && S_ISFIFO(is.st_mode);
  int fd = open(file, flags | (fifo ? O_NONBLOCK : 0), 0666);
  if (fd >= 0 || !fifo || errno != ENXIO) return fd;
  char shown[160];
  fprintf(stderr, "tcptutor: waiting for somebody to read %s; Ctrl-C gives up\n",
          buf_show(shown, sizeof shown, file, strlen(file)));
  fd = open(file, flags, 0666);
  if (fd >= 0) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
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
  *s = (struct save){.file = name, .fd = open_followed(file), .writer.format = format};
  if (s->fd < 0) {
    cannot(err, file, errno);
    free(name);
    free(s);
    return false;
  }
  s->pipe = fstat(s->fd, &is) == 0 && S_ISFIFO(is.st_mode);
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
    err_set(&err, ERR_SYSTEM, "%s: %s; it ends with what came before", shown, strerror(error));
  err_hint(&err, "the session goes on: `save FILE` writes all of it elsewhere");
  s->failed = error != EPIPE;
  /* Half a packet would spoil what came before it. */
  if (!s->pipe && ftruncate(s->fd, s->whole) < 0 && errno != EINVAL) s->failed = true;
  close(s->fd);
  s->fd = -1;
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

static void follow(struct app *app, bool last)
{
  struct save *s = app->save;
  if (!s || s->fd < 0 || !app->session) return;
  struct writer *w = &s->writer;
  put_records(w, app, &s->queue);
  if (last && is_capture(w)) capture_end(&w->capture, session_trace(app->session), &s->queue);
  if (s->queue.truncated)
    give_up(app, ENOMEM);
  else
    flush_queue(app);
}

/* The header comes first, whether or not anything follows. */
static void put_header(struct app *app)
{
  struct save *s = app->save;
  if (!s || s->fd < 0) return;
  const bool first = s->writer.capture.application == NULL;
  writer_of_session(&s->writer, app);
  if (first && is_capture(&s->writer)) capture_begin(&s->writer.capture, &s->queue);
  flush_queue(app);
}

void save_session_began(struct app *app)
{
  app->epoch = calendar_now() - session_now(app->session);
  put_header(app);
}

void save_follow(struct app *app) { follow(app, false); }

void save_session_ends(struct app *app) { follow(app, true); }

bool save_end(struct app *app)
{
  struct save *s = app->save;
  if (!s) return true;
  save_session_ends(app);
  if (s->writer.capture.application == NULL) put_header(app);
  if (s->fd >= 0) {
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
  free(s->file);
  free(s);
  app->save = NULL;
  return written;
}
