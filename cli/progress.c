/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/progress.h"

#include "engine/base/buf.h"
#include "engine/lesson/lesson.h"
#include "engine/trace/heap_buf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_LINE "tcptutor progress 1"
#define LAST_LINE "end"
#define SIZE_MAX_KEPT (1u << 20) /* octets; a file of progress never comes near */

/* What is known of a step; or, with step "", of a lesson: its place and whether it is finished. */
struct fact {
  char lesson[LESSON_ID_MAX + 1], step[LESSON_ID_MAX + 1], place[LESSON_ID_MAX + 1];
  enum step_fate fate;
  bool finished;
};

struct progress {
  size_t count;
  struct fact *fact;
  bool walked[STATE_COUNT][STATE_COUNT];
  char path[PATH_MAX - 32]; /* "": no place for it */
  bool refused;             /* that it cannot be kept has been said */
};

static const char *const fates[] = {
    [STEP_NEW] = "", [STEP_SKIPPED] = "skipped", [STEP_SHOWN] = "shown", [STEP_SOLVED] = "solved"};

static const struct fact *find(const struct progress *p, const char *lesson, const char *step)
{
  for (size_t i = 0; p && i < p->count; i++)
    if (strcmp(p->fact[i].lesson, lesson) == 0 && strcmp(p->fact[i].step, step) == 0) return &p->fact[i];
  return NULL;
}

/* The fact, made when there is none yet; NULL: no memory. */
static struct fact *fact_of(struct progress *p, const char *lesson, const char *step)
{
  const struct fact *known = find(p, lesson, step);
  if (known) return &p->fact[known - p->fact];
  struct fact *more = p ? realloc(p->fact, (p->count + 1) * sizeof *more) : NULL;
  if (!more) return NULL;
  p->fact = more;
  more[p->count] = (struct fact){.fate = STEP_NEW};
  snprintf(more[p->count].lesson, sizeof more->lesson, "%s", lesson);
  snprintf(more[p->count].step, sizeof more->step, "%s", step);
  return &more[p->count++];
}

enum step_fate progress_step(const struct progress *p, const char *lesson, const char *step)
{
  const struct fact *f = find(p, lesson, step);
  return f ? f->fate : STEP_NEW;
}

const char *progress_place(const struct progress *p, const char *lesson)
{
  const struct fact *f = find(p, lesson, "");
  return f ? f->place : "";
}

bool progress_finished(const struct progress *p, const char *lesson)
{
  const struct fact *f = find(p, lesson, "");
  return f && f->finished;
}

bool progress_walked(const struct progress *p, enum tcp_state from, enum tcp_state to)
{
  return p && p->walked[from][to];
}

const bool (*progress_ways(const struct progress *p))[STATE_COUNT]
{
  for (size_t i = 0; p && i < STATE_COUNT * STATE_COUNT; i++)
    if (p->walked[i / STATE_COUNT][i % STATE_COUNT]) return (const bool(*)[STATE_COUNT])p->walked;
  return NULL;
}

bool progress_is_empty(const struct progress *p) { return !p || p->count == 0; }

void progress_set_step(struct progress *p, const char *lesson, const char *step, enum step_fate fate)
{
  struct fact *f = fact_of(p, lesson, step);
  if (f && fate > f->fate) f->fate = fate;
}

void progress_set_place(struct progress *p, const char *lesson, const char *step)
{
  struct fact *f = fact_of(p, lesson, "");
  if (f) snprintf(f->place, sizeof f->place, "%s", step);
}

void progress_set_finished(struct progress *p, const char *lesson)
{
  struct fact *f = fact_of(p, lesson, "");
  if (!f) return;
  f->finished = true;
  f->place[0] = '\0';
}

void progress_walk(struct progress *p, const struct trace *trace, size_t from)
{
  for (; p && from < trace_count(trace); from++) {
    const struct record *r = trace_at(trace, from);
    if (r->kind == RECORD_STATE && r->end == END_YOU) p->walked[r->from][r->to] = true;
  }
}

/* Reading. */

static bool read_id(const char *word, char out[LESSON_ID_MAX + 1])
{
  if (!word || !lesson_id_valid(word, strlen(word))) return false;
  snprintf(out, LESSON_ID_MAX + 1, "%s", word);
  return true;
}

static bool read_state(const char *word, enum tcp_state *out)
{
  return word && tcp_state_parse(word, strlen(word), out, NULL);
}

/* "solved handshake third", "at handshake whole", "finished segment", "walked CLOSED SYN-SENT". */
static bool read_fact(struct progress *p, char *line)
{
  char *rest = line, *word[4] = {0}, lesson[LESSON_ID_MAX + 1], step[LESSON_ID_MAX + 1];
  enum tcp_state from, to;
  for (size_t i = 0; i < 4; i++) word[i] = strsep(&rest, " ");
  if (!word[0] || word[3]) return false;
  if (strcmp(word[0], "walked") == 0) {
    if (!read_state(word[1], &from) || !read_state(word[2], &to)) return false;
    p->walked[from][to] = true;
    return true;
  }
  if (!read_id(word[1], lesson)) return false;
  if (strcmp(word[0], "finished") == 0 && !word[2]) {
    struct fact *f = fact_of(p, lesson, "");
    if (f) f->finished = true;
    return f != NULL;
  }
  if (!read_id(word[2], step)) return false;
  if (strcmp(word[0], "at") == 0) {
    progress_set_place(p, lesson, step);
    return true;
  }
  for (enum step_fate fate = STEP_SKIPPED; fate <= STEP_SOLVED; fate++)
    if (strcmp(word[0], fates[fate]) == 0) {
      progress_set_step(p, lesson, step, fate);
      return true;
    }
  return false;
}

/* TEXT is consumed. */
static bool read_facts(struct progress *p, char *text)
{
  char *line = strsep(&text, "\n");
  if (!line || strcmp(line, FIRST_LINE) != 0) return false;
  while ((line = strsep(&text, "\n")) && text) {
    if (strcmp(line, LAST_LINE) == 0) return *text == '\0';
    if (!read_fact(p, line)) return false;
  }
  return false;
}

static bool choose_path(struct progress *p)
{
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  bool own = state && *state == '/';
  if (!own && (!home || *home != '/')) return false;
  int len = snprintf(p->path, sizeof p->path, "%s%s/tcptutor/progress", own ? state : home,
                     own ? "" : "/.local/state");
  if (len > 0 && (size_t)len < sizeof p->path) return true;
  p->path[0] = '\0';
  return false;
}

/* The file's text; NULL with errno 0: it is no file of ours, whatever is in it. */
static char *read_file(const char *path)
{
  struct stat is;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return NULL;
  char *text = fstat(fd, &is) == 0 && S_ISREG(is.st_mode) && is.st_size <= SIZE_MAX_KEPT
                   ? calloc(1, (size_t)is.st_size + 1)
                   : NULL;
  ssize_t n = text ? read(fd, text, (size_t)is.st_size) : -1;
  close(fd);
  if (n >= 0 && n == is.st_size && strlen(text) == (size_t)n) return text;
  free(text);
  errno = 0;
  return NULL;
}

static void say(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct app *app, const char *format, ...)
{
  struct err err;
  char text[sizeof err.message];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  err_clear(&err);
  err_set(&err, ERR_SYSTEM, "%s", text);
  app_error(app, &err, NULL, NULL, 0);
}

/* The path as people are told of it. */
static const char *shown(const struct progress *p, char out[160])
{
  return buf_show(out, 160, p->path, strlen(p->path));
}

/* Whatever it is, it is somebody's. */
static void set_aside(struct app *app, struct progress *p)
{
  char aside[PATH_MAX], name[160];
  for (unsigned n = 1; n < 1000; n++) {
    snprintf(aside, sizeof aside, "%s.old-%u", p->path, n);
    if (access(aside, F_OK) == 0) continue;
    if (rename(p->path, aside) < 0) break;
    say(app, "%s is not a file of progress, or was cut short: it is now called progress.old-%u",
        shown(p, name), n);
    return;
  }
  say(app, "%s is not a file of progress, or was cut short; nothing is kept in this session", shown(p, name));
  p->path[0] = '\0';
}

/* Adds what the file says. */
static void take_in(struct app *app, struct progress *p)
{
  char name[160];
  if (!p->path[0]) return;
  char *text = read_file(p->path);
  if (!text && errno == ENOENT) return;
  if (!text && errno) {
    say(app, "%s cannot be read: %s; nothing is kept in this session", shown(p, name), strerror(errno));
    p->path[0] = '\0';
    return;
  }
  /* A broken file is known to be broken only at its end: what was read of it is not taken. */
  struct progress whole = {0};
  bool ours = text && read_facts(&whole, text);
  free(text);
  for (size_t i = 0; ours && i < whole.count; i++) {
    const struct fact *from = &whole.fact[i];
    bool known = find(p, from->lesson, from->step) != NULL;
    struct fact *to = fact_of(p, from->lesson, from->step);
    if (!to) break;
    if (!known) *to = *from;
    if (from->fate > to->fate) to->fate = from->fate;
    to->finished |= from->finished;
  }
  for (size_t f = 0; ours && f < STATE_COUNT; f++)
    for (size_t t = 0; t < STATE_COUNT; t++) p->walked[f][t] |= whole.walked[f][t];
  free(whole.fact);
  if (!ours) set_aside(app, p);
}

struct progress *progress_load(struct app *app)
{
  struct progress *p = calloc(1, sizeof *p);
  if (p && choose_path(p)) take_in(app, p);
  return p;
}

void progress_free(struct progress *p)
{
  if (p) free(p->fact);
  free(p);
}

/* Writing. */

static void put_facts(const struct progress *p, struct buf *out)
{
  buf_puts(out, FIRST_LINE "\n");
  for (size_t i = 0; i < p->count; i++) {
    const struct fact *f = &p->fact[i];
    if (f->fate != STEP_NEW) buf_printf(out, "%s %s %s\n", fates[f->fate], f->lesson, f->step);
    if (f->place[0]) buf_printf(out, "at %s %s\n", f->lesson, f->place);
    if (f->finished) buf_printf(out, "finished %s\n", f->lesson);
  }
  for (size_t from = 0; from < STATE_COUNT; from++)
    for (size_t to = 0; to < STATE_COUNT; to++)
      if (p->walked[from][to])
        buf_printf(out, "walked %s %s\n", tcp_state_name((enum tcp_state)from),
                   tcp_state_name((enum tcp_state)to));
  buf_puts(out, LAST_LINE "\n");
}

/* Every folder of PATH there is not yet, for its owner only. */
static bool make_folders(const char *path)
{
  char folder[PATH_MAX];
  snprintf(folder, sizeof folder, "%s", path);
  for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    if (mkdir(folder, 0700) < 0 && errno != EEXIST) return false;
    *slash = '/';
  }
  return true;
}

/* A new file takes the old one's place once it is whole and on its disk. */
static bool replace(const char *path, const char *text, size_t len)
{
  char fresh[PATH_MAX];
  /* Who made the file read-only does not want it changed, though rename() would do it. */
  if (access(path, F_OK) == 0 && access(path, W_OK) < 0) return false;
  snprintf(fresh, sizeof fresh, "%s.XXXXXX", path);
  int fd = mkstemp(fresh);
  if (fd < 0) return false;
  bool done = true;
  for (size_t at = 0; at < len && done;) {
    ssize_t n = write(fd, text + at, len - at);
    done = n >= 0 || errno == EINTR;
    at += n > 0 ? (size_t)n : 0;
  }
  done = done && fsync(fd) == 0;
  int error = errno;
  if (close(fd) < 0 && done) {
    error = errno;
    done = false;
  }
  if (done && rename(fresh, path) == 0) return true;
  if (done) error = errno;
  unlink(fresh);
  errno = error;
  return false;
}

void progress_save(struct app *app, struct progress *p)
{
  struct buf out;
  char name[160];
  if (!p || !p->path[0] || p->refused) return;
  take_in(app, p);
  if (!p->path[0]) return;
  heap_buf_init(&out);
  put_facts(p, &out);
  if (!out.truncated && (!make_folders(p->path) || !replace(p->path, out.data, out.len))) {
    p->refused = true;
    say(app, "%s cannot be written: %s; what you do now is not kept", shown(p, name), strerror(errno));
  }
  heap_buf_free(&out);
}
