/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/lesson_file.h"

#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/base/words.h"
#include "engine/lesson/stepper.h"
#include "engine/trace/heap_buf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRECTORIES_MAX 32

struct directories {
  size_t count;
  char *path[DIRECTORIES_MAX];
};

static void add_directory(struct directories *d, const char *path, size_t len, const char *below)
{
  size_t below_len = strlen(below);
  if (len == 0 || *path != '/' || d->count == DIRECTORIES_MAX) return;
  char *whole = malloc(len + below_len + 1);
  if (!whole) return;
  memcpy(whole, path, len);
  memcpy(whole + len, below, below_len + 1);
  d->path[d->count++] = whole;
}

/* Each of LIST's directories, parted by colons. Relative ones are not taken (XDG Base Directory
 * Specification). */
static void add_list(struct directories *d, const char *list, const char *below)
{
  while (*list) {
    size_t len = strcspn(list, ":");
    add_directory(d, list, len, below);
    list += len + (list[len] == ':');
  }
}

/* In a build tree lessons/in-tree says where the source's lessons are. */
static void add_in_tree(struct directories *d)
{
  char path[4096], line[4096];
  ssize_t n = readlink("/proc/self/exe", path, sizeof path - 32);
  if (n <= 0) return;
  path[n] = '\0';
  strcpy(strrchr(path, '/'), "/lessons/in-tree");
  FILE *f = fopen(path, "r");
  if (!f) return;
  if (fgets(line, sizeof line, f)) add_directory(d, line, strcspn(line, "\n"), "");
  fclose(f);
}

static void find_directories(struct directories *d)
{
  static const char below[] = "/tcptutor/lessons", installed[] = TCPTUTOR_LESSONDIR;
  const char *own = getenv("TCPTUTOR_LESSONS"), *data = getenv("XDG_DATA_HOME"),
             *all = getenv("XDG_DATA_DIRS");
  const char *home = getenv("HOME");
  d->count = 0;
  if (own) add_list(d, own, "");
  if (data && *data)
    add_directory(d, data, strlen(data), below);
  else if (home)
    add_directory(d, home, strlen(home), "/.local/share/tcptutor/lessons");
  add_list(d, all && *all ? all : "/usr/local/share:/usr/share", below);
  add_in_tree(d);
  add_directory(d, installed, sizeof installed - 1, "");
}

static void free_directories(struct directories *d)
{
  for (size_t i = 0; i < d->count; i++) free(d->path[i]);
}

static bool is_path(const char *name) { return strchr(name, '/') || strchr(name, '.'); }

/* "DIRECTORY/NAME.md"; NULL when memory ran out. */
static char *join(const char *directory, const char *name, const char *suffix)
{
  struct buf path;
  heap_buf_init(&path);
  buf_printf(&path, "%s/%s%s", directory, name, suffix);
  if (!path.truncated) return path.data;
  heap_buf_free(&path);
  return NULL;
}

/* The locale of messages as it is asked for: lessons speak it even where the system does not. */
static const char *message_locale(void)
{
  static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *value = getenv(names[i]);
    if (value && *value) return value;
  }
  return NULL;
}

/* The reader's language as folders may be called, the more particular first: "pt_BR", "pt". */
static size_t languages(char out[2][16])
{
  const char *locale = message_locale();
  size_t country = locale ? strcspn(locale, ".@") : 0, language = locale ? strcspn(locale, "_.@") : 0, n = 0;
  if (!locale || country >= sizeof out[0] || strchr(locale, '/')) return 0;
  if (country > language) snprintf(out[n++], sizeof out[0], "%.*s", (int)country, locale);
  if (language == 2 || language == 3) snprintf(out[n++], sizeof out[0], "%.*s", (int)language, locale);
  return n;
}

/* "DIRECTORY/ID.md" or, before it, "DIRECTORY/LANG/ID.md", if it is there; NULL: it is not. */
static char *find_in(const char *directory, const char *id)
{
  char language[2][16], below[64];
  size_t n = languages(language);
  for (size_t i = 0; i <= n; i++) {
    snprintf(below, sizeof below, "%s%s%s", i < n ? language[i] : "", i < n ? "/" : "", id);
    char *found = join(directory, below, ".md");
    if (found && access(found, F_OK) == 0) return found;
    free(found);
  }
  return NULL;
}

/* The path of the lesson called ID, or NULL. */
static char *find(const char *id)
{
  struct directories d;
  char *found = NULL;
  find_directories(&d);
  for (size_t i = 0; i < d.count && !found; i++) found = find_in(d.path[i], id);
  free_directories(&d);
  return found;
}

/* Reads all of FD, at most one octet more than a lesson may have: then lesson_parse() says so. */
static bool read_all(int fd, struct lesson_file *f)
{
  f->text = malloc(LESSON_SIZE_MAX + 1);
  if (!f->text) return false;
  while (f->len < LESSON_SIZE_MAX + 1) {
    ssize_t n = read(fd, f->text + f->len, LESSON_SIZE_MAX + 1 - f->len);
    if (n == 0) return true;
    if (n > 0)
      f->len += (size_t)n;
    else if (errno != EINTR)
      return false;
  }
  return true;
}

/* Takes PATH, which goes away with the file. APP NULL: what is wrong is not shown. */
static bool open_path(struct app *app, char *path, struct lesson_file *f)
{
  struct err err;
  *f = (struct lesson_file){.path = path};
  f->name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  err_clear(&err);
  if (fd < 0 || !read_all(fd, f)) {
    char shown[200];
    err_set(&err, ERR_SYSTEM, "cannot read %s: %s", buf_show(shown, sizeof shown, path, strlen(path)),
            strerror(errno));
    if (app) app_error(app, &err, NULL, NULL, 0);
  } else {
    f->lesson = lesson_parse(f->text, f->len, &err);
    if (!f->lesson && app) app_error(app, &err, path, f->text, f->len);
  }
  if (fd >= 0) close(fd);
  if (f->lesson) {
    f->step = f->lesson->block_count;
    return true;
  }
  lesson_file_close(f);
  return false;
}

static void unknown_lesson(struct app *app, const char *name)
{
  struct err err;
  char shown[100];
  size_t count, wrong;
  struct lesson_file *all = lesson_file_all(NULL, &count, &wrong);
  const char **ids = calloc(count + 1, sizeof *ids);
  err_clear(&err);
  err_set(&err, ERR_UNKNOWN, "no lesson is called '%s'", buf_show(shown, sizeof shown, name, strlen(name)));
  for (size_t i = 0; ids && i < count; i++) ids[i] = all[i].lesson->id;
  const char *nearest = ids ? words_nearest(name, strlen(name), ids, count) : NULL;
  if (nearest)
    err_hint(&err, "did you mean '%s'?", nearest);
  else
    err_hint(&err, "'tcptutor play' lists them; a file's name is taken when it has a / or a . in it");
  app_error(app, &err, NULL, NULL, 0);
  for (size_t i = 0; i < count; i++) lesson_file_close(&all[i]);
  free(all);
  free(ids);
}

static bool find_step(struct app *app, struct lesson_file *f, const char *id)
{
  const struct lesson *l = f->lesson;
  struct err err;
  char shown[100];
  size_t n = 0;
  f->step = *id ? lesson_step_find(l, id) : l->block_count;
  if (f->step < l->block_count) return true;
  const char **ids = calloc(l->block_count + 1, sizeof *ids);
  for (size_t i = 0; ids && i < l->block_count; i++)
    if (*l->block[i].id) ids[n++] = l->block[i].id;
  const char *nearest = ids ? words_nearest(id, strlen(id), ids, n) : NULL;
  err_clear(&err);
  err_set(&err, ERR_UNKNOWN, "%s has no step '%s'", l->id, buf_show(shown, sizeof shown, id, strlen(id)));
  if (nearest || n)
    err_hint(&err, nearest ? "did you mean '%s'?" : "its first is '%s'", nearest ? nearest : ids[0]);
  app_error(app, &err, NULL, NULL, 0);
  free(ids);
  lesson_file_close(f);
  return false;
}

bool lesson_file_open(struct app *app, const char *name, struct lesson_file *f)
{
  const char *hash = strrchr(name, '#');
  if (hash && is_path(name) && access(name, F_OK) == 0) hash = NULL;
  char *whole = hash ? strndup(name, (size_t)(hash - name)) : strdup(name);
  if (!whole) return false;
  char *path = is_path(whole) ? strdup(whole) : lesson_id_valid(whole, strlen(whole)) ? find(whole) : NULL;
  bool opened = false;
  if (path)
    opened = open_path(app, path, f);
  else
    unknown_lesson(app, whole);
  free(whole);
  return opened && (!hash || find_step(app, f, hash + 1));
}

void lesson_file_close(struct lesson_file *f)
{
  lesson_free(f->lesson);
  free(f->text);
  free(f->path);
  *f = (struct lesson_file){0};
}

struct collection {
  struct lesson_file *file;
  size_t count, wrong;
};

static bool known(const struct collection *c, const char *name)
{
  for (size_t i = 0; i < c->count; i++)
    if (strcmp(c->file[i].name, name) == 0) return true;
  return false;
}

static bool is_lesson(const struct dirent *entry)
{
  size_t len = strlen(entry->d_name);
  return len > 3 && strcmp(entry->d_name + len - 3, ".md") == 0 && lesson_id_valid(entry->d_name, len - 3);
}

static void collect(struct app *app, const char *directory, struct collection *c)
{
  DIR *dir = opendir(directory);
  for (struct dirent *entry; dir && (entry = readdir(dir));) {
    if (!is_lesson(entry) || known(c, entry->d_name)) continue;
    char id[LESSON_ID_MAX + 1];
    snprintf(id, sizeof id, "%.*s", (int)(strlen(entry->d_name) - 3), entry->d_name);
    char *path = find_in(directory, id);
    struct lesson_file *more = path ? realloc(c->file, (c->count + 1) * sizeof *more) : NULL;
    if (!more) {
      free(path);
      break;
    }
    c->file = more;
    if (open_path(app, path, &c->file[c->count]))
      c->count++;
    else
      c->wrong++;
  }
  if (dir) closedir(dir);
}

static int by_id(const void *a, const void *b)
{
  return strcmp(((const struct lesson_file *)a)->lesson->id, ((const struct lesson_file *)b)->lesson->id);
}

/* Is each lesson F comes after among the first N? Those there are not do not count. */
static bool may_follow(const struct collection *c, const struct lesson_file *f, size_t n)
{
  for (const char *id = f->lesson->after; *id;) {
    size_t len = strcspn(id, " ");
    for (size_t i = n; i < c->count; i++) {
      const char *other = c->file[i].lesson->id;
      if (&c->file[i] != f && strlen(other) == len && memcmp(other, id, len) == 0) return false;
    }
    id += len + (id[len] == ' ');
  }
  return true;
}

/* Prerequisites first, otherwise by id; lessons that wait for each other come as they are. */
static void order(struct collection *c)
{
  if (c->count) qsort(c->file, c->count, sizeof *c->file, by_id);
  for (size_t n = 0; n < c->count; n++) {
    size_t next = n;
    while (next < c->count && !may_follow(c, &c->file[next], n)) next++;
    if (next == c->count) return;
    struct lesson_file f = c->file[next];
    memmove(&c->file[n + 1], &c->file[n], (next - n) * sizeof f);
    c->file[n] = f;
  }
}

struct lesson_file *lesson_file_all(struct app *app, size_t *count, size_t *wrong)
{
  struct directories d;
  struct collection c = {0};
  find_directories(&d);
  for (size_t i = 0; i < d.count; i++) collect(app, d.path[i], &c);
  free_directories(&d);
  order(&c);
  *count = c.count;
  *wrong = c.wrong;
  if (c.count) return c.file;
  free(c.file);
  return NULL;
}

struct lesson_file *lesson_file_named(struct app *app, size_t *count)
{
  size_t n = (size_t)app->options.argument_count, wrong = 0;
  struct lesson_file *files;
  if (n == 0) {
    files = lesson_file_all(app, count, &wrong);
    if (!files && !wrong)
      fprintf(stderr, "tcptutor: no lesson found; 'tcptutor %s FILE' takes a file\n", app->options.verb);
  } else {
    files = calloc(n, sizeof *files);
    *count = 0;
    for (size_t i = 0; files && i < n; i++) {
      if (lesson_file_open(app, app->options.argument[i], &files[*count]))
        ++*count;
      else
        wrong++;
    }
  }
  if (!wrong) return files;
  for (size_t i = 0; i < *count; i++) lesson_file_close(&files[i]);
  free(files);
  return NULL;
}

/* LINE's text and its length, without the newline. */
static const char *find_line(const struct lesson_file *f, unsigned line, size_t *len)
{
  const char *at = f->text, *end = f->text + f->len;
  for (; line > 1 && at < end; at++) line -= *at == '\n';
  const char *newline = memchr(at, '\n', (size_t)(end - at));
  *len = (size_t)((newline ? newline : end) - at);
  return at;
}

void lesson_file_line(const struct lesson_file *f, unsigned line, struct err *err)
{
  size_t len;
  const char *at = find_line(f, line, &len);
  while (len && strchr(" \t\r", at[len - 1])) len--;
  for (; len && strchr(" \t", *at); at++) len--;
  err->at = (size_t)(at - f->text);
  err->len = len;
}

void lesson_file_place(const struct lesson_file *f, const struct lesson_script *script,
                       const struct command_call *call, struct err *err)
{
  size_t len;
  const char *line = find_line(f, script->line + command_line(call) - 1, &len);
  const char *command = memmem(line, len, script->text + call->at, call->len);
  err->at = (size_t)((command ? command : line) - f->text);
  err->len = command ? call->len : len;
}
